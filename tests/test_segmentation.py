import random
import unicodedata
from pathlib import Path

import nupunkt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import corpus, segmentation, tables

NASTY = st.text(
    st.one_of(
        st.sampled_from(list(" \n\t.,;:!?'\"’“”‘«»()-–—…$€%#@&/_0159aBéZs")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=120,
)


def sentences_of(text: str, **record) -> pd.DataFrame:
    return segmentation.split(corpus.from_records([{"source": "daily", "text": text, **record}]))


def terms_of(text: str) -> list[str]:
    return [term for _, _, term in segmentation.spans(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        # contractions stay whole, possessives part, whichever apostrophe
        ("don't Don’t DON`T", ["don't", "don't", "don", "t"]),
        ("it's It’s that's who's let's", ["it's", "it's", "that's", "who's", "let's"]),
        ("Trump's Trump’s boss's dogs'", ["trump", "'s", "trump", "'s", "boss", "'s", "dogs"]),
        ("we'll they’ve I'm o'clock rock'n'roll", ["we'll", "they've", "i'm", "o'clock", "rock'n'roll"]),
        ("O'Brien's AT&T's Q&A", ["o'brien", "'s", "at&t", "'s", "q&a"]),
        # hyphens hold words together, dashes part them
        ("walk-out walk‑out semi-secret", ["walk-out", "walk-out", "semi-secret"]),
        ("bridge—closed bridge–closed bridge -- closed", ["bridge", "closed"] * 3),
        ("10-year-old 30-minute mid-1990s COVID-19", ["10-year-old", "30-minute", "mid-1990s", "covid-19"]),
        # points inside initials
        ("U.S. U.S.-led e.g. J.K. p.m.", ["u.s.", "u.s.", "led", "e.g.", "j.k.", "p.m."]),
        ("the end.", ["the", "end"]),
        # numbers with sign, currency and unit
        (
            "28,000 3.5 3.5% -3 20th 1960s 5:30pm 9/11",
            ["28,000", "3.5", "3.5%", "-3", "20th", "1960s", "5:30pm", "9/11"],
        ),
        ("$5 $1.5m US$3bn €20 £7,000.", ["$5", "$1.5m", "us$3bn", "€20", "£7,000"]),
        ("2019-20 3-1", ["2019", "20", "3", "1"]),
        # addresses, names and tags
        ("see https://ex.org/a?b=1). now", ["see", "https://ex.org/a?b=1", "now"]),
        ("www.ex.org/b. a@b.co", ["www.ex.org/b", "a@b.co"]),
        ("@real_name #Tag C#", ["@real_name", "#tag", "c"]),
        # what a badly saved page leaves behind is no word
        ("values,quot;. &amp; &quot;yes&quot; quota", ["values", "yes", "quota"]),
        ("‘plain’ “quoted” «angled»", ["plain", "quoted", "angled"]),
        # accents kept apart (NFD) are the same term
        ("cafe\u0301s cafés", ["cafés", "cafés"]),
        ("中文 Ærø ΑΒΓ", ["中文", "ærø", "αβγ"]),
        ("😀 ... -- '", []),
    ],
)
def test_awkward_tokens(text, terms):
    assert terms_of(text) == terms


@given(NASTY)
def test_tokens_slice_back_in_order(text):
    last = 0
    for start, end, term in segmentation.spans(text):
        assert last <= start < end <= len(text)
        assert segmentation.normalize(text[start:end]) == term
        assert unicodedata.is_normalized("NFC", term)
        last = end


@given(NASTY, NASTY)
def test_a_chunk_gives_the_same_tokens_wherever_it_stands(left, right):
    assert terms_of(f"{left} {right}") == terms_of(left) + terms_of(right)


@given(NASTY)
def test_sentences_cover_all_but_space(text):
    table = sentences_of(text)
    covered = set()
    for row in table.itertuples():
        assert row.text == text[row.start : row.end] == row.text.strip()
        assert not covered & set(range(row.start, row.end))
        covered |= set(range(row.start, row.end))
    rest = "".join(char for place, char in enumerate(text) if place not in covered)
    assert not rest.strip().strip("#")
    assert list(table["sentence_id"]) == list(range(len(table)))
    assert table["paragraph_id"].is_monotonic_increasing


def test_sentences_end_where_a_reader_ends_them():
    text = 'Mr. Hill of the U.S. Senate met J. K. Lane at 5 p.m. Friday. "Why?" he asked. It cost $1.5 million.'
    assert list(sentences_of(text)["text"]) == [
        "Mr. Hill of the U.S. Senate met J. K. Lane at 5 p.m. Friday.",
        '"Why?" he asked.',
        "It cost $1.5 million.",
    ]


# Words that nupunkt judges each in another way, and what may stand between them.
WORDS = [
    *("The", "rain", "stock", "month", "week", "U.S", "U.S.", "Mr.", "J", "J.K.", "Inc", "Corp", "Gov", "civil", "ill"),
    *("vi", "iv", "ii.", "1", "10", "1986", "3.5", "(1)", "(iv)", "985/86", "said", "he", "He", "A", "a", "I", "I'm"),
    *("don't", "well-known", "e.g", "etc", "Ph.D", "p.m", "No", "St", "Yahoo!", "“He", '"She', "(see", "left)", "Inc>"),
    *('end."', "end.”", 'what?"', "...", "..", ".", "!", "?", "?!", "…", "--", "'", "’", "”", "*", "#", ",", ";", "é"),
    *("Été", "Next", "next", "Government", "dear", "Dear", "excluded", "/s", "'Tis", "wait...", "http://a.b/c."),
]
GAPS = [
    *("", " ", " ", " ", ". ", ". ", ". ", ".", '." ', ".” ", '." "'),
    *("? ", '?" ', "! ", ".\n", ".\n  ", "\n", ".\u00a0", ".  "),
]


def assert_sentences_are_nupunkts(text: str) -> None:
    for start, end in segmentation.paragraphs(text):
        expected = list(segmentation._asked(text, start, end))
        assert list(segmentation._spans(text, start, end)) == expected, text[start:end]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=16))
