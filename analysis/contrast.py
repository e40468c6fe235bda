"""Two sentences that tell the same: which words of the one stand where other words stand in the other.

Both sentences are read as grammar: a noun by what governs it, what describes it and whose it is, a verb by who does it
and to what. Two words that share such ties, or that stand between the same words, and are not the same word, are two
ways to put one thing. It is a guess by rule, and each comes with what speaks for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis import targets

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LEXICON = Path(__file__).parent / "lexicons" / "wording.tsv"

# What a shared tie is worth; two words are paired from ENOUGH on.
WORTH = {
    "governor": 1.0,
    "modifier": 1.0,
    "owner": 0.7,
    "of": 0.8,
    "beside": 0.6,
    "subject": 0.8,
    "object": 1.2,
    "with": 0.6,
    "place": 0.15,
    "clause": 0.4,
}
ENOUGH = 1.0
# Words that stand between the same words say the same where the sentences are this much alike; elsewhere it is a hint.
ALIKE = 0.6
# The longest stretches that are set side by side, in tokens.
LONGEST = 5

# Base forms this much alike, of 1, are spellings of one word.
SPELT_ALIKE = 0.85

_PAUSE = " … "


class Sentence(NamedTuple):
    """A sentence of a parsed article: the article's text, first and last token, and the actors by token."""

    text: str
    doc: "Doc"
    first: int
    last: int
    names: Mapping[int, str]


class Pair(NamedTuple):
    """Two wordings of one thing: their kind, what they are about, what speaks for them, and where they stand."""

    kind: str
    about: str
    evidence: float
    wording_a: str
    start_a: int
    end_a: int
    wording_b: str
    start_b: int
    end_b: int


@dataclass
class _Unit:
    """A noun or verb (or "flagged and demoted") with its ties to the rest of the sentence."""

    token: "Token"
    key: str
    ties: set[tuple[str, str]] = field(default_factory=set)
    block: int | None = None
    verbs: list["Token"] = field(default_factory=list)


def pairs(a: Sentence, b: Sentence, *, similarity: float) -> list[Pair]:
    """Return the pairs of wordings of two sentences, the best first: verbs, nouns, describing words and names.

    ``kind`` is *verb*, *noun*, *modifier* (the same noun, described otherwise) or *name* (the same actor, named
    otherwise). ``evidence`` adds up the ties that the two share; ``similarity`` is how much alike the sentences are.
    """
    blocks_a, blocks_b = _blocks(a, b)
    alike = similarity >= ALIKE
    found = [
        *_matched(_verbs(a, blocks_a), _verbs(b, blocks_b), a, b, kind="verb", alike=alike),
        *_matched(_nouns(a, blocks_a), _nouns(b, blocks_b), a, b, kind="noun", alike=alike),
        *_modifiers(a, b),
        *_namings(a, b),
    ]
    # The parser may read the same words otherwise; printed alike, they are no contrast.
    differing = [pair for pair in found if pair.wording_a.casefold() != pair.wording_b.casefold()]
    return sorted(differing, key=lambda pair: (-pair.evidence, pair.start_a, pair.start_b, pair.kind))


def _tokens(sentence: Sentence) -> list["Token"]:
    return [token for token in sentence.doc[sentence.first : sentence.last] if not token.is_space]


def _base(token: "Token") -> str:
    """Return the base form; spaCy's small model makes "stag" of "staged"."""
    lemma = token.lemma_.lower()
    other = targets.base(token.lower_)
    return other if token.pos_ == "VERB" and other == lemma + "e" else lemma


def _key(token: "Token", names: Mapping[int, str]) -> str | None:
    """Return what a token stands for: an actor's name or a base form; nothing for pronouns."""
    noun = _meant(token)
    if noun.i in names:
        return names[noun.i]
    return None if noun.pos_ in ("PRON", "DET") else _base(noun)


def _meant(noun: "Token") -> "Token":
    """Look through "one of the tweets" and "dozens of employees" to the tweets and employees."""
    for child in noun.children:
        if child.lower_ == "of" and (noun.pos_ in ("NUM", "PRON", "DET") or noun.lemma_.lower() in _words("quantity")):
            return next((_meant(part) for part in child.children if part.dep_ == "pobj"), noun)
    return noun


