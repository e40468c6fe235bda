"""Who a speaker is: the fullest name in the article for the words that name the speaker of an attribution.

There is no model of coreference that works offline and on one core, so these are rules, each with how sure it is: a
name printed in full; a surname that one full name of the article bears; "who", by grammar; "he" and "she", the last
person who fits and stands where a subject stands; "they" and "it", the last group or organisation that spoke. What no
rule resolves stays without a name, and is counted as such.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis import parsing, segmentation
from analysis.attribution import Found

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

TITLES = Path(__file__).with_name("lexicons") / "titles.tsv"
_RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})
_PERSONAL = {"he": "he", "him": "he", "his": "he", "himself": "he", "she": "she", "her": "she", "herself": "she"}
_PLURAL = frozenset({"they", "their", "them", "themselves", "both"})
_THING = frozenset({"it", "its", "itself"})
_SILENT = frozenset(
    {"i", "we", "you", "me", "us", "my", "our", "your", "there", "what", "this", "these", "those", "one"}
)
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
# How far back "he" may point, in paragraphs.
REACH = 2


class Who(NamedTuple):
    """A speaker: the name, whether it names someone, what else is said of them, how sure, and by which rule."""

    name: str | None
    named: bool = False
    role: str | None = None
    certainty: float = 1.0
    rule: str | None = None


@dataclass
class _Mention:
    """A name in the text, or a speaker already resolved."""

    start: int
    end: int
    name: str
    kind: str
    gender: str | None
    subject: bool
    paragraph: int
    sentence: int
    spoke: bool = False


@dataclass
class _Cast:
    """Everyone whom an article names, in the order of the text, and who has spoken so far."""

    text: str
    doc: "Doc"
    paragraphs: list[tuple[int, int]]
    mentions: list[_Mention] = field(default_factory=list)
    spoken: list[_Mention] = field(default_factory=list)
    genders: dict[str, str] = field(default_factory=dict)
    # By word number, the entity that the word is in; by office in lower case, who bears it.
    entities: dict[int, "Span"] = field(default_factory=dict)
    offices: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sentences: dict[int, int] = field(default_factory=dict)
    # How the article prints each word, where it does not begin a sentence; and all words in lower case.
    inside: set[str] = field(default_factory=set)
    lower: set[str] = field(default_factory=set)


@cache
def titles() -> dict[str, str]:
    """Return titles and offices before names, and which of "he" and "she" they go with ("either" where both).

    A *part* stands in titles, yet what follows it need not be a person ("State Department", "General Motors").

    >>> titles()["Mrs"]
    'she'
    """
    frame = pd.read_csv(TITLES, sep="\t", dtype="str", keep_default_na=False)
    return dict(zip(frame["title"], frame["kind"], strict=True))


def resolve(text: str, doc: "Doc", found: Iterable[Found], *, aliases: dict[str, str] | None = None) -> list[Who]:
    """Return who speaks in each attribution of an article, in the order given.

    ``aliases`` maps names that belong together; they outweigh every rule.

    >>> from analysis import attribution
    >>> text = "Ann Hill came late. “It rained,” Hill said."
    >>> doc = parsing.parse([text])[0]
    >>> [(who.name, who.rule) for who in resolve(text, doc, attribution.find(text, doc))]
    [('Ann Hill', 'surname')]
    """
    found = list(found)
    cast = _cast(text, doc, found)
    order = sorted(range(len(found)), key=lambda n: found[n].speaker or (found[n].start, found[n].end))
    who: dict[int, Who] = {}
    for n in order:
        who[n] = _corrected(text, found[n], _who(cast, found[n]), aliases or {})
        _speaks(cast, found[n], who[n])
    return [who[n] for n in range(len(found))]


def _corrected(text: str, found: Found, who: Who, aliases: dict[str, str]) -> Who:
    printed = _bare(text[slice(*found.speaker)]) if found.speaker else None
    for name in (who.name, printed):
        if name is not None and name in aliases:
            return who._replace(name=aliases[name], named=True, certainty=1.0, rule="alias")
    return who


# --- the cast --------------------------------------------------------------------------------------------------------


def _cast(text: str, doc: "Doc", found: list[Found]) -> _Cast:
    cast = _Cast(text, doc, segmentation.paragraphs(text))
    quoted = [(q.start, q.end) for q in parsing.quoted(text) if q.end - q.start > 40]
    cast.sentences = sentences = {token.i: n for n, sentence in enumerate(doc.sents) for token in sentence}
    heads = {
        row.head.i for row in found if row.head is not None and row.head.pos_ == "PROPN" and not row.head.ent_type_
    }
    for token in doc:
        if not token.is_sent_start:
            cast.inside.add(token.text)
        if token.text.islower():
            cast.lower.add(token.text)
    titled = list(_titled(doc))
    covered = {i for span in titled for i in range(span.start, span.end)}
    spans = [ent for ent in doc.ents if ent.label_ in _NAMES and covered.isdisjoint(range(ent.start, ent.end))]
    spans += titled
    cast.entities = {i: ent for ent in spans for i in range(ent.start, ent.end)}
    spans += [doc[slice(*_run(doc[i]))] for i in sorted(heads - covered)]
    for span in sorted(spans, key=lambda span: span.start):
        first = span.start + sum(1 for _ in _leading(span))
        gender = _gender(doc, span.start, first)
        name = _bare(text[doc[first].idx : doc[span.end - 1].idx + len(doc[span.end - 1])])
        if not name[:1].isupper():
            continue
        for token in doc[span.start : first]:
            cast.offices[token.lower_.rstrip(".")].add(name)
        if span.label_ == "PERSON":
            for office in _offices(span.root):
                cast.offices[office].add(name)
        if gender:
            cast.genders.setdefault(name.split()[-1], gender)
        if any(a <= doc[first].idx < b for a, b in quoted):
            continue
        root = span.root
        subject = root.dep_ in _SUBJECTS or (root.dep_ in ("conj", "appos") and root.head.dep_ in _SUBJECTS)
        kind = span.label_ or "PERSON"
        cast.mentions.append(
            _Mention(
                doc[first].idx,
                span.end_char,
                name,
                kind,
                gender,
                subject,
                _paragraph(cast, doc[first].idx),
                sentences[first],
            )
        )
    _surnames(cast, quoted, sentences)
    return cast


_NAMES = frozenset({"PERSON", "ORG", "GPE", "NORP"})


def _titled(doc: "Doc") -> Iterator["Span"]:
    """Yield each title with the name that follows it, as a person, whatever the model takes it for."""
    from spacy.tokens import Span

    at = 0
    while at < len(doc) - 1:
        last = at
        while last < len(doc) - 2 and doc[last + 1].text.rstrip(".") in titles():
            last += 1
        kind = titles().get(doc[last].text.rstrip("."), "part")
        right = _run(doc[last + 1])[1] if doc[last + 1].pos_ == "PROPN" else last + 1
        if kind != "part" and right > last + 1 and doc[at].text.rstrip(".") in titles():
            yield Span(doc, at, right, label="PERSON")
            at = right
        else:
            at += 1


def _surnames(cast: _Cast, quoted: list[tuple[int, int]], sentences: dict[int, int]) -> None:
    """Add each lone surname of a person named in full, whatever the model takes it for."""
    last = {_words(m.name)[-1] for m in cast.mentions if m.kind == "PERSON" and " " in m.name}
    taken = {place for m in cast.mentions if m.kind == "PERSON" for place in range(m.start, m.end)}
    for token in cast.doc:
        end = token.idx + len(token)
        if token.text not in last or token.idx in taken or any(a <= token.idx < b for a, b in quoted):
            continue
        subject = token.dep_ in _SUBJECTS
        gender = _gender(cast.doc, token.i, token.i)
        place = _paragraph(cast, token.idx)
        cast.mentions.append(
            _Mention(token.idx, end, cast.text[token.idx : end], "PERSON", gender, subject, place, sentences[token.i])
        )
    cast.mentions.sort(key=lambda m: (m.start, m.end))


def _words(name: str) -> list[str]:
    """Return the words of a name, with plain apostrophes: one article may print both O'Hara and O’Hara."""
    return name.replace("’", "'").split()


