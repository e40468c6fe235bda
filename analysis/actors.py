"""Whom it is about: people, organizations, groups and places, each tied to one name across the articles of a story.

Names are found in the parse, then sorted and tied by rules over the whole story, since a small parser mislabels a
lone surname: what a full name, a title or a word list says in one place holds in all places.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis import parsing, segmentation, tables

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

LEXICONS = Path(__file__).parent / "lexicons"
KINDS = ("person", "organization", "group", "place")

_NAMED = {"PERSON": "person", "ORG": "organization", "GPE": "place", "LOC": "place", "FAC": "place"}
_NO_ACTOR = frozenset(
    {"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL", "EVENT", "WORK_OF_ART", "LANGUAGE"}
)
_LINKS = frozenset({"of", "and", "the", "on", "for", "&", "de", "in", "to"})
_PARTICLES = frozenset(
    {"de", "van", "von", "der", "den", "bin", "ibn", "al", "el", "la", "le", "du", "di", "da", "dos"}
)
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_INITIAL = re.compile(r"[a-z]\.?|(?:[a-z]\.)+")
# Titles that are surnames as well: after a given name they are one ("Gayle King").
_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,6}")
_OFFICES = frozenset({"head of state", "head of government", "governor", "mayor", "king", "queen", "pope"})
# Where a role is held: organizations and places, by name and kind.
Seats = frozenset[tuple[str, str]]
_DEFINITE = frozenset({"the", "this", "that"})


@dataclass
class _Name:
    """A name as printed, before it is known whose it is."""

    article: int
    first: "Token"
    last: "Token"
    start: int
    end: int
    text: str
    title: "Token | None" = None
    before: "_Name | None" = None
    labels: Counter = field(default_factory=Counter)
    actor: str | None = None
    kind: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name in lower case, without initials, suffixes and a leading article."""
        words = [word for word in _plain(self.text).split() if word not in _SUFFIXES]
        words = words[1:] if words[:1] == ["the"] and len(words) > 1 else words
        kept = [word for word in words if not _INITIAL.fullmatch(word)] if len(words) > 1 else words
        return tuple(kept or words)


