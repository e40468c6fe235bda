import os
import random
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import attribution, captions, charts, corpus, display, parsing, quotation, segmentation, speakers, tables

# How many mutilated texts are read; 10,000 of them have been (see docs/methods.md), a run of the tests takes fewer.
MUTATIONS = int(os.environ.get("PARALLAX_MUTATIONS", "120"))

STORY = """Mayor Hill: ‘We Stay’

Mayor Ann Q. Hill said on Monday that the old bridge would close. "We have no choice," Hill said. "It is not safe."

The engineers, she added, had warned the town for years. According to a report by Dorne Ltd., two cables broke in May.

“We told them in 2019,” wrote Bo Lee, an engineer who left the firm, in a letter. “Nobody answered.

“And nobody will.”

Lee called the plan "reckless" and urged the council to act. Two drivers told the paper they had seen rust, but the
council's spokeswoman, Eva Stone, claimed that the cables “were checked every spring.”

Asked about the costs, Hill replied:

"They are what they are."

"That," Stone said, "is all."

The so-called "quick fix" of 2001 cost $2 million."""


def extract(text, **more):
    return quotation.extract(corpus.from_records([{"source": "daily", "text": text}]), **more)


def rows(text, *columns, **more):
    found = extract(text, **more)
    found = found[found["confidence"] >= quotation.VOICED]
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in found[list(columns)].itertuples(index=False)
    ]


# --- what is found ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "content", "kind", "speaker", "cue"),
    [
        ('"We stay," Ann Hill said.', '"We stay,"', "direct", "Ann Hill", "said"),
        ("“We stay,” said Ann Hill.", "“We stay,”", "direct", "Ann Hill", "said"),
        ('Ann Hill said, "We stay."', '"We stay."', "direct", "Ann Hill", "said"),
        ('Ann Hill tweeted: "We stay."', '"We stay."', "direct", "Ann Hill", "tweeted"),
        ("‘We stay,’ Ann Hill said.", "‘We stay,’", "direct", "Ann Hill", "said"),
        ("«We stay,» Ann Hill said.", "«We stay,»", "direct", "Ann Hill", "said"),
        ("''We stay,'' Ann Hill said.", "''We stay,''", "direct", "Ann Hill", "said"),
        ("&quot;We stay,&quot; Ann Hill said.", "&quot;We stay,&quot;", "direct", "Ann Hill", "said"),
        ("”We stay,“ Ann Hill said.", "”We stay,“", "direct", "Ann Hill", "said"),
        ('We stay," Ann Hill said.', 'We stay,"', "direct", "Ann Hill", "said"),
        ('"We stay, "Ann Hill said.', '"We stay, "', "direct", "Ann Hill", "said"),
        ("Ann Hill said that the town would stay.", "that the town would stay", "indirect", "Ann Hill", "said"),
        ("The town will stay, Ann Hill said.", "The town will stay", "indirect", "Ann Hill", "said"),
        ("The town will stay, according to Ann Hill.", "The town will stay", "indirect", "Ann Hill", "according to"),
        ("According to Ann Hill, the town will stay.", "the town will stay", "indirect", "Ann Hill", "According to"),
        ('Ann Hill called the plan "incomprehensible".', 'the plan "incomprehensible"', "mixed", "Ann Hill", "called"),
        ('Ann Hill said the plan was "a mess".', 'the plan was "a mess"', "mixed", "Ann Hill", "said"),
        (
            "Two senior employees told the paper they will leave.",
            "they will leave",
            "indirect",
            "Two senior employees",
            "told",
        ),
        ('"Yes," said Ann Hill, a nurse who came late.', '"Yes,"', "direct", "Ann Hill, a nurse who came late", "said"),
    ],
)
def test_each_kind_of_attribution(text, content, kind, speaker, cue):
    (found,) = rows(text, "text", "kind", "speaker", "cue")
    assert (found[0].rstrip("."), *found[1:]) == (content.rstrip("."), kind, speaker, cue)


def test_a_quotation_that_its_cue_interrupts_is_one_row_with_a_gap():
    text = '"We stay," Ann Hill said. "We always have."'
    ((content, start, end),) = rows(text, "text", "gap_start", "gap_end")
    assert content == text
    assert text[start:end] == " Ann Hill said. "
    ((content, start, end),) = rows('"That," Ann Hill said, "is all."', "text", "gap_start", "gap_end")
    assert content[start:end] == " Ann Hill said, "


def test_a_second_interruption_starts_a_new_row():
    text = '"We stay," Ann Hill said. "We always have." She paused. "We will."'
    found = rows(text, "text", "name")
    assert [content for content, _ in found] == ['"We stay," Ann Hill said. "We always have."', '"We will."']
    assert {name for _, name in found} == {"Ann Hill"}


def test_a_quotation_of_several_paragraphs_with_marks_opened_again_is_one_row():
    text = '"One fell," Ann Hill said. "Two broke.\n\n"Three held.\n\n"Four are new."\n\nIt rained.'
    ((content, name),) = rows(text, "text", "name")
    assert content == text.removesuffix("\n\nIt rained.")
    assert name == "Ann Hill"


