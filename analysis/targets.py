"""Tone toward a mention, from the words around it: a small linear model, and a rule to check it against.

Neither ever sees a name. Before anything is read off a sentence, the mention becomes one blank, and so does every
other name; otherwise a model would learn who gets bad press and repeat it. What the model knows is a table,
``analysis/lexicons/toward.tsv``: a row a feature, a weight each tone. ``benchmarks/train_toward.py`` makes it and
prints how well it does on sentences that it was not made of.
"""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

LEXICONS = Path(__file__).parent / "lexicons"
LABELS = (-1, 0, 1)
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
    | (?P<word> [^\W\d_]+?(?=n['’]t\b) | (?:[^\W\d_]\.){2,} | [^\W\d_]+(?:-[^\W\d_]+)* )
    | (?P<mark> [^\w\s] )"""
)
# After these a sentence, a title or a quotation begins, and a capital says nothing.
_OPENERS = frozenset('.!?:;"“”‘(–—[')
_QUOTES = frozenset('"“”')
_NEGATIONS = frozenset(
    {"not", "no", "n't", "never", "without", "neither", "nor", "hardly", "none", "cannot", "nobody", "nothing"}
)


class Item(NamedTuple):
    """A word, mark or blank of a masked sentence: ``kind`` is word, number, clitic, mark, name or mention."""

    kind: str
    word: str


class Model(NamedTuple):
    """The weights of each feature, one a label, and the words it knows in lower case."""

    weights: Mapping[str, tuple[float, float, float]]
    known: frozenset[str]


def mask(text: str, start: int, end: int, known: frozenset[str]) -> list[Item]:
    """Return the words of ``text`` with the mention at ``start`` to ``end`` and all names blanked out.

    A capitalised word is a name, unless it opens a sentence or stands in a title and ``known`` has its base form.
    Names side by side are one blank, so that a long name leaves the same trace as a short one.

    >>> [item.word for item in mask("Critics say Ann Hill lied to Joe Roe.", 12, 20, frozenset({"critic"}))]
    ['critic', 'say', 'MENTION', 'lie', 'to', 'NAME', '.']
    """
    tokens = list(_TOKEN.finditer(text))
    words = [token.group() for token in tokens if token.lastgroup == "word"]
    titled = len(words) > 3 and sum(word[0].isupper() for word in words) > 0.6 * len(words)
    items: list[Item] = []
    opens = True
    for i, token in enumerate(tokens):
        printed = token.group()
        follower = tokens[i + 1].group() if i + 1 < len(tokens) else ""
        if token.start() < end and token.end() > start:
            item = Item("mention", "MENTION")
        elif token.lastgroup != "word":
            item = Item(token.lastgroup, "#" if token.lastgroup == "number" else printed.lower().replace("’", "'"))
        elif _is_word(printed, follower, opens=opens, titled=titled, known=known):
            item = Item("word", base(printed.lower()))
        else:
            item = Item("name", "NAME")
        _put(items, item)
        opens = printed in _OPENERS or (opens and printed in "'’")
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


def predict(items: Sequence[Item], model: Model) -> tuple[float, int]:
    """Return polarity (the probability of a positive less that of a negative tone, -1 to 1) and the likeliest label.

    >>> negative, label = predict(mask("Critics blasted Ann Hill as a liar.", 16, 24, load().known), load())
    >>> negative < -0.5, label
    (True, -1)
    """
    sums = list(model.weights[INTERCEPT])
    for name, value in features(items).items():
        for k, weight in enumerate(model.weights.get(name, ())):
            sums[k] += weight * value
    top = max(sums)
    shares = [math.exp(x - top) for x in sums]
    return (shares[2] - shares[0]) / sum(shares), LABELS[max(range(3), key=lambda k: (sums[k], -k))]


def rule(items: Sequence[Item]) -> tuple[float, int]:
    """Return polarity and label by the rule: VADER's word values, the nearer the mention the more, negation turned.

    >>> polarity, label = rule(mask("Critics blasted Ann Hill as a liar.", 16, 24, frozenset()))
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
def load() -> Model:
    """Return the model as it is shipped."""
    with (LEXICONS / "toward.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        weights = {
            row["feature"]: (float(row["negative"]), float(row["neutral"]), float(row["positive"])) for row in rows
        }
    return Model(weights, vocabulary(weights))


def vocabulary(names: Iterable[str]) -> frozenset[str]:
    """Return the words among the names of features: what may be read where a capital says nothing."""
    return frozenset(name[2:] for name in names if name.startswith("w="))


def lower_case_words(text: str) -> Iterator[str]:
    """Yield the base form of each word of ``text`` that is printed in lower case."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "word" and token.group().islower():
            yield base(token.group())


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


@cache
def _word_names() -> frozenset[str]:
    lines = (LEXICONS / "word_names.tsv").read_text(encoding="utf-8").split("\n")
    return frozenset(lines[1:]) - {""}


def _is_word(printed: str, follower: str, *, opens: bool, titled: bool, known: frozenset[str]) -> bool:
    if printed[0].islower() or printed in ("I", "A"):
        return True
    lower = printed.lower()
    if not (opens or titled) or lower in _word_names() or base(lower) not in known:
        return False
    # "Mark Hill said": a capital after the first word makes the first word a name too, but for "The" and its like.
    return titled or not follower[:1].isupper() or lower in _function_words()


@cache
def _function_words() -> frozenset[str]:
    lines = (LEXICONS / "function_words.tsv").read_text(encoding="utf-8").split("\n")
    return frozenset(lines[1:]) - {""}


def _put(items: list[Item], item: Item) -> None:
    """Add ``item``; a blank beside a blank is one, and the mention's swallows a name's."""
    last = items[-1].kind if items else None
    if item.kind == "mention" and last in ("name", "mention"):
        items[-1] = item
    elif not (item.kind == "name" and last in ("name", "mention")):
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
