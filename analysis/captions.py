"""The words of a chart, computed from the same finished table: its claim, its caption, its text alternative.

A claim says what the table holds and no more: where the difference of two sources is smaller than its uncertainty, the
claim says so; "these texts" are the articles at hand, never the outlets. Each function returns what
:func:`analysis.display.figure` needs beside the Axes: ``display.figure(charts.tone(tones), **captions.tone(tones))``.
"""

from collections.abc import Callable, Iterable

import pandas as pd


def tone(tones: pd.DataFrame, *, verdicts: pd.DataFrame | None = None) -> dict[str, object]:
    """Say which source's wording reads more positive or negative, and whether the intervals can tell them apart.

    Reads source, n, mean, low, high, engine, and voice where it is there; with n_articles, as a survey's tones have it,
    intervals are over articles. With ``verdicts`` (of ``evidence.tone``) the claim says what was found of the two that
    are furthest apart, instead of comparing intervals.

    >>> rows = [("a", 12, -0.2, -0.3, -0.1), ("b", 15, 0.1, 0.0, 0.2)]
    >>> table = pd.DataFrame(rows, columns=["source", "n", "mean", "low", "high"]).assign(engine="vader")
    >>> tone(table)["claim"]
    'In these texts, a reads more negative than b (−0.20 and +0.10): their intervals do not overlap.'
    """
    known = tones.dropna(subset=["mean"]).sort_values(["mean", "source"], kind="stable")
    what = _voice(tones)
    if "n_articles" in tones:
        interval = "interval over articles, none for a single article"
    else:
        interval = "bootstrap interval, none where there is too little text"
    return {
        "claim": _tone_claim(known, what, verdicts),
        "caption": (
            f"Mean polarity of each source's {what or 'sentences'}, from −1 (negative) to +1 (positive), by the engine "
            f"{_and(sorted(tones['engine'].unique()))}; the line is the 95 % {interval}. {_counts(tones)}"
        ),
        "alternative": " ".join(
            f"{row.source}: mean {signed(row.mean_)}, {_interval(row.low, row.high)}."
            for row in tones.rename(columns={"mean": "mean_"}).itertuples()
        ),
        "table": tones,
    }


def voices(tones: pd.DataFrame) -> dict[str, object]:
    """Say how the tone of quotations lies beside that of the narration that carries them, in each source.

    Reads source, voice, n, mean, low, high, engine of the table of tones.

    >>> rows = [("a", "narration", 12, -0.2, -0.3, -0.1), ("a", "quotation", 15, 0.1, 0.0, 0.2)]
    >>> table = pd.DataFrame(rows, columns=["source", "voice", "n", "mean", "low", "high"]).assign(engine="vader")
    >>> voices(table)["claim"]
    'In a, quotations read more positive than narration (+0.10 and −0.20).'
    """
    apart = []
    for source, rows in tones.groupby("source", sort=True):
        own = rows.set_index("voice")[["mean", "low", "high"]].dropna()
        if {"narration", "quotation"} <= set(own.index):
            told, quoted = own.loc["narration"], own.loc["quotation"]
            if told["low"] > quoted["high"] or quoted["low"] > told["high"]:
                how = "more positive" if quoted["mean"] > told["mean"] else "more negative"
                apart.append(
                    f"In {source}, quotations read {how} than narration "
                    f"({signed(quoted['mean'])} and {signed(told['mean'])})."
                )
    return {
        "claim": " ".join(apart) or "In no source do quotations and narration clearly differ in tone.",
        "caption": (
            "Mean polarity of each voice: narration is the newsroom’s own words, reported its wording of what others "
            f"said, quotation what stands in quotation marks; engine {_and(sorted(tones['engine'].unique()))}, 95 % "
            "bootstrap intervals, none where there is too little text. Voices differ clearly where their intervals "
            "do not overlap. n: " + ", ".join(f"{row.source} {row.voice} {row.n:,}" for row in tones.itertuples()) + "."
        ),
        "alternative": " ".join(
            f"{row.source}, {row.voice}: mean {signed(row.average)}, {_interval(row.low, row.high)}, n={row.n}."
            for row in tones.rename(columns={"mean": "average"}).itertuples()
        ),
        "table": tones,
    }


