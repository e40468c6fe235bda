"""Safe HTML for notebooks and the report: tables, figures with text alternatives, pairs, the side-by-side reader.

The text of an article is hostile until it is escaped, and every piece of text that a table holds may come from one.
So nothing here takes markup: each function takes text and tables and escapes them itself. What comes back is a
:class:`Fragment`, which JupyterLab shows and the report takes over.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis import captions, charts, quotation, segmentation
from analysis.charts import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas.api.typing import DataFrameGroupBy

# What a reader may do with a finding: mind it first, take it as a count of these texts, take it as a difference or not.
FINDING_GROUPS = {
    "Before you compare": ("note",),
    "What these texts tell": ("described",),
    "Whether they differ": ("holds", "leans", "does not hold", "too little text"),
}
MANY_FINDINGS = 6  # findings of one kind, above which they are folded away
EVENTS_LIT = 100  # so many events light up on hovering without script
COLUMNS = 60  # so many columns of a table stand to the right where they are numbers
LONG = 60  # characters, from which on a column of text is given room
# Of the words that only one source uses for an event as many are shown: the fold-out is for reading.
OWN_WORDS = 8
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
        return f'<style>{style()}</style><div class="px">{self.markup}</div><script>{script()}</script>'


def style() -> str:
    """Return the style sheet of everything that this module makes."""
    lit = "".join(
        f".reader:has(.e{event}:is(:hover,:focus,:target)) .e{event}{{background:var(--mark)}}\n"
        for event in range(EVENTS_LIT)
    )
    numbers = ",".join(f".n{column} tr>:nth-child({column})" for column in range(1, COLUMNS + 1))
    right = f".px.px :is(.number,{numbers}){{text-align:right;white-space:nowrap}}\n"
    return _asset("display.css") + lit + right


def script() -> str:
    """Return the script that sorts tables and moves the reader's columns; without it everything can be read."""
    return _asset("display.js")


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
    :mod:`analysis.charts` returned. Where ``table`` is empty only the claim is shown.

    >>> from analysis import charts
    >>> tones = pd.DataFrame({"source": ["daily"], "n": [12], "mean": [0.1], "low": [-0.1], "high": [0.3]})
    >>> figure(charts.tone(tones), "No clear tone.", "Mean of 12 sentences.", "One source near 0.", tones)
    <figure: No clear tone.>
    """
    if table is not None and table.empty:
        return Fragment(f'<p class="nothing">{safe(claim)}</p>', f"figure: {visible(claim)}")
    numbers = ""
    if table is not None:
        numbers = f"<details><summary>The numbers</summary>{_table(table, f'The numbers behind: {claim}', 2)}</details>"
    markup = (
        f'<figure><h3 class="claim">{safe(claim)}</h3>{_svg(axes, alternative)}'
        f"<figcaption><p>{safe(caption)}</p>{numbers}</figcaption></figure>"
    )
    return Fragment(markup, f"figure: {visible(claim)}")


def sources(articles: pd.DataFrame, sentences: pd.DataFrame, tokens: pd.DataFrame) -> Fragment:
    """Show what a reader wants to know of each article first: where it is from, and how long it is.

    Reads the tables of articles, sentences and tokens; furniture is counted nowhere. The title leads to the article's
    address. Each source has the marker and colour that it keeps in every chart. Columns that no article fills are
    left out.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": "daily", "text": "It rained."}])
    >>> sentences = segmentation.split(articles)
    >>> sources(articles, sentences, segmentation.tokenize(sentences))
    <sources: daily>
    """
    keys = {source: _key(look) for source, look in charts.looks(articles["source"]).items()}
    counted = {"sentences": sentences[sentences["part"] != "furniture"], "words": tokens}
    sizes = {name: articles["article_id"].map(rows.groupby("article_id").size()) for name, rows in counted.items()}
    shown = articles.assign(
        title=articles["title"].fillna(articles["url"]),
        **{name: size.fillna(0).astype("int64") for name, size in sizes.items()},
    )
    known = list(shown[["title", "author", "published", "genre"]].dropna(axis="columns", how="all").columns)
    names = ["source", *known, *sizes]
    rows = "".join(
        f'<tr><th scope="row">{keys[article.source]} {safe(article.source)}</th>'
        f"{''.join(_about(article, name) for name in known)}{_cell(article.sentences, True, 0)}"
        f"{_cell(article.words, True, 0)}</tr>"
        for article in shown.itertuples()
    )
    numbers = " ".join(_numbered(name in sizes for name in names))
    heads = _heads(names, [""] * len(names))
    table = f'<table class="{numbers}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return Fragment(
        _scrolled(table, "The articles"),
        f"sources: {', '.join(articles['source'])}",
    )


def _about(article, name: str) -> str:
    value = getattr(article, name)
    if name == "title" and not pd.isna(value) and not pd.isna(article.url) and _LINK.match(article.url):
        return f'<td><a href="{safe(article.url)}" rel="noopener noreferrer">{safe(value)}</a></td>'
    return _cell(value, False, 0)


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


def notes(noted: pd.DataFrame) -> Fragment:
    """Show what is to be known of the articles before anything is measured; nothing where there is nothing to say.

    Reads source and note of the table of notes.

    >>> notes(pd.DataFrame({"source": ["daily"], "note": ["40 words only"]}))
    <notes: 1>
    """
    items = "".join(
        f"<li><strong>{safe(source)}</strong>: {safe(note)}</li>"
        for source, note in zip(noted["source"], noted["note"], strict=True)
    )
    markup = f'<div class="note"><p>About the texts as they came in:</p><ul>{items}</ul></div>' if items else ""
    return Fragment(markup, f"notes: {len(noted)}")


def findings(found: pd.DataFrame) -> Fragment:
    """Show the findings of a report as sentences, each with what it rests on, ordered by what a reader may do with it.

    Reads status, sentence, n, section, topic of the table of findings. ``section`` becomes a link to the part of the
    page that shows it. Where many comparisons come to nothing, they stand in a fold-out.

    >>> row = {"topic": "tone", "status": "holds", "sentence": "A differs.", "n": "9 texts", "section": "tone"}
    >>> findings(pd.DataFrame([row]))
    <findings: 1>
    """
    parts = []
    for title, statuses in FINDING_GROUPS.items():
        rows = found[found["status"].isin(statuses) & (found["topic"] != "summary")]
        if len(rows):
            parts.append(f"<h3>{safe(title)}</h3>{_finding_list(rows)}")
    lead = "".join(
        f'<p class="verdict">{safe(text)}</p>' for text in found.loc[found["topic"] == "summary", "sentence"]
    )
    return Fragment(f'<div class="findings">{lead}{"".join(parts)}</div>', f"findings: {len(found)}")


def summary(found: pd.DataFrame, articles: pd.DataFrame) -> Fragment:
    """Show the findings as plain text that can be pasted into a mail.

    Reads status, sentence, n of the findings and story, source of the articles.

    >>> from analysis import corpus
    >>> row = {"topic": "tone", "status": "holds", "sentence": "A differs.", "n": "9 texts", "section": "tone"}
    >>> summary(pd.DataFrame([row]), corpus.from_records([{"source": "daily", "text": "It rained."}]))
    <summary to paste>
    """
    sources = ", ".join(articles["source"])
    n = f"{len(articles)} article{'' if len(articles) == 1 else 's'}"
    lines = [f"{', '.join(sorted(articles['story'].unique()))}: {n} ({sources})", ""] if len(articles) else []
    lines += [f"- {sentence} [{n}]" for sentence, n in zip(found["sentence"], found["n"], strict=True)]
    lines += ["", "These sentences speak of these texts alone, not of the publications. Made with Parallax."]
    text = safe("\n".join(lines))
    shown = f'<pre class="copy" tabindex="0" aria-label="The findings as plain text">{text}</pre>'
    title = "The same as plain text, to paste into a mail"
    return Fragment(f"<details><summary>{title}</summary>{shown}</details>", "summary to paste")


def _finding_list(rows: pd.DataFrame) -> str:
    items = [
        f"<li>{_tag(row.status)}{safe(row.sentence)} "
        f'<small><a href="#{safe(row.section)}">{safe(row.n)}</a></small></li>'
        for row in rows.itertuples()
    ]
    topics: dict[str, list[str]] = {}
    for item, row in zip(items, rows.itertuples(), strict=True):
        topic = "nothing" if row.status in ("does not hold", "too little text") else row.topic
        topics.setdefault(topic, []).append(item)
    parts = []
    for topic, members in topics.items():
        shown = len(members) if len(members) <= MANY_FINDINGS else 0 if topic == "nothing" else MANY_FINDINGS // 2
        folded = members[shown:]
        what = "comparisons in which nothing holds" if topic == "nothing" else "more of the kind"
        more = f"<li><details><summary>{len(folded)} {what}</summary><ul>{''.join(folded)}</ul></details></li>"
        parts += [*members[:shown], more if folded else ""]
    return f"<ul>{''.join(parts)}</ul>"


def _tag(status: str) -> str:
    if status in ("note", "described"):
        return ""
    return f'<span class="tag {status.replace(" ", "-")}">{safe(status)}</span> '


def reader(
    articles: pd.DataFrame,
    sentences: pd.DataFrame,
    events: pd.DataFrame,
    *,
    quotations: pd.DataFrame | None = None,
    flags: pd.DataFrame | None = None,
    full: bool = True,
) -> Fragment:
    """Show the articles of a story side by side, the sentences that tell the same event linked to one another.

    Reads article_id, source, text of ``articles``; article_id, sentence_id, paragraph_id, part, start, end of
    ``sentences``; event_id, label, article_id, sentence_id of ``events``. ``quotations`` are marked, with their
    speaker (what stands between marks, with a confidence of .5 or more), and the words of ``flags``: loaded ones in one
    way, all others in another, with the name of their category. A sentence of an event is a link to the next source's
    sentence; hovering, focus or a tap lights up all of the event. What no other article tells stays plain. Without
    ``full`` shared sentences are cut after 15 words and others left out.

    It needs no script: with it a click brings the counterparts to the same height. ``source`` names a column, so
    several articles of one source stand in columns of their own.

    >>> from analysis import corpus, segmentation, tables
    >>> articles = corpus.from_records([{"source": "daily", "text": "It rained."}, {"source": "post", "text": "Rain."}])
    >>> reader(articles, segmentation.split(articles), tables.make("events"))
    <reader: daily, post>
    """
    seed = "".join(articles["article_id"] + articles["text"]) + str(full)
    page = _Reader(f"r{sha256(seed.encode()).hexdigest()[:8]}", events, full, articles["source"])
    columns = "".join(
        page.column(
            article,
            sentences[sentences["article_id"] == article.article_id],
            [*_quoted(quotations, article.article_id), *_flagged(flags, article.article_id)],
        )
        for article in articles.itertuples()
    )
    flagged = set() if flags is None else set(flags["category"])
    if articles.empty:
        return Fragment('<p class="nothing">There is no text to show.</p>', "reader: no article")
    markup = (
        f'<div class="reader">{page.tools(quotations is not None, flagged)}<div class="columns">{columns}</div></div>'
    )
    return Fragment(markup, f"reader: {', '.join(articles['source'])}")


def pairs(frame: pd.DataFrame, texts: pd.DataFrame) -> Fragment:
    """Show what two sources tell of the same side by side, the words that only one of them has marked.

    Reads source, article_id and the number of the row in ``texts`` for both sides of ``frame``: quotation_pairs with
    ``texts`` the quotations, or alignments with the sentences. Speaker, cue and kind are shown where they are there.

    >>> from analysis import corpus, segmentation, tables
    >>> articles = corpus.from_records([{"source": s, "text": "It rained."} for s in ("daily", "post")])
    >>> pairs(tables.make("alignments"), segmentation.split(articles))
    <pairs: 0>
    """
    number = "quotation_id" if "quotation_id_a" in frame else "sentence_id"
    said = dict(zip(zip(texts["article_id"], texts[number], strict=True), texts["text"], strict=True))
    items = []
    for row in frame.to_dict("records"):
        a, b = (said[row[f"article_id_{side}"], row[f"{number}_{side}"]] for side in "ab")
        sides = "".join(
            f"<div><h4>{safe(row[f'source_{side}'])}{_introduced(row, side)}</h4>"
            f"<blockquote><p>{told}</p></blockquote></div>"
            for side, told in zip("ab", _contrasted(a, b), strict=True)
        )
        kind = f'<p class="note">{safe(row["kind"])}</p>' if row.get("kind") else ""
        items.append(f'<div class="pair">{kind}<div class="sides">{sides}</div></div>')
    return Fragment(f'<div class="pairs">{"".join(items)}</div>', f"pairs: {len(frame)}")


def wording(told: pd.DataFrame, sentences: pd.DataFrame, *, n: int = 12) -> Fragment:
    """Show the words that two sources use for the same thing side by side, each in its sentence.

    Reads the table of wordings, the ``n`` for which most speaks, and article_id, sentence_id, start, text of the
    sentences. The rest is said to be there, by number.

    >>> from analysis import tables
    >>> wording(tables.make("wording"), tables.make("sentences"))
    <wordings: 0>
    """
    said = {(row.article_id, row.sentence_id): row for row in sentences.itertuples()}
    items = []
    for row in told.head(n).to_dict("records"):
        sides = []
        for side in "ab":
            sentence = said[row[f"article_id_{side}"], row[f"sentence_id_{side}"]]
            marks = list(_wording_marks(row[f"wording_{side}"], sentence.text, row[f"start_{side}"] - sentence.start))
            sides.append(
                f"<div><h4>{safe(row[f'source_{side}'])}: <b>{safe(row[f'wording_{side}'])}</b></h4>"
                f'<p class="note">{_pieces(sentence.text, 0, len(sentence.text), marks)}</p></div>'
            )
        about = f'<p class="note">{safe(row["kind"])}: {safe(row["about"])}</p>'
        items.append(f'<div class="pair">{about}<div class="sides">{"".join(sides)}</div></div>')
    more = len(told) - len(items)
    rest = f'<p class="note">In the table, not shown here: {more} more.</p>' if more else ""
    none = '<p class="note">No two sources were found to use different words for the same thing.</p>'
    return Fragment(f'<div class="pairs">{"".join(items) or none}{rest}</div>', f"wordings: {len(told)}")


def _wording_marks(printed: str, text: str, start: int) -> "Iterable[_Mark]":
    """Yield where the parts of a wording stand in its sentence."""
    for part in printed.split(" … "):
        # White space is printed as one space, whatever the article has.
        match = re.compile(r"\s+".join(map(re.escape, part.split()))).search(text, max(0, start))
        if match:
            yield _Mark(*match.span(), "differs")
            start = match.end()


def by_event(told: pd.DataFrame, *, full: bool = True) -> Fragment:
    """Show how each source tells each event: a fold-out an event, with the sentences side by side.

    Reads the table of ``framing.by_event``. Under a source's sentences stand its tone there, who is quoted, its loaded
    words, and the first of the words that no other source uses for the event. Without ``full`` the sentences are cut
    at 15 words.

    >>> from analysis import tables
    >>> by_event(tables.make("by_event"))
    <events side by side: 0>
    """
    parts = []
    for (event_id, label), rows in told.groupby(["event_id", "label"], sort=True):
        columns = "".join(_telling(row, full) for row in rows.to_dict("records"))
        summary = f"{event_id + 1} {safe(label)}"
        parts.append(f'<details><summary>{summary}</summary><div class="columns">{columns}</div></details>')
    nothing = '<p class="nothing">No event is told by two sources.</p>'
    return Fragment("".join(parts) or nothing, f"events side by side: {len(parts)}")


def _telling(row: Mapping, full: bool) -> str:
    """Return how one source tells one event, as a column."""
    own = ", ".join(row["own_words"].split(", ")[:OWN_WORDS])
    size = f"{row['sentences']} sentence{'' if row['sentences'] == 1 else 's'}"
    tone = "" if pd.isna(row["tone"]) else f"{captions.signed(row['tone'])} (narration of {size})"
    facts = {"tone": tone, "quoted": row["speakers"], "loaded": row["loaded"], "only here": own}
    said = "".join(f"<li>{name}: {safe(value)}</li>" for name, value in facts.items() if value)
    text = row["text"] if full else snippet(row["text"])
    return f'<section><h4>{safe(row["source"])}</h4><p>{safe(text)}</p><ul class="note">{said}</ul></section>'


def distinctive(key_terms: pd.DataFrame) -> Fragment:
    """Show which words are typical of which source: a chart a comparison, to choose from where there are several.

    Reads the table of key terms by source; one comparison is one chart, narration first where voices are compared
    apart. None is said.

    >>> from analysis import tables
    >>> distinctive(tables.make("key_terms_by_source"))
    <distinctive: 0>
    """
    drawn = {}
    sources = sorted({*key_terms["target"], *key_terms["reference"]} - {"the others"})
    for (voice, target, reference), rows in key_terms.fillna({"voice": ""}).groupby(["voice", "target", "reference"]):
        pair = {"target": target, "reference": reference}
        rows = rows.reset_index(drop=True)
        drawn[f"{target} and {reference}{voice and ', ' + voice}"] = figure(
            charts.keyness(rows, **pair, sources=sources), **captions.keyness(rows, **pair)
        )
    if len(drawn) > 1:
        markup = pick(drawn).markup
    else:
        nothing = '<p class="nothing">There is no other source to compare the words with.</p>'
        markup = "".join(piece.markup for piece in drawn.values()) or nothing
    return Fragment(markup, f"distinctive: {len(drawn)}")


def unmatched(omissions: pd.DataFrame, sentences: pd.DataFrame) -> Fragment:
    """Show, in a fold-out, the sentences without a counterpart in another article, each with the nearest one there.

    Reads the table of omissions, and article_id, source, sentence_id, text of the sentences, which are cut at 15 words.
    Where there are several other articles, a sentence stands once, beside all of those that do not tell it.

    >>> from analysis import tables
    >>> unmatched(tables.make("omissions"), tables.make("sentences"))
    <unmatched: 0>
    """
    texts = sentences.set_index(["article_id", "sentence_id"])
    snippets = texts["text"].map(snippet).to_dict()
    sources = dict(zip(sentences["article_id"], sentences["source"], strict=True))
    here = zip(omissions["article_id"], omissions["sentence_id"], strict=True)
    there = zip(omissions["other_article_id"], omissions["nearest_sentence_id"], strict=True)
    shown = pd.DataFrame(
        {
            "article_id": omissions["article_id"],
            "sentence_id": omissions["sentence_id"],
            "source": omissions["source"],
            "sentence": [snippets[place] for place in here],
            "not found in": omissions["other_article_id"].map(sources),
            "nearest there": [snippets.get(place) for place in there],
            "similarity": omissions["similarity"],
        }
    )
    places = ["article_id", "sentence_id"]
    groups = shown.groupby(places, sort=False)
    about = "Sentences without a counterpart; similarity from 0 (nothing alike) to 1 (the same)"
    summary = (
        f"All {groups.ngroups:,} sentences without a counterpart in another article, each with the nearest one there"
    )
    # A sentence that is missed in several articles is printed once, beside all of them.
    listed = _beside(groups, about) if groups.size().max() > 1 else _table(shown.drop(columns=places), about, 2)
    markup = f"<details><summary>{summary}</summary>{listed}</details>" if len(shown) else ""
    return Fragment(markup, f"unmatched: {len(shown)}")


def _beside(groups: "DataFrameGroupBy", about: str) -> str:
    """Show groups of rows as a table that says once what all rows of a group have in common."""
    body = []
    for _, rows in groups:
        common = "".join(
            f'<td rowspan="{len(rows)}">{safe(rows[name].iloc[0])}</td>' for name in ("source", "sentence")
        )
        for other, nearest, similarity in zip(
            rows["not found in"], rows["nearest there"], rows["similarity"], strict=True
        ):
            cells = f"{_cell(other, False, 0)}{_cell(nearest, False, 0)}"
            body.append(f'<tr>{common}{cells}<td class="number">{similarity:.2f}</td></tr>')
            common = ""
    names = ["source", "sentence", "not found in", "nearest there", "similarity"]
    heads = _heads(names, ["", _LONG, "", _LONG, ' class="number"'])
    return _scrolled(
        f"<table><caption>{safe(about)}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>",
        about,
    )


def corrections(aliases: Mapping[str, str]) -> Fragment:
    """List the names that the reader of a story said belong together (its aliases.toml); nothing where there are none.

    >>> corrections({"Aveni": "Timothy J. Aveni"})
    <corrections: 1>
    """
    items = "".join(f"<li>“{safe(alias)}” is read as {safe(name)}.</li>" for alias, name in sorted(aliases.items()))
    markup = f'<div class="note"><p>Names that were corrected by hand:</p><ul>{items}</ul></div>' if items else ""
    return Fragment(markup, f"corrections: {len(aliases)}")


def pick(choices: Mapping[str, Fragment]) -> Fragment:
    """Show one of several pieces, chosen from a list; in the report, which prints, one after the other.

    >>> pick({"daily": Fragment("<p>x</p>", "x")})
    <pick: daily>
    """
    sections = "".join(
        f'<section class="choice" data-choice="{safe(name)}"><h3>{safe(name)}</h3>{piece.markup}</section>'
        for name, piece in choices.items()
    )
    return Fragment(f'<div class="pick">{sections}</div>', f"pick: {', '.join(map(str, choices))}")


def _introduced(row: Mapping, side: str) -> str:
    parts = [row.get(f"{what}_{side}") for what in ("name", "cue")]
    known = [safe(part) for part in parts if part is not None and not pd.isna(part)]
    return f' <span class="title">{", ".join(known)}</span>' if known else ""


def _contrasted(a: str, b: str) -> tuple[str, str]:
    """Return both texts escaped, with the words marked that the other lacks at that place."""
    from difflib import SequenceMatcher

    words = [segmentation.spans(text) for text in (a, b)]
    matcher = SequenceMatcher(None, [term for *_, term in words[0]], [term for *_, term in words[1]], autojunk=False)
    marks: tuple[list[_Mark], list[_Mark]] = ([], [])
    for how, a0, a1, b0, b1 in matcher.get_opcodes():
        for side, first, last in ((0, a0, a1), (1, b0, b1)):
            if how != "equal" and first < last:
                marks[side].append(_Mark(words[side][first][0], words[side][last - 1][1], "differs"))
    return _pieces(a, 0, len(a), marks[0]), _pieces(b, 0, len(b), marks[1])


def retold(quotation_pairs: pd.DataFrame, quotations: pd.DataFrame) -> Fragment:
    """Show quotations told twice side by side, the words that differ bold and underlined on both sides.

    Reads the table of quotation pairs and the columns of ``quotations``. Each side has its source, speaker, role and
    cue as that article has them; narration that interrupts a quotation is left out ("…"). Capitals and punctuation
    make no difference.

    >>> from analysis import tables
    >>> retold(tables.make("quotation_pairs"), tables.make("quotations"))
    <quotations told twice: none>
    """
    runs = quotation.differences(quotation_pairs, quotations)
    rows = quotations.set_index(["article_id", "quotation_id"])
    markup = []
    for pair in quotation_pairs.itertuples():
        own = runs[
            (runs["article_id_a"] == pair.article_id_a)
            & (runs["quotation_id_a"] == pair.quotation_id_a)
            & (runs["article_id_b"] == pair.article_id_b)
            & (runs["quotation_id_b"] == pair.quotation_id_b)
        ]
        sides = "".join(
            _side(
                rows.loc[(getattr(pair, f"article_id_{side}"), getattr(pair, f"quotation_id_{side}"))],
                own.loc[own["how"] != "same", [f"start_{side}", f"end_{side}"]].dropna().astype(int).values.tolist(),
            )
            for side in "ab"
        )
        how = f"{_HOW_RETOLD[pair.kind]} (similarity {pair.similarity:.2f} of 1)"
        markup.append(f'<section class="twice"><p class="note">{how}</p><div class="columns">{sides}</div></section>')
    none = '<p class="note">No quotation is told by two articles.</p>'
    return Fragment("".join(markup) or none, f"quotations told twice: {len(markup) or 'none'}")


_HOW_RETOLD = {
    "identical": "Word for word the same",
    "trimmed": "One is a cut of the other",
    "reworded": "In different words: what the other lacks is bold and underlined",
}


def _side(row: pd.Series, differing: list[list[int]]) -> str:
    """Return one side of a quotation told twice, with the runs of words marked that the other does not have."""
    told = [value for value in (row["name"], row["role"], row["cue"]) if not pd.isna(value)]
    gap = None if pd.isna(row["gap_start"]) else (int(row["gap_start"]), int(row["gap_end"]))
    parts = [(row["start"], gap[0]), (gap[1], row["end"])] if gap else [(row["start"], row["end"])]
    shown = []
    for start, end in parts:
        edges = sorted({start, end, *(edge for run in differing for edge in run if start < edge < end)})
        for a, b in pairwise(edges):
            text = safe(row["text"][a - row["start"] : b - row["start"]])
            shown.append(f'<b class="differs">{text}</b>' if any(x <= a and b <= y for x, y in differing) else text)
        shown.append(" … ")
    said = "".join(shown[:-1])
    return (
        f'<div class="column"><h4>{safe(row["source"])}</h4><blockquote>{said}</blockquote>'
        f'<p class="speaker">{safe(", ".join(told) or "speaker not found")}</p></div>'
    )


class _Mark(NamedTuple):
    start: int
    end: int
    kind: str
    speaker: str = ""  # stands at the end of the mark
    about: str = ""  # comes up on pointing at it


def _quoted(quotations: pd.DataFrame | None, article_id: str) -> Iterator[_Mark]:
    """Yield what stands between quotation marks in an article, with its speaker at the end."""
    if quotations is None:
        return
    rows = quotations[(quotations["article_id"] == article_id) & (quotations["confidence"] >= quotation.VOICED)]
    for row in rows.itertuples():
        said = [value for value in (row.name, row.speaker) if not pd.isna(value)]
        spans = list(quotation.marked(row))
        for number, (start, end) in enumerate(spans, start=1):
            speaker = said[0] if said else "speaker not found"
            yield _Mark(start, end, "quotation", speaker if number == len(spans) else "")


def _flagged(flags: pd.DataFrame | None, article_id: str) -> Iterator[_Mark]:
    """Yield the flagged words of an article; what is not loaded has the name of its category."""
    if flags is None:
        return
    for row in flags[flags["article_id"] == article_id].itertuples():
        loaded = row.category == "loaded"
        yield _Mark(row.start, row.end, "loaded" if loaded else "flag", about="" if loaded else row.category)


class _Reader:
    """The parts of a side-by-side reader: which sentence belongs to which event, and the names of the links."""

    def __init__(self, prefix: str, events: pd.DataFrame, full: bool, sources: Iterable[str]):
        self.prefix = prefix
        self.keys = {source: _key(look) for source, look in charts.looks(sources).items()}
        self.full = full
        self.event = {
            (article_id, sentence_id): (event_id, label)
            for article_id, sentence_id, event_id, label in zip(
                events["article_id"], events["sentence_id"], events["event_id"], events["label"], strict=True
            )
        }
        self.members: dict[int, list[tuple[str, int]]] = {}
        for place, (event_id, _) in self.event.items():
            self.members.setdefault(event_id, []).append(place)
        self.names: dict[str, int] = {}
        for article_id, _ in self.event:
            self.names.setdefault(article_id, len(self.names))

    def tools(self, quotations: bool, flagged: set[str]) -> str:
        choices = [("all", "Everything"), ("shared", "Told by several"), ("alone", "Told here only")]
        choices += [("quoted", "Quotations")] if quotations else []
        radios = "".join(
            f'<label><input type="radio" name="{self.prefix}" value="{value}"{" checked" if value == "all" else ""}> '
            f"{text}</label>"
            for value, text in choices
        )
        legend = [
            '<span class="told">Underlined</span>: another article tells it too; the number is the event’s. '
            "Choose it to see the counterpart."
        ]
        legend += ["Plain: no counterpart found."]
        legend += ['<span class="quotation">Tinted</span>: quotation, then who says it.'] if quotations else []
        legend += ['<span class="loaded">Dotted</span>: loaded word.'] if "loaded" in flagged else []
        others = ", ".join(sorted(name.replace("_", " ") for name in flagged - {"loaded"}))
        legend += [f'<span class="flag">Dashed</span>: {safe(others)} (point at it to see which).'] if others else []
        items = "".join(f"<li>{item}</li>" for item in legend)
        tools = f'<div class="tools"><fieldset><legend>Show</legend>{radios}</fieldset></div>'
        return f'{tools}<ul class="legend">{items}</ul>'

    def column(self, article, sentences: pd.DataFrame, marks: list[_Mark]) -> str:
        title = f' <span class="title">{safe(article.title)}</span>' if not pd.isna(article.title) else ""
        paragraphs = "".join(
            f'<p class="{part}">{self._paragraph(article, rows, marks)}</p>'
            for (_, part), rows in sentences.groupby(["paragraph_id", "part"], sort=True)
        )
        # Named by itself: JupyterLab gives headings names of its own.
        return (
            f'<div class="column"><h3>{self.keys[article.source]} {safe(article.source)}{title}</h3>'
            f'<div class="text" role="group" tabindex="0" aria-label="{safe(article.source)}">{paragraphs}</div></div>'
        )

    def _paragraph(self, article, rows: pd.DataFrame, marks: list[_Mark]) -> str:
        return " ".join(
            self._sentence(article, sentence_id, start, end, [m for m in marks if m.start < end and m.end > start])
            for sentence_id, start, end in zip(rows["sentence_id"], rows["start"], rows["end"], strict=True)
        )

    def _sentence(self, article, sentence_id: int, start: int, end: int, marks: list[_Mark]) -> str:
        place = (article.article_id, sentence_id)
        quoted = " has-quotation" if any(mark.kind == "quotation" for mark in marks) else ""
        if place not in self.event:
            text = (
                _pieces(article.text, start, end, marks) if self.full else f"({_words(article.text[start:end])} words)"
            )
            return f'<span class="alone{quoted}">{text}</span>'
        event_id, label = self.event[place]
        text = _pieces(article.text, start, end, marks) if self.full else safe(snippet(article.text[start:end]))
        others = self.members[event_id]
        following = others[(others.index(place) + 1) % len(others)]
        # An event's later sentences in the same article lead on too, in the end to another source.
        return (
            f'<a class="told e{event_id}{quoted}" id="{self._name(place)}" href="#{self._name(following)}" '
            f'data-event="{event_id}" title="Event {event_id + 1}: {safe(label)}">{text}<sup>{event_id + 1}</sup></a>'
        )

    def _name(self, place: tuple[str, int]) -> str:
        return f"{self.prefix}-{self.names[place[0]]}-{place[1]}"


_GLYPHS = {"o": "●", "s": "■", "^": "▲", "D": "◆", "v": "▼", "P": "✚", "X": "✖"}


def _key(look: charts.Look) -> str:
    """Return a source's marker in its colour, as the charts draw it."""
    return f'<span class="key k{charts.COLOURS.index(look.colour)}" aria-hidden="true">{_GLYPHS[look.marker]}</span>'


