"""Tone toward a mention, from the words around it: a small linear model, and a rule to check it against.

Neither ever sees a name. Before anything is read off a sentence, the mention becomes one blank, and so does every
other name; otherwise a model would learn who gets bad press and repeat it. What the model knows is a table,
``analysis/lexicons/toward.tsv``: a row a feature, a weight each tone. ``benchmarks/train_toward.py`` makes it and
prints how well it does on sentences that it was not made of.
"""

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

LEXICONS = Path(__file__).parent / "lexicons"
LABELS = (-1, 0, 1)
Weights = Mapping[str, tuple[float, float, float]]
INTERCEPT = "(intercept)"

# How near is near: words, and pieces of two or three words, within so many places of the mention.
NEAR = 4
NEXT = 2
PIECES = 8
# A word's lexicon value counts half at this distance.
HALF = 4
# Lexicon values run to 4; brought to the size of the other features, which are 0 or 1.
SCALE = 1.5

# The rule calls a tone where the weighted words add up to this much, in VADER's units.
RULE_THRESHOLD = 0.15

_TOKEN = re.compile(
    r"""(?x)
      (?P<number> [$€£]?\d[\d.,:]*%?\w* )
    | (?P<clitic> n['’]t\b | ['’](?:s|re|ve|ll|d|m)\b )
    # J. (before a name), Sen., U.S., O'Brien, and whole words; "don't" falls into "do" and "n't".
    | (?P<word> [A-Z]\.(?=\s+[A-Z]) | (?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|St|Jr|Sr)\.
              | (?:[^\W\d_]\.){2,} | [^\W\d_]{1,2}['’][A-Z][^\W\d_]+
              | [^\W\d_]+?(?=n['’]t\b) | [^\W\d_]+(?:-[^\W\d_]+)* )
    | (?P<mark> [^\w\s] )"""
)
_QUOTES = frozenset('"“”')
# After these a sentence, a quotation or a title begins, and a capital says nothing.
_OPENERS = frozenset('.!?:;"“”‘(–—[')
_NEGATIONS = frozenset(
    {"not", "no", "n't", "never", "without", "neither", "nor", "hardly", "none", "cannot", "nobody", "nothing"}
)
# Inside names in lower case: Osama bin Laden, Ursula von der Leyen.
_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le", "van", "von", "y"}
)
# Function words that are names with a capital.
_NAMES_TOO = frozenset({"may", "will"})


class Item(NamedTuple):
    """A word, mark or blank of a masked sentence: ``kind`` is word, number, clitic, mark, name or mention."""

    kind: str
    word: str


def mask(text: str, start: int, end: int) -> list[Item]:
    """Return the words of ``text``, by base form, with the mention at ``start`` to ``end`` and all names blanked out.

    Any word with a capital is a name, but for function words where a sentence begins: other words there are given up,
    for they may be names.
    Names side by side are one blank, so that a long name leaves the same trace as a short one.

    >>> [item.word for item in mask("The critics of Ann Hill say she lied to Joe Roe.", 15, 23)]
    ['the', 'critic', 'of', 'MENTION', 'say', 'she', 'lie', 'to', 'NAME', '.']
    """
    items: list[Item] = []
    opens = True
    for token in _TOKEN.finditer(text):
        printed = token.group()
        if token.start() < end and token.end() > start:
            item = Item("mention", "MENTION")
        elif token.lastgroup == "number":
            item = Item("number", "#")
        elif token.lastgroup != "word":
            item = Item(token.lastgroup, printed.lower().replace("’", "'"))
        elif _is_name(printed, opens=opens):
            item = Item("name", "NAME")
        else:
            item = Item("word", base(printed.lower()))
        _put(items, item)
        opens = printed in _OPENERS
    if not any(item.kind == "mention" for item in items):
        raise ValueError(f"targets.mask: no word of {text!r} lies between {start} and {end}; a mention is to have one.")
    return items


def features(items: Sequence[Item]) -> dict[str, float]:
    """Return the features of a masked sentence by name.

    ``w=`` a word anywhere; ``d=`` the same by its nearness; ``before=``, ``after=`` within four places of the mention;
    ``-1=``, ``2=`` at that place; ``before2=``, ``after3=``, ``around2=`` pieces of two and three words; ``not=`` a
    valued word after a negation; ``value ...`` sums of VADER's word values; ``quoted`` and ``quotes``, marks before the
    mention and anywhere; ``first``, ``place`` and ``length``, where the mention stands in how long a sentence.
    """
    at = next(i for i, item in enumerate(items) if item.kind == "mention")
    words = [item.word for item in items]
    found: dict[str, float] = {}
    for i, word in enumerate(words):
        distance = abs(i - at)
        if not distance:
            continue
        side = "before" if i < at else "after"
        found["w=" + word] = 1.0
        found["d=" + word] = max(found.get("d=" + word, 0.0), 1 / (1 + distance / HALF))
        if distance <= NEAR:
            found[f"{side}={word}"] = 1.0
        if distance <= NEXT:
            found[f"{i - at}={word}"] = 1.0
        _add_value(found, word, side, distance, negated=_negated(words, i))
    found.update(_pieces(words, at))
    found["quoted"] = float(sum(word in _QUOTES for word in words[:at]) % 2)
    found["quotes"] = float(any(word in _QUOTES for word in words))
    found["first"] = float(at == 0)
    found["place"] = at / len(words)
    found["length"] = len(words) / 40
    return {name: value for name, value in found.items() if value}


