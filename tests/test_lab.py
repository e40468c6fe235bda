"""What display.py makes in JupyterLab itself, under its styles and among its keys, several outputs in one notebook."""

import json
import re
import subprocess
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.sign import NotebookNotary

from analysis import alignment, corpus, display, segmentation

FOLDER = Path(__file__).parent / "browser"
TABLE = pd.DataFrame({"source": ["beacon", "gazette", "ledger"], "said": ["a", "b", "c"], "words": [7, 31, 9]})


def executed(fragments):
    """Return a notebook with one executed cell a fragment, as JupyterLab saves it."""
    cells = [
        nbformat.v4.new_code_cell(
            f"shown[{place}]",
            execution_count=place + 1,
            outputs=[
                nbformat.v4.new_output(
                    "execute_result",
                    data={"text/html": fragment._repr_html_(), "text/plain": repr(fragment)},
                    execution_count=place + 1,
                )
            ],
        )
        for place, fragment in enumerate(fragments)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture
def seen(browser, lab, tmp_path):
    """Return what a reader meets in JupyterLab, in a notebook that it trusts as one that was run here."""
    articles = corpus.read("bridge-closure")
    sentences = segmentation.split(articles)
    events = alignment.events(sentences, alignment.align(sentences))
    reader = display.reader(articles, sentences, events)
    choice = display.pick({"one": display.table(TABLE), "two": display.table(TABLE)})
    notebook = executed([display.table(TABLE), reader, choice, reader])
    nbformat.write(notebook, tmp_path / "shown.ipynb")
    (tmp_path / ".data").mkdir()
    NotebookNotary(data_dir=str(tmp_path / ".data")).sign(notebook)
    command = ["node", str(FOLDER / "lab.mjs"), lab("shown.ipynb"), browser, str(tmp_path / "lab.png")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, cwd=FOLDER)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_is_shown_works_in_jupyterlab(seen):
    assert (seen["elsewhere"], seen["errors"]) == ([], [])
    assert seen["outputs"] == 4
    # The table: text to the left, numbers to the right, no line shaded, sorted by a click.
    assert {(last, side) for last, side in seen["aligned"]} == {(False, "left"), (True, "right")}
    assert len(seen["shades"]) == 1
    assert seen["sortable"] == 3
    assert seen["sorted"] == ["31", "9", "7"]
    assert seen["choices"] == 1
    # The reader: lit by pointer, by focus and for good by the Enter key, which JupyterLab leaves to it.
    assert seen["plain"] != seen["hovered"] == seen["focused"]
    assert seen["pinned"] == [seen["members"], 0]
    assert seen["members"] > 1
    assert re.fullmatch(r"Event \d+ is told here and by (gazette|ledger|gazette, ledger)\.", seen["status"])
    assert seen["cleared"] == 0
    assert seen["address"]
    # The same reader in another output is another one.
    assert seen["first"] == [["all"], ["all"]]
    assert seen["arrow"] == [["shared"], ["all"]]
    assert seen["alone"][0] == 0 < seen["alone"][1]
    # Arrows scroll and choose in here; they do not leave the cell.
    assert seen["scrolled"] > 0
    assert seen["sameCell"] == seen["cell"]