def test_a_paragraph_after_a_colon_belongs_to_the_cue_before_it():
    ((content, name, cue),) = rows('The firm issued a note on Monday:\n\n"We are closed."', "text", "name", "cue")
    assert content == '"We are closed."'
    assert (name, cue) == ("firm", "issued")


def test_a_quotation_without_a_cue_of_its_own_goes_on_with_the_speaker():
    text = 'It rained.\n\n"We left early today," Ann Hill said.\n\n"It was too dark for us all."'
    assert rows(text, "text", "name", "rule")[1] == (
        '"It was too dark for us all."',
        "Ann Hill",
        "continued; as printed",
    )


def test_a_block_quotation():
    text = "Ann Hill wrote on Monday:\n\n> We are closed until May.\n\n> Come back then.\n\nIt rained."
    assert rows(text, "text", "name", "cue", "kind") == [
        ("> We are closed until May.\n\n> Come back then.", "Ann Hill", "wrote", "direct")
    ]


def test_a_headline_that_goes_on_after_its_quotation_is_mixed():
    assert rows("Mayor Ann Hill: ‘Stay Calm’ as bridge closes\n\nIt rained.", "kind") == [("mixed",)]


def test_scare_quotes_and_titles_are_no_rows():
    assert rows('The so-called "quick fix" failed.', "text") == []
    assert rows("She starred in the film “Long Way Home,” which opened in May.", "text") == []


def test_a_headline_with_a_colon():
    assert rows("Mayor Ann Hill: ‘We Will Stay’\n\nIt rained.", "text", "speaker", "rule") == [
        ("‘We Will Stay’", "Mayor Ann Hill", "headline; as printed")
    ]


def test_a_transcript():
    text = "It began at noon.\n\nWALLACE: Let us begin with the news of today.\n\nPENCE: Thank you."
    assert rows(text, "text", "speaker", "kind") == [
        ("Let us begin with the news of today.", "WALLACE", "direct"),
        ("Thank you.", "PENCE", "direct"),
    ]


def test_a_signed_quotation():
    assert rows("It rained.\n\n“We will stay here.” ― Ann Hill", "text", "name", "rule") == [
        ("“We will stay here.”", "Ann Hill", "signed; as printed")
    ]


def test_cues_inside_a_quotation_attribute_nothing():
    assert rows('"He said that we know that it is late," Ann Hill said.', "cue", "speaker") == [("said", "Ann Hill")]


def test_attitudes_have_low_confidence_and_stay_narration():
    articles = corpus.from_records([{"source": "daily", "text": "Ann Hill criticised the plan. Bo Lee opposed it."}])
    found = quotation.extract(articles)
    assert len(found) == 2
    assert set(found["stance"]) == {"attitude"}
    assert set(found["kind"]) == {"indirect"}
    assert (found["confidence"] < quotation.VOICED).all()
    assert set(quotation.passages(segmentation.split(articles), found)["voice"]) == {"narration"}


def test_of_an_attitude_only_the_words_between_marks_leave_the_narration():
    articles = corpus.from_records([{"source": "daily", "text": 'Ann Hill slammed the "shameful" plan of the town.'}])
    found = quotation.extract(articles)
    told = quotation.passages(segmentation.split(articles), found)
    assert told[["text", "voice"]].values.tolist() == [
        ["Ann Hill slammed the ", "narration"],
        ['"shameful"', "quotation"],
        [" plan of the town.", "narration"],
    ]
    assert quotation.heard(found)[["quoted_words", "reported_words"]].values.tolist() == [[1, 0]]


def test_quoted_words_inside_an_attitude_are_whose_verb_they_are():
    text = 'Ann Hill defended her plan to close the mill, a move that workers called "heartless".'
    articles = corpus.from_records([{"source": "daily", "text": text}])
    found = quotation.extract(articles)
    told = quotation.passages(segmentation.split(articles), found)
    assert told.loc[told["voice"] != "narration", ["text", "voice", "name"]].values.tolist() == [
        ['"heartless".', "quotation", "workers"]
    ]


@pytest.mark.parametrize(
    ("cue", "stance"),
    [
        ("said", "neutral"),
        ("noted", "endorsing"),
        ("revealed", "endorsing"),
        ("claimed", "distancing"),
        ("insisted", "distancing"),
        ("tweeted", "written"),
        ("wrote", "written"),
    ],
)
def test_the_stance_of_the_cue(cue, stance):
    assert rows(f'"We stay," Ann Hill {cue}.', "stance") == [(stance,)]


def test_the_lexicon_of_cues_is_in_order():
    frame = pd.read_csv(attribution.CUES, sep="\t", dtype="str", keep_default_na=False)
    assert list(frame.columns) == ["cue", "pos", "stance", "takes"]
    assert not frame.duplicated(["cue", "pos"]).any()
    assert frame.equals(frame.sort_values(["cue", "pos"], ignore_index=True))
    assert set(frame["pos"]) == {"verb", "noun", "adj", "label"}
    assert set(frame["stance"]) == {"neutral", "endorsing", "distancing", "written", "attitude"}
    assert frame["takes"].str.len().gt(0).all()
    assert (frame["pos"] == "verb").sum() >= 150


