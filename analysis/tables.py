"""The tables of the kit: which columns each has, of which type, and what one row of it stands for.

Every other module makes its results with :func:`make` and checks its input with :func:`check`, so that a table of a
given name looks the same wherever it comes from, an empty one included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

VOICES = ("narration", "reported", "quotation")

DTYPES = {
    "text": "str",
    "integer": "int64",
    "optional integer": "Int64",
    "number": "float64",
    "flag": "bool",
    "time": "datetime64[us, UTC]",
}


class TableError(ValueError):
    """A table lacks a column, or has two rows where its grain allows one."""


@dataclass(frozen=True)
class Table:
    """What a table looks like: the grain in words, its columns with their kinds, and the columns that name a row."""

    row: str
    columns: Mapping[str, str]
    key: tuple[str, ...] = ()


_ARTICLE = {"article_id": "text", "story": "text", "source": "text"}
_SPAN = {"start": "integer", "end": "integer", "text": "text"}
_SENTENCE = {**_ARTICLE, "paragraph_id": "integer", "sentence_id": "integer", "part": "text", **_SPAN}
_PASSAGE = {**_SENTENCE, "passage_id": "integer", "voice": "text", "name": "text"}
_PAIR = {
    "story": "text",
    "article_id_a": "text",
    "source_a": "text",
    "sentence_id_a": "integer",
    "article_id_b": "text",
    "source_b": "text",
    "sentence_id_b": "integer",
}
_COMPARED = {
    "term": "text",
    "n_target": "integer",
    "n_reference": "integer",
    "per_million_target": "number",
    "per_million_reference": "number",
}

_COMPARISON = {
    "measure": "text",
    "source_a": "text",
    "source_b": "text",
    "n_a": "integer",
    "n_b": "integer",
    "n_paragraphs_a": "integer",
    "n_paragraphs_b": "integer",
    "n_articles_a": "integer",
    "n_articles_b": "integer",
    "mean_a": "number",
    "mean_b": "number",
    "difference": "number",
    "low": "number",
    "high": "number",
    "null_95": "number",
    "p": "number",
    "q": "number",
    "n_tests": "integer",
    "p_articles": "number",
    "smallest_p": "number",
}
_KEYNESS = {
    **_COMPARED,
    "log_likelihood": "number",
    "log_ratio": "number",
    "log_ratio_low": "number",
    "log_ratio_high": "number",
    "conservative_log_ratio": "number",
    "p": "number",
    "q": "number",
    "n_tests": "integer",
}

TABLES: dict[str, Table] = {
    "articles": Table(
        "article",
        {
            **_ARTICLE,
            "title": "text",
            "author": "text",
            "published": "time",
            "genre": "text",
            "url": "text",
            "text": "text",
            "path": "text",
        },
        ("article_id",),
    ),
    "notes": Table("thing to be known of an article", {**_ARTICLE, "kind": "text", "note": "text"}),
    "additions": Table(
        "article or file that was to be added",
        {
            "file": "text",
            "outcome": "text",
            "path": "text",
            "source": "text",
            "title": "text",
            "published": "time",
            "n_words": "integer",
            "note": "text",
        },
    ),
    "sentences": Table("sentence", _SENTENCE, ("article_id", "sentence_id")),
    "quotations": Table(
        "attribution of content to a speaker",
        {
            **_ARTICLE,
            "quotation_id": "integer",
            **_SPAN,
            "kind": "text",
            "speaker": "text",
            "speaker_start": "optional integer",
            "speaker_end": "optional integer",
            "name": "text",
            "named": "flag",
            "role": "text",
            "cue": "text",
            "cue_start": "optional integer",
            "cue_end": "optional integer",
            "stance": "text",
            "gap_start": "optional integer",
            "gap_end": "optional integer",
            "rule": "text",
            "confidence": "number",
        },
        ("article_id", "quotation_id"),
    ),
    "passages": Table("part of a sentence in one voice", _PASSAGE, ("article_id", "passage_id")),
    "tokens": Table(
        "token",
        {
            **_ARTICLE,
            "voice": "text",
            "sentence_id": "integer",
            "start": "integer",
            "end": "integer",
            "token": "text",
            "term": "text",
        },
        ("article_id", "start"),
    ),
    "scored": Table(
        "passage or sentence",
        {**_SENTENCE, "engine": "text", "polarity": "number", "subjectivity": "number", "n_scored": "integer"},
    ),
    # With the columns that name the group in front.
    "tones": Table(
        "group and engine",
        {
            "engine": "text",
            "n": "integer",
            "n_zero": "integer",
            "mean": "number",
            "low": "number",
            "high": "number",
            "n_negative": "integer",
            "n_positive": "integer",
            "lower_quartile": "number",
            "median": "number",
            "upper_quartile": "number",
        },
    ),
    "alignments": Table(
        "pair of sentences that tell the same",
        {**_PAIR, "similarity": "number"},
        ("article_id_a", "sentence_id_a", "article_id_b", "sentence_id_b"),
    ),
    "events": Table(
        "sentence of an event",
        {
            "story": "text",
            "event_id": "integer",
            "label": "text",
            "article_id": "text",
            "source": "text",
            "sentence_id": "integer",
        },
        ("event_id", "article_id", "sentence_id"),
    ),
    "omissions": Table(
        "sentence and other article that has no counterpart of it",
        {
            **_ARTICLE,
            "sentence_id": "integer",
            "other_article_id": "text",
            "nearest_sentence_id": "optional integer",
            "similarity": "number",
        },
        ("article_id", "sentence_id", "other_article_id"),
    ),
    "coverage": Table(
        "event and source, told there or not",
        {
            "story": "text",
            "event_id": "integer",
            "label": "text",
            "source": "text",
            "sentences": "integer",
            "words": "integer",
            "share": "number",
            "position": "number",
            "tone": "number",
        },
        ("story", "event_id", "source"),
    ),
    "conflicts": Table(
        "detail in which two linked sentences differ",
        {
            **_PAIR,
            "kind": "text",
            "about": "text",
            "text_a": "text",
            "text_b": "text",
            "start_a": "optional integer",
            "end_a": "optional integer",
            "start_b": "optional integer",
            "end_b": "optional integer",
            "similarity": "number",
        },
    ),
    "alone": Table(
        "run of sentences without a counterpart in any other article",
        {
            **_ARTICLE,
            "first_sentence_id": "integer",
            "last_sentence_id": "integer",
            "sentences": "integer",
            "words": "integer",
            "share": "number",
            "label": "text",
        },
        ("article_id", "first_sentence_id"),
    ),
    "dates": Table(
        "article",
        {
            **_ARTICLE,
            "published": "time",
            "hours_after_first": "number",
            "days": "text",
            "only_here": "text",
        },
        ("article_id",),
    ),
    "reuse": Table(
        "article and other article of the story",
        {
            **_ARTICLE,
            "other_article_id": "text",
            "other_source": "text",
            "words": "integer",
            "reused": "integer",
            "share": "number",
        },
        ("article_id", "other_article_id"),
    ),
    "quotation_pairs": Table(
        "quotation told twice",
        {
            "story": "text",
            "quotation_id_a": "integer",
            "article_id_a": "text",
            "source_a": "text",
            "quotation_id_b": "integer",
            "article_id_b": "text",
            "source_b": "text",
            "kind": "text",
            "similarity": "number",
            "name_a": "text",
            "name_b": "text",
            "cue_a": "text",
            "cue_b": "text",
            "role_a": "text",
            "role_b": "text",
        },
        ("article_id_a", "quotation_id_a", "article_id_b", "quotation_id_b"),
    ),
    "differences": Table(
        "run of words of a quotation told twice",
        {
            "article_id_a": "text",
            "quotation_id_a": "integer",
            "article_id_b": "text",
            "quotation_id_b": "integer",
            "run": "integer",
            "how": "text",
            "start_a": "optional integer",
            "end_a": "optional integer",
            "text_a": "text",
            "start_b": "optional integer",
            "end_b": "optional integer",
            "text_b": "text",
        },
        ("article_id_a", "quotation_id_a", "article_id_b", "quotation_id_b", "run"),
    ),
    "voices_heard": Table(
        "speaker in a source",
        {
            "story": "text",
            "source": "text",
            "name": "text",
            "named": "flag",
            "n": "integer",
            "quoted_words": "integer",
            "reported_words": "integer",
            "share": "number",
            "first": "integer",
            "place": "integer",
        },
        ("story", "source", "name"),
    ),
    "introductions": Table(
        "cue that introduces a speaker in a source",
        {
            "name": "text",
            "source": "text",
            "cue": "text",
            "stance": "text",
            "n": "integer",
        },
        ("name", "source", "cue", "stance"),
    ),
    "mentions": Table(
        "mention of an actor",
        {**_ARTICLE, "sentence_id": "integer", **_SPAN, "name": "text", "kind": "text"},
        ("article_id", "start", "end"),
    ),
    "descriptions": Table(
        "description of an actor",
        {**_ARTICLE, "sentence_id": "integer", **_SPAN, "name": "text", "kind": "text"},
        ("article_id", "start", "end", "name"),
    ),
    "actors": Table(
        "actor in a source",
        {
            "story": "text",
            "source": "text",
            "name": "text",
            "kind": "text",
            "n": "integer",
            "n_narration": "integer",
            "n_reported": "integer",
            "n_quotation": "integer",
            "n_sentences": "integer",
            "n_all": "integer",
            "share": "number",
            "first": "number",
            "forms": "text",
            "described": "text",
        },
        ("story", "source", "name"),
    ),
    "toward": Table(
        "mention and the tone toward it",
        {
            **_ARTICLE,
            "sentence_id": "integer",
            **_SPAN,
            "name": "text",
            "kind": "text",
            "polarity": "number",
            "label": "integer",
        },
        ("article_id", "start", "end"),
    ),
    "agency": Table(
        "verb and one of its participants",
        {
            **_ARTICLE,
            "voice": "text",
            "sentence_id": "integer",
            **_SPAN,
            "verb": "text",
            "form": "text",
            "agent": "text",
            "agent_name": "text",
            "patient": "text",
            "patient_name": "text",
            "negated": "flag",
        },
        ("article_id", "start"),
    ),
    "by_event": Table(
        "event and source that tells it",
        {
            "story": "text",
            "event_id": "integer",
            "label": "text",
            "source": "text",
            "sentences": "integer",
            "words": "integer",
            "tone": "number",
            "own_words": "text",
            "speakers": "text",
            "loaded": "text",
            "text": "text",
        },
        ("story", "event_id", "source"),
    ),
    "wording": Table(
        "pair of wordings of one thing",
        {
            **_PAIR,
            "event_id": "optional integer",
            "kind": "text",
            "about": "text",
            "wording_a": "text",
            "start_a": "integer",
            "end_a": "integer",
            "wording_b": "text",
            "start_b": "integer",
            "end_b": "integer",
            "evidence": "number",
            "similarity": "number",
        },
        ("article_id_a", "start_a", "end_a", "article_id_b", "start_b", "end_b", "kind"),
    ),
    "flags": Table(
        "flagged span",
        {
            **_ARTICLE,
            "voice": "text",
            "sentence_id": "integer",
            **_SPAN,
            "category": "text",
            "lemma": "text",
        },
        ("article_id", "start", "end", "category"),
    ),
    "flag_rates": Table(
        "source, voice and category",
        {
            "source": "text",
            "voice": "text",
            "category": "text",
            "n": "integer",
            "n_tokens": "integer",
            "per_thousand": "number",
        },
        ("source", "voice", "category"),
    ),
    "attitudes": Table(
        "actor in a source, by the tone toward it",
        {
            "story": "text",
            "source": "text",
            "name": "text",
            "kind": "text",
            "n": "integer",
            "n_negative": "integer",
            "n_neutral": "integer",
            "n_positive": "integer",
            "mean": "number",
        },
        ("story", "source", "name"),
    ),
    "frequencies": Table(
        "group and term",
        {
            "source": "text",
            "term": "text",
            "n": "integer",
            "n_tokens": "integer",
            "per_million": "number",
            "n_articles": "integer",
            "dispersion": "number",
        },
        ("source", "term"),
    ),
    "dispersions": Table(
        "term",
        {"term": "text", "n": "integer", "n_parts": "integer", "dp": "number", "dp_norm": "number"},
        ("term",),
    ),
    "key_terms": Table(
        "term compared in target and reference",
        {
            **_KEYNESS,
        },
        ("term",),
    ),
    "key_terms_by_source": Table(
        "target source, voice and term",
        {
            "target": "text",
            "reference": "text",
            "voice": "text",
            **_KEYNESS,
        },
        ("target", "voice", "term"),
    ),
    "log_odds": Table(
        "term compared in target and reference",
        {
            **_COMPARED,
            "prior": "number",
            "log_odds": "number",
            "z": "number",
            "p": "number",
            "q": "number",
            "n_tests": "integer",
        },
        ("term",),
    ),
    "duplicates": Table(
        "pair of articles that share text",
        {
            "article_id_a": "text",
            "source_a": "text",
            "article_id_b": "text",
            "source_b": "text",
            "similarity": "number",
            "kind": "text",
        },
        ("article_id_a", "article_id_b"),
    ),
    "storylines": Table(
        "article of a storyline",
        {
            "storyline_id": "integer",
            "article_id": "text",
            "source": "text",
            "published": "time",
            "n_articles": "integer",
        },
        ("article_id",),
    ),
    "surveyed": Table(
        "article of a survey",
        {
            "article_id": "text",
            "source": "text",
            "published": "time",
            "title": "text",
            "english": "flag",
            "n_tokens": "integer",
            "n_quoted": "integer",
            "n_passages": "integer",
            "mean": "number",
        },
        ("article_id",),
    ),
    "survey_tones": Table(
        "source, voice and month",
        {
            "source": "text",
            "voice": "text",
            "month": "text",
            "engine": "text",
            "n_articles": "integer",
            "n": "integer",
            "n_zero": "integer",
            "mean": "number",
            "low": "number",
            "high": "number",
        },
        ("source", "voice", "month"),
    ),
    "survey_voices": Table(
        "source, voice and month",
        {
            "source": "text",
            "voice": "text",
            "month": "text",
            "n_articles": "integer",
            "n": "integer",
            "n_tokens": "integer",
            "share": "number",
            "low": "number",
            "high": "number",
        },
        ("source", "voice", "month"),
    ),
    "survey_key_terms": Table(
        "source and term that sets it apart from the others",
        {
            "source": "text",
            **_KEYNESS,
        },
        ("source", "term"),
    ),
    "lines": Table(
        "occurrence of a term in context",
        {**_ARTICLE, "start": "integer", "end": "integer", "left": "text", "token": "text", "right": "text"},
        ("article_id", "start", "end"),
    ),
    "collocates": Table(
        "term near another",
        {
            "term": "text",
            "n": "integer",
            "n_term": "integer",
            "n_node": "integer",
            "n_articles": "integer",
            "expected": "number",
            "log_dice": "number",
        },
        ("term",),
    ),
    "intervals": Table(
        "group",
        {
            "measure": "text",
            "source": "text",
            "voice": "text",
            "n": "integer",
            "n_paragraphs": "integer",
            "mean": "number",
            "low": "number",
            "high": "number",
        },
    ),
    "within": Table(
        "source",
        {
            "measure": "text",
            "source": "text",
            "n": "integer",
            "n_paragraphs": "integer",
            "n_splits": "integer",
            "median": "number",
            "null_95": "number",
        },
        ("measure", "source"),
    ),
    "comparisons": Table("pair of sources", _COMPARISON, ("measure", "source_a", "source_b")),
    "verdicts": Table(
        "pair of sources",
        {
            **_COMPARISON,
            "n_cells": "integer",
            "n_cells_kept": "integer",
            "excludes_zero": "flag",
            "beyond_null": "flag",
            "n_needed": "integer",
            "verdict": "text",
        },
        ("measure", "source_a", "source_b"),
    ),
    "permutations": Table(
        "pair of sources",
        {
            "measure": "text",
            "source_a": "text",
            "source_b": "text",
            "n_articles_a": "integer",
            "n_articles_b": "integer",
            "difference": "number",
            "p": "number",
            "smallest_p": "number",
            "exact": "flag",
            "status": "text",
        },
        ("measure", "source_a", "source_b"),
    ),
    "term_permutations": Table(
        "term",
        {
            "term": "text",
            "n_target": "integer",
            "n_reference": "integer",
            "n_articles_target": "integer",
            "n_articles_reference": "integer",
            "difference": "number",
            "p": "number",
            "p_family": "number",
            "smallest_p": "number",
            "n_tests": "integer",
            "articles_needed": "integer",
        },
        ("term",),
    ),
    "vocabularies": Table(
        "pair of sources",
        {
            "source_a": "text",
            "source_b": "text",
            "size": "integer",
            "n_splits": "integer",
            "between": "number",
            "within": "number",
            "within_95": "number",
        },
        ("source_a", "source_b"),
    ),
    "equal_lengths": Table(
        "source and measure",
        {
            "source": "text",
            "measure": "text",
            "n_tokens": "integer",
            "size": "integer",
            "as_is": "integer",
            "mean": "number",
            "low": "number",
            "high": "number",
        },
        ("source", "measure"),
    ),
    "robustness": Table(
        "pair of sources and cell of the panel",
        {
            "source_a": "text",
            "source_b": "text",
            "engine": "text",
            "voice": "text",
            "headline": "text",
            "unit": "text",
            "difference": "number",
            "main": "flag",
            "keeps_sign": "flag",
        },
        ("source_a", "source_b", "engine", "voice", "headline", "unit"),
    ),
    "thresholds": Table(
        "event and threshold",
        {
            "story": "text",
            "event_id": "integer",
            "label": "text",
            "threshold": "number",
            "main": "flag",
            "n_sources": "integer",
            "linked": "flag",
            "similarity": "number",
        },
        ("story", "event_id", "threshold"),
    ),
    "methods": Table(
        "measure",
        {"measure": "text", "line": "text", "range": "text", "never_compare": "text", "section": "text"},
        ("measure",),
    ),
    "accuracies": Table(
        "measure and figure on a public set",
        {
            "measure": "text",
            "engine": "text",
            "figure": "text",
            "value": "number",
            "baseline": "number",
            "human": "number",
            "n": "text",
            "set": "text",
            "reference": "text",
        },
    ),
    "samples": Table(
        "item drawn to be coded by hand",
        {
            "task": "text",
            "item": "text",
            "source": "text",
            "text": "text",
            "other_text": "text",
            "machine": "text",
            "score": "number",
            "weight": "number",
        },
        ("task", "item"),
    ),
    "sheets": Table(
        "file of items to be coded",
        {"task": "text", "path": "text", "n_items": "integer", "n_coded": "integer"},
        ("task",),
    ),
    "codes": Table(
        "item as one coder sees it",
        {"task": "text", "item": "text", "coder": "text", "code": "text"},
        ("task", "item", "coder"),
    ),
    "agreements": Table(
        "coder, other side and measure",
        {
            "task": "text",
            "coder": "text",
            "against": "text",
            "measure": "text",
            "value": "number",
            "low": "number",
            "high": "number",
            "n": "integer",
        },
        ("task", "coder", "against", "measure"),
    ),
    "disagreements": Table(
        "item that a coder sees otherwise than the machine",
        {
            "task": "text",
            "coder": "text",
            "item": "text",
            "source": "text",
            "text": "text",
            "other_text": "text",
            "code": "text",
            "machine": "text",
        },
        ("task", "coder", "item"),
    ),
    "findings": Table(
        "finding",
        {"topic": "text", "status": "text", "sentence": "text", "n": "text", "section": "text"},
    ),
    # With the columns that name the group in front.
    "tone_terms": Table(
        "group, engine and term",
        {"engine": "text", "term": "text", "n": "integer", "polarity": "number", "contribution": "number"},
    ),
    "contributions": Table("term", {"term": "text", "contribution": "number"}, ("term",)),
    # The contributions of sentiment.explain, with what they are made of.
    "shift": Table(
        "term",
        {
            "term": "text",
            "contribution": "number",
            "target": "text",
            "reference": "text",
            "engine": "text",
            "in_target": "number",
            "in_reference": "number",
            "n_target": "integer",
            "n_reference": "integer",
            "left_out": "flag",
        },
        ("term",),
    ),
}


def make(name: str, rows: Iterable[Mapping] | pd.DataFrame = ()) -> pd.DataFrame:
    """Return the table ``name`` made of ``rows``, with its columns in order and of their types.

    A column that the rows leave out is missing throughout; further columns are dropped. No rows give an empty table
    with the right columns.

    >>> make("contributions", [{"term": "good", "contribution": 0.5}])["contribution"].sum()
    np.float64(0.5)
    >>> list(make("events").columns)
    ['story', 'event_id', 'label', 'article_id', 'source', 'sentence_id']
    """
    columns = TABLES[name].columns
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame.from_records(list(rows))
    # The text type turns None into a missing value, where object columns would keep it apart from NaN.
    frame = frame.reindex(columns=list(columns))
    times = {column: pd.to_datetime(frame[column], utc=True) for column, kind in columns.items() if kind == "time"}
    return frame.assign(**times).astype({column: DTYPES[kind] for column, kind in columns.items()})


def check(
    frame: pd.DataFrame, name: str, *, call: str, columns: Iterable[str] | None = None, unique: bool = True
) -> pd.DataFrame:
    """Return ``frame`` if it can serve ``call`` as the table ``name``; raise :class:`TableError` if it cannot.

    ``columns`` are the columns that the call reads (by default all of the table); ``unique`` asks that no two rows
    share the table's key. The frame comes back as it is, never copied.

    >>> check(make("events"), "events", call="alignment.coverage").empty
    True
    >>> check(make("events").drop(columns="label"), "events", call="alignment.coverage")
    Traceback (most recent call last):
    analysis.tables.TableError: alignment.coverage: the table of events has no column 'label'; it has 'story', \
'event_id', 'article_id', 'source', 'sentence_id'.
    """
    table = TABLES[name]
    wanted = list(table.columns if columns is None else columns)
    for column in wanted:
        if column not in frame.columns:
            has = ", ".join(repr(str(c)) for c in frame.columns) or "none at all"
            near = get_close_matches(column, [str(c) for c in frame.columns], n=1, cutoff=0.8)
            hint = f" Is '{near[0]}' meant to be it?" if near else ""
            raise TableError(f"{call}: the table of {name} has no column '{column}'; it has {has}.{hint}")
    key = [column for column in table.key if column in frame.columns]
    if unique and key and len(key) == len(table.key) and frame.duplicated(key).any():
        first = frame.loc[frame.duplicated(key), key].iloc[0]
        where = ", ".join(f"{column} {value!r}" for column, value in first.items())
        raise TableError(f"{call}: two rows of {name} with {where}; each row is to be one {table.row}.")
    return frame
