"""Whether a part of a sheet lies beyond the picture. Pure, on pixels.

Two things tell. Print runs out of the picture: lines of text, strokes or rules of a table end at
its border, several of them. And a paper of known size that fills the picture has not its shape.
A paper scanned to its very edges shows neither.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply, grey_of, size_of, turn_matrix
from pipeline.model import DocumentType, Image
from pipeline.quality.limits import limits

_EM_PX = 24.0
"""Height of a line at which the border is looked at, at most."""
_THICK = 1.2
"""Characters' heights along the border above which a dark run is no stroke: a shadow, a table."""
_DEEP = 0.1
"""Characters' heights that a stroke goes on inwards, at least."""
_BEYOND = 2.0
"""Characters' heights around a sheet in which print may still be its own."""
_TIGHT = 0.15
"""Heights of a line between its end and the border up to which it runs out."""
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


def is_cut(scan: Image, lie: Lie, kind: DocumentType) -> bool:
    """Whether a sheet is cut off by the picture's border."""
    if len(lie.lines) == 0:
        return False
    reached = [b for s in range(4) if (b := _reaches(scan, lie, s)) is not None]
    return bool(reached) and (
        _has_wrong_shape(size_of(scan), lie.corners, kind, len(reached))
        or _lines_run_out(size_of(scan), lie)
        or _strokes_run_out(scan, lie, reached)
    )


def _reaches(scan: Image, lie: Lie, side: int) -> int | None:
    """The picture's border (0 top, 1 right, 2 bottom, 3 left) at which the sheet's side, counted
    alike, lies, with paper there; None where it ends within the picture."""
    width, height = size_of(scan)
    shares = np.linspace(0.15, 0.85, 8)[:, None]
    x, y = ((1 - shares) * lie.corners[side] + shares * lie.corners[(side + 1) % 4]).T
    distances = np.median([y, width - 1 - x, height - 1 - y, x], axis=1)
    if float(distances.min()) >= limits().cut.rim * max(width, height):
        return None
    beside = (1 - shares) * lie.print_box[side] + shares * lie.print_box[(side + 1) % 4]
    differing = [
        np.abs(_light(scan, at) - _light(scan, paper)).max()
        for at, paper in zip(np.stack([x, y], axis=1), beside, strict=True)
    ]
    return int(distances.argmin()) if np.median(differing) <= limits().cut.like else None


def _light(scan: Image, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The colour around the place nearest in the picture, print left out as far as it is thin."""
    width, height = size_of(scan)
    reach = max(4, round(_RIM * max(width, height)))
    x, y = (int(v) for v in np.clip(at, (0, 0), (width - 1, height - 1)))
    part = scan[max(0, y - reach) : y + reach + 1 : 2, max(0, x - reach) : x + reach + 1 : 2]
    return np.atleast_1d(np.percentile(part.reshape(-1, *part.shape[2:]), 60, axis=0))


def _has_wrong_shape(
    size: tuple[int, int], corners: Points, kind: DocumentType, reached: int
) -> bool:
    """Whether a paper of known size fills the picture, and the picture has not its shape."""
    wanted = limits()
    width, height = size
    known = wanted.formats.get(kind)
    inside = np.clip(corners, (0, 0), (width - 1, height - 1)).astype(np.float32)
    filled = float(cv2.contourArea(inside)) / (width * height)
    if known is None or reached < wanted.cut.sides or filled < wanted.cut.fills:
        return False
    along = corners[1] - corners[0]
    shape = width / height if abs(along[0]) >= abs(along[1]) else height / width
    off = min(max(math.log(low / shape), math.log(shape / high)) for low, high in known)
    return off > wanted.cut.aspect


def _lines_run_out(size: tuple[int, int], lie: Lie) -> bool:
    """Whether several lines of text end at one of the picture's borders: no paper is printed so
    near to its edge."""
    width, height = size
    starts, ends = lie.lines[:, [0, 3]].mean(axis=1), lie.lines[:, [1, 2]].mean(axis=1)
    for tips in (starts, ends):
        x, y = tips[:, 0], tips[:, 1]
        for gaps in (x, y, width - 1 - x, height - 1 - y):
            if int((gaps < _TIGHT * lie.em).sum()) >= limits().cut.lines:
                return True
    return False


def _strokes_run_out(scan: Image, lie: Lie, borders: Sequence[int]) -> bool:
    """Whether strokes of the sheet's print end at one of these borders of the picture."""
    wanted = limits().cut
    scale = min(1.0, _EM_PX / lie.em)
    em = lie.em * scale
    deep = round(1.5 * lie.em)
    paper = float(np.percentile(grey_of(scan[::8, ::8]), 60))
    for border in borders:
        # seen from the border: row 0 is the border itself
        rim = grey_of(np.ascontiguousarray(np.rot90(scan, border)[:deep]))
        width = rim.shape[1]
        size = (max(1, round(width * scale)), max(2, round(rim.shape[0] * scale)))
        small = np.asarray(cv2.resize(rim, size, interpolation=cv2.INTER_AREA), np.uint8)
        own = _turned(lie.corners, size_of(scan), border) * scale
        first = max(0, round(float(own[:, 0].min()) - _BEYOND * em))
        last = max(first, round(float(own[:, 0].max()) + _BEYOND * em))
        if _strokes(small[:, first:last], em, paper) >= wanted.runs:
            return True
    return False


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
