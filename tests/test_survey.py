"""Surveys: the same tables whatever the batches, the workers and the interruptions; near-duplicates and storylines."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis import (
    batches,
    captions,
    charts,
    corpus,
    duplicates,
    frequency,
    inspection,
    keyness,
    segmentation,
    sentiment,
    storylines,
    survey,
)
from analysis.__main__ import app

# Words of no story, some with feeling and hundreds of none; what an article is about is said by one of TOPICS.
SYLLABLES = ("ka", "lo", "mi", "ne", "ru", "ta", "vo", "zi")
WORDS = sorted({"angry", "happy", "terrible", "great"}) + [a + b + c for a, b, c in product(SYLLABLES, repeat=3)]
TOPICS = {
    "bridge": "The Harrow bridge was closed after engineers found cracks in the Harrow pylons.",
    "school": "Pupils of Linden school moved to the Castellan building because the Linden roof leaked.",
    "ferry": "The ferry Marigold ran aground near Pelham, and passengers of the Marigold waited in Pelham.",
}


def story(rng, topic: str | None = None) -> str:
    sentences = []
    for i in range(int(rng.integers(3, 9))):
        words = " ".join(rng.choice(WORDS, size=int(rng.integers(4, 12))))
        sentences.append(f'"That is for {words}," she said.' if i % 3 == 2 else f"It was in the {words}.")
    middle = [TOPICS[topic]] if topic else []
    return " ".join(sentences[:2] + middle) + "\n\n" + " ".join(sentences[2:])


def collection(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    rows = []
    for i in range(n):
        topic = list(TOPICS)[i // 20 % 3] if i % 20 < 4 else None
        rows.append(
            {
                "source": f"paper {i % 3}",
                "published": f"2024-{1 + i // 20:02}-{1 + i % 20 // 4:02}" if i % 15 else None,
                "title": f"Number {i}",
                "text": story(rng, topic),
            }
        )
    rows[41]["text"] = rows[40]["text"].replace(" zi", " zz", 1)
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("collection")
    frame = collection()
    frame.to_csv(place / "news.csv", index=False)
    frame.to_json(place / "news.jsonl", orient="records", lines=True)
    frame.to_parquet(place / "news.parquet", row_group_size=20)
    return place


@pytest.fixture(scope="module")
def whole(folder, tmp_path_factory):
    return survey.run(folder / "news.csv", out=tmp_path_factory.mktemp("whole"), workers=1)


def assert_same(found: survey.Survey, expected: survey.Survey):
    for name in survey.Survey._fields:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name), check_exact=True, obj=name)


def test_counts_are_those_of_the_measures(whole):
    frame = collection()
    articles = corpus.from_records(
        {**row, "article_id": f"news/{i}", "story": "news"} for i, row in enumerate(frame.to_dict("records"))
    )
    sentences = segmentation.split(articles)
    counted = frequency.count(segmentation.tokenize(sentences))
    columns = ["source", "term", "n", "n_tokens", "per_million", "n_articles"]
    pd.testing.assert_frame_equal(whole.frequencies[columns], counted[columns])
    assert whole.frequencies["dispersion"].isna().all()
    assert whole.articles["article_id"].tolist() == articles["article_id"].tolist()
    key_terms = keyness.score(counted, target="paper 1")
    ours = whole.key_terms[whole.key_terms["source"] == "paper 1"].drop(columns="source").reset_index(drop=True)
    expected = key_terms[key_terms["conservative_log_ratio"] != 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, expected)


def test_voices_and_tones_by_hand(tmp_path):
    records = [
        {"source": "daily", "published": "2024-01-05", "text": 'A great day. "This is a terrible plan," she said.'},
        {"source": "daily", "published": "2024-02-05", "text": "A bad day. It rained."},
        {"source": "daily", "text": "A so-called «great» day"},
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    found = survey.run(tmp_path / "x.jsonl", out=tmp_path / "out", workers=1)
    scored = sentiment.score(
        pd.DataFrame({"text": ["A great day.", " she said.", "A bad day.", "It rained.", "A so-called «great» day"]})
    )["polarity"]
    tones = found.tones.set_index(["voice", "month"])
    told = tones.loc[("narration", np.nan)]
    assert told[["n_articles", "n", "n_zero"]].tolist() == [3, 5, int((scored == 0).sum())]
    assert told["mean"] == pytest.approx(scored.mean())
    assert told["low"] <= told["mean"] <= told["high"]
    january = tones.loc[("quotation", "2024-01")]
    assert january["mean"] == sentiment.score(pd.DataFrame({"text": ['"This is a terrible plan,"']}))["polarity"].item()
    assert np.isnan(january["low"])
    voices = found.voices.set_index(["voice", "month"])
    assert voices.loc[("quotation", "2024-01"), ["n", "n_tokens"]].tolist() == [5, 10]
    assert voices.loc[("quotation", "2024-01"), "share"] == 0.5
    assert voices.loc[("quotation", np.nan), ["n_articles", "n", "n_tokens"]].tolist() == [3, 5, 19]
    assert "reported" not in set(found.voices["voice"])
    assert found.articles[["n_tokens", "n_quoted"]].to_numpy().tolist() == [[10, 5], [5, 0], [4, 0]]


def test_interval_is_that_of_a_ratio_over_articles(whole):
    frame = whole.articles[whole.articles["source"] == "paper 0"]
    row = whole.voices[(whole.voices["source"] == "paper 0") & (whole.voices["voice"] == "quotation")].iloc[0]
    v, o = frame["n_quoted"].to_numpy(float), frame["n_tokens"].to_numpy(float)
    ratio, k = v.sum() / o.sum(), len(frame)
    error = np.sqrt(k / (k - 1) * ((v - ratio * o) ** 2).sum()) / o.sum()
    from scipy.stats import t

    assert row["share"] == pytest.approx(ratio)
    assert row["high"] - row["share"] == pytest.approx(t.ppf(0.975, k - 1) * error)


@pytest.mark.parametrize("size", [1, 7, 60])
def test_any_batches_give_the_same(folder, whole, tmp_path, size):
    assert_same(survey.run(folder / "news.csv", out=tmp_path, size=size, workers=1), whole)


@pytest.mark.parametrize("name", ["news.jsonl", "news.parquet"])
def test_any_format_gives_the_same(folder, whole, tmp_path, name):
    found = survey.run(folder / name, out=tmp_path, size=4, workers=1)
    assert_same(found, whole)
    assert_same(survey.load(tmp_path), whole)
    assert not (tmp_path / ".survey").exists()


def test_any_executor_gives_the_same(folder, whole, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        assert_same(survey.run(folder / "news.csv", out=tmp_path / "threads", size=11, executor=pool), whole)
    assert_same(survey.run(folder / "news.csv", out=tmp_path / "processes", size=20, workers=2), whole)


def test_a_killed_run_goes_on_where_it_was(folder, whole, tmp_path):
    code = f"""
