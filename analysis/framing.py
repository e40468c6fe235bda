"""How each source frames what several tell: event by event, and which words it uses for the same thing."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis import contrast, parsing, segmentation, tables

FUNCTION_WORDS = Path(__file__).with_name("lexicons") / "function_words.tsv"
# Attributions from this confidence on count, as for passages.
SURE = 0.5


def by_event(
    sentences: pd.DataFrame,
    events: pd.DataFrame,
    *,
    scored: pd.DataFrame | None = None,
    quotations: pd.DataFrame | None = None,
    flags: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Set side by side how each source tells each event that two or more of them tell.

    Reads article_id, sentence_id, start, end, text of the sentences; the table of events; article_id, sentence_id,
    polarity of ``scored``, and voice where it is there; article_id, start, end, name, confidence of ``quotations``;
    article_id, start, text, category of ``flags``. Returns a row an event and source that tells it: ``sentences``,
    ``words``, and

    * ``tone``: the mean polarity (-1..1) of its narration there, or of all that is scored if ``scored`` has no voice;
      missing without ``scored`` and where nothing was scored;
    * ``own_words``: the content words that no other source uses for the event, in their order;
    * ``speakers``: who is quoted there, by confidence of .5 and more, in the order in which they speak;
    * ``loaded``: the words flagged as loaded there, outside quotation marks if ``flags`` has voice;
    * ``text``: the sentences themselves.

    Lists are joined by ", ", and empty where there is nothing. An event is told in a sentence or two: differences are
    for reading, not for testing.

    >>> from analysis import alignment, corpus, segmentation
    >>> sentences = segmentation.split(corpus.from_records([
    ...     {"source": "daily", "text": "The old bridge closed on Monday. Anglers were sad."},
    ...     {"source": "herald", "text": "It has rained for days. On Monday the bridge shut: the old bridge closed."},
    ... ]))
    >>> told = by_event(sentences, alignment.events(sentences, alignment.align(sentences)))
    >>> told[["label", "source", "own_words"]].values.tolist()
    [['old bridge closed on Monday', 'daily', ''], ['old bridge closed on Monday', 'herald', 'shut']]
    """
    columns = ["article_id", "sentence_id", "start", "end", "text"]
    tables.check(sentences, "sentences", call="framing.by_event", columns=columns)
    tables.check(events, "events", call="framing.by_event")
    placed = events.merge(sentences[columns], on=["article_id", "sentence_id"], how="inner")
    speakers = _speakers(placed, quotations)
    loaded = _loaded(placed, flags)
    tones = _narrated(scored)
    rows = []
    for (story, event_id, label), told in placed.groupby(["story", "event_id", "label"], sort=True):
        if told["source"].nunique() < 2:
            continue
        by_source = {
            source: lines.sort_values(["article_id", "sentence_id"]) for source, lines in told.groupby("source")
        }
        words = {source: _content(lines["text"]) for source, lines in by_source.items()}
        for source, lines in by_source.items():
            others = set().union(*(words[other] for other in words if other != source))
            nodes = list(zip(lines["article_id"], lines["sentence_id"], strict=True))
            heard = [value for node in nodes for value in tones.get(node, [])]
            rows.append(
                {
                    "story": story,
                    "event_id": event_id,
                    "label": label,
                    "source": source,
                    "sentences": len(lines),
                    "words": sum(len(segmentation.spans(text)) for text in lines["text"]),
                    "tone": sum(heard) / len(heard) if heard else None,
                    "own_words": ", ".join(word for lemma, word in words[source].items() if lemma not in others),
                    "speakers": _listed(speakers, nodes),
                    "loaded": _listed(loaded, nodes),
                    "text": " ".join(lines["text"]),
                }
            )
    return tables.make("by_event", rows)