def _pieces(text: str, start: int, end: int, marks: list[_Mark]) -> str:
    """Return ``text[start:end]`` escaped, cut where a mark begins or ends, each piece with the classes of its marks."""
    cuts = sorted({start, end, *(min(max(place, start), end) for mark in marks for place in (mark.start, mark.end))})
    parts = []
    for a, b in pairwise(cuts):
        covering = [mark for mark in marks if mark.start <= a and b <= mark.end]
        kinds = sorted({mark.kind for mark in covering})
        about = ", ".join(sorted({mark.about.replace("_", " ") for mark in covering if mark.about}))
        title = f' title="{safe(about)}"' if about else ""
        piece = safe(" ".join(text[a:b].split()) if not text[a:b].isspace() else " ")
        piece = f"{' ' * text[a].isspace()}{piece}{' ' * text[b - 1].isspace()}" if piece.strip() else piece
        parts.append(f'<span class="{" ".join(kinds)}"{title}>{piece}</span>' if kinds else piece)
        parts += [
            f' <span class="speaker">{safe(mark.speaker)}</span>' for mark in marks if mark.end == b and mark.speaker
        ]
    return "".join(parts)


def snippet(text: str, *, words: int = 15) -> str:
    """Return the first ``words`` words of a text, to be shown where the text itself may not be.

    >>> snippet("One two three.", words=2)
    'One two …'
    """
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]) + " …"