def find(articles: pd.DataFrame, *, aliases: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Find every mention of a person, organization, group or place, and tie it to one actor of the story.

    Reads article_id, story, source, text, and title where it is there. Returns the table of mentions, by article and
    place; ``text`` is ``article_text[start:end]`` without title and possessive, ``name`` the actor, ``kind`` one of
    *person*, *organization*, *group*, *place*. Furniture ("Related: ...") has no mentions, and pronouns are none.

    Tied within a story: the full name, with or without title and middle initial; the bare surname, and the given name
    where only one actor has it; acronyms and short forms of organizations ("the Times"); roles ("the president", "the
    Facebook boss") that an article's own words tie to one person; plurals of people ("employees") by their noun.
    "Trump campaign" is an organization of its own. ``aliases``, from the name as printed to the actor's, outweigh all
    of this; an alias to an empty name is no actor.

    >>> from analysis import corpus
    >>> text = "Mayor Ann Hill closed the bridge in Oslo. Hill's critics, led by Joe Roe, sued the mayor."
    >>> mentions = find(corpus.from_records([{"source": "daily", "text": text}]))
    >>> mentions[["text", "name", "kind"]].values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['Ann Hill', 'Ann Hill', 'person'], ['Oslo', 'Oslo', 'place'], ['Hill', 'Ann Hill', 'person'],
     ['critics', 'critics', 'group'], ['Joe Roe', 'Joe Roe', 'person'], ['the mayor', 'Ann Hill', 'person']]
    """
    columns = ["article_id", "story", "source", "text"]
    tables.check(articles, "articles", call="actors.find", columns=columns)
    sentences = segmentation.split(articles)
    rows = []
    for _, story in articles.groupby("story", sort=False, dropna=False):
        rows += _story(story, sentences[sentences["article_id"].isin(story["article_id"])], aliases or {})
    mentions = tables.make("mentions", rows)
    order = mentions["article_id"].map({key: i for i, key in enumerate(articles["article_id"])})
    ordered = mentions.assign(order=order).sort_values(["order", "start"], kind="stable")
    return ordered.drop(columns="order").reset_index(drop=True)


def describe(articles: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Collect the words that an article attaches to each actor: roles, adjectives, what it is said to be.

    Reads article_id, text of the articles and the table of mentions. Returns the table of descriptions, by article and
    place; ``text`` is ``article_text[start:end]``, ``name`` the actor, ``kind``:

    * *title*: the role before the name ("President", "Facebook CEO", "engineer");
    * *apposition*: beside it ("a lonely Republican");
    * *modifier*: an adjective of the mention itself ("critical employees");
    * *predicate*: after "is" and its like ("a software engineer", "disappointed");
    * *belonging*: what the actor has or does, where an adjective colours it ("incendiary posts", "a rote statement").

    >>> from analysis import corpus
    >>> text = "Ann Hill, a popular mayor, spoke. Hill's rash decision failed."
    >>> articles = corpus.from_records([{"source": "daily", "text": text}])
    >>> describe(articles, find(articles))[["name", "kind", "text"]].values.tolist()
    [['Ann Hill', 'apposition', 'a popular mayor'], ['Ann Hill', 'belonging', 'rash decision']]
    """
    tables.check(articles, "articles", call="actors.describe", columns=["article_id", "text"])
    tables.check(mentions, "mentions", call="actors.describe")
    texts = dict(zip(articles["article_id"], articles["text"], strict=True))
    docs = dict(zip(articles["article_id"], parsing.parse(articles["text"]), strict=True))
    rows = []
    for mention in mentions.to_dict("records"):
        doc = docs[mention["article_id"]]
        span = doc.char_span(mention["start"], mention["end"], alignment_mode="expand")
        for kind, first, last in _descriptions(span) if span is not None else ():
            start, end = doc[first].idx, doc[last].idx + len(doc[last])
            text = texts[mention["article_id"]][start:end]
            rows.append({**mention, "start": start, "end": end, "text": text, "kind": kind})
    found = tables.make("descriptions", rows).drop_duplicates(["article_id", "start", "end", "name"])
    return found.reset_index(drop=True)


def summarize(mentions: pd.DataFrame, passages: pd.DataFrame, descriptions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Say how present each actor is in each source, and as what.

    Reads the table of mentions; article_id, story, source, sentence_id, start, end, and voice and part where they are
    there, of passages or sentences; and the table of descriptions. Returns a row an actor and source, the actors with
    most mentions in the story first:

    * ``n``: mentions; ``n_narration``, ``n_reported``, ``n_quotation``: by voice, 0 where the voices are not known;
    * ``n_sentences``: sentences with a mention, of ``n_all`` of the source (furniture aside); ``share``: their ratio;
    * ``first``: the first mention's place in its article, 0 (first sentence) to 1 (last), the smallest of the source;
    * ``forms``: the words used for the actor, the commonest first; ``described``: the descriptions, in order of place.

    Compare ``share`` between sources, not ``n``: a longer article has more of everything.
    """
    columns = ["article_id", "source", "sentence_id", "start", "end"]
    tables.check(mentions, "mentions", call="actors.summarize")
    tables.check(passages, "passages", call="actors.summarize", columns=columns, unique=False)
    counted = passages[passages["part"] != "furniture"] if "part" in passages else passages
    told = counted.drop_duplicates(["article_id", "sentence_id"])
    totals = told.groupby("source")["sentence_id"].size()
    last = told.groupby("article_id")["sentence_id"].max()
    lengths = mentions["article_id"].map(last).astype("float64")
    voiced = mentions.assign(voice=_voices(mentions, counted), place=mentions["sentence_id"] / lengths.clip(lower=1))
    texts = _descriptions_by(descriptions)
    rows = []
    for (story, source, name), group in voiced.groupby(["story", "source", "name"], sort=True):
        voices = group["voice"].value_counts()
        n_sentences = len(group.drop_duplicates(["article_id", "sentence_id"]))
        rows.append(
            {
                "story": story,
                "source": source,
                "name": name,
                "kind": group["kind"].mode().iloc[0],
                "n": len(group),
                **{f"n_{voice}": int(voices.get(voice, 0)) for voice in tables.VOICES},
                "n_sentences": n_sentences,
                "n_all": int(totals[source]),
                "share": n_sentences / totals[source],
                "first": group["place"].min(),
                "forms": "; ".join(_by_count(group["text"])),
                "described": texts.get((story, source, name)),
            }
        )
    return _most_first(tables.make("actors", rows))


def attitudes(toward: pd.DataFrame) -> pd.DataFrame:
    """Count in what tone each source speaks of each actor.

    Reads story, source, name, kind, polarity, label of the table of mentions with the tone toward them
    (:func:`analysis.sentiment.toward`). Returns a row an actor and source, the actors with most mentions of the story
    first: ``n`` mentions, of them ``n_negative``, ``n_neutral``, ``n_positive``; ``mean`` polarity, -1 to 1. The
    labels are a model's: compare shares where ``n`` is in the tens, and read the sentences where it is not.

    >>> row = {"story": "s", "source": "a", "name": "Ann Hill", "kind": "person"}
    >>> toward = pd.DataFrame([{**row, "polarity": -0.5, "label": -1}, {**row, "polarity": 0.1, "label": 0}])
    >>> attitudes(toward)[["name", "n", "n_negative", "n_neutral", "n_positive", "mean"]].values.tolist()
    [['Ann Hill', 2, 1, 1, 0, -0.2]]
    """
    columns = ["story", "source", "name", "kind", "polarity", "label"]
    tables.check(toward, "toward", call="actors.attitudes", columns=columns, unique=False)
    labelled = toward.assign(
        n_negative=toward["label"] == -1, n_neutral=toward["label"] == 0, n_positive=toward["label"] == 1
    )
    counted = labelled.groupby(["story", "source", "name"], sort=True).agg(
        kind=("kind", "first"),
        n=("label", "size"),
        n_negative=("n_negative", "sum"),
        n_neutral=("n_neutral", "sum"),
        n_positive=("n_positive", "sum"),
        mean=("polarity", "mean"),
    )
    return _most_first(tables.make("attitudes", counted.reset_index()))


def _most_first(counted: pd.DataFrame) -> pd.DataFrame:
    """Return the rows by story, the actors with most mentions in it first, then by source."""
    most = counted.groupby(["story", "name"])["n"].transform("sum")
    ordered = counted.assign(most=-most).sort_values(["story", "most", "name", "source"], kind="stable")
    return ordered.drop(columns="most").reset_index(drop=True)


def _voices(mentions: pd.DataFrame, passages: pd.DataFrame) -> pd.Series:
    """Return the voice of the passage that each mention begins in, missing where there is none."""
    if "voice" not in passages or mentions.empty:
        return pd.Series(None, index=mentions.index, dtype="str")
    left = mentions[["article_id", "start"]].reset_index().sort_values("start", kind="stable")
    right = passages[["article_id", "start", "voice"]].sort_values("start", kind="stable")
    joined = pd.merge_asof(left, right, on="start", by="article_id")
    return joined.set_index("index")["voice"].reindex(mentions.index)


def _by_count(texts: pd.Series) -> list[str]:
    counts = Counter(texts)
    return sorted(counts, key=lambda text: (-counts[text], text))


def _descriptions_by(descriptions: pd.DataFrame | None) -> dict[tuple[str, str, str], str]:
    if descriptions is None:
        return {}
    tables.check(descriptions, "descriptions", call="actors.summarize", unique=False)
    groups = descriptions.groupby(["story", "source", "name"], sort=True)["text"]
    return {key: "; ".join(dict.fromkeys(" ".join(text.split()) for text in texts)) for key, texts in groups}


def _descriptions(span: "Span") -> Iterator[tuple[str, int, int]]:
    """Yield kind, first and last token of what is attached to a mention."""
    root = span.root
    before = _led_from(span)
    if before < span.start:
        role = any(token.lower_ in _words("role") for token in root.doc[before : span.start])
        yield "title" if role else "modifier", before, span.start - 1
    for child in root.children:
        if child.dep_ == "appos" and child.i >= span.end and _is_description(child):
            yield "apposition", *_phrase(child)
        if child.dep_ == "relcl" and child.lemma_ == "be":
            yield from (("predicate", *_phrase(part)) for part in child.children if part.dep_ in ("attr", "acomp"))
    if root.dep_ == "appos" and root.head.pos_ == "NOUN" and root.head.i < span.start:
        yield "apposition", *_phrase(root.head)[:1], root.head.i
    if root.dep_ in ("nsubj", "nsubjpass"):
        yield from _of_subject(root)
    if root.dep_ == "poss":
        coloured = [child.i for child in root.head.lefts if child.pos_ == "ADJ" and child.dep_ == "amod"]
        if coloured:
            yield "belonging", min(coloured), root.head.i


def _led_from(span: "Span") -> int:
    """Return the first token of what stands before a mention and describes it: no determiner, no empty word."""
    doc = span.doc
    first = span.start
    while first > 0 and _leads(doc[first - 1], span):
        first -= 1
    while first < span.start and (doc[first].pos_ in ("ADV", "PUNCT") or doc[first].lower_ in _words("empty modifier")):
        first += 1
    return first


def _leads(token: "Token", span: "Span") -> bool:
    if token.is_punct:
        return token.text == "-" and token.i > 0 and not token.whitespace_ and not token.nbor(-1).whitespace_
    inside = any(span.start <= other.i < span.end for other in token.ancestors)
    return inside and token.is_alpha and token.dep_ in ("amod", "compound", "nmod", "advmod", "npadvmod")


def _is_description(noun: "Token") -> bool:
    """Say whether an apposition describes rather than names: "a lonely Republican"."""
    return noun.pos_ == "NOUN" or any(child.dep_ == "det" for child in noun.children)


def _phrase(noun: "Token") -> tuple[int, int]:
    """Return first and last token of a noun with what stands before it, and of an "of"-phrase after it."""
    first = min([noun.i, *(child.left_edge.i for child in noun.lefts if child.dep_ not in ("punct", "nsubj", "cc"))])
    after = [child.right_edge.i for child in noun.rights if child.dep_ == "prep" and child.lower_ == "of"]
    return first, max([noun.i, *after[:1]])


def _of_subject(root: "Token") -> Iterator[tuple[str, int, int]]:
    verb = root.head
    held_back = any(child.dep_ == "neg" or child.tag_ == "MD" for child in verb.children)
    if verb.lemma_ in ("be", "become", "remain", "seem", "appear", "look") and not held_back:
        for child in verb.children:
            if child.dep_ in ("attr", "acomp"):
                yield "predicate", *_phrase(child)
    # "had this to say in a rote statement", "wrote a great post": a coloured word for what the subject said.
    for word in verb.subtree:
        coloured = any(child.dep_ == "amod" and child.pos_ == "ADJ" for child in word.lefts)
        if word.lemma_.lower() in _words("speech noun") and coloured and _is_said_by(word, verb):
            yield "belonging", *_phrase(word)


def _is_said_by(noun: "Token", verb: "Token") -> bool:
    if any(child.dep_ == "poss" for child in noun.children):
        return False
    if noun.dep_ == "dobj":
        return noun.head == verb and verb.lemma_ in _words("speech verb")
    return noun.dep_ == "pobj" and noun.head.lower_ in ("in", "through", "via")


def _story(articles: pd.DataFrame, sentences: pd.DataFrame, aliases: Mapping[str, str]) -> list[dict]:
    docs = parsing.parse(articles["text"])
    texts = articles["text"].tolist()
    places = [_places(sentences[sentences["article_id"] == key]) for key in articles["article_id"]]
    names = [name for i, doc in enumerate(docs) for name in _names(doc, texts[i], i) if _place(places[i], name.start)]
    known = _tie(names)
    names += [
        name for i, doc in enumerate(docs) for name in _titled(doc, texts[i], i, known) if _place(places[i], name.start)
    ]
    groups = [name for i, doc in enumerate(docs) for name in _groups(doc, texts[i], i) if _place(places[i], name.start)]
    roles = _roles(docs, texts, names)
    found = [name for name in [*roles, *names, *groups] if name.actor and _place(places[name.article], name.start)]
    found = [*_aliased(texts, aliases, found), *found]
    rows = []
    taken: dict[int, set[int]] = defaultdict(set)
    for name in found:
        span = range(name.start, name.end)
        if not taken[name.article].isdisjoint(span):
            continue
        taken[name.article].update(span)
        place = _place(places[name.article], name.start)
        if name.actor and place:
            article = articles.iloc[name.article]
            rows.append(
                {
                    **article[["article_id", "story", "source"]].to_dict(),
                    "sentence_id": place[1],
                    "start": name.start,
                    "end": name.end,
                    "text": name.text,
                    "name": name.actor,
                    "kind": name.kind,
                }
            )
    return rows


def _places(sentences: pd.DataFrame) -> list[tuple[int, int, int]]:
    counted = sentences[sentences["part"] != "furniture"]
    return list(zip(counted["start"], counted["sentence_id"], counted["end"], strict=True))


def _place(places: list[tuple[int, int, int]], start: int) -> tuple[int, int, int] | None:
    """Return the counted sentence that holds ``start``, or nothing."""
    from bisect import bisect_right

    at = bisect_right(places, (start, float("inf"), float("inf"))) - 1
    return places[at] if at >= 0 and start < places[at][2] else None


def _names(doc: "Doc", text: str, article: int) -> Iterator[_Name]:
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
    return not _words("law word").isdisjoint(same)


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
    if lower in _words("organization") or lower in _words("place"):
        return True
    opens = _opens(token)
    after = token.doc[token.i + 1].text if token.i + 1 < len(token.doc) else ""
    # "Furious residents ...": a common word, written with a capital nowhere but where a sentence begins.
    alone = opens and not after[:1].isupper() and lower not in inner and lower not in _words("given")
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
        if all(token.lower_ in _LINKS for token in between) and same and _holds(tokens, i):
            return n
        if all(token.lower_ in _PARTICLES for token in between) and tokens[i - 1].lower_ in _words("given"):
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
    return linked or tokens[first].lower_ == "the" or tokens[last].lower_ in _words("organization word")


def _parts(run: list["Token"], text: str, article: int) -> Iterator[_Name]:
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
    if previous is not None and previous.pos_ == "NOUN" and previous.lower_ in _words("role") and previous.whitespace_:
        return previous
    return None


def _is_title(token: "Token", part: list["Token"], follower: "Token | None") -> bool:
    lower = token.lower_
    if lower not in _words("title"):
        return False
    if len(part) == 1 and part[0].lower_ in _words("given"):
        return False
    return follower is None or follower.lower_ not in _words("organization word")


def _make(part: list["Token"], text: str, article: int, title: "Token | None", before: _Name | None) -> _Name | None:
    while part and part[-1].lower_ in _LINKS:
        part = part[:-1]
    while part and part[0].lower_ in _LINKS:
        part = part[1:]
    if not part:
        return None
    last = part[-1]
    after = last.doc[last.i + 1] if last.i + 1 < len(last.doc) else None
    key = _plain(text[part[0].idx : last.idx + len(last)])
    own = after is not None and after.text in _words("person organization") and last.whitespace_
    if own and key not in _words("organization") and key not in _words("place") and not key.endswith("'s"):
        last = after
    start, end = part[0].idx, last.idx + len(last)
    printed = text[start:end]
    labels = Counter(_NAMED[token.ent_type_] for token in part if token.ent_type_ in _NAMED)
    return _Name(article, part[0], last, start, end, printed, title, before, labels)


def _titled(doc: "Doc", text: str, article: int, known: Mapping[tuple[str, ...], tuple[str, str]]) -> Iterator[_Name]:
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
                    name = _Name(article, window[0], window[-1], start, end, text[start:end])
                    name.actor, name.kind = found
                    yield name
                    i += n - 1
                    break
            i += 1


def _tie(names: list[_Name]) -> dict[tuple[str, ...], tuple[str, str]]:
    """Give each name its actor and kind; return them by the words of the names."""
    groups: dict[tuple[str, ...], list[_Name]] = defaultdict(list)
    for name in names:
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


def _kind(words: tuple[str, ...], group: list[_Name]) -> str | None:
    """Weigh what speaks for each kind of actor; the word lists outweigh the parser."""
    if len(words) > 1 and words[-1] in _words("law word"):
        return None
    score: Counter = Counter()
    joined = " ".join(words)
    for name in group:
        for label, n in name.labels.items():
            score[label] += n / sum(name.labels.values()) / len(group)
        if name.title is not None and name.title.lower_ not in ("father", "sister", "brother", "leader", "coach"):
            score["person"] += 3 / len(group)
    given = len(words) > 1 and words[0] in _words("given")
    score["person"] += 3 * given
    score["organization"] += 6 * (joined in _words("organization"))
    score["organization"] += 4 * (len(words) > 1 and words[-1] in (_words("organization word") | _owned()))
    score["organization"] += 1.5 * bool(_ACRONYM.fullmatch(group[0].text)) * (joined not in _words("place"))
    score["place"] += 6 * (joined in _words("place"))
    score["place"] += 2.5 * (len(words) > 1 and words[-1] in _words("place word"))
    best = max(KINDS, key=lambda kind: (score[kind], -KINDS.index(kind)))
    return best if score[best] > 0 else None


@cache
def _owned() -> frozenset[str]:
    return frozenset(_words("person organization"))


def _same_people(people: list[tuple[str, ...]], groups: Mapping[tuple[str, ...], list[_Name]]) -> dict:
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
    return a == b or b in _short_names().get(a, ()) or a in _short_names().get(b, ())


def _tie_lone_names(groups: Mapping, kinds: dict, heads: Mapping[tuple[str, ...], str]) -> None:
    """Give a surname or given name that stands alone the person who bears it, if only one can be meant."""
    for words, group in groups.items():
        if " ".join(words) in _words("organization") and not any(name.title for name in group):
            continue
        bearers = {full for full in heads if len(full) > len(words) and full[-len(words) :] == words}
        given = {full for full in heads if full[:1] == words}
        for name in group:
            actor = _bearer(name, bearers, groups, heads) or _bearer(name, given, groups, heads)
            place = " ".join(words) in _words("place") and not name.title and "person" not in name.labels
            if actor and not place:
                name.actor, name.kind = actor, "person"


def _bearer(name: _Name, bearers: Iterable[tuple[str, ...]], groups: Mapping, heads: Mapping) -> str | None:
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


def _tie_organizations(groups: Mapping[tuple[str, ...], list[_Name]], kinds: Mapping) -> None:
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
            and " ".join(words) not in _words("organization")
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
    return "".join(word[0] for word in words if word not in _LINKS)


def _letters(words: tuple[str, ...]) -> str:
    return "".join(words).replace(".", "") if len(words) == 1 else ""


def _printed(group: list[_Name]) -> str:
    """Return the commonest printed form, the longest of equals, without a leading article."""
    counts = Counter(re.sub(r"^[Tt]he\s+", "", " ".join(name.text.split())) for name in group)
    form = max(counts, key=lambda form: (counts[form], len(form), form))
    return _lexicon().get((form.lower(), "place")) or form


def _roles(docs: list["Doc"], texts: list[str], names: list[_Name]) -> list[_Name]:
    """Return the mentions of people by a role that the story ties to one of them: "the president"."""
    by_token = {(name.article, i): name for name in names for i in range(name.first.i, name.last.i + 1)}
    held: dict[str, set[tuple[str, Seats]]] = defaultdict(set)
    for name in names:
        if name.kind == "person" and name.actor:
            for token in _role_words(name):
                family = _lexicon().get((token.lower_, "role"))
                if family:
                    orgs = _organizations_near(token, name, by_token)
                    held[name.actor].add((family, orgs))
    found = []
    for article, doc in enumerate(docs):
        for token in doc:
            family = _lexicon().get((token.lower_, "role"))
            if family and (article, token.i) not in by_token and _is_definite_role(token):
                orgs = _organizations_near(token, None, by_token, article)
                holders = {
                    actor for actor, roles in held.items() if any(_same_role(family, orgs, role) for role in roles)
                }
                strangers = [child for child in token.lefts if child.dep_ in ("compound", "amod", "nmod")]
                if len(holders) == 1 and all((article, child.i) in by_token for child in strangers):
                    found.append(_role_mention(token, texts[article], article, holders.pop()))
    return found


def _role_words(name: _Name) -> Iterator["Token"]:
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


def _root(name: _Name) -> "Token":
    return name.first.doc[name.first.i : name.last.i + 1].root


def _organizations_near(token: "Token", name: _Name | None, by_token: Mapping, article: int | None = None) -> Seats:
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


def _role_mention(token: "Token", text: str, article: int, actor: str) -> _Name:
    determiner = next(child for child in token.lefts if child.lower_ in _DEFINITE)
    start, end = determiner.idx, token.idx + len(token)
    return _Name(article, determiner, token, start, end, text[start:end], actor=actor, kind="person")


def _groups(doc: "Doc", text: str, article: int) -> Iterator[_Name]:
    for token in doc:
        plural = token.tag_ in ("NNS", "NNPS") and token.lemma_.lower() in _words("group noun")
        party = token.tag_ in ("NNS", "NNPS") and token.ent_type_ == "NORP" and token.text[0].isupper()
        if not (plural or party):
            continue
        first = token
        while first.i > 0 and _belongs(first.nbor(-1), token):
            first = first.nbor(-1)
        start, end = first.idx, token.idx + len(token)
        printed = text[start:end]
        yield _Name(article, first, token, start, end, printed, actor=" ".join(printed.lower().split()), kind="group")


def _belongs(word: "Token", noun: "Token") -> bool:
    """Say whether a word is part of what a group is called: "civil rights leaders", but "Facebook employees"."""
    if word.lower_ in ("civil", "human"):
        return word.nbor(1).lower_ == "rights"
    return word.head in (noun, noun.nbor(-1)) and word.dep_ == "compound" and word.pos_ == "NOUN"


def _aliased(texts: list[str], aliases: Mapping[str, str], found: list[_Name]) -> Iterator[_Name]:
    """Yield the mentions that the story's own list of aliases names, the longest alias first."""
    kinds = {name.actor: name.kind for name in found}
    for alias in sorted(aliases, key=lambda alias: (-len(alias), alias)):
        for article, text in enumerate(texts):
            for match in re.finditer(rf"(?<!\w){re.escape(alias)}(?!\w)", text):
                name = _Name(article, None, None, *match.span(), match.group())
                name.actor = aliases[alias] or None
                name.kind = kinds.get(aliases[alias]) or _listed_kind(aliases[alias])
                yield name


def _listed_kind(name: str) -> str:
    words = tuple(_plain(name).split())
    return _kind(words, [_Name(0, None, None, 0, 0, name)]) or "person"


def _plain(text: str) -> str:
    return parsing.plain(" ".join(text.split())).lower()


@cache
def _lexicon() -> dict[tuple[str, str], str]:
    frame = pd.read_csv(LEXICONS / "actors.tsv", sep="\t", dtype="str", keep_default_na=False)
    return dict(zip(zip(frame["term"], frame["kind"], strict=True), frame["family"], strict=True))


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(term for term, of in _lexicon() if of == kind)


@cache
def _is_common(word: str) -> bool:
    import simplemma

    return simplemma.is_known(word, lang="en") and simplemma.lemmatize(word, lang="en").islower()


@cache
def _short_names() -> dict[str, tuple[str, ...]]:
    frame = pd.read_csv(LEXICONS / "short_names.tsv", sep="\t", dtype="str")
    return {short: tuple(group["full"]) for short, group in frame.groupby("short")}
