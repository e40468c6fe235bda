"""Counts, rates and dispersion of terms."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import corpus, frequency, segmentation, tables

# Gries (2008), "Dispersions and adjusted frequencies in corpora": the worked example of five parts.
GRIES = (
    "b a m n i b e u p",
    "b a s a t b e w q n",
    "b c a g a b e s t a",
    "b a g h a b e a a t",
    "b a h a a b e a x a t",
)


def tokens_of(*texts, source="daily"):
    articles = corpus.from_records([{"source": source, "text": text} for text in texts])
    return segmentation.tokenize(segmentation.split(articles))


def row(table, term, **groups):
    chosen = table[table["term"] == term]
    for column, value in groups.items():
        chosen = chosen[chosen[column] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.mark.parametrize(
    ("term", "dp", "dp_norm"),
    [("b", 0.02, 0.024), ("i", 0.82, 1), ("q", 0.8, 0.976), ("x", 0.78, 0.951), ("a", 0.18, 0.220)],
)
def test_dispersion_as_published(term, dp, dp_norm):
    found = row(frequency.disperse(tokens_of(*GRIES)), term)
    assert found["dp"] == pytest.approx(dp, abs=1e-9)
    assert found["dp_norm"] == pytest.approx(dp_norm, abs=5e-4)
    assert row(frequency.count(tokens_of(*GRIES)), term)["dispersion"] == pytest.approx(dp, abs=1e-9)


def test_counts_by_hand_with_unequal_sources():
    tokens = pd.concat(
        [
            tokens_of("The bridge is shut. The town waits.", "A bridge!", source="daily"),
            tokens_of("Bridge, bridge.", source="weekly"),
        ],
        ignore_index=True,
    )
    found = frequency.count(tokens)
    bridge = row(found, "bridge", source="daily")
    assert bridge[["n", "n_tokens", "n_articles"]].tolist() == [2, 9, 2]
    assert bridge["per_million"] == pytest.approx(2 / 9 * 1e6)
    assert row(found, "bridge", source="weekly")[["n", "n_tokens", "n_articles"]].tolist() == [2, 2, 1]
    assert row(found, "the", source="daily")["n_articles"] == 1
    assert list(found["source"].unique()) == ["daily", "weekly"]
    assert found.loc[found["source"] == "daily", "term"].tolist() == [
        "bridge",
        "the",
        "a",
        "is",
        "shut",
        "town",
        "waits",
    ]


def test_by_source_and_voice():
    tokens = tokens_of("He said it was fine. Fine, he said.")
    tokens = tokens.assign(voice=["narration"] * 2 + ["reported"] * 3 + ["quotation"] + ["narration"] * 2)
    found = frequency.count(tokens, by=["source", "voice"])
    assert list(found.columns[:3]) == ["source", "voice", "term"]
    assert row(found, "fine", voice="quotation")[["n", "n_tokens"]].tolist() == [1, 1]
    assert row(found, "fine", voice="reported")[["n", "n_tokens"]].tolist() == [1, 3]
    assert row(found, "said", voice="narration")[["n", "n_tokens"]].tolist() == [2, 4]
    missing = frequency.count(tokens.assign(voice=pd.Series([None] * 8, dtype="str")), by="voice")
    assert missing["n"].sum() == 8
    assert missing["voice"].isna().all()


def test_one_article_is_cut_into_ten_stretches():
    lone = " ".join(["burst"] * 10 + [f"{'steady' if i % 9 == 0 else f'w{i}'}" for i in range(90)])
    found = frequency.count(tokens_of(lone))
    assert row(found, "burst")["dispersion"] == pytest.approx(0.9)
    assert row(found, "steady")["dispersion"] == pytest.approx(0.1)
    shuffled = tokens_of(lone).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(frequency.count(shuffled), found)


def test_dispersion_over_named_parts():
    tokens = tokens_of("One two. One three.")
    assert row(frequency.disperse(tokens, parts=["article_id", "sentence_id"]), "one")["dp"] == 0
    alone = frequency.disperse(tokens)
    assert (alone["dp"] == 0).all()
    assert alone["dp_norm"].isna().all()


def test_empty_input_gives_empty_tables():
    for by in ("source", ["source", "voice"]):
        found = frequency.count(tables.make("tokens"), by=by)
        assert found.empty
        assert found.dtypes["n"] == "int64"
        assert found.dtypes["source"] == "str"
    assert list(frequency.disperse(tables.make("tokens")).columns) == list(tables.TABLES["dispersions"].columns)


def test_errors_name_the_column():
    tokens = tokens_of("One two.")
    with pytest.raises(ValueError) as caught:
        frequency.count(tokens, by="sourse")
    assert str(caught.value) == (
        "frequency.count: no column 'sourse' in tokens; it has 'article_id', 'story', 'source', 'voice', "
        "'sentence_id', 'start', 'end', 'token', 'term'. Did you mean 'source'?"
    )
    with pytest.raises(ValueError, match=r"^frequency\.disperse: no column 'chapter' in tokens; it has"):
        frequency.disperse(tokens, parts="chapter")
    with pytest.raises(tables.TableError, match=r"^frequency\.count: the table of tokens has no column 'term'"):
        frequency.count(tokens.drop(columns="term"))


@st.composite
def token_tables(draw):
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from(["one", "two", "é", "don't"])),
            max_size=60,
        )
    )
    frame = pd.DataFrame(rows, columns=["source", "article", "term"])
    return tables.make(
        "tokens",
        frame.assign(article_id=frame["source"] + frame["article"], start=range(len(frame)), end=0, sentence_id=0),
    )


@settings(deadline=None, max_examples=25)
@given(token_tables(), st.randoms(use_true_random=False))
def test_properties(tokens, random):
    before = tokens.copy()
    found = frequency.count(tokens)
    pd.testing.assert_frame_equal(tokens, before)
    assert found["n"].sum() == len(tokens)
    assert not found.duplicated(["source", "term"]).any()
    assert found["dispersion"].between(0, 1).all()
    assert (found.groupby("source")["n"].sum() == found.groupby("source")["n_tokens"].first()).all()
    naive = tokens.groupby(["source", "term"]).agg(n=("term", "size"), n_articles=("article_id", "nunique"))
    ours = found.set_index(["source", "term"])[["n", "n_articles"]].sort_index()
    pd.testing.assert_frame_equal(ours, naive.sort_index(), check_names=False)
    order = list(range(len(tokens)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(frequency.count(tokens.iloc[order]), found)


@settings(deadline=None, max_examples=25)
@given(token_tables())
def test_dispersion_equals_its_definition(tokens):
    found = frequency.disperse(tokens)
    sizes = tokens.groupby("article_id").size() / max(1, len(tokens))
    for _, term in found.iterrows():
        share = tokens[tokens["term"] == term["term"]].groupby("article_id").size() / term["n"]
        expected = (share.reindex(sizes.index, fill_value=0) - sizes).abs().sum() / 2
        assert term["dp"] == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from(["", "One two.", "two’s é—", "one ONE"])
        ),
        max_size=12,
    )
)
def test_tally_is_count_without_the_tokens(rows):
    frame = pd.DataFrame(rows, columns=["source", "article", "text"])
    frame = frame.assign(
        article_id=frame["source"] + frame["article"],
        story="s",
        sentence_id=range(len(frame)),
        start=[100 * i for i in range(len(frame))],
        voice=["narration" if i % 3 else "quotation" for i in range(len(frame))],
        paragraph_id=0,
        passage_id=range(len(frame)),
        end=0,
        part=["furniture" if i % 5 == 4 else "body" for i in range(len(frame))],
    )
    texts = tables.make("passages", frame)
    for by in ("source", ["source", "voice"]):
        expected = frequency.count(segmentation.tokenize(texts), by=by)
        pd.testing.assert_frame_equal(frequency.tally(texts.sample(frac=1, random_state=2), by=by), expected)
    with pytest.raises(ValueError, match=r"^frequency\.tally: no column 'outlet' in texts; it has"):
        frequency.tally(texts, by="outlet")


def test_tally_in_small_blocks_with_a_short_memory(monkeypatch):
    texts = tables.make(
        "articles",
        [
            {"article_id": f"{i}", "story": "s", "source": "ab"[i % 2], "text": f"One two w{i} w{i % 3}. Two, three!"}
            for i in range(30)
        ],
    ).assign(sentence_id=0, start=0)
    expected = frequency.count(segmentation.tokenize(texts))
    monkeypatch.setattr(frequency, "BLOCK", 60)
    monkeypatch.setattr(segmentation, "MOST_CHUNKS", 9)
    pd.testing.assert_frame_equal(frequency.tally(texts), expected)
