"""Whom it is about: people, organizations, groups and places, each tied to one name across the articles of a story."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis import identity, names, parsing, segmentation, tables

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

# Start, number and end of a sentence.
Place = tuple[int, int, int]


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
    voices = _voices(mentions, counted)
    rows = mentions.assign(
        **{f"n_{voice}": voices == voice for voice in tables.VOICES},
        place=mentions["sentence_id"] / lengths.clip(lower=1),
        repeated=mentions.duplicated(["article_id", "sentence_id", "name"]),
    )
    keys = ["story", "source", "name"]
    found = rows.groupby(keys, sort=True).agg(
        kind=("kind", "first"),
        n=("start", "size"),
        **{f"n_{voice}": (f"n_{voice}", "sum") for voice in tables.VOICES},
        n_repeated=("repeated", "sum"),
        first=("place", "min"),
    )
    found = found.reset_index()
    words, described = _by_count(mentions, keys), _in_order(descriptions, keys)
    found = found.assign(
        n_sentences=found["n"] - found["n_repeated"],
        n_all=found["source"].map(totals).astype("int64"),
        forms=[words[key] for key in zip(*(found[key] for key in keys), strict=True)],
        described=[described.get(key) for key in zip(*(found[key] for key in keys), strict=True)],
    )
    return _most_first(tables.make("actors", found.assign(share=found["n_sentences"] / found["n_all"])))


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


def _by_count(mentions: pd.DataFrame, keys: list[str]) -> dict[tuple, str]:
    """Return the forms of each actor in each source, the commonest first."""
    counts = mentions.groupby([*keys, "text"]).size().rename("n").reset_index()
    counts = counts.sort_values([*keys, "n", "text"], ascending=[True] * len(keys) + [False, True])
    return counts.groupby(keys)["text"].agg("; ".join).to_dict()


def _in_order(descriptions: pd.DataFrame | None, keys: list[str]) -> dict[tuple, str]:
    if descriptions is None:
        return {}
    tables.check(descriptions, "descriptions", call="actors.summarize", unique=False)
    groups = descriptions.groupby(keys, sort=True)["text"]
    return {key: "; ".join(dict.fromkeys(" ".join(text.split()) for text in texts)) for key, texts in groups}


def _descriptions(span: "Span") -> Iterator[tuple[str, int, int]]:
    """Yield kind, first and last token of what is attached to a mention."""
    root = span.root
    before = _led_from(span)
    if before < span.start:
        role = any(token.lower_ in names.words("role") for token in root.doc[before : span.start])
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
    while first < span.start and (
        doc[first].pos_ in ("ADV", "PUNCT") or doc[first].lower_ in names.words("empty modifier")
    ):
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
        if word.lemma_.lower() in names.words("speech noun") and coloured and _is_said_by(word, verb):
            yield "belonging", *_phrase(word)


def _is_said_by(noun: "Token", verb: "Token") -> bool:
    if any(child.dep_ == "poss" for child in noun.children):
        return False
    if noun.dep_ == "dobj":
        return noun.head == verb and verb.lemma_ in names.words("speech verb")
    return noun.dep_ == "pobj" and noun.head.lower_ in ("in", "through", "via")


def _story(articles: pd.DataFrame, sentences: pd.DataFrame, aliases: Mapping[str, str]) -> list[dict]:
    docs, texts = parsing.parse(articles["text"]), articles["text"].tolist()
    places = [_places(sentences[sentences["article_id"] == key]) for key in articles["article_id"]]
    read = [(i, doc, text) for i, (doc, text) in enumerate(zip(docs, texts, strict=True))]
    mentioned = _counted((name for i, doc, text in read for name in names.find(doc, text, i)), places)
    known = identity.tie(mentioned)
    mentioned += _counted((name for i, doc, text in read for name in names.in_headlines(doc, text, i, known)), places)
    grouped = (name for i, doc, text in read for name in names.groups(doc, text, i))
    tied = _counted([*identity.roles(docs, texts, mentioned), *mentioned, *grouped], places)
    # What stands first wins a place: aliases, then "the Facebook boss" over the "Facebook" in it.
    ranked = [*identity.aliased(texts, aliases, tied), *(name for name in tied if name.actor)]
    keys = articles[["article_id", "story", "source"]].to_dict("records")
    rows = []
    taken: dict[int, set[int]] = defaultdict(set)
    for name in ranked:
        span = range(name.start, name.end)
        place = _place(places[name.article], name.start)
        if not taken[name.article].isdisjoint(span) or not place:
            continue
        taken[name.article].update(span)
        # An alias to an empty name takes its place and is nobody.
        if name.actor:
            about = {"start": name.start, "end": name.end, "text": name.text, "name": name.actor, "kind": name.kind}
            rows.append({**keys[name.article], "sentence_id": place[1], **about})
    return rows


def _counted(found: Iterable[names.Name], places: list[list[Place]]) -> list[names.Name]:
    """Return the names that do not stand in furniture."""
    return [name for name in found if _place(places[name.article], name.start)]


def _places(sentences: pd.DataFrame) -> list[Place]:
    counted = sentences[sentences["part"] != "furniture"]
    return list(zip(counted["start"], counted["sentence_id"], counted["end"], strict=True))


def _place(places: list[Place], start: int) -> Place | None:
    """Return the counted sentence that holds ``start``, or nothing."""
    at = bisect_right(places, (start, float("inf"), float("inf"))) - 1
    return places[at] if at >= 0 and start < places[at][2] else None
