"""TextBlob's polarity and subjectivity, bit for bit, at many times its speed and without importing it.

The figures are those of TextBlob 0.19 and 0.20 with its default PatternAnalyzer (Loria; De Smedt & Daelemans 2012),
quirks included: a contraction never negates ("isn't good" is positive), "(age 8)" ends in a smiley. The word values
are read from the installed package; averages over senses are formed as TextBlob forms them, so that they are the same
to the last bit on the Python at hand. ``lexicons/textblob.tsv`` holds its abbreviations and smileys.

Why it is fast. To TextBlob a sentence is a row of known words, negations and everything else, and a word that it
does not know ends whatever went on before. So each chunk between white space becomes a short string of events, once
and for all; events joined and parted at the ends are runs such as "not very good"; and few different runs exist. Arrow
and numpy do what is to be done for each of millions of chunks, Python what is to be done for each different one. The
rest, about one sentence in a hundred (exclamation marks, smileys), goes the long way, which :func:`assess` shows.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np

DATA = Path(__file__).parent / "lexicons" / "textblob.tsv"

NEGATIONS = ("no", "not", "n't", "never")
PUNCTUATION = ".,;:!?()[]{}`''\"@#$^&*+-|=~_"
_SPLIT_OFF = tuple(PUNCTUATION.replace(".", ""))
_SPLIT_OFF_END = (*_SPLIT_OFF, ".")
_QUOTES = str.maketrans({mark: f" {mark} " for mark in "“”‘’'\""})
_PARAGRAPH = "END-OF-SENTENCE"
_ENDS = ("...", ".", "!", "?", _PARAGRAPH)
_AFTER_END = ("'", '"', "”", "’", "...", ".", "!", "?", ")", _PARAGRAPH)
_ABBREVIATION = re.compile(r"^[A-Za-z]\.$|^([A-Za-z]\.)+$|^[A-Z][b|cdfghjklmnpqrstvwxz]+.$")
_IRONY = re.compile(r"\( ?\! ?\)")

# Events that a chunk of text stands for; a known word is one further character, for its values.
_RESET = " "  # an unknown word of three letters or more: nothing before it counts any longer
_FORGET = "r"  # an unknown word of two letters: a negation before it no longer counts
_NOT, _NO = "N", "n"  # a negation, which ends a modifier as an unknown word does; "no" is too short for that
_LOOK = "!"  # an exclamation mark, or what may be part of a smiley: the sentence goes the long way
_FIRST_WORD = 0x4E00
# At the ends of a chunk these are tokens of their own that tell nothing.
_SILENT = ",?()[]“”‘’'\""
_LOOKS = re.compile(r"[!<=:>;*°♥]|8(?=\)|-?$|-[)Dd])|^-?D(?![^\W_])|^[._]?O(?![^\W_])|END-OF-SENTENCE")

# Chunks kept in memory; beyond that they are forgotten and read again.
MEMORY = 1 << 18
# Texts that are read at once: many, so that what comes again is read once, and few enough for any memory.
BATCH = 1 << 15
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Value(NamedTuple):
    """What TextBlob knows of a word; ``intensity`` multiplies the next word's values where the word modifies."""

    polarity: float
    subjectivity: float
    intensity: float
    modifies: bool
    turns: bool  # ends in "ly": a negation after it turns the phrase before it ("really not ...")


class Assessment(NamedTuple):
    """A phrase that TextBlob scores: a known word with the modifiers and negations before it, or a smiley."""

    words: tuple[str, ...]
    polarity: float
    subjectivity: float


