"""The same measures over corpora larger than memory, on one machine or several.

Articles are read in batches, each by whichever worker is free. A batch leaves only sums behind, and sums of whole
numbers: so any order, any size of batches and any number of workers give the same tables, to the last digit, and a run
that was stopped goes on where it was.
"""

import json
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analysis import (
    batches,
    duplicates,
    frequency,
    inspection,
    keyness,
    quotation,
    segmentation,
    sentiment,
    storylines,
    tables,
)

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

SIZE = 1000
# A change here makes runs that were begun with an older version start anew.
VERSION = 2
# Fewer tokens between quotation marks are a title or a word held at arm's length, not somebody's speech.
SPOKEN = 3
ATTEMPTS = 3
# Seconds to wait for a scheduler.
ANSWER = 10
# Polarities are summed as whole billionths, for sums of fractions depend on their order.
UNIT = 1_000_000_000
# What stands between quotation marks within one paragraph; an odd mark reaches no further than that.
_MARK = re.compile('["“«]')
_QUOTED = re.compile(r"[\"“«](?:[^\"“”«»\n]|\n(?![^\S\n]*\n))+[\"”»]")
# Words that hardly any other language has. English uses one of them every 35 to 60 letters.
_ENGLISH = (" the ", " and ", " of ", " to ")
LETTERS_A_WORD = 60
LONG = 1000
_SUMS = ("n_articles", "n", "n_zero", "value", "of", "value_value", "value_of", "of_of")


class SurveyError(ValueError):
    """A survey cannot be made; the message says why and what to do."""


class Survey(NamedTuple):
    """What a survey finds, table by table; each is also a parquet file of that name in its folder."""

    articles: pd.DataFrame
    frequencies: pd.DataFrame
    voice_frequencies: pd.DataFrame
    key_terms: pd.DataFrame
    tones: pd.DataFrame
    voices: pd.DataFrame
    duplicates: pd.DataFrame
    storylines: pd.DataFrame


class Settings(NamedTuple):
    """What a batch is read with."""

    engine: str
    parser: bool
    columns: tuple[tuple[str, str], ...]
    parts: str


