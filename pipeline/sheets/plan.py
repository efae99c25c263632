"""Find the cards, booklet pages and letters on a scan: where each lies and how to lay it flat.

Two witnesses are heard. **Pixels**: outlines of paper (:mod:`pipeline.sheets.outlines`), which
give perspective. **Text**: where edges have vanished, as on grey copies, papers are told apart
by whitespace (:mod:`pipeline.sheets.blocks`). Every line of the page ends in exactly one area, but
for what a table's print or pattern leaves around papers that lie on it.

Pure: pixels and boxes of lines in, areas out. Which way up a sheet stands, only reading can
tell (:mod:`pipeline.sheets.find`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply, invert, red_ink, shrink, size_of
from pipeline.model import Image, Quad
from pipeline.sheets.area import SheetArea, area_around, laid_on_print, paper_area, part_area
from pipeline.sheets.blocks import (
    CAPTION_LINES,
    BlockLayout,
    bounds,
    boxes_of,
    cut_blocks,
    level_matrix,
    rects_of,
    text_height,
)
from pipeline.sheets.grid import find_grid
from pipeline.sheets.outlines import SUPPORT, Outline, find_outlines
from pipeline.sheets.papers import find_papers, find_parts, find_refused, lines_at
from pipeline.sheets.pictures import page_ink

WORK_PX = 800
"""Long side at which edges and ink are looked for."""
LOOSE_SHARE = 0.06
"""Part of a line's box under red ink, from which the line may be a stamp's."""
LONG_PICTURE = 2.0
"""Length over width from which a picture is no page. A4 has 1.41, a page of a till roll is none."""
A_SERIES = 2**0.5
"""Length over width of a page, ISO 216."""
MARGIN_EM = 1.6
"""Around print whose paper has no edge to be seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The sheets on a scan, in no particular order.

    ``rivals``   outlines that look like papers though lines cross or surround them
                 (:func:`pipeline.sheets.papers.find_refused`), and parts of a sheet that may be
                 papers of their own (:func:`pipeline.sheets.papers.find_parts`); read only if the
                 sheet around them is not recognised;
    ``faint``    outlines like these that show less well: read only where nothing on the page is
                 recognised;
    ``against``  indices of the lines that cross or surround rivals;
    ``grids``    cells of sheets that may be cards which touch
                 (:func:`pipeline.sheets.grid.find_grid`).
    """

    areas: list[SheetArea]
    rivals: list[SheetArea]
    faint: list[SheetArea]
    against: tuple[int, ...]
    grids: list[list[SheetArea]]


def plan_areas(image: Image, quads: Sequence[Quad], *, on_print: bool = False) -> Plan:
    """The sheets on a scan. ``quads`` are the boxes of the lines in pixels of ``image``. No
    lines, no areas. ``on_print``: the sheets lie on a table that has print or a pattern, some of
    which may still be among the lines."""
    if not quads:
        return Plan([], [], [], (), [])
    small, factor = shrink(image, WORK_PX)
    boxes = boxes_of(quads) * factor
    loose = _is_loose(small, boxes)
    outlines = find_outlines(small)
    papers = find_papers(outlines, boxes, loose, size_of(small), on_print=on_print)
    areas = _Planner(small, boxes, loose, papers).areas()
    taken = [area.core for area in areas if area.has_edges]
    refused = find_refused(outlines, taken, boxes, size_of(small))
    against = np.ones(len(boxes), dtype=np.bool_)
    for corners in [*taken, *(o.corners for o in refused)]:
        within, cut = lines_at(corners, boxes)
        against &= ~within | cut
    if on_print:
        areas = [laid_on_print(area, boxes, size_of(small)) for area in areas]
    weak = find_refused(outlines, taken, boxes, size_of(small), support=SUPPORT)
    rivals, faint = (
        [
            laid_on_print(SheetArea(o.corners, o.corners, (), True), boxes, size_of(small))
            for o in own
        ]
        for own in (refused, [o for o in weak if o not in refused])
    )
    for part in find_parts(outlines, taken, boxes, loose, size_of(small)):
        rivals.append(part_area(part.corners, boxes, size_of(small)))
    grids = [find_grid(corners, boxes, loose, size_of(small)) for corners in taken]
    return Plan(
        [area.scaled(1 / factor) for area in areas],
        [area.scaled(1 / factor) for area in rivals],
        [area.scaled(1 / factor) for area in faint],
        tuple(int(i) for i in np.flatnonzero(against)) if refused else (),
        [
            [part_area(cell, boxes, size_of(small)).scaled(1 / factor) for cell in cells]
            for cells in grids
            if cells
        ],
    )


def _is_loose(small: Image, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which lines touch red ink: stamped across papers, they say nothing of a layout. None,
    where most do: then the paper is printed in red."""
    if small.ndim == 2:
        return np.zeros(len(boxes), dtype=np.bool_)
    red = red_ink(small)
    rects = rects_of(boxes, np.eye(3)).astype(int)
    loose = np.zeros(len(boxes), dtype=np.bool_)
    for i, (left, top, right, bottom) in enumerate(np.maximum(rects, 0)):
        part = red[top : bottom + 1, left : right + 1]
        loose[i] = part.size > 0 and np.count_nonzero(part) > LOOSE_SHARE * part.size
    return loose if loose.mean() <= 0.5 else np.zeros(len(boxes), dtype=np.bool_)


