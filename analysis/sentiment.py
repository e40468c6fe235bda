"""How positive or negative sentences sound: polarity by engine, means with their uncertainty, and why two differ.

Polarity runs from -1 (negative) to 1 (positive); 0 is neutral, or means that the engine knows none of the words. No
engine reads like a person: docs/methods.md says how far each agrees with readers. Compare polarity within one engine
only; a difference of two engines' figures means nothing.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd

from analysis import resampling, tables, targets, textblob_engine, vader_engine

# The engines by name; the first is the default.
ENGINES = ("textblob", "vader", "blend")

# Two parts VADER to one part TextBlob: VADER's standardised score plus .3 of TextBlob's, as their spreads on the
# sentences of the New York Times editorials set (.400 and .230) make it; docs/methods.md has the figures.
VADER_SHARE = 2 / 3

# With fewer paragraphs a bootstrap repeats single ones too often to say anything of their spread.
MIN_BLOCKS = 5
# What of a score no single word accounts for.
OTHER = "(other)"


def score(sentences: pd.DataFrame, *, engine: str = "textblob", leave_out: Iterable[str] = ()) -> pd.DataFrame:
    """Score the polarity of each sentence or passage.

    Reads text, and part where it is there: furniture ("Related: ...", "Photo: ...") is counted nowhere and left out.
    Returns the other rows in their order, with their columns and

    * ``engine``: the engine's name, and the words left out, if any;
    * ``polarity``: -1 (negative) to 1 (positive), 0 where nothing is scored;
    * ``subjectivity``: 0 (matter-of-fact) to 1 (personal), 0 where nothing is scored; missing with ``vader``, which
      has none; with ``blend`` it is TextBlob's;
    * ``n_scored``: how many words or phrases the score rests on; for ``blend`` the larger of its two engines' counts.

    ``textblob`` gives TextBlob's own figures for the text as it stands (Loria; De Smedt & Daelemans 2012). ``vader``
    gives VADER's compound score (Hutto & Gilbert 2014) of the text with straight apostrophes. ``blend`` is two parts
    VADER to one part TextBlob, which takes "(age 8)" for a smiley and in the blend is kept from it.

    ``leave_out`` names words that the engine is to take for unknown, such as "black" in "black community". Raises
    ``ValueError`` for another engine, or a word to leave out that no engine knows.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": "daily", "text": "A great day. It rained."}])
    >>> score(segmentation.split(articles))[["text", "polarity", "subjectivity", "n_scored"]]
               text  polarity  subjectivity  n_scored
    0  A great day.       0.8          0.75         1
    1    It rained.       0.0          0.00         0
    """
    without = _checked("score", engine, leave_out)
    counted = _counted(sentences, "score", [])
    polarity, subjectivity, n_scored = _figures(counted["text"].tolist(), engine, without)
    return counted.assign(
        engine=pd.Series([_named(engine, without)] * len(counted), dtype="str"),
        polarity=polarity,
        subjectivity=subjectivity,
        n_scored=n_scored,
    )


def summarize(scored: pd.DataFrame, *, by: str | Sequence[str] = "source", seed: int = 0) -> pd.DataFrame:
    """Summarise the polarity of each group: how many sentences or passages, their mean and its uncertainty.

    Reads engine, polarity, the columns that ``by`` names, and article_id and paragraph_id where they are there.
    Returns one row a group and engine, in the groups' alphabetical order:

    * ``n``: rows; ``n_zero``: rows whose polarity is exactly 0; ``n_negative``, ``n_positive``: below and above it;
    * ``mean``: mean polarity, -1 to 1; ``lower_quartile``, ``median``, ``upper_quartile`` of the polarity;
    * ``low``, ``high``: the 95 % interval of the mean, missing where there are fewer than five paragraphs.

    The interval is a symmetric bootstrap-t over whole paragraphs (Hall 1988), since sentences of one paragraph lean
    the same way (rows stand for themselves where there is no paragraph_id). It says how far the mean would move had
    the article been written with other paragraphs like these, nothing about other articles. ``seed`` fixes it; the
    order of the rows does not matter.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": "daily", "text": "A great day.\\n\\nIt rained.\\n\\nWe won."}])
    >>> tones = summarize(score(segmentation.split(articles)))
    >>> tones[["source", "n", "n_zero", "mean"]].round(3)
      source  n  n_zero   mean
    0  daily  3       2  0.267
    """
    groups = [by] if isinstance(by, str) else list(by)
    keys = list(dict.fromkeys([*groups, "engine"]))
    tables.check(scored, "scored", call="sentiment.summarize", columns=[*keys, "polarity"], unique=False)
    rows = scored[keys].assign(
        polarity=scored["polarity"],
        block=_blocks(scored),
        zero=scored["polarity"] == 0,
        negative=scored["polarity"] < 0,
        positive=scored["polarity"] > 0,
    )
    # In order of polarity within a block, so that neither sums nor resamples depend on the order of the rows.
    grouped = rows.sort_values(["block", "polarity"], kind="stable").groupby(keys, dropna=False, sort=True)
    tones = grouped.agg(
        n=("polarity", "size"),
        n_zero=("zero", "sum"),
        mean=("polarity", "mean"),
        n_negative=("negative", "sum"),
        n_positive=("positive", "sum"),
        lower_quartile=("polarity", lambda values: values.quantile(0.25)),
        median=("polarity", "median"),
        upper_quartile=("polarity", lambda values: values.quantile(0.75)),
    )
    bounds = [_interval(group["polarity"].to_numpy(), group["block"].to_numpy(), seed) for _, group in grouped]
    tones[["low", "high"]] = np.array(bounds, dtype="float64").reshape(-1, 2)
    columns = tables.TABLES["tones"].columns
    kinds = {column: tables.DTYPES[kind] for column, kind in columns.items()}
    return tones.reset_index()[list(dict.fromkeys([*groups, *kinds]))].astype(kinds)


def itemize(
    sentences: pd.DataFrame,
    *,
    engine: str = "textblob",
    by: str | Sequence[str] = "source",
    leave_out: Iterable[str] = (),
) -> pd.DataFrame:
    """List the words and phrases behind each group's mean polarity.

    Reads text, the columns that ``by`` names, and part where it is there (furniture is left out). Returns one row a
    group and term, the weightiest of each group first:

    * ``engine``: its name, and the words left out, if any;
    * ``term``: for TextBlob the phrase it scores ("not very good"), for VADER the word; ``(other)`` is what no single
      word of VADER's accounts for;
    * ``n``: how often the group has it;
    * ``polarity``: the mean of what it adds to the polarity of its sentence, below 0 for negative;
    * ``contribution``: what it adds to the group's mean polarity. The contributions of a group sum to that mean.

    TextBlob's score of a sentence is the mean over its phrases, so each has its share. From VADER's score each word
    is left out in turn; the falls are scaled to the sentence's score, unless words cancel out so nearly that they
    would more than double and exceed any score. Of the blend each term has two thirds of the one and a third of the
    other.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": "daily", "text": "A great day, not bad. It rained."}])
    >>> itemize(segmentation.split(articles))[["term", "n", "polarity", "contribution"]].round(4)
          term  n  polarity  contribution
    0    great  1     0.400        0.2000
    1  not bad  1     0.175        0.0875
    """
    groups = [by] if isinstance(by, str) else list(by)
    without = _checked("itemize", engine, leave_out)
    counted = _counted(sentences, "itemize", groups)
    sizes = counted.groupby(groups, dropna=False)["text"].transform("size") if len(counted) else counted["text"]
    shares = [_shares(text, engine, without) for text in counted["text"]]
    repeats = np.repeat(np.arange(len(counted)), [len(found) for found in shares])
    rows = counted[groups].iloc[repeats].reset_index(drop=True)
    rows = rows.assign(
        engine=pd.Series([_named(engine, without)] * len(rows), dtype="str"),
        term=pd.Series([term for found in shares for term, _, _ in found], dtype="str"),
        n=pd.Series([n for found in shares for _, _, n in found], dtype="int64"),
        share=pd.Series([share for found in shares for _, share, _ in found], dtype="float64"),
    )
    rows["contribution"] = rows["share"] / sizes.iloc[repeats].to_numpy(dtype="float64")
    terms = rows.groupby([*groups, "engine", "term"], dropna=False)[["n", "share", "contribution"]].sum().reset_index()
    terms["polarity"] = terms["share"] / terms["n"]
    terms = terms.assign(weight=terms["contribution"].abs().round(12)).sort_values(
        [*groups, "weight", "term"], ascending=[True] * len(groups) + [False, True], kind="stable"
    )
    kinds = {column: tables.DTYPES[kind] for column, kind in tables.TABLES["tone_terms"].columns.items()}
    return terms[[*groups, *kinds]].astype(kinds).reset_index(drop=True)


def explain(
    sentences: pd.DataFrame,
    *,
    target: str | None = None,
    reference: str | None = None,
    engine: str = "textblob",
    by: str = "source",
    leave_out: Iterable[str] = (),
) -> pd.DataFrame:
    """Open the difference of two mean tones into the words that make it (a word shift).

    Reads text, the column ``by``, and part where it is there. Compares the rows whose ``by`` is ``target`` with those
    whose ``by`` is ``reference``, or with all others; without either, the group of the highest mean with that of the
    lowest. Returns one row a term, the weightiest first, and none where there is only one group:

    * ``contribution``: how far it moves the target's mean polarity above the reference's (below it, if negative).
      The contributions sum to the difference of the two means;
    * ``target``, ``reference``, ``engine``: what is compared ("all others" without a reference), and by which engine;
    * ``in_target``, ``in_reference``: what the term adds to the mean of each; the first less the second is the
      contribution;
    * ``n_target``, ``n_reference``: how often each has it;
    * ``left_out``: whether the user left the word out. Such words stand at the end with how often the score would
      have had them, contribute nothing, and the means are those without them.

    Swapping target and reference turns every sign. :func:`itemize` says what a term is with which engine. Compare no
    contributions of different engines. After Gallagher et al. (2021), for scores of sentences in place of words.
    Raises ``ValueError`` where ``by`` does not hold target or reference.

    >>> from analysis import corpus, segmentation
    >>> records = [{"source": "daily", "text": "A great day."}, {"source": "herald", "text": "A bad day. It rained."}]
    >>> explain(segmentation.split(corpus.from_records(records)), target="daily")[["term", "contribution"]].round(4)
        term  contribution
    0  great          0.80
    1    bad          0.35
    """
    without = _checked("explain", engine, leave_out)
    counted = _counted(sentences, "explain", [by])
    names = sorted(counted[by].dropna().unique())
    for name in [target, reference]:
        if name is not None and name not in names:
            near = get_close_matches(str(name), [str(each) for each in names], n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            has = ", ".join(map(repr, names)) or "none"
            raise ValueError(f"sentiment.explain: no {by} {name!r} in the sentences; they have {has}.{hint}")
    if len(names) < 2:
        return tables.make("shift")
    if target is None and reference is None:
        means = counted.assign(polarity=_figures(counted["text"].tolist(), engine, without)[0]).groupby(by)["polarity"]
        target, reference = means.mean().idxmax(), means.mean()[::-1].idxmin()
    kept = counted[counted[by].notna()].assign(side="other")
    kept.loc[kept[by] == reference if reference else kept[by] != target, "side"] = "reference"
    kept.loc[kept[by] == target if target else kept[by] != reference, "side"] = "target"
    kept = kept[kept["side"] != "other"]
    terms = itemize(kept, engine=engine, by="side", leave_out=without)
    wide = _sides(terms, "contribution").add_prefix("in_").join(_sides(terms, "n").add_prefix("n_"))
    wide = wide.assign(contribution=wide["in_target"] - wide["in_reference"], left_out=False)
    wide = wide.assign(last=wide.index == OTHER, weight=wide["contribution"].abs().round(12))
    wide = wide.rename_axis("term").reset_index().sort_values(["last", "weight", "term"], ascending=[True, False, True])
    every = pd.concat([wide, _left_out(kept, engine, without)], ignore_index=True)
    sides = {"target": target or "all others", "reference": reference or "all others"}
    return tables.make("shift", every.assign(**sides, engine=_named(engine, without)))


def weighted_shift(
    n_reference: Sequence[float], n_target: Sequence[float], values: Sequence[float], *, neutral: float = 0.0
) -> np.ndarray:
    """Return what each word adds to the difference of two mean word values (the weighted word shift).

    Takes how often each word occurs in reference and target, and its value: (p_target - p_reference) * (value -
    neutral), where p is a word's share of all occurrences (Gallagher et al. 2021, equation 6, with one set of
    values). The results sum to the target's mean value less the reference's, whatever ``neutral``; it decides which
    words count as positive: 5 on a scale of 1 to 9, 0 on one of -1 to 1. Swapping the two sides turns every sign.

    >>> weighted_shift([3, 1], [1, 3], [0.5, -0.5])
    array([-0.25, -0.25])
    """
    before, after = np.asarray(n_reference, dtype="float64"), np.asarray(n_target, dtype="float64")
    return (after / after.sum() - before / before.sum()) * (np.asarray(values, dtype="float64") - neutral)


def toward(sentences: pd.DataFrame, mentions: pd.DataFrame, *, method: str = "model") -> pd.DataFrame:
    """Say how each mention is spoken of: the tone toward it, not that of the whole sentence.

    Reads article_id, start, text of the sentences and article_id, start, end of the mentions; a mention belongs to the
    last sentence that begins at or before it. Returns the mentions in their order with ``polarity``, -1 to 1, and
    ``label``, -1 (negative), 0 or 1 (positive). No row is left out.

    ``model`` is a linear model over the words around the mention, made of NewsMTSC (Hamborg & Donnay 2021); its
    polarity is the probability of a positive less that of a negative tone. ``rule`` adds up VADER's word values, the
    nearer the mention the more: simpler and less right, there to check the model by. Neither sees the mention's own
    words nor any other name. docs/methods.md says how often each agrees with readers: too seldom to rest anything on
    one mention. Compare shares over many.

    Raises ``ValueError`` for another method or for a mention of an article that has no sentence before it.

    >>> from analysis import corpus, segmentation
    >>> text = "Critics blasted Ann Hill as a liar. Voters praised Joe Roe for his courage."
    >>> sentences = segmentation.split(corpus.from_records([{"source": "daily", "text": text}]))
    >>> mentions = pd.DataFrame({"article_id": ["story/daily"] * 2, "start": [16, 51], "end": [24, 58]})
    >>> toward(sentences, mentions)["label"].tolist()
    [-1, 1]
    """
    if method not in ("model", "rule"):
        near = get_close_matches(str(method), ["model", "rule"], n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"sentiment.toward: no method {method!r}; there are 'model', 'rule'.{hint}")
    tables.check(sentences, "sentences", call="sentiment.toward", columns=["article_id", "start", "text"], unique=False)
    tables.check(mentions, "mentions", call="sentiment.toward", columns=["article_id", "start", "end"], unique=False)
    ordered = sentences.sort_values("start", kind="stable").groupby("article_id", sort=False)
    places = {key: (group["start"].to_numpy(), group["text"].tolist()) for key, group in ordered}
    weights = targets.load()
    found = []
    for article_id, start, end in mentions[["article_id", "start", "end"]].itertuples(index=False):
        starts, texts = places.get(article_id, ((), ()))
        at = int(np.searchsorted(starts, start, side="right")) - 1
        if at < 0:
            raise ValueError(
                f"sentiment.toward: no sentence of article {article_id!r} begins at or before {start}, where a mention"
                " does; give the sentences that the mentions were found in."
            )
        items = targets.mask(texts[at], start - starts[at], end - starts[at])
        found.append(targets.predict(items, weights) if method == "model" else targets.rule(items))
    return mentions.assign(
        polarity=pd.Series([p for p, _ in found], index=mentions.index, dtype="float64"),
        label=pd.Series([label for _, label in found], index=mentions.index, dtype="int64"),
    )


def _checked(call: str, engine: str, leave_out: Iterable[str]) -> frozenset[str]:
    """Return the words to leave out as the engines look them up, once engine and words are known to exist."""
    if engine not in ENGINES:
        near = get_close_matches(str(engine), ENGINES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"sentiment.{call}: no engine {engine!r}; there are {', '.join(map(repr, ENGINES))}.{hint}")
    words = [leave_out] if isinstance(leave_out, str) else list(leave_out)
    without = frozenset(word.lower().replace("’", "'") for word in words)
    for word in sorted(without):
        if not (textblob_engine.knows(word) or vader_engine.knows(word)):
            raise ValueError(
                f"sentiment.{call}: no engine scores the word {word!r}, so that leaving it out changes nothing; "
                "sentiment.itemize lists the words behind a score. Name single words, not phrases."
            )
    return without


def _counted(sentences: pd.DataFrame, call: str, columns: list[str]) -> pd.DataFrame:
    columns = list(dict.fromkeys(["text", *columns]))
    tables.check(sentences, "sentences", call=f"sentiment.{call}", columns=columns, unique=False)
    counted = sentences[sentences["part"] != "furniture"] if "part" in sentences else sentences
    return counted.reset_index(drop=True)


def _named(engine: str, without: frozenset[str]) -> str:
    return f"{engine} without {', '.join(sorted(without))}" if without else engine


def _figures(texts: list[str], engine: str, without: frozenset[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if engine == "textblob":
        return textblob_engine.score(texts, without=without)
    polarity, n_scored = vader_engine.score(texts, without=without)
    if engine == "vader":
        return polarity, np.full(len(texts), np.nan), n_scored
    other, subjectivity, n_other = textblob_engine.score(texts, without=without | textblob_engine.smileys())
    return VADER_SHARE * polarity + (1 - VADER_SHARE) * other, subjectivity, np.maximum(n_scored, n_other)


def _shares(text: str, engine: str, without: frozenset[str]) -> list[tuple[str, float, int]]:
    """Return what of the polarity of ``text`` each scored word or phrase accounts for, and how often it is there."""
    if engine == "textblob":
        phrases = textblob_engine.assess(text, without=without)
        return [(" ".join(phrase.words), phrase.polarity / len(phrases), 1) for phrase in phrases]
    if engine == "vader":
        polarity, falls = vader_engine.assess(text, without=without)
        total, size = sum(fall for _, fall in falls), sum(abs(fall) for _, fall in falls)
        fit = polarity / total if total else 1.0
        # Words that nearly cancel out sum to next to nothing: made to fit, they would be blown up. Where all lean one
        # way, each falls little since the others hold the score, and none grows beyond the score.
        fit = fit if 0 < fit <= 2 or (fit > 0 and fit * size <= 1) else 1.0
        shares = [(word, fall * fit, 1) for word, fall in falls]
        rest = polarity - sum(share for _, share, _ in shares)
        return [*shares, (OTHER, rest, 1)] if abs(rest) > 1e-12 else shares
    ours = _by_term(_shares(text, "vader", without), VADER_SHARE)
    theirs = _by_term(_shares(text, "textblob", without | textblob_engine.smileys()), 1 - VADER_SHARE)
    # A word that both engines know is there once, not twice.
    none = (0.0, 0)
    both = {term: (ours.get(term, none), theirs.get(term, none)) for term in {**ours, **theirs}}
    return [(term, one[0] + other[0], max(one[1], other[1])) for term, (one, other) in both.items()]


def _by_term(shares: list[tuple[str, float, int]], weight: float) -> dict[str, tuple[float, int]]:
    found: dict[str, tuple[float, int]] = {}
    for term, share, n in shares:
        before, n_before = found.get(term, (0.0, 0))
        found[term] = (before + weight * share, n_before + n)
    return found


def _sides(terms: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return ``column`` by term, with one column for target and one for reference; 0 where a side lacks the term."""
    by_side = terms.pivot_table(index="term", columns="side", values=column, aggfunc="sum", observed=True)
    return by_side.reindex(columns=["target", "reference"]).fillna(0.0).rename_axis(columns=None)


