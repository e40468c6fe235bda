"""Adding articles to a story from the files that people have: pages, printouts, documents, mails, tables, exports.

Each reader takes a file's bytes and gives the articles it found, each with its fields and with what was left out of
it. What is written is Markdown with front matter; the original stays beside it. Nothing is ever fetched or overwritten.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten

from analysis import databases, document, inspection, manuscript, printout, spreadsheet, webpage
from analysis.found import Found, dated, one_line, times
from analysis.manuscript import CorpusError, shown

# Originals may be larger than the text in them: a PDF or a saved page holds its pictures, too.
MAX_MB = 100.0
# From this share of common five-word runs on, two texts are said to be versions of one.
NEAR = 0.5

# What the libraries below raise on damaged bytes; each becomes one sentence that names the file.
_DAMAGE = (
    *(ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, OSError, RuntimeError, AssertionError),
    *(SyntaxError, NotImplementedError, zipfile.BadZipFile, zlib.error, struct.error),
)


def add(place: str | Path, paths: Iterable[str | Path], *, max_mb: float | None = None) -> list[dict]:
    """Add the articles of some files to a story; return a record for each article, or for each file without one."""
    shelf = Shelf(target(place))
    return [record for path in paths for record in _add_file(shelf, Path(path), max_mb)]


def target(place: str | Path) -> Path:
    """Return the folder to add to: a story that is there, else a new one in the corpus, or at the path given."""
    path = Path(place).expanduser()
    try:
        folder = manuscript.find(path)
    except CorpusError:
        if any(path.is_file() or parent.is_file() for parent in path.parents):
            raise
        folder = manuscript.HOME / path if len(path.parts) == 1 and not path.is_absolute() else path.absolute()
        if not re.fullmatch(r"[\w][\w .-]*", folder.name):
            raise CorpusError(
                f"{manuscript.printable(folder.name)!r} is no name for a story; use letters, digits and hyphens."
            ) from None
        return folder
    if not manuscript.files(folder) and manuscript.stories(folder):
        raise CorpusError(f"{shown(folder)} holds stories, not articles; name one of them, or a new one.")
    return folder


@dataclass
class Shelf:
    """What a story holds already: enough to know an article when it comes again."""

    folder: Path
    digests: defaultdict = field(default_factory=lambda: defaultdict(dict))
    runs: defaultdict = field(default_factory=lambda: defaultdict(set))
    sizes: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for path in manuscript.files(self.folder) if self.folder.is_dir() else []:
            try:
                held = manuscript.read(path, max_mb=float("inf"))
                self.put(path.name, held.fields.get("source") or path.stem, held.text)
            except CorpusError:
                # What does not load is no article to compare with; parallax check says why.
                continue

    def put(self, name: str, source: str, text: str) -> None:
        """Remember an article."""
        text = _without_heading(text)
        self.digests[inspection.digest(text)].setdefault(source.casefold(), name)
        for run in inspection.runs(text):
            self.runs[hash(run)].add(name)
            self.sizes[name] += 1

    def same(self, text: str, source: str | None) -> str:
        """Return the name of the article with this very text, or "".

        Two sources may print one agency's words: a text is the same only where the source is, or is not known.
        """
        held = self.digests.get(inspection.digest(_without_heading(text)), {})
        return held.get(source.casefold(), "") if source else next(iter(held.values()), "")

    def near(self, text: str) -> tuple[str, float]:
        """Return the name of the article most like this text, and how much of the shorter one stands in the other."""
        runs = inspection.runs(_without_heading(text))
        shared = Counter(name for run in runs for name in self.runs.get(hash(run), ()))
        shares = {name: n / min(len(runs), self.sizes[name]) for name, n in shared.items()}
        return max(
            ((name, share) for name, share in shares.items()), key=lambda pair: (pair[1], pair[0]), default=("", 0)
        )


def is_readable(path: Path) -> bool:
    """Return whether a file is of a kind that is read."""
    return path.suffix.lower() in READERS and path.is_file() and not path.name.startswith((".", "~$"))


def articles(path: Path, *, max_mb: float | None = None) -> list[Found]:
    """Return the articles that a file of any kind holds; raise :class:`CorpusError` where it holds none."""
    return _found(path, _content(path, max_mb))


def _add_file(shelf: Shelf, path: Path, max_mb: float | None) -> Iterator[dict]:
    file = {"file": manuscript.printable(path.name), "n_words": 0}
    try:
        data = _content(path, max_mb)
        found = _found(path, data)
    except CorpusError as error:
        yield {**file, "outcome": "not added", "note": str(error)}
        return
    original = None
    for article in found:
        said = {key: article.fields.get(key) or None for key in ("source", "title")}
        if not article.text.strip():
            reason = "; ".join(article.notes) or "no text of an article was found in it"
            yield {**file, **said, "outcome": "not added", "note": reason}
            continue
        if same := shelf.same(article.text, article.fields.get("source")):
            yield {**file, **said, "outcome": "already there", "note": f"its text is that of {same}"}
            continue
        try:
            original = original or _keep(shelf.folder, path.name, data)
            yield {**file, **_write(shelf, path, article, original)}
        except OSError as error:
            reason = f"{shown(error.filename or shelf.folder)} cannot be written: {error.strerror or error}."
            yield {**file, **said, "outcome": "not added", "note": reason}


def _content(path: Path, max_mb: float | None) -> bytes:
    if path.is_dir():
        raise CorpusError(f"{shown(path)} is a folder; name the files in it, as in {shown(path)}/*.")
    if not path.is_file():
        raise CorpusError(f"{shown(path)} is not there.")
    if path.suffix.lower() not in READERS:
        known = " ".join(READERS)
        hint = " Save it as .docx first." if path.suffix.lower() in {".doc", ".wpd", ".pages"} else ""
        raise CorpusError(f"{shown(path)} is of a kind that is not read; these are: {known}.{hint}")
    data = manuscript.content(path, max_mb=MAX_MB if max_mb is None else max_mb)
    if not data.strip():
        raise CorpusError(f"{shown(path)} is empty.")
    return data


def _found(path: Path, data: bytes) -> list[Found]:
    kind, read = READERS[path.suffix.lower()]
    name = shown(path)
    try:
        found = read(data, name)
    except CorpusError:
        raise
    except _DAMAGE as error:
        why = manuscript.printable(shorten(str(error), 160, placeholder=" …")) or type(error).__name__
        raise CorpusError(f"{name} cannot be read as {kind}: it is damaged, or something else ({why}).") from None
    if not found:
        raise CorpusError(f"{name} holds no article that could be found.")
    for article in found:
        article.text = _valid(article.text)
        article.fields = {key: _valid(value) for key, value in article.fields.items()}
    return found


def _valid(text: str) -> str:
    """Return a text without halves of characters, which JSON and documents may hold and no file can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _write(shelf: Shelf, path: Path, article: Found, original: str) -> dict:
    """Write one article into the story and return its record."""
    fields, notes = dict(article.fields), list(article.notes)
    fields["published"], note = dated(fields.get("published") or "")
    notes += [note] if note else []
    source = " ".join((fields.get("source") or path.stem).split())
    near, share = shelf.near(article.text)
    if share >= NEAR:
        notes.append(f"{share:.0%} of it stands in {near}, too: another version of it, or one agency's copy")
    text = article.text if article.as_is else _with_heading(article.text.strip(), fields.get("title")) + "\n"
    notes += [note for kind, note in inspection.condition(text) if kind in {"language", "length"}]
    head = {name: fields.pop(name, "") for name in ("title", "author", "published", "genre", "url")}
    # What else the front matter of a file of one's own says stays with it.
    more = {name: value for name, value in fields.items() if value and name != "source"}
    more |= {"original": original, "text_sha256": inspection.digest(text)}
    written = _new_file(
        shelf.folder, _slug(source), ".md", manuscript.compose({"source": source, **head, **more}, text)
    )
    shelf.put(written.name, source, text)
    if article.left_out:
        log = shelf.folder / manuscript.ORIGINALS / f"{written.stem}{manuscript.LEFT_OUT}"
        log.write_text("\n".join(article.left_out) + "\n", encoding="utf-8")
        notes.append(f"left out {times(len(article.left_out), 'line')}, listed in {manuscript.ORIGINALS}/{log.name}")
    return {
        "outcome": "added",
        "path": str(written),
        "source": source,
        "title": head["title"] or None,
        "published": head["published"] or None,
        "n_words": inspection.count_words(text),
        "note": "; ".join(notes) or None,
    }