def test_sentences_are_those_of_nupunkt(pieces):
    assert_sentences_are_nupunkts("".join(word + gap for word, gap in pieces))


@given(NASTY)
def test_sentences_of_nasty_text_are_those_of_nupunkt(text):
    assert_sentences_are_nupunkts(text)


def test_sentences_of_the_projects_texts_are_those_of_nupunkt():
    rng = random.Random(0)
    root = Path(segmentation.__file__).parent.parent
    for path in sorted([*root.glob("corpus/*/*.md"), *root.glob("docs/*.md")]):
        text = path.read_text(encoding="utf-8")
        assert_sentences_are_nupunkts(text)
        words = text.split()
        for _ in range(100):
            some = rng.choices(words, k=12)
            assert_sentences_are_nupunkts("".join(word + rng.choice(GAPS) for word in some))


def test_nupunkt_knows_no_pair_of_words_that_belong_together():
    # What lets a full stop behind a plain word be judged by that word alone: all pairs begin with a number or a letter.
    pairs = nupunkt.load("default").parameters.collocations
    assert {first for first, _ in pairs if first.isalpha() and len(first) > 1} == set()


def test_no_sentence_runs_over_a_paragraph():
    table = sentences_of("It rained.\n\nHe went home. The mayor said\n\nthat the road was shut. Nobody answered him.")
    assert list(table["paragraph_id"]) == [0, 1, 1, 2, 2]


def test_stray_marks_make_no_sentence():
    table = sentences_of('He met staff on "use of force." . where it fell.\n\nShe wrote. .\n\n. Then left.')
    assert list(table["text"]) == [
        'He met staff on "use of force." .',
        "where it fell.",
        "She wrote. .",
        ". Then left.",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One went.\n\nTwo came.", 2),
        ("One went.\n \t\n\n\nTwo came.", 2),
        ("One went.\r\n\r\nTwo came.", 2),
        ("One went.\nTwo came.\n“Three,” she said.\n", 3),
        ("One went by\nthe old road\nand home.", 1),
        ("", 0),
        (" \n\n ", 0),
    ],
)
def test_paragraphs(text, count):
    assert len(segmentation.paragraphs(text)) == count


@pytest.mark.parametrize(
    ("text", "record", "parts"),
    [
        ("Bridge shut again\n\nThe bridge was shut.", {}, ["headline", "body"]),
        ("# Bridge shut. Again.\n\nThe bridge was shut.", {}, ["headline", "body"]),
        ("Bridge is shut.\n\nThe bridge was shut.", {"title": "Bridge  is shut."}, ["headline", "body"]),
        ("The bridge was shut.\n\nIt stays so.", {}, ["body", "body"]),
        ("No full stop here", {}, ["body"]),
        ("It was.\n\nRelated: More of it\n\nPhoto: A. Hill/Agency", {}, ["body", "furniture", "furniture"]),
        ("It was.\n\nPhotos were taken. Related talks go on.", {}, ["body", "body", "body"]),
        ("It was.\n\nADVERTISEMENT\n\nRead more: The story", {}, ["body", "furniture", "furniture"]),
    ],
)
def test_parts(text, record, parts):
    assert list(sentences_of(text, **record)["part"]) == parts


