"""The engine against TextBlob itself: the same figures to the last bit."""

import hashlib
import inspect
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textblob import TextBlob, _text
from textblob.en import Sentiment, sentiment

from analysis import corpus, segmentation, textblob_engine

sentiment("load")
SMILEYS = sorted(form for forms in _text.EMOTICONS.values() for form in forms)
WORDS = sorted(dict.keys(sentiment))
SCRAPS = """no not never n't isn't can't ain't really very absolutely extremely a I to the it's 'd o. .O tax six x D O 8
    (age Poll: Mr. Dr. U.S. e.g. etc. J.K. ... .... ..... (!) ! !! ?! END-OF-SENTENCE w/ 10.30 “ ” ‘ ’ ' \" """

gaps = st.sampled_from([" ", " ", "", "", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\u00a0", "\u2003", "\x1c", "\x85"])
spread_smileys = st.builds(
    lambda smiley, between: "".join(a + b for a, b in zip(smiley, between, strict=False)),
    st.sampled_from(SMILEYS),
    st.lists(gaps, min_size=5, max_size=5),
)
scraps = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(str.upper),
    st.sampled_from(SCRAPS.split()),
    st.sampled_from([*_text.PUNCTUATION, *"<>/\\8xXoODPpbcsS3°♥“”‘’İſßΣ日\u200b\u0301\x00½"]),
    spread_smileys,
    spread_smileys.map(str.swapcase),
    st.text(alphabet="abdnotrlyDOx8' .-", max_size=5),
    st.text(max_size=4),
)
texts = st.lists(st.tuples(scraps, gaps), max_size=14).map(lambda pairs: "".join(a + b for a, b in pairs))


def theirs(text):
    polarity, subjectivity = found = sentiment(text)
    return float(polarity).hex(), float(subjectivity).hex(), len(found.assessments)


def ours(text):
    (polarity,), (subjectivity,), (n_scored,) = textblob_engine.score([text])
    return float(polarity).hex(), float(subjectivity).hex(), n_scored


def same_phrases(text):
    expected = [(tuple(words), p, s) for words, p, s, _ in sentiment(text).assessments]
    return [tuple(phrase) for phrase in textblob_engine.assess(text)] == expected


@settings(max_examples=1000, deadline=None)
@given(texts)
@example("TextBlob is amazingly simple to use. What great fun!")
@example("very very good, not very good, not a good, not the good, not! good")
@example("Really not good. isn't good, isn’t good; “not” good no bad")
@example("He (age 8) left. Poll: 3 of 4. Like that: (1) ... ): (Chanting")
@example("8\n\n) o. O. x -D tax D o_ O ':'(' (!) great ( ! ) great!!!")
@example("....good.... Mr. good. U.S.: good St. END-OF-SENTENCE. good's")
def test_any_text_gets_the_figures_of_textblob_to_the_last_bit(text):
    assert ours(text) == theirs(text)
    assert same_phrases(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, "not", "no", "never", "a", "to", "the", "!", ","]), max_size=25), st.data())
def test_mutations_of_known_words_get_the_figures_of_textblob(words, data):
    text = " ".join(words)
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.sampled_from(["", "!", "’", "n't", ".", "-", "\n\n", ")", ":", "(!)"])) + text[at:]
    assert ours(text) == theirs(text)
    assert same_phrases(text)


def test_the_texts_of_the_project_get_the_figures_of_textblob():
    articles = corpus.read(corpus.HOME)
    sentences = list(segmentation.split(articles)["text"])
    for text in [*articles["text"], *sentences, *(text[5:-5] for text in sentences)]:
        assert ours(text) == theirs(text)
        assert same_phrases(text)


def test_the_public_interface_of_textblob_gives_the_same():
    text = "The mayor was, sadly, not very pleased (age 8)."
    assert tuple(TextBlob(text).sentiment) == tuple(part.item() for part in textblob_engine.score([text])[:2])


def test_each_word_has_the_values_that_textblob_has_on_this_python():
    mine = textblob_engine._engine(frozenset()).words
    assert set(mine) == set(WORDS)
    for word, value in mine.items():
        by_pos = dict.__getitem__(sentiment, word)
        assert tuple(by_pos[None]) == value[:3]
        assert ("RB" in by_pos, word.endswith("ly")) == (value.modifies, value.turns)


