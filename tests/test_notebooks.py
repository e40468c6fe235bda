"""The notebooks: what a reader of one meets, and that each runs, a warning counting as an error."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LOGIC = (ast.FunctionDef, ast.For, ast.While, ast.Lambda, ast.Try, ast.If, ast.With, ast.ClassDef)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_opens_with_its_question_then_what_to_change(notebook):
    assert re.match(r"# .+", notebook.cells[0].source)
    assert "parameters" in notebook.cells[1].metadata.get("tags", [])
    assert re.search(r"(?m)^(from|import) ", notebook.cells[2].source)


def test_it_holds_no_logic(notebook):
    for cell in code_cells(notebook):
        found = [type(node).__name__ for node in ast.walk(ast.parse(cell.source)) if isinstance(node, LOGIC)]
        assert not found, cell.source


def test_its_cells_are_short(notebook):
    for cell in code_cells(notebook)[2:]:
        assert len(ast.parse(cell.source).body) <= 6, cell.source


def test_it_is_committed_without_outputs(notebook):
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_jupyterlab_need_not_ask_for_a_kernel(notebook):
    assert notebook.metadata.kernelspec.name == "python3"


def test_it_runs_without_a_warning(notebook):
    from nbclient import NotebookClient

    strict = nbformat.v4.new_code_cell("import warnings; warnings.simplefilter('error')")
    notebook.cells.insert(0, strict)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
