"""Charts are read back from their Axes."""

import inspect
import io
from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import captions, charts, display, keyness

HOSTILE = "<b>$5 million</b> & $10 million\x07"
# Machado, Oliveira & Fernandes 2009, at full severity: linear RGB as seen without one kind of cone.
BLINDNESS = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def tones():
    rows = [("commentary", 31, 0.03, -0.05, 0.1), ("dispatch", 25, -0.02, -0.1, 0.07)]
    return pd.DataFrame(rows, columns=["source", "n", "mean", "low", "high"])


def scored():
    return pd.DataFrame(
        {
            "article_id": ["s/a", "s/a", "s/b"],
            "source": ["a", "a", "b"],
            "sentence_id": [0, 3, 1],
            "polarity": [0.5, -1.0, 0.0],
        }
    )


def frequencies():
    rows = [("a", "fire", 8, 8000.0), ("b", "fire", 2, 2000.0), ("a", "bridge", 5, 5000.0), ("b", "tax", 1, 1000.0)]
    return pd.DataFrame(rows, columns=["source", "term", "n", "per_million"]).assign(n_tokens=1000)


def key_terms(n=40):
    n_target = np.arange(n) % 7 + 1
    ratio = np.linspace(-3, 3, n)
    return pd.DataFrame(
        {
            "term": [f"quite-a-long-word-{i}" for i in range(n)],
            "n_target": n_target,
            "n_reference": 8 - n_target,
            "log_likelihood": ratio * 3,
            "log_ratio": ratio,
        }
    )


def covered():
    rows = [
        (0, "old bridge", "a", 2, 40, 0.4, 0.0, 0.2),
        (0, "old bridge", "b", 1, 10, 0.1, 0.5, -0.3),
        (1, "new tax", "a", 1, 20, 0.2, 0.9, 0.0),
        (1, "new tax", "b", 0, 0, 0.0, np.nan, np.nan),
    ]
    columns = ["event_id", "label", "source", "sentences", "words", "share", "position", "tone"]
    return pd.DataFrame(rows, columns=columns)


def shifted():
    rows = [
        ("awful", -0.3, -0.3, 0.0, 2, 0, False),
        ("good", 0.2, 0.1, -0.1, 1, 1, False),
        ("sad", 0.05, 0.0, -0.05, 0, 1, False),
        ("black", 0.0, 0.0, 0.0, 3, 1, True),
    ]
    columns = ["term", "contribution", "in_target", "in_reference", "n_target", "n_reference", "left_out"]
    return pd.DataFrame(rows, columns=columns).assign(target="b", reference="a", engine="vader")


CASES = {
    "shift": lambda: charts.shift(shifted()),
    "tone": lambda: charts.tone(tones()),
    "course": lambda: charts.course(scored()),
    "terms": lambda: charts.terms(frequencies()),
    "keyness": lambda: charts.keyness(key_terms(), target="a", reference="b"),
    "coverage": lambda: charts.coverage(covered()),
    "order": lambda: charts.order(covered()),
    "event_tones": lambda: charts.event_tones(covered()),
}
EMPTY = {
    "shift": lambda: charts.shift(shifted()[:0]),
    "tone": lambda: charts.tone(tones()[:0]),
    "course": lambda: charts.course(scored()[:0]),
    "terms": lambda: charts.terms(frequencies()[:0]),
    "keyness": lambda: charts.keyness(key_terms()[:0], target="a", reference="b"),
    "coverage": lambda: charts.coverage(covered()[:0]),
    "order": lambda: charts.order(covered()[:0]),
    "event_tones": lambda: charts.event_tones(covered()[:0]),
}


def line(axes, gid):
    (found,) = [item for item in axes.lines if item.get_gid() == gid]
    return found


def ticks(axis):
    return [item.get_text() for item in axis.get_ticklabels()]


def marks(axes):
    """Return where each marker of a chart is, with its colour and shape."""
    return [
        (float(x), float(y), item.get_color(), item.get_marker())
        for item in axes.lines
        if item.get_marker() not in ("None", None, "")
        for x, y in zip(item.get_xdata(), item.get_ydata(), strict=True)
    ]


def test_tone_draws_each_mean_and_interval_where_the_table_has_it():
    axes = charts.tone(tones())
    assert list(line(axes, "mean-1").get_xdata()) == [-0.02]
    assert list(line(axes, "interval-1").get_xdata()) == [-0.1, 0.07]
    assert ticks(axes.yaxis) == ["commentary\nn=31", "dispatch\nn=25"]


def test_course_draws_a_lane_an_article_with_positive_upwards():
    axes = charts.course(scored())
    assert list(line(axes, "tips-0").get_xdata()) == [1, 4]
    assert list(line(axes, "tips-0").get_ydata()) == [-0.25, 0.5]
    assert list(line(axes, "tips-1").get_ydata()) == [1.0]
    bottom, top = axes.get_ylim()
    assert bottom > top
    assert ticks(axes.yaxis) == ["a\nn=2", "b\nn=1"]


