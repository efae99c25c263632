"""Runs of characters: where they lie, where a line is cut, and the same print found twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.layout.piece import Piece, cut_at_gaps, piece_of, pieces_of, without_doubles
from pipeline.model import Char, Line, Quad
from tests.lines import EM, line


def whole(text: str, x: float = 0.0, y: float = 0.0, *, score: float = 0.99) -> Piece:
    (piece,) = pieces_of([line(text, x, y, score=score)])
    return piece


def corners(piece: Piece) -> list[float]:
    return [round(value, 6) for point in piece.quad for value in point]


def test_a_line_without_characters_of_its_own_gets_even_ones() -> None:
    quad: Quad = ((0, 0), (90, 0), (90, 30), (0, 30))
    (piece,) = pieces_of([Line("韦小芳", 0.7, quad)])
    assert [(c.text, c.score) for c in piece.chars] == [("韦", 0.7), ("小", 0.7), ("芳", 0.7)]
    assert corners(piece.part(1, 2)) == [30, 0, 60, 0, 60, 30, 30, 30]


def test_blanks_are_no_pieces() -> None:
    quad: Quad = ((0, 0), (90, 0), (90, 30), (0, 30))
    assert pieces_of([Line("  ", 0.7, quad), Line("", 0.7, quad)]) == []


def test_characters_are_narrow_in_a_pieces_text() -> None:
    assert whole("（１Ａ）").text == "(1A)"


def test_a_piece_knows_its_place() -> None:
    piece = whole("韦小芳", 10, 20)
    assert (piece.left, piece.right, piece.height) == (10, 10 + 3 * EM, EM)
    assert piece.centre == (10 + 1.5 * EM, 20 + EM / 2)
    assert piece.score == pytest.approx(0.99)
    assert replace(piece, chars=()).score == 0.0
    assert piece.is_upright
    assert piece.tilt == 0.0
    assert piece.part(0, 3) is piece


def leaning(text: str) -> Piece:
    """A line that sinks by a tenth."""
    size = len(text) * EM
    quad: Quad = ((0, 0), (size, size / 10), (size, size / 10 + EM), (0, EM))
    (piece,) = pieces_of([replace(line(text), quad=quad)])
    return piece


def test_a_leaning_line_sinks_with_its_tilt_where_it_is_long_enough_to_tell() -> None:
    long, short = leaning("广西南宁市"), leaning("广西")
    assert long.tilt == pytest.approx(0.1)
    left = whole("韦", -300, 0)
    assert long.tilt_to(left) == pytest.approx(0.1 * (long.centre[0] - left.centre[0]))
    assert short.tilt_to(left) == 0.0


def test_characters_of_a_line_that_runs_down_stand_upright_by_themselves() -> None:
    quad: Quad = ((30, 0), (30, 90), (0, 90), (0, 0))
    (piece,) = pieces_of([replace(line("韦小芳"), quad=quad)])
    assert not piece.is_upright
    first, _, last = piece.singles()
    assert corners(first) == [0, 0, 30, 0, 30, 30, 0, 30]
    assert corners(last) == [0, 60, 30, 60, 30, 90, 0, 90]
    assert [p.text for p in whole("韦小").singles()] == ["韦", "小"]
    point: Quad = ((5, 0), (5, 0), (5, 30), (5, 30))
    assert replace(piece, quad=point).tilt == 1.0


# ------------------------------------------------------------------ cuts


@pytest.mark.parametrize(("gap", "texts"), [(1.0, ["韦", "小芳"]), (1.1, ["韦小芳"])])
def test_a_line_is_cut_at_gaps_as_wide_as_asked(gap: float, texts: list[str]) -> None:
    chars = tuple(Char(c, 0.9, at / 4, (at + 1) / 4) for c, at in (("韦", 0), ("小", 2), ("芳", 3)))
    quad: Quad = ((0, 0), (4 * EM, 0), (4 * EM, EM), (0, EM))
    piece = piece_of(Line("韦小芳", 0.9, quad, chars), chars)
    assert [p.text for p in cut_at_gaps(piece, gap)] == texts


def test_a_piece_without_width_is_not_cut() -> None:
    same = Char("韦", 0.9, 0.3, 0.3)
    quad: Quad = ((0, 0), (90, 0), (90, 30), (0, 30))
    piece = piece_of(Line("韦韦", 0.9, quad, (same, same)), (same, same))
    assert cut_at_gaps(piece, 0.1) == [piece]


# ------------------------------------------------------------------ doubles


def kept(*pieces: Piece) -> list[str]:
    return [p.text for p in without_doubles(pieces)]


def test_of_the_same_print_found_twice_the_surer_stays() -> None:
    assert kept(whole("韦小芳", score=0.7), whole("韦小方", 2, score=0.95)) == ["韦小方"]
    assert kept(whole("韦小芳", score=0.97), whole("韦小", 0, score=0.99)) == ["韦小芳"]


def test_neighbours_are_no_doubles() -> None:
    assert kept(whole("韦"), whole("小", EM)) == ["韦", "小"]
    assert kept(whole("韦小"), whole("小芳", 1.5 * EM)) == ["韦小", "小芳"]
    assert kept(whole("韦"), whole("小", 0, EM)) == ["韦", "小"]


def test_a_piece_gives_way_to_several_that_say_as_much() -> None:
    long = whole("姓名韦芳", score=0.99)
    assert kept(long, whole("姓名"), whole("韦芳", 2 * EM)) == ["姓名", "韦芳"]
    assert kept(long, whole("姓名"), whole("韦", 2 * EM)) == ["姓名韦芳"]
    assert kept(long, whole("姓名"), whole("韦芳", 2 * EM, score=0.8)) == ["姓名韦芳"]


def test_a_box_without_area_shares_nothing() -> None:
    flat: Quad = ((0, 10), (90, 10), (90, 10), (0, 10))
    assert kept(whole("韦小芳"), replace(whole("韦小芳"), quad=flat)) == ["韦小芳", "韦小芳"]
