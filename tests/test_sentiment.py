"""Tone: the figures of each engine, their summaries, and what they are made of."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textblob.en import sentiment as textblob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis import captions, corpus, resampling, segmentation, sentiment, tables

GOLDEN = Path(__file__).parent / "golden" / "word_shift.tsv"
VADER = SentimentIntensityAnalyzer()
TEXTS = {
    "daily": "A great, happy day.\n\nThe bridge isn’t safe.\n\nNot a good plan! It rained (age 8).\n\nWe lost. Awful.",
    "herald": "The mayor praised the very brave crew.\n\nA terrible, deadly fire.\n\nNothing.\n\nA quiet end.\n\nSafe.",
}


@pytest.fixture
def sentences():
    return segmentation.split(corpus.from_records([{"source": s, "text": text} for s, text in TEXTS.items()]))


some_words = st.lists(
    st.sampled_from(
        [
            "good",
            "bad",
            "great",
            "awful",
            "not",
            "very",
            "black",
            "happy",
            "war",
            "peace",
            "the",
            "a",
            "but",
            "never",
            "isn't",
            "quite",
            "no",
        ]
    ),
    min_size=1,
    max_size=8,
).map(lambda found: " ".join(found) + ".")
some_sentences = st.lists(st.tuples(st.sampled_from(["daily", "herald"]), some_words), min_size=1, max_size=12).map(
    lambda rows: pd.DataFrame([("daily", "A fine day."), ("herald", "A sad day."), *rows], columns=["source", "text"])
)


def test_the_engines_in_their_order():
    assert sentiment.ENGINES == ("textblob", "vader", "blend")


def test_textblob_gives_its_own_figures_for_each_sentence(sentences):
    scored = sentiment.score(sentences)
    expected = [textblob(text) for text in sentences["text"]]
    assert list(zip(scored["polarity"], scored["subjectivity"], strict=True)) == [tuple(each) for each in expected]
    assert list(scored["n_scored"]) == [len(each.assessments) for each in expected]
    assert set(scored["engine"]) == {"textblob"}


def test_textblob_gives_what_its_documentation_says():
    one = pd.DataFrame({"text": ["TextBlob is amazingly simple to use. What great fun!"]})
    scored = sentiment.score(one)
    assert scored["polarity"].item() == 0.39166666666666666
    assert scored["subjectivity"].item() == 0.4357142857142857


def test_vader_reads_straight_apostrophes_and_has_no_subjectivity(sentences):
    scored = sentiment.score(sentences, engine="vader")
    expected = [VADER.polarity_scores(text.replace("’", "'"))["compound"] for text in sentences["text"]]
    assert list(scored["polarity"]) == expected
    assert scored["subjectivity"].isna().all()
    assert scored.loc[scored["text"].str.contains("isn’t"), "polarity"].item() < 0


def test_the_blend_is_two_parts_vader_and_one_part_textblob_without_its_smileys(sentences):
    blend = sentiment.score(sentences, engine="blend")
    vader, textblob_ = (sentiment.score(sentences, engine=engine)["polarity"] for engine in ("vader", "textblob"))
    smiley = blend["text"].str.contains("age 8")
    expected = 2 / 3 * vader + 1 / 3 * textblob_
    np.testing.assert_allclose(blend["polarity"][~smiley], expected[~smiley], atol=1e-15)
    assert (textblob_[smiley].item(), blend["polarity"][smiley].item()) == (0.5, 0.0)


def test_every_polarity_is_within_its_bounds():
    extremes = pd.DataFrame({"text": ["excellent " * 400 + "!" * 9, "awful " * 400 + "!" * 9, "", "12", "’"]})
    for engine in sentiment.ENGINES:
        polarity = sentiment.score(extremes, engine=engine)["polarity"]
        assert polarity.between(-1, 1).all()
        assert list(polarity[2:]) == [0, 0, 0]
        assert polarity[0] > 0.9 > -0.9 > polarity[1]


def test_score_keeps_other_columns_leaves_out_furniture_and_changes_nothing(sentences):
    given_ = sentences.assign(mark=range(len(sentences)), part=["furniture", *["body"] * (len(sentences) - 1)])
    before = given_.copy()
    scored = sentiment.score(given_)
    pd.testing.assert_frame_equal(given_, before)
    assert list(scored["mark"]) == list(range(1, len(sentences)))
    assert list(scored.index) == list(range(len(scored)))
    assert set(tables.TABLES["scored"].columns) <= set(scored.columns)


def test_empty_input_gives_empty_tables_with_their_types(sentences):
    empty = sentences.iloc[:0]
    for engine in sentiment.ENGINES:
        scored = sentiment.score(empty, engine=engine)
        assert (scored["polarity"].dtype, scored["n_scored"].dtype, len(scored)) == ("float64", "int64", 0)
        tones = sentiment.summarize(scored)
        assert list(tones.columns) == ["source", *tables.TABLES["tones"].columns]
        assert (tones["n"].dtype, tones["low"].dtype, tones["engine"].dtype) == ("int64", "float64", "str")
        items = sentiment.itemize(empty, engine=engine)
        assert list(items.columns) == ["source", *tables.TABLES["tone_terms"].columns]
        assert len(items) == 0


def test_errors_name_the_call_what_it_got_and_what_it_could_have_been(sentences):
    def message(call):
        with pytest.raises(ValueError) as error:
            call()
        return str(error.value)

    assert message(lambda: sentiment.score(sentences, engine="vadr")) == (
        "sentiment.score: no engine 'vadr'; there are 'textblob', 'vader', 'blend'. Did you mean 'vader'?"
    )
    assert message(lambda: sentiment.explain(sentences, target="dail", reference="herald")) == (
        "sentiment.explain: no source 'dail' in the sentences; they have 'daily', 'herald'. Did you mean 'daily'?"
    )
    assert message(lambda: sentiment.score(sentences, leave_out=["very good"])) == (
        "sentiment.score: no engine scores the word 'very good', so that leaving it out changes nothing; "
        "sentiment.itemize lists the words behind a score. Name single words, not phrases."
    )
    assert message(lambda: sentiment.score(sentences.drop(columns="text"))).startswith(
        "sentiment.score: the table of sentences has no column 'text'; it has 'article_id'"
    )
    assert message(lambda: sentiment.summarize(sentiment.score(sentences), by="voice")).startswith(
        "sentiment.summarize: the table of scored has no column 'voice'"
    )


def test_a_summary_counts_by_hand():
    scored = pd.DataFrame(
        {"source": ["a"] * 5 + ["b"], "engine": "vader", "polarity": [0.0, 0.5, -0.5, 0.2, 0.3, -1.0]}
    )
    tones = sentiment.summarize(scored).set_index("source")
    assert tones.loc["a", ["n", "n_zero", "n_negative", "n_positive"]].tolist() == [5, 1, 1, 3]
    assert tones.loc["a", ["mean", "median"]].tolist() == pytest.approx([0.1, 0.2])
    assert tones.loc["a", ["lower_quartile", "upper_quartile"]].tolist() == pytest.approx([0.0, 0.3])
    assert tones.loc["a", "low"] < 0.1 < tones.loc["a", "high"]
    assert tones.loc["b", ["low", "high"]].isna().all()


def test_a_summary_can_be_by_several_columns_and_engines(sentences):
    scored = pd.concat([sentiment.score(sentences, engine=engine) for engine in sentiment.ENGINES])
    tones = sentiment.summarize(scored.assign(voice="narration"), by=["source", "voice"])
    assert list(tones.columns[:3]) == ["source", "voice", "engine"]
    assert len(tones) == 6
    assert tones["n"].sum() == len(scored)


def test_fewer_than_five_paragraphs_have_no_interval_and_by_may_name_the_engine():
    scored = pd.DataFrame({"article_id": "x", "paragraph_id": [0, 1, 2, 3, 3], "polarity": [0.1, 0.2, 0.0, -0.3, 0.4]})
    four = sentiment.summarize(scored.assign(engine="vader"), by="engine")
    assert list(four.columns) == list(tables.TABLES["tones"].columns)
    assert four[["low", "high"]].isna().all(axis=None)
    five = sentiment.summarize(scored.assign(engine="vader", paragraph_id=range(5)), by=["engine"])
    assert five[["low", "high"]].notna().all(axis=None)


def test_a_group_without_a_name_is_kept(sentences):
    scored = sentiment.score(sentences).assign(voice=[None, *["narration"] * (len(sentences) - 1)])
    tones = sentiment.summarize(scored.astype({"voice": "str"}), by="voice")
    assert tones["n"].sum() == len(sentences)


def test_the_interval_is_seeded_and_knows_no_order_of_rows():
    rng = np.random.default_rng(5)
    scored = pd.DataFrame({"source": "a", "article_id": "x", "engine": "vader", "polarity": rng.normal(0, 0.3, 40)})
    for table in (scored, scored.assign(paragraph_id=np.arange(40) // 3)):
        tones = sentiment.summarize(table, seed=1)
        pd.testing.assert_frame_equal(tones, sentiment.summarize(table.sample(frac=1, random_state=2), seed=1))
        assert tones["low"].item() != sentiment.summarize(table, seed=2)["low"].item()


def test_the_interval_is_that_of_the_bootstrap_t():
    polarity = np.random.default_rng(7).normal(0.1, 0.2, 12)
    rows = pd.DataFrame({"source": "a", "article_id": "x", "engine": "vader", "polarity": polarity})
    tones = sentiment.summarize(rows.assign(paragraph_id=np.arange(12) // 2), seed=3)
    blocks = resampling.Blocks(polarity.reshape(6, 2).sum(axis=1), np.full(6, 2.0))
    wanted = resampling.mean_interval(blocks, method="bootstrap_t", seed=3)
    assert (tones["low"].item(), tones["high"].item()) == pytest.approx(wanted)


def test_sentences_of_one_paragraph_that_lean_alike_widen_the_interval():
    polarity = np.repeat(np.random.default_rng(1).normal(0, 0.3, 12), 4)
    alone = pd.DataFrame({"source": "a", "article_id": "x", "engine": "vader", "polarity": polarity})
    widths = [
        (tones["high"] - tones["low"]).item()
        for tones in map(sentiment.summarize, (alone, alone.assign(paragraph_id=np.repeat(range(12), 4))))
    ]
    assert widths[1] > 1.5 * widths[0]


def test_the_interval_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(3)
    n_articles, paragraphs = 150, 20
    rows = []
    for article in range(n_articles):
        sizes = rng.integers(1, 5, paragraphs)
        lean = np.repeat(rng.normal(0, 0.12, paragraphs), sizes)
        polarity = np.where(rng.random(sizes.sum()) < 0.35, 0, np.clip(rng.normal(0, 0.3, sizes.sum()) + lean, -1, 1))
        rows.append(
            pd.DataFrame(
                {"article": article, "paragraph_id": np.repeat(range(paragraphs), sizes), "polarity": polarity}
            )
        )
    tones = sentiment.summarize(pd.concat(rows).assign(engine="x"), by="article")
    # 95 % of 150 is 142.5; four standard errors below lies 131.8.
    assert ((tones["low"] < 0) & (tones["high"] > 0)).sum() >= 132


@pytest.mark.parametrize("engine", sentiment.ENGINES)
def test_the_items_of_a_group_sum_to_its_mean(sentences, engine):
    means = sentiment.score(sentences, engine=engine).groupby("source")["polarity"].mean()
    items = sentiment.itemize(sentences, engine=engine)
    np.testing.assert_allclose(items.groupby("source")["contribution"].sum(), means, atol=1e-12)
    assert not items.duplicated(["source", "term"]).any()


def test_items_count_by_hand():
    rows = pd.DataFrame({"source": "a", "text": ["Good, not good, good!", "Good.", "It rained."]})
    items = sentiment.itemize(rows).set_index("term")
    assert items.loc["good", ["n", "contribution"]].tolist() == pytest.approx([2, (0.7 / 3 + 0.7) / 3])
    assert items.loc["not good", ["n", "polarity"]].tolist() == pytest.approx([1, -0.35 / 3])
    assert items.loc["good !", ["n", "polarity"]].tolist() == pytest.approx([1, 0.875 / 3])
    assert sentiment.itemize(rows, engine="blend").set_index("term").loc["good", "n"] == 4


@settings(max_examples=25, deadline=None)
@given(some_sentences, st.sampled_from(sentiment.ENGINES), st.sampled_from([(), ("good",), ("black", "awful")]))
def test_contributions_sum_to_the_difference_and_swapping_turns_them(rows, engine, leave_out):
    means = sentiment.score(rows, engine=engine, leave_out=leave_out).groupby("source")["polarity"].mean()
    there = sentiment.explain(rows, target="daily", reference="herald", engine=engine, leave_out=leave_out)
    back = sentiment.explain(rows, target="herald", reference="daily", engine=engine, leave_out=leave_out)
    assert there["contribution"].sum() == pytest.approx(means["daily"] - means["herald"], abs=1e-12)
    np.testing.assert_allclose(there["in_target"] - there["in_reference"], there["contribution"], atol=1e-15)
    assert there["in_target"].sum() == pytest.approx(means["daily"], abs=1e-12)
    one, other = (table.set_index("term")["contribution"].sort_index() for table in (there, back))
    np.testing.assert_allclose(one, -other, atol=1e-15)


def test_words_left_out_are_shown_and_the_difference_is_without_them(sentences):
    kept = sentiment.explain(sentences, target="daily", reference="herald")
    less = sentiment.explain(sentences, target="daily", reference="herald", leave_out=["Great", "terrible"])
    shown = less[less["left_out"]]
    assert shown[["term", "contribution", "n_target", "n_reference"]].to_numpy().tolist() == [
        ["great", 0.0, 1, 0],
        ["terrible", 0.0, 0, 1],
    ]
    assert not set(less.loc[~less["left_out"], "term"]) & {"great", "terrible"}
    assert {"great", "terrible"} <= set(kept["term"])
    assert less["contribution"].sum() != pytest.approx(kept["contribution"].sum())
    scored = sentiment.score(sentences, leave_out=["terrible", "great"])
    assert set(scored["engine"]) == {"textblob without great, terrible"}
    assert set(sentiment.itemize(sentences, leave_out="great")["engine"]) == {"textblob without great"}


def test_without_a_reference_all_others_are_it(sentences):
    third = pd.concat([sentences, sentences[sentences["source"] == "herald"].assign(source="third")])
    means = sentiment.score(third).assign(other=lambda t: t["source"] != "daily").groupby("other")["polarity"].mean()
    shift = sentiment.explain(third, target="daily")
    assert set(shift["reference"]) == {"all others"}
    assert shift["contribution"].sum() == pytest.approx(means[False] - means[True], abs=1e-12)


def test_without_target_and_reference_the_two_furthest_apart_are_compared(sentences):
    more = pd.concat([sentences, sentences.iloc[:1].assign(source="gazette", text="It rained.")])
    means = sentiment.score(more).groupby("source")["polarity"].mean().sort_values()
    shift = sentiment.explain(more)
    assert set(zip(shift["target"], shift["reference"], shift["engine"], strict=True)) == {
        (means.index[-1], means.index[0], "textblob")
    }
    assert shift["contribution"].sum() == pytest.approx(means.iloc[-1] - means.iloc[0], abs=1e-12)


def test_one_source_alone_has_no_shift(sentences):
    shift = sentiment.explain(sentences[sentences["source"] == "daily"], leave_out=["great"])
    assert len(shift) == 0
    assert shift.dtypes.to_dict() == tables.make("shift").dtypes.to_dict()


def test_a_caption_says_what_was_compared_and_what_was_left_out(sentences):
    said = captions.shift(sentiment.explain(sentences, engine="vader", leave_out=["great"]))
    assert said["claim"].startswith("By vader without great, the mean polarity of ")
    assert "Left out by choice: “great”." in said["caption"]
    assert captions.shift(sentiment.explain(sentences.iloc[:0]))["claim"].startswith("There is no second source")


def test_words_that_lean_one_way_share_the_whole_score():
    rows = pd.DataFrame({"source": "a", "text": ["A good, great, happy and kind day."]})
    items = sentiment.itemize(rows, engine="vader")
    polarity = sentiment.score(rows, engine="vader")["polarity"].item()
    assert sorted(items["term"]) == ["good", "great", "happy", "kind"]
    assert (items["contribution"] > 0).all()
    assert items["contribution"].sum() == pytest.approx(polarity)


def test_words_that_cancel_out_are_not_blown_up():
    rows = pd.DataFrame({"source": "a", "text": ["hate but love awful"]})
    items = sentiment.itemize(rows, engine="vader").set_index("term")["contribution"]
    assert items.drop(sentiment.OTHER).abs().max() < 1
    assert items.sum() == pytest.approx(sentiment.score(rows, engine="vader")["polarity"].item())


def test_a_shift_puts_the_weightiest_first_and_what_is_left_over_last():
    rows = pd.DataFrame({"source": ["a", "b"], "text": ["A good day but a bad war, so sad.", "Fine."]})
    shift = sentiment.explain(rows, target="a", reference="b", engine="vader")
    named = shift[shift["term"] != sentiment.OTHER]
    assert named["contribution"].abs().is_monotonic_decreasing
    assert (
        list(shift["term"]).index(sentiment.OTHER) == len(shift) - 1 if sentiment.OTHER in set(shift["term"]) else True
    )
    assert shift.dtypes.to_dict() == tables.make("shift").dtypes.to_dict()


def test_the_weighted_shift_is_that_of_shifterator():
    with GOLDEN.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    n_1, n_2, values, expected = (
        np.array([float(row[name]) for row in rows]) for name in ("n_1", "n_2", "value", "shift")
    )
    shift = sentiment.weighted_shift(n_1, n_2, values, neutral=5.0)
    assert shift.sum() == pytest.approx(1.2102173913043475, abs=1e-12)
    assert np.abs(shift).sum() == pytest.approx(1.4328260869565217, abs=1e-12)
    np.testing.assert_allclose(shift / np.abs(shift).sum(), expected, atol=1e-12)
    means = [(n * values).sum() / n.sum() for n in (n_1, n_2)]
    assert means == pytest.approx([3.9549999999999996, 5.165217391304347])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(-1, 1)), min_size=1, max_size=9).filter(
        lambda rows: sum(row[0] for row in rows) and sum(row[1] for row in rows)
    ),
    st.floats(-1, 1),
)
def test_the_weighted_shift_sums_to_the_difference_whatever_is_neutral(rows, neutral):
    n_1, n_2, values = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    difference = (n_2 * values).sum() / n_2.sum() - (n_1 * values).sum() / n_1.sum()
    assert sentiment.weighted_shift(n_1, n_2, values, neutral=neutral).sum() == pytest.approx(difference, abs=1e-12)
    np.testing.assert_allclose(
        sentiment.weighted_shift(n_2, n_1, values, neutral=neutral),
        -sentiment.weighted_shift(n_1, n_2, values, neutral=neutral),
        atol=1e-15,
    )


def test_the_two_articles_are_scored_without_fail():
    sentences = segmentation.split(corpus.read("facebook-trump-posts"))
    for engine in sentiment.ENGINES:
        shift = sentiment.explain(sentences, target="dispatch", reference="commentary", engine=engine)
        means = sentiment.score(sentences, engine=engine).groupby("source")["polarity"].mean()
        assert shift["contribution"].sum() == pytest.approx(means["dispatch"] - means["commentary"], abs=1e-12)
