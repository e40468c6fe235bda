"""How far two codings of the same items agree: the machine's and a reader's, or those of two readers.

Chance is the measure's matter, not the reader's: accuracy counts agreement by chance in, Krippendorff's alpha takes it
out (1: perfect, 0: as by chance, below 0: worse). Krippendorff (2018) asks for .800, and for .667 where conclusions
may be tentative.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import tables

ACCURACY = Path(__file__).with_name("accuracy.tsv")
METHODS = Path(__file__).with_name("methods.tsv")
LEVELS = ("nominal", "ordinal", "interval")
RESAMPLES = 2_000
# How a task's codes are compared: their order is that of their level of measurement.
TASKS = {
    "tone": ("interval", ("-1", "0", "1")),
    "voice": ("nominal", ("narration", "reported", "quotation")),
    "same": ("nominal", ("different", "same")),
    "speaker": ("nominal", ()),
}


def alpha(codes: pd.DataFrame, *, level: str = "nominal") -> float:
    """Return Krippendorff's alpha of a table of one column a coder and one row an item; what is missing is left out.

    ``level`` says how far apart two codes are: "nominal" (different or not), "ordinal" (ranks, by the sums of their
    frequencies) or "interval" (squared difference). 1 is perfect agreement, 0 what chance gives, symmetric in the
    coders; missing where fewer than two codes can be paired or all are the same. Do not compare alphas of different
    levels. Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability"; his examples are in the tests.

    >>> round(alpha(pd.DataFrame({"ann": list("aabbdcccedda"), "bob": list("babbbcccedd") + ["d"]})), 3)
    0.692
    """
    if level not in LEVELS:
        raise ValueError(f"agreement.alpha: no level {level!r}; there are {', '.join(LEVELS)}.")
    values = np.unique(codes.stack().dropna().to_numpy())
    given = np.stack([np.zeros(len(codes)), *((codes == value).to_numpy().sum(axis=1) for value in values)], axis=1)
    return _alpha(given[:, 1:].astype(float), values, level)


def measure(samples: pd.DataFrame, codes: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Measure how far each coder agrees with the machine, and each two coders with each other.

    Reads task, item, machine, score, weight of the samples and task, item, coder, code of the codes; codes of items
    that are not in the sample, and empty ones, are left out. Returns one row a task, coder, other side (``against``:
    "machine" or the other coder) and measure: ``value`` with its 95 % interval ``low`` to ``high`` over ``n`` items.

    * "accuracy": share of equal codes (0..1); against the machine items count by their weight, since strata are not
      drawn in proportion; Wilson's interval;
    * "macro F1": mean over the codes of the harmonic mean of precision and recall (0..1), weighted alike;
    * "Pearson r" (tone only, against the machine): of the reader's codes with the machine's score (-1..1);
    * "Krippendorff's alpha" (-1..1), unweighted.

    The intervals of the last three are percentiles of 2,000 bootstrap samples of items, drawn with ``seed``; they are
    missing below ten items. Speakers agree when the words of one name are all in the other ("Ann Hill", "Hill").

    >>> samples = tables.make("samples", [{"task": "same", "item": i, "machine": "same", "weight": 1} for i in "abc"])
    >>> read = pd.DataFrame({"task": "same", "item": [*"abc"], "coder": "ann", "code": ["same", "same", "different"]})
    >>> measure(samples, tables.make("codes", read))[["measure", "value", "n"]].round(2).head(1).values.tolist()
    [['accuracy', 0.67, 3]]
    """
    call = "agreement.measure"
    tables.check(samples, "samples", call=call)
    tables.check(codes, "codes", call=call)
    rows = []
    for task, sample in samples.groupby("task", sort=True):
        given = codes[(codes["task"] == task) & codes["code"].notna() & codes["item"].isin(sample["item"])]
        wide = given.pivot_table(index="item", columns="coder", values="code", aggfunc="first").reindex(sample["item"])
        coders = sorted(wide.columns)
        machine = sample.set_index("item")[["machine", "score", "weight"]]
        for number, coder in enumerate(coders):
            both = machine.assign(code=wide[coder]).dropna(subset=["code", "machine"])
            rows += _sides(both, {"task": task, "coder": coder, "against": "machine"}, seed)
            for other in coders[number + 1 :]:
                pair = pd.DataFrame({"code": wide[coder], "machine": wide[other]}).dropna()
                rows += _sides(pair.assign(weight=1.0), {"task": task, "coder": coder, "against": other}, seed)
    return tables.make("agreements", rows)


