"""Attributions in one article: what is said, the cue that says so, and the words that name the speaker.

Two ways find them: what stands between quotation marks, by paragraph, with the cue beside it; and, outside quotation
marks, clauses and objects of the cues in ``lexicons/cues.tsv``, by spaCy's grammar. Where both find the same, what is
between marks outweighs the clause; no content lies inside another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis import parsing, segmentation

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Stretch

CUES = Path(__file__).with_name("lexicons") / "cues.tsv"
# Attributions from here on change the voice of a passage; attitudes ("criticised X") stay below.
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
class Found:
    """An attribution; places are offsets in the article, ``head`` is the main word of the phrase for the speaker."""

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
    plain: str
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


def find(text: str, doc: "Doc") -> list[Found]:
    """Return every attribution of an article, by place, from its text and its parse.

    >>> text = "“It is late,” Ann Hill said. She left."
    >>> [(text[f.start:f.end], text[slice(*f.speaker)], f.rule) for f in find(text, parsing.parse([text])[0])]
    [('“It is late,”', 'Ann Hill', 'cue after')]
    """
    reading = _Reading(text, parsing.plain(text), doc, parsing.quoted(text))
    for marked in reading.marked:
        if _is_speech(text, marked):
            span = doc.char_span(marked.inner_start, marked.inner_end, alignment_mode="contract")
            reading.inside.update(range(span.start, span.end) if span else ())
    indirect = _indirect(reading)
    direct = _direct(reading, indirect)
    return sorted(_apart(reading, direct, indirect), key=lambda found: (found.start, found.end))


def _is_speech(text: str, marked: parsing.Quoted) -> bool:
    """Tell whether what stands between marks is words that someone said, more than a term or a title."""
    words = text[marked.inner_start : marked.inner_end].split()
    if not words:
        return False
    ends = text[marked.inner_start : marked.inner_end].rstrip()[-1] in ".,!?…—" or not marked.closed
    begins = words[0][0].isupper()
    return len(words) >= 8 or (begins and ends and len(words) >= 2) or (ends and len(words) >= 5)


# --- speakers --------------------------------------------------------------------------------------------------------


def _span(token: "Token") -> Span:
    return token.idx, token.idx + len(token)


_WHO = frozenset({"PERSON", "ORG", "NORP", "GPE"})


def _subject(cue: "Token", depth: int = 0) -> "Token | None":
    """Return the head of the phrase that names who speaks by this cue."""
    for child in cue.children:
        if child.dep_ in ("nsubj", "csubj"):
            return child
    for child in cue.children:
        if child.dep_ == "agent":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    for child in cue.children:
        if child.dep_ == "nsubjpass":
            return child
    if depth == 0 and cue.dep_ == "advcl" and cue.tag_ == "VBN" and not any(c.dep_ == "aux" for c in cue.children):
        # "Asked about it, Hill left": the subject of the sentence is the one who was asked.
        return None
    if depth < 4:
        if cue.dep_ in ("conj", "xcomp", "advcl", "ccomp", "pcomp", "prep", "dep") and cue.head.i != cue.i:
            return _subject(cue.head, depth + 1)
        if cue.dep_ == "acl":
            thing = cue.head.dep_ in ("dobj", "pobj") and cue.head.ent_type_ not in _WHO and cue.tag_ == "VBG"
            above = cue.head.head if cue.head.head.pos_ == "VERB" else cue.head.head.head
            maker = _subject(above, depth + 1) if thing else None
            if maker is not None:
                return maker
            return cue.head.head if cue.head.dep_ == "appos" else cue.head
    return None


# A clause with "which" says something about a thing; one with "who" stays, as what is said of the speaker.
_WHICH = re.compile(r",\s+which\b")


def _phrase(reading: _Reading, head: "Token", cue: "Token", bounds: Span) -> Span:
    """Return the phrase of a speaker as printed, with its apposition, apart from its cue and outside ``bounds``."""
    doc = head.doc
    left, right = head.left_edge.i, head.right_edge.i
    if left <= cue.i <= right:
        left, right = (left, cue.i - 1) if head.i < cue.i else (cue.i + 1, right)
    start, end = doc[left].idx, doc[right].idx + len(doc[right])
    if cue.i < head.i:
        # "wrote Ann Hill, a guard, on Monday": what follows the second comma goes with the verb.
        asides = (t for t in head.rights if t.dep_ == "prep" and doc[t.i - 1].text == ",")
        end = min([end, *(doc[t.i - 1].idx for t in asides)])
    which = _WHICH.search(reading.plain, start, end)
    end = which.start() if which else end
    if start < bounds[1] and bounds[0] < end:
        if head.idx >= bounds[1]:
            start = bounds[1]
        elif head.idx < bounds[0]:
            end = bounds[0]
    return _trim(reading.plain, start, end, _EDGES + "\"'.")


def _trim(text: str, start: int, end: int, edges: str = _EDGES) -> Span:
    while start < end and text[start] in edges:
        start += 1
    while start < end and text[end - 1] in edges:
        end -= 1
    return start, end


# --- indirect --------------------------------------------------------------------------------------------------------


def _indirect(reading: _Reading) -> list[Found]:
    """Find contents by grammar: clauses, objects and complements of cues that stand outside quotations."""
    found: list[Found] = []
    for token in reading.doc:
        if token.i in reading.inside or token.pos_ not in _CUE_POS:
            continue
        if token.lower_ == "according":
            found += _according(reading, token)
            continue
        cue = _known(token)
        if cue is None:
            continue
        if _part(token) == "verb":
            found += _of_verb(reading, token, cue)
        else:
            found += _of_noun(reading, token, cue)
    return found


_CUE_POS = {"VERB": "verb", "NOUN": "noun", "ADJ": "adj", "ADP": "verb", "AUX": "verb"}


def stance(cue: "Token | None") -> str:
    """Return the stance of a cue: that of the lexicon, *neutral* where it has none (a colon, "according to")."""
    known = _known(cue) if cue is not None else None
    return known.stance if known else "neutral"


def _known(token: "Token") -> Cue | None:
    """Return what the lexicon has on this word as a cue."""
    return cues().get((token.lemma_.lower(), _part(token)))


def _part(token: "Token") -> str:
    """Return the part of speech under which the lexicon may have a word; a noun with a subject is a verb mistagged."""
    if token.pos_ == "NOUN" and token.dep_ in _CLAUSES and any(child.dep_ == "nsubj" for child in token.children):
        return "verb"
    return _CUE_POS.get(token.pos_, "")


_CLAUSES = frozenset({"ROOT", "advcl", "ccomp", "relcl", "parataxis"})


def _content(
    reading: _Reading,
    cue: "Token",
    first: "Token",
    last: "Token",
    rule: str,
    confidence: float,
    head: "Token | None" = None,
) -> list[Found]:
    """Return the attribution with this content, cue and speaker, or nothing where no content is left."""
    text = reading.plain
    start, end = _trim(text, first.idx, last.idx + len(last))
    head = head if head is not None else _subject(cue)
    speaker = _phrase(reading, head, cue, (end, end)) if head is not None else None
    gap = None
    if start <= cue.idx < end:
        parts = [_span(cue), *([speaker] if speaker else [])]
        a = max(start, min(left for left, _ in parts))
        b = min(end, max(right for _, right in parts))
        if rule in ("inserted cue", "as the speaker says"):
            a, b = min(a, cue.left_edge.idx), max(b, cue.right_edge.idx + len(cue.right_edge))
        if not text[start:a].strip(_EDGES):
            start = _trim(text, b, end)[0]
        elif not text[b:end].strip(_EDGES + "."):
            end = _trim(text, start, a)[1]
        else:
            gap = (a, b)
    elif head is not None:
        speaker = _phrase(reading, head, cue, (start, end))
    if end - start < 2:
        return []
    if speaker and speaker[0] >= speaker[1]:
        speaker = None
    return [Found(start, end, "indirect", rule, confidence, cue, _span(cue), speaker, head if speaker else None, gap)]


def _of_verb(reading: _Reading, verb: "Token", cue: Cue) -> list[Found]:
    """Return what this verb attributes: a clause, else an infinitive, a name given to something, an object."""
    children = list(verb.children)
    for taken, rule in (("clause", _clause), ("infinitive", _infinitive), ("complement", _naming), ("object", _object)):
        if taken in cue.takes:
            found = rule(reading, verb, children)
            if found:
                return found
    return _prepositional(reading, verb, cue, children)


def _clause(reading: _Reading, verb: "Token", children: list["Token"]) -> list[Found]:
    cue = verb
    if verb.dep_ == "conj" and verb.tag_ == "VB" and verb.head.tag_ in ("VBD", "VBN", "VBZ") and _known(verb.head):
        # "said in letters and email replies that": a noun taken for a second verb; its form does not agree.
        cue = verb.head
    for child in children:
        if child.dep_ == "ccomp" and not (verb.lemma_ in _SMALL and not _finite(child)):
            return _content(reading, cue, child.left_edge, child.right_edge, "clause", 0.9)
    root = verb.head
    if verb.dep_ in ("parataxis", "ccomp") and root.i != verb.i and _set_off(reading.doc, verb):
        return _content(reading, verb, root.left_edge, root.right_edge, "inserted cue", 0.8)
    if verb.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ == "as" for c in children):
        return _content(reading, verb, root.left_edge, root.right_edge, "as the speaker says", 0.6)
    return []


# With these, a clause without a finite verb is what was seen or found, not what was said: "found them gone".
_SMALL = frozenset({"find", "see", "hear", "feel", "show", "consider", "imagine", "remember"})


def _finite(verb: "Token") -> bool:
    words = [verb, *(c for c in verb.children if c.dep_ in ("aux", "auxpass", "cop"))]
    return any("Fin" in word.morph.get("VerbForm") or word.tag_ == "MD" for word in words)


def _set_off(doc: "Doc", verb: "Token") -> bool:
    """Tell whether a short clause with its own subject stands between commas or at the end: ", she said,"."""
    left, right = verb.left_edge.i, verb.right_edge.i
    subject = any(c.dep_ in _SUBJECTS for c in verb.children)
    before = doc[left - 1].text if left else ""
    if doc[left].text in (",", "—", "-"):
        before = ","
    after = doc[right + 1].text if right + 1 < len(doc) else "."
    if doc[right].text in (",", "—", "-"):
        after = ","
    return subject and before in (",", "—", "-", '"') and after in (",", "—", "-", ".", "?", "!")


def _infinitive(reading: _Reading, verb: "Token", children: list["Token"]) -> list[Found]:
    for child in children:
        if child.dep_ == "xcomp" and child.i > verb.i:
            person = next((c for c in children if c.dep_ == "dobj" and verb.i < c.i < child.i), None)
            first = person.left_edge if person is not None else child.left_edge
            return _content(reading, verb, first, child.right_edge, "infinitive", 0.4)
    return []


def _naming(reading: _Reading, verb: "Token", children: list["Token"]) -> list[Found]:
    """Return what someone is called: "called it a mistake", "described her as calm"."""
    things = [c for c in children if c.dep_ in ("dobj", "nsubjpass") and c.i != verb.i]
    named = [c for c in children if c.i > verb.i and (c.dep_ == "oprd" or (c.dep_ == "prep" and c.lower_ == "as"))]
    small = [c for c in children if c.i > verb.i and c.dep_ == "ccomp"]
    if small:
        return _content(reading, verb, small[0].left_edge, small[-1].right_edge, "naming", 0.4)
    if things and named:
        first = things[0] if things[0].i > verb.i else named[0]
        return _content(reading, verb, first.left_edge, named[-1].right_edge, "naming", 0.4)
    objects = [c for c in things if c.dep_ == "dobj" and c.i > verb.i]
    if verb.lemma_ == "call" and len(objects) == 2:
        return _content(reading, verb, objects[0].left_edge, objects[1].right_edge, "naming", 0.4)
    return []


def _object(reading: _Reading, verb: "Token", children: list["Token"]) -> list[Found]:
    for child in children:
        if child.dep_ == "dobj" and child.i > verb.i:
            last = child
            for more in children:
                if more.i > child.i and more.dep_ == "prep" and more.lower_ in ("for", "of", "as", "over"):
                    last = more
            return _content(reading, verb, child.left_edge, last.right_edge, "object", 0.3)
    return []


def _prepositional(reading: _Reading, cue_word: "Token", cue: Cue, children: list["Token"], head=None) -> list[Found]:
    for child in children:
        if child.dep_ == "prep" and child.lower_ in cue.takes:
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is not None:
                return _content(reading, cue_word, inner.left_edge, child.right_edge, "object", 0.3, head)
    return []


def _of_noun(reading: _Reading, noun: "Token", cue: Cue) -> list[Found]:
    """Return what a noun or adjective of saying attributes: "the claim that ...", "his call for ...", "sure that"."""
    children = list(noun.children)
    owner = next((c for c in children if c.dep_ == "poss"), None)
    if owner is None or (owner.pos_ == "PRON" and noun.dep_ == "dobj"):
        above = _subject(noun.head) if noun.dep_ in ("dobj", "acomp", "attr", "pobj") else None
        owner = above if above is not None else owner
    for child in children:
        that = any(c.dep_ == "mark" and c.lower_ == "that" for c in child.children)
        if "clause" in cue.takes and (child.dep_ == "ccomp" or (child.dep_ in ("acl", "relcl") and that)):
            return _content(reading, noun, child.left_edge, child.right_edge, "noun of saying", 0.7, owner)
    for child in children:
        to = any(c.dep_ == "aux" and c.lower_ == "to" for c in child.children)
        if "infinitive" in cue.takes and child.dep_ in ("acl", "xcomp") and to and owner is not None:
            return _content(reading, noun, child.left_edge, child.right_edge, "infinitive", 0.3, owner)
    return _prepositional(reading, noun, cue, children, owner) if owner is not None else []


def _according(reading: _Reading, token: "Token") -> list[Found]:
    to = next((c for c in token.children if c.lower_ == "to"), None)
    speaker = next((c for c in to.children if c.dep_ == "pobj"), None) if to is not None else None
    if speaker is None:
        return []
    doc, sentence = reading.doc, token.sent
    comma = next((t for t in doc[to.i + 1 : speaker.i] if t.text == ","), None)
    joined = token.i > 1 and doc[token.i - 1].text == "," and doc[token.i - 2].dep_ == "cc"
    if comma is not None and joined:
        # "... and, according to many, encouraged violence": what follows the second comma is said.
        found = _content(reading, token, doc[comma.i + 1], doc[sentence.end - 1], "according to", 0.8, doc[comma.i - 1])
    else:
        head = token.head
        while head.pos_ not in ("VERB", "AUX") and head.head.i != head.i:
            head = head.head
        found = _content(reading, token, head.left_edge, head.right_edge, "according to", 0.8, speaker)
    for row in found:
        row.cue_span = (token.idx, to.idx + len(to))
    return found


# --- direct ----------------------------------------------------------------------------------------------------------


@dataclass
class _Place:
    """What stands between marks, within its paragraph: the narration before and after it, up to the next marks."""

    quoted: parsing.Quoted
    before: Span
    after: Span
    first: bool
    headline: bool


def _direct(reading: _Reading, indirect: list[Found]) -> list[Found]:
    """Find what stands between marks and was said by someone, paragraph by paragraph.

    A few quoted words within a sentence go to the content in ``indirect`` that they are in, or are added to it.
    """
    found: list[Found] = []
    previous: Span = (0, 0)
    for number, (a, b) in enumerate(segmentation.paragraphs(reading.text)):
        headline = number == 0 and _is_headline(reading.text[a:b])
        label = _label(reading, a, b, headline=headline)
        if label:
            found.append(label)
        marked = [q for q in reading.marked if a <= q.start < b and not label]
        quoted = [q for q in marked if _may_be_said(reading.text, q)]
        for q in marked:
            if q not in quoted:
                indirect += _fragment(reading, q, indirect)
        for n, q in enumerate(quoted):
            before = (quoted[n - 1].end if n else a, q.start)
            after = (q.end, quoted[n + 1].start if n + 1 < len(quoted) else b)
            found = _placed(reading, _Place(q, before, after, n == 0, headline), found, indirect, previous)
        previous = (a, b)
    return found


def _is_headline(paragraph: str) -> bool:
    """Tell by its form whether a first paragraph can be a headline: one line, one sentence, few words."""
    return len(paragraph.split()) <= segmentation.HEADLINE_WORDS and not re.search(r"[.!?\n]\W*\s+\S", paragraph)


def _placed(reading: _Reading, place: _Place, found: list[Found], indirect: list[Found], previous: Span) -> list[Found]:
    """Return what is found so far with what stands between these marks added: as a row, or as a part of the last."""
    text, q = reading.text, place.quoted
    last = found[-1] if found else None
    between = text[slice(*place.before)]
    joins = last is not None and not place.first and last.end == place.before[0] and last.cue is not None
    line = _SIGNATURE.match(text, q.end)
    if line and _is_speech(text, q) and (name := _name_of(reading, line.span(1))) is not None:
        return [*found, Found(q.start, q.end, "direct", "signed", 0.8, None, None, line.span(1), name)]
    before = _cue_before(reading, place)
    whole = joins and _ends(reading, place.before) == 0 and _interrupts(between, last, place)
    if whole and last.gap is None and (before is None or before.i == last.cue.i):
        last.gap, last.end = place.before, q.end
        return found
    if before is not None:
        return [*found, _spoken(reading, q, before, "cue before")]
    after = _cue_after(reading, place)
    if after is not None:
        new = _spoken(reading, q, after, "cue after")
        if last is not None and last.rule == "open marks" and not text[last.end : q.start].strip():
            new.start = last.start
            return [*found[:-1], new]
        return [*found, new]
    anew = _begins_anew(text, q)
    if not anew or not _is_speech(text, q) or place.headline:
        indirect += _fragment(reading, q, indirect)
        return found
    if joins and last.gap is None and last.rule == "cue after" and _ends(reading, place.before) == 1:
        last.gap, last.end = place.before, q.end
        return found
    if last is not None and place.first and _left_open(text, last) and not text[last.end : q.start].strip():
        # The paragraph before was left open, and this one re-opens its marks: the quotation goes on.
        last.end = q.end
        return found
    return [*found, _without_cue(reading, place, last, previous)]


def _left_open(text: str, last: Found) -> bool:
    return last.rule not in ("transcript", "headline") and text[last.end - 1] not in _MARKS


def _interrupts(between: str, last: Found, place: _Place) -> bool:
    """Tell whether narration only interrupts a quotation: its cue (", she said, "), or no more than "and"."""
    if between.strip(" ,").lower() in ("and", "but", "then", "or", ""):
        return True
    return last.cue.idx >= place.before[0] and re.search(r"([,:—–]|\b(?:but|and|that))\s*$", between) is not None


def _ends(reading: _Reading, place: Span) -> int:
    """Return how many sentences end in this narration."""
    return sum(token.text in _SENTENCE_END for token in _tokens(reading, place))


def _fragment(reading: _Reading, q: parsing.Quoted, indirect: list[Found]) -> list[Found]:
    """Give some quoted words to the content that they are in; return a row where a cue stands right before them."""
    best = _holder(q, indirect)
    if best is not None:
        best.start, best.end = min(best.start, q.start), max(best.end, q.end)
        return []
    tokens = _tokens(reading, (max(0, q.start - 60), q.start))
    while tokens and tokens[-1].pos_ in ("DET", "ADJ", "ADV"):
        tokens = tokens[:-1]
    if not tokens:
        return []
    word = tokens[-1]
    cue = _known(word) if word.pos_ == "VERB" else None
    if cue is not None and "quote" in cue.takes and (cue.stance != "written" or not _is_title(reading.text, q)):
        row = _spoken(reading, q, word, "cue before")
        row.kind, row.confidence = "mixed", 0.7
        return [row]
    wording = cues().get((word.lemma_.lower(), "noun")) if word.pos_ in ("NOUN", "PROPN") else None
    if wording is not None and "quote" in wording.takes:
        verb = word.head if word.head.pos_ == "VERB" else word.head.head
        owner = next((c for c in word.children if c.dep_ == "poss"), None)
        head = owner if owner is not None else _subject(verb)
        if head is not None:
            row = _spoken(reading, q, verb, "wording", head)
            row.kind, row.confidence = "mixed", 0.6
            return [row]
    return [] if _is_title(reading.text, q) else _argument(reading, q)


def _holder(q: parsing.Quoted, indirect: list[Found]) -> Found | None:
    """Return the content that some quoted words belong to: the surest that they stand in, and of these the shortest."""
    cover = [f for f in indirect if f.start < q.inner_end and q.inner_start < f.end]
    return min(cover, key=lambda f: (-f.confidence, f.end - f.start), default=None)


def _argument(reading: _Reading, q: parsing.Quoted) -> list[Found]:
    """Return the argument of a cue that holds some quoted words which no rule of grammar gave to it."""
    span = reading.doc.char_span(q.inner_start, q.inner_end, alignment_mode="contract")
    child = span.root if span else None
    for _ in range(4):
        if child is None or child.head.i == child.i:
            return []
        verb = child.head
        if verb.pos_ == "VERB" and verb.i not in reading.inside and not q.start <= verb.idx < q.end:
            known = _known(verb)
            words = len(reading.text[q.inner_start : q.inner_end].split())
            if child.dep_ in _SUBJECTS or (known is None and words < 4):
                return []
            found = _content(reading, verb, child.left_edge, child.right_edge, "quoted words", 0.5)
            return [f for f in found if f.speaker and f.start < q.inner_end and q.inner_start < f.end]
        child = verb
    return []


def _may_be_said(text: str, q: parsing.Quoted) -> bool:
    """Tell whether a cue or a continuation is to be looked for: not for a title or a term within a sentence."""
    inner = text[q.inner_start : q.inner_end].rstrip("'’”\"")
    before = text[max(0, q.start - 40) : q.start].rstrip()
    introduced = before[-1:] in (",", ":")
    if _is_title(text, q) and not _begins_anew(text, q) and not introduced:
        return False
    return introduced or inner[-1:] in (",", "?", "!", "—", "–") or _is_speech(text, q)


def _name_of(reading: _Reading, place: Span) -> "Token | None":
    """Return the main word of what signs a quotation ("- Ann Hill"), or nothing where it is no name."""
    tokens = _tokens(reading, place)
    names = [token for token in tokens if token.pos_ == "PROPN"]
    return names[-1] if names and all(token.pos_ in ("PROPN", "ADP", "DET", "PUNCT") for token in tokens) else None


_MARKS = frozenset("\"“”„‟«»＂'‘’;")
_SIGNATURE = re.compile(r"(?:\s*\n)?\s*[-–—―]+\s*([A-Z][\w.'’-]+(?:\s+[\w.'’-]+){0,5}?)\s*(?=[\n,.“\"]|$)")


def _begins_anew(text: str, q: parsing.Quoted) -> bool:
    """Tell whether a quotation is a sentence of its own: a capital, and no word of the same sentence before it."""
    before = text[max(0, q.start - 40) : q.start].rstrip()
    capital = text[q.inner_start : q.inner_end].strip()[:1]
    return (capital.isupper() or not capital.isalpha()) and (
        not before or not (before[-1].isalnum() or before[-1] in ",;-–—")
    )


def _without_cue(reading: _Reading, place: _Place, last: Found | None, previous: Span) -> Found:
    """Return a quotation that no cue of its own paragraph introduces."""
    q, text = place.quoted, reading.text
    alone = place.first and not text[slice(*place.before)].strip()
    if alone and text[previous[0] : previous[1]].endswith(":"):
        cue = _last_cue(reading, previous)
        if cue is not None:
            return _spoken(reading, q, cue, "introduced")
    near = last is not None and last.speaker is not None and last.start >= previous[0]
    if not near:
        return Found(q.start, q.end, "direct", "marks" if q.closed else "open marks", 0.6)
    new = Found(q.start, q.end, "direct", "continued", 0.6)
    new.speaker, new.head = last.speaker, last.head
    return new


def _last_cue(reading: _Reading, place: Span) -> "Token | None":
    span = reading.doc.char_span(*place, alignment_mode="expand")
    verbs = [t for t in list(span.sents)[-1] if t.pos_ == "VERB" and t.dep_ not in ("amod", "compound")] if span else []
    known = [t for t in verbs if _known(t)]
    return (known or verbs or [None])[-1]


# Words that titles print without capitals.
_TITLE_SMALL = frozenset(
    ("a", "an", "the", "of", "and", "or", "for", "in", "on", "to", "at", "by", "with", "from", "as")
)


def _is_title(text: str, q: parsing.Quoted) -> bool:
    """Tell a title (of a book, a song, a show) by its capitals."""
    words = re.findall(r"[^\W\d_][\w'’-]*", text[q.inner_start : q.inner_end])
    weighty = [word for word in words if word.lower() not in _TITLE_SMALL]
    return len(words) > 1 and all(word[0].isupper() for word in weighty)


def _tokens(reading: _Reading, place: Span) -> list["Token"]:
    span = reading.doc.char_span(*place, alignment_mode="contract") if place[0] < place[1] else None
    return [t for t in span if not t.is_space] if span is not None else []


def _cue_before(reading: _Reading, place: _Place) -> "Token | None":
    """Return the cue that leads to this quotation: "She said, ...", "he said: ...", "she wrote that ..."."""
    tokens = _tokens(reading, place.before)[::-1]
    if not tokens:
        return None
    text, q = reading.text, place.quoted
    final = tokens[0].text
    inner = text[q.inner_start : q.inner_end].strip()
    capital = inner[:1].isupper() or not inner[:1].isalpha()
    for n, t in enumerate(tokens):
        if n and t.text in _SENTENCE_END:
            return None
        cue = _known(t) if t.pos_ == "VERB" else None
        if cue is None or "quote" not in cue.takes or t.i in reading.inside:
            continue
        if final in (",", ":") and (capital or len(inner.split()) > 3):
            return t
        if n == 0 and not _is_title(text, q) and (capital or _is_speech(text, q)):
            return t
        if final in ("that", "like") and n == 1 and len(inner.split()) > 2:
            return t
        if (
            capital
            and n <= 4
            and _is_speech(text, q)
            and not _is_title(text, q)
            and tokens[0].pos_ in ("NOUN", "PROPN", "PRON", "ADV")
        ):
            return t
        return None
    return None


def _cue_after(reading: _Reading, place: _Place) -> "Token | None":
    """Return the cue that follows this quotation: "...," she said; "..." wrote Ann Hill."""
    text, q = reading.text, place.quoted
    tokens = _tokens(reading, place.after)
    if not tokens:
        return None
    ending = text[q.inner_start : q.inner_end].rstrip(" '’”\"")[-1:]
    if ending not in ",?!.—–-…" and tokens[0].text != ",":
        return None
    tokens = tokens[1:] if tokens[0].text == "," else tokens
    verb = _first_cue(reading, tokens)
    if verb is None or not _opens(tokens, verb):
        return None
    if _known(verb).takes == {"quote"} and any(c.dep_ == "dobj" and c.i > verb.i for c in verb.children):
        return None
    rest = [t for t in tokens if t.i > verb.i]
    stops = next((n for n, t in enumerate(rest) if t.text in _SENTENCE_END), len(rest))
    if ending == "." and (verb.i - tokens[0].i > 6 or stops > 4 or (rest and rest[-1].text in (",", ":"))):
        return None
    return verb


def _first_cue(reading: _Reading, tokens: list["Token"]) -> "Token | None":
    """Return the first verb of the sentence that can quote, unless another verb comes first in its main clause."""
    for token in tokens:
        if token.text in _SENTENCE_END:
            return None
        if token.pos_ != "VERB" or token.i in reading.inside or token.dep_ in ("amod", "compound", "relcl", "acl"):
            continue
        cue = _known(token)
        return token if cue is not None and "quote" in cue.takes else None
    return None


def _opens(tokens: list["Token"], verb: "Token") -> bool:
    """Tell whether the narration opens with this verb or with its subject."""
    if tokens[0].i == verb.i:
        return True
    if tokens[0].pos_ == "ADV" and len(tokens) > 1 and tokens[1].i == verb.i:
        return True
    if tokens[0].pos_ in ("ADP", "SCONJ", "CCONJ", "PART", "VERB") or (
        tokens[0].is_punct and tokens[0].text not in "\"'"
    ):
        return False
    subject = _subject(verb)
    return subject is None or subject.i < verb.i or verb.i - tokens[0].i <= 4


_SPEAKER_LABEL = re.compile(r"[\"“']?\s*((?:[A-Z][A-Z.'’-]{2,})(?:\s[A-Z][A-Z.'’-]+){0,3})\s?:\s+(?=\S)")
_HEADLINE_LABEL = re.compile(r"([A-Z][^:\n]{1,80}?)\s?:\s+(?=\S)")


def _label(reading: _Reading, start: int, end: int, *, headline: bool) -> Found | None:
    """Return a paragraph that its speaker's name and a colon open: in a transcript in capitals, or in a headline."""
    text = reading.text
    label = (_HEADLINE_LABEL if headline else _SPEAKER_LABEL).match(text, start, end)
    if not label or label.end() >= end or cues().get((label.group(1).split()[0].lower(), "label")):
        return None
    span = reading.doc.char_span(*label.span(1), alignment_mode="expand")
    if headline and not _names_speaker(text[label.end()], span):
        return None
    kind, rule = ("direct", "transcript")
    if headline:
        rest = text[label.end() : end]
        inside = parsing.quoted(rest)
        whole = bool(inside) and inside[0].start == 0 and not re.search(r"\w", rest[inside[0].end :])
        kind = "direct" if whole else "mixed" if inside else "indirect"
        rule = "headline"
    colon = text.index(":", label.end(1))
    return Found(label.end(), end, kind, rule, 0.7, None, (colon, colon + 1), label.span(1), span[-1] if span else None)


