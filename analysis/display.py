"""Safe HTML for notebooks and the report: tables, figures with text alternatives, pairs, the side-by-side reader.

The text of an article is hostile until it is escaped, and every piece of text that a table holds may come from one.
So nothing here takes markup: each function takes text and tables and escapes them itself. What comes back is a
:class:`Fragment`, which JupyterLab shows and the report takes over.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis import charts
from analysis.charts import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEMPLATES = Path(__file__).resolve().parent / "templates" / "report"
_LINK = re.compile(r"https?://[^\s\"'<>]+\Z", re.IGNORECASE)


class Fragment:
    """A piece of HTML that is safe to show, made by the functions of this module only."""

    def __init__(self, markup: str, name: str):
        self.markup = markup
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def _repr_html_(self) -> str:
        style, script = _asset("display.css"), _asset("display.js")
        return f'<style>{style}</style><div class="px">{self.markup}</div><script>{script}</script>'


def safe(text: object) -> str:
    """Return ``text`` escaped for HTML, element or attribute, with hidden characters written out.

    >>> safe("<b> & 'c'")
    '&lt;b&gt; &amp; &#x27;c&#x27;'
    """
    return escape(visible(text), quote=True)


def table(frame: pd.DataFrame, *, caption: str | None = None, digits: int = 2) -> Fragment:
    """Show a table: text escaped, numbers with ``digits`` decimals, columns that sort by a click on their heading.

    >>> table(pd.DataFrame({"term": ["<b>"], "per_million": [1234.5]}))
    <table: 1 row of term, per_million>
    """
    rows = f"{len(frame):,} row{'' if len(frame) == 1 else 's'}"
    return Fragment(_table(frame, caption, digits), f"table: {rows} of {', '.join(map(str, frame.columns))}")


def figure(axes: "Axes", claim: str, caption: str, alternative: str, table: pd.DataFrame | None = None) -> Fragment:
    """Show a chart with its claim as title, a caption, a text alternative and its numbers in a fold-out.

    ``claim`` says in a sentence what the chart shows, ``caption`` what was counted, with n and the method;
    ``alternative`` tells a reader who cannot see the chart what is in it. ``axes`` is what a function of
    :mod:`analysis.charts` returned.

    >>> from analysis import charts
    >>> tones = pd.DataFrame({"source": ["daily"], "n": [12], "mean": [0.1], "low": [-0.1], "high": [0.3]})
    >>> figure(charts.tone(tones), "No clear tone.", "Mean of 12 sentences.", "One source near 0.", tones)
    <figure: No clear tone.>
    """
    numbers = ""
    if table is not None:
        numbers = f"<details><summary>The numbers</summary>{_table(table, f'The numbers behind: {claim}', 2)}</details>"
    markup = (
        f'<figure><h3 class="claim">{safe(claim)}</h3>{_svg(axes, alternative)}'
        f"<figcaption>{safe(caption)}</figcaption>{numbers}</figure>"
    )
    return Fragment(markup, f"figure: {visible(claim)}")


def overview(articles: pd.DataFrame, sentences: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Return what a reader wants to know of each article first: where it is from, and how long it is.

    Reads the tables of articles, sentences and tokens; furniture is counted nowhere. Columns that no article fills
    are left out.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": "daily", "text": "It rained."}])
    >>> sentences = segmentation.split(articles)
    >>> overview(articles, sentences, segmentation.tokenize(sentences)).values.tolist()
    [['daily', 1, 2]]
    """
    known = articles[["source", "title", "author", "published", "genre", "url"]].dropna(axis="columns", how="all")
    counted = sentences[sentences["part"] != "furniture"]
    sizes = {"sentences": counted, "words": tokens}
    return known.assign(
        **{
            name: articles["article_id"].map(rows.groupby("article_id").size()).fillna(0).astype("int64")
            for name, rows in sizes.items()
        }
    )