def _leading(span) -> Iterable["Token"]:
    """Yield the titles before a name: "Sen.", "President", "Facebook CEO" up to its last title."""
    known = [n for n, token in enumerate(span) if token.text.rstrip(".") in titles() and n < len(span) - 1]
    yield from span[: known[-1] + 1] if known else ()


def _offices(name: "Token") -> Iterable[str]:
    """Yield the offices that stand beside a name: "the mayor of Dorne, Ann Hill", "Ann Hill, the mayor"."""
    beside = [name.head] if name.dep_ == "appos" else []
    # In "the mayor of Dorne, Ann Hill" the parse may hang the name on Dorne.
    beside += [head.head.head for head in beside if head.dep_ == "pobj" and head.head.lower_ == "of"]
    for noun in (*beside, *(child for child in name.children if child.dep_ == "appos")):
        # "A senator" is one of many, "the former mayor" none any more.
        limited = any(
            child.dep_ in ("amod", "compound", "nummod") or (child.dep_ == "det" and child.lower_ != "the")
            for child in noun.children
        )
        if not limited and noun.text.capitalize() in titles():
            yield noun.lower_


def _gender(doc: "Doc", start: int, first: int) -> str | None:
    for token in doc[max(0, start - 1) : first]:
        kind = titles().get(token.text.rstrip("."))
        if kind in ("he", "she"):
            return kind
    return None


