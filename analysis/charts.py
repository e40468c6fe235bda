"""Charts: one function a question, drawn from one finished table.

Each takes the table first and the rest keyword-only, computes nothing that the table does not hold, draws on ``ax`` or,
without one, on a figure of its own, and returns the Axes. None changes a setting of matplotlib: :func:`styled` puts the
kit's style around the drawing, and pyplot is never used, so that no figure stays open anywhere.

A source keeps one colour and one marker through all charts (:func:`looks`; hand it all sources of the story, so that a
source which a table lacks takes no other's look). The colours stay apart for colour-blind readers and, for the first
two, in grey; beyond that the marker tells. A chart bears no title: its claim stands above it in the page
(:func:`analysis.display.figure`, :mod:`analysis.captions`). Text from articles goes through :func:`label`. Use the
colours named here and no others: the page turns each into a style of its own, so that a chart follows dark mode.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 4.8  # inches: narrow, so that the letters can still be read on a telephone
LABEL_LIMIT = 80
FEW = 3  # columns whose names have room side by side
NEUTRAL = 0.05  # polarities nearer to 0 point neither up nor down
MANY = 1000  # points above this many are drawn as a picture: as shapes they would make the page heavy
INK, MUTED, LINE, PAPER = "#1b1f24", "#59616b", "#d5d9de", "#ffffff"
COLOURS = ("#1d4f91", "#d2691e", "#717649", "#802de3", "#ca7a99", "#3f2c17")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
STYLE = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that a chart is the same everywhere
    "font.size": 10,
    "text.parse_math": False,  # "$5 million ... $10 million" is no mathematics
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.labelsize": 9,
    "axes.unicode_minus": True,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.major.size": 0,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: small, and to be selected and searched
    "svg.hashsalt": "parallax",  # the same chart gives the same bytes
    "svg.image_inline": True,
}


# Control characters, and the marks that turn the direction of the text around them.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")


class Look(NamedTuple):
    """How one source is drawn, in every chart."""

    colour: str
    marker: str


def looks(sources: Iterable[str]) -> dict[str, Look]:
    """Return the colour and marker of each source, by the sources' alphabetical order.

    No two of up to 42 sources share both.

    >>> looks(["dispatch", "commentary"])["commentary"]
    Look(colour='#1d4f91', marker='o')
    """
    ordered = sorted(set(sources))
    return {source: Look(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]) for i, source in enumerate(ordered)}


def visible(text: object) -> str:
    """Return ``text`` with the characters that cannot be seen written out, so that none can hide or upset anything.

    >>> visible("a\\x1bb")
    'a\\\\x1bb'
    """
    return _INVISIBLE.sub(lambda match: ascii(match.group())[1:-1], str(text))


def label(text: object, *, limit: int = LABEL_LIMIT) -> str:
    """Return ``text`` as a label: one line, control characters made visible, cut at ``limit`` characters.

    >>> label("It rained\\non Monday.", limit=12)
    'It rained o…'
    """
    line = visible(" ".join(str(text).split()))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def styled(draw: Callable[..., "Axes"]) -> Callable[..., "Axes"]:
    """Draw inside the kit's style, and leave matplotlib's settings as they were. Decorates every chart."""

    @functools.wraps(draw)
    def drawn(*args, **options):
        import matplotlib

        with matplotlib.rc_context(STYLE):
            return draw(*args, **options)

    return drawn


def blank(*, height: float, width: float = WIDTH) -> "Axes":
    """Return the Axes of a new figure that no part of matplotlib keeps; sizes in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").subplots()


@styled
def tone(tones: pd.DataFrame, *, sources: Iterable[str] | None = None, ax: "Axes | None" = None) -> "Axes":
    """How positive or negative is the wording of each source, and how sure is that?

    Reads source, n, mean, low, high of the table of tones, and voice where it is there: a row a group, in the order
    of the table; the line is the interval from low to high, the marker the mean. A group without a mean has no marker.

    >>> table = pd.DataFrame({"source": ["daily"], "n": [12], "mean": [0.1], "low": [-0.1], "high": [0.3]})
    >>> tone(table).get_xlabel()
    'mean polarity (−1 negative to +1 positive)'
    """
    ax = ax or blank(height=0.75 + 0.5 * max(1, len(tones)))
    look = looks(tones["source"] if sources is None else sources)
    voices = tones["voice"] if "voice" in tones else [None] * len(tones)
    names = []
    for row, (source, voice, n, mean, low, high) in enumerate(
        zip(tones["source"], voices, tones["n"], tones["mean"], tones["low"], tones["high"], strict=True)
    ):
        colour, marker = look[source]
        ax.plot([low, high], [row, row], color=colour, linewidth=2.5, solid_capstyle="round", gid=f"interval-{row}")
        ax.plot([mean], [row], color=colour, marker=marker, markersize=8, linestyle="none", gid=f"mean-{row}")
        of = "" if voice is None else f"{voice}, "
        names.append(f"{label(source, limit=24)}\n{of}n={n:,}")
    ax.axvline(0, color=MUTED, linewidth=1, zorder=0)
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(max(1, len(names)) - 0.5, -0.5)
    reach = max([0.1, *tones[["low", "high", "mean"]].abs().max().dropna()]) * 1.1
    ax.set_xlim(-reach, reach)
    ax.grid(axis="x")
    ax.set_xlabel("mean polarity (−1 negative to +1 positive)")
    return ax