def course(scored: pd.DataFrame) -> dict[str, object]:
    """Say how many sentences carry any tone, and where the most negative one of each article stands.

    Reads article_id, source, sentence_id, text, engine, polarity of the table of scored sentences.

    >>> rows = pd.DataFrame({"article_id": "s/a", "source": "a", "sentence_id": [0, 1], "polarity": [0.5, 0.0],
    ...                      "text": ["A good day.", "It rained."], "engine": "vader"})
    >>> course(rows)["claim"]
    'Half the sentences carry a score other than 0: 1 of 2.'
    """
    n, scored_n = len(scored), int((scored["polarity"] != 0).sum())
    extremes = scored.sort_values(["source", "polarity", "sentence_id"], kind="stable").groupby("source", sort=True)
    return {
        "claim": f"{_share(scored_n, n)} carry a score other than 0: {scored_n:,} of {n:,}."
        if n
        else "There is no sentence to score.",
        "caption": (
            "Each stem is a sentence: upwards positive, downwards negative, a dot on the line is 0 (neutral, or no "
            f"word that the engine {_and(sorted(scored['engine'].unique()))} knows). {_counts(_sizes(scored))}"
        ),
        "alternative": " ".join(
            f"{source}: from {signed(rows['polarity'].iloc[0])} in sentence {rows['sentence_id'].iloc[0] + 1} "
            f"to {signed(rows['polarity'].iloc[-1])} in sentence {rows['sentence_id'].iloc[-1] + 1}."
            for source, rows in extremes
        ),
        "table": scored[["source", "sentence_id", "polarity"]],
    }


def shift(contributions: pd.DataFrame) -> dict[str, object]:
    """Say which words do most to make the tone of one source differ from that of another.

    Reads term, contribution, target, reference, engine, n_target, n_reference, left_out of the table of
    ``sentiment.explain``.

    >>> rows = pd.DataFrame({"term": ["fine"], "contribution": [0.1], "target": "a", "reference": "b"})
    >>> shift(rows.assign(left_out=False, engine="vader"))["claim"]
    'By vader, the mean polarity of a lies 0.10 above that of b, most of all through “fine”.'
    """
    if contributions.empty:
        return {
            "claim": "There is no second source to compare the tone with.",
            "caption": "No word shift with fewer than two sources.",
            "alternative": "No bars.",
            "table": contributions,
        }
    target, reference, engine = contributions[["target", "reference", "engine"]].iloc[0]
    kept = contributions[~contributions["left_out"]]
    difference = float(kept["contribution"].sum())
    side = "above" if difference > 0 else "below"
    along = kept[(kept["contribution"] * difference > 0) & ~kept["term"].str.startswith("(")].head(3)
    through = f", most of all through {_and(f'“{term}”' for term in along['term'])}" if len(along) else ""
    rest = "; “(other)” is what no single word accounts for" if "(other)" in set(kept["term"]) else ""
    left_out = contributions.loc[contributions["left_out"], "term"]
    without = f" Left out by choice: {_and(f'“{term}”' for term in left_out)}." if len(left_out) else ""
    return {
        "claim": f"By {engine}, the mean polarity of {target} lies {abs(difference):.2f} {side} that of {reference}"
        f"{through}."
        if round(abs(difference), 2)
        else f"By {engine}, the mean polarities of {target} and {reference} are the same to two places.",
        "caption": (
            f"What each word adds to the difference of the mean polarities of {target} and {reference}, as the engine "
            f"{engine} scores it in its sentences{rest}. All bars sum to {signed(difference)}. A word here is what the "
            f"engine counts, whether or not it means feeling.{without}"
        ),
        "alternative": " ".join(
            f"{row.term}: {row.contribution:+.3f}.".replace("-", "−") for row in kept.head(10).itertuples()
        ),
        "table": contributions,
    }


def terms(frequencies: pd.DataFrame, *, n: int = 20) -> dict[str, object]:
    """Say which of the commonest terms the sources use most unequally.

    Reads source, term, n, n_tokens, per_million, for the chart of the same ``n`` terms.

    >>> rows = pd.DataFrame({"source": ["a", "b"], "term": ["fire", "fire"], "n": [8, 2], "n_tokens": [1000, 1000],
    ...                      "per_million": [8000.0, 2000.0]})
    >>> terms(rows)["claim"]
    'Of the commonest terms, “fire” differs most: 8.0 times in 1,000 words in a, 2.0 in b.'
    """
    totals = frequencies.groupby("term")["n"].sum().reset_index()
    shown = totals.sort_values(["n", "term"], ascending=[False, True])["term"].head(n)
    rates = frequencies[frequencies["term"].isin(shown)].pivot_table(
        index="term", columns="source", values="per_million", aggfunc="sum", fill_value=0.0
    )
    rates = (rates / 1000).reindex(shown)
    sizes = frequencies.drop_duplicates("source").sort_values("source")
    size = "; ".join(f"{source} {n:,} words" for source, n in zip(sizes["source"], sizes["n_tokens"], strict=True))
    return {
        "claim": _terms_claim(rates),
        "caption": f"The {len(rates)} commonest terms shown, by their rate on all words: {size}.",
        "alternative": " ".join(
            f"{term}: {', '.join(f'{source} {rate:.1f}' for source, rate in row.items())}."
            for term, row in rates.head(8).iterrows()
        ),
        "table": rates.reset_index().rename_axis(columns=None),
    }


