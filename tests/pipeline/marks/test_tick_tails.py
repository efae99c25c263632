"""Ticks by their tails, on ink drawn as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.marks.tick_tails import Box, BoxState, settle_by_tails

SIDE = 28


@dataclass(frozen=True)
class _Box:
    x: float
    y: float = 100.0
    side: float = 28.0


EMPTY, UNSURE = _Box(60.0), _Box(160.0)
BOXES: list[Box] = [EMPTY, UNSURE]
STATES: list[BoxState] = ["no", "unsure"]

Points = list[tuple[float, float]]
TICK: Points = [(0.05, 0.7), (0.45, 1.05), (1.3, -0.2)]
"""In sides of the box: along its rim, and out of it."""


def drawn(*strokes: Points, at: Box = UNSURE) -> NDArray[np.float32]:
    """Two boxes, and what a pen drew about one of them."""
    ink = np.zeros((260, 300), np.float32)
    for box in BOXES:
        left, top = int(box.x), int(box.y)
        cv2.rectangle(ink, (left, top), (left + SIDE, top + SIDE), (1.0,), 2)
    for stroke in strokes:
        points = [(round(at.x + u * SIDE), round(at.y + v * SIDE)) for u, v in stroke]
        cv2.polylines(ink, [np.array(points, np.int32)], False, (1.0,), 4)
    return ink


def settled(ink: NDArray[np.float32], groups: tuple[str | None, ...] = ("a", "a")) -> BoxState:
    return settle_by_tails(ink, BOXES, groups, STATES)[1]


def test_unsure_box_is_marked_where_a_ticks_tail_leaves_it() -> None:
    assert settled(drawn(TICK)) == "yes"
    assert settle_by_tails(drawn(TICK), BOXES, ("a", "a"), STATES)[0] == "no"


def test_specks_and_ink_within_the_box_stay_unsure() -> None:
    assert settled(drawn()) == "unsure"
    assert settled(drawn([(0.4, 0.4), (0.6, 0.6)])) == "unsure"


@pytest.mark.parametrize(
    "stroke",
    [
        [(-0.3, 1.8), (0.45, 0.9), (1.3, -0.2)],
        [(-1.0, 0.9), (0.4, 0.6), (1.3, -0.2)],
    ],
    ids=["another row's tick", "a line through words"],
)
def test_stroke_that_only_passes_through_stays_unsure(stroke: Points) -> None:
    assert settled(drawn(stroke)) == "unsure"


def test_ink_that_stands_beside_every_box_is_no_tail() -> None:
    both = np.maximum(drawn(TICK), drawn(TICK, at=EMPTY))
    assert settled(both) == "unsure"


def test_tail_tells_nothing_where_several_may_be_marked() -> None:
    assert settled(drawn(TICK), (None, None)) == "unsure"


@pytest.mark.parametrize("other", ["yes", "unsure"])
def test_tail_tells_nothing_beside_another_mark(other: BoxState) -> None:
    states: list[BoxState] = ["no", "unsure", other]
    assert settle_by_tails(drawn(TICK), [*BOXES, _Box(220.0)], "aaa", states)[1] == "unsure"


def test_box_without_another_of_its_group_stays_unsure() -> None:
    assert settled(drawn(TICK), ("b", "a")) == "unsure"
