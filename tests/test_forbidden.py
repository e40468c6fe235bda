"""Calls that neither the package nor a notebook may make: what runs an article's markup, asks a network, sets options.

What each of them does wrong, and what to call instead, stands beside its name.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

import nbformat
import pytest

PROJECT = Path(__file__).parent.parent

# Imports by the beginning of the module's name.
IMPORTS = {
    "IPython.display": "shows markup with the user's rights: display.py makes fragments that are escaped",
    "matplotlib.pyplot": "keeps every figure open, and sets global state: charts.blank makes a figure",
    "bleach": "is no longer kept up: report.clean",
    "pickle": "runs what a file says",
    **dict.fromkeys(
        ("requests", "httpx", "aiohttp", "urllib.request", "urllib3", "http.client", "ftplib", "smtplib", "webbrowser"),
        "asks a network: nothing is ever fetched",
    ),
}
# Calls and attributes by their last name.
NAMES = {
    "Markdown": "takes text for markup",
    "to_html": "leaves markup in text to the caller's care: display.table",
    "fetch_url": "asks a network: nothing is ever fetched",
    "noun_phrases": "of TextBlob needs corpora that are not there",
    "set_option": "sets a global option",
    "rcParams": "sets a global option: charts.STYLE within a context",
    "eval": "runs text",
    "exec": "runs text",
}
OPTIONS = {("escape", False), ("render_links", True), ("sanitize_html", True), ("shell", True)}
STYLER = {"apply", "map", "format", "background_gradient", "bar", "hide", "highlight_max", "highlight_min", "pipe"}
STYLER |= {"set_caption", "set_properties", "set_table_styles", "set_table_attributes"}


def found(source: str) -> list[str]:
    """Return each forbidden thing in some code, with its line and the reason."""
    return [f"line {node.lineno}: {what}" for node in ast.walk(ast.parse(source)) for what in _forbidden(node)]


def _forbidden(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return _imported(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return _imported(f"{node.module}.{alias.name}" for alias in node.names)
    if isinstance(node, ast.Attribute):
        styled = isinstance(node.value, ast.Attribute) and node.value.attr == "style" and node.attr in STYLER
        return _named(node.attr) + ([f"style.{node.attr} leaves markup in text as it is"] if styled else [])
    if isinstance(node, ast.Name):
        return _named(node.id)
    return _called(node) if isinstance(node, ast.Call) else []


def _imported(names: Iterable[str]) -> list[str]:
    pairs = ((name, forbidden) for name in names for forbidden in IMPORTS if f"{name}.".startswith(f"{forbidden}."))
    return [f"{name} {IMPORTS[forbidden]}" for name, forbidden in pairs]


def _named(name: str) -> list[str]:
    return [f"{name} {NAMES[name]}"] if name in NAMES else []


def _called(node: ast.Call) -> list[str]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    options = {option.arg: getattr(option.value, "value", None) for option in node.keywords}
    wrong = [f"{key}={value}" for key, value in options.items() if (key, value) in OPTIONS]
    # A widget's own markup is fixed text; what comes from a table goes through display.
    fixed = all(isinstance(value, ast.Constant) for value in node.args)
    return wrong + (["HTML of what is no fixed text"] if name == "HTML" and not fixed else [])


CODE = {
    **{path.stem: path.read_text(encoding="utf-8") for path in sorted((PROJECT / "analysis").glob("*.py"))},
    **{
        f"{path.stem}.ipynb": "\n".join(
            cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"
        )
        for path in sorted((PROJECT / "notebooks").glob("*.ipynb"))
    },
}


@pytest.mark.parametrize("name", CODE)
def test_nothing_forbidden_is_called(name):
    assert found(CODE[name]) == []


@pytest.mark.parametrize(
    "code",
    [
        "from IPython.display import HTML",
        "import IPython.display",
        "import matplotlib.pyplot as plt",
        "from matplotlib import pyplot",
        "from urllib import request",
        "import requests",
        "Markdown(f'# {title}')",
        "widgets.HTML(f'<b>{text}</b>')",
        "HTML(text)",
        "frame.style.background_gradient()",
        "frame.to_html()",
        "frame.to_html(escape=False)",
        "table(frame, render_links=True)",
        "blob.noun_phrases",
        "pd.set_option('display.max_rows', 9)",
        "matplotlib.rcParams['x'] = 1",
        "eval(text)",
        "subprocess.run(text, shell=True)",
    ],
)
def test_a_forbidden_call_is_seen(code):
    assert found(code)


@pytest.mark.parametrize("code", ["widgets.HTML('<h4>Add</h4>')", "display.style()", "paragraph.style.name"])
def test_what_is_allowed_is_not(code):
    assert found(code) == []
