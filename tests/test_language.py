"""Loaded words, hedges and the rest; who acts on whom."""

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import actors, corpus, language, quotation, segmentation, tables

HERE = Path(__file__).parent
LEXICONS = Path(language.__file__).parent / "lexicons"


def story(*texts):
    return corpus.from_records([{"source": f"s{i}", "text": text} for i, text in enumerate(texts)])


def flagged(text, category=None):
    found = language.flag(segmentation.split(story(text)))
    return [row.text for row in found.itertuples() if category in (None, row.category)]


@pytest.mark.parametrize(
    ("category", "text", "expected"),
    [
        (
            "loaded",
            "The reckless scheme is a brazen giveaway to cronies.",
            ["reckless", "brazen", "giveaway", "cronies"],
        ),
        ("loaded", "She slammed the so-called reform.", ["slammed", "so-called"]),
        ("loaded", "The paper's fear-mongering and pseudo-science went on.", ["fear-mongering", "pseudo-science"]),
        ("loaded", "They turned a blind eye to their friends.", ["turned a blind eye"]),
        ("loaded", "He threw his deputy under the bus.", ["threw his deputy under the bus"]),
        ("hedge", "Perhaps it may rain; the plan seems to fail.", ["Perhaps", "may", "seems to"]),
        ("hedge", "It was kind of late for this kind of talk.", ["kind of"]),
        ("booster", "It is clearly and utterly wrong.", ["clearly", "utterly"]),
        (
            "absolute",
            "Everyone knows that nothing ever works at all costs.",
            ["Everyone", "nothing", "ever", "at all costs"],
        ),
        (
            "aside",
            "By the way, he gave a rote statement at a semi-secret dinner.",
            ["By the way", "rote", "semi-secret"],
        ),
        ("scare_quote", "The “experts” met again.", ["experts"]),
        ("scare_quote", 'The "peace plan" changed nothing.', ["peace plan"]),
    ],
)
def test_each_category_finds_its_words(category, text, expected):
    assert flagged(text, category) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Judge Savage and Ms Crook met in Mob Lane.",  # names
        "He came on 4 May.",
        "The law forbids hate speech and hate crimes.",  # terms of art
        "The shop sells semi-precious stones.",
        "He called it a “meeting hall”.",  # named, not held at arm's length
        "They sang “Wild Nights” and “Bad Blood”.",  # titles
        'The 6" pipe and the 4" pipe are new.',
    ],
)
def test_names_terms_and_titles_are_no_flags(text):
    assert flagged(text) == []


def test_labels_are_flagged_with_their_capital():
    assert flagged("He spoke of Trumpism again.", "loaded") == ["Trumpism"]


def words(name):
    with (LEXICONS / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return [row["term"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def test_a_loaded_word_in_a_quotation_is_the_speakers():
    articles = story("“This reckless plan is a disgrace to us all,” Ann Hill said. The reckless plan passed.")
    sentences = segmentation.split(articles)
    passages = quotation.passages(sentences, quotation.extract(articles))
    found = language.flag(passages)
    assert found.loc[found["category"] == "loaded", ["text", "voice"]].values.tolist() == [
        ["reckless", "quotation"],
        ["disgrace", "quotation"],
        ["reckless", "narration"],
    ]


def test_scare_quotes_are_not_sought_in_quotations():
    row = {"article_id": "a", "sentence_id": 0, "start": 0, "text": "the “experts” met"}
    table = pd.DataFrame([{**row, "voice": voice} for voice in ("narration", "quotation")])
    assert language.flag(table)["voice"].tolist() == ["narration"]


def test_plain_news_is_left_in_peace():
    """No category fires on more than one in twenty of 200 plain sentences, and none is called loaded."""
    plain = (HERE / "data" / "plain_news.txt").read_text(encoding="utf-8").splitlines()
    assert len(plain) == len(set(plain)) == 200
    sentences = segmentation.split(
        corpus.from_records({"article_id": str(i), "source": "s", "text": text} for i, text in enumerate(plain))
    )
    flags = language.flag(sentences)
    for category in language.CATEGORIES:
        assert flags.loc[flags["category"] == category, "article_id"].nunique() <= 10, category
    assert (language.loadedness(sentences)["loadedness"] >= 0.5).sum() <= 10


def test_loadedness_orders_sentences_and_keeps_them():
    sentences = segmentation.split(
        story("The committee met on Monday. The shameless thugs rammed through a disgraceful sham. It may rain.")
    )
    scored = language.loadedness(sentences)
    assert scored.drop(columns="loadedness").equals(sentences)
    low, high, hedge = scored["loadedness"]
    assert low == 0.0
    assert high > 0.9
    assert hedge < 0.5


def test_one_plainly_loaded_word_crosses_the_threshold_and_a_named_source_lowers_it():
    plain, sourced = (
        language.loadedness(segmentation.split(story(text)))["loadedness"].item()
        for text in ("It was a reckless plan.", "It was a reckless plan, the auditor said.")
    )
    assert plain > 0.5
    assert sourced < plain


def test_furniture_is_not_counted():
    sentences = segmentation.split(story("The bridge is open.\n\nRelated: Shameless thugs rampage again"))
    assert "furniture" in set(sentences["part"])
    assert language.flag(sentences).empty
    assert len(language.loadedness(sentences)) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["reckless", "so-called", "may", "Mob", "threw", "his", "under", "the bus"])
        | st.text("ab “”\"'’‘.,!?-—\n", max_size=4),
        max_size=12,
    ).map(" ".join)
)
def test_flags_slice_back_and_nothing_raises(text):
    articles = story(text)
    sentences = segmentation.split(articles)
    before = sentences.copy()
    flags = language.flag(sentences)
    assert all(text[row.start : row.end] == row.text for row in flags.itertuples())
    tables.check(flags, "flags", call="test")
    scores = language.loadedness(sentences)["loadedness"]
    assert scores.between(0, 1).all()
    pd.testing.assert_frame_equal(sentences, before)


