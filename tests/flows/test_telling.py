"""What reading processes tell: each over a connection of its own, and nobody waits for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from flows.pool import OcrPool, PoolBroken
from flows.priority import step_back
from flows.telling import Address, Ear, Mouth, PageTold

_mouth: Mouth | None = None


def start(address: Address) -> None:
    global _mouth
    _mouth = Mouth(address)


def tell_pages(sha256: str, pages: int) -> int:
    assert _mouth is not None
    for page in range(1, pages + 1):
        _mouth.say(PageTold(sha256=sha256, page=page, faces=()))
    return os.getpid()


def tell_half_and_die(sha256: str) -> None:
    assert _mouth is not None
    assert _mouth._connection is not None
    os.write(_mouth._connection.fileno(), b"\x00\x00\x40")  # the beginning of a word
    os._exit(1)


def niceness() -> int:
    return os.nice(0)


class Heard:
    """What was heard, and a wait for so much of it."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, int]] = []
        self._more = threading.Condition()

    def __call__(self, told: PageTold) -> None:
        with self._more:
            self.pages.append((told.sha256, told.page))
            self._more.notify_all()

    def wait(self, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: len(self.pages) >= count, 60), self.pages


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def ear(heard: Heard) -> Iterator[Ear]:
    made = Ear(heard)
    yield made
    made.close()


def test_pages_are_heard_in_the_order_of_each_process(heard: Heard, ear: Ear) -> None:
    pool = OcrPool(2, start, (ear.address,))
    futures = [pool.submit(tell_pages, name, 5) for name in "ab"]
    assert all(pool.result(future) for future in futures)
    heard.wait(10)
    for name in "ab":
        assert [page for told, page in heard.pages if told == name] == [1, 2, 3, 4, 5]
    pool.close()


def test_a_process_that_dies_in_the_middle_of_a_word_silences_nobody(
    heard: Heard, ear: Ear
) -> None:
    pool = OcrPool(1, start, (ear.address,))
    with pytest.raises(PoolBroken):
        pool.result(pool.submit(tell_half_and_die, "a"))
    pool.result(pool.submit(tell_pages, "b", 2))
    heard.wait(2)
    assert heard.pages == [("b", 1), ("b", 2)]
    pool.close()


def test_nobody_listens_and_nothing_breaks(heard: Heard) -> None:
    ear = Ear(heard)
    mouth = Mouth(ear.address)
    ear.close()
    for page in range(100):
        mouth.say(PageTold(sha256="a", page=page, faces=()))
    Mouth(ear.address).say(PageTold(sha256="a", page=1, faces=()))


def test_a_stranger_is_not_heard(heard: Heard, ear: Ear) -> None:
    stranger = Mouth(Address(path=ear.address.path, key=b"another word"))
    stranger.say(PageTold(sha256="a", page=1, faces=()))
    Mouth(ear.address).say(PageTold(sha256="b", page=1, faces=()))
    heard.wait(1)
    assert heard.pages == [("b", 1)]


def test_the_batch_steps_back_and_the_counter_does_not(ear: Ear) -> None:
    mine = niceness()
    for nice in (0, 3):
        pool = OcrPool(1, start, (ear.address,), nice=nice)
        assert pool.result(pool.submit(niceness)) == min(19, mine + nice)
        pool.close()
    step_back(0)
    assert niceness() == mine
