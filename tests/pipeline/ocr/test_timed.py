"""An engine whose time is counted answers as the engine does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.model import Image, Line, Quad
from pipeline.ocr.timed import TimedEngine
from pipeline.stages import measured
from tests.lines import line

PAGE: Image = np.full((60, 90, 3), 230, np.uint8)
READ = [line("韦建国"), Line("", 0.0, line("韦").quad)]


class Clocked:
    """An engine that takes 1 s to find, 4 s to read, and cannot tell directions."""

    fingerprint = "clocked-1"

    def __init__(self, clock: list[float]) -> None:
        self.clock = clock

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        self.clock[0] += 1
        return [ln.quad for ln in READ]

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        self.clock[0] += 4
        return READ[: len(quads)]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        raise AssertionError("detect and recognise are counted apart")


class Telling(Clocked):
    """One that tells directions in 2 s."""

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        self.clock[0] += 2
        return [0.9] * len(quads)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("pipeline.stages.time.perf_counter", lambda: now[0])
    return now


def test_finding_and_reading_are_counted_apart(clock: list[float]) -> None:
    engine = TimedEngine(Clocked(clock))
    with measured() as times:
        assert engine.read(PAGE) == READ[:1]
    assert times.seconds() == {"detect": 1.0, "recognise": 4.0}
    assert engine.fingerprint == "clocked-1"


def test_directions_are_told_only_by_an_engine_that_can(clock: list[float]) -> None:
    quads = [ln.quad for ln in READ]
    with measured() as times:
        assert TimedEngine(Clocked(clock)).on_its_head(PAGE, quads) == [0.5, 0.5]
        assert TimedEngine(Telling(clock)).on_its_head(PAGE, quads) == [0.9, 0.9]
    assert times.seconds() == {"upright": 2.0}
