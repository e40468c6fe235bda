"""Which terms set one source apart from the others: how surely, and by how much.

The formula functions take counts (numbers or arrays) and return arrays; :func:`score` and :func:`log_odds` take the
finished table of frequencies.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis import tables

LEVEL = 0.05
ALPHA0 = 500.0


def score(frequencies: pd.DataFrame, *, target: str, reference: str | None = None, min_n: int = 5) -> pd.DataFrame:
    """Compare how often the target source and the reference use each term.

    Reads source, term, n, n_tokens; without ``reference`` all other sources together are it, and further groups of a
    source (its voices, say) are added up. Returns the table of key terms, one row for each term with n_target +
    n_reference >= ``min_n``, sorted by conservative_log_ratio and then log_likelihood, the most typical of the target
    first. So the number of tests m is the number of rows; it stands in ``n_tests`` too, for when rows are filtered.

    ``log_likelihood``: G2 over four cells (Dunning 1993), at least 3.84 at p = .05 in a single test; here with a sign,
    positive = more in the target. ``p`` is its two-sided p value, ``q`` that of Benjamini & Hochberg (1995) over the
    m tests. ``log_ratio``: log2 of the ratio of the rates, half a count added to each count and total (Walter), so 1 =
    twice as often, -1 = half as often; ``log_ratio_low`` and ``log_ratio_high``: its exact (Clopper-Pearson) interval
    at level .05 / m, infinite where a term is absent from one side; ``conservative_log_ratio`` (Evert 2022): the end
    of that interval nearest 0, and 0 where it holds 0. Swapping target and reference negates the measures.

    Tokens of one text are not independent, so p and q claim too much (Lijffijt et al. 2016); do not compare
    log_likelihood between corpora of different sizes. Raises ``ValueError`` for an unknown source, or a single one.

    >>> frequencies = pd.DataFrame({"source": ["a", "b", "a"], "term": ["bridge", "bridge", "fire"],
    ...                             "n": [12, 3, 1], "n_tokens": [1000, 1000, 1000]})
    >>> score(frequencies, target="a")[["term", "n_target", "n_reference", "log_likelihood"]].round(2).values.tolist()
    [['bridge', 12, 3, 5.82]]
    """
    counts = _counts(frequencies, target, reference, min_n=min_n, call="keyness.score")
    # Most terms of a text are rare, and their pairs of counts few: each pair is worked out once.
    where = counts.groupby(["n_target", "n_reference"], sort=False).ngroup().to_numpy()
    each = counts.drop_duplicates(["n_target", "n_reference"])
    cells = [each[column].to_numpy() for column in ("n_target", "total_target", "n_reference", "total_reference")]
    m = len(counts)
    g2 = log_likelihood(*cells)
    low, high = log_ratio_interval(*cells, m=m)
    p = p_value(g2)
    rows = counts.assign(
        log_likelihood=g2[where],
        log_ratio=log_ratio(*cells)[where],
        log_ratio_low=low[where],
        log_ratio_high=high[where],
        conservative_log_ratio=_nearest_zero(low, high)[where],
        p=p[where],
        q=q_value(p[where]),
        n_tests=m,
    )
    order = rows.sort_values(
        ["conservative_log_ratio", "log_likelihood", "term"], ascending=[False, False, True], ignore_index=True
    )
    return tables.make("key_terms", order)


def by_source(frequencies: pd.DataFrame, *, by: str | Sequence[str] = "source", min_n: int = 5) -> pd.DataFrame:
    """Compare each source with all others together: what :func:`score` gives, for every source in turn.

    Reads what :func:`score` reads, and voice where ``by`` is ["source", "voice"]: sources are then compared within
    each voice, narration with narration. Returns its columns after ``target`` (the source), ``reference`` (the other
    source, or "the others") and ``voice`` (missing where all voices are taken together). Of two sources the first alone
    is the target, since the second's figures are the same with the opposite sign; one source gives an empty table. Each
    source is a family of tests of its own in each voice (``n_tests``). Raises ``ValueError`` for another ``by``.

    >>> from analysis import corpus, frequency, segmentation
    >>> articles = corpus.from_records([{"source": name, "text": "It rained. " * 5} for name in ("a", "b", "c")])
    >>> tokens = segmentation.tokenize(segmentation.split(articles))
    >>> by_source(frequency.count(tokens))[["target", "reference"]].drop_duplicates().values.tolist()
    [['a', 'the others'], ['b', 'the others'], ['c', 'the others']]
    """
    groups = [by] if isinstance(by, str) else list(by)
    if groups not in (["source"], ["source", "voice"]):
        raise ValueError(f"keyness.by_source: by is {by!r}; it is 'source' or ['source', 'voice'].")
    tables.check(frequencies, "frequencies", call="keyness.by_source", columns=groups, unique=False)
    if "voice" not in groups:
        frames = list(_each_source(frequencies, min_n=min_n))
    else:
        voiced = frequencies.groupby("voice", sort=True)
        frames = [frame.assign(voice=voice) for voice, rows in voiced for frame in _each_source(rows, min_n=min_n)]
    return tables.make("key_terms_by_source", pd.concat(frames, ignore_index=True) if frames else ())


def _each_source(frequencies: pd.DataFrame, *, min_n: int) -> Iterator[pd.DataFrame]:
    """Yield the key terms of each source against all others; of two sources, of the first alone."""
    sources = sorted(frequencies["source"].unique())
    reference = "the others" if len(sources) > 2 else "".join(sources[1:])
    for target in {1: [], 2: sources[:1]}.get(len(sources), sources):
        yield score(frequencies, target=target, min_n=min_n).assign(target=target, reference=reference)


def log_odds(
    frequencies: pd.DataFrame, *, target: str, reference: str | None = None, min_n: int = 5, alpha0: float = ALPHA0
) -> pd.DataFrame:
    """Compare two sources by log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008).

    Reads source, term, n, n_tokens, as :func:`score` does. The prior of a term is its share of all tokens of the
    table, all sources of it, times ``alpha0``: as if that many tokens of common usage had been read in each source
    before; the larger it is, the more rare terms are drawn towards 0. Returns one row for each term with n_target +
    n_reference >= ``min_n``, sorted by z, the most typical of the target first: ``prior``; ``log_odds`` in natural
    logarithms, 0 = no difference, positive = more in the target; ``z``, the same over its standard deviation (the full
    variance of four terms; the paper's approximation leaves out two); ``p``, ``q`` and ``n_tests`` as in score. Do not
    compare values taken with different priors. Raises ``ValueError`` for an unknown source, or a single one.

    >>> frequencies = pd.DataFrame({"source": ["a", "b", "a"], "term": ["bridge", "bridge", "fire"],
    ...                             "n": [12, 3, 1], "n_tokens": [1000, 1000, 1000]})
    >>> log_odds(frequencies, target="a")[["term", "log_odds"]].round(2).values.tolist()
    [['bridge', 0.85]]
    """
    if not alpha0 > 0:
        raise ValueError(f"keyness.log_odds: alpha0 is {alpha0}; it is a number of tokens, and to be above 0.")
    counts = _counts(frequencies, target, reference, min_n=min_n, call="keyness.log_odds")
    background = frequencies.groupby("term")["n"].sum()
    prior = counts["term"].map(background).to_numpy(dtype=float) / max(1, _totals(frequencies).sum()) * alpha0
    cells = [counts[column].to_numpy() for column in ("n_target", "total_target", "n_reference", "total_reference")]
    delta, z = log_odds_ratio(*cells, prior=prior, alpha0=alpha0)
    p = p_value(z**2)
    rows = counts.assign(prior=prior, log_odds=delta, z=z, p=p, q=q_value(p), n_tests=len(counts))
    order = rows.sort_values(["z", "term"], ascending=[False, True], ignore_index=True)
    return tables.make("log_odds", order)


def log_likelihood(f1: ArrayLike, n1: ArrayLike, f2: ArrayLike, n2: ArrayLike) -> np.ndarray:
    """Return the signed four-cell G2 of f1 of n1 tokens against f2 of n2; positive = relatively more in the first.

    >>> log_likelihood([52], 50_000, 57, 75_000).round(3).tolist()
    [2.654]
    """
    f1, n1, f2, n2 = _arrays(f1, n1, f2, n2)
    share = (f1 + f2) / (n1 + n2)
    cells = [(f1, n1 * share), (f2, n2 * share), (n1 - f1, n1 * (1 - share)), (n2 - f2, n2 * (1 - share))]
    g2 = 2 * sum(_times_log(observed, expected) for observed, expected in cells)
    return np.sign(f1 * n2 - f2 * n1) * np.maximum(g2, 0)


def log_ratio(f1: ArrayLike, n1: ArrayLike, f2: ArrayLike, n2: ArrayLike) -> np.ndarray:
    """Return log2(((f1 + .5) / (n1 + .5)) / ((f2 + .5) / (n2 + .5))): finite where a count is 0.

    >>> log_ratio([7], 1000, 2, 1000).round(6).tolist()
    [1.584963]
    """
    f1, n1, f2, n2 = _arrays(f1, n1, f2, n2)
    # Logarithms taken apart, so that swapping the two sides negates the value to the last bit.
    return (np.log2(f1 + 0.5) - np.log2(n1 + 0.5)) - (np.log2(f2 + 0.5) - np.log2(n2 + 0.5))


def log_ratio_interval(
    f1: ArrayLike, n1: ArrayLike, f2: ArrayLike, n2: ArrayLike, *, m: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of the log2 ratio of two rates, for ``m`` tests together at the level of .05.

    The exact interval (Clopper & Pearson 1934) of f1 / (f1 + f2) at level .05 / m, two-sided, mapped by
    log2(n2 / n1 * p / (1 - p)). Where f1 is 0 the low end is minus infinity, where f2 is 0 the high end infinity.

    >>> [end.round(3).tolist() for end in log_ratio_interval([12], 1000, 0, 1000, m=1)]
    [[1.474], [inf]]
    """
    from scipy.special import betaincinv

    f1, n1, f2, n2 = _arrays(f1, n1, f2, n2)
    ends = []
    with np.errstate(divide="ignore"):
        # The share of the other side is taken as such, never as 1 - share: the lost digits would show.
        for a, b, sign in ((f1, f2, 1), (f2, f1, -1)):
            share = np.where(a > 0, betaincinv(np.maximum(a, 1), b + 1, LEVEL / (2 * max(1, m))), 0.0)
            ends.append(sign * (np.log2(share) - np.log1p(-share) / np.log(2)) + np.log2(n2 / n1))
    return ends[0], ends[1]


def conservative_log_ratio(f1: ArrayLike, n1: ArrayLike, f2: ArrayLike, n2: ArrayLike, *, m: int) -> np.ndarray:
    """Return the end nearest 0 of :func:`log_ratio_interval`, and 0 where the interval holds 0 (Evert 2022).

    >>> conservative_log_ratio([12, 3], 1000, [0, 2], 1000, m=2).round(3).tolist()
    [1.182, 0.0]
    """
    return _nearest_zero(*log_ratio_interval(f1, n1, f2, n2, m=m))


def log_odds_ratio(
    f1: ArrayLike, n1: ArrayLike, f2: ArrayLike, n2: ArrayLike, *, prior: ArrayLike, alpha0: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-odds-ratio with a Dirichlet prior, and its z value with the full variance.

    ``prior`` is the pseudo-count of each term and ``alpha0`` that of all terms together.

    >>> delta, z = log_odds_ratio([9], 16, 199, 909, prior=0.01, alpha0=0.04)
    >>> delta.round(4).tolist(), z.round(4).tolist()
    ([1.5201], [2.9831])
    """
    f1, n1, f2, n2, prior = _arrays(f1, n1, f2, n2, prior)
    delta, variance = np.zeros_like(f1), np.zeros_like(f1)
    for sign, f, n in ((1, f1, n1), (-1, f2, n2)):
        inside, outside = f + prior, (n - f) + (alpha0 - prior)
        # Nothing is outside only where one term is the whole vocabulary: a share of 1 on both sides.
        some = outside > 0
        delta += sign * np.where(some, np.log(inside) - np.log(np.where(some, outside, 1)), 0)
        variance += 1 / inside + np.divide(1, outside, out=np.zeros_like(inside), where=some)
    return delta, delta / np.sqrt(variance)


def p_value(g2: ArrayLike) -> np.ndarray:
    """Return the two-sided p value of a log-likelihood, or of a z value's square (chi-squared, 1 degree of freedom).

    >>> p_value([3.841459, -3.841459]).round(4).tolist()
    [0.05, 0.05]
    """
    from scipy.special import chdtrc

    return chdtrc(1, np.abs(np.asarray(g2, dtype=float)))


def q_value(p: ArrayLike) -> np.ndarray:
    """Return Benjamini and Hochberg's adjusted p values: the false discovery rate if all as small were believed.

    >>> q_value([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    # scipy.stats has this too, but importing it takes longer than the whole of a report's counting.
    p = np.asarray(p, dtype=float)
    order = np.argsort(-p, kind="stable")
    ranks = np.arange(len(p), 0, -1)
    q = np.empty_like(p)
    q[order] = np.minimum.accumulate(p[order] * len(p) / ranks)
    return q


def _nearest_zero(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.where(low > 0, low, np.where(high < 0, high, 0.0))


def _arrays(*values: ArrayLike) -> tuple[np.ndarray, ...]:
    return np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in values))


def _times_log(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    ratio = np.divide(observed, expected, out=np.ones_like(expected), where=(observed > 0) & (expected > 0))
    return observed * np.log(ratio)


def _counts(frequencies: pd.DataFrame, target: str, reference: str | None, *, min_n: int, call: str) -> pd.DataFrame:
    """Return term, counts, totals and rates of target and reference, one row for each term with ``min_n`` in both."""
    columns = ["source", "term", "n", "n_tokens"]
    tables.check(frequencies, "frequencies", call=call, columns=columns, unique=False)
    if frequencies.empty:
        return tables.make("key_terms").assign(total_target=0, total_reference=0)
    others = _others(frequencies, target, reference, call=call)
    # Each comparison of a survey comes by here: codes are added up, not rows grouped.
    term, terms = pd.factorize(frequencies["term"])
    seen = np.zeros(len(terms), dtype=bool)
    n = frequencies["n"].to_numpy()
    every = _totals(frequencies)
    counts, totals = {}, {}
    for side, sources in (("target", [target]), ("reference", others)):
        rows = frequencies["source"].isin(sources).to_numpy()
        seen[term[rows]] = True
        counts[side] = np.bincount(term[rows], weights=n[rows], minlength=len(terms)).astype(np.int64)
        totals[side] = int(every[sources].sum())
    kept = np.flatnonzero(seen & (counts["target"] + counts["reference"] >= min_n))
    found = pd.DataFrame({"term": terms.take(kept)})
    for side, total in totals.items():
        found[f"n_{side}"] = counts[side][kept]
        found[f"total_{side}"] = total
        found[f"per_million_{side}"] = counts[side][kept] / total * 1e6
    return found


def _totals(frequencies: pd.DataFrame) -> pd.Series:
    """Return the tokens of each source of a table of frequencies, all its groups together."""
    # What frequency.count grouped by stands before the term; a column that a user adds stands behind.
    before = list(frequencies.columns[: list(frequencies.columns).index("term")])
    groups = before if "source" in before else ["source"]
    return frequencies.drop_duplicates(groups).groupby("source")["n_tokens"].sum()


def _others(frequencies: pd.DataFrame, target: str, reference: str | None, *, call: str) -> list[str]:
    known = sorted(frequencies["source"].unique())
    for name in (target, reference):
        if name is not None and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"{call}: no source '{name}' in frequencies; it has {', '.join(map(repr, known))}.{hint}")
    if len(known) == 1:
        raise ValueError(
            f"{call}: '{target}' is the only source in frequencies; add articles of another to compare it."
        )
    if target == reference:
        raise ValueError(f"{call}: target and reference are both '{target}'; name two sources, or leave out reference.")
    return [name for name in known if name != target] if reference is None else [reference]