def predict(items: Sequence[Item], weights: Weights) -> tuple[float, int]:
    """Return polarity (the probability of a positive less that of a negative tone, -1 to 1) and the likeliest label.

    >>> negative, label = predict(mask("Critics blasted Ann Hill as a liar.", 16, 24), load())
    >>> negative < -0.5, label
    (True, -1)
    """
    sums = list(weights[INTERCEPT])
    for name, value in features(items).items():
        for k, weight in enumerate(weights.get(name, ())):
            sums[k] += weight * value
    top = max(sums)
    shares = [math.exp(x - top) for x in sums]
    return (shares[2] - shares[0]) / sum(shares), LABELS[max(range(3), key=lambda k: (sums[k], -k))]


def rule(items: Sequence[Item]) -> tuple[float, int]:
    """Return polarity and label by the rule: VADER's word values, the nearer the mention the more, negation turned.

    >>> polarity, label = rule(mask("Critics blasted Ann Hill as a liar.", 16, 24))
    >>> polarity < 0, label
    (True, -1)
    """
    at = next(i for i, item in enumerate(items) if item.kind == "mention")
    words = [item.word for item in items]
    total = sum(
        valence(word) * (-0.6 if _negated(words, i) else 1) / (1 + abs(i - at))
        for i, word in enumerate(words)
        if i != at
    )
    return math.tanh(total), (total >= RULE_THRESHOLD) - (total <= -RULE_THRESHOLD)


@cache
def load() -> Weights:
    """Return the weights as they are shipped, by the features' names."""
    with (LEXICONS / "toward.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["feature"]: (float(row["negative"]), float(row["neutral"]), float(row["positive"])) for row in rows}


@lru_cache(maxsize=1 << 16)
def base(word: str) -> str:
    """Return the base form of a lower-case word.

    >>> base("criticized")
    'criticize'
    """
    import simplemma

    return simplemma.lemmatize(word, lang="en").lower()


def valence(word: str) -> float:
    """Return VADER's value of a word, -4 to 4, or 0 where it has none."""
    return _valences().get(word, 0.0)


@cache
def _valences() -> dict[str, float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer().lexicon


def _is_name(printed: str, *, opens: bool) -> bool:
    lower = printed.lower()
    is_function_word = lower in _function_words() and lower not in _NAMES_TOO
    return printed not in (lower, "I") and not (opens and is_function_word)


@cache
def _function_words() -> frozenset[str]:
    lines = (LEXICONS / "function_words.tsv").read_text(encoding="utf-8").split("\n")
    return frozenset(lines[1:]) - {""}


def _put(items: list[Item], item: Item) -> None:
    """Add ``item``; a blank beside a blank is one, particles between them included, and the mention's if one is."""
    blanks = ("name", "mention")
    if item.kind not in blanks:
        items.append(item)
        return
    last = len(items)
    while last and items[last - 1].word in _PARTICLES:
        last -= 1
    if last and items[last - 1].kind in blanks:
        mention = item.kind == "mention" or items[last - 1].kind == "mention"
        items[last - 1 :] = [Item("mention", "MENTION") if mention else item]
    else:
        items.append(item)


def _negated(words: Sequence[str], i: int) -> bool:
    return any(word in _NEGATIONS for word in words[max(0, i - 3) : i])


def _add_value(found: dict[str, float], word: str, side: str, distance: int, *, negated: bool) -> None:
    value = valence(word) / SCALE * (-0.6 if negated else 1)
    if not value:
        return
    if negated:
        found["not=" + word] = 1.0
    sign = "positive" if value > 0 else "negative"
    near = 1 / (1 + distance / HALF)
    sums = (
        ("value all", value),
        ("value near", value * near),
        (f"value {side}", value),
        (f"value {side} near", value * near),
        (f"value {sign}", abs(value)),
        (f"value {sign} near", abs(value) * near),
    )
    for name, amount in sums:
        found[name] = found.get(name, 0.0) + amount


def _pieces(words: Sequence[str], at: int) -> Iterator[tuple[str, float]]:
    for n in (2, 3):
        for i in range(max(0, at - PIECES - n + 1), min(len(words) - n, at + PIECES) + 1):
            side = "before" if i + n - 1 < at else "after" if i > at else "around"
            yield f"{side}{n}={' '.join(words[i : i + n])}", 1.0
