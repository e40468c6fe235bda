"""Sentences, tokens and n-grams, each with its exact place in the article.

One tokeniser serves every measure. It works inside whitespace-separated chunks only, so that the same chunk always
gives the same tokens wherever it stands; what it does with the awkward cases is written at :data:`TOKEN`.
"""

import re
import threading
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import tables

_BLANK_LINE = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LINE_END = re.compile(r"\n")
_ENDS_SENTENCE = re.compile(r"[.!?:…][\"'”’»)\]]*\s*$")
_WORDLIKE = re.compile(r"\w")
# Where nupunkt may end a sentence inside a text: at a full stop and white space before another word, if that is no list
# number such as "1." or "(iv)."; or at another mark, but for those inside quotation marks that go on in lower case.
_MARK = re.compile(
    r"""(?x) [.!?…] (?:
      (?<=\.) (?P<quote>["”]?) \s+ (?=(?P<next>["“‘(]?[^\W_]\S*)) (?!\(?\w{1,6}\)?\.)
    | (?=[\s)"';}\]*:@({\[!?”»’]) (?!["')\]}”’»*]+[\ \t]*[a-z]) )"""
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}[^\S\n]+")
_FURNITURE = re.compile(
    r"""(?xi) \s* (?:
        (?: related | photos? | image | picture | credit | caption | video | watch | listen | see\ also
          | read\ (?:more|also|next) | more | advertisement | sign\ up | subscribe
          | follow\ us | tags | filed\ under | topics | share\ this )
        (?: \s* (?:stories|story|articles?|coverage|by|on|credits?) )* \s* [:|]
      | (?: advertisement | share\ this | read\ more | sign\ up\ for\ [^.]*newsletter [^.]* ) [.!]? \s* $
      | (?: ©|\(c\)|copyright\b ) \s* (?: \d{4} | by\b )
      | \( \s* (?: photo | image | picture | credit | related ) \s* : [^)]* \) \s* $ )"""
)
HEADLINE_WORDS = 25

# A letter or digit, with the accents that follow it where a text keeps them apart (Unicode's NFD).
_LETTER = r"(?:[^\W_][\u0300-\u036f]*)"
_REMNANT = r"(?:&?\b(?:quot|amp|nbsp|apos|[lr][sd]quo|[mn]dash|hellip|\#\d+);)"
TOKEN = re.compile(
    rf"""(?xi)
      # What is left of "&quot;" and its like where a page was badly saved: no token at all.
      (?P<remnant> {_REMNANT} )
    | (?P<url> https?://[^\s<>"“”]*[\w/=] | www\.[^\s<>"“”]*[\w/] )
    | (?P<mail> [\w.+-]+@[\w-]+(?:\.[\w-]+)+ )
    | (?P<handle> (?<![\w@\#]) [@\#] \w+ )
    # U.S., e.g., J.K.: single letters with points between; the last point belongs to them.
    | (?P<initials> (?<!\w) (?:[^\W\d_]\.){{2,}} )
    # 30-minute, 10-year-old, 20th-century: a number that goes on as a word.
    | (?P<compound> \d[\d.,]*[^\W\d_]* (?: [-‐‑] {_LETTER}*[^\W\d_]{_LETTER}* )+ )
    # $1.5m, 28,000, 3.5%, 20th, 1960s, -3: one token with its sign, its currency and its unit.
    | (?P<number> (?: (?:US|A|C|HK|NZ)? [$€£¥] | (?<![\w.)]) [-−+] )? \d+ (?:[.,:/]\d+)*
                  (?: % | ‰ | (?:st|nd|rd|th|s|bn|k|m|tn|am|pm)\b )? )
    # Words; inner hyphens, apostrophes and ampersands hold them together: walk-out, don't, O'Brien, AT&T.
    | (?P<word> {_LETTER}+ (?: (?!{_REMNANT}) ['’ʼ＇&\-‐‑] {_LETTER}+ )* )
    """
)
# The commonest chunks by far: plain letters or a plain number, among marks that never change what TOKEN makes of it.
_PLAIN = re.compile(r"[\"'“”‘’(\[]*([A-Za-z]+|[0-9]+(?:[.,:/][0-9]+)*)[.,!?:)\]\"'“”’]*")
# Whether a character parts chunks; all characters that do lie below the last of these, which does not.
_SPACES = np.array([chr(i).isspace() for i in range(0x3002)])
_CLITIC_S = re.compile(r"['’ʼ＇]s$", re.IGNORECASE)
# After these the 's is "is", "has" or "us", and belongs to the word; after any other it is taken for a possessive.
_CONTRACTED_S = re.compile(
    r"(?:s?he|it|th(?:at|is|ere)|here|wh(?:at|o|ere|en|y)|how|let|one|(?:every|any|some|no)(?:one|body|thing))"
)
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'") | dict.fromkeys("‐‑", "-") | {"−": "-"})


