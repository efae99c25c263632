"""One sheet cut from a scan at the size the recogniser likes, and its lines read.

Lines that red ink lies across are read once more with the red made faint, and those that their
neighbours reach into without these (:mod:`pipeline.sheets.crowded`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.contracts import OcrEngine
from pipeline.image import (
    COARSE_PX,
    Points,
    apply,
    as_quad,
    invert,
    part_of,
    red_ink,
    size_of,
    suppress_red,
    turn_matrix,
    warp,
)
from pipeline.model import Image, Line, Matrix, Page, Quad, Sheet
from pipeline.sheets.area import SheetArea
from pipeline.sheets.blocks import boxes_of, text_height
from pipeline.sheets.crowded import read_apart
from pipeline.sheets.flat import flat_size, flatten_matrix
from pipeline.sheets.outlines import inside
from pipeline.sheets.upright import from_top_left

DENSE_PX = 1280
"""Long side of a sheet's detection where there are many lines."""
DENSE_LINES = 32
LINE_PX = 44
"""Height of a line's box that the recogniser likes (it reads at 48)."""
SHEET_PX = (1200, 2400)
"""Long side of a sheet, shortest and longest."""
MAX_ENLARGEMENT = 1.5
LINE_READ_MIN = 0.5
"""Mean score below which what was read is not text. Lines of print score 0.8 and more."""
RED_SHEET_MIN = 0.002
"""Part of a sheet under red ink, from which it is looked at without the red, too; a small seal
across a line has less (0.0014, under which 2023 read 2025)."""
FINE = 0.8
"""Scale of the coarse detection, of that at which the sheet would be looked at anew, from which its
boxes are as good."""
COVERED = 0.4
"""Part of a box under other boxes, from which it is no line of its own."""
MOST_UNDER_RED = 0.7
"""Part of a sheet, from which it is looked at as a whole."""
EDGE_EM = 0.3
"""Line heights from the edge of such a part, within which a box is of a line that goes on; the
coarse detection has it whole."""
WHOLE_SCORE = 0.98
"""Chance of every character, from which a line that was read without the red ink is not read with
it, too. Of 94 such lines of development papers 52 had it, and none of them read otherwise with the
red; nor had any of the 59 from 0.9."""
WHOLE_GAP = 1.0
"""Line heights without a character in which one may have been."""
RED_SHEET_SHARE = 0.02
"""Part of a line's box under red ink, from which it is read again without the red."""


def read_area(
    page: Page,
    area: SheetArea,
    coarse: Sequence[Quad],
    others: Sequence[SheetArea],
    engine: OcrEngine,
) -> Sheet:
    """The sheet in an area, flat, upright and read. ``coarse`` are the boxes of its lines on the
    page, ``others`` the neighbours, whose cores are certainly theirs."""
    size = flat_size(area.corners, size_of(page.image))
    scale = _scale(size, coarse)
    width, height = (max(1, round(side * scale)) for side in size)
    to_scan = flatten_matrix(area.corners, (width, height))
    rotation = _rotation(to_scan, (width, height))
    image = warp(page.image, to_scan, (width, height))
    sheet = Sheet(
        image=image,
        source=page.source,
        rotation=rotation,
        to_page=turn_matrix(size_of(page.image), rotation) @ to_scan,
    )
    long_side = DENSE_PX if len(coarse) > DENSE_LINES else COARSE_PX

    def own(quads: Sequence[Quad]) -> list[Quad]:
        return [q for q in quads if _is_own(q, to_scan, area, others)]

    known = [as_quad(from_top_left(b, np.eye(3))) for b in _boxes_on_sheet(coarse, to_scan)]
    # The coarse detection saw the page as large as this one would see the sheet, or nearly so.
    seen = min(1.0, COARSE_PX / max(page.image.shape[:2]))
    is_fine = seen >= FINE * scale * min(1.0, long_side / max(width, height))
    lines = _read_pixels(image, _Boxes(known, is_fine, long_side, own), engine)
    lines = read_apart(lines, image, engine)
    return replace(sheet, lines=tuple(line for line in lines if line.score >= LINE_READ_MIN))


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Where a sheet's lines are. ``known`` are the boxes of the coarse detection; ``is_fine``:
    looking at the sheet anew would hardly show more; ``own`` keeps those boxes that are the
    sheet's."""

    known: list[Quad]
    is_fine: bool
    long_side: int
    own: Callable[[Sequence[Quad]], list[Quad]]

    def found(self, image: Image, engine: OcrEngine) -> list[Quad]:
        """Boxes on the sheet's own picture."""
        return self.own(engine.detect(image, self.long_side))

    def found_under(self, red: Image, cleaned: Image, engine: OcrEngine) -> list[Quad]:
        """Boxes on a picture whose red ink was made faint. Where the coarse detection is as good,
        only what may have lain under the ink, and the lines that reach there, is looked at."""
        left, top, right, bottom = _reach_of(red, self.known)
        width, height = size_of(cleaned)
        if not self.is_fine or (right - left) * (bottom - top) > MOST_UNDER_RED * width * height:
            return self.found(cleaned, engine)
        part = np.ascontiguousarray(cleaned[top:bottom, left:right])
        # As large as the whole sheet would be seen.
        seen = min(1.0, self.long_side / max(width, height))
        quads = engine.detect(part, max(1, round(seen * max(part.shape[:2]))))
        whole = [as_quad(np.add(quad, (left, top))) for quad in quads]
        area = left, top, right, bottom
        return self.own([q for q in whole if not _is_cut_off(q, area, (width, height))])


