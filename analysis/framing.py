"""How each source frames what several tell: which words it uses for the same thing."""

import pandas as pd

from analysis import contrast, parsing, tables


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
