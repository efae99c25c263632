"""Which way lines run, and where a layout is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.image import apply, rotation_matrix
from pipeline.sheets.blocks import BlockLayout, Rects, cut_blocks, text_angle, text_height

EM = 20.0
PAGE = (1650.0, 2340.0)


def boxes(*rects: tuple[float, float, float, float]) -> NDArray[np.float64]:
    return np.array([[(l, t), (r, t), (r, b), (l, b)] for l, t, r, b in rects], dtype=float)  # noqa: E741


@given(st.floats(-40, 40))
def test_text_angle_is_the_lines_angle(degrees: float) -> None:
    level = boxes((0, 0, 300, 20), (0, 50, 200, 70), (0, 100, 40, 120))
    turned = apply(rotation_matrix(degrees), level.reshape(-1, 2)).reshape(-1, 4, 2)
    assert text_angle(turned) == pytest.approx(degrees, abs=0.01)
    assert text_height(turned) == pytest.approx(20, abs=0.01)


def test_text_angle_when_lines_stand_on_end() -> None:
    assert text_angle(boxes((0, 0, 20, 300), (50, 0, 70, 200))) == pytest.approx(90)


def test_text_angle_when_there_is_nothing_to_tell() -> None:
    assert text_angle(boxes()) == 0
    assert text_angle(boxes((0, 0, 20, 20))) == 0
    assert text_height(boxes()) == 0


def layout(lines: Sequence[tuple[float, float, float, float]], ink: int = 0) -> BlockLayout:
    """``ink`` of the rectangles, the last ones, are no text."""
    rects: Rects = np.array(lines, dtype=float)
    is_text = np.arange(len(lines)) < len(lines) - ink
    return BlockLayout(rects, is_text.astype(np.int64), np.zeros(len(lines), np.bool_), EM, PAGE)


def card(left: float, top: float) -> list[tuple[float, float, float, float]]:
    """The lines of a card: names, an address of two lines, a long number at the foot."""
    return [
        (left, top, left + 200, top + EM),
        (left, top + 60, left + 240, top + 60 + EM),
        (left, top + 120, left + 330, top + 120 + EM),
        (left, top + 180, left + 400, top + 180 + EM),
        (left + 60, top + 210, left + 300, top + 210 + EM),
        (left, top + 310, left + 560, top + 310 + EM),
    ]


def test_cut_blocks_when_two_cards_stand_one_below_the_other() -> None:
    blocks = cut_blocks(layout(card(300, 200) + card(310, 640)))
    assert [sorted(b.tolist()) for b in blocks] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


def test_cut_blocks_when_four_cards_make_a_square() -> None:
    four = card(100, 200) + card(800, 210) + card(110, 640) + card(790, 650)
    assert sorted(len(b) for b in cut_blocks(layout(four))) == [6, 6, 6, 6]


def test_cut_blocks_when_the_address_leaves_a_gap_inside_a_card() -> None:
    assert len(cut_blocks(layout(card(300, 200)))) == 1


def test_cut_blocks_when_a_heading_stands_above_two_cards() -> None:
    heading = [(500.0, 60.0, 900.0, 90.0)]
    blocks = cut_blocks(layout(heading + card(300, 200) + card(310, 640)))
    assert sorted(len(b) for b in blocks) == [6, 7]


def test_cut_blocks_when_paragraphs_are_narrow() -> None:
    text = [(350.0, 300 + 50 * i, 1200.0, 320 + 50 * i) for i in range(6)]
    text += [(350.0, 1000 + 50 * i, 1200.0, 1020 + 50 * i) for i in range(5)]
    assert len(cut_blocks(layout(text))) == 1


def test_cut_blocks_when_a_rule_spans_the_page() -> None:
    rule = [(150.0, 600.0, 1500.0, 603.0)]
    assert len(cut_blocks(layout(card(300, 200) + card(310, 640) + rule, ink=1))) == 1


def test_cut_blocks_when_a_letter_is_short_and_a_receipt_hangs_below() -> None:
    letter = [(560.0, 200.0, 950.0, 226.0), (900.0, 290.0, 1330.0, 310.0)]
    letter += [(200.0, 360.0 + 60 * i, 500.0 + 110 * i, 380.0 + 60 * i) for i in range(4)]
    closing = [(760.0, 720.0, 1330.0, 740.0), (820.0, 780.0, 1100.0, 800.0)]
    slip = [
        (620.0, 900.0, 760.0, 925.0),
        *((200.0, 970.0 + 70 * i, 1290.0, 990.0 + 70 * i) for i in range(3)),
    ]
    assert len(cut_blocks(layout(letter + closing + slip))) == 1


def test_cut_blocks_when_a_spread_has_two_tall_pages() -> None:
    left = [(100.0, 300 + 70 * i, 480.0 - 20 * i, 320 + 70 * i) for i in range(8)]
    right = [(650.0, 300 + 70 * i, 1040.0 - 20 * i, 320 + 70 * i) for i in range(8)]
    assert len(cut_blocks(layout(left + right))) == 1
