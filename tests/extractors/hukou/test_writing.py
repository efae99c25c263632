"""Ink in a booklet's cells: what is of a seal's ring, and what is writing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractors.hukou.writing import CellWriting
from pipeline.layout.ruled_table import Ruling

GREY, GREEN = (160, 160, 160), (150, 200, 120)
"""What the page's frame is printed in."""
RADIUS_PX = 110


@pytest.mark.parametrize(
    ("frame", "are_of_a_ring"),
    [pytest.param(GREY, True, id="copy"), pytest.param(GREEN, False, id="original")],
)
def test_a_ring_in_dark_ink_is_a_seal_s_on_copies_only(
    frame: tuple[int, int, int], are_of_a_ring: bool
) -> None:
    page = np.full((500, 700, 3), 245, np.uint8)
    cv2.rectangle(page, (0, 0), (700, 500), frame, 90)
    for start in range(0, 360, 18):  # broken by what lies on it, into pieces as large as signs
        ends = (start, start + 14)
        cv2.ellipse(page, (350, 250), (RADIUS_PX, RADIUS_PX), 0, *ends, (40, 40, 40), 5)
    marks = CellWriting(page, Ruling((), (), (700, 500)), [], [])._marks
    assert (marks == []) is are_of_a_ring