def test_course_names_articles_where_a_source_has_several():
    axes = charts.course(scored().assign(source="a"))
    assert ticks(axes.yaxis) == ["s/a\nn=2", "s/b\nn=1"]


def test_terms_draws_rates_for_a_thousand_words_and_absence_at_zero():
    axes = charts.terms(frequencies(), n=2)
    assert ticks(axes.yaxis) == ["fire", "bridge"]
    assert [(x, y, shape) for x, y, _, shape in marks(axes)] == [
        (8.0, 0.0, "o"),
        (5.0, 1.0, "o"),
        (2.0, 0.0, "s"),
        (0.0, 1.0, "s"),
    ]


def test_keyness_names_terms_without_two_names_meeting():
    axes = charts.keyness(key_terms(), target="a", reference="b")
    axes.get_figure().draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) > 8
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]
    inside = axes.get_window_extent()
    assert all(inside.x0 <= box.x0 and box.x1 <= inside.x1 for box in boxes)


def test_keyness_puts_the_target_above():
    axes = charts.keyness(key_terms(4), target="b", reference="a")
    look = charts.looks("ab")
    for _, ratio, colour, marker in marks(axes):
        assert (colour, marker) == look["b" if ratio >= 0 else "a"]


def test_coverage_shows_words_by_size_and_tone_by_direction():
    axes = charts.coverage(covered())
    shapes = {(x, y): shape for x, y, _, shape in marks(axes)}
    assert shapes == {(0, 0): "^", (1, 0): "v", (0, 1): "o", (1, 1): "_"}
    sizes = {item.get_ydata()[0]: item.get_markersize() for item in axes.lines if item.get_color() == charts.COLOURS[0]}
    assert sizes[0] > sizes[1]
    assert ticks(axes.yaxis) == ["1 old bridge", "2 new tax"]
    assert ticks(axes.xaxis) == ["a", "b"]


def test_order_runs_from_the_top():
    axes = charts.order(covered())
    assert {(x, y) for x, y, *_ in marks(axes)} == {(0, 0), (1, 50), (0, 90)}
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_event_tones_shows_only_what_several_tell():
    axes = charts.event_tones(covered())
    assert ticks(axes.yaxis) == ["1 old bridge"]
    assert [(x, y) for x, y, *_ in marks(axes)] == [(0.2, 0), (-0.3, 0)]


def test_shift_draws_the_weightiest_terms_the_rest_in_one_bar_and_what_was_left_out():
    axes = charts.shift(shifted(), n=2)
    assert ticks(axes.yaxis) == ["awful", "good", "1 more term", "black (left out)"]
    tips = {y: (x, colour, shape) for x, y, colour, shape in marks(axes)}
    look = charts.looks("ab")
    assert tips == {0: (-0.3, *look["b"]), 1: (0.2, *look["b"]), 2: (0.05, charts.MUTED, "o")}
    assert sum(x for x, *_ in tips.values()) == pytest.approx(shifted()["contribution"].sum())
    alone = charts.shift(shifted().iloc[2:], sources=["a", "b", "c"])
    assert [(x, colour, shape) for x, _, colour, shape in marks(alone)] == [(0.05, *look["a"])]


@pytest.mark.parametrize("name", CASES)
def test_a_chart_has_units_and_leaves_no_trace(name):
    before = dict(matplotlib.rcParams)
    axes = CASES[name]()
    assert isinstance(axes, matplotlib.axes.Axes)
    assert dict(matplotlib.rcParams) == before
    assert axes.get_xlabel() or axes.get_ylabel() or name == "coverage"
    assert not axes.get_title()


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_draw_is_no_error(name):
    assert not EMPTY[name]().texts


def test_a_chart_draws_on_the_axes_it_is_given():
    axes = charts.blank(height=2)
    assert charts.tone(tones(), ax=axes) is axes


def test_every_chart_takes_the_table_first_and_the_rest_by_name():
    drawn = [function for function in vars(charts).values() if hasattr(function, "__wrapped__")]
    assert len(drawn) > 9
    for function in drawn:
        first, *rest = inspect.signature(function).parameters.values()
        assert first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert {option.kind for option in rest} == {inspect.Parameter.KEYWORD_ONLY}
        assert rest[-1].name == "ax"


def test_a_source_keeps_its_look_where_another_is_missing():
    alone = charts.tone(tones()[1:], sources=["commentary", "dispatch"])
    assert line(alone, "mean-0").get_color() == charts.looks(["commentary", "dispatch"])["dispatch"].colour


