"""Large collections of articles in batches: where each begins and ends, and the articles of one.

A batch is a reference (a file and a range in it), small enough to be sent to another process or machine that sees the
same files; only whoever works on it reads its texts.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import manuscript, tables

SUFFIXES = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
FIELDS = ("article_id", "story", "source", "title", "published", "text")
NEEDED = ("source", "text")
_BLOCK = 1 << 22


class BatchError(ValueError):
    """A collection cannot be read in batches; the message says where and what to do."""


class Batch(NamedTuple):
    """A range of one file: bytes of csv and jsonl, a row group of parquet; or files of one article each."""

    kind: str
    paths: tuple[str, ...]
    start: int
    stop: int
    first: int
    n_articles: int


def plan(place: str | Path, *, size: int, spool: Path) -> list[Batch]:
    """Part a collection into batches of about ``size`` articles, in the order of the files and of their rows.

    ``place`` is a csv, jsonl or parquet file, a folder of such files, or a folder of articles, one file each, in
    folders of stories or not. Row groups of parquet files that are much larger than a batch are cut and written to
    the folder ``spool`` first. Raises :class:`BatchError` where there is nothing to read.
    """
    files = _files(Path(place))
    if files and files[0].suffix.lower() in SUFFIXES:
        planners = {"csv": _lines, "jsonl": _lines, "parquet": _row_groups}
        return [
            batch
            for file in files
            for batch in planners[SUFFIXES[file.suffix.lower()]](file, size=size, spool=spool)
            if batch.n_articles
        ]
    return [
        Batch("files", tuple(map(str, files[first : first + size])), 0, 0, first, len(files[first : first + size]))
        for first in range(0, len(files), size)
    ]


def read(batch: Batch, *, columns: Mapping[str, str]) -> tuple[pd.DataFrame, int]:
    """Return the articles of a batch, and how many rows were left out for want of a text or a source.

    ``columns`` says which column of the file holds what, where its own name does not. An article without an
    article_id gets the file's name and its row's number, whatever the batch; without a story, the file's name.
    """
    readers = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet, "files": _texts}
    rows = readers[batch.kind](batch)
    if batch.kind != "files":
        rows = _named(rows, Path(batch.paths[-1]), columns)  # The file the user knows, not a cut of it.
    usable = rows[rows["text"].str.strip().ne("") & rows["text"].notna() & rows["source"].notna()]
    times = pd.to_datetime(usable["published"], utc=True, format="mixed", errors="coerce")
    return tables.make("articles", usable.assign(published=times)), len(rows) - len(usable)


def _files(place: Path) -> list[Path]:
    if not place.exists():
        siblings = [path.name for path in place.parent.iterdir()] if place.parent.is_dir() else []
        near = get_close_matches(place.name, siblings, n=1)
        raise BatchError(f"there is no file or folder '{place}'.{f' Did you mean {near[0]!r}?' if near else ''}")
    if place.is_file():
        if place.suffix.lower() not in SUFFIXES:
            raise BatchError(f"'{place.name}' is no table of articles; give a {', '.join(SUFFIXES)} file, or a folder.")
        return [place]
    found = sorted(path for path in place.iterdir() if path.suffix.lower() in SUFFIXES)
    found = found or sorted(
        path
        for folder in (place, *(sub for sub in place.rglob("*") if sub.is_dir()))
        for path in manuscript.files(folder)
    )
    if not found:
        raise BatchError(f"'{place}' holds no articles; put {', '.join(SUFFIXES)} files there, or one file an article.")
    return found


def _record_ends(file: Path, *, quoted: bool) -> Iterator[np.ndarray]:
    """Yield the places behind each record's end; in csv a line end between quotation marks is part of a field."""
    at, odd, last = 0, 0, 0
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            letters = np.frombuffer(block, dtype=np.uint8)
            ends = np.flatnonzero(letters == ord("\n"))
            if quoted:
                marks = np.cumsum(letters == ord('"')) + odd
                ends, odd = ends[marks[ends] % 2 == 0], int(marks[-1]) % 2
            at += len(block)
            last = at - len(block) + int(ends[-1]) + 1 if len(ends) else last
            yield ends + (at - len(block) + 1)
    if last < at:
        yield np.array([at])


def _lines(file: Path, *, size: int, spool: Path) -> list[Batch]:
    kind = SUFFIXES[file.suffix.lower()]
    ends = np.concatenate([np.zeros(1, dtype=np.int64), *_record_ends(file, quoted=kind == "csv")])
    if kind == "csv":
        ends = ends[1:]  # The first record is the header.
    return [
        Batch(kind, (str(file),), int(ends[first]), int(ends[min(first + size, len(ends) - 1)]), first, n)
        for first in range(0, len(ends) - 1, size)
        if (n := min(size, len(ends) - 1 - first))
    ]