def keyness(key_terms: pd.DataFrame, *, target: str, reference: str) -> dict[str, object]:
    """Say which terms are typical of which source, and whether any stands the correction for many tests.

    Reads the table of key terms that compares ``target`` with ``reference``.
    """
    kept = key_terms[key_terms["conservative_log_ratio"] != 0]
    first = key_terms.sort_values(["log_likelihood", "term"], ascending=[False, True])
    more, less = first[first["log_likelihood"] > 0], first[first["log_likelihood"] < 0].iloc[::-1]
    said = "; ".join(
        f"of {source} {_and(f'“{term}”' for term in rows['term'].head(3))}"
        for source, rows in ((target, more), (reference, less))
        if len(rows)
    )
    typical = f"the most typical are {said}" if said else "each is as frequent in both"
    if key_terms.empty:
        claim = "No word is common enough to compare."
    elif kept.empty:
        claim = f"No single word sets the two apart beyond doubt; {typical}."
    else:
        claim = f"{len(kept)} of {len(key_terms)} words {'sets' if len(kept) == 1 else 'set'} the two apart; {typical}."
    m = int(key_terms["n_tests"].iloc[0]) if len(key_terms) else 0
    return {
        "claim": claim,
        "caption": (
            f"Each mark is a word; above the line {target} uses it more, below {reference}. Log-likelihood over four "
            f"cells, {m:,} words tested (those used often enough in both together); “beyond doubt” is a conservative "
            "log ratio other than 0, which allows for that many tests. Words of one article are not independent, so "
            "even this claims too much."
        ),
        "alternative": f"The most typical words: {said}." if said else "No word is common enough.",
        "table": first[
            ["term", "n_target", "n_reference", "log_likelihood", "log_ratio", "conservative_log_ratio", "q"]
        ]
        .rename(columns={"n_target": f"n {target}", "n_reference": f"n {reference}"})
        .head(60),
    }


def actors(actors: pd.DataFrame, *, n: int = 12) -> dict[str, object]:
    """Say whom the sources mention most, and where their attention differs most.

    Reads source, name, kind, n, n_sentences, n_all, share of the table of actors.

    >>> rows = [("a", "Ann Hill", "person", 3, 3, 6, 0.5), ("b", "Ann Hill", "person", 1, 1, 10, 0.1)]
    >>> names = ["source", "name", "kind", "n", "n_sentences", "n_all", "share"]
    >>> actors(pd.DataFrame(rows, columns=names))["claim"]
    'Ann Hill is mentioned most: in 50 % of the sentences of a, 10 % of b.'
    """
    totals = actors.groupby("name")["n"].sum().reset_index().sort_values(["n", "name"], ascending=[False, True])
    shown = list(totals["name"].head(n))
    sizes = actors.drop_duplicates("source").sort_values("source")
    by_actor = {name: actors[actors["name"] == name].sort_values("source") for name in shown}
    first = ", ".join(
        f"{row.share:.0%}".replace("%", " %") + f" of {'the sentences of ' if i == 0 else ''}{row.source}"
        for i, row in enumerate(by_actor[shown[0]].itertuples() if shown else ())
    )
    return {
        "claim": f"{shown[0]} is mentioned most: in {first}." if shown else "No actor was found.",
        "caption": (
            "People, organizations, groups and places by the share of each source's sentences that mention them, the "
            "commonest first; pronouns are not counted. Sentences: "
            + _and(f"{row.source} {row.n_all}" for row in sizes.itertuples())
            + "."
        ),
        "alternative": " ".join(
            f"{name}: " + ", ".join(f"{row.source} {row.share:.0%}" for row in rows.itertuples()) + "."
            for name, rows in by_actor.items()
        ),
        "table": actors[actors["name"].isin(shown)],
    }


