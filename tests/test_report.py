"""The report: what a page holds and never holds, and what is left when something goes wrong."""

import base64
import errno
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import corpus, report

HOSTILE = """It cost $5 million, then $10 million </style></script><script>alert("text")</script> on *Monday*.

The mayor said: "<img src=x onerror=alert(1)> We closed the bridge [here](javascript:alert(2)) on Tuesday."

About 300 people stood at the bridge \x1b[31m in the evening\x07 and \u202eshouted. It was a terrible, shameful day.
"""


def article(folder: Path, source: str, text: str, **fields: str) -> None:
    lines = "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in {"source": source, **fields}.items()
    )
    (folder / f"{len(list(folder.iterdir()))}.md").write_text(f"---\n{lines}---\n{text}", encoding="utf-8")


@pytest.fixture
def story(tmp_path):
    folder = tmp_path / "small-story"
    folder.mkdir()
    article(folder, "daily", "The bridge closed on Monday. People were angry about it.")
    return folder


@pytest.fixture
def notebook(tmp_path):
    """Return what writes a notebook of these cells behind a title and its parameters."""

    def write(*sources: str) -> Path:
        book = nbformat.v4.new_notebook()
        values = nbformat.v4.new_code_cell("story = 'x'\nfull_text = True", metadata={"tags": ["parameters"]}, id="a")
        book.cells = [nbformat.v4.new_markdown_cell("# Why?", id="q"), values]
        book.cells += [nbformat.v4.new_markdown_cell("## The part", id="part")]
        book.cells += [nbformat.v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate(sources)]
        path = tmp_path / "book.ipynb"
        nbformat.write(book, path)
        return path

    return write


class Reading(HTMLParser):
    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def given_page(tmp_path_factory):
    return report.build("facebook-trump-posts", out=tmp_path_factory.mktemp("page") / "given.html")


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    """Return the page of six sources, one of an odd name, with markup wherever an article can hold it."""
    folder = tmp_path_factory.mktemp("stories") / "a <b>story & 'more'"
    folder.mkdir()
    article(
        folder, '<i>O\'Brien & Söhne</i> "x"', HOSTILE, title="<script>alert(3)</script>", url="javascript:alert(4)"
    )
    for i in range(5):
        text = f"The bridge closed on Tuesday. Some {i + 1}00 people stood there in the evening.\n\n{HOSTILE}"
        article(folder, f"paper {i}", text, url="https://paper.example/a?b=1&c=2")
    return report.build(folder, out=folder.parent / "out" / "hostile.html")


@pytest.mark.parametrize("page", ["given_page", "hostile_page"])
def test_a_page_stands_alone(page, request):
    path = request.getfixturevalue(page)
    text = path.read_text("utf-8")
    found = Reading(text)
    assert len(found.all("script")) == 1
    assert "src" not in found.all("script")[0]
    assert [link["href"] for link in found.all("link")] == ["data:,"]
    assert not found.all("iframe") + found.all("object") + found.all("embed") + found.all("img")
    assert not re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", text)
    for _, attributes in found.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc", "action")]
        assert re.match(r"(#|https?://|data:,)", attributes.get("href", "#"))
    for svg in found.all("svg"):
        assert svg["role"] == "img"
        assert svg["aria-label"]


