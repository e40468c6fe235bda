"""PDFs: printed pages, made into paragraphs again."""

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from analysis import databases, inspection, manuscript
from analysis.found import Found, is_aside, one_line, quiet, tidied, times
from analysis.manuscript import CorpusError

_PRINTED_HEAD = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}, \d{1,2}:\d{2}")
_PRINTED_FOOT = re.compile(r"((?:https?|file)://\S+)(?:\s+\d+(?:/\d+| of \d+))?$")
_PAGE_NUMBER = re.compile(r"(?i)(?:page )?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?$")
_ENDS = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"} | {0xAD: None}


def read(data: bytes, name: str) -> list[Found]:
    """Read a PDF: lines become paragraphs, running heads and page numbers go, the largest letters are the headline.

    Raises :class:`CorpusError` for a scan without text and for a file that is locked.
    """
    import pypdf

    try:
        with quiet():
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise CorpusError(f"{name} is locked with a password; save it without one.")
            pages = [_pdf_lines(page) for page in reader.pages]
            information = {key: str(value) for key, value in (reader.metadata or {}).items()}
    except pypdf.errors.PyPdfError as error:
        raise CorpusError(
            f"{name} cannot be read as a PDF: it is damaged ({manuscript.printable(str(error))})."
        ) from None
    n_words = sum(inspection.count_words(line.text) for page in pages for line in page)
    if n_words < 10 * max(1, len(pages)) and n_words < inspection.SHORT:
        pictures = f"{times(len(pages), 'page')} and {times(n_words, 'word')} of text"
        raise CorpusError(f"{name} is a scan, a picture of text ({pictures}); run text recognition (OCR) on it first.")
    exported = databases.split("\n".join(line.text for page in pages for line in page))[1]
    return exported or [_pdf_article(pages, information)]


@dataclass
class Line:
    """A printed line: its text, where it stands on the page in points, and the size of its letters."""

    text: str
    x: float
    y: float
    size: float


def _pdf_lines(page) -> list[Line]:
    lines: list[Line] = []
    open_line = False

    def visit(text, cm, tm, font, size):
        nonlocal open_line
        if text.strip():
            x, y = (tm[4] * cm[i] + tm[5] * cm[i + 2] + cm[i + 4] for i in (0, 1))
            height = abs(size * tm[3] * cm[3]) or size
            if not (open_line and lines and abs(lines[-1].y - y) < height / 2):
                lines.append(Line("", x, y, height))
            lines[-1].text += text
            open_line = True
        elif open_line and lines:
            lines[-1].text += " " if "\n" not in text else ""
        if text.endswith("\n"):
            open_line = False

    page.extract_text(visitor_text=visit)
    lines = [Line(one_line(line.text.translate(_LIGATURES)), line.x, line.y, line.size) for line in lines]
    return [line for line in lines if line.text]


def _pdf_article(pages: list[list[Line]], information: Mapping[str, str]) -> Found:
    left_out, address = [], ""
    repeated = Counter(re.sub(r"\d+", "#", line.text) for page in pages for line in {p.text: p for p in page}.values())
    body: list[list[Line]] = []
    for page in pages:
        kept = []
        for line in page:
            foot = _PRINTED_FOOT.match(line.text)
            address = address or (foot[1] if foot and foot[1].startswith("http") else "")
            running = len(pages) > 1 and repeated[re.sub(r"\d+", "#", line.text)] == len(pages)
            if foot or running or _PRINTED_HEAD.match(line.text) or _PAGE_NUMBER.match(line.text):
                left_out.append(line.text)
            else:
                kept.append(line)
        body.append(kept)
    paragraphs = _pdf_paragraphs(body)
    usual = _usual_size(paragraphs)
    title, start = _pdf_title(paragraphs, usual)
    left_out += [text for text, _ in paragraphs[:start]]
    texts = [f"## {text}" if size > 1.1 * usual else text for text, size in paragraphs[start:]]
    # What a page prints below its article has no sentences.
    while texts and (is_aside(texts[-1]) or (len(texts[-1].split()) < 12 and not _ENDS.search(texts[-1]))):
        left_out.append(texts.pop().removeprefix("## "))
    article = tidied(texts, {**_pdf_fields(title, information), "url": address})
    article.fields["source"] = article.fields["source"] or _host(address)
    article.left_out = left_out + article.left_out
    return article


def _pdf_fields(title: str, information: Mapping[str, str]) -> dict[str, str]:
    """Return headline, source and author by a file's properties; a browser prints "Headline | Site" as its title."""
    given = one_line(information.get("/Title"))
    if re.search(r"(?i)\.\w{3,4}$|^microsoft|^untitled|^https?:", given):
        given = ""
    site = re.match(rf"{re.escape(title)}\s*[|\-–—:·]\s*(.+)", given) if title else None
    return {
        "title": title or given,
        "source": site[1] if site else "",
        "author": one_line(information.get("/Author")),
    }


