"""Statistics of values that stand in blocks: means with intervals, halves, permutations. Arrays in, arrays out.

A block is a paragraph (or an article): its passages are not independent of one another. A group of blocks is given as
two arrays, the sum of the values in each block and their number; leading axes, where there are any, are separate
groups (the simulations of benchmarks/simulation.py run thousands at once).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

METHODS = ("cluster_t", "bootstrap_t", "percentile")
RESAMPLES = 2_000
MOST_PERMUTATIONS = 20_000


@dataclass(frozen=True)
class Blocks:
    """The blocks of one group: ``sums`` of the values and ``sizes`` (how many values, or words) along the last axis."""

    sums: np.ndarray
    sizes: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The mean over all values: the sum of the sums by the sum of the sizes."""
        return self.sums.sum(-1) / self.sizes.sum(-1)


def cluster_error(blocks: Blocks) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard error of the mean and its degrees of freedom, robust to any likeness within blocks.

    The variance is that of the linearised ratio with the leverage correction CR2 (Bell & McCaffrey 2002); with blocks
    of equal size it is the usual variance of the block means. The degrees of freedom are one less than the effective
    number of blocks, (sum of sizes)^2 / sum of squared sizes. Missing with fewer than two blocks.

    >>> error, freedom = cluster_error(Blocks(np.array([1.0, 2.0, 3.0]), np.ones(3)))
    >>> round(float(error), 4), round(float(freedom), 4)
    (0.5774, 2.0)
    """
    total = blocks.sizes.sum(-1, keepdims=True)
    leverage = blocks.sizes / total
    residual = blocks.sums - blocks.mean[..., None] * blocks.sizes
    enough = blocks.sizes.shape[-1] > 1
    room = np.where(leverage < 1, 1 - leverage, 1.0)
    error = np.sqrt((residual**2 / room).sum(-1)) / total[..., 0]
    freedom = 1 / (leverage**2).sum(-1) - 1
    return (error, freedom) if enough else (error * np.nan, freedom * np.nan)


def mean_interval(
    blocks: Blocks, *, method: str = METHODS[0], level: float = 0.95, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of the mean over the values of ``blocks``.

    >>> low, high = mean_interval(Blocks(np.array([1.0, 2.0, 3.0]), np.ones(3)))
    >>> round(float(low), 3), round(float(high), 3)
    (-0.484, 4.484)
    """
    none = np.zeros((*blocks.sums.shape[:-1], 0))
    nothing = Blocks(none, none)
    return _interval(blocks, nothing, method=method, level=level, seed=seed)


