"""A paper among print that runs another way: a card on a newspaper turned by a quarter, or aslant
on a letter, its edges lost in shade. Its lines are told from the others by their direction. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points
from pipeline.model import Quad
from pipeline.sheets.area import SheetArea, area_around
from pipeline.sheets.blocks import (
    LEVEL_ASPECT,
    boxes_of,
    level_matrix,
    rects_of,
    sides_of,
    text_height,
)
from pipeline.sheets.outlines import inside

OWN_WAY = 3.0
"""Degrees between the directions of two lines of one paper, and of one seen at a slant from line to
line."""
OWN_LINES = 3
"""Lines of a paper that run its way, at least."""
NEAR_EM = 6.0
"""Line heights between two lines of one paper, at most."""
MARGIN_EM = 0.6
"""Line heights laid flat around a paper's print."""


def find_crosswise(quads: Sequence[Quad]) -> list[SheetArea]:
    """The areas of print that runs another way than the rest of the page, that with the most lines
    first; none where all of it runs the same way. ``quads`` are the boxes of the page's lines."""
    boxes = boxes_of(quads)
    if len(boxes) < 2 * OWN_LINES:
        return []
    ways = [way for way in _ways(boxes) if len(way) >= OWN_LINES]
    if len(ways) < 2:
        return []
    groups = [group for way in ways for group in _near(boxes, way) if len(group) >= OWN_LINES]
    groups.sort(key=len, reverse=True)
    return [_area(boxes, group) for group in groups]


def _ways(boxes: NDArray[np.float64]) -> Iterator[NDArray[np.intp]]:
    """The lines that are long enough to show a direction, parted where two neighbouring directions
    lie further apart than lines of one paper do."""
    first, second = sides_of(boxes)
    lengths = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    along = np.where((lengths[0] >= lengths[1])[:, None], first, second)
    long = np.maximum(*lengths) >= LEVEL_ASPECT * np.maximum(np.minimum(*lengths), 1.0)
    angles = np.degrees(np.arctan2(along[:, 1], along[:, 0])) % 180.0
    off = np.abs((angles[:, None] - angles[None] + 90.0) % 180.0 - 90.0)
    yield from _linked(np.flatnonzero(long), off <= OWN_WAY)


def _near(boxes: NDArray[np.float64], way: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """The lines of one way, parted where nothing of them stands near."""
    rects = rects_of(boxes[way], level_matrix(boxes[way]))
    reach = NEAR_EM * text_height(boxes[way]) / 2
    low, high = rects[:, :2] - reach, rects[:, 2:] + reach
    meet = (low[:, None] < high[None]) & (low[None] < high[:, None])
    touch: NDArray[np.bool_] = np.all(meet, axis=2)
    yield from (way[group] for group in _linked(np.arange(len(way)), touch))


def _linked(members: NDArray[np.intp], links: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """The members, parted into those that hang together by links."""
    left = np.zeros(len(links), dtype=np.bool_)
    left[members] = True
    while left.any():
        group = np.zeros(len(links), dtype=np.bool_)
        group[np.argmax(left)] = True
        while (grown := links[group].any(axis=0) & left).sum() > group.sum():
            group = grown
        left &= ~group
        yield np.flatnonzero(group)


def _area(boxes: NDArray[np.float64], group: NDArray[np.intp]) -> SheetArea:
    """The area around lines, with all that lie in it; what lies beyond is the table's."""
    level = level_matrix(boxes[group])
    core = area_around(boxes[group], level)
    corners = _grown(core, MARGIN_EM * text_height(boxes[group]))
    lines = np.flatnonzero(inside(corners, boxes.mean(axis=1)))
    return SheetArea(corners, corners, tuple(int(i) for i in lines), False, on_print=True)


def _grown(core: Points, margin: float) -> Points:
    """A rectangle with a margin around it."""
    a, b, _, d = core
    along = (b - a) / max(1e-6, float(np.linalg.norm(b - a))) * margin
    down = (d - a) / max(1e-6, float(np.linalg.norm(d - a))) * margin
    return np.asarray(core + np.array([-along - down, along - down, along + down, down - along]))
