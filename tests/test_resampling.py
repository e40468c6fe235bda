"""Means of values in blocks: golden values by hand and by scipy, limits, and what must not matter."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import resampling
from analysis.resampling import Blocks

values = st.lists(st.floats(-1, 1, allow_nan=False).map(lambda x: round(x, 3)), min_size=2, max_size=12)


def blocks(sums, sizes=None):
    return Blocks(np.array(sums, dtype=float), np.ones(len(sums)) if sizes is None else np.array(sizes, dtype=float))


@settings(max_examples=50, deadline=None)
@given(values)
def test_blocks_of_one_give_students_interval(sums):
    mean, spread = np.mean(sums), stats.sem(sums)
    low, high = resampling.mean_interval(blocks(sums))
    reach = stats.t.ppf(0.975, len(sums) - 1) * spread
    assert low == pytest.approx(mean - reach, abs=1e-9)
    assert high == pytest.approx(mean + reach, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(values, values)
def test_blocks_of_one_give_welchs_test(a, b):
    assume(min(np.std(a), np.std(b)) > 1e-3)
    low, high = resampling.difference_interval(blocks(a), blocks(b))
    expected = stats.ttest_ind(a, b, equal_var=False)
    interval = expected.confidence_interval()
    assert (float(low), float(high)) == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-6)
    assert resampling.t_probability(blocks(a), blocks(b)) == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-9)


def test_unequal_blocks_by_hand():
    # Values 1 | 0 0 | 2 1 3: mean 7/6; residuals of the sums -1/6, -7/3, 5/2; leverages 1/6, 1/3, 1/2.
    error, freedom = resampling.cluster_error(blocks([1, 0, 6], [1, 2, 3]))
    variance = ((1 / 36) / (5 / 6) + (49 / 9) / (2 / 3) + (25 / 4) / (1 / 2)) / 36
    assert error == pytest.approx(variance**0.5)
    assert freedom == pytest.approx(1 / (1 / 36 + 1 / 9 + 1 / 4) - 1)


def test_likeness_within_blocks_widens_the_interval():
    alike = resampling.mean_interval(blocks([3, -3, 3, -3, 3, -3], [3] * 6))
    mixed = resampling.mean_interval(blocks([1, -1, 1, -1, 1, -1], [3] * 6))
    assert alike[1] - alike[0] > 2.9 * (mixed[1] - mixed[0])


@pytest.mark.parametrize("method", resampling.METHODS)
def test_swapping_the_sides_mirrors_the_interval(method):
    a, b = blocks([1, 0, 6, 2, 2], [1, 2, 3, 2, 1]), blocks([0, 1, 0, -1, 1])
    low, high = resampling.difference_interval(a, b, method=method, seed=3)
    back = resampling.difference_interval(b, a, method=method, seed=3)
    assert (low, high) == pytest.approx((-back[1], -back[0]), abs=0.12 if method != "cluster_t" else 1e-12)
    assert low < a.mean - b.mean < high


@pytest.mark.parametrize("method", resampling.METHODS)
def test_the_same_seed_gives_the_same_interval(method):
    a = blocks([1, 0, 6, 2, 2], [1, 2, 3, 2, 1])
    assert resampling.mean_interval(a, method=method, seed=4) == resampling.mean_interval(a, method=method, seed=4)


def test_the_bootstrap_agrees_with_the_t_where_both_are_right():
    rng = np.random.default_rng(0)
    a = blocks(rng.normal(size=200))
    ends = {method: resampling.mean_interval(a, method=method) for method in resampling.METHODS}
    for method in ("bootstrap_t", "percentile"):
        assert ends[method] == pytest.approx(ends["cluster_t"], abs=0.02)


def test_without_any_spread_the_interval_is_a_point():
    low, high = resampling.difference_interval(blocks([1, 1, 1]), blocks([0, 0]))
    assert (low, high) == (1, 1)
    assert resampling.t_probability(blocks([1, 1, 1]), blocks([0, 0])) == 0.0


def test_one_block_has_no_interval():
    for method in resampling.METHODS:
        assert np.isnan(resampling.mean_interval(blocks([1.0]), method=method)).all()
    assert resampling.t_probability(blocks([1.0]), blocks([0, 0])) == 1.0


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match=r"no interval method 't'; there are cluster_t, bootstrap_t, percentile\."):
        resampling.mean_interval(blocks([1, 2]), method="t")


def test_halves_are_all_splits_once_where_they_are_few():
    # Pairs of 0, 1, 2, 4 against the rest: |.5-3|, |1-2.5|, |2-1.5|.
    assert sorted(resampling.halves(blocks([0, 1, 2, 4]))) == [0.5, 1.5, 2.5]
    # Five blocks: two against three, ten ways.
    assert resampling.halves(blocks([0, 0, 0, 0, 5])).size == 10


def test_halves_are_drawn_where_they_are_many():
    a = blocks(np.arange(30))
    one, other = resampling.halves(a, seed=1), resampling.halves(a, seed=1)
    assert one.size == resampling.RESAMPLES
    assert (one == other).all()
    assert not (one == resampling.halves(a, seed=2)).all()
    # Half against half of 0..29: the spread of such a difference is that of the hypergeometric mean.
    expected = np.std(np.arange(30), ddof=1) * 2 / 30**0.5
    assert np.sqrt((one**2).mean()) == pytest.approx(expected, rel=0.05)


def test_three_blocks_have_no_halves():
    assert resampling.halves(blocks([0, 1, 2])).size == 0


def test_relabelling_is_exact_where_it_can_be():
    mask, exact = resampling.relabel(3, 4)
    assert exact
    assert len({tuple(row) for row in mask.tolist()}) == len(mask) == 35
    assert (mask.sum(axis=1) == 3).all()
    assert mask[0].tolist() == [True] * 3 + [False] * 4


def test_relabelling_is_drawn_where_it_cannot():
    mask, exact = resampling.relabel(12, 12, seed=1)
    assert not exact
    assert mask.shape == (resampling.MOST_PERMUTATIONS, 24)
    assert (mask.sum(axis=1) == 12).all()
    assert mask[0].tolist() == [True] * 12 + [False] * 12
    assert mask.mean(axis=0) == pytest.approx(0.5, abs=0.02)


def test_smallest_p():
    assert resampling.smallest_p(5, 5) == pytest.approx(2 / 252)
    assert resampling.smallest_p(5, 6) == pytest.approx(1 / 462)
    assert resampling.smallest_p(20, 20) == 1 / resampling.MOST_PERMUTATIONS


def test_articles_needed_grow_with_the_number_of_tests():
    # 2/70 <= .05 < 2/20, and 2/12870 <= .05/200 < 2/3432.
    assert resampling.units_needed(1) == 4
    assert resampling.units_needed(200) == 8


def test_runs_at_once_are_the_runs_one_by_one():
    rng = np.random.default_rng(5)
    many = Blocks(rng.normal(size=(4, 9)), rng.integers(1, 4, size=(4, 9)).astype(float))
    low, high = resampling.difference_interval(many, many)
    for i in range(4):
        one = Blocks(many.sums[i], many.sizes[i])
        assert resampling.difference_interval(one, one) == pytest.approx((low[i], high[i]))
