"""Tables of articles: CSV, TSV, Excel, lines of JSON, Parquet."""

import io
import json
import re
from collections.abc import Iterable, Mapping

from analysis import manuscript
from analysis.found import Found, quiet, unpacked
from analysis.manuscript import CorpusError

# The names under which tables of articles hold each field, the surest first.
COLUMNS = {
    "text": ("text", "body", "content", "article", "article_text", "full_text", "fulltext", "maintext", "story_text"),
    "title": ("title", "headline", "head", "heading"),
    "source": (
        "source",
        "publication",
        "outlet",
        "newspaper",
        "publisher",
        "site",
        "site_name",
        "source_name",
        "domain",
    ),
    "author": ("author", "authors", "byline", "by", "writer"),
    "published": ("published", "date", "publication_date", "published_at", "date_published", "pub_date", "datetime"),
    "url": ("url", "link", "canonical", "address", "web_url", "source_url"),
    "genre": ("genre", "kind", "type"),
    "section": ("section", "desk", "category"),
}


def read_separated(data: bytes, name: str) -> list[Found]:
    """Read values separated by commas, semicolons or tabs: a row an article."""
    import pandas as pd

    text, _ = manuscript.decode(data, name)
    first = text.split("\n", 1)[0]
    separator = max("\t,;|", key=first.count)
    table = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
    return _rows(list(table.columns), table.to_dict("records"), name)


def read_sheet(data: bytes, name: str) -> list[Found]:
    """Read the first sheet of an Excel file that has a column of texts: a row an article."""
    import openpyxl

    unpacked(data, name)
    with quiet():
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        columns = [str(value) if value is not None else "" for value in next(rows, ())]
        if _columns(columns).get("text"):
            return _rows(columns, [dict(zip(columns, row, strict=False)) for row in rows], name)
    raise CorpusError(f"{name} has no sheet with a column of texts; name it 'text' in the first row.")


def read_json_lines(data: bytes, name: str) -> list[Found]:
    """Read lines of JSON, an object an article; a line that is none does not stop the others."""
    text, _ = manuscript.decode(data, name)
    found: list[Found] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            found.append(Found("", {}, [], [f"line {number} is no JSON ({error})"]))
            continue
        if not isinstance(record, dict):
            found.append(Found("", {}, [], [f"line {number} is no JSON object with a text"]))
            continue
        found += _rows(list(record), [record], f"{name}, line {number}")
    return found


def read_parquet(data: bytes, name: str) -> list[Found]:
    """Read a Parquet file: a row an article."""
    import pandas as pd

    table = pd.read_parquet(io.BytesIO(data))
    return _rows(list(table.columns), table.to_dict("records"), name)


def _rows(columns: list[str], records: Iterable[Mapping], name: str) -> list[Found]:
    """Make an article of each row of a table, by the names of its columns."""
    named = _columns(columns)
    if "text" not in named:
        has = ", ".join(repr(manuscript.printable(str(column))) for column in columns) or "none"
        raise CorpusError(f"{name} has no column of texts; it has {has}. Name the one that holds them 'text'.")
    found = []
    for number, record in enumerate(records, 1):
        fields = {field: _cell(record.get(column)) for field, column in named.items()}
        text = fields.pop("text").replace("\r\n", "\n")
        notes = [] if text.strip() else [f"row {number} has no text"]
        found.append(Found(text, fields, [], notes))
    return found


def _columns(columns: Iterable[str]) -> dict[str, str]:
    """Return which column holds which field: the first of a field's known names that is there."""
    folded = {re.sub(r"[\W_]+", "_", str(column).strip().lower()): column for column in columns}
    return {
        field: next(folded[name] for name in names if name in folded)
        for field, names in COLUMNS.items()
        if any(name in folded for name in names)
    }


def _cell(value: object) -> str:
    if value is None or value != value or str(value) in {"NaT", "<NA>"}:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).strip()
