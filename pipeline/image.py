"""Pure functions over pixels: turn, warp, shrink, measure, and red ink made faint.

Nothing here knows a paper or reads a file. Pictures are H x W x 3 (BGR) or H x W (grey), uint8;
matrices are 3 x 3 homographies that act on column vectors (x, y, 1) of pixel positions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image, Matrix, Point, Quad
from pipeline.once import once_per_picture

Points = NDArray[np.float64]
"""N x 2 positions, x before y."""

Mask = NDArray[np.uint8]
"""H x W, 255 where something holds and 0 elsewhere."""

_QUARTER_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def size_of(image: Image) -> tuple[int, int]:
    """Width and height in pixels."""
    return image.shape[1], image.shape[0]


def turn(image: Image, degrees: int) -> Image:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees; 0 gives the picture itself."""
    return image if degrees == 0 else cast(Image, cv2.rotate(image, _QUARTER_TURNS[degrees]))


def turn_matrix(size: tuple[int, int], degrees: int) -> Matrix:
    """Maps pixels of a picture of ``size`` (width, height) to pixels of the picture turned
    clockwise by ``degrees`` (0, 90, 180 or 270)."""
    width, height = size
    rows = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, -1, height - 1], [1, 0, 0]],
        180: [[-1, 0, width - 1], [0, -1, height - 1]],
        270: [[0, 1, 0], [-1, 0, width - 1]],
    }[degrees]
    return np.array([*rows, [0, 0, 1]], dtype=np.float64)


def scale_matrix(factor: float) -> Matrix:
    """Scales about the origin."""
    return np.diag([factor, factor, 1.0]).astype(np.float64)


def rotation_matrix(degrees: float, about: Point = (0.0, 0.0)) -> Matrix:
    """Rotates clockwise as seen on the screen, by any angle."""
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D(about, -degrees, 1.0)
    return matrix


def invert(matrix: Matrix) -> Matrix:
    """The homography that undoes ``matrix``."""
    return cast(Matrix, np.linalg.inv(matrix))


def apply(matrix: Matrix, points: Points | Sequence[Point]) -> Points:
    """Positions (N x 2) mapped by a homography."""
    xy = np.asarray(points, dtype=np.float64).reshape(-1, 1, 2)
    if len(xy) == 0:
        return np.zeros((0, 2))
    return cast(Points, cv2.perspectiveTransform(xy, matrix).reshape(-1, 2))


def as_quad(points: Points) -> Quad:
    """Four positions as a Quad."""
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)


def shrink(image: Image, long_side_px: int) -> tuple[Image, float]:
    """The picture with its long side at most ``long_side_px``, and the factor applied (<= 1).

    Gives the picture itself where it is small enough.
    """
    factor = long_side_px / max(image.shape[:2])
    if factor >= 1:
        return image, 1.0
    size = tuple(max(1, round(side * factor)) for side in size_of(image))
    return cast(Image, cv2.resize(image, size, interpolation=cv2.INTER_AREA)), factor


COARSE_PX = 960
"""Long side of a page as it is first looked at."""


@once_per_picture
def first_look(page: Image) -> tuple[Image, float]:
    """A page with its long side at COARSE_PX at most, and the factor applied (<= 1). Made once:
    making a large page smaller takes as long as most of what is done with it then."""
    return shrink(page, COARSE_PX)