def _new_file(folder: Path, stem: str, suffix: str, content: str | bytes) -> Path:
    """Write a file under a name that is still free: stem, stem-2, stem-3 ... Never touch one that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    for number in range(1, 100_000):
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, "too many files of one name", str(folder / stem))


def _keep(folder: Path, name: str, data: bytes) -> str:
    """Keep the original's bytes in the story, once, and return its place there."""
    originals = folder / manuscript.ORIGINALS
    path = Path(name)
    for kept in sorted(originals.glob(f"*{path.suffix}")) if originals.is_dir() else []:
        if kept.stat().st_size == len(data) and kept.read_bytes() == data:
            return f"{manuscript.ORIGINALS}/{kept.name}"
    return f"{manuscript.ORIGINALS}/{_new_file(originals, path.stem, path.suffix, data).name}"


def _plain(data: bytes, name: str) -> list[Found]:
    text, encoding = manuscript.decode(data, name)
    fields, body = manuscript.parse(text, name)
    if not fields:
        _, exported = databases.split(text)
        if exported:
            return exported
    if not body.strip():
        raise CorpusError(f"{name} is empty below its front matter.")
    notes = [] if encoding == "UTF-8" else [f"read as {encoding}"]
    # The user's own text: to the character, with its headline where it is.
    return [Found(body, fields, [], notes, as_is=True)]