def _read_pixels(image: Image, boxes: _Boxes, engine: OcrEngine) -> list[Line]:
    """All lines on a sheet.

    Where red ink lies on the sheet, lines are looked for with the red made faint, and those
    that it crosses are read without it and, where that leaves anything open, with it; the better
    reading is kept. What only shows
    with the red (titles printed in red, the stamps' own text) is in the coarse boxes, and is read
    as it is.
    """
    red = red_ink(image)
    is_little = np.count_nonzero(red) < RED_SHEET_MIN * red.size
    if is_little and not any(_share(red, quad) >= RED_SHEET_SHARE for quad in boxes.known):
        plain = [] if boxes.is_fine else boxes.found(image, engine)
        quads = plain + _missed(boxes.known, plain)
        return [line for line in engine.recognise(image, quads) if line.text]
    cleaned = suppress_red(image)
    free = boxes.found_under(red, cleaned, engine)
    # A box that holds the same line with and without the red is read once.
    quads = free + [q for q in boxes.known if not _is_covered(q, free)]
    touched = [i for i, quad in enumerate(quads) if _share(red, quad) >= RED_SHEET_SHARE]
    free_of_red = dict(
        zip(touched, engine.recognise(cleaned, [quads[i] for i in touched]), strict=True)
    )
    settled = {i: line for i, line in free_of_red.items() if _is_whole(line)}
    others = [i for i in range(len(quads)) if i not in settled]
    as_is = dict(zip(others, engine.recognise(image, [quads[i] for i in others]), strict=True))
    lines = []
    for i in range(len(quads)):
        line = settled.get(i) or _better(as_is[i], free_of_red.get(i))
        if line.text:
            lines.append(line)
    return lines