def split(articles: pd.DataFrame) -> pd.DataFrame:
    """Split each article into sentences.

    Reads article_id, story, source, title, text. Returns the table of sentences in the order of the articles:
    ``paragraph_id`` and ``sentence_id`` count from 0 in each article; ``text`` is ``article_text[start:end]``. Blank
    lines part paragraphs; where an article has none, single line breaks do if most lines end a sentence.

    ``part`` is *headline* for a first paragraph that repeats the title, stands as a Markdown heading, or is one line
    of up to 25 words without a closing full stop before further text; *furniture* for lines such as "Related: ..." or
    "Photo: ...", which are shown but counted nowhere; *body* for the rest.

    Sentences are found by nupunkt (Bommarito et al. 2025), paragraph by paragraph, so that no sentence runs over a
    paragraph's end. A piece without any letter or digit is joined to the sentence before it.

    >>> from analysis import corpus
    >>> sentences = split(corpus.from_records([{"source": "daily", "text": "It rained. Mr. Hill left."}]))
    >>> list(sentences["text"])
    ['It rained.', 'Mr. Hill left.']
    """
    tables.check(articles, "articles", call="segmentation.split", columns=["article_id", "story", "source", "text"])
    titles = articles["title"].tolist() if "title" in articles else [None] * len(articles)
    # Lists of numbers and texts, and no row for each sentence, which Python's garbage collection would walk through.
    found: dict[str, list] = {name: [] for name in ("paragraph_id", "part", "start", "end", "text")}
    sizes = []
    for title, text in zip(titles, articles["text"].tolist(), strict=True):
        before = len(found["text"])
        spans = paragraphs(text)
        for paragraph_id, (start, end) in enumerate(spans):
            heading = _MARKDOWN_HEADING.match(text, start, end)
            if heading:
                start = heading.end()
            part = _part(text[start:end], title, first=paragraph_id == 0, last=len(spans) == 1, marked=bool(heading))
            pieces = [(start, end)] if part == "headline" else _sentences(text, start, end)
            found["paragraph_id"] += [paragraph_id] * len(pieces)
            found["part"] += [part] * len(pieces)
            found["start"] += [a for a, _ in pieces]
            found["end"] += [b for _, b in pieces]
            found["text"] += [text[a:b] for a, b in pieces]
        sizes.append(len(found["text"]) - before)
    places = articles[["article_id", "story", "source"]].take(np.repeat(np.arange(len(articles)), sizes))
    numbers = [number for size in sizes for number in range(size)]
    return tables.make("sentences", places.reset_index(drop=True).assign(sentence_id=numbers, **found))


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return start and end of each paragraph of ``text``, without the white space around it.

    >>> paragraphs("One.\\n\\nTwo.")
    [(0, 4), (6, 10)]
    """
    spans = _between(text, _BLANK_LINE)
    if len(spans) <= 1:
        lines = _between(text, _LINE_END)
        if sum(bool(_ENDS_SENTENCE.search(text[a:b])) for a, b in lines[:-1]) * 2 >= max(1, len(lines) - 1):
            return lines
    return spans


def tokenize(sentences: pd.DataFrame) -> pd.DataFrame:
    """Split sentences or passages into tokens.

    Reads article_id, story, source, sentence_id, start, text, and voice and part where they are there; furniture
    yields no tokens. Returns the table of tokens: ``token`` as printed, ``article_text[start:end]``; ``term`` in
    lower case, in Unicode's NFC, with straight apostrophes and plain hyphens. Punctuation is no token.

    Held together: contractions (don't), hyphenated words (walk-out), initials (U.S.), numbers with their currency,
    sign and unit ($1.5m, 28,000, 3.5%), web addresses, @names and #tags. A possessive 's is a token of its own, so
    that "Facebook's" counts as "facebook"; after words such as "it" or "that" it stays, as a contraction.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "Don’t cut Oslo's U.S. aid by $1.5m."}])
    >>> list(tokenize(split(articles))["term"])
    ["don't", 'cut', 'oslo', "'s", 'u.s.', 'aid', 'by', '$1.5m']
    """
    columns = ["article_id", "story", "source", "sentence_id", "start", "text"]
    tables.check(sentences, "sentences", call="segmentation.tokenize", columns=columns, unique=False)
    counted = sentences[sentences["part"] != "furniture"] if "part" in sentences else sentences
    voices = counted["voice"] if "voice" in counted else pd.Series(None, index=counted.index, dtype="str")
    texts = counted["text"].tolist()
    chunks, sizes, lexicon = _encode(texts)
    row_of_chunk = np.repeat(np.arange(len(texts)), sizes)
    start_of_chunk = np.zeros(len(chunks), dtype=np.int64)
    start_of_chunk[chunks != lexicon.empty] = _chunk_starts(texts)
    start_of_chunk += counted["start"].to_numpy()[row_of_chunk]
    # From here on one entry a token: some chunks have none, some several.
    each = lexicon.counts[chunks]
    entry = np.repeat(lexicon.firsts[chunks] - (np.cumsum(each) - each), each) + np.arange(each.sum())
    start = np.repeat(start_of_chunk, each)
    rows = counted.assign(voice=voices)[["article_id", "story", "source", "voice", "sentence_id"]]
    tokens = rows.take(np.repeat(row_of_chunk, each)).reset_index(drop=True)
    words = lexicon.words(entry)
    tokens["start"] = start + lexicon.starts[entry]
    tokens["end"] = start + lexicon.ends[entry]
    tokens["token"] = words["token"]
    tokens["term"] = words["term"]
    return tables.make("tokens", tokens)


class Encoded(NamedTuple):
    """Terms of many texts as numbers: ``terms[codes[i]]`` is the i-th term, of the text number ``rows[i]``."""

    rows: np.ndarray
    codes: np.ndarray
    terms: Sequence[str]


def encode(texts: Sequence[str]) -> Encoded:
    """Return the terms of ``texts`` as numbers, the same terms as :func:`tokenize` finds, without a table.

    For counting in large corpora: ``terms`` may hold more terms than occur, and grows with the texts read before.

    >>> encoded = encode(["The bridge.", "A bridge!"])
    >>> [encoded.terms[code] for code in encoded.codes], encoded.rows.tolist()
    (['the', 'bridge', 'a', 'bridge'], [0, 0, 1, 1])
    """
    chunks, sizes, lexicon = _encode(texts)
    each = lexicon.counts[chunks]
    entry = np.repeat(lexicon.firsts[chunks] - (np.cumsum(each) - each), each) + np.arange(each.sum())
    rows = np.repeat(np.repeat(np.arange(len(texts)), sizes), each)
    return Encoded(rows, lexicon.codes[entry], lexicon.terms)


def spans(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and term of each token of ``text``.

    >>> spans("Facebook's walk-out")
    [(0, 8, 'facebook'), (8, 10, "'s"), (11, 19, 'walk-out')]
    """
    found = []
    for chunk in re.finditer(r"\S+", text):
        offset = chunk.start()
        found += [(offset + a, offset + b, term) for a, b, term in _chunk(chunk.group())]
    return found


