"""TextBlob's polarity and subjectivity for many texts."""

from collections.abc import Iterable

import numpy as np


def score(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return TextBlob's polarity (-1..1) and subjectivity (0..1) of each text, and how many chunks it scored.

    >>> polarity, subjectivity, n_scored = score(["TextBlob is amazingly simple to use. What great fun!"])
    >>> polarity.tolist(), subjectivity.tolist(), n_scored.tolist()
    ([0.39166666666666666], [0.4357142857142857], [3])
    """
    from textblob.en import sentiment

    found = [sentiment(text) for text in texts]
    return (
        np.array([one[0] for one in found], dtype="float64"),
        np.array([one[1] for one in found], dtype="float64"),
        np.array([len(one.assessments) for one in found], dtype="int64"),
    )
