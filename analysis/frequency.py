"""How often each source uses each term, and how evenly.

Counts always stand beside the number of all tokens of the group they were taken from, so that every rate is a rate on
all tokens, whatever is hidden or filtered afterwards.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import segmentation, tables

STRETCHES = 10
# Letters that are counted at once: large enough to be fast, small enough to stay near the processor.
BLOCK = 8_000_000


def count(tokens: pd.DataFrame, *, by: str | list[str] = "source") -> pd.DataFrame:
    """Count the terms of each group.

    Reads article_id, start, term and the columns that ``by`` names ("source", ["source", "voice"], ...). Returns the
    table of frequencies, one row a group and term, the commonest first: ``n``; ``n_tokens`` of the whole group, the
    same in each of its rows; ``per_million`` = n / n_tokens * 1,000,000; ``n_articles`` that hold the term; and
    ``dispersion``, Gries's DP (0 = as even as can be, towards 1 = all in one place) over the group's articles or,
    where the group is a single article, over ten consecutive stretches of it, equal to a token. Compare dispersion
    only between groups of like make-up, and not between rare terms and common ones.

    Raises ``ValueError`` where ``by`` names no column of the tokens.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": "daily", "text": "The bridge, the old bridge, the river."}])
    >>> tokens = segmentation.tokenize(segmentation.split(articles))
    >>> count(tokens)[["term", "n", "n_tokens"]].head(2).values.tolist()
    [['the', 3, 7], ['bridge', 2, 7]]
    """
    groups = [by] if isinstance(by, str) else list(by)
    for column in groups:
        _known(tokens, column, call="frequency.count")
    tables.check(tokens, "tokens", call="frequency.count", columns=["article_id", "start", "term", *groups])
    places = _Places.of(tokens, groups)
    term_codes, terms = pd.factorize(tokens["term"])
    order = np.lexsort((tokens["start"].to_numpy(), places.articles))
    held = _held(places, order, term_codes[order], len(terms))
    return _frequencies(held, places, pd.Series(terms, dtype="str"))


def tally(texts: pd.DataFrame, *, by: str | list[str] = "source") -> pd.DataFrame:
    """Count the terms of each group of texts: :func:`count` for corpora too large for a table of tokens.

    Reads article_id, text and the columns that ``by`` names of sentences, passages or articles, and start and part
    where they are there. Returns what ``count(segmentation.tokenize(texts), by=by)`` returns.

    >>> texts = pd.DataFrame({"article_id": ["a"], "source": ["daily"], "text": ["The bridge, the old bridge."]})
    >>> tally(texts)[["term", "n", "n_tokens"]].head(2).values.tolist()
    [['bridge', 2, 5], ['the', 2, 5]]
    """
    groups = [by] if isinstance(by, str) else list(by)
    for column in groups:
        _known(texts, column, call="frequency.tally", name="texts")
    tables.check(texts, "articles", call="frequency.tally", columns=["article_id", "text", *groups], unique=False)
    counted = texts[texts["part"] != "furniture"] if "part" in texts else texts
    if "start" in counted:
        counted = counted.sort_values("start", kind="stable")
    places = _Places.of(counted, groups)
    order = np.argsort(places.articles, kind="stable")
    bodies = counted["text"].to_numpy(dtype=object)
    found: list[tuple[Sequence[str], _Held]] = []
    for rows in _blocks(order, places.articles[order], bodies):
        encoded = segmentation.encode(bodies[rows])
        held = _held(places, rows[encoded.rows], encoded.codes, len(encoded.terms))
        found.append((encoded.terms, held))
    held, terms = _joined(found)
    wordy = np.isin(places.cells, held.parts // STRETCHES)
    if not wordy.all():
        # Whether a group is one article is asked of the articles with any tokens, and that is known only now.
        return tally(counted[wordy], by=by)
    return _frequencies(held, places, terms)


def disperse(tokens: pd.DataFrame, *, parts: str | list[str] = "article_id") -> pd.DataFrame:
    """Measure how evenly each term is spread over the parts of a corpus (Gries 2008).

    Reads term and the columns that name the ``parts``. Returns one row a term, by term: ``n``; ``n_parts`` that hold
    it; ``dp`` = half the sum, over all parts, of the differences between the part's share of all tokens and its
    share of the term, 0 (as even as can be) to 1 - the smallest part's share; ``dp_norm`` = dp divided by that
    largest value (Lijffijt & Gries 2012), 0 to 1; missing where there is but one part. Both depend on n: a term that
    occurs once is never even. Raises ``ValueError`` where ``parts`` names no column of the tokens.

    >>> tokens = pd.DataFrame({"article_id": ["a", "a", "b", "b"], "term": ["x", "y", "x", "z"]})
    >>> disperse(tokens)[["term", "dp", "dp_norm"]].values.tolist()
    [['x', 0.0, 0.0], ['y', 0.5, 1.0], ['z', 0.5, 1.0]]
    """
    columns = [parts] if isinstance(parts, str) else list(parts)
    for column in columns:
        _known(tokens, column, call="frequency.disperse")
    tables.check(tokens, "tokens", call="frequency.disperse", columns=["term", *columns], unique=False)
    part_codes, part_rows = _codes(tokens, columns)
    term_codes, terms = pd.factorize(tokens["term"], sort=True)
    held = _runs(part_codes, term_codes, len(terms))
    n = np.bincount(term_codes, minlength=len(terms))
    dp = _dp(held, held.terms, n, np.zeros(len(part_rows), dtype=np.int64))
    n_parts = np.bincount(held.terms, minlength=len(terms))
    smallest = np.bincount(part_codes, minlength=1).min() / max(1, len(tokens))
    rows = pd.DataFrame(
        {
            "term": terms,
            "n": n,
            "n_parts": n_parts,
            "dp": dp,
            "dp_norm": dp / (1 - smallest) if len(part_rows) > 1 else np.nan,
        }
    )
    return tables.make("dispersions", rows)


class _Places(NamedTuple):
    """Where each row (a token, or a text) belongs: its article, and its cell, an article within a group."""

    articles: np.ndarray
    cells: np.ndarray
    group_of_cell: np.ndarray
    group_rows: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame, columns: list[str]) -> "_Places":
        groups, group_rows = _codes(frame, columns)
        articles, _ = pd.factorize(frame["article_id"])
        cells, pairs = pd.factorize(_pair(groups, articles))
        return cls(articles, cells, pairs // (_size(articles) or 1), group_rows)

    def alone(self) -> np.ndarray:
        """Return which groups are a single article."""
        return np.bincount(self.group_of_cell, minlength=len(self.group_rows)) == 1


class _Held(NamedTuple):
    """How often a part holds a term, one entry a pair of them; parts are numbered ten to a cell.

    There are millions of entries, so that what is copied and converted costs more than what is computed: ``n`` are
    floating-point numbers, as sums want them.
    """

    parts: np.ndarray
    terms: np.ndarray
    n: np.ndarray


def _held(places: _Places, rows: np.ndarray, terms: np.ndarray, n_terms: int) -> _Held:
    """Count the terms of tokens that come article by article in the order of the text; ``rows`` are their places."""
    parts = (places.cells * STRETCHES)[rows]
    alone = places.alone()[places.group_of_cell]
    if alone.any():
        cells = places.cells[rows]
        chosen = np.flatnonzero(alone[cells])
        chosen = chosen[np.argsort(cells[chosen], kind="stable")]
        first = np.flatnonzero(np.diff(cells[chosen], prepend=-1))
        sizes = np.diff(first, append=len(chosen))
        rank = np.arange(len(chosen)) - np.repeat(first, sizes)
        parts[chosen] += rank * STRETCHES // np.repeat(sizes, sizes)
    return _runs(parts, terms, n_terms)


def _runs(parts: np.ndarray, terms: np.ndarray, n_terms: int) -> _Held:
    """Return the distinct pairs of part and term, and how often each occurs."""
    pairs = parts.astype(np.int64) * max(1, n_terms) + terms
    pairs.sort()
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    part, term = np.divmod(pairs[first], max(1, n_terms))
    return _Held(part, term.astype(np.int32), np.diff(first, append=len(pairs)).astype(float))


def _blocks(order: np.ndarray, articles: np.ndarray, texts: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the rows in blocks of whole articles, some millions of letters each."""
    ends = np.cumsum(np.fromiter(map(len, texts[order]), dtype=np.int64, count=len(order))) // BLOCK
    block = np.maximum.accumulate(np.where(np.diff(articles, prepend=-1) != 0, ends, -1))
    yield from np.split(order, np.flatnonzero(np.diff(block)) + 1)