import time
from analysis import survey
take = survey.take
def slow(*arguments):
    time.sleep(0.2)
    return take(*arguments)
survey.take = slow
survey.run({str(folder / "news.csv")!r}, out={str(tmp_path)!r}, size=3, workers=1)
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    parts = tmp_path / ".survey" / "parts"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(_done(parts)) < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {part: part.stat().st_mtime_ns for part in _done(parts)}
    assert 3 <= len(done) < 20
    assert not (tmp_path / "tones.parquet").exists()
    read = []
    original = batches.read

    def counting(batch, *, columns):
        read.append(batch)
        return original(batch, columns=columns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "read", counting)
        found = survey.run(folder / "news.csv", out=tmp_path, size=3, workers=1)
    assert len(read) == 20 - len(done)
    assert_same(found, whole)


def _done(parts: Path) -> list[Path]:
    return [part for part in parts.iterdir() if part.suffix != ".partial"] if parts.exists() else []


def test_other_input_or_settings_start_anew(folder, tmp_path):
    copy = tmp_path / "news.csv"
    copy.write_bytes((folder / "news.csv").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "_merge", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            survey.run(copy, out=tmp_path / "out", size=20, workers=1)
    assert len(_done(tmp_path / "out" / ".survey" / "parts")) == 3
    collection().head(20).to_csv(copy, index=False)
    found = survey.run(copy, out=tmp_path / "out", size=20, workers=1)
    assert len(found.articles) == 20


# Dask's own warnings, of its clusters on this machine.
DASK = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def dask_cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster


@DASK
def test_dask_cluster_of_two_workers_from_the_command_line(folder, whole, tmp_path, dask_cluster):
    command = ["survey", "news.csv", "--out", tmp_path / "out", "--scheduler", dask_cluster.scheduler_address]
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *map(str, command)], capture_output=True, text=True, cwd=folder, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{tmp_path / 'out'}\n", "")
    assert_same(survey.load(tmp_path / "out"), whole)


