"""How well each measure does on labelled sets that others made, as one table.

    python -m benchmarks.accuracy FOLDER [SET ...]

FOLDER holds the labelled sets, one JSON object a line, in the form written at each function that reads one. The sets
belong to others and are no part of this project: get them where the table says that they are published, and bring them
into that form. A set that is not in the folder is skipped, and said to be. To add a set, write a function that takes
its rows and returns the figures by name, and give it a line in SETS.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis import corpus, quotation, sentiment

MARKS = "\"“”«»‘'"
APOSTROPHES = ("’s", "'s")


@dataclass(frozen=True)
class Labelled:
    """A labelled set: the file it is in, who published it where, and the function that measures on it."""

    file: str
    published: str
    measure: Callable[[list[dict]], Mapping[str, float]]


def main() -> None:
    """Print the table, and what was skipped."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", type=Path, help="where the labelled sets are")
    options.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all of them by default")
    given = options.parse_args()
    unknown = sorted(set(given.sets) - set(SETS))
    if unknown:
        options.error(f"no set {unknown[0]!r}; there is {', '.join(SETS)}")
    for name in given.sets or SETS:
        print("\n".join(table(name, given.folder)))


def table(name: str, folder: Path) -> Iterator[str]:
    """Yield the lines of a set's table."""
    labelled = SETS[name]
    path = folder / labelled.file
    if not path.is_file():
        yield f"{name}: skipped, there is no {labelled.file} in the folder. Published: {labelled.published}"
        return
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    yield f"{name}: {len(rows):,} rows. Published: {labelled.published}"
    for figure, value in labelled.measure(rows).items():
        yield f"  {figure:<48}{value:>10,.3f}" if isinstance(value, float) else f"  {figure:<48}{value:>10,}"


def quotations(rows: list[dict]) -> dict[str, float]:
    """Measure attributions against those that annotators marked.

    A row is an article: ``article_id``, ``source``, ``text``, and ``attributions``, each with ``content``, ``cue`` and
    ``speaker`` as lists of [start, end]. A marked content counts as one stretch, from its first character to its last;
    it is direct where it begins with a quotation mark or right after one.

    * direct precision: of our direct rows, those that lie by more than half in a marked content;
    * direct recall: of the direct marked contents, those that one of our direct or mixed rows covers by more than half;
    * all attributions: pairs matched one to one, by falling overlap, with intersection over union of at least .5;
    * speaker: of matched pairs with a marked speaker, those whose speaker ends in the same word.
    """
    articles = corpus.from_records({key: row[key] for key in ("article_id", "source", "text")} for row in rows)
    found = dict(tuple(quotation.extract(articles).groupby("article_id")))
    counts = dict.fromkeys(("direct", "inside", "marked direct", "covered", "ours", "marked", "matched"), 0)
    counts |= dict.fromkeys(("with speaker", "guessed", "right"), 0)
    for row in rows:
        marked = list(_marked(row))
        ours = list(found[row["article_id"]].itertuples()) if row["article_id"] in found else []
        _direct(ours, marked, counts)
        for one, (_, _, _, speaker) in _pairs(ours, marked):
            counts["matched"] += 1
            guess = one.speaker if isinstance(one.speaker, str) else ""
            counts["with speaker"] += bool(speaker.strip())
            counts["guessed"] += bool(speaker.strip() and guess.strip())
            counts["right"] += bool(speaker.strip() and guess.strip() and _last(guess) == _last(speaker))
        counts["ours"] += len(ours)
        counts["marked"] += len(marked)
    precision = counts["matched"] / max(1, counts["ours"])
    recall = counts["matched"] / max(1, counts["marked"])
    return {
        "direct precision": counts["inside"] / max(1, counts["direct"]),
        "direct recall": counts["covered"] / max(1, counts["marked direct"]),
        "all attributions, precision at IoU .5": precision,
        "all attributions, recall at IoU .5": recall,
        "all attributions, F1 at IoU .5": 2 * precision * recall / max(1e-9, precision + recall),
        "speaker right, of matched with a speaker": counts["right"] / max(1, counts["with speaker"]),
        "speaker right, of those guessed": counts["right"] / max(1, counts["guessed"]),
        "attributions marked": counts["marked"],
        "attributions found": counts["ours"],
    }


