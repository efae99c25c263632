"""One line of text as the recogniser takes it: cut out, level, 48 pixels high, padded to a width
of few kinds."""

from __future__ import annotations

import math
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image, Quad

LINE_HEIGHT_PX = 48
"""Height that the recogniser was trained on."""
MAX_LINE_WIDTH_PX = 3200
WIDTH_STEP_PX = 32
"""Line pictures are padded to a multiple of this, so that few distinct shapes occur."""

NORMAL = ((np.arange(256) / 255 - 0.5) / 0.5).astype(np.float32)
"""A byte as the recogniser takes it."""


def cut_line(image: Image, quad: Quad) -> tuple[Image, Quad]:
    """The picture of a line, level, and its quad; a line that stands on end is laid down.

    As PaddleOCR cuts lines: width and height are the longer of the opposite sides, and a
    picture 1.5 times as high as wide is turned by 90 degrees counter-clockwise.
    """
    corners = np.asarray(quad, dtype=np.float32)
    width = max(_distance(corners[0], corners[1]), _distance(corners[2], corners[3]))
    height = max(_distance(corners[0], corners[3]), _distance(corners[1], corners[2]))
    if height >= 1.5 * width:
        corners = np.roll(corners, -1, axis=0)
        width, height = height, width
    size = (max(1, round(width)), max(1, round(height)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(corners, target)
    picture = cv2.warpPerspective(
        image, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    return cast(Image, picture), quad_of(corners.astype(np.float64))


def line_width(picture: Image) -> tuple[int, int]:
    """How wide a line's picture is LINE_HEIGHT_PX high, and how wide the recogniser takes it."""
    scale = LINE_HEIGHT_PX / picture.shape[0]
    width = min(MAX_LINE_WIDTH_PX, max(1, math.ceil(picture.shape[1] * scale)))
    return width, math.ceil(width / WIDTH_STEP_PX) * WIDTH_STEP_PX


def line_tensor(picture: Image) -> tuple[NDArray[np.float32], int]:
    """A line's picture as the recogniser takes it (1 x 3 x 48 x padded width), and how wide it is
    without what it was padded with."""
    width, padded = line_width(picture)
    tensor = np.zeros((1, 3, LINE_HEIGHT_PX, padded), dtype=np.float32)
    line = cv2.resize(picture, (width, LINE_HEIGHT_PX))
    tensor[0, :, :, :width] = NORMAL[line].transpose(2, 0, 1)
    return tensor, width


DIRECTION_SIZE_PX = (192, 48)
"""Width and height that the direction classifier was trained on."""
GREY = 127
"""What a line's picture is padded with: nought for the models."""


def direction_picture(image: Image, quad: Quad) -> Image | None:
    """A line as the direction classifier takes it (1 x 48 x 192 x 3): a longer line is squeezed.
    None where there is no line."""
    picture, _ = cut_line(image, quad)
    if min(picture.shape[:2]) < 2:
        return None
    most, height = DIRECTION_SIZE_PX
    width = min(most, math.ceil(picture.shape[1] * height / picture.shape[0]))
    tensor = np.full((1, height, most, 3), GREY, dtype=np.uint8)
    tensor[0, :, :width] = cv2.resize(picture, (width, height))
    return tensor


def quad_of(points: NDArray[np.float64]) -> Quad:
    """Four positions (4 x 2) as a Quad."""
    (a, b, c, d) = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)


def _distance(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(np.hypot(*(a - b)))
