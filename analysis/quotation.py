"""Who says what: attributions of content to speakers, the voices of an article, and one quotation told twice.

An attribution has a content (what is said), a cue (the word that says so: "said", "according to") and a speaker.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis import parsing, segmentation, tables

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

CUES = Path(__file__).with_name("lexicons") / "cues.tsv"
# Rows from here on change the voice of a passage; attitudes ("criticised X") stay below.
VOICED = 0.5

Span = tuple[int, int]

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_SENTENCE_END = frozenset({".", "!", "?"})
_EDGES = " \t\r\n,;:—–-"


@dataclass(frozen=True)
class Cue:
    """A word that attributes: its stance, and what its content can be."""

    stance: str
    takes: frozenset[str]


@dataclass
class _Found:
    """An attribution in the making; places are offsets in the article."""

    start: int
    end: int
    kind: str
    rule: str
    confidence: float
    cue: "Token | None" = None
    cue_span: Span | None = None
    speaker: Span | None = None
    head: "Token | None" = None
    gap: Span | None = None


@dataclass
class _Reading:
    """One article as it is read: its text, its parse and what stands between marks."""

    text: str
    doc: "Doc"
    marked: list[parsing.Quoted]
    inside: set[int] = field(default_factory=set)


@cache
def cues() -> dict[tuple[str, str], Cue]:
    """Return the lexicon of cues by lemma and part of speech.

    >>> cues()["claim", "verb"].stance
    'distancing'
    """
    frame = pd.read_csv(CUES, sep="\t", dtype="str", keep_default_na=False)
    return {
        (lemma, pos): Cue(stance, frozenset(takes.split()))
        for lemma, pos, stance, takes in zip(frame["cue"], frame["pos"], frame["stance"], frame["takes"], strict=True)
    }


def extract(articles: pd.DataFrame, *, aliases: dict[str, str] | None = None) -> pd.DataFrame:
    """Find every attribution of content to a speaker.

    Reads article_id, story, source, text. Returns the table of quotations.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "“It is late,” Ann Hill said."}])
    >>> extract(articles)[["text", "name", "cue", "kind"]].values.tolist()
    [['“It is late,”', 'Ann Hill', 'said', 'direct']]
    """
    columns = ["article_id", "story", "source", "text"]
    tables.check(articles, "articles", call="quotation.extract", columns=columns)
    rows = []
    docs = parsing.parse(articles["text"])
    for (article_id, story, source, text), doc in zip(
        articles[columns].itertuples(index=False, name=None), docs, strict=True
    ):
        place = {"article_id": article_id, "story": story, "source": source}
        for number, row in enumerate(_rows(text, doc, aliases or {})):
            rows.append({**place, "quotation_id": number, **row})
    return tables.make("quotations", rows)


def passages(sentences: pd.DataFrame, quotations: pd.DataFrame) -> pd.DataFrame:
    """Cut sentences at the edges of what is quoted and what is reported, so that each part has one voice."""
    tables.check(sentences, "sentences", call="quotation.passages")
    tables.check(
        quotations, "quotations", call="quotation.passages", columns=["article_id", "start", "end", "text", "kind"]
    )
    voiced = quotations[quotations["confidence"] >= VOICED]
    stretches = {article_id: list(_stretches(rows)) for article_id, rows in voiced.groupby("article_id", sort=False)}
    found = []
    for article_id, rows in sentences.groupby("article_id", sort=False):
        number = 0
        for row in rows.to_dict("records"):
            for start, end, voice, name in _cut(row, stretches.get(article_id, [])):
                text = row["text"][start - row["start"] : end - row["start"]]
                part = {"start": start, "end": end, "text": text, "passage_id": number, "voice": voice, "name": name}
                found.append({**row, **part})
                number += 1
    return tables.make("passages", found)


def _stretches(rows: pd.DataFrame) -> Iterator[tuple[int, int, str, object]]:
    """Yield start, end, voice and name of each stretch that is not narration; a later one outweighs an earlier."""
    rank = {"indirect": 0, "mixed": 1, "direct": 2}
    for row in sorted(rows.itertuples(), key=lambda row: (rank[row.kind], row.start)):
        whole = [(row.start, row.end)]
        marked = [(row.start + q.start, row.start + q.end) for q in parsing.quoted(row.text)]
        if row.kind != "direct":
            yield row.start, row.end, "reported", row.name
        for start, end in marked if row.kind == "mixed" else whole if row.kind == "direct" else []:
            yield start, end, "quotation", row.name
        if not pd.isna(row.gap_start):
            yield int(row.gap_start), int(row.gap_end), "narration", None


def _cut(sentence: dict, stretches: list[tuple]) -> list[tuple]:
    start, end, text = sentence["start"], sentence["end"], sentence["text"]
    if sentence["part"] == "furniture":
        return [(start, end, None, None)]
    near = [stretch for stretch in stretches if stretch[0] < end and start < stretch[1]]
    edges = sorted({start, end, *(edge for a, b, _, _ in near for edge in (a, b) if start < edge < end)})
    pieces: list[tuple] = []
    for a, b in zip(edges, edges[1:], strict=False):
        voice, name = "narration", None
        for left, right, other, who in near:
            if left <= a and b <= right:
                voice, name = other, who
        bare = not re.search(r"\w", text[a - start : b - start])
        if pieces and (bare or pieces[-1][2:] == (voice, name)):
            pieces[-1] = (pieces[-1][0], b, *pieces[-1][2:])
        else:
            pieces.append((a, b, voice, name))
    if len(pieces) > 1 and not re.search(r"\w", text[: pieces[0][1] - start]):
        pieces[:2] = [(start, *pieces[1][1:])]
    return pieces


# --- one article -----------------------------------------------------------------------------------------------------


def _rows(text: str, doc: "Doc", aliases: dict[str, str]) -> Iterator[dict]:
    reading = _Reading(text, doc, parsing.quoted(text))
    for marked in reading.marked:
        if _is_speech(text, marked):
            span = doc.char_span(marked.inner_start, marked.inner_end, alignment_mode="contract")
            reading.inside.update(range(span.start, span.end) if span else ())
    indirect = _indirect(reading)
    direct = _direct(reading, indirect)
    for found in sorted(_apart(direct, indirect), key=lambda f: (f.start, f.end)):
        yield _row(reading, found)


def _is_speech(text: str, marked: parsing.Quoted) -> bool:
    """Tell whether what stands between marks is words that someone said, more than a term or a title."""
    words = text[marked.inner_start : marked.inner_end].split()
    if not words:
        return False
    ends = text[marked.inner_start : marked.inner_end].rstrip()[-1] in ".,!?…—" or not marked.closed
    begins = words[0][0].isupper()
    return len(words) >= 8 or (begins and ends and len(words) >= 2) or (ends and len(words) >= 5)


def _row(reading: _Reading, found: _Found) -> dict:
    text = reading.text
    speaker = found.speaker
    cue = found.cue_span
    lemma = (
        (found.cue.lemma_.lower(), "noun" if found.cue.pos_ == "NOUN" else "verb") if found.cue is not None else None
    )
    known = cues().get(lemma) if lemma else None
    return {
        "start": found.start,
        "end": found.end,
        "text": text[found.start : found.end],
        "kind": found.kind,
        "speaker": text[slice(*speaker)] if speaker else None,
        "speaker_start": speaker[0] if speaker else None,
        "speaker_end": speaker[1] if speaker else None,
        "name": text[slice(*speaker)] if speaker else None,
        "named": bool(found.head is not None and found.head.pos_ == "PROPN"),
        "role": None,
        "cue": text[slice(*cue)] if cue else None,
        "cue_start": cue[0] if cue else None,
        "cue_end": cue[1] if cue else None,
        "stance": known.stance if known else "neutral",
        "gap_start": found.gap[0] if found.gap else None,
        "gap_end": found.gap[1] if found.gap else None,
        "rule": found.rule,
        "confidence": found.confidence,
    }


# --- speakers --------------------------------------------------------------------------------------------------------


def _span(token: "Token") -> Span:
    return token.idx, token.idx + len(token)


def _subject(cue: "Token", depth: int = 0) -> "Token | None":
    """Return the head of the phrase that names who speaks by this cue."""
    for child in cue.children:
        if child.dep_ in _SUBJECTS and not (child.dep_ == "nsubjpass"):
            return child
    for child in cue.children:
        if child.dep_ == "agent":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    for child in cue.children:
        if child.dep_ == "nsubjpass":
            return child
    if depth < 4:
        if cue.dep_ in ("conj", "xcomp", "advcl", "ccomp", "pcomp", "prep", "dep") and cue.head.i != cue.i:
            return _subject(cue.head, depth + 1)
        if cue.dep_ == "acl":
            return cue.head
    return None


def _phrase(head: "Token", cue: "Token", bounds: Span) -> Span:
    """Return the whole phrase of a speaker as printed, with its apposition, apart from its cue and outside ``bounds``."""
    doc = head.doc
    left, right = head.left_edge.i, head.right_edge.i
    if left <= cue.i <= right:
        left, right = (left, cue.i - 1) if head.i < cue.i else (cue.i + 1, right)
    start, end = doc[left].idx, doc[right].idx + len(doc[right])
    if start < bounds[1] and bounds[0] < end:
        if head.idx >= bounds[1]:
            start = bounds[1]
        elif head.idx < bounds[0]:
            end = bounds[0]
    return _trim(doc.text, start, end, _EDGES + "\"'.")


def _trim(text: str, start: int, end: int, edges: str = _EDGES) -> Span:
    while start < end and text[start] in edges:
        start += 1
    while start < end and text[end - 1] in edges:
        end -= 1
    return start, end


# --- indirect --------------------------------------------------------------------------------------------------------


def _indirect(reading: _Reading) -> list[_Found]:
    """Find contents by grammar: clauses, objects and complements of cues that stand outside quotations."""
    found: list[_Found] = []
    for token in reading.doc:
        if token.i in reading.inside:
            continue
        if token.lower_ == "according":
            found += _according(reading, token)
            continue
        if token.pos_ not in ("VERB", "NOUN"):
            continue
        cue = cues().get((token.lemma_.lower(), "verb" if token.pos_ == "VERB" else "noun"))
        if cue:
            found += _of_verb(reading, token, cue) if token.pos_ == "VERB" else _of_noun(reading, token, cue)
    return found


def _make(
    reading: _Reading, cue: "Token", first: "Token", last: "Token", rule: str, confidence: float, head=None
) -> list:
    text = reading.doc.text
    start, end = _trim(text, first.idx, last.idx + len(last))
    if end - start < 2:
        return []
    gap = None
    if start < cue.idx < end:
        a, b = cue.left_edge.idx, cue.right_edge.idx + len(cue.right_edge)
        gap = (max(a, start), min(b, end))
        if gap[0] <= start:
            start, gap = _trim(text, gap[1], end)[0], None
        elif gap[1] >= end:
            end, gap = _trim(text, start, gap[0])[1], None
        if end - start < 2:
            return []
    head = head if head is not None else _subject(cue)
    speaker = _phrase(head, cue, gap and (end, end) or (start, end)) if head is not None else None
    if speaker and speaker[0] >= speaker[1]:
        speaker = None
    return [_Found(start, end, "indirect", rule, confidence, cue, _span(cue), speaker, head if speaker else None, gap)]


def _of_verb(reading: _Reading, verb: "Token", cue: Cue) -> list[_Found]:
    children = list(verb.children)
    if "clause" in cue.takes:
        for child in children:
            if child.dep_ == "ccomp":
                return _make(reading, verb, child.left_edge, child.right_edge, "clause", 0.9)
        if verb.dep_ in ("parataxis", "ccomp") and verb.head.pos_ in ("VERB", "AUX", "NOUN"):
            root = verb.head
            if any(c.dep_ in _SUBJECTS for c in children) and (verb.left_edge.i > root.left_edge.i):
                return _make(reading, verb, root.left_edge, root.right_edge, "inserted cue", 0.8)
        if verb.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ == "as" for c in children):
            root = verb.head
            return _make(reading, verb, root.left_edge, root.right_edge, "as the speaker says", 0.6)
    if "infinitive" in cue.takes:
        for child in children:
            if child.dep_ == "xcomp":
                return _make(reading, verb, child.left_edge, child.right_edge, "infinitive", 0.4)
    if "complement" in cue.takes:
        objects = [c for c in children if c.dep_ in ("dobj", "ccomp")]
        ends = [c for c in children if c.dep_ in ("oprd", "prep", "ccomp", "dobj", "xcomp", "advcl")]
        if objects and objects[0].i > verb.i:
            return _make(reading, verb, objects[0].left_edge, ends[-1].right_edge, "naming", 0.4)
    if "object" in cue.takes:
        for child in children:
            if child.dep_ == "dobj" and child.i > verb.i:
                return _make(reading, verb, child.left_edge, child.right_edge, "object", 0.3)
    for child in children:
        if child.dep_ == "prep" and child.lower_ in cue.takes:
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is not None:
                return _make(reading, verb, inner.left_edge, inner.right_edge, "object", 0.3)
    return []


def _of_noun(reading: _Reading, noun: "Token", cue: Cue) -> list[_Found]:
    for child in noun.children:
        if child.dep_ in ("acl", "ccomp") and any(c.dep_ == "mark" and c.lower_ == "that" for c in child.children):
            owner = next((c for c in noun.children if c.dep_ == "poss"), None)
            if owner is None and noun.dep_ == "dobj":
                owner = _subject(noun.head)
            return _make(reading, noun, child.left_edge, child.right_edge, "noun of saying", 0.7, owner)
    return []


def _according(reading: _Reading, token: "Token") -> list[_Found]:
    to = next((c for c in token.children if c.lower_ == "to"), None)
    speaker = next((c for c in to.children if c.dep_ == "pobj"), None) if to is not None else None
    head = token.head
    while head.pos_ not in ("VERB", "AUX") and head.head.i != head.i:
        head = head.head
    found = _make(reading, token, head.left_edge, head.right_edge, "according to", 0.8, speaker)
    if speaker is not None:
        for f in found:
            f.cue_span = (token.idx, to.idx + len(to))
    return found


# --- direct ----------------------------------------------------------------------------------------------------------


def _direct(reading: _Reading, indirect: list[_Found]) -> list[_Found]:
    found: list[_Found] = []
    text = reading.text
    for a, b in segmentation.paragraphs(text):
        found += _paragraph(reading, [q for q in reading.marked if a <= q.start < b], a, b, found, indirect)
    return found


def _paragraph(reading, quoted, start, end, before, indirect) -> list[_Found]:
    found: list[_Found] = []
    text = reading.text
    for n, q in enumerate(quoted):
        edge = quoted[n - 1].end if n else start
        following = quoted[n + 1].start if n + 1 < len(quoted) else end
        last = (found or before or [None])[-1]
        between = text[edge : q.start]
        cover = [f for f in indirect if f.start <= q.inner_start and q.start < f.end]
        if not _is_speech(text, q):
            if cover:
                best = min(cover, key=lambda f: f.end - f.start)
                best.end = max(best.end, q.end)
                best.start = min(best.start, q.start) if best.start == q.inner_start else best.start
                best.kind = "mixed"
            continue
        cue = _cue_between(reading, edge, q.start, before=True) if n or between.strip() else None
        cue_after = _cue_between(reading, q.end, following, before=False)
        comma = (
            text[q.inner_start : q.inner_end].rstrip()[-1:] in (",", "?", "!", "—", "–")
            or text[q.end : q.end + 2].strip()[:1].islower()
        )
        if (
            n
            and found
            and between
            and last.end == edge
            and not re.search(r"[.!?]\s*$", between.strip())
            and cue
            and last.cue is not None
            and cue.i == last.cue.i
            and last.gap is None
        ):
            last.gap, last.end = (edge, q.start), q.end
            continue
        if cue is not None and re.search(r"([,:]|that)\s*$|\w\s*$", between):
            found.append(_spoken(reading, q, cue, "cue before", 0.95))
        elif cue_after is not None:
            found.append(_spoken(reading, q, cue_after, "cue after", 0.95))
        elif n and found and last.end == edge and last.gap is None:
            last.gap, last.end = (edge, q.start), q.end
        elif not n and not between.strip() and last is not None and _adjacent(text, last.end, q.start):
            if last.gap is None or True:
                last.end = q.end
        elif cue is None and not n and not between.strip() and last is None:
            found.append(_Found(q.start, q.end, "direct", "marks", 0.6))
        elif cover and cover[0].cue is not None:
            best = cover[0]
            best.end = max(best.end, q.end)
            best.kind = "mixed"
        else:
            new = _Found(q.start, q.end, "direct", "marks", 0.6)
            if last is not None:
                new.speaker, new.head, new.rule = last.speaker, last.head, "continued"
            found.append(new)
    return found


def _adjacent(text: str, start: int, end: int) -> bool:
    return not text[start:end].strip()


def _cue_between(reading: _Reading, start: int, end: int, *, before: bool) -> "Token | None":
    span = reading.doc.char_span(start, end, alignment_mode="contract")
    if span is None:
        return None
    tokens = list(span)
    verbs = []
    if before:
        tokens = tokens[::-1]
    for t in tokens:
        if t.text in _SENTENCE_END and not (before and t is tokens[0]):
            break
        cue = cues().get((t.lemma_.lower(), "verb")) if t.pos_ == "VERB" else None
        if cue and "quote" in cue.takes and t.i not in reading.inside:
            verbs.append(t)
    return verbs[0] if verbs else None


def _spoken(reading: _Reading, q: parsing.Quoted, cue: "Token", rule: str, confidence: float) -> _Found:
    head = _subject(cue)
    if head is not None and q.start <= head.idx < q.end:
        head = None
    if head is None:
        for t in cue.children:
            if t.pos_ in ("PROPN", "NOUN", "PRON") and not q.start <= t.idx < q.end:
                head = t
                break
    speaker = _phrase(head, cue, (q.start, q.end)) if head is not None else None
    if speaker and speaker[0] >= speaker[1]:
        speaker, head = None, None
    return _Found(q.start, q.end, "direct", rule, confidence, cue, _span(cue), speaker, head)


def _apart(direct: list[_Found], indirect: list[_Found]) -> Iterable[_Found]:
    """Yield what is to be kept: no content inside another; a direct quotation outweighs the clause that it fills."""
    kept = list(direct)
    for f in sorted(indirect, key=lambda f: (-(f.confidence >= VOICED), f.start - f.end, f.start)):
        if all(
            f.end <= k.start or k.end <= f.start or (k.gap and k.gap[0] <= f.start and f.end <= k.gap[1]) for k in kept
        ):
            kept.append(f)
    return kept
