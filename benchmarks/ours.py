"""What the kit does in the comparisons with :mod:`peers`; each in a process of its own.

python -m benchmarks.ours NAME FILE
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis import (
    __version__,
    batches,
    concordance,
    duplicates,
    frequency,
    keyness,
    segmentation,
    sentiment,
    survey,
)
from benchmarks import harness


def load(path: str) -> pd.DataFrame:
    """Return the articles of a file."""
    (batch, *more) = batches.plan(Path(path), size=10**6, spool=harness.CACHE)
    return pd.concat([batches.read(part, columns={})[0] for part in (batch, *more)], ignore_index=True)


def count(path: str) -> Callable[[], dict]:
    """Tokenise and count by source."""
    articles = load(path)
    return lambda: {"terms": frequency.tally(articles)["term"].nunique()}


def tokens(path: str) -> Callable[[], dict]:
    """The same by way of the table of tokens, each with its place."""
    articles = load(path).assign(sentence_id=0, start=0)
    return lambda: {"terms": frequency.count(segmentation.tokenize(articles))["term"].nunique()}


def everything(path: str) -> Callable[[], dict]:
    """Split, tokenise, count, keyness of each source, sentiment of each sentence."""
    articles = load(path)

    def work() -> dict:
        found = 0
        counts, scores = [], []
        for first in range(0, len(articles), 1000):
            sentences = segmentation.split(articles.iloc[first : first + 1000])
            scores.append(sentiment.score(sentences)[["source", "polarity"]])
            counts.append(sentences[["article_id", "source", "start", "part", "text"]])
        frequencies = frequency.tally(pd.concat(counts, ignore_index=True))
        for source in frequencies["source"].unique():
            found += len(keyness.score(frequencies, target=source))
        tone = pd.concat(scores).groupby("source")["polarity"].mean()
        return {"terms": frequencies["term"].nunique(), "sources": len(tone), "compared": found}

    return work


def lines(path: str) -> Callable[[], dict]:
    """Find one term with its context."""
    articles = load(path)
    return lambda: {"lines": len(concordance.lines(articles, sys.argv[3]))}


def near(path: str) -> Callable[[], dict]:
    """Find near-duplicates: read in batches, signatures, pairs."""
    texts = load(path)["text"].tolist()

    def work() -> dict:
        import numpy as np

        signatures = []
        for first in range(0, len(texts), 1000):
            batch = texts[first : first + 1000]
            encoded = segmentation.encode(batch)
            used, where = np.unique(encoded.codes, return_inverse=True)
            hashes = pd.util.hash_array(np.array([encoded.terms[code] for code in used], dtype=object))
            signatures.append(duplicates.signatures(encoded.rows, hashes[where], n_articles=len(batch)))
        found = duplicates.pairs(np.concatenate(signatures), threshold=0.6)
        Path(sys.argv[4]).write_text(json.dumps(found[["a", "b"]].to_numpy().tolist()), encoding="utf-8")
        return {"pairs": len(found)}

    return work


def surveyed(path: str) -> Callable[[], dict]:
    """Survey a file, with as many workers as the third argument says."""

    def work() -> dict:
        folder = tempfile.mkdtemp(dir=harness.CACHE)
        found = survey.run(path, out=folder, workers=int(sys.argv[3]))
        shutil.rmtree(folder)
        return {"articles": len(found.articles), "tokens": int(found.articles["n_tokens"].sum())}

    return work


def keywords(path: str) -> Callable[[], dict]:
    """Keyness of one source against all others, counts given."""
    frequencies = frequency.tally(load(path))
    return lambda: {"terms": len(keyness.score(frequencies, target=frequencies["source"].iloc[0], min_n=1))}


def main() -> None:
    """Load, do the work, and print how long it took."""
    work = globals()[sys.argv[1]](sys.argv[2])
    # Libraries and models load before the clock starts, as those of the peers do; nothing of the texts is known yet.
    sentences = segmentation.split(
        pd.DataFrame({name: ["Good."] for name in ("article_id", "story", "source", "text")})
    )
    sentiment.score(sentences)
    frequencies = pd.concat([frequency.tally(sentences), frequency.tally(sentences.assign(source="other"))])
    keyness.score(frequencies, target="other", min_n=1)
    harness.timed(work, version=__version__)


if __name__ == "__main__":
    main()