def run(
    place: str | Path,
    *,
    out: str | Path,
    engine: str = sentiment.ENGINES[0],
    parser: bool = False,
    columns: Mapping[str, str] | None = None,
    size: int = SIZE,
    workers: int | None = None,
    executor: Executor | None = None,
) -> Survey:
    """Survey a collection of articles, and write what is found into the folder ``out``.

    ``place`` is a csv, jsonl or parquet file with at least the columns source and text (and article_id, story, title,
    published where they are known), a folder of such files, or a folder of articles, one file each. ``columns`` maps
    these names to the file's own, such as ``{"text": "body"}``. Rows without text or source are left out, counted in
    the file ``about.json``; articles in another language are listed, as not ``english``, and left out of every measure.
    Returns, and writes as parquet files:

    * ``articles``: article_id, source, published, title, english, n_tokens, n_quoted (of them in quotation),
      n_passages, mean (polarity of its passages);
    * ``frequencies`` by source and ``voice_frequencies`` by source and voice, as :func:`frequency.count` makes them,
      but for dispersion, which is missing: n_articles says how widely a term is spread;
    * ``key_terms``: of each source against all others, as :func:`keyness.score` makes them, where
      conservative_log_ratio is not 0; n_tests is the number of all terms compared;
    * ``tones`` by source, voice and month, and over all months (month missing): n passages, n_zero scored 0, mean
      polarity with its 95 % interval ``low`` to ``high``, of articles as wholes; missing for a single article;
    * ``voices``: n tokens of each voice of n_tokens in all, by source and month and over all months; ``share`` with
      its interval in the same way;
    * ``duplicates``: pairs of articles that share text, and ``storylines``: articles that report on the same.

    Voices are told by quotation marks alone (*narration*, *quotation*); with ``parser`` by the grammar, with *reported*
    speech, at a hundred times the time. ``size`` is the number of articles in a batch.

    ``workers`` processes share the work, by default one a processor; or give any ``executor`` of
    :mod:`concurrent.futures`, such as ``dask.distributed.Client(...).get_executor()``; its workers must see ``place``
    and ``out`` by the same paths. A run that was stopped goes on where it was when it is started again with the same
    input and settings. Raises :class:`SurveyError` or :class:`batches.BatchError` for what cannot be surveyed.

    >>> import tempfile
    >>> from analysis import corpus
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = run(corpus.HOME / "facebook-trump-posts", out=folder, workers=1)
    >>> list(found.articles["source"])
    ['commentary', 'dispatch']
    """
    if size < 1 or (workers is not None and workers < 1):
        raise SurveyError(f"survey.run: size is {size} and workers {workers}; both are to be 1 or more.")
    if engine not in sentiment.ENGINES:
        raise SurveyError(f"survey.run: no engine '{engine}'; there is {', '.join(sentiment.ENGINES)}.")
    folder = Path(out).resolve()
    work = folder / ".survey"
    work.mkdir(parents=True, exist_ok=True)
    named = dict(columns or {})
    _same_run(work, Path(place), {"engine": engine, "parser": parser, "columns": named, "size": size})
    planned = batches.plan(Path(place).resolve(), size=size, spool=work / "spool")
    settings = Settings(engine, parser, tuple(sorted(named.items())), str(work / "parts"))
    todo = [(number, batch) for number, batch in enumerate(planned) if not _part(settings.parts, number).exists()]
    with _progress(batches.count(planned), batches.count(planned) - batches.count(b for _, b in todo)) as advance:
        for n_articles in _work(todo, settings, workers=workers, executor=executor):
            advance(n_articles)
    parts = [_part(settings.parts, number) for number in range(len(planned))]
    found, left_out = _merge(parts, settings, threads=1 if workers == 1 else 2)
    _publish(found, folder, {"engine": engine, "parser": parser, "rows_left_out": left_out})
    shutil.rmtree(work)
    return found


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give an executor over the Dask cluster whose scheduler is at ``address``, such as ``tcp://node1:8786``.

    Its workers need this package, and must see the articles and the folder of the results by the same paths. Raises
    :class:`SurveyError` where the extra ``scale`` is not installed, nothing answers, no worker is there, or the cluster
    gives the work up.

        with survey.cluster("tcp://node1:8786") as executor:
            survey.run("articles.parquet", out="survey", executor=executor)
    """
    import asyncio

    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise SurveyError("survey.cluster: Dask is not installed; install parallax with its extra: scale.") from None
    try:
        # A thread of its own has no event loop yet, which a notebook's has.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, _greet(address)).result()
        client = Client(address, timeout=ANSWER)
    except (OSError, ValueError, TypeError, MemoryError) as error:
        # Not only silence: what another kind of server says is read as lengths and types.
        raise SurveyError(
            f"survey.cluster: no Dask scheduler answers at {address!r}: {str(error) or f'nothing came in {ANSWER} s'}. "
            "'dask scheduler' starts one and prints its address, such as tcp://node1:8786."
        ) from None
    with _silent("distributed.client"), client, client.get_executor() as executor:
        try:
            client.wait_for_workers(1, timeout=ANSWER)
        except TimeoutError:
            raise SurveyError(
                f"survey.cluster: the scheduler at {address!r} has no workers; 'dask worker {address}' starts one."
            ) from None
        try:
            yield executor
        except (KilledWorker, CancelledError) as error:
            raise SurveyError(
                f"survey.cluster: the cluster at {address!r} gave up: {str(error) or 'its scheduler is gone'}. "
                "Start the survey again, and it goes on where it was."
            ) from None


async def _greet(address: str) -> None:
    """Connect to a scheduler once; a client would wait for ever for one that takes the call and says nothing."""
    import asyncio

    from distributed.comm import connect

    comm = await asyncio.wait_for(connect(address, timeout=2 * ANSWER), ANSWER)
    await comm.close()


@contextmanager
def _silent(name: str) -> Iterator[None]:
    """Have a logger say nothing for a while: what goes wrong is said in a sentence of our own."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def load(folder: str | Path) -> Survey:
    """Return the tables of a survey that was written into ``folder``.

    Raises :class:`SurveyError` where it holds none.
    """
    missing = [name for name in Survey._fields if not (Path(folder) / f"{name}.parquet").exists()]
    if missing:
        raise SurveyError(f"survey.load: '{folder}' has no {missing[0]}.parquet; run the survey to its end first.")
    return Survey(*(pd.read_parquet(Path(folder) / f"{name}.parquet") for name in Survey._fields))


