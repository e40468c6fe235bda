"""Whose name it is: the names of a story tied to people, organizations and places, and the roles that stand for people.

A small parser mislabels a lone surname, so what a full name, a title or a word list says in one place of a story holds
in all its places.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from analysis import names

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

KINDS = ("person", "organization", "group", "place")

_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,6}")
_OFFICES = frozenset({"head of state", "head of government", "governor", "mayor", "king", "queen", "pope"})
_DEFINITE = frozenset({"the", "this", "that"})
# Where a role is held: organizations and places, by name and kind.
Seats = frozenset[tuple[str, str]]


def tie(mentioned: list[names.Name]) -> dict[tuple[str, ...], tuple[str, str]]:
    """Give each name its actor and kind; return them by the words of the names."""
    groups: dict[tuple[str, ...], list[names.Name]] = defaultdict(list)
    for name in mentioned:
        groups[name.words].append(name)
    kinds = {words: _kind(words, group) for words, group in groups.items()}
    people = [words for words, kind in kinds.items() if kind == "person" and len(words) > 1]
    heads = _same_people(people, groups)
    for words, group in groups.items():
        for name in group:
            name.kind = kinds[words]
            name.actor = heads.get(words) or (_printed(group) if name.kind else None)
    _tie_lone_names(groups, kinds, heads)
    _tie_organizations(groups, kinds)
    surnames = Counter(full[-1] for full in {actor: full for full, actor in heads.items()}.values())
    known = {(full[-1],): (actor, "person") for full, actor in heads.items() if surnames[full[-1]] == 1}
    for words, group in groups.items():
        if len({name.actor for name in group}) == 1 and group[0].actor:
            known[words] = group[0].actor, group[0].kind
    return known


def _kind(words: tuple[str, ...], group: list[names.Name]) -> str | None:
    """Weigh what speaks for each kind of actor; the word lists outweigh the parser."""
    if len(words) > 1 and words[-1] in names.words("law word"):
        return None
    score: Counter = Counter()
    joined = " ".join(words)
    for name in group:
        for label, n in name.labels.items():
            score[label] += n / sum(name.labels.values()) / len(group)
        if name.title is not None and name.title.lower_ not in ("father", "sister", "brother", "leader", "coach"):
            score["person"] += 3 / len(group)
    given = len(words) > 1 and words[0] in names.words("given")
    score["person"] += 3 * given
    score["organization"] += 6 * (joined in names.words("organization"))
    score["organization"] += 4 * (len(words) > 1 and words[-1] in (names.words("organization word") | _owned()))
    score["organization"] += 1.5 * bool(_ACRONYM.fullmatch(group[0].text)) * (joined not in names.words("place"))
    score["place"] += 6 * (joined in names.words("place"))
    score["place"] += 2.5 * (len(words) > 1 and words[-1] in names.words("place word"))
    best = max(KINDS, key=lambda kind: (score[kind], -KINDS.index(kind)))
    return best if score[best] > 0 else None


@cache
def _owned() -> frozenset[str]:
    return frozenset(names.words("person organization"))


def _same_people(people: list[tuple[str, ...]], groups: Mapping[tuple[str, ...], list[names.Name]]) -> dict:
    """Return the actor of each full name: one for the forms of a given name before the same surname."""
    alike: list[list[tuple[str, ...]]] = []
    for words in sorted(people, key=lambda words: (-len(groups[words]), words)):
        same = [forms for forms in alike if forms[0][-1] == words[-1] and _same_given(forms[0][0], words[0])]
        if len(same) == 1:
            same[0].append(words)
        else:
            alike.append([words])
    return {words: _printed([n for form in forms for n in groups[form]]) for forms in alike for words in forms}


def _same_given(a: str, b: str) -> bool:
    return a == b or b in names.short_forms().get(a, ()) or a in names.short_forms().get(b, ())


def _tie_lone_names(groups: Mapping, kinds: dict, heads: Mapping[tuple[str, ...], str]) -> None:
    """Give a surname or given name that stands alone the person who bears it, if only one can be meant."""
    for words, group in groups.items():
        if " ".join(words) in names.words("organization") and not any(name.title for name in group):
            continue
        bearers = {full for full in heads if len(full) > len(words) and full[-len(words) :] == words}
        given = {full for full in heads if full[:1] == words}
        for name in group:
            actor = _bearer(name, bearers, groups, heads) or _bearer(name, given, groups, heads)
            place = " ".join(words) in names.words("place") and not name.title and "person" not in name.labels
            if actor and not place:
                name.actor, name.kind = actor, "person"


def _bearer(name: names.Name, bearers: Iterable[tuple[str, ...]], groups: Mapping, heads: Mapping) -> str | None:
    here = {heads[full] for full in bearers if any(other.article == name.article for other in groups[full])}
    if len(here) == 1:
        return here.pop()
    if here:
        nearest = max(
            (
                other
                for full in bearers
                for other in groups[full]
                if other.article == name.article and other.end <= name.start
            ),
            key=lambda other: other.end,
            default=None,
        )
        return heads[nearest.words] if nearest is not None else None
    anywhere = {heads[full] for full in bearers}
    return anywhere.pop() if len(anywhere) == 1 else None


def _tie_organizations(groups: Mapping[tuple[str, ...], list[names.Name]], kinds: Mapping) -> None:
    """Give short forms and acronyms of organizations the full name's actor."""
    organizations = [words for words, kind in kinds.items() if kind == "organization"]
    for words, group in groups.items():
        if kinds[words] not in ("organization", None) and not _ACRONYM.fullmatch(group[0].text):
            continue
        longer = {
            groups[full][0].actor
            for full in organizations
            if len(full) > len(words)
            and (full[-len(words) :] == words or full[: len(words)] == words)
            and " ".join(words) not in names.words("organization")
            and full[-1] not in _owned()
        }
        spelled = {
            groups[full][0].actor for full in organizations if len(full) > 1 and _initials(full) == _letters(words)
        }
        for tied in (spelled, longer):
            if len(tied) == 1:
                actor = next(iter(tied))
                for name in group:
                    name.actor, name.kind = actor, "organization"
                break


