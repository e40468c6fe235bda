"""What holds: intervals, differences, nulls, a second opinion, and the findings that come out of them.

Everything here speaks of the texts at hand, never of what a source is like: two articles are not two outlets. An
interval says how far a figure would move had the article been written with other paragraphs like its own. A
difference is set beside how much two halves of one article differ anyway, and is taken again under other engines and
other cuts of the text; :func:`judge` gives the word for it. Where a source has fewer than five articles, sources are
described, not tested.
"""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from analysis import keyness, resampling, segmentation, sentiment, tables
from analysis.findings import write as findings
from analysis.resampling import Blocks
from analysis.second_opinion import cuts, judge, robustness, thresholds

__all__ = [
    "compare",
    "count",
    "cuts",
    "equal_length",
    "findings",
    "interval",
    "judge",
    "permute",
    "permute_terms",
    "rate",
    "robustness",
    "thresholds",
    "tone",
    "vocabulary",
    "within",
]

# With fewer paragraphs no interval is given: its own width is a guess.
MIN_PARAGRAPHS = 5
# Articles a source from which on sources are tested, not only described.
MIN_ARTICLES = 5
# What one test at p < .05 asks of a log-likelihood (chi-square with one degree of freedom).
CRITICAL = 3.841459


def interval(
    scored: pd.DataFrame,
    *,
    value: str = "polarity",
    per: str | None = None,
    by: str | Sequence[str] = "source",
    method: str = "cluster_t",
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the mean of ``value`` in each group with its interval over blocks of one paragraph.

    Reads article_id, source, paragraph_id, voice where ``by`` names it, ``value``, and ``per`` where it is given.
    Returns the table of intervals: ``measure`` (the name of ``value``), source, voice (missing unless in ``by``),
    ``n`` rows in ``n_paragraphs`` paragraphs, ``mean`` (of ``value``; or, with ``per``, sum of ``value`` by sum of
    ``per``) and ``low`` to ``high``, missing with fewer than five paragraphs.

    ``method`` is ``cluster_t`` (the default, which covered best in simulations: the cluster-robust t with the CR2
    correction of Bell & McCaffrey 2002), ``bootstrap_t`` (symmetric, Hall 1988) or ``percentile``. The bootstraps
    resample whole paragraphs, with ``seed``. Do not read two overlapping intervals as "no difference": that is what
    :func:`compare` is for.

    >>> scored = pd.DataFrame({"article_id": "s/a", "source": "a", "paragraph_id": range(6), "polarity": [0, 1] * 3})
    >>> interval(scored)[["source", "n", "n_paragraphs", "mean", "low", "high"]].round(2)
      source  n  n_paragraphs  mean   low  high
    0      a  6             6   0.5 -0.07  1.07
    """
    groups = [by] if isinstance(by, str) else list(by)
    _check(scored, "evidence.interval", [*groups, value, *([per] if per else [])])
    scored = _counted(scored, per)
    rows = []
    for key, group in scored.groupby(groups, sort=True):
        blocks = _blocks(group, value, per)
        low, high = resampling.mean_interval(blocks, method=method, level=level, seed=seed)
        enough = blocks.sizes.size >= MIN_PARAGRAPHS
        rows.append(
            {
                "measure": value,
                **dict(zip(groups, key, strict=True)),
                "n": len(group),
                "n_paragraphs": blocks.sizes.size,
                "mean": float(blocks.mean),
                "low": float(low) if enough else np.nan,
                "high": float(high) if enough else np.nan,
            }
        )
    return tables.make("intervals", rows)


def within(
    scored: pd.DataFrame, *, value: str = "polarity", per: str | None = None, seed: int = 0, splits: int = 2_000
) -> pd.DataFrame:
    """Return how much two halves of one source's text differ: the within-article null.

    Reads article_id, source, paragraph_id, ``value`` and ``per``. Paragraphs are dealt into two halves at random,
    ``splits`` times (or in every way there is, if fewer). Returns one row a source: ``n``, ``n_paragraphs``,
    ``n_splits``, ``median`` and ``null_95``, the difference that 95 % of the splits stay below (missing with fewer
    than five paragraphs). A difference between two sources that does not exceed it is one that a single article shows
    against itself.

    >>> scored = pd.DataFrame({"article_id": "s/a", "source": "a", "paragraph_id": range(6), "polarity": [0, 1] * 3})
    >>> within(scored)[["source", "n_splits", "median", "null_95"]].round(2)
      source  n_splits  median  null_95
    0      a        10    0.33      1.0
    """
    _check(scored, "evidence.within", [value, *([per] if per else [])])
    scored = _counted(scored, per)
    rows = []
    for source, group in scored.groupby("source", sort=True):
        blocks = _blocks(group, value, per)
        differences = resampling.halves(blocks, seed=seed, splits=splits)
        enough = blocks.sizes.size >= MIN_PARAGRAPHS
        rows.append(
            {
                "measure": value,
                "source": source,
                "n": len(group),
                "n_paragraphs": blocks.sizes.size,
                "n_splits": differences.size,
                "median": float(np.median(differences)) if enough else np.nan,
                "null_95": float(np.quantile(differences, 0.95, method="higher")) if enough else np.nan,
            }
        )
    return tables.make("within", rows)


def compare(scored: pd.DataFrame, *, value: str = "polarity", per: str | None = None, seed: int = 0) -> pd.DataFrame:
    """Compare the mean of ``value`` between each two sources, beside how much one article differs from itself.

    Reads article_id, source, paragraph_id, ``value`` and ``per``. Returns one row a pair of sources, in alphabetical
    order, with ``n_tests`` (m) pairs in all:

    * ``n_a``, ``n_b`` rows; ``n_paragraphs_a`` ...; ``n_articles_a`` ...; ``mean_a``, ``mean_b``;
    * ``difference``: mean_a - mean_b (positive: higher in source_a), with ``low`` to ``high``: the cluster-robust t
      interval over paragraphs at level 1 - .05 / m (Bonferroni), so that all pairs together err in 5 % of stories;
    * ``null_95``: the larger of the two sources' values of :func:`within`;
    * ``p`` of the difference by the same t, ``q``: p after Benjamini & Hochberg (1995) over the m pairs;
    * ``p_articles``: by permutation of whole articles, and ``smallest_p``, the smallest it could be; both missing
      ("described, not tested") unless both sources have five articles or more.

    interval and null are missing where a source has fewer than five paragraphs.

    >>> scored = pd.DataFrame({"paragraph_id": [*range(6)] * 2, "polarity": [0.1, 0, 0] * 2 + [0.9, 1, 1] * 2})
    >>> scored = scored.assign(source=["a"] * 6 + ["b"] * 6, article_id=["s/a"] * 6 + ["s/b"] * 6)
    >>> compare(scored)[["source_a", "source_b", "difference", "low", "high", "null_95"]].round(2)
      source_a source_b  difference  low  high  null_95
    0        a        b       -0.93 -1.0 -0.87     0.07
    """
    _check(scored, "evidence.compare", [value, *([per] if per else [])])
    scored = _counted(scored, per)
    blocks = {source: _blocks(group, value, per) for source, group in scored.groupby("source", sort=True)}
    counts = scored.groupby("source").agg(n=("source", "size"), n_articles=("article_id", "nunique"))
    null = within(scored, value=value, per=per, seed=seed).set_index("source")["null_95"]
    pairs = list(combinations(blocks, 2))
    tests = permute(scored, value=value, per=per, seed=seed)
    rows = []
    for (a, b), test in zip(pairs, tests.itertuples(), strict=True):
        low, high = resampling.difference_interval(blocks[a], blocks[b], level=1 - 0.05 / len(pairs))
        enough = min(blocks[a].sizes.size, blocks[b].sizes.size) >= MIN_PARAGRAPHS
        sides = {
            f"{name}_{side}": figure
            for side, source in (("a", a), ("b", b))
            for name, figure in {
                "source": source,
                "n": counts["n"][source],
                "n_articles": counts["n_articles"][source],
                "n_paragraphs": blocks[source].sizes.size,
                "mean": float(blocks[source].mean),
            }.items()
        }
        rows.append(
            {
                "measure": value,
                **sides,
                "difference": sides["mean_a"] - sides["mean_b"],
                "low": float(low) if enough else np.nan,
                "high": float(high) if enough else np.nan,
                # Not max(): a missing null has to stay missing.
                "null_95": float(np.maximum(null[a], null[b])),
                "p": resampling.t_probability(blocks[a], blocks[b]) if enough else np.nan,
                "n_tests": len(pairs),
                "p_articles": test.p,
                "smallest_p": test.smallest_p,
            }
        )
    return tables.make("comparisons", pd.DataFrame(rows).assign(q=_adjusted([row["p"] for row in rows])))


def permute(scored: pd.DataFrame, *, value: str = "polarity", per: str | None = None, seed: int = 0) -> pd.DataFrame:
    """Test whether the articles of two sources differ in ``value``, by permuting whole articles.

    Reads article_id, source, ``value`` and ``per``. Each article counts once, with its mean. Returns one row a pair of
    sources: ``n_articles_a``, ``n_articles_b``, ``difference`` of the means over articles, two-sided ``p`` (exact
    over all relabellings, or over 20,000 drawn with ``seed``, as ``exact`` says), ``smallest_p`` that so many
    articles can reach (5 against 5: .0079), and ``status``: "tested", or with fewer than five articles a source
    "described, not tested", p missing. It assumes that articles would be exchangeable were there no difference.

    >>> scored = pd.DataFrame({"article_id": [*"ABCDEFGHIJ"], "source": ["a"] * 5 + ["b"] * 5, "polarity": range(10)})
    >>> permute(scored)[["difference", "p", "smallest_p", "exact", "status"]].round(4)
       difference       p  smallest_p  exact  status
    0        -5.0  0.0079      0.0079   True  tested
    """
    _check(scored, "evidence.permute", [value, *([per] if per else [])], paragraphs=False)
    scored = _counted(scored, per)
    sums = scored.assign(_value=scored[value], _size=scored[per] if per else 1).groupby(["source", "article_id"])
    totals = sums[["_value", "_size"]].sum()
    means = totals["_value"] / totals["_size"]
    by_source = {source: group.to_numpy() for source, group in means.groupby(level="source", sort=True)}
    rows = []
    for (a, one), (b, other) in combinations(by_source.items(), 2):
        row = {
            "measure": value,
            "source_a": a,
            "source_b": b,
            "n_articles_a": one.size,
            "n_articles_b": other.size,
            "difference": float(one.mean() - other.mean()),
            "status": "described, not tested",
            "exact": False,
        }
        if min(one.size, other.size) >= MIN_ARTICLES:
            mask, exact = resampling.relabel(one.size, other.size, seed=seed)
            both = np.concatenate([one, other])
            drawn = np.abs(mask @ both / one.size - ~mask @ both / other.size)
            # Relabellings of the same size differ in the last bits, by the order of summing.
            p = float((drawn >= drawn[0] - 1e-12).mean())
            row |= {"p": p, "smallest_p": resampling.smallest_p(one.size, other.size), "exact": exact}
            row["status"] = "tested"
        rows.append(row)
    return tables.make("permutations", rows)


def permute_terms(
    tokens: pd.DataFrame, *, target: str, reference: str | None = None, min_n: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Test which terms two sources use at different rates, by permuting articles, with the largest statistic of all.

    Reads article_id, source, term. Each article counts with its rate of the term per million tokens; the statistic is
    Student's t with pooled variance. Returns one row a term that occurs ``min_n`` times or more, m in all: ``term``,
    ``n_target``, ``n_reference``, ``n_articles_target``, ``n_articles_reference`` (articles a source),
    ``difference`` of the mean rates per million, ``p`` of the term alone, ``p_family``: the share of relabellings
    whose largest statistic over all m terms reaches it (Westfall & Young 1993), which is the one to judge by;
    ``smallest_p``, ``n_tests`` (m) and ``articles_needed``: how many a side Bonferroni's correction would ask for.
    Without ``reference`` all others together. p is missing ("described, not tested") with fewer than five articles
    on a side. Ranked by p_family, then p, then term.

    >>> words = {"a": ["tax"] * 3 + ["the"] * 7, "b": ["levy"] * 3 + ["the"] * 7}
    >>> rows = [(f"{s}{i}", s, word) for s in words for i in range(5) for word in words[s]]
    >>> tokens = pd.DataFrame(rows, columns=["article_id", "source", "term"])
    >>> permute_terms(tokens, target="a")[["term", "difference", "p_family"]].round(4)
       term  difference  p_family
    0  levy   -300000.0    0.0079
    1   tax    300000.0    0.0079
    2   the         0.0    1.0000
    """
    call = "evidence.permute_terms"
    tables.check(tokens, "tokens", call=call, columns=["article_id", "source", "term"], unique=False)
    sources = sorted(tokens["source"].unique())
    for name in (target, reference):
        if name is not None and name not in sources:
            has = ", ".join(map(repr, sources)) or "no source at all"
            raise ValueError(f"{call}: no source {name!r} in tokens; it has {has}.")
    others = [reference] if reference is not None else [source for source in sources if source != target]
    counted = tokens[tokens["source"].isin([target, *others])]
    if not others or counted.empty:
        return tables.make("term_permutations")
    counts = counted.groupby(["article_id", "term"]).size().unstack(fill_value=0)
    own = counted.groupby("article_id")["source"].first().reindex(counts.index) == target
    # The target's articles first, as relabel() takes them.
    counts = counts.loc[[*counts.index[own], *counts.index[~own]]]
    rates = counts.to_numpy() / counts.sum(axis=1).to_numpy()[:, None] * 1e6
    kept = counts.sum().to_numpy() >= min_n
    n_a, n_b = int(own.sum()), int((~own).sum())
    n_tests = int(kept.sum())
    p, p_family, reachable = np.nan, np.nan, np.nan
    if min(n_a, n_b) >= MIN_ARTICLES and n_tests:
        mask, _ = resampling.relabel(n_a, n_b, seed=seed)
        statistic = _pooled_t(rates[:, kept], mask)
        p = (statistic >= statistic[0] - 1e-9).mean(axis=0)
        p_family = (statistic.max(axis=1)[:, None] >= statistic[0] - 1e-9).mean(axis=0)
        reachable = resampling.smallest_p(n_a, n_b)
    result = pd.DataFrame(
        {
            "term": counts.columns[kept],
            "n_target": counts.to_numpy()[:n_a, kept].sum(axis=0),
            "n_reference": counts.to_numpy()[n_a:, kept].sum(axis=0),
            "n_articles_target": n_a,
            "n_articles_reference": n_b,
            "difference": rates[:n_a, kept].mean(axis=0) - rates[n_a:, kept].mean(axis=0),
            "p": p,
            "p_family": p_family,
            "smallest_p": reachable,
            "n_tests": n_tests,
            "articles_needed": resampling.units_needed(max(n_tests, 1)),
        }
    )
    return tables.make("term_permutations", result.sort_values(["p_family", "p", "term"], ignore_index=True))


def equal_length(tokens: pd.DataFrame, *, resamples: int = 200, seed: int = 0) -> pd.DataFrame:
    """Compare what grows with length at equal length: how many different terms each source uses, how many it alone.

    Reads article_id, source, sentence_id, term. From each source whole sentences are drawn at random, without
    replacement, and cut at the number of tokens of the shortest source, ``resamples`` times. Returns two rows a
    source, ``measure`` "different terms" and "terms only here": ``n_tokens`` of the source, ``size`` (tokens drawn),
    ``as_is`` (the count in the full text) and ``mean``, ``low``, ``high`` (2.5 and 97.5 %) over the draws.

    >>> words = {"a": "one two three four five six".split(), "b": "one one two".split()}
    >>> rows = [("s/" + s, s, i, word) for s in words for i, word in enumerate(words[s])]
    >>> tokens = pd.DataFrame(rows, columns=["article_id", "source", "sentence_id", "term"])
    >>> equal_length(tokens)[["source", "measure", "size", "as_is", "mean"]].round(0)
      source          measure  size  as_is  mean
    0      a  different terms     3      6   3.0
    1      a  terms only here     3      4   2.0
    2      b  different terms     3      2   2.0
    3      b  terms only here     3      0   1.0
    """
    columns = ["article_id", "source", "sentence_id", "term"]
    tables.check(tokens, "tokens", call="evidence.equal_length", columns=columns, unique=False)
    if tokens.empty:
        return tables.make("equal_lengths")
    ordered = tokens.sort_values(["source", "article_id", "sentence_id"], kind="stable")
    terms = pd.factorize(ordered["term"], sort=True)[0]
    sentence = ordered.groupby(["article_id", "sentence_id"], sort=False).ngroup().to_numpy()
    places = {source: np.flatnonzero(ordered["source"] == source) for source in sorted(tokens["source"].unique())}
    size = min(place.size for place in places.values())
    rng = np.random.default_rng(seed)
    used = np.zeros((resamples, len(places), terms.max() + 1), dtype=bool)
    for draw, (order, place) in product(range(resamples), enumerate(places.values())):
        shuffled = rng.random(sentence.max() + 1)[sentence[place]].argsort(kind="stable")[:size]
        used[draw, order, terms[place[shuffled]]] = True
    whole = np.zeros((1, *used.shape[1:]), dtype=bool)
    for order, place in enumerate(places.values()):
        whole[0, order, terms[place]] = True
    rows = []
    for order, (source, place) in enumerate(places.items()):
        for measure, drawn, as_is in (
            ("different terms", used[:, order].sum(axis=1), whole[:, order].sum()),
            ("terms only here", _alone(used, order), _alone(whole, order).item()),
        ):
            low, high = np.quantile(drawn, [0.025, 0.975])
            figures = {"as_is": as_is, "mean": drawn.mean(), "low": low, "high": high}
            rows.append({"source": source, "measure": measure, "n_tokens": place.size, "size": size, **figures})
    return tables.make("equal_lengths", rows)


def vocabulary(tokens: pd.DataFrame, *, min_n: int = 5, splits: int = 200, seed: int = 0) -> pd.DataFrame:
    """Count the words that tell two sources apart, beside those that tell two stretches of one source apart.

    Reads article_id, source, sentence_id, term. From each source two stretches of whole sentences are drawn at random,
    each about half as long as the shortest source, ``splits`` times. A term counts where it occurs ``min_n`` times or
    more in the two stretches compared and its four-cell log-likelihood exceeds 3.84 (p < .05, not corrected). Returns
    one row a pair of sources: ``size`` (tokens a stretch), ``n_splits``, ``between``: mean number of such terms, a
    stretch of one against one of the other; ``within``: the same for two stretches of one source, both sources
    together; ``within_95``: what 95 % of these stay below. A list of key terms that is no longer than ``within`` says
    nothing of the two sources. Symmetric.

    >>> rows = [("s/" + s, s, i, word) for s in "ab" for i in range(40) for word in ("the", s + "x")]
    >>> vocabulary(pd.DataFrame(rows, columns=["article_id", "source", "sentence_id", "term"]))[["between", "within"]]
       between  within
    0      2.0     0.0
    """
    columns = ["article_id", "source", "sentence_id", "term"]
    tables.check(tokens, "tokens", call="evidence.vocabulary", columns=columns, unique=False)
    if tokens.empty:
        return tables.make("vocabularies")
    counts = tokens.groupby(["source", "article_id", "sentence_id", "term"]).size().unstack(fill_value=0)
    size = int(counts.sum(axis=1).groupby(level="source").sum().min()) // 2
    rng = np.random.default_rng(seed)
    drawn = {
        source: _stretches(rows.to_numpy(dtype="float64"), size, splits, rng)
        for source, rows in counts.groupby(level="source", sort=True)
    }
    rows = []
    for a, b in combinations(drawn, 2):
        within = np.concatenate([_telling(*drawn[a], min_n), _telling(*drawn[b], min_n)])
        rows.append(
            {
                "source_a": a,
                "source_b": b,
                "size": size,
                "n_splits": splits,
                "between": _telling(drawn[a][0], drawn[b][0], min_n).mean(),
                "within": within.mean(),
                "within_95": np.quantile(within, 0.95),
            }
        )
    return tables.make("vocabularies", rows)


def count(passages: pd.DataFrame, flags: pd.DataFrame, *, category: str) -> pd.DataFrame:
    """Return the passages with their number of words and of spans flagged as ``category``, ready to be compared.

    Reads article_id, start, end, text of the passages (furniture is left out) and article_id, start, category of the
    flags. Adds ``n_words`` and a column named like ``category``; compare with
    ``compare(counted, value=category, per="n_words")``: a difference of rates per word.

    >>> passages = pd.DataFrame({"article_id": ["s/a"], "start": [0], "end": [16], "text": ["It was a mutiny."]})
    >>> flags = pd.DataFrame({"article_id": ["s/a"], "start": [9], "category": ["loaded"]})
    >>> count(passages, flags, category="loaded")[["n_words", "loaded"]]
       n_words  loaded
    0        4       1
    """
    columns = ["article_id", "start", "end", "text"]
    tables.check(passages, "passages", call="evidence.count", columns=columns, unique=False)
    tables.check(flags, "flags", call="evidence.count", columns=["article_id", "start", "category"], unique=False)
    kept = passages[passages["part"] != "furniture"] if "part" in passages else passages
    spans = {
        article: np.sort(group["start"])
        for article, group in flags[flags["category"] == category].groupby("article_id")
    }
    found = [
        int(np.diff(np.searchsorted(spans[article], [start, end])).item()) if article in spans else 0
        for article, start, end in zip(kept["article_id"], kept["start"], kept["end"], strict=True)
    ]
    words = [len(segmentation.spans(text)) for text in kept["text"]]
    return kept.assign(n_words=np.array(words, dtype="int64"), **{category: np.array(found, dtype="int64")})


def tone(passages: pd.DataFrame, *, engine: str = "textblob", seed: int = 0) -> pd.DataFrame:
    """Say of each two sources whether the tone of their narration differs: compared, tried otherwise, and judged.

    Reads the columns of passages. The narration (all text, if there is none) without headlines is scored with
    ``engine``, compared by :func:`compare`, taken again by :func:`robustness`; returns the table of :func:`judge`,
    ``measure`` "polarity". Empty with fewer than two sources.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": name, "text": "It rained."} for name in ("a", "b")])
    >>> passages = segmentation.split(articles).assign(passage_id=0, voice="narration", name=None)
    >>> tone(passages)[["source_a", "source_b", "n_a", "verdict"]].values.tolist()
    [['a', 'b', 1, 'too little text']]
    """
    tables.check(passages, "passages", call="evidence.tone", columns=["part", "voice", "text"])
    scored = sentiment.score(_own_words(passages), engine=engine)
    return judge(compare(scored, seed=seed), robustness(passages, engine=engine))


def rate(passages: pd.DataFrame, flags: pd.DataFrame, *, category: str, seed: int = 0) -> pd.DataFrame:
    """Say of each two sources whether one has more words flagged as ``category`` in its narration.

    Reads what :func:`count` reads, and part and voice. Rates are spans per word. Returns the table of :func:`judge`;
    ``measure`` is ``category``. The panel is that of :func:`cuts`.

    >>> from analysis import corpus, segmentation
    >>> articles = corpus.from_records([{"source": name, "text": "It rained."} for name in ("a", "b")])
    >>> passages = segmentation.split(articles).assign(passage_id=0, voice="narration", name=None)
    >>> rate(passages, tables.make("flags"), category="loaded")[["measure", "mean_a", "verdict"]].values.tolist()
    [['loaded', 0.0, 'too little text']]
    """
    counted = count(passages, flags, category=category)
    return judge(
        compare(_own_words(counted), value=category, per="n_words", seed=seed),
        cuts(counted, value=category, per="n_words"),
    )


def _own_words(passages: pd.DataFrame) -> pd.DataFrame:
    """Return the narration of the body; where there is none at all, everything in the body that has a voice."""
    body = passages[(passages["part"] == "body") & passages["voice"].notna()]
    narration = body[body["voice"] == "narration"]
    return body if narration.empty else narration


def _check(scored: pd.DataFrame, call: str, columns: Sequence[str], *, paragraphs: bool = True) -> None:
    wanted = ["article_id", "source", *(["paragraph_id"] if paragraphs else []), *columns]
    tables.check(scored, "scored", call=call, columns=wanted, unique=False)


def _counted(scored: pd.DataFrame, per: str | None) -> pd.DataFrame:
    """Return the rows that hold any of what is counted: a passage of punctuation has no words."""
    return scored if per is None else scored[scored[per] > 0]


def _blocks(group: pd.DataFrame, value: str, per: str | None) -> Blocks:
    """Return the paragraphs of a group as blocks."""
    keyed = pd.DataFrame(
        {
            "article_id": group["article_id"].to_numpy(),
            "paragraph_id": group["paragraph_id"].to_numpy(),
            "value": group[value].to_numpy(dtype="float64"),
            "size": group[per].to_numpy(dtype="float64") if per else np.ones(len(group)),
        }
    )
    # Sorted by value as well, so that the sums do not depend on the order of the rows.
    keyed = keyed.sort_values(["article_id", "paragraph_id", "value"], kind="stable")
    totals = keyed.groupby(["article_id", "paragraph_id"], sort=True)[["value", "size"]].sum()
    return Blocks(totals["value"].to_numpy(), totals["size"].to_numpy())


def _stretches(counts: np.ndarray, size: int, splits: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts of terms in two disjoint stretches of about ``size`` tokens, one row a split."""
    lengths = counts.sum(axis=1)
    order = rng.random((splits, len(lengths))).argsort(axis=1)
    # A sentence belongs to the stretch in which its middle lies.
    middle = lengths[order].cumsum(axis=1) - lengths[order] / 2
    masks = np.zeros((2, splits, len(lengths)))
    for half in (0, 1):
        np.put_along_axis(masks[half], order, ((middle >= half * size) & (middle < (half + 1) * size)) * 1.0, axis=1)
    return masks[0] @ counts, masks[1] @ counts


def _telling(one: np.ndarray, other: np.ndarray, min_n: int) -> np.ndarray:
    """Return, for each split, how many terms differ between two stretches."""
    n_one, n_other = (np.maximum(side.sum(axis=1, keepdims=True), 1) for side in (one, other))
    g2 = keyness.log_likelihood(one, n_one, other, n_other)
    return ((np.abs(g2) > CRITICAL) & (one + other >= min_n)).sum(axis=1)


def _adjusted(p: list[float]) -> np.ndarray:
    values = np.array(p, dtype="float64")
    known = ~np.isnan(values)
    values[known] = keyness.q_value(values[known])
    return values


def _pooled_t(rates: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return Student's absolute t of each column of ``rates`` under each way to choose the rows of one side."""
    n_a = int(mask[0].sum())
    n = mask.shape[1]
    centred = rates - rates.mean(axis=0)
    # The total spread is the same under every labelling, so the spread within follows from the means alone.
    spread = (centred**2).sum(axis=0)
    shift = mask.astype(float) @ centred / n_a * (n / (n - n_a))
    between = shift**2 * n_a * (n - n_a) / n
    rest = np.maximum(spread - between, 1e-9 * np.maximum(spread, 1e-12))
    return np.abs(shift) / np.sqrt(rest / (n - 2) * (1 / n_a + 1 / (n - n_a)))


def _alone(used: np.ndarray, order: int) -> np.ndarray:
    """Return, for each draw, how many terms only the source at ``order`` uses."""
    return (used[:, order] & (used.sum(axis=1) == 1)).sum(axis=1)