def sources(articles: pd.DataFrame) -> pd.DataFrame:
    """Return what was read of each source: articles, tokens, quoted tokens, first and last day.

    Reads the articles of a survey. ``not_english`` is the number of articles in another language, in which nothing is
    measured, and ``undated`` that of articles without a day.

    >>> rows = [{"article_id": "x/1", "source": "daily", "published": "2024-05-01", "n_tokens": 20, "n_quoted": 5}]
    >>> articles = tables.make("surveyed", pd.DataFrame(rows).assign(n_passages=2, english=True))
    >>> sources(articles)[["source", "tokens", "first", "not_english"]].values.tolist()
    [['daily', 20, '2024-05-01', 0]]
    """
    days = articles["published"].dt.strftime("%Y-%m-%d").astype("str")
    return (
        articles.assign(day=days, undated=days.isna(), not_english=~articles["english"])
        .groupby("source", as_index=False)
        .agg(
            articles=("article_id", "size"),
            not_english=("not_english", "sum"),
            tokens=("n_tokens", "sum"),
            quoted=("n_quoted", "sum"),
            first=("day", "min"),
            last=("day", "max"),
            undated=("undated", "sum"),
        )
    )


def _same_run(work: Path, place: Path, settings: dict) -> None:
    """Forget what an earlier run left where it read anything else, or otherwise."""
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    files = [path for path in files if work.parent not in path.resolve().parents]
    state = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    record = json.dumps({"version": VERSION, "settings": settings, "files": state}, sort_keys=True)
    note = work / "run.json"
    if note.exists() and note.read_text("utf-8") == record:
        return
    for leftover in ("parts", "spool"):
        shutil.rmtree(work / leftover, ignore_errors=True)
    _atomically(note, lambda path: path.write_text(record, "utf-8"))


def _part(parts: str, number: int) -> Path:
    return Path(parts) / f"{number:07}"


def _work(
    todo: list[tuple[int, batches.Batch]], settings: Settings, *, workers: int | None, executor: Executor | None
) -> Iterator[int]:
    """Have every batch taken, and yield the number of articles of each as it is done."""
    if executor is not None:
        yield from _share(executor, todo, settings)
        return
    n_workers = min(workers or os.cpu_count() or 1, len(todo))
    if n_workers <= 1:
        yield from (take(number, batch, settings) for number, batch in todo)
        return
    for attempt in range(ATTEMPTS):
        left = [(number, batch) for number, batch in todo if not _part(settings.parts, number).exists()]
        try:
            with ProcessPoolExecutor(n_workers, mp_context=_context()) as pool:
                yield from _share(pool, left, settings)
            return
        except BrokenProcessPool:
            if attempt + 1 == ATTEMPTS:
                raise SurveyError(
                    "survey.run: worker processes were ended from outside again and again, for want of memory perhaps; "
                    "start it again with fewer workers or a smaller size, and it goes on where it was. A script that "
                    "calls it must do so under: if __name__ == '__main__'."
                ) from None


def _context() -> "BaseContext":
    """Return how workers are started: not as copies of this process, whose threads' locks might be held for ever.

    On Linux they are copies of a process that has loaded this module and nothing else, so that it loads once for all.
    """
    import multiprocessing

    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _share(executor: Executor, todo: Iterable[tuple[int, batches.Batch]], settings: Settings) -> Iterator[int]:
    futures: list[Future] = [executor.submit(take, number, batch, settings) for number, batch in todo]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


