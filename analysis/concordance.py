"""A term in its surroundings: each occurrence in context, and the terms that keep it company."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis import segmentation, tables

_ASCII_RUN = re.compile(r"[0-9a-z]+")
_SPACE = re.compile(r"\s")
_LAST_SPACE = re.compile(r"(?s).*\s")
# Two capitals whose lower-case form holds an ASCII letter: the Turkish dotted I and the Kelvin sign.
_FOLDS_TO_ASCII = ("\u0130", "\u212a")
# Bytes that are searched at once.
STRETCH = 1 << 19


def lines(texts: pd.DataFrame, term: str, *, width: int = 60) -> pd.DataFrame:
    """Return each occurrence of a term with what stands before and after it (key word in context).

    ``texts`` is any table with article_id, story, source and text: articles, or sentences or passages (with ``start``),
    where the context then ends with the sentence or passage; furniture is left out where ``part`` tells it. ``term``
    is a term as :func:`segmentation.tokenize` makes them, or several in a row, parted by spaces; case, curly
    apostrophes and accents' encoding do not matter. Returns one row an occurrence, in the order of the texts:
    article_id, story, source, ``start`` and ``end`` in the article, ``left``, ``token`` (as printed), ``right``. The
    contexts are up to ``width`` characters, cut between words. Raises ``ValueError`` where ``term`` holds no term.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "The bridge's repair: a new Bridge, at last."}])
    >>> lines(articles, "bridge", width=12)[["left", "token", "right"]].values.tolist()
    [['The ', 'bridge', "'s repair: a"], ['a new ', 'Bridge', ', at last.']]
    """
    columns = ["article_id", "story", "source", "text"]
    tables.check(texts, "articles", call="concordance.lines", columns=columns, unique=False)
    wanted = _terms(term, call="concordance.lines")
    shown = texts[texts["part"] != "furniture"] if "part" in texts else texts
    named = shown[[*columns, "start"] if "start" in shown else columns]
    held = named.iloc[_candidates(named["text"], wanted)]
    offsets = held["start"].tolist() if "start" in held else [0] * len(held)
    places = _occurrences(wanted)
    rows = []
    for article_id, story, source, text, offset in zip(*(held[c].tolist() for c in columns), offsets, strict=True):
        for start, end in places(text):
            left, right = _context(text, start, end, width)
            rows.append((article_id, story, source, offset + start, offset + end, left, text[start:end], right))
    return tables.make("lines", pd.DataFrame(rows, columns=list(tables.TABLES["lines"].columns)))


def collocates(tokens: pd.DataFrame, term: str, *, window: int = 5, min_n: int = 2) -> pd.DataFrame:
    """Return the terms that stand near a term, in the same sentence.

    Reads article_id, sentence_id, start, term. Returns one row for each term with at least ``min_n`` tokens up to
    ``window`` tokens before or after the node, the closest company first: ``n`` such tokens, each counted once;
    ``n_term`` tokens of it in all; ``n_node`` of the node; ``n_articles`` where they meet; ``expected``, n if the
    tokens stood in random order; and ``log_dice`` = 14 + log2(2 n / (n_term + n_node)) (Rychlý 2008), about 14 where
    the two always go together, 7 less for company 128 times as rare, and the same for corpora of any size. Raises
    ``ValueError`` for a ``term`` that is no single term, or a ``window`` below 1.

    >>> from analysis import corpus
    >>> text = "The old bridge closed. The old bridge opened. An old man left."
    >>> tokens = segmentation.tokenize(segmentation.split(corpus.from_records([{"source": "daily", "text": text}])))
    >>> collocates(tokens, "bridge", window=2)[["term", "n", "n_term"]].values.tolist()
    [['the', 2, 2], ['old', 2, 3]]
    """
    columns = ["article_id", "sentence_id", "start", "term"]
    tables.check(tokens, "tokens", call="concordance.collocates", columns=columns)
    node = _terms(term, call="concordance.collocates")
    if len(node) != 1:
        raise ValueError(
            f"concordance.collocates: {term!r} is {len(node)} terms; give one, or look at lines of several."
        )
    if window < 1:
        raise ValueError(f"concordance.collocates: window is {window}; it is a number of tokens, and to be 1 or more.")
    ordered = tokens[columns].sort_values(["article_id", "start"], kind="stable", ignore_index=True)
    is_node = (ordered["term"] == node[0]).to_numpy()
    near = _near(ordered, is_node, window)
    beside = ordered[near & ~is_node]
    found = beside.groupby("term").agg(n=("term", "size"), n_articles=("article_id", "nunique")).reset_index()
    found = found[found["n"] >= min_n]
    n_term = found["term"].map(ordered["term"].value_counts()).astype("int64")
    n_node = int(is_node.sum())
    result = found.assign(
        n_term=n_term,
        n_node=n_node,
        expected=n_term * (len(beside) / max(1, len(ordered) - n_node)),
        log_dice=14 + np.log2(2 * found["n"] / (n_term + n_node)),
    )
    order = result.sort_values(["log_dice", "n", "term"], ascending=[False, False, True], ignore_index=True)
    return tables.make("collocates", order)


def _terms(term: str, *, call: str) -> list[str]:
    # A possessive 's is a token only behind a word, so the tokeniser does not know it alone.
    possessive = segmentation.normalize(term.strip()) == "'s"
    terms = ["'s"] if possessive else [found for _, _, found in segmentation.spans(term)]
    if not terms:
        raise ValueError(f"{call}: {term!r} holds no term; give a word, or several parted by spaces.")
    return terms


def _candidates(texts: pd.Series, terms: list[str]) -> np.ndarray:
    """Return the rows whose text may hold the terms: all that do, and few that do not.

    The search runs over the bytes of many texts at once. It looks for a run of ASCII letters of the terms, which no
    variant of apostrophe, hyphen or accent touches; the tokeniser has the last word.
    """
    import pyarrow as pa

    needle = max((run for term in terms for run in _ASCII_RUN.findall(term)), key=len, default="").encode()
    if not needle or not len(texts):
        return np.arange(len(texts))
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    hits = []
    first = 0
    for chunk in chunks:
        _, offsets, data = chunk.buffers()
        ends = np.frombuffer(offsets, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        # Stretches small enough to stay near the processor, since each is copied in lower case.
        borders = [*np.searchsorted(ends, np.arange(ends[0], ends[-1], STRETCH)).tolist(), len(chunk)]
        for a, b in pairwise(borders):
            raw = bytes(memoryview(data)[ends[a] : ends[b]])
            within = ends[a : b + 1] - ends[a]
            found = _finds(raw.lower(), needle, within)
            for letter in () if raw.isascii() else _FOLDS_TO_ASCII:
                found += _finds(raw, letter.encode(), within)
            hits += [first + a + row for row in found]
        first += len(chunk)
    return np.unique(np.array(hits, dtype=np.int64))


def _finds(haystack: bytes, needle: bytes, ends: np.ndarray) -> list[int]:
    """Return the numbers of the texts in which the needle begins; ``ends`` are their borders in the haystack."""
    at = haystack.find(needle)
    if at < 0:
        return []
    rows = []
    borders = ends.tolist()
    while at >= 0:
        row = bisect_right(borders, at) - 1
        rows.append(row)
        at = haystack.find(needle, borders[row + 1])
    return rows


def _occurrences(terms: list[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    """Return what yields, of a text, start and end of each place where the terms follow one another.

    Two places share no token.
    """
    needle = max(_ASCII_RUN.findall(terms[0]), key=len, default="")
    if len(terms) > 1 or not needle:
        return lambda text: _runs(text, terms)

    # Few forms of a term are met again and again: "bank", "bank,", "Bank's".
    @lru_cache(maxsize=1 << 12)
    def read(piece: str) -> list[tuple[int, int]]:
        return [(start, end) for start, end, term in segmentation.spans(piece) if term == terms[0]]

    return lambda text: _near_needle(text, needle, read)


def _runs(text: str, terms: list[str]) -> Iterator[tuple[int, int]]:
    position = 0
    found = segmentation.spans(text)
    while position + len(terms) <= len(found):
        run = found[position : position + len(terms)]
        if [token[2] for token in run] == terms:
            yield run[0][0], run[-1][1]
            position += len(terms)
        else:
            position += 1


def _near_needle(text: str, needle: str, read: Callable[[str], list[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    """Yield what ``read`` finds in those pieces between spaces that hold the needle."""
    # The one letter that grows in lower case is replaced, so that places stay the same.
    lowered = text.replace(_FOLDS_TO_ASCII[0], "i").lower()
    at = lowered.find(needle)
    while at >= 0:
        start = text.rfind(" ", 0, at) + 1
        end = text.find(" ", at)
        end = len(text) if end < 0 else end
        for a, b in read(text[start:end]):
            yield start + a, start + b
        at = lowered.find(needle, end)


def _near(ordered: pd.DataFrame, is_node: np.ndarray, window: int) -> np.ndarray:
    """Return which tokens stand within ``window`` tokens of a node in the same sentence."""
    place, _ = pd.factorize(pd.MultiIndex.from_frame(ordered[["article_id", "sentence_id"]]))
    near = np.zeros(len(ordered), dtype=bool)
    for step in range(1, min(window, len(ordered) - 1) + 1):
        together = place[step:] == place[:-step]
        near[step:] |= is_node[:-step] & together
        near[:-step] |= is_node[step:] & together
    return near


def _context(text: str, start: int, end: int, width: int) -> tuple[str, str]:
    left = max(0, start - width)
    if left and not text[left - 1].isspace():
        space = _SPACE.search(text, left, start)
        left = space.end() if space else left
    right = min(len(text), end + width)
    if right < len(text) and not text[right].isspace():
        space = _LAST_SPACE.match(text, end + 1, right)
        right = space.end() - 1 if space else right
    return text[left:start], text[end:right]
