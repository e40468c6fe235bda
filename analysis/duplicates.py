"""Articles that share text, found without comparing all pairs: MinHash over runs of five tokens.

A signature is as wide whatever the article's length: each run of tokens falls, by its hash, into one of 128 bins, and a
bin keeps the smallest hash in it (one permutation hashing; Li, Owen & Zhang 2012). The share of bins that agree
estimates the Jaccard similarity of the two sets of runs (Broder 1997). Articles are compared only where two
neighbouring bins agree in both.
"""

import numpy as np
import pandas as pd

from analysis import tables

RUN = 5
BINS = 128
BAND = 2
EMPTY = np.uint32(0xFFFFFFFF)
# A text in more copies than this is compared with its first copy only, so that pairs stay fewer than copies squared.
CROWD = 50
# From here on two articles are near-duplicates, and from there they share text worth knowing of.
NEAR = 0.7
SHARED = 0.1

_STEPS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], np.uint64
)


def signatures(articles: np.ndarray, hashes: np.ndarray, *, n_articles: int) -> np.ndarray:
    """Return one signature an article, a row of 128 numbers.

    ``articles`` is the number of each token's article, ascending, and ``hashes`` the 64-bit hash of its term. An
    article of fewer than five tokens has an empty signature, which is like no other.
    """
    signature = np.full(n_articles * BINS, EMPTY, dtype=np.uint32)
    if len(hashes) >= RUN:
        inside = articles[RUN - 1 :] == articles[: len(articles) - RUN + 1]
        runs = np.zeros(len(inside), dtype=np.uint64)
        for step in range(RUN):
            runs += hashes[step : step + len(runs)] * _STEPS[step]
        runs = runs[inside]
        runs ^= runs >> np.uint64(29)
        runs *= _STEPS[1]
        runs ^= runs >> np.uint64(32)
        bins = (runs >> np.uint64(57)).astype(np.int64) + articles[: len(inside)][inside] * BINS
        values = np.minimum((runs & np.uint64(0xFFFFFFFF)).astype(np.uint32), EMPTY - np.uint32(1))
        np.minimum.at(signature, bins, values)
    return signature.reshape(n_articles, BINS)


def similarity(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the estimated Jaccard similarity (0 to 1) of signatures row by row; 0 where both are empty."""
    filled = (a != EMPTY) | (b != EMPTY)
    agree = (a == b) & filled
    return agree.sum(axis=1) / np.maximum(1, filled.sum(axis=1))


def pairs(signature: np.ndarray, *, threshold: float = SHARED) -> pd.DataFrame:
    """Return the pairs of rows whose estimated similarity is at least ``threshold``: a < b, and similarity.

    About 1 pair in 1,000 of similarity .7 is missed, none worth the name above it; of similarity .2, about 1 in 14.
    """
    found = [np.zeros(0, dtype=np.int64)]
    for band in range(0, BINS, BAND):
        keys = signature[:, band].astype(np.uint64) << np.uint64(32) | signature[:, band + 1]
        rows = np.flatnonzero((signature[:, band : band + BAND] != EMPTY).all(axis=1))
        found.append(_alike(rows[np.argsort(keys[rows], kind="stable")], keys, len(signature)))
    a, b = np.divmod(np.unique(np.concatenate(found)), max(1, len(signature)))
    score = np.concatenate(
        [similarity(signature[a[i : i + 100_000]], signature[b[i : i + 100_000]]) for i in range(0, len(a), 100_000)]
        or [np.zeros(0)]
    )
    keep = score >= threshold
    return pd.DataFrame({"a": a[keep], "b": b[keep], "similarity": score[keep]})


def _alike(rows: np.ndarray, keys: np.ndarray, n: int) -> np.ndarray:
    """Return a * n + b of the pairs of rows with one key; ``rows`` come sorted by it."""
    ordered = keys[rows]
    starts = np.flatnonzero(np.concatenate([np.ones(min(1, len(rows)), dtype=bool), ordered[1:] != ordered[:-1]]))
    place = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    found = []
    # A pair is a row and the one so many places before it; beyond the crowd, only the first of the run.
    for step in range(1, min(CROWD, int(place.max(initial=0))) + 1):
        later = np.flatnonzero(place >= step)
        found.append(_key(rows[later - step], rows[later], n))
    crowded = np.flatnonzero(place > CROWD)
    found.append(_key(rows[crowded - place[crowded]], rows[crowded], n))
    return np.unique(np.concatenate(found))


def _key(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    return np.minimum(a, b) * n + np.maximum(a, b)


def named(found: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs as a table, with the articles' ids and sources; reads article_id and source, in row order."""
    sides = {}
    for side in ("a", "b"):
        rows = articles.iloc[found[side]].reset_index(drop=True)
        sides |= {f"article_id_{side}": rows["article_id"], f"source_{side}": rows["source"]}
    table = pd.DataFrame(sides).assign(similarity=found["similarity"].to_numpy())
    table["kind"] = np.where(table["similarity"] >= NEAR, "near-duplicate", "shared text")
    ordered = table.sort_values(
        ["similarity", "article_id_a", "article_id_b"], ascending=[False, True, True], ignore_index=True
    )
    return tables.make("duplicates", ordered)