# --- who it is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "named", "role"),
    [
        ('Timothy J. Aveni left. "I am out," Aveni said.', "Timothy J. Aveni", True, None),
        (
            '"I am out," said Timothy J. Aveni, a software engineer who left.',
            "Timothy J. Aveni",
            True,
            "software engineer who left",
        ),
        ('Ann Hill arrived. "I am out," she said.', "Ann Hill", True, None),
        ('Ann O’Hara arrived. "I am out," O\'Hara said.', "Ann O’Hara", True, None),
        ('"I am out," said Sen. Ann Hill.', "Ann Hill", True, "Sen."),
        ('"We are out," said two senior employees.', "two senior employees", False, None),
        ('"We are out," Facebook said in a statement.', "Facebook", True, None),
        ('Mr. Bo Lee met Mrs. Ann Hill. "I am out," she said.', "Ann Hill", True, None),
        ('Mayor Ruth Dalloway left by a side door. "I am out," Dalloway said.', "Ruth Dalloway", True, None),
        ('Mayor Ruth Dalloway left by a side door. "I am out," the mayor said.', "Ruth Dalloway", True, "mayor"),
        ('Senators Ann Hill and Bo Lee met. "We are out," the senators said.', "senators", False, None),
        ('Mr. Bo Lee met Mrs. Ann Hill. "I am out," he said.', "Bo Lee", True, None),
        ('It rained. "I am out," he said.', None, False, None),
        ("Ann Hill, who said she was out, left.", "Ann Hill", True, None),
    ],
)
def test_who_speaks(text, name, named, role):
    assert rows(text, "name", "named", "role")[-1:] == [(name, named, role)]


def test_who_is_asked_does_not_speak():
    assert rows("Asked whether she would resign, Ann Hill left.", "name") == [(None,)]


def test_a_group_that_speaks_again():
    text = '"We are out," said three town leaders.\n\n"We stay out," added the three leaders.'
    assert rows(text, "name", "named") == [("three town leaders", False)] * 2


def test_a_name_that_is_less_sure_lowers_the_confidence_never_below_what_changes_the_voice():
    ((sure,), (less,)) = rows(
        'Ann Hill came. "I am out," Ann Hill said. Rain fell.\n\n"So be it," she added.', "confidence"
    )
    assert sure > less >= quotation.VOICED


def test_aliases_outweigh_every_rule_and_are_listed():
    text = 'Ann Hill came. "I am out," Hill said. "We are out," two engineers said.'
    found = rows(
        text, "name", "named", "rule", aliases={"Ann Hill": "Ann Q. Hill", "two engineers": "Bo Lee and Cy Dee"}
    )
    assert found == [
        ("Ann Q. Hill", True, "cue after; alias"),
        ("Bo Lee and Cy Dee", True, "cue after; alias"),
    ]


def test_titles_have_a_kind():
    assert set(speakers.titles().values()) == {"he", "she", "either", "part"}


# --- properties ------------------------------------------------------------------------------------------------------


def check(articles, found):
    """Spans slice back, gaps lie inside, contents lie apart, and passages tile the sentences."""
    for text, (_, own) in zip(articles["text"], found.groupby("article_id"), strict=False):
        for row in own.itertuples():
            assert text[row.start : row.end] == row.text
            assert row.text.strip()
            for part in ("speaker", "cue"):
                printed = getattr(row, part)
                if not pd.isna(printed):
                    assert text[getattr(row, f"{part}_start") : getattr(row, f"{part}_end")] == printed
            if not pd.isna(row.gap_start):
                assert row.start < row.gap_start <= row.gap_end < row.end
    sentences = segmentation.split(articles)
    told = quotation.passages(sentences, found)
    glued = told.groupby(["article_id", "sentence_id"], sort=False)["text"].sum()
    assert glued.tolist() == sentences["text"].tolist()
    for _, own in told.groupby(["article_id", "sentence_id"]):
        assert own["start"].iloc[1:].tolist() == own["end"].iloc[:-1].tolist()
    assert told.loc[told["part"] == "furniture", "voice"].isna().all()
    assert told.loc[told["part"] != "furniture", "voice"].isin(tables.VOICES).all()
    tables.check(told, "passages", call="test")
    tables.check(found, "quotations", call="test")


def test_spans_and_passages_of_the_story():
    articles = corpus.from_records([{"source": "daily", "text": STORY}, {"source": "other", "text": STORY[::-1]}])
    copy = articles.copy(deep=True)
    check(articles.iloc[:1], quotation.extract(articles.iloc[:1]))
    pd.testing.assert_frame_equal(articles, copy)


def test_no_content_lies_inside_another():
    found = extract(STORY).sort_values("start")
    for one, other in zip(found.itertuples(), found.iloc[1:].itertuples(), strict=False):
        inside_gap = not pd.isna(one.gap_start) and one.gap_start <= other.start and other.end <= one.gap_end
        assert one.end <= other.start or inside_gap


