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

WIDTH = 5.4  # inches: narrow, so that the letters can still be read on a telephone
LABEL_LIMIT = 80
INK, MUTED, LINE, PAPER = "#1b1f24", "#59616b", "#d5d9de", "#ffffff"
COLOURS = ("#1d4f91", "#d2691e", "#717649", "#802de3", "#ca7a99", "#3f2c17")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
STYLE = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that a chart is the same everywhere
    "font.size": 10.5,
    "text.parse_math": False,  # "$5 million ... $10 million" is no mathematics
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.labelsize": 9.5,
    "axes.unicode_minus": True,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9.5,
    "ytick.major.size": 0,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
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
    ax = ax or blank(height=0.9 + 0.42 * max(1, len(tones)))
    look = looks(tones["source"] if sources is None else sources)
    voices = tones["voice"] if "voice" in tones else [None] * len(tones)
    names = []
    for row, (source, voice, n, mean, low, high) in enumerate(
        zip(tones["source"], voices, tones["n"], tones["mean"], tones["low"], tones["high"], strict=True)
    ):
        colour, marker = look[source]
        ax.plot([low, high], [row, row], color=colour, linewidth=2.5, solid_capstyle="round", gid=f"interval-{row}")
        ax.plot([mean], [row], color=colour, marker=marker, markersize=8, linestyle="none", gid=f"mean-{row}")
        of = "" if voice is None else f", {voice}"
        names.append(f"{label(source, limit=28)}{of} (n={n})")
    ax.axvline(0, color=MUTED, linewidth=1, zorder=0)
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    reach = max([0.1, *tones[["low", "high", "mean"]].abs().max().dropna()]) * 1.1
    ax.set_xlim(-reach, reach)
    ax.grid(axis="x")
    ax.set_xlabel("mean polarity (−1 negative to +1 positive)")
    return ax
