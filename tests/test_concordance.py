"""Key words in context, and what stands near them."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import concordance, segmentation, tables

TEXT = (
    "Facebook’s staff walked out. Don’t expect facebook-style meetings, FACEBOOK said.\n\n"
    "The café at Facebook, the Cafe\u0301 Rouge, closed. Black lives matter; black\nlives matter!"
)


def articles_of(*texts):
    rows = [
        {"article_id": f"daily/{i}", "story": "daily", "source": "daily", "text": text} for i, text in enumerate(texts)
    ]
    return tables.make("articles", rows)


def tokens_of(*texts):
    return segmentation.tokenize(segmentation.split(articles_of(*texts)))


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("facebook", ["Facebook", "FACEBOOK", "Facebook"]),
        ("Facebook", ["Facebook", "FACEBOOK", "Facebook"]),
        ("facebook-style", ["facebook-style"]),
        ("don't", ["Don’t"]),
        ("café", ["café", "Cafe\u0301"]),
        ("black lives matter", ["Black lives matter", "black\nlives matter"]),
        ("book", []),
        ("'s", ["’s"]),
    ],
)
def test_occurrences_are_the_tokenisers(term, found):
    lines = concordance.lines(articles_of("", TEXT), term)
    assert lines["token"].tolist() == found
    assert [TEXT[a:b] for a, b in zip(lines["start"], lines["end"], strict=True)] == found
    in_sentences = concordance.lines(segmentation.split(articles_of("", TEXT)), term)
    assert in_sentences[["start", "end", "token"]].equals(lines[["start", "end", "token"]])


def test_context_is_text_cut_between_words():
    lines = concordance.lines(articles_of(TEXT), "staff", width=20)
    assert lines.loc[0, ["left", "token", "right"]].tolist() == ["Facebook’s ", "staff", " walked out. Don’t"]
    inside = concordance.lines(segmentation.split(articles_of(TEXT)), "staff", width=200)
    assert inside.loc[0, "right"] == " walked out."


def test_letters_that_change_length_in_lower_case():
    text = "İİİ bridge; the 5 \u212aelvin bridge"
    assert concordance.lines(articles_of(text), "bridge")["start"].tolist() == [4, 25]
    assert concordance.lines(articles_of(text), "kelvin")["token"].tolist() == ["\u212aelvin"]
    assert concordance.lines(articles_of("мост, Мост"), "мост")["token"].tolist() == ["мост", "Мост"]


def test_furniture_is_left_out_and_input_untouched():
    sentences = segmentation.split(articles_of("The bridge closed.\n\nRelated: the bridge in pictures\n\nIt did."))
    before = sentences.copy()
    assert len(concordance.lines(sentences, "bridge")) == 1
    pd.testing.assert_frame_equal(sentences, before)
    assert concordance.lines(tables.make("articles"), "bridge").empty
    assert concordance.lines(tables.make("sentences"), "bridge").dtypes["start"] == "int64"


def test_one_long_chunk_is_read_once():
    text = "/".join(["bridge"] * 20_000)
    assert len(concordance.lines(articles_of(text), "bridge", width=5)) == 20_000


def test_line_errors():
    with pytest.raises(ValueError) as caught:
        concordance.lines(articles_of(TEXT), "—")
    assert str(caught.value) == "concordance.lines: '—' holds no term; give a word, or several parted by spaces."
    with pytest.raises(tables.TableError, match=r"^concordance\.lines: the table of articles has no column 'text'"):
        concordance.lines(tokens_of(TEXT), "staff")


texts = st.lists(st.text(alphabet=st.sampled_from("abAB é\u0301’'-İ\u212ak \n.ſ"), max_size=30), max_size=5)


@settings(deadline=None, max_examples=25)
@given(texts, st.sampled_from(["a", "b", "ab", "k", "é", "a'b", "b a", "i̇", "ſ", "aé"]))
def test_lines_agree_with_tokens(texts, term):
    articles = articles_of(*texts)
    found = concordance.lines(articles, term)
    expected = []
    terms = term.split()
    for article_id, text in zip(articles["article_id"], articles["text"], strict=True):
        spans = segmentation.spans(text)
        position = 0
        while position + len(terms) <= len(spans):
            run = spans[position : position + len(terms)]
            if [token[2] for token in run] == terms:
                expected.append((article_id, run[0][0], run[-1][1]))
                position += len(terms)
            else:
                position += 1
    assert list(found[["article_id", "start", "end"]].itertuples(index=False, name=None)) == expected


def test_texts_of_many_stretches_and_chunks_are_all_searched(monkeypatch):
    texts = [
        "A bridge.",
        "",
        "No.",
        "The Bridge, a bridge!",
        "\u0130stanbul bridge",
        "",
        "x" * 99 + " bridge",
        "bri",
        "dge",
    ]
    table = articles_of(*texts)
    whole = concordance.lines(table, "bridge")
    assert list(whole["article_id"]) == [f"daily/{i}" for i in (0, 3, 3, 4, 6)]
    parts = pd.concat([table.iloc[:4], table.iloc[4:]], ignore_index=True)
    for size in (1, 7, 10, 50):
        monkeypatch.setattr(concordance, "STRETCH", size)
        pd.testing.assert_frame_equal(concordance.lines(table, "bridge"), whole)
        pd.testing.assert_frame_equal(concordance.lines(parts, "bridge"), whole)
        assert list(concordance.lines(table, "\u0130stanbul")["article_id"]) == ["daily/4"]


def test_the_context_is_cut_between_words():
    table = articles_of("one two\u00a0three bridge four\nfive six")
    found = [
        concordance.lines(table, "bridge", width=width)[["left", "right"]].iloc[0].tolist() for width in (3, 8, 9, 99)
    ]
    assert found == [["", " fo"], ["three ", " four"], ["three ", " four"], ["one two\u00a0three ", " four\nfive six"]]


def test_collocates_by_hand():
    tokens = tokens_of(
        "The old bridge and the new bridge closed. The river, far away, was high near the town.", "Old bridge, old men."
    )
    found = concordance.collocates(tokens, "bridge", window=1, min_n=1).set_index("term")
    assert sorted(found.index) == ["and", "closed", "new", "old"]
    old = found.loc["old"]
    assert old[["n", "n_term", "n_node", "n_articles"]].tolist() == [3, 3, 3, 2]
    assert old["log_dice"] == pytest.approx(14)
    # 6 tokens stand beside a bridge, of 18 that are none: a third of each other term is expected there.
    assert old["expected"] == pytest.approx(3 * 6 / 18)
    assert concordance.collocates(tokens, "bridge", window=50, min_n=1)["term"].tolist().count("river") == 0
    assert concordance.collocates(tokens, "bridge", window=2)["n"].min() >= 2


def test_collocates_of_nothing_and_errors():
    assert concordance.collocates(tables.make("tokens"), "bridge").dtypes["log_dice"] == "float64"
    assert concordance.collocates(tokens_of("One two."), "bridge").empty
    with pytest.raises(ValueError) as caught:
        concordance.collocates(tokens_of("One two."), "black lives")
    assert str(caught.value) == (
        "concordance.collocates: 'black lives' is 2 terms; give one, or look at lines of several."
    )
    with pytest.raises(ValueError, match="window is 0; it is a number of tokens, and to be 1 or more"):
        concordance.collocates(tokens_of("One two."), "one", window=0)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from("abcd"), max_size=30), st.integers(1, 4), st.sampled_from([1, 2]))
def test_collocates_equal_their_definition(letters, window, sentence_size):
    frame = pd.DataFrame({"term": pd.Series(letters, dtype="str")})
    frame = frame.assign(
        article_id="x",
        sentence_id=[i // (5 * sentence_size) for i in range(len(letters))],
        start=range(len(letters)),
        end=0,
    )
    tokens = tables.make("tokens", frame)
    expected = {}
    for i, letter in enumerate(letters):
        if letter != "a" and any(
            letters[j] == "a" and frame.loc[i, "sentence_id"] == frame.loc[j, "sentence_id"]
            for j in range(max(0, i - window), min(len(letters), i + window + 1))
        ):
            expected[letter] = expected.get(letter, 0) + 1
    found = concordance.collocates(tokens, "a", window=window, min_n=1)
    assert dict(zip(found["term"], found["n"], strict=True)) == expected