def _joined(found: list[tuple[Sequence[str], _Held]]) -> tuple[_Held, pd.Series]:
    """Join the counts of blocks, whose numbers of terms need not be the same."""
    terms: dict[str, int] = {}
    none = np.zeros(0, dtype=np.int64)
    held = [_runs(none, none, 0)]
    # One list of terms serves block after block, until the memory of chunks starts anew.
    for _, blocks in groupby(found, key=lambda entry: id(entry[0])):
        lists, counted = zip(*blocks, strict=True)
        seen = np.zeros(len(lists[0]), dtype=bool)
        for block in counted:
            seen[block.terms] = True
        number = np.zeros(len(seen), dtype=np.int32)
        for code in np.flatnonzero(seen).tolist():
            number[code] = terms.setdefault(lists[0][code], len(terms))
        held += [block._replace(terms=number[block.terms]) for block in counted]
    return _Held(*map(np.concatenate, zip(*held, strict=True))), pd.Series(list(terms), dtype="str")


def _frequencies(held: _Held, places: _Places, terms: pd.Series) -> pd.DataFrame:
    columns = list(places.group_rows.columns)
    group_of_part = np.repeat(places.group_of_cell, STRETCHES)
    keys = group_of_part[held.parts] * max(1, len(terms)) + held.terms
    where, pairs = _numbered(keys, len(places.group_rows) * len(terms))
    group, term = np.divmod(pairs, max(1, len(terms)))
    n = np.bincount(where, weights=held.n, minlength=len(pairs)).astype(np.int64)
    n_tokens = np.bincount(group, weights=n, minlength=len(places.group_rows)).astype(np.int64)[group]
    result = places.group_rows.take(group).reset_index(drop=True).astype("str")
    result["term"] = terms.take(term).array
    result["n"] = n
    result["n_tokens"] = n_tokens
    result["per_million"] = n / n_tokens * 1e6
    result["n_articles"] = np.where(places.alone()[group], 1, np.bincount(where, minlength=len(pairs)))
    result["dispersion"] = _dp(held, where, n, group_of_part)
    ascending = [*(True for _ in columns), False, True]
    ordered = result.sort_values([*columns, "n", "term"], ascending=ascending, ignore_index=True)
    table = tables.make("frequencies", ordered)
    return pd.concat([ordered[columns], table.drop(columns="source")], axis=1)


