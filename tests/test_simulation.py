"""A smaller version of benchmarks/simulation.py: does the evidence step err and find as often as it should?"""

import importlib.util
import math
from pathlib import Path

import pytest

from analysis.second_opinion import MIN_PASSAGES

RUNS = 600


@pytest.fixture(scope="module")
def simulation():
    path = Path(__file__).parent.parent / "benchmarks" / "simulation.py"
    spec = importlib.util.spec_from_file_location("simulation", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def around(share, runs=RUNS):
    """Return a share with the room that chance needs: three standard errors."""
    return pytest.approx(share, abs=3 * math.sqrt(share * (1 - share) / runs))


@pytest.mark.parametrize("paragraphs", [20, 40])
def test_one_pool_is_called_different_in_five_per_cent(simulation, paragraphs):
    for draw in (simulation.invented, simulation.shipped()):
        by_interval, with_null = simulation.one_pool(paragraphs, RUNS, draw)
        assert by_interval == around(0.05)
        assert with_null <= by_interval / 2


@pytest.mark.parametrize("effect", [0.5, 0.8])
def test_a_planted_difference_is_found_where_theory_says_so(simulation, effect):
    found, with_null = simulation.planted(effect, simulation.theory(effect), RUNS)
    assert found == around(0.8)
    assert 0.3 < with_null < found


@pytest.mark.parametrize("paragraphs", [10, 20, 40])
def test_the_interval_used_covers_what_it_says(simulation, paragraphs):
    covered = simulation.coverage("cluster_t", paragraphs, 3 * RUNS)
    assert covered == around(0.95, 3 * RUNS)
    if paragraphs == 10:
        assert simulation.coverage("percentile", paragraphs, 3 * RUNS) < covered - 0.03


def test_permutation_keeps_its_level(simulation):
    assert simulation.permuted(5, RUNS) == around(0.05)
    assert simulation.permuted(5, RUNS, shift=1.0) > 0.9


def test_too_little_text_is_where_a_strong_difference_is_mostly_missed(simulation):
    enough = round(MIN_PASSAGES / simulation.PASSAGES_PER_PARAGRAPH)
    assert simulation.planted(0.8, enough, RUNS)[0] == around(0.8)
    assert simulation.planted(0.8, enough // 2, RUNS)[0] < 0.6
