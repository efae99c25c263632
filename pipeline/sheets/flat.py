"""From four corners on a picture to a flat rectangle: size, shape and order of the corners."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply, invert
from pipeline.model import Matrix
from pipeline.sheets.blocks import text_angle

ID_1 = 85.60 / 53.98
"""Width over height of a card, ISO/IEC 7810 ID-1."""
ID_1_TOLERANCE = 0.07
PERSPECTIVE_MIN = 0.015
"""Below this the opposite sides are all but parallel and say nothing of the camera."""


def flat_size(corners: Points, picture: tuple[int, int]) -> tuple[float, float]:
    """Width and height, in pixels of the picture, of the flat rectangle that is seen as
    ``corners`` (clockwise from its top-left corner). The larger of the opposite sides is kept,
    so that nothing gets smaller; the shape is the true one as far as it can be known."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))
    aspect = true_aspect(corners, picture)
    for known in (ID_1, 1 / ID_1):
        if abs(aspect / known - 1) <= ID_1_TOLERANCE:
            aspect = known
    return (width, width / aspect) if width / aspect >= height else (height * aspect, height)


def true_aspect(corners: Points, picture: tuple[int, int]) -> float:
    """Width over height of the rectangle behind a quadrangle seen by a camera whose axis goes
    through the middle of the picture (Zhang and He, Whiteboard scanning, 2006, section 3.2).

    Where the sides are all but parallel, or the formula gives no camera that could exist, the
    ratio of the mean sides.
    """
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    plain = float((sides[0] + sides[2]) / (sides[1] + sides[3]))
    centre = np.array(picture) / 2
    scale = float(max(picture))
    m1, m2, m4, m3 = (np.array([*(p - centre) / scale, 1.0]) for p in corners)
    k2 = np.cross(m1, m4) @ m3 / (np.cross(m2, m4) @ m3)
    k3 = np.cross(m1, m4) @ m2 / (np.cross(m3, m4) @ m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if min(abs(n2[2]), abs(n3[2])) < PERSPECTIVE_MIN:
        return plain
    focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    # Focal lengths of phones and cameras run from about 0.6 to 3 long sides.
    if not 0.3 < focal2 < 12:
        return plain
    weight = np.diag([1 / focal2, 1 / focal2, 1.0])
    aspect = float(np.sqrt((n2 @ weight @ n2) / (n3 @ weight @ n3)))
    return aspect if 0.75 < aspect / plain < 1.33 else plain


def flatten_matrix(corners: Points, size: tuple[float, float]) -> Matrix:
    """Maps pixels of a flat picture of ``size`` (width, height) to the picture it is cut from."""
    width, height = size
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    return cast(
        Matrix, cv2.getPerspectiveTransform(flat, corners.astype(np.float32)).astype(np.float64)
    )


def reading_order(corners: Points, boxes: NDArray[np.float64]) -> Points:
    """The corners, started anew so that the lines run along the first side (or on their head)."""
    if len(boxes) == 0:
        return corners
    flat = flatten_matrix(corners, (1000, 1000))
    inner = apply(invert(flat), boxes.reshape(-1, 2)).reshape(-1, 4, 2)
    # Direction of the lines along the paper's sides, judged in the picture's own shape.
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    inner = inner * np.array([sides[0] + sides[2], sides[1] + sides[3]]) / 2000
    return corners if text_angle(inner) < 45 else np.roll(corners, 1, axis=0)


def grown_to(
    flat: Matrix, size: tuple[float, float], boxes: NDArray[np.float64], margin: float
) -> Points:
    """Corners of the flat rectangle grown by ``margin`` and until all boxes lie inside."""
    low, high = np.array([-margin, -margin]), np.array(size) + margin
    if len(boxes):
        points = apply(invert(flat), boxes.reshape(-1, 2))
        low = np.minimum(low, points.min(axis=0) - margin / 2)
        high = np.maximum(high, points.max(axis=0) + margin / 2)
    (left, top), (right, bottom) = low, high
    return apply(flat, np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))
