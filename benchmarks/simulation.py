"""What the evidence step does on articles of which the truth is known. Prints one table; the same every time.

Articles are drawn: paragraphs of 1 to 6 passages (as many as in the news articles of PolNeAR, Newell et al. 2018),
each passage with a polarity that is 0 in 40 % of cases, has a long tail, and resembles that of its paragraph
(intraclass correlation .1; .03 was measured on those articles for VADER, less for TextBlob). A second pool holds
the paragraphs of the shipped story, drawn with replacement.

    python benchmarks/simulation.py          all of it, about a minute
    python benchmarks/simulation.py --quick  a tenth of the runs
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis import corpus, resampling, segmentation, sentiment
from analysis.resampling import Blocks
from analysis.second_opinion import MIN_PASSAGES

RUNS = 2_000
LIKENESS = 0.1
SIZES = np.array([1, 2, 3, 4, 5, 6])
SHARES = np.array([0.54, 0.27, 0.12, 0.04, 0.02, 0.01])
STORY = Path(__file__).resolve().parent.parent / "corpus" / "facebook-trump-posts"
PASSAGES_PER_PARAGRAPH = float(SIZES @ SHARES)


def invented(rng: np.random.Generator, runs: int, paragraphs: int, shift: float = 0.0) -> Blocks:
    """Draw ``runs`` articles of so many paragraphs; ``shift`` is in units of the spread of the passages."""
    sizes = rng.choice(SIZES, p=SHARES, size=(runs, paragraphs))
    shape = (runs, paragraphs, SIZES.max())
    mood = rng.standard_normal((*shape[:2], 1)) * LIKENESS**0.5 + rng.standard_normal(shape) * (1 - LIKENESS) ** 0.5
    values = polarity(mood) + shift * SPREAD
    return Blocks((values * (np.arange(SIZES.max()) < sizes[..., None])).sum(-1), sizes.astype(float))


def polarity(mood: np.ndarray) -> np.ndarray:
    """Turn normal figures into polarities: the middle 40 % are 0, the upper tail is the longer one."""
    return np.where(np.abs(mood - 0.1) < 0.53, 0.0, np.where(mood > 0, 0.22, 0.16) * mood)


def shipped() -> Callable[..., Blocks]:
    """Return a function that draws articles of paragraphs of the shipped story, both sources in one pool."""
    scored = sentiment.score(segmentation.split(corpus.read(STORY)))
    totals = scored.groupby(["article_id", "paragraph_id"])["polarity"].agg(["sum", "size"])

    def draw(rng: np.random.Generator, runs: int, paragraphs: int) -> Blocks:
        chosen = rng.integers(len(totals), size=(runs, paragraphs))
        return Blocks(totals["sum"].to_numpy()[chosen], totals["size"].to_numpy(dtype="float64")[chosen])

    return draw


SPREAD = float(polarity(np.random.default_rng(0).standard_normal(1_000_000)).std())
MEAN = float(polarity(np.random.default_rng(0).standard_normal(1_000_000)).mean())


def coverage(method: str, paragraphs: int, runs: int = RUNS, seed: int = 1) -> float:
    """Return in which share of runs the 95 % interval of an article's mean holds the true mean."""
    blocks = invented(np.random.default_rng(seed), runs, paragraphs)
    low, high = resampling.mean_interval(blocks, method=method)
    return float(((low <= MEAN) & (high >= MEAN)).mean())


def called_different(a: Blocks, b: Blocks) -> tuple[float, float]:
    """Return in which share of runs the interval excludes 0, and in which the difference also exceeds the null."""
    low, high = resampling.difference_interval(a, b)
    excludes = (low > 0) | (high < 0)
    # The null is computed only where it matters; it can only take findings away.
    beyond = [
        abs(one.mean - other.mean) > max(null_95(one), null_95(other))
        for one, other in ((row(a, i), row(b, i)) for i in np.flatnonzero(excludes))
    ]
    return float(excludes.mean()), float(np.sum(beyond) / excludes.size)


def null_95(blocks: Blocks) -> float:
    """Return what 95 % of the splits of one article in halves stay below."""
    return float(np.quantile(resampling.halves(blocks, splits=500), 0.95, method="higher"))


def row(blocks: Blocks, i: int) -> Blocks:
    """Return one run."""
    return Blocks(blocks.sums[i], blocks.sizes[i])


def one_pool(paragraphs: int, runs: int = RUNS, draw: Callable[..., Blocks] = invented) -> tuple[float, float]:
    """Both sources from one pool: return how often they are called different, by interval, and by null as well."""
    rng = np.random.default_rng(2)
    return called_different(draw(rng, runs, paragraphs), draw(rng, runs, paragraphs))