def test_row_order_does_not_matter():
    sentences = segmentation.split(story("A reckless mob may ruin everything. Clearly a sham.", "A vile, brazen liar."))
    pd.testing.assert_frame_equal(language.flag(sentences), language.flag(sentences.iloc[::-1]))


def test_empty_input_gives_empty_tables():
    empty = tables.make("sentences")
    assert list(language.flag(empty).columns) == list(tables.TABLES["flags"].columns)
    assert list(language.loadedness(empty).columns) == [*empty.columns, "loadedness"]
    assert language.summarize(tables.make("flags"), tables.make("tokens")).empty
    assert language.agency(tables.make("articles"), tables.make("mentions")).empty


def test_a_missing_column_is_named():
    with pytest.raises(
        tables.TableError, match=r"^language\.flag: the table of sentences has no column 'text'; it has"
    ):
        language.flag(pd.DataFrame({"article_id": [], "sentence_id": [], "start": []}))


def test_summary_counts_each_voice_against_its_own_words():
    flags = pd.DataFrame(
        {"source": ["a", "a", "b"], "voice": ["narration"] * 3, "category": ["loaded", "loaded", "hedge"]}
    )
    tokens = pd.DataFrame({"source": ["a"] * 50 + ["b"] * 25, "voice": ["narration"] * 75})
    rates = language.summarize(flags, tokens).set_index(["source", "category"])
    assert rates.loc[("a", "loaded"), ["n", "n_tokens", "per_thousand"]].tolist() == [2, 50, 40.0]
    assert rates.loc[("b", "hedge"), "per_thousand"] == 40.0
    assert rates.loc[("b", "loaded"), "per_thousand"] == 0.0
    assert len(rates) == 2 * len(language.CATEGORIES)


@pytest.mark.parametrize("name", ["loaded", "hedges", "boosters", "absolutes", "asides", "plain_terms"])
def test_lexicons_are_clean_and_described(name):
    terms = words(name)
    assert [term for term, n in Counter(terms).items() if n > 1] == []
    assert all(term == term.strip().lower() and term for term in terms)
    assert f"{name}.tsv" in (LEXICONS / "README.md").read_text(encoding="utf-8")


def test_every_entry_can_be_found_in_a_sentence():
    """An entry that the tokeniser would never give is dead weight."""
    for name in ("loaded", "hedges", "boosters", "absolutes", "asides"):
        for term in words(name):
            text = term.replace("*", "their")
            assert [t for _, _, t in segmentation.spans(text)] == text.replace(",", "").split(), term


def acts_of(text):
    articles = story(text)
    acts = language.agency(articles, actors.find(articles))
    columns = ["agent_name", "verb", "form", "patient_name"]
    return acts[columns].astype("object").where(acts[columns].notna(), None).values.tolist()


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Ann Hill sued Joe Roe.", ["Ann Hill", "sue", "active", "Joe Roe"]),
        ("Joe Roe was sued by Ann Hill.", ["Ann Hill", "sue", "passive", "Joe Roe"]),
        ("Joe Roe was arrested on Monday.", [None, "arrest", "agentless", "Joe Roe"]),
        ("Dozens of workers blocked the road.", ["workers", "block", "active", None]),
        ("The police beat protesters.", ["police", "beat", "active", "protesters"]),
        ("Ann Hill's lawyers praised Joe Roe.", ["lawyers", "praise", "active", "Joe Roe"]),
    ],
)
def test_agency_reads_active_passive_and_agentless(text, act):
    assert act in acts_of(text)


def test_agency_tells_what_is_denied_and_who_shares_a_subject():
    articles = story("Ann Hill flagged and demoted the post. She did not resign. Ann Hill refused to answer Joe Roe.")
    acts = language.agency(articles, actors.find(articles))
    assert acts.loc[acts["verb"] == "resign", "negated"].item()
    assert acts.loc[acts["verb"].isin(["flag", "demote", "answer"]), "agent_name"].tolist() == ["Ann Hill"] * 3
    assert acts.loc[acts["verb"] == "flag", "patient"].item() == "the post"


def test_agency_slices_back_and_keeps_voice_and_input():
    articles = story("Ann Hill sued Joe Roe. “We won,” Ann Hill said.", "Joe Roe was sued by Ann Hill.")
    mentions = actors.find(articles)
    passages = quotation.passages(segmentation.split(articles), quotation.extract(articles))
    before = articles.copy(), mentions.copy(), passages.copy()
    acts = language.agency(articles, mentions, passages=passages)
    for row in acts.itertuples():
        text = articles.set_index("article_id")["text"][row.article_id]
        assert text[row.start : row.end] == row.text
    assert acts.loc[acts["verb"] == "win", "voice"].tolist() == ["quotation"]
    assert acts.loc[acts["verb"] == "sue", "voice"].tolist() == ["narration", "narration"]
    for old, now in zip(before, (articles, mentions, passages), strict=True):
        pd.testing.assert_frame_equal(old, now)
