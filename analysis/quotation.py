"""Who says what: attributions of content to speakers, the voices of an article, and one quotation told twice.

An attribution has a content (what is said), a cue (the word that says so: "said", "according to") and a speaker. How
they are found stands in :mod:`analysis.attribution`, who a speaker is in :mod:`analysis.speakers`.
"""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise

import pandas as pd

from analysis import attribution, parsing, segmentation, speakers, tables

VOICED = attribution.VOICED
# Articles parsed at a time: of more than are kept, only so many parses are in memory.
BATCH = 256
# A quotation told twice shares this much of the words of the shorter one, in order, and this many words of weight.
SHARED = 0.5
SHARED_WORDS = 3
# One word of weight less will do where the two share this much, and five words at least.
NEARLY_ALL = 0.7


def extract(articles: pd.DataFrame, *, aliases: dict[str, str] | None = None) -> pd.DataFrame:
    """Find every attribution of content to a speaker: who says what, where.

    Reads article_id, story, source, text. Returns the table of quotations, a row an attribution, in the order of the
    text; no content lies inside another.

    * ``kind``: *direct* (all of it stands between quotation marks, or in a transcript), *mixed* (a part), *indirect*.
    * ``start``, ``end``, ``text``: the content, with its marks. Where its cue interrupts it, ``gap_start``..``gap_end``
      is the narration in between. ``speaker`` and ``cue``, with their places, are as printed.
    * ``name`` is the fullest name in the article for that speaker, missing where no rule finds one; ``named`` is false
      for groups and people without a name ("two senior employees"); ``role`` is what the phrase says of them.
    * ``stance`` of the cue: *neutral* (said), *endorsing* (noted), *distancing* (claimed), *written* (tweeted), or
      *attitude* (criticised): the speaker takes a stand and nothing is quoted.
    * ``rule`` says how content, then name, were found; ``confidence`` (0..1) is the lesser of how sure the two are, by
      rule, not a probability. Below .5 nothing changes an article's voice, and attitudes stay there unless they hold
      quoted words, which alone are then the speaker's.

    ``aliases`` maps names that belong together (``corpus.aliases``); where one applied, the rule ends in "alias".

    Measured on PolNeAR (Newell et al. 2018), see docs/methods.md. Scare quotes are no rows. Nothing raises on odd
    marks; a missing one never reaches further than its paragraph.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "“It is late,” said Ann Hill, a guard."}])
    >>> extract(articles)[["text", "name", "role", "cue", "kind"]].values.tolist()
    [['“It is late,”', 'Ann Hill', 'guard', 'said', 'direct']]
    """
    columns = ["article_id", "story", "source", "text"]
    tables.check(articles, "articles", call="quotation.extract", columns=columns)
    rows = []
    for first in range(0, len(articles), BATCH):
        part = articles.iloc[first : first + BATCH]
        docs = parsing.parse(part["text"])
        for (*place, text), doc in zip(part[columns].itertuples(index=False, name=None), docs, strict=True):
            ids = dict(zip(columns, place, strict=False))
            found = attribution.find(text, doc)
            who = speakers.resolve(text, doc, found, aliases=aliases)
            rows += [
                {**ids, "quotation_id": number, **_row(text, one, speaker)}
                for number, (one, speaker) in enumerate(zip(found, who, strict=True))
            ]
    return tables.make("quotations", rows)


def _row(text: str, found: attribution.Found, who: speakers.Who) -> dict:
    speaker, cue, gap = (span or (None, None) for span in (found.speaker, found.cue_span, found.gap))
    return {
        "start": found.start,
        "end": found.end,
        "text": text[found.start : found.end],
        "kind": found.kind,
        "speaker": text[slice(*speaker)] if found.speaker else None,
        "speaker_start": speaker[0],
        "speaker_end": speaker[1],
        "name": who.name,
        "named": who.named,
        "role": who.role,
        "cue": text[slice(*cue)] if found.cue_span else None,
        "cue_start": cue[0],
        "cue_end": cue[1],
        "stance": attribution.stance(found.cue),
        "gap_start": gap[0],
        "gap_end": gap[1],
        "rule": f"{found.rule}; {who.rule}" if who.rule else found.rule,
        "confidence": min(found.confidence, who.certainty) if who.name else found.confidence,
    }


