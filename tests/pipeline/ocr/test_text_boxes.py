"""Boxes out of the detector's map: where, how large, and what is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.ocr.text_boxes import BoxLimits, boxes_of_map

LIMITS = BoxLimits(pixel=0.2, box=0.45, unclip=1.4, most=1000)


def _log_odds(chances: NDArray[np.float32]) -> NDArray[np.float32]:
    within = np.clip(chances, 1e-6, 1 - 1e-6)
    odds: NDArray[np.float32] = within / (1 - within)
    return np.log(odds)


def test_a_region_grows_by_area_times_ratio_over_perimeter() -> None:
    chances = np.zeros((100, 200), np.float32)
    chances[40:51, 50:111] = 0.9  # corners at pixels 50, 40 and 110, 50: 60 x 10
    by = 60 * 10 * LIMITS.unclip / 140
    (box,) = boxes_of_map(_log_odds(chances), (200, 100), LIMITS)
    expected = [(50 - by, 40 - by), (110 + by, 40 - by), (110 + by, 50 + by), (50 - by, 50 + by)]
    assert np.abs(np.array(box) - expected).max() <= 0.5


def test_boxes_are_in_pixels_of_the_picture_and_inside_of_it() -> None:
    chances = np.zeros((100, 200), np.float32)
    chances[0:11, 0:61] = 0.9
    (box,) = boxes_of_map(_log_odds(chances), (400, 300), LIMITS)
    assert box[0] == (0, 0)
    assert box[2] == pytest.approx((2 * 66, 3 * 16), abs=3)


@pytest.mark.parametrize(("chance", "height"), [(0.4, 11), (0.9, 2)])
def test_faint_or_tiny_regions_are_none(chance: float, height: int) -> None:
    chances = np.zeros((100, 200), np.float32)
    chances[40 : 40 + height, 50:111] = chance
    assert boxes_of_map(_log_odds(chances), (200, 100), LIMITS) == []


def test_a_slanting_region_keeps_its_slant() -> None:
    chances = np.zeros((200, 200), np.float32)
    cv2.line(chances, (40, 80), (160, 110), (1.0,), thickness=9)
    (box,) = boxes_of_map(_log_odds(chances), (200, 200), LIMITS)
    (x0, y0), (x1, y1) = box[0], box[1]
    assert (y1 - y0) / (x1 - x0) == pytest.approx(30 / 120, abs=0.05)
