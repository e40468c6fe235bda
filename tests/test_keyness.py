"""Keyness: golden values of another implementation, published examples, and what must hold for any counts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import corpus, frequency, keyness, segmentation, tables

GOLDEN = pd.read_csv(Path(__file__).parent / "golden" / "keyness.csv")
CELLS = [GOLDEN[column].to_numpy() for column in ("f1", "n1", "f2", "n2")]
SWAPPED = [CELLS[2], CELLS[3], CELLS[0], CELLS[1]]


def frequencies_of(**texts):
    records = [{"source": source, "text": text} for source, text in texts.items()]
    return frequency.count(segmentation.tokenize(segmentation.split(corpus.from_records(records))))


def test_golden_log_likelihood_and_log_ratio():
    np.testing.assert_allclose(np.abs(keyness.log_likelihood(*CELLS)), GOLDEN["log_likelihood"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(keyness.log_ratio(*CELLS), GOLDEN["log_ratio"], rtol=0, atol=1e-9)


def test_golden_conservative_log_ratio():
    m = int(GOLDEN["m"].iloc[0])
    assert (GOLDEN["m"] == m).all()
    found = keyness.conservative_log_ratio(*CELLS, m=m)
    np.testing.assert_allclose(found, GOLDEN["conservative_log_ratio"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(keyness.conservative_log_ratio(*SWAPPED, m=m), -found, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("counts", "g2"),
    [((52, 50_000, 57, 75_000), 2.654), ((12, 1000, 3, 1000), 5.82), ((7, 1000, 2, 1000), 2.954494)],
)
def test_four_cells_not_two(counts, g2):
    places = len(str(g2).split(".")[1])
    assert round(float(keyness.log_likelihood(*counts)), places) == g2


def test_log_odds_as_in_convokit_and_by_hand():
    first = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "pig"]
    second = ["the", "lazy", "purple", "pig", "jumps", "over", "the", "lazier", "donkey"]
    terms = sorted({*first, *second})
    f1, f2 = ([words.count(term) for term in terms] for words in (first, second))
    alpha0 = 0.05 * len(terms)
    delta, z = keyness.log_odds_ratio(f1, len(first), f2, len(second), prior=0.05, alpha0=alpha0)
    # The published example takes the variance of two of the four terms; delta is the same.
    two_term = np.sqrt(1 / (np.array(f1) + 0.05) + 1 / (np.array(f2) + 0.05))
    found = dict(zip(terms, delta / two_term, strict=True))
    only = 0.6894227886807968
    for term, expected in {
        "brown": only,
        "fox": only,
        "quick": only,
        "donkey": -only,
        "lazier": -only,
        "the": 0,
    }.items():
        assert found[term] == pytest.approx(expected, abs=1e-12)
    assert (np.abs(z) <= np.abs(delta / two_term) + 1e-12).all()


def test_log_odds_with_the_full_variance():
    delta, z = keyness.log_odds_ratio([1, 5, 1, 9], 16, [100, 510, 100, 199], 909, prior=0.01, alpha0=0.04)
    np.testing.assert_allclose(delta, [-0.6095321, -1.0345766, -0.6095321, 1.5201005], atol=5e-8)
    np.testing.assert_allclose(z, [-0.589845, -1.905684, -0.589845, 2.983064], atol=5e-7)


def test_q_values_equal_those_of_scipy():
    from scipy.stats import false_discovery_control

    p = np.random.default_rng(4).uniform(size=200) ** 3
    np.testing.assert_allclose(keyness.q_value(p), false_discovery_control(p), rtol=1e-12)
    assert keyness.q_value([]).size == 0


def test_table_by_hand():
    frequencies = frequencies_of(
        a="Bridge bridge bridge bridge bridge bridge closed today.",
        b="The town saw no bridge and the river rose again.",
    )
    found = keyness.score(frequencies, target="a", min_n=2).set_index("term")
    assert sorted(found.index) == ["bridge", "the"]
    bridge = found.loc["bridge"]
    assert bridge[["n_target", "n_reference", "n_tests"]].tolist() == [6, 1, 2]
    assert bridge["per_million_target"] == pytest.approx(6 / 8 * 1e6)
    assert bridge["per_million_reference"] == pytest.approx(1 / 10 * 1e6)
    assert bridge["log_ratio"] == pytest.approx(np.log2((6.5 / 8.5) / (1.5 / 10.5)))
    assert bridge["q"] == pytest.approx(min(1, 2 * bridge["p"]))
    absent = found.loc["the"]
    assert absent["log_likelihood"] < 0
    assert absent["log_ratio_low"] == -np.inf
    assert absent["conservative_log_ratio"] == 0


def test_rates_stay_on_all_tokens_when_terms_are_hidden():
    frequencies = frequencies_of(a="the the the fox ran", b="the dog ran and ran off")
    shown = frequencies[frequencies["term"] != "the"]
    full = keyness.score(frequencies, target="a", min_n=1).set_index("term")
    cut = keyness.score(shown, target="a", min_n=1).set_index("term")
    assert cut.loc["ran", "log_likelihood"] == full.loc["ran", "log_likelihood"]


def test_reference_is_all_others_together():
    frequencies = frequencies_of(a="one two", b="one three three", c="one one four four four")
    both = keyness.score(frequencies, target="a", min_n=1).set_index("term")
    assert both.loc["one", "n_reference"] == 3
    assert both.loc["one", "per_million_reference"] == pytest.approx(3 / 8 * 1e6)
    single = keyness.score(frequencies, target="a", reference="b", min_n=1)
    assert "four" not in set(single["term"])


def test_voices_of_a_source_are_added_up():
    frequencies = frequencies_of(a="one two one", b="one three three")
    halves = pd.concat(
        [frequencies.assign(voice="narration"), frequencies.assign(voice="quotation")], ignore_index=True
    )[["source", "voice", "term", "n", "n_tokens", "per_million", "n_articles", "dispersion"]]
    found = keyness.score(halves, target="a", min_n=1).set_index("term")
    assert found.loc["one", "n_target"] == 4
    assert found.loc["one", "per_million_target"] == pytest.approx(4 / 6 * 1e6)


def test_log_odds_table():
    frequencies = frequencies_of(a="fox fox fox the the", b="the the the dog dog", c="fox the")
    found = keyness.log_odds(frequencies, target="a", reference="b", min_n=2, alpha0=12)
    assert found["term"].tolist() == ["fox", "the", "dog"]
    prior = found.set_index("term")["prior"]
    assert prior["fox"] == pytest.approx(4 / 12 * 12)
    assert prior["the"] == pytest.approx(6)
    delta, z = keyness.log_odds_ratio(3, 5, 0, 5, prior=4, alpha0=12)
    assert found.loc[0, "log_odds"] == pytest.approx(float(delta))
    assert found.loc[0, "z"] == pytest.approx(float(z))
    assert found["n_tests"].eq(3).all()
    with pytest.raises(
        ValueError, match=r"^keyness\.log_odds: alpha0 is 0; it is a number of tokens, and to be above 0\.$"
    ):
        keyness.log_odds(frequencies, target="a", alpha0=0)


@pytest.mark.parametrize("measure", [keyness.score, keyness.log_odds])
def test_errors(measure):
    call = f"keyness.{measure.__name__}"
    frequencies = frequencies_of(commentary="one two", dispatch="one three")
    for arguments, message in [
        (
            {"target": "dispach"},
            f"{call}: no source 'dispach' in frequencies; it has 'commentary', 'dispatch'. Did you mean 'dispatch'?",
        ),
        (
            {"target": "dispatch", "reference": "xyz"},
            f"{call}: no source 'xyz' in frequencies; it has 'commentary', 'dispatch'.",
        ),
        (
            {"target": "dispatch", "reference": "dispatch"},
            f"{call}: target and reference are both 'dispatch'; name two sources, or leave out reference.",
        ),
    ]:
        with pytest.raises(ValueError) as caught:
            measure(frequencies, **arguments)
        assert str(caught.value) == message
    with pytest.raises(ValueError) as caught:
        measure(frequencies_of(dispatch="one two"), target="dispatch")
    assert str(caught.value) == (
        f"{call}: 'dispatch' is the only source in frequencies; add articles of another to compare it."
    )
    with pytest.raises(tables.TableError, match="no column 'n_tokens'"):
        measure(frequencies.drop(columns="n_tokens"), target="dispatch")


def test_empty_input_gives_empty_tables():
    empty = tables.make("frequencies")
    assert list(keyness.score(empty, target="a").columns) == list(tables.TABLES["key_terms"].columns)
    assert keyness.log_odds(empty, target="a").dtypes["z"] == "float64"
    rare = frequencies_of(a="one two", b="one three")
    assert keyness.score(rare, target="a").empty
    assert keyness.log_odds(rare, target="a").empty


counts = st.integers(0, 400)
totals = st.integers(400, 5000)
cells = st.lists(st.tuples(counts, totals, counts, totals), min_size=1, max_size=20)


@settings(deadline=None, max_examples=25)
@given(cells, st.integers(1, 5000))
def test_formula_properties(rows, m):
    f1, n1, f2, n2 = np.array(rows).T
    f2 = np.where(f1 + f2 == 0, 1, f2)
    g2 = keyness.log_likelihood(f1, n1, f2, n2)
    np.testing.assert_allclose(keyness.log_likelihood(f2, n2, f1, n1), -g2, atol=1e-9)
    np.testing.assert_array_equal(keyness.log_ratio(f2, n2, f1, n1), -keyness.log_ratio(f1, n1, f2, n2))
    low, high = keyness.log_ratio_interval(f1, n1, f2, n2, m=m)
    assert (low <= high).all()
    conservative = keyness.conservative_log_ratio(f1, n1, f2, n2, m=m)
    assert ((conservative == 0) | (np.sign(conservative) == np.sign(g2))).all()
    wider, _ = keyness.log_ratio_interval(f1, n1, f2, n2, m=m + 100)
    assert (wider <= low).all()
    from scipy.stats import chi2_contingency

    table = [[f1[0], f2[0]], [n1[0] - f1[0], n2[0] - f2[0]]]
    if f1[0] + f2[0] < n1[0] + n2[0]:
        expected = chi2_contingency(table, correction=False, lambda_="log-likelihood")
        assert abs(g2[0]) == pytest.approx(expected.statistic, abs=1e-7)
        assert keyness.p_value(g2)[0] == pytest.approx(expected.pvalue, abs=1e-9)


words = st.lists(st.sampled_from(["fox", "dog", "the", "ran", "é"]), min_size=1, max_size=40).map(" ".join)


@settings(deadline=None, max_examples=25)
@given(words, words)
def test_table_properties(a, b):
    frequencies = frequencies_of(a=a, b=b)
    before = frequencies.copy()
    ab = keyness.score(frequencies, target="a", min_n=1).set_index("term").sort_index()
    ba = keyness.score(frequencies, target="b", min_n=1).set_index("term").sort_index()
    pd.testing.assert_frame_equal(frequencies, before)
    for column in ("log_likelihood", "log_ratio", "conservative_log_ratio"):
        np.testing.assert_allclose(ab[column], -ba[column], atol=1e-9)
    np.testing.assert_allclose(ab["log_ratio_low"], -ba["log_ratio_high"], atol=1e-9)
    odds = keyness.log_odds(frequencies, target="a", min_n=1).set_index("term").sort_index()
    swapped = keyness.log_odds(frequencies, target="b", min_n=1).set_index("term").sort_index()
    np.testing.assert_allclose(odds["z"], -swapped["z"], atol=1e-9)
    shuffled = keyness.score(frequencies.sample(frac=1, random_state=3), target="a", min_n=1)
    pd.testing.assert_frame_equal(shuffled, keyness.score(frequencies, target="a", min_n=1))
    assert (ab["q"] >= ab["p"] * (1 - 1e-12)).all()


def test_identical_sources_have_no_key_terms():
    found = keyness.score(frequencies_of(a="fox ran the the", b="fox ran the the"), target="a", min_n=1)
    assert (found["log_likelihood"] == 0).all()
    assert (found["conservative_log_ratio"] == 0).all()
    assert (found["p"] == 1).all()


def test_sources_are_compared_within_each_voice():
    rows = [("a", "narration", "fire", 9, 100), ("b", "narration", "fire", 3, 200), ("a", "quotation", "fire", 1, 50)]
    rows += [("b", "quotation", "fire", 8, 40), ("b", "reported", "fire", 7, 70)]
    frequencies = pd.DataFrame(rows, columns=["source", "voice", "term", "n", "n_tokens"])
    found = keyness.by_source(frequencies, by=["source", "voice"])
    assert found[["target", "reference", "voice", "term", "n_target", "n_reference"]].values.tolist() == [
        ["a", "b", "narration", "fire", 9, 3],
        ["a", "b", "quotation", "fire", 1, 8],
    ]
    alone = frequencies[frequencies["voice"] == "narration"]
    expected = keyness.score(alone, target="a")
    pd.testing.assert_frame_equal(found.loc[:0, expected.columns], expected)
    together = keyness.by_source(frequencies)
    assert together["voice"].isna().all()
    assert together[["n_target", "n_reference"]].values.tolist() == [[10, 18]]


def test_key_terms_are_taken_by_source_or_by_source_and_voice():
    with pytest.raises(ValueError) as error:
        keyness.by_source(pd.DataFrame(), by="voice")
    assert str(error.value) == "keyness.by_source: by is 'voice'; it is 'source' or ['source', 'voice']."
