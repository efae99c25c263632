"""Boxes of lines out of the detector's map, by differentiable binarisation.

Liao et al., Real-time scene text detection with differentiable binarization, AAAI 2020: the
detector gives for every pixel the chance that it lies in the middle of a line. A line is a
connected region of likely pixels; its box is the region's least rectangle, grown again by what
the training had shrunk (area times ratio over perimeter). Steps and rounding are those of
PaddleOCR 3.7, so that both engines give the same boxes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pyclipper
from numpy.typing import NDArray

from pipeline.model import Quad
from pipeline.ocr.line_picture import quad_of

LEAST_SIDE_PX = 3
"""Short side of a region, on the map; a grown box has two more."""


RotatedRect = tuple[Sequence[float], tuple[float, float], float]
"""Middle, sides, angle: as OpenCV has them."""


@dataclass(frozen=True, slots=True)
class BoxLimits:
    """Chance of a pixel and mean chance of a box, at least; by how much a box grows; boxes at
    most. The figures stand in ``weights.toml``."""

    pixel: float
    box: float
    unclip: float
    most: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> BoxLimits:
        """From PaddleOCR's description of the detector (``PostProcess``)."""
        return cls(row["thresh"], row["box_thresh"], row["unclip_ratio"], row["max_candidates"])


def boxes_of_map(
    log_odds: NDArray[np.float32], size: tuple[int, int], limits: BoxLimits
) -> list[Quad]:
    """The boxes on a map (H x W, log-odds) in whole pixels of a picture of ``size`` (width,
    height), clockwise from the top left; not in any order."""
    likely = (log_odds > math.log(limits.pixel / (1 - limits.pixel))).view(np.uint8)
    regions, _ = cv2.findContours(likely, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array(size) / (log_odds.shape[1], log_odds.shape[0])
    boxes = []
    for region in regions[: limits.most]:
        rectangle = cv2.minAreaRect(region)
        if min(rectangle[1]) < LEAST_SIDE_PX:
            continue
        corners = _from_top_left(cv2.boxPoints(rectangle))
        if _mean_chance(log_odds, corners) < limits.box:
            continue
        grown = _grown(corners, limits.unclip)
        if min(grown[1]) < LEAST_SIDE_PX + 2:
            continue
        corners = np.rint(_from_top_left(cv2.boxPoints(grown)) * scale)
        boxes.append(quad_of(np.clip(corners, 0, size)))
    return boxes


def _mean_chance(log_odds: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    height, width = log_odds.shape
    limit = (width - 1, height - 1)
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, limit).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)), 0, limit).astype(int)
    mask = np.zeros((bottom - top + 1, right - left + 1), dtype=np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], (1,))
    chances = 1 / (1 + np.exp(-log_odds[top : bottom + 1, left : right + 1]))
    return float(cv2.mean(chances, mask)[0])


def _grown(corners: NDArray[np.float32], ratio: float) -> RotatedRect:
    """The rectangle grown on all sides by area x ratio / perimeter. In whole pixels, as PaddleOCR
    does it: limits were set on what is read from such boxes, and a pixel changes faint lines."""
    by = cv2.contourArea(corners) * ratio / cv2.arcLength(corners, True)
    offset = pyclipper.PyclipperOffset()
    offset.AddPath(corners.tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    grown = offset.Execute(by)
    middle, (width, height), angle = cv2.minAreaRect(np.array(grown[0]) if grown else corners)
    return middle, (width, height), angle


def _from_top_left(corners: NDArray[Any]) -> NDArray[np.float32]:
    """Of the two left corners the upper one first, then clockwise."""
    a, b, c, d = corners[np.argsort(corners[:, 0], kind="stable")]
    first, last = (a, b) if b[1] > a[1] else (b, a)
    second, third = (c, d) if d[1] > c[1] else (d, c)
    return np.array([first, second, third, last], dtype=np.float32)
