"""Stories and their articles: a folder of ``corpus/`` is a story, a file in it an article.

A file is plain text (``.txt``, ``.md``), with or without front matter between two lines of ``---``. What the front
matter leaves out stays missing; without a ``source`` the file's name is the source. The text of an article is what
follows the front matter, to the character. Everything is read from the machine; nothing is fetched.
"""

import tomllib
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from analysis import inspection, manuscript, tables
from analysis.manuscript import HOME, CorpusError, CorpusWarning

__all__ = [
    "HOME",
    "CorpusError",
    "CorpusWarning",
    "add",
    "aliases",
    "check",
    "from_records",
    "in_english",
    "notes",
    "read",
    "stories",
]

ALIASES = "aliases.toml"
# What makes a reader doubt the whole table warns at once; the rest stands in the notes.
_WARN_OF = ("encoding", "language")


def stories(folder: str | Path = HOME) -> list[str]:
    """Return the names of the stories in ``folder``, in alphabetical order.

    >>> "facebook-trump-posts" in stories()
    True
    """
    return manuscript.stories(folder)


def read(place: str | Path, *, max_mb: float | None = None) -> pd.DataFrame:
    """Read a story, or every story of a folder, as the table of articles, in the order of the files' names.

    ``place`` is the name of a story of this project, a folder of article files, or a folder of such folders. A file
    may have ``max_mb`` megabytes (by default 5, or what the environment variable PARALLAX_MAX_MB says).

    Raises :class:`CorpusError`, in one sentence that names the file, for a story that is not there, an empty folder, an
    empty, binary, damaged or too large file, broken front matter, and two articles with one id. Warns with a
    :class:`CorpusWarning` of a file in another encoding than UTF-8, and of an article in another language than
    English; :func:`notes` gives all that is to be known as a table.

    >>> list(read("facebook-trump-posts")["source"])
    ['commentary', 'dispatch']
    """
    records = manuscript.load(place, max_mb=max_mb)
    articles = from_records(records)
    for record in records:
        for kind, note in inspection.condition(record["text"], encoding=record["encoding"]):
            if kind in _WARN_OF:
                warnings.warn(f"{manuscript.shown(record['path'])} is {note}.", CorpusWarning, stacklevel=2)
    return articles


def from_records(records: Iterable[Mapping] | pd.DataFrame) -> pd.DataFrame:
    """Make the table of articles of records (or of a table's rows) that hold at least ``source`` and ``text``.

    What a record leaves out is missing, but for story ("story") and article_id (story/source, with a number where a
    source has several). ``published`` is a time, a day, or a text that names one; without a zone it is UTC. The text
    is kept to the character. Raises :class:`CorpusError` for a record without a source or a text, a ``published`` that
    is no date, and two articles with one id.

    >>> from_records([{"source": "daily", "text": "It rained."}])["article_id"].item()
    'story/daily'
    """
    if isinstance(records, pd.DataFrame):
        records = records.to_dict("records")
    rows = [_row(record, number) for number, record in enumerate(records, 1)]
    _give_ids(rows)
    return tables.make("articles", rows)


def in_english(articles: pd.DataFrame) -> pd.DataFrame:
    """Return the articles in English, or too short to say: those that the measures are made for.

    Reads text. :func:`notes` names the language of each of the others.

    >>> articles = from_records([{"source": "bote", "text": "Die Brücke ist gesperrt, " * 9}])
    >>> len(in_english(articles))
    0
    """
    return articles[[inspection.is_english(text) for text in articles["text"]]]


def notes(articles: pd.DataFrame) -> pd.DataFrame:
    """Return what is to be known of each article before anything is measured, as the table of notes.

    Reads article_id, story, source, text, path. ``kind`` says what it is about: encoding, language, characters
    (control characters, badly decoded ones, remnants of HTML), quotation marks (odd or mixed), length (under 50
    words), changed (since it was added), same text (as in another article of the story); ``note`` says it in words. A
    file is looked into again for what the table does not hold; a file that has gone gives no notes of that kind.

    >>> articles = from_records([{"source": "daily", "text": "It rained. “So what?"}])
    >>> list(notes(articles)["kind"])
    ['quotation marks', 'length']
    """
    columns = ["article_id", "story", "source", "text", "path"]
    tables.check(articles, "articles", call="corpus.notes", columns=columns)
    rows = []
    for article in articles[columns].to_dict("records"):
        encoding, fields = _of_file(article.pop("path"))
        text = article.pop("text")
        found = inspection.condition(text, encoding=encoding, fields=fields)
        rows += [{**article, "kind": kind, "note": note} for kind, note in found]
    return tables.make("notes", [*rows, *_repeated(articles)])