def heard(voices_heard: pd.DataFrame) -> dict[str, object]:
    """Say who is quoted most in each source, and how much of what is quoted has no named speaker.

    Reads source, name, named, n, quoted_words, reported_words, share of the table of voices heard.

    >>> rows = pd.DataFrame({"source": ["a"], "name": ["Ann Hill"], "named": [True], "n": [2], "quoted_words": [9]})
    >>> heard(rows.assign(reported_words=3, share=1.0, place=1))["claim"]
    'Most quoted in these texts: Ann Hill in a (100 % of its quoted words).'
    """
    known = voices_heard.assign(name=voices_heard["name"].fillna("a speaker not found"))
    quoted = known[known["quoted_words"] > 0]
    top = quoted[quoted["quoted_words"] == quoted.groupby("source")["quoted_words"].transform("max")]
    most = [
        f"{_and(sorted(own['name']))} in {source} ({100 * own['share'].iloc[0]:.0f} % of its quoted words"
        + (")" if len(own) == 1 else " each)")
        for source, own in top.groupby("source", sort=True)
    ]
    unnamed = int(quoted.loc[~quoted["named"], "quoted_words"].sum())
    words = (
        "; ".join(f"{source} {n:,}" for source, n in known.groupby("source")["quoted_words"].sum().items()) or "none"
    )
    return {
        "claim": f"Most quoted in these texts: {_and(most)}." if most else "No source quotes anyone directly.",
        "caption": (
            f"Share of each source's words between quotation marks, by speaker ({words}); {unnamed:,} of these words "
            "are of speakers without a name (in brackets) or not found. Among the numbers: words reported without "
            "quotation marks, and how early each speaker is first heard. "
            + _counts(known.groupby("source", as_index=False)["n"].sum(), "Attributions")
        ),
        "alternative": " ".join(
            f"{row.source}, {row.name}: {row.quoted_words} words quoted, {row.reported_words} reported."
            for row in known.itertuples(index=False)
        ),
        "table": voices_heard,
    }


def introduced(introductions: pd.DataFrame) -> dict[str, object]:
    """Say whether the sources introduce the speakers they share with the same words.

    Reads name, source, cue, stance, n of the table of introductions.

    >>> rows = [("Ann Hill", "a", "said", "neutral", 1), ("Ann Hill", "b", "claimed", "distancing", 2)]
    >>> introduced(pd.DataFrame(rows, columns=["name", "source", "cue", "stance", "n"]))["claim"]
    'Ann Hill is introduced with different words by a (said) and b (claimed).'
    """
    shared = [
        (name, {source: list(part["cue"]) for source, part in own.groupby("source")})
        for name, own in introductions.groupby("name", sort=False)
        if own["source"].nunique() > 1
    ]
    # "Says" and "said" are one word here.
    apart = [(name, cues) for name, cues in shared if len({_base_forms(used) for used in cues.values()}) > 1]
    claim = "No named speaker is introduced by more than one source."
    if shared and not apart:
        claim = "The speakers that sources share are introduced with the same words."
    elif apart:
        name, cues = apart[0]
        told = _and(f"{source} ({', '.join(used)})" for source, used in sorted(cues.items()))
        claim = f"{name} is introduced with different words by {told}."
    return {
        "claim": claim,
        "caption": (
            "How often a source introduces a speaker with a word. In brackets where the word is not neutral: endorsing "
            "(noted), distancing (claimed), written (tweeted). Few cases: a description, not a test. "
            + _counts(introductions.groupby("source", as_index=False)["n"].sum(), "Cues")
        ),
        "alternative": " ".join(
            f"{row.name} {row.cue}, {row.source}: {row.n}." for row in introductions.itertuples(index=False)
        ),
        "table": introductions,
    }


def _base_forms(cues: Iterable[str]) -> frozenset[str]:
    import simplemma

    return frozenset(simplemma.lemmatize(cue, lang="en") for cue in cues)


def agency(acts: pd.DataFrame, *, actor: str) -> dict[str, object]:
    """Say how often one actor acts and is acted on in each source.

    Reads source, verb, form, agent_name, patient_name of the table of agency.

    >>> rows = [("a", "sue", "active", "Ann Hill", None), ("a", "arrest", "agentless", None, "Ann Hill")]
    >>> acts = pd.DataFrame(rows, columns=["source", "verb", "form", "agent_name", "patient_name"])
    >>> agency(acts, actor="Ann Hill")["claim"]
    'Ann Hill acts 1 time and is acted on 1 time in a.'
    """
    does, undergoes = acts[acts["agent_name"] == actor], acts[acts["patient_name"] == actor]
    sources = sorted(set(does["source"]) | set(undergoes["source"]))
    counts = {source: ((does["source"] == source).sum(), (undergoes["source"] == source).sum()) for source in sources}
    told = "; ".join(f"acts {_times(a)} and is acted on {_times(b)} in {source}" for source, (a, b) in counts.items())
    verbs = {
        source: (
            _and(dict.fromkeys(does.loc[does["source"] == source, "verb"])) or "nothing",
            _and(dict.fromkeys(undergoes.loc[undergoes["source"] == source, "verb"])) or "nothing",
        )
        for source in sources
    }
    return {
        "claim": f"{actor} {told}." if told else f"No verb has {actor} as its agent or patient.",
        "caption": (
            f"Verbs whose grammatical agent (right) or patient (left) is {actor}, what belongs to {actor} included; "
            f"verbs with a pronoun in its place are not counted. n={len(does) + len(undergoes)}."
        ),
        "alternative": " ".join(f"{source}: does {a}; undergoes {b}." for source, (a, b) in verbs.items()),
        "table": pd.concat([does, undergoes]).drop_duplicates(),
    }