def score(texts: Iterable[str], *, without: frozenset[str] = frozenset()) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return TextBlob's polarity (-1..1) and subjectivity (0..1) of each text, and how many phrases it scored.

    The words and smileys ``without``, in lower case, are taken for words that TextBlob does not know.

    >>> polarity, subjectivity, n_scored = score(["TextBlob is amazingly simple to use. What great fun!"])
    >>> polarity.tolist(), subjectivity.tolist(), n_scored.tolist()
    ([0.39166666666666666], [0.4357142857142857], [3])
    """
    return _engine(without).score(texts)


def assess(text: str, *, without: frozenset[str] = frozenset()) -> list[Assessment]:
    """Return the phrases that TextBlob scores in ``text``; its polarity is the mean of theirs.

    >>> [phrase.words for phrase in assess("Not a very good day :)")]
    [('not', 'very', 'good'), (':)',)]
    """
    return _engine(without).assess(text)


def smileys() -> frozenset[str]:
    """Return the smileys that TextBlob knows, in lower case."""
    return frozenset(_engine(frozenset()).smileys)


def knows(word: str) -> bool:
    """Return whether TextBlob has a value for ``word``, in lower case, be it a word or a smiley."""
    engine = _engine(frozenset())
    return word in engine.words or word in engine.smileys


@lru_cache(maxsize=8)
def _engine(without: frozenset[str]) -> "_Engine":
    return _Engine(without)


class _Engine:
    def __init__(self, without: frozenset[str]) -> None:
        self.words = {word: value for word, value in _lexicon().items() if word not in without}
        entries = _entries()
        self.abbreviations = {form for kind, form, _ in entries if kind == "abbreviation"}
        smileys = [(form, float(value)) for kind, form, value in entries if kind != "abbreviation"]
        self.smileys: dict[str, float] = {}
        for form, value in smileys:
            if form.lower() not in without:
                self.smileys.setdefault(form.lower(), value)
        pieces = [[re.escape(character) for character in form] for form, _ in smileys]
        self.smiley = re.compile(rf"({'|'.join(map(' ?'.join, pieces))})($|\s)")
        self.suspect = _suspect([form for form, _ in smileys])
        self.codes = {value: chr(_FIRST_WORD + i) for i, value in enumerate(dict.fromkeys(self.words.values()))}
        self.values = {code: value for value, code in self.codes.items()}
        self.chunks = _Memo(self.events)
        self.runs = _Memo(self.run)

    def score(self, texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        every = list(texts)
        batches = [self.batch(every[first : first + BATCH]) for first in range(0, max(1, len(every)), BATCH)]
        polarity, subjectivity, n_scored = map(np.concatenate, zip(*batches, strict=True))
        return polarity, subjectivity, n_scored

    def batch(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        # Arrow parts texts at the same characters as str.split does, and numbers what is the same, so that Python meets
        # each chunk, and each run of events, once a batch.
        import pyarrow as pa
        import pyarrow.compute as pc

        # It looks one byte beyond its texts (apache/arrow#37757), hence one more text, which is left out again.
        parts = pc.utf8_split_whitespace(_arrow([*texts, "."]))[:-1]
        chunks = parts.flatten().dictionary_encode()
        of_chunk = pa.array(map(self.chunks.__getitem__, chunks.dictionary.to_pylist()), type=pa.large_string())
        of_text = pa.ListArray.from_arrays(parts.offsets, of_chunk.take(chunks.indices))
        events = pc.binary_join(of_text, pa.scalar("", type=pa.large_string()))
        looks = np.flatnonzero(pc.match_substring(events, _LOOK).to_numpy(zero_copy_only=False)).tolist()
        looks = [row for row in looks if self.suspect.search(texts[row])]
        runs = pc.ascii_split_whitespace(pc.replace_substring(events, _LOOK, ""))
        distinct = runs.values.dictionary_encode()
        rows = np.repeat(np.arange(len(texts)), np.diff(runs.offsets.to_numpy()))
        phrases = _Phrases.of([self.runs[run] for run in distinct.dictionary.to_pylist()])
        polarity, subjectivity, n = phrases.means(distinct.indices.to_numpy(), rows, len(texts))
        found = [[(phrase.polarity, phrase.subjectivity) for phrase in self.assess(texts[row])] for row in looks]
        assessed, place = _Phrases.of(found), np.arange(len(looks))
        polarity[looks], subjectivity[looks], n[looks] = assessed.means(place, place, len(looks))
        return polarity, subjectivity, n

    def events(self, chunk: str) -> str:
        """Return the events that a chunk of text between white space stands for."""
        if len(chunk) > 1 and chunk.isalpha():
            return self.event(chunk.lower())
        core = chunk.strip(_SILENT)
        if core != chunk:
            return self.chunks[core] if core else ""
        if "'" in chunk or '"' in chunk or not chunk.isascii():
            apart = _quotes_apart(chunk)
            if apart != chunk:
                return "".join([self.chunks[piece] for piece in apart.split()])
        look = _LOOK if _LOOKS.search(chunk) else ""
        return look + "".join([self.event(token.lower()) for token in self.cut(chunk)])

    def event(self, word: str) -> str:
        value = self.words.get(word)
        if value is not None:
            return self.codes[value]
        if word in NEGATIONS:
            return _NO if word == "no" else _NOT
        # Apostrophes are tokens of their own by now, so that length alone tells what the word ends.
        ends = _RESET if len(word) > 2 else _FORGET if len(word) == 2 else ""
        return ends + _LOOK if word in self.smileys else ends

    def run(self, events: str) -> tuple[tuple[float, float], ...]:
        """Return polarity and subjectivity of each phrase of a run of known words, negations and short words."""
        phrases: list[_Phrase] = []
        modifier, negated = None, False
        for event in events:
            value = self.values.get(event)
            if value is not None:
                _add(phrases, value, modifier=modifier, negated=negated)
                modifier, negated = value if value.modifies else None, False
            elif event == _FORGET:
                negated = False
            elif modifier is not None and modifier.turns:
                phrases[-1].turned = True
            else:
                negated = True
                modifier = modifier if event == _NO else None
        return tuple((phrase.final, phrase.subjectivity) for phrase in phrases)

    def assess(self, text: str) -> list[Assessment]:
        """Go the long way: every token in its order, with the words of each phrase."""
        phrases: list[_Phrase] = []
        modifier: Value | None = None
        negation: str | None = None
        for token in self.tokens(text):
            word = token.lower()
            value = self.words.get(word)
            if value is not None:
                _add(phrases, value, modifier=modifier, negated=negation is not None)
                phrases[-1].words = [*([negation] if negation else []), *phrases[-1].words, word]
                modifier, negation = value if value.modifies else None, None
                continue
            if word in NEGATIONS:
                negation = word
            elif len(word.strip("'")) > 1:
                negation = None
            if negation and modifier is not None and modifier.turns:
                phrases[-1].words.append(negation)
                phrases[-1].turned = True
                negation = None
            elif len(word) > 2:
                modifier = None
            self.mark(word, phrases)
        return [Assessment(tuple(phrase.words), phrase.final, phrase.subjectivity) for phrase in phrases]

    def mark(self, word: str, phrases: list["_Phrase"]) -> None:
        """Let an exclamation mark raise the phrase before it; add the phrase that "(!)" or a smiley is."""
        if word == "!" and phrases:
            phrases[-1].words.append("!")
            phrases[-1].polarity = _bounded(phrases[-1].polarity * 1.25)
        if word == "(!)":
            phrases.append(_Phrase([word], 0.0, 1.0, 1.0))
        if word in self.smileys and not word.isalpha():
            phrases.append(_Phrase([word], self.smileys[word], 1.0, 1.0))

    def tokens(self, text: str) -> list[str]:
        """Return TextBlob's tokens of a whole text, smileys put together."""
        marked = _quotes_apart(text).replace("\r\n", "\n")
        marked = re.sub(r"\n{2,}", f" {_PARAGRAPH} ", marked)
        found = [token for chunk in marked.split() for token in self.cut(chunk)]
        sentences: list[list[str]] = [[]]
        start = place = 0
        while place < len(found):
            if found[place] in _ENDS:
                while place < len(found) and found[place] in _AFTER_END:
                    if found[place] in ("'", '"') and sentences[-1].count(found[place]) % 2 == 0:
                        break
                    place += 1
                sentences[-1].extend(found[start:place])
                sentences.append([])
                start = place
            place += 1
        sentences[-1].extend(found[start:place])
        joined = (" ".join(token for token in sentence if token != _PARAGRAPH) for sentence in sentences)
        glued = (self.smiley.sub(_glue, _IRONY.sub("(!)", sentence)) for sentence in joined)
        return " ".join(glued).split()

    def cut(self, chunk: str) -> list[str]:
        """Split punctuation off both ends of a chunk, full stops but for abbreviations and dots."""
        head: list[str] = []
        tail: list[str] = []
        while chunk.startswith(_SPLIT_OFF):
            head.append(chunk[0])
            chunk = chunk[1:]
        while chunk.endswith(_SPLIT_OFF_END):
            if not chunk.endswith("."):
                tail.append(chunk[-1])
                chunk = chunk[:-1]
            if chunk.endswith("..."):
                tail.append("...")
                chunk = chunk[:-3].rstrip(".")
            if chunk.endswith("."):
                if chunk in self.abbreviations or _ABBREVIATION.match(chunk):
                    break
                tail.append(".")
                chunk = chunk[:-1]
        return [*head, *([chunk] if chunk else []), *reversed(tail)]


