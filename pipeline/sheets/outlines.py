"""The edges of cards and papers, from pixels: four-cornered outlines with a step of tone or
colour across each side.

A table's frame is a line, not an edge: the same paper lies on either side of it. So print is
closed over first (a dark stroke on lighter paper vanishes under a grey closing), outlines are
proposed from what is left, and each is kept only if the paper inside differs from what lies
outside along its sides. Rounded corners do no harm: sides are fitted through their middle parts
and corners are where sides meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Mask, Points
from pipeline.model import Image

Contour = NDArray[Any]
"""N x 2 or N x 1 x 2 whole pixel positions, as OpenCV gives them."""

CLOSING_PX = 13
"""Strokes of print thinner than this vanish. At the working scale (long side about 800 px)."""
CANNY = ((8, 20), (16, 45), (40, 110))
MIN_AREA = 0.02
"""Of the picture. The smallest paper, a card on A4, is 0.074."""
FILL = 0.93
"""A hull that fills less of its quadrangle is no paper."""
STEP = 3.0
"""Distance in Lab between inside and outside that counts as an edge: a grey card on a white
copy differs by 5 and more, paper on the same paper by 1 to 2."""
SUPPORT = 0.6
"""Part of a side along which the step must show."""
WEAKEST = 0.2
"""At least this much of the weakest side: where a side shows nowhere, it could be anywhere (the
fold of a booklet, the end of a shadow)."""
OUTLINE_CERTAIN = 0.9
"""Support that an outline needs if its corners are not all but square."""
CORNERS = (58.0, 122.0)
"""Degrees: right angles seen at a slant."""
CRISP_CORNERS = (86.0, 94.0)
"""Degrees: right angles seen from above."""
SAMPLES = 28
STEPS = np.linspace(0.08, 0.92, SAMPLES)[:, None]
"""Places along a side at which it is looked at, as parts of it."""
NEXT_CORNER = [1, 2, 3, 0]
"""Of each corner the one that follows it."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Four corners clockwise on the picture, and how well the edges show (0 to 1)."""

    corners: Points
    support: float

    @property
    def area(self) -> float:
        """In square pixels."""
        return float(cv2.contourArea(self.corners.astype(np.float32)))

    def scaled(self, factor: float) -> Outline:
        """The outline on a picture ``factor`` times as large."""
        return Outline(self.corners * factor, self.support)

    def contains(self, points: Points) -> NDArray[np.bool_]:
        """Which of the positions lie inside."""
        return inside(self.corners, points)


def inside(corners: Points, points: Points) -> NDArray[np.bool_]:
    """Which of the positions lie inside a convex quadrangle that runs clockwise."""
    along, across = (corners[NEXT_CORNER] - corners).T[:, :, None]
    x, y = corners.T[:, :, None]
    beyond = along * (points[:, 1] - y) - across * (points[:, 0] - x) >= 0
    return cast(NDArray[np.bool_], beyond.all(axis=0))


def find_outlines(image: Image) -> list[Outline]:
    """Papers whose edges show on a small picture, best support first, near-duplicates left out.

    Nested ones are all given: which to take is for :mod:`pipeline.sheets.plan` to say.
    """
    plain = _without_print(image)
    found: list[Outline] = []
    for mask in _masks(plain):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            corners = _quadrangle(contour.reshape(-1, 2), image.shape[0] * image.shape[1])
            if corners is None:
                continue
            support = _support(plain, corners)
            if support >= (SUPPORT if _corners_within(corners, CRISP_CORNERS) else OUTLINE_CERTAIN):
                found.append(Outline(corners, support))
    found.sort(key=lambda o: -o.support)
    kept: list[Outline] = []
    for outline in found:
        if all(overlap(outline.corners, other.corners) < 0.85 for other in kept):
            kept.append(outline)
    return kept


