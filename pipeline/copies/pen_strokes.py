"""Strokes of a pen across a copied paper itself, where nobody asked for a signature: a hint that
somebody signed, no proof. Pure, on pixels.

Print stands in characters of their own; a signature binds them: thin ink in one stretch, longer
and higher than any character. Portraits, emblems and stamps' frames are thick, or straight.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import shrink
from pipeline.layout.ruled_table import level_ink
from pipeline.model import Image

LONG_MM, HIGH_MM = 9.0, 5.2
"""Size of bound strokes, at least: no print of a card stands higher."""
THICK_MM = 2.2
"""Width from which ink is a portrait's or an emblem's: where a pen crosses print it is 1.5."""
PEN_DARK = 60
"""Grey levels below the paper from which it is ink; grounds of cards are paler."""
LOOSE = 0.62
"""Part of its box that a signature's ink fills, at most."""
STROKE_WITHIN = 0.6
"""Part of the strokes within a picture's place (portrait, emblem), from which they belong to it."""
PICTURE_MM = 3.0
"""Between the thick parts of one picture, and around it."""
RING_MM, RING = 25.0, 0.1
"""Width of a seal's ring, at least, and the part of its box that it fills, at most."""
_LOOK_PER_MM = 8.0
"""Pixels in a millimetre at which the paper is looked at."""


def has_bound_strokes(paper: Image, per_mm: float) -> bool:
    """Whether strokes like a signature's lie on a flattened paper of ``per_mm`` pixels a
    millimetre."""
    size = round(max(paper.shape[:2]) * min(1.0, _LOOK_PER_MM / per_mm))
    small, factor = shrink(paper, size)
    mm = per_mm * factor
    ink = (255 - level_ink(small) >= PEN_DARK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(_without_lines(ink, mm), connectivity=8)
    bound = [i for i in range(1, len(stats)) if _is_bound(stats[i], mm)]
    if not bound:
        return False
    pictures = _pictures(ink, mm)
    for i in bound:
        x, y, w, h, _ = stats[i].tolist()
        own = labels[y : y + h, x : x + w] == i
        if float((pictures[y : y + h, x : x + w][own] > 0).mean()) < STROKE_WITHIN:
            return True
    return False


def _is_bound(stats: NDArray[np.int32], mm: float) -> bool:
    """Whether connected ink has a signature's size and thinness, and is no seal's ring."""
    _, _, width, height, area = stats.tolist()
    long, short, box = max(width, height), min(width, height), width * height
    is_ring = short > RING_MM * mm and area < RING * box
    return long >= LONG_MM * mm and short >= HIGH_MM * mm and area <= LOOSE * box and not is_ring


def _without_lines(ink: NDArray[np.uint8], mm: float) -> NDArray[np.uint8]:
    """The ink without straight level and upright lines: edges, rules, frames."""
    out = ink.copy()
    length = round(15 * mm)
    for shape in ((length, 1), (1, length)):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        out[cv2.dilate(lines, np.ones((3, 3), np.uint8)) > 0] = 0
    return np.asarray(out, np.uint8)


def _pictures(ink: NDArray[np.uint8], mm: float) -> NDArray[np.uint8]:
    """The places of pictures: the boxes about ink that is thicker than print."""
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, _round(THICK_MM * mm))
    reach = max(1, round(PICTURE_MM * mm))
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(thick, _round(reach)))
    places = np.zeros_like(ink)
    for x, y, w, h, _ in stats[1:]:
        places[max(0, y - reach) : y + h + reach, max(0, x - reach) : x + w + reach] = 1
    return places


def _round(size: float) -> NDArray[np.uint8]:
    side = max(3, round(size) | 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
