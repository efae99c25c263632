"""Whether a form was filled in by hand, from its ink and from how its characters stand.

Print stands on one line and has one height and one weight; handwriting wavers, and is often blue.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.layout.piece import Piece
from pipeline.layout.ruled_table import dark_ink, level_ink
from pipeline.model import Image

BLUE_MIN = 26
"""Grey levels by which blue exceeds red in the ink of a pen, beyond the paper's own tint."""
WAVER_MAX = 0.055
"""Spread of the tops, bottoms and weights of a number's digits, in heights of a digit: print stays
below 0.035 on scans, handwriting lies above 0.07."""
DIGITS_MIN, SMALLEST_PX = 6, 6
"""Digits, and pixels of their height, from which they tell."""


class Hand:
    """Looks at the ink of one sheet."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._ink = dark_ink(level_ink(image)) > 0

    def is_blue(self, pieces: Sequence[Piece]) -> bool:
        """Whether the pieces are written in a pen's blue."""
        if self._image.ndim == 2:
            return False
        tints = []
        for piece in pieces:
            x0, y0, x1, y1 = _bounds(piece)
            part = self._image[y0:y1, x0:x1].astype(np.int16)
            ink = self._ink[y0:y1, x0:x1]
            if part.size == 0 or ink.sum() < 20:
                continue
            tint = part[..., 0] - part[..., 2]
            paper = float(np.median(tint[~ink])) if (~ink).any() else 0.0
            tints.append(float(np.median(tint[ink])) - paper)
        return bool(tints) and float(np.median(tints)) > BLUE_MIN

    def waver(self, pieces: Sequence[Piece]) -> float | None:
        """How far the digits of a number waver (:func:`waver_of`)."""
        found = []
        for piece in pieces:
            digits = [i for i, c in enumerate(piece.chars) if c.text.isdigit()]
            extents = (self._extent(piece.part(i, i + 1)) for i in digits)
            found.append(waver_of([extent for extent in extents if extent is not None]))
        return max((waver for waver in found if waver is not None), default=None)

    def _extent(self, char: Piece) -> tuple[float, float, float] | None:
        x0, y0, x1, y1 = _bounds(char)
        pad = (x1 - x0) // 4
        ink = self._ink[y0:y1, max(0, x0 - pad) : x1 + pad].astype(np.uint8)
        if ink.size == 0:
            return None
        # Faint print breaks within a digit: the bar of a 5 belongs to its bowl.
        upright = np.ones((max(3, ink.shape[0] // 8 | 1), 1), np.uint8)
        whole = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, upright)
        count, _, stats, centres = cv2.connectedComponentsWithStats(whole, connectivity=8)
        best = None
        middle = ink.shape[1] / 2
        for i in range(1, count):
            _, top, _, high, _ = (int(v) for v in stats[i])
            if high >= 0.3 * ink.shape[0] and (
                best is None or abs(centres[i][0] - middle) < abs(best[0] - middle)
            ):
                best = (float(centres[i][0]), float(top), float(top + high))
        return None if best is None else (x0 + best[0], y0 + best[1], y0 + best[2])


def waver_of(extents: Sequence[tuple[float, float, float]]) -> float | None:
    """How far the tops or bottoms of characters (middle, top and bottom of each) are off a line, in
    heights of a character; None where these are too few, or too small to tell."""
    if len(extents) < DIGITS_MIN:
        return None
    along, tops, bottoms = np.array(extents).T
    tall = float(np.median(bottoms - tops))
    if tall < SMALLEST_PX:
        return None
    off = [np.abs(edge - np.polyval(np.polyfit(along, edge, 1), along)) for edge in (tops, bottoms)]
    return max(float(np.percentile(o, 75)) for o in off) / tall


def _bounds(piece: Piece) -> tuple[int, int, int, int]:
    xs, ys = [x for x, _ in piece.quad], [y for _, y in piece.quad]
    return max(0, round(min(xs))), max(0, round(min(ys))), round(max(xs)), round(max(ys))
