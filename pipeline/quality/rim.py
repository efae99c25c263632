"""Whether a part of a sheet lies beyond the picture. Pure, on pixels.

Two things tell. Print runs out of the picture: lines of text, strokes or rules of a table end at
its border, several of them. And a paper of known size that fills the picture has not its shape.
A paper scanned to its very edges shows neither.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply, grey_of, shrink, size_of, turn_matrix
from pipeline.model import DocumentType, Image
from pipeline.quality.limits import limits

_EM_PX = 24.0
"""Height of a line at which the border is looked at, at most."""
_THICK = 1.2
"""Characters' heights along the border above which a dark run is no stroke: a shadow, a table."""
_DEEP = 0.1
"""Characters' heights that a stroke goes on inwards, at least."""
_CUT_SIDES = 2
"""Borders at which a paper may be cut at once; print that runs out at more is not the paper's."""
_BEYOND = 2.0
"""Characters' heights around a sheet in which print may still be its own."""
_TIGHT = 0.15
"""Heights of a line between its end and the border up to which it runs out."""
_LOOK_PX = 800
"""Long side at which a paper's edges are looked for."""
_EDGE = 40
"""Grey levels by which an edge, or its shadow, is darker than what is around it."""
_RIM = 0.02
"""Width of the picture's rim that is compared with the paper beside it, of the long side."""


@dataclass(frozen=True, slots=True, eq=False)
class Lie:
    """How a sheet lies on its scan, in pixels of the scan: ``corners`` of the sheet and
    ``print_box`` around its text (4 x 2, clockwise from the sheet's top left), ``lines`` of text
    surely read (N x 4 x 2), ``em``, the height of a line."""

    corners: Points
    print_box: Points
    lines: NDArray[np.float64]
    em: float


def is_cut(scan: Image, lie: Lie, kind: DocumentType, grey: bool | None = None) -> bool:
    """Whether a sheet is cut off by the picture's border. ``grey``: it is a grey copy, of which the
    paper's edge may be invisible."""
    if len(lie.lines) == 0:
        return False
    reached = [b for s in range(4) if (b := _reaches(scan, lie, s)) is not None]
    if not reached:
        return False
    lines = _lines_run_out(size_of(scan), lie)
    strokes = _strokes_run_out(scan, lie)
    if len(lines | strokes) > _CUT_SIDES:
        return False  # a page that the paper lies on goes on all around
    wrong_shape = _fills(scan, lie, len(reached), grey) and _has_wrong_shape(scan, lie, kind)
    return wrong_shape or bool(lines) or bool(strokes & set(reached))


def _reaches(scan: Image, lie: Lie, side: int) -> int | None:
    """The picture's border (0 top, 1 right, 2 bottom, 3 left) at which the sheet's side, counted
    alike, lies, with paper there; None where it ends within the picture."""
    width, height = size_of(scan)
    shares = np.linspace(0.15, 0.85, 8)[:, None]
    x, y = ((1 - shares) * lie.corners[side] + shares * lie.corners[(side + 1) % 4]).T
    distances = np.median([y, width - 1 - x, height - 1 - y, x], axis=1)
    if float(distances.min()) >= limits().cut.rim * max(width, height):
        return None
    is_paper = _differing(scan, lie.corners, lie.print_box, side) <= limits().cut.like
    return int(distances.argmin()) if is_paper else None


def _differing(scan: Image, outer: Points, inner: Points, side: int) -> float:
    """Grey levels by which the colour along a side of ``outer`` mostly differs from that beside it
    along ``inner``'s (both 4 x 2)."""
    shares = np.linspace(0.15, 0.85, 8)[:, None]
    beyond = (1 - shares) * outer[side] + shares * outer[(side + 1) % 4]
    beside = (1 - shares) * inner[side] + shares * inner[(side + 1) % 4]
    return float(
        np.median(
            [
                np.abs(_light(scan, a) - _light(scan, b)).max()
                for a, b in zip(beyond, beside, strict=True)
            ]
        )
    )