def _blocks(a: Sentence, b: Sentence) -> tuple[dict[int, int], dict[int, int]]:
    """Return for each token the stretch it stands in, of those that differ between words that both sentences have."""
    tokens = _tokens(a), _tokens(b)
    keys = [[_key(token, s.names) or token.lower_ for token in part] for s, part in zip((a, b), tokens, strict=True)]
    found: tuple[dict[int, int], dict[int, int]] = ({}, {})
    steps = SequenceMatcher(None, *keys, autojunk=False).get_opcodes()
    for number, (step, a1, a2, b1, b2) in enumerate(steps):
        inside = 0 < number < len(steps) - 1
        if step == "replace" and inside and a2 - a1 <= LONGEST and b2 - b1 <= LONGEST:
            found[0].update({tokens[0][i].i: number for i in range(a1, a2)})
            found[1].update({tokens[1][i].i: number for i in range(b1, b2)})
    return found


def _nouns(sentence: Sentence, blocks: Mapping[int, int]) -> list[_Unit]:
    units = []
    for token in _tokens(sentence):
        if token.pos_ != "NOUN" or token.ent_type_ in ("DATE", "TIME") or token.dep_ in ("compound", "npadvmod"):
            continue
        if _meant(token) is not token or token.lemma_.lower() in _words("quantity"):
            continue
        # Groups go by their noun ("protesters"); "the mayor" is a name of somebody.
        if not sentence.names.get(token.i, token.lower_).endswith(token.lower_):
            continue
        unit = _Unit(token, _base(token), block=blocks.get(token.i))
        unit.ties = set(_ties_of_noun(token, sentence.names))
        units.append(unit)
    return units