def _names_speaker(first: str, span: "Stretch | None") -> bool:
    """Tell whether what stands before a headline's colon is a speaker: a short name, or anything before a quotation."""
    if span is None or any(token.pos_ == "VERB" and "quote" in getattr(_known(token), "takes", ()) for token in span):
        return False
    named = any(t.ent_type_ in ("PERSON", "ORG", "NORP") or t.lower_ in ("poll", "report", "study") for t in span)
    return named and (len(span) <= 6 or first in "\"“‘'")


def _spoken(reading: _Reading, q: parsing.Quoted, cue: "Token", rule: str, head: "Token | None" = None) -> Found:
    """Return the quotation between these marks with its cue and the cue's speaker."""
    head = head if head is not None else _subject(cue)
    speaker = None
    if head is None or q.start <= head.idx < q.end or head.ent_type_ in ("DATE", "TIME") or head.pos_ == "ADV":
        head, speaker = _beside(reading, cue, q)
    elif head is not None:
        speaker = _phrase(reading, head, cue, (q.start, q.end))
    if speaker and speaker[0] >= speaker[1]:
        speaker, head = None, None
    return Found(q.start, q.end, "direct", rule, 0.95, cue, _span(cue), speaker, head)


_NOMINAL = frozenset({"PROPN", "NOUN", "PRON"})


