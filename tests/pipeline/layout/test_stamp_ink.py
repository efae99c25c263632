"""What of a value is a stamp's is told by its ink."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.stamp_ink import PALE, without_stamp_ink
from pipeline.model import Image
from tests.lines import BLACK, EM, RED, Colour, Paper


def written(*parts: tuple[str, Colour]) -> tuple[list[Piece], Image]:
    """One line of parts in their own ink."""
    paper = Paper((1200, 200))
    at = 40.0
    lines = []
    for text, colour in parts:
        lines.append(paper.write(text, at, 60, colour=colour))
        at = lines[-1].quad[1][0]
    if len(lines) > 1:
        paper.join(*lines)
    return pieces_of(paper.lines), paper.image


def kept(pieces: list[Piece], image: Image) -> list[str]:
    return [p.text for p in without_stamp_ink(pieces, image)]


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ([("2018年1月", BLACK), ("3日", RED)], "2018年1月"),
        ([("共", RED), ("2018年1月", BLACK)], "2018年1月"),
        ([("共", RED), ("2018年1月", BLACK), ("3日", RED)], "2018年1月"),
        ([("2018", BLACK), ("年", RED), ("1月", BLACK)], "2018年1月"),
        ([("2018年1月3日", BLACK)], "2018年1月3日"),
        ([("2018年1月3日", RED)], "2018年1月3日"),
    ],
    ids=["behind", "before", "both", "within", "print alone", "red alone"],
)
def test_red_characters_at_the_ends_of_dark_print_are_a_stamps(
    parts: list[tuple[str, Colour]], value: str
) -> None:
    assert kept(*written(*parts)) == [value]


def test_a_piece_of_nothing_but_red_ink_goes_beside_one_of_print() -> None:
    paper = Paper((1200, 200))
    paper.write("2018年1月", 40, 60)
    paper.write("3日", 400, 60, colour=RED)
    assert kept(pieces_of(paper.lines), paper.image) == ["2018年1月"]


def test_print_under_a_stamp_is_print() -> None:
    pieces, image = written(("2018年1月3日", BLACK))
    left = int(pieces[0].right - 2 * EM)
    paper = image[60:90, left:] > 200
    image[60:90, left:][paper[..., 0]] = RED
    assert kept(pieces, image) == ["2018年1月3日"]


@pytest.mark.parametrize(("dark", "value"), [(80, "2018年1月"), (86, "2018年1月3日")])
def test_red_ink_is_a_stamps_where_it_is_paler_than_the_print(dark: int, value: str) -> None:
    """The print is 208 levels darker than the paper by its brightest channel."""
    assert PALE == 0.4
    assert kept(*written(("2018年1月", BLACK), ("3日", (60, 60, 238 - dark)))) == [value]


def test_pale_print_that_is_not_red_stays() -> None:
    assert kept(*written(("2018年1月", BLACK), ("3日", (190, 190, 190)))) == ["2018年1月3日"]


@pytest.mark.parametrize(("share", "value"), [(0.15, "2018年1月"), (0.3, "2018年1月日")])
def test_a_neighbours_stroke_at_the_rim_is_not_a_characters_own(share: float, value: str) -> None:
    """The fifth of its box on either side may hold it."""
    pieces, image = written(("2018年1月", BLACK), ("日", RED))
    left = int(pieces[0].right - EM)
    image[60:90, left : left + int(share * EM)] = 30
    assert kept(pieces, image) == [value]


@pytest.mark.parametrize(("wide", "value"), [(0.7, "2018年1月日"), (1.0, "2018年1月")])
def test_a_pale_character_is_a_stamps_where_a_thirtieth_of_it_is_red(
    wide: float, value: str
) -> None:
    """A row of its box, which has 31, is a thirtieth; of that, the middle is looked at."""
    pieces, image = written(("2018年1月", BLACK), ("日", (190, 190, 190)))
    left = int(pieces[0].right - EM)
    image[75, left : left + int(wide * EM)] = RED
    assert kept(pieces, image) == [value]


def test_a_thin_stroke_in_dark_ink_is_print() -> None:
    """一 has one row of ink in thirty."""
    pieces, image = written(("二〇二六年十一月", BLACK), ("一", RED))
    left = int(pieces[0].right - EM)
    image[60:90, left:] = 238
    image[70:80, left:] = RED
    assert kept(pieces, image) == ["二〇二六年十一月"]
    image[75, left:] = 30
    assert kept(pieces, image) == ["二〇二六年十一月一"]


def test_a_grey_picture_tells_nothing_of_colour() -> None:
    pieces, image = written(("2018年1月", BLACK), ("3日", RED))
    assert kept(pieces, np.ascontiguousarray(image[..., 0])) == ["2018年1月3日"]


def test_a_value_beyond_the_sheet_stays() -> None:
    pieces, image = written(("2018年1月", BLACK), ("3日", RED))
    assert kept(pieces, image[:, :20]) == ["2018年1月3日"]
