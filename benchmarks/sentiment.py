"""How fast sentences are scored: the kit's engines beside TextBlob and VADER themselves, with the same figures.

    python -m benchmarks.sentiment [--rounds 5]

Every round times each engine on one core, one after the other. The kit's engines start cold each round (nothing
remembered, lists of words read anew) and again warm; the peers, whose speed does not depend on what came before, read
a sample of the same sentences. A ratio is taken within a round, and the table shows the medians of the rounds. Time is
processor time of this process. The articles are those of the other benchmarks, drawn sentence by sentence from the
Reuters collection; since sentences come again in them, the collection itself is read too, each sentence once.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable
from importlib.metadata import version
from statistics import median

import pandas as pd

from analysis import corpus, segmentation, textblob_engine, vader_engine
from benchmarks import harness

SAMPLE = 4000
SEED = 0


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(harness.machine())
    print(", ".join(f"{name} {version(name)}" for name in ("textblob", "vaderSentiment")))
    for name, sentences in (
        ("100 articles", drawn(100)),
        ("the collection, each sentence once", list(dict.fromkeys(harness._sentences()))),
        ("10,000 articles", drawn(10_000)),
    ):
        n_words = sum(len(sentence.split()) for sentence in sentences)
        print(f"\n{name}: {len(sentences):,} sentences, {n_words:,} words; medians of {asked.rounds} rounds")
        print(f"{'':34}{'million words/s':>16}{'ratio to peer':>16}{'lowest':>9}{'highest':>9}")
        for row in compare(sentences, asked.rounds):
            print(row, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of this process, all sentences in it: {peak:,.0f} MiB.")


def drawn(n: int) -> list[str]:
    """Return the sentences of ``n`` articles, as the kit splits them."""
    articles = corpus.from_records(pd.read_parquet(harness.articles(n)).to_dict("records"))
    return segmentation.split(articles)["text"].tolist()


def compare(sentences: list[str], rounds: int) -> list[str]:
    """Return a row for each engine and peer."""
    from textblob import TextBlob
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    sample = random.Random(SEED).sample(sentences, min(SAMPLE, len(sentences)))
    straight = [text.translate(vader_engine._APOSTROPHES) for text in sample]
    speeds: dict[str, list[float]] = {}
    for _ in range(rounds):
        theirs = measure(lambda: [TextBlob(text).sentiment for text in sample], sample)
        inner = measure(lambda: [analyzer.polarity_scores(text)["compound"] for text in straight], sample)
        for name, engine, peer in (("textblob", textblob_engine, theirs), ("vader", vader_engine, inner)):
            engine._engine.cache_clear()
            textblob_engine._lexicon.cache_clear()
            for state in ("cold", "warm"):
                speeds.setdefault(f"{name}, {state}", []).append(
                    measure(lambda e=engine: e.score(sentences), sentences)
                )
                speeds.setdefault(f"{name}, {state}, ratio", []).append(speeds[f"{name}, {state}"][-1] / peer)
        speeds.setdefault("TextBlob", []).append(theirs)
        speeds.setdefault("VADER", []).append(inner)
    check(
        sample,
        [tuple(TextBlob(text).sentiment) for text in sample],
        [analyzer.polarity_scores(t)["compound"] for t in straight],
    )
    rows = []
    for name in ("TextBlob", "textblob, cold", "textblob, warm", "VADER", "vader, cold", "vader, warm"):
        row = f"{name if name[0].isupper() else 'kit: ' + name:34}{median(speeds[name]) / 1e6:16.3f}"
        ratios = speeds.get(f"{name}, ratio")
        rows.append(row + (f"{median(ratios):16.1f}{min(ratios):9.1f}{max(ratios):9.1f}" if ratios else ""))
    return rows


def measure(work: Callable[[], object], texts: list[str]) -> float:
    """Return how many words of ``texts`` the work gets through in a second of processor time."""
    started = time.process_time()
    work()
    return sum(len(text.split()) for text in texts) / (time.process_time() - started)


def check(sample: list[str], textblob: list[tuple[float, float]], vader: list[float]) -> None:
    """Stop where a figure is not the peer's own, to the last bit."""
    polarity, subjectivity, _ = textblob_engine.score(sample)
    assert list(zip(polarity.tolist(), subjectivity.tolist(), strict=True)) == textblob
    assert vader_engine.score(sample)[0].tolist() == vader


if __name__ == "__main__":
    main()
