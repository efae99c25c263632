"""What red ink lies on: when a line is read without it alone, and what of a sheet is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from pipeline.image import red_ink, size_of
from pipeline.model import Char, Image, Line, Page, Quad, Source
from pipeline.sheets.area import SheetArea
from pipeline.sheets.read import read_area

WIDTH, HEIGHT = 1200, 757
"""A sheet, and lines of a height, that the recogniser likes: nothing is resized."""
LINE = 44
PLAIN: Quad = ((80, 80), (580, 80), (580, 80 + LINE), (80, 80 + LINE))
STAMPED: Quad = ((660, 500), (1140, 500), (1140, 500 + LINE), (660, 500 + LINE))
STAMP = (840, 460, 890, 590)
RED = (40, 40, 220)


def chars(text: str, score: float, *, upto: float = 1.0) -> tuple[Char, ...]:
    """A line's characters, evenly set over a part of it."""
    step = upto / len(text)
    return tuple(Char(c, score, i * step, (i + 1) * step) for i, c in enumerate(text))


@dataclass
class RedEngine:
    """Finds the two lines wherever they are seen whole; says ``clear`` of the stamped one where no
    red is to be seen, else ``crossed``. Keeps what it was asked."""

    clear: tuple[Char, ...]
    crossed: tuple[Char, ...]
    fingerprint: str = "red"
    stamp: tuple[int, int, int, int] = STAMP
    seen: list[tuple[int, int]] = field(default_factory=list)
    asked: list[tuple[bool, Quad]] = field(default_factory=list)

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        self.seen.append(size_of(image))
        return []

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        left, top, right, bottom = self.stamp
        area = (right - left) * (bottom - top)
        is_red = int(np.count_nonzero(red_ink(image))) > 0.9 * area
        self.asked += [(is_red, quad) for quad in quads]
        return [self._line(is_red, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        raise AssertionError

    def _line(self, is_red: bool, quad: Quad) -> Line:
        is_stamped = quad[0][0] > 600
        own = (self.crossed if is_red else self.clear) if is_stamped else chars("平常的一行", 0.99)
        score = sum(c.score for c in own) / len(own)
        return Line("".join(c.text for c in own), score, quad, own)


def read(engine: RedEngine, image: Image) -> dict[str, float]:
    corners = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], dtype=np.float64)
    area = SheetArea(corners, corners, (0, 1), True)
    page = Page(image, Source("scan.png", 1, "0" * 64))
    sheet = read_area(page, area, [PLAIN, STAMPED], [], engine)
    return {line.text: line.score for line in sheet.lines}


@pytest.fixture
def stamped() -> Image:
    return stamped_by(STAMP)


def stamped_by(stamp: tuple[int, int, int, int]) -> Image:
    image = np.full((HEIGHT, WIDTH, 3), 245, np.uint8)
    for (left, top), _, (right, bottom), _ in (PLAIN, STAMPED):
        image[int(top) + 8 : int(bottom) - 8, int(left) : int(right)] = 30
    left, top, right, bottom = stamp
    image[top:bottom, left:right] = RED
    return image


def test_a_line_that_reads_wholly_without_red_is_not_read_with_it(stamped: Image) -> None:
    engine = RedEngine(chars("盖着章的一行", 0.99), chars("盖者章的一行", 0.999))
    assert set(read(engine, stamped)) == {"平常的一行", "盖着章的一行"}
    assert [is_red for is_red, quad in engine.asked if quad[0][0] > 600] == [False]


@pytest.mark.parametrize(("top", "value"), [(505, "2023年8月7日"), (600, "2025年8月7日")])
def test_a_small_seal_counts_where_it_lies_across_a_line(top: int, value: str) -> None:
    """A seal of 0.0013 of the sheet, on a line and beside it."""
    small = (840, top, 880, top + 30)
    engine = RedEngine(chars("2023年8月7日", 0.99), chars("2025年8月7日", 0.98), stamp=small)
    assert set(read(engine, stamped_by(small))) == {"平常的一行", value}


def test_a_character_in_doubt_is_looked_at_with_the_red_too(stamped: Image) -> None:
    unsure = (*chars("盖着章的一", 0.99, upto=0.8), Char("行", 0.9, 0.8, 1.0))
    engine = RedEngine(unsure, chars("盖着章的一行", 0.995))
    assert read(engine, stamped)["盖着章的一行"] == pytest.approx(0.995)


def test_a_gap_is_looked_at_with_the_red_too(stamped: Image) -> None:
    half = chars("盖着章", 0.999, upto=0.5)
    engine = RedEngine(half, chars("盖着章的红字", 0.99))
    assert "盖着章的红字" in read(engine, stamped)


def test_an_almost_read_character_is_looked_at_with_the_red_too(stamped: Image) -> None:
    @dataclass
    class Losing(RedEngine):
        def _line(self, is_red: bool, quad: Quad) -> Line:
            line = super()._line(is_red, quad)
            lost = () if is_red else (Char("印", 0.2, 0.4, 0.5),)
            return Line(line.text, line.score, quad, line.chars, lost)

    engine = Losing(chars("盖着章的一行", 0.99), chars("盖着章印的一行", 0.995))
    assert "盖着章印的一行" in read(engine, stamped)


def test_only_what_may_lie_under_the_red_is_looked_at_again(stamped: Image) -> None:
    engine = RedEngine(chars("盖着章的一行", 0.99), chars("盖着章的一行", 0.99))
    read(engine, stamped)
    ((width, height),) = engine.seen
    # The stamp, the line that it crosses, and a line's height around them.
    assert width == pytest.approx(WIDTH - (660 - LINE), abs=20)
    assert height == pytest.approx(STAMP[3] - STAMP[1] + 2 * LINE, abs=20)


def test_red_all_over_is_looked_at_as_a_whole(stamped: Image) -> None:
    stamped[20:26, 20:1180] = RED
    stamped[720:726, 20:1180] = RED
    engine = RedEngine(chars("盖着章的一行", 0.99), chars("盖着章的一行", 0.99))
    read(engine, stamped)
    assert engine.seen == [(WIDTH, HEIGHT)]


def test_a_box_at_the_edge_of_what_is_looked_at_is_half_a_line(stamped: Image) -> None:
    @dataclass
    class Cutting(RedEngine):
        def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
            super().detect(image, long_side_px)
            return [((0, 60), (240, 60), (240, 60 + LINE), (0, 60 + LINE))]

    engine = Cutting(chars("盖着章的一行", 0.99), chars("盖着章的一行", 0.99))
    read(engine, stamped)
    assert [quad for _, quad in engine.asked if quad[0][0] > 600] == [STAMPED]