def flags(rates: pd.DataFrame) -> dict[str, object]:
    """Say which source uses most loaded words in its own voice, and how few words that rests on.

    Reads source, voice, category, n, n_tokens, per_thousand of the table of flag rates.

    >>> rows = [("a", "narration", "loaded", 4, 500, 8.0), ("b", "narration", "loaded", 1, 500, 2.0)]
    >>> names = ["source", "voice", "category", "n", "n_tokens", "per_thousand"]
    >>> flags(pd.DataFrame(rows, columns=names))["claim"]
    'Loaded words in narration: a 8.0 in 1,000 words (n=4), b 2.0 in 1,000 words (n=1).'
    """
    loaded = rates[(rates["category"] == "loaded") & (rates["voice"].isna() | (rates["voice"] == "narration"))]
    ranked = loaded.sort_values(["per_thousand", "source"], ascending=[False, True])
    said = ", ".join(f"{row.source} {row.per_thousand:.1f} in 1,000 words (n={row.n})" for row in ranked.itertuples())
    where = " in narration" if loaded["voice"].notna().any() else ""
    sizes = rates.drop_duplicates(["source", "voice"])
    return {
        "claim": f"Loaded words{where}: {said}." if said else "No voice of any source has words to flag.",
        "caption": (
            "Words flagged by the kit's own lists, in 1,000 words of each voice; a word in a quotation is the "
            "speaker's. Words: "
            + _and(
                f"{row.source} {'' if pd.isna(row.voice) else row.voice + ' '}{row.n_tokens:,}"
                for row in sizes.itertuples()
            )
            + "."
        ),
        "alternative": " ".join(
            f"{row.source}, {row.category.replace('_', ' ')}{'' if pd.isna(row.voice) else ', ' + row.voice}: "
            f"{row.per_thousand:.1f} (n={row.n})."
            for row in rates.itertuples()
        ),
        "table": rates,
    }


def attitudes(attitudes: pd.DataFrame, *, n: int = 10) -> dict[str, object]:
    """Say of whom the sources speak in the most different tone, as far as a model can tell.

    Reads source, name, n, n_negative, n_neutral, n_positive of the table of attitudes.

    >>> rows = [("a", "Ann Hill", 4, 3, 1, 0)]
    >>> table = pd.DataFrame(rows, columns=["source", "name", "n", "n_negative", "n_neutral", "n_positive"])
    >>> attitudes(table)["claim"]
    'Ann Hill, mentioned most, is spoken of in a negative tone in 3 of 4 mentions in a.'
    """
    totals = attitudes.groupby("name")["n"].sum().reset_index().sort_values(["n", "name"], ascending=[False, True])
    shown = list(totals["name"].head(n))
    rows = attitudes[attitudes["name"].isin(shown)]
    first = rows[rows["name"] == shown[0]].sort_values("source") if shown else rows
    said = _and(
        f"{row.n_negative} of {row.n}{' mentions' if i == 0 else ''} in {row.source}"
        for i, row in enumerate(first.itertuples())
    )
    return {
        "claim": f"{shown[0]}, mentioned most, is spoken of in a negative tone in {said}."
        if shown
        else "No actor is mentioned.",
        "caption": (
            "Mentions by the tone toward the actor in the words around them, by a model that agrees with readers in "
            f"about two of three; the rest are neutral. n={int(rows['n'].sum())}."
        ),
        "alternative": " ".join(
            f"{row.name_}, {row.source}: {row.n_negative} negative, {row.n_neutral} neutral, {row.n_positive} positive."
            for row in rows.rename(columns={"name": "name_"}).itertuples()
        ),
        "table": rows,
    }


