"""The place in a body's name: put right where one known place is a character off, and told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.labelled.grammar import UNPLACED
from extractors.letters.grammar import org
from extractors.letters.places import mend_place
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import pieces_of
from tests.lines import line

Others = dict[str, Sequence[tuple[str, float]]]


def _mended(text: str, others: Others | None = None) -> Evidence:
    evidence = Evidence(pieces_of([line(text, alternatives=others)]), Value(text, (UNPLACED,)))
    mend_place(evidence)
    return evidence


def test_character_that_the_engine_also_saw_is_taken() -> None:
    value = _mended("横川市民政局", {"川": [("州", 0.2)]}).value
    assert value.value == "横州市民政局"
    assert value.doubts == ("地名“横川市”取“横州市”",)


def test_short_place_is_left_where_the_engine_saw_no_other_character() -> None:
    assert _mended("横川市民政局").value == Value("横川市民政局", (UNPLACED,))


def test_long_place_may_have_one_character_misread() -> None:
    assert _mended("隆林各旅自治县民政局").value.value == "隆林各族自治县民政局"


def test_character_of_a_seal_before_a_known_place_is_dropped() -> None:
    value = _mended("口横州市民政局").value
    assert value.value == "横州市民政局"
    assert value.doubts == ("地名“口横州市”取“横州市”",)


@pytest.mark.parametrize("text", ["横", "某某县民政局"])
def test_name_that_is_near_no_place_stays_doubted(text: str) -> None:
    assert _mended(text).value == Value(text, (UNPLACED,))


def test_place_that_is_known_is_not_touched() -> None:
    text = "横州市民政局"
    evidence = Evidence(pieces_of([line(text)]), org(text))
    mend_place(evidence)
    assert evidence.value == Value(text)