def _left_out(kept: pd.DataFrame, engine: str, without: frozenset[str]) -> pd.DataFrame:
    """Return the rows of words left out: how often either side would have had them."""
    terms = itemize(kept, engine=engine, by="side") if without else itemize(kept.iloc[:0], by="side")
    words = terms["term"].str.split(" ")
    rows = []
    for word in sorted(without):
        n = terms[words.map(lambda parts, word=word: word in parts)].groupby("side")["n"].sum()
        counts = {"n_target": n.get("target", 0), "n_reference": n.get("reference", 0)}
        rows.append(
            {"term": word, "contribution": 0.0, "in_target": 0.0, "in_reference": 0.0, **counts, "left_out": True}
        )
    return pd.DataFrame(rows)


def _blocks(scored: pd.DataFrame) -> pd.Series:
    """Return a number for each row's paragraph; a row is a block of its own where paragraphs are not known."""
    if "paragraph_id" not in scored:
        return scored["polarity"].rank(method="first")
    place = [column for column in ("article_id", "paragraph_id") if column in scored]
    return scored.groupby(place, dropna=False, sort=True).ngroup()


def _interval(values: np.ndarray, blocks: np.ndarray, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean over whole blocks, kept within -1 to 1."""
    codes = np.unique(blocks, return_inverse=True)[1]
    found = resampling.Blocks(np.bincount(codes, weights=values), np.bincount(codes).astype("float64"))
    if len(found.sums) < MIN_BLOCKS:
        return np.nan, np.nan
    low, high = resampling.mean_interval(found, method="bootstrap_t", seed=seed)
    return float(np.maximum(low, -1)), float(np.minimum(high, 1))