def ngrams(tokens: pd.DataFrame, *, n: int = 2) -> pd.DataFrame:
    """Return the runs of ``n`` tokens of one sentence and voice, as a table of tokens.

    ``term`` and ``token`` are those of the run's tokens, joined by spaces; ``start`` is the first token's and
    ``end`` the last's. Raises ``ValueError`` where ``n`` is below 1.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "The old bridge closed."}])
    >>> list(ngrams(tokenize(split(articles)))["term"])
    ['the old', 'old bridge', 'bridge closed']
    """
    if n < 1:
        raise ValueError(f"segmentation.ngrams: n is {n}; it is to be 1 or more.")
    tables.check(tokens, "tokens", call="segmentation.ngrams", unique=False)
    ordered = tokens.sort_values(["article_id", "start"], kind="stable")
    # A passage starts a new run: two voices that meet inside a sentence share no n-gram.
    place = ordered[["article_id", "sentence_id", "voice"]].fillna({"voice": ""})
    runs = ordered.groupby(place.ne(place.shift()).any(axis=1).cumsum(), sort=False)
    grams = ordered
    for step in range(1, n):
        grams = grams.assign(
            end=runs["end"].shift(-step),
            token=grams["token"] + " " + runs["token"].shift(-step),
            term=grams["term"] + " " + runs["term"].shift(-step),
        )
    return tables.make("tokens", grams.dropna(subset="end").reset_index(drop=True))


