"""Where a lamp's image on a shiny paper hides text. Pure, on pixels.

White paper burns out too, where a picture is overexposed, and hides nothing. A lamp's image is
told by three things: light falls off around it, ink fades towards it, and text runs into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Mask
from pipeline.model import Image, Line, Quad
from pipeline.quality.limits import limits

_REACH = 1.5
"""Characters beyond a line's end at which a patch still hides what may follow."""


@dataclass(frozen=True, slots=True)
class Dazzle:
    """What is hidden on a sheet: ``mask`` is the sheet scaled by ``scale``, 255 where it is."""

    mask: Mask
    scale: float

    @property
    def share(self) -> float:
        """Of the sheet, 0 to 1."""
        return float(np.count_nonzero(self.mask)) / self.mask.size

    def covers(self, quad: Quad) -> float:
        """How much of a box on the sheet is hidden, 0 to 1."""
        box = np.asarray(quad) * self.scale
        left, top = (max(0, int(v)) for v in np.floor(box.min(axis=0)))
        right, bottom = (int(v) for v in np.ceil(box.max(axis=0)))
        part = self.mask[top:bottom, left:right]
        return float(np.count_nonzero(part)) / part.size if part.size else 0.0


def find_dazzle(small: Image, scale: float, lines: Sequence[Line]) -> Dazzle:
    """What a lamp's image hides on a sheet; nothing in most cases. ``small``: the sheet made
    smaller by ``scale``; ``lines`` in the sheet's own pixels."""
    wanted = limits().glare
    low = small if small.ndim == 2 else _darkest(small)
    hidden = np.zeros(low.shape, np.uint8)
    if float(np.median(low[::2, ::2])) > wanted.level - wanted.fall / 2:
        return Dazzle(hidden, scale)  # on paper as white as that nothing falls off
    if np.count_nonzero(low >= wanted.level) < wanted.share * low.size:
        return Dazzle(hidden, scale)
    boxes = [np.asarray(line.quad) * scale for line in lines]
    em = float(np.median([np.linalg.norm(b[3] - b[0]) for b in boxes])) if boxes else 15.0
    burnt = (cv2.blur(low, (3, 3)) >= wanted.level).astype(np.uint8)
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(5, int(em) | 1),) * 2)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.morphologyEx(burnt, cv2.MORPH_OPEN, round_)
    )
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= wanted.share * low.size]
    if not large:
        return Dazzle(hidden, scale)
    reach = int(1.2 * em) | 1
    around = np.ones((reach, reach), np.uint8)
    paper = np.asarray(cv2.morphologyEx(low, cv2.MORPH_CLOSE, around), np.uint8)
    ink = 1 - low.astype(np.float32) / np.maximum(paper, 1)
    usual = _usual(ink, boxes)
    for i in large:
        patch = (labels == i).astype(np.uint8)
        if _meets_text(patch, boxes, em) and _fades(patch, paper, ink, usual, em):
            hidden[patch > 0] = 255
    return Dazzle(hidden, scale)


def _darkest(image: Image) -> Image:
    blue, green, red = cv2.split(image)
    return np.asarray(cv2.min(cv2.min(blue, green), red), np.uint8)


def _usual(ink: NDArray[np.float32], boxes: Sequence[NDArray[np.float64]]) -> float:
    """How dark the strokes of text are, 0 (as paper) to 1."""
    darkest = []
    for box in boxes:
        (left, top), (right, bottom) = np.maximum(box.min(axis=0), 0), box.max(axis=0)
        part = ink[int(top) : int(bottom) + 1, int(left) : int(right) + 1]
        if part.size:
            darkest.append(float(np.percentile(part, 95)))
    return max(float(np.median(darkest)), 1e-3) if darkest else 1.0


def _fades(patch: Mask, paper: Image, ink: NDArray[np.float32], usual: float, em: float) -> bool:
    """Whether paper darkens around the patch while the ink beside it is pale."""
    wanted = limits().glare
    near, middle, far = (_grown(patch, em * k) > 0 for k in (0.35, 1.0, 2.0))
    beside, beyond = near & (patch == 0), far & ~middle
    if not beyond.any() or not beside.any():
        return False
    pale = float(np.percentile(ink[beside], 95)) < wanted.ink * usual
    return pale and 255 - float(np.median(paper[beyond])) >= wanted.fall


def _grown(patch: Mask, by: float) -> Mask:
    side = 2 * max(1, round(by)) + 1
    return np.asarray(cv2.dilate(patch, np.ones((side, side), np.uint8)), np.uint8)


def _meets_text(patch: Mask, boxes: Sequence[NDArray[np.float64]], em: float) -> bool:
    """Whether a line of text runs into the patch."""
    for box in boxes:
        (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
        rows = np.s_[max(0, int(top)) : int(bottom) + 1]
        columns = np.s_[max(0, int(left - _REACH * em)) : int(right + _REACH * em) + 1]
        if patch[rows, columns].sum() > 0.25 * (bottom - top) ** 2:
            return True
    return False