@contextmanager
def _progress(total: int, done: int):
    """Show on a terminal how far the work is, its rate and the time left; yield what is called as it goes on."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("Survey"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("articles, {task.fields[rate]} a second,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("survey", total=total, completed=done, rate="…")

        def advance(n: int) -> None:
            bar.advance(task, n)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}" if speed else "…")

        yield advance


def take(number: int, batch: batches.Batch, settings: Settings) -> int:
    """Read one batch, write what it adds to each table as its part, and return its number of articles.

    This is what workers are sent. A part appears as a whole or not at all, and the first one stays.
    """
    part = _part(settings.parts, number)
    if not part.exists():
        part.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f"{part.name}-", suffix=".partial", dir=part.parent))
        for name, table in _measure(batch, settings).items():
            _save(table, partial / f"{name}.parquet")
        try:
            partial.rename(part)
        except OSError:
            # Another worker has finished the same batch meanwhile, after a retry: its part is the same.
            if not part.exists():
                raise
            shutil.rmtree(partial)
    return batch.n_articles


def _measure(batch: batches.Batch, settings: Settings) -> dict[str, pd.DataFrame]:
    articles, left_out = batches.read(batch, columns=dict(settings.columns))
    _each_its_own(articles["article_id"])
    english = [_english(text) for text in articles["text"]]
    articles = articles.reset_index(drop=True).assign(english=np.array(english, dtype=bool))
    passages = _passages(articles, parser=settings.parser)
    encoded = segmentation.encode(passages["text"].tolist())
    article = passages["article"].to_numpy()
    voice = passages["voice_number"].to_numpy()
    scored = sentiment.score(passages[["text"]], engine=settings.engine)["polarity"].to_numpy()
    terms, words = _numbered(encoded)
    token_article, token_voice = article[encoded.rows], voice[encoded.rows]
    held = _held(token_article, token_voice, terms, len(words))
    hashes = words["hash"].to_numpy()
    signature = duplicates.signatures(token_article, hashes[terms], n_articles=len(articles))
    months = articles["published"].dt.strftime("%Y-%m").astype("str")
    per_voice = _per_voice(len(articles), article, voice, scored, token_article, token_voice)
    places = articles[["source"]].assign(month=months)
    return {
        "articles": _per_article(articles, per_voice),
        "terms": words[["term"]],
        "counts": _counts(held, articles["source"], len(words)),
        "tones": _sums(per_voice, places, value="polarity", of="n"),
        "voices": _sums(per_voice, places, value="tokens", of="all_tokens"),
        "signatures": pd.DataFrame(
            {"signature": list(signature.view(np.uint8).reshape(len(articles), 4 * duplicates.BINS))}
        ).assign(signature=lambda table: table["signature"].map(bytes)),
        "content": _content(held),
        "left_out": pd.DataFrame({"n": [left_out]}),
    }


def _each_its_own(ids: pd.Series) -> None:
    if ids.duplicated().any():
        twice = ids[ids.duplicated()].iloc[0]
        raise SurveyError(f"survey.run: two articles have the article_id {twice!r}; give each its own.")


def _passages(articles: pd.DataFrame, *, parser: bool) -> pd.DataFrame:
    """Return text, article (its number in the batch) and voice_number of each passage in English, in their order."""
    sentences = segmentation.split(articles[articles["english"]])
    sentences = sentences[sentences["part"] != "furniture"]
    number = pd.Series(range(len(articles)), index=articles["article_id"])
    if parser:
        found = quotation.passages(sentences, quotation.extract(articles[articles["english"]]))
        voices = found["voice"].map({voice: i for i, voice in enumerate(tables.VOICES)})
        return pd.DataFrame(
            {"text": found["text"], "article": found["article_id"].map(number), "voice_number": voices.astype("int64")}
        )
    texts, owners, voices = [], [], []
    bodies = articles["text"].tolist()
    quoted = {i: _spoken(bodies[i]) for i in np.flatnonzero(articles["english"]) if _MARK.search(bodies[i])}
    for owner, start, end, text in zip(
        sentences["article_id"].map(number).tolist(),
        sentences["start"].tolist(),
        sentences["end"].tolist(),
        sentences["text"].tolist(),
        strict=True,
    ):
        for a, b, voice in _cut(start, end, quoted.get(owner, ())):
            texts.append(text[a - start : b - start])
            owners.append(owner)
            voices.append(voice)
    return pd.DataFrame({"text": pd.Series(texts, dtype="str"), "article": owners, "voice_number": voices}).astype(
        {"article": "int64", "voice_number": "int64"}
    )


def _english(text: str) -> bool:
    """Return what :func:`inspection.is_english` says of a text, by four words where they are enough."""
    sample = text[:20_000]
    # A long text with so many of them is English for the most part: no other language has the better of it there.
    sure = len(sample) >= LONG and len(sample) < LETTERS_A_WORD * sum(map(sample.count, _ENGLISH))
    return sure or inspection.is_english(text)


def _spoken(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _QUOTED.finditer(text) if len(found.group().split()) >= SPOKEN]


def _cut(start: int, end: int, quoted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and voice of the parts of a sentence."""
    narration, quotation_ = tables.VOICES.index("narration"), tables.VOICES.index("quotation")
    at = start
    for a, b in quoted:
        if b <= at or a >= end:
            continue
        if a > at:
            yield at, a, narration
        at = min(b, end)
        yield max(a, start), at, quotation_
    if at < end:
        yield at, end, narration


