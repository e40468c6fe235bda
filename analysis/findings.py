"""The findings of a report as sentences: each true of the texts at hand, each with its n.

A difference that was examined carries the word that ``evidence.judge`` gave it; what can be counted in the texts
(what all tell, who is quoted) is *described*; what warns the reader before any comparison is *note*. Sentences speak
of these texts, never of what a source is like.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from analysis import segmentation, tables

# In the order in which a report says them.
STATUSES = ("note", "described", "holds", "leans", "does not hold", "too little text")
# As evidence.MIN_ARTICLES, from which on sources are tested.
MIN_ARTICLES = 5
# From this share of common words on, texts have to be read as one text with changes.
REUSED = 0.2
NAMED = 3
EVENTS = 9
CONTRASTS = 5
# Contrasts of wording are told where at least this much speaks for both being the same thing.
SURE = 2.0
SNIPPET = 12
# An example has this many words or more, if there is one: "He left." shows little.
TELLING = 8
SINGLE = str.maketrans('"“”„«»', "'‘’‚‹›")
# A speaker that could not be named.
PRONOUNS = ("he", "she", "they", "it", "who", "we", "I")
# What a measure is called, more of it, and its unit: (name, more, less, factor, digits, unit).
MEASURES = {
    "polarity": ("tone", "more positive", "more negative", 1.0, 2, "mean polarity"),
    "loaded": ("share of loaded words", "more loaded words", "fewer loaded words", 1000.0, 1, "per 1,000 words"),
    "hedge": ("share of hedges", "more hedges", "fewer hedges", 1000.0, 1, "per 1,000 words"),
    "booster": ("share of boosters", "more boosters", "fewer boosters", 1000.0, 1, "per 1,000 words"),
    "absolute": ("share of absolutes", "more absolutes", "fewer absolutes", 1000.0, 1, "per 1,000 words"),
}


def write(
    articles: pd.DataFrame,
    *,
    sentences: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    omissions: pd.DataFrame | None = None,
    thresholds: pd.DataFrame | None = None,
    reuse: pd.DataFrame | None = None,
    conflicts: pd.DataFrame | None = None,
    passages: pd.DataFrame | None = None,
    quotations: pd.DataFrame | None = None,
    quotation_pairs: pd.DataFrame | None = None,
    wording: pd.DataFrame | None = None,
    vocabulary: pd.DataFrame | None = None,
    verdicts: pd.DataFrame | Sequence[pd.DataFrame] = (),
) -> pd.DataFrame:
    """Write the findings of a story, from the tables of the measures that were taken; those left out are not spoken of.

    Reads source, genre, published of the articles; of the other tables their columns as ``tables`` defines them.
    ``verdicts`` is one table of ``evidence.judge`` or several. Returns one row a finding, in the order in which a
    report says them: ``topic``, ``status`` (note, described, holds, leans, does not hold, too little text),
    ``sentence``, ``n`` (what it rests on, in words) and ``section``, the part of the report that shows it ("story",
    "coverage", "speakers", "tone", "language", "wording").

    The first sentence says how many differences were examined and how many hold. With one source there is nothing to
    compare, and it says so.

    >>> from analysis import corpus
    >>> write(corpus.from_records([{"source": "daily", "text": "It rained."}]))["sentence"].item()
    'There is one source, daily: nothing to compare.'
    """
    tables.check(articles, "articles", call="evidence.findings", columns=["source", "genre", "published"])
    judged = pd.concat([tables.make("verdicts"), *([verdicts] if isinstance(verdicts, pd.DataFrame) else verdicts)])
    sources = sorted(articles["source"].unique())
    compared = len(sources) > 1
    rows = [_summary(articles, sources, judged)]
    if compared:
        rows += _notes(articles, reuse)
        rows += _coverage(sources, sentences, events, omissions, thresholds)
        rows += _conflicts(conflicts)
    rows += _speakers(passages)
    if compared:
        rows += _retold(quotation_pairs, quotations)
        rows += _wording(wording)
        rows += _differences(judged)
        rows += _vocabulary(vocabulary)
    return tables.make("findings", rows)


def _row(topic: str, status: str, sentence: str, n: str, section: str) -> dict:
    return {"topic": topic, "status": status, "sentence": sentence, "n": n, "section": section}


def _summary(articles: pd.DataFrame, sources: list[str], judged: pd.DataFrame) -> dict:
    n = f"{_count(len(articles), 'article')} of {_count(len(sources), 'source')}"
    if not sources:
        return _row("summary", "note", "There is no article that can be measured: nothing to say.", n, "story")
    if len(sources) == 1:
        return _row("summary", "note", f"There is one source, {sources[0]}: nothing to compare.", n, "story")
    if judged.empty:
        return _row("summary", "note", "No difference was examined; what follows is described.", n, "story")
    words = judged["verdict"].value_counts()
    holding, leaning, little = (int(words.get(word, 0)) for word in ("holds", "leans", "too little text"))
    n += f"; {_count(len(judged), 'comparison')}"
    if len(judged) == 1:
        verdict = {
            "holds": "it holds",
            "leans": "it leans one way, and does not hold",
            "too little text": "there is too little text to say",
        }.get(judged["verdict"].item(), "it does not hold")
        return _row("summary", "note", f"One difference was examined between these texts: {verdict}.", n, "story")
    said = [
        f"{_number(holding)} {'holds' if holding == 1 else 'hold'}" if holding else "none holds",
        *([f"{_number(leaning)} {'leans' if leaning == 1 else 'lean'} one way"] if leaning else []),
        *([f"for {'all' if little == len(judged) else _number(little)} there is too little text"] if little else []),
    ]
    what = f"Of {_number(len(judged))} differences examined between these texts, {_joined(said)}."
    return _row("summary", "note", what, n, "story")


def _notes(articles: pd.DataFrame, reuse: pd.DataFrame | None) -> list[dict]:
    rows = []
    n = _count(len(articles), "article")
    sizes = articles.groupby("source").size()
    if sizes.min() < MIN_ARTICLES:
        sentence = (
            f"With fewer than {_number(MIN_ARTICLES)} articles a source these texts are described; whether their "
            "sources differ is not tested."
        )
        told = "; ".join(f"{_count(size, 'article')} of {source}" for source, size in sizes.items())
        rows.append(_row("sources", "note", sentence, told, "story"))
    if reuse is not None:
        tables.check(reuse, "reuse", call="evidence.findings")
        shared = reuse[reuse["share"] >= REUSED].sort_values(["share", "article_id", "other_article_id"])
        # Each pair stands in the table twice, once from either side: the larger share is told.
        pair = [frozenset(ids) for ids in zip(shared["article_id"], shared["other_article_id"], strict=True)]
        told = shared[~pd.Series(pair, index=shared.index, dtype="object").duplicated(keep="last")]
        for row in told.sort_values(["source", "other_source"]).itertuples():
            sentence = (
                f"{row.share * 100:.0f} % of the words of {row.source} stand verbatim or nearly so in "
                f"{row.other_source}: where the texts are the same, nothing can differ."
            )
            rows.append(_row("reuse", "note", sentence, f"{row.reused} of {row.words} words", "story"))
    genres = articles.groupby("source")["genre"].agg(lambda kinds: " and ".join(sorted(set(kinds.dropna()))))
    known = genres[genres != ""]
    if known.nunique() > 1:
        told = ", ".join(f"{source}: {genre}" for source, genre in known.items())
        rows.append(
            _row(
                "genre",
                "note",
                f"The texts are of different kinds ({told}), which alone may change the tone.",
                n,
                "story",
            )
        )
    days = articles.dropna(subset="published").groupby("source")["published"].min().dt.date
    if days.nunique() > 1:
        told = _joined([f"{source} on {day.isoformat()}" for source, day in days.items()])
        sentence = (
            f"The texts appeared on different days ({told}): what only a later one tells may "
            "not have happened when an earlier one was written."
        )
        rows.append(_row("dates", "note", sentence, n, "story"))
    return rows


def _coverage(
    sources: list[str],
    sentences: pd.DataFrame | None,
    events: pd.DataFrame | None,
    omissions: pd.DataFrame | None,
    thresholds: pd.DataFrame | None,
) -> list[dict]:
    if sentences is None or events is None:
        return []
    counted = sentences[sentences["part"] != "furniture"]
    totals = counted.groupby("source").size()
    matched = events.groupby("source").size().reindex(sources, fill_value=0)
    n = "; ".join(f"{matched[source]} of {totals.get(source, 0)} sentences of {source}" for source in sources)
    told = events.groupby(["story", "event_id", "label"])["source"].nunique()
    by_all = told.index[told == len(sources)]
    firm, weak, subjects = _firmness(by_all, thresholds)
    everyone = "Both" if len(sources) == 2 else f"All {_number(len(sources))}"
    loose = f"{_such(weak, EVENTS)}: to be read before they are relied on."
    if firm:
        sentence = f"{everyone} have closely matching sentences on {_count(len(firm), 'thing')}{_such(firm, EVENTS)}."
        if weak:
            further = _count(len(weak), "further match is", "further matches are")
            sentence += f" {further} looser{loose}"
    elif weak:
        sentence = f"{everyone} have loosely matching sentences on {_count(len(weak), 'thing')}{loose}"
    else:
        other = "the other tells" if len(sources) == 2 else "all the others tell"
        sentence = f"No sentence was found in any source that tells what {other}."
    if subjects:
        subject = _count(len(subjects), "subject")
        sentence += f" {everyone} come back to {subject} in sentences that are not alike{_such(subjects, EVENTS)}."
    rows = [_row("told by all", "described", sentence, n, "coverage")]
    some = [label for _, _, label in told.index[told < len(sources)]]
    if some:
        sentence = (
            f"Some but not all have matching sentences on {_count(len(some), 'thing')} more{_such(some, EVENTS)}."
        )
        rows.append(_row("told by some", "described", sentence, n, "coverage"))
    if omissions is None:
        return rows
    place = ["article_id", "sentence_id"]
    # A sentence without counterpart can be part of an event all the same: then others tell of it in other words.
    several = events[events.groupby(["story", "event_id"])["source"].transform("nunique") > 1]
    told = pd.MultiIndex.from_frame(omissions[place]).isin(pd.MultiIndex.from_frame(several[place]))
    return rows + _alone(sources, counted, omissions[~told])


def _firmness(told: pd.MultiIndex, thresholds: pd.DataFrame | None) -> tuple[list[str], list[str], list[str]]:
    """Return the labels of the events that are linked at every threshold, at some, and at none."""
    if thresholds is None:
        return [label for _, _, label in told], [], []
    tables.check(thresholds, "thresholds", call="evidence.findings")
    panel = thresholds.groupby(["story", "event_id", "label"]).agg(
        firm=("linked", "all"), linked=("linked", "any"), strength=("similarity", "max")
    )
    # The surest first: only some are named.
    known = (
        panel.reindex(told)
        .fillna({"firm": False, "linked": True, "strength": 0.0})
        .sort_values("strength", ascending=False, kind="stable")
    )
    firm, linked = (known[name].to_numpy(dtype=bool) for name in ("firm", "linked"))
    labels = known.index.get_level_values("label")
    return list(labels[firm]), list(labels[linked & ~firm]), list(labels[~linked])


def _alone(sources: list[str], counted: pd.DataFrame, omissions: pd.DataFrame) -> list[dict]:
    """Say of each source which of its sentences have no counterpart in any other article."""
    others = counted.groupby("story")["article_id"].nunique()
    key = ["story", "article_id", "source", "sentence_id"]
    missed = omissions.groupby(key).agg(n=("other_article_id", "nunique"), nearest=("similarity", "max")).reset_index()
    # An article of the same source counts as another one here: told twice by one source is not told by it alone.
    missed = missed[missed["n"] == [others.get(story, 1) - 1 for story in missed["story"]]]
    texts = counted.set_index(["article_id", "sentence_id"])["text"]
    totals = counted.groupby("source").size()
    rows = []
    for source in sources:
        own = missed[missed["source"] == source].sort_values(["nearest", "article_id", "sentence_id"])
        total = int(totals.get(source, 0))
        where = next((other for other in sources if other != source), "") if len(sources) == 2 else "any other source"
        if own.empty:
            one = where if len(sources) == 2 else "at least one other source"
            sentence = f"Each sentence of {source} has a counterpart in {one}."
        else:
            shown = [texts[place] for place in zip(own["article_id"], own["sentence_id"], strict=True)]
            telling = [text for text in shown if len(text.split()) >= TELLING] or shown
            examples = _joined(f"“{_snippet(text)}”" for text in telling[:NAMED])
            sentence = (
                f"Only {source}: no counterpart was found in {where} for {len(own)} of its {total} sentences, "
                f"such as {examples}."
            )
        rows.append(_row("told by one", "described", sentence, f"{len(own)} of {total} sentences", "coverage"))
    return rows


def _conflicts(conflicts: pd.DataFrame | None) -> list[dict]:
    """Say which details differ in matching sentences, the surest matches first."""
    if conflicts is None:
        return []
    tables.check(conflicts, "conflicts", call="evidence.findings")
    order = ["similarity", "article_id_a", "sentence_id_a", "article_id_b", "sentence_id_b", "text_a", "text_b"]
    ranked = conflicts.sort_values(order, ascending=[False, *[True] * 6], kind="stable")
    hard = ranked[ranked["kind"] != "wording"]
    soft = len(ranked) - len(hard)
    besides = f"; {_count(soft, 'vague amount is', 'vague amounts are')} worded otherwise" if soft else ""
    if hard.empty:
        sentence = "No number, date, place or name was found to conflict in matching sentences."
        return [_row("conflict", "described", sentence, f"0 conflicting details{besides}", "coverage")]
    rows = []
    for row in hard.head(EVENTS).itertuples():
        what = row.kind if pd.isna(row.about) else f"{row.kind}, {row.about}"
        sentence = (
            f"A detail differs in matching sentences ({what}): {row.source_a} has “{row.text_a}”, {row.source_b} "
            f"“{row.text_b}”."
        )
        rows.append(
            _row("conflict", "described", sentence, f"1 pair of sentences; similarity {row.similarity:.2f}", "coverage")
        )
    if len(hard) > EVENTS:
        sentence = f"In {_count(len(hard) - EVENTS, 'more detail', 'more details')} matching sentences differ."
        rows.append(_row("conflict", "described", sentence, f"{len(hard)} conflicting details{besides}", "coverage"))
    return rows


def _wording(wording: pd.DataFrame | None) -> list[dict]:
    """Say how two sources word what their matching sentences tell, in the contrasts that most speaks for."""
    if wording is None:
        return []
    tables.check(wording, "wording", call="evidence.findings", unique=False)
    sure = wording[(wording["kind"] != "name") & (wording["evidence"] >= SURE)]
    rows = []
    by_pair = dict(list(sure.groupby(["source_a", "source_b"], sort=True)))
    # Of many sources only the pairs with the surest contrasts.
    told = sorted(by_pair, key=lambda pair: -by_pair[pair]["evidence"].max())[:NAMED]
    for a, b in sorted(told):
        pairs = by_pair[a, b]
        contrasts = [f"“{x}” against “{y}”" for x, y in zip(pairs["wording_a"], pairs["wording_b"], strict=True)]
        sentence = (
            f"In matching sentences of {a} and {b}, what looks like the same thing is worded otherwise: "
            f"{'; '.join(contrasts[:CONTRASTS])}."
        )
        n = f"{min(len(pairs), CONTRASTS)} of {_count(len(pairs), 'contrast')}, the likeliest first"
        rows.append(_row("wording", "described", sentence, n, "wording"))
    return rows


def _speakers(passages: pd.DataFrame | None) -> list[dict]:
    """Say who is quoted most in each source, by words inside quotation marks."""
    if passages is None:
        return []
    columns = ["source", "part", "voice", "name", "text"]
    tables.check(passages, "passages", call="evidence.findings", columns=columns)
    counted = passages[passages["part"] != "furniture"]
    words = counted.assign(words=[len(segmentation.spans(text)) for text in counted["text"]])
    rows = []
    for source, own in words.groupby("source", sort=True):
        quoted = own[own["voice"] == "quotation"]
        total, of = int(quoted["words"].sum()), int(own["words"].sum())
        n = f"{total} of {of} words are quoted"
        if not total:
            rows.append(_row("quoted most", "described", f"{source} quotes nobody directly.", n, "speakers"))
            continue
        by_name = quoted[~quoted["name"].isin(PRONOUNS)].groupby("name")["words"].sum()
        most = int(by_name.max()) if not by_name.empty else 0
        names = sorted(by_name.index[by_name == most])
        sentence = (
            f"Most quoted in {source}: {_joined(names)}, {most} of {_count(total, 'quoted word')}"
            f"{' each' if len(names) > 1 else ''}."
            if most
            else f"{source} quotes {_count(total, 'word')} for which no speaker was found."
        )
        rows.append(_row("quoted most", "described", sentence, n, "speakers"))
    return rows


def _retold(pairs: pd.DataFrame | None, quotations: pd.DataFrame | None) -> list[dict]:
    if pairs is None or pairs.empty:
        return []
    tables.check(pairs, "quotation_pairs", call="evidence.findings")
    how = {"identical": "in the same words", "trimmed": "cut shorter in one of them", "reworded": "in different words"}
    texts = {} if quotations is None else quotations.set_index(["article_id", "quotation_id"])["text"].to_dict()
    rows = []
    # What both give alike, in words and speaker, needs no telling one by one.
    alike = (pairs["kind"] == "identical") & (pairs["name_a"] == pairs["name_b"])
    for (a, b), group in pairs[alike].groupby(["source_a", "source_b"], sort=True):
        what = _count(len(group), "quotation stands", "quotations stand")
        sentence = f"{what} in {a} and {b} in the same words, attributed to the same speakers."
        rows.append(_row("told twice", "described", sentence, f"{len(group)} of {len(pairs)} told twice", "speakers"))
    pairs = pairs[~alike]
    for pair in pairs.sort_values(["similarity", "article_id_a", "quotation_id_a"]).head(EVENTS).itertuples():
        text = texts.get((pair.article_id_a, pair.quotation_id_a))
        which = f" “{_snippet(text)}”" if text else ""
        sentence = f"{pair.source_a} and {pair.source_b} give the same quotation{which} {how[pair.kind]}"
        if not pd.isna(pair.name_a) and not pd.isna(pair.name_b):
            apart = f"the one attributed to {pair.name_a}, the other to {pair.name_b}"
            sentence += f", both attributed to {pair.name_a}" if pair.name_a == pair.name_b else f", {apart}"
        n = f"1 quotation; similarity {pair.similarity:.2f}"
        rows.append(_row("told twice", "described", sentence + ".", n, "speakers"))
    if len(pairs) > EVENTS:
        sentence = (
            f"{_count(len(pairs) - EVENTS, 'further quotation stands', 'further quotations stand')} in two sources."
        )
        rows.append(_row("told twice", "described", sentence, f"{len(pairs)} quotations told twice", "speakers"))
    return rows


def _vocabulary(vocabulary: pd.DataFrame | None) -> list[dict]:
    """Say whether the sources differ in more words than one of them does from itself."""
    if vocabulary is None:
        return []
    tables.check(vocabulary, "vocabularies", call="evidence.findings")
    rows = []
    for pair in vocabulary.itertuples():
        told = pair.between > pair.within_95
        n = f"means of {pair.n_splits} draws; 95 % of them within one text are at most {pair.within_95:.0f}"
        if max(pair.between, pair.within_95) < 1:
            sentence = (
                f"Too little text to compare the words of {pair.source_a} and {pair.source_b}: in stretches of "
                f"{pair.size} words hardly any stands often enough."
            )
            rows.append(_row("vocabulary", "too little text", sentence, n, "wording"))
            continue
        sentence = (
            f"In stretches of {pair.size} words, {pair.between:.1f} words differ in frequency between {pair.source_a} "
            f"and {pair.source_b} (p < .05 each, uncorrected), {pair.within:.1f} between two stretches of the same "
            "text: " + ("more than a text differs from itself." if told else "no more than a text differs from itself.")
        )
        rows.append(_row("vocabulary", "described" if told else "does not hold", sentence, n, "wording"))
    return _few(rows, "vocabulary", "vocabulary", len(rows))


def _differences(judged: pd.DataFrame) -> list[dict]:
    rows = []
    for measure, group in judged.groupby("measure", sort=False):
        told = [_difference(row) for row in group.itertuples()]
        rows += _few(told, measure, MEASURES.get(measure, (measure,))[0], len(group))
    return rows


def _few(rows: list[dict], topic: str, what: str, n_pairs: int) -> list[dict]:
    """Return the findings of pairs of sources, those of which nothing can be said as one sentence."""
    nothing = [row for row in rows if row["status"] in ("does not hold", "too little text")]
    if len(nothing) < 2:
        return rows
    little = sum(row["status"] == "too little text" for row in nothing)
    pairs = f"all {n_pairs} pairs" if len(nothing) == n_pairs else f"{len(nothing)} of {n_pairs} pairs"
    sentence = f"For {pairs} of sources no difference in {what} can be stated"
    if little:
        sentence += f"; for {'all' if little == len(nothing) else little} of them there is too little text"
    status = "too little text" if little == len(nothing) else "does not hold"
    summed = _row(topic, status, f"{sentence}.", _count(n_pairs, "pair"), nothing[0]["section"])
    return [*(row for row in rows if row not in nothing), summed]


def _difference(row: tuple) -> dict:
    name, more, less, factor, digits, unit = MEASURES.get(
        row.measure, (row.measure, "more", "less", 1.0, 3, "per word")
    )

    def figure(value: float) -> str:
        text = f"{value * factor:.{digits}f}"
        return text.replace("-", "−") if float(text) else text.lstrip("-")

    a, b = row.source_a, row.source_b
    n = f"{row.n_a} and {row.n_b} passages of narration, {row.n_paragraphs_a} and {row.n_paragraphs_b} paragraphs"
    if row.verdict == "too little text":
        needed = f": {row.n_needed} passages a side are needed" if min(row.n_a, row.n_b) < row.n_needed else ""
        sentence = f"Too little text to say whether the {name} of {a} and {b} differs{needed}."
        return _row(row.measure, row.verdict, sentence, n, _section(row.measure))
    if row.measure != "polarity" and row.mean_a == row.mean_b == 0:
        sentence = f"No difference in {name}: neither {a} nor {b} has any in its narration."
        return _row(row.measure, row.verdict, sentence, n, _section(row.measure))
    figures = (
        f"{figure(row.mean_a)} against {figure(row.mean_b)} {unit}, interval of the difference {figure(row.low)} to "
        f"{figure(row.high)}; halves of one text differ by up to {figure(row.null_95)}; "
        f"{row.n_cells_kept} of {_count(row.n_cells, 'way')} of measuring agree on the sign"
    )
    if not pd.isna(row.p_articles):
        figures += f"; p by permutation of articles {row.p_articles:.3f}, {row.smallest_p:.3f} at best"
    direction = more if row.difference > 0 else less
    sided = f"a {direction} tone" if row.measure == "polarity" else direction
    sentence = {
        "holds": f"In these texts, {a} narrates with {direction} than {b} ({figures})."
        if row.measure != "polarity"
        else f"In these texts, the narration of {a} is {direction} than that of {b} ({figures}).",
        "leans": f"In these texts, {a} leans towards {sided} than {b}, but the difference does not hold ({figures}).",
        "does not hold": f"In these texts, no difference in {name} between {a} and {b} holds ({figures}).",
    }[row.verdict]
    return _row(row.measure, row.verdict, sentence, n, _section(row.measure))


def _section(measure: str) -> str:
    return "tone" if measure == "polarity" else "language"


def _such(labels: Sequence[str], most: int) -> str:
    """Return the first labels as the end of a sentence that has said how many there are."""
    if not len(labels):
        return ""
    shown = _joined(f"“{label}”" for label in labels[:most])
    return f": {shown}" if len(labels) <= most else f", among them {shown}"


def _joined(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _count(n: int, one: str, more: str | None = None) -> str:
    return f"{n} {one if n == 1 else more or one + 's'}"


def _number(n: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[n] if n < len(words) else str(n)


def _snippet(text: str) -> str:
    """Return the first words of a text, ready to stand in quotation marks: marks inside become single ones."""
    words = text.split()
    shown = " ".join(words[:SNIPPET])
    bare = shown.strip('"“”„«» ')
    return (shown.translate(SINGLE) if SINGLE.keys() & set(map(ord, bare)) else bare) + " …" * (len(words) > SNIPPET)