def _run(head: "Token") -> tuple[int, int]:
    """Return the run of proper nouns around a token, as token numbers."""
    doc, left, right = head.doc, head.i, head.i + 1
    while (
        left > 0
        and (doc[left - 1].pos_ == "PROPN" or (doc[left - 1].text == "-" and left > 1))
        and not doc[left].is_sent_start
    ):
        left -= 1
    while right < len(doc) and doc[right].pos_ == "PROPN" and not doc[right].is_sent_start:
        right += 1
    return left, right


def _bare(name: str) -> str:
    """Return a name without the possessive and what is around it."""
    name = " ".join(name.split()).strip(" ,.;:\"“”'’‘") if name.endswith(("'s", "’s")) is False else name[:-2]
    return " ".join(name.split()).strip(' ,;:"“”')


def _paragraph(cast: _Cast, place: int) -> int:
    return sum(start <= place for start, _ in cast.paragraphs)


def _speaks(cast: _Cast, found: Found, who: Who) -> None:
    if who.name is None or found.head is None or not found.speaker:
        return
    head = found.head
    kind = "PERSON" if who.rule in ("he", "she") or (who.named and head.ent_type_ == "PERSON") else "GROUP"
    if who.named and kind == "GROUP":
        known = [m.kind for m in cast.mentions if m.name == who.name]
        kind = known[0] if known else "PERSON"
    if not who.named and "Plur" not in head.morph.get("Number"):
        kind = "PERSON"
    gender = _PERSONAL.get(head.lower_) or cast.genders.get(who.name.split()[-1])
    if gender and who.named:
        cast.genders.setdefault(who.name.split()[-1], gender)
    start = found.speaker[0]
    sentence = next((m.sentence for m in cast.mentions if m.start == start), -1)
    cast.spoken.append(
        _Mention(start, found.speaker[1], who.name, kind, gender, True, _paragraph(cast, start), sentence, True)
    )


# --- rules -----------------------------------------------------------------------------------------------------------


def _who(cast: _Cast, found: Found) -> Who:
    head = found.head
    if head is None or not found.speaker:
        return Who(None)
    if head.lower_ in _RELATIVE:
        verb = head.head
        while verb.dep_ not in ("relcl", "acl") and verb.head.i != verb.i:
            verb = verb.head
        if verb.head.i == verb.i or verb.head.lower_ in _RELATIVE:
            return Who(None)
        antecedent = verb.head
        start, end = cast.doc[antecedent.left_edge.i].idx, verb.left_edge.idx
        who = _named(cast, antecedent, (start, max(end, antecedent.idx + len(antecedent))))
        return who._replace(certainty=min(who.certainty, 0.8))
    if head.lower_ in _PERSONAL:
        return _person(cast, head)
    if head.lower_ in _PLURAL:
        return _again(cast, found, "they", ("GROUP",))
    if head.lower_ in _THING:
        return _again(cast, found, "it", ("ORG", "GPE", "NORP"))
    if head.lower_ in _SILENT:
        return Who(None)
    return _named(cast, head, found.speaker)


