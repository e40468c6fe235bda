"""A second opinion on a difference in tone: the same comparison under other engines and cuts, and a word for it."""

from itertools import combinations, product

import numpy as np
import pandas as pd

from analysis import alignment, sentiment, tables

# Found with benchmarks/simulation.py: passages a side at which a strong difference (.8 of the spread of the passages,
# Cohen 1988) is found in 80 % of runs, when passages of one paragraph resemble each other as they do in news.
MIN_PASSAGES = 30
LEANS = 0.75
# Thresholds of alignment at which coverage is taken again, as shares of the default.
THRESHOLDS = (1.0, 1.25, 1.5)


def robustness(passages: pd.DataFrame, *, engine: str = "textblob") -> pd.DataFrame:
    """Take the difference in tone between each two sources again under other engines and other cuts of the text.

    Reads article_id, source, part, start, text, and voice. Returns one row a pair of sources and cell of the panel:
    ``engine`` (each of ``sentiment.ENGINES``), ``voice`` ("narration" or "all text"), ``headline`` ("without" or
    "with"), ``unit`` ("passages": mean over passages; "whole text": the polarity of each article's text in one piece;
    for VADER, which whole texts saturate, the mean of its passages weighted by length, and for the blend the same two
    blended), ``difference`` (positive: higher in source_a), ``main``: the cell that the report's tone finding uses
    (``engine``, narration, without headline, passages), and ``keeps_sign``: whether the sign is that of the main cell
    (never where it is 0). Dimensions that the story lacks (no headline, nobody quoted) are left out, and cells without
    text on a side.

    >>> passages = pd.DataFrame({"article_id": ["s/a", "s/b"], "source": ["a", "b"], "part": "body", "start": 0})
    >>> passages = passages.assign(voice="narration", text=["A great day.", "A terrible day."])
    >>> robustness(passages)[["engine", "unit", "difference", "keeps_sign"]].round(2)
         engine        unit  difference  keeps_sign
    0  textblob    passages        1.80        True
    1  textblob  whole text        1.80        True
    2     vader    passages        1.10        True
    3     vader  whole text        1.10        True
    4     blend    passages        1.33        True
    5     blend  whole text        1.33        True
    """
    columns = ["article_id", "source", "part", "start", "text", "voice"]
    tables.check(passages, "passages", call="evidence.robustness", columns=columns, unique=False)
    if engine not in sentiment.ENGINES:
        raise ValueError(f"evidence.robustness: no engine {engine!r}; there are {', '.join(sentiment.ENGINES)}.")
    counted = passages[(passages["part"] != "furniture") & passages["voice"].notna()]
    scores = {name: sentiment.score(counted, engine=name)["polarity"].to_numpy() for name in sentiment.ENGINES}
    lengths = counted["text"].str.len().to_numpy()
    rows = []
    for voice, headline, chosen in _choices(counted):
        cell = counted[chosen]
        whole = _whole_texts(cell)
        for name in sentiment.ENGINES:
            by_passage = pd.Series(scores[name][chosen]).groupby(cell["source"].to_numpy()).mean()
            by_text = _whole(name, cell, whole, scores["vader"][chosen], lengths[chosen])
            rows += _cells(by_passage, (name, voice, headline, "passages"))
            rows += _cells(by_text, (name, voice, headline, "whole text"))
    return _panel(rows, engine)


def cuts(counted: pd.DataFrame, *, value: str, per: str) -> pd.DataFrame:
    """Take the difference of a rate between each two sources again under other cuts of the text.

    Reads source, part, voice and the columns ``value`` and ``per`` of passages. Returns a table like that of
    :func:`robustness`, for a measure that has no engines: engine is "-", unit "passages", the main cell narration
    without headline.

    >>> counted = pd.DataFrame({"source": ["a", "b"], "part": "body", "voice": "narration", "loaded": [2, 1]})
    >>> cuts(counted.assign(n_words=10), value="loaded", per="n_words")[["voice", "difference", "main"]]
           voice  difference  main
    0  narration         0.1  True
    """
    columns = ["source", "part", "voice", value, per]
    tables.check(counted, "passages", call="evidence.cuts", columns=columns, unique=False)
    kept = counted[(counted["part"] != "furniture") & counted["voice"].notna()]
    rows = []
    for voice, headline, chosen in _choices(kept):
        totals = kept[chosen].groupby("source")[[value, per]].sum()
        rows += _cells(totals[value] / totals[per].where(totals[per] > 0), ("-", voice, headline, "passages"))
    return _panel(rows, "-")


