"""What the boxes of text lines tell of a page's geometry: which way the lines run, how far they
are off level, how high a character is, and where one layout ends and another begins.

Text is laid level first (:func:`level_matrix`); then everything is an upright rectangle
(left, top, right, bottom) in that level frame, and :func:`cut_blocks` cuts along whitespace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.image import apply, rotation_matrix
from pipeline.model import Matrix, Quad

Rects = NDArray[np.float64]
"""N x 4: left, top, right, bottom."""

LEVEL_ASPECT = 2.5
"""Boxes longer than this many heights show a direction; a square one does not."""

FACE_ASPECT = (1.1, 3.2)
"""Width over height of the print on a card or a booklet page (all of them lie across). A
paragraph is often as broad, a heading or a signature is broader."""
FACE_LINES = 3
FACE_LONG_EM = 12.0
"""The print on a face is at least this many characters wide."""
GAP_EM = 2.2
"""Whitespace between two faces: at least this many character heights."""
MIXED = 0.35
"""Lines that stand on end, over lines that lie level, from which papers lie different ways."""
PARAGRAPH_LINES = 4
"""Lines of one left and right edge that make running text. An address has three at most."""
PARAGRAPH_EM = 10.0
CAPTION_LINES = 3
"""So many lines beside cards are a caption or a stamp, not a paper of their own."""
TRIED_GAPS = 6
UNUSUAL = 1.5
"""Whitespace between faces, over the usual distance of rows: wide-set text is not cut."""
BLOCK_WIDE = 0.68
"""A line, rule or table that spans more than this part of the page belongs to a letter or a
form, which is never cut. The widest booklet page (143 mm) spans 0.68 of A4."""


def boxes_of(quads: Sequence[Quad]) -> NDArray[np.float64]:
    """Quads as an N x 4 x 2 array."""
    return np.asarray(quads, dtype=np.float64).reshape(-1, 4, 2)


def sides_of(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Vectors along each box's first side and its second, the mean of opposite sides."""
    first = (boxes[:, 1] - boxes[:, 0] + boxes[:, 2] - boxes[:, 3]) / 2
    second = (boxes[:, 3] - boxes[:, 0] + boxes[:, 2] - boxes[:, 1]) / 2
    return first, second


