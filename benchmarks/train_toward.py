"""Make the table of the model of tone toward a mention, and print how well it does on sentences it has not seen.

The labelled sentences are the training part of NewsMTSC (Hamborg & Donnay, EACL 2021; MIT licence): one JSON object a
line with ``text`` and ``targets``, each with ``start``, ``end`` and ``label`` -1, 0 or 1.

    python benchmarks/train_toward.py train.jsonl            # figures only
    python benchmarks/train_toward.py train.jsonl --write    # and the table analysis/lexicons/toward.tsv
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from analysis import corpus, segmentation, targets

# A feature counts from so many sentences on; weights below SMALLEST throughout are left out of the table.
MIN_SENTENCES = 4
SMALLEST = 0.02
STRENGTH = 0.05
FOLDS = 5
SEED = 0


def main() -> None:
    """Print the cross-validated figures; write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    sentences, labels = read(asked.file)
    report(sentences, labels)
    if asked.write:
        write(fit(sentences, labels))


def read(file: Path) -> tuple[list[tuple[str, int, int]], np.ndarray]:
    """Return each mention as (sentence, start, end) with its label; the sentence is the one the kit would find."""
    data = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    articles = corpus.from_records(
        {"article_id": str(i), "source": "news", "text": d["text"]} for i, d in enumerate(data)
    )
    split = segmentation.split(articles)
    spans = {key: list(zip(g["start"], g["text"], strict=True)) for key, g in split.groupby("article_id", sort=False)}
    mentions, labels = [], []
    for i, row in enumerate(data):
        for target in row["targets"]:
            start, text = max(pair for pair in spans[str(i)] if pair[0] <= target["start"])
            mentions.append((text, target["start"] - start, target["end"] - start))
            labels.append(target["label"])
    return mentions, np.array(labels)


def report(mentions: list[tuple[str, int, int]], labels: np.ndarray) -> None:
    """Print macro F1 of the rule, of the commonest label, and of the model, cross-validated by text."""
    numbers = {text: i for i, text in enumerate(dict.fromkeys(text for text, _, _ in mentions))}
    groups = np.array([numbers[text] for text, _, _ in mentions])
    by_rule = [targets.rule(targets.mask(*mention))[1] for mention in mentions]
    print(f"mentions: {len(labels)}")
    print(f"commonest label, macro F1: {f1_score(labels, commonest(labels), average='macro'):.3f}")
    print(f"rule, macro F1: {f1_score(labels, by_rule, average='macro'):.3f}")
    found = np.zeros(len(labels))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(mentions, labels, groups):
        weights = fit([mentions[i] for i in train], labels[train])
        found[test] = [targets.predict(targets.mask(*mentions[i]), weights)[1] for i in test]
    print(f"model, macro F1, {FOLDS}-fold, identical texts in one fold: {f1_score(labels, found, average='macro'):.3f}")
    for label in targets.LABELS:
        print(f"  F1 of {label:+d}: {f1_score(labels, found, labels=[label], average='macro'):.3f}")


def commonest(labels: np.ndarray) -> np.ndarray:
    """Return the commonest label for everything."""
    return DummyClassifier().fit(labels, labels).predict(labels)


def fit(mentions: list[tuple[str, int, int]], labels: np.ndarray) -> targets.Weights:
    """Return a logistic regression on the features, every tone weighted alike, as a table of rounded weights."""
    rows = [targets.features(targets.mask(*mention)) for mention in mentions]
    counts = Counter(name for row in rows for name in row)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(
        {name: value for name, value in row.items() if counts[name] >= MIN_SENTENCES} for row in rows
    )
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500).fit(matrix, labels)
    columns = np.round(model.coef_.T, 3)
    kept = np.abs(columns).max(axis=1) >= SMALLEST
    names = vectorizer.get_feature_names_out()[kept]
    weights = {name: tuple(row) for name, row in zip(names, columns[kept].tolist(), strict=True)}
    return {targets.INTERCEPT: tuple(np.round(model.intercept_, 3).tolist()), **weights}


def write(weights: targets.Weights) -> None:
    """Write the weights as the table that the kit ships."""
    lines = ["feature\tnegative\tneutral\tpositive"]
    lines += ["\t".join([name, *(f"{x:.3f}" for x in weights[name])]) for name in sorted(weights)]
    (targets.LEXICONS / "toward.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {len(lines) - 1} rows")


if __name__ == "__main__":
    main()
