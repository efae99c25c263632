"""Which lines of a form are sides of its cells."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractors.application_form.layout import FormLayout
from pipeline.model import Sheet, Source
from tests.lines import line

INK = (40, 40, 40)
ABOVE, RULE, BELOW = 587, 653, 719
"""Three level rules: a row of two cells, and a row of one."""
SIDE = 829


def blocks(*, ticked: bool, below: bool = False) -> list[str]:
    """The texts of the lower row's blocks. A tick box stands right under the side of the upper
    cells; where it is ``ticked``, the pen reached up to the rule. ``below``: the side goes on."""
    image = np.full((2000, 1500, 3), 250, np.uint8)
    for y in (ABOVE, RULE, BELOW):
        cv2.line(image, (140, y), (1360, y), INK, 2)
    for x in (140, 1360):
        cv2.line(image, (x, ABOVE), (x, BELOW), INK, 2)
    cv2.line(image, (SIDE, ABOVE), (SIDE, BELOW if below else RULE), INK, 2)
    if not below:
        cv2.rectangle(image, (SIDE - 26, 668), (SIDE, 694), INK, 2)
    if ticked:
        cv2.line(image, (SIDE, 668), (SIDE, RULE), INK, 2)
    words = line("线下邮寄送达通知窗口领取", SIDE - 185, 666)
    sheet = Sheet(image, Source("form.jpg", 1, "0" * 64), 0, np.eye(3), (words,))
    return [block.text for block in FormLayout(sheet).blocks]


@pytest.mark.parametrize("ticked", [False, True])
def test_the_side_of_a_tick_box_under_a_rule_parts_no_cell(ticked: bool) -> None:
    """Else the choice behind the box is a cell of its own, and its box lies outside."""
    assert blocks(ticked=ticked) == ["线下邮寄送达通知窗口领取"]


def test_a_side_that_ends_on_a_rule_parts_its_cells() -> None:
    assert blocks(ticked=False, below=True) == ["线下邮寄送达", "通知窗口领取"]