def test_white_space_behind_the_marks_of_a_heading_is_no_part_of_a_sentence():
    assert list(sentences_of("# \n It rained. He left.")["text"]) == ["It rained.", "He left."]


def test_a_markdown_heading_is_kept_without_its_marks():
    row = sentences_of("# Bridge shut\n\nIt was shut.").iloc[0]
    assert (row["start"], row["text"]) == (2, "Bridge shut")


def test_furniture_is_counted_nowhere():
    tokens = segmentation.tokenize(sentences_of("It was.\n\nPhoto: A. Hill"))
    assert list(tokens["term"]) == ["it", "was"]


def test_tokens_of_a_table_point_into_the_article():
    text = "It rained.\n\n  The  river’s edge, they said, gave way."
    sentences = sentences_of(text)
    before = sentences.copy()
    tokens = segmentation.tokenize(sentences)
    assert all(text[a:b] == token for a, b, token in zip(tokens["start"], tokens["end"], tokens["token"], strict=True))
    assert tokens["voice"].isna().all()
    pd.testing.assert_frame_equal(sentences, before)


def test_tokens_take_the_voice_of_their_passage():
    passages = sentences_of("It rained.").assign(voice="quotation")
    assert set(segmentation.tokenize(passages)["voice"]) == {"quotation"}


def test_ngrams_stay_inside_sentence_and_voice():
    tokens = segmentation.tokenize(sentences_of("The old bridge closed. It rained."))
    assert list(segmentation.ngrams(tokens, n=2)["term"]) == ["the old", "old bridge", "bridge closed", "it rained"]
    voiced = tokens.assign(voice=["narration", "narration", "quotation", "quotation", "narration", "narration"])
    assert list(segmentation.ngrams(voiced, n=2)["term"]) == ["the old", "bridge closed", "it rained"]
    assert segmentation.ngrams(tokens, n=9).empty
    pd.testing.assert_frame_equal(segmentation.ngrams(tokens, n=1), tokens)
    with pytest.raises(ValueError, match=r"segmentation\.ngrams: n is 0; it is to be 1 or more\."):
        segmentation.ngrams(tokens, n=0)


def test_empty_input_gives_empty_tables():
    articles = tables.make("articles")
    sentences = segmentation.split(articles)
    tokens = segmentation.tokenize(sentences)
    for name, frame in [("sentences", sentences), ("tokens", tokens), ("tokens", segmentation.ngrams(tokens))]:
        pd.testing.assert_frame_equal(frame, tables.make(name))


@given(st.lists(NASTY, max_size=4))
def test_tables_and_numbers_hold_the_tokens_of_spans(texts):
    rows = [
        {
            "article_id": "a",
            "story": "s",
            "source": "d",
            "sentence_id": i,
            "paragraph_id": 0,
            "start": 1000 * i,
            "end": 0,
        }
        for i in range(len(texts))
    ]
    sentences = tables.make("sentences", [{**row, "text": text} for row, text in zip(rows, texts, strict=True)])
    expected = [
        (1000 * i + start, 1000 * i + end, text[start:end], term)
        for i, text in enumerate(texts)
        for start, end, term in segmentation.spans(text)
    ]
    tokens = segmentation.tokenize(sentences)
    assert list(tokens[["start", "end", "token", "term"]].itertuples(index=False, name=None)) == expected
    encoded = segmentation.encode(texts)
    found = [(row, encoded.terms[code]) for row, code in zip(encoded.rows, encoded.codes, strict=True)]
    assert found == [(start // 1000, term) for start, _, _, term in expected]


@given(st.text(st.sampled_from(list("abZ019.,!?:;/()[]'’‘“”\"&@#-")), min_size=1, max_size=8))
def test_plain_words_and_numbers_are_read_as_all_others(chunk):
    slow = [found for found in segmentation.TOKEN.finditer(chunk) if found.lastgroup != "remnant"]
    fast = segmentation.spans(chunk)
    if all("'" not in found.group() and "’" not in found.group() for found in slow):
        assert [(start, end) for start, end, _ in fast] == [found.span() for found in slow]


def test_memory_of_chunks_may_start_anew(monkeypatch):
    monkeypatch.setattr(segmentation, "MOST_CHUNKS", 2)
    for text in ("one two three", "four five one", "one"):
        encoded = segmentation.encode([text])
        assert [encoded.terms[code] for code in encoded.codes] == text.split()
