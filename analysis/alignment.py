"""Which sentences of different articles tell the same thing, what groups they form, and what stands in one only.

Everything here rests on the two articles compared and nothing else: no model, no background corpus. So a pair of
articles comes out the same whatever other articles lie in the story.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analysis import parsing, quantity, segmentation, tables

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from spacy.tokens import Doc
    from Stemmer import Stemmer

FUNCTION_WORDS = Path(__file__).with_name("lexicons") / "function_words.tsv"

# Two sentences that are each other's best match are linked at THRESHOLD, or at DOUBTFUL times it if they stand out: if
# the next best on either side is lower by the factor STANDS_OUT. How links fare on labelled sets: docs/methods.md.
THRESHOLD = 0.25
DOUBTFUL = 0.8
STANDS_OUT = 1.3
# What is left over is matched again: at LEFT_OVER times the threshold, or, where one article retells the other (RETOLD
# of the shorter one is linked), at BESIDE times it if the sentences next to both are linked.
LEFT_OVER = 1.4
RETOLD = 0.7
BESIDE = 0.3
# A further sentence joins its best match from SPLIT times the threshold up, if it makes that match better by GAIN.
SPLIT = 1.2
GAIN = 1.1
# Articles come back to a word that stands in two or three sentences of each and in one of twelve at most, and twice in
# one of them so near that it is what a passage is about.
COMES_BACK = 2, 3
SELDOM = 1 / 12
PASSAGE = 2
# Two groups of sentences are one event when this share of their pairs across articles is linked, and the similarity
# of these pairs is TOGETHER on average, 0 where they are not linked.
COHESION = 0.5
TOGETHER = 0.15
# Runs of this many tokens in common count as reused; gaps up to MEND tokens between two such runs are closed.
RUN = 5
MEND = 2
LABEL_WORDS = 6
# Verbs that name nothing without their object, by stem: no label begins or ends with one.
_LIGHT = frozenset(
    ["come", "do", "get", "give", "go", "have", "keep", "let", "make", "put", "say", "see", "take", "tell"]
)
# A label is one phrase: it runs over none of these.
_BREAK = re.compile(r"[,;:.!?\"“”«»()\[\]—–]|\s-\s")
# Details are compared where a link is this clear; below, one that differs speaks against the link.
CLEAR = 0.35

_READ = ["story", "article_id", "source", "sentence_id", "text"]


def similarity(a: Sequence[str], b: Sequence[str]) -> np.ndarray:
    """Return how much each text of ``a`` tells the same as each of ``b``: an array ``len(a)`` x ``len(b)``, 0 to 1.

    The sum of two things. How alike the texts are, up to .6: the mean of three TF-IDF cosines (stems; character
    3-5-grams inside words; stems of lower-case words that are no function words, which leaves names out), and up to
    .06 more for the cosine of their numbers. How unlikely it is that they share their words by chance, up to .4: the
    summed rarity of the content words in common, ``ln((1 + texts) / (1 + texts with the word))``, against 12. Cut at 1;
    identical texts have 1. Weights come from the texts of ``a`` and ``b`` alone, so values are comparable within a pair
    of articles, less so between pairs. Symmetric: ``similarity(b, a)`` is the transpose.

    >>> similarity(["The old bridge closed."], ["Old bridges close.", "It rained."]).round(1).tolist()
    [[0.4, 0.0]]
    """
    if not len(a) or not len(b):
        return np.zeros((len(a), len(b)))
    return _Space(a, b).scores()


def align(sentences: pd.DataFrame, *, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Link the sentences of every two articles of a story that tell the same.

    Reads story, article_id, source, sentence_id, text, and part where it is there (furniture is left out). Returns the
    table of alignments: article_id_a comes before article_id_b in the alphabet; ``similarity`` is that of
    :func:`similarity` for the two articles. A sentence without a row has no counterpart: nothing is matched by force.

    Two sentences are linked when each is the other's best match, at ``threshold`` or above; a fifth below it too, if
    the match stands out from the next best on both sides. What is left over is matched again in the same way, at 1.4
    times the threshold; where one article retells the other (.7 of the shorter one is linked), at .3 times where the
    sentences next to both are linked. At last a sentence still free joins its best match if the two together match that
    better than one alone: a sentence that splits in two; a headline still free joins its best match. Raises
    ``ValueError`` where the threshold is not between 0 and 1.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([
    ...     {"source": "daily", "text": "The old bridge closed on Monday. Anglers were sad."},
    ...     {"source": "herald", "text": "It has rained for days. On Monday the bridge closed."},
    ... ])
    >>> align(segmentation.split(articles))[["source_a", "sentence_id_a", "source_b", "sentence_id_b"]].values.tolist()
    [['daily', 0, 'herald', 1]]
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"alignment.align: threshold is {threshold}; it is to be between 0 and 1.")
    frames = []
    for left, right in _pairs(_readable(sentences, "alignment.align")):
        scores, links = _links(left.texts, right.texts, threshold)
        links = sorted({*links, *_headlines(left, right, scores, links, threshold)})
        frames += [
            (
                left.story,
                left.article_id,
                left.source,
                left.ids[i],
                right.article_id,
                right.source,
                right.ids[j],
                scores[i, j],
            )
            for i, j in links
        ]
    return tables.make("alignments", pd.DataFrame(frames, columns=list(tables.TABLES["alignments"].columns)))


def events(sentences: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Group linked sentences into events: one thing within the story that two or more articles tell.

    Reads of the sentences what :func:`align` reads. Returns the table of events, one row a sentence; ``event_id``
    counts from 0 in each story in the order in which the events stand in the articles on average; ``label`` is a
    phrase of up to seven words of the event's own text.

    Groups grow along the links, the strongest first; two groups become one only where at least half of the pairs of
    sentences across articles that it would hold are linked, and these are similar enough on average (average linkage),
    so that a chain of links alone never makes an event. A linked sentence that fits no group is in no event. Articles
    can also tell one thing in sentences that are nothing like one another: where two of them or more come back to a
    rare word (in two or three sentences each, two of these next to each other or one apart; in no more in any article,
    and in no more than a twelfth of those that have it), its sentences are an event too if none is in another. These
    have no link, so each still counts as without counterpart.

    >>> from analysis import corpus, segmentation
    >>> sentences = segmentation.split(corpus.from_records([
    ...     {"source": "daily", "text": "The old bridge closed on Monday. Anglers were sad."},
    ...     {"source": "herald", "text": "It has rained for days. On Monday the bridge closed."},
    ... ]))
    >>> events(sentences, align(sentences))[["event_id", "label", "source", "sentence_id"]].values.tolist()
    [[0, 'bridge closed on Monday', 'daily', 0], [0, 'bridge closed on Monday', 'herald', 1]]
    """
    articles = _readable(sentences, "alignment.events")
    tables.check(alignments, "alignments", call="alignment.events")
    texts = _texts(articles)
    places = _places(articles)
    sources = {article.article_id: article.source for article in articles}
    rows = []
    by_story = _by_story(alignments)
    for story in sorted({article.story for article in articles}):
        links = by_story.get(story, {})
        weights = {pair: value for pair, value in links.items() if pair[0] in texts and pair[1] in texts}
        told = [article for article in articles if article.story == story]
        rarity = _rarity(told)
        linked = _grouped(weights)
        groups = sorted(
            (sorted(group) for group in (*linked, *_returning(told, set().union(*linked)))),
            key=lambda group: (np.mean([places[node] for node in group]), group),
        )
        for event_id, group in enumerate(groups):
            label = _label(group, texts, weights, rarity)
            rows += [(story, event_id, label, node[0], sources[node[0]], node[1]) for node in group]
    return tables.make("events", pd.DataFrame(rows, columns=list(tables.TABLES["events"].columns)))


