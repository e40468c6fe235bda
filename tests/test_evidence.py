"""Evidence on tables: intervals, differences, nulls, permutations, equal length, rates."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import corpus, evidence, segmentation, tables


def scored(**sources):
    """Return a scored table; each source is a list of articles, each a list of paragraphs, each a list of figures."""
    rows = [
        (f"s/{source}-{i}", source, j, value)
        for source, articles in sources.items()
        for i, paragraphs in enumerate(articles)
        for j, values in enumerate(paragraphs)
        for value in values
    ]
    return pd.DataFrame(rows, columns=["article_id", "source", "paragraph_id", "polarity"])


TWO = scored(
    dispatch=[[[0.1, 0.2], [0.0], [-0.3, 0.1, 0.0], [0.5], [0.0], [0.2]]],
    commentary=[[[-0.1], [-0.2, 0.0], [0.0], [-0.4], [0.1], [0.0], [-0.3, -0.3]]],
)


def test_interval_counts_rows_and_paragraphs():
    table = evidence.interval(TWO)
    assert table[["measure", "source", "n", "n_paragraphs"]].values.tolist() == [
        ["polarity", "commentary", 9, 7],
        ["polarity", "dispatch", 9, 6],
    ]
    assert table["mean"].tolist() == pytest.approx([-1.2 / 9, 0.8 / 9])
    assert (table["low"] < table["mean"]).all()
    assert (table["mean"] < table["high"]).all()
    assert table["voice"].isna().all()


def test_interval_by_voice():
    voiced = TWO.assign(voice=["narration", "quotation"] * 9)
    table = evidence.interval(voiced, by=["source", "voice"])
    assert table[["source", "voice"]].values.tolist() == [
        ["commentary", "narration"],
        ["commentary", "quotation"],
        ["dispatch", "narration"],
        ["dispatch", "quotation"],
    ]
    assert table["n"].sum() == 18


def test_interval_of_a_rate_is_the_sum_by_the_sum():
    rates = TWO.assign(loaded=[1, 0, 0, 2, 0, 0, 0, 1, 0] * 2, n_words=range(1, 19))
    table = evidence.interval(rates, value="loaded", per="n_words").set_index("source")
    own = rates[rates["source"] == "dispatch"]
    assert table["mean"]["dispatch"] == pytest.approx(own["loaded"].sum() / own["n_words"].sum())


def test_paragraphs_without_words_are_no_blocks():
    rates = TWO.assign(loaded=0, n_words=[0, 1, 2] * 6)
    assert evidence.interval(rates, value="loaded", per="n_words")["n_paragraphs"].sum() < 13
    assert evidence.within(rates, value="loaded", per="n_words")["null_95"].fillna(0).tolist() == [0, 0]


def test_a_source_without_any_words_is_left_out():
    rates = TWO.assign(loaded=0, n_words=np.where(TWO["source"] == "dispatch", 0, 3))
    assert evidence.interval(rates, value="loaded", per="n_words")["source"].tolist() == ["commentary"]
    assert evidence.compare(rates, value="loaded", per="n_words").empty


def test_too_few_paragraphs_have_no_interval():
    few = evidence.interval(scored(a=[[[1.0, 0.0]] * 4], b=[[[1.0, 0.0]] * 5]))
    assert few["low"].isna().tolist() == [True, False]
    assert few["mean"].tolist() == [0.5, 0.5]
    assert evidence.within(scored(a=[[[1.0], [0.0], [0.5], [0.2]]]))["null_95"].isna().all()
    pair = evidence.compare(scored(a=[[[1.0, 0.0]] * 4], b=[[[1.0, 0.0]] * 5]))
    assert pair[["low", "high", "null_95", "p", "q"]].isna().all(axis=None)


def test_within_splits_paragraphs_not_rows():
    # Whole paragraphs are dealt: with values alike in a paragraph the halves differ more than rows would.
    table = evidence.within(scored(a=[[[0, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1]]]))
    sums = [0, 3, 0, 3, 0, 3]
    by_hand = [
        abs(sum(sums[i] for i in half) / 9 - (9 - sum(sums[i] for i in half)) / 9)
        for half in combinations(range(6), 3)
        if 0 in half
    ]
    assert table["n_splits"].item() == 10
    assert table["median"].item() == pytest.approx(np.median(by_hand))
    assert table["null_95"].item() == pytest.approx(max(by_hand))


def test_compare_is_signed_and_mirrors():
    row = evidence.compare(TWO).iloc[0]
    assert (row["source_a"], row["source_b"]) == ("commentary", "dispatch")
    assert row["difference"] == pytest.approx(-1.2 / 9 - 0.8 / 9)
    assert row["low"] < row["difference"] < row["high"]
    renamed = TWO.assign(source=TWO["source"].map({"commentary": "x", "dispatch": "a"}))
    back = evidence.compare(renamed).iloc[0]
    assert (back["difference"], back["low"], back["high"]) == pytest.approx(
        (-row["difference"], -row["high"], -row["low"])
    )
    assert (back["null_95"], back["p"]) == pytest.approx((row["null_95"], row["p"]))


def test_compare_takes_the_larger_null():
    null = evidence.within(TWO)["null_95"].max()
    assert evidence.compare(TWO)["null_95"].item() == pytest.approx(null)


def test_more_pairs_make_wider_intervals_and_state_their_number():
    three = pd.concat([TWO, scored(gazette=[[[0.0], [0.1], [0.2], [-0.1], [0.3], [0.0]]])])
    pair = evidence.compare(TWO).iloc[0]
    table = evidence.compare(three)
    assert table["n_tests"].tolist() == [3, 3, 3]
    same = table[(table["source_a"] == "commentary") & (table["source_b"] == "dispatch")].iloc[0]
    assert same["difference"] == pytest.approx(pair["difference"])
    assert same["low"] < pair["low"]
    assert same["high"] > pair["high"]
    # Benjamini & Hochberg: the smallest of three p times 3 at most, never below p.
    assert (table["q"] >= table["p"] - 1e-12).all()
    assert table["q"].min() <= 3 * table["p"].min() + 1e-12


def test_one_source_has_nothing_to_compare():
    one = TWO[TWO["source"] == "dispatch"]
    assert evidence.compare(one).empty
    assert evidence.permute(one).empty
    assert list(evidence.compare(one).columns) == list(tables.TABLES["comparisons"].columns)
    assert len(evidence.interval(one)) == 1


def test_nothing_gives_empty_tables():
    nothing = TWO[:0]
    for name, call in {
        "intervals": evidence.interval,
        "within": evidence.within,
        "comparisons": evidence.compare,
        "permutations": evidence.permute,
    }.items():
        pd.testing.assert_frame_equal(call(nothing), tables.make(name))


@pytest.mark.parametrize("call", [evidence.interval, evidence.within, evidence.compare, evidence.permute])
def test_input_is_untouched_and_row_order_does_not_matter(call):
    before = TWO.copy()
    result = call(TWO)
    pd.testing.assert_frame_equal(TWO, before)
    pd.testing.assert_frame_equal(call(TWO.sample(frac=1, random_state=1)), result)


def test_a_missing_column_is_named():
    with pytest.raises(tables.TableError, match=r"evidence\.compare: the table of scored has no column 'polarity'"):
        evidence.compare(TWO.rename(columns={"polarity": "tone"}))


def many(shift, n=5, seed=0):
    rng = np.random.default_rng(seed)
    return scored(
        a=[[[x] for x in rng.normal(0, 0.2, 6)] for _ in range(n)],
        b=[[[x] for x in rng.normal(shift, 0.2, 6)] for _ in range(n)],
    )


def test_permutation_agrees_with_the_count_by_hand():
    table = scored(a=[[[x]] for x in (0.1, 0.2, 0.3, 0.4, 0.9)], b=[[[x]] for x in (0.0, 0.5, 0.6, 0.7, 0.8)])
    values = [0.1, 0.2, 0.3, 0.4, 0.9, 0.0, 0.5, 0.6, 0.7, 0.8]
    observed = abs(sum(values[:5]) - sum(values[5:]))
    reached = [
        abs(2 * sum(values[i] for i in own) - sum(values)) >= observed - 1e-9 for own in combinations(range(10), 5)
    ]
    row = evidence.permute(table).iloc[0]
    assert row["p"] == pytest.approx(np.mean(reached))
    assert row["exact"]
    assert row["smallest_p"] == pytest.approx(2 / 252)
    assert row["status"] == "tested"


def test_four_articles_are_described_not_tested():
    row = evidence.permute(many(3, n=4)).iloc[0]
    assert row["status"] == "described, not tested"
    assert np.isnan(row["p"])
    assert np.isnan(row["smallest_p"])
    assert row["difference"] == pytest.approx(-3, abs=0.2)
    assert np.isnan(evidence.compare(many(3, n=4))["p_articles"].item())
    assert evidence.compare(many(3))["p_articles"].item() == pytest.approx(2 / 252)


def test_permutation_of_many_articles_is_drawn_and_seeded():
    rows = many(0.3, n=12)
    table = evidence.permute(rows, seed=1)
    assert not table["exact"].item()
    pd.testing.assert_frame_equal(table, evidence.permute(rows, seed=1))
    assert table["p"].item() < 0.05


def tokens(**sources):
    rows = [
        (f"s/{source}-{i}", source, j, word)
        for source, articles in sources.items()
        for i, text in enumerate(articles)
        for j, sentence in enumerate(text.split("."))
        for word in sentence.split()
    ]
    return pd.DataFrame(rows, columns=["article_id", "source", "sentence_id", "term"])


def test_terms_are_judged_by_the_largest_statistic():
    rng = np.random.default_rng(2)
    words = [f"w{i}" for i in range(60)]

    def text(extra):
        return " ".join([*rng.choice(words, 200), *([extra] * 10)])

    table = evidence.permute_terms(
        tokens(a=[text("walkout") for _ in range(6)], b=[text("strike") for _ in range(6)]), target="a"
    )
    assert table["term"][:2].tolist() == ["strike", "walkout"]
    assert table["p_family"][0] == pytest.approx(table["smallest_p"][0]) == pytest.approx(2 / 924)
    assert (table["p_family"] >= table["p"]).all()
    # By themselves some of 60 equal words pass .05; with the largest statistic none does.
    assert (table["p"][2:] <= 0.05).any()
    assert (table["p_family"][2:] > 0.05).all()
    assert (table["n_tests"] == len(table)).all()
    assert table.set_index("term")["difference"]["walkout"] == pytest.approx(10 / 210 * 1e6)


def test_t_of_terms_is_students():
    from scipy import stats

    rng = np.random.default_rng(3)
    rates = rng.random((11, 4))
    mask = np.zeros((1, 11), dtype=bool)
    mask[0, :5] = True
    expected = np.abs(stats.ttest_ind(rates[:5], rates[5:]).statistic)
    assert evidence._pooled_t(rates, mask)[0] == pytest.approx(expected)


def test_terms_that_are_too_rare_are_no_tests():
    rows = tokens(a=["x x y"] * 5, b=["x y z"] * 5)
    assert evidence.permute_terms(rows, target="a", min_n=11)["term"].tolist() == ["x"]
    assert evidence.permute_terms(rows, target="a", min_n=6)["n_tests"].tolist() == [2, 2]


def test_terms_of_few_articles_are_described_not_tested():
    table = evidence.permute_terms(tokens(a=["x x x x x y"], b=["y y y y y x"]), target="a", min_n=1)
    assert table[["p", "p_family", "smallest_p"]].isna().all(axis=None)
    assert (table["articles_needed"] == 5).all()
    assert evidence.permute_terms(tokens(a=["x x"]), target="a").empty


def test_terms_ask_for_a_source_that_is_there():
    with pytest.raises(ValueError, match=r"evidence\.permute_terms: no source 'c' in tokens; it has 'a', 'b'\."):
        evidence.permute_terms(tokens(a=["x"], b=["y"]), target="c")


def test_equal_length_takes_length_away():
    rng = np.random.default_rng(4)
    words = np.array([f"w{i}" for i in range(300)])

    def text(n):
        return ".".join(" ".join(rng.choice(words, 10)) for _ in range(n))

    table = evidence.equal_length(tokens(a=[text(60)], b=[text(20)])).set_index(["source", "measure"])
    different = table.xs("different terms", level="measure")
    assert different["as_is"]["a"] > 1.5 * different["as_is"]["b"]
    assert different["low"]["a"] <= different["as_is"]["b"] <= different["high"]["a"]
    assert (table["size"] == 200).all()
    assert (different.loc["b", ["mean", "low", "high"]] == different["as_is"]["b"]).all()
    only = table.xs("terms only here", level="measure")
    assert only["mean"]["a"] == pytest.approx(only["mean"]["b"], rel=0.2)
    assert only["as_is"]["a"] > 2 * only["as_is"]["b"]


def test_equal_length_of_identical_texts_has_nothing_alone_in_full():
    table = evidence.equal_length(tokens(a=["x y. z x"], b=["x y. z x"]))
    assert table["as_is"].tolist() == [3, 0, 3, 0]
    assert evidence.equal_length(tokens()).empty


def test_one_vocabulary_differs_as_much_within_as_between():
    rng = np.random.default_rng(5)
    words = np.array([f"w{i}" for i in range(40)])

    def text(extra=()):
        return ".".join(" ".join([*rng.choice(words, 8), *extra]) for _ in range(60))

    alike = evidence.vocabulary(tokens(a=[text()], b=[text()])).iloc[0]
    assert alike["size"] == 240
    assert alike["between"] == pytest.approx(alike["within"], rel=0.5)
    assert alike["between"] < alike["within_95"]
    # 5 % of 40 words would pass by chance; a G2 of whole sentences errs about as often.
    assert 0.5 < alike["within"] < 5
    apart = evidence.vocabulary(tokens(a=[text(["walkout"])], b=[text(["strike"])])).iloc[0]
    assert apart["between"] > apart["within"] + 2
    assert apart["between"] > apart["within_95"]


def test_vocabulary_is_symmetric_seeded_and_empty_of_nothing():
    rows = tokens(a=["x y z. x x"] * 3, b=["x y. y y y"] * 3)
    table = evidence.vocabulary(rows, min_n=1)
    pd.testing.assert_frame_equal(table, evidence.vocabulary(rows[::-1], min_n=1))
    assert evidence.vocabulary(tokens()).empty
    assert evidence.vocabulary(rows[rows["source"] == "a"]).empty
    # Half of the shortest source, so that two stretches of it never overlap.
    assert evidence.vocabulary(tokens(a=["x y. " * 30], b=["x y z. " * 4]))["size"].item() == 6


FLAGGED = corpus.from_records(
    [
        {"source": "a", "text": "A rote statement came. It was said to be a mutiny."},
        {"source": "b", "text": "A statement came.\n\nPhoto: A mutiny at sea"},
    ]
)


def test_count_counts_flags_in_their_passages():
    sentences = segmentation.split(FLAGGED).assign(passage_id=0, voice="narration", name=None)
    places = [("story/a", 2), ("story/a", 43), ("story/b", 27)]
    flags = pd.DataFrame([{"article_id": a, "start": s, "category": "loaded"} for a, s in places])
    counted = evidence.count(sentences, flags, category="loaded")
    assert counted["loaded"].tolist() == [1, 1, 0]
    assert counted["n_words"].tolist() == [4, 7, 3]
    assert evidence.count(sentences, flags, category="hedge")["hedge"].tolist() == [0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from([-0.5, 0.0, 0.0, 0.3]), min_size=1, max_size=3), min_size=5, max_size=12))
def test_a_text_does_not_differ_from_itself(paragraphs):
    row = evidence.compare(scored(a=[paragraphs], b=[paragraphs])).iloc[0]
    assert row["difference"] == 0
    assert row["low"] <= 0 <= row["high"]
    assert row["p"] == 1.0
