"""Which outlines are papers, by the boxes of lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.sheets.outlines import Outline
from pipeline.sheets.papers import find_papers

OUTLINE = Outline(np.array([(100, 100), (500, 100), (500, 350), (100, 350)], float), 1.0)
INSIDE = [(150, 130, 300, 150), (150, 180, 300, 200), (150, 230, 300, 250)]
ACROSS = (400, 280, 640, 310)
"""A line that the outline's right edge cuts."""


def boxes(rects: Sequence[tuple[int, int, int, int]]) -> NDArray[np.float64]:
    return np.array([[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in rects], float)


def papers(rects: Sequence[tuple[int, int, int, int]]) -> int:
    loose = np.zeros(len(rects), np.bool_)
    return len(find_papers([OUTLINE], boxes(rects), loose, (800, 600)))


def test_outline_of_a_watermark_and_a_speck_is_no_paper_where_it_cuts_a_line() -> None:
    """Edges of a card and of light on it: its own title runs across them."""
    assert papers([*INSIDE[:2], ACROSS]) == 0
    assert papers(INSIDE[:2]) == 1


def test_outline_of_more_lines_is_a_paper_though_one_is_cut() -> None:
    assert papers([*INSIDE, ACROSS]) == 1