def thresholds(events: pd.DataFrame, alignments: pd.DataFrame) -> pd.DataFrame:
    """Say of each event whether its sources stay linked when more similarity is asked for.

    Reads events and alignments of the same story or stories. Returns one row an event and threshold (the default of
    ``alignment.align``, a quarter more, half as much again): story, event_id, label, ``threshold``, ``main`` (the
    default, at which all links given count; none where sources only come back to the same word), ``n_sources`` that
    tell it, ``linked``: whether links of that similarity
    or more still join all of them, and ``similarity``, the largest threshold at which they do. An event that is
    linked at every threshold is firm; the others are matches to look at before one relies on them.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": name, "text": "The old bridge closed."} for name in ("a", "b")])
    >>> sentences = segmentation.split(articles)
    >>> alignments = alignment.align(sentences)
    >>> thresholds(alignment.events(sentences, alignments), alignments)[["label", "linked", "similarity"]]
                       label  linked  similarity
    0  The old bridge closed    True         1.0
    1  The old bridge closed    True         1.0
    2  The old bridge closed    True         1.0
    """
    tables.check(events, "events", call="evidence.thresholds", unique=False)
    tables.check(alignments, "alignments", call="evidence.thresholds", unique=False)
    place = events.set_index(["story", "article_id", "sentence_id"])["event_id"]
    ends = [
        pd.MultiIndex.from_frame(alignments[["story", f"article_id_{side}", f"sentence_id_{side}"]]) for side in "ab"
    ]
    event_a, event_b = (place.reindex(end).to_numpy() for end in ends)
    # Links that leave their event join nothing.
    inner = alignments[event_a == event_b].assign(event_id=event_a[event_a == event_b])
    rows = []
    for (story, event_id, label), group in events.groupby(["story", "event_id", "label"], sort=True):
        links = inner[(inner["story"] == story) & (inner["event_id"] == event_id)]
        sources = set(group["source"])
        strength = _strength(sources, links)
        for share in THRESHOLDS:
            threshold = round(share * alignment.THRESHOLD, 6)
            rows.append(
                {
                    "story": story,
                    "event_id": event_id,
                    "label": label,
                    "threshold": threshold,
                    "main": share == 1.0,
                    "n_sources": len(sources),
                    # At the default some links stand a little below it, by rules of their own; what sources only come
                    # back to has none.
                    "linked": (share == 1.0 and len(links) > 0) or strength >= threshold,
                    "similarity": strength,
                }
            )
    return tables.make("thresholds", rows)


def judge(comparisons: pd.DataFrame, panel: pd.DataFrame, *, min_passages: int = MIN_PASSAGES) -> pd.DataFrame:
    """Say of each comparison whether it holds, with the panel of :func:`robustness` as the second opinion.

    Reads the comparisons and source_a, source_b, keeps_sign of the panel. Returns the comparisons with ``n_cells``,
    ``n_cells_kept``, ``excludes_zero`` (the interval), ``beyond_null`` (larger than the within-article null),
    ``n_needed`` (passages a side) and ``verdict``:

    * "too little text": fewer than ``min_passages`` passages on a side, or no interval;
    * "holds": excludes_zero, beyond_null, every cell keeps the sign, and where articles could be permuted, p <= .05;
    * "leans": excludes_zero or beyond_null, and three quarters of the cells keep the sign;
    * "does not hold": everything else.

    It speaks of the texts compared, not of their sources.

    >>> scored = pd.DataFrame({"paragraph_id": [*range(30)] * 2, "polarity": [0.1, 0, 0] * 10 + [0.9, 1, 1] * 10})
    >>> scored = scored.assign(source=["a"] * 30 + ["b"] * 30, article_id=["s/a"] * 30 + ["s/b"] * 30)
    >>> panel = pd.DataFrame({"source_a": ["a"], "source_b": ["b"], "keeps_sign": [True]})
    >>> from analysis import evidence
    >>> judge(evidence.compare(scored), panel)["verdict"].item()
    'holds'
    """
    call = "evidence.judge"
    tables.check(comparisons, "comparisons", call=call, unique=False)
    tables.check(panel, "robustness", call=call, columns=["source_a", "source_b", "keeps_sign"], unique=False)
    cells = panel.groupby(["source_a", "source_b"])["keeps_sign"].agg(n_cells="size", n_cells_kept="sum").reset_index()
    joined = comparisons.merge(cells, on=["source_a", "source_b"], how="left")
    joined = joined.fillna({"n_cells": 0, "n_cells_kept": 0})
    excludes = (joined["low"] > 0) | (joined["high"] < 0)
    beyond = joined["difference"].abs() > joined["null_95"] + 1e-12
    little = (joined[["n_a", "n_b"]].min(axis=1) < min_passages) | joined[["low", "null_95"]].isna().any(axis=1)
    tested = joined["p_articles"].isna() | (joined["p_articles"] <= 0.05)
    every = (joined["n_cells"] > 0) & (joined["n_cells_kept"] == joined["n_cells"])
    most = (joined["n_cells"] > 0) & (joined["n_cells_kept"] >= LEANS * joined["n_cells"])
    verdict = np.select(
        [little, excludes & beyond & every & tested, (excludes | beyond) & most],
        ["too little text", "holds", "leans"],
        "does not hold",
    )
    return tables.make(
        "verdicts", joined.assign(excludes_zero=excludes, beyond_null=beyond, n_needed=min_passages, verdict=verdict)
    )