def test_an_unrelated_paragraph_after_a_text_changes_nothing_before_it():
    more = STORY + "\n\nElsewhere, a museum opened. “Come in,” Zed Omar said."
    before, after = extract(STORY), extract(more)
    pd.testing.assert_frame_equal(before, after.iloc[: len(before)])
    assert len(after) == len(before) + 1


def test_curly_and_straight_marks_give_the_same_attributions():
    straight = STORY.translate(str.maketrans("“”‘’", "\"\"''"))
    columns = [
        column for column in tables.TABLES["quotations"].columns if column not in ("text", "speaker", "name", "role")
    ]
    pd.testing.assert_frame_equal(extract(STORY)[columns], extract(straight)[columns])


@pytest.mark.parametrize("mark", ['"', "“", "”"])
def test_a_missing_closing_mark_swallows_no_more_than_its_paragraph(mark):
    text = f"It rained on Monday.\n\n{mark}We stay, Ann Hill said on Monday.\n\nThe bridge is old. The town is small."
    for start, end in rows(text, "start", "end"):
        assert "The bridge" not in text[start:end]
        assert "It rained" not in text[start:end]


@pytest.mark.parametrize("n", range(STORY.count('"')))
def test_the_story_without_one_of_its_marks(n):
    place = [match.start() for match in re.finditer('"', STORY)][n]
    damaged = STORY[:place] + STORY[place + 1 :]
    hurt = next((a, b) for a, b in segmentation.paragraphs(damaged) if a <= place <= b)
    whole = {row[0]: row[1] for row in rows(STORY, "text", "name")}
    kept = {row[0]: row[1] for row in rows(damaged, "text", "name")}
    for content, name in whole.items():
        at = damaged.find(content)
        if at >= 0 and (at + len(content) < hurt[0] - 60 or at > hurt[1] + 60):
            assert kept[content] == name


MARKS = ['"', "“", "”", "‘", "’", "'", "''", "«", "»", "quot;", "&quot;"]


def mutilated(text, rng):
    """Cut, shuffle and drop: pieces of sentences, marks taken out, put in or turned."""
    pieces = re.findall(r"\s+|[^\s\w]|\w+", text)
    start = rng.randrange(len(pieces))
    pieces = pieces[start : start + rng.randrange(5, 70)]
    for _ in range(rng.randrange(6)):
        at = rng.randrange(len(pieces))
        action = rng.randrange(5)
        if action == 0:
            del pieces[at : at + rng.randrange(1, 8)]
        elif action == 1:
            pieces.insert(at, rng.choice(MARKS))
        elif action == 2:
            pieces = [piece for piece in pieces if piece not in MARKS or rng.random() < 0.5]
        elif action == 3:
            pieces = [rng.choice(MARKS) if piece in MARKS else piece for piece in pieces]
        else:
            other = rng.randrange(len(pieces))
            pieces[at], pieces[other] = pieces[other], pieces[at]
        if not pieces:
            return rng.choice(MARKS)
    return "".join(pieces)


def test_nothing_raises_on_mutilated_texts():
    rng = random.Random(20261120)
    texts = [STORY, *corpus.read("facebook-trump-posts")["text"], *corpus.read("bridge-closure")["text"]]
    made = [mutilated(rng.choice(texts), rng) for _ in range(MUTATIONS)]
    for first in range(0, len(made), 500):
        part = made[first : first + 500]
        articles = corpus.from_records({"source": f"s{n}", "text": text} for n, text in enumerate(part))
        found = quotation.extract(articles)
        order = found.groupby("article_id", sort=False).ngroups
        assert order <= len(articles)
        by_id = dict(zip(articles["article_id"], articles["text"], strict=True))
        assert all(by_id[row.article_id][row.start : row.end] == row.text != "" for row in found.itertuples())
        sentences = segmentation.split(articles)
        told = quotation.passages(sentences, found)
        glued = told.groupby(["article_id", "sentence_id"], sort=False)["text"].sum()
        assert glued.tolist() == sentences["text"].tolist()
        quotation.match(found)
        quotation.heard(found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(["“We stay,” ", "Ann Hill said. ", "she added, ", '"Go." ', "” ", "\n\n", "They know that "]),
        max_size=10,
    )
)
def test_passages_tile_sentences_whatever_the_text(parts):
    articles = corpus.from_records([{"source": "daily", "text": "".join(parts)}])
    check(articles, quotation.extract(articles))


def test_no_articles_and_articles_without_quotations_give_empty_tables():
    nothing = corpus.from_records([])
    for articles in (
        nothing,
        corpus.from_records([{"source": "daily", "text": "It rained."}, {"source": "b", "text": ""}]),
    ):
        found = quotation.extract(articles)
        for frame, name in (
            (found, "quotations"),
            (quotation.match(found), "quotation_pairs"),
            (quotation.differences(quotation.match(found), found), "differences"),
            (quotation.heard(found), "voices_heard"),
            (quotation.introduced(found), "introductions"),
        ):
            pd.testing.assert_frame_equal(frame, tables.make(name))
    assert quotation.passages(segmentation.split(nothing), found).empty


