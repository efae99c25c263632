"""The process pool: work comes back, a dead child is survived."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from flows.pool import OcrPool, PoolBroken


def _start(greeting: str) -> None:
    os.environ["POOL_TEST_GREETING"] = greeting


def _greet(name: str) -> str:
    return f"{os.environ['POOL_TEST_GREETING']} {name}"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


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
