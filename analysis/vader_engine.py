"""VADER's scores for many sentences at once, each a sentence or shorter: whole texts run against its bounds."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

# VADER looks words up with the straight apostrophe only: "isn’t good" would be +.44, "isn't good" is -.34. One
# character stands for one, so that offsets stay.
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'"))


def score(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return VADER's compound score (-1..1) of each text, and how many of its words have a valence.

    >>> polarity, n_scored = score(["The plan isn’t good."])
    >>> polarity.tolist(), n_scored.tolist()
    ([-0.3412], [1])
    """
    scorer = _scorer()
    found = [scorer(text.translate(_APOSTROPHES)) for text in texts]
    return np.array([p for p, _ in found], dtype="float64"), np.array([n for _, n in found], dtype="int64")


@lru_cache(maxsize=1)
def _scorer():
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    class Analyzer(SentimentIntensityAnalyzer):
        """VADER, which also tells how many words have a valence."""

        def score_valence(self, sentiments, text):
            return super().score_valence(sentiments, text)["compound"], sum(value != 0 for value in sentiments)

    return Analyzer().polarity_scores