def _numbered(encoded: segmentation.Encoded) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the number of each token's term, and the terms so numbered with their hashes, in order of the hash."""
    used = np.flatnonzero(np.bincount(encoded.codes))
    words = pd.DataFrame({"term": pd.Series([encoded.terms[code] for code in used], dtype="str")})
    words["hash"] = _hashes(words["term"])
    words = words.sort_values("hash", kind="stable")
    number = np.zeros(int(used.max(initial=0)) + 1, dtype=np.int64)
    number[used[words.index]] = np.arange(len(used))
    return number[encoded.codes], words.reset_index(drop=True)


def _hashes(terms: pd.Series) -> np.ndarray:
    return pd.util.hash_array(terms.to_numpy(dtype=object)) if len(terms) else np.zeros(0, np.uint64)


def _held(article: np.ndarray, voice: np.ndarray, terms: np.ndarray, n_terms: int) -> pd.DataFrame:
    """Return how often each article holds each term in each voice, and which of these voices is its first."""
    keys = np.sort((article * max(1, n_terms) + terms) * len(tables.VOICES) + voice)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    place, voice = np.divmod(keys[first], len(tables.VOICES))
    article, term = np.divmod(place, max(1, n_terms))
    n = np.diff(first, append=len(keys))
    return pd.DataFrame(
        {"article": article, "voice": voice, "term": term, "n": n, "first": np.diff(place, prepend=-1) != 0}
    )


def _counts(held: pd.DataFrame, sources: pd.Series, n_terms: int) -> pd.DataFrame:
    """Return how often each source uses each term in each voice; ``term`` is a number.

    ``n_articles`` hold it in this voice, ``n_first`` of them in none before: an article with a term in two voices
    counts once where the voices are added up.
    """
    codes, names = pd.factorize(sources)
    place = codes[held["article"].to_numpy()] * len(tables.VOICES) + held["voice"].to_numpy()
    where, distinct = pd.factorize(place * max(1, n_terms) + held["term"].to_numpy())
    place, term = np.divmod(distinct, max(1, n_terms))
    source, voice = np.divmod(place, len(tables.VOICES))
    sums = {
        name: np.bincount(where, weights=weights, minlength=len(distinct)).astype(np.int64)
        for name, weights in (("n", held["n"]), ("n_articles", None), ("n_first", held["first"]))
    }
    return pd.DataFrame({"source": pd.Categorical.from_codes(source, names), "voice": voice, "term": term, **sums})


def _per_voice(
    n_articles: int,
    article: np.ndarray,
    voice: np.ndarray,
    scored: np.ndarray,
    token_article: np.ndarray,
    token_voice: np.ndarray,
) -> pd.DataFrame:
    """Return a row for each article and voice: its passages, those scored 0, the sum of polarities, and its tokens."""
    size = n_articles * len(tables.VOICES)
    place = article * len(tables.VOICES) + voice
    polarity = np.zeros(size, dtype=np.int64)
    np.add.at(polarity, place, np.rint(scored * UNIT).astype(np.int64))
    tokens = np.bincount(token_article * len(tables.VOICES) + token_voice, minlength=size)
    table = pd.DataFrame(
        {
            "article": np.repeat(np.arange(n_articles), len(tables.VOICES)),
            "voice": np.tile(np.arange(len(tables.VOICES)), n_articles),
            "n": np.bincount(place, minlength=size),
            "n_zero": np.bincount(place, weights=scored == 0, minlength=size).astype(np.int64),
            "polarity": polarity / UNIT,
            "tokens": tokens,
        }
    )
    return table.assign(all_tokens=table.groupby("article")["tokens"].transform("sum"))


def _per_article(articles: pd.DataFrame, per_voice: pd.DataFrame) -> pd.DataFrame:
    sums = per_voice.groupby("article")[["n", "polarity", "tokens"]].sum()
    quoted = per_voice[per_voice["voice"] == tables.VOICES.index("quotation")]["tokens"].to_numpy()
    columns = {
        "n_tokens": sums["tokens"].to_numpy(),
        "n_quoted": quoted,
        "n_passages": sums["n"].to_numpy(),
        "mean": (sums["polarity"] / sums["n"].where(sums["n"] > 0)).to_numpy(),
    }
    described = articles[["article_id", "source", "published", "title", "english"]]
    return tables.make("surveyed", described.assign(**columns))


