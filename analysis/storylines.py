"""Articles of many sources that report on the same, found by time and content.

Each article is known by its forty most telling terms (TF-IDF, normalised). Two articles are compared only if they are
a few days apart at most and share a term that few others of those days have; so the work grows with the number of
articles and not with its square.
"""

import numpy as np
import pandas as pd

from analysis import tables

TELLING = 40
DAYS = 3
THRESHOLD = 0.15
# A term that more articles of a few days share than this, and than this share of them, links none of them.
COMMON = 40
COMMON_SHARE = 0.02
_BLOCK = 2000


def weigh(articles: np.ndarray, terms: np.ndarray, n: np.ndarray, *, document_frequency: np.ndarray, n_articles: int):
    """Return article, term and weight of the most telling terms of each article.

    One entry a pair of article and term that occurs ``n`` times, article by article; ``document_frequency`` is the
    number of articles with the term, out of ``n_articles``. The weights of an article have a square sum of 1; ties go
    by term.
    """
    weight = (1 + np.log(n)) * np.log((1 + n_articles) / (1 + document_frequency))
    # An article's weights are sorted only down to the least that can be among its most telling.
    first = np.flatnonzero(np.diff(articles, prepend=-1))
    sizes = np.diff(first, append=len(articles))
    least = [
        np.partition(weight[a : a + size], -TELLING)[-TELLING] if size > TELLING else 0.0
        for a, size in zip(first.tolist(), sizes.tolist(), strict=True)
    ]
    keep = weight >= np.repeat(least, sizes)
    articles, terms, weight = articles[keep], terms[keep], weight[keep]
    order = np.lexsort((terms, -weight, articles))
    articles, terms, weight = articles[order], terms[order], weight[order]
    first = np.flatnonzero(np.diff(articles, prepend=-1))
    rank = np.arange(len(articles)) - np.repeat(first, np.diff(first, append=len(articles)))
    keep = (rank < TELLING) & (weight > 0)
    articles, terms, weight = articles[keep], terms[keep], weight[keep]
    length = np.sqrt(np.bincount(articles, weights=weight**2))[articles] if len(articles) else weight
    return articles, terms, weight / length


def group(days: np.ndarray, articles: np.ndarray, terms: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the number of each article's storyline; articles of one number report on the same.

    ``days`` is the day of each article, NaN where it is not known: such articles are compared among themselves only.
    The other three are what :func:`weigh` returns. Links of a similarity of at least .15 join, the strongest first,
    where the two groups are as alike on average over the pairs that were compared.
    """
    from scipy.sparse import csr_matrix

    n = len(days)
    _, columns = np.unique(terms, return_inverse=True)
    matrix = csr_matrix((weight, (articles, columns)), shape=(n, int(columns.max(initial=0)) + 1))
    found = [np.zeros((0, 3))]
    for rows, others in _windows(days):
        found.append(_links(matrix, days, rows, others))
    links = np.concatenate(found)
    order = np.lexsort((links[:, 1], links[:, 0], -links[:, 2]))
    return _joined(links[order], n)


def _windows(days: np.ndarray):
    """Yield rows, and the rows they are to be compared with: those of the same days and of the next few."""
    order = np.argsort(days, kind="stable")  # NaN comes last
    known = order[: int(np.sum(~np.isnan(days)))]
    sorted_days = days[known]
    for start in range(0, len(known), _BLOCK):
        rows = known[start : start + _BLOCK]
        until = np.searchsorted(sorted_days, sorted_days[min(start + _BLOCK, len(known)) - 1] + DAYS, side="right")
        yield rows, known[start:until]
    unknown = order[len(known) :]
    for start in range(0, len(unknown), _BLOCK):
        yield unknown[start : start + _BLOCK], unknown[start:]


def _links(matrix, days: np.ndarray, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    block = matrix[others]
    shared = np.bincount(block.indices, minlength=matrix.shape[1])
    telling = (shared > 1) & (shared <= max(COMMON, COMMON_SHARE * len(others)))
    candidates = (matrix[rows][:, telling] @ block[:, telling].T).tocoo()
    a, b = rows[candidates.row], others[candidates.col]
    # The others begin with the rows themselves, so a pair within them would come twice.
    keep = (candidates.row < candidates.col) & ~(np.abs(days[a] - days[b]) > DAYS)
    a, b = a[keep], b[keep]
    pieces = [
        np.asarray(matrix[a[i : i + 50_000]].multiply(matrix[b[i : i + 50_000]]).sum(axis=1)).ravel()
        for i in range(0, len(a), 50_000)
    ]
    score = np.concatenate(pieces or [np.zeros(0)])
    near = score >= THRESHOLD
    return np.column_stack([np.minimum(a, b), np.maximum(a, b), score])[near]


def _joined(links: np.ndarray, n: int) -> np.ndarray:
    """Join groups along the links, given strongest first, where most of their members are linked."""
    group = list(range(n))
    members = {i: [i] for i in range(n)}
    linked = {(int(a), int(b)) for a, b, _ in links}
    for a, b, _ in links:
        one, two = group[int(a)], group[int(b)]
        if one == two:
            continue
        crossing = [(min(x, y), max(x, y)) for x in members[one] for y in members[two]]
        if 2 * sum(pair in linked for pair in crossing) >= len(crossing):
            keep, drop = min(one, two), max(one, two)
            for member in members[drop]:
                group[member] = keep
            members[keep] += members.pop(drop)
    return np.unique(group, return_inverse=True)[1] if n else np.zeros(0, dtype=np.int64)


def named(groups: np.ndarray, articles: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each article of a storyline of two or more; reads article_id, source, published."""
    size = np.bincount(groups, minlength=1)[groups] if len(groups) else groups
    rows = articles[["article_id", "source", "published"]].assign(storyline_id=groups, n_articles=size)
    rows = rows[rows["n_articles"] > 1]
    first = rows.groupby("storyline_id")["published"].transform("min")
    rows = rows.assign(first=first).sort_values(
        ["n_articles", "first", "storyline_id", "published", "article_id"], ascending=[False, True, True, True, True]
    )
    rows["storyline_id"] = pd.factorize(rows["storyline_id"])[0]
    return tables.make("storylines", rows.reset_index(drop=True))