def passages(sentences: pd.DataFrame, quotations: pd.DataFrame) -> pd.DataFrame:
    """Cut sentences at the edges of what is quoted and what is reported, so that each part has one voice.

    Reads the columns of ``sentences``; article_id, start, end, text, kind, name, stance, gap_start, gap_end, confidence
    of ``quotations``, of which rows below a confidence of .5 change nothing. Returns the table of passages: those of a
    sentence tile it to the character. ``voice`` is *quotation* for words between marks, *reported* for the rest of what
    is attributed, *narration* for what remains, the cue that interrupts a quotation and all of an attitude outside its
    marks included; missing in furniture.
    ``name`` is the speaker's, missing in narration. Marks and points alone make no passage: they go with a neighbour.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "“It is late,” said Ann Hill. She said we lost."}])
    >>> told = passages(segmentation.split(articles), extract(articles))
    >>> told[["text", "voice"]].values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['“It is late,”', 'quotation'], [' said Ann Hill.', 'narration'], ['She said ', 'narration'],
     ['we lost.', 'reported']]
    """
    tables.check(sentences, "sentences", call="quotation.passages")
    columns = ["article_id", "start", "end", "text", "kind", "name", "stance", "gap_start", "gap_end", "confidence"]
    tables.check(quotations, "quotations", call="quotation.passages", columns=columns)
    voiced = quotations[quotations["confidence"] >= VOICED]
    stretches = {article_id: list(_stretches(rows)) for article_id, rows in voiced.groupby("article_id", sort=False)}
    numbers: Counter = Counter()
    found = []
    for row in sentences.to_dict("records"):
        article_id = row["article_id"]
        for start, end, voice, name in _cut(row, stretches.get(article_id, [])):
            text = row["text"][start - row["start"] : end - row["start"]]
            part = {"start": start, "end": end, "text": text, "voice": voice, "name": name}
            found.append({**row, **part, "passage_id": numbers[article_id]})
            numbers[article_id] += 1
    return tables.make("passages", found)


def marked(row) -> Iterator[tuple[int, int]]:
    """Yield start and end of what stands between marks in one quotation, without the narration that interrupts it.

    ``row`` has start, end, text, kind, gap_start, gap_end of the table of quotations, as ``itertuples`` gives it. An
    indirect one has nothing between marks.

    >>> from analysis import corpus
    >>> text = "Ann Hill called the plan “rash”."
    >>> [row] = extract(corpus.from_records([{"source": "daily", "text": text}])).itertuples()
    >>> [text[start:end] for start, end in marked(row)]
    ['“rash”']
    """
    gap = None if pd.isna(row.gap_start) else (int(row.gap_start), int(row.gap_end))
    spans = [(row.start, row.end)]
    if row.kind == "mixed":
        spans = [(row.start + q.start, row.start + q.end) for q in parsing.quoted(row.text)]
    elif row.kind == "indirect":
        spans = []
    for start, end in spans:
        if gap and start < gap[1] and gap[0] < end:
            yield from ((a, b) for a, b in ((start, gap[0]), (gap[1], end)) if a < b)
        else:
            yield start, end


def _stretches(rows: pd.DataFrame) -> Iterator[tuple[int, int, str, object]]:
    """Yield start, end, voice and name of each stretch that is not narration; a later one outweighs an earlier."""
    for row in sorted(rows.itertuples(), key=lambda row: row.start):
        # A stand taken (criticised a "rash" plan) is the newsroom's wording, but for the words between marks.
        if row.kind != "direct" and row.stance != "attitude":
            yield row.start, row.end, "reported", row.name
            if not pd.isna(row.gap_start):
                yield int(row.gap_start), int(row.gap_end), "narration", None
        for start, end in marked(row):
            yield start, end, "quotation", row.name