def _row_groups(file: Path, *, size: int, spool: Path) -> list[Batch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as table:
        counts = [table.metadata.row_group(group).num_rows for group in range(table.num_row_groups)]
        if max(counts, default=0) <= 4 * size:
            firsts = np.cumsum([0, *counts])
            return [
                Batch("parquet", (str(file),), group, group + 1, int(firsts[group]), n)
                for group, n in enumerate(counts)
            ]
        batches = []
        first = 0
        for number, rows in enumerate(table.iter_batches(batch_size=size)):
            cut = spool / f"{file.stem}-{size}-{number:06}.parquet"
            _write(rows, cut)
            batches.append(Batch("parquet", (str(cut), str(file)), 0, 1, first, rows.num_rows))
            first += rows.num_rows
        return batches


def _write(rows, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    pq.write_table(pa.Table.from_batches([rows]), partial)
    partial.replace(path)


def _csv(batch: Batch) -> pd.DataFrame:
    path = Path(batch.paths[0])
    with path.open("rb") as stream:
        header = stream.read(batch.start) if not batch.first else next(_headers(path))
        stream.seek(batch.start)
        body = stream.read(batch.stop - batch.start)
    source = io.BytesIO(header.removeprefix(b"\xef\xbb\xbf") + body)
    try:
        rows = pd.read_csv(
            source, dtype="str", encoding_errors="replace", skip_blank_lines=False, keep_default_na=False
        )
    except pd.errors.ParserError as error:
        raise BatchError(f"'{path.name}' is no regular csv file: {error}. Save it anew, with quoted fields.") from None
    if len(rows) != batch.n_articles:
        raise BatchError(
            f"'{path.name}' is no regular csv file: {batch.n_articles} records were counted from byte {batch.start}, "
            f"{len(rows)} read. Save it anew with quoted fields, or as jsonl."
        )
    return rows.replace("", None).set_axis(range(batch.first, batch.first + len(rows)))


def _headers(path: Path) -> Iterator[bytes]:
    first = next(int(ends[0]) for ends in _record_ends(path, quoted=True) if len(ends))
    with path.open("rb") as stream:
        yield stream.read(first)


def _jsonl(batch: Batch) -> pd.DataFrame:
    path = Path(batch.paths[0])
    with path.open("rb") as stream:
        stream.seek(batch.start)
        body = stream.read(batch.stop - batch.start)
    # Cut at line ends as they were counted: str.splitlines would cut at others too.
    lines = body.removesuffix(b"\n").split(b"\n")
    records = []
    for number, line in enumerate(lines, batch.first):
        try:
            record = json.loads(line.decode("utf-8", "replace").removeprefix("\ufeff")) if line.strip() else {}
        except json.JSONDecodeError as error:
            raise BatchError(f"'{path.name}', line {number + 1}: {error.msg}; each line is to be one object.") from None
        if not isinstance(record, dict):
            raise BatchError(f"'{path.name}', line {number + 1} is no object; each line is to be one: {{...}}.")
        records.append(record)
    return pd.DataFrame.from_records(records, index=range(batch.first, batch.first + len(records)))


def _parquet(batch: Batch) -> pd.DataFrame:
    import pyarrow.parquet as pq

    with pq.ParquetFile(batch.paths[0]) as table:
        rows = table.read_row_group(batch.start).to_pandas()
    return rows.set_axis(range(batch.first, batch.first + len(rows)))


def _texts(batch: Batch) -> pd.DataFrame:
    records = [manuscript.record(Path(path)) for path in batch.paths]
    for record, path in zip(records, map(Path, batch.paths), strict=True):
        # Folder and file: what a reader finds the article by, and the same whatever the batch.
        record["article_id"] = record["article_id"] or f"{path.resolve().parent.name}/{path.stem}"
    return pd.DataFrame(records)


def _named(rows: pd.DataFrame, path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Give the columns their names here; number what has none."""
    unknown = [name for name in columns.values() if name not in rows.columns]
    missing = [name for name in NEEDED if name not in rows.columns and name not in columns]
    for name in unknown + missing:
        has = ", ".join(repr(str(column)) for column in rows.columns)
        near = get_close_matches(name, [str(column) for column in rows.columns], n=1)
        hint = f" Did you mean '{near[0]}'?" if near else f" Say which holds it: columns={{{name!r}: ...}}."
        raise BatchError(f"'{path.name}' has no column '{name}'; it has {has}.{hint}")
    found = rows.rename(columns={theirs: ours for ours, theirs in columns.items()})
    found = found.loc[:, ~found.columns.duplicated(keep="last")].reindex(columns=FIELDS)
    for name in ("article_id", "story", "source", "title", "text"):
        found[name] = found[name].astype("str")
    numbered = pd.Series([f"{path.stem}/{number}" for number in found.index], index=found.index, dtype="str")
    return found.assign(article_id=found["article_id"].fillna(numbered), story=found["story"].fillna(path.stem))


def count(batches: Iterable[Batch]) -> int:
    """Return the number of articles, or of rows that are to be articles, in all batches."""
    return sum(batch.n_articles for batch in batches)