def difference_interval(
    a: Blocks, b: Blocks, *, method: str = METHODS[0], level: float = 0.95, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of the mean over ``a`` less the mean over ``b``.

    ``cluster_t`` takes the quantiles of Student's t with Welch's degrees of freedom, ``percentile`` those of the
    means of resampled blocks, ``bootstrap_t`` the symmetric quantile of the resampled difference by its own standard
    error (Hall 1988).

    >>> a = Blocks(np.array([1.0, 2.0, 3.0]), np.ones(3))
    >>> low, high = difference_interval(a, a)
    >>> bool(low < 0 < high)
    True
    """
    return _interval(a, b, method=method, level=level, seed=seed)


def t_probability(a: Blocks, b: Blocks) -> float:
    """Return the two-sided p of the difference of two means under the cluster-robust t; 1 where nothing varies."""
    from scipy.special import stdtr

    _, (error, freedom) = _difference(a, b)
    difference = float(a.mean - b.mean)
    if not error > 0:
        return 1.0 if np.isnan(error) or difference == 0 else 0.0
    return float(2 * stdtr(freedom, -abs(difference) / error))


def halves(blocks: Blocks, *, seed: int = 0, splits: int = RESAMPLES) -> np.ndarray:
    """Return by how much the means of two random halves of the blocks differ, for each split (all of them if few).

    Empty with fewer than four blocks: a half would be a single one.

    >>> halves(Blocks(np.array([0.0, 0.0, 1.0, 1.0]), np.ones(4)))
    array([1., 0., 0.])
    """
    n = blocks.sizes.size
    if n < 4:
        return np.empty(0)
    half = n // 2
    # With an even number each split would come twice, once from either side.
    every = comb(n, half) // (2 if n % 2 == 0 else 1)
    if every <= splits:
        mask = np.zeros((every, n), dtype=bool)
        for row, chosen in zip(mask, combinations(range(n), half), strict=False):
            row[list(chosen)] = True
    else:
        mask = np.random.default_rng(seed).random((splits, n)).argsort(axis=1) < half
    one, other = mask.astype(float), (~mask).astype(float)
    return np.abs(one @ blocks.sums / (one @ blocks.sizes) - other @ blocks.sums / (other @ blocks.sizes))


def relabel(n_a: int, n_b: int, *, seed: int = 0, most: int = MOST_PERMUTATIONS) -> tuple[np.ndarray, bool]:
    """Return ways to choose ``n_a`` of ``n_a + n_b`` units as rows of a mask, and whether these are all there are.

    The first row is the way it is: the first ``n_a`` units chosen.

    >>> mask, exact = relabel(1, 2)
    >>> mask.astype(int).tolist(), exact
    ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], True)
    """
    n = n_a + n_b
    exact = comb(n, n_a) <= most
    if exact:
        mask = np.zeros((comb(n, n_a), n), dtype=bool)
        for row, chosen in zip(mask, combinations(range(n), n_a), strict=True):
            row[list(chosen)] = True
    else:
        mask = np.random.default_rng(seed).random((most, n)).argsort(axis=1).argsort(axis=1) < n_a
        mask[0] = np.arange(n) < n_a
    return mask, exact


def smallest_p(n_a: int, n_b: int, *, most: int = MOST_PERMUTATIONS) -> float:
    """Return the smallest p that relabelling ``n_a`` and ``n_b`` units can reach, two-sided.

    >>> round(smallest_p(5, 5), 4)
    0.0079
    """
    ways = comb(n_a + n_b, n_a)
    # With equal numbers the mirrored labels differ by as much, so each size comes twice.
    return max((2 if n_a == n_b else 1) / ways, 1 / min(ways, most))


def units_needed(n_tests: int, *, level: float = 0.05) -> int:
    """Return how many units a side are needed before one of ``n_tests`` can pass Bonferroni's correction at all.

    >>> units_needed(1), units_needed(1000)
    (4, 9)
    """
    n = 2
    while 2 / comb(2 * n, n) > level / n_tests:
        n += 1
    return n


def _interval(a: Blocks, b: Blocks, *, method: str, level: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    if method not in METHODS:
        raise ValueError(f"resampling: no interval method {method!r}; there are {', '.join(METHODS)}.")
    estimate, (error, freedom) = _difference(a, b)
    if method == "cluster_t":
        # Not scipy.stats: it takes a second to import.
        from scipy.special import stdtrit

        reach = stdtrit(np.where(freedom > 0, freedom, np.nan), (1 + level) / 2) * error
        return estimate - reach, estimate + reach
    rng = np.random.default_rng(seed)
    means_a, variances_a = _resampled(a, rng)
    means_b, variances_b = _resampled(b, rng)
    if method == "percentile":
        low, high = np.quantile(means_a - means_b, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return np.where(np.isnan(error), np.nan, low), np.where(np.isnan(error), np.nan, high)
    spread = np.sqrt(variances_a + variances_b)
    # A resample without any spread says nothing of the scale; it counts as lying in the middle.
    shift = np.where(spread > 0, (means_a - means_b - estimate) / np.where(spread > 0, spread, 1), 0.0)
    reach = np.quantile(np.abs(shift), level, axis=0) * error
    return estimate - reach, estimate + reach


def _difference(a: Blocks, b: Blocks) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Return the difference of the means, and its standard error with Welch's degrees of freedom."""
    error_a, freedom_a = cluster_error(a)
    if b.sizes.shape[-1] == 0:
        return a.mean, (error_a, freedom_a)
    error_b, freedom_b = cluster_error(b)
    variance = error_a**2 + error_b**2
    share = error_a**4 / freedom_a + error_b**4 / freedom_b
    freedom = np.where(share > 0, variance**2 / np.where(share > 0, share, 1), freedom_a + freedom_b)
    return a.mean - b.mean, (np.sqrt(variance), freedom)


def _resampled(blocks: Blocks, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and squared standard error of each resample of whole blocks, resamples along the first axis."""
    n = blocks.sizes.shape[-1]
    if n == 0:
        return np.zeros(1), np.zeros(1)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)
    sums, sizes = np.moveaxis(blocks.sums, -1, 0), np.moveaxis(blocks.sizes, -1, 0)
    total = np.tensordot(weights, sizes, 1)
    mean = np.tensordot(weights, sums, 1) / total
    squares = (
        np.tensordot(weights, sums**2, 1)
        - 2 * mean * np.tensordot(weights, sums * sizes, 1)
        + mean**2 * np.tensordot(weights, sizes**2, 1)
    )
    return mean, np.maximum(squares, 0) * n / max(n - 1, 1) / total**2