def _cut(sentence: dict, stretches: list[tuple]) -> list[tuple]:
    """Return start, end, voice and name of the passages of a sentence."""
    start, end, text = sentence["start"], sentence["end"], sentence["text"]
    if sentence["part"] == "furniture":
        return [(start, end, None, None)]
    near = [stretch for stretch in stretches if stretch[0] < end and start < stretch[1]]
    edges = sorted({start, end, *(edge for a, b, _, _ in near for edge in (a, b) if start < edge < end)})
    pieces: list[tuple] = []
    for a, b in pairwise(edges):
        covering = [stretch[2:] for stretch in near if stretch[0] <= a and b <= stretch[1]]
        pieces.append((a, b, *(covering[-1] if covering else ("narration", None))))
    return _merged(text, start, pieces)


def _merged(text: str, start: int, pieces: list[tuple]) -> list[tuple]:
    """Join neighbours of one voice and name; a piece without a word goes with a neighbour, best not a quotation."""
    worded = [bool(_WORDLIKE.search(text, a - start, b - start)) for a, b, _, _ in pieces]
    if not any(worded):
        return [(pieces[0][0], pieces[-1][1], *pieces[0][2:])]
    voices = [piece[2:] for piece in pieces]
    for n, has_word in enumerate(worded):
        if not has_word:
            before = next((voices[m] for m in range(n - 1, -1, -1) if worded[m]), None)
            after = next((voices[m] for m in range(n + 1, len(pieces)) if worded[m]), None)
            ranked = [voice for voice in (before, after) if voice is not None]
            voices[n] = next((voice for voice in ranked if voice[0] != "quotation"), ranked[0])
    merged: list[tuple] = []
    for (a, b, _, _), voice in zip(pieces, voices, strict=True):
        if merged and _same(merged[-1][2:], voice):
            merged[-1] = (merged[-1][0], b, *voice)
        else:
            merged.append((a, b, *voice))
    return merged


_WORDLIKE = re.compile(r"\w")


def _same(one: tuple, other: tuple) -> bool:
    return one[0] == other[0] and (one[1] == other[1] or (pd.isna(one[1]) and pd.isna(other[1])))


# --- told twice ------------------------------------------------------------------------------------------------------


def match(quotations: pd.DataFrame) -> pd.DataFrame:
    """Find utterances that two articles of a story both quote.

    Reads the columns of ``quotations``; compares the words between marks of direct and mixed rows, in lower case and
    without punctuation. Returns the table of quotation pairs, ``a`` being the article whose id comes first:

    * ``kind``: *identical* (the same words), *trimmed* (one is a cut of the other: all of its words, in order), else
      *reworded* (at least half of the shorter one's words in the same order, and half of its words of weight).
    * ``similarity``: 2 x words in common, in order, of the words of both (0..1, symmetric; the normalised Indel
      similarity over words). A short cut of a long quotation has a low one: the kind says that it is a cut.

    What counts is at least three words of weight in common (two, where seven in ten of the shorter one's words are
    in the other, and where a cut runs on in the other without a break), so that phrases which anyone may use ("on
    Tuesday") are no match. A quotation can be in several pairs: a long one in one article, cut up in the other.

    >>> from analysis import corpus
    >>> told = ["“We will mend the rusty bridge,” Ann Hill said.", "“We shall mend that rusty bridge,” Hill said."]
    >>> articles = corpus.from_records([{"source": s, "text": t} for s, t in zip("ab", told)])
    >>> match(extract(articles))[["kind", "name_a", "name_b"]].values.tolist()
    [['reworded', 'Ann Hill', 'Hill']]
    """
    tables.check(quotations, "quotations", call="quotation.match")
    rows = []
    for story, told in quotations[quotations["kind"] != "indirect"].groupby("story", sort=True):
        said = [one for one in map(_said, told.itertuples()) if one["weighty"]]
        found = [pair for pair in (_pair(a, b) for a, b in _candidates(said)) if pair is not None]
        for a, b, kind, similarity in _best(found):
            sides = {
                f"{column}_{side}": getattr(one["row"], column)
                for side, one in (("a", a), ("b", b))
                for column in ("quotation_id", "article_id", "source", "name", "role", "cue")
            }
            rows.append({"story": story, "kind": kind, "similarity": similarity, **sides})
    rows.sort(
        key=lambda row: tuple(
            row[c] for c in ("story", "article_id_a", "quotation_id_a", "article_id_b", "quotation_id_b")
        )
    )
    return tables.make("quotation_pairs", rows)