def _named(cast: _Cast, head: "Token", span: tuple[int, int]) -> Who:
    """Resolve a phrase with a noun at its head."""
    name = _name_in(cast, head, span)
    if name is None:
        return _group(cast, head, span)
    start, end, kind = name
    printed = _bare(cast.text[start:end])
    if not printed:
        return Who(None)
    role = ", ".join(part for part in (_role(cast.text[span[0] : start]), _role(cast.text[end : span[1]])) if part)
    full, certainty, rule = _fullest(cast, printed, start, kind)
    return Who(full, True, role or None, certainty, rule)


def _role(text: str) -> str:
    words = text.strip(" ,;:—–-()'’\"“”\n").removeprefix("s ").split()
    while words and words[0].lower() in ("the", "a", "an", "and"):
        words = words[1:]
    return "" if len(words) == 1 and words[0].strip(".").lower() in ("mr", "mrs", "ms", "miss") else " ".join(words)


def _name_in(cast: _Cast, head: "Token", span: tuple[int, int]) -> tuple[int, int, str] | None:
    """Return start, end and kind of the name in a speaker's phrase: its head, or what stands in apposition to it."""
    doc = cast.doc
    heads = [head] if head.pos_ == "PROPN" or head.ent_type_ == "PERSON" else []
    heads += [t for t in head.subtree if t.dep_ == "appos" and t.pos_ == "PROPN" and t.head in (head, *head.children)]
    for token in heads:
        if not span[0] <= token.idx < span[1]:
            continue
        left, right = _run(token)
        entity = cast.entities.get(token.i)
        kind = entity.label_ if entity is not None else ""
        if entity is not None and (kind == "PERSON" or entity.end > right):
            left, right = entity.start, entity.end
        stretch = doc[left:right]
        left += sum(1 for _ in _leading(stretch))
        while right > left + 1 and doc[right - 1].tag_ == "POS":
            right -= 1
        start, end = doc[left].idx, doc[right - 1].idx + len(doc[right - 1])
        if start < span[1] and span[0] < end:
            return max(start, span[0]), min(end, span[1]), kind
    return None


def _fullest(cast: _Cast, printed: str, place: int, kind: str) -> tuple[str, float, str]:
    """Return the fullest name in the article for a printed one, how sure that is, and the rule."""
    words = _words(printed)
    fuller: dict[str, list[_Mention]] = defaultdict(list)
    for mention in cast.mentions:
        theirs = _words(mention.name)
        if len(theirs) <= len(words) or mention.name == printed or (kind == "PERSON" and mention.kind != "PERSON"):
            continue
        same_last = theirs[-1] == words[-1] and (len(words) == 1 or theirs[0][:3] == words[0][:3])
        suffix = theirs[-len(words) :] == words
        if (mention.kind == "PERSON" and same_last) or (mention.kind != "PERSON" and suffix):
            fuller[mention.name].append(mention)
    if not fuller and len(words) == 1:
        for mention in cast.mentions:
            theirs = _words(mention.name)
            if mention.kind == "PERSON" and len(theirs) > 1 and theirs[0] == words[0]:
                fuller[mention.name].append(mention)
        if fuller:
            return _nearest(fuller, place), 0.7, "first name"
    if not fuller:
        return printed, 1.0, "as printed"
    rule = "surname" if len(words) == 1 else "fuller name"
    # Two spellings of one name ("Tim", "Timothy J.") are one person; two first names are two.
    firsts = {name.split()[0][:3] for name in fuller}
    if len(firsts) == 1:
        return max(fuller, key=lambda name: (len(name.split()), len(name), name)), 0.95, rule
    gender = cast.genders.get(words[-1])
    return _nearest(fuller, place), 0.6 if gender else 0.65, rule