def planted(effect: float, paragraphs: int, runs: int = RUNS) -> tuple[float, float]:
    """A true difference of ``effect`` spreads: return how often it is found, by interval, and by null as well."""
    rng = np.random.default_rng(3)
    return called_different(invented(rng, runs, paragraphs, effect), invented(rng, runs, paragraphs))


def theory(effect: float) -> int:
    """Return the paragraphs a side at which a difference of ``effect`` spreads is found in 80 % of runs.

    The usual formula, 2 (1.96 + .84)^2 / effect^2 passages a side, times the design effect of paragraphs of unequal
    size, 1 + (sum of squared sizes / sum of sizes - 1) likeness; and one more for Student's t.
    """
    likeness = LIKENESS * SHRINKAGE
    design = 1 + (float(SIZES**2 @ SHARES) / PASSAGES_PER_PARAGRAPH - 1) * likeness
    return int(np.ceil(2 * (1.96 + 0.8416) ** 2 / effect**2 * design / PASSAGES_PER_PARAGRAPH)) + 1


def _shrinkage() -> float:
    """Return what is left of a correlation of moods once they are polarities."""
    rng = np.random.default_rng(4)
    common = rng.standard_normal(500_000) * LIKENESS**0.5
    pair = [polarity(common + rng.standard_normal(500_000) * (1 - LIKENESS) ** 0.5) for _ in range(2)]
    return float(np.corrcoef(pair)[0, 1]) / LIKENESS


SHRINKAGE = _shrinkage()


def permuted(articles: int, runs: int = RUNS, shift: float = 0.0) -> float:
    """Sources of several articles: return how often the permutation of articles gives p <= .05."""
    rng = np.random.default_rng(5)
    a = invented(rng, runs * articles, 15, shift).mean.reshape(runs, articles)
    b = invented(rng, runs * articles, 15).mean.reshape(runs, articles)
    mask, _ = resampling.relabel(articles, articles)
    both = np.concatenate([a, b], axis=1)
    drawn = np.abs(both @ (mask / articles - ~mask / articles).T)
    return float(((drawn >= drawn[:, :1] - 1e-12).mean(axis=1) <= 0.05).mean())


def upper_bound(share: float, runs: int) -> float:
    """Return the upper end of the 95 % Clopper-Pearson interval of a share (one-sided 97.5 %)."""
    from scipy.stats import beta

    found = round(share * runs)
    return float(beta.ppf(0.975, found + 1, runs - found))


def main(runs: int) -> None:
    """Print the table."""
    print(
        f"{runs} runs a line; {PASSAGES_PER_PARAGRAPH:.2f} passages a paragraph; likeness {LIKENESS * SHRINKAGE:.3f}\n"
    )
    print(
        "Coverage of the 95 % interval of a mean, 5 times the runs\n  paragraphs   cluster t   bootstrap t   percentile"
    )
    for paragraphs in (6, 10, 20, 40):
        figures = [
            np.mean([coverage(method, paragraphs, runs, seed) for seed in range(5)]) for method in resampling.METHODS
        ]
        print(f"  {paragraphs:10}   {figures[0]:9.3f}   {figures[1]:11.3f}   {figures[2]:10.3f}")
    print("\nBoth sources from one pool: called different")
    print("  pool       paragraphs   interval (at most)   and null (at most)")
    for name, draw in (("invented", invented), ("shipped", shipped())):
        for paragraphs in (10, 20, 40):
            one, two = one_pool(paragraphs, runs, draw)
            bounds = f"{one:8.3f} ({upper_bound(one, runs):.3f})     {two:8.3f} ({upper_bound(two, runs):.3f})"
            print(f"  {name:10} {paragraphs:10}   {bounds}")
    for articles in (5, 8):
        share = permuted(articles, runs)
        print(f"  {articles} articles a source, permutation: {share:.3f} ({upper_bound(share, runs):.3f})")
    print("\nA planted difference, in spreads of the passages")
    print("  difference   paragraphs a side (theory)   interval   and null")
    for effect in (0.5, 0.8, 1.0):
        one, two = planted(effect, theory(effect), runs)
        print(f"  {effect:10}   {theory(effect):26}   {one:8.3f}   {two:8.3f}")
    print(f"\nPassages a side and how often a difference is found (too little text: under {MIN_PASSAGES})")
    print("  passages   paragraphs   .5: interval, null   .8: interval, null   1.0: interval, null")
    for paragraphs in (6, 9, 12, 15, 18, 21, 24, 30, 36):
        found = [planted(effect, paragraphs, runs) for effect in (0.5, 0.8, 1.0)]
        cells = "   ".join(f"{one:13.3f}  {two:.3f}" for one, two in found)
        print(f"  {paragraphs * PASSAGES_PER_PARAGRAPH:8.0f}   {paragraphs:10}   {cells}")


if __name__ == "__main__":
    main(RUNS // 10 if "--quick" in sys.argv else RUNS)