def _said(row) -> dict:
    """Return a quotation with the words between its marks: their places and terms, and those of some weight."""
    words = [
        (row.start + a, row.start + b, term)
        for start, end in marked(row)
        for a, b, term in segmentation.spans(row.text)
        if start <= row.start + a and row.start + b <= end
    ]
    terms = [term for _, _, term in words]
    return {"row": row, "words": words, "terms": terms, "weighty": {t for t in terms if t not in _common()}}


@cache
def _common() -> frozenset[str]:
    """Return words too common to tell one utterance from another: function words, days and months."""
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset((*STOP_WORDS, "'s", *map(str.lower, (*calendar.day_name, *calendar.month_name))))


def _candidates(said: list[dict]) -> Iterator[tuple[dict, dict]]:
    """Yield pairs of quotations of two articles that share words of weight."""
    holding = defaultdict(list)
    for number, one in enumerate(said):
        for term in one["weighty"]:
            holding[term].append(number)
    shared = Counter(pair for numbers in holding.values() for pair in combinations(numbers, 2))
    for (i, j), n in sorted(shared.items()):
        a, b = sorted((said[i], said[j]), key=lambda one: (one["row"].article_id, one["row"].quotation_id))
        if n >= 2 and a["row"].article_id != b["row"].article_id:
            yield a, b


def _pair(a: dict, b: dict) -> tuple | None:
    """Return the two with how the one tells the other and how similar they are, or nothing for a chance overlap."""
    from rapidfuzz.distance import Indel, LCSseq

    short, long = sorted((a, b), key=lambda one: len(one["terms"]))
    common = LCSseq.similarity(a["terms"], b["terms"])
    weighty = len(a["weighty"] & b["weighty"])
    similarity = Indel.normalized_similarity(a["terms"], b["terms"])
    if a["terms"] == b["terms"]:
        return a, b, "identical", similarity
    if common == len(short["terms"]) and (weighty >= SHARED_WORDS or _runs(short["terms"], long["terms"])):
        return a, b, "trimmed", similarity
    half = common >= SHARED * len(short["terms"]) and weighty >= max(SHARED_WORDS, SHARED * len(short["weighty"]))
    nearly_all = common >= max(5, NEARLY_ALL * len(short["terms"])) and weighty >= SHARED_WORDS - 1
    return (a, b, "reworded", similarity) if half or nearly_all else None


def _runs(short: list[str], long: list[str]) -> bool:
    """Tell whether the one stands in the other without a break."""
    return any(long[n : n + len(short)] == short for n in range(len(long) - len(short) + 1))


def _best(found: list[tuple]) -> list[tuple]:
    """Keep a pair that is the best of one of its sides between these two articles."""
    best: dict[tuple, float] = {}
    for a, b, _, similarity in found:
        for one, other in ((a, b), (b, a)):
            key = (one["row"].article_id, one["row"].quotation_id, other["row"].article_id)
            best[key] = max(best.get(key, 0.0), similarity)
    return [
        (a, b, kind, similarity)
        for a, b, kind, similarity in found
        if similarity
        in (
            best[a["row"].article_id, a["row"].quotation_id, b["row"].article_id],
            best[b["row"].article_id, b["row"].quotation_id, a["row"].article_id],
        )
    ]


