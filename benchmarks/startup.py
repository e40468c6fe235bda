"""What importing the package costs beside ``import pandas``, and what ``parallax --help`` costs beside Python itself.

    python -m benchmarks.startup

Processor time of the user alone, whole processes by turns, medians of 15 rounds, ratios within a round. Bounds: every
public module together at most 1.3 times ``import pandas``; the help under 0.3 seconds on top of Python's start.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

import analysis

ROUNDS = 15
MODULES = sorted(path.stem for path in Path(analysis.__file__).parent.glob("*.py") if not path.stem.startswith("_"))
COMMANDS = {
    "python": ["-c", "pass"],
    "import pandas": ["-c", "import pandas"],
    f"import {len(MODULES)} modules of analysis": ["-c", f"from analysis import {', '.join(MODULES)}"],
    "parallax --help": ["-m", "analysis", "--help"],
}


def user_seconds(arguments: list[str]) -> float:
    """Run Python with the arguments and return the seconds of the processor that it spent for the user."""
    before = os.times().children_user
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return os.times().children_user - before


def main() -> None:
    """Time the commands by turns and print a table."""
    for arguments in COMMANDS.values():  # once for the caches of the disk
        user_seconds(arguments)
    rounds = [{name: user_seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(ROUNDS)]
    print(f"{ROUNDS} rounds; medians; seconds of the processor for the user\n")
    print(f"{'':34}{'seconds':>9}{'to pandas':>11}{'over python':>13}")
    for name in COMMANDS:
        seconds = statistics.median(taken[name] for taken in rounds)
        ratio = statistics.median(taken[name] / taken["import pandas"] for taken in rounds)
        over = statistics.median(taken[name] - taken["python"] for taken in rounds)
        print(f"{name:34}{seconds:9.2f}{ratio:11.2f}{over:13.2f}")


if __name__ == "__main__":
    main()
