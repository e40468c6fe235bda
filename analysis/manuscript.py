"""One article's file: its bytes, its front matter and its text.

Nothing here needs pandas, so that the command line can look through a folder at once. An article's text is what
follows the front matter, to the character; only the byte order mark and the encoding go.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "corpus"
SUFFIXES = (".md", ".txt")
FIELDS = ("source", "title", "author", "published", "genre", "url")
ORIGINALS = "originals"
LEFT_OUT = ".left-out.txt"
MAX_MB = 5.0
# What front matter may hold beside FIELDS: an id of one's own, and what adding an article leaves behind.
FURTHER_FIELDS = ("article_id", "story", "invented", "site", "section", "original", "text_sha256")

_OPENING = re.compile(r"---[^\S\n]*\n")
_CLOSING = re.compile(r"^---[^\S\n]*$\n?", re.MULTILINE)
_FIELD_LINE = re.compile(r"\s*(?:#|[\w -]+:(?:\s|$))")
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_SIGNATURES = ((b"%PDF", "a PDF"), (b"PK\x03\x04", "a Word, Excel or zip file"), (b"{\\rtf", "an RTF file"))
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Hours from UTC of the names that news pages and databases print; anything else is to be written as +02:00.
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "BST": 1, "CET": 1, "CEST": 2, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5}
_ZONES |= {"MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AEST": 10, "AEDT": 11, "HKT": 8}
_PLACES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_EITHER_WAY = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.]\d{2,4}\b")


class CorpusError(ValueError):
    """A story or an article cannot be read; the message says which, where and what to do."""


class CorpusWarning(UserWarning):
    """An article was read, but something about it is to be known; the message names the file."""


@dataclass(frozen=True)
class Manuscript:
    """What a file holds: fields of the front matter as printed, the text, and how the bytes were read."""

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "UTF-8"


def find(place: str | Path) -> Path:
    """Return the folder of a story: a path from here, a story's name, or a path within this project.

    Raises :class:`CorpusError` with the nearest names where there is none.
    """
    path = Path(place).expanduser()
    named = str(place).strip()
    candidates = (path, HOME / path, HOME.parent / path) if named else ()
    for candidate in candidates:
        if candidate.is_dir():
            return candidate.resolve()
    for candidate in candidates:
        if candidate.is_file():
            raise CorpusError(f"{shown(candidate)} is a file; name the folder that holds the story's articles.")
    names = stories(HOME)
    beside = stories(path.parent) if path.parent.resolve() != HOME else []
    near = get_close_matches(path.name, [*names, *beside], n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    here = f"the stories here are {', '.join(map(repr, names))}" if names else "there are no stories here yet"
    missing = f"no story or folder {shown(place)!r}" if named else "no story is named"
    raise CorpusError(f"{missing}; {here}.{hint}")


def stories(folder: str | Path) -> list[str]:
    """Return the names of the stories in ``folder``, in alphabetical order; none where it is not there."""
    if not Path(folder).is_dir():
        return []
    return sorted(path.name for path in Path(folder).iterdir() if _visible(path) and path.is_dir() and files(path))


def files(folder: Path) -> list[Path]:
    """Return the files of a story's articles in alphabetical order; hidden files and a README are none."""
    if folder.name == ORIGINALS:
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and _visible(path) and path.stem.lower() != "readme" and path.is_file()
    )


def places(folder: Path) -> list[Path]:
    """Return the files of a story, or those of all stories in a folder of stories."""
    found = files(folder) or [file for story in stories(folder) for file in files(folder / story)]
    if not found:
        what = f"one file an article ({' or '.join(SUFFIXES)})"
        raise CorpusError(f"{shown(folder)} holds no articles; put {what} into it, or add them with parallax add.")
    return found


def load(place: str | Path, *, max_mb: float | None = None) -> list[dict]:
    """Read the articles of a place as records, in the order of their files, with ``encoding`` and ``path``."""
    return [record(path, max_mb=max_mb) for path in places(find(place))]


def record(path: Path, *, max_mb: float | None = None) -> dict:
    """Read one file as a record of the table of articles, with its ``encoding`` besides."""
    manuscript = read(path, max_mb=max_mb)
    fields = {name: manuscript.fields.get(name) or None for name in (*FIELDS, "article_id")}
    try:
        published = moment(fields["published"])
    except ValueError as error:
        line = _line_of("published", path, manuscript)
        raise CorpusError(f"{shown(path)}, line {line}: {error}") from None
    return {
        **fields,
        "source": fields["source"] or _storable(path.stem),
        "published": published,
        "story": path.resolve().parent.name,
        "text": manuscript.text,
        "path": _storable(str(path)),
        "encoding": manuscript.encoding,
    }


