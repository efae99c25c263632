"""application.json: what is wrong with it is told, and the rest is still evaluated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.finding import Severity
from pipeline.model import Application, Request
from tests.validators.applications import applied, assessed, card, form, found_by, rules_of
from tests.validators.papers_made import change
from validators.request.typed import merge_requests, parse_request

GOOD: dict[str, Any] = {
    "channel": "window",
    "accepted_on": "2026-11-23",
    "matters": ["M2", "M4"],
    "name": "韦小芳",
    "is_student": False,
    "enrol_division": "450103",
    "special_groups": ["SG1"],
    "changes": [{"item": "mobile", "old": "1", "new": "2"}],
    "archive": {"direction": "in", "holder": "state_unit"},
    "proxy": {"name": "黄大勇", "id_number": "450103198501019012"},
    "verified": [{"kind": "household", "ref": "GX1", "on": "2026-11-23"}],
}


def parsed(**changed: Any) -> tuple[Request, list[tuple[str | None, str]]]:
    """The request of ``GOOD`` with changes, and (field, message) of each finding."""
    request, findings = parse_request(json.dumps(GOOD | changed).encode())
    assert request is not None
    assert {f.rule for f in findings} <= {"E-0"}
    return request, [(f.field, f.message) for f in findings]


def test_sound_request_is_taken_whole() -> None:
    request, findings = parsed()
    assert findings == []
    assert request.matters == ("M2", "M4")
    assert request.proxy is not None and request.verified[0].kind == "household"
    assert request.model_fields_set == set(GOOD)


BAD: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"chanel": "window"}, "chanel", ("chanel", "channel")),
    ({"channel": "fax"}, "channel", ("channel", "fax", "window", "online", "mail")),
    ({"accepted_on": "2026-02-30"}, "accepted_on", ("accepted_on", "2026-02-30", "YYYY-MM-DD")),
    ({"accepted_on": 20261123}, "accepted_on", ("accepted_on", "20261123", "YYYY-MM-DD")),
    ({"is_student": "no"}, "is_student", ("is_student", "no", "true 或 false")),
    ({"name": 5}, "name", ("name", "5", "文字")),
    ({"matters": "M2"}, "matters", ("matters", "M2", "列表")),
    ({"matters": ["M2", "M12"]}, "matters", ("matters", "M12", "M9")),
    ({"matters": ["M2", 2]}, "matters", ("matters", "2", "M9")),
    ({"matters": ["M2", "M2"]}, "matters", ("matters", "M2", "两次")),
    (
        {"verified": [{"kind": "household", "ref": " ", "on": "2026-11-23"}]},
        "verified.1.ref",
        ("核验编号",),
    ),
    (
        {"archive": {"direction": "in", "holder": "school", "former_division": "45"}},
        "archive.former_division",
        ("45", "县级"),
    ),
    ({"verified": "household"}, "verified", ("household", "列表")),
    ({"verified": {"kind": "household"}}, "verified", ("列表",)),
    ({"special_groups": ["SG9"]}, "special_groups", ("special_groups", "SG9", "SG8")),
    ({"enrol_division": "450100"}, "enrol_division", ("enrol_division", "450100", "县级")),
    ({"enrol_division": "999999"}, "enrol_division", ("enrol_division", "999999", "县级")),
    ({"changes": [{"item": "hair"}]}, "changes.1.item", ("hair", "mobile", "address")),
    ({"changes": [{"item": "name", "was": "x"}]}, "changes.1.was", ("was", "old")),
    ({"changes": [{"old": "x"}]}, "changes.1.item", ("缺少", "item")),
    (
        {"archive": {"direction": "up", "holder": "school"}},
        "archive.direction",
        ("up", "in", "out"),
    ),
    ({"archive": "in"}, "archive", ("archive", "in", "对象")),
    ({"proxy": {"id_number": "1"}}, "proxy.name", ("缺少", "proxy.name")),
    ({"proxy": {"name": "甲", "age": 3}}, "proxy.age", ("age", "id_number")),
    (
        {"verified": [{"kind": "moon", "ref": "1", "on": "2026-11-23"}]},
        "verified.1.kind",
        ("moon", "household"),
    ),
    ({"delivery": ["mail"]}, "delivery", ("delivery", "mail", "pickup")),
]


@pytest.mark.parametrize(("changed", "field", "words"), BAD, ids=[f"{b[1]}-{b[2][0]}" for b in BAD])
def test_bad_value_is_named_with_what_is_allowed(
    changed: dict[str, Any], field: str, words: tuple[str, ...]
) -> None:
    request, found = parse_request(json.dumps(GOOD | changed).encode())
    assert request is not None
    (one,) = found
    assert one.field == field
    told = f"{one.message} {one.field} {one.expected} {one.got}"
    assert all(word in told for word in words), told
    # The clerk reads names, not the keys of the file; the key is the finding's field.
    known = {key for key in GOOD if key not in ("name", "channel", "matters")}
    assert not any(key in one.message for key in known | {"accepted_on", "delivery"})
    assert request.name == "韦小芳" or "name" in changed  # the rest is taken


def test_sound_items_stay_when_one_of_a_list_is_bad() -> None:
    changes = [{"item": "mobile", "new": "2"}, {"item": "hair"}, {"item": "name", "new": "乙"}]
    request, _ = parsed(changes=changes, matters=["M9", "M0", "M3"])
    assert [c.item for c in request.changes] == ["mobile", "name"]
    assert request.matters == ("M9", "M3")


def test_every_fault_is_told_at_once() -> None:
    _, findings = parsed(channel="fax", foo=1, bar=2, is_student="no", matters=["M0", "M0"])
    assert len(findings) == 6


def test_empty_and_null_count_as_not_said() -> None:
    request, findings = parsed(name=None, enrol_division="")
    assert findings == []
    assert request.name is None and "name" not in request.model_fields_set


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[1]", b"null", b'"text"', b"\xff\xfe\x00\x01\xff", b"{" * 3000, b"[" * 100_000,
     b'{"a":' * 100_000, b" " * 1_000_001, b'{"matters": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_broken_file_is_one_finding(data: bytes) -> None:
    request, findings = parse_request(data)
    assert [f.rule for f in findings] == ["E-0"]
    assert findings[0].file == "application.json"
    assert request is None or request.matters == ()


def test_key_that_stands_twice_is_told() -> None:
    request, findings = parse_request(b'{"name": "\xe7\x94\xb2", "name": "\xe4\xb9\x99"}')
    assert request is not None and request.name == "乙"
    assert [f.field for f in findings] == ["name"] and "姓名" in findings[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_file_is_read_in_the_encodings_of_chinese_editors(encoding: str) -> None:
    text = json.dumps({"name": "韦小芳"}, ensure_ascii=False)
    request, findings = parse_request(text.encode(encoding))
    assert request is not None and request.name == "韦小芳"
    assert findings == ()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from([*Request.model_fields, "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["item", "name", "kind", "x"]), inner, max_size=3)
            ),
            max_leaves=8,
        ),
    )
)
def test_no_content_whatever_raises(said: dict[str, Any]) -> None:
    request, findings = parse_request(said)
    assert request is not None
    taken = {k for k, v in said.items() if k in request.model_fields_set}
    named = {(f.field or "").split(".")[0] for f in findings}
    silent = {
        k for k, v in said.items() if v is None or v == [] or (isinstance(v, str) and not v.strip())
    }
    assert set(said) <= taken | named | silent


# ------------------------------------------------------------------ typed and form


def test_typed_goes_before_form_and_form_completes_it() -> None:
    typed = Request(name="甲", matters=("M2",))
    read = Request(name="乙", matters=("M3",), mobile="13000000000")
    merged = merge_requests(typed, read)
    assert (merged.name, merged.matters, merged.mobile) == ("甲", ("M2",), "13000000000")
    assert merge_requests(None, read) == read
    assert merge_requests(None, None) == Request()


def test_blank_overrides_nothing_that_the_form_says() -> None:
    read = Request(changes=(change("mobile", "1", "2"),), special_groups=("SG1",), name="韦小芳")
    blank = Request(changes=(), special_groups=(), matters=(), name="  ")
    assert merge_requests(blank, read) == read
    request, findings = parse_request({"changes": [], "special_groups": [], "mobile": " "})
    assert request == Request() and findings == ()


# ------------------------------------------------------------------ contradictions


def test_student_who_is_a_civil_servant_contradicts_himself() -> None:
    application = applied(["M5"], form(), card(), is_student=True, employment="public_institution")
    found = found_by(application, "E-0")
    assert [f.severity for f in found] == [Severity.REVIEW]
    assert "在校学生" in found[0].message and "在职" in found[0].message


def test_nothing_contradicts_when_the_facts_agree() -> None:
    assert "E-0" not in rules_of(applied(["M5"], form(), card(), is_student=True))


def test_what_was_said_for_a_matter_not_chosen_is_worth_a_note() -> None:
    application = applied(["M5"], form(), card(), special_groups=("SG1",))
    assert rules_of(application)["E-0"] == {Severity.NOTE}


def test_case_with_an_empty_list_of_matters_has_one_finding_of_the_guide() -> None:
    request, findings = parse_request({"matters": [], "name": "甲"})
    made = assessed(Application("c1", merge_requests(request, None), (), request))
    assert [f.rule for f in (*findings, *made.findings)] == ["MAT-G1", "MAT-G2"]


def test_lone_surrogates_are_replaced_so_that_the_record_can_be_written() -> None:
    raw = (
        b'{"a\\ud800": 1, "name": "\\udfff\\u97e6", '
        b'"changes": [{"item": "other", "new": "\\ud800"}]}'
    )
    request, findings = parse_request(raw)
    assert request is not None and request.name == "?韦"
    assert [c.new for c in request.changes] == ["?"]
    for found in findings:
        found.model_dump_json().encode("utf-8")
    assert [f.rule for f in findings] == ["E-0"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("enrolldivision", "您要写的也许是参保地区划代码（enrol_division）"),
        ("Matter", "您要写的也许是申请事项（matters）"),
        ("姓名", "可以写的是：办理渠道（channel）、"),
    ],
)
def test_an_unknown_key_is_told_with_the_one_that_was_meant(typed: str, meant: str) -> None:
    _, (found,) = parse_request(json.dumps({typed: "x"}).encode())
    assert f"“{typed}”，{meant}" in found.message
