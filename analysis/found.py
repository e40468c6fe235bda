"""An article as it was found in some file, before it becomes one of a story."""

import io
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from analysis import manuscript
from analysis.manuscript import CorpusError

MAX_UNPACKED_MB = 500

_ASIDE = re.compile(
    r"""(?x) \s* (?i:
        (?: related | photos? | image | picture | credit | caption | video | watch | listen | see\ also | also\ read
          | read\ (?:more|also|next) | more | advertisement | sign\ up | subscribe | follow\ us | tags | filed\ under
          | topics | share\ this | source ) (?:\ (?:stories|story|articles?|coverage|by|on|credits?))* \s* [:|] .{0,200}
      | (?: advertisement | share\ this(?:\ article)? | read\ more | print | subscribe.{0,60}
          | sign\ up\ (?:for|to).{0,80} )
      | (?: © | \(c\) | copyright\b ) .{0,200}
      | \( \s* (?: photo | image | picture | credit | related ) .{0,200} \)
    ) [.!]? \s* $"""
)
# A caption: a few words, closed by the photographer's name.
_CAPTION = re.compile(
    r".{0,250}\b(?:Photo(?:graph)?s?|Image|Picture|Credit|Illustration)(?: by| credit)?: ?[^.:]{1,60}\.?$"
)
_STAMP = re.compile(
    r"(?i)^(?:(?:first )?published|posted|last (?:updated|modified)|updated|date)\b(?: on| at)?\s*:?\s*"
)
_BYLINE = re.compile(r"(?i:by)\s+((?:[A-Z][\w.'’-]*|and|de|van|von|,|&)(?:,?\s+|$)){1,9}$")


@dataclass
class Found:
    """An article as it was found in a file: its text and fields, what was left out of it, and what is to be said.

    One that is ``as_is`` is the user's own text, to be kept to the character.
    """

    text: str
    fields: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    as_is: bool = False


def tidied(paragraphs: Iterable[str], fields: Mapping[str, str]) -> Found:
    """Make an article of a document's paragraphs: headline, byline and asides are taken out of the body and listed.

    A byline in the text says more than what the file's properties hold, which is often who typed it.
    """
    fields, left_out, body = dict(fields), [], []
    title = one_line(fields.get("title")).casefold()
    for raw in paragraphs:
        text = one_line(raw)
        bare = text.removeprefix("## ")
        if not bare or (not body and bare.casefold() == title):
            continue
        if len(body) < 2 and _BYLINE.fullmatch(bare):
            fields["author"] = re.sub(r"(?i)^by\s+", "", bare)
            left_out.append(bare)
        elif len(body) < 2 and (day := _stamped(bare)):
            fields["published"] = fields.get("published") or day
            left_out.append(bare)
        elif is_aside(bare):
            left_out.append(bare)
        else:
            body.append(text)
    return Found("\n\n".join(body), fields, left_out)


def _stamped(paragraph: str) -> str:
    """Return the date that a short line above the text is, such as "Published June 2, 2020"; "" if it is none."""
    if len(paragraph.split()) > 10 or not re.search(r"\b\d{4}\b", paragraph):
        return ""
    return dated(_STAMP.sub("", paragraph))[0]


def is_aside(paragraph: str) -> bool:
    """Return whether a paragraph is no part of the article's body: "Related: ...", "Photo: ...", a copyright line.

    >>> is_aside("Photo: Jan Holm"), is_aside("The photo shows the bridge.")
    (True, False)
    """
    return bool(_ASIDE.match(paragraph) or (len(paragraph.split()) <= 40 and _CAPTION.match(paragraph)))


def one_line(text: str | None) -> str:
    """Return a text in one line, with single spaces."""
    return " ".join((text or "").split())


def dated(published: str) -> tuple[str, str]:
    """Return a printed date as front matter has it, or "" and a note on why it is none.

    >>> dated("June 2, 2020 Tuesday 3:42 PM GMT")
    ('2020-06-02T15:42:00Z', '')
    """
    try:
        time = manuscript.moment(published)
    except ValueError:
        return "", f"the date {manuscript.printable(published)!r} was not understood and is left empty"
    if time is None:
        return "", ""
    # Midnight to the second is a day without a time.
    stamp = f"{time:%Y-%m-%d}" if (time.hour, time.minute, time.second) == (0, 0, 0) else f"{time:%Y-%m-%dT%H:%M:%SZ}"
    return stamp, ""


def unpacked(data: bytes, name: str) -> zipfile.ZipFile:
    """Open the archive that a Word, OpenDocument or Excel file is, unless it would swell beyond all measure."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    size = sum(member.file_size for member in archive.infolist()) / 1e6
    if size > MAX_UNPACKED_MB:
        raise CorpusError(f"{name} is too large when unpacked: {size:,.0f} MB.")
    return archive


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries that read files from writing to the terminal what the caller says in a sentence."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def times(n: int, noun: str) -> str:
    """Return a number with its noun.

    >>> times(1, "page"), times(1200, "word")
    ('1 page', '1,200 words')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
