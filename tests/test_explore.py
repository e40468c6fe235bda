"""Exploring: each screen from its tables, and the whole notebook in JupyterLab as a user drives it."""

import json
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from analysis import alignment, explore
from analysis.corpus import CorpusWarning

PROJECT = Path(__file__).parent.parent
BROWSER = PROJECT / "tests" / "browser"


@pytest.fixture(scope="module")
def story():
    return explore.read("bridge-closure")


def drawn_points(screen) -> dict[str, int]:
    """Return how many points each pickable group of the chart really has."""
    lines = {line.get_gid(): line for line in screen.axes.lines if line.get_gid()}
    return {group: len(lines[group].get_xdata()) for group in screen.points}


@pytest.mark.parametrize(
    "ask",
    [
        lambda story: explore.context(story, "bridge"),
        lambda story: explore.words(story, "gazette", min_n=2),
        lambda story: explore.tone(story),
        lambda story: explore.events(story),
    ],
)
def test_each_point_of_a_chart_can_be_picked(story, ask):
    screen = ask(story)
    assert screen.points
    assert drawn_points(screen) == {group: len(names) for group, names in screen.points.items()}


def test_context_sorts_by_what_stands_beside(story):
    right = list(explore.context(story, "the", order="right").table["right"].str.strip().str.casefold())
    assert right == sorted(right)
    left = [text.casefold().split()[::-1] for text in explore.context(story, "the", order="left").table["left"]]
    assert left == sorted(left)
    in_text = explore.context(story, "the").table
    assert list(in_text["start"]) == list(in_text.sort_values(["article_id", "start"])["start"])


def test_a_line_leads_to_its_sentence(story):
    for row in explore.context(story, "bridge").table.itertuples():
        sentence = story.sentences.query("article_id == @row.article_id and sentence_id == @row.sentence_id").iloc[0]
        assert sentence["start"] <= row.start < row.end <= sentence["end"]


def test_voice_and_sources_narrow_what_is_counted(story):
    quoted = explore.narrow(story, sources=["beacon", "gazette"], voice="quotation")
    assert set(quoted.tokens["voice"]) == {"quotation"}
    assert set(quoted.tokens["source"]) == {"beacon", "gazette"}
    everything = explore.narrow(story)
    pd.testing.assert_frame_equal(everything.tokens, story.tokens)


def test_a_higher_threshold_leaves_fewer_linked_sentences(story):
    loose, strict = explore.events(story, threshold=0.05), explore.events(story, threshold=0.5)
    assert len(strict.table) < len(loose.table)
    assert "events are told by two or more articles" in strict.says


def test_words_need_two_sources(story):
    alone = explore.words(explore.narrow(story, sources=["beacon"]), "beacon")
    assert alone.says == "Choose at least two sources: words are compared between them."
    assert alone.axes is None


def test_beside_shows_the_counterpart_and_says_where_there_is_none(story):
    alignments = alignment.align(story.sentences)
    row = alignments.iloc[0]
    texts = story.sentences.set_index(["article_id", "sentence_id"])["text"]
    shown = explore.beside(story, [(row["article_id_a"], row["sentence_id_a"])], alignments=alignments)
    assert f"<p>{explore.safe(texts[row['article_id_b'], row['sentence_id_b']])}</p>" in shown
    nothing = explore.beside(story, [(row["article_id_a"], row["sentence_id_a"])], alignments=alignments.iloc[:0])
    assert nothing.count("No counterpart found.") == 2


def test_hostile_text_stays_text(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(
            f"The <script>alert('{name}')</script> bridge was shut. \"<img src=x onerror=alert(1)>,\" she said.\n"
        )
    hostile = explore.read(tmp_path)
    alignments = alignment.align(hostile.sentences)
    places = list(zip(hostile.sentences["article_id"], hostile.sentences["sentence_id"], strict=True))
    markups = [explore.beside(hostile, places, alignments=alignments, mark="script")]
    markups += [explore.context(hostile, "bridge").markup, explore.voices(hostile).markup, explore.tone(hostile).markup]
    for markup in markups:
        assert "<script" not in markup
        assert "<img" not in markup


def test_saving_never_overwrites(story, tmp_path):
    screen = explore.context(story, "bridge")
    first = [explore.save(screen, "bridge / context", kind=kind, folder=tmp_path) for kind in ("png", "svg", "csv")]
    assert [path.name for path in first] == ["bridge-context.png", "bridge-context.svg", "bridge-context.csv"]
    assert first[0].read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(first[2])) == len(screen.table)
    again = explore.save(screen, "bridge / context", kind="csv", folder=tmp_path)
    assert again.name == "bridge-context-2.csv"
    with pytest.raises(ValueError, match=r"explore\.save: no kind 'pdf'; it is 'png', 'svg' or 'csv'\."):
        explore.save(screen, "bridge", kind="pdf", folder=tmp_path)
    with pytest.raises(ValueError, match="shows no chart"):
        explore.save(explore.Screen("", pd.DataFrame()), "bridge", kind="png", folder=tmp_path)