def normalize(token: str) -> str:
    """Return the term of a printed token: NFC, straight apostrophes, plain hyphens, lower case.

    >>> normalize("Don’t")
    "don't"
    """
    return unicodedata.normalize("NFC", token).translate(_APOSTROPHES).lower()


class _Chunks(dict):
    """Numbers of chunks, given as they are met, and the tokens of each: a chunk is read once, however often it occurs.

    A token is an entry: its place in its chunk, as printed, and the number of its term. The lists only ever grow.
    """

    def __init__(self) -> None:
        super().__init__()
        self.firsts, self.counts = array("i"), array("i")
        self.starts, self.ends, self.codes = array("i"), array("i"), array("i")
        self.tokens: list[str] = []
        self.numbers: dict[str, int] = {}
        self.terms: list[str] = []  # of the numbers, brought up to date once a call
        self[""]  # has number 0: what stands for the blank edge of a text

    def __missing__(self, chunk: str) -> int:
        # Not by way of the memory of _chunk: what is met here is met once.
        found = _chunk.__wrapped__(chunk)
        numbers = self.numbers
        self.firsts.append(len(self.tokens))
        self.counts.append(len(found))
        for start, end, term in found:
            self.starts.append(start)
            self.ends.append(end)
            self.codes.append(numbers.setdefault(term, len(numbers)))
            self.tokens.append(chunk[start:end])
        self[chunk] = number = len(self)
        return number


class _Lexicon(NamedTuple):
    """What :class:`_Chunks` knows by now, as arrays."""

    firsts: np.ndarray
    counts: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    codes: np.ndarray
    tokens: list[str]
    terms: list[str]
    empty: int = 0

    def words(self, entry: np.ndarray) -> pd.DataFrame:
        """Return token and term of each entry."""
        import pyarrow as pa

        used, where = _distinct(entry, len(self.tokens))
        token = pa.array([self.tokens[i] for i in used], type=pa.large_string())
        term = pa.array([self.terms[i] for i in self.codes[used]], type=pa.large_string())
        where = pa.array(where)
        return pa.table({"token": token.take(where), "term": term.take(where)}).to_pandas()


# Each thread reads with chunks of its own, so that none sees another's half-made entry.
_MEMORY = threading.local()
MOST_CHUNKS = 400_000


def _encode(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, _Lexicon]:
    """Return the numbers of all chunks of the texts, how many each text has, and what the numbers stand for."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chunks = getattr(_MEMORY, "chunks", None)
    if chunks is None or len(chunks) > MOST_CHUNKS:
        chunks = _MEMORY.chunks = _Chunks()
    # Arrow parts texts at the same characters as str.split does, leaves an empty chunk at a text's blank edges, and
    # numbers the distinct chunks, so that Python meets each of them once a call. It looks one byte beyond its texts
    # (apache/arrow#37757), hence one more text, which is left out again.
    parts = pc.utf8_split_whitespace(pa.array([*texts, "."], type=pa.large_string()))[:-1]
    distinct = parts.flatten().dictionary_encode()
    number = np.fromiter(map(chunks.__getitem__, distinct.dictionary.to_pylist()), dtype=np.int64)
    sizes = np.diff(parts.offsets.to_numpy())
    chunks.terms.extend(islice(chunks.numbers, len(chunks.terms), None))
    arrays = (np.array(values) for values in (chunks.firsts, chunks.counts, chunks.starts, chunks.ends, chunks.codes))
    return number[distinct.indices.to_numpy()], sizes, _Lexicon(*arrays, chunks.tokens, chunks.terms)


def _chunk_starts(texts: Sequence[str]) -> np.ndarray:
    """Return where each chunk of each text begins in its text."""
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    # One space before each text, so that a text's first chunk begins after a space as all others do.
    letters = np.frombuffer((" " + " ".join(texts)).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    space = _SPACES[np.minimum(letters, len(_SPACES) - 1)]
    starts = np.flatnonzero(space[:-1] & ~space[1:])
    begins = np.cumsum(sizes + 1) - sizes - 1
    return starts - begins[np.searchsorted(begins, starts, side="right") - 1]


def _distinct(numbers: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct numbers below ``size``, ascending, and the place of each number among them."""
    seen = np.zeros(size, dtype=bool)
    seen[numbers] = True
    place = np.cumsum(seen) - 1
    return np.flatnonzero(seen), place[numbers]


