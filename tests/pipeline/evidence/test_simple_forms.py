"""Which traditional characters are the engine's for simple ones, and how sure that makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pipeline.evidence.evidence import Evidence, Value, chances
from pipeline.evidence.simple_forms import simplify
from pipeline.layout.piece import pieces_of
from tests.lines import line

SIMPLE = "发证关"
"""Three simple characters of which there is a traditional form."""


def simplified(
    text: str = "黃俊",
    scores: Mapping[str, float] | None = None,
    others: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    sheet: Sequence[str] = (SIMPLE,),
) -> Evidence:
    """A value on a sheet with these other lines."""
    own = line(text, scores=scores, alternatives=others)
    evidence = Evidence(pieces_of([own]), Value(text))
    simplify(evidence, [own, *(line(other, y=60 * i) for i, other in enumerate(sheet, 1))])
    return evidence


def named(simple: float, traditional: float = 0.5) -> Evidence:
    return simplified(scores={"黃": traditional}, others={"黃": (("黄", simple),)})


@pytest.mark.parametrize(("simple", "taken"), [(0.02, True), (0.025, True), (0.019, False)])
def test_a_simple_form_is_named_from_two_in_a_hundred(simple: float, taken: bool) -> None:
    assert (named(simple).value.value == "黄俊") is taken


@pytest.mark.parametrize(("simple", "score"), [(0.3, 0.8), (0.25, 0.25), (0.299, 0.299)])
def test_both_are_one_sign_from_three_in_ten(simple: float, score: float) -> None:
    assert named(simple).chars[0].score == pytest.approx(score)


def test_together_they_are_no_surer_than_certain() -> None:
    assert named(0.6, 0.5).chars[0].score == 1.0


@pytest.mark.parametrize(
    ("sheet", "taken"),
    [
        ((SIMPLE,), True),
        (("发证人",), False),
        ((), False),
        ((SIMPLE, "發"), False),
        ((SIMPLE * 3, "发", "發"), True),
        ((SIMPLE * 3, "發"), False),
    ],
)
def test_a_sheet_is_in_simple_characters_by_three_and_ten_to_one(
    sheet: Sequence[str], taken: bool
) -> None:
    found = simplified(scores={"黃": 0.5}, others={"黃": (("黄", 0.4),)}, sheet=sheet)
    assert (found.value.value == "黄俊") is taken


def test_the_value_s_own_characters_tell_nothing_of_the_sheet() -> None:
    found = simplified("发证关黃", {"黃": 0.5}, {"黃": (("黄", 0.4),)}, sheet=())
    assert found.value.value == "发证关黃"


def test_what_is_another_character_stays_a_choice() -> None:
    others = {"黃": (("黄", 0.4), ("寅", 0.05))}
    (char, _) = simplified(scores={"黃": 0.5}, others=others).chars
    assert char.text == "黄"
    assert chances(char) == {"黄": pytest.approx(0.9), "寅": 0.05}


def test_a_rare_traditional_character_is_one_of_its_own() -> None:
    found = simplified("贇", {"贇": 0.6}, {"贇": (("赟", 0.35),)})
    assert found.value.value == "贇"
    assert found.chars[0].score == 0.6


def test_the_line_of_a_value_changes_with_it() -> None:
    found = named(0.4)
    (piece,) = found.pieces
    assert piece.line.chars == piece.chars
