"""Tone toward a mention: the model, the rule, and that neither sees a name."""

import csv

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import corpus, segmentation, sentiment, tables, targets


def toward(text, *mentions, method="model"):
    """Return labels and polarities of the mentions, given as they stand in ``text``."""
    sentences = segmentation.split(corpus.from_records([{"source": "s", "text": text}]))
    rows = [{"article_id": "story/s", "start": text.index(m), "end": text.index(m) + len(m)} for m in mentions]
    return sentiment.toward(sentences, pd.DataFrame(rows), method=method)


@pytest.mark.parametrize("method", ["model", "rule"])
@pytest.mark.parametrize(
    ("text", "negative", "positive"),
    [
        ("Critics blasted Ann Hill as a liar. Voters praised Joe Roe for his courage.", "Ann Hill", "Joe Roe"),
        ("Joe Roe was honored as a hero. Ann Hill was accused of fraud.", "Ann Hill", "Joe Roe"),
        ("The disgraced minister Hill lied. Thousands cheered the beloved singer Roe.", "Hill", "Roe"),
    ],
)
def test_plain_cases_come_out(method, text, negative, positive):
    found = toward(text, negative, positive, method=method)
    assert found["label"].tolist() == [-1, 1]
    assert found["polarity"].iloc[0] < found["polarity"].iloc[1]


def test_a_bare_fact_is_neutral():
    assert toward("The meeting with Ann Hill begins at noon on Monday.", "Ann Hill")["label"].tolist() == [0]


def test_the_rule_turns_a_negated_word_and_weighs_near_words_more():
    said, denied = (
        toward(text, "Hill", method="rule")["polarity"].item() for text in ("Hill is honest.", "Hill is not honest.")
    )
    assert said > 0 > denied
    near, far = (
        toward(text, "Hill", method="rule")["polarity"].item()
        for text in (
            "The honest Hill came to town with friends.",
            "The town where friends of Hill met was once honest.",
        )
    )
    assert near > far > 0


NAMES = st.sampled_from(
    """Trump|Obama|Hillary Clinton|Kim Jong Un|Osama bin Laden|Ursula von der Leyen|McConnell|Ocasio-Cortez|Grace|Bush
    |Bashar al-Assad|Mother Teresa|Hitler|Zed Quux|Ō Ya|O'Brien|Timothy J. Aveni|J.K. Rowling|Sen. Hill|Winner|Lovely
    |Killer|NATO|Saint-Just|Peace Now""".replace("\n    ", "").split("|")
)
SENTENCES = [
    "Critics said that {a} lied to {b} about the war.",
    "{a} praised {b} for the speech, and {b} thanked the crowd.",
    "“I trust {b},” {a} told reporters on the plane.",
    "In a rare rebuke, {b} called {a}'s plan a disaster; voters of {a} disagreed.",
    "The police arrested {a} after {b} complained.",
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SENTENCES), NAMES, NAMES, NAMES, NAMES, st.sampled_from(["model", "rule"]), st.sampled_from("ab")
)
def test_swapping_the_names_changes_nothing(sentence, a, b, c, d, method, which):
    """Whoever is named, and whoever else is, the same sentence has the same tone to the last bit."""

    def polarity(**names):
        before = sentence[: sentence.index("{" + which + "}")].format(**names)
        text = sentence.format(**names)
        mention = {"article_id": "x", "start": len(before), "end": len(before) + len(names[which])}
        sentences = pd.DataFrame(
            {"article_id": ["x"], "sentence_id": [0], "start": [0], "end": [len(text)], "text": [text]}
        )
        return sentiment.toward(sentences, pd.DataFrame([mention]), method=method)["polarity"].item()

    assert polarity(a=a, b=b) == polarity(a=c, b=d)


def test_the_mentions_own_words_are_never_seen():
    """Even where a mention is a word full of tone in lower case."""
    texts = ["Yesterday the criminal spoke.", "Yesterday the saint spoke."]
    found = [toward(text, text.split()[2])["polarity"].item() for text in texts]
    assert found[0] == found[1]


