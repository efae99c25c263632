"""Whether a sheet is grey where its paper is printed in colour: a copy. Pure, on pixels.

A stamp or a signature in colour on a grey copy does not make it an original, and the cast of a
lamp does not colour a copy: red ink is left out, and the paper is made neutral first. Where a
cast is so strong that it may be a pale paper's own, nothing is said.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import RED_FULL, shrink
from pipeline.model import Image
from pipeline.once import once_per_picture
from pipeline.quality.limits import limits

_LOOK_PX = 240
"""Long side at which colour is looked for: so small, colour noise is averaged out."""
_HALO = 7
"""Pixels of that picture around red ink that are left out: coders spread colour."""


@once_per_picture
def _small(image: Image) -> Image:
    return shrink(image, _LOOK_PX)[0]


def is_grey(image: Image) -> bool | None:
    """True: no colour but a stamp's. False: coloured print or ground. None: cannot be told."""
    if image.ndim == 2:
        return True
    wanted = limits().copy_
    smooth = cv2.blur(_small(image), (3, 3)).astype(np.float32)
    cast = float(np.median(_spread(smooth)[::2, ::2]))
    low = _darkest(smooth)
    paper = np.median(smooth[low >= np.percentile(low, 40)], axis=0)
    neutral = smooth * (paper.max() / np.maximum(paper, 1)).astype(np.float32)
    red = neutral[..., 2] - np.maximum(neutral[..., 0], neutral[..., 1])
    stamp = cv2.dilate((red > RED_FULL).astype(np.uint8), np.ones((_HALO, _HALO), np.uint8)) > 0
    rest = _spread(neutral)[~stamp]
    if rest.size < 0.3 * stamp.size:
        return False
    p90, p98 = (float(v) for v in np.percentile(rest, [90, 98]))
    if p90 <= wanted.grey_p90:
        limit = wanted.grey_p98 if cast <= wanted.tint else wanted.grey_p98_tinted
        return True if p98 <= limit else None
    return False if p90 >= wanted.colour_p90 else None


def is_colourless(image: Image) -> bool:
    """Whether there is no colour at all, not even a lamp's: a black and white scan."""
    if image.ndim == 2:
        return True
    spread = _spread(_small(image).astype(np.float32))
    return float(np.percentile(spread, 98)) <= limits().copy_.colourless


def _spread(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey levels between a pixel's brightest and darkest channel."""
    blue, green, red = (pixels[..., i] for i in range(3))
    return np.asarray(np.maximum(np.maximum(blue, green), red) - _darkest(pixels))


def _darkest(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2]))
