"""VADER's compound score, exactly, at several times its speed; for sentences, since whole texts run against its bounds.

The rules are those of vaderSentiment 3.3.2 (Hutto & Gilbert 2014), and so are word list and constants, read from the
installed package. Time is saved in two ways: what there is to know of a chunk between white space is found once, and
only words with a valence are looked at closely. The rare cases (idioms, "least", "but") go through VADER's own code.

VADER looks for the straight apostrophe only: to it "isn’t good" is +.44 and "isn't good" -.34. So apostrophes are made
straight first, character for character.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from string import punctuation
from typing import NamedTuple

import numpy as np

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'"))
# Words that each of VADER's idioms ("kiss of death", "kind of") holds at least one of.
_IDIOMATIC = frozenset(["shit", "bomb", "ass", "stop", "right", "death", "die", "heart", "kind", "sort", "just"])
# Other words that VADER's rules for words nearby ask for.
_TURNING = frozenset(["no", "so", "this", "doubt", "least"])
MEMORY = 1 << 18


class Word(NamedTuple):
    """What VADER knows of a chunk of text: the word in it, its valence (None without one), and what it does."""

    text: str
    lower: str
    valence: float | None
    negates: bool
    kind: str


_KIND = itemgetter(Word._fields.index("kind"))
# Kinds of words: v with a valence, w with a valence and a say in that of words nearby, x with the latter only, b "but",
# o any other; in capitals where the word is. Among these a word keeps its own valence:
_QUIET = "vbo"


def score(texts: Iterable[str], *, without: frozenset[str] = frozenset()) -> tuple[np.ndarray, np.ndarray]:
    """Return VADER's compound score (-1..1) of each text, and how many of its words have a valence.

    The words ``without``, in lower case, are taken for words without valence.

    >>> polarity, n_scored = score(["The plan isn’t good."])
    >>> polarity.tolist(), n_scored.tolist()
    ([-0.3412], [1])
    """
    engine = _engine(without)
    polarity, n_scored = [], []
    for text in texts:
        valences, plain = engine.valences(text)
        polarity.append(engine.compound(valences, plain) if valences else 0.0)
        n_scored.append(sum([valence != 0 for _, valence in valences]))
    return np.array(polarity, dtype="float64"), np.array(n_scored, dtype="int64")


def assess(text: str, *, without: frozenset[str] = frozenset()) -> tuple[float, list[tuple[str, float]]]:
    """Return VADER's score of ``text``, and each word with a valence with how far the score falls without it.

    "Without it" leaves the sentence as it is but for the word's own valence.

    >>> assess("The plan isn’t good.")
    (-0.3412, [('good', -0.3412...)])
    """
    engine = _engine(without)
    valences, plain = engine.valences(text)
    compound = engine.compound(valences, plain)
    falls = []
    for place, (word, valence) in enumerate(valences):
        if valence != 0:
            rest = [*valences[:place], *valences[place + 1 :]]
            falls.append((word, compound - engine.compound(rest, plain)))
    return compound, falls


def knows(word: str) -> bool:
    """Return whether VADER has a valence for ``word``, in lower case."""
    return word in _engine(frozenset()).lexicon


class _Memo(dict):
    """What is known of each chunk, forgotten when there are too many of them."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def __missing__(self, chunk):
        if len(self) >= MEMORY:
            self.clear()
        word = self[chunk] = self.function(chunk)
        return word


@lru_cache(maxsize=8)
def _engine(without: frozenset[str]) -> "_Engine":
    return _Engine(without)