# ---------------------------------------------------------------- all areas


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Print that is a sheet of its own: indices of lines, boxes of other ink."""

    lines: NDArray[np.intp]
    ink: NDArray[np.float64]


class _Planner:
    """Puts papers with edges and print without edges together; pixels of the working picture."""

    def __init__(
        self,
        small: Image,
        boxes: NDArray[np.float64],
        loose: NDArray[np.bool_],
        papers: list[Outline],
    ) -> None:
        self.size = size_of(small)
        self.boxes = boxes
        self.centres = boxes.mean(axis=1)
        self.papers = papers
        self.em = text_height(boxes)
        self.loose = loose.copy()
        self.ink: NDArray[np.float64] = np.zeros((0, 4, 2))
        held = np.zeros(len(boxes), dtype=np.bool_)
        for paper in papers:
            held |= paper.contains(self.centres)
        if not (held | loose).all():  # else edges say it all, and ink is not asked
            found = page_ink(small, boxes, self.em)
            self.ink = found.boxes
            self.loose[list(found.framed)] = True
        self.level = level_matrix(boxes)
        width, height = self.size
        page = rects_of(np.array([[(0, 0), (width, 0), (width, height), (0, height)]]), self.level)
        self.page = page[0]

    def areas(self) -> list[SheetArea]:
        """Every line in exactly one area."""
        owner = np.full(len(self.boxes), -1)
        for i, paper in enumerate(self.papers):
            owner[paper.contains(self.centres) & (owner < 0)] = i
        free = (owner < 0) & ~self.loose
        groups, self.papers, owner = self._blocks(free, owner)
        n_papers = len(self.papers)
        for i, group in enumerate(groups):
            owner[group.lines] = n_papers + i
        cores = [p.corners for p in self.papers]
        cores += [self._core(group.lines, group.ink) for group in groups]
        if not cores:
            owner[:] = 0
            cores = [self._core(np.arange(len(self.boxes)), self.ink)]
        for i in np.flatnonzero(owner < 0):
            owner[i] = int(np.argmin([_distance(self.centres[i], core) for core in cores]))
        return [
            paper_area(core, self.boxes, np.flatnonzero(owner == i), self.size)
            if i < n_papers
            else self._print_area(i, cores, np.flatnonzero(owner == i))
            for i, core in enumerate(cores)
        ]

    def _blocks(
        self, free: NDArray[np.bool_], owner: NDArray[np.int64]
    ) -> tuple[list[_Group], list[Outline], NDArray[np.int64]]:
        """Groups of the free lines that are sheets of their own; and the papers that remain,
        with the lines they own."""
        index = np.flatnonzero(free)
        ink = self._free_ink()
        papers = np.array([p.corners for p in self.papers]).reshape(-1, 4, 2)
        n_papers = len(papers)
        everything = np.concatenate([papers, self.boxes[index], ink])
        held = [int((owner == i).sum()) for i in range(n_papers)]
        layout = BlockLayout(
            rects=rects_of(everything, self.level),
            lines=np.array(held + [1] * len(index) + [0] * len(ink), dtype=np.int64),
            is_paper=np.arange(len(everything)) < n_papers,
            em=self.em,
            page=_as_one_page(
                float(self.page[2] - self.page[0]), float(self.page[3] - self.page[1])
            ),
        )
        groups = []
        kept = set(range(n_papers))
        first_ink = n_papers + len(index)
        for block in cut_blocks(layout) if len(everything) else []:
            inside = [int(b) for b in block if b < n_papers]
            lines = index[block[(block >= n_papers) & (block < first_ink)] - n_papers]
            own_ink = ink[block[block >= first_ink] - first_ink]
            if inside and len(lines) <= CAPTION_LINES:
                continue
            if inside and self._surround(lines, inside):
                kept -= set(inside)
                lines = np.concatenate([lines, np.flatnonzero(np.isin(owner, inside))])
            if len(lines):
                groups.append(_Group(lines, own_ink))
        order = sorted(kept)
        renumbered = np.full(n_papers + 1, -1)
        renumbered[order] = np.arange(len(order))
        return groups, [self.papers[i] for i in order], renumbered[owner]

    def _free_ink(self) -> NDArray[np.float64]:
        centres = self.ink.mean(axis=1)
        free = np.ones(len(centres), dtype=np.bool_)
        for paper in self.papers:
            free &= ~paper.contains(centres)
        return self.ink[free]

    def _surround(self, lines: NDArray[np.intp], papers: Sequence[int]) -> bool:
        """Whether free lines lie around an outline: then it is a box in a form or a letter."""
        left, top, right, bottom = bounds(rects_of(self.boxes[lines], self.level))
        for i in papers:
            x, y = apply(self.level, self.papers[i].corners).mean(axis=0)
            if left < x < right and top < y < bottom:
                return True
        return False

    def _core(self, lines: NDArray[np.intp], ink: NDArray[np.float64]) -> Points:
        """The rectangle around lines, level with them, with the ink that goes with them."""
        level = level_matrix(self.boxes[lines])
        return area_around(np.concatenate([self.boxes[lines], ink]), level)

    def _print_area(
        self, which: int, cores: Sequence[Points], lines: NDArray[np.intp]
    ) -> SheetArea:
        """The area of print without edges: margins all around, up to half-way to the next."""
        level = level_matrix(self.boxes[lines])
        own = rects_of(cores[which][None], level)[0]
        all_lines = rects_of(self.boxes[lines], level)
        own = np.array(
            [
                *np.minimum(own[:2], all_lines[:, :2].min(axis=0)),
                *np.maximum(own[2:], all_lines[:, 2:].max(axis=0)),
            ]
        )
        room = np.full(4, MARGIN_EM * self.em)
        for i, core in enumerate(cores):
            if i == which:
                continue
            other = rects_of(core[None], level)[0]
            gaps = np.array(
                [own[0] - other[2], own[1] - other[3], other[0] - own[2], other[1] - own[3]]
            )
            side = int(np.argmax(gaps))
            if gaps[side] > 0:
                room[side] = min(room[side], gaps[side] / 2)
        left, top, right, bottom = own + room * np.array([-1, -1, 1, 1])
        corners = apply(
            invert(level),
            np.array([(left, top), (right, top), (right, bottom), (left, bottom)]),
        )
        return SheetArea(corners, cores[which], tuple(int(i) for i in lines), False)


def _as_one_page(width: float, height: float) -> tuple[float, float]:
    """Width and height of the page by which print is judged to be broad. No page is longer than
    two of its widths: such a picture is several joined by a phone, each as broad as the whole."""
    if max(width, height) <= LONG_PICTURE * min(width, height):
        return width, height
    return max(width, height / A_SERIES), max(height, width / A_SERIES)


def _distance(point: Points, corners: Points) -> float:
    """From a position to a quadrangle, 0 inside."""
    ring = corners.astype(np.float32).reshape(-1, 1, 2)
    return max(0.0, -float(cv2.pointPolygonTest(ring, (float(point[0]), float(point[1])), True)))
