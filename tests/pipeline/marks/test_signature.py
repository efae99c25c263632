"""Ink behind the words after which somebody signs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.marks.signature import find_signature
from pipeline.model import Char, Image, Line, Quad

EM = 36
TOP = 100
INK = (130, 60, 50)
LABEL = "代办人签名："


def paper(signed: bool) -> tuple[Image, float]:
    """A page with the words as blocks of strokes, signed behind them; and where the words end."""
    page = np.full((400, 1000, 3), 245, np.uint8)
    for i in range(len(LABEL) - 1):
        x = 100 + i * EM
        for step in range(0, EM - 8, 7):
            cv2.line(page, (x, TOP + step), (x + EM - 8, TOP + step), (40, 40, 40), 2)
    end = 100 + EM * len(LABEL)
    if signed:
        for i in range(2):
            x = end + 12 + i * 44
            cv2.line(page, (x, TOP - 8), (x + 34, TOP + 26), INK, 2)
            cv2.line(page, (x + 34, TOP - 8), (x, TOP + 30), INK, 2)
            cv2.line(page, (x, TOP + 10), (x + 36, TOP + 8), INK, 2)
            cv2.line(page, (x + 17, TOP - 10), (x + 17, TOP + 32), INK, 2)
    return page, float(end)


def line(text: str, right: float, top: float, bottom: float) -> Line:
    quad: Quad = ((100, top), (right, top), (right, bottom), (100, bottom))
    wide = (right - 100) / EM
    chars = [Char(c, 0.999, i / wide, min(1.0, (i + 1) / wide)) for i, c in enumerate(text)]
    return Line(text, 0.999, quad, tuple(chars))


@pytest.mark.parametrize(("signed", "state"), [(True, "yes"), (False, "no")])
def test_ink_behind_the_words_is_a_signature(signed: bool, state: str) -> None:
    page, end = paper(signed)
    assert find_signature(page, [line(LABEL, end, TOP - 4, TOP + 34)]) == state


def test_a_signature_read_with_the_words_makes_them_no_wider() -> None:
    """The line is as high as the signature; the words' characters are not."""
    page, end = paper(signed=True)
    read = line(LABEL + "吴婷", end + 100, TOP - 26, TOP + 54)
    assert find_signature(page, [read]) == "yes"


def test_no_words_no_place() -> None:
    page, end = paper(signed=True)
    assert find_signature(page, [line("日期：", end, TOP, TOP + 30)]) is None
