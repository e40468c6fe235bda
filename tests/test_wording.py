"""The words that two sources use for the same thing."""

import pandas as pd
import pytest

from analysis import actors, alignment, corpus, framing, segmentation, tables


def told(a, b, *, similarity=0.5):
    """Return the wordings of two one-sentence articles that are said to tell the same."""
    articles = corpus.from_records([{"source": "a", "text": a}, {"source": "b", "text": b}])
    sentences = segmentation.split(articles)
    pair = {"story": "story", "sentence_id_a": 0, "sentence_id_b": 0, "similarity": similarity}
    pair |= {
        f"{column}_{side}": value
        for side in "ab"
        for column, value in (("article_id", f"story/{side}"), ("source", side))
    }
    alignments = tables.make("alignments", [pair])
    return framing.wording(articles, sentences, alignments, actors.find(articles))


def pairs(a, b, **options):
    return told(a, b, **options)[["kind", "wording_a", "wording_b"]].values.tolist()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            "Dozens of miners staged a loud walk-out at the Norbank pit on Monday.",
            "A group of miners that is staging a loud strike at Norbank gathered on Monday.",
            ["noun", "loud walk-out", "loud strike"],
        ),
        (
            "The council shut the bridge on Monday after inspectors discovered cracks.",
            "The council closed the bridge on Monday after inspectors found cracks.",
            ["verb", "discovered", "found"],
        ),
        (
            "The council shut the bridge on Monday after inspectors discovered cracks.",
            "The bridge was closed by the council on Monday when inspectors found cracks.",
            ["verb", "shut", "closed"],
        ),
        (
            "Ann Hill admitted that the repairs would cost four million.",
            "Ann Hill said that the repairs would cost four million.",
            ["verb", "admitted", "said"],
        ),
        (
            "Police attacked protesters outside the town hall on Friday night.",
            "Police attacked rioters outside the town hall on Friday night.",
            ["noun", "protesters", "rioters"],
        ),
        (
            "Hundreds marched against the sudden closing of the Mill Lane school.",
            "Hundreds marched against the closing of the Mill Lane school.",
            ["modifier", "sudden closing", "closing"],
        ),
    ],
)
def test_invented_pairs(a, b, expected):
    assert expected in pairs(a, b)


def test_a_verb_brings_its_preposition_where_the_object_is_shared():
    found = told(
        "The paper flagged and demoted a Hill letter about the flood.",
        "The paper hid one of Hill's letters behind a curtain.",
    )
    verb = found[found["kind"] == "verb"].iloc[0]
    assert (verb["wording_a"], verb["wording_b"]) == ("flagged and demoted", "hid … behind a curtain")
    assert verb["about"] == "letter, paper"


def test_an_actor_under_two_names():
    articles = corpus.from_records(
        [
            {"source": "a", "text": "Mayor Ann Hill arrived. The mayor opened the new park by the river on Friday."},
            {"source": "b", "text": "It was late. Ann Hill opened the new park by the river on Friday."},
        ]
    )
    sentences = segmentation.split(articles)
    found = framing.wording(articles, sentences, alignment.align(sentences), actors.find(articles))
    names = found[found["kind"] == "name"]
    assert names[["about", "wording_a", "wording_b"]].values.tolist() == [["Ann Hill", "The mayor", "Ann Hill"]]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ann Hill sued the bank on Monday.", "Ann Hill sued the bank on Monday."),
        ("The miners strike on Monday.", "The miners struck on Monday."),  # only the tense differs
        ("It rained in Oslo for three days.", "The jury freed Joe Roe."),  # nothing shared
        ("The envoy fulfils the plan.", "The envoy fulfills the plan."),  # spelling
        ("Joe Roe bought a boat.", "Joe Roe met his brother in Oslo."),  # one actor, two deeds
    ],
)
def test_what_is_the_same_or_has_nothing_in_common_is_left_out(a, b):
    assert pairs(a, b, similarity=0.3) == []


def test_swapping_the_articles_swaps_the_columns():
    a, b = "Police attacked protesters on Friday night.", "Police attacked rioters on Friday night."
    assert [[kind, y, x] for kind, x, y in pairs(a, b)] == pairs(b, a)


def story():
    articles = corpus.read("bridge-closure")
    sentences = segmentation.split(articles)
    alignments = alignment.align(sentences)
    return articles, sentences, alignments, actors.find(articles)


def test_stretches_hold_their_wordings_and_inputs_stay():
    given = story()
    before = [table.copy() for table in given]
    events = alignment.events(given[1], given[2])
    found = framing.wording(*given, events=events)
    tables.check(found, "wording", call="test", unique=False)
    texts = given[0].set_index("article_id")["text"]
    assert len(found) > 5
    for row in found.to_dict("records"):
        for side in "ab":
            stretch = texts[row[f"article_id_{side}"]][row[f"start_{side}"] : row[f"end_{side}"]]
            first, *rest = row[f"wording_{side}"].split(" … ")
            assert stretch.startswith(first)
            assert all(part in stretch for part in rest)
    assert (found["evidence"] >= 1).all()
    assert (found["wording_a"].str.casefold() != found["wording_b"].str.casefold()).all()
    assert (found["source_a"] != found["source_b"]).all()
    assert set(found["event_id"].dropna()) <= set(events["event_id"])
    for old, now in zip(before, given, strict=True):
        pd.testing.assert_frame_equal(old, now)


def test_the_same_two_wordings_are_shown_once_and_the_best_first():
    found = framing.wording(*story())
    words = found[["source_a", "source_b", "kind", "wording_a", "wording_b"]]
    assert not words.apply(lambda column: column.str.casefold()).duplicated().any()
    assert found["evidence"].is_monotonic_decreasing


def test_the_two_articles_come_out_by_general_rules():
    articles = corpus.read("facebook-trump-posts")
    sentences = segmentation.split(articles)
    found = framing.wording(articles, sentences, alignment.align(sentences), actors.find(articles))
    shown = {frozenset(pair) for pair in found[["wording_a", "wording_b"]].itertuples(index=False, name=None)}
    assert frozenset({"virtual walk-out", "virtual strike"}) in shown
    assert frozenset({"hid … behind a message", "flagged and demoted"}) in shown
    assert frozenset({"Zuckerberg", "the Facebook boss"}) in shown


def test_empty_input_gives_an_empty_table():
    names = ("articles", "sentences", "alignments", "mentions")
    found = framing.wording(*(tables.make(name) for name in names))
    assert list(found.columns) == list(tables.TABLES["wording"].columns)
    assert found.empty


def test_a_missing_column_is_named():
    given = list(story())
    given[2] = given[2].drop(columns="similarity")
    with pytest.raises(
        tables.TableError, match=r"^framing\.wording: the table of alignments has no column 'similarity'"
    ):
        framing.wording(*given)