def read(path: Path, *, max_mb: float | None = None) -> Manuscript:
    """Read one file of plain text, with or without front matter.

    Raises :class:`CorpusError` for what is no readable text: over ``max_mb`` megabytes (by default 5, or what the
    environment variable PARALLAX_MAX_MB says), empty, binary, undecodable, or with broken front matter.
    """
    text, encoding = decode(content(path, max_mb=max_mb), shown(path))
    fields, body = parse(text, shown(path))
    if not body.strip():
        raise CorpusError(
            f"{shown(path)} is empty: there is no text {'below its front matter' if fields else 'in it'}."
        )
    return Manuscript(body, fields, encoding)


def content(path: Path, *, max_mb: float | None = None) -> bytes:
    """Return the bytes of a file of at most ``max_mb`` megabytes."""
    limit = _limit() if max_mb is None else max_mb
    try:
        size = path.stat().st_size
        if size > limit * 1e6:
            raise CorpusError(
                f"{shown(path)} is too large: {size / 1e6:.1f} MB, where a file may have {limit:g}. Split it, or raise "
                f"the limit (--max-mb {-(-size // 1_000_000)}, or PARALLAX_MAX_MB={-(-size // 1_000_000)})."
            )
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{shown(path)} cannot be read: {error.strerror or error}.") from None


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of some bytes and the encoding in which it was read; ``name`` is for the message.

    UTF-8 first; UTF-16 by its mark or its pattern of NUL bytes; else Windows-1252, wholly or for those bytes that are
    no UTF-8. Any other NUL byte, or a byte that stands for nothing, raises :class:`CorpusError`.
    """
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise CorpusError(f"{name} is no plain text but {what}; bring it in with: parallax add STORY FILE")
    marked = next(((codec, label) for mark, codec, label in _MARKS if data.startswith(mark)), None) or _unmarked(data)
    if marked:
        try:
            text, encoding = data.decode(marked[0]).removeprefix("\ufeff"), marked[1]
        except UnicodeDecodeError:
            raise CorpusError(f"{name} is damaged: it begins as {marked[1]} but cannot be read as that.") from None
    else:
        text, encoding = _eight_bit(data.removeprefix(b"\xef\xbb\xbf"), name)
    if "\x00" in text or len(_STRANGE.findall(text)) > 0.05 * len(text):
        raise CorpusError(f"{name} is a binary file, not text; an article is plain text ({' or '.join(SUFFIXES)}).")
    return text, encoding


def parse(text: str, name: str) -> tuple[dict[str, str], str]:
    """Return the fields of the front matter, as printed, and the text below it.

    Raises :class:`CorpusError` with the line for front matter that does not end, or that YAML cannot read.
    """
    opening = _OPENING.match(text)
    if not opening:
        return {}, text
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        if not _FIELD_LINE.match(text, opening.end()):
            return {}, text
        raise CorpusError(f"{name}, line 1: the front matter begins here and never ends; close it with a line of ---.")
    return _fields(text[opening.end() : closing.start()], name), text[closing.end() :]


def compose(fields: Mapping[str, object], text: str) -> str:
    """Return a file's text: front matter with ``fields``, then ``text``; :func:`parse` gives both back.

    >>> parse(compose({"source": "daily", "title": "Rain: more to come"}, "It rained."), "daily.md")
    ({'source': 'daily', 'title': 'Rain: more to come'}, 'It rained.')
    """
    import yaml

    plain = {name: "" if value is None else str(value) for name, value in fields.items()}
    block = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=2**20)
    # Nothing and dates read better without the quotation marks that YAML gives them to keep them texts.
    block = re.sub(r"^(\w+): ''$", r"\1:", block, flags=re.MULTILINE)
    block = re.sub(r"^(\w+): '(\d{4}-[\dT:Z-]+)'$", r"\1: \2", block, flags=re.MULTILINE)
    return f"---\n{block}---\n{text}"


def moment(value: object) -> datetime | None:
    """Return the time, in UTC, that a field names; None for an empty field.

    A day or a time without a zone is taken as UTC. Raises ``ValueError`` for what is no full date.

    >>> moment("June 2, 2020 3:42 PM EDT").isoformat()
    '2020-06-02T19:42:00+00:00'
    """
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    return _in_utc(_date(text), text)


def shown(name: object) -> str:
    """Return a path as it may be printed: relative to here where it is below, control characters escaped."""
    path = Path(str(name))
    try:
        path = path.relative_to(Path.cwd()) if path.is_absolute() else path
    except ValueError:
        path = Path(str(name))
    return printable(str(path))


def printable(text: str) -> str:
    r"""Return ``text`` with control and other unprintable characters escaped.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def _storable(name: str) -> str:
    """Return a name as a table can hold it: one of bytes that are no UTF-8 is shown escaped."""
    return name if name.isascii() or not re.search("[\ud800-\udfff]", name) else printable(name)