def _nearest(fuller: dict[str, list[_Mention]], place: int) -> str:
    """Return the name last printed before a place, or, where none is, the first after it."""
    before = {name: max((m.start for m in those if m.start <= place), default=-1) for name, those in fuller.items()}
    best = max(before, key=lambda name: (before[name], name))
    return best if before[best] >= 0 else min(fuller, key=lambda name: (fuller[name][0].start, name))


def _group(cast: _Cast, head: "Token", span: tuple[int, int]) -> Who:
    """Name a group or an unnamed speaker by the core of the phrase: "two senior employees"."""
    doc = cast.doc
    first = head.left_edge
    while first.i < head.i and (first.lower_ in ("the", "a", "an") or first.is_punct):
        first = doc[first.i + 1]
    last = head
    for child in head.rights:
        if child.dep_ in ("relcl", "appos", "punct", "acl") or child.is_punct:
            break
        last = child.right_edge
    start, end = max(first.idx, span[0]), min(last.idx + len(last), span[1])
    core = " ".join(cast.text[start:end].split()).strip(" ,.;:\"“”'’")
    if not core:
        return Who(None)
    if first.i == last.i == head.i and _proper(cast, head):
        return Who(core, True, None, 0.9, "as printed")
    name = core[0].lower() + core[1:] if first.pos_ in ("DET", "NUM", "ADJ", "PRON") or first.i == head.i else core
    role = _role(cast.text[last.idx + len(last) : span[1]]) or None
    if head.left_edge.lower_ == "the":
        bearers = {_fullest(cast, bearer, start, "PERSON")[0] for bearer in cast.offices.get(head.lower_, ())}
        if len(bearers) == 1 and "Plur" not in head.morph.get("Number"):
            return Who(*bearers, True, head.text, 0.7, "office")
        for other in reversed(cast.spoken):
            if other.kind == "GROUP" and other.name.split()[-1] == name.split()[-1]:
                return Who(other.name, False, role, 0.7, "the group again")
    return Who(name, False, role, 0.9, "as printed")


def _proper(cast: _Cast, token: "Token") -> bool:
    """Tell whether a word is a name by how the article prints it: with a capital, inside sentences too."""
    capital = token.text[:1].isupper() and token.text != token.text.upper()
    return capital and token.text in cast.inside and token.lower_ not in cast.lower


def _person(cast: _Cast, pronoun: "Token") -> Who:
    """Resolve "he" or "she": the subject of the sentence before it, whoever spoke last, the last person named."""
    gender = _PERSONAL[pronoun.lower_]
    here = _paragraph(cast, pronoun.idx)
    near = [
        m
        for m in sorted((*cast.mentions, *cast.spoken), key=lambda m: (m.start, m.spoke))
        if m.start < pronoun.idx
        and here - m.paragraph <= REACH
        and m.kind == "PERSON"
        and (m.gender or cast.genders.get(m.name.split()[-1]) or gender) == gender
    ]
    sentence = cast.sentences[pronoun.i]
    ranked = (
        ([m for m in near if m.subject and m.sentence == sentence], 0.75),
        ([m for m in near if m.sentence == sentence], 0.6),
        ([m for m in near if m.subject and m.paragraph == here], 0.8),
        ([m for m in near if m.spoke], 0.7),
        ([m for m in near if m.subject], 0.6),
        (near, 0.55),
    )
    for those, certainty in ranked:
        if those:
            best = those[-1]
            full = best.name if best.spoke else _fullest(cast, best.name, best.start, best.kind)[0]
            return Who(full, True, None, certainty, gender)
    return Who(None, rule=None)


def _again(cast: _Cast, found: Found, rule: str, kinds: tuple[str, ...]) -> Who:
    """Resolve "they" or "it": the last that spoke and is of this kind, near enough; for "it" also the last subject."""
    place = found.speaker[0]
    here = _paragraph(cast, place)
    near = [m for m in cast.spoken if m.start < place and here - m.paragraph <= 1 and m.kind in kinds]
    if rule == "it":
        near += [m for m in cast.mentions if m.start < place and m.paragraph == here and m.kind in kinds and m.subject]
    if not near:
        return Who(None)
    best = max(near, key=lambda m: m.start)
    named = rule == "it"
    return Who(best.name, named, None, 0.55, rule)