@lru_cache(maxsize=1 << 17)
def _chunk(chunk: str) -> tuple[tuple[int, int, str], ...]:
    plain = _PLAIN.fullmatch(chunk)
    if plain:
        return ((*plain.span(1), plain.group(1).lower()),)
    found = []
    for match in TOKEN.finditer(chunk):
        if match.lastgroup == "remnant":
            continue
        start, end = match.span()
        token = match.group()
        clitic = _CLITIC_S.search(token) if match.lastgroup == "word" else None
        if clitic and not _CONTRACTED_S.fullmatch(normalize(token[: clitic.start()])):
            middle = start + clitic.start()
            found.append((start, middle, normalize(chunk[start:middle])))
            found.append((middle, end, normalize(chunk[middle:end])))
        else:
            found.append((start, end, normalize(token)))
    return tuple(found)


def _between(text: str, border: re.Pattern) -> list[tuple[int, int]]:
    """Return the trimmed, non-empty spans between the matches of ``border``."""
    edges = [0, *(edge for match in border.finditer(text) for edge in match.span()), len(text)]
    return list(_trimmed(text, zip(edges[::2], edges[1::2], strict=True)))


def _trimmed(text: str, pieces: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for start, end in pieces:
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        if start < end:
            yield start, end


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    # A line may end behind the marks of a heading.
    while text[start].isspace():
        start += 1
    for a, b in _spans(text, start, end):
        if pieces and not (_WORDLIKE.search(text, a, b) and _WORDLIKE.search(text, *pieces[-1])):
            pieces[-1] = (pieces[-1][0], b)
        else:
            pieces.append((a, b))
    return pieces


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield nupunkt's sentences of a paragraph, asking it as little as can be.

    nupunkt judges a mark by the words beside it, so a paragraph may be cut where a mark surely ends a sentence, and a
    piece with no doubtful mark is a sentence. Most are; and a test compares all this with nupunkt alone.
    """
    plain = True
    for mark in _MARK.finditer(text, start, end):
        ends = _ends(text, start, mark)
        if ends:
            stop = mark.end("quote")
            yield from ((start, stop),) if plain else _asked(text, start, stop)
            start, plain = mark.end(), True
        elif ends is None:
            plain = False
    yield from ((start, end),) if plain else _asked(text, start, end)


def _ends(text: str, start: int, mark: re.Match) -> bool | None:
    """Return whether nupunkt ends a sentence at a mark of a piece of text, or None where the whole piece tells."""
    following = mark["next"]
    if following is None:
        return None
    at = mark.start()
    word = text[text.rfind(" ", start, at) + 1 : at]
    if _is_plain(word):
        return True if not (mark["quote"] and following[0].islower()) else None
    # At the start of a line a full stop may belong to a list number.
    inside = at - len(word) > start and text.find("\n", max(start, at - 12), at) < 0
    if mark["quote"] or not inside or not word.isascii() or not word.replace(".", "").isalnum():
        return None
    return _parts(word, following)


@lru_cache(maxsize=1 << 16)
def _is_plain(word: str) -> bool:
    """Return whether nupunkt ends a sentence at the full stop behind a word whatever follows: no abbreviation, that is.

    One letter may be an initial, and a word of Roman numerals the number of a list.
    """
    lowered = word.lower()
    letters = len(word) > 1 and word.isascii() and word.isalpha()
    return letters and lowered not in _abbreviations() and not set(lowered) <= set("ivxlc")


@lru_cache(maxsize=1 << 16)
def _parts(word: str, following: str) -> bool:
    """Return whether nupunkt ends a sentence between two words of a line."""
    import nupunkt

    line = f"so {word}. "
    return nupunkt.sent_spans(line + following)[0][1] == len(line)


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    import nupunkt

    return nupunkt.load("default").abbreviations


def _asked(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    """Return nupunkt's sentences of a piece of text."""
    import nupunkt

    return _trimmed(text, ((start + a, start + b) for a, b in nupunkt.sent_spans(text[start:end])))


def _part(paragraph: str, title: object, *, first: bool, last: bool, marked: bool) -> str:
    if _FURNITURE.match(paragraph):
        return "furniture"
    if not first or "\n" in paragraph:
        return "body"
    words = paragraph.split()
    repeats_title = isinstance(title, str) and words == title.split()
    stands_alone = not last and len(words) <= HEADLINE_WORDS and not _ENDS_SENTENCE.search(paragraph)
    return "headline" if repeats_title or marked or stands_alone else "body"
