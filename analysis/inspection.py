"""What is to be known of an article's text before anything is measured in it: its language, its marks, its state.

Nothing here needs pandas, and nothing changes the text.
"""

import csv
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = Path(__file__).parent / "lexicons" / "languages.tsv"
SHORT = 50
# Below so many words neither letters nor common words say in which language a text is.
WORDS_TO_JUDGE = 12

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_STRANGE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_MANGLED = re.compile(r"â€[œ\x9d™“”˜¦\x93\x94]?|Ã[\x80-\xbf©¨¼¶¤±³]|Â[\xa0£©«»·]|\ufffd")
_REMNANT = re.compile(r"&?\b(?:quot|amp|nbsp|apos|[lr][sd]quo|\#\d{2,4});")
_MARKDOWN_MARKS = re.compile(r"\[[^\]]+\]\([^)]+\)")
# The scripts that one language, or a family that the lists do not tell apart, is written in.
_SCRIPTS = {
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "ARABIC": "Arabic or another language in Arabic letters",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Hindi or another language in Devanagari letters",
    "BENGALI": "Bengali",
    "TAMIL": "Tamil",
    "THAI": "Thai",
    "ARMENIAN": "Armenian",
    "GEORGIAN": "Georgian",
    "ETHIOPIC": "Amharic or another language in Ethiopic letters",
}


def language(text: str) -> str:
    """Return the name of the language of ``text``; "" where there is too little to say.

    By the letters where these decide, else by which language's commonest words it uses most
    (``lexicons/languages.tsv``); "a language that is not recognised" where it uses hardly any of them.

    >>> language("Der Bürgermeister sagte, dass die Brücke bis zum Sommer für alle Fahrzeuge gesperrt bleiben wird.")
    'German'
    """
    sample = text[:20_000]
    script = _script(sample)
    if script in _SCRIPTS:
        return _SCRIPTS[script]
    words = Counter(word.replace("’", "'").casefold() for word in _WORD.findall(sample))
    n_words = words.total()
    if n_words < WORDS_TO_JUDGE:
        return ""
    shares = {name: sum(words[word] for word in common) / n_words for name, common in _common_words().items()}
    # English has to be beaten clearly: its "I", "a" and "on" are common words elsewhere too.
    best = max(shares, key=lambda name: (shares[name] + 0.1 * (name == "English"), name))
    if shares[best] < 0.1:
        # Names, numbers and tables alone hold few common words of any language: only a longer text can show it.
        return "a language that is not recognised" if n_words >= 2 * SHORT or script != "LATIN" else ""
    return best


def is_english(text: str) -> bool:
    """Return whether ``text`` is English, or too short to say.

    >>> is_english("The mayor said that the bridge is to stay shut until the summer for all of the traffic.")
    True
    """
    return language(text) in {"", "English"}


def condition(text: str, *, encoding: str = "UTF-8", fields: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Return what is to be known of one text, as pairs of a kind and a sentence."""
    found = [
        ("encoding", _encoding(encoding)),
        ("language", _foreign(text)),
        ("characters", _characters(text)),
        ("quotation marks", _quotation_marks(text)),
        ("length", _length(text)),
        ("changed", _changed(text, fields or {})),
    ]
    return [(kind, note) for kind, note in found if note]


def digest(text: str) -> str:
    """Return the SHA-256 of a text, the same whatever line ends and surrounding white space it has."""
    return hashlib.sha256(text.replace("\r", "").strip().encode()).hexdigest()


def overlap(first: str, second: str) -> float:
    """Return how much of the shorter of two texts stands in the other, from 0 to 1, by runs of five words.

    >>> overlap("a b c d e f", "x a b c d e")
    0.5
    """
    a, b = runs(first), runs(second)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def count_words(text: str) -> int:
    """Return the number of words of ``text``."""
    return len(_WORD.findall(text))


@lru_cache(maxsize=1)
def _common_words() -> dict[str, frozenset[str]]:
    with LANGUAGES.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: frozenset(row["words"].split()) for row in csv.DictReader(lines, delimiter="\t")}


def _script(text: str) -> str:
    """Return the script of most letters, by the first word of Unicode's name of each; kana decide for Japanese."""
    letters = Counter(character for character in text if character.isalpha())
    scripts: Counter[str] = Counter()
    for letter, n in letters.items():
        scripts[unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]] += n
    if not scripts:
        return ""
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.2 * scripts.total():
        return "HIRAGANA"
    return max(scripts, key=lambda script: (scripts[script], script))


def _encoding(encoding: str) -> str:
    return "" if encoding == "UTF-8" else f"read as {encoding}; save it as UTF-8 to be sure of every character"


def _foreign(text: str) -> str:
    name = language(text)
    return "" if name in {"", "English"} else f"in {name}, not in English: the report leaves it out of every measure"


def _characters(text: str) -> str:
    parts = []
    if strange := _STRANGE.findall(text):
        parts.append(f"{_times(len(strange), 'control character')}, shown escaped")
    if mangled := _MANGLED.findall(text):
        parts.append(f"{_times(len(mangled), 'badly decoded character')} such as {mangled[0]!r} (mixed encodings)")
    if remnants := _REMNANT.findall(text):
        parts.append(f"{_times(len(remnants), 'remnant')} of HTML such as {remnants[0]!r}")
    if links := _MARKDOWN_MARKS.findall(text):
        parts.append(f"{_times(len(links), 'Markdown link')}, counted as text")
    return "; ".join(parts)


def _quotation_marks(text: str) -> str:
    if "„" in text or "«" in text:
        # Other languages pair their marks in other ways.
        return ""
    straight, opening, closing = text.count('"'), text.count("“"), text.count("”")
    parts = []
    if straight % 2:
        parts.append(f'an odd number of straight quotation marks ({straight} of ")')
    if opening != closing:
        parts.append(f"{opening} opening and {closing} closing curly quotation marks")
    if straight and opening + closing:
        parts.append(f"straight and curly quotation marks mixed ({straight} and {opening + closing})")
    return "; ".join(parts)


def _length(text: str) -> str:
    n_words = count_words(text)
    return f"{_times(n_words, 'word')} only: too little to measure anything" if n_words < SHORT else ""


def _changed(text: str, fields: Mapping[str, str]) -> str:
    known = fields.get("text_sha256")
    return "the text was changed since it was added" if known and known != digest(text) else ""


def runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of five words of a text, in lower case; of a shorter text, all its words."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))} if words else set()


def _times(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
