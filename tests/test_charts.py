"""Charts are read back from their Axes."""

import matplotlib
import pandas as pd

from analysis import captions, charts


def tones():
    rows = [("commentary", 31, 0.03, -0.05, 0.1), ("dispatch", 25, -0.02, -0.1, 0.07)]
    return pd.DataFrame(rows, columns=["source", "n", "mean", "low", "high"])


def line(axes, gid):
    (found,) = [item for item in axes.lines if item.get_gid() == gid]
    return found


def test_tone_draws_each_mean_and_interval_where_the_table_has_it():
    axes = charts.tone(tones())
    assert list(line(axes, "mean-1").get_xdata()) == [-0.02]
    assert list(line(axes, "interval-1").get_xdata()) == [-0.1, 0.07]
    assert [item.get_text() for item in axes.get_yticklabels()] == ["commentary\nn=31", "dispatch\nn=25"]


def test_no_setting_of_matplotlib_changes_and_no_figure_stays_open():
    before = dict(matplotlib.rcParams)
    charts.tone(tones())
    assert dict(matplotlib.rcParams) == before


def test_robustness_fills_the_marks_that_keep_the_sign():
    row = {"source_a": "a", "source_b": "b", "voice": "narration", "headline": "without", "unit": "passages"}
    cells = [("textblob", 0.2, True), ("vader", 0.1, True), ("vader", -0.3, False)]
    panel = pd.DataFrame([{**row, "engine": e, "difference": d, "keeps_sign": k, "main": False} for e, d, k in cells])
    axes = charts.robustness(panel)
    assert list(line(axes, "kept-0").get_xdata()) == [0.2]
    assert list(line(axes, "kept-1").get_xdata()) == [0.1]
    assert list(line(axes, "turned-1").get_xdata()) == [-0.3]
    assert line(axes, "turned-1").get_markerfacecolor() == "none"
    assert axes.get_xlabel() == "difference in mean polarity: a less b"
    low, high = axes.get_xlim()
    assert low == -high < -0.3
    assert captions.robustness(panel)["claim"] == (
        "a and b: 2 of 3 ways of measuring agree on which text is more positive."
    )
    assert captions.robustness(panel[:0])["claim"] == "There is one source: no difference to measure in other ways."
    assert charts.robustness(panel[:0]).get_xlabel() == "difference in mean polarity"
