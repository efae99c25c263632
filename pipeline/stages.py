"""Where the time of a file goes: seconds by stage, measured while it is read.

``with stage("detect"):`` (or ``@stage("detect")``) counts the time of a block for whoever measures
around it, and costs a microsecond where nobody does. Stages may lie in each other: the inner one's
time is not the outer one's, so that the stages of a file add up to the time it took.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

STAGES = (
    "decode",
    "plan",
    "upright",
    "detect",
    "recognise",
    "extract",
    "marks",
    "quality",
    "photo",
    "write",
)
"""In the order in which a page passes them. ``plan``: what lies where on the page, cut out and laid
flat; ``upright``, ``marks`` and others without the engine's part, which is ``detect`` and
``recognise``; ``extract``: which paper, and its values; ``write``: pictures for people."""

T = TypeVar("T")


class StageTimes:
    """Seconds by stage. One reading at a time; made by :func:`measured`."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._open: list[str] = []
        self._since = 0.0

    def seconds(self) -> Mapping[str, float]:
        """Seconds by stage so far, to a tenth of a millisecond; stages that never ran are left
        out."""
        return {name: round(self._seconds[name], 4) for name in STAGES if name in self._seconds}

    def enter(self, name: str) -> None:
        """Begin a stage; the one that it lies in rests."""
        self._count()
        self._open.append(name)

    def leave(self) -> None:
        """End the innermost stage."""
        self._count()
        self._open.pop()

    def _count(self) -> None:
        now = time.perf_counter()
        if self._open:
            name = self._open[-1]
            self._seconds[name] = self._seconds.get(name, 0.0) + now - self._since
        self._since = now


_times: ContextVar[StageTimes | None] = ContextVar("stage times", default=None)


@contextmanager
def measured() -> Iterator[StageTimes]:
    """Measure the stages in this block, in this thread."""
    times = StageTimes()
    token = _times.set(times)
    try:
        yield times
    finally:
        _times.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the time of this block as a stage's. Raises KeyError for a name not in STAGES."""
    if name not in STAGES:
        raise KeyError(name)
    times = _times.get()
    if times is None:
        yield
        return
    times.enter(name)
    try:
        yield
    finally:
        times.leave()


def each_in_stage(name: str, items: Iterator[T]) -> Iterator[T]:
    """The items; the time that each takes to come is the stage's, what is done with it is not."""
    while True:
        with stage(name):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item
