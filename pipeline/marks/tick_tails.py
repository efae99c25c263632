"""Ticks that touch little of their box's inside, and leave it upwards to the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

BoxState = Literal["yes", "no", "unsure"]


class Box(Protocol):
    """A frame: its left top corner and its side, in pixels."""

    @property
    def x(self) -> float: ...  # noqa: D102  as above
    @property
    def y(self) -> float: ...  # noqa: D102
    @property
    def side(self) -> float: ...  # noqa: D102


_TAIL = ((0.45, -0.4, 1.35, -0.12), (1.1, -0.12, 1.2, 0.45))
"""Where a tail leaves a box: left, top, right, bottom of places, in sides of the box from its left
top corner. Words printed behind a box begin further away."""
_FROM = ((-0.3, 1.3, 1.2, 1.6), (-0.5, -0.2, -0.25, 1.3))
"""Where a stroke comes from that only passes through: another row's tail, a line through words."""
TAIL_DARK = 0.05
"""Mean darkness of a tail's places, beyond that of the form's empty boxes, from which there is one:
half of what a thin one leaves there."""
PASSING_DARK = 0.03
"""The same of a stroke that comes from elsewhere."""


def settle_by_tails(
    dark: NDArray[np.float32],
    boxes: Sequence[Box],
    groups: Sequence[str | None],
    states: Sequence[BoxState],
) -> list[BoxState]:
    """The states of a form's boxes; an unsure one is marked where a tick's tail leaves it and all
    other boxes of its group are empty. ``dark``: ink from 0 to 1; ``groups``: whose the boxes are,
    None where several may be marked, for there an empty one looks like any other."""
    empty = [box for box, state in zip(boxes, states, strict=True) if state == "no"]
    settled: list[BoxState] = []
    for box, group, state in zip(boxes, groups, states, strict=True):
        own = [s for g, s in zip(groups, states, strict=True) if g == group]
        is_alone = group is not None and 0 < own.count("no") == len(own) - 1
        is_tick = state == "unsure" and is_alone and _has_tail(dark, box, empty)
        settled.append("yes" if is_tick else state)
    return settled


def _has_tail(dark: NDArray[np.float32], box: Box, empty: Sequence[Box]) -> bool:
    """Whether a stroke leaves the box as a tick's tail does, and none comes from elsewhere."""
    tail, passing = (
        max(_dark_at(dark, box, p) - max(_dark_at(dark, o, p) for o in empty) for p in places)
        for places in (_TAIL, _FROM)
    )
    return tail > TAIL_DARK and passing < PASSING_DARK


def _dark_at(
    dark: NDArray[np.float32], box: Box, place: tuple[float, float, float, float]
) -> float:
    """The mean darkness of a place about a box."""
    left, right = (max(0, round(box.x + v * box.side)) for v in place[::2])
    top, bottom = (max(0, round(box.y + v * box.side)) for v in place[1::2])
    part = dark[top:bottom, left:right]
    return float(part.mean()) if part.size else 0.0
