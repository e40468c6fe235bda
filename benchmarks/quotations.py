"""Articles a second for quotations beyond the parse: extracting, cutting passages, matching.

    python -m benchmarks.quotations [--folder FOLDER] [--rounds 7]

Reads the stories of this project, or the article files of a folder. Each article is parsed once, by ``parsing.parse``;
what follows is timed with the parses at hand, the median of the rounds.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis import corpus, parsing, quotation, segmentation


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--folder", type=Path, default=corpus.HOME, help="a story, or a folder of stories")
    options.add_argument("--rounds", type=int, default=7)
    given = options.parse_args()
    articles = corpus.read(given.folder)
    parsing.pipeline()
    started = time.perf_counter()
    parsing.parse(articles["text"])
    parse = time.perf_counter() - started
    sentences = segmentation.split(articles)
    found = quotation.extract(articles)
    words = articles["text"].str.split().str.len()
    print(f"{len(articles)} articles, {words.sum():,} words, {len(found)} attributions; {parsing.model()}")
    print(f"{'step':<28}{'articles a second':>18}")
    for name, step in steps(articles, sentences, found).items():
        print(f"{name:<28}{len(articles) / median(step, given.rounds):>18.1f}")
    print(f"{'the parse itself':<28}{len(articles) / parse:>18.1f}")


def steps(articles: pd.DataFrame, sentences: pd.DataFrame, found: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""
    return {
        "extract": lambda: quotation.extract(articles),
        "passages": lambda: quotation.passages(sentences, found),
        "match": lambda: quotation.match(found),
        "all three beyond the parse": lambda: (
            quotation.extract(articles),
            quotation.passages(sentences, found),
            quotation.match(found),
        ),
    }


def median(step: Callable[[], object], rounds: int) -> float:
    """Return the median time of a step in seconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
