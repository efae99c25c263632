"""X14: what was typed and what the scanned form says, key by key."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.model import (
    Application,
    Archive,
    Change,
    Document,
    DocumentType,
    PageRef,
    Proxy,
    Reading,
    Request,
)
from validators.papers.cross import check_request_agrees
from validators.request.form import request_of

SAID: dict[str, Any] = {
    "matters": ("M3", "M7"),
    "name": "韦晓芳",
    "id_number": "450103198703129004",
    "mobile": "13800138000",
    "postcode": "530021",
    "channel": "window",
    "id_type": "id_card",
    "flex_type": "other",
    "employment": "flexible",
    "is_student": False,
    "insured_pension": "none",
    "insured_medical": "none",
    "card_applied_before": False,
    "enrol_division": "450103",
    "special_groups": ("SG1",),
    "delivery": "pickup",
    "archive": {"direction": "in", "holder": "state_unit"},
    "proxy": {"name": "黄大勇", "id_number": "450103198501019016"},
    "changes": ({"item": "mobile", "old": "13900139000", "new": "13800138000"},),
}
OTHER: dict[str, Any] = {
    "matters": ("M3",),
    "name": "韦小芳",
    "id_number": "450103198703129012",
    "mobile": "13800138001",
    "postcode": "530022",
    "channel": "online",
    "id_type": "passport",
    "flex_type": "part_time",
    "employment": "unemployed",
    "is_student": True,
    "insured_pension": "resident",
    "insured_medical": "resident",
    "card_applied_before": True,
    "enrol_division": "450107",
    "special_groups": ("SG1", "SG3"),
    "delivery": "mail",
    "archive": {"direction": "out", "holder": "state_unit"},
    "proxy": {"name": "黄小勇", "id_number": "450103198501019016"},
    "changes": ({"item": "mobile", "old": "13900139000", "new": "13800138009"},),
}
FIELD = {"archive": "archive_direction", "proxy": "proxy_name"}


def ruled(
    typed: dict[str, Any], form: dict[str, Any], documents: tuple[Document, ...] = ()
) -> list[tuple[str | None, str]]:
    request = Request.model_validate(typed)
    application = Application("c1", request, documents, request, Request.model_validate(form))
    findings = check_request_agrees(application, date(2026, 11, 23))
    return [(f.field, f.severity.value) for f in findings if f.rule == "X14"]


def form_document(**fields: Reading) -> Document:
    page = PageRef(file="f.jpg", page=1, sha256="0" * 64)
    return Document(id="d1", type=DocumentType.APPLICATION_FORM, pages=(page,), fields=fields)


def test_nothing_is_said_where_both_agree() -> None:
    assert ruled(SAID, SAID) == []


@pytest.mark.parametrize("key", list(SAID))
def test_every_key_is_compared(key: str) -> None:
    assert ruled(SAID, SAID | {key: OTHER[key]}) == [(FIELD.get(key, key), "review")]


@pytest.mark.parametrize("key", list(SAID))
def test_a_key_that_only_one_says_is_no_difference(key: str) -> None:
    assert ruled(SAID, {k: v for k, v in SAID.items() if k != key}) == []


def test_a_choice_read_with_doubt_is_a_note() -> None:
    doubtful = Reading(value="M3", raw="", confidence=0.99, doubts=("方框是否勾选不清楚",))
    documents = (form_document(matters=doubtful),)
    assert ruled(SAID, SAID | {"matters": ("M3",)}, documents) == [("matters", "note")]


def test_order_and_white_space_make_no_difference() -> None:
    form = SAID | {"matters": ("M7", "M3"), "mobile": "138 0013 8000"}
    assert ruled(SAID, form) == []


def test_a_difference_gives_the_codes_of_the_contract() -> None:
    typed = Request.model_validate(SAID)
    form = Request.model_validate(SAID | {"delivery": "mail", "special_groups": ("SG3", "SG1")})
    found = list(
        check_request_agrees(Application("c1", typed, (), typed, form), date(2026, 11, 23))
    )
    given = {(f.field, f.got, f.expected) for f in found if f.rule == "X14"}
    assert given == {("delivery", "pickup", "mail"), ("special_groups", "SG1", "SG1,SG3")}


@pytest.mark.parametrize(
    ("written", "reached"),
    [
        (("address", "current_address", "delivery_address"), "delivery_address"),
        (("address", "current_address"), "current_address"),
        (("address",), "address"),
    ],
)
def test_mail_goes_where_the_form_wants_the_result(written: tuple[str, ...], reached: str) -> None:
    document = form_document(**{key: Reading(value=key, raw=key, confidence=1) for key in written})
    assert request_of(document)[0].address == reached


def test_the_request_of_a_form_holds_what_was_read() -> None:
    document = form_document(
        matters=Reading(value="M3,M7", raw="", confidence=0.99),
        is_student=Reading(value="false", raw="", confidence=0.99),
        delivery=Reading(value="", raw="", confidence=0.99, doubts=("只能选一项",)),
    )
    request, doubtful = request_of(document)
    assert (request.matters, request.is_student, request.delivery) == (("M3", "M7"), False, None)
    assert doubtful == frozenset()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current_address": "中山路2号", "address": "南宁市1号"}, {"address": "中山路2号"}),
        ({"address": "南宁市民族大道1号"}, {"address": "南宁市民族大道1号"}),
        ({"accepted_on": "2026-11-23"}, {"accepted_on": date(2026, 11, 23)}),
        ({"accepted_on": "2026-11"}, {}),  # the day was not read
        ({"enrol_division": "450103"}, {"enrol_division": "450103"}),
        ({"enrol_division": "459999"}, {}),  # there never was such a county
        ({"flex_type": "sometimes"}, {}),
        ({"is_student": "maybe"}, {}),
        ({"special_groups": "SG1,SG99"}, {"special_groups": ("SG1",)}),
        ({"archive_direction": "in"}, {}),
        (
            {"archive_direction": "in", "archive_holder": "state_unit"},
            {"archive": Archive(direction="in", holder="state_unit")},
        ),
        ({"proxy_name": "黄大勇"}, {"proxy": Proxy(name="黄大勇", id_number="")}),
    ],
)  # fmt: skip
def test_a_form_says_only_what_was_read_whole(fields: dict[str, str], said: dict[str, Any]) -> None:
    read = {name: Reading(value=v, raw=v, confidence=0.99) for name, v in fields.items()}
    request, _ = request_of(form_document(**read))
    assert request == Request.model_validate(said)


def test_the_changes_of_a_form_are_its_rows() -> None:
    rows = (
        {"item": "mobile", "old": "13900139000", "new": "13800138000"},
        {"item": "hair", "new": "短"},
    )
    read = tuple(
        {name: Reading(value=v, raw=v, confidence=0.99) for name, v in row.items()} for row in rows
    )
    document = form_document().model_copy(update={"tables": {"changes": read}})
    assert request_of(document)[0].changes == (
        Change(item="mobile", old="13900139000", new="13800138000"),
        Change(item="other", old="", new="短"),
    )


def test_changes_of_other_items_differ_as_a_whole() -> None:
    form = SAID | {"changes": ({"item": "postcode", "old": "", "new": "530022"},)}
    assert ruled(SAID, form) == [("changes", "review")]
