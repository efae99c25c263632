"""Grids drawn in code: plain, bent, broken, with writing and seals on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.layout.ruled_lines import find_rules
from pipeline.layout.ruled_table import dark_ink, level_ink
from pipeline.model import Image

GREEN = (60, 110, 40)
BLACK = (30, 30, 30)
RED = (60, 50, 200)


def _paper(width: int = 1200, height: int = 800) -> Image:
    return np.full((height, width, 3), 235, dtype=np.uint8)


def _grid(image: Image, xs: list[int], ys: list[int], colour: tuple[int, int, int]) -> Image:
    for x in xs:
        cv2.line(image, (x, ys[0]), (x, ys[-1]), colour, 2)
    for y in ys:
        cv2.line(image, (xs[0], y), (xs[-1], y), colour, 2)
    return image


XS = [100, 300, 700, 900, 1100]
YS = [100, 170, 240, 310, 380]


@pytest.mark.parametrize("colour", [GREEN, BLACK, RED, (150, 170, 150)])
def test_find_rules_when_the_grid_is_plain(colour: tuple[int, int, int]) -> None:
    ruling = find_rules(_grid(_paper(), XS, YS, colour))
    assert len(ruling.horizontals) == 5
    assert len(ruling.verticals) == 5
    assert len(ruling.cells()) == 16
    assert ruling.rows_at(500) == pytest.approx(YS, abs=2)
    assert ruling.columns_at(200) == pytest.approx(XS, abs=2)
    assert ruling.cell_at(500, 200).box == pytest.approx((300, 170, 700, 240), abs=2)


@pytest.mark.parametrize("x", [205, 500, 640])
def test_find_rules_when_the_scanner_left_a_streak(x: int) -> None:
    image = _grid(_paper(), XS, YS, BLACK)
    cv2.line(image, (x, 0), (x, 799), (120, 120, 120), 2)
    ruling = find_rules(image)
    assert ruling.columns_at(200) == pytest.approx(XS, abs=2)
    assert len(ruling.cells()) == 16


def test_find_rules_when_the_last_rule_of_a_table_is_lost() -> None:
    image = _grid(_paper(), XS, YS[:-1], BLACK)
    for x in XS:
        cv2.line(image, (x, YS[-2]), (x, YS[-1]), BLACK, 2)
    assert find_rules(image).columns_at(200) == pytest.approx(XS, abs=2)


def test_cell_at_when_a_cell_spans_two_rows() -> None:
    image = _paper()
    for y in (100, 310):
        cv2.line(image, (100, y), (1100, y), BLACK, 2)
    cv2.line(image, (100, 205), (700, 205), BLACK, 2)
    for x in (100, 700, 1100):
        cv2.line(image, (x, 100), (x, 310), BLACK, 2)
    ruling = find_rules(image)
    assert ruling.cell_at(900, 150).box == pytest.approx((700, 100, 1100, 310), abs=2)
    assert ruling.cell_at(300, 150).box == pytest.approx((100, 100, 700, 205), abs=2)
    assert len(ruling.cells()) == 3


def test_find_rules_when_writing_and_a_seal_lie_on_the_grid() -> None:
    image = _grid(_paper(), XS, YS, GREEN)
    for i, y in enumerate(YS[:-1]):
        cv2.putText(image, "451228 19840308", (310, y + 20), 0, 1.0, BLACK, 2)
        cv2.putText(image, f"HEHEHE {i}", (110, y + 45), 0, 1.0, BLACK, 3)
    cv2.circle(image, (700, 250), 130, RED, 7)
    ruling = find_rules(image)
    assert (len(ruling.horizontals), len(ruling.verticals)) == (5, 5)
    assert ruling.cell_at(500, 275).box == pytest.approx((300, 240, 700, 310), abs=3)


def test_find_rules_when_the_page_is_bent_and_skewed() -> None:
    image = _grid(_paper(), XS, YS, BLACK)
    x, y = np.meshgrid(np.arange(1200, dtype=np.float32), np.arange(800, dtype=np.float32))
    bent = cv2.remap(
        image,
        x,
        (y + 10 * np.sin(x / 380) + 0.008 * x).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    ruling = find_rules(np.asarray(bent, dtype=np.uint8))
    assert (len(ruling.horizontals), len(ruling.verticals)) == (5, 5)
    assert len(ruling.cells()) == 16
    shift = 10 * np.sin(800 / 380) + 0.008 * 800
    assert ruling.rows_at(800)[1] == pytest.approx(170 - shift, abs=3)


def test_find_rules_when_rules_are_broken() -> None:
    image = _grid(_paper(), XS, YS, BLACK)
    image[:, 420:480] = 235
    image[200:225, :] = 235
    ruling = find_rules(image)
    assert len(ruling.cells()) == 16


def test_find_rules_when_there_is_only_text() -> None:
    image = _paper()
    for i in range(12):
        cv2.putText(image, "EHEHEHEH LLTTEEFF 1984", (60, 60 + 50 * i), 0, 1.4, BLACK, 3)
    assert find_rules(image).cells() == []


def test_mask_when_rules_were_found() -> None:
    ruling = find_rules(_grid(_paper(), XS, YS, BLACK))
    mask = ruling.mask()
    assert mask[170, 500] == 255
    assert mask[200, 500] == 0
    assert mask[200, 700] == 255


def test_find_ink_when_red_seal_and_black_writing_lie_side_by_side() -> None:
    image = _paper()
    cv2.circle(image, (300, 300), 100, (70, 60, 215), 7)
    cv2.putText(image, "182", (600, 300), 0, 2.0, BLACK, 4)
    ink = dark_ink(level_ink(image))
    assert not ink[150:450, 150:450].any()
    assert ink[240:310, 600:720].any()
