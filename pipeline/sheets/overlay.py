"""Words printed slantwise across a page, over everything that lies on it.

Copies are often protected by rows of pale words (仅限办理…使用，他用无效). They are many and
long, so that they would decide which way the page stands, and they cross the print that is to be
read. They are known by three things at once: they run aslant to all other print, they are paler
than it, and they run through it (papers thrown on a table lie aslant too, but each by itself, and
print that a paper lies on ends at its edges).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import grey_of
from pipeline.model import Image, Quad
from pipeline.sheets.blocks import LEVEL_ASPECT, boxes_of, lying, sides_of

SLANT_DEG = 8.0
"""Angle between the rows of words and the print, modulo 90 degrees, from which they are aslant."""
SPREAD_DEG = 4.0
"""Rows of one overlay differ by no more."""
ROWS_MIN = 3
ROW_ASPECT = 5.5
"""Length over height of three of an overlay's rows, at least: on copies the third longest has 6.5
and more, also where print breaks the rows. Words around and across grey seals, which run aslant
over print, too, are no longer than 户口专用章."""
PALER = 0.75
"""Contrast of the words over that of the print, at most. Field copies have 0.2 to 0.5."""
CROSSED = 0.1
"""Part of the print's lines that the words run through, at least: 0.14 to 0.67 on copies, where the
detector breaks the rows at the print; 0 on cards that lay on newspapers and cloth."""
WORDS_PERCENTILE = 4
"""Of the words' strokes, from the dark end: specks and sharpened edges are darker still."""
TWO_INKS = 60
"""Grey levels between strokes of the words and of print that crosses them, at least."""
WORDS_MARGIN = 10
"""Grey levels by which strokes may be darker where a scanner sharpened them."""
REACH_EM = 1.0
"""Heights of a row by which it is taken to be longer than its box at each end."""
INK_PERCENTILE, PAPER_PERCENTILE = 10, 80
"""Grey levels of a line's box at which its strokes and its ground are read off."""


def find_overlay(image: Image, quads: Sequence[Quad]) -> frozenset[int]:
    """Which of the lines, by index, are words across the page. ``quads`` in pixels of ``image``."""
    if len(quads) < 2 * ROWS_MIN:
        return frozenset()
    boxes = boxes_of(quads)
    angles, aspects = _angles(boxes)
    long = aspects >= LEVEL_ASPECT
    if int(long.sum()) < 2 * ROWS_MIN:
        return frozenset()
    for angle in _directions(angles[long]):
        words = long & (_apart(angles, angle) <= SPREAD_DEG)
        rows = words & (aspects >= ROW_ASPECT)
        print_ = long & (_aslant(angles, angle) >= SLANT_DEG)
        if min(int(rows.sum()), int(print_.sum())) < ROWS_MIN:
            continue
        if not _lies_across(boxes[words], boxes[print_]):
            continue
        grey = grey_of(image)
        if _contrast(grey, boxes[words]) <= PALER * _contrast(grey, boxes[print_]):
            return frozenset(int(i) for i in np.flatnonzero(words))
    return frozenset()


def without_overlay(image: Image, words: Sequence[Quad]) -> Image:
    """The picture with everything as pale as the words, or paler, taken for paper: what is darker
    stays as it is, also where the words cross it. ``words`` in pixels of ``image``."""
    grey = grey_of(image)
    paper = float(np.percentile(grey, PAPER_PERCENTILE))
    levels = []
    for quad in words:
        mask = np.zeros(grey.shape[:2], dtype=np.uint8)
        corners = np.asarray(quad).round().astype(np.int32)
        left, top = np.maximum(corners.min(axis=0), 0)
        right, bottom = corners.max(axis=0) + 1
        cv2.fillConvexPoly(mask, corners, (1,))
        inside = grey[top:bottom, left:right][mask[top:bottom, left:right] > 0]
        strokes = inside[inside < paper - WORDS_MARGIN]
        if strokes.size:
            levels.append(_palest_ink(strokes))
    if not levels:
        return image
    pale = grey >= np.median(levels) - WORDS_MARGIN
    lifted = image.copy()
    lifted[pale] = round(paper)
    return lifted


def _palest_ink(strokes: NDArray[np.uint8]) -> float:
    """The darkest grey level of the words' own strokes, without those of print that crosses them:
    where the levels fall into two kinds, the paler is the words'."""
    split, _ = cv2.threshold(strokes.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark, pale = strokes[strokes <= split], strokes[strokes > split]
    if dark.size and pale.size and float(np.median(pale)) - float(np.median(dark)) > TWO_INKS:
        strokes = pale
    return float(np.percentile(strokes, WORDS_PERCENTILE))


def _angles(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Direction of each box's longer side, in degrees from 0 to 180; and how many times as long as
    the other one it is."""
    first, second = sides_of(boxes)
    lengths = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    along = np.where((lengths[0] >= lengths[1])[:, None], first, second)
    aspects = np.maximum(*lengths) / np.maximum(np.minimum(*lengths), 1.0)
    return np.degrees(np.arctan2(along[:, 1], along[:, 0])) % 180, aspects


def _directions(angles: NDArray[np.float64]) -> list[float]:
    """Directions that several lines share, the most shared first."""
    counts = [int((_apart(angles, a) <= SPREAD_DEG).sum()) for a in angles]
    found: list[float] = []
    for i in np.argsort(counts)[::-1]:
        if counts[i] >= ROWS_MIN and all(abs(_turn(angles[i] - a)) > SPREAD_DEG for a in found):
            found.append(float(angles[i]))
    return found


def _turn(degrees: float) -> float:
    return (degrees + 90) % 180 - 90


def _apart(angles: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    return np.abs((angles - angle + 90) % 180 - 90)


def _aslant(angles: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """How far from parallel and from square to ``angle``, in degrees from 0 to 45."""
    turned = (angles - angle) % 90
    return np.minimum(turned, 90 - turned)


def _lies_across(words: NDArray[np.float64], print_: NDArray[np.float64]) -> bool:
    """Whether the words run through the print. What lies below a paper (a newspaper, a patterned
    cloth) ends at the paper's edges and touches none of its lines, though it is all around."""
    rows = [_reaching(box) for box in lying(words)]
    crossed = [
        any(cv2.intersectConvexConvex(line, row)[0] > 0 for row in rows)
        for line in (np.asarray(box, dtype=np.float32) for box in print_)
    ]
    return float(np.mean(crossed)) >= CROSSED


def _reaching(box: NDArray[np.float64]) -> NDArray[np.float32]:
    """A row's box, longer at both ends: the detector breaks a row off where print crosses it."""
    along = box[1] - box[0]
    reach = REACH_EM * np.linalg.norm(box[3] - box[0]) * along / max(1e-6, np.linalg.norm(along))
    return np.asarray(box + np.array([-reach, reach, reach, -reach]), dtype=np.float32)


def _contrast(grey: Image, boxes: NDArray[np.float64]) -> float:
    """Median over the lines of the grey levels between strokes and ground."""
    found = []
    for box in boxes:
        size = (64, 16)
        target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
        first, second = sides_of(box[None])
        stands = np.linalg.norm(first) < np.linalg.norm(second)
        corners = (np.roll(box, -1, axis=0) if stands else box).astype(np.float32)
        strip = cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners, target), size)
        found.append(np.percentile(strip, PAPER_PERCENTILE) - np.percentile(strip, INK_PERCENTILE))
    return float(np.median(found))