@DASK
def test_dask_cluster_of_two_workers_loses_one_and_gives_the_same(folder, whole, tmp_path, dask_cluster):
    from distributed import Client

    with Client(dask_cluster) as client:
        pid = client.submit(os.getpid, pure=False).result()
        client.run(_slow_down)
        with survey.cluster(dask_cluster.scheduler_address) as executor, ThreadPoolExecutor(1) as watcher:
            killed = watcher.submit(_kill_after_two_parts, pid, tmp_path / ".survey" / "parts")
            found = survey.run(folder / "news.csv", out=tmp_path, size=3, executor=executor)
            assert killed.result()
    assert_same(found, whole)


def _slow_down():
    take = survey._measure

    def slow(*arguments):
        time.sleep(0.2)
        return take(*arguments)

    survey._measure = slow


def _kill_after_two_parts(pid: int, parts: Path) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(_done(parts)) < 2:
        time.sleep(0.02)
    left = 20 - len(_done(parts))
    os.kill(pid, signal.SIGKILL)
    return left > 0


def test_folders_of_articles(tmp_path):
    found = survey.run(corpus.HOME, out=tmp_path / "out", size=2, workers=1)
    assert {"facebook-trump-posts/commentary", "facebook-trump-posts/dispatch"} <= set(found.articles["article_id"])
    assert found.articles["published"].notna().any()


def test_with_the_parser_reported_speech_is_a_voice(tmp_path):
    text = "Mayor Ann Hill said that the bridge would be closed for weeks. It rained."
    (tmp_path / "x.jsonl").write_text(json.dumps({"source": "daily", "text": text}), "utf-8")
    found = survey.run(tmp_path / "x.jsonl", out=tmp_path / "out", workers=1, parser=True)
    assert "reported" in set(found.voices["voice"])
    assert found.voices["n"].sum() == found.articles["n_tokens"].sum()


def test_csv_with_line_ends_and_quotation_marks_in_its_fields(tmp_path):
    rows = [{"source": "daily", "text": f'Line "one"\n\nand "two, {i}\r\nthree"'} for i in range(23)]
    pd.DataFrame(rows).to_csv(tmp_path / "x.csv", index=False)
    planned = batches.plan(tmp_path / "x.csv", size=4, spool=tmp_path)
    texts = [text for batch in planned for text in batches.read(batch, columns={})[0]["text"]]
    assert texts == pd.read_csv(tmp_path / "x.csv")["text"].tolist()
    assert batches.count(planned) == 23


def test_rows_left_out_are_counted_and_columns_renamed(tmp_path):
    frame = pd.DataFrame(
        {
            "outlet": ["a", None, "b"],
            "body": ["One text.", "Two.", " "],
            "id": ["x", "y", "z"],
            "published": ["2020-01-01", "?", ""],
        }
    )
    frame.to_csv(tmp_path / "x.csv", index=False)
    columns = {"source": "outlet", "text": "body", "article_id": "id"}
    found = survey.run(tmp_path / "x.csv", out=tmp_path / "out", columns=columns, workers=1)
    assert found.articles["article_id"].tolist() == ["x"]
    assert json.loads((tmp_path / "out" / "about.json").read_text("utf-8"))["rows_left_out"] == 2
    assert found.key_terms.empty


