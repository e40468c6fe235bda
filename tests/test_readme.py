"""The README's blocks run: Python as it stands, commands as far as a test can go."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^ *```(\w+)\n(.*?)^ *```$", README)
COMMANDS = [
    line.strip()[2:] for kind, block in BLOCKS if kind == "console" for line in block.splitlines() if line.strip()
]


def test_python_blocks_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = [block for kind, block in BLOCKS if kind == "python"]
    names: dict = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert len(names["tones"]) > 2
    assert names["key_terms"]["q"].between(0, 1).all()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("make ")])
def test_make_commands_have_their_target(line):
    done = subprocess.run(["make", "--dry-run", *line.split()[1:]], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("given", "asked"), [((), ""), (("STORY=",), ""), (("STORY= ",), ""), (("STORY=a folder",), '"a folder"')]
)
def test_make_report_takes_a_story_and_without_one_the_default(given, asked):
    command = ["make", "--no-print-directory", "--dry-run", "--old-file=.venv/ready", "report", *given]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip() == f".venv/bin/python -m analysis report {asked}".strip(), done.stderr


def test_parallax_commands_work_in_their_order(tmp_path):
    (tmp_path / "path/to/folder").mkdir(parents=True)
    for name, text in [("one", "The bridge was shut on Monday."), ("two", "On Monday the bridge was shut. Many wept.")]:
        (tmp_path / f"path/to/folder/{name}.txt").write_text(f"{text} Nobody was hurt, the mayor said.\n")
    line = next(line for line in COMMANDS if "parallax report path/to/folder" in line)
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *line.split()[1:]], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "comparison.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_each_subcommand_is_there():
    from analysis.__main__ import app

    named = {command.name or command.callback.__name__ for command in app.registered_commands}
    used = {match for line in COMMANDS for match in re.findall(r"parallax (\w+)", line)}
    used |= set(re.findall(r"`(\w+)`", re.search(r"lists the commands:(.*)", README)[1]))
    assert used <= named


def test_links_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)", README):
        assert (PROJECT / target).exists(), target