def differences(quotation_pairs: pd.DataFrame, quotations: pd.DataFrame) -> pd.DataFrame:
    """Lay the two sides of each quotation told twice beside each other, word by word.

    Reads the keys of ``quotation_pairs`` and the columns of ``quotations``. Returns the table of differences, a row a
    run of words, in order: ``how`` is *same*, *replaced*, *only a* or *only b*; ``text_a`` and ``text_b`` are the runs
    as printed, missing where a side has none, with their places in the two articles. Punctuation and capitals make no
    difference. The runs are those of the shortest list of insertions and deletions (as in ``diff``).

    >>> from analysis import corpus
    >>> told = ["“We will mend the old bridge,” Ann Hill said.", "“We will now mend the dear bridge,” Hill said."]
    >>> quotations = extract(corpus.from_records([{"source": s, "text": t} for s, t in zip("ab", told)]))
    >>> differences(match(quotations), quotations)[["how", "text_a", "text_b"]].fillna("").values.tolist()
    [['same', 'We will', 'We will'], ['only b', '', 'now'], ['same', 'mend the', 'mend the'], \
['replaced', 'old', 'dear'], ['same', 'bridge', 'bridge']]
    """
    tables.check(quotation_pairs, "quotation_pairs", call="quotation.differences")
    tables.check(quotations, "quotations", call="quotation.differences")
    wanted = {
        (article_id, quotation_id)
        for side in "ab"
        for article_id, quotation_id in zip(
            quotation_pairs[f"article_id_{side}"], quotation_pairs[f"quotation_id_{side}"], strict=True
        )
    }
    said = {
        (row.article_id, row.quotation_id): _said(row)
        for row in quotations.itertuples()
        if (row.article_id, row.quotation_id) in wanted
    }
    rows = []
    keys = ["article_id_a", "quotation_id_a", "article_id_b", "quotation_id_b"]
    for key in quotation_pairs[keys].itertuples(index=False, name=None):
        a, b = said[key[:2]], said[key[2:]]
        for number, run in enumerate(_diff(a, b)):
            rows.append({**dict(zip(keys, key, strict=True)), "run": number, **run})
    return tables.make("differences", rows)


def _diff(a: dict, b: dict) -> Iterator[dict]:
    from rapidfuzz.distance import LCSseq

    runs: list[list] = []
    for how, a0, a1, b0, b1 in LCSseq.opcodes(a["terms"], b["terms"]):
        # A deletion beside an insertion is a replacement.
        if how != "equal" and runs and runs[-1][0] != "equal":
            runs[-1] = ["replace", runs[-1][1], a1, runs[-1][3], b1]
        else:
            runs.append([how, a0, a1, b0, b1])
    for how, *edges in runs:
        name = {"equal": "same", "replace": "replaced", "delete": "only a", "insert": "only b"}[how]
        sides = [_run(one, *edges[n : n + 2], side) for one, n, side in ((a, 0, "a"), (b, 2, "b"))]
        yield {"how": name, **sides[0], **sides[1]}


def _run(one: dict, first: int, last: int, side: str) -> dict:
    """Return place and text of a run of words; narration in between is no part of the text."""
    if first == last:
        return {}
    row = one["row"]
    start, end = one["words"][first][0], one["words"][last - 1][1]
    pieces = [(max(start, a), min(end, b)) for a, b in marked(row) if a < end and start < b]
    text = " ".join(row.text[a - row.start : b - row.start].strip(_MARKS) for a, b in pieces)
    return {f"start_{side}": start, f"end_{side}": end, f"text_{side}": text}


_MARKS = " \n\"“”„«»'‘’"


# --- who is heard ----------------------------------------------------------------------------------------------------