def _numbered(keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each key among the different ones, and these; all keys are below ``size``."""
    if size > 4 * len(keys):
        return pd.factorize(keys)
    # Most keys occur: a mark for each is faster than a hash table.
    seen = np.zeros(size, dtype=bool)
    seen[keys] = True
    return (np.cumsum(seen) - 1)[keys], np.flatnonzero(seen)


def _dp(held: _Held, where: np.ndarray, n: np.ndarray, group_of_part: np.ndarray) -> np.ndarray:
    """Return Gries's DP of what ``where`` numbers, terms or terms of groups, ``n`` each, over their group's parts."""
    sizes = np.bincount(held.parts, weights=held.n, minlength=len(group_of_part))
    shares = sizes / np.maximum(1, np.bincount(group_of_part, weights=sizes))[group_of_part]
    expected = shares[held.parts]
    # The parts without the term add their whole shares, which is 1 less the shares of the parts with it.
    held_shares = n.astype(float)[where]
    np.divide(held.n, held_shares, out=held_shares)
    held_shares -= expected
    np.abs(held_shares, out=held_shares)
    held_shares -= expected
    return np.clip((1 + np.bincount(where, weights=held_shares)) / 2, 0, 1)


def _known(frame: pd.DataFrame, column: str, *, call: str, name: str = "tokens") -> None:
    if column not in frame.columns:
        near = get_close_matches(column, [str(other) for other in frame.columns], n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"{call}: no column '{column}' in {name}; it has {', '.join(map(repr, frame.columns))}.{hint}")


def _codes(frame: pd.DataFrame, columns: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the number of each row's group, and the groups' rows; a missing voice is a group like others."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        values, _ = pd.factorize(frame[column], use_na_sentinel=False)
        codes, _ = pd.factorize(_pair(codes, values))
    first = np.zeros(_size(codes), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, frame[columns].take(first)


def _size(codes: np.ndarray) -> int:
    return int(codes.max()) + 1 if len(codes) else 0


def _pair(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return one number for each pair of codes."""
    return a.astype(np.int64) * (_size(b) or 1) + b
