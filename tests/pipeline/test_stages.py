"""Stage times: each second counts once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.stages import STAGES, StageTimes, each_in_stage, measured, stage


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set by the test."""
    now = [100.0]
    monkeypatch.setattr("pipeline.stages.time.perf_counter", lambda: now[0])
    return now


def test_an_inner_stage_is_not_counted_in_the_outer_one(clock: list[float]) -> None:
    with measured() as times:
        clock[0] += 50  # outside of every stage
        with stage("plan"):
            clock[0] += 1
            with stage("detect"):
                clock[0] += 10
            clock[0] += 2
        with stage("detect"):
            clock[0] += 5
    assert times.seconds() == {"plan": 3.0, "detect": 15.0}


def test_a_stage_that_breaks_is_counted_and_left(clock: list[float]) -> None:
    with measured() as times:
        with pytest.raises(ValueError, match="broken"), stage("extract"):
            clock[0] += 1
            raise ValueError("broken")
        with stage("marks"):
            clock[0] += 2
    assert times.seconds() == {"extract": 1.0, "marks": 2.0}


def test_a_function_may_be_a_stage(clock: list[float]) -> None:
    @stage("upright")
    def turn() -> int:
        clock[0] += 4
        return 7

    with measured() as times:
        assert (turn(), turn()) == (7, 7)
    assert times.seconds() == {"upright": 8.0}
    assert turn() == 7  # nobody measures


def test_of_a_stream_only_its_own_work_is_counted(clock: list[float]) -> None:
    def pages() -> Iterator[int]:
        for number in range(3):
            clock[0] += 1
            yield number

    with measured() as times:
        for _ in each_in_stage("decode", pages()):
            clock[0] += 20
    assert times.seconds() == {"decode": 3.0}


def test_one_measurement_does_not_see_another(clock: list[float]) -> None:
    found: list[StageTimes] = []
    for _ in range(2):
        with measured() as times, stage("write"):
            clock[0] += 1
        found.append(times)
    assert [t.seconds() for t in found] == [{"write": 1.0}, {"write": 1.0}]


def test_an_unknown_stage_is_a_bug() -> None:
    with pytest.raises(KeyError), stage("somewhere"):
        pass
    assert len(set(STAGES)) == len(STAGES)
