"""Names in a parse: which stretches of words name a person, an organization, a group or a place.

Whose name each is, :mod:`analysis.identity` says. The word lists are ``analysis/lexicons/actors.tsv`` and
``short_names.tsv``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis import parsing

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LEXICONS = Path(__file__).parent / "lexicons"

_NAMED = {"PERSON": "person", "ORG": "organization", "GPE": "place", "LOC": "place", "FAC": "place"}
_NO_ACTOR = frozenset(
    {"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL", "EVENT", "WORK_OF_ART", "LANGUAGE"}
)
# Words that may stand inside a name.
LINKS = frozenset({"of", "and", "the", "on", "for", "&", "de", "in", "to"})
_PARTICLES = frozenset(
    {"de", "van", "von", "der", "den", "bin", "ibn", "al", "el", "la", "le", "du", "di", "da", "dos"}
)
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_INITIAL = re.compile(r"[a-z]\.?|(?:[a-z]\.)+")


@dataclass
class Name:
    """A name as printed, before it is known whose it is."""

    article: int
    first: "Token"
    last: "Token"
    start: int
    end: int
    text: str
    title: "Token | None" = None
    before: "Name | None" = None
    labels: Counter = field(default_factory=Counter)
    actor: str | None = None
    kind: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name in lower case, without initials, suffixes and a leading article."""
        words = [word for word in plain(self.text).split() if word not in _SUFFIXES]
        words = words[1:] if words[:1] == ["the"] and len(words) > 1 else words
        kept = [word for word in words if not _INITIAL.fullmatch(word)] if len(words) > 1 else words
        return tuple(kept or words)


def find(doc: "Doc", text: str, article: int) -> Iterator[Name]:
    """Yield the names of a parsed article, by place; headlines in title case are left to :func:`in_headlines`."""
    inner = frozenset(token.lower_ for token in doc if token.text[0].isupper() and not _opens(token))
    for sentence in doc.sents:
        if not _in_title_case(sentence):
            for run in _runs(list(sentence), inner):
                yield from _parts(run, text, article)


def _in_title_case(tokens: Iterable["Token"]) -> bool:
    words = [token.text for token in tokens if token.is_alpha and len(token) > 3]
    ends = [token.text for token in tokens if token.is_punct][-1:]
    return len(words) > 4 and ends not in (["."], [";"]) and sum(w[0].isupper() for w in words) > 0.7 * len(words)


def _opens(token: "Token") -> bool:
    """Say whether a token's capital comes from its place: the first of a sentence or of a quotation."""
    return token.is_sent_start or token.doc[token.i - 1].text in ('"', "-", "—", "–", ":", "(", "#", "##")


def _is_law(token: "Token") -> bool:
    """Say whether what the parser takes for a law has a law's word: it takes other names for laws as well."""
    same = [other.lower_ for other in token.sent if other.ent_type_ == "LAW"]
    return not words("law word").isdisjoint(same)


def _is_name_word(token: "Token", inner: frozenset[str]) -> bool:
    if not token.text[0].isupper() or token.ent_type_ in _NO_ACTOR or (token.ent_type_ == "LAW" and _is_law(token)):
        return False
    lower = token.lower_
    # "Republican" is no name; a surname that the parser takes for a people is.
    if (
        lower == "i"
        or token.text == "Us"
        or (token.ent_type_ == "NORP" and (token.pos_ != "PROPN" or _is_common(lower)))
    ):
        return False
    if lower in words("organization") or lower in words("place"):
        return True
    opens = _opens(token)
    after = token.doc[token.i + 1].text if token.i + 1 < len(token.doc) else ""
    # "Furious residents ...": a common word, written with a capital nowhere but where a sentence begins.
    alone = opens and not after[:1].isupper() and lower not in inner and lower not in words("given")
    if alone and _is_common(lower):
        return False
    return token.pos_ == "PROPN" or token.ent_type_ in _NAMED or (not opens and token.pos_ == "NOUN")


def _runs(tokens: list["Token"], inner: frozenset[str]) -> Iterator[list["Token"]]:
    """Yield the stretches of tokens that a name may consist of."""
    run: list[Token] = []
    i = 0
    while i < len(tokens):
        if _is_name_word(tokens[i], inner):
            run.append(tokens[i])
            i += 1
            continue
        link = _link(tokens, i, inner) if run else 0
        if link:
            run += tokens[i : i + link]
            i += link
            continue
        if run:
            yield run
        run = []
        i += 1
    if run:
        yield run


def _link(tokens: list["Token"], i: int, inner: frozenset[str]) -> int:
    """Return how many tokens from ``i`` on hold a name together that goes on after them; mostly 0."""
    for n in (1, 2):
        after = tokens[i + n] if i + n < len(tokens) else None
        if after is None or not _is_name_word(after, inner):
            continue
        between = tokens[i : i + n]
        same = all(token.ent_type_ in ("ORG", "FAC") and token.ent_iob_ == "I" for token in [*between, after])
        if all(token.lower_ in LINKS for token in between) and same and _holds(tokens, i):
            return n
        if all(token.lower_ in _PARTICLES for token in between) and tokens[i - 1].lower_ in words("given"):
            return n
        joined = n == 1 and between[0].text in "-'&" and not between[0].whitespace_ and not tokens[i - 1].whitespace_
        if joined:
            return n
    return 0


