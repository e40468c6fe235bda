"""Charts of actors, agency, flags and tone toward actors, read back from their Axes, and what is said of them."""

import pandas as pd
import pytest

from analysis import captions, charts, tables


def actors():
    rows = [("s", "a", "Ann Hill", "person", 4, 3, 10, 0.3), ("s", "b", "Ann Hill", "person", 1, 1, 20, 0.05)]
    rows += [("s", "b", "$2 Fund", "organization", 2, 2, 20, 0.1)]
    columns = ["story", "source", "name", "kind", "n", "n_sentences", "n_all", "share"]
    return pd.DataFrame(rows, columns=columns)


def acts():
    rows = [("a", "sue", "active", "Ann Hill", "Joe Roe"), ("a", "sue", "active", "Ann Hill", None)]
    rows += [("b", "arrest", "agentless", None, "Ann Hill"), ("b", "praise", "active", "Joe Roe", None)]
    return pd.DataFrame(rows, columns=["source", "verb", "form", "agent_name", "patient_name"])


def rates():
    rows = [("a", "narration", "loaded", 4, 500, 8.0), ("b", "narration", "loaded", 1, 500, 2.0)]
    rows += [("a", "quotation", "loaded", 3, 300, 10.0), ("b", "quotation", "scare_quote", 0, 300, 0.0)]
    return pd.DataFrame(rows, columns=["source", "voice", "category", "n", "n_tokens", "per_thousand"])


def attitudes():
    rows = [("s", "a", "Ann Hill", "person", 9, 6, 2, 1), ("s", "b", "Ann Hill", "person", 3, 0, 1, 2)]
    return pd.DataFrame(rows, columns=["story", "source", "name", "kind", "n", "n_negative", "n_neutral", "n_positive"])


def points(axes, source):
    (line,) = [line for line in axes.lines if line.get_label() == source]
    return list(zip([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()], strict=True))


def ticks(axes):
    return [item.get_text() for item in axes.get_yticklabels()]


def test_actors_stand_at_their_share_and_at_zero_where_they_are_missing():
    axes = charts.actors(actors())
    assert ticks(axes) == ["Ann Hill", "$2 Fund"]
    assert [(round(x, 9), y) for x, y in points(axes, "a")] == [(30.0, 0.0), (0.0, 1.0)]
    assert [(round(x, 9), y) for x, y in points(axes, "b")] == [(5.0, 0.0), (10.0, 1.0)]


def test_agency_has_deeds_to_the_right_and_what_is_undergone_to_the_left():
    axes = charts.agency(acts(), actor="Ann Hill")
    assert ticks(axes) == ["sue", "arrest"]
    assert [x for x, _ in points(axes, "a")] == [2.0]
    assert [(x, round(y)) for x, y in points(axes, "b")] == [(-1.0, 1)]
    assert [item.get_text() for item in axes.get_xticklabels()] == ["2", "1", "0", "1", "2"]


def test_flags_stand_by_category_and_voice_and_what_nobody_has_is_left_out():
    axes = charts.flags(rates())
    assert ticks(axes) == ["loaded, narration", "loaded, quotation"]
    assert points(axes, "a") == [(8.0, 0.0), (10.0, 1.0)]
    assert points(axes, "b") == [(2.0, 0.0)]


def test_attitudes_run_to_both_sides_with_their_n():
    axes = charts.attitudes(attitudes())
    assert ticks(axes) == ["Ann Hill, a (n=9)", "Ann Hill, b (n=3)"]
    drawn = [[float(x) for x in line.get_xdata()] for line in axes.lines if len(line.get_xdata()) == 2]
    assert [-6.0, 1.0] in drawn
    assert [0.0, 2.0] in drawn


@pytest.mark.parametrize(
    ("chart", "caption", "name"),
    [
        (charts.actors, captions.actors, "actors"),
        (charts.flags, captions.flags, "flag_rates"),
        (charts.attitudes, captions.attitudes, "attitudes"),
    ],
)
def test_an_empty_table_gives_an_empty_chart_and_says_so(chart, caption, name):
    empty = tables.make(name)
    assert ticks(chart(empty)) == []
    assert "No" in caption(empty)["claim"]


def test_an_actor_without_verbs_is_said_to_have_none():
    assert charts.agency(acts(), actor="Nobody").get_ylim()
    assert captions.agency(acts(), actor="Nobody")["claim"] == "No verb has Nobody as its agent or patient."


def test_captions_say_what_the_tables_hold():
    assert captions.actors(actors())["claim"] == (
        "Ann Hill is mentioned most: in 30 % of the sentences of a, 5 % of b."
    )
    assert captions.agency(acts(), actor="Ann Hill")["claim"] == (
        "Ann Hill acts 2 times and is acted on 0 times in a; acts 0 times and is acted on 1 time in b."
    )
    assert captions.agency(acts(), actor="Ann Hill")["alternative"] == (
        "a: does sue; undergoes nothing. b: does nothing; undergoes arrest."
    )
    assert captions.flags(rates())["claim"].startswith("Loaded words in narration: a 8.0 in 1,000 words (n=4), b 2.0")
    assert captions.attitudes(attitudes())["claim"] == (
        "Ann Hill, mentioned most, is spoken of in a negative tone in 6 of 9 mentions in a and 0 of 3 in b."
    )


@pytest.mark.parametrize("made", [actors, rates, attitudes])
def test_charts_and_captions_leave_their_table_alone(made):
    table = made()
    before = table.copy()
    name = {"actors": "actors", "rates": "flags", "attitudes": "attitudes"}[made.__name__]
    getattr(charts, name)(table)
    getattr(captions, name)(table)
    pd.testing.assert_frame_equal(table, before)
