"""How far ink goes on beyond a line."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.layout.ink import DENSE, LONGEST, TOUCHING, Ink
from pipeline.layout.piece import Piece, pieces_of
from tests.lines import BLACK, EM, Paper

X, Y = 100.0, 100.0
TEXT = "广西马山县古零镇"
WHITE = (255, 255, 255)


def sheet(
    *blots: tuple[float, float], behind: str = "", speckled: bool = False
) -> tuple[Ink, Piece, float]:
    """Ink of a sheet with a value, ``behind`` it text that was not found, and blots from so many
    ems behind it to so many, solid or of specks that touch."""
    paper = Paper((1400, 400))
    own = paper.write(TEXT, X, Y)
    right = own.quad[1][0]
    if behind:
        paper.write(behind, right + 4, Y, found=False)
    image = paper.image
    for start, end in blots:
        left = round(right + start * EM)
        blot = image[round(Y - EM) : round(Y + 2 * EM), left : round(right + end * EM)]
        blot[:] = BLACK
        if speckled:
            blot[::8, ::8] = blot[1::8, ::8] = WHITE
    (piece,) = pieces_of([own])
    ink = Ink(image)
    ink.calibrate([piece])
    return ink, piece, float(image.shape[1] - 1)


def reach(*blots: tuple[float, float], behind: str = "", speckled: bool = False) -> float:
    """Ems that ink goes on behind the value."""
    ink, piece, edge = sheet(*blots, behind=behind, speckled=speckled)
    return ink.reach(piece.quad, piece.left, edge, blots=True)[1] / EM


def test_a_value_ends_where_its_ink_does() -> None:
    assert reach() == 0


def test_text_behind_a_value_goes_on() -> None:
    assert reach(behind="上屯") == pytest.approx(2.1, abs=0.2)


def test_a_blot_right_behind_a_value_may_hide_its_end() -> None:
    assert 0 < DENSE < 1
    assert reach((0.2, 2.0)) == pytest.approx(2.0, abs=0.1)
    assert reach((TOUCHING + 0.2, 2.0)) == 0


def test_a_photo_beside_a_value_is_none_of_it_unless_blots_are_asked_for() -> None:
    ink, piece, edge = sheet((0.2, 2.0))
    assert ink.reach(piece.quad, piece.left, edge) == (0.0, 0.0)


def test_text_goes_on_behind_a_blot() -> None:
    assert reach((0.6, 1.8), behind="上屯一二三") > 4


def test_a_blot_hides_no_more_than_text_goes_on_without_a_gap() -> None:
    assert reach((0.2, 9.0), speckled=True) == pytest.approx(LONGEST, abs=0.3)


def test_a_picture_hides_no_end_of_the_value_beside_it() -> None:
    """A portrait's coat is solid and as large as a dozen characters: an address that ends right
    before it is whole."""
    assert reach((0.2, 9.0)) == 0
    assert reach((0.2, 5.0)) == 0


def test_text_between_a_value_and_a_picture_goes_on() -> None:
    assert reach((2.6, 9.0), behind="上屯") == pytest.approx(2.1, abs=0.3)


def test_nothing_is_told_where_nothing_was_learned() -> None:
    ink, piece, edge = sheet((0.2, 2.0))
    assert Ink(np.ascontiguousarray(ink.clean)).reach(piece.quad, 0, edge) == (0.0, 0.0)
