"""Whom it is about: names found, tied and described."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import actors, corpus, segmentation, tables


def story(*texts):
    return corpus.from_records([{"source": f"s{i}", "text": text} for i, text in enumerate(texts)])


def named(*texts, aliases=None):
    """Return kind and mentions of each actor, by name."""
    mentions = actors.find(story(*texts), aliases=aliases)
    return {name: (rows["kind"].iloc[0], rows["text"].tolist()) for name, rows in mentions.groupby("name")}


def test_full_name_surname_title_and_initial_are_one_person():
    found = named(
        "Timothy J. Aveni resigned on Monday. Mr. Aveni gave no reason. “I left,” Aveni wrote.",
        "Engineer Tim Aveni left the company. Aveni's letter was short.",
    )
    assert found["Timothy J. Aveni"] == ("person", ["Timothy J. Aveni", "Aveni", "Aveni", "Tim Aveni", "Aveni"])


def test_two_people_of_one_surname_stay_apart():
    found = named("Hunter Biden spoke on Monday. Biden then left. Joe Biden arrived later. Biden waved.")
    assert found["Hunter Biden"][1] == ["Hunter Biden", "Biden"]
    assert found["Joe Biden"][1] == ["Joe Biden", "Biden"]


def test_a_given_name_ties_where_one_person_bears_it():
    assert named("Mark Olsen runs the mine. “I told Mark to stop,” a worker said.")["Mark Olsen"][1] == [
        "Mark Olsen",
        "Mark",
    ]


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("President Ann Hill spoke on Monday. Critics of the president left.", "Ann Hill", "the president"),
        (
            "Norbank CEO Joe Roe left the room. The staff cheered the Norbank boss on Friday.",
            "Joe Roe",
            "the Norbank boss",
        ),
        ("Ruth Calloway, the mayor of Ostley, resigned. Nobody thanked the mayor.", "Ruth Calloway", "the mayor"),
    ],
)
def test_a_role_ties_to_the_person_who_holds_it(text, name, role):
    assert role in named(text)[name][1]


@pytest.mark.parametrize(
    "text",
    [
        "President Ann Hill met Joe Roe, president of Norbank. The Norbank president left early.",
        "Candidate Ann Hill spoke. Then the candidate for the other party spoke.",
        "President Ann Hill met the former president at noon.",
        "Mayor Ann Hill met Mayor Joe Roe. Then the mayor left.",
    ],
)
def test_a_role_that_may_be_another_persons_is_left_alone(text):
    assert named(text)["Ann Hill"][1] == ["Ann Hill"]


def test_what_is_named_after_a_person_is_not_that_person():
    found = named(
        "Joe Roe spoke on Monday. The Roe campaign and the Roe administration answered. Roe's posts were deleted."
    )
    assert found["Joe Roe"] == ("person", ["Joe Roe", "Roe"])
    assert found["Roe campaign"][0] == found["Roe administration"][0] == "organization"


def test_organizations_short_forms_and_acronyms():
    found = named(
        "The Norfield Evening Times reported on Monday that the National Water Board (NWB) met. "
        "The NWB said nothing to the Times."
    )
    assert found["Norfield Evening Times"] == ("organization", ["Norfield Evening Times", "Times"])
    assert found["National Water Board"] == ("organization", ["National Water Board", "NWB", "NWB"])


def test_places_are_places_and_abbreviations_stand_for_them():
    found = named(
        "OSTLEY, N.H. - The U.S. delegation flew from Oslo to New Hampshire. Ann Hill stayed in the United States."
    )
    assert found["Oslo"][0] == "place"
    assert found["United States"] == ("place", ["U.S.", "United States"])
    assert found["New Hampshire"] == ("place", ["N.H.", "New Hampshire"])
    assert found["Ann Hill"][0] == "person"


def test_groups_go_by_their_noun():
    found = named("Dozens of Norbank employees met civil rights leaders. Angry employees left. Republicans voted no.")
    assert found["employees"] == ("group", ["employees", "employees"])
    assert found["civil rights leaders"][1] == ["civil rights leaders"]
    assert found["republicans"][0] == "group"


def test_weekdays_laws_and_sentence_openers_are_nobody():
    found = named("Furious residents left on Monday. Section 230 of the Communications Decency Act stays in force.")
    assert list(found) == ["residents"]


def test_aliases_outweigh_the_rules():
    text = "Ann Hill spoke. The iron lady of Ostley left with Joe Roe."
    found = named(text, aliases={"iron lady of Ostley": "Ann Hill", "Joe Roe": ""})
    assert found == {"Ann Hill": ("person", ["Ann Hill", "iron lady of Ostley"])}


def test_a_headline_in_capitals_is_read_by_the_names_of_the_body():
    found = named("Angry Voters Slam Hill Over Budget Plan\n\nMayor Ann Hill spoke on Monday.\n\nShe was booed.")
    assert found == {"Ann Hill": ("person", ["Hill", "Ann Hill"])}


def test_each_story_has_its_own_actors():
    articles = corpus.from_records(
        [
            {"story": "one", "source": "a", "text": "Ann Hill spoke. Hill left."},
            {"story": "two", "source": "a", "text": "Bob Hill spoke. Hill left."},
        ]
    )
    mentions = actors.find(articles)
    assert mentions.groupby("story")["name"].unique().map(list).to_dict() == {"one": ["Ann Hill"], "two": ["Bob Hill"]}


PEOPLE = """Mark Zuckerberg, Donald Trump, Gayle King, Joe Biden, Elizabeth Warren, Peter Thiel, Joel Kaplan,
Brett Kavanaugh, Lauren Tan, Liz Bourgeois, Owen Anderson, Timothy J. Aveni, Barry Schnitt,
Vanita Gupta, Sherrilyn Ifill, Rashad Robinson"""


def test_the_two_articles_have_the_people_a_careful_reader_lists():
    articles = corpus.read("facebook-trump-posts")
    mentions = actors.find(articles)
    people = mentions[mentions["kind"] == "person"]
    assert set(people["name"]) == {" ".join(name.split()) for name in PEOPLE.split(",")}
    forms = people.groupby("name")["text"].agg(lambda texts: set(texts))
    assert forms["Mark Zuckerberg"] == {"Mark Zuckerberg", "Zuckerberg", "Mark", "the Facebook boss"}
    assert forms["Donald Trump"] == {"Donald Trump", "Trump", "the president", "the President", "the US President"}
    assert forms["Timothy J. Aveni"] == {"Timothy J. Aveni", "Aveni"}
    kinds = mentions.groupby("kind")["name"].agg(set)
    assert kinds["place"] == {"Oakland", "California", "Minneapolis"}
    assert {"Facebook", "Twitter", "New York Times", "CBS News", "Fox News", "Parler", "Gab", "White House"} <= kinds[
        "organization"
    ]
    body = segmentation.split(articles)
    text = " ".join(body.loc[body["part"] != "furniture", "text"])
    for word in ("Zuckerberg", "Trump", "Twitter", "Aveni", "Anderson"):
        assert text.count(word) == sum(form.count(word) for form in mentions["text"]), word


def test_mentions_slice_back_and_never_overlap():
    articles = corpus.read("facebook-trump-posts")
    before = articles.copy()
    mentions = tables.check(actors.find(articles), "mentions", call="test")
    pd.testing.assert_frame_equal(articles, before)
    for article in articles.itertuples():
        mine = mentions[mentions["article_id"] == article.article_id]
        assert [article.text[row.start : row.end] for row in mine.itertuples()] == mine["text"].tolist()
        assert (mine["start"].iloc[1:].to_numpy() >= mine["end"].iloc[:-1].to_numpy()).all()
    assert not mentions["sentence_id"].isin([-1]).any()


def test_the_order_of_the_articles_changes_no_actor():
    articles = corpus.read("bridge-closure")
    columns = ["article_id", "start", "end", "name", "kind"]
    one, other = (
        actors.find(rows)[columns].sort_values(columns).reset_index(drop=True)
        for rows in (articles, articles.iloc[::-1])
    )
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Ann Hill", "Hill", "the mayor", "Mayor", "of", "and", "U.S.", "“", "”", "'s", ".", "\n\n", "-", "/"]
        ),
        max_size=14,
    ).map(" ".join)
)
def test_nothing_raises_on_damaged_text(text):
    articles = story(text)
    mentions = actors.find(articles)
    assert all(text[row.start : row.end] == row.text for row in mentions.itertuples())
    actors.describe(articles, mentions)


def described(text):
    articles = story(text)
    found = actors.describe(articles, actors.find(articles))
    assert all(text[row.start : row.end] == row.text for row in found.itertuples())
    return found[["name", "kind", "text"]].values.tolist()


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Norbank CEO Joe Roe left on Monday.", ["Joe Roe", "title", "Norbank CEO"]),
        ("Joe Roe, a lonely Republican among them, left.", ["Joe Roe", "apposition", "a lonely Republican"]),
        ("They dined with conservative billionaire Joe Roe.", ["Joe Roe", "modifier", "conservative billionaire"]),
        ("Joe Roe is a reckless man.", ["Joe Roe", "predicate", "a reckless man"]),
        ("Joe Roe's incendiary posts spread on Monday.", ["Joe Roe", "belonging", "incendiary posts"]),
        ("Joe Roe had this to say in a rote statement: nothing.", ["Joe Roe", "belonging", "a rote statement"]),
    ],
)
def test_descriptions_as_printed(text, row):
    assert row in described(text)


def test_what_somebody_is_denied_to_be_describes_nobody():
    assert described("Joe Roe is not a thief. Joe Roe should be a judge.") == []


def test_summary_counted_by_hand():
    articles = story(
        "Mayor Ann Hill spoke. It rained. “Hill lied,” Joe Roe said. Nobody asked Hill or Hill's friends.",
        "It rained.\n\nAnn Hill left.",
    )
    mentions = actors.find(articles)
    sentences = segmentation.split(articles)
    passages = sentences.assign(voice=["narration", "narration", "quotation", "narration", "narration", "narration"])
    summary = actors.summarize(mentions, passages, actors.describe(articles, mentions))
    tables.check(summary, "actors", call="test")
    hill = summary[summary["name"] == "Ann Hill"].set_index("source")
    columns = ["n", "n_narration", "n_reported", "n_quotation", "n_sentences", "n_all", "share", "first"]
    assert hill.loc["s0", columns].tolist() == [4, 3, 0, 1, 3, 4, 0.75, 0.0]
    assert hill.loc["s1", columns].tolist() == [1, 1, 0, 0, 1, 2, 0.5, 1.0]
    assert hill.loc["s0", "forms"] == "Hill; Ann Hill"
    assert hill.loc["s0", "described"] == "Mayor"
    assert pd.isna(hill.loc["s1", "described"])
    assert summary["name"].iloc[0] == "Ann Hill"


def test_without_voices_the_voices_are_not_counted():
    articles = story("Ann Hill spoke.")
    summary = actors.summarize(actors.find(articles), segmentation.split(articles))
    assert summary[["n", "n_narration", "n_reported", "n_quotation"]].iloc[0].tolist() == [1, 0, 0, 0]


def test_empty_input_gives_empty_tables():
    empty = tables.make("articles")
    mentions = actors.find(empty)
    assert list(mentions.columns) == list(tables.TABLES["mentions"].columns)
    assert actors.describe(empty, mentions).empty
    assert actors.summarize(mentions, tables.make("passages")).empty
    assert actors.attitudes(tables.make("toward")).empty
    assert actors.find(story("")).empty


def test_a_missing_column_is_named():
    with pytest.raises(tables.TableError, match=r"^actors\.find: the table of articles has no column 'text'; it has"):
        actors.find(tables.make("articles").drop(columns="text"))
