"""Papers copied aslant under level words are laid flat by their own lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pipeline.model import Line, Quad, Sheet, Source
from pipeline.sheets.aslant import find_aslant

IMAGE = np.full((1400, 1000, 3), 255, dtype=np.uint8)
WORDS = ("仅限办理灵活就业参保使用", "此件仅用于档案转递")
ROWS = ("姓名韦建国", "性别男民族壮", "出生1985年10月16日", "住址南宁市青秀区1号", "公民身份号码")


def box(x: float, y: float, width: float, degrees: float, height: float = 30.0) -> Quad:
    """A line's box that begins at (x, y) and is turned clockwise by so many degrees."""
    a = math.radians(degrees)
    along, down = (math.cos(a), math.sin(a)), (-math.sin(a), math.cos(a))
    right = (x + width * along[0], y + width * along[1])
    low = (height * down[0], height * down[1])
    return (
        (x, y),
        right,
        (right[0] + low[0], right[1] + low[1]),
        (x + low[0], y + low[1]),
    )


def sheet(degrees: float, words: Sequence[str] = WORDS) -> Sheet:
    """A page with words across it, all level, and rows of a card that is turned."""
    lines = [Line(w, 0.99, box(100, 100 + 900 * i, 760, 0, 60)) for i, w in enumerate(words)]
    for i, text in enumerate(ROWS):
        turn = math.radians(degrees)
        x, y = 300 - 50 * i * math.sin(turn), 400 + 50 * i * math.cos(turn)
        lines.append(Line(text, 0.99, box(x, y, 40 * len(text), degrees)))
    return Sheet(IMAGE, Source("a.jpg", 1, "0" * 64), 0, np.eye(3), tuple(lines))


def test_a_card_aslant_is_an_area_of_its_own() -> None:
    for degrees in (15.0, -20.0):
        page = sheet(degrees)
        area = find_aslant(page.image, page, [line.quad for line in page.lines])
        assert area is not None
        side = area.corners[1] - area.corners[0]
        assert abs(math.degrees(math.atan2(side[1], side[0])) - degrees) < 1
        assert area.lines == tuple(range(len(WORDS), len(page.lines)))


def test_what_lies_as_the_page_does_is_left() -> None:
    for page in (sheet(2.0), sheet(15.0, words=())):
        assert find_aslant(page.image, page, [line.quad for line in page.lines]) is None
