"""A character that the engine left out is noticed: almost read, or ink where nothing was read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.evidence.missing_characters import (
    FAINT_INK,
    HOLE,
    INK_SHARE,
    LOST_CERTAIN_MIN,
    ROOM,
    ROOM_BEHIND,
    lacks_character,
)
from pipeline.layout.piece import Piece, piece_of, pieces_of
from pipeline.model import Char, Image
from tests.lines import EM, Paper, line

BLANK: Image = np.full((200, 400, 3), 238, np.uint8)


def almost(text: str, score: float, middle: float) -> Char:
    """A character that was almost read, a tenth of the line wide."""
    return Char(text, score, middle - 0.05, middle + 0.05)


def piece_with(*lost: Char, text: str = "韦小芳") -> Piece:
    (piece,) = pieces_of([replace(line(text, 20, 40), lost=lost)])
    return piece


def test_a_value_without_almost_read_characters_is_whole() -> None:
    assert not lacks_character([piece_with()], BLANK)


def test_an_almost_read_character_is_one_that_may_stand_there() -> None:
    assert lacks_character([piece_with(almost("瀚", 0.6, 0.5))], BLANK)
    assert lacks_character([piece_with(), piece_with(almost("瀚", 0.6, 0.5))], BLANK)


@pytest.mark.parametrize(("score", "is_lost"), [(0.2, True), (0.21, True), (0.19, False)])
def test_an_almost_read_character_counts_from_a_fifth(score: float, is_lost: bool) -> None:
    assert LOST_CERTAIN_MIN == 0.2
    assert lacks_character([piece_with(almost("瀚", score, 0.5))], BLANK) is is_lost


@pytest.mark.parametrize("text", ["A", "1", "·", "，"])
def test_signs_and_digits_between_characters_are_no_lost_characters(text: str) -> None:
    assert not lacks_character([piece_with(almost(text, 0.9, 0.5))], BLANK)


@pytest.mark.parametrize(
    ("middle", "is_lost"), [(0.0, True), (0.01, True), (0.99, True), (1.0, True), (1.1, False)]
)
def test_an_almost_read_character_counts_within_the_value(middle: float, is_lost: bool) -> None:
    assert lacks_character([piece_with(almost("瀚", 0.6, middle))], BLANK) is is_lost


@pytest.mark.parametrize(("middle", "is_lost"), [(0.1, False), (0.6, True), (0.95, False)])
def test_an_almost_read_character_of_the_label_is_none_of_the_value(
    middle: float, is_lost: bool
) -> None:
    """One line 姓名韦小芳男: the value is its middle."""
    whole = replace(line("姓名韦小芳男"), lost=(almost("瀚", 0.6, middle),))
    value = piece_of(whole, whole.chars[2:5])
    assert lacks_character([value], BLANK) is is_lost


# ------------------------------------------------------------------ ink without text


def written(text: str, between: float, hidden: str = "", x: float = 40) -> tuple[Piece, Image]:
    """Two characters ``between`` ems apart, and what was written there without being read."""
    paper = Paper((600, 200))
    own = paper.write(text, x, 60, space=between)
    if hidden:
        middle = (own.quad[0][0] + own.quad[1][0]) / 2
        paper.write(hidden, middle - EM / 2, 60, found=False)
    (piece,) = pieces_of([own])
    return piece, paper.image


@pytest.mark.parametrize("x", [40, 200])
def test_ink_between_two_characters_is_a_lost_one(x: float) -> None:
    assert lacks_character(*_one(written("韦芳", 1.2, "瀚", x)))


def test_blank_between_two_characters_is_spacing() -> None:
    assert not lacks_character(*_one(written("韦芳", 1.2)))


def test_only_a_hole_as_wide_as_a_character_is_looked_at() -> None:
    """文蓥熙 read 文熙 in a box half as high again as its print: 0.56 by the box's height."""
    assert HOLE == 0.43
    assert not lacks_character(*_one(written("韦芳", 0.34, "瀚")))
    assert lacks_character(*_one(written("韦芳", 0.36, "瀚")))


