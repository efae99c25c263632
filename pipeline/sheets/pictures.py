"""Print that is not text: photos, table rules, emblems. Found at a small working scale."""

from __future__ import annotations

from dataclasses import dataclass
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
STREAK = 0.93
"""A thin mark over this part of the page's width or height is a streak of the scanner's glass."""
RING_EM = (4.0, 12.0)
"""Radius of a round stamp (38 to 45 mm across, print 2.5 to 4 mm high)."""
RING_CERTAINTY = 0.82
HOLLOW = 0.35
"""A frame has less ink than this part of its rectangle."""
FRAME_EM = (1.2, 4.0)
"""Height of a frame around one line: a caption stamped on a copy."""
PICTURE_RIM = 0.015
"""A mark that touches this rim of the page and is long is the edge of the paper or the lid."""


@dataclass(frozen=True, slots=True, eq=False)
class PageInk:
    """``boxes`` (N x 4 x 2, in pixels of the picture) around what is printed; ``framed`` are
    the indices of lines that stand alone in a frame, as stamped captions do."""

    boxes: NDArray[np.float64]
    framed: tuple[int, ...]


def page_ink(image: Image, lines: NDArray[np.float64], em: float) -> PageInk:
    """What is printed on a picture whose lines have the boxes ``lines`` (N x 4 x 2); ``em`` is
    the height of a character in pixels.

    Stamps are left out, red ones by colour, black ones (on copies) as rings and frames: they
    lie across papers and do not belong to a layout. So are specks, streaks and black borders.
    """
    grey = grey_of(image)
    size = max(9, int(3 * em) | 1)
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((5, 5), np.uint8)), min(size, 101))
    ink = np.where(cv2.subtract(paper, grey) > INK_CONTRAST, 255, 0).astype(np.uint8)
    if image.ndim == 3:
        red = cv2.dilate(red_ink(image), np.ones((5, 5), np.uint8))
        ink[red > 0] = 0
    ink = _without_rings(_without_streaks(ink), grey, em)
    join = max(3, int(0.3 * em) | 1)
    joined = cv2.dilate(ink, np.ones((join, join), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    height, width = grey.shape
    centres = lines.mean(axis=1)
    boxes = []
    framed: list[int] = []
    frames = []
    for label, (left, top, w, h, _) in enumerate(stats[1:], start=1):
        if max(w, h) - join < SPECK_EM * em:
            continue
        if _is_border(left, top, w, h, width, height):
            continue
        right, bottom = left + w, top + h
        if FRAME_EM[0] * em < h - join < FRAME_EM[1] * em < w:
            window = (slice(top, bottom), slice(left, right))
            own = labels[window] == label
            low, high = np.array([left, top]), np.array([right, bottom])
            within = np.flatnonzero(((centres > low) & (centres < high)).all(axis=1))
            if len(within) == 1 and (own & (ink[window] > 0)).mean() < HOLLOW and _is_ringed(own):
                framed.append(int(within[0]))
                frames.append((low, high))
                continue
        boxes.append([(left, top), (right, top), (right, bottom), (left, bottom)])
    found = np.asarray(boxes, dtype=np.float64).reshape(-1, 4, 2)
    for low, high in frames:
        middles = found.mean(axis=1)
        found = found[~((middles > low) & (middles < high)).all(axis=1)]
    return PageInk(found, tuple(framed))


def _is_ringed(own: NDArray[np.bool_]) -> bool:
    """Whether ink runs around a window and leaves its middle free, a little aslant or not."""
    height, width = own.shape
    columns = own[: height // 2].any(axis=0) & own[height // 2 :].any(axis=0)
    middle = own[height // 3 : -(height // 3), width // 5 : -(width // 5)]
    return bool(columns.mean() > 0.5 and middle.mean() < 0.2)


def _without_rings(ink: Mask, grey: Image, em: float) -> Mask:
    low, high = (int(r * em) for r in RING_EM)
    if low < 8:
        return ink
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(grey, (3, 3), 0),
        cv2.HOUGH_GRADIENT_ALT,
        dp=1.5,
        minDist=low,
        param1=120,
        param2=RING_CERTAINTY,
        minRadius=low,
        maxRadius=high,
    )
    if circles is None:
        return ink
    result = ink.copy()
    for x, y, radius in circles.reshape(-1, circles.shape[-1])[:, :3]:
        centre = (round(float(x)), round(float(y)))
        cv2.circle(result, centre, round(float(radius)), (0,), max(5, round(0.5 * em)))
    return result


def _without_streaks(ink: Mask) -> Mask:
    height, width = ink.shape
    for axis, kernel in (
        (0, np.ones((int(STREAK * height), 1), np.uint8)),
        (1, np.ones((1, int(STREAK * width)), np.uint8)),
    ):
        # Streaks break off here and there: bridge before looking for the long run.
        bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones_like(kernel[:25, :25]))
        # A run may go on beyond the edge, for at most half of the kernel.
        if np.count_nonzero(bridged, axis=axis).max() < kernel.size // 2:
            continue
        streak = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, kernel)
        ink = cast(Mask, cv2.subtract(ink, cv2.dilate(streak, np.ones((3, 3)))))
    return ink


def _is_border(left: int, top: int, w: int, h: int, width: int, height: int) -> bool:
    rim = PICTURE_RIM * max(width, height)
    touches_side = left <= rim or left + w >= width - rim
    touches_end = top <= rim or top + h >= height - rim
    return (touches_side and h > 0.25 * height) or (touches_end and w > 0.25 * width)
