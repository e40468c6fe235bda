"""How it is said: loaded words, hedges, boosters, absolutes, scare quotes and asides, and who acts on whom.

Everything here is a rule over word lists that anybody can read (``analysis/lexicons``). What is flagged is a word in
its place, never a source or a person: a loaded word inside a quotation is the speaker's, and the rows say so by their
voice.
"""

import csv
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis import parsing, segmentation, tables

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LEXICONS = Path(__file__).parent / "lexicons"
CATEGORIES = ("loaded", "hedge", "booster", "absolute", "scare_quote", "aside")
_FILES = {"loaded": "loaded", "hedge": "hedges", "booster": "boosters", "absolute": "absolutes", "aside": "asides"}

# A loaded word of strength 1 leans only in company ("regime", "far right"): it weighs in loadedness, but is no flag.
FLAGGED_FROM = 2
# As many words may stand for the "*" of a phrase: "threw his old deputy under the bus".
ANY_WORDS = 3
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
_PARTLY = re.compile(r"(?:semi|quasi|pseudo|sort-of)-[^\W\d_]{3,}")
# What these words build with semi- is no comment.
_PLAIN_PARTS = re.compile(
    r"semi-(?:annual|automatic|autonomous|conductor|detached|final|finals|finalist|finalists|monthly|official"
    r"|permanent|precious|professional|retired|rural|skilled|submersible|trailer|truck|trucks|weekly)"
)
# The month, not the verb.
_MONTH = re.compile(r"May(?= \d| of\b|,|\.|$)")
_KINDS = ("kind of", "sort of")
_HEDGES_KIND = re.compile(r"am|are|be|been|feels?|is|just|was|were|.*'(?:m|re|s)")
_QUANTITIES = frozenset(
    {"dozen", "dozens", "group", "hundred", "hundreds", "majority", "million", "number", "thousand", "thousands"}
)
_INSIDE = re.compile(r"(?<![^\s(\[—–-])[“\"‘](?P<words>[^\W\d_][^“”\"‘’.,!?;:\n]{0,38}[^\W_])[”\"’](?!\w)")
# After these the marks hold what somebody said, named or wrote, not the writer's distance from a word.
_ATTRIBUTED = re.compile(
    r"(?:\b(?:said|says|say|saying|called|calls|calling|call|as|word|words|phrase|term|terms|titled|entitled|named|wrote"
    r"|writes|dubbed|reads|read|reading|song|film|book|show|hashtag|slogan|chant\w*|shout\w*|quot\w+|of|not|it|him|her|them"
    r"|that|was|were|is|are|be|being|than|like)(?:\s+(?:it|him|her|them))?(?:\s+(?:a|an|the|his|her|its|their))?|,|:)\s*$",
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


def summarize(flags: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Count flags by source, voice and category, with the words that they stand among.

    Reads source, voice, category of the flags and source, voice of the tokens, taken of the same passages. Returns a
    row a source, voice and category, those without a flag included: ``n`` flags, ``n_tokens`` words of that source and
    voice, ``per_thousand`` flags in 1,000 words, 0 and more. Compare sources within one voice: whom a source quotes is
    not how it writes.

    >>> from analysis import corpus
    >>> sentences = segmentation.split(corpus.from_records([{"source": "daily", "text": "The reckless plan failed."}]))
    >>> rates = summarize(flag(sentences), segmentation.tokenize(sentences))
    >>> rates.loc[rates["category"] == "loaded", ["n", "n_tokens", "per_thousand"]].values.tolist()
    [[1.0, 4.0, 250.0]]
    """
    tables.check(flags, "flags", call="language.summarize", columns=["source", "voice", "category"], unique=False)
    tables.check(tokens, "tokens", call="language.summarize", columns=["source", "voice"], unique=False)
    sizes = tokens.groupby(["source", "voice"], dropna=False, sort=True).size()
    counts = flags.fillna({"voice": ""}).groupby(["source", "voice", "category"]).size().to_dict()
    rows = []
    for category in CATEGORIES:
        for (source, voice), n_tokens in sizes.items():
            n = counts.get((source, "" if pd.isna(voice) else voice, category), 0)
            rate = {"n": n, "n_tokens": n_tokens, "per_thousand": 1000 * n / n_tokens}
            rows.append({"source": source, "voice": voice, "category": category, **rate})
    return tables.make("flag_rates", rows)


def agency(articles: pd.DataFrame, mentions: pd.DataFrame, *, passages: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find who acts on whom: each verb with its agent and its patient, and whether the agent is left out.

    Reads article_id, story, source, text of the articles, the table of mentions, and article_id, sentence_id, start,
    end, part, voice of the passages where they are given (their sentences count; without them all of the text).
    Returns a row a verb with at least one participant, by article and place of the verb:

    * ``verb``: its base form, with its particle ("crack down"); ``text`` as printed; ``negated``;
    * ``form``: *active*, *passive* (with its agent named) or *agentless* (a passive that names none: "was found");
    * ``agent``, ``patient``: the words for who acts and who or what is acted on, as printed, missing where none is;
    * ``agent_name``, ``patient_name``: the actor that they name by their head or possess ("Trump's posts"), missing
      where it is nobody of the mentions.

    Grammar only: who acts in the sentence, not who is to blame. Verbs of saying count like all others; leave them out
    by ``verb`` where deeds are meant.

    >>> from analysis import actors, corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "Ann Hill sued Joe Roe. Ann Hill was arrested."}])
    >>> acts = agency(articles, actors.find(articles))
    >>> acts[["agent_name", "verb", "form", "patient_name"]].fillna("-").values.tolist()
    [['Ann Hill', 'sue', 'active', 'Joe Roe'], ['-', 'arrest', 'agentless', 'Ann Hill']]
    """
    tables.check(articles, "articles", call="language.agency", columns=["article_id", "story", "source", "text"])
    tables.check(mentions, "mentions", call="language.agency", columns=["article_id", "start", "end", "name"])
    where = segmentation.split(articles) if passages is None else passages
    columns = ["article_id", "sentence_id", "start", "end", "part"]
    tables.check(where, "passages", call="language.agency", columns=columns, unique=False)
    rows = []
    for article, doc in zip(articles.to_dict("records"), parsing.parse(articles["text"]), strict=True):
        place = {key: article[key] for key in ("article_id", "story", "source")}
        named = _names_by_token(mentions[mentions["article_id"] == article["article_id"]], doc)
        counted = where[(where["article_id"] == article["article_id"]) & (where["part"] != "furniture")]
        spans = counted.sort_values("start").to_dict("records")
        starts = [span["start"] for span in spans]
        for verb in doc:
            at = bisect_right(starts, verb.idx) - 1
            if verb.pos_ == "VERB" and at >= 0 and verb.idx < spans[at]["end"]:
                act = _act(verb, article["text"], named)
                told = {"sentence_id": spans[at]["sentence_id"], "voice": spans[at].get("voice")}
                rows += [{**place, **told, **act}] if act else []
    return tables.make("agency", rows)


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
    found = [(length, i, entry) for i in range(len(tokens)) for length, entry in _phrases_at(tokens, i)]
    # Of "at all" and "at all costs" the longer one counts.
    for length, i, entry in sorted(found, key=lambda one: (-one[0], one[1], one[2].term)):
        inside = {(j, entry.category) for j in range(i, i + length)}
        if taken.isdisjoint(inside):
            start, end = tokens[i][0], tokens[i + length - 1][1]
            hits[start, end, entry.category] = _Hit(start, end, entry)
            taken |= inside
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
        length = _matched(pattern, [term for _, _, term in tokens[i : i + len(pattern) + ANY_WORDS]])
        # "This kind of" names a kind; only the bare "kind of" hedges.
        kind = entry.term in _KINDS and not (i > 0 and _HEDGES_KIND.fullmatch(tokens[i - 1][2]))
        if length and not kind:
            yield length, entry


def _matched(pattern: tuple[str, ...], terms: list[str]) -> int:
    """Return how many terms a pattern takes, 0 where it does not fit; a "*" stands for one to three words."""
    if "*" not in pattern:
        return len(pattern) if pattern == tuple(terms[: len(pattern)]) else 0
    gap = pattern.index("*")
    before, after = pattern[:gap], pattern[gap + 1 :]
    if before != tuple(terms[:gap]):
        return 0
    for n in range(1, ANY_WORDS + 1):
        if after == tuple(terms[gap + n : gap + n + len(after)]):
            return gap + n + len(after)
    return 0


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
    ends = text.rstrip().endswith((".", ";", ","))
    return len(words) > 2 and not ends and sum(word[0].isupper() for word in words) > 0.6 * len(words)


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


def _names_by_token(mentions: pd.DataFrame, doc: "Doc") -> dict[int, str]:
    found = {}
    for start, end, name in zip(mentions["start"], mentions["end"], mentions["name"], strict=True):
        span = doc.char_span(start, end, alignment_mode="expand")
        found.update({token.i: name for token in span or ()})
    return found


def _act(verb: "Token", text: str, named: Mapping[int, str]) -> dict | None:
    passive = any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children)
    agent, patient = (_by_agent(verb), _subject(verb)) if passive else (_subject(verb), _object(verb))
    if agent is None and patient is None:
        return None
    particle = [child.lower_ for child in verb.children if child.dep_ == "prt"]
    return {
        "start": verb.idx,
        "end": verb.idx + len(verb),
        "text": text[verb.idx : verb.idx + len(verb)],
        "verb": " ".join([_base_form(verb), *particle]),
        "form": "active" if not passive else "agentless" if agent is None else "passive",
        "agent": _noun_phrase(agent, text),
        "agent_name": _name_of(agent, named),
        "patient": _noun_phrase(patient, text),
        "patient_name": _name_of(patient, named),
        "negated": any(child.dep_ == "neg" for child in verb.children),
    }


def _base_form(verb: "Token") -> str:
    """Return the base form; the small model makes "stag" of "staged"."""
    import simplemma

    lemma = verb.lemma_.lower()
    other = simplemma.lemmatize(verb.lower_, lang="en")
    return other if other == lemma + "e" else lemma


def _subject(verb: "Token") -> "Token | None":
    """Return the subject; that of the verb it is joined to, or of the clause it completes, where it has none itself."""
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass"):
            return _antecedent(child, verb)
    if verb.dep_ == "conj" and verb.head.pos_ in ("VERB", "AUX"):
        return _subject(verb.head)
    if verb.dep_ == "xcomp" and verb.head.pos_ == "VERB":
        # "urged leaders to act": the leaders act; "refused to act": the subject does.
        return _object(verb.head) or _subject(verb.head)
    return verb.head if verb.dep_ == "acl" and verb.tag_ == "VBG" else None


def _antecedent(subject: "Token", verb: "Token") -> "Token":
    """Return what "who", "which" or "that" stands for."""
    return verb.head if verb.dep_ == "relcl" and subject.tag_ in ("WP", "WDT") else subject


def _object(verb: "Token") -> "Token | None":
    """Return the object; of "flagged and demoted a tweet" it is that of both verbs."""
    own = next((child for child in verb.children if child.dep_ == "dobj"), None)
    joined = (other for other in verb.children if other.dep_ == "conj" and 0 < other.i - verb.i <= 3)
    return own or next((child for other in joined for child in other.children if child.dep_ == "dobj"), None)


def _by_agent(verb: "Token") -> "Token | None":
    for child in verb.children:
        if child.dep_ == "agent":
            return next((part for part in child.children if part.dep_ == "pobj"), None)
    return None


def _name_of(noun: "Token | None", named: Mapping[int, str]) -> str | None:
    if noun is None:
        return None
    # "Dozens of workers blocked ...": it was the workers.
    if noun.i not in named and (noun.pos_ in ("NUM", "PRON") or noun.lemma_.lower() in _QUANTITIES):
        parts = (part for child in noun.children if child.lower_ == "of" for part in child.children)
        return next((named[part.i] for part in parts if part.i in named), None)
    owners = (named[child.i] for child in noun.children if child.dep_ in ("poss", "compound") and child.i in named)
    return named.get(noun.i) or next(owners, None)


def _noun_phrase(noun: "Token | None", text: str) -> str | None:
    """Return a noun with what stands before it, and an "of"-phrase after it, as printed."""
    if noun is None:
        return None
    lefts = [child.left_edge.i for child in noun.lefts if child.dep_ not in ("punct", "cc")]
    rights = [child.right_edge.i for child in noun.rights if child.dep_ == "prep" and child.lower_ == "of"]
    first, last = noun.doc[min([noun.i, *lefts])], noun.doc[max([noun.i, *rights[:1]])]
    return text[first.idx : last.idx + len(last)]
