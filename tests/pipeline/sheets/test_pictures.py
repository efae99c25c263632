"""Print that is not text, and what is no print of a layout: stamps, streaks, borders."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image
from pipeline.sheets.pictures import page_ink

EM = 12.0


def blank() -> Image:
    return np.full((800, 566, 3), 250, np.uint8)


def rect(left: float, top: float, right: float, bottom: float) -> NDArray[np.float64]:
    return np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]])


NO_LINES: NDArray[np.float64] = np.zeros((0, 4, 2))


def test_find_ink_finds_a_table_as_one() -> None:
    image = blank()
    for x in (100, 250, 400):
        cv2.line(image, (x, 200), (x, 400), (40, 40, 40), 2)
    for y in (200, 300, 400):
        cv2.line(image, (100, y), (400, y), (40, 40, 40), 2)
    (box,) = page_ink(image, NO_LINES, EM).boxes
    assert (
        np.abs(np.concatenate([box.min(axis=0), box.max(axis=0)]) - (100, 200, 400, 400)).max() < 6
    )


def test_find_ink_leaves_out_specks_streaks_and_borders() -> None:
    image = blank()
    image[:, :14] = 8
    image[:, 300] = 90
    for x in range(40, 500, 60):
        cv2.circle(image, (x, 500), 2, (30, 30, 30), -1)
    assert len(page_ink(image, NO_LINES, EM).boxes) == 0


def test_find_ink_leaves_out_stamps_of_either_colour() -> None:
    for colour in ((40, 40, 220), (60, 60, 60)):
        image = blank()
        cv2.circle(image, (280, 400), 75, colour, 3, cv2.LINE_AA)
        boxes = page_ink(image, NO_LINES, EM).boxes
        assert all(np.ptp(box, axis=0).max() < 75 for box in boxes)


def test_find_ink_names_the_line_in_a_stamped_frame() -> None:
    image = blank()
    cv2.rectangle(image, (200, 300), (310, 326), (70, 70, 70), 2)
    cv2.putText(image, "COPY", (215, 321), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (70, 70, 70), 1)
    lines = np.concatenate([rect(214, 304, 300, 322), rect(100, 100, 300, 115)])
    found = page_ink(image, lines, EM)
    assert found.framed == (0,)
    assert len(found.boxes) == 0


def test_find_ink_when_a_table_cell_holds_a_line_names_none() -> None:
    image = blank()
    for i in range(4):
        cv2.rectangle(image, (200, 300 + 26 * i), (310, 326 + 26 * i), (70, 70, 70), 2)
    lines = np.concatenate([rect(214, 304 + 26 * i, 300, 322 + 26 * i) for i in range(4)])
    found = page_ink(image, lines, EM)
    assert found.framed == ()
    assert len(found.boxes) == 1
