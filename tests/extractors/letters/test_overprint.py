"""What seals leave among a letter's lines is no value, and what they took is said."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.labelled.grammar import HALF_TOWN
from extractors.letters.closing import FROM_SLIP, close_of
from extractors.letters.grammar import BEHEADED, org
from extractors.letters.running import run_together
from pipeline.model import Line, Sheet, Source
from tests.lines import line
from tests.reader import NothingRead


def sheet_of(*lines: Line) -> Sheet:
    """A white sheet with these lines."""
    image = np.full((1400, 1300, 3), 255, np.uint8)
    return Sheet(image, Source("a.jpg", 1, "0" * 64), 0, np.eye(3), lines)


def test_parts_of_a_seal_around_the_name_that_it_repeats_are_no_lines() -> None:
    lines = (
        line("玉林市就业服务中心", 700, 868),
        line("就业服", 820, 820),
        line("2026年11月8日", 750, 930),
    )
    assert run_together(lines).text == "玉林市就业服务中心\n2026年11月8日\n"


def test_the_fuller_of_one_line_found_twice_counts_when_the_other_is_surer() -> None:
    lines = (
        line("玉林市就业服务中心", 700, 868),
        line("二〇二六年十一月八日", 700, 930, score=0.94),
        line("十一月日", 850, 932, score=0.99),
    )
    sheet = sheet_of(*lines)
    closing = close_of(run_together(lines), sheet, NothingRead().recognise)
    assert closing.day is not None
    assert closing.day.value.value == "2026-11-08"


@pytest.mark.parametrize("name", ["县公安局独洲派出所", "族自治县民政局", "区教育局"])
def test_body_is_doubted_when_its_place_was_lost(name: str) -> None:
    assert org(name).doubts == (BEHEADED,)


@pytest.mark.parametrize("name", ["横县公安局", "镇安县民政局", "州圩乡人民政府"])
def test_body_is_not_beheaded_when_its_place_begins_with_such_a_sign(name: str) -> None:
    assert BEHEADED not in org(name).doubts


def test_issuer_comes_from_the_slip_with_a_doubt_when_none_signed() -> None:
    lines = (
        line("调档函", 500, 100),
        line("2026年10月3日", 900, 500),
        line("回执", 600, 700),
        line("河池市人才服务中心:", 80, 800),
    )
    closing = close_of(run_together(lines), sheet_of(*lines), NothingRead().recognise)
    assert closing.issuer is not None
    assert closing.issuer.value.value == "河池市人才服务中心"
    assert FROM_SLIP in closing.issuer.doubts


def test_a_town_that_lost_a_character_is_doubted() -> None:
    assert org("乐业县樟镇人民政府").doubts == (HALF_TOWN,)
    assert org("乐业县下樟镇人民政府").doubts == ()