def _light(scan: Image, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The colour around the place nearest in the picture, print left out as far as it is thin."""
    width, height = size_of(scan)
    reach = max(4, round(_RIM * max(width, height)))
    x, y = (int(v) for v in np.clip(at, (0, 0), (width - 1, height - 1)))
    part = scan[max(0, y - reach) : y + reach + 1 : 2, max(0, x - reach) : x + reach + 1 : 2]
    return np.atleast_1d(np.percentile(part.reshape(-1, *part.shape[2:]), 60, axis=0))


def _fills(scan: Image, lie: Lie, reached: int, grey: bool | None) -> bool:
    """Whether there is nothing but the paper in the picture: its outline says so, or print goes
    nearly all over and what lies beyond it is of the paper's colour."""
    wanted = limits().cut
    width, height = size_of(scan)
    size = width * height
    inside = np.clip(lie.corners, (0, 0), (width - 1, height - 1)).astype(np.float32)
    if reached >= wanted.sides and float(cv2.contourArea(inside)) >= wanted.fills * size:
        return True
    printed = float(cv2.contourArea(lie.print_box.astype(np.float32)))
    if grey is not False or printed < wanted.printed * size or _is_outlined(scan, lie):
        return False
    picture = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    first = int(np.linalg.norm(picture - lie.print_box[0], axis=1).argmin())
    picture = np.roll(picture, -first, axis=0)
    alike = [_differing(scan, picture, lie.print_box, side) <= wanted.same for side in range(4)]
    return sum(alike) >= wanted.sides


def _is_outlined(scan: Image, lie: Lie) -> bool:
    """Whether one dark line goes around the print, within the picture: edges of a paper on a table
    of its own colour."""
    small, factor = shrink(grey_of(scan), _LOOK_PX)
    side = max(5, round(1.6 * lie.em * factor)) | 1
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    ink = (cv2.subtract(ground, small) > _EDGE).astype(np.uint8)
    boxes = cv2.connectedComponentsWithStats(cv2.dilate(ink, np.ones((5, 5), np.uint8)))[2][1:, :4]
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    rim = limits().cut.rim * max(small.shape)
    around = (low < lie.print_box.min(axis=0) * factor) & (
        high > lie.print_box.max(axis=0) * factor
    )
    within = (low > rim) & (high < np.array(size_of(small)) - rim)
    return bool((around & within).all(axis=1).any())


def _has_wrong_shape(scan: Image, lie: Lie, kind: DocumentType) -> bool:
    """Whether the picture has not the shape of a paper of known size."""
    wanted = limits()
    width, height = size_of(scan)
    along = lie.corners[1] - lie.corners[0]
    shape = width / height if abs(along[0]) >= abs(along[1]) else height / width
    off = [
        max(math.log(lo / shape), math.log(shape / hi)) for lo, hi in wanted.formats.get(kind, ())
    ]
    return bool(off) and min(off) > wanted.cut.aspect


def _lines_run_out(size: tuple[int, int], lie: Lie) -> set[int]:
    """The picture's borders at which several lines of text end: no paper is printed so near to its
    edge."""
    width, height = size
    borders = set()
    starts, ends = lie.lines[:, [0, 3]].mean(axis=1), lie.lines[:, [1, 2]].mean(axis=1)
    for tips in (starts, ends):
        x, y = tips[:, 0], tips[:, 1]
        for border, gaps in enumerate((y, width - 1 - x, height - 1 - y, x)):
            if int((gaps < _TIGHT * lie.em).sum()) >= limits().cut.lines:
                borders.add(border)
    return borders


def _strokes_run_out(scan: Image, lie: Lie) -> set[int]:
    """The picture's borders at which strokes of print end."""
    scale = min(1.0, _EM_PX / lie.em)
    em = lie.em * scale
    deep = round(1.5 * lie.em)
    paper = float(np.percentile(grey_of(scan[::8, ::8]), 60))
    borders = set()
    for border in range(4):
        # seen from the border: row 0 is the border itself
        rim = grey_of(np.ascontiguousarray(np.rot90(scan, border)[:deep]))
        width = rim.shape[1]
        size = (max(1, round(width * scale)), max(2, round(rim.shape[0] * scale)))
        small = np.asarray(cv2.resize(rim, size, interpolation=cv2.INTER_AREA), np.uint8)
        own = _turned(lie.corners, size_of(scan), border) * scale
        first = max(0, round(float(own[:, 0].min()) - _BEYOND * em))
        last = max(first, round(float(own[:, 0].max()) + _BEYOND * em))
        if _strokes(small[:, first:last], em, paper) >= limits().cut.runs:
            borders.add(border)
    return borders


def _turned(points: Points, size: tuple[int, int], quarters: int) -> Points:
    """Positions on a picture turned counterclockwise by quarters, as numpy.rot90 does."""
    return apply(turn_matrix(size, (360 - 90 * quarters) % 360), points)


def _strokes(rim: Image, em: float, paper: float) -> int:
    """How many dark runs of a stroke's width end at the strip's first row, on paper about as bright
    as ``paper``."""
    if rim.size == 0:
        return 0
    side = round(1.6 * em) | 1
    ground = cv2.morphologyEx(rim, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    ink = rim.astype(np.float32) < limits().cut.dark * ground.astype(np.float32)
    deep = max(2, round(_DEEP * em))
    ends = ink[:deep].all(axis=0) & (ground[0] > 0.75 * paper)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ends.astype(np.int8), [0]])))
    lengths = edges[1::2] - edges[::2]
    return int((lengths <= _THICK * em).sum())