def lying(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The boxes with their corners started anew so that the longer sides come first."""
    first, second = sides_of(boxes)
    stands = np.linalg.norm(first, axis=1) < np.linalg.norm(second, axis=1)
    return np.where(stands[:, None, None], np.roll(boxes, -1, axis=1), boxes)


def text_height(boxes: NDArray[np.float64]) -> float:
    """Median height of the lines, 0 where there are none."""
    if len(boxes) == 0:
        return 0.0
    first, second = sides_of(boxes)
    return float(
        np.median(np.minimum(np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)))
    )


def text_angle(boxes: NDArray[np.float64]) -> float:
    """How far the lines are turned clockwise from level, in degrees from -45 to 135.

    Lines that stand on end (angle near 90) are turned by a quarter one way or the other: boxes
    alone cannot say which. 0 where no box is long enough to tell.
    """
    if len(boxes) == 0:
        return 0.0
    first, second = sides_of(boxes)
    lengths = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    along = np.where((lengths[0] >= lengths[1])[:, None], first, second)
    length = np.maximum(*lengths)
    long = length >= LEVEL_ASPECT * np.maximum(np.minimum(*lengths), 1.0)
    if not long.any():
        return 0.0
    angles = np.degrees(np.arctan2(along[long, 1], along[long, 0]))
    angles = (angles + 45) % 180 - 45
    weights = length[long]
    upright = angles < 45
    if weights[upright].sum() >= weights[~upright].sum():
        return _weighted_median(angles[upright], weights[upright])
    return _weighted_median(angles[~upright], weights[~upright])


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def level_matrix(boxes: NDArray[np.float64]) -> Matrix:
    """Rotation about the origin that lays the lines level (or on their head)."""
    return rotation_matrix(-text_angle(boxes))


def rects_of(boxes: NDArray[np.float64], matrix: Matrix) -> Rects:
    """The rectangles around boxes (N x M x 2) after ``matrix``."""
    if len(boxes) == 0:
        return np.zeros((0, 4))
    points = apply(matrix, boxes.reshape(-1, 2)).reshape(len(boxes), -1, 2)
    return cast(Rects, np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1))


def bounds(rects: Rects) -> tuple[float, float, float, float]:
    """The rectangle around all of them."""
    left, top = (float(v) for v in rects[:, :2].min(axis=0))
    right, bottom = (float(v) for v in rects[:, 2:].max(axis=0))
    return left, top, right, bottom


@dataclass(frozen=True, slots=True, eq=False)
class BlockLayout:
    """What lies on a page, laid level: rectangles of lines, of other ink, of papers.

    ``lines`` says how many lines of text each rectangle stands for: 1 for a line, 0 for a
    photo or a rule, any number for a paper whose edges were found (``is_paper``). ``em`` is
    the height of a character; ``page`` is the page's width and height in the same frame.
    """

    rects: Rects
    lines: NDArray[np.int64]
    is_paper: NDArray[np.bool_]
    em: float
    page: tuple[float, float]

    def part(self, chosen: NDArray[np.intp]) -> BlockLayout:
        """The layout of some of the rectangles."""
        return BlockLayout(
            self.rects[chosen],
            self.lines[chosen],
            self.is_paper[chosen],
            self.em,
            self.page,
        )


def is_face(layout: BlockLayout) -> bool:
    """Whether the print looks like one face of a card or one page of a booklet."""
    if len(layout.rects) == 1 and layout.is_paper[0]:
        return True
    if int(layout.lines.sum()) < FACE_LINES or _is_letter(layout) or _is_paragraph(layout):
        return False
    left, top, right, bottom = bounds(layout.rects)
    width, height = right - left, bottom - top
    level, on_end = _directions(layout)
    if min(level, on_end) > MIXED * max(level, on_end):
        return False  # papers that lie different ways
    across = layout.page[0]
    if on_end > level:
        width, height, across = height, width, layout.page[1]
    if width > BLOCK_WIDE * across:
        return False  # a letter's heading and its date at the right
    height = max(height, 1.0)
    broad = FACE_ASPECT[0] <= width / height <= FACE_ASPECT[1]
    return broad and width >= FACE_LONG_EM * layout.em


def cut_blocks(layout: BlockLayout, depth: int = 4) -> list[NDArray[np.intp]]:
    """Indices of the rectangles of each block; one block where nothing is to be cut.

    An XY cut with a condition: whitespace is cut only where what stands on either side looks
    like a face (:func:`is_face`) or falls into faces itself. So the paragraphs of a letter, the
    parts of a form and the rows of a table stay together, while two card faces come apart even
    where their edges have vanished in copying. A line or two above or below several faces (a
    heading, "the copy agrees with the original") goes with the nearest.
    """
    whole = [np.arange(len(layout.rects), dtype=np.intp)]
    if depth == 0 or len(layout.rects) < 2:
        return whole
    gaps = _gaps(layout)[:TRIED_GAPS]
    for _, sides in [] if _is_letter(layout) else gaps:
        blocks = []
        for side in sides:
            part = layout.part(side)
            found = cut_blocks(part, depth - 1)
            if not all(is_face(part.part(block)) for block in found):
                break
            blocks += [side[block] for block in found]
        else:
            return blocks
    for _, sides in gaps:
        few, rest = sorted(sides, key=lambda side: int(layout.lines[side].sum()))
        if 0 < int(layout.lines[few].sum()) <= CAPTION_LINES:
            found = cut_blocks(layout.part(rest), depth - 1)
            if len(found) > 1:
                return _with_caption(layout, [rest[block] for block in found], few)
    return whole


def _with_caption(
    layout: BlockLayout, blocks: list[NDArray[np.intp]], caption: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """The blocks, the nearest one with the caption."""
    own = np.array(bounds(layout.rects[caption]))
    distances = []
    for block in blocks:
        other = np.array(bounds(layout.rects[block]))
        apart = np.maximum(0, np.maximum(own[:2] - other[2:], other[:2] - own[2:]))
        distances.append(float(np.hypot(*apart)))
    nearest = int(np.argmin(distances))
    blocks[nearest] = np.concatenate([blocks[nearest], caption])
    return blocks


def _is_paragraph(layout: BlockLayout) -> bool:
    """Whether most lines start and end where the others do: running text, not a card."""
    lines = layout.rects[(layout.lines > 0) & ~layout.is_paper]
    level, on_end = _directions(layout)
    starts, ends = (lines[:, 1], lines[:, 3]) if on_end > level else (lines[:, 0], lines[:, 2])
    if len(lines) < PARAGRAPH_LINES:
        return False
    flush = (
        (np.abs(starts - np.median(starts)) < layout.em)
        & (np.abs(ends - np.median(ends)) < 1.5 * layout.em)
        & (ends - starts > PARAGRAPH_EM * layout.em)  # a column of labels is no text
    )
    return int(flush.sum()) >= max(PARAGRAPH_LINES, 0.6 * len(lines))


def _directions(layout: BlockLayout) -> tuple[float, float]:
    """Total length of the lines that lie level, and of those that stand on end."""
    lines = layout.rects[(layout.lines > 0) & ~layout.is_paper]
    widths, heights = lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]
    level, on_end = widths >= LEVEL_ASPECT * heights, heights >= LEVEL_ASPECT * widths
    return float(widths[level].sum()), float(heights[on_end].sum())


def _is_letter(layout: BlockLayout) -> bool:
    """Whether a line or a rule runs over most of the page."""
    loose = layout.rects[~layout.is_paper]
    if len(loose) == 0:
        return False
    spans = (loose[:, 2:] - loose[:, :2]).max(axis=0)
    level, on_end = _directions(layout)
    axis = 1 if on_end > level else 0
    return bool(spans[axis] > BLOCK_WIDE * layout.page[axis])


def _gaps(layout: BlockLayout) -> list[tuple[float, tuple[NDArray[np.intp], NDArray[np.intp]]]]:
    """Strips without print across the whole layout, broadest first, and what is on each side.

    Beside the edge of a paper any gap will do: the paper's own margin is inside its edge.
    """
    gaps = []
    for axis in (1, 0):
        starts, ends = layout.rects[:, axis], layout.rects[:, axis + 2]
        order = np.argsort(starts)
        widths = starts[order[1:]] - np.maximum.accumulate(ends[order])[:-1]
        usual = float(np.median(widths[widths > 0])) if (widths > 0).sum() > 2 else 0.0
        for i in np.flatnonzero(widths >= 0):
            sides = order[: i + 1], order[i + 1 :]
            papers = all(layout.is_paper[side].any() for side in sides)
            if papers or widths[i] >= max(GAP_EM * layout.em, UNUSUAL * usual):
                gaps.append((float(widths[i]), sides))
    return sorted(gaps, key=lambda gap: -gap[0])
