"""How each source tells each event: golden values on a made-up story, and what the given tables add."""

import pandas as pd
import pytest

from analysis import alignment, corpus, framing, language, quotation, segmentation, sentiment, tables

TEXTS = {
    "beacon": "A furious crowd besieged the old town hall on Monday. “They are liars,” Ann Hill said.",
    "gazette": "On Monday a crowd of residents stood outside the old town hall.\n\nLater it rained.",
    "ledger": "Nothing of this was in the ledger.",
}


@pytest.fixture(scope="module")
def told():
    articles = corpus.from_records({"source": source, "text": text} for source, text in TEXTS.items())
    sentences = segmentation.split(articles)
    return articles, sentences, alignment.events(sentences, alignment.align(sentences))


def test_each_source_of_each_event(told):
    _, sentences, events = told
    found = framing.by_event(sentences, events)
    columns = ["event_id", "source", "sentences", "words", "own_words", "text"]
    assert found[columns].values.tolist() == [
        [0, "beacon", 1, 10, "furious, besieged", "A furious crowd besieged the old town hall on Monday."],
        [
            0,
            "gazette",
            1,
            12,
            "residents, stood, outside",
            "On Monday a crowd of residents stood outside the old town hall.",
        ],
    ]
    assert found["tone"].isna().all()
    assert found[["speakers", "loaded"]].values.tolist() == [["", ""], ["", ""]]


def test_tone_is_that_of_the_narration(told):
    _, sentences, events = told
    scored = pd.DataFrame(
        [
            ("story/beacon", 0, "narration", -0.5),
            ("story/beacon", 0, "narration", -0.25),
            ("story/beacon", 0, "quotation", 1.0),
            ("story/gazette", 0, "quotation", 1.0),
            ("story/gazette", 1, "narration", 0.5),
        ],
        columns=["article_id", "sentence_id", "voice", "polarity"],
    )
    found = framing.by_event(sentences, events, scored=scored).set_index("source")["tone"]
    assert found["beacon"] == -0.375
    assert pd.isna(found["gazette"])
    every = framing.by_event(sentences, events, scored=scored.drop(columns="voice")).set_index("source")["tone"]
    assert every.tolist() == pytest.approx([0.25 / 3, 1.0])


def test_who_is_quoted_and_loaded_words(told):
    articles, sentences, _ = told
    quotations = quotation.extract(articles)
    rows = [
        {
            "story": "story",
            "event_id": 0,
            "label": "crowd",
            "article_id": f"story/{source}",
            "source": source,
            "sentence_id": n,
        }
        for source, n in (("beacon", 0), ("beacon", 1), ("gazette", 0))
    ]
    flags = language.flag(quotation.passages(sentences, quotations))
    found = framing.by_event(sentences, tables.make("events", rows), quotations=quotations, flags=flags)
    assert found["speakers"].tolist() == ["Ann Hill", ""]
    # "liars" is said by a speaker, inside quotation marks.
    assert found["loaded"].tolist() == ["furious", ""]
    unsure = quotations.assign(confidence=0.4)
    again = framing.by_event(sentences, tables.make("events", rows), quotations=unsure)
    assert again["speakers"].tolist() == ["", ""]


def test_words_of_other_forms_are_no_own_words():
    rows = [("story", 0, "x", f"story/{source}", source, 0) for source in "ab"]
    events = pd.DataFrame(rows, columns=list(tables.TABLES["events"].columns))
    articles = corpus.from_records(
        [{"source": "a", "text": "The mayors resigned."}, {"source": "b", "text": "Its mayor resigns today."}]
    )
    found = framing.by_event(segmentation.split(articles), events)
    assert found["own_words"].tolist() == ["", "today"]


def test_an_event_of_one_source_is_left_out(told):
    _, sentences, events = told
    alone = events[events["source"] == "beacon"]
    pd.testing.assert_frame_equal(framing.by_event(sentences, alone), tables.make("by_event"))


def test_nothing_gives_an_empty_table():
    found = framing.by_event(tables.make("sentences"), tables.make("events"))
    pd.testing.assert_frame_equal(found, tables.make("by_event"))


def test_input_is_untouched_and_order_of_rows_irrelevant(told):
    articles, sentences, events = told
    quotations = quotation.extract(articles)
    scored = sentiment.score(quotation.passages(sentences, quotations))
    given = [sentences, events, quotations, scored]
    copies = [table.copy(deep=True) for table in given]
    found = framing.by_event(sentences, events, quotations=quotations, scored=scored)
    for table, copy in zip(given, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)
    mixed = [table.sample(frac=1, random_state=1) for table in given]
    again = framing.by_event(mixed[0], mixed[1], quotations=mixed[2], scored=mixed[3])
    pd.testing.assert_frame_equal(again, found)


def test_missing_column(told):
    _, sentences, events = told
    with pytest.raises(tables.TableError) as error:
        framing.by_event(sentences.drop(columns="end"), events)
    assert str(error.value).startswith("framing.by_event: the table of sentences has no column 'end'; it has")
