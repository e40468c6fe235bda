"""How well each measure does on labelled sets that others made, as one table.

    python -m benchmarks.accuracy FOLDER [SET ...]

FOLDER holds the labelled sets, one JSON object a line, in the form written at each function that reads one. The sets
belong to others and are no part of this project: get them where the table says that they are published, and bring them
into that form. A set that is not in the folder is skipped, and said to be. To add a set, write a function that takes
its rows and returns the figures by name, and give it a line in SETS.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis import alignment, corpus, language, quotation, segmentation, sentiment

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


def events(rows: list[dict]) -> dict[str, float]:
    """Measure the similarity of sentences against those that annotators linked to the same event.

    A row is an article: ``article_id``, ``subtopic`` (the event that it reports), and ``sentences``, each with
    ``text``, ``selected`` (its events are marked) and ``events``. Over all pairs of articles of a subtopic:

    * same event: area under the curve of similarity, over pairs of selected sentences, for having an event in common;
    * told by one only: that of 1 - the highest similarity, over selected sentences with an event, for having none
      that the other article tells.
    """
    from itertools import permutations

    from sklearn.metrics import roc_auc_score

    groups: dict[str, list[dict]] = {}
    for row in rows:
        if any(sentence["selected"] for sentence in row["sentences"]):
            groups.setdefault(row["subtopic"], []).append(row)
    same: list[tuple[bool, float]] = []
    alone: list[tuple[bool, float]] = []
    for articles in groups.values():
        for a, b in permutations(articles, 2):
            found = alignment.similarity(*([sentence["text"] for sentence in row["sentences"]] for row in (a, b)))
            marked = [[n for n, sentence in enumerate(row["sentences"]) if sentence["selected"]] for row in (a, b)]
            if not all(marked):
                continue
            told = set().union(*(sentence["events"] for sentence in b["sentences"]))
            for i in marked[0]:
                own = set(a["sentences"][i]["events"])
                if a["article_id"] < b["article_id"]:
                    same += [(bool(own & set(b["sentences"][j]["events"])), found[i, j]) for j in marked[1]]
                if own:
                    alone.append((not own & told, 1 - found[i].max()))
    return {
        "same event, AUC": float(roc_auc_score(*zip(*same, strict=True))),
        "told by one only, AUC": float(roc_auc_score(*zip(*alone, strict=True))),
        "pairs of sentences": len(same),
    }


def propositions(rows: list[dict]) -> dict[str, float]:
    """Measure the similarity of sentences against pairs that annotators found to state the same.

    A row is a topic: ``a`` and ``b``, the sentences of two texts, and ``aligned``, pairs of them.
    """
    from sklearn.metrics import precision_recall_curve, roc_auc_score

    marked: list[bool] = []
    scores: list[float] = []
    for row in rows:
        pairs = {tuple(pair) for pair in row["aligned"]}
        marked += [(x, y) in pairs for x in row["a"] for y in row["b"]]
        scores += alignment.similarity(row["a"], row["b"]).ravel().tolist()
    precision, recall, _ = precision_recall_curve(marked, scores)
    best = max(2 * p * r / (p + r) for p, r in zip(precision, recall, strict=True) if p + r)
    return {"same proposition, AUC": float(roc_auc_score(marked, scores)), "same proposition, best F1": float(best)}


def retold(rows: list[dict], *, share: float = 0.3, seed: int = 0) -> dict[str, float]:
    """Measure links between two translations of an article, sentence by sentence, some of the second left out.

    A row is an article: ``a`` and ``b``, its sentences in both. F1 of the links, and of the sentences of the first
    for which no counterpart is found because it was left out.
    """
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    links, gaps = Counter(), Counter()
    for row in rows:
        kept = [n for n in range(len(row["b"])) if rng.random() >= share]
        if not kept:
            continue
        lines = [("a", n, text) for n, text in enumerate(row["a"])]
        lines += [("b", n, row["b"][place]) for n, place in enumerate(kept)]
        table = pd.DataFrame(lines, columns=["article_id", "sentence_id", "text"]).assign(story="s", source="s")
        found = alignment.align(table)
        ours = set(zip(found["sentence_id_a"], found["sentence_id_b"], strict=True))
        marked = {(place, n) for n, place in enumerate(kept)}
        links += Counter(both=len(ours & marked), ours=len(ours), marked=len(marked))
        free = alignment.omissions(table, found)
        free = set(free.loc[free["article_id"] == "a", "sentence_id"])
        gone = set(range(len(row["a"]))) - set(kept)
        gaps += Counter(both=len(free & gone), ours=len(free), marked=len(gone))
    names = {"retold, F1 of links": links, "left out and found, F1": gaps}
    return {name: 2 * counts["both"] / (counts["ours"] + counts["marked"]) for name, counts in names.items()}


def toward(rows: list[dict]) -> dict[str, float]:
    """Measure the tone toward a marked person or group against readers' labels.

    A row is a sentence: ``text`` and ``targets``, each with ``start``, ``end`` and ``label``, -1, 0 or 1. The model
    that the kit ships was made of this very set, so its figure here says nothing about other sentences: the
    cross-validated one, which ``benchmarks/train_toward.py`` prints, does. The rule was not made of it.
    """
    import pandas as pd
    from sklearn.metrics import f1_score

    articles = corpus.from_records(
        {"article_id": str(n), "source": "news", "text": row["text"]} for n, row in enumerate(rows)
    )
    sentences = segmentation.split(articles)
    mentions = pd.DataFrame(
        [{"article_id": str(n), **target} for n, row in enumerate(rows) for target in row["targets"]]
    )
    figures = {
        f"macro F1, {name}": float(
            f1_score(
                mentions["label"],
                sentiment.toward(sentences, mentions.drop(columns="label"), method=method)["label"],
                average="macro",
            )
        )
        for method, name in (("rule", "rule"), ("model", "model, on what it was made of"))
    }
    return {**figures, "mentions": len(mentions)}


def loaded(rows: list[dict]) -> dict[str, float]:
    """Measure loaded sentences and words against experts' labels.

    A row is a sentence: ``text``, ``biased`` (0 or 1, as the set's authors call it) and ``words``, those that experts
    marked. A text counts by its most loaded sentence; words are compared one by one, in lower case.
    """
    from sklearn.metrics import f1_score, roc_auc_score

    articles = corpus.from_records(
        {"article_id": str(n), "source": "news", "text": row["text"]} for n, row in enumerate(rows)
    )
    sentences = segmentation.split(articles)
    tops = language.loadedness(sentences).groupby("article_id")["loadedness"].max()
    scores = [tops.get(str(n), 0.0) for n in range(len(rows))]
    gold = [row["biased"] for row in rows]
    flags = language.flag(sentences)
    flagged = flags[flags["category"] == "loaded"].groupby("article_id")["text"].agg(" ".join)
    counts = Counter()
    for n, row in enumerate(rows):
        ours = set(flagged.get(str(n), "").casefold().split())
        marked = set(" ".join(row["words"]).casefold().split())
        counts += Counter(both=len(ours & marked), ours=len(ours), marked=len(marked))
    return {
        "loaded sentence, AUC": float(roc_auc_score(gold, scores)),
        "loaded sentence, macro F1 at .5": float(f1_score(gold, [score >= 0.5 for score in scores], average="macro")),
        "loaded words, precision": counts["both"] / max(1, counts["ours"]),
        "loaded words, recall": counts["both"] / max(1, counts["marked"]),
    }


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
    "events": Labelled(
        "events.jsonl",
        "ECB+ (Cybulska & Vossen, LREC 2014), github.com/cltl/ecbPlus",
        events,
    ),
    "propositions": Labelled(
        "propositions.jsonl",
        "SuperPAL (Ernst et al., CoNLL 2021), Multi-News, github.com/oriern/SuperPAL",
        propositions,
    ),
    "toward": Labelled(
        "targets.jsonl",
        "NewsMTSC, training part (Hamborg & Donnay, EACL 2021), github.com/fhamborg/NewsMTSC",
        toward,
    ),
    "loaded": Labelled(
        "loaded.jsonl",
        "BABE, SG1 (Spinde et al., Findings of EMNLP 2021), github.com/Media-Bias-Group",
        loaded,
    ),
    "retold": Labelled(
        "retold.jsonl",
        "WMT 2021 news translation task, Russian to English, two references (Akhbardeh et al. 2021)",
        retold,
    ),
}


if __name__ == "__main__":
    main()