@styled
def course(scored: pd.DataFrame, *, sources: Iterable[str] | None = None, ax: "Axes | None" = None) -> "Axes":
    """Where in each article is the wording positive or negative?

    Reads article_id, source, sentence_id, polarity of the table of scored sentences: a lane an article, a stem a
    sentence at its number in the article, upwards for positive polarity, downwards for negative; half the height
    between two lanes is a polarity of 1. Sentences scored 0 are dots on the lane.

    >>> rows = pd.DataFrame({"article_id": "s/a", "source": "a", "sentence_id": [0, 1], "polarity": [0.5, 0.0]})
    >>> course(rows).get_xlabel()
    'sentence number in the article'
    """
    lanes = list(scored[["source", "article_id"]].drop_duplicates().sort_values(["source", "article_id"])["article_id"])
    ax = ax or blank(height=0.8 + 0.95 * max(1, len(lanes)))
    look = looks(scored["source"] if sources is None else sources)
    names = []
    for lane, article_id in enumerate(lanes):
        rows = scored[scored["article_id"] == article_id]
        source = rows["source"].iloc[0]
        colour, marker = look[source]
        places = rows["sentence_id"] + 1
        tips = lane - rows["polarity"] / 2
        ax.axhline(lane, color=LINE, linewidth=1, zorder=0)
        ax.vlines(places, lane, tips, color=colour, linewidth=1.6, rasterized=len(rows) > MANY)
        ax.plot(places, tips, color=colour, marker=marker, markersize=4.5, linestyle="none", gid=f"tips-{lane}")
        named = source if (scored.loc[scored["source"] == source, "article_id"] == article_id).all() else article_id
        names.append(f"{label(named, limit=24)}\nn={len(rows):,}")
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(max(1, len(names)) - 0.45, -0.55)
    ax.set_xlim(0, max([2, *(scored["sentence_id"] + 2)]))
    ax.set_xlabel("sentence number in the article")
    return ax


