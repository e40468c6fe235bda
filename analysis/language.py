"""How it is said: loaded words, hedges, boosters, absolutes, scare quotes and asides, and who acts on whom.

Everything here is a rule over word lists that anybody can read (``analysis/lexicons``). What is flagged is a word in
its place, never a source or a person: a loaded word inside a quotation is the speaker's, and the rows say so by their
voice.
"""

import csv
import math
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import segmentation, tables

LEXICONS = Path(__file__).parent / "lexicons"
CATEGORIES = ("loaded", "hedge", "booster", "absolute", "scare_quote", "aside")
_FILES = {"loaded": "loaded", "hedge": "hedges", "booster": "boosters", "absolute": "absolutes", "aside": "asides"}

# A loaded word of strength 1 leans only in company ("regime", "far right"): it weighs in loadedness, but is no flag.
FLAGGED_FROM = 2
# Points of a sentence, set by hand: one word of strength 2 puts it just over the threshold of .5, which is ln 2.
_POINTS = {1: 0.15, 2: 0.7, 3: 1.0}
_ASIDE = 0.35
_SCARE_QUOTE = 0.35
_RHETORIC = 0.15
_SOURCED = -0.15

_SOURCES = re.compile(r"\b(?:said|says|told|announced|reported|according to)\b", re.IGNORECASE)
# Word-building that carries a judgement whatever it is built on: pseudo-science, job-killing, fear-monger.
_BEFORE = re.compile(r"(?:pseudo|quasi|crypto|ultra|hyper|uber|über|faux|wannabe)-?[^\W\d_]{4,}")
_AFTER = re.compile(
    r"""(?x) [^\W\d_]{3,} (?:
        -? (?: monger | mongers | mongering | splaining )
      | - (?: addled | baiting | bashing | crazed | destroying | drenched | hating | hungry | infested | killing
            | loving | obsessed | peddling | pushing | riddled | ridden | shaming | slinging | soaked | splitting
            | spewing | stained | sucking | washing | whipping | worshipping ) )"""
)
_PARTLY = re.compile(r"(?:semi|quasi|half|pseudo|sort-of)-[^\W\d_]{3,}")
# What these words build with semi- and half- is no comment.
_PLAIN_PARTS = re.compile(
    r"(?:semi|half)-(?:annual|automatic|autonomous|conductor|detached|dozen|final|finals|finalist|hour|hourly|mast"
    r"|marathon|million|billion|mile|monthly|official|permanent|pound|point|price|professional|retired|rural|skilled"
    r"|staff|submersible|time|trailer|truck|weekly|yearly|year|century|brother|sister|day|term|size|way|full|empty)"
)
# The month, not the verb.
_MONTH = re.compile(r"May(?= \d| of\b|,|\.|$)")
_KINDS = ("kind of", "sort of")
_HEDGES_KIND = re.compile(r"am|are|be|been|feels?|is|just|was|were|.*'(?:m|re|s)")
_INSIDE = re.compile(r"[“\"‘](?P<words>[^“”\"‘’.,!?;:\n]{2,40})[”\"’]")
# After these the marks hold what somebody said, named or wrote, not the writer's distance from a word.
_ATTRIBUTED = re.compile(
    r"(?:\b(?:said|says|say|saying|called|calls|calling|call|as|word|words|phrase|term|terms|titled|entitled|named|wrote"
    r"|writes|dubbed|reads|read|reading|song|film|book|show|hashtag|slogan|chant\w*|shout\w*|quot\w+|of|not|it|him|her|them"
    r"|that|was|were|is|are|be|being|than|like)|,|:)\s*$",
    re.IGNORECASE,
)


class _Entry(NamedTuple):
    category: str
    term: str
    kind: str
    strength: int


class _Hit(NamedTuple):
    start: int
    end: int
    entry: _Entry