def _host(address: str) -> str:
    return urlsplit(address).netloc.removeprefix("www.")


class Layout:
    """How the lines of some pages stand: their usual distance and left edges, and what sets paragraphs apart."""

    def __init__(self, pages: list[list[Line]]):
        pairs = [pair for page in pages for pair in pairwise(page)]
        steps = sorted(a.y - b.y for a, b in pairs if a.y - b.y > 1)
        self.usual = steps[len(steps) // 10] if steps else 0.0
        # Where a sentence goes on, the line is no paragraph's first: it shows the left edge of its column.
        self.edges = Counter(round(b.x) for a, b in pairs if not _ENDS.search(a.text))
        lengths = sorted(len(line.text) for page in pages for line in page)
        self.full = lengths[len(lengths) * 9 // 10] if lengths else 0
        # One piece that is no word shows that words are broken here; else each hyphen is the author's.
        parted = [pieces for a, b in pairs if (pieces := _pieces(a.text, b.text))]
        self.breaks_words = not all(_is_word(piece) for pieces in parted for piece in pieces)
        gaps = sum(_ended(a) and self._is_gap(a, b) for a, b in pairs)
        indents = sum(_ended(a) and self._is_indented(b) for a, b in pairs)
        self.is_tight = gaps + indents < 0.05 * len(pairs)

    def goes_on(self, before: Line, line: Line, *, new_page: bool) -> bool:
        """Return whether a line belongs to the paragraph of the one before it."""
        if abs(line.size - before.size) > 0.15 * before.size:
            return False
        if new_page or line.y > before.y:
            # A new page or column: a sentence that has not ended goes on there.
            return not _ended(before)
        if self._is_gap(before, line) or (_ended(before) and self._is_indented(line)):
            return False
        # Without gaps and indents, only the last line of a paragraph tells: it is shorter than a full one.
        return not (self.is_tight and _ended(before) and len(before.text) < 0.8 * self.full)

    def join(self, text: str, more: str) -> str:
        """Join two lines; a hyphen between them goes where words are broken and the word is known without it."""
        pieces = _pieces(text, more)
        if not pieces:
            return f"{text} {more}"
        whole = self.breaks_words and pieces[1].islower() and _is_word("".join(pieces))
        return f"{text[:-1] if whole else text}{more}"

    def _is_gap(self, before: Line, line: Line) -> bool:
        step = before.y - line.y
        # Where hardly a line is broken, most steps are those between paragraphs: then the letters' size tells, unless
        # all lines stand as far apart as in a manuscript with double spacing.
        wide = min(max(1.75 * line.size, 1.05 * self.usual), 2.6 * line.size)
        return step > 1.3 * self.usual + 1 or (_ended(before) and step > wide)

    def _is_indented(self, line: Line) -> bool:
        edges = {x: n for x, n in self.edges.items() if line.x - 5 * line.size < x <= line.x + 1}
        return bool(edges) and line.x - max(edges, key=lambda x: (edges[x], -x)) > 0.8 * line.size


def _pdf_paragraphs(pages: list[list[Line]]) -> list[tuple[str, float]]:
    """Join lines to paragraphs, each with its letters' size."""
    layout = Layout(pages)
    paragraphs: list[tuple[str, float]] = []
    before: Line | None = None
    for page in pages:
        for number, line in enumerate(page):
            if before is not None and layout.goes_on(before, line, new_page=number == 0):
                text, size = paragraphs[-1]
                paragraphs[-1] = (layout.join(text, line.text), size)
            else:
                paragraphs.append((line.text, line.size))
            before = line
    return paragraphs


def _ended(line: Line) -> bool:
    return bool(_ENDS.search(line.text))


def _pieces(text: str, more: str) -> tuple[str, str] | None:
    """Return the two pieces of a word that a hyphen at a line's end parts, if there is one."""
    first, second = re.search(r"([^\W\d_]+)-$", text), re.match(r"[^\W\d_]+", more)
    return (first[1], second[0]) if first and second else None


def _is_word(text: str) -> bool:
    import simplemma

    return simplemma.is_known(text.lower(), "en")


def _usual_size(paragraphs: list[tuple[str, float]]) -> float:
    sizes: Counter[float] = Counter()
    for text, size in paragraphs:
        sizes[round(size, 1)] += len(text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _pdf_title(paragraphs: list[tuple[str, float]], usual: float) -> tuple[str, int]:
    """Return the headline, the first text in clearly the largest letters, and where the article goes on after it."""
    largest = max((size for _, size in paragraphs), default=0)
    if not paragraphs or largest < 1.25 * usual:
        return "", 0
    at = next(i for i, (_, size) in enumerate(paragraphs) if size == largest)
    return paragraphs[at][0], at + 1