@pytest.mark.parametrize("text", ["韦1", "1韦", "12", "韦A", "韦·"])
def test_beside_a_figure_or_sign_a_short_value_has_no_hole(text: str) -> None:
    """The height of its box tells too little of how wide a figure is."""
    assert not lacks_character(*_one(written(text, 1.2, "瀚")))


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("灵川县思岗街道双埠村14号", "灵川县思岗街道双埠村4号"),
        ("灵川县思岗街道双埠村41号", "灵川县思岗街道双埠村4号"),
        ("灵川县思岗街道双埠村114号", "灵川县思岗街道双埠村14号"),
    ],
    ids=["behind Han", "before Han", "between figures"],
)
@pytest.mark.parametrize("high", [1.0, 1.5])
def test_a_dropped_figure_leaves_a_hole(printed: str, read: str, high: float) -> None:
    at = next(i for i, c in enumerate(printed) if not read.startswith(printed[: i + 1]))
    piece, image = boxed(printed, at, high)
    assert piece.text == read
    assert lacks_character([piece], image)
    image[:] = 238
    assert not lacks_character([piece], image)


@pytest.mark.parametrize("sign", ["A", "·", "-"])
def test_a_hole_beside_a_letter_or_sign_is_no_hole(sign: str) -> None:
    text = f"灵川县思岗街道双埠村{sign}14号"
    piece, image = boxed(text, text.index("1"), 1.0)
    assert not lacks_character([piece], image)


@pytest.mark.parametrize(("room", "is_lost"), [(0.39, False), (0.41, True)])
@pytest.mark.parametrize("pair", ["村4", "4村", "44"])
def test_a_figure_needs_room_to_have_stood_there(pair: str, room: float, is_lost: bool) -> None:
    """Narrow print is a third of an em apart; the narrowest figure takes more."""
    assert ROOM == 0.4
    paper = Paper((1200, 200))
    before = paper.write("灵川县思岗街道双" + pair[0], 40, 60)
    paper.join(before, paper.write(pair[1], before.quad[1][0] + room * EM, 60))
    (piece,) = pieces_of(paper.lines)
    left = int(before.quad[1][0])
    paper.image[60:90, left + 2 : left + 6] = 30
    assert lacks_character([piece], paper.image) is is_lost


def test_the_hole_may_be_any_of_a_value() -> None:
    paper = Paper((600, 200))
    paper.join(paper.write("韦", 40, 60), paper.write("小", 70, 60), paper.write("芳", 160, 60))
    paper.write("瀚", 115, 60, found=False)
    (piece,) = pieces_of(paper.lines)
    assert lacks_character([piece], paper.image)


def test_specks_in_a_hole_are_no_character() -> None:
    piece, image = written("韦芳", 1.2)
    middle = int((piece.left + piece.right) / 2)
    image[70:74, middle - 2 : middle + 2] = 30
    assert not lacks_character([piece], image)


@pytest.mark.parametrize(("rows", "is_lost"), [(1, False), (2, True)])
def test_ink_of_a_twentieth_of_the_hole_is_paper_and_more_is_writing(
    rows: int, is_lost: bool
) -> None:
    assert INK_SHARE == 0.06
    piece, image = written("韦芳", 1.2)
    middle = int((piece.left + piece.right) / 2)
    # The hole is as wide as one character, 31 rows high: a row of it is three in a hundred.
    image[75 : 75 + rows, middle - 40 : middle + 40] = 30
    assert lacks_character([piece], image) is is_lost


def test_ink_above_and_below_the_line_is_not_its_own() -> None:
    piece, image = written("韦芳", 1.2)
    image[:58] = 30
    image[93:] = 30
    assert not lacks_character([piece], image)


def test_a_hole_shows_on_a_scan_in_black_and_white_alone() -> None:
    piece, image = written("韦芳", 1.2, "瀚")
    assert lacks_character([piece], np.where(image < 128, 0, 255).astype(np.uint8))


def test_a_grey_scan_shows_a_hole_too() -> None:
    piece, image = written("韦芳", 1.2, "瀚")
    assert lacks_character([piece], np.ascontiguousarray(image[..., 0]))


def test_a_value_at_the_edge_or_beyond_the_sheet_is_not_measured() -> None:
    piece, image = written("韦芳", 1.2, "瀚")
    assert not lacks_character([piece], image[:10])
    assert not lacks_character([piece], image[:, :20])


def test_a_value_without_width_has_no_hole() -> None:
    flat = replace(line("韦芳"), quad=((5, 0), (5, 0), (5, 30), (5, 30)))
    (piece,) = pieces_of([flat])
    assert not lacks_character([piece], BLANK)
    same = Char("韦", 0.9, 0.3, 0.3)
    spot = replace(line("韦"), chars=(same, same))
    assert not lacks_character(pieces_of([spot]), BLANK)
    leaning = replace(spot, quad=((5, 0), (35, 0), (65, 30), (35, 30)))
    assert not lacks_character(pieces_of([leaning]), BLANK)