def flag(sentences: pd.DataFrame) -> pd.DataFrame:
    """Find the words and turns of phrase that colour a sentence.

    Reads article_id, sentence_id, start, text, and story, source, voice and part where they are there; furniture is
    left out. Returns the table of flags, by article and place: ``text`` is ``article_text[start:end]``, ``lemma`` the
    entry of the list, ``category``:

    * *loaded*: words that judge while they tell (evaluative adjectives, disparaging or violent verbs for what could
      be told plainly, partisan labels, "so-called", pseudo-, -mongering);
    * *hedge* (may, perhaps, it appears), *booster* (clearly, utterly), *absolute* (never, everyone, at all costs);
    * *scare_quote*: one to three words in quotation marks that nobody is said to have spoken;
    * *aside*: the writer comments on what is told (apparently, by the way, a rote statement, semi-secret).

    A span can bear several categories. The voice says whose word it is: in a quotation it is the speaker's. Names are
    never flagged: a capitalised word inside a sentence counts only where it is a label such as "Obamacare". Raises
    :class:`analysis.tables.TableError` where a column is missing.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "Apparently the plan is a reckless giveaway."}])
    >>> flag(segmentation.split(articles))[["text", "category"]].values.tolist()
    [['Apparently', 'hedge'], ['Apparently', 'aside'], ['reckless', 'loaded'], ['giveaway', 'loaded']]
    """
    counted = _counted(sentences, "language.flag")
    rows = []
    for row in counted.itertuples(index=False):
        for hit in _hits(row.text, getattr(row, "voice", None)):
            if hit.entry.category != "loaded" or hit.entry.strength >= FLAGGED_FROM:
                place = {
                    "start": row.start + hit.start,
                    "end": row.start + hit.end,
                    "text": row.text[hit.start : hit.end],
                }
                rows.append({**row._asdict(), **place, "category": hit.entry.category, "lemma": hit.entry.term})
    flags = tables.make("flags", rows)
    order = flags["category"].map(CATEGORIES.index)
    ordered = flags.assign(order=order).sort_values(["article_id", "start", "end", "order"], kind="stable")
    return ordered.drop(columns="order").reset_index(drop=True)


def loadedness(sentences: pd.DataFrame) -> pd.DataFrame:
    """Say how loaded the wording of each sentence or passage is, from 0 to 1.

    Reads article_id, sentence_id, text, and voice and part where they are there; furniture is left out. Returns the
    other rows in their order with ``loadedness``: 0 where nothing speaks for it, .5 and more where a reader should
    look. It is 1 - exp(-points); the words of the list bring points by their strength, each entry once a sentence,
    asides and scare quotes fewer, and a named source takes a few away. Compare sentences and shares of sentences
    over .5, not single figures: the scale orders, it does not measure twice as much. Reporting on a loaded subject
    brings loaded words without any taking of sides.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "It rained. The thuggish mob rampaged."}])
    >>> loadedness(segmentation.split(articles))["loadedness"].round(2).tolist()
    [0.0, 0.95]
    """
    counted = _counted(sentences, "language.loadedness").reset_index(drop=True)
    voices = counted["voice"] if "voice" in counted else [None] * len(counted)
    figures = [1 - math.exp(-_points(text, voice)) for text, voice in zip(counted["text"], voices, strict=True)]
    return counted.assign(loadedness=pd.Series(figures, dtype="float64", index=counted.index))


def _counted(sentences: pd.DataFrame, call: str) -> pd.DataFrame:
    tables.check(
        sentences, "sentences", call=call, columns=["article_id", "sentence_id", "start", "text"], unique=False
    )
    return sentences[sentences["part"] != "furniture"] if "part" in sentences else sentences


def _points(text: str, voice: object) -> float:
    hits = {hit.entry for hit in _hits(text, voice)}
    points = sum(_POINTS[entry.strength] for entry in hits if entry.category == "loaded")
    points += _ASIDE * sum(entry.category == "aside" for entry in hits)
    points += _SCARE_QUOTE * any(entry.category == "scare_quote" for entry in hits)
    points += _RHETORIC * ("?" in text) + _RHETORIC * ("!" in text)
    points += _SOURCED * bool(_SOURCES.search(text))
    return max(0.0, points)


@lru_cache(maxsize=1 << 14)
def _hits(text: str, voice: object) -> tuple[_Hit, ...]:
    tokens = segmentation.spans(text)
    titled = _is_title(text, tokens)
    hits: dict[tuple[int, int, str], _Hit] = {}
    taken = {(j, "loaded") for i in range(len(tokens)) for length in _plain_at(tokens, i) for j in range(i, i + length)}
    for i in range(len(tokens)):
        for length, entry in _phrases_at(tokens, i):
            start, end = tokens[i][0], tokens[i + length - 1][1]
            hits[start, end, entry.category] = _Hit(start, end, entry)
            taken |= {(j, entry.category) for j in range(i, i + length)}
    for i, (start, end, term) in enumerate(tokens):
        for entry in _entries_of(term):
            if (i, entry.category) not in taken and not (_is_name(text, tokens, i, titled) and entry.kind != "label"):
                hits[start, end, entry.category] = _Hit(start, end, entry)
    if voice != "quotation":
        for hit in _scare_quotes(text):
            hits[hit.start, hit.end, "scare_quote"] = hit
    return tuple(hits[key] for key in sorted(hits))


