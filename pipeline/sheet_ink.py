"""Print that is not text: photos, table rules, emblems. Found at a small working scale."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Mask, grey_of, red_ink
from pipeline.model import Image

INK_CONTRAST = 40
"""Grey levels below the paper around; bleed-through from the back is fainter."""
SPECK_EM = 0.7
"""Smaller than this in both directions is a speck."""
STREAK = 0.8
"""A thin mark over this part of the page's width or height is a streak of the scanner's glass."""
RIM = 0.015
"""A mark that touches this rim of the page and is long is the edge of the paper or the lid."""


def ink_boxes(image: Image, em: float) -> NDArray[np.float64]:
    """Boxes (N x 4 x 2, in pixels of ``image``) around what is printed; ``em`` is the height of
    a character in pixels.

    Red ink is left out: a stamp lies across papers and does not belong to a layout. Specks,
    streaks and black borders are left out, too.
    """
    grey = grey_of(image)
    size = max(9, int(3 * em) | 1)
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((5, 5), np.uint8)), min(size, 101))
    ink = np.where(cv2.subtract(paper, grey) > INK_CONTRAST, 255, 0).astype(np.uint8)
    if image.ndim == 3:
        red = cv2.dilate(red_ink(image), np.ones((5, 5), np.uint8))
        ink[red > 0] = 0
    ink = _without_streaks(ink)
    join = max(3, int(0.3 * em) | 1)
    joined = cv2.dilate(ink, np.ones((join, join), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    height, width = grey.shape
    boxes = []
    for left, top, w, h, _ in stats[1:]:
        if max(w, h) - join < SPECK_EM * em:
            continue
        if _is_border(left, top, w, h, width, height):
            continue
        right, bottom = left + w, top + h
        boxes.append([(left, top), (right, top), (right, bottom), (left, bottom)])
    return np.asarray(boxes, dtype=np.float64).reshape(-1, 4, 2)


def _without_streaks(ink: Mask) -> Mask:
    height, width = ink.shape
    for kernel in (
        np.ones((int(STREAK * height), 1), np.uint8),
        np.ones((1, int(STREAK * width)), np.uint8),
    ):
        # Streaks break off here and there: bridge before looking for the long run.
        bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones_like(kernel[:25, :25]))
        streak = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, kernel)
        ink = cast(Mask, cv2.subtract(ink, cv2.dilate(streak, np.ones((3, 3)))))
    return ink


def _is_border(left: int, top: int, w: int, h: int, width: int, height: int) -> bool:
    rim = RIM * max(width, height)
    touches_side = left <= rim or left + w >= width - rim
    touches_end = top <= rim or top + h >= height - rim
    return (touches_side and h > 0.25 * height) or (touches_end and w > 0.25 * width)