def coverage(sentences: pd.DataFrame, events: pd.DataFrame, *, scored: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return how much each source says of each event, a source that does not tell it included.

    Reads of ``events`` its columns, of ``sentences`` what :func:`align` reads, of ``scored`` (a table of scored
    passages or sentences) article_id, sentence_id, polarity. Returns, per event and source: ``sentences`` and
    ``words`` it gives to the event, ``share`` of its words (0..1), ``position`` of the first such sentence (0 at the
    start of the article, 1 at its end; missing where the event is not told), and ``tone``, the mean polarity (-1..1)
    of what is scored there; missing without ``scored``, or where nothing is.

    >>> from analysis import corpus, segmentation
    >>> sentences = segmentation.split(corpus.from_records([
    ...     {"source": "daily", "text": "The old bridge closed on Monday. Anglers were sad."},
    ...     {"source": "herald", "text": "It has rained for days. On Monday the bridge closed."},
    ... ]))
    >>> table = coverage(sentences, globals()["events"](sentences, align(sentences)))
    >>> table[["source", "sentences", "words", "position"]].values.tolist()
    [['daily', 1, 6, 0.0], ['herald', 1, 5, 1.0]]
    """
    articles = _readable(sentences, "alignment.coverage")
    tables.check(events, "events", call="alignment.coverage")
    lengths, totals = {}, defaultdict(int)
    for article in articles:
        for sentence_id, text in zip(article.ids, article.texts, strict=True):
            lengths[article.article_id, sentence_id] = len(segmentation.spans(text))
            totals[article.story, article.source] += lengths[article.article_id, sentence_id]
    places = _places(articles)
    tones = _tones(scored)
    rows = []
    for (story, event_id, label), group in events.groupby(["story", "event_id", "label"], sort=True):
        told = group.groupby("source")
        for source in sorted({article.source for article in articles if article.story == story}):
            nodes = []
            if source in told.groups:
                told_here = told.get_group(source)
                nodes = list(zip(told_here["article_id"], told_here["sentence_id"], strict=True))
            words = sum(lengths[node] for node in nodes)
            heard = [value for node in nodes for value in tones.get(node, [])]
            rows.append(
                {
                    "story": story,
                    "event_id": event_id,
                    "label": label,
                    "source": source,
                    "sentences": len(nodes),
                    "words": words,
                    "share": words / max(1, totals[story, source]),
                    "position": min((places[node] for node in nodes), default=np.nan),
                    "tone": float(np.mean(heard)) if heard else np.nan,
                }
            )
    return tables.make("coverage", rows)


def omissions(sentences: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Return the sentences of each article for which no counterpart was found in another article of the story.

    Reads of the sentences what :func:`align` reads. Returns one row per sentence and other article:
    ``nearest_sentence_id`` is that article's most similar sentence, missing where all are at 0, and ``similarity``
    (0..1) is its value. Low values say that nothing there is like it; a value near those of linked pairs says that the
    case is open. That a sentence has no counterpart says nothing about why.

    >>> from analysis import corpus, segmentation
    >>> sentences = segmentation.split(corpus.from_records([
    ...     {"source": "daily", "text": "The old bridge closed on Monday. Anglers were sad."},
    ...     {"source": "herald", "text": "It has rained for days. On Monday the bridge closed."},
    ... ]))
    >>> omissions(sentences, align(sentences))[["source", "sentence_id", "other_article_id"]].values.tolist()
    [['daily', 1, 'story/herald'], ['herald', 0, 'story/daily']]
    """
    articles = _readable(sentences, "alignment.omissions")
    tables.check(alignments, "alignments", call="alignment.omissions")
    linked = set()
    for one, other in (("a", "b"), ("b", "a")):
        columns = [f"article_id_{one}", f"sentence_id_{one}", f"article_id_{other}"]
        linked |= set(alignments[columns].itertuples(index=False, name=None))
    rows = []
    for left, right in _pairs(articles):
        scores = similarity(left.texts, right.texts)
        for here, there, near in ((left, right, scores), (right, left, scores.T)):
            for i, sentence_id in enumerate(here.ids):
                if (here.article_id, sentence_id, there.article_id) in linked:
                    continue
                best = int(near[i].argmax()) if there.ids else 0
                found = bool(there.ids) and near[i, best] > 0
                rows.append(
                    {
                        "story": here.story,
                        "article_id": here.article_id,
                        "source": here.source,
                        "sentence_id": sentence_id,
                        "other_article_id": there.article_id,
                        "nearest_sentence_id": there.ids[best] if found else None,
                        "similarity": near[i, best] if found else 0.0,
                    }
                )
    return _ordered(tables.make("omissions", rows), ["article_id", "sentence_id", "other_article_id"])


def reuse(sentences: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each article's text stands verbatim or nearly in another article of the story.

    Reads of the sentences what :func:`align` reads. Returns one row per article and other article: ``words`` of the
    article, ``reused`` words among them, ``share`` (0..1). A word is reused when it belongs to a run of five or more
    words that stands in the other article in the same order; one or two words between two such runs are taken to
    have been edited, and count. Common quotations count too. Not symmetric: a short article can be wholly part of a
    long one.

    >>> from analysis import corpus, segmentation
    >>> sentences = segmentation.split(corpus.from_records([
    ...     {"source": "daily", "text": "The old bridge in the valley closed on Monday."},
    ...     {"source": "herald", "text": "It rained. The old bridge in the valley closed on Sunday."},
    ... ]))
    >>> reuse(sentences)[["source", "words", "reused"]].values.tolist()
    [['daily', 9, 8], ['herald', 11, 8]]
    """
    rows = []
    lines = {}
    for left, right in _pairs(_readable(sentences, "alignment.reuse")):
        for article in (left, right):
            if article.article_id not in lines:
                lines[article.article_id] = [term for text in article.texts for _, _, term in segmentation.spans(text)]
        for here, there in ((left, right), (right, left)):
            terms = lines[here.article_id]
            reused = _reused(terms, lines[there.article_id])
            rows.append(
                {
                    "story": here.story,
                    "article_id": here.article_id,
                    "source": here.source,
                    "other_article_id": there.article_id,
                    "other_source": there.source,
                    "words": len(terms),
                    "reused": reused,
                    "share": reused / max(1, len(terms)),
                }
            )
    return _ordered(tables.make("reuse", rows), ["article_id", "other_article_id"])


def conflicts(sentences: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Return the details in which linked sentences differ.

    Reads of the sentences what :func:`align` reads, and start where it is there. Returns one row a detail: ``kind``
    (number, percent, money, time, date, place, name; or wording), ``text_a`` and ``text_b`` as printed, ``about``: the
    word for what is counted, missing where nothing is; and where they stand in the article (``start_a`` to ``end_a``,
    ``start_b`` to ``end_b``; missing if the sentences have no start).

    Amounts are compared as values, in digits or words, with ranges, "about" and "more than" taken for ranges
    (:mod:`analysis.quantity`). A detail that finds its match in the other sentence is no conflict, nor is one that only
    one sentence has. Two are set against each other in links of .35 and more, where it is plain that they speak of the
    same: numbers count the same thing and, as dates and sums of money, have a further content word in common within
    five words; places and persons, those that spaCy finds, stand in the same place of the sentence's grammar. Two
    amounts of which one is vague ("dozens of", "a significant number of") and which can both be right are *wording*,
    in any link. That two details differ does not say which is right, or that either is wrong.

    >>> from analysis import corpus, segmentation
    >>> sentences = segmentation.split(corpus.from_records([
    ...     {"source": "daily", "text": "Some forty people stood on the old bridge on Monday."},
    ...     {"source": "herald", "text": "On the old bridge stood more than 60 people."},
    ... ]))
    >>> conflicts(sentences, align(sentences))[["kind", "about", "text_a", "text_b"]].values.tolist()
    [['number', 'people', 'Some forty', 'more than 60']]
    """
    articles = _readable(sentences, "alignment.conflicts")
    tables.check(alignments, "alignments", call="alignment.conflicts")
    texts = _texts(articles)
    starts = {}
    if "start" in sentences:
        keys = zip(sentences["article_id"], sentences["sentence_id"], strict=True)
        starts = dict(zip(keys, sentences["start"], strict=True))
    named = _names(texts, alignments)
    rows = []
    for link in _ordered(alignments, list(tables.TABLES["alignments"].key)).to_dict("records"):
        a, b = ((link[f"article_id_{side}"], link[f"sentence_id_{side}"]) for side in "ab")
        if a not in texts or b not in texts:
            continue
        clear = link["similarity"] >= CLEAR
        found = _amounts(texts[a], texts[b], clear=clear)
        if clear:
            found += _different_names(named[texts[a]], named[texts[b]])
        for kind, about, span_a, span_b in found:
            row = {**link, "kind": kind, "about": about}
            for side, node, (start, end) in (("a", a, span_a), ("b", b, span_b)):
                row[f"text_{side}"] = texts[node][start:end]
                if node in starts:
                    row |= {f"start_{side}": starts[node] + start, f"end_{side}": starts[node] + end}
            rows.append(row)
    return tables.make("conflicts", rows)


def alone(sentences: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Return the passages for which no counterpart was found in any other article of the story.

    Reads of the sentences what :func:`align` reads, and paragraph_id and part where they are there; headlines are left
    out. Returns one row a run of sentences of one paragraph: its first and last sentence_id, ``sentences``, ``words``,
    ``share`` of the article's words (0..1), and ``label``: a phrase of up to seven words of it with most that
    stands in no other article. That nothing was found says nothing about why. Empty for a story of one article.

    >>> from analysis import corpus, segmentation
    >>> sentences = segmentation.split(corpus.from_records([
    ...     {"source": "daily", "text": "The old bridge closed on Monday. Anglers were sad."},
    ...     {"source": "herald", "text": "It has rained for days. On Monday the bridge closed."},
    ... ]))
    >>> alone(sentences, align(sentences))[["source", "first_sentence_id", "last_sentence_id", "label"]].values.tolist()
    [['daily', 1, 1, 'Anglers were sad'], ['herald', 0, 0, 'rained for days']]
    """
    articles = _readable(sentences, "alignment.alone")
    tables.check(alignments, "alignments", call="alignment.alone")
    told = {
        node
        for side in "ab"
        for node in zip(alignments[f"article_id_{side}"], alignments[f"sentence_id_{side}"], strict=True)
    }
    keys = zip(sentences["article_id"], sentences["sentence_id"], strict=True)
    paragraph = dict(zip(keys, sentences.get("paragraph_id", [0] * len(sentences)), strict=True))
    rows = []
    for article in articles:
        others = [other for other in articles if other.story == article.story and other is not article]
        if not others:
            continue
        elsewhere = frozenset().union(*(_stems(text) for other in others for text in other.texts))
        total = sum(len(_words(text)) for text in article.texts)
        free = [
            place
            for place, sentence_id in enumerate(article.ids)
            if (article.article_id, sentence_id) not in told and place not in article.headlines
        ]
        # Neighbours have the same distance to their rank, and so have those of one paragraph its number.
        runs = itertools.groupby(
            enumerate(free), key=lambda pair: (pair[1] - pair[0], paragraph[article.article_id, article.ids[pair[1]]])
        )
        for _, run in runs:
            places = [place for _, place in run]
            text = " ".join(article.texts[place] for place in places)
            words = len(_words(text))
            rows.append(
                {
                    "story": article.story,
                    "article_id": article.article_id,
                    "source": article.source,
                    "first_sentence_id": article.ids[places[0]],
                    "last_sentence_id": article.ids[places[-1]],
                    "sentences": len(places),
                    "words": words,
                    "share": words / max(1, total),
                    "label": _own_words(text, article, elsewhere),
                }
            )
    return _ordered(tables.make("alone", rows), ["article_id", "first_sentence_id"])


def dates(articles: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Return when each article appeared and which days it names, beside those that no other article names.

    Reads of the articles article_id, story, source, published; of the sentences what :func:`align` reads. Returns one
    row an article: ``published``, ``hours_after_first`` article of the story that has a date (missing without one),
    ``days``: the days of the week and dates named in the text, in their order, and ``only_here``: those of them that no
    other article of the story names. What only a later article tells may not have happened when another was written.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([
    ...     {"source": "daily", "text": "The bridge closed on Monday."},
    ...     {"source": "herald", "text": "On Monday the bridge closed. It opened on Tuesday."},
    ... ])
    >>> dates(articles, segmentation.split(articles))[["source", "days", "only_here"]].values.tolist()
    [['daily', 'Monday', ''], ['herald', 'Monday, Tuesday', 'Tuesday']]
    """
    columns = ["article_id", "story", "source", "published"]
    tables.check(articles, "articles", call="alignment.dates", columns=columns)
    named: dict[str, dict[tuple, str]] = {}
    for article in _readable(sentences, "alignment.dates"):
        days: dict[tuple, str] = {}
        for text in article.texts:
            for found in quantity.find(text):
                if found.kind == "date" and (found.parts[1] is not None or found.parts[3] is not None):
                    days.setdefault(found.parts, text[found.start : found.end])
        named[article.article_id] = days
    first = articles.groupby("story")["published"].transform("min")
    rows = articles[columns].assign(hours_after_first=(articles["published"] - first).dt.total_seconds() / 3600)
    stories = dict(zip(articles["article_id"], articles["story"], strict=True))
    for article_id in rows["article_id"]:
        days = named.setdefault(article_id, {})
        others = set().union(*(named[x] for x in named if x != article_id and stories.get(x) == stories[article_id]))
        here = rows["article_id"] == article_id
        rows.loc[here, "days"] = ", ".join(days.values())
        rows.loc[here, "only_here"] = ", ".join(text for parts, text in days.items() if parts not in others)
    return _ordered(tables.make("dates", rows), ["article_id"])


class _Article(NamedTuple):
    """The sentences of an article that count, in their order."""

    article_id: str
    story: str
    source: str
    ids: list[int]
    texts: list[str]
    headlines: frozenset[int]


def _readable(sentences: pd.DataFrame, call: str) -> list[_Article]:
    tables.check(sentences, "sentences", call=call, columns=_READ)
    counted = sentences[sentences["part"] != "furniture"] if "part" in sentences else sentences
    ordered = counted.sort_values(["article_id", "sentence_id"], kind="stable")
    articles = []
    for (article_id, story, source), lines in ordered.groupby(["article_id", "story", "source"], sort=True):
        parts = lines.get("part", [])
        articles.append(
            _Article(
                article_id,
                story,
                source,
                lines["sentence_id"].astype(int).tolist(),
                lines["text"].tolist(),
                frozenset(place for place, part in enumerate(parts) if part == "headline"),
            )
        )
    return articles


def _pairs(articles: Iterable[_Article]) -> Iterator[tuple[_Article, _Article]]:
    return (pair for pair in itertools.combinations(articles, 2) if pair[0].story == pair[1].story)


def _ordered(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return frame.sort_values(columns, kind="stable", ignore_index=True)


@lru_cache(maxsize=1 << 14)
def _words(text: str) -> tuple[str, ...]:
    return tuple(text[a:b] for a, b, _ in segmentation.spans(text))


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> tuple[str, ...]:
    """Return the stem of the lemma: "ran" is a form of "run", and "resignation" stands for what "to resign" does."""
    import simplemma

    return (_stemmer().stemWord(simplemma.lemmatize(segmentation.normalize(word), "en").lower()),)


@lru_cache(maxsize=1)
def _stemmer() -> "Stemmer":
    from Stemmer import Stemmer

    return Stemmer("english")


@lru_cache(maxsize=1 << 16)
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {segmentation.normalize(word)} "
    return tuple(padded[i : i + n] for n in (3, 4, 5) for i in range(max(1, len(padded) - n + 1)))


@lru_cache(maxsize=1 << 16)
def _plain_stem(word: str) -> tuple[str, ...]:
    if not word[0].islower() or segmentation.normalize(word) in _function_words():
        return ()
    return _stem(word)


@lru_cache(maxsize=1 << 16)
def _number(word: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d[\d.,]*\d|\d", word))


@lru_cache(maxsize=1 << 16)
def _content(word: str) -> tuple[str, ...]:
    return () if len(word) < 2 or segmentation.normalize(word) in _function_words() else _stem(word)


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    return frozenset(FUNCTION_WORDS.read_text(encoding="utf-8").splitlines()[1:])


def _matrix(rows: Sequence[Sequence[str]], names: Iterable[str]) -> "csr_matrix":
    """Count in each row how often each of the names stands there."""
    from scipy.sparse import csr_matrix

    place = {name: column for column, name in enumerate(names)}
    flat = itertools.chain.from_iterable(rows)
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter(map(place.__getitem__, flat), dtype=np.int64, count=ends[-1])
    counted = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(place)))
    counted.sum_duplicates()
    return counted


class _Space:
    """The texts of two articles as counts of words, and what it takes to compare them."""

    def __init__(self, a: Sequence[str], b: Sequence[str]) -> None:
        words = [_words(text) for text in (*a, *b)]
        vocabulary = sorted(set(itertools.chain.from_iterable(words)))
        self.texts = a, b
        self.counts = _matrix(words, vocabulary)
        self.parts = [
            (weight, *self._projection(vocabulary, features))
            for weight, features in ((0.2, _stem), (0.2, _grams), (0.2, _plain_stem), (0.06, _number))
        ]
        self.evidence = self._projection(vocabulary, _content)
        self.found = list(self.vectors(self.counts))
        self.has, self.rarity = self.shared(self.counts)

    def _projection(self, vocabulary: Sequence[str], features: Callable) -> tuple["csr_matrix", np.ndarray]:
        """Return which features each word has, and ln((1 + texts) / (1 + texts with it)) of each feature."""
        rows = [features(word) for word in vocabulary]
        projection = _matrix(rows, dict.fromkeys(itertools.chain.from_iterable(rows)))
        seen = np.bincount((self.counts @ projection).tocsr().indices, minlength=projection.shape[1])
        return projection, np.log((1 + self.counts.shape[0]) / (1 + seen))

    def vectors(self, counts: "csr_matrix") -> Iterator["csr_matrix"]:
        """Return the rows of ``counts`` in each part of the space, so that products are weighted cosines."""
        from scipy.sparse import diags_array

        for weight, projection, rarity in self.parts:
            # A word said twice says hardly more than once, hence the root of the counts.
            found = (counts @ projection).sqrt() @ diags_array(1 + rarity)
            norms = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
            found = (diags_array(np.sqrt(weight) / np.maximum(norms, 1e-12)) @ found).tocsr()
            found.sort_indices()
            yield found

    def shared(self, counts: "csr_matrix") -> tuple["csr_matrix", "csr_matrix"]:
        """Return which content words the rows of ``counts`` have, and the same with the rarity of each."""
        from scipy.sparse import diags_array

        projection, rarity = self.evidence
        found = (counts @ projection).sign().tocsr()
        found.sort_indices()
        return found, (found @ diags_array(rarity)).tocsr()

    def scores(self) -> np.ndarray:
        """Return the similarity of each text of the first article with each of the second."""
        a, b = self.texts
        n = len(a)
        total = np.zeros((n, len(b)))
        for found in self.found:
            total += (found[:n] @ found[n:].T).toarray()
        total += _evidence((self.rarity[:n] @ self.has[n:].T).toarray())
        same = np.array([[x == y for y in b] for x in a])
        # Rounding makes both directions equal to the last bit, and with them the choice between equal matches.
        return np.where(same, 1.0, total.round(9).clip(0, 1))

    def joint(self, pairs: Sequence[tuple[int, int]], others: Sequence[int]) -> np.ndarray:
        """Return how well two texts of one article, taken together, match one text of the other.

        All are places among the texts of both articles, one after the other.
        """
        if not pairs:
            return np.zeros(0)
        one, two = (self.counts[list(part)] for part in zip(*pairs, strict=True))
        both, other = one + two, list(others)
        total = sum(
            np.asarray(left.multiply(right[other]).sum(axis=1)).ravel()
            for left, right in zip(self.vectors(both), self.found, strict=True)
        )
        rarity = np.asarray(self.shared(both)[0].multiply(self.rarity[other]).sum(axis=1)).ravel()
        return (total + _evidence(rarity)).round(9)


def _evidence(rarity: np.ndarray) -> np.ndarray:
    """Return what the summed rarity of the words in common adds to a similarity: up to .4, half of it at 8.3."""
    return 0.4 * (1 - np.exp(-rarity / 12))


def _links(a: Sequence[str], b: Sequence[str], threshold: float) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Return the similarities of the texts, and the places of those that are linked."""
    if not a or not b:
        return np.zeros((len(a), len(b))), []
    space = _Space(a, b)
    scores = space.scores()
    # The same words stand above words that only weigh the same, so that equal articles align one to one.
    ranked = scores + np.array([[x == y for y in b] for x in a])
    found = {
        (i, j)
        for i, j in _mutual(ranked)
        if scores[i, j] >= threshold or (scores[i, j] >= threshold * DOUBTFUL and _stands_out(scores, i, j))
    }
    while True:
        rest = ranked.copy()
        rest[[i for i, _ in found]] = -1
        rest[:, [j for _, j in found]] = -1
        beside = {(i + step, j + step) for i, j in found for step in (-1, 1)}
        retold = len(found) >= RETOLD * min(scores.shape)
        more = {
            (i, j)
            for i, j in _mutual(rest)
            if rest[i, j] >= threshold * (BESIDE if retold and (i, j) in beside else LEFT_OVER)
        }
        if not more:
            break
        found |= more
    return scores, sorted(found | _halves(space, scores, found, threshold * SPLIT))


def _headlines(
    left: _Article, right: _Article, scores: np.ndarray, links: Sequence[tuple[int, int]], threshold: float
) -> list[tuple[int, int]]:
    """Return links of free headlines with their best match: a headline says again what the text below it says."""
    free_a = left.headlines - {i for i, _ in links} if right.ids else set()
    free_b = right.headlines - {j for _, j in links} if left.ids else set()
    found = [(i, int(scores[i].argmax())) for i in free_a] + [(int(scores[:, j].argmax()), j) for j in free_b]
    return [(i, j) for i, j in found if scores[i, j] >= threshold]


def _mutual(scores: np.ndarray) -> list[tuple[int, int]]:
    """Return the places that are the highest of both their row and their column, and above 0."""
    best_b, best_a = scores.argmax(axis=1), scores.argmax(axis=0)
    return [(i, int(j)) for i, j in enumerate(best_b) if best_a[j] == i and scores[i, j] > 0]


def _stands_out(scores: np.ndarray, i: int, j: int) -> bool:
    others = np.concatenate([np.delete(scores[i], j), np.delete(scores[:, j], i)])
    return bool(scores[i, j] >= STANDS_OUT * others.max(initial=0))


def _halves(space: _Space, scores: np.ndarray, found: set[tuple[int, int]], lowest: float) -> set[tuple[int, int]]:
    """Return links of free sentences to a sentence that they tell together with another one."""
    n_a = len(scores)
    cases = []
    for near, taken, here, there in (
        (scores, {i for i, _ in found}, 0, n_a),
        (scores.T, {j for _, j in found}, n_a, 0),
    ):
        best = near.argmax(axis=1)
        first = near.argmax(axis=0)[best]
        for i, (j, other) in enumerate(zip(best.tolist(), first.tolist(), strict=True)):
            if i not in taken and i != other and near[i, j] >= lowest:
                link = (i, j) if here == 0 else (j, i)
                cases.append((link, near[other, j], (here + other, here + i), there + j))
    together = space.joint([case[2] for case in cases], [case[3] for case in cases])
    return {link for (link, one, _, _), both in zip(cases, together, strict=True) if both >= GAIN * one}


def _returning(articles: Sequence[_Article], taken: set[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Return the groups of sentences with a rare word to which several articles come back, none of them ``taken``."""
    places: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, article in enumerate(articles):
        for place, text in enumerate(article.texts):
            for stem in {stem for word in _words(text) for stem in _plain_stem(word)}:
                places[stem][number].append(place)
    fewest, most = COMES_BACK
    groups = []
    for _, where in sorted(places.items()):
        group = [
            (articles[number].article_id, articles[number].ids[place]) for number in where for place in where[number]
        ]
        uses = [len(found) for found in where.values()]
        back = sum(n >= fewest for n in uses) > 1 and max(uses) <= most
        seldom = len(group) <= SELDOM * sum(len(articles[number].texts) for number in where)
        near = any(b - a <= PASSAGE for found in where.values() for a, b in itertools.pairwise(found))
        if back and seldom and near and taken.isdisjoint(group):
            groups.append(group)
            taken = taken.union(group)
    return groups


def _by_story(alignments: pd.DataFrame) -> dict[str, dict[tuple, float]]:
    found: dict[str, dict[tuple, float]] = defaultdict(dict)
    columns = ["story", "article_id_a", "sentence_id_a", "article_id_b", "sentence_id_b", "similarity"]
    for story, a, i, b, j, value in alignments[columns].itertuples(index=False, name=None):
        found[story][tuple(sorted([(a, int(i)), (b, int(j))]))] = value
    return found


def _grouped(weights: Mapping[tuple, float]) -> list[set[tuple[str, int]]]:
    """Merge the ends of links, the strongest first, while groups hold together; return those of several articles."""
    group = {node: {node} for pair in weights for node in pair}
    pairs = sorted(weights, key=lambda pair: (-weights[pair], pair))
    merged = True
    while merged:
        merged = False
        for one, other in pairs:
            if group[one] is group[other]:
                continue
            across = [tuple(sorted((x, y))) for x in group[one] for y in group[other] if x[0] != y[0]]
            held = [weights[pair] for pair in across if pair in weights]
            loose = len(held) < COHESION * len(across) or sum(held) < TOGETHER * len(across)
            if len(held) == len(across) or not loose:
                union = group[one] | group[other]
                group |= dict.fromkeys(union, union)
                merged = True
    groups = {id(members): members for members in group.values()}.values()
    return [members for members in groups if len({article_id for article_id, _ in members}) > 1]


def _texts(articles: Iterable[_Article]) -> dict[tuple[str, int], str]:
    return {
        (article.article_id, sentence_id): text
        for article in articles
        for sentence_id, text in zip(article.ids, article.texts, strict=True)
    }


def _places(articles: Iterable[_Article]) -> dict[tuple[str, int], float]:
    """Return where in its article each sentence stands, 0 first and 1 last."""
    return {
        (article.article_id, sentence_id): place / max(1, len(article.ids) - 1)
        for article in articles
        for place, sentence_id in enumerate(article.ids)
    }


def _label(group: Sequence[tuple[str, int]], texts: Mapping, weights: Mapping, rarity: Mapping[str, float]) -> str:
    """Name a group by the phrase that best holds what other articles of the group say too, the rarer the better."""
    strength = {node: sum(weights.get(tuple(sorted((node, other))), 0.0) for other in group) for node in group}
    users = defaultdict(set)
    for node in group:
        for stem in _stems(texts[node]):
            users[stem].add(node[0])
    # A word of one article only where there is nothing else.
    most = max(map(len, users.values()), default=0)
    named = {stem: who for stem, who in users.items() if stem not in _LIGHT and (len(who) > 1 or most == 1)}
    worth = {stem: len(who) * rarity[stem] for stem, who in named.items()}
    # Of phrases that hold the same, the one of the sentence that most others are linked to; where none is, the longest.
    ranked = sorted(group, key=lambda node: (-strength[node], node))
    phrases = [(*_phrase(texts[node], worth), strength[node]) for node in ranked]
    return max(phrases, key=lambda found: (found[0], found[2], 0 if found[2] else len(found[1])))[1]


def _phrase(text: str, worth: Mapping[str, float]) -> tuple[float, str]:
    """Return the phrase of ``text`` whose words are worth most, and what they are worth together.

    It runs over up to six words and no mark of punctuation, and one more where that alone ends what it begins: not
    "two steel" but "two steel beams".
    """
    tokens = [(a, b, _content(text[a:b])) for a, b, _ in segmentation.spans(text)]
    breaks = [bool(_BREAK.search(text, one[1], other[0])) for one, other in itertools.pairwise(tokens)] + [True]
    best, chosen = 0.0, (0, min(LABEL_WORDS, len(tokens)) - 1)
    for first in range(len(tokens)):
        total, seen = 0.0, set()
        for last in range(first, min(first + LABEL_WORDS, len(tokens))):
            value = sum(worth.get(stem, 0.0) for stem in tokens[last][2] if stem not in seen)
            seen.update(tokens[last][2])
            total += value
            # It begins and ends with a word of worth; of two that hold as much the shorter wins.
            if value and worth.get(next(iter(tokens[first][2]), ""), 0.0) and total > best + 1e-9:
                best, chosen = total, (first, last)
            if breaks[last]:
                break
    first, last = chosen
    if not breaks[last] and not _LIGHT.issuperset(tokens[last + 1][2]):
        last += 1
    return best, " ".join(text[tokens[first][0] : tokens[last][1]].split()) if tokens else text


@lru_cache(maxsize=1 << 14)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem for word in _words(text) for stem in _content(word))


def _rarity(articles: Iterable[_Article]) -> dict[str, float]:
    """Return how rare each stem is among the sentences of ``articles``, from 0 up."""
    lines = [_stems(text) for article in articles for text in article.texts]
    seen = Counter(stem for line in lines for stem in line)
    return {stem: float(np.log((1 + len(lines)) / (1 + n))) for stem, n in seen.items()}


def _own_words(text: str, article: _Article, elsewhere: frozenset[str]) -> str:
    """Name a passage by the phrase with most words that no other article has, names and what comes often above all."""
    used = Counter(stem for line in article.texts for stem in _stems(line))
    worth: dict[str, float] = {}
    for place, word in enumerate(_words(text)):
        named = place > 0 and not word[0].islower()
        for stem in set(_content(word)) - _LIGHT:
            value = 0.1 if stem in elsewhere else (2.0 if named else 1.0) + np.log(used[stem])
            worth[stem] = max(value, worth.get(stem, 0.0))
    return _phrase(text, worth)[1]


def _amounts(a: str, b: str, *, clear: bool) -> list[tuple[str, str | None, tuple[int, int], tuple[int, int]]]:
    """Return the amounts and dates of two sentences that differ: kind, what is counted, and both places."""
    all_a, all_b = quantity.find(a), quantity.find(b)
    left_a = [one for one in all_a if one.kind == "vague" or not _met(one, all_b)]
    left_b = [one for one in all_b if one.kind == "vague" or not _met(one, all_a)]
    rated = []
    for one, other in itertools.product(left_a, left_b):
        counted = _lemmas(one.nouns) & _lemmas(other.nouns)
        about = next((word for word in one.nouns if _lemmas([word]) & counted), None)
        kind = _kind(a, one, b, other, bool(counted))
        further = _around(a, one) & _around(b, other) - _lemmas([about] if about else [])
        if kind == "wording" or (kind and clear and further):
            rated.append((kind, about, one, other))
    # Where an amount could go with several of the other sentence, there is no telling which.
    times = Counter(id(side) for _, _, *sides in rated for side in sides)
    return [
        (kind, about, (one.start, one.end), (other.start, other.end))
        for kind, about, one, other in rated
        if times[id(one)] == times[id(other)] == 1
    ]


def _met(one: quantity.Quantity, others: Sequence[quantity.Quantity]) -> bool:
    return any(quantity.comparable(one, other) and quantity.agree(one, other) for other in others)


def _kind(a: str, one: quantity.Quantity, b: str, other: quantity.Quantity, counted: bool) -> str | None:
    """Return in what two amounts differ: their kind, or wording; nothing where they cannot be compared, or agree."""
    kinds = {one.kind, other.kind}
    if "vague" in kinds:
        if not counted or not kinds <= {"vague", "number"}:
            return None
        if quantity.agree(one, other):
            said = a[one.start : one.end].lower() == b[other.start : other.end].lower()
            return None if said else "wording"
        return "number"
    if not quantity.comparable(one, other) or (one.kind == "number" and not counted):
        return None
    return one.kind


def _lemmas(words: Iterable[str]) -> set[str]:
    return {_stem(word)[0] for word in words}


def _around(text: str, one: quantity.Quantity) -> set[str]:
    """Return the lemmas of the content words within five words of an amount, itself left out."""
    spans = segmentation.spans(text)
    before = [text[a:b] for a, b, _ in spans if b <= one.start][-5:]
    after = [text[a:b] for a, b, _ in spans if a >= one.end][:5]
    return {stem for word in (*before, *after) for stem in _content(word)}


class _Name(NamedTuple):
    """A place or person that a sentence names, and where in its grammar it stands."""

    kind: str
    words: tuple[str, ...]
    slot: tuple[str, ...]
    span: tuple[int, int]


def _names(texts: Mapping, alignments: pd.DataFrame) -> dict[str, list[_Name]]:
    """Return the places and persons that the sentences of clear links name."""
    clear = alignments[alignments["similarity"] >= CLEAR]
    nodes = {
        node
        for side in "ab"
        for node in zip(clear[f"article_id_{side}"], clear[f"sentence_id_{side}"], strict=True)
        if node in texts
    }
    wanted = sorted({texts[node] for node in nodes})
    docs = parsing.parse(wanted) if wanted else []
    return {text: _named(doc) for text, doc in zip(wanted, docs, strict=True)}


def _named(doc: "Doc") -> list[_Name]:
    kinds = {"PERSON": "name", "GPE": "place", "LOC": "place", "FAC": "place"}
    found = []
    for entity in doc.ents:
        if entity.label_ in kinds:
            root, head = entity.root, entity.root.head
            slot = (root.dep_, head.lemma_.lower(), head.head.lemma_.lower() if head.pos_ == "ADP" else "")
            words = tuple(term for _, _, term in segmentation.spans(entity.text) if term != "'s")
            found.append(_Name(kinds[entity.label_], words, slot, (entity.start_char, entity.end_char)))
    return found


def _different_names(a: Sequence[_Name], b: Sequence[_Name]) -> list[tuple]:
    """Return places and persons that differ: each stands where the other does, and the other sentence lacks it."""
    left = [one for one in a if not any(_same_name(one.words, other.words) for other in b)]
    right = [one for one in b if not any(_same_name(one.words, other.words) for other in a)]
    return [
        (one.kind, None, one.span, other.span)
        for one, other in itertools.product(left, right)
        if one.kind == other.kind and one.slot == other.slot
    ]


def _same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two names can be one: they end in the same word, or one is part of the other."""
    return one[-1:] == other[-1:] or set(one) <= set(other) or set(other) <= set(one)


def _tones(scored: pd.DataFrame | None) -> dict[tuple[str, int], list[float]]:
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    if scored is not None:
        columns = ["article_id", "sentence_id", "polarity"]
        tables.check(scored, "scored", call="alignment.coverage", columns=columns, unique=False)
        for article_id, sentence_id, polarity in scored[columns].dropna().itertuples(index=False, name=None):
            found[article_id, sentence_id].append(polarity)
    return found


def _reused(terms: Sequence[str], other: Sequence[str]) -> int:
    runs = {tuple(other[i : i + RUN]) for i in range(len(other) - RUN + 1)}
    covered = np.zeros(len(terms), dtype=bool)
    for i in range(len(terms) - RUN + 1):
        if tuple(terms[i : i + RUN]) in runs:
            covered[i : i + RUN] = True
    places = np.flatnonzero(covered)
    for one, next_one in itertools.pairwise(places):
        if next_one - one - 1 <= MEND:
            covered[one:next_one] = True
    return int(covered.sum())