def _beside(reading: _Reading, cue: "Token", q: parsing.Quoted) -> tuple["Token | None", Span | None]:
    """Return the speaker beside a cue whose subject the parse misses: between quotation and cue, else after it."""
    doc = reading.doc
    between = [t for t in _tokens(reading, (q.end, cue.idx)) if t.text != ","] if q.end < cue.idx else []
    if between and between[0].pos_ in ("PROPN", "NOUN", "PRON", "DET", "ADJ", "NUM"):
        head = next(
            (t for t in between if t.pos_ in _NOMINAL and t.dep_ not in ("compound", "amod", "poss")), between[0]
        )
        return head, _trim(reading.plain, between[0].idx, cue.idx, _EDGES + "\"'")
    at = cue.i + 1
    while at < len(doc) and doc[at].pos_ in ("DET", "ADJ", "ADV", "NUM"):
        at += 1
    if (
        at < len(doc)
        and doc[at].pos_ in _NOMINAL
        and doc[at].ent_type_ not in ("DATE", "TIME")
        and not q.start <= doc[at].idx < q.end
    ):
        head = doc[at]
        while head.dep_ in ("compound", "poss", "nmod", "amod") and head.head.i > head.i:
            head = head.head
        return head, _phrase(reading, head, cue, (q.start, q.end))
    return None, None


def _apart(reading: _Reading, direct: list[Found], indirect: list[Found]) -> Iterable[Found]:
    """Yield what is to be kept: no content inside another; a direct quotation outweighs the clause that it fills."""
    kept = list(direct)
    # In "defended a plan that workers called 'heartless'" the word is the workers', so that the plan stays an attitude.
    holders = [_holder(q, indirect) for q in reading.marked]
    for f in indirect:
        marked = any(q.start < f.end and f.start < q.end for q in reading.marked)
        if marked and (f.confidence >= VOICED or any(f is holder for holder in holders)):
            f.kind, f.confidence = "mixed", max(f.confidence, 0.6)
    for f in sorted(indirect, key=lambda f: (f.confidence < VOICED, f.start - f.end, f.start)):
        if all(_aside(f, k) for k in kept):
            kept.append(f)
    return kept


def _aside(one: Found, other: Found) -> bool:
    apart = one.end <= other.start or other.end <= one.start
    return apart or (other.gap is not None and other.gap[0] <= one.start and one.end <= other.gap[1])