def test_errors_name_the_call_and_the_column():
    with pytest.raises(tables.TableError) as error:
        quotation.extract(pd.DataFrame({"article_id": ["a"], "source": ["b"], "text": ["c"]}))
    assert str(error.value) == (
        "quotation.extract: the table of articles has no column 'story'; it has 'article_id', 'source', 'text'."
    )
    with pytest.raises(tables.TableError, match=r"^quotation.match: the table of quotations has no column"):
        quotation.match(pd.DataFrame({"a": [1]}))


def test_articles_of_one_id_in_two_tables_are_read_apart():
    one = corpus.from_records([{"article_id": "a0", "source": "a", "text": '"Yes," Ann Hill said.'}])
    two = corpus.from_records([{"article_id": "a0", "source": "a", "text": '"No," Bo Lee said.'}])
    assert [quotation.extract(table)["name"].item() for table in (one, two)] == ["Ann Hill", "Bo Lee"]


def test_one_parse_an_article_however_many_functions_ask(monkeypatch):
    store = type(parsing._kept)()
    monkeypatch.setattr(parsing, "_kept", store)
    asked = []
    parsed = parsing._parsed
    monkeypatch.setattr(parsing, "_parsed", lambda texts: asked.extend(texts) or parsed(texts))
    articles = corpus.from_records([{"source": "a", "text": STORY}])
    for _ in range(3):
        quotation.extract(articles)
    assert asked == [STORY]


# --- passages --------------------------------------------------------------------------------------------------------


def voices(text):
    articles = corpus.from_records([{"source": "daily", "text": text}])
    told = quotation.passages(segmentation.split(articles), quotation.extract(articles))
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in told[["text", "voice", "name"]].itertuples(index=False)
    ]


def test_the_narration_that_interrupts_a_quotation_goes_back_to_narration():
    assert voices('"We stay," wrote Ann Hill, a nurse. "We must."') == [
        ('"We stay,"', "quotation", "Ann Hill"),
        (" wrote Ann Hill, a nurse.", "narration", None),
        ('"We must."', "quotation", "Ann Hill"),
    ]


def test_in_a_mixed_attribution_only_what_is_between_marks_is_quotation():
    assert voices('Ann Hill said the plan was "a mess" from the start.') == [
        ("Ann Hill said ", "narration", None),
        ("the plan was ", "reported", "Ann Hill"),
        ('"a mess"', "quotation", "Ann Hill"),
        (" from the start.", "reported", "Ann Hill"),
    ]


def test_furniture_has_no_voice():
    told = voices('It rained.\n\nRelated: "We Stay," Hill Says')
    assert told[-1][1] is None


# --- told twice ------------------------------------------------------------------------------------------------------


def pairs(*told):
    articles = corpus.from_records({"source": f"s{n}", "text": text} for n, text in enumerate(told))
    found = quotation.extract(articles)
    matched = quotation.match(found)
    return found, matched


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("“We will rebuild the bridge,” Hill said.", '"We will rebuild the bridge," Hill wrote.', "identical"),
        (
            "“We will rebuild the old bridge by June,” Hill said.",
            "“We will rebuild the old bridge,” Lee said.",
            "trimmed",
        ),
        ("“We will rebuild the old bridge by June,” Hill said.", "Hill spoke of “the bridge” again.", None),
        (
            "“We will rebuild the old bridge by June,” Hill said.",
            "Hill said they would “rebuild the old bridge” soon.",
            "trimmed",
        ),
        (
            "“We will rebuild the bridge by June,” Hill said.",
            "“We shall rebuild the bridge till June,” Hill said.",
            "reworded",
        ),
        ("“We will see you on Tuesday,” Hill said.", "“It will rain on Tuesday,” Lee said.", None),
        ("“I do not know what to say about it,” Hill said.", "“I know what to say about that,” Lee said.", None),
        ("“The bridge is old and rusty,” Hill said.", "“The market is open and warm,” Lee said.", None),
        # The same words of weight in another order are no half of the words.
        (
            "“The cables rust, the towers lean and the bridge sinks,” Hill said.",
            "“It sinks, our bridge: towers that lean, cables that rust,” Lee said.",
            None,
        ),
        # Half of the words, but few of those of weight.
        (
            "“We will not do it if the council of the town votes: lamps, ropes, ladders, blankets, boots, stoves, "
            "knives, bottles, maps,” Hill said.",
            "“We will not do it if the council of the town votes: engines, pumps, hoses, sandbags, barriers, signs, "
            "cranes, trucks, diggers,” Lee said.",
            None,
        ),
    ],
)
def test_how_one_tells_the_other(one, other, kind):
    _, matched = pairs(one, other)
    assert matched["kind"].tolist() == ([] if kind is None else [kind])


def test_a_long_quotation_is_matched_with_each_of_its_cuts():
    found, matched = pairs(
        "“We will rebuild the old bridge. Nobody else would pay for these rusty cables,” Hill said.",
        "“We will rebuild the old bridge,” Hill said. It rained.\n\n"
        "Later, he said: “Nobody else would pay for these rusty cables.”",
    )
    assert len(found) == 3
    assert matched["kind"].tolist() == ["trimmed", "trimmed"]
    assert matched["quotation_id_a"].tolist() == [0, 0]
    assert matched["quotation_id_b"].tolist() == [0, 1]