def test_the_policy_lets_this_script_and_this_style_run_and_no_other(given_page):
    text = given_page.read_text("utf-8")
    (policy,) = [meta["content"] for meta in Reading(text).all("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_what_an_article_holds_is_shown_and_does_nothing(hostile_page):
    text = hostile_page.read_text("utf-8")
    assert "alert" not in " ".join(re.findall(r"<script>.*?</script>", text, re.DOTALL))
    assert '&lt;script&gt;alert("text")&lt;/script&gt;' in text
    assert "$5 million, then $10 million" in text
    assert "\\x1b[31m" in text
    assert not set("\x1b\x07\u202e") & set(text)
    assert "&lt;i&gt;O'Brien &amp; Söhne&lt;/i&gt;" in text
    assert 'href="https://paper.example/a?b=1&amp;c=2"' in text
    assert not [link for link in Reading(text).all("a") if "javascript" in link.get("href", "")]


def test_two_builds_give_the_same_bytes(given_page, tmp_path):
    again = report.build("facebook-trump-posts", out=tmp_path / "again.html")
    assert again.read_bytes() == given_page.read_bytes()


def test_sizes(given_page, hostile_page):
    assert given_page.stat().st_size < 500_000
    assert hostile_page.stat().st_size < 1_500_000


def test_a_page_tells_what_it_was_made_of(given_page):
    text = given_page.read_text("utf-8")
    assert report.digest(corpus.read("facebook-trump-posts")) in text
    assert f"pandas {pd.__version__}" in text
    assert "story = facebook-trump-posts" in text
    assert "engine = textblob" in text
    assert str(Path.home()) not in text


def test_one_article_without_its_text_and_all_tables(tmp_path):
    folder = tmp_path / "alone"
    folder.mkdir()
    words = [f"word{i}" for i in range(40)]
    (folder / "daily.txt").write_text(f"It rained. {' '.join(words)}.\n\nThe mayor left the town.", encoding="utf-8")
    page = report.build(folder, out=tmp_path / "alone.html", no_text=True, csv=True)
    shown = re.sub(r"<[^>]+>", " ", page.read_text("utf-8"))
    run = r"\W+".join(words[20:36])
    assert not re.search(run, shown)
    tables = {path.stem: path.read_text("utf-8-sig") for path in (tmp_path / "alone-tables").iterdir()}
    assert {"articles", "sentences", "quotations", "tones"} <= set(tables)
    assert "tokens" not in tables
    assert not [name for name, text in tables.items() if re.search(run, text)]
    assert not [name for name, text in tables.items() if str(tmp_path) in text]
    assert str(folder) not in page.read_text("utf-8")


def test_where_the_user_stands_does_not_matter(story, notebook, tmp_path, monkeypatch):
    """A folder that is named like the template, and a kernel that is named like the interpreter's, take no part."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html.j2").write_text("hijacked")
    kernels = tmp_path / "jupyter" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text('{"argv": ["false"], "display_name": "x", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.chdir(tmp_path)
    page = report.build(story, out="page.html", notebook=notebook("import sys; print(sys.executable, story)"))
    assert page == tmp_path / "page.html"
    assert f"{sys.executable} {story}" in page.read_text("utf-8")


def test_progress_names_the_sections(story, notebook, tmp_path):
    seen = []
    report.build(story, out=tmp_path / "p.html", notebook=notebook("1", "2"), progress=lambda *step: seen.append(step))
    assert seen[-1] == (5, 6, "The part")
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)


def test_a_build_prints_nothing(story, notebook, tmp_path, capfd):
    report.build(story, out=tmp_path / "p.html", notebook=notebook("import sys; print('x', file=sys.stderr)"))
    assert capfd.readouterr() == ("", "")
    assert ">x" not in (tmp_path / "p.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("cell", "error", "status", "message"),
    [
        (
            "1 / 0",
            report.CellError,
            3,
            "Cell 5 of the notebook, in “The part” (1 / 0) failed: ZeroDivisionError: division by zero",
        ),
        (
            "import os; os._exit(1)",
            report.KernelError,
            4,
            "The kernel died in Cell 5 of the notebook, in “The part” (import os; os._exit(1)); "
            "there may be too little memory",
        ),
        (
            "import time; time.sleep(60)",
            report.TooSlowError,
            5,
            "Cell 5 of the notebook, in “The part” (import time; time.sleep(60)) took longer than 1 second; "
            "give it more time.",
        ),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence_and_the_old_page_stays(
    story, notebook, tmp_path, cell, error, status, message
):
    out = tmp_path / "page.html"
    out.write_text("old")
    with pytest.raises(error) as caught:
        report.build(story, out=out, notebook=notebook(cell), timeout=1 if "sleep" in cell else 60)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert caught.value.status == status
    assert out.read_text() == "old"
    assert nbformat.read(tmp_path / "page.failed.ipynb", as_version=4).cells[4].source == cell
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_page_that_is_made_takes_the_failed_notebook_away(story, notebook, tmp_path):
    (tmp_path / "page.failed.ipynb").write_text("{}")
    report.build(story, out=tmp_path / "page.html", notebook=notebook("1"))
    assert not (tmp_path / "page.failed.ipynb").exists()


def test_the_kernel_is_without_a_debugger_and_reads_no_module_from_where_the_user_stands(
    story, notebook, tmp_path, monkeypatch
):
    (tmp_path / "ipykernel.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # the notebook lies here, too
    cells = notebook("import sys; print('debugger:', sys.modules['debugpy'], '; own folder:', '' in sys.path)")
    page = report.build(story, out=tmp_path / "p.html", notebook=cells)
    assert "debugger: None ; own folder: True" in page.read_text("utf-8")


def test_a_full_disk_leaves_the_old_page(tmp_path, monkeypatch):
    out = tmp_path / "page.html"
    out.write_text("old")

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        report.WriteError, match=r"page\.html could not be written: No space left on device\.$"
    ) as caught:
        report._write(out, "new")
    assert caught.value.status == 6
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_ctrl_c_stops_with_a_sentence(story, notebook, tmp_path):
    path = notebook("open(story + '/started', 'w').close()\nimport time\ntime.sleep(60)")
    code = (
        "import sys\nfrom analysis import report\n"
        f"try:\n    report.build({str(story)!r}, out={str(tmp_path / 'p.html')!r}, notebook={str(path)!r})\n"
        "except report.StoppedError as error:\n    print(error)\n    sys.exit(error.status)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not (story / "started").exists() and time.monotonic() < until:
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (out, err, run.returncode) == ("Stopped; nothing was written.\n", "", 130)
    assert not list(tmp_path.glob("p.*"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parameters": {"engin": 1}}, "book.ipynb has no parameter 'engin'; it has full_text, story."),
        ({"notebook": "missing.ipynb"}, "There is no notebook missing.ipynb."),
    ],
)
def test_what_cannot_be_run_is_said_before(story, notebook, tmp_path, options, message):
    with pytest.raises(report.ReportError) as caught:
        report.build(story, **{"out": tmp_path / "p.html", "notebook": notebook("1"), **options})
    assert str(caught.value) == message
    assert not (tmp_path / "p.html").exists()


def test_a_folder_of_stories_and_a_folder_to_write_to(story, tmp_path):
    other = tmp_path / "stories"
    for name in ("one", "two"):
        (other / name).mkdir(parents=True)
        article(other / name, "daily", "It rained on Monday and on Tuesday.")
    with pytest.raises(corpus.CorpusError, match=r"holds several stories; name one of them: one, two\.$"):
        report.build(other)
    with pytest.raises(report.WriteError, match="is a folder; give the name of a file in it"):
        report.build(story, out=tmp_path)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "<svg><script>x()</script></svg>",
        "<svg><a href='javascript:x()'><text>t</text></a></svg>",
        "<svg><use href='https://evil.example/#a'/></svg>",
        "<svg><image href='https://evil.example/a.png'/></svg>",
        "<svg><path fill='url(https://evil.example/#a)'/></svg>",
        "<svg><foreignObject><iframe src='https://evil.example'></iframe></foreignObject></svg>",
        "<a href=' java\tscript:x()'>t</a>",
        "<a href='data:text/html,x()'>t</a>",
        "<form action='https://evil.example'><button formaction='javascript:x()'>t</button></form>",
        "<p style='background:url(https://evil.example)'>t</p>",
        "<math><mtext><style><img src=x onerror=x()></style></mtext></math>",
        "<style>@import url(https://evil.example)</style>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<base href='https://evil.example/'>",
        "<input type=image src='https://evil.example/a.png'>",
    ],
)
def test_nothing_that_runs_or_loads_comes_through(markup):
    cleaned = report.clean(markup)
    assert not re.search(r"x\(\)|evil\.example|javascript|<style|<script", cleaned)


def test_a_drawing_comes_through():
    drawing = (
        '<svg viewBox="0 0 9 9" role="img"><defs><clipPath id="c1-a"><rect x="0"></rect></clipPath>'
        '</defs><use href="#c1-m" class="f-s0"></use><g clip-path="url(#c1-a)"><text y="1">a</text></g></svg>'
    )
    assert report.clean(drawing) == drawing


WORDS = st.lists(st.sampled_from(["the", "bridge", "don't", "was", "closed", "“so”", "3.5", "naïve"]), max_size=60)


@given(WORDS, st.integers(0, 40), st.integers(2, 9))
def test_no_more_than_fifteen_words_of_an_article_are_left_in_a_row(words, start, step):
    text = " ".join(words)
    pieces = [" ".join(words[i : i + step]) for i in range(start, len(words), step)]
    page = f"<p>{' '.join(f'<b>{piece}</b>' for piece in pieces)}</p>"
    left = re.findall(r"\w+", re.sub(r"<[^>]+>", "", report.withhold(page, [text])).casefold())
    whole = re.findall(r"\w+", text.casefold())
    runs = {tuple(whole[i : i + 16]) for i in range(len(whole) - 15)}
    # Words on both sides of a cut do not follow each other in the page: an ellipsis stands between them.
    between = re.split("…", re.sub(r"<[^>]+>", "", report.withhold(page, [text])).casefold())
    for stretch in between:
        left = re.findall(r"\w+", stretch)
        assert not {tuple(left[i : i + 16]) for i in range(len(left) - 15)} & runs


def test_a_page_of_other_words_is_left_as_it_is():
    page = '<p title="A &amp; b">Some <b>other</b> words &lt;here&gt; &#39;x&#39;.</p><svg viewBox="0 0 1 1"></svg>'
    assert (
        report.withhold(page, ["Nothing of it stands here, and this goes on for more than sixteen words or so, yes."])
        == page
    )


def test_a_spreadsheet_takes_no_text_for_a_formula(tmp_path):
    frame = pd.DataFrame({"text": ["=1+1", "+cmd|' /C calc'!A0", "-3", "plain"], "n": [-1, 2, 3, 4]})
    report.save_tables({"t": frame, "_hidden": frame, "n": 3}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
    read = pd.read_csv(tmp_path / "t.csv", dtype={"text": "str"})
    assert list(read["text"]) == ["'=1+1", "'+cmd|' /C calc'!A0", "-3", "plain"]
    assert list(read["n"]) == [-1, 2, 3, 4]


def test_a_saved_table_does_not_tell_where_a_file_lies(tmp_path):
    given = tmp_path / "home" / "daily.md"
    frame = pd.DataFrame({"source": ["daily", "post"], "path": [str(given), None]}).astype("str")
    before = frame.copy(deep=True)
    report.save_tables({"articles": frame}, tmp_path)
    assert (tmp_path / "articles.csv").read_text("utf-8-sig") == "source,path\ndaily,daily.md\npost,\n"
    pd.testing.assert_frame_equal(frame, before)


def test_the_grammar_of_web_addresses_is_never_built():
    code = (
        "import sys; from analysis import report; report._nbformat(); import jsonschema, nbclient; "
        "print('rfc3987_syntax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