def test_no_known_word_is_a_negation_or_a_smiley():
    # What the fast way leaves out because it cannot happen with this lexicon.
    known = textblob_engine._engine(frozenset()).words
    assert not set(textblob_engine.NEGATIONS) & set(known)
    assert not {smiley.lower() for smiley in SMILEYS} & set(known)
    assert all(word == word.lower() for word in known)
    assert all(value.intensity > 0 for value in known.values())


def test_abbreviations_smileys_and_marks_are_those_of_textblob():
    entries = textblob_engine._entries()
    assert {form for kind, form, _ in entries if kind == "abbreviation"} == set(_text.ABBREVIATIONS)
    smileys = {(kind, float(value), form) for kind, form, value in entries if kind != "abbreviation"}
    assert smileys == {(*kind, form) for kind, forms in _text.EMOTICONS.items() for form in forms}
    assert [kind for kind, _ in _text.EMOTICONS] == list(dict.fromkeys(k for k, _, _ in entries if k != "abbreviation"))
    assert (textblob_engine.PUNCTUATION, textblob_engine._PARAGRAPH) == (_text.PUNCTUATION, _text.EOS)
    assert sentiment.negations == textblob_engine.NEGATIONS
    assert (sentiment.modifiers, _text.MOOD, _text.IRONY) == (("RB",), "mood", "irony")


def test_textblob_still_has_the_code_that_the_engine_follows():
    parts = (_text.find_tokens, _text.Sentiment.load, _text.Sentiment.__call__, _text.Sentiment.assessments)
    parts = (*parts, _text.Sentiment.annotate, Sentiment.load, _text.avg)
    code = "".join(inspect.getsource(part) for part in parts)
    assert (
        hashlib.sha256(code.encode()).hexdigest() == "6b2b4949a3604b222c9dec7af1bb149fab32fae53202d8cd4799ebb8f51cfe84"
    ), (
        "This release of TextBlob computes sentiment with other code than the one that analysis/textblob_engine.py "
        "follows: compare the two, run this file, and put the new hash here once all figures agree."
    )


def test_textblob_is_not_imported():
    code = (
        "import sys; from analysis import textblob_engine; textblob_engine.score(['good']); "
        "sys.exit('textblob' in sys.modules or 'nltk' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(textblob_engine, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError) as error:
        textblob_engine._lexicon_file()
    assert str(error.value) == (
        "sentiment: the package 'textblob', which holds the word values of engine 'textblob', is not installed; "
        "install it with: python -m pip install textblob"
    )


def test_forgetting_what_was_read_changes_nothing(monkeypatch):
    monkeypatch.setattr(textblob_engine, "MEMORY", 3)
    engine = textblob_engine._Engine(frozenset())
    for text in ["A very good day, not a bad one.", "A good, really great, rather sad and awful day.", "(age 8)"] * 2:
        found = tuple(part.item() for part in engine.score([text]))
        assert found == (*sentiment(text), len(sentiment(text).assessments))
    assert len(engine.chunks) <= 4


def test_a_very_long_chunk_of_marks_is_read():
    for text in [",'" * 5000, "good" + ",’" * 5000, "“(" * 5000 + "good", "n't" * 5000, "." * 5000]:
        assert ours(text) == theirs(text)


def test_no_texts_give_empty_arrays():
    polarity, subjectivity, n_scored = textblob_engine.score([])
    assert (polarity.dtype, subjectivity.dtype, n_scored.dtype) == ("float64", "float64", "int64")
    assert (len(polarity), len(subjectivity), len(n_scored)) == (0, 0, 0)


def test_half_a_surrogate_pair_is_read():
    for text in ["good \ud800 day", "not \ud800good, \udfff\ud800\udfff bad", "very \ud83d \ude00 good :\udfff)"]:
        assert ours(text) == theirs(text)


def test_a_blank_end_is_read_the_same_each_time():
    # Arrow parts a text by reading one byte beyond it. A text of 64 bytes fills its memory, and whatever was there
    # before stands behind it.
    text = "not outstanding, extremely sincerely\t".rjust(64)
    for _ in range(300):
        before = [pa.array([b"\xff" * 64], type=pa.large_binary()) for _ in range(20)]
        del before[::2]
        assert ours(text) == theirs(text)


def test_batches_give_the_figures_of_single_texts(monkeypatch):
    texts = ["A very good day!", "", "It rained.", "Not bad :) (age 8)", "really not good at all, no", "\n"] * 3
    alone = [tuple(part.item() for part in textblob_engine.score([text])) for text in texts]
    monkeypatch.setattr(textblob_engine, "BATCH", 4)
    assert list(zip(*(part.tolist() for part in textblob_engine.score(texts)), strict=True)) == alone