class _Engine:
    def __init__(self, without: frozenset[str]) -> None:
        from vaderSentiment import vaderSentiment

        self.vader = vaderSentiment
        self.original = vaderSentiment.SentimentIntensityAnalyzer()
        for word in without:
            self.original.lexicon.pop(word, None)
        self.lexicon = self.original.lexicon
        self.negations = frozenset(vaderSentiment.NEGATE)
        self.boosters = vaderSentiment.BOOSTER_DICT
        self.emojis = frozenset(emoji for emoji in self.original.emojis if len(emoji) == 1)
        self.words = _Memo(self.word)

    def valences(self, text: str) -> tuple[list[tuple[str, float]], str]:
        """Return the words with a valence, each with its valence as the sentence turns it, and the text as scored."""
        if not text.isascii() or "`" in text:
            text = text.translate(_APOSTROPHES)
        if not text.isascii() and not self.emojis.isdisjoint(text):
            text = self.described(text)
        words = list(map(self.words.__getitem__, text.split()))
        kinds = "".join(map(_KIND, words))
        places = [place for place, kind in enumerate(kinds) if kind in "vwVW"]
        if not places:
            return [], text
        # Capitals are emphasis where not everything is in capitals.
        mixed = not (kinds.islower() or kinds.isupper())
        found = [
            self.valence(words, place, mixed=mixed)
            if kinds[max(0, place - 3) : place + 3].strip(_QUIET)
            else words[place].valence
            for place in places
        ]
        if "b" in kinds or "B" in kinds:
            found = self.weighed(words, places, found)
        return [(words[place].lower, valence) for place, valence in zip(places, found, strict=True)], text

    def compound(self, valences: list[tuple[str, float]], text: str) -> float:
        total = float(sum([valence for _, valence in valences]))
        if total and ("!" in text or "?" in text):
            emphasis = self.original._punctuation_emphasis(text)
            total += emphasis if total > 0 else -emphasis
        # VADER's normalize; the largest possible value stays below 1, so that no bound is needed.
        return round(total / math.sqrt(total * total + 15), 4)

    def described(self, text: str) -> str:
        """Put words in the place of emojis, as VADER does."""
        described, after_space = "", True
        for character in text:
            if character in self.emojis:
                described += ("" if after_space else " ") + self.original.emojis[character]
                after_space = False
            else:
                described += character
                after_space = character == " "
        return described.strip()

    def word(self, chunk: str) -> Word:
        stripped = chunk.strip(punctuation)
        text = chunk if len(stripped) <= 2 else stripped
        lower = text.lower()
        valence = None if lower in self.boosters else self.lexicon.get(lower)
        negates = lower in self.negations or "n't" in lower
        turns = negates or lower in self.boosters or lower in _TURNING or lower in _IDIOMATIC
        alone, turning = ("b" if lower == "but" else "o", "x") if valence is None else ("v", "w")
        kind = turning if turns else alone
        return Word(text, lower, valence, negates, kind.upper() if text.isupper() else kind)

    def valence(self, words: list[Word], place: int, *, mixed: bool) -> float:
        """Return a word's valence as the words around it turn it: VADER's sentiment_valence."""
        word = words[place]
        following = words[place + 1].lower if place + 1 < len(words) else None
        if following == "of" and word.lower == "kind":
            return 0
        before = [each.lower for each in words[max(0, place - 3) : place]][::-1]
        valence = word.valence
        if word.lower == "no" and following is not None and following in self.lexicon:
            valence = 0.0
        if "no" in before[:2] or ("no" in before and before[0] in ("or", "nor")):
            valence = word.valence * self.vader.N_SCALAR
        if mixed and word.text.isupper():
            valence += self.vader.C_INCR if valence > 0 else -self.vader.C_INCR
        for step, (lower, damped) in enumerate(zip(before, (1.0, 0.95, 0.9), strict=False), start=1):
            if lower not in self.lexicon:
                if lower in self.boosters:
                    valence += self.vader.scalar_inc_dec(words[place - step].text, valence, mixed) * damped
                valence *= self.turned(before, step, negates=words[place - step].negates)
                if step == 3:
                    valence = self.idiom(words, place, valence)
        if before and before[0] == "least":
            valence = self.original._least_check(valence, [each.text for each in words[: place + 1]], place)
        return valence

    def turned(self, before: list[str], step: int, *, negates: bool) -> float:
        """Return what a negation ``step`` words before multiplies a valence with: VADER's _negation_check."""
        if step > 1 and before[step - 1] == "never" and before[step - 2] in ("so", "this"):
            return 1.25
        # Hardly meant so, but so it is: a "so" right before the word is enough, whatever stands three words before.
        if step == 3 and before[0] in ("so", "this"):
            return 1.25
        if before[step - 1] == "without" and "doubt" in before[: step - 1]:
            return 1.0
        return self.vader.N_SCALAR if negates else 1.0

    def idiom(self, words: list[Word], place: int, valence: float) -> float:
        nearby = words[place - 3 : place + 3]
        if _IDIOMATIC.isdisjoint([word.lower for word in nearby]):
            return valence
        return self.original._special_idioms_check(valence, [word.text for word in nearby], 3)

    def weighed(self, words: list[Word], places: list[int], valences: list[float]) -> list[float]:
        """Weigh what stands before and after "but": VADER's _but_check, which needs every word's place."""
        every: list[float] = [0] * len(words)
        for place, valence in zip(places, valences, strict=True):
            every[place] = valence
        every = self.original._but_check([word.text for word in words], every)
        return [every[place] for place in places]