def robustness(panel: pd.DataFrame) -> dict[str, object]:
    """Say in how many ways of measuring the difference in tone keeps its sign.

    Reads source_a, source_b, engine, voice, headline, unit, difference, main, keeps_sign of the table of robustness.

    >>> row = {"source_a": "a", "source_b": "b", "engine": "vader", "voice": "narration", "headline": "without"}
    >>> row |= {"unit": "passages", "difference": 0.2, "main": True, "keeps_sign": True}
    >>> robustness(pd.DataFrame([row]))["claim"]
    'a and b: 1 of 1 way of measuring agrees on which text is more positive.'
    """
    cells = panel.groupby(["source_a", "source_b"], sort=True)["keeps_sign"].agg(["sum", "size"])
    said = [
        f"{a} and {b}: {kept} of {_ways(size)} on which text is more positive"
        for (a, b), kept, size in zip(cells.index, cells["sum"], cells["size"], strict=True)
    ]
    return {
        "claim": f"{'; '.join(said)}." if said else "There is one source: no difference to measure in other ways.",
        "caption": (
            "The difference in mean polarity, taken with each engine, in narration and in all text, without and with "
            "headline, as mean of passages and on whole texts, as far as the story has them. A finding holds only if "
            f"all ways agree with the one that the report uses. n: {len(panel)} ways of measuring."
        ),
        "alternative": " ".join(
            f"{row.source_a} less {row.source_b}, {row.engine}, {row.voice}, {row.headline} headline, {row.unit}: "
            f"{signed(row.difference)}."
            for row in panel.itertuples()
        ),
        "table": panel,
    }


def months(rows: pd.DataFrame, *, value: str, what: str) -> dict[str, object]:
    """Say which source stays furthest from another over all months, and whether their intervals can tell them apart.

    Reads source, month, n_articles, low, high and the column that ``value`` names; ``what`` says in words what it is.

    >>> table = pd.DataFrame({"source": ["a", "b"], "month": [None, None], "n_articles": [9, 8],
    ...                       "mean": [-0.2, 0.1], "low": [-0.3, 0.0], "high": [-0.1, 0.2]})
    >>> months(table, value="mean", what="polarity")["claim"]
    'Over all months, the polarity is lowest in a (−0.20) and highest in b (+0.10): their intervals do not overlap.'
    """
    show = _percent if value == "share" else signed
    whole = rows[rows["month"].isna()].dropna(subset=[value]).sort_values([value, "source"], kind="stable")
    n = int(whole["n_articles"].sum())
    claim = f"The {what}, month by month."
    if len(whole) > 1:
        low, high = whole.iloc[0], whole.iloc[-1]
        apart = "do not overlap" if low["high"] < high["low"] else "overlap, or there are too few articles to say"
        claim = (
            f"Over all months, the {what} is lowest in {low['source']} ({show(low[value])}) and highest in "
            f"{high['source']} ({show(high[value])}): their intervals {apart}."
        )
    dated = rows[rows["month"].notna()]
    return {
        "claim": claim,
        "caption": (
            f"A marker is the {what} of a source in a month, its line the 95 % interval over articles (none for a "
            f"single article), the thin line the source over all months. n = {n:,} articles; those without a date are "
            "in the thin line only. With several sources and months some intervals part by chance."
        ),
        "alternative": " ".join(
            f"{row['source']}: {show(row[value])} over all months, {_interval(row['low'], row['high'], show)}; "
            f"{int((dated['source'] == row['source']).sum())} months."
            for row in whole.to_dict("records")
        )
        or "There is nothing to show.",
        "table": rows[["source", "month", "n_articles", value, "low", "high"]],
    }