def overlap(a: Points, b: Points) -> float:
    """Intersection over union of two convex quadrangles."""
    first, second = a.astype(np.float32), b.astype(np.float32)
    common, _ = cv2.intersectConvexConvex(first, second)
    union = cv2.contourArea(first) + cv2.contourArea(second) - common
    return float(common / union) if union > 0 else 0.0


def _without_print(image: Image) -> NDArray[np.uint8]:
    """Lab, strokes closed over, texture smoothed."""
    picture = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    closed = cv2.morphologyEx(
        picture, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (CLOSING_PX,) * 2)
    )
    # Twice 5 x 5 smooths as 7 x 7 does, in a third of the time.
    smooth = cv2.medianBlur(cv2.medianBlur(closed, 5), 5)
    return cast(Mask, cv2.cvtColor(smooth, cv2.COLOR_BGR2LAB))


def _masks(plain: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Pictures whose contours may be outlines: edges at three strengths; light against dark;
    unlike the rim of the picture."""
    blurred = cv2.GaussianBlur(plain, (5, 5), 0)
    channels = cv2.split(blurred)
    slopes = [_slopes(np.asarray(channel, dtype=np.uint8)) for channel in channels]
    for low, high in CANNY:
        first, second, third = (cv2.Canny(dx, dy, low, high) for dx, dy in slopes)
        edges = cv2.max(cv2.max(first, second), third)
        yield cast(Mask, cv2.dilate(edges, np.ones((3, 3), np.uint8)))
    for channel in channels:
        _, mask = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        yield cast(Mask, mask)
        yield cast(Mask, 255 - mask)
    rim = np.concatenate([blurred[:4].reshape(-1, 3), blurred[-4:].reshape(-1, 3)])
    rim = np.concatenate([rim, blurred[:, :4].reshape(-1, 3), blurred[:, -4:].reshape(-1, 3)])
    # There are only 256 levels: how far each is off the rim's is looked up.
    off = np.abs(np.arange(256) - np.median(rim, axis=0)[:, None]).astype(np.float32)
    first, second, third = (
        cv2.LUT(channel, table) for channel, table in zip(channels, off, strict=True)
    )
    unlike = np.minimum(cv2.add(cv2.add(first, second), third), 255).astype(np.uint8)
    _, mask = cv2.threshold(unlike, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield cast(Mask, mask)
    # A photo on a pale paper stands out so far that Otsu parts it from all else.
    for level in (STEP, 8, 14, 24):
        yield cast(Mask, cv2.threshold(unlike, level, 255, cv2.THRESH_BINARY)[1])


def _slopes(channel: Mask) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Rise along x and y, as Canny's own filter finds it, once for all its strengths."""
    dx, dy = (
        cv2.Sobel(channel, cv2.CV_16S, x, 1 - x, ksize=3, borderType=cv2.BORDER_REPLICATE)
        for x in (1, 0)
    )
    return cast(NDArray[np.int16], dx), cast(NDArray[np.int16], dy)


def _quadrangle(points: Contour, picture_area: int) -> Points | None:
    """The quadrangle that a contour fills, or None."""
    if len(points) < 40:
        return None
    _, _, width, height = cv2.boundingRect(points)
    if width * height < MIN_AREA * picture_area:
        return None
    hull = cv2.convexHull(points)
    area = cv2.contourArea(hull)
    if area < MIN_AREA * picture_area:
        return None
    rough = _four_corners(hull)
    if rough is None:
        return None
    corners = _fit_sides(_hull_points(points, hull), rough)
    if corners is None:
        return None
    quad_area = cv2.contourArea(corners.astype(np.float32))
    if quad_area <= 0 or not FILL <= area / quad_area <= 1.04:
        return None
    return corners if _corners_within(corners, CORNERS) else None


def _hull_points(points: Contour, hull: Contour) -> Points:
    """Those contour points that lie on or within 2 px of the hull."""
    low = points.min(axis=0) - 3
    ring = np.zeros(np.ptp(points, axis=0)[::-1] + 7, np.uint8)
    cv2.polylines(ring, [hull.reshape(-1, 2) - low], True, (255,), 5)
    x, y = (points - low).T
    return cast(Points, points[ring[y, x] > 0].astype(np.float64))


def _four_corners(hull: Contour) -> Points | None:
    """Four corners of a hull, clockwise on the picture, by coarser and coarser outlines."""
    length = cv2.arcLength(hull, True)
    for tolerance in np.linspace(0.015, 0.09, 11):
        polygon = cv2.approxPolyDP(hull, float(tolerance) * length, True).reshape(-1, 2)
        if len(polygon) == 4:
            corners = polygon.astype(np.float64)
            return corners if _signed_area(corners) > 0 else corners[::-1].copy()
        if len(polygon) < 4:
            return None
    return None


def _signed_area(corners: Points) -> float:
    x, y = corners[:, 0], corners[:, 1]
    return float(np.sum(x * y[NEXT_CORNER] - x[NEXT_CORNER] * y)) / 2


def _fit_sides(points: Points, rough: Points) -> Points | None:
    """Corners where lines fitted through the middle of each side meet."""
    lines = []
    for a, b in zip(rough, rough[NEXT_CORNER], strict=True):
        side = b - a
        length = float(np.linalg.norm(side))
        if length < 8:
            return None
        along = (points - a) @ side / length**2
        across = (points - a) @ np.array([-side[1], side[0]]) / length
        chosen = points[(along > 0.12) & (along < 0.88) & (np.abs(across) < 0.03 * length + 3)]
        if len(chosen) < 6:
            chosen = np.array([a, b])
        vx, vy, x, y = cv2.fitLine(chosen.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append((np.array([x, y], dtype=np.float64), np.array([vx, vy], dtype=np.float64)))
    corners = []
    for (p, u), (q, v) in zip([lines[3], *lines[:3]], lines, strict=True):
        cross = u[0] * v[1] - u[1] * v[0]
        if abs(cross) < 0.3:
            return None
        t = ((q - p)[0] * v[1] - (q - p)[1] * v[0]) / cross
        corners.append(p + t * u)
    return np.asarray(corners)


def _corners_within(corners: Points, degrees: tuple[float, float]) -> bool:
    """Whether all four angles lie between these."""
    before = corners[[3, 0, 1, 2]] - corners
    after = corners[NEXT_CORNER] - corners
    cosine = (before * after).sum(axis=1) / (
        np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1) + 1e-9
    )
    angles = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return bool((angles > degrees[0]).all() and (angles < degrees[1]).all())


def _support(plain: NDArray[np.uint8], corners: Points) -> float:
    """Part of the outline along which inside and outside differ; the weakest side may be lost
    (a shadow, a shiny edge), but no more than one. Sides beyond the picture count for half."""
    height, width = plain.shape[:2]
    sides = corners[NEXT_CORNER] - corners
    normals = np.array(
        [np.array([side[1], -side[0]]) / (np.linalg.norm(side) + 1e-9) for side in sides]
    )  # outwards
    middles = corners[:, None] + STEPS * sides[:, None]
    outer, inner = (
        np.array([middles + sign * offset * normals[:, None] for offset in (4.0, 7.0)])
        for sign in (1, -1)
    )
    visible = (outer >= 0).all(axis=-1) & (outer < (width, height)).all(axis=-1)
    differences = np.linalg.norm(_sample(plain, outer) - _sample(plain, inner), axis=-1)
    hits = np.where(visible, differences >= STEP, 0.5).sum(axis=0) / 2
    parts = sorted(float(part) for part in hits.mean(axis=-1))
    return 0.0 if parts[1] < SUPPORT or parts[0] < WEAKEST else float(np.mean(parts))


def _sample(plain: NDArray[np.uint8], points: Points) -> NDArray[np.float64]:
    height, width = plain.shape[:2]
    x = np.clip(np.rint(points[..., 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(points[..., 1]).astype(int), 0, height - 1)
    return cast(NDArray[np.float64], plain[y, x].astype(np.float64))