def _strength(sources: set[str], links: pd.DataFrame) -> float:
    """Return the largest similarity at which the links still join all sources, directly or through one another."""
    groups = [{source} for source in sources]
    ordered = links.sort_values("similarity", ascending=False)
    for a, b, similarity in zip(ordered["source_a"], ordered["source_b"], ordered["similarity"], strict=True):
        joined = [group for group in groups if a in group or b in group]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
        if len(groups) == 1:
            return float(similarity)
    return 0.0


def _choices(counted: pd.DataFrame) -> list[tuple[str, str, np.ndarray]]:
    """Return the cuts of the text that the story has: voice, headline, and which rows; the main one first."""
    told = set(counted["voice"])
    voices = [
        name for name, there in (("narration", "narration" in told), ("all text", told != {"narration"})) if there
    ]
    headed = (counted["part"] == "headline").to_numpy()
    narrated = (counted["voice"] == "narration").to_numpy()
    return [
        (voice, headline, (narrated | (voice == "all text")) & (~headed | (headline == "with")))
        for voice, headline in product(voices, ["without", "with"] if headed.any() else ["without"])
    ]


def _cells(tone: pd.Series, cell: tuple[str, str, str, str]) -> list[dict]:
    place = dict(zip(("engine", "voice", "headline", "unit"), cell, strict=True))
    return [
        {"source_a": a, "source_b": b, **place, "difference": float(tone[a] - tone[b])}
        for a, b in combinations(sorted(tone.dropna().index), 2)
    ]


def _panel(rows: list[dict], engine: str) -> pd.DataFrame:
    """Return the cells, the main one of each pair first, with whether each has its sign."""
    if not rows:
        return tables.make("robustness")
    panel = pd.DataFrame(rows)
    # Rows come by cut, the main cut first, and in the order of the engines: only the pairs are still to be sorted.
    panel = panel.sort_values(["source_a", "source_b"], kind="stable", ignore_index=True)
    first = panel.groupby(["source_a", "source_b"])[["voice", "headline"]].transform("first")
    own = (panel[["voice", "headline"]] == first).all(axis=1)
    main = own & (panel["engine"] == engine) & (panel["unit"] == "passages")
    # A difference of the last bits has no sign.
    signs = np.sign(panel["difference"].round(12))
    wanted = signs.where(main).groupby([panel["source_a"], panel["source_b"]]).transform("max")
    return tables.make("robustness", panel.assign(main=main, keeps_sign=(signs == wanted) & (signs != 0)))


def _whole_texts(cell: pd.DataFrame) -> pd.DataFrame:
    """Return each article's passages joined to one text, one row an article."""
    ordered = cell.sort_values(["article_id", "start"], kind="stable")
    texts = ordered.groupby(["source", "article_id"], sort=True)["text"].agg("\n".join).reset_index()
    return sentiment.score(texts, engine="textblob")


def _whole(name: str, cell: pd.DataFrame, whole: pd.DataFrame, vader: np.ndarray, lengths: np.ndarray) -> pd.Series:
    """Return the tone of each source's whole texts under an engine, each article counting once."""
    one_piece = whole.groupby("source")["polarity"].mean()
    if name == "textblob":
        return one_piece
    weighted = pd.DataFrame({"weighted": vader * lengths, "length": lengths}).groupby(
        [cell["source"].to_numpy(), cell["article_id"].to_numpy()]
    )
    totals = weighted.sum()
    by_length = (totals["weighted"] / totals["length"]).groupby(level=0).mean()
    if name == "vader":
        return by_length
    return sentiment.VADER_SHARE * by_length + (1 - sentiment.VADER_SHARE) * one_piece
