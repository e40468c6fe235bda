"""Charts are read back from their Axes."""

import matplotlib
import pandas as pd

from analysis import charts


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
