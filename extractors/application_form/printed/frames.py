"""Printed frames on the flat form: where each of them really lies.

A frame's place is known to a millimetre or two, so it need not be told from other ink but only
be found: where its four sides are darker than the paper just outside them. That holds for thin
grey lines in a blurred picture, and for boxes that somebody ticked, crossed or filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.application_form.boxes import Darkness
from pipeline.image import Points

SEEN_MIN = 0.06
"""How much darker than the paper outside, of the darkest print, a frame's sides must be."""
WEAK_FRAME = 0.4
"""And of what most frames of the page are."""
PULL = 0.25
"""Part of its contrast that a frame loses as far from its place as is looked: what darkens the
paper beside it, a mark that missed it, must not pass for one of its sides."""
_BAND, _FREE, _RIM = 2, 4, 10
"""Pixels of the flat form: half the width of a side with its blur; where the paper outside begins
and ends."""


@dataclass(frozen=True, slots=True)
class TickFrame:
    """A rectangle as it is printed: left, top, width, height in pixels of the flat form."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a frame lies: how far from its place, and how clearly it is seen."""

    frame: TickFrame
    right: float
    down: float
    contrast: float

    @property
    def ideal(self) -> tuple[float, float]:
        """The frame's middle as printed."""
        return self.frame.x + self.frame.width / 2, self.frame.y + self.frame.height / 2

    @property
    def found(self) -> tuple[float, float]:
        """The middle where it was found."""
        x, y = self.ideal
        return x + self.right, y + self.down


def find_spots(dark: Darkness, frames: Sequence[TickFrame], reach: int) -> list[Spot]:
    """Each frame where its sides are darkest, at most ``reach`` pixels from its place."""
    return [_find(dark, frame, reach) for frame in frames]


def is_seen(spots: Sequence[Spot]) -> list[bool]:
    """Which frames are there: of a page's frames all have one contrast."""
    least = max(SEEN_MIN, WEAK_FRAME * float(np.median([s.contrast for s in spots])))
    return [s.contrast >= least for s in spots]


def displacement(spots: Sequence[Spot], within: float) -> tuple[Points, float] | None:
    """The map (homography) from printed to found middles, and the share of the frames that fit
    it to ``within`` pixels. None where too few are seen."""
    good = [s for s, seen in zip(spots, is_seen(spots), strict=True) if seen]
    if len(good) < max(6, len(spots) // 3):
        return None
    a = np.array([s.ideal for s in good], np.float64)
    b = np.array([s.found for s in good], np.float64)
    matrix, fitting = cv2.findHomography(a, b, cv2.RANSAC, within)
    if matrix is None:
        return None
    return matrix.astype(np.float64), float(fitting.sum()) / len(spots)


def _find(dark: Darkness, frame: TickFrame, reach: int) -> Spot:
    pad = reach + _RIM
    height, width = dark.shape
    left, top = frame.x - pad, frame.y - pad
    right, bottom = frame.x + frame.width + pad + 1, frame.y + frame.height + pad + 1
    if left < 0 or top < 0 or right > width or bottom > height:
        return Spot(frame, 0.0, 0.0, 0.0)
    patch = dark[top:bottom, left:right]
    size = 2 * reach + 1
    sides = np.stack(
        [
            cv2.filter2D(patch, -1, kernel, anchor=(0, 0))[:size, :size]
            for kernel in _kernels(frame.width, frame.height)
        ]
    )
    # A mark that runs out of the box darkens the paper outside one of its sides.
    clear = (sides.sum(axis=0) - sides.min(axis=0)) / 3
    away = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) / reach
    clear *= 1 - PULL * away
    y, x = np.unravel_index(int(clear.argmax()), clear.shape)
    return Spot(frame, float(x - reach), float(y - reach), float(clear[y, x]))


@lru_cache(maxsize=32)
def _kernels(width: int, height: int) -> tuple[NDArray[np.float32], ...]:
    """For each side: its darkness less that of the paper outside."""
    return (
        _kernel(height, width, near=True),
        _kernel(height, width, near=False),
        _kernel(width, height, near=True).T,
        _kernel(width, height, near=False).T,
    )


def _kernel(across: int, along: int, *, near: bool) -> NDArray[np.float32]:
    """For the level sides; ``near``: the upper one."""
    kernel = np.zeros((across + 2 * _RIM + 1, along + 2 * _RIM + 1), np.float32)
    line = _RIM if near else _RIM + across
    outside = slice(line - _RIM, line - _FREE) if near else slice(line + _FREE + 1, line + _RIM + 1)
    span = slice(_RIM + 3, _RIM + along - 2)
    kernel[line - _BAND : line + _BAND + 1, span] = 1 / ((2 * _BAND + 1) * (along - 5))
    kernel[outside, span] = -1 / ((_RIM - _FREE) * (along - 5))
    return kernel
