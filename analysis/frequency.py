"""How often each source uses each term, and how evenly.

Counts always stand beside the number of all tokens of the group they were taken from, so that every rate is a rate on
all tokens, whatever is hidden or filtered afterwards.
"""

from difflib import get_close_matches

import numpy as np
import pandas as pd

from analysis import tables

STRETCHES = 10


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
    group_codes, group_rows = _group_codes(tokens, groups)
    term_codes, terms = pd.factorize(tokens["term"], sort=True)
    article_codes, _ = pd.factorize(tokens["article_id"])
    n_tokens = np.bincount(group_codes, minlength=len(group_rows))
    cells, where = np.unique(_pair(group_codes, term_codes), return_inverse=True)
    group, term = np.divmod(cells, max(1, len(terms)))
    n = np.bincount(where, minlength=len(cells))
    n_articles = np.bincount(
        np.unique(_pair(where, article_codes)) // (_size(article_codes) or 1), minlength=len(cells)
    )
    result = group_rows.take(group).reset_index(drop=True)
    result["term"] = terms.take(term)
    result["n"] = n
    result["n_tokens"] = n_tokens[group]
    result["per_million"] = n / n_tokens[group] * 1e6
    result["n_articles"] = n_articles
    result["dispersion"] = _dp(where, _parts(tokens, group_codes, article_codes), group)
    order = result.sort_values([*groups, "n", "term"], ascending=[*(True for _ in groups), False, True])
    return _as_frequencies(order.reset_index(drop=True), groups)


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
    part_codes, part_rows = _group_codes(tokens, columns)
    term_codes, terms = pd.factorize(tokens["term"], sort=True)
    dp = _dp(term_codes, part_codes, np.zeros(len(terms), dtype=np.int64))
    smallest = np.bincount(part_codes, minlength=1).min() / max(1, len(tokens))
    held = np.unique(_pair(term_codes, part_codes)) // (_size(part_codes) or 1)
    rows = pd.DataFrame(
        {
            "term": terms,
            "n": np.bincount(term_codes, minlength=len(terms)),
            "n_parts": np.bincount(held, minlength=len(terms)),
            "dp": dp,
            "dp_norm": dp / (1 - smallest) if len(part_rows) > 1 else np.nan,
        }
    )
    return tables.make("dispersions", rows)


def _known(tokens: pd.DataFrame, column: str, *, call: str) -> None:
    if column not in tokens.columns:
        near = get_close_matches(column, [str(name) for name in tokens.columns], n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(
            f"{call}: no column '{column}' in tokens; it has {', '.join(map(repr, tokens.columns))}.{hint}"
        )


def _group_codes(tokens: pd.DataFrame, columns: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the number of each token's group, and the groups' rows; a missing voice is a group like others."""
    codes = np.zeros(len(tokens), dtype=np.int64)
    for column in columns:
        values, _ = pd.factorize(tokens[column], use_na_sentinel=False)
        _, codes = np.unique(_pair(codes, values), return_inverse=True)
    _, first = np.unique(codes, return_index=True)
    return codes, tokens[columns].take(first)


def _size(codes: np.ndarray) -> int:
    return int(codes.max()) + 1 if len(codes) else 0


def _pair(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return one number for each pair of codes; ordered as the pairs are."""
    return a.astype(np.int64) * (_size(b) or 1) + b


def _parts(tokens: pd.DataFrame, groups: np.ndarray, articles: np.ndarray) -> np.ndarray:
    """Return the part each token lies in: its article, or its tenth of a group that is one article only."""
    _, cell = np.unique(_pair(groups, articles), return_inverse=True)
    _, first = np.unique(cell, return_index=True)
    alone = (np.bincount(groups[first]) == 1)[groups]
    parts = cell * STRETCHES
    chosen = np.flatnonzero(alone)
    chosen = chosen[np.lexsort((tokens["start"].to_numpy()[chosen], cell[chosen]))]
    sizes = np.bincount(cell[chosen], minlength=_size(cell))
    begins = np.cumsum(sizes) - sizes
    rank = np.arange(len(chosen)) - begins[cell[chosen]]
    parts[chosen] += rank * STRETCHES // sizes[cell[chosen]]
    return parts


def _dp(terms: np.ndarray, parts: np.ndarray, group_of_term: np.ndarray) -> np.ndarray:
    """Return Gries's DP of each term over the parts of its group; a part belongs to one group only."""
    if not len(terms):
        return np.zeros(0)
    _, parts = np.unique(parts, return_inverse=True)
    part_sizes = np.bincount(parts)
    group_of_part = np.zeros(len(part_sizes), dtype=np.int64)
    group_of_part[parts] = group_of_term[terms]
    shares = part_sizes / np.bincount(group_of_part, weights=part_sizes)[group_of_part]
    cells, n = np.unique(_pair(terms, parts), return_counts=True)
    term, part = np.divmod(cells, len(part_sizes))
    observed = n / np.bincount(terms)[term]
    # The parts without the term add their whole shares, which is 1 less the shares of the parts with it.
    held = np.abs(observed - shares[part]) - shares[part]
    return np.clip((1 + np.bincount(term, weights=held)) / 2, 0, 1)


def _as_frequencies(rows: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    table = tables.make("frequencies", rows)
    return pd.concat([rows[groups].astype("str"), table.drop(columns="source")], axis=1)