def _sums(per_voice: pd.DataFrame, places: pd.DataFrame, *, value: str, of: str) -> pd.DataFrame:
    """Return, by source, voice and month, the sums that a ratio of two sums over articles and its error need."""
    rows = per_voice[per_voice[of] > 0]
    v, o = rows[value].to_numpy(dtype=float), rows[of].to_numpy(dtype=float)
    products = {"value": v, "of": o, "value_value": v * v, "value_of": v * o, "of_of": o * o}
    whole = {name: np.rint(numbers * UNIT).astype(np.int64) for name, numbers in products.items()}
    table = places.take(rows["article"]).reset_index(drop=True)
    table = table.assign(
        voice=pd.Series(tables.VOICES, dtype="str").take(rows["voice"]).array,
        n_articles=1,
        n=rows["n"].to_numpy(),
        n_zero=rows["n_zero"].to_numpy(),
        **whole,
    )
    return table.groupby(["source", "voice", "month"], dropna=False, as_index=False)[list(_SUMS)].sum()


def _content(held: pd.DataFrame) -> pd.DataFrame:
    """Return what an article is about: its terms, ascending, and how often it holds them in any voice."""
    first = np.flatnonzero(held["first"])
    return held.loc[first, ["article", "term"]].assign(n=np.add.reduceat(held["n"].to_numpy(), first))


def _merge(parts: list[Path], settings: Settings, *, threads: int) -> tuple[Survey, int]:
    articles = tables.make("surveyed", _joined(parts, "articles", tables.make("surveyed")))
    _each_its_own(articles["article_id"])
    numbers = articles.reset_index(drop=True)
    # What waits for another comes after it, so that one thread alone gets through. Most of the work is Arrow's and
    # numpy's, which let other threads run meanwhile.
    with ThreadPoolExecutor(threads) as pool:
        counted = pool.submit(_Counted.of, parts)
        alike = pool.submit(lambda: duplicates.pairs(_signatures(parts)))
        telling = pool.submit(lambda: _telling(parts, counted.result(), int(articles["english"].sum())))
        by_source = pool.submit(lambda: counted.result().by_source())
        by_voice = pool.submit(lambda: counted.result().by_voice())
        key_terms = pool.submit(lambda: _key_terms(by_source.result()))
        groups = pool.submit(lambda: storylines.group(_days(articles), *telling.result()))
    found = Survey(
        articles=articles,
        frequencies=by_source.result(),
        voice_frequencies=by_voice.result(),
        key_terms=key_terms.result(),
        tones=_tones(parts, settings.engine),
        voices=_voices(parts),
        duplicates=duplicates.named(alike.result(), numbers),
        storylines=storylines.named(groups.result(), numbers),
    )
    return found, int(_joined(parts, "left_out", pd.DataFrame({"n": [0]}))["n"].sum())


def _joined(parts: list[Path], name: str, empty: pd.DataFrame) -> pd.DataFrame:
    found = [pd.read_parquet(part / f"{name}.parquet") for part in parts]
    return pd.concat([table for table in found if len(table)] or [empty], ignore_index=True)


