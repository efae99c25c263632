"""Rings found in red ink, and ink where a signature belongs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.image import grey_of
from pipeline.marks.seal import SEAL_CERTAIN, find_seals, seal_state
from pipeline.marks.signature import find_signature
from pipeline.model import Image, Line

RED = (40, 36, 206)


def _paper() -> Image:
    """A sheet as a colour scanner gives it: not quite grey."""
    return np.full((1400, 1000, 3), (236, 244, 246), np.uint8)


def _stamp(paper: Image, at: tuple[int, int], axes: tuple[int, int] = (100, 100)) -> Image:
    cv2.ellipse(paper, at, axes, 0, 0, 360, RED, 5)
    cv2.circle(paper, at, 22, RED, -1)
    for angle in range(200, 345, 20):
        t = np.radians(angle)
        x, y = at[0] + 0.72 * axes[0] * np.cos(t), at[1] + 0.72 * axes[1] * np.sin(t)
        cv2.rectangle(paper, (int(x) - 9, int(y) - 9), (int(x) + 9, int(y) + 9), RED, 3)
    return paper


@pytest.mark.parametrize(
    ("at", "axes"), [((600, 1000), (100, 100)), ((600, 1000), (105, 72)), ((960, 1000), (100, 100))]
)
def test_seal_is_found_when_round_oval_or_cut_at_the_edge(
    at: tuple[int, int], axes: tuple[int, int]
) -> None:
    paper = _stamp(_paper(), at, axes)
    seals = find_seals(paper)
    assert seals[0].ring >= SEAL_CERTAIN
    assert np.hypot(seals[0].centre[0] - at[0], seals[0].centre[1] - at[1]) < 8
    assert seal_state(paper, seals) == "yes"


def test_both_are_found_when_there_are_two_seals() -> None:
    paper = _stamp(_stamp(_paper(), (300, 1000)), (700, 1000))
    assert len([s for s in find_seals(paper) if s.ring >= SEAL_CERTAIN]) == 2


def test_there_is_no_seal_when_red_is_a_rule_or_a_tick() -> None:
    paper = _paper()
    cv2.line(paper, (100, 200), (900, 200), RED, 6)
    cv2.polylines(paper, [np.array([(500, 900), (515, 920), (550, 870)])], False, RED, 5)
    seals = find_seals(paper)
    assert not [s for s in seals if s.ring >= SEAL_CERTAIN]
    assert seal_state(paper, seals) == "no"


def _letterhead(paper: Image, size: int, apart: int = 0) -> Image:
    """Eight characters of bars and boxes in a row, and a rule below, as 红头文件 begin."""
    left = (paper.shape[1] - 8 * size - 7 * apart) // 2
    for i in range(8):
        x, y, thick = left + i * (size + apart), 120, max(3, size // 12)
        right, low = x + round(size * 0.9), y + round(size * 0.9)
        for k in range(1 + i % 3):
            row = y + k * size // 3 + thick
            cv2.line(paper, (x, row), (right, row), RED, thick)
        cv2.line(paper, ((x + right) // 2, y), ((x + right) // 2, low), RED, thick)
        if i % 2:
            cv2.ellipse(
                paper,
                ((x + right) // 2, (y + low) // 2),
                (size // 3, size // 3),
                0,
                0,
                360,
                RED,
                thick,
            )
    cv2.line(paper, (80, 330), (920, 330), RED, 5)
    return paper


@pytest.mark.parametrize(("size", "apart"), [(56, 0), (84, 0), (100, 10), (50, 45)])
def test_there_is_no_seal_when_the_letterhead_is_red(size: int, apart: int) -> None:
    paper = _letterhead(_paper(), size, apart)
    assert find_seals(paper) == []
    assert seal_state(paper, []) == "no"


def test_seal_is_found_when_the_letterhead_is_red_too() -> None:
    paper = _stamp(_letterhead(_paper(), 84), (650, 1050))
    seals = find_seals(paper)
    assert len(seals) == 1
    assert seal_state(paper, seals) == "yes"


def test_seal_is_found_when_the_lower_edge_cuts_it() -> None:
    paper = _stamp(_paper(), (600, 1385))
    assert seal_state(paper, find_seals(paper)) != "no"


def test_nothing_is_certain_when_the_picture_is_grey_or_the_seal_is_covered() -> None:
    grey = grey_of(_stamp(_paper(), (600, 1000)))
    assert seal_state(grey, find_seals(grey)) == "unsure"
    disc = _paper()
    cv2.circle(disc, (600, 1000), 90, RED, -1)
    assert seal_state(disc, find_seals(disc)) == "unsure"


def _label(text: str = "代办人签名：") -> Line:
    return Line(text, 0.99, ((200, 1000), (440, 1000), (440, 1040), (200, 1040)))


@pytest.mark.parametrize("signed", [True, False])
def test_signature_is_ink_behind_the_words(signed: bool) -> None:
    paper = _paper()
    cv2.line(paper, (450, 1042), (900, 1042), (60, 60, 60), 2)  # a rule is no ink
    if signed:
        curve = [(480 + i * 8, int(1015 + 22 * np.sin(i * 0.9))) for i in range(26)]
        cv2.polylines(paper, [np.array(curve)], False, (110, 44, 30), 5)
    assert find_signature(paper, [_label()]) == ("yes" if signed else "no")


def test_no_place_is_found_when_words_go_on() -> None:
    line = _label("申请人应当在申请表上签名并注明日期后交到窗口")
    assert find_signature(_paper(), [line]) is None


def test_close_print_is_no_ring_when_it_fills_the_sheet() -> None:
    paper, rng = _paper(), np.random.default_rng(0)
    cv2.line(paper, (80, 150), (920, 150), RED, 5)
    for y in range(200, 1350, 28):
        for x in range(60, 930, 20):
            for _ in range(4):
                ends = rng.integers(0, 16, (2, 2)) + np.array([x, y])
                cv2.line(paper, ends[0].tolist(), ends[1].tolist(), (40, 40, 40), 3)
    assert seal_state(paper, find_seals(paper)) == "no"
