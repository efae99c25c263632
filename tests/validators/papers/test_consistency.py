"""The same fact twice on one paper."""

import pytest

from pipeline.model import Document
from tests.validators.papers_made import (
    FPR,
    HMT,
    PASSPORT,
    Row,
    case,
    check_row,
    disability,
    found,
    id_card,
    paper,
)

ROWS: list[Row] = [
    (case(id_card(birth_date="1990-03-17")), "X3", "review", "id_number"),
    (
        case(id_card(birth_date="1990-03-17", doubtful=("birth_date",))),
        "X3",
        "review",
        "birth_date",
    ),
    (case(id_card(sex="男")), "X3", "review", "id_number"),
    (case(disability(birth_date="1990-03", sex="男")), "X3", "review", "certificate_number"),
    (case(id_card(valid_to="2030-05-06")), "X4", "review", "valid_to"),
    (case(id_card(valid_to="长期")), "X4", "review", "valid_to"),
    (case(disability(grade="一级")), "X9", "review", "grade"),
    (case(disability(category="视力残疾")), "X9", "review", "category"),
    (case(disability(category="肢体残疾", grade="2级")), "", "", None),
    (case(paper("hmt_residence_permit", **HMT)), "", "", None),
    (case(paper("passport", **PASSPORT)), "", "", None),
    (
        case(paper("hmt_residence_permit", **HMT | {"permit_number": "M12345678"})),
        "X10",
        "review",
        "permit_number",
    ),
    (
        case(paper("hmt_residence_permit", **HMT | {"permit_number": "HA1234567"})),
        "X10",
        "review",
        "permit_number",
    ),
    (
        case(paper("foreign_permanent_resident_card", **FPR | {"birth_date": "1981-08-13"})),
        "X11",
        "review",
        None,
    ),
    (
        case(paper("foreign_permanent_resident_card", **FPR | {"nationality": "美国"})),
        "X11",
        "review",
        None,
    ),
    (
        case(paper("foreign_permanent_resident_card", **FPR | {"id_number": "CAN110081080310"})),
        "",
        "",
        None,
    ),
    (
        case(paper("foreign_permanent_resident_card", **FPR | {"id_number": "USA110081080310"})),
        "X11",
        "review",
        None,
    ),
    (
        case(paper("passport", **PASSPORT | {"passport_number": "L898902C8"})),
        "X12",
        "review",
        "passport_number",
    ),
    (
        case(paper("passport", **PASSPORT | {"birth_date": "1974-08-13"})),
        "X12",
        "review",
        "birth_date",
    ),
    (case(paper("passport", **PASSPORT | {"sex": "M"})), "X12", "review", "sex"),
    (
        case(paper("passport", **PASSPORT | {"name": "ERIKSON ANNA MARIA"})),
        "X12",
        "review",
        "name",
    ),
    (
        case(disability(issue_date="2027-01-01", valid_until="2037-01-01")),
        "X20",
        "review",
        "issue_date",
    ),
    (case(id_card(valid_to="2010-05-06", valid_from="2020-05-06")), "X20", "review", "valid_to"),
]


@pytest.mark.parametrize("row", ROWS)
def test_rule_speaks_when_its_case_is_there_and_is_silent_when_not(row: Row) -> None:
    check_row(row)


# ------------------------------------------------------------------ what exactly is said


def told(rule: str, *documents: Document) -> list[str | None]:
    return [f.field for f in found(case(*documents)) if f.rule == rule]


def test_a_foreigners_number_is_judged_by_its_own_rule() -> None:
    card = paper("foreign_permanent_resident_card", **FPR | {"birth_date": "1981-08-13"})
    assert told("X3", card) == []
    assert told("X11", card) != []


def test_a_sex_that_was_not_read_contradicts_no_number() -> None:
    assert told("X3", id_card(sex="")) == []
    assert told("X3", id_card(sex="未知")) == []
    assert told("X3", id_card(birth_date="")) == []


def zone(was: str, now: str, **printed: str) -> Document:
    """The passport with another zone, and what a test prints."""
    return paper("passport", **PASSPORT | {"mrz": PASSPORT["mrz"].replace(was, now)} | printed)


def test_a_number_that_its_check_digit_refutes_contradicts_no_print() -> None:
    assert "passport_number" not in told("X12", zone("L898902C3", "L898902C8"))
    assert told("X12", zone("", "", passport_number="")) == []


def test_a_nationality_that_the_zone_gives_differently_is_told() -> None:
    assert told("X12", zone("6UTO", "6CAN", nationality="德国")) == ["nationality"]
    assert told("X12", zone("6UTO", "6CAN", nationality="加拿大")) == []
    assert told("X12", zone("6UTO", "6CAN", nationality="某国")) == []
    assert told("X12", zone("", "", nationality="德国")) == []


def test_a_chinese_name_is_not_held_against_the_zone() -> None:
    assert told("X12", paper("passport", **PASSPORT | {"name": "艾安娜"})) == []


def test_a_sex_that_a_foreigners_number_gives_differently_is_told() -> None:
    assert told("X11", paper("foreign_permanent_resident_card", **FPR | {"sex": "男/M"})) != []


def test_an_end_before_its_beginning_is_told_once() -> None:
    card = id_card(valid_from="2020-05-06", issue_date="2020-05-07", valid_to="2010-05-06")
    assert told("X20", card) == ["valid_to"]