class _Counted(NamedTuple):
    """The counts of all parts, added up as numbers: words come back in only where a table is made of them."""

    terms: pd.Series
    sources: list[str]
    # The number of each part's own terms among all terms, which are in order of their hashes.
    numbers: list[np.ndarray]
    # A key, which is (source * 3 + voice) * number of terms + term, ascending; n, n_articles and n_first of each.
    sums: np.ndarray

    @classmethod
    def of(cls, parts: list[Path]) -> "_Counted":
        terms, numbers = _vocabulary(parts)
        sources: dict[str, int] = {}
        total, waiting = np.zeros((4, 0), dtype=np.int64), []
        for number, (part, own) in enumerate(zip(parts, numbers, strict=True), 1):
            counts = pd.read_parquet(part / "counts.parquet")
            codes, names = pd.factorize(counts["source"])
            source = np.array([sources.setdefault(name, len(sources)) for name in names], dtype=np.int64)[codes]
            key = (source * len(tables.VOICES) + counts["voice"].to_numpy()) * len(terms) + own[counts["term"]]
            waiting.append(np.stack([key, *(counts[name].to_numpy() for name in ("n", "n_articles", "n_first"))]))
            # Adding up costs as much as is there already: it waits until as much again has come.
            if number == len(parts) or sum(rows.shape[1] for rows in waiting) > max(1_000_000, total.shape[1]):
                total, waiting = _added(np.concatenate([total, *waiting], axis=1)), []
        return cls(terms, list(sources), numbers, total)

    def document_frequency(self) -> np.ndarray:
        """Return how many articles hold each term."""
        term = self.sums[0] % max(1, len(self.terms))
        return np.bincount(term, weights=self.sums[3], minlength=len(self.terms)).astype(np.int64)

    def by_voice(self) -> pd.DataFrame:
        groups = pd.MultiIndex.from_product([self.sources, tables.VOICES], names=["source", "voice"])
        return self._frequencies(self.sums[:3], groups.to_frame(index=False).astype("str"))

    def by_source(self) -> pd.DataFrame:
        place, term = np.divmod(self.sums[0], max(1, len(self.terms)))
        key = place // len(tables.VOICES) * len(self.terms) + term
        sums = _added(np.stack([key, self.sums[1], self.sums[3]]))
        return self._frequencies(sums, pd.DataFrame({"source": pd.Series(self.sources, dtype="str")}))

    def _frequencies(self, sums: np.ndarray, groups: pd.DataFrame) -> pd.DataFrame:
        """Return a table of frequencies; ``groups`` has a row for each number that precedes a term's in the key."""
        columns = list(groups)
        if not sums.shape[1]:
            return frequency.count(tables.make("tokens"), by=columns)
        group, term = np.divmod(sums[0], len(self.terms))
        rank, alphabetical = (_rank(names) for names in (groups, self.terms.to_frame()))
        order = np.lexsort((alphabetical[term], -sums[1], rank[group]))
        group, term, n, n_articles = group[order], term[order], *sums[1:, order]
        n_tokens = np.bincount(group, weights=n, minlength=len(groups)).astype(np.int64)[group]
        counted = {"n": n, "n_tokens": n_tokens, "per_million": n / n_tokens * 1e6, "n_articles": n_articles}
        table = groups.take(group).reset_index(drop=True)
        return table.assign(term=self.terms.take(term).array, **counted, dispersion=np.nan)


def _vocabulary(parts: list[Path]) -> tuple[pd.Series, list[np.ndarray]]:
    """Return all terms in order of their hashes, and for each part the numbers of its own terms among them."""
    met: dict[str, int] = {}
    numbers = []
    for part in parts:
        words = pd.read_parquet(part / "terms.parquet")["term"].tolist()
        numbers.append(np.array([met.setdefault(word, len(met)) for word in words], dtype=np.int32))
    terms = pd.Series(list(met), dtype="str", name="term")
    order = np.argsort(_hashes(terms), kind="stable")
    place = np.zeros(len(order), dtype=np.int32)
    place[order] = np.arange(len(order))
    return terms.take(order).reset_index(drop=True), [place[own] for own in numbers]


def _added(sums: np.ndarray) -> np.ndarray:
    """Add up the columns that have the same key, which is their first row."""
    sums = sums[:, np.argsort(sums[0], kind="stable")]
    first = np.flatnonzero(np.diff(sums[0], prepend=-1))
    return np.concatenate([sums[:1, first], np.add.reduceat(sums[1:], first, axis=1)])


def _rank(names: pd.DataFrame) -> np.ndarray:
    """Return the place of each row in order of all its columns."""
    rank = np.zeros(len(names), dtype=np.int64)
    rank[names.sort_values(list(names)).index] = np.arange(len(names))
    return rank


def _key_terms(frequencies: pd.DataFrame, min_n: int = 5) -> pd.DataFrame:
    sources = frequencies["source"].unique()
    if len(sources) < 2:
        return tables.make("survey_key_terms")
    # As categories, words are compared as the numbers that they are kept as.
    frequencies = frequencies.astype({"source": "category", "term": "category"})
    # Rare terms go before the comparisons, not in each of them; a source keeps one row, which says its size.
    enough = frequencies.groupby("term", observed=True)["n"].transform("sum") >= min_n
    rows = frequencies[enough | ~frequencies.duplicated("source")]
    found = [keyness.score(rows, target=source, min_n=min_n).assign(source=source) for source in sources]
    table = pd.concat([terms[terms["conservative_log_ratio"] != 0] for terms in found], ignore_index=True)
    return tables.make("survey_key_terms", table)


