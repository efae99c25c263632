"""Where one sheet lies on a scan, and how areas are made of edges, print and one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply, invert
from pipeline.model import Matrix, Quad
from pipeline.sheets.blocks import bounds, boxes_of, level_matrix, rects_of
from pipeline.sheets.flat import flat_size, flatten_matrix, grown_to, reading_order
from pipeline.sheets.outlines import inside
from pipeline.sheets.papers import lines_at

EDGE_SHARE = 0.015
"""Part of a paper's long side that is laid flat beyond its edges."""


@dataclass(frozen=True, slots=True, eq=False)
class SheetArea:
    """One sheet on a scan. ``corners`` (4 x 2, in pixels of the scan) runs clockwise from what
    is the top-left corner if the sheet stands upright, or the bottom-right if it stands on its
    head; ``core`` (4 x 2) bounds what is certainly the sheet's own; ``lines`` are indices into
    the page's boxes; ``has_edges`` says that ``corners`` follow paper edges, ``on_print`` that
    what lies beyond them is a table's print or pattern."""

    corners: Points
    core: Points
    lines: tuple[int, ...]
    has_edges: bool
    on_print: bool = False

    def upside_down(self) -> SheetArea:
        """The same area, read the other way up."""
        return replace(self, corners=np.roll(self.corners, 2, axis=0))

    def scaled(self, factor: float) -> SheetArea:
        """The area on a picture ``factor`` times as large."""
        return replace(self, corners=self.corners * factor, core=self.core * factor)


def paper_area(
    corners: Points, boxes: NDArray[np.float64], lines: NDArray[np.intp], picture: tuple[int, int]
) -> SheetArea:
    """The area of a paper with edges: a little beyond them, and all its lines within."""
    ordered = reading_order(corners, boxes[lines])
    size = flat_size(ordered, picture)
    flat = flatten_matrix(ordered, size)
    grown = grown_to(flat, size, boxes[lines], EDGE_SHARE * max(size))
    return SheetArea(grown, corners, tuple(int(i) for i in lines), True)


def part_area(corners: Points, boxes: NDArray[np.float64], picture: tuple[int, int]) -> SheetArea:
    """The area of a part of a paper, with the lines whose middles lie within."""
    lines = np.flatnonzero(inside(corners, boxes.mean(axis=1)))
    return paper_area(corners, boxes, lines, picture)


def laid_on_print(
    area: SheetArea, boxes: NDArray[np.float64], picture: tuple[int, int]
) -> SheetArea:
    """The area cut at its paper's edges (normally a margin is kept), with only the lines wholly
    inside: outside is the text of what the paper lies on. An area without edges stays as it is."""
    if not area.has_edges:
        return area
    within, cut = lines_at(area.core, boxes)
    own = np.flatnonzero(within & ~cut)
    return replace(paper_area(area.core, boxes, own, picture), on_print=True)


def join(first: SheetArea, second: SheetArea, quads: Sequence[Quad]) -> SheetArea:
    """Two areas of print without edges as one; ``quads`` are the boxes of the page's lines."""
    lines = sorted({*first.lines, *second.lines})
    level = level_matrix(boxes_of([quads[i] for i in lines]))
    return SheetArea(
        area_around([first.corners, second.corners], level),
        area_around([first.core, second.core], level),
        tuple(lines),
        False,
    )


def area_around(quadrangles: Sequence[Points] | NDArray[np.float64], level: Matrix) -> Points:
    """The rectangle around quadrangles that ``level`` lays level."""
    left, top, right, bottom = bounds(rects_of(np.array(quadrangles), level))
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return apply(invert(level), corners)