def test_nothing_to_survey_gives_empty_tables(tmp_path):
    (tmp_path / "x.csv").write_text("source,text\n,\n", "utf-8")
    found = survey.run(tmp_path / "x.csv", out=tmp_path / "out", workers=1)
    assert all(table.empty for table in found)
    assert found.tones.dtypes["mean"] == "float64"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "x.csv",
            "source,body\na,b\n",
            "'x.csv' has no column 'text'; it has 'source', 'body'. Say which holds it: columns={'text': ...}.",
        ),
        ("x.csv", "sorce,text\na,b\n", "'x.csv' has no column 'source'; it has 'sorce', 'text'. Did you mean 'sorce'?"),
        (
            "x.jsonl",
            '{"source": "a", "text": "b"}\n{"source"\n',
            "'x.jsonl', line 2: Expecting ':' delimiter; each line is to be one object.",
        ),
        ("x.jsonl", '["a"]\n', "'x.jsonl', line 1 is no object; each line is to be one: {...}."),
        ("x.txt", "a", "'x.txt' is no table of articles; give a .csv, .jsonl, .ndjson, .parquet file, or a folder."),
    ],
)
def test_errors_of_input(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(batches.BatchError) as caught:
        survey.run(tmp_path / name, out=tmp_path / "out", workers=1)
    assert str(caught.value) == message


def test_errors_of_the_call(tmp_path):
    (tmp_path / "news.csv").write_text("source,text\n", "utf-8")
    with pytest.raises(
        batches.BatchError, match=r"^there is no file or folder '.*news\.cvs'\. Did you mean 'news\.csv'\?$"
    ):
        survey.run(tmp_path / "news.cvs", out=tmp_path / "out")
    with pytest.raises(survey.SurveyError, match=r"^survey\.run: no engine 'blob'; there is textblob, vader, blend\.$"):
        survey.run(tmp_path / "news.csv", out=tmp_path / "out", engine="blob")
    with pytest.raises(
        survey.SurveyError, match=r"^survey\.run: size is 0 and workers None; both are to be 1 or more\.$"
    ):
        survey.run(tmp_path / "news.csv", out=tmp_path / "out", size=0)
    with pytest.raises(
        survey.SurveyError, match=r"^survey\.load: '.*' has no articles\.parquet; run the survey to its end"
    ):
        survey.load(tmp_path)
    pd.DataFrame({"source": "a", "text": "One two.", "article_id": ["x", "x"]}).to_csv(tmp_path / "twice.csv")
    with pytest.raises(
        survey.SurveyError, match=r"^survey\.run: two articles have the article_id 'x'; give each its own\.$"
    ):
        survey.run(tmp_path / "twice.csv", out=tmp_path / "out", workers=1)


@pytest.fixture
def scheduled(folder, tmp_path, monkeypatch):
    """Give a function that surveys by a scheduler from the command line, and returns status and sentence."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(survey, "ANSWER", 0.5)

    def run(address: str) -> tuple[int, str]:
        command = ["survey", str(folder / "news.csv"), "--out", str(tmp_path), "--scheduler", address]
        done = CliRunner().invoke(app, command, catch_exceptions=False)
        assert done.stdout == ""
        return done.exit_code, done.stderr

    return run


NONE_ANSWERS = (
    "parallax: survey.cluster: no Dask scheduler answers at '{}': {}. "
    "'dask scheduler' starts one and prints its address, such as tcp://node1:8786.\n"
)


@DASK
@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:9", "nothing came in 0.5 s"),
        ("node1", "missing port number in address 'node1'"),
        ("", "missing port number in address ''"),
    ],
)
def test_an_address_where_no_scheduler_is(scheduled, address, reason):
    assert scheduled(address) == (1, NONE_ANSWERS.format(address, reason))


@DASK
def test_a_server_that_says_nothing_is_not_waited_for(scheduled):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        begin = time.monotonic()
        assert scheduled(address) == (1, NONE_ANSWERS.format(address, "nothing came in 0.5 s"))
        assert time.monotonic() - begin < 20


@DASK
def test_a_scheduler_without_workers_is_not_waited_for(scheduled):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None, protocol="tcp") as cluster:
        address = cluster.scheduler_address
        assert scheduled(address) == (
            1,
            f"parallax: survey.cluster: the scheduler at '{address}' has no workers; "
            f"'dask worker {address}' starts one.\n",
        )


def test_a_cluster_that_gives_up_is_said_in_a_sentence(monkeypatch):
    import contextlib

    distributed = pytest.importorskip("distributed")

    class Lost:
        def __init__(self, address, timeout):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def wait_for_workers(self, n, timeout):
            pass

        def get_executor(self):
            return contextlib.nullcontext()

    async def greet(address):
        pass

    monkeypatch.setattr(survey, "_greet", greet)
    monkeypatch.setattr(distributed, "Client", Lost)
    with pytest.raises(survey.SurveyError) as caught, survey.cluster("tcp://node1:8786"):
        raise CancelledError
    assert str(caught.value) == (
        "survey.cluster: the cluster at 'tcp://node1:8786' gave up: its scheduler is gone. "
        "Start the survey again, and it goes on where it was."
    )


def test_without_dask_the_sentence_says_what_to_install(scheduled, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    sentence = "parallax: survey.cluster: Dask is not installed; install parallax with its extra: scale.\n"
    assert scheduled("tcp://127.0.0.1:9") == (1, sentence)


GERMAN = "Die Bürgermeisterin sagte, dass die Brücke bis zum Sommer für alle Fahrzeuge gesperrt bleiben wird. "
ENGLISH = "The mayor of the town said that the bridge is to stay shut until the summer, and that it is for the best. "


def test_articles_in_other_languages_are_counted_and_left_out(folder, whole, tmp_path):
    frame = pd.read_csv(folder / "news.csv")
    foreign = [{"source": f"paper {i}", "published": "2024-01-02", "text": GERMAN * 5} for i in (2, 2, 0)]
    more = pd.concat([frame.iloc[:20], pd.DataFrame(foreign), frame.iloc[20:]], ignore_index=True)
    ids = [f"news/{i}" for i in range(20)] + ["de/1", "de/2", "de/3"] + [f"news/{i}" for i in range(20, 60)]
    more.assign(article_id=ids).to_csv(tmp_path / "more.csv", index=False)
    found = survey.run(tmp_path / "more.csv", out=tmp_path / "out", size=7, workers=1)
    left_out = found.articles[~found.articles["english"]]
    assert left_out["article_id"].tolist() == ["de/1", "de/2", "de/3"]
    assert (left_out[["n_tokens", "n_quoted", "n_passages"]] == 0).all(axis=None)
    assert left_out["mean"].isna().all()
    assert_same(found._replace(articles=found.articles[found.articles["english"]].reset_index(drop=True)), whole)
    counted = survey.sources(found.articles).set_index("source")["not_english"]
    assert counted.to_dict() == {"paper 0": 1, "paper 1": 0, "paper 2": 2}


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 12), st.integers(0, 12), st.sampled_from(["", "桥梁将关闭到夏天。", "Мост будет закрыт. ", GERMAN])
)
def test_english_is_what_inspection_says_it_is(n_english, n_other, other):
    text = ENGLISH * n_english + other * n_other
    assert survey._english(text) == inspection.is_english(text)
    assert survey._english(text * 3) == inspection.is_english(text * 3)


def test_storylines_and_duplicates_of_the_collection(whole):
    frame = collection()
    topics = {
        f"news/{i}": next((t for t, text in TOPICS.items() if text in row), None) for i, row in enumerate(frame["text"])
    }
    found = whole.storylines
    assert not found.empty
    line = found.set_index("article_id")["storyline_id"]
    dated = whole.articles.loc[whole.articles["published"].notna(), "article_id"]
    told = {topic: {line[i] for i in dated if topics[i] == topic} for topic in TOPICS}
    assert all(len(lines) == 1 for lines in told.values())
    assert len(set.union(*told.values())) == len(TOPICS)
    assert (found["n_articles"] == found.groupby("storyline_id")["article_id"].transform("size")).all()
    assert found["n_articles"].min() == 2
    pair = whole.duplicates.iloc[0]
    assert {pair["article_id_a"], pair["article_id_b"]} == {"news/40", "news/41"}


def test_days_part_storylines():
    weight = np.array([1.0, 1.0, 1.0, 1.0])
    articles, terms = np.arange(4), np.zeros(4, dtype=np.int64)
    groups = storylines.group(np.array([0.0, 2.0, 10.0, np.nan]), articles, terms, weight)
    assert groups[0] == groups[1]
    assert len(set(groups)) == 3


def jaccard(a: list[int], b: list[int]) -> float:
    one, two = (
        {tuple(words[i : i + duplicates.RUN]) for i in range(len(words) - duplicates.RUN + 1)} for words in (a, b)
    )
    return len(one & two) / len(one | two)


def test_near_duplicates_are_found_and_others_are_not():
    rng = np.random.default_rng(3)
    texts = [rng.integers(0, 5000, size=300).tolist() for _ in range(150)]
    for original in list(texts):
        copy = original.copy()
        for place in rng.choice(len(copy), size=int(rng.integers(0, 12)), replace=False):
            copy[place] = int(rng.integers(5000, 6000))
        texts.append(copy)
    hashes = pd.util.hash_array(np.arange(6000))
    lengths = [len(words) for words in texts]
    signature = duplicates.signatures(np.repeat(np.arange(300), lengths), hashes[np.concatenate(texts)], n_articles=300)
    found = duplicates.pairs(signature, threshold=0.3)
    pairs = {(a, b): s for a, b, s in found.itertuples(index=False, name=None)}
    true = {(i, i + 150): jaccard(texts[i], texts[i + 150]) for i in range(150)}
    near = [pair for pair, similarity in true.items() if similarity >= 0.6]
    assert len(near) > 50
    assert all(pair in pairs for pair in near)
    assert set(pairs) <= set(true)
    assert np.mean([abs(pairs[pair] - true[pair]) for pair in near]) < 0.04


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(st.integers(0, 3), max_size=12), max_size=12))
def test_signatures_depend_on_the_text_alone(texts):
    hashes = pd.util.hash_array(np.arange(4))
    together = duplicates.signatures(
        np.repeat(np.arange(len(texts)), [len(t) for t in texts]).astype(np.int64),
        hashes[np.array([x for t in texts for x in t], dtype=np.int64)],
        n_articles=len(texts),
    )
    for i, text in enumerate(texts):
        alone = duplicates.signatures(
            np.zeros(len(text), dtype=np.int64), hashes[np.array(text, dtype=np.int64)], n_articles=1
        )
        np.testing.assert_array_equal(together[i], alone[0])
    found = duplicates.pairs(together)
    assert (found["a"] < found["b"]).all()
    assert found["similarity"].between(0, 1).all()


def test_many_copies_are_paired_with_the_first():
    signature = np.tile(np.arange(duplicates.BINS, dtype=np.uint32), (300, 1))
    found = duplicates.pairs(signature)
    assert len(found) < 300 * (duplicates.CROWD + 1)
    assert set(found["a"]) | set(found["b"]) == set(range(300))


def test_a_broken_pool_is_started_again(folder, whole, tmp_path, monkeypatch):
    started = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, n_workers, **_):
            super().__init__(n_workers)
            started.append(n_workers)

        def submit(self, function, number, *arguments):
            if len(started) < broken and number == 3:
                raise BrokenProcessPool
            return super().submit(function, number, *arguments)

    monkeypatch.setattr(survey, "ProcessPoolExecutor", Pool)
    broken = 3
    assert_same(survey.run(folder / "news.csv", out=tmp_path, size=10, workers=2), whole)
    assert len(started) == 3
    broken = 99
    with pytest.raises(
        survey.SurveyError, match=r"were ended from outside again and again, for want of memory perhaps"
    ):
        survey.run(folder / "news.csv", out=tmp_path / "again", size=10, workers=2)


def test_progress_shows_on_a_terminal_only(folder, tmp_path, monkeypatch, capsys):
    survey.run(folder / "news.csv", out=tmp_path / "quiet", size=30, workers=1)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    survey.run(folder / "news.csv", out=tmp_path / "shown", size=30, workers=1)
    out, err = capsys.readouterr()
    assert out == ""
    plain = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", err)
    assert re.search(r"60/60 articles, [\d,]+ a second, \d:\d\d:\d\d left", plain)


def test_months_are_drawn_where_they_are(whole):
    tones = whole.tones[whole.tones["voice"] == "narration"]
    ax = charts.months(tones, value="mean")
    drawn = {line.get_gid(): line for line in ax.get_lines() if str(line.get_gid()).startswith("months-")}
    sources = sorted(tones["source"].unique())
    assert [tick.get_text().split("\n")[0] for tick in ax.get_yticklabels()] == sources
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["2024-01", "2024-02", "2024-03"]
    for lane, source in enumerate(sources):
        own = tones[(tones["source"] == source) & tones["month"].notna()]
        heights = lane + 0.4 - np.asarray(drawn[f"months-{lane}"].get_ydata())
        assert np.argsort(heights).tolist() == np.argsort(own["mean"]).tolist()
        assert (np.abs(heights - 0.4) <= 0.4 + 1e-9).all()
    words = captions.months(tones, value="mean", what="polarity")
    assert "n = 60 articles" in words["caption"]
    assert list(words["table"].columns) == ["source", "month", "n_articles", "mean", "low", "high"]
    assert captions.months(tones.head(0), value="mean", what="polarity")["alternative"] == "There is nothing to show."
    assert charts.months(tones.head(0), value="mean").get_xlabel().startswith("month")
