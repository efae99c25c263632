"""Photos among the papers of a case.

A photo file is no document: :func:`is_portrait_photo` tells it from a scanned paper before any
text is read. A print that lies on a sheet scanned at the window is cut out by
:func:`find_portrait`. A portrait printed on a card or in a booklet must never be taken for the
card photo: it is small on its paper, and there is print beside it. Whatever is in doubt is a paper.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import COARSE_PX, first_look, turn
from pipeline.model import Image
from pipeline.once import once_per_picture
from validators.photo.models import Detection, FaceModels
from validators.photo.parsing import ClassMask

_SURE = 0.6
_REAL_MESH = 0.8
_REAL_PERSON = 0.6
"""The detector takes empty pages, grids and emblems for faces now and then (up to 0.77). On 122
scanned papers the mesh then scored 0.04 at most and the segmentation saw 0.04 person in the box;
on photos 0.90 and 0.74 at least."""

_TILE_SHARE = 0.42

# A face on a card photo takes half the picture's width (the detector's box 0.65); that of an
# identity card's portrait at most a fifth of the card's, a booklet's less still; and the person on
# it covers an eighth of the card.
_FACE_SHARE = 0.24
_CLEAR_FACE_SHARE = 0.34
_PERSON_SHARE = 0.15
_ROW_OF_PRINT = 7
_FLATTEST, _TALLEST = 0.7, 2.2
_FEW_GLYPHS = 14
_PAGE_OF_TEXT = 90

# How far a card photo reaches from the middle of the face's box, in widths of the box: left and
# right, up, down (358 x 441 with a box 230 px wide).
_REACH_X, _REACH_UP, _REACH_DOWN = 0.78, 1.0, 0.92
_BESIDE = 2.2
_PAPER_STEP = 22
_RECTANGULAR = 0.88
_ASPECT = 358 / 441
_STRAIGHT_PX = 1.5
_INSET_PX = 2.0
"""Of the page at COARSE_PX: the photo's edge is blurred into the paper."""


def is_portrait_photo(image: Image, models: FaceModels) -> bool:
    """Whether the whole picture is a photo of a person, not a scan of a paper.

    Costs two runs of the detector on most papers.
    """
    height, width = image.shape[:2]
    if min(height, width) < 64 or not _FLATTEST <= height / width <= _TALLEST:
        return False
    small = _page_small(image)
    return _shows_a_head(small, models) or _shows_a_head(turn(small, 180), models)


def _shows_a_head(small: Image, models: FaceModels) -> bool:
    faces = [f for f in models.detect(small) if f.score >= _SURE]
    if not faces:
        return False
    face = max(faces, key=lambda f: f.width)
    share = face.width / small.shape[1]
    if share < _FACE_SHARE or models.fit_mesh(small, face).score < _REAL_MESH:
        return False
    person = models.segment(small)
    left, top, right, bottom = (max(round(v), 0) for v in face.box)
    if float(person[top:bottom, left:right].mean()) < _REAL_PERSON:
        return False
    if float(person.mean()) < _PERSON_SHARE:
        return False
    return _longest_row(_ink_beside(small, face)) < _ROW_OF_PRINT


@once_per_picture
def is_full_of_text(page: Image) -> bool:
    """Whether a page has so much print, or so little room, that no photo is looked for on it."""
    small = _page_small(page)
    return min(small.shape[:2]) < 200 or len(_glyphs(_ink(small))) > _PAGE_OF_TEXT


def find_portrait(page: Image, models: FaceModels) -> Image | None:
    """A portrait photo that lies on an otherwise nearly empty page, upright; None where there is
    none, more than one person, or any print beside it."""
    small = _page_small(page)
    if is_full_of_text(page):
        return None
    found = _find_face(small, models)
    if found is None:
        return None
    quarter, face = found
    turned = np.ascontiguousarray(np.rot90(small, -quarter))
    if face.width > _CLEAR_FACE_SHARE * turned.shape[1]:
        return None
    beside = _ink_beside(turned, face)
    if len(_glyphs(beside)) >= _FEW_GLYPHS or _longest_row(beside) >= _ROW_OF_PRINT:
        return None
    scale = max(page.shape[:2]) / max(small.shape[:2])
    return _cut(np.ascontiguousarray(np.rot90(page, -quarter)), turned, face, scale)


