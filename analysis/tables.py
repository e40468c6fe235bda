"""The tables of the kit: which columns each has, of which type, and what one row of it stands for.

Every other module makes its results with :func:`make` and checks its input with :func:`check`, so that a table of a
given name looks the same wherever it comes from, an empty one included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

VOICES = ("narration", "reported", "quotation")
PARTS = ("headline", "body", "furniture")

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
        },
        ("article_id_a", "quotation_id_a", "article_id_b", "quotation_id_b"),
    ),
    "mentions": Table(
        "mention of an actor",
        {**_ARTICLE, "sentence_id": "integer", **_SPAN, "name": "text", "kind": "text"},
        ("article_id", "start", "end"),
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
    "contributions": Table("term", {"term": "text", "contribution": "number"}, ("term",)),
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