def heard(quotations: pd.DataFrame) -> pd.DataFrame:
    """Count how much each speaker is heard in each source.

    Reads the columns of ``quotations``, of which rows below a confidence of .5 are left out, and of attitudes all but
    the words between marks. Returns the table of voices heard, by source, most heard first: ``n`` attributions,
    ``quoted_words`` (between marks) and ``reported_words`` (the rest of what is attributed); ``share`` (0..1) of all
    quoted words of the source, missing where it quotes none; ``place`` is how early the speaker is first heard in an
    article of the source (1: before all others), ``first`` the character at which that is. ``name`` is missing for
    those whom no rule names, and ``named`` false for them and for people and groups without a name.

    >>> from analysis import corpus
    >>> text = "“It is late,” Ann Hill said. A guard said he left."
    >>> articles = corpus.from_records([{"source": "daily", "text": text}])
    >>> heard(extract(articles))[["name", "named", "quoted_words", "reported_words", "share"]].values.tolist()
    [['Ann Hill', True, 3, 0, 1.0], ['guard', False, 0, 2, 0.0]]
    """
    tables.check(quotations, "quotations", call="quotation.heard")
    voiced = quotations[quotations["confidence"] >= VOICED]
    counted = voiced.assign(
        quoted_words=[len(_said(row)["terms"]) for row in voiced.itertuples()],
        all_words=[_words(row) for row in voiced.itertuples()],
        # A group by name would drop rows without one.
        who=voiced["name"].fillna(""),
    )
    reported = (counted["all_words"] - counted["quoted_words"]).where(counted["stance"] != "attitude", 0)
    counted = counted.assign(reported_words=reported)
    firsts = counted.sort_values(["article_id", "start"]).drop_duplicates(["article_id", "who"])
    firsts = firsts.assign(place=firsts.groupby("article_id").cumcount() + 1)
    earliest = firsts.sort_values(["place", "start", "article_id"]).drop_duplicates(["source", "who"])
    sums = counted.groupby(["story", "source", "who"], as_index=False, sort=True).agg(
        n=("quotation_id", "size"),
        named=("named", "any"),
        quoted_words=("quoted_words", "sum"),
        reported_words=("reported_words", "sum"),
    )
    sums = sums.merge(earliest[["source", "who", "start", "place"]], on=["source", "who"], how="left")
    totals = sums.groupby("source")["quoted_words"].transform("sum")
    sums = sums.assign(share=sums["quoted_words"] / totals.where(totals > 0), first=sums["start"])
    sums = sums.assign(name=sums["who"].where(sums["who"] != ""))
    order = ["source", "quoted_words", "reported_words", "who"]
    ranked = sums.sort_values(order, ascending=[True, False, False, True], kind="stable")
    return tables.make("voices_heard", ranked.reset_index(drop=True))


def _words(row) -> int:
    gap = (0, 0) if pd.isna(row.gap_start) else (int(row.gap_start), int(row.gap_end))
    return sum(not gap[0] <= row.start + a < gap[1] for a, _, _ in segmentation.spans(row.text))


def introduced(quotations: pd.DataFrame) -> pd.DataFrame:
    """Count the words with which each source introduces each speaker: "said" in one, "claimed" in the other.

    Reads the columns of ``quotations``, of which rows without a name or a cue, those with a confidence below .5 and
    stands taken ("criticised"), whether words of them are quoted or not, are left out. Returns the table of
    introductions, by name, source and cue (in lower case, as printed), with the cue's stance and ``n``; first the names
    that most sources let speak, then by number.

    >>> from analysis import corpus
    >>> articles = corpus.from_records([{"source": "daily", "text": "“It is late,” Ann Hill claimed."}])
    >>> introduced(extract(articles))[["name", "cue", "stance", "n"]].values.tolist()
    [['Ann Hill', 'claimed', 'distancing', 1]]
    """
    tables.check(quotations, "quotations", call="quotation.introduced")
    voiced = (quotations["confidence"] >= VOICED) & (quotations["stance"] != "attitude")
    kept = quotations[voiced & quotations["name"].notna() & quotations["cue"].notna()]
    kept = kept.assign(cue=kept["cue"].str.lower())
    counts = kept.groupby(["name", "source", "cue", "stance"], as_index=False, sort=True).size()
    counts = counts.rename(columns={"size": "n"})
    counts = counts.assign(
        n_sources=counts.groupby("name")["source"].transform("nunique"),
        total=counts.groupby("name")["n"].transform("sum"),
    )
    order = ["n_sources", "total", "name", "source", "n", "cue"]
    ranked = counts.sort_values(order, ascending=[False, False, True, True, False, True], kind="stable")
    return tables.make("introductions", ranked.reset_index(drop=True))
