"""Near-duplicates among many articles: speed and recall, beside datasketch.

    python -m benchmarks.duplicates [--rounds 5] [--articles 10000]

To every twentieth article a copy is added in which up to one word in thirty is another; the true similarity of each
pair is computed in full. Recall is the share of the pairs of a Jaccard similarity of .7 or more (runs of five words)
that is found.
"""

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from benchmarks import harness


def planted(n: int) -> tuple[Path, list[tuple[int, int]]]:
    """Return a file of ``n`` articles with copies among them, and the pairs that are to be found."""
    import pandas as pd

    path = harness.CACHE / f"copies-{n}.parquet"
    pairs = path.with_suffix(".json")
    if not pairs.exists():
        rng = random.Random(2)
        originals = n - n // 21
        frame = pd.read_parquet(harness.articles(n)).head(originals)
        copies, true = [], []
        for row in range(0, originals, 20):
            if originals + len(copies) >= n:
                break
            words = frame["text"].iloc[row].split(" ")
            before = list(words)
            for place in rng.sample(range(len(words)), rng.randint(0, len(words) // 30)):
                words[place] = rng.choice(before)
            if jaccard(before, words) >= 0.7:
                true.append((row, originals + len(copies)))
            copies.append({**frame.iloc[row], "text": " ".join(words)})
        pd.concat([frame, pd.DataFrame(copies)], ignore_index=True).to_parquet(path, row_group_size=1000)
        pairs.write_text(json.dumps(true), encoding="utf-8")
    return path, [tuple(pair) for pair in json.loads(pairs.read_text(encoding="utf-8"))]


def jaccard(a: list[str], b: list[str]) -> float:
    """Return the similarity of the sets of runs of five words."""
    one, two = ({tuple(" ".join(x).lower().split()[i : i + 5]) for i in range(len(x) - 4)} for x in (a, b))
    return len(one & two) / len(one | two)


def main() -> None:
    """Print the table and the recalls."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=10_000)
    options = parser.parse_args()
    file, true = planted(options.articles)
    with tempfile.TemporaryDirectory() as folder:
        out = {name: Path(folder) / name for name in ("ours", "theirs")}
        python = harness.environment("pyarrow", "datasketch")
        print(harness.machine())
        harness.compare(
            f"Near-duplicates among {options.articles:,} articles",
            {
                "parallax": [sys.executable, "-m", "benchmarks.ours", "near", file, "-", out["ours"]],
                "datasketch": [python, harness.HERE / "peers.py", "datasketch", file, "-", out["theirs"]],
            },
            rounds=options.rounds,
            more=("pairs",),
        )
        for name, path in out.items():
            found = {tuple(sorted(pair)) for pair in json.loads(path.read_text(encoding="utf-8"))}
            print(f"recall of {name}: {sum(pair in found for pair in true) / len(true):.4f} of {len(true)} pairs")


if __name__ == "__main__":
    main()
