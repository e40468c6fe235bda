"""Stories and their articles: a folder of ``corpus/`` is a story, a file in it an article.

A file is plain text (``.txt``, ``.md``), with or without front matter between two lines of ``---``. What the front
matter leaves out stays missing; without a ``source`` the file's name is the source. The text of an article is what
follows the front matter, to the character.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from analysis import tables

HOME = Path(__file__).resolve().parent.parent / "corpus"
SUFFIXES = (".txt", ".md")
FIELDS = ("source", "title", "author", "published", "genre", "url")


class CorpusError(ValueError):
    """A story or an article cannot be read; the message says which, where and what to do."""


def stories(folder: str | Path = HOME) -> list[str]:
    """Return the names of the stories in ``folder``, in alphabetical order.

    >>> "facebook-trump-posts" in stories()
    True
    """
    return sorted(path.name for path in Path(folder).iterdir() if path.is_dir() and _files(path))


def read(place: str | Path) -> pd.DataFrame:
    """Read a story, or every story of a folder, as a table of articles.

    ``place`` is the name of a story of this project, a folder of article files, or a folder of such folders.

    >>> list(read("facebook-trump-posts")["source"])
    ['commentary', 'dispatch']
    """
    folder = _folder(place)
    files = _files(folder) or [file for story in stories(folder) for file in _files(folder / story)]
    if not files:
        raise CorpusError(
            f"{place}: no articles here; put one file an article into the folder ({' or '.join(SUFFIXES)})."
        )
    return from_records(_article(file) for file in files)


def from_records(records: Iterable[Mapping]) -> pd.DataFrame:
    """Make a table of articles of records that hold at least ``source`` and ``text``.

    What a record leaves out is missing, but for story ("story") and article_id (story/source, with a number where a
    source has several). The text is kept to the character.

    >>> from_records([{"source": "daily", "text": "It rained."}])["article_id"].item()
    'story/daily'
    """
    rows = [dict(record) for record in records]
    taken = {row["article_id"] for row in rows if row.get("article_id")}
    seen: dict[str, int] = {}
    for row in rows:
        row["story"] = row.get("story") or "story"
        if not row.get("article_id"):
            base = f"{row['story']}/{row['source']}"
            seen[base] = seen.get(base, 0) + 1
            row["article_id"] = base if seen[base] == 1 else f"{base}-{seen[base]}"
            if row["article_id"] in taken:
                raise CorpusError(f"two articles have the article_id {row['article_id']!r}; give each its own.")
    articles = tables.make("articles", rows)
    return tables.check(articles, "articles", call="corpus.from_records")


def _folder(place: str | Path) -> Path:
    path = Path(place)
    for candidate in (path, HOME / path, HOME.parent / path):
        if candidate.is_dir():
            return candidate
    near = get_close_matches(path.name, stories(), n=3, cutoff=0.4)
    hint = f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    raise CorpusError(f"no story or folder {str(place)!r}; the stories here are {', '.join(stories())}.{hint}")


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in SUFFIXES and path.stem.lower() != "readme"
    )


def _article(path: Path) -> dict:
    import frontmatter

    text = path.read_bytes().decode("utf-8")
    match = re.match(r"---\n.*?\n---\n", text, re.DOTALL)
    fields = frontmatter.loads(match.group()).metadata if match else {}
    body = text[match.end() :] if match else text
    return {
        **{field: fields.get(field) for field in FIELDS},
        "source": fields.get("source") or path.stem,
        "story": path.parent.name,
        "text": body,
        "path": str(path),
    }
