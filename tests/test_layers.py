"""Who imports whom: measures stand on the text alone, what joins them up stands a floor above."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import analysis

PACKAGE = Path(analysis.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")

# Each floor may use the floors before it, not its own.
FLOORS = {
    "ground": {"tables", "manuscript", "inspection"},
    "found": {"found"},
    "exports": {"databases"},
    "formats": {"document", "printout", "spreadsheet", "webpage"},
    "adding": {"importing"},
    "text": {
        "batches",
        "duplicates",
        "quantity",
        "segmentation",
        "storylines",
        "resampling",
        "targets",
        "textblob_engine",
        "vader_engine",
    },
    "grammar": {"parsing"},
    "names": {"names"},
    "identity": {"identity"},
    "attribution": {"attribution"},
    "speakers": {"speakers"},
    "measures": {
        "corpus",
        "quotation",
        "sentiment",
        "frequency",
        "keyness",
        "concordance",
        "alignment",
        "actors",
        "contrast",
        "language",
        "charts",
    },
    "said": {"captions"},
    "shown": {"display"},
    "weighed": {"second_opinion", "findings", "agreement", "coding"},
    "joined": {"framing", "evidence"},
    "uses": {"explore", "report", "survey"},
    "command": {"__main__"},
}


def imports(module: str) -> set[str]:
    """Return the modules of the package that ``module`` imports anywhere in its code, late imports included."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "analysis":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analysis."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("analysis.")}
    return found & set(MODULES)


def test_each_module_has_its_floor():
    placed = [module for floor in FLOORS.values() for module in floor]
    assert len(placed) == len(set(placed))
    assert set(MODULES) <= set(placed), "a new module: give it a floor here"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_below_only(module):
    below: set[str] = set()
    for floor in FLOORS.values():
        if module in floor:
            break
        below |= floor
    above = imports(module) - below
    assert not above, f"{module} imports {sorted(above)}"


def test_importing_the_package_does_nothing_else():
    code = (
        "import sys; before = set(sys.modules); import analysis; "
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('analysis')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert not done.stderr


def test_heavy_libraries_are_loaded_only_where_they_are_used():
    heavy = [
        "textblob",
        "nltk",
        "spacy",
        "sklearn",
        "scipy",
        "matplotlib",
        "nbconvert",
        "trafilatura",
        "IPython",
        "dask",
    ]
    code = (
        f"import sys; from analysis import {', '.join(name for name in MODULES if name != '__main__')}; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "[]"