def coverage(coverage: pd.DataFrame, *, n: int = 20) -> dict[str, object]:
    """Say how many events were found in all sources, and which gets the most unequal room.

    Reads event_id, label, source, words, share of the table of coverage, for the chart of the same ``n`` events.

    >>> rows = pd.DataFrame({"event_id": 0, "label": "old bridge", "source": ["a", "b"], "words": [30, 10],
    ...                      "share": [0.3, 0.1], "sentences": [2, 1], "position": [0.0, 0.5], "tone": [0.0, 0.1]})
    >>> coverage(rows)["claim"]
    'One event is matched in both; “old bridge” gets 30 % of the words of a and 10 % of those of b.'
    """
    sources = sorted(coverage["source"].unique())
    told = coverage[coverage["words"] > 0].groupby("event_id")["source"].nunique()
    by_all = int((told == len(sources)).sum())
    spread = coverage.groupby("event_id")["share"].agg(lambda shares: shares.max() - shares.min())
    if spread.empty:
        claim = "No event was found that two of these texts tell."
    else:
        rows = coverage[coverage["event_id"] == spread.idxmax()].sort_values("share", ascending=False, kind="stable")
        most, least = rows.iloc[0], rows.iloc[-1]
        who = "both" if len(sources) == 2 else f"all {len(sources)}"
        events = {0: "No event is", 1: "One event is"}.get(by_all, f"{by_all} events are")
        claim = (
            f"{events} matched in {who}; “{most['label']}” gets {most['share']:.0%} of the words of {most['source']} "
            f"and {least['share']:.0%} of those of {least['source']}."
        ).replace("%", " %")
    totals = coverage.groupby("source")["words"].sum()
    return {
        "claim": claim,
        "caption": (
            "A row is an event, named by words of the texts themselves, its number as in the texts side by side. The "
            "larger the mark, the more words; it points up where the tone is positive, down where negative. A dash: no "
            "sentence was matched, which is no proof of silence. "
            f"Events shown: {min(n, len(spread))} of {len(spread)}; words in events: "
            f"{', '.join(f'{source} {words:,}' for source, words in totals.items())}."
        ),
        "alternative": _by_event(coverage.assign(shown=coverage["words"].astype(str) + " words")),
        "table": coverage[["event_id", "label", "source", "sentences", "words", "share", "position", "tone"]].assign(
            event_id=coverage["event_id"] + 1
        ),
    }


def order(coverage: pd.DataFrame, *, n: int = 20) -> dict[str, object]:
    """Say which event stands at the most different places in the articles.

    Reads event_id, label, source, words, position of the table of coverage.

    >>> rows = {"event_id": 0, "label": "bridge", "source": ["a", "b"], "words": 9, "position": [0.0, 0.5]}
    >>> order(pd.DataFrame(rows))["claim"]
    '“bridge” is told earlier in a (after 0 % of the article) than in b (after 50 %).'
    """
    told = coverage.dropna(subset=["position"])
    spread = told.groupby("event_id")["position"].agg(lambda places: places.max() - places.min())
    if spread.empty:
        claim = "There is no event to look for in these texts."
    elif not spread.max():
        claim = "The events stand at the same places in all texts."
    else:
        rows = told[told["event_id"] == spread.idxmax()].sort_values("position", kind="stable")
        first, last = rows.iloc[0], rows.iloc[-1]
        claim = (
            f"“{first['label']}” is told earlier in {first['source']} (after {first['position'] * 100:.0f} % of the "
            f"article) than in {last['source']} (after {last['position'] * 100:.0f} %)."
        )
    return {
        "claim": claim,
        "caption": (
            "Each line is an event, from the place of its first sentence in one article to that in the next; 0 % is "
            "the beginning, 100 % the last sentence. Numbers as in the texts side by side. "
            f"Events: {len(spread)}, shown the {min(n, len(spread))} with most words."
        ),
        "alternative": _by_event(told.assign(shown=[f"{place * 100:.0f} %" for place in told["position"]])),
        "table": told[["event_id", "label", "source", "position"]].assign(event_id=told["event_id"] + 1),
    }


def event_tones(coverage: pd.DataFrame, *, n: int = 20) -> dict[str, object]:
    """Say of which shared event the sources' sentences differ most in tone, and that a few sentences prove nothing.

    Reads event_id, label, source, sentences, tone of the table of coverage.

    >>> rows = pd.DataFrame({"event_id": 0, "label": "bridge", "source": ["a", "b"], "sentences": 1, "words": 9,
    ...                      "tone": [0.1, 0.5]})
    >>> event_tones(rows)["claim"]
    'The scores lie furthest apart on “bridge”: +0.10 in a, +0.50 in b; single sentences, so only a place to look.'
    """
    known = coverage.dropna(subset=["tone"])
    shared = known[known.groupby("event_id")["source"].transform("nunique") > 1]
    spread = shared.groupby("event_id")["tone"].agg(lambda tones: tones.max() - tones.min())
    if spread.empty or not spread.max():
        claim = "No event is told in scores that differ."
    else:
        rows = shared[shared["event_id"] == spread.idxmax()].sort_values("tone", kind="stable")
        low, high = rows.iloc[0], rows.iloc[-1]
        few = "single sentences" if rows["sentences"].max() == 1 else f"{rows['sentences'].sum()} sentences"
        claim = (
            f"The scores lie furthest apart on “{low['label']}”: {signed(low['tone'])} in {low['source']}, "
            f"{signed(high['tone'])} in {high['source']}; {few}, so only a place to look."
        )
    return {
        "claim": claim,
        "caption": (
            "Mean polarity of the sentences with which each source tells an event, from −1 (negative) to +1 "
            f"(positive); events that two or more tell: {len(spread)}, shown {min(n, len(spread))}. Each mean rests on "
            "one to a few sentences (the numbers have how many): it says where to read, not that tones differ."
        ),
        "alternative": _by_event(shared.assign(shown=shared["tone"].map(signed))),
        "table": shared[["event_id", "label", "source", "sentences", "tone"]].assign(event_id=shared["event_id"] + 1),
    }