@pytest.mark.parametrize("left", [70, 101])
def test_ink_at_either_end_of_a_hole_counts(left: int) -> None:
    """The hole reaches from the one character's edge to the other's, 70 to 106."""
    piece, image = written("韦芳", 1.2)
    image[60:90, left : left + 5] = 30
    assert lacks_character([piece], image)


@pytest.mark.parametrize("left", [62, 108])
def test_the_characters_own_ink_is_not_the_holes(left: int) -> None:
    piece, image = written("韦芳", 1.2)
    image[60:90, left : left + 6] = 30
    assert not lacks_character([piece], image)


def _one(made: tuple[Piece, Image]) -> tuple[list[Piece], Image]:
    piece, image = made
    return [piece], image


@pytest.mark.parametrize("hidden", ["瀚", ""])
def test_a_hole_is_looked_for_where_the_value_lies_in_its_line(hidden: str) -> None:
    """A value that is two characters of a line of eight: its hole lies at their share of it."""
    paper = Paper((900, 200))
    label = paper.write("户口簿登记姓名", 20, 60)
    value = paper.write("韦芳", 270, 60, space=1.2)
    if hidden:
        paper.write(hidden, 318, 60, found=False)
    paper.join(label, value)
    (whole,) = pieces_of(paper.lines)
    own = piece_of(whole.line, whole.chars[-2:])
    assert own.text == "韦芳"
    assert lacks_character([own], paper.image) is bool(hidden)


@pytest.mark.parametrize("thing", ["", "stroke", "rule"])
def test_what_parts_two_pieces_of_a_line_may_be_a_stroke(thing: str) -> None:
    """十一月: 一 has hardly any ink, and what was read on both sides of it are two pieces."""
    paper = Paper((900, 200))
    paper.join(paper.write("六年十", 20, 60), paper.write("月三日", 20 + 4 * EM, 60))
    left = int(20 + 3 * EM)
    if thing == "stroke":
        paper.image[75, left + 3 : left + 27] = 30
    elif thing == "rule":
        paper.image[75] = 30
    (whole,) = pieces_of(paper.lines)
    parts = [piece_of(whole.line, whole.chars[:3]), piece_of(whole.line, whole.chars[3:])]
    assert lacks_character(parts, paper.image) is (thing == "stroke")
    assert not lacks_character([piece_of(whole.line, whole.chars[:2]), parts[1]], paper.image)


def boxed(text: str, hidden_at: int, high: float) -> tuple[Piece, Image]:
    """A line in a box ``high`` times its print, one character of which was not read."""
    paper = Paper((1200, 200))
    whole = paper.write(text, 40, 60)
    (x0, y0), (x1, _), _, (_, y3) = whole.quad
    rim = (high - 1) / 2 * (y3 - y0)
    quad = ((x0, y0 - rim), (x1, y0 - rim), (x1, y3 + rim), (x0, y3 + rim))
    kept = tuple(c for i, c in enumerate(whole.chars) if i != hidden_at)
    (piece,) = pieces_of(
        [replace(whole, quad=quad, chars=kept, text="".join(c.text for c in kept))]
    )
    return piece, paper.image


@pytest.mark.parametrize("high", [1.0, 1.5])
def test_how_wide_a_character_is_tells_the_line_not_its_box(high: float) -> None:
    piece, image = boxed("灵川县思岗街道双埠社区瀚桑屯", 11, high)
    assert piece.text == "灵川县思岗街道双埠社区桑屯"
    assert lacks_character([piece], image)


def test_a_hole_is_looked_for_along_a_line_that_leans() -> None:
    """A rule below a leaning line lies within the upright box around it."""
    piece, image = boxed("广西博白县东环三路61号", 7, 1.0)
    image[58:92, int(40 + 7 * EM) : int(40 + 8 * EM) + 1] = 238
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = piece.quad
    leaning = replace(piece.line, quad=((x0, y0 - 80), (x1, y1 + 80), (x2, y2 + 80), (x3, y3 - 80)))
    whole = piece_of(leaning, piece.chars)
    at = int(y0 - 80 + 160 * 7.5 / 10.5)
    image[at + 45 : at + 60, int(40 + 7 * EM) : int(40 + 8 * EM)] = 30
    assert not lacks_character([whole], image)
    image[at + 10 : at + 15, int(40 + 7 * EM) : int(40 + 8 * EM)] = 30
    assert lacks_character([whole], image)