def disagreements(samples: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the items that a coder sees otherwise than the machine, to be read: a figure alone explains nothing.

    Reads what :func:`measure` reads and source, text, other_text. Returns task, coder, item, source, text, other_text,
    ``code`` (the reader's) and ``machine``.
    """
    tables.check(samples, "samples", call="agreement.disagreements")
    tables.check(codes, "codes", call="agreement.disagreements")
    both = samples.merge(codes.dropna(subset="code"), on=["task", "item"], how="inner")
    equal = [_equal(task, *pair) for task, *pair in zip(both["task"], both["code"], both["machine"], strict=True)]
    apart = both[~np.array(equal, dtype=bool)]
    return tables.make("disagreements", apart.sort_values(["task", "coder", "item"], ignore_index=True))


def published(*, engine: str = "textblob") -> pd.DataFrame:
    """Return how well each measure agrees with readers on public labelled sets, as printed by benchmarks/accuracy.py.

    Of the tone, the rows of ``engine``; of the rest all. Returns measure, engine, ``figure`` (its name), ``value``,
    ``baseline`` (the plainest method on the same items), ``human`` (one reader against the others, where it is known),
    ``n``, ``set`` and ``reference``. Figures of different sets or of different names must not be compared. Rules and
    lists were written with a look at parts of these sets, so that text of other kinds may fare worse; the figure of the
    trained model (tone toward a person) is cross-validated.

    >>> published(engine="blend")[["measure", "figure", "value", "human"]].head(1).values.tolist()
    [['tone of a sentence', 'Pearson r', 0.522, 0.73]]
    """
    every = pd.read_csv(ACCURACY, sep="\t")
    known = sorted(every["engine"].dropna().unique())
    if engine not in known:
        raise ValueError(f"agreement.published: no figures for engine {engine!r}; there are {', '.join(known)}.")
    return tables.make("accuracies", every[every["engine"].isna() | (every["engine"] == engine)].reset_index(drop=True))


def methods() -> pd.DataFrame:
    """Return the essential line of each measure, for a report that has to stand alone.

    One row a measure: ``line`` (what it is), ``range``, ``never_compare`` and ``section``, its heading in
    docs/methods.md.

    >>> methods().set_index("measure")["range"]["polarity"]
    '-1 (negative) to 1 (positive)'
    """
    return tables.make("methods", pd.read_csv(METHODS, sep="\t"))


def _sides(both: pd.DataFrame, place: dict, seed: int) -> list[dict]:
    """Return the rows of one coder against another side; ``both`` has code, machine, weight and perhaps score."""
    task, n = place["task"], len(both)
    if not n:
        return []
    level, order = TASKS[task]
    hits = np.array([_equal(task, *pair) for pair in zip(both["code"], both["machine"], strict=True)], dtype=float)
    weight = both["weight"].to_numpy(dtype="float64")
    share = float(hits @ weight / weight.sum())
    low, high = _wilson(share, weight.sum() ** 2 / (weight**2).sum())
    rows = [{**place, "measure": "accuracy", "value": share, "low": low, "high": high, "n": n}]
    if task == "speaker":
        return rows
    code, machine = (pd.Categorical(both[side], categories=order).codes for side in ("code", "machine"))
    given = np.eye(len(order))[code] + np.eye(len(order))[machine]
    figures: dict[str, Callable[[np.ndarray], float]] = {
        "macro F1": lambda drawn: _macro_f1(code[drawn], machine[drawn], weight[drawn], len(order)),
        "Krippendorff's alpha": lambda drawn: _alpha(given[drawn], range(len(order)), level),
    }
    if task == "tone" and "score" in both:
        score = both["score"].to_numpy(dtype="float64")
        figures["Pearson r"] = lambda drawn: _correlation(code[drawn] - 1.0, score[drawn], weight[drawn])
    draws = np.random.default_rng(seed).integers(n, size=(RESAMPLES, n)) if n >= 10 else np.empty((0, n), dtype=int)
    for name, figure in figures.items():
        drawn = np.array([figure(draw) for draw in draws])
        known = drawn[~np.isnan(drawn)]
        low, high = np.quantile(known, [0.025, 0.975]) if known.size else (np.nan, np.nan)
        rows.append({**place, "measure": name, "value": figure(np.arange(n)), "low": low, "high": high, "n": n})
    return rows


def _equal(task: str, one: object, other: object) -> bool:
    if task != "speaker" or pd.isna(other):
        return bool(one == other)
    words = [set(str(name).casefold().replace(".", " ").split()) for name in (one, other)]
    return bool(words[0] and words[1]) and (words[0] <= words[1] or words[1] <= words[0])


def _distance(values: Sequence, totals: np.ndarray, level: str) -> np.ndarray:
    if level == "nominal":
        return 1.0 - np.eye(len(totals))
    if level == "interval":
        figures = np.asarray(values, dtype="float64")
        return (figures[:, None] - figures[None, :]) ** 2
    # From the middle of one rank to the middle of the other, counted in codes given.
    middle = np.cumsum(totals) - totals / 2
    return (middle[:, None] - middle[None, :]) ** 2


def _alpha(given: np.ndarray, values: Sequence, level: str) -> float:
    """Return alpha from how often each value was given to each item; items with a single code cannot be paired."""
    pairable = given.sum(axis=1)
    given, pairable = given[pairable > 1], pairable[pairable > 1]
    totals = given.sum(axis=0)
    # Pairs of codes within an item, each item weighing as much as it has codes.
    shares = given / (pairable - 1)[:, None]
    observed = shares.T @ given - np.diag(shares.sum(axis=0))
    expected = np.outer(totals, totals) - np.diag(totals)
    distance = _distance(values, totals, level)
    by_chance = (expected * distance).sum()
    return float(1 - (totals.sum() - 1) * (observed * distance).sum() / by_chance) if by_chance else float("nan")


def _macro_f1(code: np.ndarray, machine: np.ndarray, weight: np.ndarray, n: int) -> float:
    """Return the mean F1 over the codes that either side gives."""
    table = np.zeros((n, n))
    np.add.at(table, (code, machine), weight)
    given = table.sum(axis=0) + table.sum(axis=1)
    return float((2 * np.diag(table)[given > 0] / given[given > 0]).mean())


def _correlation(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> float:
    a, b = a - np.average(a, weights=weight), b - np.average(b, weights=weight)
    spread = (weight @ a**2) * (weight @ b**2)
    return float(weight @ (a * b) / spread**0.5) if spread > 0 else float("nan")


def _wilson(share: float, n: float) -> tuple[float, float]:
    z = 1.959964
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    return max(0.0, middle - reach), min(1.0, middle + reach)
