"""The household booklet against itself and the ID card."""

import pytest

from tests.validators.papers_made import (
    ID,
    NAME,
    PROXY_ID,
    Row,
    case,
    check_row,
    hukou,
    id_card,
    ruled,
)

ROWS: list[Row] = [
    (case(id_card(), hukou(relation_to_head="户主")), "X6", "review", "head_name"),
    (case(id_card(), hukou(relation_to_head="户主", household_type="居民集体户")), "", "", None),
    (case(id_card(), hukou(head_name=NAME)), "X6", "review", "relation_to_head"),
    (
        case(
            id_card(),
            hukou(),
            hukou(
                "d3",
                household_number="1",
                name="韦建国",
                id_number=PROXY_ID,
                relation_to_head="户主",
                sex="男",
                birth_date="1985-01-01",
            ),
            name=NAME,
        ),
        "X6",
        "review",
        "household_number",
    ),
    (
        case(
            id_card(),
            hukou(
                name="韦建国",
                id_number=PROXY_ID,
                relation_to_head="户主",
                sex="男",
                birth_date="1985-01-01",
            ),
            name=NAME,
            id_number=ID,
        ),
        "X6",
        "review",
        "name",
    ),
    (case(id_card(), hukou(address="广西横县横州镇")), "X7", "review", "address"),
    (
        case(
            id_card(address="广西横州市横州镇", issuing_authority="横县公安局"),
            hukou(address="广西横县横州镇"),
        ),
        "",
        "",
        None,
    ),
    (case(id_card(), hukou(address="民族大道1号")), "", "", None),
    (case(id_card(), hukou(address="线上反馈线下邮寄")), "X7", "review", "address"),
    (case(hukou(relation_to_head="长子")), "X8", "review", "relation_to_head"),
]


@pytest.mark.parametrize("row", ROWS)
def test_rule_speaks_when_its_case_is_there_and_is_silent_when_not(row: Row) -> None:
    check_row(row)


def test_other_pages_of_the_household_are_no_papers_of_another_person() -> None:
    father = hukou(
        "d3",
        name="韦建国",
        id_number="",
        relation_to_head="户主",
        sex="男",
        birth_date="1962-05-01",
    )
    assert ruled(case(id_card(), hukou(), father, name=NAME, id_number=ID)) == []
