"""A text layer is held against what the page shows: what differs is doubted, never believed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.model import Char, Image, Line, Quad
from pipeline.sheets.written import IN_DOUBT, lines_as_shown

QUAD: Quad = ((10, 10), (90, 10), (90, 26), (10, 26))
PAGE: Image = np.full((40, 100, 3), 255, dtype=np.uint8)


def line(text: str, score: float = 1.0) -> Line:
    width = 1 / max(1, len(text))
    chars = tuple(Char(c, score, i * width, (i + 1) * width) for i, c in enumerate(text))
    return Line(text, score if text else 0.0, QUAD, chars)


class Shows:
    """An engine that reads the same words everywhere, and notes where it looked."""

    fingerprint = "shows"

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[Quad] = []

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        return []

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        self.asked += quads
        return [line(self.text, 0.998) for _ in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return []


def shown(written: str, seen: str) -> Line:
    (found,) = lines_as_shown(PAGE, [line(written)], Shows(seen))
    return found


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("身份证号码：450222", "身份证号码:450222"),
        ("ＡＢ１２", "AB12"),
        ("□ 是 ☑ 否", "是否"),
        ("张 三", "张三"),
    ],
)
def test_what_the_page_shows_stands_as_it_was_written(written: str, seen: str) -> None:
    assert shown(written, seen) == line(written)


def test_what_differs_is_taken_from_the_page_and_doubted() -> None:
    found = shown("450222197209071964", "450222198209081964")
    assert found.text == "450222198209081964"
    doubted = [i for i, c in enumerate(found.chars) if c.score <= IN_DOUBT]
    assert doubted == [8, 13]
    assert found.quad == QUAD


def test_what_the_page_does_not_show_leaves_its_neighbours_in_doubt() -> None:
    found = shown("2026年10月11日", "2026年1月11日")
    assert found.text == "2026年1月11日"
    assert any(c.score <= IN_DOUBT for c in found.chars[4:7])


def test_a_line_that_cannot_be_read_is_kept_and_doubted() -> None:
    found = shown("450222", "")
    assert found.text == "450222"
    assert all(c.score <= IN_DOUBT for c in found.chars)


def test_a_line_is_looked_at_with_a_rim() -> None:
    engine = Shows("x")
    lines_as_shown(PAGE, [line("x")], engine)
    (left, top), (right, low) = engine.asked[0][0], engine.asked[0][2]
    assert (left, top) == pytest.approx((7.6, 7.6))
    assert (right, low) == pytest.approx((92.4, 28.4))
