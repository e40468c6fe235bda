"""The command line: ``parallax`` or ``python -m analysis``.

Heavy libraries load inside the commands that use them, so that help and shell completion answer at once.
"""

import gc
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from analysis import __version__
from analysis.manuscript import CorpusError, CorpusWarning, printable, shown

STATUSES = """Exit status: 0 done; 1 articles that cannot be read (or, with add and check, a file that does not load);
2 a command that is not understood; 3 a step of the analysis failed; 4 its process died; 5 it took too long; 6 the
result cannot be written; 130 stopped with Ctrl-C."""


class _Commands(TyperGroup):
    """The commands; every known failure is one sentence on the error stream and an exit status."""

    def invoke(self, ctx: typer.Context) -> object:
        try:
            with _warnings_in_sentences():
                return super().invoke(ctx)
        except CorpusError as error:
            _fail(str(error), 1)
        except KeyboardInterrupt:
            _fail("stopped.", 130)
        except RuntimeError as error:
            # The errors of analysis.report carry their status; importing that module to name them would take a second.
            if not hasattr(error, "status"):
                raise
            _fail(str(error), error.status)
        except BrokenPipeError:
            # Who read the output, such as head, has enough: that is for the stream itself to end.
            raise
        except OSError as error:
            _fail(f"{shown(error.filename or 'a file')} cannot be read or written: {error.strerror or error}.", 6)