def _words(text: str) -> int:
    return len(text.split())


def _table(frame: pd.DataFrame, caption: str | None, digits: int) -> str:
    if frame.empty:
        return f'<p class="nothing">{safe(caption + ": " if caption else "")}nothing found.</p>'
    names = [str(column) for column in frame.columns]
    numeric = [pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind) for kind in frame.dtypes]
    kinds = ["" if number else _long(frame.iloc[:, place]) for place, number in enumerate(numeric)]
    body = "".join(
        f"<tr>{''.join(_cell(value, number, digits) for value, number in zip(row, numeric, strict=True))}</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    title = f"<caption>{safe(caption)}</caption>" if caption else ""
    return _scrolled(
        f'<table class="{" ".join(["sortable", *_numbered(numeric)])}">{title}'
        f"<thead><tr>{_heads(names, kinds)}</tr></thead><tbody>{body}</tbody></table>",
        caption or f"table of {', '.join(names)}",
    )


_LONG = ' class="long"'


def _scrolled(table: str, about: str) -> str:
    return f'<div class="scroll" role="group" aria-label="{safe(about)}" tabindex="0">{table}</div>'


def _heads(names: Iterable[str], kinds: Iterable[str]) -> str:
    return "".join(
        f'<th scope="col"{kind}>{safe(name.replace("_", " "))}</th>' for name, kind in zip(names, kinds, strict=True)
    )


def _long(column: pd.Series) -> str:
    """Return the class of a column whose text needs room, so that a narrow screen does not set it word by word."""
    return _LONG if column.astype("str").str.len().max() > LONG else ""


def _numbered(numeric: Iterable[bool]) -> list[str]:
    """Return a table's classes that say which of its columns are numbers: said once, not in each of its cells."""
    return [f"n{place}" for place, number in enumerate(numeric, start=1) if number]


def _cell(value: object, number: bool, digits: int) -> str:
    if pd.isna(value):
        return "<td>–</td>"
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if not number:
        return f"<td>{_linked(value)}</td>"
    shown = f"{value:,.{digits}f}" if isinstance(value, float) else f"{value:,}"
    return f"<td>{shown.replace('-', '−')}</td>"


def _linked(value: object) -> str:
    text = value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else str(value)
    if _LINK.match(text):
        return f'<a href="{safe(text)}" rel="noopener noreferrer">{safe(text)}</a>'
    return safe(text)


_LONG_NUMBER = re.compile(r"(\d\.\d\d)\d+")
_DRAWS = re.compile(r"[LHVCSQTA]", re.IGNORECASE)
_AROUND_COMMAND = re.compile(r"\s*([MLHVCSQTAZz])\s*")
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_KEPT = ("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "fill-opacity")
_KEPT += ("stroke-opacity", "text-anchor", "font-size", "font-weight", "font-style")


# What members have from their group; opacity is not of these: a group's is that of all its members together.
_INHERITED = ("fill", "stroke", "stroke-width", "fill-opacity", "stroke-opacity", "class")


def _svg(axes: "Axes", alternative: str) -> str:
    """Draw the figure of ``axes`` as an SVG element that follows the page's colours and holds no style of its own."""
    import io

    import matplotlib
    from lxml import etree
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure, drawn = axes.get_figure(root=True), io.BytesIO()
    canvas, dpi = figure.canvas, figure.dpi
    with matplotlib.rc_context(charts.STYLE):
        # As Figure.savefig would, which draws a figure that is laid out by itself twice.
        FigureCanvasSVG(figure).print_svg(drawn, metadata={"Date": None})
    figure.set(canvas=canvas, dpi=dpi)
    # A control character that slipped into a label is no XML; it is dropped here, and the rest drawn.
    root = etree.fromstring(drawn.getvalue(), etree.XMLParser(recover=True, remove_comments=True))
    etree.strip_elements(root, _SVG + "metadata", _SVG + "style", with_tail=False)
    prefix = "c" + sha256(drawn.getvalue() + alternative.encode()).hexdigest()[:8] + "-"
    pointed = dict.fromkeys(name for element in root.iter() for name in _references(element))
    used = {name: f"{prefix}{number}" for number, name in enumerate(pointed)}
    for element in list(root.iter(etree.Element)):
        _plain(element, used)
    _thin(root)
    _join(root)
    _share(root)
    _, _, width, height = root.get("viewBox").split()
    root.attrib.clear()
    root.attrib.update({"viewBox": f"0 0 {float(width):g} {float(height):g}", "role": "img"})
    root.set("aria-label", visible(alternative))
    etree.cleanup_namespaces(root)
    markup = etree.tostring(root, encoding="unicode", with_tail=False)
    return re.sub(r">\s+<", "><", _LONG_NUMBER.sub(r"\1", markup))


def _thin(root) -> None:
    """Take out what draws nothing: shapes without paint or line, and groups that say nothing of their members."""
    for element in list(root.iter(_SVG + "path", _SVG + "g", _SVG + "defs")):
        parent = element.getparent()
        unseen = element.get("fill") == "none" and element.get("stroke") is None
        empty = not _DRAWS.search(element.get("d", ""))
        if element.tag == _SVG + "path" and (unseen or empty):
            parent.remove(element)
    for element in reversed(list(root.iter(_SVG + "g", _SVG + "defs"))):
        if (element.tag == _SVG + "g" and not element.attrib) or len(element) == 0:
            parent = element.getparent()
            place = parent.index(element)
            parent[place : place + 1] = list(element)


def _join(root) -> None:
    """Make one line of lines that follow each other and look the same, and one group of such groups of points.

    Where something can be seen through, what overlaps would be painted once instead of twice: that stays as it is.
    """
    for parent in [root, *root.iter(_SVG + "g")]:
        before = None
        for element in list(parent):
            look = _looks_of(element)
            same = before is not None and element.tag == before.tag and look == _looks_of(before)
            if same and element.tag == _SVG + "path" and _is_line(element):
                before.set("d", before.get("d") + element.get("d"))
                parent.remove(element)
            elif same and element.tag == _SVG + "g" and not {"opacity", "id"} & set(look):
                before.extend(list(element))
                parent.remove(element)
            else:
                before = element


def _looks_of(element) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if name != "d"}


def _is_line(element) -> bool:
    seen_through = {"opacity", "stroke-opacity", "fill-opacity", "stroke-dasharray", "id"}
    return element.get("fill") == "none" and not seen_through & set(element.attrib)


def _share(root) -> None:
    """Say once, at their group, what all points of it have in common: a page of many points is a tenth smaller."""
    for group in root.iter(_SVG + "g"):
        points = list(group)
        if len(points) < 2 or any(point.tag != _SVG + "use" for point in points):
            continue
        for name in _INHERITED:
            values = {point.get(name) for point in points}
            if len(values) == 1 and None not in values and group.get(name) is None:
                group.set(name, values.pop())
                for point in points:
                    del point.attrib[name]


def _references(element) -> list[str]:
    return re.findall(r"url\(#([^)]+)\)", element.get("clip-path", "")) + [
        value[1:] for value in (element.get(_HREF),) if value
    ]


def _plain(element, used: Mapping[str, str]) -> None:
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
        element.set("id", used[name])
    if element.get("clip-path"):
        element.set("clip-path", f"url(#{used[element.get('clip-path')[5:-1]]})")
    target = element.attrib.pop(_HREF, None)
    if target:
        element.set("href", f"#{used[target[1:]]}" if target.startswith("#") else target)
    if element.get("d"):
        element.set("d", _AROUND_COMMAND.sub(r"\1", element.get("d")).strip())


@lru_cache(maxsize=1)
def _inks() -> Mapping[str, str]:
    named = {charts.INK: "ink", charts.MUTED: "muted", charts.LINE: "line", charts.PAPER: "paper", "#000000": "ink"}
    return named | {colour: f"s{i}" for i, colour in enumerate(charts.COLOURS)}


@lru_cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
