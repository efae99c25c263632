"""How much of each pixel is wall, where the wall is of one known colour.

The segmentation is coarse and cuts hair. Before a flat wall the rest is known: a pixel at the rim
is a mixture of the wall's colour and of the nearest colour that is surely the person's, and how far
it lies between the two is its share.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from validators.photo.look import FaceLook
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

_SURE, _NOT = 0.9, 0.1
_INWARD_SHARE = 1 / 60
_OFF_WALL = 24.0
_TELLING = 45.0
"""B, G and R by which person and wall must differ for a mixture to be told."""
_DOUBTFUL = 0.06
"""Share of the rim where they may differ by less."""


def find_wall_share(look: FaceLook, wall: Array) -> Array | None:
    """The wall's share of every pixel, 0 to 1; None where person and wall are too much alike
    along the rim. ``wall`` is its colour (B, G, R)."""
    image = look.image.astype(np.float32)
    inward = 2 * max(1, round(len(image) * _INWARD_SHARE)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (inward, inward))
    person = cv2.erode((look.person > _SURE).astype(np.uint8), kernel, borderValue=(1.0,))
    off = np.sqrt(((image - wall) ** 2).sum(axis=-1))
    rim = (cv2.dilate((look.person > _NOT).astype(np.uint8), kernel) > 0) & (person == 0)
    own = (look.person > _NOT) & (off > _OFF_WALL) & ((person > 0) | (off > _TELLING))
    if not own.any() or not rim.any():
        return None
    nearest = _nearest(own)
    colour = image.reshape(-1, 3)[nearest] - wall
    size = (colour**2).sum(axis=-1)
    if (size[rim & (look.person > 0.5)] < _TELLING**2).mean() > _DOUBTFUL:
        return None
    along = ((image - wall) * colour).sum(axis=-1) / np.maximum(size, 1)
    share = np.where(rim, 1 - np.clip(along, 0, 1), 1.0)
    share[person > 0] = 0
    return share.astype(np.float32)


def _nearest(own: ClassMask) -> NDArray[np.int64]:
    """Of every pixel the index of the nearest that is ``own``."""
    _, labels = cv2.distanceTransformWithLabels(
        (~own).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    at = np.flatnonzero(own)
    index = np.zeros(int(labels.max()) + 1, np.int64)
    index[labels.ravel()[at]] = at
    return np.asarray(index[labels])
