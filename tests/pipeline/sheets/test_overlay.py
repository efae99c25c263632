"""Slanting words across a page are known, and lifted off without the print they cross."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image, Quad
from pipeline.sheets.overlay import find_overlay, without_overlay

Boxes = list[Quad]
SIZE = 900


def rows(count: int, length: int, angle_deg: float, step: int, shift: float = 0.0) -> Boxes:
    """Boxes of ``count`` parallel lines around the middle of the page, 20 px high."""
    turn = np.radians(angle_deg)
    along = np.array([np.cos(turn), np.sin(turn)])
    down = np.array([-along[1], along[0]])
    boxes: Boxes = []
    for i in range(count):
        middle = np.array([SIZE / 2 + shift, SIZE / 2]) + (i - (count - 1) / 2) * step * down
        corners = [
            middle + x * length * along + y * 20 * down
            for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
        ]
        a, b, c, d = ((float(x), float(y)) for x, y in corners)
        boxes.append((a, b, c, d))
    return boxes


def drawn(*inks: tuple[Boxes, int]) -> Image:
    """A page with strokes of a grey level in the boxes; what is drawn last lies on top."""
    page: NDArray[np.uint8] = np.full((SIZE, SIZE, 3), 245, dtype=np.uint8)
    for boxes, level in inks:
        for quad in boxes:
            corners = np.asarray(quad)
            for t in np.arange(0.02, 0.99, 0.04):
                top = corners[0] + t * (corners[1] - corners[0])
                low = corners[3] + t * (corners[2] - corners[3])
                ends = [tuple(int(v) for v in point) for point in (top, low)]
                cv2.line(page, ends[0], ends[1], (level,) * 3, 3)
    return page


PRINT = rows(8, 400, 0.0, 60)
WORDS = rows(9, 800, -30.0, 90)


def test_pale_rows_across_the_print_are_an_overlay() -> None:
    page = drawn((PRINT, 30), (WORDS, 195))
    assert find_overlay(page, [*PRINT, *WORDS]) == frozenset(range(8, 17))


def test_words_no_longer_than_those_of_seals_are_none() -> None:
    """A booklet's labels were lifted with the grey words of its seals."""
    seals = rows(9, 100, -30.0, 90)
    page = drawn((PRINT, 30), (seals, 195))
    assert find_overlay(page, [*PRINT, *seals]) == frozenset()


def test_rows_as_dark_as_the_print_are_papers_that_lie_another_way() -> None:
    page = drawn((PRINT, 30), (WORDS, 30))
    assert find_overlay(page, [*PRINT, *WORDS]) == frozenset()


def test_a_pale_paper_beside_another_is_none() -> None:
    beside = rows(8, 200, -30.0, 40, shift=330)
    text = rows(8, 200, 0.0, 60, shift=-300)
    page = drawn((text, 30), (beside, 195))
    assert find_overlay(page, [*text, *beside]) == frozenset()


def test_a_page_all_of_one_direction_has_none() -> None:
    page = drawn((PRINT, 30))
    assert find_overlay(page, PRINT) == frozenset()
    slanting = drawn((WORDS, 60))
    assert find_overlay(slanting, WORDS) == frozenset()


def test_the_words_are_lifted_and_the_print_stays() -> None:
    plain = drawn((PRINT, 30))
    page = drawn((WORDS, 195), (PRINT, 30))
    lifted = without_overlay(page, WORDS)
    assert int(np.count_nonzero(lifted < 150)) == int(np.count_nonzero(plain < 150))
    assert not ((lifted > 150) & (lifted < 240)).any()


def test_the_newspaper_that_a_card_lies_on_is_none() -> None:
    below = [*rows(3, 800, -20.0, 30, shift=-40), *rows(3, 800, -20.0, 30, shift=40)]
    away = 380 * np.array([np.sin(np.radians(20)), np.cos(np.radians(20))])
    moved = [
        tuple((x + s * away[0], y + s * away[1]) for x, y in quad)
        for quad, s in zip(below, (-1, -1, -1, 1, 1, 1), strict=True)
    ]
    newspaper: Boxes = [(a, b, c, d) for a, b, c, d in moved]
    card = rows(5, 300, 0.0, 60)
    page = drawn((newspaper, 195), (card, 30))
    assert find_overlay(page, [*card, *newspaper]) == frozenset()