class _Memo(dict):
    """A function's results by its argument, forgotten when there are too many of them."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def __missing__(self, key):
        if len(self) >= MEMORY:
            self.clear()
        result = self[key] = self.function(key)
        return result


class _Phrases(NamedTuple):
    """The phrases of many runs, one after the other: their polarity and subjectivity, and how many each run has."""

    polarity: np.ndarray
    subjectivity: np.ndarray
    n: np.ndarray

    @classmethod
    def of(cls, runs: Sequence[Sequence[tuple[float, float]]]) -> "_Phrases":
        values = np.array([phrase for run in runs for phrase in run], dtype="float64").reshape(-1, 2)
        return cls(values[:, 0], values[:, 1], np.array([len(run) for run in runs], dtype="int64"))

    def means(self, runs: np.ndarray, rows: np.ndarray, n_rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the mean polarity and subjectivity of each row, whose runs are named in order, and its phrases."""
        each = self.n[runs]
        first = (np.cumsum(self.n) - self.n)[runs] - (np.cumsum(each) - each)
        phrase = np.repeat(first, each) + np.arange(each.sum())
        row = np.repeat(rows, each)
        n = np.bincount(row, minlength=n_rows)
        # bincount adds one after the other, as TextBlob does; another order would round otherwise.
        sums = (np.bincount(row, weights=values[phrase], minlength=n_rows) for values in self[:2])
        polarity, subjectivity = (np.divide(total, n, out=np.zeros(n_rows), where=n > 0) for total in sums)
        return polarity, subjectivity, n