def _holds(tokens: list["Token"], i: int) -> bool:
    """Say whether a linking word stands inside one name; an "and" may join two names that the parser took for one."""
    if tokens[i].lower_ != "and":
        return True
    first = last = i
    while first > 0 and tokens[first].ent_iob_ == "I":
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].ent_iob_ == "I":
        last += 1
    linked = any(token.lower_ in ("of", "on", "for") for token in tokens[first:i])
    return linked or tokens[first].lower_ == "the" or tokens[last].lower_ in words("organization word")


def _parts(run: list["Token"], text: str, article: int) -> Iterator[Name]:
    """Cut a run at titles ("Facebook CEO Mark Zuckerberg") and yield its names."""
    part: list[Token] = []
    title = before = None
    for i, token in enumerate(run):
        follower = run[i + 1] if i + 1 < len(run) else None
        if _is_title(token, part, follower):
            made = _make(part, text, article, title, None) if part else None
            if made:
                yield made
                before = made
            part, title = [], token
        else:
            part.append(token)
    if part:
        made = _make(part, text, article, title or _lower_title(run[0]), before)
        if made:
            yield made


def _lower_title(token: "Token") -> "Token | None":
    """Return the role that stands right before a name in lower case: "engineer Lauren Tan"."""
    previous = token.doc[token.i - 1] if token.i else None
    if previous is not None and previous.pos_ == "NOUN" and previous.lower_ in words("role") and previous.whitespace_:
        return previous
    return None


def _is_title(token: "Token", part: list["Token"], follower: "Token | None") -> bool:
    lower = token.lower_
    if lower not in words("title"):
        return False
    if len(part) == 1 and part[0].lower_ in words("given"):
        return False
    return follower is None or follower.lower_ not in words("organization word")


def _make(part: list["Token"], text: str, article: int, title: "Token | None", before: Name | None) -> Name | None:
    while part and part[-1].lower_ in LINKS:
        part = part[:-1]
    while part and part[0].lower_ in LINKS:
        part = part[1:]
    if not part:
        return None
    last = part[-1]
    after = last.doc[last.i + 1] if last.i + 1 < len(last.doc) else None
    key = plain(text[part[0].idx : last.idx + len(last)])
    own = after is not None and after.text in words("person organization") and last.whitespace_
    if own and key not in words("organization") and key not in words("place") and not key.endswith("'s"):
        last = after
    start, end = part[0].idx, last.idx + len(last)
    printed = text[start:end]
    labels = Counter(_NAMED[token.ent_type_] for token in part if token.ent_type_ in _NAMED)
    return Name(article, part[0], last, start, end, printed, title, before, labels)


def in_headlines(
    doc: "Doc", text: str, article: int, known: Mapping[tuple[str, ...], tuple[str, str]]
) -> Iterator[Name]:
    """Yield the names in headlines in title case, where only what the bodies name can be told from other words."""
    longest = max(map(len, known), default=0)
    for sentence in doc.sents:
        if not _in_title_case(sentence):
            continue
        tokens = [token for token in sentence if not token.is_space]
        i = 0
        while i < len(tokens):
            for n in range(min(longest, len(tokens) - i), 0, -1):
                window = tokens[i : i + n]
                found = known.get(tuple(token.lower_ for token in window))
                if found and window[0].text[0].isupper():
                    start, end = window[0].idx, window[-1].idx + len(window[-1])
                    name = Name(article, window[0], window[-1], start, end, text[start:end])
                    name.actor, name.kind = found
                    yield name
                    i += n - 1
                    break
            i += 1


def groups(doc: "Doc", text: str, article: int) -> Iterator[Name]:
    """Yield the plurals of people: "employees", "civil rights leaders", "Republicans"."""
    for token in doc:
        plural = token.tag_ in ("NNS", "NNPS") and token.lemma_.lower() in words("group noun")
        party = token.tag_ in ("NNS", "NNPS") and token.ent_type_ == "NORP" and token.text[0].isupper()
        if not (plural or party):
            continue
        first = token
        while first.i > 0 and _belongs(first.nbor(-1), token):
            first = first.nbor(-1)
        start, end = first.idx, token.idx + len(token)
        printed = text[start:end]
        yield Name(article, first, token, start, end, printed, actor=" ".join(printed.lower().split()), kind="group")


def _belongs(word: "Token", noun: "Token") -> bool:
    """Say whether a word is part of what a group is called: "civil rights leaders", but "Facebook employees"."""
    if word.lower_ in ("civil", "human"):
        return word.nbor(1).lower_ == "rights"
    return word.head in (noun, noun.nbor(-1)) and word.dep_ == "compound" and word.pos_ == "NOUN"


def plain(text: str) -> str:
    """Return a name in lower case, with plain marks and single spaces."""
    return parsing.plain(" ".join(text.split())).lower()


@cache
def lexicon() -> dict[tuple[str, str], str]:
    """Return the family of each word and kind of ``actors.tsv``, empty where it has none."""
    frame = pd.read_csv(LEXICONS / "actors.tsv", sep="\t", dtype="str", keep_default_na=False)
    return dict(zip(zip(frame["term"], frame["kind"], strict=True), frame["family"], strict=True))


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of one kind of ``actors.tsv``."""
    return frozenset(term for term, of in lexicon() if of == kind)


@cache
def _is_common(word: str) -> bool:
    import simplemma

    return simplemma.is_known(word, lang="en") and simplemma.lemmatize(word, lang="en").islower()


@cache
def short_forms() -> dict[str, tuple[str, ...]]:
    """Return the full given names of each short form."""
    frame = pd.read_csv(LEXICONS / "short_names.tsv", sep="\t", dtype="str")
    return {short: tuple(group["full"]) for short, group in frame.groupby("short")}