def test_matching_does_not_depend_on_the_order_of_the_rows_and_stays_within_a_story():
    found, matched = pairs("“We will rebuild the bridge now,” Hill said.", "“We will rebuild the bridge,” Hill said.")
    pd.testing.assert_frame_equal(quotation.match(found.iloc[::-1]), matched)
    apart = found.assign(story=["one", "two"])
    assert quotation.match(apart).empty
    copy = found.copy(deep=True)
    quotation.match(found)
    pd.testing.assert_frame_equal(found, copy)


def test_an_article_is_not_matched_with_itself():
    _, matched = pairs("“We will rebuild the bridge,” Hill said.\n\n“We will rebuild the bridge,” she added.")
    assert matched.empty


def test_both_sides_are_told_with_name_role_and_cue():
    _, matched = pairs(
        "“We will rebuild the bridge,” said Ann Hill, the mayor.", "“We will rebuild the bridge,” the town claimed."
    )
    row = matched.iloc[0]
    assert (row["name_a"], row["role_a"], row["cue_a"]) == ("Ann Hill", "mayor", "said")
    assert (row["name_b"], row["cue_b"]) == ("town", "claimed")
    assert row["similarity"] == 1.0


def test_the_runs_of_a_difference_put_together_are_both_quotations():
    found, matched = pairs(
        "“We, the town, will rebuild the old bridge by June,” Hill said.",
        "“We will now rebuild the bridge,” Hill said. “By July, the town hopes.”",
    )
    runs = quotation.differences(matched, found)
    for side, wanted in (("a", found.iloc[0]), ("b", found.iloc[1])):
        words = " ".join(runs[f"text_{side}"].dropna())
        quoted = wanted["text"].replace(" Hill said. ", " ")
        assert [w for _, _, w in segmentation.spans(words)] == [
            w for _, _, w in segmentation.spans(quoted) if w not in ("hill", "said")
        ]
    assert set(runs["how"]) <= {"same", "replaced", "only a", "only b"}
    same = runs[runs["how"] == "same"]
    terms = [[term for _, _, term in segmentation.spans(text)] for text in (*same["text_a"], *same["text_b"])]
    assert terms[: len(same)] == terms[len(same) :]


# --- who is heard ----------------------------------------------------------------------------------------------------


def test_who_is_heard_is_counted_by_source():
    text = '"One two three," Ann Hill said. "Four," Bo Lee said. Ann Hill said it would rain. Bo Lee opposed the plan.'
    found = quotation.heard(extract(text)).set_index("name")
    assert found["quoted_words"].to_dict() == {"Ann Hill": 3, "Bo Lee": 1}
    assert found["reported_words"].to_dict() == {"Ann Hill": 3, "Bo Lee": 0}
    assert found["share"].to_dict() == {"Ann Hill": 0.75, "Bo Lee": 0.25}
    assert found["n"].to_dict() == {"Ann Hill": 2, "Bo Lee": 1}
    assert found["place"].to_dict() == {"Ann Hill": 1, "Bo Lee": 2}


def test_speakers_whom_no_rule_names_are_counted():
    found = quotation.heard(extract('It rained. "One two," he said.'))
    assert found["name"].isna().tolist() == [True]
    assert found["named"].tolist() == [False]
    assert found["share"].tolist() == [1.0]


def test_a_source_that_quotes_nobody_has_no_share():
    assert quotation.heard(extract("Ann Hill said that it rained."))["share"].isna().all()


def test_the_words_that_introduce_a_speaker():
    articles = corpus.from_records(
        [
            {"source": "a", "text": '"One," Ann Hill said. It rained. "Two," Ann Hill claimed.'},
            {"source": "b", "text": '"Three," Ann Hill said. "Four," Bo Lee said.'},
        ]
    )
    found = quotation.introduced(quotation.extract(articles))
    assert found[["name", "source", "cue", "stance", "n"]].values.tolist() == [
        ["Ann Hill", "a", "claimed", "distancing", 1],
        ["Ann Hill", "a", "said", "neutral", 1],
        ["Ann Hill", "b", "said", "neutral", 1],
        ["Bo Lee", "b", "said", "neutral", 1],
    ]


def test_a_stand_introduces_nobody_even_where_it_is_quoted():
    found = extract('Ann Hill criticised the plan as "a reckless and costly gamble" on Monday. "We object," Hill said.')
    assert found[["stance", "confidence"]].values.tolist() == [["attitude", 0.6], ["neutral", 0.95]]
    assert quotation.introduced(found)["cue"].tolist() == ["said"]


# --- the two given articles ------------------------------------------------------------------------------------------