def _with_heading(text: str, title: str | None) -> str:
    """Put the headline above the text as ``# Headline``, for the sentences of it to be told from the body's."""
    title = one_line(title)
    first = text.lstrip().split("\n", 1)[0]
    if not title or one_line(first.lstrip("# ")).casefold() == title.casefold():
        return text
    return f"# {title}\n\n{text}"


def _without_heading(text: str) -> str:
    return re.sub(r"\A\s*# [^\n]*\n", "", text)


def _slug(source: str) -> str:
    plain = unicodedata.normalize("NFKD", source).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    # A README is the folder's guide, never an article.
    return slug if slug not in {"", "readme"} else f"article{'-' if slug else ''}{slug}"


Reader = Callable[[bytes, str], list[Found]]
READERS: dict[str, tuple[str, Reader]] = {
    ".txt": ("plain text", _plain),
    ".md": ("plain text", _plain),
    ".html": ("a web page", webpage.read_page),
    ".htm": ("a web page", webpage.read_page),
    ".mhtml": ("a saved web page", webpage.read_archive),
    ".pdf": ("a PDF", printout.read),
    ".docx": ("a Word file", document.read_word),
    ".odt": ("an OpenDocument text", document.read_odt),
    ".rtf": ("an RTF file", document.read_rtf),
    ".eml": ("a mail", webpage.read_mail),
    ".csv": ("a table", spreadsheet.read_separated),
    ".tsv": ("a table", spreadsheet.read_separated),
    ".xlsx": ("an Excel table", spreadsheet.read_sheet),
    ".jsonl": ("lines of JSON", spreadsheet.read_json_lines),
    ".parquet": ("a Parquet table", spreadsheet.read_parquet),
}
