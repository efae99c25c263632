"""Colour, exposure and sharpness of the picture and the face."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model import Image
from validators.photo.look import CARD_HEIGHT_PX, CHIN, FOREHEAD, OVAL, FaceFrame, FaceLook
from validators.photo.models import Array, Mesh
from validators.photo.parsing import ClassMask

_LIGHT, _DARK = 247, 25
_FLAT = 0.6
_AROUND = (5, 5)
_LEAST_DETAIL = 60


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


def flatness(frame: FaceFrame, box: tuple[slice, slice], face: ClassMask) -> float:
    """Share of the face whose lightness does not vary at all from pixel to pixel: skin always does,
    a drawing's even tones do not; 0 where none of it is shown."""
    inner = cv2.erode(face.astype(np.uint8), np.ones(_AROUND, np.uint8)) > 0
    if not inner.any():
        return 0.0
    lightness = np.ascontiguousarray(frame.lab[box][..., 0])
    mean = cv2.blur(lightness, _AROUND)
    variance = cv2.blur(lightness * lightness, _AROUND) - mean * mean
    return float((variance[inner] < _FLAT**2).mean())


def detail(look: FaceLook, mesh: Mesh) -> float | None:
    """How much of the face's fine contrast is as fine as the card's pixels: mean Laplacian against
    that at half the size. A picture that was enlarged has none so fine. None on a small face."""
    image, xy = look.image, mesh.xy
    scale = min(1.0, CARD_HEIGHT_PX / len(image))
    (left, top), (right, bottom) = xy.min(axis=0), xy.max(axis=0)
    crop = image[max(int(top), 0) : max(int(bottom), 0), max(int(left), 0) : max(int(right), 0)]
    if min(crop.shape[:2]) * scale < _LEAST_DETAIL:
        return None
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.float32)
    if scale < 1:
        grey = _shrunk(grey, scale)
    fine, coarse = _edges(grey), _edges(_shrunk(grey, 0.5))
    return fine / coarse if coarse > 0 else None


def _shrunk(grey: Array, scale: float) -> Array:
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _edges(grey: Array) -> float:
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean())


def sharpness(frame: FaceFrame) -> float:
    """Variance of the Laplacian on the face at 192 x 240 px, after a 3 x 3 blur."""
    top, bottom = frame.xy[FOREHEAD][1], frame.xy[CHIN][1]
    left, right = frame.xy[list(OVAL), 0].min(), frame.xy[list(OVAL), 0].max()
    crop = frame.image[max(int(top), 0) : int(bottom), max(int(left), 0) : int(right)]
    if min(crop.shape[:2]) < 8:
        return 0.0
    grey = cv2.cvtColor(cv2.resize(crop, (192, 240)), cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(cv2.blur(grey, (3, 3)), cv2.CV_32F).var())