def _scare_quotes(text: str) -> Iterable[_Hit]:
    for match in _INSIDE.finditer(text):
        words = match["words"].split()
        plain = all(word[:1].islower() for word in words)
        if 1 <= len(words) <= 3 and plain and not _ATTRIBUTED.search(text, 0, match.start()):
            entry = _Entry("scare_quote", match["words"].lower(), "scare quote", FLAGGED_FROM)
            yield _Hit(match.start("words"), match.end("words"), entry)


def _phrases_at(tokens: list[tuple[int, int, str]], i: int) -> Iterable[tuple[int, _Entry]]:
    for pattern, entry in _phrases().get(tokens[i][2], ()):
        window = tokens[i : i + len(pattern)]
        matches = len(window) == len(pattern) and all(
            p in ("*", t) for p, (_, _, t) in zip(pattern, window, strict=True)
        )
        # "This kind of" names a kind; only the bare "kind of" hedges.
        if matches and not (entry.term in _KINDS and i > 0 and not _HEDGES_KIND.fullmatch(tokens[i - 1][2])):
            yield len(pattern), entry


def _plain_at(tokens: list[tuple[int, int, str]], i: int) -> Iterable[int]:
    for words in _plain_terms().get(tokens[i][2], ()):
        if words == tuple(term for _, _, term in tokens[i : i + len(words)]):
            yield len(words)


@lru_cache(maxsize=1 << 16)
def _entries_of(term: str) -> tuple[_Entry, ...]:
    """Return the entries of a token: by its form, its base form, or the way it is built; one a category."""
    import simplemma

    words = _words()
    base = simplemma.lemmatize(term, lang="en").lower()
    found = {entry.category: entry for form in (base, base.replace("-", ""), term) for entry in words.get(form, ())}
    if _PARTLY.fullmatch(term) and not _PLAIN_PARTS.fullmatch(term):
        found.setdefault("aside", _Entry("aside", term, "prefix", FLAGGED_FROM))
    elif _BEFORE.fullmatch(term) or _AFTER.fullmatch(term):
        found.setdefault("loaded", _Entry("loaded", term, "built", FLAGGED_FROM))
    return tuple(found[category] for category in CATEGORIES if category in found)


def _is_title(text: str, tokens: list[tuple[int, int, str]]) -> bool:
    words = [text[a:b] for a, b, _ in tokens if text[a].isalpha() and b - a > 3]
    return len(words) > 2 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _is_name(text: str, tokens: list[tuple[int, int, str]], i: int, titled: bool) -> bool:
    start, end, _ = tokens[i]
    if not text[start].isupper():
        return False
    if _MONTH.match(text, start):
        return True
    first = i == 0 or bool(re.search(r"[.!?:“\"(—–]\s*$", text[tokens[i - 1][1] : start]))
    return not titled and not first and not text[start:end].isupper()


@cache
def _words() -> dict[str, tuple[_Entry, ...]]:
    found: dict[str, list[_Entry]] = {}
    for entry in _lexicon():
        if " " not in entry.term:
            found.setdefault(entry.term, []).append(entry)
    return {term: tuple(entries) for term, entries in found.items()}


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], _Entry]]]:
    found: dict[str, list[tuple[tuple[str, ...], _Entry]]] = {}
    for entry in _lexicon():
        if " " in entry.term:
            pattern = tuple(entry.term.split())
            found.setdefault(pattern[0], []).append((pattern, entry))
    return found


@cache
def _plain_terms() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for term in (LEXICONS / "plain_terms.tsv").read_text(encoding="utf-8").split("\n")[1:]:
        if term:
            found.setdefault(term.split()[0], []).append(tuple(term.split()))
    return found


@cache
def _lexicon() -> tuple[_Entry, ...]:
    entries = []
    for category, name in _FILES.items():
        with (LEXICONS / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            entries += [_Entry(category, r["term"], r["kind"], int(r.get("strength") or FLAGGED_FROM)) for r in rows]
    return tuple(entries)
