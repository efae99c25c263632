"""The process pool: work comes back, a dead child is survived."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from flows import pool as rooms
from flows.pool import Bounds, OcrPool, PoolBroken, breathe

pytestmark = pytest.mark.service


def _start(greeting: str) -> None:
    os.environ["POOL_TEST_GREETING"] = greeting


def _greet(name: str) -> str:
    return f"{os.environ['POOL_TEST_GREETING']} {name}"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang() -> None:
    """Holds Python itself, as a library that hangs may: no thread of Python's gets its turn."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def _grow(mib: int) -> int:
    global _leak
    _leak = bytearray(mib << 20)
    _leak[::4096] = b"x" * len(_leak[::4096])  # each of its pages is really there
    return os.getpid()


_leak = bytearray()


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


def test_a_child_that_hangs_ends_itself_and_says_so_alone() -> None:
    pool = OcrPool(1, _start, ("hello",), bounds=Bounds(seconds=2))
    try:
        with pytest.raises(PoolBroken):
            pool.result(pool.submit(_hang))
        with pytest.raises(PoolBroken, match="超时"):
            pool.run_alone(_hang)
        assert pool.result(pool.submit(_greet, "again")) == "hello again"
        with pytest.raises(PoolBroken, match=r"^$"):
            pool.run_alone(_die)
    finally:
        pool.close()


def test_time_begins_anew_with_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []

    def begin(seconds: float, **_: object) -> None:
        begun.append(seconds)

    monkeypatch.setattr("faulthandler.dump_traceback_later", begin)
    breathe()
    assert begun == [], "nothing is bounded outside of a child"
    monkeypatch.setattr(rooms, "_bounds", Bounds(seconds=7))
    with open(os.devnull, "wb") as hang:  # noqa: PTH123  as a child has it
        monkeypatch.setattr(rooms, "_hang", hang)
        breathe()
        breathe()
    assert begun == [7, 7]


def test_a_child_that_has_grown_is_replaced() -> None:
    pool = OcrPool(1, _start, ("hello",), bounds=Bounds(memory_bytes=200 << 20))
    try:
        small = pool.result(pool.submit(_grow, 1))
        assert pool.result(pool.submit(_grow, 1)) == small
        assert pool.result(pool.submit(_grow, 250)) == small
        assert pool.result(pool.submit(_grow, 1)) != small
    finally:
        pool.close()


def test_a_child_is_refused_what_is_too_much() -> None:
    pool = OcrPool(1, _start, ("hello",), bounds=Bounds(memory_bytes=200 << 20))
    try:
        with pytest.raises(PoolBroken, match="内存不足"):
            pool.result(pool.submit(_grow, 1000))
        with pytest.raises(PoolBroken, match="内存不足"):
            pool.run_alone(_grow, 1000)
    finally:
        pool.close()


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