app = typer.Typer(
    name="parallax",
    cls=_Commands,
    help="Compare how news sources tell the same events. Everything happens on this machine.",
    epilog=STATUSES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _complete_stories(incomplete: str) -> list[str]:
    from analysis import manuscript

    return [name for name in manuscript.stories(manuscript.HOME) if name.startswith(incomplete)]


Story = Annotated[
    str,
    typer.Argument(
        metavar="STORY", help="A story of the corpus, or a folder of articles.", autocompletion=_complete_stories
    ),
]
MaxMegabytes = Annotated[
    float | None,
    typer.Option(
        "--max-mb", metavar="MB", help="How large an article's file may be, in megabytes [default: 5].", min=0.001
    ),
]


@app.callback(invoke_without_command=True)
def parallax(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Print the version or, where no command is named, the help."""
    if version:
        print(f"parallax {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit


def _examples(*lines: str) -> str:
    # \b keeps the lines apart in the help.
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


@app.command(
    epilog=_examples(
        "parallax report",
        "parallax report bridge-closure",
        "parallax report path/to/folder --out comparison.html",
        "parallax report path/to/folder --no-text --csv",
    )
)
def report(
    story: Story = "facebook-trump-posts",
    out: Annotated[
        Path | None, typer.Option(help="Where to write the page [default: STORY.html in the project's reports].")
    ] = None,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Leave out the articles' texts: snippets of at most 15 words.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write every table beside the page, as CSV.")] = False,
    max_mb: MaxMegabytes = None,
) -> None:
    """Write one page on how the sources of a story tell it, and print where it is."""
    from analysis import report as reports

    _limit(max_mb)
    with reports.bar() as progress:
        page = reports.build(story, out=out, no_text=no_text, csv=csv, progress=progress)
    print(shown(page))


@app.command(
    epilog=_examples(
        "parallax add council-vote page.html interview.docx",
        "parallax add council-vote Downloads/nexis-export.docx",
        "parallax check council-vote",
    )
)
def add(
    story: Story,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files with articles.")],
    max_mb: Annotated[
        float | None,
        typer.Option(metavar="MB", help="How large such a file may be, in megabytes [default: 100].", min=0.001),
    ] = None,
) -> None:
    """Add articles to a story, from files of any kind, and say what was taken and left out.

    Reads .txt .md .html .htm .mhtml .pdf .docx .odt .rtf .eml .csv .tsv .xlsx .jsonl .parquet, and exports of Nexis
    Uni, Factiva and ProQuest. Originals are kept; nothing is overwritten; nothing is fetched.
    """
    from analysis import corpus

    additions = corpus.add(story, _tracked(files), max_mb=max_mb)
    for row in additions.itertuples():
        took = f" -> {shown(row.path)} ({_taken(row)})" if row.outcome == "added" else ""
        note = f": {printable(row.note)}" if isinstance(row.note, str) else ""
        print(f"{row.outcome}: {printable(row.file)}{took}{note}")
    if (additions["outcome"] == "not added").any():
        raise typer.Exit(1)


def _taken(row) -> str:
    """Return in words what was taken of an article, and what is not known of it."""
    parts = [f"{row.n_words:,} words", f"source {row.source}"]
    parts += [f"{row.published:%Y-%m-%d}" if row.published == row.published else "no date"]
    parts += [f"“{row.title}”" if isinstance(row.title, str) else "no headline"]
    return printable(", ".join(parts))


def _tracked(files: list[Path]) -> Iterable[Path]:
    """Show how far a longer list of files is, on a terminal only."""
    if len(files) < 5 or not sys.stderr.isatty():
        return files
    from rich.console import Console
    from rich.progress import track

    return track(files, "Reading files", console=Console(stderr=True), transient=True)


@app.command(epilog=_examples("parallax check council-vote", "parallax check path/to/folder"))
def check(story: Story, max_mb: MaxMegabytes = None) -> None:
    """List what of a story loads, and whatever looks wrong."""
    from analysis import corpus

    found = corpus.check(story, max_mb=max_mb)
    wrong = found["kind"] == "does not load"
    for row in found.itertuples():
        name = f"{row.story}/{row.source}" if isinstance(row.source, str) else row.story
        print(f"{printable(name)}: {row.kind}: {printable(row.note)}")
    n_loads, n_odd = int((found["kind"] == "loads").sum()), int((found["kind"] != "loads").sum())
    print(f"{n_loads} {'article loads' if n_loads == 1 else 'articles load'}; {n_odd} to look at.")
    if wrong.any():
        raise typer.Exit(1)


@app.command(
    epilog=_examples(
        "parallax survey corpus",
        "parallax survey articles.parquet --out survey",
        "parallax survey articles.csv --column text=body --column source=outlet --workers 2",
    )
)
def survey(
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help="A csv, jsonl or parquet file, or a folder of them or of articles.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Where to write the tables [default: reports/survey-PLACE of the project]."
        ),
    ] = None,
    engine: Annotated[str, typer.Option(metavar="NAME", help="The engine of tone.")] = "textblob",
    parser: Annotated[
        bool, typer.Option("--parser", help="Tell voices by the grammar: better, at a hundred times the time.")
    ] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=OWN", help="Which of the file's own columns holds what, such as text=body."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="How many processes share the work [default: all].", min=1)
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Share it over a Dask cluster: tcp://... of its scheduler.")
    ] = None,
) -> None:
    """Take the measures of many articles at once, and print where the tables are.

    A survey that was stopped goes on where it was when it is started again.
    """
    from analysis import batches, manuscript
    from analysis import survey as surveys

    path = Path(place).expanduser()
    source = path if path.exists() else manuscript.find(place)
    folder = out or manuscript.HOME.parent / "reports" / f"survey-{source.resolve().stem}"
    columns = dict(pair.split("=", 1) for pair in column or () if "=" in pair)
    if len(columns) < len(column or ()):
        raise typer.BadParameter("give each as NAME=OWN, such as text=body", param_hint="--column")
    settings = {"out": folder, "engine": engine, "parser": parser, "columns": columns, "workers": workers}
    try:
        with nullcontext() if scheduler is None else surveys.cluster(scheduler) as executor:
            surveys.run(source, **settings, executor=executor)
    except (surveys.SurveyError, batches.BatchError) as error:
        _fail(str(error), 1)
    print(shown(folder))


@app.command(epilog=_examples("parallax stories", "parallax stories path/to/folder"))
def stories(
    folder: Annotated[Path | None, typer.Argument(help="A folder of stories [default: the project's corpus].")] = None,
) -> None:
    """List the stories of the corpus, each with its sources."""
    from analysis import manuscript

    home = manuscript.find(folder) if folder else manuscript.HOME
    for name in manuscript.stories(home):
        sources = dict.fromkeys(_source(file) for file in manuscript.files(home / name))
        print(printable(f"{name}: {', '.join(sources)}"))


def _source(file: Path) -> str:
    from analysis import manuscript

    try:
        return manuscript.record(file)["source"]
    except CorpusError:
        return f"{file.name} (does not load: parallax check)"


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets its number, never a traceback.
        stream.reconfigure(errors="backslashreplace")
    try:
        app()
    finally:
        # The process ends: to search all its libraries for garbage would take a quarter of a second, and for nothing.
        gc.freeze()


def _fail(message: str, status: int) -> None:
    print(f"parallax: {printable(message)}", file=sys.stderr)
    raise SystemExit(status)


@contextmanager
def _warnings_in_sentences() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("always", CorpusWarning)
        usual = warnings.showwarning

        def show(message, category, *place, **more):
            if issubclass(category, CorpusWarning):
                print(f"parallax: {printable(str(message))}", file=sys.stderr)
            else:
                usual(message, category, *place, **more)

        warnings.showwarning = show
        yield


def _limit(max_mb: float | None) -> None:
    # The notebook's own process reads the articles again, so that it has to know the limit, too.
    if max_mb is not None:
        os.environ["PARALLAX_MAX_MB"] = f"{max_mb:g}"


if __name__ == "__main__":
    main()
