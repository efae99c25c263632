"""A paper among print that runs another way: a card that lies upright on a newspaper turned by a
quarter, its edges lost in shade. Its lines are told from the others by their direction. Pure.
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
    text_angle,
    text_height,
)

OWN_WAY = 12.0
"""Degrees within which lines run the same way."""
OWN_LINES = 3
"""Lines of a paper that run its way, at least."""
NEAR_EM = 6.0
"""Line heights between two lines of one paper, at most."""
MARGIN_EM = 0.6
"""Line heights laid flat around a paper's print."""


def find_crosswise(quads: Sequence[Quad]) -> list[SheetArea]:
    """The areas of print that runs square to the rest of the page, the one with the most lines
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
    """The lines that are long enough to show a direction, by it: along most of them, and across."""
    first, second = sides_of(boxes)
    lengths = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    along = np.where((lengths[0] >= lengths[1])[:, None], first, second)
    long = np.maximum(*lengths) >= LEVEL_ASPECT * np.maximum(np.minimum(*lengths), 1.0)
    angles = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    main = text_angle(boxes)
    for way in (main, main + 90.0):
        off = np.abs((angles - way + 90.0) % 180.0 - 90.0)
        yield np.flatnonzero(long & (off <= OWN_WAY))


def _near(boxes: NDArray[np.float64], way: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """The lines of one way, parted where nothing of them stands near."""
    rects = rects_of(boxes[way], level_matrix(boxes[way]))
    reach = NEAR_EM * text_height(boxes[way]) / 2
    low, high = rects[:, :2] - reach, rects[:, 2:] + reach
    meet = (low[:, None] < high[None]) & (low[None] < high[:, None])
    touch: NDArray[np.bool_] = np.all(meet, axis=2)
    left = np.ones(len(way), dtype=np.bool_)
    while left.any():
        group = np.zeros(len(way), dtype=np.bool_)
        group[np.argmax(left)] = True
        while (grown := touch[group].any(axis=0) & left).sum() > group.sum():
            group = grown
        left &= ~group
        yield way[group]


def _area(boxes: NDArray[np.float64], group: NDArray[np.intp]) -> SheetArea:
    """The area around lines, with the short ones among them; what lies beyond is the table's."""
    level = level_matrix(boxes[group])
    core = area_around(boxes[group], level)
    corners = _grown(core, MARGIN_EM * text_height(boxes[group]))
    within = _inside(corners, boxes.mean(axis=1))
    way = np.zeros(len(boxes), dtype=np.bool_)
    way[group] = True
    first, second = sides_of(boxes)
    sides = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    short = np.maximum(*sides) < LEVEL_ASPECT * np.maximum(np.minimum(*sides), 1.0)
    lines = np.flatnonzero(way | (within & short))
    return SheetArea(corners, corners, tuple(int(i) for i in lines), False, on_print=True)


def _grown(core: Points, margin: float) -> Points:
    """A rectangle with a margin around it."""
    a, b, _, d = core
    along = (b - a) / max(1e-6, float(np.linalg.norm(b - a))) * margin
    down = (d - a) / max(1e-6, float(np.linalg.norm(d - a))) * margin
    return np.asarray(core + np.array([-along - down, along - down, along + down, down - along]))


def _inside(corners: Points, points: Points) -> NDArray[np.bool_]:
    a, b, _, d = corners
    across, down = b - a, d - a
    x = (points - a) @ across / max(1e-6, float(across @ across))
    y = (points - a) @ down / max(1e-6, float(down @ down))
    return np.asarray((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))