def _find_face(small: Image, models: FaceModels) -> tuple[int, Detection] | None:
    """The one person on the page, and by how many quarters the page must be turned."""
    best: tuple[float, int, list[Detection]] | None = None
    for quarter in range(4):
        turned = np.ascontiguousarray(np.rot90(small, -quarter))
        faces = [
            face
            for face in models.detect_tiled(turned, _TILE_SHARE)
            if face.score >= _SURE and models.fit_mesh(turned, face).score >= _REAL_MESH
        ]
        # Faces on their side are found too, but fewer and with less certainty.
        certainty = sum(face.score for face in faces)
        if faces and (best is None or certainty > best[0] + 0.03):
            best = (certainty, quarter, faces)
    if best is None or len(best[2]) > 1:
        return None
    return best[1], best[2][0]


def _cut(page: Image, small: Image, face: Detection, scale: float) -> Image:
    """The photo in full resolution: by its own edges where they show; by the straight lower edge
    of the shoulders where a white photo lies on white paper; else by the face."""
    blob = _blob(small, face)
    corners = None if blob is None else _edges(blob, face)
    if corners is None and blob is not None:
        corners = _above_lower_edge(blob, face)
    if corners is None:
        x, y = face.centre
        left, right = x - _REACH_X * face.width, x + _REACH_X * face.width
        top, bottom = y - _REACH_UP * face.width, y + _REACH_DOWN * face.width
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    width = round(float(np.hypot(*(corners[1] - corners[0]))) * scale)
    height = round(float(np.hypot(*(corners[3] - corners[0]))) * scale)
    target = np.array([[0, 0], [width, 0], [0, height]], np.float32)
    matrix = cv2.getAffineTransform((corners[[0, 1, 3]] * scale).astype(np.float32), target)
    return np.asarray(
        cv2.warpAffine(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE),
        dtype=np.uint8,
    )


