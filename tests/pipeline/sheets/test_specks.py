"""Lines that specks hide are looked for without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.model import Image, Line, Quad
from pipeline.sheets.find import CLOSE_PX, read_sheets
from pipeline.sheets.specks import SPECKLED, without_specks
from tests.pipeline.bars import BarEngine, draw_bar, names_on, page_of

NAMES = (10, 12, 14, 16, 18)
SPECK_TONE = 33


def speckled(count: int) -> Image:
    """Bars on a white page, with so many specks of one tone strewn over it evenly."""
    page = np.full((900, 800, 3), 250, np.uint8)
    for row, name in enumerate(NAMES):
        draw_bar(page, 150, 200 + 60 * row, 400, name)
    places = np.random.default_rng(5).permutation(90 * 80)[:count]
    for place in places:
        y, x = divmod(int(place), 80)
        if (page[10 * y : 10 * y + 10, 10 * x : 10 * x + 10] == 250).all():
            page[10 * y + 4 : 10 * y + 6, 10 * x + 4 : 10 * x + 6] = SPECK_TONE
    return page


class Confused(BarEngine):
    """Finds a single line where specks are."""

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        quads = super().detect(image, long_side_px)
        return quads[:1] if (image == SPECK_TONE).any() else quads


class Shortsighted(Confused):
    """Finds nothing at all on a page seen small."""

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        return super().detect(image, long_side_px) if long_side_px >= CLOSE_PX else []


def test_specks_go_and_print_stays() -> None:
    clean = without_specks(speckled(3 * SPECKLED))
    assert clean is not None
    assert not (clean == SPECK_TONE).any()
    assert [(clean == name).all(axis=2).sum() > 7000 for name in NAMES] == [True] * 5


def test_a_page_with_few_specks_is_left_alone() -> None:
    assert without_specks(speckled(SPECKLED // 2)) is None


@pytest.mark.parametrize("engine", [Confused(), Shortsighted()])
def test_a_paper_that_specks_hide_is_known_without_them(engine: BarEngine) -> None:
    def is_known(lines: Sequence[Line]) -> bool:
        return len(lines) == len(NAMES)

    (sheet,) = read_sheets(page_of(speckled(3 * SPECKLED)), engine, is_known)
    assert names_on(sheet.lines) == [f"第{name}行文字" for name in NAMES]