def wording(
    articles: pd.DataFrame,
    sentences: pd.DataFrame,
    alignments: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Set side by side the words that two sources use for the same thing.

    Reads article_id, text of the articles; article_id, sentence_id, start, end, text of the sentences; the tables of
    alignments and mentions; and article_id, sentence_id, event_id of the events where they are given. Returns a row a
    pair of wordings in aligned sentences of two sources, those that most speaks for first:

    * ``kind``: *verb* ("staged | held"), *noun* ("strike | walk-out"), *modifier* (the same noun, described
      otherwise: "closing | sudden closing") or *name* (the same actor: "the mayor | Hill");
    * ``about``: the actor, or the words, that both wordings go with;
    * ``wording_a``, ``wording_b``: as printed, with " … " where words between them are left out; ``start_a`` to
      ``end_a`` is the stretch of the article that they span;
    * ``evidence``: 1 and more, how much speaks for the two being the same thing: who does it, to whom, what it
      belongs to, how it is described, or that it stands between the same words; ``similarity`` of the sentences.

    A grammar's guess, for reading, not for counting: two things told of one actor can be set side by side that are not
    one thing. The same two wordings of two sources are shown once. Words that differ by their ending only are left out.

    >>> from analysis import actors, alignment, corpus, segmentation
    >>> articles = corpus.from_records(
    ...     [
    ...         {"source": "beacon", "text": "Workers staged a noisy walk-out at the Hill mine on Monday."},
    ...         {"source": "gazette", "text": "Workers staged a noisy strike at the Hill mine on Monday."},
    ...     ]
    ... )
    >>> sentences = segmentation.split(articles)
    >>> told = wording(articles, sentences, alignment.align(sentences), actors.find(articles))
    >>> told[["kind", "wording_a", "wording_b"]].values.tolist()
    [['noun', 'noisy walk-out', 'noisy strike']]
    """
    tables.check(articles, "articles", call="framing.wording", columns=["article_id", "text"])
    columns = ["article_id", "sentence_id", "start", "end"]
    tables.check(sentences, "sentences", call="framing.wording", columns=columns)
    tables.check(alignments, "alignments", call="framing.wording")
    tables.check(mentions, "mentions", call="framing.wording", columns=["article_id", "start", "end", "name"])
    read = _parsed(articles, sentences, mentions)
    numbers = _event_numbers(events)
    rows = []
    for pair in alignments.to_dict("records"):
        a, b = ((pair[f"article_id_{side}"], pair[f"sentence_id_{side}"]) for side in "ab")
        if pair["source_a"] == pair["source_b"] or a not in read or b not in read:
            continue
        shared = sorted(numbers.get(a, set()) & numbers.get(b, set()))
        event = {"event_id": shared[0] if shared else None}
        found = contrast.pairs(read[a], read[b], similarity=pair["similarity"])
        rows += [{**pair, **event, **one._asdict()} for one in found]
    told = tables.make("wording", rows)
    order = ["evidence", "similarity", "article_id_a", "start_a", "article_id_b", "start_b", "kind"]
    ordered = told.sort_values(order, ascending=[False, False, True, True, True, True, True], kind="stable")
    words = ordered[["wording_a", "wording_b"]].apply(lambda column: column.str.casefold())
    once = words.assign(a=ordered["source_a"], b=ordered["source_b"], kind=ordered["kind"])
    return ordered[~once.duplicated()].reset_index(drop=True)


def _parsed(
    articles: pd.DataFrame, sentences: pd.DataFrame, mentions: pd.DataFrame
) -> dict[tuple[str, int], contrast.Sentence]:
    """Return each sentence as its stretch of its article's parse, with the actors that its tokens name."""
    found = {}
    for article_id, text, doc in zip(
        articles["article_id"], articles["text"], parsing.parse(articles["text"]), strict=True
    ):
        names = {}
        for row in mentions[mentions["article_id"] == article_id].itertuples():
            span = doc.char_span(row.start, row.end, alignment_mode="expand")
            names.update({token.i: row.name for token in span or ()})
        for row in sentences[sentences["article_id"] == article_id].itertuples():
            span = doc.char_span(row.start, row.end, alignment_mode="expand")
            if span is not None:
                found[article_id, row.sentence_id] = contrast.Sentence(text, doc, span.start, span.end, names)
    return found


def _event_numbers(events: pd.DataFrame | None) -> dict[tuple[str, int], set[int]]:
    found: dict[tuple[str, int], set[int]] = {}
    for row in () if events is None else events.itertuples():
        found.setdefault((row.article_id, row.sentence_id), set()).add(row.event_id)
    return found


def _narrated(scored: pd.DataFrame | None) -> dict[tuple[str, int], list[float]]:
    """Return the polarities of the narration of each sentence, or of all of it where voices are not told apart."""
    if scored is None:
        return {}
    columns = ["article_id", "sentence_id", "polarity"]
    tables.check(scored, "scored", call="framing.by_event", columns=columns, unique=False)
    narration = scored[scored["voice"] == "narration"] if "voice" in scored else scored
    found: dict[tuple[str, int], list[float]] = {}
    for article_id, sentence_id, polarity in narration[columns].dropna().itertuples(index=False, name=None):
        found.setdefault((article_id, sentence_id), []).append(polarity)
    return found


def _speakers(placed: pd.DataFrame, quotations: pd.DataFrame | None) -> dict[tuple[str, int], list[str]]:
    """Return who is quoted in each sentence: a quotation counts where it has words in the sentence."""
    if quotations is None:
        return {}
    columns = ["article_id", "start", "end", "name", "confidence"]
    tables.check(quotations, "quotations", call="framing.by_event", columns=columns, unique=False)
    sure = quotations[(quotations["confidence"] >= SURE) & quotations["name"].notna()].sort_values("start")
    return _within(placed, sure.assign(shown=sure["name"]))


def _loaded(placed: pd.DataFrame, flags: pd.DataFrame | None) -> dict[tuple[str, int], list[str]]:
    if flags is None:
        return {}
    columns = ["article_id", "start", "end", "text", "category"]
    tables.check(flags, "flags", call="framing.by_event", columns=columns, unique=False)
    found = flags[flags["category"] == "loaded"].sort_values("start")
    if "voice" in found:
        found = found[found["voice"] != "quotation"]
    return _within(placed, found.assign(shown=found["text"]))


def _within(placed: pd.DataFrame, spans: pd.DataFrame) -> dict[tuple[str, int], list[str]]:
    """Return what is shown of the spans that meet each sentence."""
    met = (
        placed[["article_id", "sentence_id", "start", "end"]]
        .drop_duplicates()
        .merge(spans[["article_id", "start", "end", "shown"]], on="article_id", suffixes=("", "_span"))
    )
    met = met[(met["start_span"] < met["end"]) & (met["end_span"] > met["start"])]
    found: dict[tuple[str, int], list[str]] = {}
    for article_id, sentence_id, shown in zip(met["article_id"], met["sentence_id"], met["shown"], strict=True):
        found.setdefault((article_id, sentence_id), []).append(shown)
    return found


def _listed(found: dict[tuple[str, int], list[str]], nodes: list[tuple[str, int]]) -> str:
    return ", ".join(dict.fromkeys(shown for node in nodes for shown in found.get(node, [])))


def _content(texts: Iterable[str]) -> dict[str, str]:
    """Return the content words of texts as printed, by lemma, in their order."""
    found: dict[str, str] = {}
    for text in texts:
        for start, end, term in segmentation.spans(text):
            if len(term) > 1 and term not in _function_words():
                found.setdefault(_lemma(term), text[start:end])
    return found


@lru_cache(maxsize=1 << 16)
def _lemma(term: str) -> str:
    import simplemma

    return simplemma.lemmatize(term, "en").lower()


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    return frozenset(FUNCTION_WORDS.read_text(encoding="utf-8").splitlines()[1:])
