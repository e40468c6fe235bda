"""Agreement: Krippendorff's published examples, other implementations, and what must not matter."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score

from analysis import agreement, tables
from analysis.second_opinion import MIN_PASSAGES

NONE = None
# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", sections A to D: two observers with binary data,
# two with nominal data, four with missing data.
BINARY = pd.DataFrame({"a": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], "b": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]})
NOMINAL = pd.DataFrame({"a": list("aabbdcccedda"), "b": list("babbbccceddd")})
FOUR = pd.DataFrame(
    {
        "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        "c": [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    }
)


@pytest.mark.parametrize(
    ("codes", "level", "published"),
    [
        (BINARY, "nominal", 0.095),
        (NOMINAL, "nominal", 0.692),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
    ],
)
def test_krippendorffs_own_examples(codes, level, published):
    before = codes.copy()
    assert round(agreement.alpha(codes, level=level), 3) == published
    pd.testing.assert_frame_equal(codes, before)


codings = st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), min_size=3, max_size=30)


@settings(max_examples=60, deadline=None)
@given(codings, st.sampled_from(agreement.LEVELS))
def test_alpha_is_symmetric_and_blind_to_order(pairs, level):
    codes = pd.DataFrame(pairs, columns=["a", "b"])
    value = agreement.alpha(codes, level=level)
    for other in (codes[["b", "a"]], codes[::-1], codes.rename(columns={"a": "z"})):
        assert agreement.alpha(other, level=level) == pytest.approx(value, nan_ok=True)
    assert np.isnan(value) or value <= 1 + 1e-12


@settings(max_examples=40, deadline=None)
@given(codings)
def test_alpha_of_intervals_is_that_of_the_definition(pairs):
    # 1 less observed by expected disagreement: mean squared difference within items, and between all codes.
    values = np.array(pairs, dtype=float).ravel()
    expected = np.mean([(x - y) ** 2 for i, x in enumerate(values) for j, y in enumerate(values) if i != j])
    observed = np.mean([(x - y) ** 2 for x, y in pairs])
    value = agreement.alpha(pd.DataFrame(pairs), level="interval")
    if expected:
        assert value == pytest.approx(1 - observed / expected)
    else:
        assert np.isnan(value)


def test_perfect_agreement_is_one_and_a_single_code_says_nothing():
    assert agreement.alpha(pd.DataFrame({"a": [1, 2, 3], "b": [1, 2, 3]}), level="ordinal") == 1
    assert np.isnan(agreement.alpha(pd.DataFrame({"a": [1, 1], "b": [1, 1]})))
    assert np.isnan(agreement.alpha(pd.DataFrame({"a": [1, 2], "b": [None, None]})))
    assert np.isnan(agreement.alpha(pd.DataFrame({"a": [], "b": []})))


def test_an_unknown_level_is_named():
    with pytest.raises(ValueError, match=r"agreement\.alpha: no level 'ratio'; there are nominal, ordinal, interval\."):
        agreement.alpha(BINARY, level="ratio")


RNG = np.random.default_rng(1)
LABELS = RNG.choice(["-1", "0", "1"], 60)
SCORES = np.array([float(label) for label in LABELS]) * 0.4 + RNG.normal(0, 0.2, 60)
READER = np.where(RNG.random(60) < 0.75, LABELS, RNG.choice(["-1", "0", "1"], 60))
SAMPLE = tables.make(
    "samples",
    pd.DataFrame({"item": [f"i{i:02}" for i in range(60)], "machine": LABELS, "score": SCORES}).assign(
        task="tone", source="daily", text="text", weight=1.0
    ),
)
CODES = tables.make("codes", SAMPLE[["task", "item"]].assign(coder="ann", code=READER))


def value(table, name, against="machine"):
    return table[(table["measure"] == name) & (table["against"] == against)].iloc[0]


def test_measures_are_those_of_the_libraries():
    table = agreement.measure(SAMPLE, CODES)
    assert value(table, "accuracy")["value"] == pytest.approx(accuracy_score(READER, LABELS))
    assert value(table, "macro F1")["value"] == pytest.approx(f1_score(READER, LABELS, average="macro"))
    figures = READER.astype(float)
    assert value(table, "Pearson r")["value"] == pytest.approx(stats.pearsonr(figures, SCORES)[0])
    pair = pd.DataFrame({"a": figures, "b": LABELS.astype(float)})
    assert value(table, "Krippendorff's alpha")["value"] == pytest.approx(agreement.alpha(pair, level="interval"))
    interval = stats.binomtest(int((READER == LABELS).sum()), 60).proportion_ci(method="wilson")
    assert (value(table, "accuracy")["low"], value(table, "accuracy")["high"]) == pytest.approx(
        (interval.low, interval.high), abs=1e-6
    )
    assert (table["n"] == 60).all()
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()


def test_bootstrap_of_r_agrees_with_fishers_interval():
    row = value(agreement.measure(SAMPLE, CODES), "Pearson r")
    fisher = stats.pearsonr(READER.astype(float), SCORES).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((fisher.low, fisher.high), abs=0.06)


def test_weights_count_an_item_for_those_it_stands_for():
    twice = pd.concat([SAMPLE, SAMPLE[:20].assign(item=lambda rows: rows["item"] + "x")])
    codes = pd.concat([CODES, CODES[:20].assign(item=lambda rows: rows["item"] + "x")])
    weighted = SAMPLE.assign(weight=[2.0] * 20 + [1.0] * 40)
    for name in ("accuracy", "macro F1", "Pearson r"):
        one = value(agreement.measure(weighted, CODES), name)["value"]
        assert one == pytest.approx(value(agreement.measure(twice, codes), name)["value"])
    # The interval is that of 60 items read, a little less as their weights differ, and not of the 80 they stand for.
    widths = [
        row["high"] - row["low"]
        for row in (value(agreement.measure(sample, CODES), "accuracy") for sample in (SAMPLE, weighted))
    ]
    assert widths[1] > 0.98 * widths[0]


def test_two_coders_are_held_against_each_other_too():
    both = pd.concat([CODES, CODES.assign(coder="bob")[:30]])
    table = agreement.measure(SAMPLE, both)
    pair = table[table["against"] == "bob"].set_index("measure")
    assert pair["coder"].unique().tolist() == ["ann"]
    assert pair["value"]["accuracy"] == 1
    assert pair["value"]["Krippendorff's alpha"] == 1
    assert (pair["n"] == 30).all()
    assert set(table[table["against"] == "machine"]["coder"]) == {"ann", "bob"}


def test_row_order_and_unknown_items_do_not_matter():
    table = agreement.measure(SAMPLE, CODES)
    more = pd.concat(
        [CODES[::-1], tables.make("codes", [{"task": "tone", "item": "other", "coder": "ann", "code": "1"}])]
    )
    pd.testing.assert_frame_equal(agreement.measure(SAMPLE, more), table)


def test_few_items_have_no_bootstrap_and_none_no_rows():
    few = agreement.measure(SAMPLE, CODES[:9]).set_index("measure")
    assert few["low"].isna().to_dict() == {
        "accuracy": False,
        "macro F1": True,
        "Krippendorff's alpha": True,
        "Pearson r": True,
    }
    nothing = agreement.measure(SAMPLE, CODES[:0])
    pd.testing.assert_frame_equal(nothing, tables.make("agreements"))
    assert agreement.disagreements(SAMPLE, CODES[:0]).empty


@pytest.mark.parametrize(
    ("machine", "code", "equal"),
    [
        ("Timothy J. Aveni", "Aveni", True),
        ("Aveni", "timothy j aveni", True),
        ("Ann Hill", "Bob Hill", False),
        ("Facebook", "a Facebook spokesperson", True),
        ("Zuckerberg", "", False),
        ("nobody", "nobody", True),
    ],
)
def test_speakers_agree_by_their_words(machine, code, equal):
    samples = tables.make("samples", [{"task": "speaker", "item": "i", "machine": machine, "weight": 1}])
    codes = tables.make("codes", [{"task": "speaker", "item": "i", "coder": "ann", "code": code}])
    assert agreement.measure(samples, codes)["value"].tolist() == [float(equal)]
    assert len(agreement.disagreements(samples, codes)) == (not equal)


def test_disagreements_are_the_items_to_read():
    table = agreement.disagreements(SAMPLE, CODES)
    assert len(table) == (READER != LABELS).sum()
    assert (table["code"] != table["machine"]).all()
    assert table["item"].is_monotonic_increasing


def test_published_figures_are_those_of_the_engine_and_of_what_has_none():
    table = agreement.published(engine="vader")
    assert set(table["engine"].dropna()) == {"vader"}
    assert table.loc[table["measure"] == "tone of a sentence", "human"].item() == 0.73
    assert table["value"].between(-1, 1).all()
    assert table[["measure", "figure", "n", "set", "reference"]].notna().all(axis=None)
    assert not table.duplicated(["measure", "figure"]).any()


def test_an_engine_without_figures_is_named():
    with pytest.raises(ValueError, match=r"no figures for engine 'nrc'; there are blend, textblob, vader\."):
        agreement.published(engine="nrc")


def test_each_measure_has_its_section_in_the_documentation():
    text = (Path(__file__).parent.parent / "docs" / "methods.md").read_text(encoding="utf-8")
    headings = {line.lstrip("# ") for line in text.splitlines() if line.startswith("## ")}
    table = agreement.methods()
    assert set(table["section"]) <= headings
    assert table["line"].str.endswith(".").all()
    assert table["line"].str.contains(f"fewer than {MIN_PASSAGES} passages").sum() == 1