def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words if word not in names.LINKS)


def _letters(words: tuple[str, ...]) -> str:
    return "".join(words).replace(".", "") if len(words) == 1 else ""


def _printed(group: list[names.Name]) -> str:
    """Return the commonest printed form, the longest of equals, without a leading article."""
    counts = Counter(re.sub(r"^[Tt]he\s+", "", " ".join(name.text.split())) for name in group)
    form = max(counts, key=lambda form: (counts[form], len(form), form))
    return names.lexicon().get((form.lower(), "place")) or form


def roles(docs: list["Doc"], texts: list[str], mentioned: list[names.Name]) -> list[names.Name]:
    """Return the mentions of people by a role that the story ties to one of them: "the president"."""
    by_token = {(name.article, i): name for name in mentioned for i in range(name.first.i, name.last.i + 1)}
    held: dict[str, set[tuple[str, Seats]]] = defaultdict(set)
    for name in mentioned:
        if name.kind == "person" and name.actor:
            for token in _role_words(name):
                family = names.lexicon().get((token.lower_, "role"))
                if family:
                    orgs = _organizations_near(token, name, by_token)
                    held[name.actor].add((family, orgs))
    found = []
    for article, doc in enumerate(docs):
        for token in doc:
            family = names.lexicon().get((token.lower_, "role"))
            if family and (article, token.i) not in by_token and _is_definite_role(token):
                orgs = _organizations_near(token, None, by_token, article)
                holders = {
                    actor for actor, roles in held.items() if any(_same_role(family, orgs, role) for role in roles)
                }
                strangers = [child for child in token.lefts if child.dep_ in ("compound", "amod", "nmod")]
                if len(holders) == 1 and all((article, child.i) in by_token for child in strangers):
                    found.append(_role_mention(token, texts[article], article, holders.pop()))
    return found