def check(place: str | Path, *, max_mb: float | None = None) -> pd.DataFrame:
    """List each file of a place: what it loads as, or why it does not, and whatever looks wrong.

    Returns the table of notes. Beside the kinds of :func:`notes` there are *loads* (with the number of words, the day
    and the headline), *does not load*, *metadata* (a field of the front matter that the kit does not know), *aliases*
    (an alias that no article holds), *originals* (a file kept there that no article comes from) and *not read* (a PDF,
    a Word file or the like, which is an article only once it is added; *does not load* if it cannot be).

    >>> list(check("bridge-closure")["kind"].unique())
    ['loads']
    """
    folder = manuscript.find(place)
    rows, records = [], []
    for path in manuscript.places(folder):
        try:
            records.append(manuscript.record(path, max_mb=max_mb))
            from_records(records[-1:])
        except CorpusError as error:
            records = [record for record in records if record["path"] != str(path)]
            rows.append(_noted(path, kind="does not load", note=str(error)))
    try:
        articles = from_records(records)
    except CorpusError as error:
        # Two articles with one id: each loads, both together do not.
        rows.append({"story": folder.name, "kind": "does not load", "note": str(error)})
        articles = from_records({**record, "article_id": None} for record in records)
    rows += [_loads(article) for article in articles.to_dict("records")]
    rows += notes(articles).to_dict("records")
    rows += [row for path in articles["path"] for row in _unknown_fields(Path(path))]
    for story in dict.fromkeys(path.parent for path in manuscript.places(folder)):
        rows += _aliases_that_match_nothing(story, articles) + _originals_without_article(story, articles)
        rows += _not_yet_added(story)
    found = tables.make("notes", rows)
    return found.sort_values(["story", "source"], kind="stable", na_position="last").reset_index(drop=True)


def aliases(place: str | Path) -> dict[str, str]:
    """Read a story's ``aliases.toml``: whose name each further name of a person or organization stands for.

    The file gives, for a full name, the other names that articles use, in one line each::

        "Timothy J. Aveni" = ["Aveni", "Tim Aveni"]

    Returns a dictionary from alias to name, empty where there is no such file. Raises :class:`CorpusError` for a file
    that cannot be read, a line that is not of this form, and an alias given to two names.

    >>> aliases("bridge-closure")
    {}
    """
    return _aliases_of(manuscript.find(place))


def add(place: str | Path, files: Iterable[str | Path], *, max_mb: float | None = None) -> pd.DataFrame:
    """Add articles to a story from files of any kind that news comes in, and say what was taken and left out.

    ``place`` is the name of a story of this project, which is made where it is not there, or a folder. ``files`` are
    files on this machine: .txt .md .html .htm .mhtml .pdf .docx .odt .rtf .eml .csv .tsv .xlsx .jsonl .parquet, and
    exports of Nexis Uni, Factiva and ProQuest, which are split into their articles. Each article becomes a Markdown
    file with front matter; the original is kept beside it in ``originals/``. Nothing is overwritten, and an article
    that the story already holds is not added again. Nothing is fetched from anywhere.

    Returns the table of additions, a row an article or file: file, outcome (added, already there, not added), path,
    source, title, published, n_words, note. A file that cannot be read is a row, too, and stops none of the others.
    """
    from analysis import importing

    rows = importing.add(place, files, max_mb=max_mb)
    return tables.make("additions", [{**row, "published": manuscript.moment(row.get("published"))} for row in rows])


def _row(record: Mapping, number: int) -> dict:
    row = {name: None if _is_missing(value) else value for name, value in record.items()}
    row["story"] = row.get("story") or "story"
    if not row.get("source") or not isinstance(row.get("text"), str):
        lacks = "source" if not row.get("source") else "text"
        raise CorpusError(f"corpus.from_records: record {number} has no {lacks}; give each a source and a text.")
    try:
        row["published"] = manuscript.moment(row.get("published"))
    except ValueError as error:
        raise CorpusError(f"corpus.from_records: record {number}: {error}") from None
    return row


def _is_missing(value: object) -> bool:
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


def _give_ids(rows: list[dict]) -> None:
    """Fill in the ids that are not given: story/source, numbered from 2 on in the order of the rows."""
    taken: dict[str, dict] = {}
    for row in rows:
        if row.get("article_id"):
            row["article_id"] = str(row["article_id"])
            other = taken.setdefault(row["article_id"], row)
            if other is not row:
                where = " and ".join(manuscript.shown(r.get("path") or r["source"]) for r in (other, row))
                raise CorpusError(
                    f"two articles have the id {row['article_id']!r}: {where}; give each its own article_id."
                )
    numbered = [row for row in rows if not row.get("article_id")]
    for row in numbered:
        base = f"{row['story']}/{row['source']}"
        if base not in taken:
            row["article_id"], taken[base] = base, row
    for row in numbered:
        if not row.get("article_id"):
            base, number = f"{row['story']}/{row['source']}", 2
            while f"{base}-{number}" in taken:
                number += 1
            row["article_id"] = f"{base}-{number}"
            taken[row["article_id"]] = row