@dataclass(slots=True)
class _Phrase:
    words: list[str]
    polarity: float
    subjectivity: float
    intensity: float
    turned: bool = False

    @property
    def final(self) -> float:
        return self.polarity * -0.5 if self.turned else self.polarity


def _add(phrases: list[_Phrase], value: Value, *, modifier: Value | None, negated: bool) -> None:
    """Add a known word: it starts a phrase, or takes over the one that its modifier started."""
    if modifier is None:
        phrases.append(_Phrase([], value.polarity, value.subjectivity, value.intensity))
    else:
        phrase = phrases[-1]
        phrase.polarity = _bounded(value.polarity * phrase.intensity)
        phrase.subjectivity = _bounded(value.subjectivity * phrase.intensity)
        phrase.intensity = value.intensity
    if negated:
        # Felt only by the next word, if this one modifies it: "not very good".
        phrases[-1].intensity = 1.0 / phrases[-1].intensity
        phrases[-1].turned = True


def _bounded(value: float) -> float:
    return max(-1.0, min(value, 1.0))


def _arrow(texts: list[str]):
    """Return texts as Arrow's; half a surrogate pair, which it cannot hold, as another mark that tells as little."""
    import pyarrow as pa

    try:
        return pa.array(texts, type=pa.large_string())
    except UnicodeEncodeError:
        return pa.array([_LONE_SURROGATE.sub("\ufffd", text) for text in texts], type=pa.large_string())


