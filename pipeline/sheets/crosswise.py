"""A paper among print that runs another way: a card on a newspaper turned by a quarter or upside
down, or aslant on a letter, its edges lost in shade. Its lines are told from the others by their
direction. Pure.
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
    lying,
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
ON_HEAD = 0.5
"""Chance from which a line stands on its head."""
NEAR_EM = 6.0
"""Line heights between two lines of one paper, at most."""
CLOSE_EM = 1.1
"""Line heights between two lines of one column, or of two columns of a newspaper, at most; a
paper's margin is as broad at least."""
RIM = 0.02
"""Part of the picture's long side from its rim within which a line may go on beyond."""
MARGIN_EM = 0.6
"""Line heights laid flat around a paper's print."""


def start_at_left(quads: Sequence[Quad]) -> NDArray[np.float64]:
    """The boxes with their corners begun anew so that each runs along its line, to the right or
    down the page."""
    boxes = lying(boxes_of(quads))
    along, _ = sides_of(boxes)
    back = along.sum(axis=1) < 0
    return np.where(back[:, None, None], np.roll(boxes, 2, axis=1), boxes)


def find_crosswise(quads: Sequence[Quad], heads: Sequence[float] = ()) -> list[SheetArea]:
    """The areas of print that runs another way than the rest of the page, that with the most lines
    first; none where all of it runs the same way. ``quads`` are the boxes of the page's lines;
    ``heads`` the chance of each that it stands on its head as :func:`start_at_left` begins it,
    where that is known."""
    boxes = boxes_of(quads)
    if len(boxes) < 2 * OWN_LINES:
        return []
    long, off = _directions(start_at_left(quads), heads)
    ways = [way for way in _linked(long, off <= OWN_WAY) if len(way) >= OWN_LINES]
    if len(ways) < 2:
        return []
    near = _touch(boxes, NEAR_EM)
    groups = [group for way in ways for group in _linked(way, near) if len(group) >= OWN_LINES]
    groups.sort(key=len, reverse=True)
    return [_area(boxes, group) for group in groups]


def _directions(
    boxes: NDArray[np.float64], heads: Sequence[float]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The lines that are long enough to show a direction; and by how many degrees the directions
    of each two lines differ. ``boxes`` begin at the left."""
    along, across = sides_of(boxes)
    lengths, heights = np.linalg.norm(along, axis=1), np.linalg.norm(across, axis=1)
    long = np.flatnonzero(lengths >= LEVEL_ASPECT * np.maximum(heights, 1.0))
    angles = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    turn = 180.0  # a line on its head is none that runs another way, unless heads are told
    if len(heads):
        angles, turn = angles + 180.0 * (np.asarray(heads) > ON_HEAD), 360.0
    return long, np.abs((angles[:, None] - angles[None] + turn / 2) % turn - turn / 2)


def find_enclosed(quads: Sequence[Quad], size: tuple[int, int]) -> list[SheetArea]:
    """The areas of print that ends within a picture of this size (width, height), on a page of
    which most print goes on beyond: a newspaper does, a paper that lies on it does not."""
    boxes = boxes_of(quads)
    low, high = boxes.min(axis=1), boxes.max(axis=1)
    rim = RIM * max(size)
    at_rim = ((low < rim) | (high > np.array(size) - rim)).any(axis=1)
    every = np.arange(len(boxes))
    goes_on = [g for g in _linked(every, _touch(boxes, CLOSE_EM, close=True)) if at_rim[g].any()]
    beyond = np.concatenate([*goes_on, np.array([], dtype=np.intp)])
    ends = np.setdiff1d(every, beyond)
    if 2 * len(beyond) < len(boxes):
        return []
    groups = [g for g in _linked(ends, _touch(boxes, NEAR_EM)) if len(g) >= OWN_LINES]
    groups.sort(key=len, reverse=True)
    return [_area(boxes, group) for group in groups]


def _touch(boxes: NDArray[np.float64], near_em: float, *, close: bool = False) -> NDArray[np.bool_]:
    """Which two lines stand so near each other, in line heights: the higher line's, or the lower
    one's where they are ``close``."""
    rects = rects_of(boxes, level_matrix(boxes))
    heights = np.min([np.linalg.norm(side, axis=1) for side in sides_of(boxes)], axis=0)
    of_two = np.minimum if close else np.maximum  # a title's height is no column's distance
    reach = near_em * of_two(heights[:, None], heights[None])
    low, high = rects[:, None, :2], rects[:, None, 2:]
    apart = np.maximum(low - high.swapaxes(0, 1), low.swapaxes(0, 1) - high)
    return np.asarray((apart < reach[..., None]).all(axis=2))


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
