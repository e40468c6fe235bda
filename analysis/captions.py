"""The words of a chart, computed from the same finished table: its claim, its caption, its text alternative.

A claim says what the table holds and no more: where the difference of two sources is smaller than its uncertainty, the
claim says so; "these texts" are the articles at hand, never the outlets. Each function returns what
:func:`analysis.display.figure` needs beside the Axes: ``display.figure(charts.tone(tones), **captions.tone(tones))``.
"""

from collections.abc import Iterable

import pandas as pd


def tone(tones: pd.DataFrame) -> dict[str, object]:
    """Say which source's wording reads more positive or negative, and whether the intervals can tell them apart.

    Reads source, n, mean, low, high, engine, and voice where it is there.

    >>> rows = [("a", 12, -0.2, -0.3, -0.1), ("b", 15, 0.1, 0.0, 0.2)]
    >>> table = pd.DataFrame(rows, columns=["source", "n", "mean", "low", "high"]).assign(engine="vader")
    >>> tone(table)["claim"]
    'In these texts, a reads more negative than b (−0.20 and +0.10): their intervals do not overlap.'
    """
    known = tones.dropna(subset=["mean"]).sort_values(["mean", "source"], kind="stable")
    what = _voice(tones)
    return {
        "claim": _tone_claim(known, what),
        "caption": (
            f"Mean polarity of each source's {what or 'sentences'}, from −1 (negative) to +1 (positive), by the engine "
            f"{_and(sorted(tones['engine'].unique()))}; the line is the 95 % bootstrap interval, none where there is "
            f"too little text. {_counts(tones)}"
        ),
        "alternative": " ".join(
            f"{row.source}: mean {signed(row.mean_)}, {_interval(row.low, row.high)}."
            for row in tones.rename(columns={"mean": "mean_"}).itertuples()
        ),
        "table": tones,
    }


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, as charts and sentences print it.

    >>> signed(-0.125), signed(0.0), signed(-0.0001)
    ('−0.12', '0.00', '0.00')
    """
    if pd.isna(value):
        return "unknown"
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def _tone_claim(known: pd.DataFrame, what: str) -> str:
    if known.empty:
        return "There is too little text to say anything about tone."
    lowest, highest = known.iloc[0], known.iloc[-1]
    of = f"'s {what}" if what else ""
    if len(known) == 1:
        return f"In this text, {lowest['source']}{of} has a mean polarity of {signed(lowest['mean'])}."
    values = f"({signed(lowest['mean'])} and {signed(highest['mean'])})"
    if known[["low", "high"]].isna().any(axis=None):
        return f"Too little text to say whether the tone differs between {_and(known['source'])} {values}."
    said = f"In these texts, {lowest['source']}{of} reads more negative than {highest['source']}'s {values}"
    said = said if what else said.replace("'s (", " (")
    if lowest["high"] < highest["low"]:
        return f"{said}: their intervals do not overlap."
    return f"{said}, but the difference is within the uncertainty."


def _voice(tones: pd.DataFrame) -> str:
    voices = tones["voice"].dropna().unique() if "voice" in tones else []
    return voices[0] if len(voices) == 1 else ""


def _interval(low: float, high: float) -> str:
    return "too little text for an interval" if pd.isna(low) or pd.isna(high) else f"{signed(low)} to {signed(high)}"


def _counts(frame: pd.DataFrame, unit: str = "n") -> str:
    return f"{unit}: {', '.join(f'{source} {n:,}' for source, n in zip(frame['source'], frame['n'], strict=True))}."


def _and(names: Iterable[object]) -> str:
    """Join names as a sentence does."""
    names = [str(name) for name in names]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