def _reach_of(red: Image, known: Sequence[Quad]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of red ink and of the lines that reach there, with a line's
    height around them."""
    height, width = red.shape
    columns, rows = (np.flatnonzero(red.any(axis=axis)) for axis in (0, 1))
    area = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], dtype=np.float64)
    boxes = boxes_of(known)
    rects = np.concatenate([boxes.min(axis=1), boxes.max(axis=1)], axis=1)
    reaching = (rects[:, :2] < area[2:]).all(axis=1) & (rects[:, 2:] > area[:2]).all(axis=1)
    around = np.concatenate([area[None], rects[reaching]])
    pad = text_height(boxes) or LINE_PX
    left, top = (int(v) for v in np.rint(around[:, :2].min(axis=0) - pad))
    right, bottom = (int(v) for v in np.rint(around[:, 2:].max(axis=0) + pad))
    return max(0, left), max(0, top), min(width, right), min(height, bottom)


def _is_cut_off(quad: Quad, area: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    """Whether a box reaches the edge of a part of the sheet, beyond which its line goes on."""
    near = EDGE_EM * text_height(boxes_of([quad]))
    low, high = np.min(quad, axis=0), np.max(quad, axis=0)
    edges = np.array(area, dtype=np.float64)
    inner = edges > 0, edges < (*size, *size)
    before = (low < edges[:2] + near) & inner[0][:2]
    after = (high > edges[2:] - near) & inner[1][2:]
    return bool(before.any() or after.any())


def _better(as_is: Line, free_of_red: Line | None) -> Line:
    """The better of two readings, with red ink and without it. What is printed in red reads worse,
    or not at all, without it."""
    if free_of_red is None:
        return as_is
    is_long = len(free_of_red.text) >= 0.8 * len(as_is.text)
    return free_of_red if is_long and free_of_red.score > as_is.score else as_is


def _is_whole(line: Line) -> bool:
    """Whether every character of a line was read beyond doubt, and no room is left between them,
    nor at the ends, for others that the red ink may have been."""
    if not line.chars or line.lost or min(c.score for c in line.chars) < WHOLE_SCORE:
        return False
    (x0, y0), (x1, y1), _, (x3, y3) = line.quad
    heights = math.hypot(x1 - x0, y1 - y0) / max(1.0, math.hypot(x3 - x0, y3 - y0))
    ends = [0.0, *(c.right for c in line.chars)]
    starts = [*(c.left for c in line.chars), 1.0]
    return max(b - a for a, b in zip(ends, starts, strict=True)) * heights < WHOLE_GAP


def _scale(size: tuple[float, float], coarse: Sequence[Quad]) -> float:
    """Sheet pixels a scan pixel: lines as high as the recogniser likes, within limits."""
    long_side = max(size)
    em = text_height(boxes_of(coarse)) or LINE_PX
    wanted = float(np.clip(long_side * LINE_PX / em, *SHEET_PX))
    scale = min(wanted / long_side, MAX_ENLARGEMENT)
    # A picture that is nearly right is not resampled for its own sake.
    return 1.0 if 0.85 < scale < 1.18 and long_side <= SHEET_PX[1] else scale


def _rotation(to_scan: Matrix, size: tuple[int, int]) -> int:
    """How far the page must be turned clockwise, by the direction in which the sheet reads."""
    width, height = size
    start, end = apply(to_scan, [(0, height / 2), (width, height / 2)])
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    return round(-angle / 90) % 4 * 90


def _is_own(quad: Quad, to_scan: Matrix, area: SheetArea, others: Sequence[SheetArea]) -> bool:
    """Whether a line on the sheet does not belong to a neighbour whose rim got into the cut, nor
    to the print that the sheet lies on. What lies within a paper's edges is that paper's, also
    where the box about scattered lines reaches over them."""
    centre = apply(to_scan, np.asarray(quad)).mean(axis=0, keepdims=True)
    theirs = [other for other in others if bool(inside(other.core, centre)[0])]
    if bool(inside(area.core, centre)[0]):
        return area.has_edges or not any(other.has_edges for other in theirs)
    return not area.on_print and not theirs


def _boxes_on_sheet(coarse: Sequence[Quad], to_scan: Matrix) -> list[Points]:
    to_sheet = invert(to_scan)
    return [apply(to_sheet, quad) for quad in coarse]


def _missed(known: Sequence[Quad], found: Sequence[Quad]) -> list[Quad]:
    """Those known boxes whose middle is in none of the boxes found."""
    rings = [np.asarray(quad, dtype=np.float32).reshape(-1, 1, 2) for quad in found]
    return [quad for quad in known if not any(_holds(ring, quad) for ring in rings)]


def _holds(ring: NDArray[np.float32], quad: Quad) -> bool:
    x, y = (float(v) for v in np.mean(quad, axis=0))
    return cv2.pointPolygonTest(ring, (x, y), False) >= 0


def _is_covered(quad: Quad, others: Sequence[Quad]) -> bool:
    """Whether the others together cover most of a box."""
    box = np.asarray(quad, dtype=np.float32)
    area = float(cv2.contourArea(box))
    covered = sum(
        float(cv2.intersectConvexConvex(box, np.asarray(other, dtype=np.float32))[0])
        for other in others
    )
    return covered > COVERED * area


def _share(mask: Image, quad: Quad) -> float:
    """Part of the quad's bounding box that the mask covers."""
    (left, top), (right, bottom) = np.min(quad, axis=0), np.max(quad, axis=0)
    part = part_of(mask, left, top, right, bottom)
    return float(np.count_nonzero(part)) / part.size if part.size else 0.0
