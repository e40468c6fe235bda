"""The table of accuracy, on a labelled article made for it."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest


def _load():
    path = Path(__file__).parent.parent / "benchmarks" / "accuracy.py"
    spec = importlib.util.spec_from_file_location("accuracy", path)
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up by name.
    sys.modules["accuracy"] = module
    spec.loader.exec_module(module)
    return module


accuracy = _load()

TEXT = 'It rained. "We stay," Ann Hill said. Bo Lee said that the town would stay. Nobody came.'
ROW = {
    "article_id": "a",
    "source": "daily",
    "text": TEXT,
    "attributions": [
        {"content": [[11, 21]], "cue": [[31, 35]], "speaker": [[22, 30]]},
        {"content": [[48, 73]], "cue": [[44, 48]], "speaker": [[37, 43]]},
        # What nobody would find, with another speaker.
        {"content": [[0, 9]], "cue": [[3, 9]], "speaker": [[75, 81]]},
    ],
}


def test_the_marks_of_the_labelled_article_are_where_they_should_be():
    spans = [TEXT[slice(*one[part][0])] for one in ROW["attributions"] for part in ("content", "speaker")]
    assert spans == ['"We stay,"', "Ann Hill", " that the town would stay", "Bo Lee", "It rained", "Nobody"]


def test_the_figures_of_a_labelled_article():
    figures = accuracy.quotations([ROW])
    assert figures == pytest.approx(
        {
            "direct precision": 1.0,
            "direct recall": 1.0,
            "all attributions, precision at IoU .5": 1.0,
            "all attributions, recall at IoU .5": 2 / 3,
            "all attributions, F1 at IoU .5": 0.8,
            "speaker right, of matched with a speaker": 1.0,
            "speaker right, of those guessed": 1.0,
            "attributions marked": 3,
            "attributions found": 2,
        }
    )


def test_a_wrong_speaker_and_a_quotation_that_nobody_marked_count_against():
    wrong = json.loads(json.dumps(ROW))
    wrong["attributions"] = [{"content": [[48, 73]], "cue": [[44, 48]], "speaker": [[22, 30]]}]
    figures = accuracy.quotations([wrong])
    assert figures["direct precision"] == 0
    assert figures["all attributions, precision at IoU .5"] == 0.5
    assert figures["speaker right, of matched with a speaker"] == 0


def test_a_set_that_is_not_there_is_skipped_and_said_to_be(tmp_path):
    (line,) = accuracy.table("quotations", tmp_path)
    assert line == (
        "quotations: skipped, there is no quotations.jsonl in the folder. Published: "
        "PolNeAR (Newell, Margolin & Ruths, LREC 2018), github.com/networkdynamics/PolNeAR"
    )


def test_a_set_that_is_there_gives_a_line_a_figure(tmp_path):
    (tmp_path / "quotations.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    lines = list(accuracy.table("quotations", tmp_path))
    assert lines[0].startswith("quotations: 1 rows. Published: PolNeAR")
    assert "  direct precision                                     1.000" in lines


def test_a_set_without_a_name_here_is_an_error_that_names_those_there_are(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["accuracy", str(tmp_path), "quotation"])
    with pytest.raises(SystemExit):
        accuracy.main()
    said = capsys.readouterr().err
    assert f"no set 'quotation'; there is {', '.join(accuracy.SETS)}" in said
    assert "quotations" in said
