"""The four corner marks of our form: of all solid squares those that agree with the code.

A code is small beside its page, so it tells only roughly where a far corner lies; but four marks
tell exactly where the code must lie.
"""

from __future__ import annotations

from itertools import permutations
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.application_form.printed.geometry import PrintedForm
from pipeline.image import Points, apply
from pipeline.model import Image, Matrix

MARK_AREA = (0.4, 2.2)
"""Area of a mark on the sheet, in that of the code's scale: what is farther away looks smaller."""
FULL_MARK = 0.8
"""Part of a mark's smallest box that is ink."""
MOST_MARKS = 14
"""Squares that are tried: the solidest."""
OFF_MM = 2.0
"""How far the code's corners may be off, by four marks."""


def lay_on_marks(form: PrintedForm, code: Points, grey: Image) -> Matrix | None:
    """Maps millimetres on the form to pixels of the sheet; None where no four squares agree with
    the code. ``code``: its corners on the sheet, clockwise from its own top left."""
    (x, y), side = form.code.at, form.code.side
    there = np.array([(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    area = float(cv2.contourArea(code.astype(np.float32))) * (form.mark / side) ** 2
    squares = [s for s in _squares(grey) if MARK_AREA[0] <= s[2] / area <= MARK_AREA[1]]
    places = np.array([s[:2] for s in sorted(squares, key=lambda s: -s[3])[:MOST_MARKS]])
    if len(places) < 4:
        return None
    rough, _ = cv2.estimateAffine2D(there, code)
    right = np.array(form.marks[1]) @ rough[:, :2].T + rough[:, 2]
    # The mark beside the code is the one that the code tells well enough.
    near = [int(i) for i in np.argsort(np.hypot(*(places - right).T))[:3]]
    marks = np.array(form.marks, np.float32)
    within = OFF_MM * float(np.sqrt(area)) / form.mark
    best: tuple[float, Matrix] | None = None
    for i, *others in permutations(range(len(places)), 4):
        if i not in near:
            continue
        quad = places[[others[0], i, others[1], others[2]]].astype(np.float32)
        if not _is_convex(quad):
            continue
        matrix = cast(Matrix, cv2.getPerspectiveTransform(marks, quad).astype(np.float64))
        off = float(np.hypot(*(apply(matrix, there) - code).T).max())
        if off <= within and (best is None or off < best[0]):
            best = off, matrix
    return None if best is None else best[1]


def _is_convex(quad: NDArray[np.float32]) -> bool:
    """Whether the corners run clockwise around a convex quadrangle."""
    sides = np.roll(quad, -1, axis=0) - quad
    after = np.roll(sides, -1, axis=0)
    return bool((sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0] > 0).all())


def _squares(grey: Image) -> list[tuple[float, float, float, float]]:
    """Solid dark squares: x and y of the middle, area, how solid."""
    window = max(31, grey.shape[1] // 12) | 1
    ink = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 25
    )
    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for contour in contours:
        (x, y), (w, h), _ = cv2.minAreaRect(contour)
        area = cv2.contourArea(contour)
        if min(w, h) >= 8 and max(w, h) <= 1.6 * min(w, h):
            solid = area / max(1.0, (w - 1) * (h - 1))
            if solid >= FULL_MARK:
                found.append((float(x), float(y), float(area), solid))
    return found
