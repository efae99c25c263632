"""Whether two photos are the same picture, by what is in it and not by its bytes.

No face is recognised (domain.md 6): a block mean hash says only that two files show the same
picture, re-encoded, rescaled or lightly cropped. Two portraits of one person differ.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image

PictureHash = NDArray[np.uint8]
"""121 bytes: whether each of 31 x 31 overlapping blocks is lighter than the median."""

ALIKE_BITS = 77
"""Of 968. Measured: a photo re-encoded, halved, cropped by four pixels or lightened differs from
itself by 47 at most; those of two persons by 197 at least."""

_BLOCK_MEAN_MODE = 1


def hash_picture(image: Image) -> PictureHash:
    """The picture's hash. ``image``: H x W x 3 (BGR) or H x W."""
    hashed = cv2.img_hash.blockMeanHash(np.ascontiguousarray(image), mode=_BLOCK_MEAN_MODE)
    return np.asarray(hashed, np.uint8).ravel()


def are_alike(one: PictureHash, others: PictureHash) -> NDArray[np.bool_]:
    """Of each row of ``others`` (N x 121), whether it is the same picture as ``one``."""
    differing: NDArray[np.int64] = np.bitwise_count(np.bitwise_xor(others, one)).sum(axis=-1)
    return np.asarray(differing <= ALIKE_BITS, np.bool_)
