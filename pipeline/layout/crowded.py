"""Lines set so close that the box of one reaches into the next: a line's place without the feet, or
the heads, of its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from pipeline.image import grey_of
from pipeline.model import Image, Line, Quad

REACHES = 0.06
"""Heights of a box that another reaches into it, from which it may hold some of its print."""
MOST = 0.4
"""Heights of a box within which its neighbour's print ends; more is print of its own."""
SHARED = 0.5
"""Part of the shorter of two boxes that lies above or below the other, in a column of lines."""
LEVEL = 0.1
"""Rise over run up to which a box is cut in rows of pixels."""
CLEAR = 0.02
"""Dark part of a row of pixels, beyond that of the clearest row, that still counts as clear."""

Side = Literal["top", "bottom"]


@dataclass(frozen=True, slots=True)
class _Box:
    """An upright rectangle around a quad."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, quad: Quad) -> _Box:
        xs, ys = zip(*quad, strict=True)
        return cls(min(xs), min(ys), max(xs), max(ys))

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def lies_on(self, other: _Box) -> bool:
        """Whether the two are of the same line."""
        common = min(self.bottom, other.bottom) - max(self.top, other.top)
        return common > MOST * min(self.height, other.height)

    def shares(self, other: _Box) -> bool:
        """Whether the two stand in one column."""
        width = min(self.right, other.right) - max(self.left, other.left)
        return width > SHARED * min(self.right - self.left, other.right - other.left)


def without_neighbours(quad: Quad, lines: Sequence[Line], image: Image) -> Quad | None:
    """The quad without what belongs to the lines above and below; None where nothing does, or where
    the same print was found twice."""
    a, b, c, d = quad
    box = _Box.of(quad)
    if box.height <= 0 or abs(b[1] - a[1]) > LEVEL * abs(b[0] - a[0]):
        return None
    others = [other for line in lines if box.shares(other := _Box.of(line.quad)) and other != box]
    if any(box.lies_on(other) for other in others):
        return None
    sides = set(_reached(box, others))
    head = _foreign_rows(box, image, "top") if "top" in sides else 0
    foot = _foreign_rows(box, image, "bottom") if "bottom" in sides else 0
    if not head and not foot:
        return None
    return (a[0], a[1] + head), (b[0], b[1] + head), (c[0], c[1] - foot), (d[0], d[1] - foot)


def _reached(box: _Box, others: Sequence[_Box]) -> Iterator[Side]:
    """The sides of a box into which others in its column reach."""
    for other in others:
        if other.top < box.top and REACHES < (other.bottom - box.top) / box.height < MOST:
            yield "top"
        if other.bottom > box.bottom and REACHES < (box.bottom - other.top) / box.height < MOST:
            yield "bottom"


def _foreign_rows(box: _Box, image: Image, side: Side) -> int:
    """Rows of pixels from a box's edge to the clear ones between its own print and what reaches
    in; 0 where the edge itself is clear."""
    top, bottom = max(0, round(box.top)), round(box.bottom)
    left, right = max(0, round(box.left)), round(box.right)
    grey = grey_of(image[top:bottom, left:right])
    if grey.size == 0:
        return 0
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = (grey <= level).mean(axis=1)
    near = (dark if side == "top" else dark[::-1])[: max(1, round(MOST * len(dark)))]
    return int(np.argmax(near <= near.min() + CLEAR))
