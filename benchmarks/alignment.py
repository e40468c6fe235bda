"""Aligning articles: pairs of 50 sentences beside plain word TF-IDF, and a whole story.

python -m benchmarks.alignment [--pairs 1000] [--rounds 3]
"""

import os

from benchmarks import harness

# Before numpy is loaded: one core for everybody.
os.environ.update(harness.ONE_CORE)

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence

import pandas as pd

from analysis import alignment, corpus, segmentation

SENTENCES = 50
SOURCES = 12
WORDS = 800


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pool = sentences()
    print(harness.machine())
    pairs(pool, options.pairs)
    story(pool, options.rounds)


def sentences() -> list[str]:
    """Return the sentences of 1,000 articles of the Reuters collection."""
    texts = pd.read_parquet(harness.articles(1000))["text"]
    articles = corpus.from_records({"source": f"s{n}", "text": text} for n, text in enumerate(texts))
    return segmentation.split(articles)["text"].tolist()


def pairs(pool: Sequence[str], n: int) -> None:
    """Time pairs of articles, each contender on every pair, one after the other."""
    rng = random.Random(0)
    drawn = [(rng.sample(pool, SENTENCES), rng.sample(pool, SENTENCES)) for _ in range(n)]
    contenders: dict[str, Callable] = {
        "alignment.similarity": alignment.similarity,
        "alignment.align": lambda a, b: alignment.align(_table({"a": a, "b": b})),
        "word TF-IDF, scikit-learn": _plain,
    }
    for work in contenders.values():
        work(*drawn[0])
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for a, b in drawn:
        for name, work in contenders.items():
            begin = time.process_time()
            work(a, b)
            spent[name].append((time.process_time() - begin) * 1000)
    print(f"\n{n:,} pairs of {SENTENCES}-sentence articles, one core, ms a pair\n")
    print(f"{'':<28}{'median':>10}{'90 %':>10}")
    for name, times in spent.items():
        print(f"{name:<28}{statistics.median(times):>10.1f}{sorted(times)[int(0.9 * len(times))]:>10.1f}")


def story(pool: Sequence[str], rounds: int) -> None:
    """Time each table of a story; the articles share a quarter of their sentences, as of one event."""
    rng = random.Random(1)
    common = rng.sample(pool, 60)
    texts = {f"s{n:02}": _article(pool, common, rng) for n in range(SOURCES)}
    table = _table(texts)
    print(f"\nA story of {SOURCES} articles of {WORDS} words, {len(table)} sentences, seconds, median of {rounds}\n")
    runs: dict[str, list[float]] = {}
    for _ in range(rounds):
        _forget()
        for name, seconds in _chain(table).items():
            runs.setdefault(name, []).append(seconds)
    for name, seconds in runs.items():
        print(f"{name:<28}{statistics.median(seconds):>10.2f}")
    print(f"{'together':<28}{sum(map(statistics.median, runs.values())):>10.2f}")


def _chain(table: pd.DataFrame) -> dict[str, float]:
    spent = {}

    def timed(name: str, work: Callable, *given: object) -> object:
        begin = time.process_time()
        found = work(*given)
        spent[name] = time.process_time() - begin
        return found

    links = timed("align", alignment.align, table)
    events = timed("events", alignment.events, table, links)
    timed("coverage", alignment.coverage, table, events)
    timed("omissions", alignment.omissions, table, links)
    timed("alone", alignment.alone, table, links)
    timed("reuse", alignment.reuse, table)
    # The first call parses the sentences, the second finds them parsed.
    alignment.conflicts(table, links)
    timed("conflicts, parsed", alignment.conflicts, table, links)
    return spent


def _forget() -> None:
    """Empty what is kept by word and text, so that each round starts as a new process does."""
    for name in dir(alignment):
        getattr(getattr(alignment, name), "cache_clear", lambda: None)()


def _article(pool: Sequence[str], common: Sequence[str], rng: random.Random) -> list[str]:
    lines: list[str] = []
    while sum(len(line.split()) for line in lines) < WORDS:
        lines.append(rng.choice(common if rng.random() < 0.25 else pool))
    return list(dict.fromkeys(lines))


def _table(texts: dict[str, Sequence[str]]) -> pd.DataFrame:
    rows = [("story", f"story/{name}", name, n, text) for name, lines in texts.items() for n, text in enumerate(lines)]
    return pd.DataFrame(rows, columns=["story", "article_id", "source", "sentence_id", "text"])


def _plain(a: Sequence[str], b: Sequence[str]) -> object:
    from sklearn.feature_extraction.text import TfidfVectorizer

    found = TfidfVectorizer().fit_transform([*a, *b])
    return (found[: len(a)] @ found[len(a) :].T).toarray()


if __name__ == "__main__":
    main()
