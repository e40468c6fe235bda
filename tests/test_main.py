"""The command line: what each command prints, how it fails, and what it loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis import manuscript, report
from analysis.__main__ import app

COMMANDS = ("report", "add", "check", "survey", "stories")
ENGLISH = "The mayor said that the bridge is to stay shut until the summer, and that nobody was hurt on the day. " * 4
GERMAN = "Die Bürgermeisterin sagte, dass die Brücke bis zum Sommer für alle Fahrzeuge gesperrt bleiben wird. " * 4


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARALLAX_MAX_MB", raising=False)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def started(*arguments, **options):
    """Run the command as a user does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "analysis", *map(str, arguments)], capture_output=True, text=True, timeout=300, **options
    )


class TestHelp:
    def test_it_names_the_commands_and_what_the_exit_status_means(self):
        done = run("--help")
        assert done.exit_code == 0
        assert all(f"\n  {command}" in done.stdout for command in COMMANDS)
        for status in ("0 done", "1 articles", "2 a command", "3 a step", "4 its process", "5 it took", "6 the", "130"):
            assert status in " ".join(done.stdout.split())
        assert run().stdout == done.stdout
        assert run("-h").stdout == done.stdout

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_command_has_examples(self, command):
        done = run(command, "--help")
        assert done.exit_code == 0
        assert f"Examples:\n    parallax {command}" in done.stdout

    def test_version(self):
        from analysis import __version__

        assert run("--version").stdout == f"parallax {__version__}\n"

    def test_what_is_not_understood_is_said_with_status_2(self):
        for arguments in (["nonsense"], ["report", "--nonsense"], ["add", "story"], ["check"]):
            done = run(*arguments)
            assert done.exit_code == 2
            assert "Error: " in done.stderr

    def test_help_and_completion_load_nothing_heavy(self):
        heavy = ("pandas", "numpy", "rich", "IPython", "nbconvert", "spacy")
        code = (
            "import sys; import analysis.__main__ as m; m._complete_stories('');"
            f"print([name for name in {heavy} if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"

    def test_shell_completion_knows_commands_and_stories(self):
        code = "import sys; sys.argv[0] = 'parallax'; from analysis.__main__ import main; main()"
        for words, place, found in (("parallax re", 1, "report"), ("parallax report bri", 2, "bridge-closure")):
            environment = {
                **os.environ,
                "_PARALLAX_COMPLETE": "complete_bash",
                "COMP_WORDS": words,
                "COMP_CWORD": str(place),
            }
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
            assert found in done.stdout.split()


BAD = {
    "no such story": (None, "no story or folder 'council'; the stories here are 'bridge-closure', "),
    "an empty folder": ({}, "council holds no articles; put one file an article (.md or .txt) into it"),
    "an empty file": ({"a.txt": b""}, "council/a.txt is empty: there is no text in it."),
    "a binary file": ({"a.txt": b"x\x00y"}, "council/a.txt is a binary file, not text"),
    "undecodable bytes": ({"a.txt": b"x \x81 y"}, "council/a.txt is no text in UTF-8, UTF-16 or Windows-1252"),
    "broken front matter": ({"a.md": b"---\ntitle: [\n---\nx"}, "council/a.md, line 2: the front matter cannot be"),
    "two with one id": (
        {"a.md": b"---\narticle_id: x\n---\na", "b.md": b"---\narticle_id: x\n---\nb"},
        "two articles have the id 'x': council/a.md and council/b.md",
    ),
    "a file over 5 MB": ({"a.txt": b"x" * 5_000_001}, "council/a.txt is too large: 5.0 MB, where a file may have 5."),
}


class TestReport:
    @pytest.mark.parametrize("case", BAD)
    def test_bad_input_is_one_sentence_status_1_and_nothing_written(self, here, case):
        files, sentence = BAD[case]
        if files is not None:
            (here / "council").mkdir()
        for name, data in (files or {}).items():
            (here / "council" / name).write_bytes(data)
        before = sorted(here.rglob("*"))
        done = run("report", "council", "--out", "page.html")
        assert done.exit_code == 1
        assert done.stdout == ""
        assert done.stderr.startswith(f"parallax: {sentence}")
        assert done.stderr.count("\n") == 1
        assert sorted(here.rglob("*")) == before

    def test_a_folder_of_ones_own_with_warnings(self, here):
        (here / "council").mkdir()
        (here / "council/daily.txt").write_bytes(f"“{ENGLISH}”".encode("cp1252"))
        (here / "council/bote.txt").write_text(GERMAN, encoding="utf-8")
        done = started("report", "council", "--out", "page.html", cwd=here, env={**os.environ, "NO_COLOR": "1"})
        assert done.returncode == 0, done.stderr
        assert done.stdout == "page.html\n"
        assert done.stderr.splitlines() == [
            "parallax: council/bote.txt is in German, not in English: the report leaves it out of every measure.",
            "parallax: council/daily.txt is read as Windows-1252; save it as UTF-8 to be sure of every character.",
        ]
        page = (here / "page.html").read_text(encoding="utf-8")
        assert "in German, not in English" in page
        assert "read as Windows-1252" in page

    def test_options_reach_the_report(self, here, monkeypatch):
        seen = {}

        def build(place, **options):
            seen.update(options, place=place, limit=os.environ.get("PARALLAX_MAX_MB"))
            return here / "out" / "page.html"

        monkeypatch.setattr(report, "build", build)
        monkeypatch.setenv("PARALLAX_MAX_MB", "5")
        done = run("report", "bridge-closure", "--out", "a/b.html", "--no-text", "--csv", "--max-mb", "7.5")
        assert done.stdout == "out/page.html\n"
        assert seen == {
            "place": "bridge-closure",
            "out": Path("a/b.html"),
            "no_text": True,
            "csv": True,
            "progress": None,
            "limit": "7.5",
        }
        run("report")
        assert (seen["place"], seen["out"], seen["no_text"], seen["csv"]) == (
            "facebook-trump-posts",
            None,
            False,
            False,
        )

    @pytest.mark.parametrize(
        ("error", "status", "sentence"),
        [
            (report.CellError("Cell 5 failed."), 3, "Cell 5 failed."),
            (report.KernelError("The kernel died."), 4, "The kernel died."),
            (report.TooSlowError("It took too long."), 5, "It took too long."),
            (report.WriteError("It could not be written."), 6, "It could not be written."),
            (report.StoppedError("Stopped."), 130, "Stopped."),
            (KeyboardInterrupt(), 130, "stopped."),
            (
                OSError(28, "No space left on device", "page.html"),
                6,
                "page.html cannot be read or written: No space left",
            ),
        ],
    )
    def test_each_failure_has_its_status(self, here, monkeypatch, error, status, sentence):
        def build(*_, **__):
            raise error

        monkeypatch.setattr(report, "build", build)
        done = run("report", "bridge-closure")
        assert done.exit_code == status
        assert done.stderr.startswith(f"parallax: {sentence}")
        assert "Traceback" not in done.stderr

    def test_a_fault_of_the_program_is_not_hidden(self, here, monkeypatch):
        def build(*_, **__):
            raise RuntimeError("a fault")

        monkeypatch.setattr(report, "build", build)
        with pytest.raises(RuntimeError, match="a fault"):
            run("report", "bridge-closure")

    def test_nothing_of_a_name_reaches_the_terminal_raw(self, here):
        done = run("report", "a\x1b[31mb\nc")
        assert done.exit_code == 1
        assert "\x1b" not in done.stderr
        assert done.stderr.count("\n") == 1


class TestAdd:
    def test_it_says_what_it_took_and_left_out(self, here):
        (here / "daily.txt").write_text(ENGLISH)
        (here / "broken.pdf").write_bytes(b"%PDF-1.7\nbroken")
        story = here / "council"
        done = run("add", story, "daily.txt", "broken.pdf")
        assert done.exit_code == 1
        first, second = done.stdout.splitlines()
        assert first == "added: daily.txt -> council/daily.md (84 words, source daily, no date, no headline)"
        assert second.startswith("not added: broken.pdf: broken.pdf cannot be read as a PDF: it is damaged")
        assert (story / "originals/daily.txt").read_text() == ENGLISH
        again = run("add", story, "daily.txt")
        assert again.exit_code == 0
        assert again.stdout == "already there: daily.txt: its text is that of daily.md\n"

    def test_a_headline_and_a_date_are_said(self, here):
        (here / "all.jsonl").write_text('{"text": "It rained.", "title": "Ra\\u001bin", "date": "2020-06-02"}')
        done = run("add", here / "council", "all.jsonl")
        assert "(4 words, source all, 2020-06-02, “Ra\\x1bin”)" in done.stdout

    def test_a_name_that_is_none(self, here):
        (here / "daily.txt").write_text(ENGLISH)
        done = run("add", "corpus", "daily.txt")
        assert done.exit_code == 1
        assert "holds stories, not articles" in done.stderr


class TestCheck:
    def test_what_loads_and_what_looks_wrong(self, here):
        (here / "council").mkdir()
        (here / "council/daily.txt").write_text(ENGLISH)
        done = run("check", "council")
        assert done.exit_code == 0
        assert done.stdout == "council/daily: loads: 84 words, no date, no headline\n1 article loads; 0 to look at.\n"
        (here / "council/a\x1b.txt").write_bytes(b"\x00")
        done = run("check", "council")
        assert done.exit_code == 1
        assert "council/a\\x1b: does not load: council/a\\x1b.txt is a binary file, not text" in done.stdout
        assert done.stdout.endswith("1 article loads; 1 to look at.\n")

    def test_the_shipped_article_with_odd_marks(self, here):
        done = run("check", "facebook-trump-posts")
        assert done.exit_code == 0
        assert "dispatch: quotation marks: 2 opening and 1 closing curly quotation marks" in done.stdout


class TestStories:
    def test_the_corpus_and_a_folder_of_ones_own(self, here):
        assert run("stories").stdout.splitlines() == [
            "bridge-closure: beacon, gazette, ledger",
            "facebook-trump-posts: commentary, dispatch",
        ]
        (here / "mine/council").mkdir(parents=True)
        (here / "mine/council/daily.txt").write_text(ENGLISH)
        (here / "mine/council/post.md").write_text(f"---\nsource: The Post\n---\n{ENGLISH}")
        (here / "mine/council/z.txt").write_bytes(b"\x00")
        assert run("stories", "mine").stdout == "council: daily, The Post, z.txt (does not load: parallax check)\n"

    def test_from_any_directory(self, here):
        done = started("stories", cwd=here)
        assert done.stdout.startswith("bridge-closure: ")
        assert done.stderr == ""


class TestSurvey:
    def test_tables_are_written_and_their_folder_is_named(self, here):
        done = run("survey", "bridge-closure", "--out", "tables", "--workers", "1")
        assert done.exit_code == 0
        assert done.stdout == "tables\n"
        assert (here / "tables/articles.parquet").is_file()

    @pytest.mark.parametrize(
        ("arguments", "status", "sentence"),
        [
            (["nowhere"], 1, "parallax: no story or folder 'nowhere'"),
            (["corpus", "--engine", "none"], 1, "parallax: survey.run: no engine 'none'"),
            (["corpus", "--column", "text"], 2, "give each as NAME=OWN, such as text=body"),
        ],
    )
    def test_what_it_cannot_do_is_one_sentence(self, here, arguments, status, sentence):
        done = run("survey", *arguments, "--out", "tables")
        assert done.exit_code == status
        assert sentence in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr


def test_the_project_finds_its_corpus():
    assert Path(__file__).parent.parent / "corpus" == manuscript.HOME