def _blob(small: Image, face: Detection) -> ClassMask | None:
    """What stands out from the paper and holds the face."""
    paper = np.median(small.reshape(-1, 3), axis=0)
    off = (np.abs(small.astype(np.int16) - paper).max(axis=-1) > _PAPER_STEP).astype(np.uint8)
    off = cv2.morphologyEx(off, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(np.uint8)
    _, labels = cv2.connectedComponents(off)
    x, y = (round(v) for v in face.centre)
    label = int(labels[min(max(y, 0), labels.shape[0] - 1), min(max(x, 0), labels.shape[1] - 1)])
    return None if label == 0 else np.asarray(labels == label)


def _above_lower_edge(blob: ClassMask, face: Detection) -> NDArray[np.float32] | None:
    """Corners of a photo's shape that stands on the blob's lower edge, if that is straight, and
    reaches a little above its top."""
    columns = np.flatnonzero(blob.any(axis=0))
    margin = len(columns) // 6
    columns = columns[margin : len(columns) - margin]
    if len(columns) < face.width:
        return None
    lowest = blob.shape[0] - 1 - blob[::-1, columns].argmax(axis=0)
    slope, offset = np.polyfit(columns, lowest, 1)
    residual = np.median(np.abs(lowest - (slope * columns + offset)))
    if residual > _STRAIGHT_PX or abs(slope) > 0.3:
        return None
    x = face.centre[0]
    foot = np.array([x, slope * x + offset - 2.0])
    along = np.array([1.0, slope]) / np.hypot(1.0, slope)
    up = np.array([along[1], -along[0]])
    ys, xs = np.nonzero(blob)
    tall = float(((np.column_stack([xs, ys]) - foot) @ up).max()) * 1.04
    if not 1.2 * face.width <= tall <= 3.0 * face.width:
        return None
    half = tall * _ASPECT / 2 * along
    top = foot + tall * up
    return np.array([top - half, top + half, foot + half, foot - half], np.float32)


def _edges(blob: ClassMask, face: Detection) -> NDArray[np.float32] | None:
    """Corners of the photo (from top-left, clockwise) where it stands out from the page as a
    rectangle of a photo's shape."""
    points = np.argwhere(blob)[:, ::-1].astype(np.float32)
    box = cv2.minAreaRect(points)
    corners = _ordered(np.asarray(cv2.boxPoints(box), np.float32))
    width = float(np.hypot(*(corners[1] - corners[0])))
    height = float(np.hypot(*(corners[3] - corners[0])))
    hull = cv2.contourArea(cv2.convexHull(points))
    fits = 1.2 * face.width <= width <= 3.2 * face.width and 1.05 <= height / max(width, 1) <= 1.7
    if not fits or hull < _RECTANGULAR * width * height:
        return None
    middle = corners.mean(axis=0)
    return np.asarray(corners + np.sign(middle - corners) * _INSET_PX, dtype=np.float32)


def _ordered(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    total, difference = corners.sum(axis=1), np.diff(corners, axis=1)[:, 0]
    picks = (total.argmin(), difference.argmin(), total.argmax(), difference.argmax())
    return np.asarray(corners[list(picks)], dtype=np.float32)


def _ink_beside(small: Image, face: Detection) -> ClassMask:
    """The ink round the photo, as far as a card's print reaches; the photo itself left blank."""
    x, y = face.centre
    unit = face.width
    ink = _ink(small)
    left, right = x - _REACH_X * unit, x + _REACH_X * unit
    top, bottom = y - _REACH_UP * unit, y + _REACH_DOWN * unit
    ink[max(int(top), 0) : max(int(bottom) + 1, 0), max(int(left), 0) : max(int(right) + 1, 0)] = 0
    reach = 2 * _BESIDE * unit
    rows = slice(max(int(y - reach), 0), max(int(y + reach), 0))
    columns = slice(max(int(x - reach), 0), max(int(x + reach), 0))
    return np.asarray(ink[rows, columns])


def _ink(small: Image) -> ClassMask:
    """Pixels darker than what surrounds them."""
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    around = cv2.blur(grey, (31, 31))
    return np.asarray(grey.astype(np.int16) < around.astype(np.int16) - 18)


def _glyphs(ink: ClassMask) -> NDArray[np.float64]:
    """Connected marks between a stroke and a large character (4 to 40 px of 960): N rows of
    middle x, middle y, width, height."""
    _, _, stats, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    size = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    fits = (size.max(axis=1, initial=0) <= 60) & (size.min(axis=1, initial=99) >= 2)
    fits &= (size.max(axis=1, initial=0) >= 4) & (stats[1:, cv2.CC_STAT_AREA] >= 8)
    return np.asarray(np.column_stack([middles[1:], size])[fits], dtype=np.float64)


def _longest_row(ink: ClassMask) -> int:
    """The most marks of one height that stand in a row or a column, as print does (the page may
    lie on its side) and what is behind a person does not."""
    glyphs = _glyphs(ink)[:600]
    if not len(glyphs):
        return 0
    longest = 0
    for along, across in ((0, 1), (1, 0)):
        size = glyphs[:, 2 + across]
        apart = np.abs(glyphs[:, across, None] - glyphs[None, :, across])
        away = np.abs(glyphs[:, along, None] - glyphs[None, :, along])
        ratio = size[None, :] / size[:, None]
        near = (apart < 0.4 * size[:, None]) & (away < 12 * size[:, None])
        longest = max(longest, int((near & (ratio > 0.5) & (ratio < 2)).sum(axis=1).max()))
    return longest


@once_per_picture
def _page_small(page: Image) -> Image:
    """The page with its long side at COARSE_PX: as it is first looked at, or made larger."""
    small, _ = first_look(page)
    height, width = (
        max(1, round(side * COARSE_PX / max(page.shape[:2]))) for side in page.shape[:2]
    )
    if (height, width) == small.shape[:2]:
        return small
    return np.asarray(cv2.resize(small, (width, height)), dtype=np.uint8)
