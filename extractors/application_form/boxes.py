"""Tick boxes by their pixels: frames beside words, and whether somebody marked them.

A printed box is a square or a ring about as large as a character. Its frame stays when it is
ticked, crossed or filled, so a frame is looked for by its four sides (or its ring), not by its
emptiness. What is inside is compared with the empty boxes of the same form: paper and scanner
are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.layout.ruled_table import level_ink, quad_of
from pipeline.model import Image, Quad

BoxState = Literal["yes", "no", "unsure"]
Darkness = NDArray[np.float32]
Shape = Literal["square", "ring"]

FRAME_MIN = 0.8
"""Part of a frame's sides that must be ink."""
BOX_SIZES: dict[Shape, tuple[float, float]] = {"square": (0.42, 1.4), "ring": (0.6, 1.4)}
"""Sides of boxes, in heights of a character; a ring as small as a digit is one."""
THIN_PX = 15
"""Pixels around, from whose mean darkness thin lines stand out: a font's □ is a hair's width."""
THIN_MIN, THIN_CLEAR = 0.14, 0.09
"""How dark such a line must be, and how much darker than what is around it."""
INSET = 0.16
"""Part of a box's side that the frame and its blur may take inwards."""
EMPTY_MAX = 0.045
"""Mean darkness inside, beyond that of the form's empty boxes, up to which a box is empty."""
MARKED_MIN = 0.12
"""And from which it is marked: a thin tick covers about a sixth of the inside."""


@dataclass(frozen=True, slots=True)
class TickBox:
    """A frame: left top corner, side in pixels, how well it was seen (0 to 1)."""

    x: float
    y: float
    side: float
    seen: float
    inside: float = 0.0

    @classmethod
    def around(cls, x: float, y: float, side: float) -> TickBox:
        """A place for a frame with its middle there."""
        return cls(x - side / 2, y - side / 2, side, 1.0)

    @property
    def quad(self) -> Quad:
        """The box in pixels of the sheet."""
        return quad_of(self.x, self.y, self.x + self.side, self.y + self.side)


def darkness_of(image: Image) -> Darkness:
    """Ink from 0 (paper) to 1 (the darkest print)."""
    dark = 255 - level_ink(image)
    deep = max(60.0, float(np.percentile(dark, 99.5)))
    return np.clip(dark / deep, 0, 1).astype(np.float32)


class Frames:
    """Finds boxes on one sheet."""

    def __init__(self, image: Image) -> None:
        self.dark = darkness_of(image)
        around = cv2.boxFilter(self.dark, -1, (THIN_PX, THIN_PX))
        thin = (self.dark > THIN_MIN) & (self.dark - around > THIN_CLEAR)
        self._ink = ((self.dark > 0.35) | thin).astype(np.float32)

    def find(
        self,
        window: tuple[float, float, float, float],
        sides: Sequence[int],
        near: float,
        shape: Shape,
    ) -> TickBox | None:
        """The best frame in a window (left, top, right, bottom); of equals the one nearest to
        the horizontal place ``near``."""
        height, width = self._ink.shape
        left, top = max(0, round(window[0])), max(0, round(window[1]))
        right, bottom = min(width, round(window[2])), min(height, round(window[3]))
        best: TickBox | None = None
        best_rank = 0.0
        for side in sides:
            if right - left < side or bottom - top < side:
                continue
            part = self._ink[top:bottom, left:right]
            seen = _square(part, side) if shape == "square" else _ring(part, side)
            away = np.abs(np.arange(seen.shape[1]) + left + side / 2 - near) / side
            rank = seen - 0.02 * away[None, :] + 0.002 * side
            y, x = np.unravel_index(int(rank.argmax()), rank.shape)
            if rank[y, x] > best_rank:
                best_rank = float(rank[y, x])
                best = TickBox(float(left + x), float(top + y), float(side), float(seen[y, x]))
        return best if best is not None and best.seen >= FRAME_MIN else None

    def inside(self, box: TickBox) -> float:
        """Mean darkness within the frame."""
        inset = max(2.0, INSET * box.side)
        x0, y0 = round(box.x + inset), round(box.y + inset)
        x1, y1 = round(box.x + box.side - inset), round(box.y + box.side - inset)
        part = self.dark[y0:y1, x0:x1]
        return float(part.mean()) if part.size else 0.0


def _square(ink: Darkness, side: int) -> NDArray[np.float32]:
    """For each corner place the least covered side of a square, and a little of the others."""
    reach = max(1, round(side * 0.06))
    across = np.ones((2 * reach + 1, 1), np.uint8)
    level = cv2.dilate(ink, across)
    upright = cv2.dilate(ink, across.T)
    height, width = ink.shape[0] - side + 1, ink.shape[1] - side + 1
    rows = cv2.boxFilter(level, -1, (side, 1), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    columns = cv2.boxFilter(upright, -1, (1, side), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    four = np.stack(
        (
            rows[:height, :width],
            rows[side - 1 : side - 1 + height, :width],
            columns[:height, :width],
            columns[:height, side - 1 : side - 1 + width],
        )
    )
    return cast(NDArray[np.float32], 0.5 * four.min(axis=0) + 0.5 * four.mean(axis=0))


def _ring(ink: Darkness, side: int) -> NDArray[np.float32]:
    """For each corner place the worst covered quarter of a ring, and a little of the whole."""
    grown = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    angles = np.arange(32) * (2 * np.pi / 32)
    middle = radius = (side - 1) / 2
    height, width = ink.shape[0] - side + 1, ink.shape[1] - side + 1
    quarters = np.zeros((8, height, width), np.float32)
    for i, angle in enumerate(angles):
        x, y = round(middle + radius * np.cos(angle)), round(middle + radius * np.sin(angle))
        quarters[i // 4] += grown[y : y + height, x : x + width] / 4
    return cast(NDArray[np.float32], 0.5 * quarters.min(axis=0) + 0.5 * quarters.mean(axis=0))


def judge_box(inside: Sequence[float], marked: float = MARKED_MIN) -> list[BoxState]:
    """Which boxes are marked, from the darkness within each of a form's boxes: ``marked`` from
    which. The emptiest tell how dark nothing is, for blur brings the frame inwards."""
    if not inside:
        return []
    empty = min(0.2, float(np.percentile(inside, 20)))
    return [
        "no" if value - empty <= EMPTY_MAX else "yes" if value - empty >= marked else "unsure"
        for value in inside
    ]
