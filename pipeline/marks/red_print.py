"""Print in red, such as the letterhead of an official document (红头文件): told from a seal's ink
by its standing in a level row. Pure, on masks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

RED_TALL = 0.13
"""A row's height as a share of the sheet's short side, at most: GB/T 9704 wants letterheads below
22 mm, a tenth of A4; a round seal is a fifth of it (国发〔1999〕25号: 38 mm and more)."""
RED_LEVEL = 2.6
"""A row's length by its height, at least: three characters. Oval seals have 1.5, two round ones
side by side 2.3."""
_GAP = 0.07
"""What may lie between two characters of a row, as a share of the short side."""


def without_print(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The red pixels (1) of a mask without those that form level rows or rules. What reaches to the
    upper or lower edge stays: the rest of a seal that is cut off there is level as well."""
    height, width = mask.shape
    short = min(mask.shape)
    joined = cv2.morphologyEx(
        np.pad(mask, ((0, 0), (width // 8, width // 8))),
        cv2.MORPH_CLOSE,
        np.ones((3, round(_GAP * short) | 1), np.uint8),
    )[:, width // 8 : width // 8 + width]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    top, wide, tall = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_WIDTH], stats[:, 3]
    row = (
        (tall < RED_TALL * short)
        & (wide > RED_LEVEL * tall)
        & (top > 1)
        & (top + tall < height - 1)
    )
    row[0] = False
    return np.asarray(mask * ~row[labels], np.uint8) if row.any() else mask
