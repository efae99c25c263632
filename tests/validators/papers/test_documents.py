"""One paper by itself: validity, dates, sides."""

from datetime import date
from typing import Any

import pytest

from pipeline.model import Document
from tests.validators.papers_made import (
    HMT,
    ID,
    NAME,
    PROXY_ID,
    TODAY,
    Row,
    case,
    check_row,
    disability,
    found,
    hukou,
    id_card,
    paper,
    residence_permit,
)

ROWS: list[Row] = [
    (case(id_card(valid_from="2006-11-22", valid_to="2026-11-22")), "", "", None),
    (case(id_card(valid_from="2016-11-22", valid_to="2026-11-22")), "DOC-EXPIRED", "mend", None),
    (case(id_card(valid_from="2016-11-23", valid_to="2026-11-23")), "X4", "review", "valid_to"),
    (
        case(id_card(valid_from="2016-11-22", valid_to="2026-11-22", doubtful=("valid_to",))),
        "DOC-EXPIRED",
        "review",
        "valid_to",
    ),
    (case(id_card(valid_from="2016-11-21", valid_to="2026-11-12")), "DOC-EXPIRED", "review", None),
    (
        case(
            disability(issue_date="2016-06-01", valid_until="2026-06-01"),
            matters=("M3", "M2"),
        ),
        "DOC-EXPIRED",
        "mend",
        "valid_until",
    ),
    (
        case(disability(issue_date="2016-06-01", valid_until="2026-06-01"), matters=("M3",)),
        "DOC-EXPIRED",
        "note",
        "valid_until",
    ),
    (case(id_card(valid_to="2037-05-06")), "DOC-VALIDITY", "review", "valid_to"),
    (case(disability(valid_until="2024-06-01")), "DOC-VALIDITY", "review", "valid_until"),
    (case(disability(valid_until="长期")), "", "", None),
    (
        case(paper("hmt_residence_permit", **HMT | {"valid_to": "2034-06-05"})),
        "DOC-VALIDITY",
        "",
        None,
    ),
    (case(id_card(birth_date="2025-02-30")), "DOC-DATE", "review", "birth_date"),
    (case(hukou(registration_date="1980-01-01")), "DOC-DATE", "review", "registration_date"),
    (case(disability(birth_date="1990-03")), "", "", None),
    (case(paper("id_card", name=NAME, id_number=ID)), "DOC-SIDE", "mend", None),
    (case(paper("id_card", valid_to="长期")), "DOC-SIDE", "mend", None),
    (case(paper("id_card", name=NAME, missing=("valid_to",))), "", "", None),
    (case(paper("id_card", name=NAME, faces=("portrait", "emblem"))), "", "", None),
    (case(id_card(), paper("id_card", "d2", name=NAME, id_number=ID)), "DOC-SIDE", "review", None),
]


@pytest.mark.parametrize("row", ROWS)
def test_rule_speaks_when_its_case_is_there_and_is_silent_when_not(row: Row) -> None:
    check_row(row)


@pytest.mark.parametrize(
    ("month", "rules"), [("2026-10", ["DOC-EXPIRED"]), ("2026-11", []), ("2026-12", [])]
)
def test_card_of_a_month_holds_to_its_end(month: str, rules: list[str]) -> None:
    card = paper("social_security_card", name=NAME, social_security_number=ID, valid_to=month)
    assert [f.rule for f in found(case(card)) if f.rule == "DOC-EXPIRED"] == rules


def test_an_expired_card_is_a_note_when_the_new_one_is_there() -> None:
    old = id_card("d2", valid_from="2006-05-01", valid_to="2016-05-01")
    application = case(id_card(), old)
    assert [f.severity.value for f in found(application) if f.rule == "DOC-EXPIRED"] == ["note"]


def test_each_chosen_matter_gets_its_finding_when_a_paper_serves_some_only() -> None:
    permit = residence_permit(valid_from="2025-05-06", valid_to="2026-05-06")
    application = case(id_card(), permit, matters=("M4", "M5", "M7"), archive=None)
    expired = [f.matter for f in found(application) if f.rule == "DOC-EXPIRED"]
    assert expired == ["M5", "M7"]


def test_validity_ends_on_its_last_day() -> None:
    card = id_card(valid_from="2006-11-23", valid_to="2026-11-23", birth_date="1975-01-01")
    rules = [f.rule for f in found(case(card), TODAY)]
    assert "DOC-EXPIRED" not in rules
    assert "DOC-EXPIRED" in [f.rule for f in found(case(card), date(2026, 11, 24))]


# ------------------------------------------------------------------ a new card and an old one

OLD: dict[str, Any] = {"valid_from": "2006-05-01", "valid_to": "2016-05-01"}


def level(*documents: Document) -> list[str]:
    return [f.severity.value for f in found(case(*documents)) if f.rule == "DOC-EXPIRED"]


@pytest.mark.parametrize(
    ("valid_to", "severity"),
    [("2026-11-23", "note"), ("2026-11-22", "mend"), ("长期", "note"), ("", "mend")],
)
def test_only_a_card_in_force_explains_an_expired_one(valid_to: str, severity: str) -> None:
    new = id_card("d1", valid_from="2006-11-23", valid_to=valid_to)
    assert severity in level(id_card("d2", **OLD), new)


def test_another_persons_card_explains_nothing() -> None:
    other = id_card("d1", name="黄大勇", id_number=PROXY_ID, sex="男", birth_date="1985-01-01")
    application = case(id_card("d2", **OLD), other, name=NAME, id_number=ID)
    given = {f.document: f.severity.value for f in found(application) if f.rule == "DOC-EXPIRED"}
    assert given == {"d2": "mend"}


def test_a_later_card_of_three_explains_the_first() -> None:
    third = id_card("d3", valid_from="2010-05-01", valid_to="2020-05-01")
    assert level(id_card("d2", **OLD), third, id_card("d1")) == ["note", "note"]


def test_an_end_that_is_no_day_has_no_span() -> None:
    rules = [f.rule for f in found(case(id_card(valid_to="某年"))) if f.rule == "DOC-VALIDITY"]
    assert rules == []