def test_no_name_is_in_the_table():
    with (targets.LEXICONS / "toward.tsv").open(encoding="utf-8", newline="") as lines:
        names = [row["feature"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert len(names) == len(set(names)) > 5_000
    words = {word for name in names if "=" in name for word in name.split("=", 1)[1].split(" ")}
    assert {"MENTION", "NAME", "#"} <= words
    assert not {word for word in words if word != word.lower()} - {"MENTION", "NAME"}
    assert not words & {
        "trump",
        "clinton",
        "obama",
        "putin",
        "merkel",
        "biden",
        "sanders",
        "republican",
        "muslim",
        "iran",
    }


def test_names_side_by_side_leave_one_blank():
    short = targets.mask("Yesterday Roe met Hill.", 18, 22)
    long = targets.mask("Yesterday Joe Q. Roe de la Paz met Ann Mary Hill.", 35, 48)
    assert [item.word for item in short] == ["NAME", "meet", "MENTION", "."]
    assert [item.word for item in long] == [item.word for item in short]


def test_a_possessive_a_number_and_a_negation_stay():
    masked = targets.mask("The 12 friends of Hill’s don’t care", 18, 22)
    assert [item.word for item in masked] == ["the", "#", "friend", "of", "MENTION", "'s", "do", "n't", "care"]


def test_rows_stay_in_order_with_their_index_and_columns():
    text = "Critics blasted Ann Hill. Voters praised Joe Roe."
    sentences = segmentation.split(corpus.from_records([{"source": "s", "text": text}]))
    mentions = pd.DataFrame(
        {"article_id": ["story/s"] * 2, "start": [41, 16], "end": [48, 24], "note": ["x", "y"]}, index=[7, 3]
    )
    before = mentions.copy(), sentences.copy()
    found = sentiment.toward(sentences, mentions)
    assert found.index.tolist() == [7, 3]
    assert found["note"].tolist() == ["x", "y"]
    assert found["label"].tolist() == [1, -1]
    assert found["polarity"].between(-1, 1).all()
    pd.testing.assert_frame_equal(mentions, before[0])
    pd.testing.assert_frame_equal(sentences, before[1])
    reversed_ = sentiment.toward(sentences.iloc[::-1], mentions)
    pd.testing.assert_frame_equal(found, reversed_)


def test_only_the_sentence_of_the_mention_counts():
    alone = toward("Ann Hill spoke.", "Ann Hill")["polarity"].item()
    beside = toward("Ann Hill spoke. Critics blasted the liars.", "Ann Hill")["polarity"].item()
    assert alone == beside


def test_no_mentions_give_an_empty_table():
    found = sentiment.toward(tables.make("sentences"), tables.make("mentions"))
    assert found.empty
    assert found.dtypes[["polarity", "label"]].astype(str).tolist() == ["float64", "int64"]


def test_errors_say_what_to_do():
    sentences = segmentation.split(corpus.from_records([{"source": "s", "text": "Ann Hill spoke."}]))
    mentions = pd.DataFrame({"article_id": ["story/t"], "start": [0], "end": [8]})
    with pytest.raises(ValueError, match=r"^sentiment\.toward: no sentence of article 'story/t' begins at or before 0"):
        sentiment.toward(sentences, mentions)
    with pytest.raises(ValueError, match=r"no method 'modle'; there are 'model', 'rule'\. Did you mean 'model'\?$"):
        sentiment.toward(sentences, mentions, method="modle")
    with pytest.raises(tables.TableError, match=r"^sentiment\.toward: the table of mentions has no column 'end'"):
        sentiment.toward(sentences, mentions.drop(columns="end"))
    with pytest.raises(ValueError, match=r"^targets\.mask: no word of 'Ann Hill spoke\.' lies between 90 and 95"):
        sentiment.toward(sentences, pd.DataFrame({"article_id": ["story/s"], "start": [90], "end": [95]}))
