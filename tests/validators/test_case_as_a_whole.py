"""What the record says of the whole case: what rests on what, when it is due, the way back."""

from __future__ import annotations

from datetime import date

from pipeline.finding import Finding, Severity, finding
from pipeline.record import Delivery, Matter, with_status
from pipeline.status import Status
from tests.validators.applications import (
    applied,
    assessed,
    booklet,
    card,
    form,
    record,
)


def resting(*findings: Finding) -> dict[str, str]:
    """The statuses of M3, M7 and M9, which rests on both."""
    matters = [
        Matter(code="M3", name="甲", department="hrss"),
        Matter(code="M7", name="乙", department="medical"),
        Matter(code="M9", name="丙", department="tax", rests_on=("M3", "M7"), due_on="2026-11-23"),
    ]
    return {m.code: m.status.value for m in with_status(matters, findings)}


def refusal(matter: str) -> Finding:
    return finding("E-M57-1", severity=Severity.REJECT, matter=matter, reason="x")


def lacking(matter: str) -> Finding:
    return finding("MAT-G2", matter=matter, name="x", problem="y", action="z")


def test_what_rests_on_others_is_no_better_than_they_are() -> None:
    assert resting()["M9"] == "ready"
    assert resting(lacking("M3"))["M9"] == "incomplete"
    assert resting(refusal("M3"), refusal("M7"))["M9"] == "ineligible"
    # The part that rests on the refused one must be taken out: a person looks.
    assert resting(refusal("M3"))["M9"] == "review"
    assert resting(refusal("M3"), lacking("M7"))["M9"] == "incomplete"
    assert resting(refusal("M9")) == {"M3": "ready", "M7": "ready", "M9": "ineligible"}


def test_what_waits_for_another_is_not_due() -> None:
    matter = Matter(code="M9", name="丙", department="tax", rests_on=("M7",), due_on="2026-11-23")
    base = Matter(code="M7", name="乙", department="medical")
    (_, waiting) = with_status([base, matter], [lacking("M7")])
    assert waiting.status == Status.INCOMPLETE and waiting.due_on is None


def test_chosen_matters_name_what_they_rest_on() -> None:
    made = assessed(applied(["M3", "M7", "M9"], form(), card()))
    assert {m.code: m.rests_on for m in made.matters}["M9"] == ("M3", "M7")
    held = assessed(applied(["M7", "M9"], form(), card(), insured_pension="employee"))
    assert {m.code: m.rests_on for m in held.matters}["M9"] == ()


def test_whole_is_due_by_promise_and_by_law() -> None:
    whole = assessed(applied(["M3"], form(), card())).whole
    assert whole is not None
    assert whole.due_on == "2026-12-03"
    assert date.fromisoformat(whole.statutory_on) > date(2027, 3, 1)
    assert assessed(applied(["M3"], form(), card(), accepted_on=...)).whole is None


def test_result_goes_back_as_it_was_asked_for() -> None:
    by_mail = assessed(applied(["M3"], form(), card(), delivery="mail")).delivery
    assert by_mail == Delivery(
        way="mail",
        name="韦小芳",
        address="广西南宁市青秀区民族大道1号",
        mobile="13000003749",
        postcode="530022",
    )
    own = assessed(applied(["M3"], form(), card(), delivery="mail", address="柳州市某路1号"))
    assert own.delivery is not None and own.delivery.address == "柳州市某路1号"
    at_window = assessed(applied(["M3"], form(), card())).delivery
    assert at_window is not None and at_window.way == "pickup" and at_window.address is None
    assert assessed(applied(["M3"], form(), card(), delivery=...)).delivery is None


def test_online_only_what_the_guide_names_must_be_seen_in_the_original() -> None:
    def seen(channel: str) -> set[str]:
        made = assessed(applied(["M2"], form(), card(), booklet(), channel=channel))
        return {m.item for m in made.materials if m.show_original}

    assert seen("window") == {"G2", "2.1"}
    assert seen("online") == {"2.1"}


def test_record_of_a_case_keeps_its_finding_for_the_applicant() -> None:
    made = record(applied(["M3"], form(signature="no"), card()))
    (signature,) = [f for f in made.findings if f.rule == "DOC-SIGNATURE"]
    assert signature.todo == "请申请人签名"
