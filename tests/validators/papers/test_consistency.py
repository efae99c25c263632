"""The same fact twice on one paper."""

import pytest

from tests.validators.papers_made import (
    FPR,
    HMT,
    PASSPORT,
    Row,
    case,
    check_row,
    disability,
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