def _role_words(name: names.Name) -> Iterator["Token"]:
    """Yield the nouns that say what a named person is: titles, nouns before the name, appositions, "who was ..."."""
    if name.title is not None:
        yield name.title
    head = _root(name)
    for child in head.children:
        if child.dep_ in ("appos", "compound", "nmod") and not name.first.i <= child.i <= name.last.i:
            yield child
            yield from (other for other in child.conjuncts if other.i > child.i)
        if child.dep_ == "relcl" and child.lemma_ in ("be", "serve"):
            for verb_child in child.children:
                if verb_child.dep_ == "attr":
                    yield verb_child
                yield from (
                    object_ for object_ in verb_child.children if verb_child.lower_ == "as" and object_.dep_ == "pobj"
                )
    if head.dep_ == "appos" and head.head.pos_ in ("NOUN", "PROPN"):
        yield head.head
    if head.dep_ in ("nsubj", "nsubjpass") and head.head.lemma_ == "be":
        yield from (child for child in head.head.children if child.dep_ == "attr")


def _root(name: names.Name) -> "Token":
    return name.first.doc[name.first.i : name.last.i + 1].root


def _organizations_near(
    token: "Token", name: names.Name | None, by_token: Mapping, article: int | None = None
) -> Seats:
    """Return where a role is said to be held: at what stands before it, or after "of"."""
    at = name.article if name is not None else article
    tied = [name.before] if name is not None and name.before is not None else []
    inside = [part for part in token.subtree if part.i != token.i and abs(part.i - token.i) < 8]
    tied += [by_token[at, part.i] for part in inside if (at, part.i) in by_token]
    return frozenset(
        (other.actor, other.kind) for other in tied if other.actor and other.kind in ("organization", "place")
    )


def _is_definite_role(token: "Token") -> bool:
    if token.pos_ not in ("NOUN", "PROPN") or token.tag_ in ("NNS", "NNPS"):
        return False
    if token.dep_ in ("appos", "compound", "attr", "nmod", "amod"):
        return False
    after = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    if (
        after is not None
        and after.lower_ in ("of", "and", "-elect")
        and after.head.i == token.i
        and after.lower_ == "of"
    ):
        return False
    owners = [child for child in token.children if child.dep_ == "poss"]
    former = any(child.lower_ in ("former", "ex", "next", "new", "future", "first", "vice") for child in token.lefts)
    return not owners and not former and any(child.lower_ in _DEFINITE for child in token.lefts)


def _same_role(family: str, seats: Seats, role: tuple[str, Seats]) -> bool:
    """Say whether a role as mentioned can be the one held: the same, at the same organization where either names one.

    Where neither does, only an office that a country or town has one of will do: "the candidate" can be anybody.
    """
    held_family, held = role
    if family != held_family:
        return False
    if seats & held:
        return True
    at_organization = any(kind == "organization" for _, kind in seats | held)
    return not at_organization and not (seats and held) and family in _OFFICES


def _role_mention(token: "Token", text: str, article: int, actor: str) -> names.Name:
    determiner = next(child for child in token.lefts if child.lower_ in _DEFINITE)
    start, end = determiner.idx, token.idx + len(token)
    return names.Name(article, determiner, token, start, end, text[start:end], actor=actor, kind="person")


def aliased(texts: list[str], aliases: Mapping[str, str], found: list[names.Name]) -> Iterator[names.Name]:
    """Yield the mentions that the story's own list of aliases names, the longest alias first."""
    kinds = {name.actor: name.kind for name in found}
    for alias in sorted(aliases, key=lambda alias: (-len(alias), alias)):
        for article, text in enumerate(texts):
            for match in re.finditer(rf"(?<!\w){re.escape(alias)}(?!\w)", text):
                name = names.Name(article, None, None, *match.span(), match.group())
                name.actor = aliases[alias] or None
                name.kind = kinds.get(aliases[alias]) or _listed_kind(aliases[alias])
                yield name


def _listed_kind(name: str) -> str:
    words = tuple(names.plain(name).split())
    return _kind(words, [names.Name(0, None, None, 0, 0, name)]) or "person"