def _tones(parts: list[Path], engine: str) -> pd.DataFrame:
    rows = _ratios(_joined(parts, "tones", pd.DataFrame(columns=["source", "voice", "month", *_SUMS])))
    return tables.make("survey_tones", rows.rename(columns={"ratio": "mean"}).assign(engine=engine))


def _voices(parts: list[Path]) -> pd.DataFrame:
    rows = _ratios(_joined(parts, "voices", pd.DataFrame(columns=["source", "voice", "month", *_SUMS])))
    rows = rows.assign(n=rows["value"] // UNIT, n_tokens=rows["of"] // UNIT, low=rows["low"].clip(lower=0))
    used = rows.groupby("voice")["n"].transform("sum") > 0
    return tables.make("survey_voices", rows[used].rename(columns={"ratio": "share"}).reset_index(drop=True))


def _ratios(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the ratio of value to of, with its interval, by source, voice and month, and over all months.

    The error is that of a ratio of two sums over articles drawn at random (Cochran 1977, Sampling Techniques, 6.4),
    with Student's t.
    """
    from scipy.special import stdtrit

    months = sums.groupby(["source", "voice", "month"], dropna=False, as_index=False)[list(_SUMS)].sum()
    whole = months[months["month"].notna()].groupby(["source", "voice"], as_index=False)[list(_SUMS)].sum()
    undated = months[months["month"].isna()]
    whole = pd.concat([whole.assign(month=None), undated], ignore_index=True)
    whole = whole.groupby(["source", "voice"], as_index=False)[list(_SUMS)].sum().assign(month=None)
    rows = pd.concat([whole, months[months["month"].notna()]], ignore_index=True).astype({"month": "str"})
    v, o, vv, vo, oo = (rows[name].to_numpy(dtype=float) / UNIT for name in _SUMS[3:])
    k = rows["n_articles"].to_numpy(dtype=float)
    ratio = v / o
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.maximum(vv - 2 * ratio * vo + ratio**2 * oo, 0)
        margin = np.where(k > 1, stdtrit(np.maximum(k - 1, 1), 0.975) * np.sqrt(k / (k - 1) * spread) / o, np.nan)
    rows = rows.assign(ratio=ratio, low=np.maximum(ratio - margin, -1), high=np.minimum(ratio + margin, 1))
    return rows.sort_values(["source", "voice", "month"], na_position="first", ignore_index=True)


def _signatures(parts: list[Path]) -> np.ndarray:
    found = [pd.read_parquet(part / "signatures.parquet")["signature"] for part in parts]
    rows = b"".join(b"".join(column) for column in found)
    return np.frombuffer(rows, dtype=np.uint32).reshape(-1, duplicates.BINS)


def _telling(parts: list[Path], counted: _Counted, n_articles: int) -> tuple[np.ndarray, ...]:
    """Return the most telling terms of each article, by what all parts together know of how common they are."""
    common = counted.document_frequency()
    offset, found = 0, [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for part, own in zip(parts, counted.numbers, strict=True):
        content = pd.read_parquet(part / "content.parquet")
        terms = own[content["term"]]
        article, term, weight = storylines.weigh(
            content["article"].to_numpy(),
            terms,
            content["n"].to_numpy(),
            document_frequency=common[terms],
            n_articles=n_articles,
        )
        found.append((article + offset, term, weight))
        offset += len(pd.read_parquet(part / "articles.parquet", columns=["source"]))
    return tuple(np.concatenate(arrays) for arrays in zip(*found, strict=True))


def _days(articles: pd.DataFrame) -> np.ndarray:
    return ((articles["published"] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(dtype=float)


def _publish(found: Survey, folder: Path, about: dict) -> None:
    for name, table in found._asdict().items():
        _atomically(folder / f"{name}.parquet", lambda path, table=table: _save(table, path))
    _atomically(folder / "about.json", lambda path: path.write_text(json.dumps(about, indent=1), "utf-8"))


def _save(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, index=False, compression="zstd")


def _atomically(path: Path, write) -> None:
    """Write beside the file and put it in its place when it is whole and on the disk."""
    partial = path.with_name(f"{path.name}.partial")
    write(partial)
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())
    partial.replace(path)