def _of_file(path: object) -> tuple[str, Mapping[str, str]]:
    """Return how an article's file is encoded and what its front matter holds; nothing where there is no file."""
    if not isinstance(path, str) or not Path(path).is_file():
        return "UTF-8", {}
    try:
        found = manuscript.read(Path(path), max_mb=float("inf"))
    except CorpusError:
        return "UTF-8", {}
    return found.encoding, found.fields


def _repeated(articles: pd.DataFrame) -> list[dict]:
    rows = []
    first: dict[tuple[str, str], str] = {}
    for article_id, story, source, text in zip(
        *(articles[column] for column in ("article_id", "story", "source", "text")), strict=True
    ):
        other = first.setdefault((story, inspection.digest(text)), article_id)
        if other != article_id:
            row = {"article_id": article_id, "story": story, "source": source}
            rows.append({**row, "kind": "same text", "note": f"the same text as {other}"})
    return rows


def _noted(path: Path, **row: str) -> dict:
    return {"story": path.parent.name, "source": path.stem, **row}


def _loads(article: dict) -> dict:
    parts = [f"{inspection.count_words(article['text']):,} words"]
    parts += ["no date"] if pd.isna(article["published"]) else [f"published {article['published']:%Y-%m-%d}"]
    parts += ["no headline"] if pd.isna(article["title"]) else [article["title"]]
    return {**article, "kind": "loads", "note": ", ".join(parts)}


def _unknown_fields(path: Path) -> list[dict]:
    from difflib import get_close_matches

    known = (*manuscript.FIELDS, *manuscript.FURTHER_FIELDS)
    rows = []
    for name in _of_file(str(path))[1]:
        near = get_close_matches(name, known, n=1)
        if name not in known and near:
            note = f"the field {name!r} of the front matter is not read; is it meant to be {near[0]!r}?"
            rows.append(_noted(path, kind="metadata", note=note))
    return rows


def _aliases_of(folder: Path) -> dict[str, str]:
    path = folder / ALIASES
    if not path.is_file():
        return {}
    try:
        groups = tomllib.loads(manuscript.decode(manuscript.content(path), manuscript.shown(path))[0])
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(
            f'{manuscript.shown(path)} cannot be read ({error}); write a line a name: "Full Name" = ["Other Name"].'
        ) from None
    found: dict[str, str] = {}
    for name, others in groups.items():
        if not isinstance(others, list) or not all(isinstance(other, str) and other.strip() for other in others):
            raise CorpusError(
                f'{manuscript.shown(path)}: {name!r} is to have a list of names, as in "{name}" = ["Other Name"].'
            )
        for other in others:
            if found.setdefault(other, name) != name:
                raise CorpusError(
                    f"{manuscript.shown(path)}: {other!r} is given to both {found[other]!r} and {name!r}; keep one."
                )
    return found


def _aliases_that_match_nothing(folder: Path, articles: pd.DataFrame) -> list[dict]:
    try:
        names = _aliases_of(folder)
    except CorpusError as error:
        return [{"story": folder.name, "kind": "aliases", "note": str(error)}]
    text = "\n".join(articles.loc[articles["story"] == folder.name, "text"])
    return [
        {"story": folder.name, "kind": "aliases", "note": f"no article holds {alias!r}, an alias of {name!r}"}
        for alias, name in names.items()
        if alias not in text
    ]


def _originals_without_article(folder: Path, articles: pd.DataFrame) -> list[dict]:
    originals = folder / manuscript.ORIGINALS
    if not originals.is_dir():
        return []
    used = {_of_file(path)[1].get("original") for path in articles["path"]}
    return [
        {"story": folder.name, "kind": "originals", "note": f"no article comes from {path.name!r}"}
        for path in sorted(originals.iterdir())
        if not path.name.startswith(".")
        and not path.name.endswith(manuscript.LEFT_OUT)
        and f"{manuscript.ORIGINALS}/{path.name}" not in used
    ]


def _not_yet_added(folder: Path) -> list[dict]:
    from analysis import importing

    rows = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in manuscript.SUFFIXES or not importing.is_readable(path):
            continue
        try:
            importing.articles(path)
        except CorpusError as error:
            rows.append(_noted(path, kind="does not load", note=str(error)))
        else:
            note = f"{path.name} is no article yet; bring it in with: parallax add {folder.name} {path.name}"
            rows.append(_noted(path, kind="not read", note=manuscript.printable(note)))
    return rows
