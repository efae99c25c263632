"""The household booklet against itself and the ID card."""

from typing import Any

import pytest

from pipeline.model import Application
from tests.validators.papers_made import (
    ID,
    NAME,
    PROXY_ID,
    Row,
    case,
    check_row,
    found,
    hukou,
    id_card,
    paper,
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


# ------------------------------------------------------------------ what exactly is said


FATHER: dict[str, Any] = {
    "name": "韦建国",
    "id_number": PROXY_ID,
    "relation_to_head": "户主",
    "sex": "男",
    "birth_date": "1985-01-01",
}


def told(rule: str, application: Application) -> list[tuple[str | None, ...]]:
    """Document, field, what was read and what it is held against, of one rule's findings."""
    return [(f.document, f.field, f.got, f.expected) for f in found(application) if f.rule == rule]


def test_pages_without_the_applicants_own_are_named_by_their_first() -> None:
    others = hukou("d2", **FATHER), hukou("d3", **(FATHER | {"name": "韦建民"}))
    application = case(id_card(), *others, name=NAME, id_number=ID)
    assert told("X6", application)[0] == ("d2", "name", None, None)
    whole = case(id_card(), hukou("d9"), *others, name=NAME, id_number=ID)
    assert "name" not in [row[1] for row in told("X6", whole)]


def test_pages_of_a_booklet_are_nobodys_fault_where_nobody_is_known() -> None:
    nameless = paper("hukou", "d2", household_number="1")
    assert told("X6", case(nameless)) == []
    assert told("X6", case(nameless, name=NAME)) == []


@pytest.mark.parametrize("known", [{"name": NAME}, {"id_number": ID}])
def test_a_name_or_a_number_is_enough_to_miss_the_applicants_page(known: dict[str, Any]) -> None:
    alone = hukou("d2", **(FATHER | {"head_name": "韦建国"}))
    assert told("X6", case(alone, **known)) == [("d2", "name", None, None)]


def test_every_page_of_another_booklet_is_held_against_the_first() -> None:
    pages = (
        hukou("d2", household_number=""),
        hukou("d3", household_number="1"),
        hukou("d4", household_number="2"),
        hukou("d5", household_number="1"),
        hukou("d6", household_number="3"),
    )
    assert told("X6", case(*pages)) == [
        ("d4", "household_number", "2", "1"),
        ("d6", "household_number", "3", "1"),
    ]


def test_who_is_head_on_his_own_page_is_head_on_the_first() -> None:
    wrong = hukou(relation_to_head="户主")
    assert told("X6", case(wrong)) == [("d2", "head_name", "韦建国", NAME)]
    assert told("X6", case(hukou(relation_to_head="户主", head_name=NAME))) == []
    assert told("X6", case(hukou(relation_to_head="户主", head_name="韋小芳"))) == []


def test_who_is_head_on_the_first_page_is_head_on_his_own() -> None:
    wrong = hukou(head_name=NAME)
    assert told("X6", case(wrong)) == [("d2", "relation_to_head", "长女", "户主")]
    assert told("X6", case(hukou(head_name=NAME, relation_to_head="某某"))) == []


@pytest.mark.parametrize("field", ["head_name", "name", "relation_to_head"])
def test_nothing_is_said_of_the_head_where_a_page_leaves_it_open(field: str) -> None:
    fields: dict[str, Any] = {"relation_to_head": "户主"} | {field: ""}
    assert told("X6", case(hukou(**fields))) == []


@pytest.mark.parametrize("kind", ["居民集体户", "公共地址户", "集体户"])
def test_a_collective_households_head_may_be_an_institution(kind: str) -> None:
    assert told("X6", case(hukou(relation_to_head="户主", household_type=kind))) == []


def test_a_booklet_without_a_household_type_is_judged() -> None:
    assert told("X6", case(hukou(relation_to_head="户主", household_type=""))) != []


def test_the_applicants_own_page_gives_the_address_that_is_compared() -> None:
    elsewhere = hukou("d2", **(FATHER | {"address": "广西柳州市城中区中山路2号"}))
    own = hukou("d3", address="广西横县横州镇")
    application = case(id_card(), elsewhere, own, name=NAME, id_number=ID)
    assert told("X7", application) == [
        ("d3", "address", "广西横县横州镇", "广西南宁市青秀区民族大道1号")
    ]
    blank = case(id_card(), elsewhere, hukou("d3", address=""), name=NAME, id_number=ID)
    assert [row[0] for row in told("X7", blank)] == ["d2"]


def test_an_address_without_a_county_is_held_against_the_cards() -> None:
    assert told("X7", case(hukou(address="民族大道1号"))) == [
        ("d2", "address", "民族大道1号", None)
    ]
    assert told("X7", case(id_card(address="民族大道1号"), hukou(address="民族大道1号"))) != []
    assert told("X7", case(id_card(), hukou(address="民族大道2号"))) != []
    assert told("X7", case(id_card(), hukou())) == []
    assert told("X7", case(hukou())) == []
    assert told("X7", case(id_card())) == []


def test_a_strangers_card_gives_no_address_to_compare() -> None:
    stranger = id_card("d1", name="黄大勇", id_number=PROXY_ID, address="广西柳州市城中区中山路2号")
    assert told("X7", case(stranger, hukou(), name=NAME, id_number=ID)) == []


@pytest.mark.parametrize(
    ("relation", "sex", "wrong"),
    [
        ("长子", "女", True),
        ("长女", "女", False),
        ("长女", "男", True),
        ("本人", "女", False),
        ("长子", "", False),
        ("", "女", False),
    ],
)
def test_a_relation_fits_the_sex(relation: str, sex: str, wrong: bool) -> None:
    page = hukou(relation_to_head=relation, sex=sex)
    assert told("X8", case(page)) == ([("d2", "relation_to_head", relation, sex)] if wrong else [])


def test_another_members_relation_is_not_judged() -> None:
    odd = hukou("d3", **(FATHER | {"relation_to_head": "长女"}))
    assert told("X8", case(id_card(), hukou(), odd, name=NAME, id_number=ID)) == []