def test_input_is_left_as_it_is():
    for table, draw in ((covered(), charts.coverage), (frequencies(), charts.terms), (scored(), charts.course)):
        copy = table.copy(deep=True)
        draw(table)
        pd.testing.assert_frame_equal(table, copy)


def test_dollars_are_no_mathematics_and_hidden_characters_are_written_out():
    axes = charts.terms(frequencies().assign(term=HOSTILE))
    assert ticks(axes.yaxis) == ["<b>$5 million</b> & $10…"]
    axes.get_figure().draw_without_rendering()
    assert charts.label(HOSTILE) == "<b>$5 million</b> & $10 million\\x07"


@given(st.text(max_size=300))
def test_a_label_is_one_visible_line_of_eighty_characters_at_most(text):
    label = charts.label(text)
    assert len(label) <= 80
    assert not [character for character in label if ord(character) < 32 or character in "\u202e\u2028"]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=42, unique=True))
def test_no_two_sources_look_the_same(sources):
    looks = charts.looks(sources)
    assert set(looks) == set(sources)
    assert len(set(looks.values())) == len(looks)


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    white = np.array([0.9505, 1.0, 1.089])
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ np.clip(rgb, 0, 1) / white
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", BLINDNESS)
def test_colours_stay_apart_for_every_eye(sight):
    seen = [lab(np.array(BLINDNESS[sight]) @ linear(colour)) for colour in charts.COLOURS]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 20


def test_colours_can_be_seen_on_paper_and_the_first_two_told_apart_in_grey():
    light = [linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in charts.COLOURS]
    assert min(1.05 / (value + 0.05) for value in light) >= 3
    assert abs(lab(linear(charts.COLOURS[0]))[0] - lab(linear(charts.COLOURS[1]))[0]) > 20


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ([30, 10, 0], "No event is matched in all 3; “old bridge” gets 30 % of the words of a and 0 % of those of c."),
        (
            [30, 10, 20],
            "One event is matched in all 3; “old bridge” gets 30 % of the words of a and 10 % of those of b.",
        ),
    ],
)
def test_coverage_says_how_many_events_are_matched_in_all(words, claim):
    rows = {"event_id": 0, "label": "old bridge", "source": list("abc"), "sentences": 1, "words": words}
    table = pd.DataFrame(rows).assign(share=[n / 100 for n in words], position=0.0, tone=0.0)
    assert captions.coverage(table)["claim"] == claim


@pytest.mark.parametrize(
    ("fire", "claim"),
    [
        (6, "No single word sets the two apart beyond doubt; the most typical are of a “fire”; of b “smoke”."),
        (60, "2 of 2 words set the two apart; the most typical are of a “fire”; of b “smoke”."),
    ],
)
def test_typical_words_are_named_with_their_source(fire, claim):
    rows = [("a", "fire", fire, 200), ("b", "fire", 4, 200), ("a", "smoke", 4, 200), ("b", "smoke", fire, 200)]
    counted = pd.DataFrame(rows, columns=["source", "term", "n", "n_tokens"])
    assert captions.keyness(keyness.score(counted, target="a"), target="a", reference="b")["claim"] == claim


def test_what_a_survey_says_of_its_intervals_and_shares():
    rows = [("a", 40, 0.1, 0.05, 0.15), ("b", 50, 0.3, 0.25, 0.35)]
    table = pd.DataFrame(rows, columns=["source", "n", "mean", "low", "high"]).assign(engine="textblob")
    assert "the line is the 95 % bootstrap interval" in captions.tone(table)["caption"]
    surveyed = table.assign(n_articles=9, month=None)
    assert "the line is the 95 % interval over articles" in captions.tone(surveyed)["caption"]
    shares = captions.months(surveyed.rename(columns={"mean": "share"}), value="share", what="share of quoted words")
    assert "lowest in a (10 %) and highest in b (30 %)" in shares["claim"]
    assert shares["alternative"].startswith("a: 10 % over all months, 5 % to 15 %")


def test_the_page_holds_what_matplotlib_saves_and_leaves_the_figure_as_it_was(monkeypatch):
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    drawn = []
    real = FigureCanvasSVG.print_svg
    monkeypatch.setattr(
        FigureCanvasSVG, "print_svg", lambda self, to, **rest: drawn.append(real(self, to, **rest) or to)
    )
    axes = charts.tone(tones())
    figure = axes.get_figure(root=True)
    before = (figure.canvas, figure.dpi, type(figure.get_layout_engine()))
    display.figure(axes, "A claim.", "A caption.", "An alternative.")
    monkeypatch.undo()
    assert (figure.canvas, figure.dpi, type(figure.get_layout_engine())) == before
    saved = io.BytesIO()
    with matplotlib.rc_context(charts.STYLE):
        charts.tone(tones()).get_figure(root=True).savefig(saved, format="svg", metadata={"Date": None})
    assert drawn[0].getvalue() == saved.getvalue()