def _glue(match: re.Match) -> str:
    return match.group(1).replace(" ", "") + match.group(2)


def _quotes_apart(text: str) -> str:
    # Of the contractions that TextBlob looks for only this one leaves a trace: the "n" goes with the apostrophe.
    return text.replace("n't", " n't").translate(_QUOTES)


def _suspect(smileys: Iterable[str]) -> re.Pattern:
    """Return what a text has to hold for TextBlob to find a smiley, "(!)" or "!" in it.

    White space may stand inside a smiley, letters may be large or small, and a token has to end after it. It may
    match too much, never too little. Smileys are sorted by their first character, which lets the search skip ahead.
    """
    by_first: dict[str, list[str]] = {}
    for smiley in smileys:
        cased = [f"[{c.lower()}{c.upper()}]" if c.isalpha() else re.escape(c) for c in smiley]
        ends = "" if smiley[-1] in _SPLIT_OFF else r"(?=$|[\W_]|n't)"
        for first in {smiley[0].lower(), smiley[0].upper()}:
            by_first.setdefault(first, []).append("".join(rf"\s*{c}" for c in cased[1:]) + ends)
    branches = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(by_first.items()))
    return re.compile(f"{'|'.join(branches)}|!|{_PARAGRAPH}")


def _entries() -> list[tuple[str, str, str]]:
    rows = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()]
    return [(kind, form, value) for kind, form, value in rows[1:]]


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, Value]:
    """Return the values of each word, the mean over its parts of speech of the means over its senses."""
    # The file of an installed package, no stranger's.
    root = ElementTree.parse(_lexicon_file()).getroot()  # noqa: S314
    senses: dict[str, dict[str | None, list[tuple[float, float, float]]]] = {}
    for word in root.findall("word"):
        form, value = (
            word.get("form"),
            tuple(
                float(word.get(name, default))
                for name, default in (("polarity", 0.0), ("subjectivity", 0.0), ("intensity", 1.0))
            ),
        )
        if form:
            senses.setdefault(form, {}).setdefault(word.get("pos"), []).append(value)
    means = {form: {pos: _column_means(rows) for pos, rows in by_pos.items()} for form, by_pos in senses.items()}
    words = {
        form: Value(*_column_means(by_pos.values()), "RB" in by_pos, form.endswith("ly"))
        for form, by_pos in means.items()
    }
    # Adverbs made of the adjectives take the place of those that the file has.
    for form, by_pos in means.items():
        if "JJ" in by_pos:
            stem = form[:-1] + "i" if form.endswith("y") else form
            stem = stem[:-2] if stem.endswith("le") else stem
            words[stem + "ly"] = Value(*by_pos["JJ"], True, True)
    return words


def _column_means(rows: Iterable[Sequence[float]]) -> list[float]:
    # The built-in sum on purpose: TextBlob uses it, and what it rounds to depends on the version of Python.
    return [sum(column) / float(len(column)) for column in zip(*rows, strict=True)]


def _lexicon_file() -> Path:
    spec = find_spec("textblob")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            "sentiment: the package 'textblob', which holds the word values of engine 'textblob', is not installed; "
            "install it with: python -m pip install textblob"
        )
    return Path(spec.submodule_search_locations[0]) / "en" / "en-sentiment.xml"
