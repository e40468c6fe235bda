"""Counting, keyness, concordance and the whole chain beside the libraries that people use for them.

python -m benchmarks.words [--rounds 5] [--articles 1000 10000]
"""

import argparse
import sys

from benchmarks import harness

OURS = [sys.executable, "-m", "benchmarks.ours"]
PEERS = harness.HERE / "peers.py"
# What each peer needs besides itself to read the file.
NEEDS = {
    "countvectorizer": ("pyarrow", "scikit-learn"),
    "counter": ("pyarrow",),
    "nltk": ("pyarrow", "nltk"),
    "scattertext": ("pyarrow", "scattertext", "setuptools<81", "six"),
    "textacy": ("pyarrow", "textacy"),
    "textblob": ("pyarrow", "pandas", "scikit-learn", "textblob"),
    "regex": ("pyarrow",),
}
# These take minutes where the others take seconds: timed on the small size only.
SLOW = ("nltk", "scattertext", "textacy")


def peer(name: str, *arguments: object) -> list:
    """Return the command of a peer, in its own environment."""
    return [harness.environment(*NEEDS[name]), PEERS, name, *arguments]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10_000])
    options = parser.parse_args()
    print(harness.machine())
    print("quanteda is left out: it needs R and an hour of compiling, which this script does not do to a machine.")
    for n in options.articles:
        file = harness.articles(n)
        slow = SLOW if n <= 1000 else ()
        counting = {name: peer(name, file) for name in ("countvectorizer", "counter", *slow)}
        harness.compare(
            f"Tokenise and count terms by source, {n:,} articles",
            {"parallax": [*OURS, "count", file], "parallax, table of tokens": [*OURS, "tokens", file], **counting},
            rounds=options.rounds,
            more=("terms",),
        )
        harness.compare(
            f"Split, tokenise, count, keyness, sentiment, {n:,} articles",
            {"parallax": [*OURS, "everything", file], "TextBlob, CountVectorizer, pandas": peer("textblob", file)},
            rounds=options.rounds,
            more=("terms",),
        )
        for term in ("bank", "cocoa"):
            harness.compare(
                f"Concordance of one term ({term}), {n:,} articles, loaded",
                {"parallax": [*OURS, "lines", file, term], "regular expression": peer("regex", file, term)},
                rounds=options.rounds,
                more=("lines",),
            )
        harness.compare(
            f"Keyness of one source, {n:,} articles, counted", {"parallax": [*OURS, "keywords", file]},
            rounds=options.rounds, more=("terms",),
        )  # fmt: skip


if __name__ == "__main__":
    main()
