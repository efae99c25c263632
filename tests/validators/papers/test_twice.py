"""The same kind of paper twice: the valid one counts, differences are named."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.finding import Severity
from tests.validators.applications import (
    applied,
    booklet,
    card,
    form,
    found_by,
    items,
    original,
    status,
)
from tests.validators.papers_made import (
    ID,
    Row,
    case,
    check_row,
    disability,
    hukou,
    id_card,
    residence_permit,
)

ELSEWHERE = "广西柳州市城中区中山路2号"
GUANGDONG = "广东省广州市天河区石牌东路1号"
OLD: dict[str, Any] = {"valid_from": "2010-05-06", "valid_to": "2020-05-06"}

ROWS: list[Row] = [
    (case(id_card(), id_card("d9", address=ELSEWHERE)), "X21", "review", "address"),
    (case(id_card(), id_card("d9", address=ELSEWHERE, **OLD)), "X21", "note", "address"),
    (case(disability(), disability("d4", grade="一级", certificate_number=f"{ID}41")),
     "X21", "review", "grade"),
    (case(id_card(), id_card("d2")), "", "", None),
    (case(id_card(), id_card("d2", **OLD)), "", "", None),
    (case(hukou(), hukou("d3", household_number="000000001")), "X21", "review",
     "household_number"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_papers_that_differ_are_named_and_alike_ones_are_not(row: Row) -> None:
    check_row(row)


def test_message_names_paper_and_fields() -> None:
    old = card("d9", address=ELSEWHERE, **OLD)
    (found,) = found_by(applied(["M3"], form(), card(), old), "X21")
    assert found.severity == Severity.NOTE
    assert "居民身份证" in found.message and "住址" in found.message
    assert "以有效的一份为准" in found.message


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_order_of_files_decides_nothing(order: tuple[int, int]) -> None:
    cards = (card("d1"), card("d9", address=GUANGDONG, **OLD))
    application = applied(["M2"], form(), *(cards[i] for i in order), booklet())
    assert status(application) == "ready"
    assert items(application)["G2"] == "present"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_valid_cards_with_two_addresses_reject_nobody(order: tuple[int, int]) -> None:
    cards = (card("d1"), card("d9", address=GUANGDONG))
    application = applied(["M2"], form(), *(cards[i] for i in order), booklet(address=""))
    assert status(application) == "review"


def test_valid_permit_stands_beside_an_expired_one() -> None:
    old = original(residence_permit("d5", valid_from="2024-05-06", valid_to="2025-05-06"))
    new = original(residence_permit("d4"))
    application = applied(["M7"], form(), card(), old, new, enrol_division="450202")
    assert status(application) == "ready"
    assert not found_by(application, "X19")
