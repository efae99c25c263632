"""How surely a character is what was read."""

from __future__ import annotations

import pytest

from pipeline.evidence import chances
from pipeline.model import Char


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