def test_a_line_in_a_high_box_that_was_read_whole_has_no_hole() -> None:
    piece, image = boxed("灵川县思岗街道双埠社区瀚桑屯", -1, 1.5)
    assert not lacks_character([piece], image)


@pytest.mark.parametrize(("text", "is_lost"), [("一二三瀚四五", True), ("一二瀚三四", False)])
def test_four_steps_tell_how_wide_a_character_is(text: str, is_lost: bool) -> None:
    """With fewer the height of the box does, which here leaves no room for a character."""
    piece, image = boxed(text, text.index("瀚"), 1.5)
    assert lacks_character([piece], image) is is_lost


def test_steps_to_digits_tell_nothing_of_characters() -> None:
    piece, image = boxed("灵川县1瀚2岗3街4道5双6埠7社", 4, 1.5)
    assert not lacks_character([piece], image)


# ------------------------------------------------------------------ behind a value in running text


def running(hidden: str, sign: str = "，", *, faint: int = 180) -> tuple[Piece, Image]:
    """兹有韦小芳 and a sign behind it, with room for ``hidden`` between them, in faint ink."""
    paper = Paper((1200, 200))
    own = paper.write("兹有韦小芳", 20, 60)
    room = EM * max(1, len(hidden)) if hidden else EM
    if hidden.strip():
        paper.write(hidden, 20 + 5 * EM, 60, colour=(faint, faint, faint), found=False)
    paper.join(own, paper.write(f"{sign}身份证号码", 20 + 5 * EM + room, 60))
    (whole,) = pieces_of(paper.lines)
    return piece_of(whole.line, whole.chars[2:5]), paper.image


@pytest.mark.parametrize(("hidden", "is_lost"), [("瀚", True), (" ", False)])
@pytest.mark.parametrize("sign", ["，", "（", "("])
def test_faint_ink_before_the_sign_behind_a_value_is_a_lost_character(
    hidden: str, is_lost: bool, sign: str
) -> None:
    """叶尔肯（男 under a reflection, read 叶尔（男."""
    assert lacks_character(*_one(running(hidden, sign))) is is_lost


@pytest.mark.parametrize(("faint", "is_lost"), [(190, True), (200, False)])
def test_ink_is_told_from_paper_by_a_fifth_of_the_print(faint: int, is_lost: bool) -> None:
    assert FAINT_INK == 0.2
    assert lacks_character(*_one(running("瀚", faint=faint))) is is_lost


@pytest.mark.parametrize("sign", ["男", "1"])
def test_what_no_sign_ends_may_stand_as_far_away_as_it_likes(sign: str) -> None:
    assert not lacks_character(*_one(running("瀚", sign)))


@pytest.mark.parametrize(
    ("shift", "is_lost"), [(-0.06, False), (-0.04, True), (0.84, True), (0.86, False)]
)
def test_the_room_behind_a_value_is_one_characters(shift: float, is_lost: bool) -> None:
    assert ROOM_BEHIND == (1.7, 2.6)
    paper = Paper((1200, 200))
    own = paper.write("兹有韦小芳", 20, 60)
    paper.write("瀚", 20 + 5 * EM, 60, found=False)
    # A sign is half an em wide: from the last character's middle 1.75 ems and the shift.
    paper.join(own, paper.write("(男)", 20 + (6 + shift) * EM, 60))
    (whole,) = pieces_of(paper.lines)
    assert lacks_character([piece_of(whole.line, whole.chars[2:5])], paper.image) is is_lost


def test_nothing_stands_behind_the_end_of_a_line_or_of_too_few_characters() -> None:
    piece, image = running("瀚")
    assert not lacks_character([piece_of(piece.line, piece.line.chars[-3:])], image)
    paper = Paper((600, 200))
    paper.join(paper.write("韦小芳", 20, 60), paper.write("(", 20 + 4 * EM, 60))
    paper.write("瀚", 20 + 3 * EM, 60, found=False)
    (whole,) = pieces_of(paper.lines)
    assert not lacks_character([piece_of(whole.line, whole.chars[:3])], paper.image)


def test_room_beyond_the_sheet_is_not_measured() -> None:
    piece, image = running("瀚")
    assert not lacks_character([piece], image[:, :150])