# Every quotation of the two, read by hand: where each of its parts begins and ends, the name, the cue.
READ = {
    "commentary": [
        ([('"a number of', 'of employees"')], "New York Times", "reports"),
        (
            [('"The hateful rhetoric', 'of expression,"'), ('"Along with Black', 'Black people."')],
            "one Facebook employee",
            "wrote",
        ),
        ([('"Personally, I have', 'free expression."')], "Mark Zuckerberg", "saying"),
        ([('"What I believe', 'own judgments,"'), ('"And, you know', 'or news."')], "Mark Zuckerberg", "said"),
        ([('"I just believe', 'private companies."')], "Mark Zuckerberg", "saying"),
        ([('"Facebook’s inaction', 'is complicity."')], "Lauren Tan", "posted"),
        ([('"We recognize', 'with leadership."')], "Liz Bourgeois", "say"),
    ],
    "dispatch": [
        ([('"incomprehensible."', '"incomprehensible."')], "civil rights leaders", "denounced"),
        ([('"state use', 'of force."')], "Mark Zuckerberg", "suggested"),
        ([('"when the looting', 'shooting begins."')], "Donald Trump", "using"),
        ([('"I know that many', 'clear policy,"')], "Mark Zuckerberg", "wrote"),
        ([('"I am proud', 'Facebook employee,"'), ("“To be clear", "disagree with. ”")], "Owen Anderson", "tweeted"),
        ([('"Today, I submitted', 'to Facebook,"'), ('"I cannot bear', 'status quo."')], "Timothy J. Aveni", "wrote"),
        ([("“We recognize", 'leadership, "'), ('" As we face', 'feedback. "')], "Facebook", "said"),
        ([('"Facebook says', 'of expression,"'), ('"In fact, he', 'and cowardice."')], "Barry Schnitt", "wrote"),
        ([("\"I don't think", 'their platform,"')], "Barry Schnitt", "added"),
        ([('"show the world', "values,quot;")], "Barry Schnitt", None),
        (
            [('"We are disappointed', 'to stand,"'), ('"He did not', 'against protesters."')],
            "three civil rights leaders",
            "wrote",
        ),
        ([('"Mark is setting', 'on Facebook,"')], "three civil rights leaders", "added"),
    ],
}
# What is reported in other words, and is no stand taken: how it begins, the name, the cue.
REPORTED = {
    "commentary": [
        ("that they were not coming to work", "those employees", "said"),
        ("that it violated a policy", "Twitter", "stating"),
        ("that their right to free speech", "conservatives and far-right pundits", "complained"),
        ("that they are threatening to resign", "two senior employees", "told"),
        ("They Shouldn't Be Fact-Checking Him", "Mark Zuckerberg", "Says"),
    ],
    "dispatch": [("encouraged violence against protesters", "many", "according to")],
}


@pytest.fixture(scope="module")
def given_articles():
    articles = corpus.read("facebook-trump-posts")
    return articles, quotation.extract(articles)


def places(text, parts):
    spans = []
    for begin, end in parts:
        start = text.index(begin)
        spans.append((start, text.index(end, start) + len(end)))
    return spans


@pytest.mark.parametrize("source", ["commentary", "dispatch"])
def test_every_quotation_of_the_given_articles_has_its_speaker(given_articles, source):
    articles, found = given_articles
    text = articles.set_index("source").loc[source, "text"]
    own = found[(found["source"] == source) & (found["kind"] != "indirect")]
    for parts, name, cue in READ[source]:
        spans = places(text, parts)
        (row,) = own[(own["start"] <= spans[0][0]) & (own["end"] >= spans[-1][1])].itertuples()
        assert row.name == name
        assert cue is None or row.cue == cue
        assert row.confidence >= quotation.VOICED
    assert own["name"].notna().all()


@pytest.mark.parametrize("source", ["commentary", "dispatch"])
def test_exactly_the_words_of_the_quotations_are_in_the_quotation_voice(given_articles, source):
    articles, found = given_articles
    text = articles.set_index("source").loc[source, "text"]
    told = quotation.passages(segmentation.split(articles), found)
    tokens = segmentation.tokenize(told[told["source"] == source])
    voiced = set(tokens.loc[tokens["voice"] == "quotation", "start"])
    spans = [span for parts, _, _ in READ[source] for span in places(text, parts)]
    read = {start for start in tokens["start"] if any(a <= start < b for a, b in spans)}
    assert voiced == read


@pytest.mark.parametrize("source", ["commentary", "dispatch"])
def test_what_the_given_articles_report_in_other_words(given_articles, source):
    _, found = given_articles
    own = found[(found["source"] == source) & (found["kind"] == "indirect") & (found["confidence"] >= quotation.VOICED)]
    assert len(own) == len(REPORTED[source])
    for row, (begin, name, cue) in zip(own.itertuples(), REPORTED[source], strict=True):
        assert row.text.startswith(begin)
        assert (row.name, row.cue) == (name, cue)


def test_the_statement_of_facebook_is_matched_as_reworded(given_articles):
    _, found = given_articles
    matched = quotation.match(found)
    assert matched[["kind", "name_a", "cue_a", "role_a", "name_b", "cue_b"]].values.tolist() == [
        ["reworded", "Liz Bourgeois", "say", "Facebook spokesperson", "Facebook", "said"]
    ]
    changed = quotation.differences(matched, found)
    changed = changed[changed["how"] != "same"][["how", "text_a", "text_b"]].fillna("")
    assert changed.values.tolist() == [
        ["only b", "", "that"],
        ["replaced", "are feeling right now", "feel at this time"],
        [
            "only b",
            "",
            "As we face additional difficult content decisions, we will continue to seek your honest feedback",
        ],
    ]