@styled
def terms(
    frequencies: pd.DataFrame, *, n: int = 20, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """How often does each source use the commonest terms?

    Reads source, term, n, per_million of the table of frequencies; a row a term, the ``n`` commonest of the table from
    the top, a marker a source at its rate for 1,000 words. A source without the term stands at 0.

    >>> rows = pd.DataFrame({"source": ["a"], "term": ["bridge"], "n": [3], "per_million": [30_000.0]})
    >>> terms(rows).get_xlabel()
    'times in 1,000 words'
    """
    totals = frequencies.groupby("term")["n"].sum().reset_index()
    shown = list(totals.sort_values(["n", "term"], ascending=[False, True])["term"].head(n))
    rates = frequencies[frequencies["term"].isin(shown)].pivot_table(
        index="term", columns="source", values="per_million", aggfunc="sum", fill_value=0.0
    )
    rates = (rates / 1000).reindex(shown)
    ax = ax or blank(height=1.1 + 0.23 * max(1, len(shown)))
    look = looks(frequencies["source"] if sources is None else sources)
    ax.hlines(range(len(shown)), rates.min(axis=1), rates.max(axis=1), color=LINE, linewidth=2.5, zorder=1)
    for source in rates.columns:
        colour, marker = look[source]
        name = label(source, limit=24)
        ax.plot(
            rates[source], range(len(shown)), color=colour, marker=marker, markersize=6.5, linestyle="none", label=name
        )
    ax.set_yticks(range(len(shown)), labels=[label(term, limit=24) for term in shown])
    ax.set_ylim(max(1, len(shown)) - 0.4, -0.6)
    ax.set_xlim(left=-0.02 * max([1.0, *rates.max()]))
    ax.grid(axis="x")
    ax.set_xlabel("times in 1,000 words")
    _legend(ax)
    return ax


@styled
def keyness(
    key_terms: pd.DataFrame,
    *,
    target: str,
    reference: str,
    n: int = 24,
    sources: Iterable[str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Which terms are typical of which source, and how often are they there at all?

    Reads term, n_target, n_reference, log_likelihood, log_ratio of the table of key terms. To the right the terms that
    both together use often; upwards those that ``target`` uses more, downwards those of ``reference``: 1 is twice as
    often, 2 four times. ``sources`` are all sources of the story. The ``n`` terms of the largest log-likelihood are
    named where there is room without two names meeting.

    >>> rows = pd.DataFrame({"term": ["fire"], "n_target": [9], "n_reference": [1], "log_likelihood": [7.0],
    ...                      "log_ratio": [2.7]})
    >>> [text.get_text() for text in keyness(rows, target="a", reference="b").texts]
    ['fire']
    """
    ax = ax or blank(height=4.6)
    look = looks(sources or [target, reference])
    times = key_terms["n_target"] + key_terms["n_reference"]
    for source, rows in ((target, key_terms["log_ratio"] >= 0), (reference, key_terms["log_ratio"] < 0)):
        colour, marker = look.get(source, Look(MUTED, "o"))
        ax.plot(
            times[rows],
            key_terms.loc[rows, "log_ratio"],
            color=colour,
            marker=marker,
            markersize=5,
            alpha=0.75,
            linestyle="none",
            label=f"more in {label(source, limit=24)}",
            rasterized=len(key_terms) > MANY,
        )
    ax.axhline(0, color=MUTED, linewidth=1, zorder=0)
    ax.set_xscale("log")
    _whole_numbers(ax, times)
    reach = max([1.0, *key_terms["log_ratio"].abs()]) * 1.15
    ax.set_ylim(-reach, reach)
    ax.grid(color=LINE)
    ax.set_xlabel("times in both together")
    ax.set_ylabel("log ratio (1 = twice as often)")
    _legend(ax)
    first = key_terms.assign(size=key_terms["log_likelihood"].abs()).sort_values(
        ["size", "term"], ascending=[False, True]
    )
    points = [
        (row.n_target + row.n_reference, row.log_ratio, label(row.term, limit=24)) for row in first.head(n).itertuples()
    ]
    _name(ax, points)
    return ax


@styled
def shift(
    contributions: pd.DataFrame, *, n: int = 18, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Which words make the tone of one source differ from that of another?

    Reads term, contribution, target, reference, in_target, in_reference, left_out of the table of
    ``sentiment.explain``: a bar a term, to the right where it makes the target the more positive one, in the look of
    the source whose mean it moves more. The ``n`` weightiest terms from the top, then the rest in one bar, so that all
    bars sum to the difference of the means; words that the user left out stand below, without a bar.

    >>> rows = pd.DataFrame({"term": ["fine"], "contribution": [0.1], "in_target": [0.1], "in_reference": [0.0]})
    >>> rows = rows.assign(target="a", reference="b", left_out=False)
    >>> [tick.get_text() for tick in shift(rows).get_yticklabels()]
    ['fine']
    """
    target, reference = contributions[["target", "reference"]].iloc[0] if len(contributions) else ("", "")
    kept = contributions[~contributions["left_out"]]
    shown, rest = kept.head(n), kept.iloc[n:]
    names = [label(term, limit=28) for term in shown["term"]]
    bars = list(shown["contribution"])
    owners = [target if row.in_target**2 >= row.in_reference**2 else reference for row in shown.itertuples()]
    if len(rest):
        names, bars, owners = (
            [*names, f"{len(rest)} more {'term' if len(rest) == 1 else 'terms'}"],
            [*bars, rest["contribution"].sum()],
            [*owners, None],
        )
    left_out = [f"{label(term, limit=18)} (left out)" for term in contributions.loc[contributions["left_out"], "term"]]
    ax = ax or blank(height=1.2 + 0.24 * max(1, len(names) + len(left_out)))
    look = looks(sources or {target, reference})
    for source in (target, reference, None):
        rows = [row for row, owner in enumerate(owners) if owner == source]
        colour, marker = look.get(source, Look(MUTED, "o"))
        tips = [bars[row] for row in rows]
        of = "" if source is None else f"words of {label(source, limit=28)}"
        ax.hlines(rows, 0, tips, color=colour, linewidth=5)
        ax.plot(
            tips, rows, color=colour, marker=marker, markersize=7, linestyle="none", label=of or "_", gid=f"tips-{of}"
        )
    ax.axvline(0, color=MUTED, linewidth=1, zorder=0)
    ax.set_yticks(range(len(names) + len(left_out)), labels=[*names, *left_out])
    ax.set_ylim(max(1, len(names) + len(left_out)) - 0.4, -0.6)
    reach = max([0.001, *map(abs, bars)]) * 1.15
    ax.set_xlim(-reach, reach)
    ax.grid(axis="x")
    ax.set_xlabel("added to the difference of the mean polarities")
    _legend(ax)
    return ax


@styled
def occurrences(places: pd.DataFrame, *, sources: Iterable[str] | None = None, ax: "Axes | None" = None) -> "Axes":
    """Where in each article does something stand? (A dispersion plot.)

    Reads source, article_id and position (0 at the start of the article, 1 at its end): a lane an article, a mark a
    row, in the order of the positions.

    >>> rows = pd.DataFrame({"article_id": ["s/a"], "source": ["a"], "position": [0.5]})
    >>> occurrences(rows).get_xlabel()
    'place in the article (0 % its start, 100 % its end)'
    """
    lanes = list(places.sort_values("article_id").groupby("article_id"))
    ax = ax or blank(height=0.9 + 0.42 * max(1, len(lanes)))
    look = looks(places["source"] if sources is None else sources)
    for lane, (_, rows) in enumerate(lanes):
        ordered = rows.sort_values("position", kind="stable")
        colour, marker = look[rows["source"].iloc[0]]
        ax.axhline(lane, color=LINE, linewidth=1, zorder=0)
        ax.plot(
            100 * ordered["position"], [lane] * len(rows), color=colour, marker=marker, markersize=7, linestyle="none",
            gid=f"places-{lane}",
        )  # fmt: skip
    ax.set_yticks(
        range(len(lanes)), labels=[f"{label(rows['source'].iloc[0], limit=24)} (n={len(rows)})" for _, rows in lanes]
    )
    ax.set_ylim(max(1, len(lanes)) - 0.5, -0.5)
    ax.set_xlim(-2, 102)
    ax.set_xlabel("place in the article (0 % its start, 100 % its end)")
    return ax


@styled
def actors(
    actors: pd.DataFrame, *, n: int = 12, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Whom is each source about?

    Reads source, name, n, share of the table of actors: a row an actor, the ``n`` with most mentions from the top, a
    marker a source at the share of its sentences that mention the actor. A source without a mention stands at 0.

    >>> rows = pd.DataFrame({"source": ["a"], "name": ["Ann Hill"], "n": [3], "share": [0.5]})
    >>> actors(rows).get_xlabel()
    'sentences that mention the actor (%)'
    """
    totals = actors.groupby("name")["n"].sum().reset_index()
    shown = list(totals.sort_values(["n", "name"], ascending=[False, True])["name"].head(n))
    shares = actors[actors["name"].isin(shown)].pivot_table(
        index="name", columns="source", values="share", aggfunc="sum", fill_value=0.0
    )
    everyone = sorted(set(actors["source"] if sources is None else sources))
    shares = (shares * 100).reindex(shown).reindex(columns=everyone, fill_value=0.0)
    names = [label(name, limit=30) for name in shown]
    return _shares(shares, names=names, unit="sentences that mention the actor (%)", ax=ax)


@styled
def heard(
    voices_heard: pd.DataFrame, *, n: int = 12, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Who is heard in each source, and how much?

    Reads source, name, named, quoted_words, reported_words, share of the table of voices heard: a row a speaker, the
    ``n`` with most words from the top, a marker a source at the speaker's share of its quoted words. Those without a
    name of their own stand in brackets; a source that does not quote a speaker stands at 0.

    >>> rows = pd.DataFrame({"source": ["a"], "name": ["two nurses"], "named": [False], "quoted_words": [9]})
    >>> [tick.get_text() for tick in heard(rows.assign(reported_words=3, share=1.0)).get_yticklabels()]
    ['(two nurses)']
    """
    printed = voices_heard["name"].fillna("speaker not found")
    known = voices_heard.assign(
        shown=[
            label(name if named else f"({name})", limit=32)
            for name, named in zip(printed, voices_heard["named"], strict=True)
        ],
        words=voices_heard["quoted_words"] + voices_heard["reported_words"],
    )
    totals = known.groupby("shown")[["quoted_words", "words"]].sum().reset_index()
    order = totals.sort_values(["quoted_words", "words", "shown"], ascending=[False, False, True])
    names = list(order["shown"].head(n))
    everyone = sorted(set(known["source"] if sources is None else sources))
    shares = known.assign(share=known["share"].fillna(0.0)).pivot_table(
        index="shown", columns="source", values="share", aggfunc="sum", fill_value=0.0
    )
    shares = (shares * 100).reindex(names).reindex(columns=everyone, fill_value=0.0)
    return _shares(shares, names=names, unit="of the source's words in quotation marks (%)", ax=ax)


def _shares(shares: pd.DataFrame, *, names: list[str], unit: str, ax: "Axes | None") -> "Axes":
    """Draw shares in percent: a row a line of ``shares``, a column a source."""
    ax = ax or blank(height=1.1 + 0.25 * max(1, len(names)))
    look = looks(shares.columns)
    ax.hlines(range(len(names)), shares.min(axis=1), shares.max(axis=1), color=LINE, linewidth=2.5, zorder=1)
    for source in shares.columns:
        colour, marker = look[source]
        ax.plot(
            shares[source],
            range(len(names)),
            color=colour,
            marker=marker,
            markersize=6.5,
            linestyle="none",
            label=label(source, limit=24),
        )
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(max(1, len(names)) - 0.4, -0.6)
    ax.set_xlim(-0.02 * max([1.0, *shares.max()]), max([1.0, *shares.max()]) * 1.05)
    ax.grid(axis="x")
    ax.set_xlabel(unit)
    _legend(ax)
    return ax


@styled
def introduced(
    introductions: pd.DataFrame, *, n: int = 16, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """With which words does each source introduce the same speaker?

    Reads name, source, cue, stance, n of the table of introductions: a row a speaker and cue, in the order of the
    table, the first ``n``; a marker a source at how often it uses the cue for the speaker. Speakers whom only one
    source introduces are left out where there are others. Cues that are not neutral bear their stance in brackets.

    >>> rows = pd.DataFrame({"name": ["Ann Hill"], "source": ["a"], "cue": ["claimed"], "stance": ["distancing"]})
    >>> [tick.get_text() for tick in introduced(rows.assign(n=2)).get_yticklabels()]
    ['Ann Hill: claimed (distancing)']
    """
    shared = introductions[introductions.groupby("name")["source"].transform("nunique") > 1]
    kept = introductions if shared.empty else shared
    stances = ["" if stance == "neutral" else f" ({stance})" for stance in kept["stance"]]
    ends = [f": {cue}{stance}" for cue, stance in zip(kept["cue"], stances, strict=True)]
    rows = [label(name, limit=max(8, 40 - len(end))) + end for name, end in zip(kept["name"], ends, strict=True)]
    shown = kept.assign(row=rows)
    names = list(shown["row"].drop_duplicates().head(n))
    everyone = sorted(set(introductions["source"] if sources is None else sources))
    ax = ax or blank(height=1.1 + 0.25 * max(1, len(names)))
    look = looks(everyone)
    for source in everyone:
        own = shown[(shown["source"] == source) & shown["row"].isin(names)].groupby("row", sort=False)["n"].sum()
        colour, marker = look[source]
        ax.plot(
            list(own),
            [names.index(row) for row in own.index],
            color=colour,
            marker=marker,
            markersize=6.5,
            linestyle="none",
            label=label(source, limit=24),
        )
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(max(1, len(names)) - 0.4, -0.6)
    ax.set_xlim(0, max([1, *shown["n"]]) + 0.5)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(axis="x")
    ax.set_xlabel("times in the source")
    _legend(ax)
    return ax


@styled
def agency(
    acts: pd.DataFrame, *, actor: str, n: int = 24, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """What does one actor do in each source, and what is done to it?

    Reads source, verb, agent_name, patient_name of the table of agency. To the right the verbs whose agent is
    ``actor``, to the left those whose patient it is, one marker a source at the number of times; the ``n`` commonest
    verbs, those that the actor does first.

    >>> rows = pd.DataFrame({"source": ["a"], "verb": ["sue"], "agent_name": ["Ann Hill"], "patient_name": [None]})
    >>> [tick.get_text() for tick in agency(rows, actor="Ann Hill").get_yticklabels()]
    ['sue']
    """
    does = acts[acts["agent_name"] == actor].assign(side=1)
    undergoes = acts[acts["patient_name"] == actor].assign(side=-1)
    times = pd.concat([does, undergoes]).groupby(["side", "verb", "source"]).size().rename("n").reset_index()
    totals = times.groupby(["side", "verb"])["n"].sum().reset_index()
    shown = totals.sort_values(["n", "side", "verb"], ascending=[False, False, True]).head(n)
    shown = shown.sort_values(["side", "n", "verb"], ascending=[False, False, True])
    rows = {key: row for row, key in enumerate(zip(shown["side"], shown["verb"], strict=True))}
    ax = ax or blank(height=1.3 + 0.23 * max(1, len(rows)))
    everyone = sorted(set(acts["source"] if sources is None else sources))
    for source, (colour, marker) in looks(everyone).items():
        points = [
            (side * count, rows[side, verb])
            for side, verb, of, count in times.itertuples(index=False)
            if of == source and (side, verb) in rows
        ]
        # Sources that tell the same as often stand one above the other, not one on the other.
        shift = 0.16 * (everyone.index(source) - (len(everyone) - 1) / 2) if len(everyone) <= 4 else 0.0
        ax.plot(
            [x for x, _ in points],
            [row + shift for _, row in points],
            color=colour,
            marker=marker,
            markersize=6,
            linestyle="none",
            label=label(source, limit=24),
        )
    ax.axvline(0, color=MUTED, linewidth=1, zorder=0)
    ax.set_yticks(range(len(rows)), labels=[label(verb, limit=24) for _, verb in rows])
    ax.set_ylim(max(1, len(rows)) - 0.4, -0.6)
    _both_ways(ax, max([1, *times["n"]]))
    ax.set_xlabel("times (← done to the actor, done by the actor →)")
    _legend(ax)
    return ax


@styled
def flags(rates: pd.DataFrame, *, sources: Iterable[str] | None = None, ax: "Axes | None" = None) -> "Axes":
    """How coloured is the wording of each source, in which voice?

    Reads source, voice, category, per_thousand of the table of flag rates: a row a category and voice, a marker a
    source at its flags in 1,000 words of that voice. A category that no source has in a voice is left out.

    >>> rows = pd.DataFrame({"source": ["a"], "voice": ["narration"], "category": ["loaded"], "per_thousand": [8.0]})
    >>> [tick.get_text() for tick in flags(rows).get_yticklabels()]
    ['loaded, narration']
    """
    found = rates.groupby(["category", "voice"], dropna=False)["per_thousand"].transform("max") > 0
    everyone = rates["source"] if sources is None else sources
    rates = rates[found]
    kinds = rates["category"].str.replace("_", " ")
    names = list(kinds.where(rates["voice"].isna(), kinds + ", " + rates["voice"]))
    rows = {name: row for row, name in enumerate(dict.fromkeys(names))}
    ax = ax or blank(height=1.1 + 0.25 * max(1, len(rows)))
    look = looks(everyone)
    placed = rates.assign(row=[rows[name] for name in names])
    spans = placed.groupby("row")["per_thousand"]
    ax.hlines(spans.min().index, spans.min(), spans.max(), color=LINE, linewidth=2.5, zorder=1)
    for source, group in placed.groupby("source", sort=True):
        colour, marker = look[source]
        ax.plot(
            group["per_thousand"],
            group["row"],
            color=colour,
            marker=marker,
            markersize=6.5,
            linestyle="none",
            label=label(source, limit=24),
        )
    ax.set_yticks(range(len(rows)), labels=list(rows))
    ax.set_ylim(max(1, len(rows)) - 0.4, -0.6)
    ax.set_xlim(left=-0.02 * max([1.0, *rates["per_thousand"]]))
    ax.grid(axis="x")
    ax.set_xlabel("flags in 1,000 words of the voice")
    _legend(ax)
    return ax


@styled
def attitudes(
    attitudes: pd.DataFrame, *, n: int = 10, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """In what tone does each source speak of each actor?

    Reads source, name, n, n_negative, n_positive of the table of attitudes: a row an actor and source, the ``n`` actors
    with most mentions; to the left the mentions in a negative tone, to the right those in a positive one.

    >>> rows = pd.DataFrame({"source": ["a"], "name": ["Ann Hill"], "n": [4], "n_negative": [1], "n_positive": [2]})
    >>> [tick.get_text() for tick in attitudes(rows).get_yticklabels()]
    ['Ann Hill, a (n=4)']
    """
    totals = attitudes.groupby("name")["n"].sum().reset_index()
    shown = list(totals.sort_values(["n", "name"], ascending=[False, True])["name"].head(n))
    rows = attitudes[attitudes["name"].isin(shown)].assign(place=lambda frame: frame["name"].map(shown.index))
    rows = rows.sort_values(["place", "source"], kind="stable").reset_index(drop=True)
    ax = ax or blank(height=1.0 + 0.27 * max(1, len(rows)))
    look = looks(attitudes["source"] if sources is None else sources)
    for row, (source, negative, positive) in enumerate(
        zip(rows["source"], rows["n_negative"], rows["n_positive"], strict=True)
    ):
        colour, marker = look[source]
        ax.hlines(row, -negative, positive, color=colour, linewidth=5)
        ax.plot([-negative, positive], [row, row], color=colour, marker=marker, markersize=6, linestyle="none")
    ax.axvline(0, color=MUTED, linewidth=1, zorder=0)
    names = [
        f"{label(name, limit=22)}, {label(source, limit=14)} (n={count})"
        for name, source, count in zip(rows["name"], rows["source"], rows["n"], strict=True)
    ]
    ax.set_yticks(range(len(rows)), labels=names)
    ax.set_ylim(max(1, len(rows)) - 0.4, -0.6)
    _both_ways(ax, max([1, *rows["n_negative"], *rows["n_positive"]]))
    ax.set_xlabel("mentions (← negative, positive →)", loc="right")
    return ax


@styled
def robustness(panel: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Does the difference keep its sign when tone is measured otherwise?

    Reads source_a, source_b, engine, voice, difference, keeps_sign of the table of robustness: a row a pair of
    sources, engine and voice, a mark a way of measuring; filled where the sign is that of the way the report uses,
    hollow where it is not.

    >>> row = {"source_a": "a", "source_b": "b", "engine": "vader", "voice": "narration", "difference": 0.2}
    >>> axes = robustness(pd.DataFrame([{**row, "keeps_sign": True}]))
    >>> [tick.get_text() for tick in axes.get_yticklabels()]
    ['vader, narration']
    """
    rows = list(panel.groupby(["source_a", "source_b", "engine", "voice"], sort=False))
    several = panel[["source_a", "source_b"]].drop_duplicates().shape[0] > 1
    ax = ax or blank(height=1.0 + 0.25 * max(1, len(rows)))
    for row, (_, group) in enumerate(rows):
        for keeps, fill in ((True, INK), (False, "none")):
            marks = group[group["keeps_sign"] == keeps]
            ax.plot(
                marks["difference"],
                [row] * len(marks),
                color=INK,
                marker="o",
                markersize=6,
                markerfacecolor=fill,
                linestyle="none",
                label=("same sign" if keeps else "other sign") if row == 0 else None,
                gid=f"{'kept' if keeps else 'turned'}-{row}",
            )
    ax.axvline(0, color=MUTED, linewidth=1, zorder=0)
    names = [
        f"{engine}, {voice}" + (f": {label(a, limit=14)} − {label(b, limit=14)}" if several else "")
        for (a, b, engine, voice), _ in rows
    ]
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(max(1, len(names)) - 0.4, -0.6)
    reach = max([0.05, *panel["difference"].abs()]) * 1.15
    ax.set_xlim(-reach, reach)
    ax.grid(axis="x")
    pair = "" if several or panel.empty else f": {label(rows[0][0][0], limit=18)} less {label(rows[0][0][1], limit=18)}"
    ax.set_xlabel(f"difference in mean polarity{pair}")
    _legend(ax)
    return ax


@styled
def months(rows: pd.DataFrame, *, value: str, sources: Iterable[str] | None = None, ax: "Axes | None" = None) -> "Axes":
    """How does each source go over time, and how sure is that?

    Reads source, month, n_articles, low, high and the column that ``value`` names: a lane a source, all on one scale
    and one time, a marker a month with its interval; the thin line is the source over all months (the row without a
    month). A month without articles is a gap.

    >>> table = pd.DataFrame({"source": "daily", "month": [None, "2024-01", "2024-03"], "n_articles": [9, 5, 4],
    ...                       "mean": [0.1, 0.2, 0.0], "low": [0.0, 0.1, -0.1], "high": [0.2, 0.3, 0.1]})
    >>> [tick.get_text() for tick in months(table, value="mean").get_yticklabels()]
    ['daily\\nn=9 articles']
    """
    lanes = sorted(rows["source"].unique())
    ax = ax or blank(height=0.8 + 0.95 * max(1, len(lanes)))
    look = looks(lanes if sources is None else sources)
    dated = rows[rows["month"].notna()]
    times = (
        pd.period_range(dated["month"].min(), dated["month"].max(), freq="M").strftime("%Y-%m") if len(dated) else []
    )
    place = {month: number for number, month in enumerate(times)}
    bounds = rows[[value, "low", "high"]].stack()
    least, most = (bounds.min(), bounds.max()) if len(bounds) else (0.0, 1.0)
    reach = (most - least) or 1.0
    names = []
    for lane, source in enumerate(lanes):
        colour, marker = look[source]
        whole = rows[(rows["source"] == source) & rows["month"].isna()]
        own = dated[dated["source"] == source]
        at = own["month"].map(place)
        heights = {name: lane + 0.4 - 0.8 * (own[name] - least) / reach for name in (value, "low", "high")}
        for level in whole[value].dropna():
            ax.axhline(lane + 0.4 - 0.8 * (level - least) / reach, color=colour, linewidth=0.8, zorder=0)
        ax.vlines(at, heights["low"], heights["high"], color=colour, linewidth=2.5)
        ax.plot(at, heights[value], color=colour, marker=marker, markersize=5, linestyle="none", gid=f"months-{lane}")
        names.append(f"{label(source, limit=24)}\nn={int(whole['n_articles'].sum()):,} articles")
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(max(1, len(names)) - 0.45, -0.55)
    step = max(1, -(-len(times) // 6))
    ax.set_xticks(range(0, len(times), step), labels=times[::step])
    ax.set_xlim(-0.5, max(1, len(times)) - 0.5)
    ax.set_xlabel(f"month; each lane reaches from {least:.2f} (bottom) to {most:.2f} (top)")
    return ax


@styled
def coverage(
    coverage: pd.DataFrame, *, n: int = 20, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """How much room does each source give to each event, and in what tone?

    Reads event_id, label, source, words, tone of the table of coverage: a row an event, the ``n`` with most words in
    all sources together, in the order of the table; a column a source. The larger the mark, the more words; it points
    up where the tone is positive, down where it is negative, and is round in between or where tone is not known. A
    dash says that no sentence of that source was matched.

    >>> rows = pd.DataFrame({"event_id": [0], "label": ["bridge"], "source": ["a"], "words": [9], "tone": [0.2]})
    >>> [tick.get_text() for tick in coverage(rows).get_yticklabels()]
    ['1 bridge']
    """
    rows = _events(coverage, n)
    events = list(dict.fromkeys(rows["event_id"]))
    columns = sorted(set(coverage["source"] if sources is None else sources))
    ax = ax or blank(height=0.9 + 0.33 * max(1, len(events)))
    look = looks(columns)
    largest = max([1, *rows["words"]])
    for event_id, source, words, tone in zip(
        rows["event_id"], rows["source"], rows["words"], rows["tone"], strict=True
    ):
        place = (columns.index(source), events.index(event_id))
        if not words:
            ax.plot(*place, color=MUTED, marker="_", markersize=6)
            continue
        marker = "^" if tone > NEUTRAL else "v" if tone < -NEUTRAL else "o"
        ax.plot(*place, color=look[source].colour, marker=marker, markersize=4 + 14 * (words / largest) ** 0.5)
    names = rows.drop_duplicates("event_id")
    ax.set_yticks(
        range(len(events)),
        labels=[
            label(f"{i + 1} {name}", limit=40 if len(columns) <= FEW else 26)
            for i, name in zip(names["event_id"], names["label"], strict=True)
        ],
    )
    ax.set_ylim(max(1, len(events)) - 0.4, -0.6)
    _columns(ax, columns)
    ax.xaxis.tick_top()
    ax.set_xlim(-0.6, len(columns) - 0.4)
    ax.spines["bottom"].set_visible(False)
    return ax


@styled
def order(
    coverage: pd.DataFrame, *, n: int = 20, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Where in its article does each source tell each event?

    Reads event_id, label, source, words, position of the table of coverage: a column an article from its beginning (at
    the top) to its end, a line an event from article to article, with the event's number; of the events with most
    words ``n``.

    >>> rows = {"event_id": 0, "label": "bridge", "source": ["a", "b"], "words": 9, "position": [0.0, 0.5]}
    >>> order(pd.DataFrame(rows)).get_ylabel()
    'place in the article (%)'
    """
    rows = _events(coverage, n).dropna(subset=["position"])
    columns = sorted(set(coverage["source"] if sources is None else sources))
    ax = ax or blank(height=4.2)
    look = looks(columns)
    for event_id, told in rows.groupby("event_id", sort=True):
        places = told.assign(x=told["source"].map(columns.index)).sort_values("x")
        ax.plot(places["x"], places["position"] * 100, color=MUTED, linewidth=1, alpha=0.7, zorder=1)
        for x, y, ha in (
            (places["x"].iloc[0], places["position"].iloc[0], "right"),
            (places["x"].iloc[-1], places["position"].iloc[-1], "left"),
        ):
            offset = -7 if ha == "right" else 7
            ax.annotate(
                f"{event_id + 1}",
                (x, y * 100),
                xytext=(offset, 0),
                textcoords="offset points",
                ha=ha,
                va="center",
                fontsize=8.5,
            )
    for source, told in rows.groupby("source", sort=True):
        colour, marker = look[source]
        x = [columns.index(source)] * len(told)
        ax.plot(x, told["position"] * 100, color=colour, marker=marker, markersize=6.5, linestyle="none", zorder=2)
    _columns(ax, columns)
    ax.xaxis.tick_top()
    ax.spines["bottom"].set_visible(False)
    ax.set_xlim(-0.4, len(columns) - 0.6)
    ax.set_ylim(104, -4)
    ax.grid(axis="y")
    ax.set_ylabel("place in the article (%)")
    return ax


@styled
def event_tones(
    coverage: pd.DataFrame, *, n: int = 20, sources: Iterable[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """In what tone does each source tell the events that several tell?

    Reads event_id, label, source, words, tone of the table of coverage: a row an event, a marker a source at the mean
    polarity of its sentences there; only events of which two or more sources have a tone, the ``n`` with most words.

    >>> rows = pd.DataFrame({"event_id": 0, "label": "bridge", "source": ["a", "b"], "words": 9, "tone": [0.1, 0.5]})
    >>> [tick.get_text() for tick in event_tones(rows).get_yticklabels()]
    ['1 bridge']
    """
    known = coverage.dropna(subset=["tone"])
    shared = known[known.groupby("event_id")["source"].transform("nunique") > 1]
    rows = _events(shared, n)
    names = rows.drop_duplicates("event_id")
    events = list(names["event_id"])
    ax = ax or blank(height=1.0 + 0.3 * max(1, len(events)))
    look = looks(coverage["source"] if sources is None else sources)
    spread = rows.groupby("event_id", sort=False)["tone"].agg(["min", "max"])
    ax.hlines(range(len(events)), spread["min"], spread["max"], color=LINE, linewidth=2.5, zorder=1)
    for source, told in rows.groupby("source", sort=True):
        colour, marker = look[source]
        places = told["event_id"].map(events.index)
        ax.plot(
            told["tone"],
            places,
            color=colour,
            marker=marker,
            markersize=6.5,
            linestyle="none",
            label=label(source, limit=24),
        )
    ax.axvline(0, color=MUTED, linewidth=1, zorder=0)
    ax.set_yticks(
        range(len(events)),
        labels=[label(f"{i + 1} {name}", limit=32) for i, name in zip(names["event_id"], names["label"], strict=True)],
    )
    ax.set_ylim(max(1, len(events)) - 0.4, -0.6)
    reach = max([0.1, *rows["tone"].abs()]) * 1.1
    ax.set_xlim(-reach, reach)
    ax.grid(axis="x")
    ax.set_xlabel("mean polarity (−1 negative to +1 positive)", loc="right")
    _legend(ax)
    return ax


def _columns(ax: "Axes", sources: list[str]) -> None:
    """Name the columns of a chart that has one a source, aslant where they are many."""
    slant = {"rotation": 35, "ha": "left", "rotation_mode": "anchor"} if len(sources) > FEW else {}
    ax.set_xticks(range(len(sources)), labels=[label(source, limit=16) for source in sources], **slant)
    ax.tick_params(axis="x", length=0, labelcolor=INK)


def _events(coverage: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the rows of the ``n`` events that get most words, in the order of the table."""
    words = coverage.groupby("event_id")["words"].sum().reset_index()
    kept = words.sort_values(["words", "event_id"], ascending=[False, True])["event_id"].head(n)
    return coverage[coverage["event_id"].isin(kept)]


def _both_ways(ax: "Axes", most: int) -> None:
    """Number the axis of counts upwards to both sides of 0."""
    step = -(-int(most) // 4)
    ticks = [step * k for k in range(-4, 5) if step * abs(k) <= most]
    ax.set_xlim(-most - 0.5, most + 0.5)
    ax.set_xticks(ticks, labels=[str(abs(tick)) for tick in ticks])
    ax.grid(axis="x")


def _legend(ax: "Axes") -> None:
    """Put the legend above the chart, in a row: there it covers nothing."""
    handles, names = ax.get_legend_handles_labels()
    if handles:
        # From the right: to the left of a narrow chart stand its row names, with room above them.
        ax.legend(handles, names, loc="lower right", bbox_to_anchor=(1, 1), ncols=min(3, len(names)), borderaxespad=0.2)


def _whole_numbers(ax: "Axes", values: pd.Series) -> None:
    """Mark a logarithmic axis of counts at 1, 2, 5, 10, ... as far as the counts go."""
    from matplotlib.ticker import NullLocator

    low, high = (values.min(), values.max()) if len(values) else (1, 10)
    marks = [base * 10**power for power in range(7) for base in (1, 2, 5)]
    marks = [mark for mark in marks if low / 2 < mark < high * 2]
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(marks, labels=[f"{mark:,}" for mark in marks])
    ax.set_xlim(low / 1.3, high * 1.5)


def _name(ax: "Axes", points: list[tuple[float, float, str]]) -> None:
    """Write names beside points, the first first, each where it meets no other name; where there is no room, none."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = ax.get_figure(root=True)
    FigureCanvasAgg(figure)  # its one sheet measures all names, which else get a new sheet each
    figure.draw_without_rendering()  # so that the places of the points on the paper are known
    inside = ax.get_window_extent()
    taken = [text.get_window_extent() for text in ax.texts]
    gap = 5 * figure.dpi / 72
    for x, y, name in points:
        # Measured once: finding how large a name is takes longer than all else here.
        text = ax.annotate(name, (x, y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5)
        right = text.get_window_extent().padded(1)
        left = right.translated(2 - right.width - 2 * gap, 0)
        above = right.translated((2 - right.width) / 2 - gap, gap + right.height / 2 - 1)
        below = right.translated((2 - right.width) / 2 - gap, 1 - gap - right.height / 2)
        for box, dx, dy, across, along in (
            (right, 5, 0, "left", "center"),
            (left, -5, 0, "right", "center"),
            (above, 0, 5, "center", "bottom"),
            (below, 0, -5, "center", "top"),
        ):
            free = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
            if free and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                text.set(position=(dx, dy), ha=across, va=along)
                break
        else:
            text.remove()
