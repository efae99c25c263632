"""Lines set so close that one box reaches into another: what was read badly is read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.model import Char, Image, Line, Quad
from pipeline.sheets.crowded import read_apart

LABEL: Quad = ((40, 40), (150, 40), (150, 85), (40, 85))
VALUE: Quad = ((40, 72), (80, 72), (80, 116), (40, 116))
FOOT = 78
"""Row of pixels above which the label's print ends; the value's own begins below FOOT + 4."""


@dataclass
class TopEngine:
    """Says 安 of a box that begins above the label's foot, else 女; keeps where it was asked."""

    fingerprint: str = "top"
    clear: float = 0.999
    asked: list[Quad] = field(default_factory=list)

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        raise AssertionError

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        self.asked += quads
        return [line("安", 0.91, q) if q[0][1] < FOOT else line("女", self.clear, q) for q in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        raise AssertionError


def line(text: str, score: float, quad: Quad) -> Line:
    return Line(text, score, quad, (Char(text[0], score, 0.0, 1.0),))


def page() -> Image:
    """The label's strokes down to its foot, a clear row, and the value's strokes."""
    image = np.full((160, 200), 240, np.uint8)
    image[46:FOOT, 44:148:6] = 20
    image[FOOT + 4 : 110, 46:76:5] = 20
    return image


def texts(engine: TopEngine, *lines: Line, image: Image | None = None) -> list[str]:
    picture = page() if image is None else image
    return [found.text for found in read_apart(lines, picture, engine)]


def test_a_value_is_read_without_the_foot_of_the_label_above_it() -> None:
    engine = TopEngine()
    assert texts(engine, line("性", 0.99, LABEL), line("安", 0.91, VALUE)) == ["性", "女"]
    ((_, top), *_), *_ = engine.asked
    assert FOOT <= top <= FOOT + 4


def test_what_was_read_well_is_not_read_again() -> None:
    engine = TopEngine()
    assert texts(engine, line("性", 0.99, LABEL), line("安", 0.98, VALUE)) == ["性", "安"]
    assert engine.asked == []


def test_a_line_that_nothing_reaches_into_is_not_read_again() -> None:
    engine = TopEngine()
    far: Quad = ((40, 20), (150, 20), (150, 60), (40, 60))
    beside: Quad = ((100, 72), (180, 72), (180, 116), (100, 116))
    lines = (line("性", 0.99, far), line("男", 0.99, beside), line("安", 0.91, VALUE))
    assert texts(engine, *lines) == ["性", "男", "安"]
    assert engine.asked == []


def test_print_that_was_found_twice_is_not_read_again() -> None:
    engine = TopEngine()
    twice: Quad = ((30, 70), (90, 70), (90, 114), (30, 114))
    lines = line("性", 0.99, LABEL), line("安", 0.91, VALUE), line("安", 0.99, twice)
    assert texts(engine, *lines) == ["性", "安", "安"]
    assert engine.asked == []


def test_the_better_reading_stays() -> None:
    engine = TopEngine(clear=0.6)
    assert texts(engine, line("性", 0.99, LABEL), line("安", 0.91, VALUE)) == ["性", "安"]


def test_a_reading_that_lost_a_character_does_not_count() -> None:
    @dataclass
    class Losing(TopEngine):
        def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
            return [line("1300 0936", 0.999, quad) for quad in quads]

    read = texts(Losing(), line("性", 0.99, LABEL), line("130000936", 0.95, VALUE))
    assert read == ["性", "130000936"]


def test_a_box_whose_edge_is_clear_is_left_as_it_is() -> None:
    engine = TopEngine()
    image = page()
    image[: FOOT + 4] = 240  # the label's box is larger than its print
    assert texts(engine, line("性", 0.99, LABEL), line("安", 0.91, VALUE), image=image) == [
        "性",
        "安",
    ]
    assert engine.asked == []


def test_a_line_aslant_is_left_as_it_is() -> None:
    engine = TopEngine()
    aslant: Quad = ((40, 72), (80, 82), (80, 126), (40, 116))
    assert texts(engine, line("性", 0.99, LABEL), line("安", 0.91, aslant)) == ["性", "安"]
    assert engine.asked == []
