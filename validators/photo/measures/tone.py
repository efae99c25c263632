"""Colour, exposure and sharpness of the picture and the face."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model import Image
from validators.photo.look import CHIN, FOREHEAD, OVAL, FaceFrame
from validators.photo.parsing import ClassMask

_LIGHT, _DARK = 247, 25


def colourfulness(image: Image) -> float:
    """99th percentile of the largest difference between a pixel's R, G and B: 0 for grey."""
    small = image[::2, ::2]
    b, g, r = small[..., 0], small[..., 1], small[..., 2]
    spread = cv2.subtract(cv2.max(cv2.max(b, g), r), cv2.min(cv2.min(b, g), r))
    above = np.cumsum(np.bincount(spread.ravel(), minlength=256))
    return float(np.searchsorted(above, 0.99 * above[-1]))


def find_face(frame: FaceFrame) -> tuple[tuple[slice, slice], ClassMask]:
    """The box about the mesh, and where in it the picture shows the face."""
    return frame.patch(frame.xy[list(OVAL)])


def exposure(frame: FaceFrame, box: tuple[slice, slice], face: ClassMask) -> tuple[float, float]:
    """Shares of the face that are burnt out and that are black; 0 where none of it is shown."""
    if not face.any():
        return 0.0, 0.0
    pixels = cv2.cvtColor(frame.image[box], cv2.COLOR_BGR2GRAY)[face]
    return float((pixels >= _LIGHT).mean()), float((pixels <= _DARK).mean())


def sharpness(frame: FaceFrame) -> float:
    """Variance of the Laplacian on the face at 192 x 240 px, after a 3 x 3 blur."""
    top, bottom = frame.xy[FOREHEAD][1], frame.xy[CHIN][1]
    left, right = frame.xy[list(OVAL), 0].min(), frame.xy[list(OVAL), 0].max()
    crop = frame.image[max(int(top), 0) : int(bottom), max(int(left), 0) : int(right)]
    if min(crop.shape[:2]) < 8:
        return 0.0
    grey = cv2.cvtColor(cv2.resize(crop, (192, 240)), cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(cv2.blur(grey, (3, 3)), cv2.CV_32F).var())
