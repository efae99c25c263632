"""The service beside its promises, in one run: what everything but reading costs a case, whether
time and memory stay flat over many cases, and what three workers do that one does not.

``CASES=10000 python -m pytest tests/bench/test_service.py -m bench -s``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from flows.reading import Reader
from pipeline.intake.case import list_case
from pipeline.settings import Limits, load_settings
from tests.own_postgres import OwnPostgres

ROOT = Path(__file__).parents[2]
INBOX = ROOT / "samples" / "inbox"
CASES = int(os.environ.get("CASES", "10000"))
SAMPLES = 4
"""Sample cases that are read for comparison."""
OVERHEAD = 0.05
FLAT = 1.15
THREE = 2.7
SHARED = 120
"""Cases that three workers share."""
WAITS = "2.0"
"""Seconds that the engine waits for each of a case's two files, as if another machine computed."""


def bench(*words: object, **more: str) -> str:
    """Run a part of the bench in a process of its own; what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.service_work", *map(str, words)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def ended(out: Path) -> list[float]:
    """When each case was done, in seconds."""
    told = (json.loads(line) for line in (out / "run.log").read_text("utf-8").splitlines())
    moments = (e["timestamp"] for e in told if e["event"] == "case done")
    return sorted(datetime.fromisoformat(moment).timestamp() for moment in moments)


@contextmanager
def variables(database: str) -> Iterator[dict[str, str]]:
    """The environment of a store on this database."""
    if database == "sqlite":
        yield {}
        return
    with OwnPostgres() as server:
        yield {"YIJIANSHI_DATABASE_URL": server.address()}


@pytest.mark.bench
@pytest.mark.timeout(36000)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_time_and_memory_stay_flat(database: str, tmp_path: Path) -> None:
    with variables(database) as environment:
        bench("make", tmp_path, CASES)
        told: dict[str, Any] = json.loads(bench("run", tmp_path, CASES, **environment))
    moments = ended(tmp_path / "out")
    assert len(list((tmp_path / "hrss").glob("0*"))) == CASES, "all of it was sent"
    assert len(moments) == CASES == len(list((tmp_path / "out" / "records").iterdir()))
    part = min(1000, CASES // 4)
    first, last = moments[part] - moments[0], moments[-1] - moments[-1 - part]
    during = [size for at, size in told["memory"] if moments[part] <= at <= moments[-1]]
    warm, end = max(during[: len(during) // 3]), max(during[-len(during) // 3 :])
    most = max(size for _, size in told["memory"])
    report = (tmp_path / "out" / "report.html").stat().st_size
    print(  # noqa: T201  a benchmark's result
        f"\n{database}: {CASES} cases, {1000 * (moments[-1] - moments[0]) / CASES:.0f} ms a case; "
        f"last {part} {last / first:.2f} x the first; memory, first to last third of the cases: "
        f"{warm >> 20} to {end >> 20} MB ({end / warm:.2f} x), with the report {most >> 20} MB; "
        f"report {report / CASES / 1024:.1f} KiB a case; "
        f"{told['database_bytes'] / CASES / 1024:.1f} KiB of database a case"
    )
    assert last <= FLAT * first
    assert end <= FLAT * warm


@pytest.mark.bench
@pytest.mark.engine
@pytest.mark.timeout(3600)
def test_everything_but_reading_is_a_small_part(tmp_path: Path) -> None:
    settings = load_settings()
    samples = sorted(path for path in INBOX.iterdir() if path.is_dir())[:SAMPLES]
    reading = []
    with Reader(settings, 1) as reader:
        reader.read(list_case(samples[0], Limits()).files)  # models load
        for path in samples:
            began = time.perf_counter()
            reader.read(list_case(path, Limits()).files)
            reading.append(time.perf_counter() - began)
    bench("make", tmp_path, 300)
    bench("run", tmp_path, 300)
    moments = ended(tmp_path / "out")
    rest = (moments[-1] - moments[50]) / (len(moments) - 51)
    assert len(list((tmp_path / "hrss").glob("0*"))) == 300, "all of it was sent"
    print(  # noqa: T201  a benchmark's result
        f"\nreading a case: median {median(reading):.2f} s; all else (checks, outputs, store, "
        f"flow, delivery): {rest:.3f} s, {rest / median(reading):.1%} of it"
    )
    assert rest <= OVERHEAD * median(reading)


@pytest.mark.bench
@pytest.mark.timeout(3600)
def test_three_workers_do_almost_three_times_as_much(tmp_path: Path) -> None:
    seconds = {}
    for workers in (1, 3):
        folder = tmp_path / str(workers)
        folder.mkdir()
        with variables("postgresql") as environment:
            bench("make", folder, SHARED)
            bench("arrive", folder, **environment)
            environment |= {"ENGINE_WAITS": WAITS, "PYTHONPATH": str(ROOT)}
            command = [sys.executable, "-W", "ignore", "-m", "tests.bench.service_work", "work"]
            processes = [
                subprocess.Popen(
                    [*command, str(folder), str(number), str(workers)],
                    cwd=ROOT,
                    env=os.environ | environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                for number in range(workers)
            ]
            for process in processes:
                assert process.stdout is not None and process.stdout.readline() == "ready\n"
            began = time.perf_counter()
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("go\n")
                process.stdin.flush()
            for process in processes:
                process.communicate()
                assert process.returncode == 0
            seconds[workers] = time.perf_counter() - began
        assert len(ended(folder / "out")) == SHARED
        shutil.rmtree(folder)
    print(  # noqa: T201  a benchmark's result
        f"\n{SHARED} cases, the engine waiting: one worker {seconds[1]:.1f} s, three "
        f"{seconds[3]:.1f} s, {seconds[1] / seconds[3]:.2f} times"
    )
    assert seconds[1] >= THREE * seconds[3]
