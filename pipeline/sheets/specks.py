"""Specks of a copy of a copy, or of a dirty drum: strewn over print by the thousand, they hide most
of it from the detection of lines, while the lines themselves read well."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.image import grey_of
from pipeline.model import Image

SPECK = 0.006
"""Part of the page's long side that a speck has at most, with others that touch it: 1.8 mm on A4.
Dots and short strokes are as small, so lines are only looked for without specks, and not read
without them."""
SPECKLED = 1500
"""Specks from which a page is looked at without them. 144 drawn copies and faxes without such
damage have 1,073 at most, small print among them; 22 of 52 with it have more."""
NEAR = 0.013
"""Part of the page's long side within which specks are darker than the paper around them."""
DARKER = 25
"""Grey levels by which they are."""


def without_specks(image: Image) -> Image | None:
    """The page as bright as its paper where specks lie; None where there are few."""
    grey = grey_of(image)
    long_side = max(grey.shape)
    window = max(3, int(NEAR * long_side)) | 1
    ink = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, DARKER
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    is_speck = stats[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1) <= SPECK * long_side
    if np.count_nonzero(is_speck) < SPECKLED:
        return None
    specks = cv2.dilate(is_speck[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    reach = int(2 * SPECK * long_side) | 1
    paper = cv2.dilate(image, np.ones((reach, reach), np.uint8))
    clean = image.copy()
    clean[specks] = paper[specks]
    return clean