def test_the_controls_follow_one_another():
    explorer = explore.show("bridge-closure")
    explorer.question.value = "Words that differ"
    explorer.min_n.value = 2
    term = explorer.screen.table["term"].iloc[0]
    explorer.chart.picked = {"key": f"term {term}", "count": 1}
    assert explorer.question.value == "Words in context"
    assert explorer.term.value == term
    assert len(explorer.screen.table) > 0
    explorer.lines.picked = {"key": "sentence 1 bridge-closure/gazette", "count": 1}
    assert explorer.texts.markup.count("<section>") == 3
    explorer.question.value = "Events"
    explorer.lines.picked = {"key": "event 0", "count": 2}
    assert "<section>" in explorer.texts.markup
    explorer.sources.value = ()
    explorer.voice.value = "quotation"
    assert set(explorer.shown.passages["voice"]) == {"quotation"}
    explorer.story.value = "facebook-trump-posts"
    assert set(explorer.sources.options) == {"dispatch", "commentary"}


ENGLISH = "The bridge was shut on Monday, and the mayor of the town said that it would stay so until the summer. " * 3
GERMAN = "Die Bürgermeisterin sagte, dass die Brücke bis zum Sommer für alle Fahrzeuge gesperrt bleiben wird. " * 3


def test_articles_in_another_language_are_named_and_left_out(tmp_path):
    (tmp_path / "bote.txt").write_text(GERMAN, encoding="utf-8")
    with pytest.warns(CorpusWarning):
        explorer = explore.show(tmp_path)
    assert "No article of this story is in English." in explorer.says.value
    explorer.question.value = "Events"
    assert explorer.chart.markup == ""
    (tmp_path / "daily.txt").write_text(ENGLISH, encoding="utf-8")
    with pytest.warns(CorpusWarning):
        explorer = explore.show(tmp_path)
    assert list(explorer.sources.options) == ["daily"]
    assert "Left out, for this reads English only: bote (in German)." in explorer.status.value


def test_a_story_that_cannot_be_read_leaves_nothing_of_another_on_screen(tmp_path):
    explorer = explore.show("bridge-closure")
    explorer._change_to(str(tmp_path))
    assert "holds no articles" in explorer.says.value
    assert explorer.chart.markup == explorer.lines.markup == ""
    explorer.term.value = "mayor"
    explorer.saves[2].click()
    assert "nothing that could be saved" in explorer.status.value


def test_terms_that_stand_nowhere_or_are_none_are_said_to_be(story):
    nowhere = explore.context(story, "zeppelin")
    assert nowhere.says == "“zeppelin” stands 0 times in 3 articles."
    assert nowhere.axes is None
    for nothing in ("", " ", "…"):
        assert explore.context(story, nothing).says == "Type a word, or several in a row, to see them in context."


def test_dropped_files_become_a_story_and_it_is_said_what_was_taken(tmp_path):
    explorer = explore.show("facebook-trump-posts")
    place = str(tmp_path / "vote")
    explorer.into.value = place
    explorer._add(None, {"names": ["../one.txt", "torn.pdf"]}, [memoryview(ENGLISH.encode()), memoryview(b"%PDF-1.7")])
    assert (tmp_path / "vote/originals/one.txt").read_text() == ENGLISH
    assert not (tmp_path / "one.txt").exists()
    assert explorer.story.value == place
    assert list(explorer.sources.options) == ["one"]
    first, second = explorer.status.value.splitlines()
    assert first.startswith("<pre role='status'>one.txt: added as one.md, 63 words")
    assert second.startswith("torn.pdf: not added: torn.pdf cannot be read as a PDF")
    explorer._add(None, {"names": ["two.txt"]}, [memoryview(ENGLISH.replace("bridge", "tunnel").encode())])
    assert list(explorer.sources.options) == ["one", "two"]
    explorer._add(None, {"names": ["two.txt"]}, [memoryview(ENGLISH.replace("bridge", "tunnel").encode())])
    assert "two.txt: already there: its text is that of two.md" in explorer.status.value


def test_a_user_explores_in_jupyterlab(lab, tmp_path, browser):
    shutil.copy(PROJECT / "notebooks" / "explore.ipynb", tmp_path)
    picture = tmp_path / "explore.png"
    command = ["node", BROWSER / "explore.mjs", lab("explore.ipynb"), browser, picture, tmp_path / "vote"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=BROWSER)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["elsewhere"] == []
    assert seen["codeHidden"]
    assert seen["lines"] > 5
    assert seen["marked"].casefold() == "employees"
    assert seen["articles"] == 2
    assert seen["sorted"]
    assert seen["fewer"] < seen["events"]
    assert seen["attributions"] > 10
    assert seen["saved"].strip().endswith(".csv")
    assert seen["dropped"] == ["one.txt: added as one.md, 63 words", "two.txt: added as two.md, 63 words"]
    assert {path.name for path in (tmp_path / "vote").glob("*.md")} == {"one.md", "two.md"}
    assert picture.stat().st_size > 10_000
