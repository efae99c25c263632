"""How surely a character is what was read."""

from __future__ import annotations

import pytest

from pipeline.evidence.evidence import Evidence, Value, chances, confidence, threshold
from pipeline.layout.piece import pieces_of
from pipeline.model import Char, Line


@pytest.mark.parametrize("zero", ["〇", "○", "◯"])
def test_circles_are_one_sign(zero: str) -> None:
    rest = tuple((c, 0.3) for c in "〇○" if c != zero)[:1]
    char = Char(zero, 0.6, 0.0, 0.1, (*rest, ("0", 0.05)))
    assert chances(char)[zero] == pytest.approx(0.9)


def test_a_circle_has_no_rival_in_nothing() -> None:
    faint = Char("〇", 0.86, 0.0, 0.1, (("", 0.1), ("○", 0.03)))
    assert chances(faint)["〇"] == pytest.approx(0.89 / 0.9)


def test_another_sign_takes_its_share() -> None:
    assert chances(Char("〇", 0.6, 0.0, 0.1, (("六", 0.3),)))["〇"] == pytest.approx(0.6)
    assert chances(Char("5", 0.7, 0.0, 0.1, (("6", 0.2),))) == {"5": 0.7, "6": 0.2}


def _name(text: str, space: float) -> Evidence:
    """A name in Latin letters, read surely but for its space."""
    size = len(text)
    chars = tuple(
        Char(c, space if c == " " else 0.99, i / size, (i + 1) / size) for i, c in enumerate(text)
    )
    line = Line(text, 0.99, ((0, 0), (size * 20, 0), (size * 20, 30), (0, 30)), chars)
    return Evidence(pieces_of([line]), Value(text))


@pytest.mark.parametrize(("space", "doubted"), [(0.9, False), (0.4, False), (0.05, True)])
def test_a_name_is_as_sure_as_the_spaces_between_its_words(space: float, doubted: bool) -> None:
    assert (confidence(_name("YI CHEN", space)) < threshold("english_name")) is doubted


def test_a_piece_keeps_its_words() -> None:
    (piece,) = _name("YI CHEN", 0.5).pieces
    assert (piece.text, piece.words) == ("YICHEN", "YI CHEN")
    assert piece.part(0, 2).words == "YI"