def _marked(row: dict) -> Iterator[tuple[int, int, bool, str]]:
    text = row["text"]
    for one in row["attributions"]:
        start, end = one["content"][0][0], one["content"][-1][1]
        direct = text[start:end].strip()[:1] in MARKS or text[max(0, start - 1)] in MARKS
        yield start, end, direct, " ".join(text[a:b] for a, b in one["speaker"])


def _direct(ours: list, marked: list[tuple], counts: dict[str, int]) -> None:
    for one in ours:
        if one.kind == "direct":
            counts["direct"] += 1
            counts["inside"] += any(_common(one, other) > 0.5 * (one.end - one.start) for other in marked)
    for other in marked:
        if other[2]:
            counts["marked direct"] += 1
            half = 0.5 * (other[1] - other[0])
            counts["covered"] += any(_common(one, other) > half for one in ours if one.kind != "indirect")


def _common(one, other: tuple) -> int:
    return max(0, min(one.end, other[1]) - max(one.start, other[0]))


def _pairs(ours: list, marked: list[tuple]) -> Iterator[tuple]:
    """Yield the pairs that overlap by half or more, the closest first, each row and each content at most once."""
    scored = sorted(
        (
            (_common(one, other) / (max(one.end, other[1]) - min(one.start, other[0])), i, j)
            for i, one in enumerate(ours)
            for j, other in enumerate(marked)
            if _common(one, other)
        ),
        reverse=True,
    )
    taken_ours, taken_marked = set(), set()
    for overlap, i, j in scored:
        if overlap >= 0.5 and i not in taken_ours and j not in taken_marked:
            taken_ours.add(i)
            taken_marked.add(j)
            yield ours[i], marked[j]


def _last(speaker: str) -> str:
    """Return the last word of a speaker, without marks and possessive."""
    words = [word.strip(".,;:'’\"”").casefold() for word in speaker.split()]
    for ending in APOSTROPHES:
        words = [word.removesuffix(ending) for word in words]
    return next((word for word in reversed(words) if word), "")


def tones(rows: list[dict]) -> dict[str, float]:
    """Measure the polarity of sentences against the mean of what twenty readers gave them.

    A row is a sentence: ``article_id``, ``text`` and ``rating``, -4 to 4. For each engine: Pearson's r over sentences
    and over the means of articles, macro F1 of negative, neutral and positive (neutral: a rating of up to .5, a
    polarity of up to .05 either way), and the share of sentences scored exactly 0.
    """
    import numpy as np
    import pandas as pd
    from sklearn.metrics import f1_score

    table = pd.DataFrame(rows)
    figures = {}
    for engine in sentiment.ENGINES:
        table["polarity"] = sentiment.score(table, engine=engine)["polarity"]
        means = table.groupby("article_id")[["rating", "polarity"]].mean()
        sides = [
            np.sign(table[name]) * (table[name].abs() > limit) for name, limit in (("rating", 0.5), ("polarity", 0.05))
        ]
        figures |= {
            f"{engine}: r with readers, sentences": float(table["polarity"].corr(table["rating"])),
            f"{engine}: r with readers, article means": float(means["polarity"].corr(means["rating"])),
            f"{engine}: macro F1 of three": float(f1_score(*sides, average="macro")),
            f"{engine}: share scored exactly 0": float((table["polarity"] == 0).mean()),
        }
    return figures


SETS = {
    "tones": Labelled(
        "sentiment.jsonl",
        "New York Times editorials (Hutto & Gilbert, ICWSM 2014), github.com/cjhutto/vaderSentiment",
        tones,
    ),
    "quotations": Labelled(
        "quotations.jsonl",
        "PolNeAR (Newell, Margolin & Ruths, LREC 2018), github.com/networkdynamics/PolNeAR",
        quotations,
    ),
}


if __name__ == "__main__":
    main()
