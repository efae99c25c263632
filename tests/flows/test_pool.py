"""The process pool: work comes back, a dead child is survived."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from flows.pool import OcrPool, PoolBroken


def _start(greeting: str) -> None:
    os.environ["POOL_TEST_GREETING"] = greeting


def _greet(name: str) -> str:
    return f"{os.environ['POOL_TEST_GREETING']} {name}"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _parent_of_one_child(answer: Connection) -> None:
    pool = OcrPool(1, _start, ("hello",))
    answer.send(pool.result(pool.submit(os.getpid)))
    time.sleep(60)


def _is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and ") Z " not in stat.read_text()


@pytest.fixture
def pool() -> Iterator[OcrPool]:
    pool = OcrPool(1, _start, ("hello",))
    yield pool
    pool.close()


def test_child_is_started_before_it_works(pool: OcrPool) -> None:
    assert pool.result(pool.submit(_greet, "you")) == "hello you"


def test_pool_works_again_after_a_child_died(pool: OcrPool) -> None:
    with pytest.raises(PoolBroken):
        pool.result(pool.submit(_die))
    assert pool.result(pool.submit(_greet, "again")) == "hello again"


def test_guilty_work_breaks_its_own_child_only(pool: OcrPool) -> None:
    with pytest.raises(PoolBroken):
        pool.run_alone(_die)
    assert pool.run_alone(_greet, "alone") == "hello alone"
    assert pool.result(pool.submit(_greet, "beside")) == "hello beside"


def test_children_are_recycled(pool: OcrPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.pool.RECYCLE_AFTER", 2)
    children = {pool.result(pool.submit(os.getpid)) for _ in range(6)}
    assert len(children) == 3


def test_child_ends_when_its_parent_is_killed() -> None:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    parent = context.Process(target=_parent_of_one_child, args=(theirs,))
    parent.start()
    child: int = mine.recv()
    assert _is_alive(child)
    parent.kill()
    parent.join()
    deadline = time.monotonic() + 30
    while _is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _is_alive(child)