def shrink_by_whole(image: Image, long_side_px: int) -> tuple[Image, float]:
    """The picture with a whole number of its pixels in each new one, its long side as near to
    ``long_side_px`` as that allows, and the factor applied (<= 1): a tenth of the time of
    :func:`shrink`. Up to that many pixels, less one, are left out at the right and below."""
    number = max(1, round(max(image.shape[:2]) / long_side_px))
    width, height = (side // number for side in size_of(image))
    if number == 1 or not min(width, height):
        return image, 1.0
    whole = image[: height * number, : width * number]
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return cast(Image, small), 1 / number


def warp(image: Image, to_image: Matrix, size: tuple[int, int]) -> Image:
    """A new picture of ``size`` (width, height) whose pixel p shows ``image`` at ``to_image`` p.

    Pixels from beyond the image take the colour of its nearest edge. Only the part of the image
    that is needed is touched, and it is averaged down first where the new picture is much
    smaller, so that fine print does not alias and large pages cost little memory.
    """
    width, height = size
    corners = apply(to_image, [(0, 0), (width, 0), (width, height), (0, height)])
    image_width, image_height = size_of(image)
    left, top = (max(0, math.floor(v) - 4) for v in corners.min(axis=0))
    right, bottom = (math.ceil(v) + 4 for v in corners.max(axis=0))
    left, top = min(left, image_width - 1), min(top, image_height - 1)
    right, bottom = max(left + 1, min(right, image_width)), max(top + 1, min(bottom, image_height))
    part = image[top:bottom, left:right]
    matrix = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], dtype=np.float64) @ to_image

    # How many image pixels one new pixel spans, along the longest side.
    span = max(
        float(np.linalg.norm(corners[1] - corners[0])) / width,
        float(np.linalg.norm(corners[3] - corners[0])) / height,
    )
    if span > 1.6:
        part_width, part_height = size_of(part)
        small = (max(1, round(part_width / span)), max(1, round(part_height / span)))
        part = cast(Image, cv2.resize(part, small, interpolation=cv2.INTER_AREA))
        sx, sy = small[0] / part_width, small[1] / part_height
        # Pixel centres, not corners, are what a resize keeps.
        shift = np.array([[sx, 0, (sx - 1) / 2], [0, sy, (sy - 1) / 2], [0, 0, 1]])
        matrix = shift @ matrix
    return cast(
        Image,
        cv2.warpPerspective(
            part,
            matrix,
            size,
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
    )


def grey_of(image: Image) -> Image:
    """The picture in grey."""
    return image if image.ndim == 2 else cast(Image, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def part_of(image: Image, left: float, top: float, right: float, bottom: float) -> Image:
    """The pixels from the first whole ones to the last, edges included; those beyond the image are
    left out, so that it may be empty."""
    low, high = max(0, int(left)), max(0, int(right) + 1)
    return image[max(0, int(top)) : max(0, int(bottom) + 1), low:high]


def percentile_of(values: Image, percent: float) -> float:
    """As numpy's percentile (linear between neighbours), by counting the 256 values that there are:
    a tenth of the time of sorting."""
    counts = np.cumsum(cv2.calcHist([values], [0], None, [256], [0, 256]).ravel().astype(np.int64))
    place = percent / 100 * (values.size - 1)
    low, high = np.searchsorted(counts, [math.floor(place), math.ceil(place)], side="right")
    return float(low + (place - math.floor(place)) * (high - low))


def brightest(image: Image) -> Image:
    """The highest of the channels; a grey picture as it is."""
    if image.ndim == 2:
        return image
    blue, green, red = cv2.split(image)
    return cast(Image, cv2.max(cv2.max(blue, green), red))


def darkest(image: Image) -> Image:
    """The lowest of the channels; a grey picture as it is."""
    if image.ndim == 2:
        return image
    blue, green, red = cv2.split(image)
    return cast(Image, cv2.min(cv2.min(blue, green), red))


# ---------------------------------------------------------------- red ink

RED_FAINT = 8.0
"""Grey levels of red above green and blue at which ink begins to be red: tinted paper and skin
have less beyond their surroundings."""
RED_FULL = 28.0
"""From here on it is red ink for certain."""
SUPPRESSION_REACH_PX = 40
"""Beyond this far from red ink nothing changes, and nothing is looked at: the sum of the reaches
of the filters that find the paper's colour (3, 15 and 15) and the ink's rim (6)."""


def redness(image: Image, *, even: bool = False) -> NDArray[np.float32]:
    """How red each pixel is beyond its surroundings: R above the larger of G and B, less what
    the paper itself (pink pages) has of it. H x W, in grey levels. ``even``: the paper is the same
    all over, as within a seal, where ink fills its surroundings."""
    if even:
        excess = _excess(image)
        paper_level = float(np.percentile(excess, 30))
        return cast(NDArray[np.float32], np.maximum(excess.astype(np.float32) - paper_level, 0))
    return _reds(image).astype(np.float32)


def _excess(image: Image) -> Mask:
    """How far red is above the larger of green and blue, in grey levels."""
    blue, green, red = cv2.split(image)
    return cast(Mask, cv2.subtract(red, cv2.max(green, blue)))


@once_per_picture
def _reds(image: Image) -> Mask:
    """:func:`redness`, in whole grey levels."""
    excess = _excess(image)
    paper = cv2.medianBlur(shrink(excess, 300)[0], 41)
    paper = cv2.resize(paper, size_of(image), interpolation=cv2.INTER_LINEAR)
    return cast(Mask, cv2.subtract(excess, paper))


@once_per_picture
def red_ink(image: Image) -> Mask:
    """Where saturated red ink lies: stamps, red print. Nothing on a grey picture."""
    if image.ndim == 2:
        return np.zeros(image.shape, np.uint8)
    return cast(Mask, cv2.threshold(_reds(image), RED_FULL, 255, cv2.THRESH_BINARY)[1])


@once_per_picture
def suppress_red(image: Image) -> Image:
    """The picture with red ink made as faint as the paper, so that print under a stamp stands
    free; black and blue ink stay.

    Red ink is bright in the red channel and dark in the others, black ink is dark in all: where
    a pixel is red, all three channels get the share of the paper's light that the red one
    has, lightened by what the stamp alone takes away. A grey picture comes back as it is:
    stamps on black and white copies cannot be told from print by colour.
    """
    if image.ndim == 2:
        return image
    reds = _reds(image)
    box = _around(reds > RED_FAINT, SUPPRESSION_REACH_PX)
    if box is None:
        return image
    out = image.copy()
    out[box] = _without_red(image[box], np.ascontiguousarray(reds[box]))
    return out


def _around(mask: NDArray[np.bool_], reach: int) -> tuple[slice, slice] | None:
    """Rows and columns of what holds, and ``reach`` pixels more; None where nothing does."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if len(rows) == 0:
        return None
    height, width = mask.shape
    return (
        slice(max(0, int(rows[0]) - reach), min(height, int(rows[-1]) + 1 + reach)),
        slice(max(0, int(columns[0]) - reach), min(width, int(columns[-1]) + 1 + reach)),
    )


def _without_red(image: Image, reds: Mask) -> Image:
    """:func:`suppress_red` where there is some."""
    levels = np.arange(256, dtype=np.float32)
    weight = cv2.LUT(reds, np.clip((levels - RED_FAINT) / (RED_FULL - RED_FAINT), 0.0, 1.0))
    # JPEG halves the resolution of colour: let the weight reach over the rim of strokes.
    weight = cv2.GaussianBlur(cv2.dilate(weight, np.ones((3, 3), np.uint8)), (0, 0), 1.0)
    smooth = cv2.GaussianBlur(image, (7, 7), 0)
    paper = cv2.blur(cv2.dilate(smooth, np.ones((31, 31), np.uint8)), (31, 31))
    # Only what is a little red at least changes: mostly less than a quarter of the pixels.
    changed = np.flatnonzero(weight)
    weight, stamped = weight.ravel()[changed], reds.ravel()[changed] > RED_FULL
    planes = cv2.split(image)
    channels = [plane.ravel()[changed].astype(np.float32) for plane in planes]
    papers = [np.maximum(p.ravel()[changed], 1).astype(np.float32) for p in cv2.split(paper)]
    # Most red pixels have no print under them: the upper half of them shows the stamp alone.
    share = channels[2] / papers[2]
    passed = float(np.percentile(share[stamped], 60)) if stamped.any() else 1.0
    share = np.minimum(share / (1 - weight * (1 - min(max(passed, 0.5), 1.0))), 1.0)
    for plane, channel, under in zip(planes, channels, papers, strict=True):
        channel += weight * np.maximum(share * under - channel, 0.0)
        plane.reshape(-1)[changed] = np.clip(channel, 0, 255)
    return cast(Image, cv2.merge(planes))