def content_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of terms that are no function words ("the", "of", "said"), to show those alone.

    For display only: rates stay those of all tokens, whatever is shown. Reads term.

    >>> content_words(pd.DataFrame({"term": ["the", "bridge"]}))["term"].tolist()
    ['bridge']
    """
    return frame[~frame["term"].isin(_function_words())].reset_index(drop=True)


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    path = TEMPLATES.parent.parent / "lexicons" / "function_words.tsv"
    return frozenset(path.read_text(encoding="utf-8").split("\n")[1:])


def _table(frame: pd.DataFrame, caption: str | None, digits: int) -> str:
    names = [str(column) for column in frame.columns]
    numeric = [pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind) for kind in frame.dtypes]
    head = "".join(
        f'<th scope="col"{_NUMBER if number else ""}>{safe(name.replace("_", " "))}</th>'
        for name, number in zip(names, numeric, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(_cell(value, number, digits) for value, number in zip(row, numeric, strict=True))}</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    title = f"<caption>{safe(caption)}</caption>" if caption else ""
    about = safe(caption or f"table of {', '.join(names)}")
    return (
        f'<div class="scroll" role="group" aria-label="{about}" tabindex="0"><table class="sortable">{title}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


_NUMBER = ' class="number"'


def _cell(value: object, number: bool, digits: int) -> str:
    if pd.isna(value):
        return f"<td{_NUMBER if number else ''}>–</td>"
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if not number:
        return f"<td>{_linked(value)}</td>"
    shown = f"{value:,.{digits}f}" if isinstance(value, float) else f"{value:,}"
    return f"<td{_NUMBER}>{shown.replace('-', '−')}</td>"


def _linked(value: object) -> str:
    text = value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else str(value)
    if _LINK.match(text):
        return f'<a href="{safe(text)}" rel="noopener noreferrer">{safe(text)}</a>'
    return safe(text)


_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LONG_NUMBER = re.compile(r"(\d\.\d\d)\d+")
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_KEPT = ("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "fill-opacity")
_KEPT += ("stroke-opacity", "text-anchor", "font-size", "font-weight", "font-style")


def _svg(axes: "Axes", alternative: str) -> str:
    """Draw the figure of ``axes`` as an SVG element that follows the page's colours and holds no style of its own."""
    import io

    import matplotlib
    from lxml import etree

    drawn = io.BytesIO()
    with matplotlib.rc_context(charts.STYLE):
        axes.get_figure(root=True).savefig(drawn, format="svg", metadata={"Date": None})
    # A control character that slipped into a label is no XML; it is dropped here, and the rest drawn.
    root = etree.fromstring(drawn.getvalue(), etree.XMLParser(recover=True, remove_comments=True))
    etree.strip_elements(root, _SVG + "metadata", _SVG + "style", with_tail=False)
    prefix = "c" + sha256(drawn.getvalue() + alternative.encode()).hexdigest()[:8] + "-"
    used = {match for element in root.iter() for match in _references(element)}
    for element in list(root.iter(etree.Element)):
        _plain(element, used, prefix)
    _thin(root)
    _, _, width, height = root.get("viewBox").split()
    root.attrib.clear()
    root.attrib.update({"viewBox": f"0 0 {float(width):g} {float(height):g}", "role": "img"})
    root.set("aria-label", visible(alternative))
    etree.cleanup_namespaces(root)
    markup = etree.tostring(root, encoding="unicode", with_tail=False)
    return re.sub(r">\s+<", "><", _LONG_NUMBER.sub(r"\1", markup))


def _thin(root) -> None:
    """Take out what draws nothing: shapes without fill and stroke, and groups that say nothing of their members."""
    for element in list(root.iter(_SVG + "path", _SVG + "g", _SVG + "defs")):
        parent = element.getparent()
        if element.tag == _SVG + "path" and element.get("fill") == "none" and element.get("stroke") is None:
            parent.remove(element)
    for element in reversed(list(root.iter(_SVG + "g", _SVG + "defs"))):
        if (element.tag == _SVG + "g" and not element.attrib) or len(element) == 0:
            parent = element.getparent()
            place = parent.index(element)
            parent[place : place + 1] = list(element)


def _references(element) -> list[str]:
    return re.findall(r"url\(#([^)]+)\)", element.get("clip-path", "")) + [
        value[1:] for value in (element.get(_HREF),) if value
    ]


def _plain(element, used: set[str], prefix: str) -> None:
    """Turn an element's style into attributes and classes, and keep only the names that others point at."""
    style = dict(part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part)
    style = {name.strip(): value.strip() for name, value in style.items()}
    if "font" in style:
        size = re.search(r"([\d.]+)px", style["font"])
        style |= {"font-size": size.group(1)} if size else {}
        style |= {"font-weight": "bold"} if "bold" in style["font"] or " 700 " in f" {style['font']} " else {}
        style |= {"font-style": "italic"} if "italic" in style["font"] else {}
    classes = []
    for name in _KEPT:
        if name in style:
            element.set(name, style[name])
            if name in ("fill", "stroke") and style[name] in _inks():
                classes.append(f"{name[0]}-{_inks()[style[name]]}")
    if element.tag == _SVG + "text" and "fill" not in style:
        classes.append("f-ink")
    if classes:
        element.set("class", " ".join(classes))
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    name = element.attrib.pop("id", None)
    if name in used:
        element.set("id", prefix + name)
    if element.get("clip-path"):
        element.set("clip-path", f"url(#{prefix}{element.get('clip-path')[5:-1]})")
    target = element.attrib.pop(_HREF, None)
    if target:
        element.set("href", f"#{prefix}{target[1:]}")


@lru_cache(maxsize=1)
def _inks() -> Mapping[str, str]:
    named = {charts.INK: "ink", charts.MUTED: "muted", charts.LINE: "line", charts.PAPER: "paper", "#000000": "ink"}
    return named | {colour: f"s{i}" for i, colour in enumerate(charts.COLOURS)}


@lru_cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
