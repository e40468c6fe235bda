"""Surveys: time and memory as the collection grows, and two workers against one.

python -m benchmarks.surveys [--rounds 5] [--articles 1000 10000]
"""

import argparse
import statistics
import sys

from benchmarks import harness

OURS = [sys.executable, "-m", "benchmarks.ours", "surveyed"]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10_000])
    options = parser.parse_args()
    print(harness.machine())
    medians = {}
    for n in options.articles:
        file = harness.articles(n)
        runs = harness.compare(
            f"Survey of {n:,} articles", {"one worker": [*OURS, file, 1]}, rounds=options.rounds, more=("tokens",)
        )
        medians[n] = statistics.median(run["cpu"] for run in runs["one worker"])
    small, large = min(medians), max(medians)
    print(f"\n{large / small:g} times the articles take {medians[large] / medians[small]:.2f} times the time")
    file = harness.articles(large)
    harness.compare(
        f"Survey of {large:,} articles, by the clock",
        {"two workers": [*OURS, file, 2], "one worker": [*OURS, file, 1]},
        rounds=options.rounds,
        clock="wall",
    )


if __name__ == "__main__":
    main()