# --- shown -----------------------------------------------------------------------------------------------------------


def two_sources():
    articles = corpus.from_records(
        [
            {"source": "a", "text": '"We will rebuild the <b>bridge</b> now," Ann Hill said. "Yes," two nurses said.'},
            {
                "source": "b",
                "text": '"We will rebuild the <b>bridge</b>," Ann Hill claimed. It rained. "No," they said.',
            },
        ]
    )
    return quotation.extract(articles)


def test_the_chart_of_who_is_heard_has_each_speaker_at_the_share_of_each_source():
    axes = charts.heard(quotation.heard(two_sources()))
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Ann Hill", "(speaker not found)", "(two nurses)"]
    a, b = (list(line.get_xdata()) for line in axes.lines)
    # Tags count as words too: the text is kept to the character. Eight words of Hill's here, seven there.
    assert a == pytest.approx([100 * 8 / 9, 0, 100 / 9])
    assert b == pytest.approx([87.5, 12.5, 0])
    assert axes.get_xlabel().endswith("(%)")


def test_the_chart_of_cues_has_the_stance_and_the_number():
    axes = charts.introduced(quotation.introduced(two_sources()), sources=["a", "b", "c"])
    names = [tick.get_text() for tick in axes.get_yticklabels()]
    # Only Hill is introduced by both.
    assert names == ["Ann Hill: said", "Ann Hill: claimed (distancing)"]
    assert [list(line.get_xdata()) for line in axes.lines] == [[1], [1], []]


def test_the_captions_say_what_the_tables_hold():
    found = two_sources()
    said = captions.heard(quotation.heard(found))
    assert said["claim"].startswith("Most quoted in these texts: Ann Hill in a (")
    assert captions.introduced(quotation.introduced(found))["claim"] == (
        "Ann Hill is introduced with different words by a (said) and b (claimed)."
    )
    inflected = pd.DataFrame(
        {"name": "Hill", "source": ["a", "b"], "cue": ["says", "said"], "stance": "neutral", "n": 1}
    )
    assert captions.introduced(inflected)["claim"] == (
        "The speakers that sources share are introduced with the same words."
    )
    sizes = pd.DataFrame({"source": ["a", "b"], "name": ["Hill", None], "named": [True, False], "n": [2, 1]})
    heard = captions.heard(sizes.assign(quoted_words=[9, 4], reported_words=0, share=1.0, place=1))
    assert heard["caption"].startswith(
        "Share of each source's words between quotation marks, by speaker (a 9; b 4); 4 of these words are of speakers"
    )
    nothing = extract("It rained.")
    assert captions.heard(quotation.heard(nothing))["claim"] == "No source quotes anyone directly."
    assert captions.introduced(quotation.introduced(nothing))["claim"] == (
        "No named speaker is introduced by more than one source."
    )
    charts.heard(quotation.heard(nothing))
    charts.introduced(quotation.introduced(nothing))
    alone = charts.introduced(quotation.introduced(extract('"Yes," Ann Hill said.')))
    assert [tick.get_text() for tick in alone.get_yticklabels()] == ["Ann Hill: said"]


def test_quotations_told_twice_are_shown_escaped_with_the_differing_words_marked_on_both_sides():
    found = two_sources()
    shown = display.retold(quotation.match(found), found)
    assert "<b>bridge" not in shown.markup
    assert shown.markup.count("&lt;b&gt;bridge&lt;/b&gt;") == 2
    assert re.findall('<b class="differs">(.*?)</b>', shown.markup) == ["now"]
    assert "Ann Hill, said" in shown.markup
    assert "Ann Hill, claimed" in shown.markup
    assert repr(shown) == "<quotations told twice: 1>"


def test_the_narration_in_a_quotation_told_twice_is_left_out():
    found, matched = pairs(
        "“We will rebuild the bridge,” Hill said. “Nobody will pay.”",
        "“We will rebuild the bridge. Nobody pays,” Hill said.",
    )
    markup = display.retold(matched, found).markup
    assert "Hill said" not in markup.split("</blockquote>")[0]
    assert " … " in markup


@pytest.mark.parametrize(
    ("beside", "name"),
    [
        ("The mayor of Dorne, Ann Hill, spoke on Monday.", "Ann Hill"),
        ("Ann Hill, the mayor of Dorne, spoke on Monday.", "Ann Hill"),
        ("Ann Hill, the former mayor of Dorne, spoke on Monday.", "mayor"),
        ("Ann Hill, a mayor from Dorne, spoke on Monday.", "mayor"),
    ],
)
def test_an_office_is_known_by_the_name_beside_it(beside, name):
    found = extract(f"{beside} The mayor said that the bridge was old.")
    assert found.loc[found["cue"] == "said", "name"].tolist() == [name]