def _by_event(rows: pd.DataFrame) -> str:
    told = (rows["source"] + " " + rows["shown"].astype("str")).groupby(rows["label"], sort=False).agg(", ".join)
    return " ".join(f"{label}: {said}." for label, said in told.items()) or "No event."


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, as charts and sentences print it.

    >>> signed(-0.125), signed(0.0), signed(-0.0001)
    ('−0.12', '0.00', '0.00')
    """
    if pd.isna(value):
        return "unknown"
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def _tone_claim(known: pd.DataFrame, what: str, verdicts: pd.DataFrame | None) -> str:
    if known.empty:
        return "There is too little text to say anything about tone."
    lowest, highest = known.iloc[0], known.iloc[-1]
    of = f"'s {what}" if what else ""
    if len(known) == 1:
        return f"In this text, {lowest['source']}{of} has a mean polarity of {signed(lowest['mean'])}."
    values = f"({signed(lowest['mean'])} and {signed(highest['mean'])})"
    verdict = _verdict(lowest["source"], highest["source"], verdicts)
    if verdict == "too little text" or (not verdict and known[["low", "high"]].isna().any(axis=None)):
        return (
            f"Too little text to say whether the tone of {lowest['source']} and {highest['source']} differs {values}."
        )
    how = "more negative" if lowest["mean"] < 0 else "less positive"
    said = f"In these texts, {lowest['source']}{of} reads {how} than {highest['source']}{of} {values}"
    if verdict:
        return f"{said}: {_VERDICTS[verdict]}."
    if lowest["high"] < highest["low"]:
        return f"{said}: their intervals do not overlap."
    return f"{said}, but the difference is within the uncertainty."


_VERDICTS = {
    "holds": "the difference holds",
    "leans": "the texts lean that way, no more",
    "does not hold": "the difference does not hold",
}


def _verdict(a: str, b: str, verdicts: pd.DataFrame | None) -> str:
    if verdicts is None:
        return ""
    pair = verdicts[verdicts["source_a"].isin([a, b]) & verdicts["source_b"].isin([a, b])]
    return pair["verdict"].iloc[0] if len(pair) else ""


def _terms_claim(rates: pd.DataFrame) -> str:
    if rates.empty:
        return "There is no term to count."
    if rates.shape[1] == 1:
        return f"The commonest term is “{rates.index[0]}”, {rates.iloc[0, 0]:.1f} times in 1,000 words."
    widest = (rates.max(axis=1) - rates.min(axis=1)).idxmax()
    row = rates.loc[widest]
    return (
        f"Of the commonest terms, “{widest}” differs most: {row.max():.1f} times in 1,000 words in {row.idxmax()}, "
        f"{row.min():.1f} in {row.idxmin()}."
    )


def _share(part: int, whole: int) -> str:
    """Say a share of sentences in words that a sentence can begin with."""
    words = {0: "None of the sentences", 50: "Half the sentences", 100: "All sentences"}
    percent = round(100 * part / whole) if whole else 0
    if percent in words:
        return words[percent]
    return f"{percent} % of the sentences"


def _sizes(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.groupby("source", sort=True).size().rename("n").reset_index()


def _voice(tones: pd.DataFrame) -> str:
    voices = tones["voice"].dropna().unique() if "voice" in tones else []
    return voices[0] if len(voices) == 1 else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _interval(low: float, high: float, show: Callable[[float], str] = signed) -> str:
    return "too little text for an interval" if pd.isna(low) or pd.isna(high) else f"{show(low)} to {show(high)}"


def _counts(frame: pd.DataFrame, unit: str = "n") -> str:
    return f"{unit}: {', '.join(f'{source} {n:,}' for source, n in zip(frame['source'], frame['n'], strict=True))}."


def _and(names: Iterable[object]) -> str:
    """Join names as a sentence does."""
    names = [str(name) for name in names]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _ways(n: int) -> str:
    return "1 way of measuring agrees" if n == 1 else f"{n} ways of measuring agree"


def _times(n: int) -> str:
    return f"{n} time" if n == 1 else f"{n} times"
