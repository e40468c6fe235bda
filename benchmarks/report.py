"""How long a report takes, beside a notebook that only imports pandas and matplotlib, run and exported the stock way.

    python -m benchmarks.report [--rounds 5] [--story facebook-trump-posts]

Both are whole processes, timed by turns in a round so that whatever else the machine does meets both alike. The bound
is a ratio of 2.5 for the report of the two articles; the medians of all rounds are printed. Where Python keeps no
bytecode (PYTHONDONTWRITEBYTECODE), both compile all that they import each time, and most of either time is that.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

IMPORTS = "import pandas\nimport matplotlib.pyplot"


def stock(folder: Path) -> list[str]:
    """Return the command that executes and exports a notebook which only imports, as anybody would."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(IMPORTS, id="imports")])
    nbformat.write(notebook, folder / "imports.ipynb")
    return [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", str(folder / "imports.ipynb")]


def seconds(command: list[str]) -> float:
    """Run a command and return how long it took."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> None:
    """Time both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--story", default="facebook-trump-posts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "page.html"
        commands = {
            "stock, imports only": stock(Path(name)),
            "parallax report": [sys.executable, "-m", "analysis", "report", options.story, "--out", str(out)],
        }
        for command in commands.values():  # once for the caches of the disk
            seconds(command)
        times = {what: [] for what in commands}
        for _ in range(options.rounds):
            for what, command in commands.items():
                times[what].append(seconds(command))
        size = out.stat().st_size
    base = times["stock, imports only"]
    print(f"{options.rounds} rounds, {options.story}, page of {size / 1000:.0f} kB", end="")
    print(", no bytecode kept\n" if sys.dont_write_bytecode else "\n")
    print(f"{'':24}{'median s':>10}{'least s':>10}{'ratio':>8}")
    for what, taken in times.items():
        ratio = statistics.median(one / other for one, other in zip(taken, base, strict=True))
        print(f"{what:24}{statistics.median(taken):10.2f}{min(taken):10.2f}{ratio:8.2f}")


if __name__ == "__main__":
    main()