def _visible(path: Path) -> bool:
    return not path.name.startswith((".", "~$"))


def _limit() -> float:
    setting = os.environ.get("PARALLAX_MAX_MB", "")
    try:
        return float(setting or MAX_MB)
    except ValueError:
        raise CorpusError(f"PARALLAX_MAX_MB is {setting!r}; it is to be a number of megabytes, such as 10.") from None


def _unmarked(data: bytes) -> tuple[str, str] | None:
    """Recognise UTF-16 without a mark: in a text of Western letters every second byte is NUL."""
    head = data[:4096]
    odd, even = head[1::2].count(0), head[::2].count(0)
    if not data or len(data) % 2 or max(odd, even) < 0.4 * (len(head) / 2) or min(odd, even) > 0.02 * len(head):
        return None
    return ("utf-16-le" if odd > even else "utf-16-be"), "UTF-16"


def _eight_bit(data: bytes, name: str) -> tuple[str, str]:
    text = data.decode("utf-8", "surrogateescape")
    stray = len(re.findall("[\udc80-\udcff]", text))
    if not stray:
        return text, "UTF-8"
    proper = sum(character > "\x7f" for character in text) - stray
    try:
        if stray > proper:
            return data.decode("cp1252"), "Windows-1252"
        mend = re.sub("[\udc80-\udcff]", lambda match: bytes([ord(match.group()) - 0xDC00]).decode("cp1252"), text)
        return mend, "UTF-8 mixed with Windows-1252"
    except UnicodeDecodeError:
        raise CorpusError(f"{name} is no text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8.") from None


def _fields(block: str, name: str) -> dict[str, str]:
    import yaml

    # Every value as printed: with YAML's own types, a source "no" would be false and a title 1984 a number.
    try:
        found = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - the base loader makes plain texts only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (min(mark.line, block.count("\n") - 1) if mark else 0)
        what = getattr(error, "problem", None) or "it is no YAML"
        raise CorpusError(
            f"{name}, line {line}: the front matter cannot be read ({what}); write 'name: value', and put a value "
            "that holds ': ' or ' #' in quotation marks."
        ) from None
    if not isinstance(found or {}, dict):
        raise CorpusError(f"{name}, line 2: the front matter is to hold lines of 'name: value'; close it with ---.")
    return {str(key).strip().lower(): _value(key, value, block, name) for key, value in (found or {}).items()}


def _value(key: str, value: object, block: str, name: str) -> str:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    if not isinstance(value, str):
        line = 2 + block[: max(0, block.find(f"{key}:"))].count("\n")
        raise CorpusError(f"{name}, line {line}: {key} is to be one value or a list of values.")
    return "" if value in {"null", "~"} else value.strip()


def _line_of(key: str, path: Path, manuscript: Manuscript) -> int:
    text, _ = decode(content(path, max_mb=float("inf")), shown(path))
    lines: Iterable[str] = text[: len(text) - len(manuscript.text)].splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.lower().startswith(f"{key}:")), 1)


def _date(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _worded_date(text)


def _worded_date(text: str) -> datetime:
    import warnings

    from dateutil import parser, tz

    zones = {name: tz.tzoffset(name, int(3600 * hours)) for name, hours in _ZONES.items()}
    zones |= {name: tz.gettz(place) for name, place in _PLACES.items()}
    advice = "write it as 2020-06-02 or 2020-06-02T15:42:00Z, or leave it empty"
    slashed = _EITHER_WAY.search(text)
    if slashed and int(slashed[1]) <= 12 and int(slashed[2]) <= 12 and slashed[1] != slashed[2]:
        raise ValueError(f"published is {printable(text)!r}, which can be read as two dates; {advice}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", parser.UnknownTimezoneWarning)
            # What a text leaves out is taken from the default: with two of them, a date that lacks a part shows.
            first, second = (
                parser.parse(text, default=day, tzinfos=zones) for day in (datetime(2000, 1, 1), datetime(2001, 2, 2))
            )
    except (ValueError, OverflowError, parser.UnknownTimezoneWarning):
        raise ValueError(f"published is {printable(text)!r}, which is no date; {advice}.") from None
    if first.date() != second.date():
        raise ValueError(f"published is {printable(text)!r}, which is no full date; {advice}.")
    return first


def _in_utc(time: datetime, text: str) -> datetime:
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"published is {printable(text)!r}, which no calendar reaches.") from None