def _ties_of_noun(noun: "Token", names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    top = noun
    while top.dep_ == "conj" and top.head.pos_ in ("NOUN", "PROPN", "NUM"):
        top = top.head
    role, governor = _governor(top)
    if governor is not None and _base(governor) not in _words("light verb"):
        yield "governor", f"{role} {_key(governor, names)}"
    for child in noun.children:
        if child.dep_ in ("amod", "compound", "nmod") and child.lower_ not in _words("empty"):
            yield ("owner" if child.i in names else "modifier"), _key(child, names) or child.lower_
        if child.dep_ == "poss" and (owner := _key(child, names)):
            yield "owner", owner
        if child.dep_ == "prep" and child.lower_ in ("of", "on", "against", "over"):
            yield from (("of", key) for part in child.children if part.dep_ == "pobj" and (key := _key(part, names)))
        if child.dep_ == "conj" and (key := _key(child, names)):
            yield "beside", key


def _governor(noun: "Token") -> tuple[str, "Token | None"]:
    """Return the role of a noun, the same for active and passive, and the verb or noun it has it with."""
    head = noun.head
    if noun.dep_ == "pobj":
        if head.dep_ == "agent":
            return "subject", head.head
        # "dozens of employees staged": the employees did.
        if head.lower_ == "of" and _meant(head.head) is noun:
            return _governor(head.head)
        return head.lower_, head.head if head.head.pos_ in ("VERB", "NOUN") else None
    if noun.dep_ == "nsubj":
        return "subject", head if head.pos_ == "VERB" else None
    if noun.dep_ in ("dobj", "nsubjpass"):
        return "object", head
    return noun.dep_, None


def _verbs(sentence: Sentence, blocks: Mapping[int, int]) -> list[_Unit]:
    units, joined = [], set()
    for token in _tokens(sentence):
        if token.pos_ != "VERB" or token.i in joined or not token.is_alpha or token.dep_ in ("amod", "compound"):
            continue
        verbs = [token, *_joined_verbs(token)]
        joined.update(verb.i for verb in verbs)
        unit = _Unit(token, " ".join(_base(verb) for verb in verbs), block=blocks.get(token.i), verbs=verbs)
        for verb in verbs:
            unit.ties |= set(_ties_of_verb(verb, sentence.names))
        units.append(unit)
    return units


def _joined_verbs(verb: "Token") -> list["Token"]:
    """Return the verbs that share this one's object: "flagged and demoted a tweet"."""
    if any(child.dep_ == "dobj" for child in verb.children):
        return []
    return [
        other
        for other in verb.conjuncts
        if 0 < other.i - verb.i <= 3 and other.pos_ == "VERB" and any(child.dep_ == "dobj" for child in other.children)
    ]


def _ties_of_verb(verb: "Token", names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    for subject in _subjects(verb):
        if key := _key(subject, names):
            yield ("object" if subject.dep_ == "nsubjpass" else "subject"), key
    for child in verb.children:
        if child.dep_ == "agent":
            yield from (("subject", key) for part in child.children if (key := _key(part, names)))
        if child.dep_ in ("dobj", "attr") and (key := _key(child, names)):
            yield "object", key
            yield "with", key
        if child.dep_ == "prep" and child.lower_ not in ("on", "at", "during", "by", "since"):
            yield from (("with", key) for part in child.children if part.dep_ == "pobj" and (key := _key(part, names)))
        if child.dep_ == "ccomp":
            yield "clause", _base(child)


def _subjects(verb: "Token") -> list["Token"]:
    own = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")]
    if own:
        relative = verb.dep_ == "relcl" and own[0].tag_ in ("WP", "WDT")
        return [verb.head] if relative else own
    if verb.dep_ == "conj" and verb.head.pos_ == "VERB":
        return _subjects(verb.head)
    if verb.dep_ == "xcomp" and verb.head.pos_ == "VERB":
        return _subjects(verb.head)
    if verb.dep_ == "acl" and verb.tag_ == "VBG":
        return [verb.head]
    return []


def _matched(
    units_a: list[_Unit], units_b: list[_Unit], a: Sentence, b: Sentence, *, kind: str, alike: bool
) -> Iterator[Pair]:
    """Yield the units of the two sentences that have each other as the best match, and are not the same word."""
    scores = {(i, j): _evidence(x, y, alike=alike) for i, x in enumerate(units_a) for j, y in enumerate(units_b)}
    # A word that both sentences have is no other word for something in one of them.
    has_a, has_b = ({_base(token) for token in _tokens(sentence)} for sentence in (a, b))
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    for (i, j), score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if score < ENOUGH or i in taken_a or j in taken_b:
            continue
        taken_a.add(i)
        taken_b.add(j)
        x, y = units_a[i], units_b[j]
        if _same_word(x, y) or (kind == "noun" and (x.key in has_b or y.key in has_a)):
            continue
        shared = x.ties & y.ties
        word = _verb_wording if kind == "verb" else _noun_wording
        yield _contrast(kind, _about(x, shared, a), score, a, b, word(x, shared), word(y, shared))


def _evidence(x: _Unit, y: _Unit, *, alike: bool) -> float:
    score = sum(WORTH[tie] for tie, _ in x.ties & y.ties)
    if x.block is not None and x.block == y.block:
        score += ENOUGH if alike else WORTH["place"]
    # Two main verbs of one subject tell what it did.
    if alike and x.token.dep_ == y.token.dep_ == "ROOT" and "subject" in {tie for tie, _ in x.ties & y.ties}:
        score += WORTH["clause"]
    # The same word is the same thing, and keeps it from being paired with another.
    return score + 2 * (_same_word(x, y) and (score > 0 or x.token.pos_ == "VERB"))


def _same_word(x: _Unit, y: _Unit) -> bool:
    """Say whether two units are one word, spelt alike or nearly so ("fulfil", "fulfill")."""
    shared = set(x.key.split()) & set(y.key.split())
    return bool(shared) or SequenceMatcher(None, x.key, y.key, autojunk=False).ratio() > SPELT_ALIKE


def _about(unit: _Unit, shared: Iterable[tuple[str, str]], sentence: Sentence) -> str:
    """Return the actor, or else the words, that both wordings are tied to."""
    keys = sorted(key for _, key in shared)
    actors = [key for key in keys if key in sentence.names.values()]
    return actors[0] if actors else ", ".join(dict.fromkeys(key.split(" ", 1)[-1] for key in keys)) or unit.key


def _noun_wording(unit: _Unit, shared: set[tuple[str, str]]) -> list["Token"]:
    noun = unit.token
    kept = [
        child
        for child in noun.lefts
        if child.dep_ in ("amod", "compound", "nmod") and child.i >= noun.i - 4 and child.lower_ not in _words("empty")
    ]
    return sorted({part for child in kept for part in _between(child, noun)} | {noun}, key=lambda token: token.i)


def _between(child: "Token", noun: "Token") -> list["Token"]:
    return [token for token in noun.doc[child.left_edge.i : noun.i] if token.dep_ not in ("det", "poss", "case")]


def _verb_wording(unit: _Unit, shared: set[tuple[str, str]]) -> list["Token"]:
    """Return the verbs with what belongs to them alone: "refused to take action", "hid ... behind a message"."""
    first, last = unit.verbs[0], unit.verbs[-1]
    chosen = list(first.doc[first.i : last.i + 1])
    if first.dep_ == "xcomp" and first.head.pos_ == "VERB" and 0 < first.i - first.head.i <= 3:
        chosen = [*first.doc[first.head.i : first.i], *chosen]
    keys = {key for _, key in shared}
    for child in last.children:
        if child.dep_ in ("prt", "neg", "acomp") or (child.dep_ == "aux" and child.lower_ in _words("modal")):
            chosen.append(child)
        if child.dep_ == "dobj" and not _tied(child, keys) and len(phrase := _short(child)) <= 4:
            chosen += phrase
    for preposition in _prepositions(last):
        objects = [x for x in preposition.children if x.dep_ == "pobj" and x.ent_type_ not in ("DATE", "TIME")]
        if objects and not _tied(objects[0], keys) and len(phrase := _short(objects[0])) <= 4:
            chosen += [preposition, *phrase]
    return sorted(set(chosen), key=lambda token: token.i)


def _prepositions(verb: "Token") -> Iterator["Token"]:
    """Yield the prepositions that tell what was done: the verb's own, or one that it calls for ("hid ... behind ...").

    A parser often hangs the second kind on the noun before it.
    """
    called = _words(f"after {_base(verb)}")
    for token in verb.subtree:
        own = token.head == verb and token.lower_ in _words("telling preposition")
        if token.dep_ == "prep" and token.i > verb.i and (own or token.lower_ in called):
            yield token


def _short(noun: "Token") -> list["Token"]:
    return [token for token in noun.doc[noun.left_edge.i : noun.i + 1] if not token.is_space]


def _tied(noun: "Token", keys: set[str]) -> bool:
    return any(_base(token) in keys for token in (noun, _meant(noun))) or any(
        child.lower_ in keys for child in _meant(noun).children
    )


def _modifiers(a: Sentence, b: Sentence) -> Iterator[Pair]:
    """Yield nouns that both sentences have once and describe with other adjectives."""
    nouns = [[t for t in _tokens(s) if t.pos_ == "NOUN" and t.lemma_.lower() not in _words("quantity")] for s in (a, b)]
    for x in nouns[0]:
        same = [y for y in nouns[1] if _base(y) == _base(x)]
        if len(same) != 1 or sum(_base(other) == _base(x) for other in nouns[0]) != 1:
            continue
        y = same[0]
        colours = [{_base(child) for child in noun.children if _colours(child)} for noun in (x, y)]
        ties = set(_ties_of_noun(x, a.names)) & set(_ties_of_noun(y, b.names))
        if colours[0] != colours[1] and ties:
            evidence = ENOUGH + sum(WORTH[tie] for tie, _ in ties)
            words = [_noun_wording(_Unit(noun, ""), set()) for noun in (x, y)]
            yield _contrast("modifier", _base(x), evidence, a, b, *words)


def _colours(child: "Token") -> bool:
    return child.dep_ == "amod" and child.pos_ == "ADJ" and child.lower_ not in _words("empty")


def _namings(a: Sentence, b: Sentence) -> Iterator[Pair]:
    """Yield actors that the sentences name with no word in common: "the Facebook boss", "Zuckerberg"."""
    forms = [_forms(sentence) for sentence in (a, b)]
    for name in sorted(set(forms[0]) & set(forms[1])):
        x, y = forms[0][name], forms[1][name]
        words = [{token.lower_ for token in form if token.pos_ in ("NOUN", "PROPN", "ADJ")} for form in (x, y)]
        own = set(name.lower().split())
        if words[0] and words[1] and not words[0] & words[1] and not (words[0] <= own and words[1] <= own):
            yield _contrast("name", name, ENOUGH, a, b, x, y)


def _forms(sentence: Sentence) -> dict[str, list["Token"]]:
    """Return the first mention of each actor, as its tokens."""
    found: dict[str, list[Token]] = {}
    for token in _tokens(sentence):
        name = sentence.names.get(token.i)
        if name is None:
            continue
        if name not in found:
            found[name] = [token]
        elif found[name][-1].i == token.i - 1:
            found[name].append(token)
    return found


def _contrast(
    kind: str, about: str, evidence: float, a: Sentence, b: Sentence, x: list["Token"], y: list["Token"]
) -> Pair:
    return Pair(kind, about, round(evidence, 2), *_printed(x, a), *_printed(y, b))


def _printed(tokens: list["Token"], sentence: Sentence) -> tuple[str, int, int]:
    """Return the words as printed, with a mark where some are left out between them, and the stretch they span."""
    text = ""
    for i, token in enumerate(tokens):
        gap = tokens[i].i - tokens[i - 1].i if i else 0
        before = "" if not i else _PAUSE if gap > 1 else tokens[i - 1].whitespace_ and " "
        text += before + sentence.text[token.idx : token.idx + len(token)]
    return " ".join(text.split()), tokens[0].idx, tokens[-1].idx + len(tokens[-1])


@cache
def _words(kind: str) -> frozenset[str]:
    lines = LEXICON.read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(word for word, of in (line.split("\t") for line in lines) if of == kind)
