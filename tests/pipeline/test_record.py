"""The record: its status is computed, its JSON follows contract.md."""

from __future__ import annotations

import json

import jsonschema
import pytest

from pipeline.finding import Finding, Severity
from pipeline.model import DocumentType, PageRef, Request
from pipeline.record import (
    Action,
    Applicant,
    Decision,
    Material,
    Matter,
    Provenance,
    Record,
    RecordDocument,
    RecordField,
    Whole,
    json_schema,
    status_of,
    with_findings,
    with_status,
    worst,
)
from pipeline.status import Status


def found(severity: Severity, matter: str | None = None, rule: str = "X1") -> Finding:
    return Finding(rule=rule, severity=severity, message="…", matter=matter, document="d1")


def record(*findings: Finding, decisions: tuple[Decision, ...] = ()) -> Record:
    matters = (
        Matter(code="M2", name="甲", department="hrss"),
        Matter(code="M5", name="乙", department="medical"),
    )
    page = PageRef(file="a.jpg", page=1, sha256="ab" * 32, rotation=90)
    name = RecordField(
        value="韦昊",
        raw="韦昊",
        confidence=0.9,
        page=1,
        box=((0, 0), (1, 0), (1, 1), (0, 1)),
        source="ocr",
    )
    document = RecordDocument(
        id="d1", type=DocumentType.ID_CARD, pages=(page,), fields={"name": name}
    )
    return Record(
        case_id="c1",
        applicant=Applicant(name="韦昊", category="mainland"),
        matters=with_status(matters, findings),
        materials=(),
        documents=(document,),
        findings=findings,
        decisions=decisions,
        provenance=Provenance(pipeline="0", ruleset="r", calendar="c", models={"det": "a" * 64}),
    )


@pytest.mark.parametrize(
    ("severities", "status"),
    [
        ([], Status.READY),
        ([Severity.NOTE], Status.READY),
        ([Severity.NOTE, Severity.REVIEW], Status.REVIEW),
        ([Severity.REVIEW, Severity.MEND], Status.INCOMPLETE),
        ([Severity.MEND, Severity.REJECT, Severity.REVIEW], Status.INELIGIBLE),
    ],
)
def test_status_is_the_worst_finding(severities: list[Severity], status: Status) -> None:
    assert status_of(found(s) for s in severities) == status
    assert record(*(found(s) for s in severities)).status == status


def test_matter_has_the_status_of_its_own_findings_and_of_those_naming_none() -> None:
    made = record(found(Severity.MEND, "M2"), found(Severity.REVIEW))
    assert {m.code: m.status for m in made.matters} == {
        "M2": Status.INCOMPLETE,
        "M5": Status.REVIEW,
    }


def test_settled_finding_no_longer_counts() -> None:
    settled = Decision(
        reviewer="r", time="2026-11-23T09:00:00", rule="X1", document="d1", action=Action.WAIVE
    )
    assert record(found(Severity.MEND), decisions=(settled,)).status == Status.READY


def test_json_begins_with_version_case_and_status_and_comes_back() -> None:
    made = record(found(Severity.REVIEW))
    text = made.to_json()
    assert list(json.loads(text))[:3] == ["schema_version", "case_id", "status"]
    assert json.loads(text)["status"] == "review"
    assert Record.from_json(text) == made


def test_status_in_json_is_never_taken() -> None:
    made = record(found(Severity.MEND))
    forged = made.to_json().replace('"status": "incomplete"', '"status": "ready"', 1)
    assert Record.from_json(forged).status == Status.INCOMPLETE


def test_json_fits_the_published_schema() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    made = record(found(Severity.REVIEW, "M2"))
    jsonschema.validate(json.loads(made.to_json()), schema)


# ------------------------------------------------------------------ the worst decides


@pytest.mark.parametrize("order", [1, -1])
def test_the_worst_of_statuses_decides_wherever_it_stands(order: int) -> None:
    every = list(Status)[::order]
    assert worst(every) == Status.INELIGIBLE
    assert worst([]) == Status.READY
    for i, status in enumerate(Status):
        assert worst(list(Status)[: i + 1][::order]) == status


def decision(**other: str | None) -> Decision:
    told = {"rule": "X1", "document": "d1", "field": None} | other
    return Decision.model_validate(
        {"reviewer": "r", "time": "2026-11-23T09:00:00", "action": "confirm"} | told
    )


@pytest.mark.parametrize("other", [{"rule": "X2"}, {"document": "d2"}, {"field": "name"}])
def test_a_decision_settles_its_own_finding_alone(other: dict[str, str]) -> None:
    made = record(found(Severity.MEND), decisions=(decision(**other),))
    assert made.status == Status.INCOMPLETE
    assert made.open_findings == made.findings


def test_what_is_left_open_decides() -> None:
    made = record(found(Severity.MEND), found(Severity.REVIEW, rule="X2"), decisions=(decision(),))
    assert made.status == Status.REVIEW
    assert [f.rule for f in made.open_findings] == ["X2"]


DUE = {"due_on": "2026-12-01", "calendar": "official"}


@pytest.mark.parametrize(
    ("severity", "is_due"),
    [
        (Severity.NOTE, True),
        (Severity.REVIEW, True),
        (Severity.MEND, False),
        (Severity.REJECT, False),
    ],
)
def test_a_matter_that_cannot_go_on_is_due_on_no_day(severity: Severity, is_due: bool) -> None:
    matter = Matter.model_validate({"code": "M2", "name": "甲", "department": "hrss"} | DUE)
    (made,) = with_status([matter], [found(severity)])
    assert (made.due_on, made.calendar) == (("2026-12-01", "official") if is_due else (None, None))


def test_another_matters_finding_is_not_its_own() -> None:
    matter = Matter(code="M2", name="甲", department="hrss")
    (made,) = with_status([matter], [found(Severity.REJECT, "M5")])
    assert made.status == Status.READY


def test_further_findings_change_the_record_and_its_matters() -> None:
    before = record(found(Severity.NOTE))
    after = with_findings(before, [found(Severity.MEND, "M5", rule="X16")])
    assert before.status == Status.READY
    assert [f.rule for f in after.findings] == ["X1", "X16"]
    assert after.status == Status.INCOMPLETE
    assert {m.code: m.status for m in after.matters} == {
        "M2": Status.READY,
        "M5": Status.INCOMPLETE,
    }


def test_json_is_read_by_people_and_leaves_out_what_is_not_there() -> None:
    text = record(found(Severity.REVIEW)).to_json()
    assert '\n  "name": "韦昊"' in text
    assert text.startswith('{\n "schema_version"')
    assert "null" not in text
    assert text.endswith("}\n")


def test_a_material_is_shown_as_a_copy_unless_the_guide_asks_for_the_original() -> None:
    material = Material(item="1", matters=("M2",), name="x", status="present")
    assert not material.show_original


def test_the_schema_says_which_schema_it_is() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "yijianshi record"
    assert "status" in schema["required"]


# ------------------------------------------------------------------ what a decision settles


@pytest.mark.parametrize("action", list(Action))
def test_only_three_acts_settle_a_finding(action: Action) -> None:
    settles = action in (Action.CONFIRM, Action.WAIVE, Action.SEND_BACK)
    assert decision(action=action).settles(found(Severity.MEND)) is settles


@pytest.mark.parametrize("key", ["got", "expected"])
def test_a_finding_that_says_otherwise_by_now_is_open_again(key: str) -> None:
    said = found(Severity.MEND).model_copy(update={key: "a"})
    assert decision(**{key: "a"}).settles(said)
    assert not decision(**{key: "a"}).settles(said.model_copy(update={key: "b"}))
    assert not decision().settles(said)


def test_a_decision_about_matters_settles_theirs_alone() -> None:
    own = decision().model_copy(update={"matters": ("M2", "M3")})
    assert own.settles(found(Severity.MEND, "M3"))
    assert not own.settles(found(Severity.MEND, "M5"))
    assert not own.settles(found(Severity.MEND))
    assert decision().settles(found(Severity.MEND, "M5"))


@pytest.mark.parametrize(
    ("now", "settles"),
    [
        (Severity.NOTE, True),
        (Severity.REVIEW, True),
        (Severity.MEND, False),
        (Severity.REJECT, False),
    ],
)
def test_a_finding_that_grew_worse_is_open_again(now: Severity, settles: bool) -> None:
    seen = decision().model_copy(update={"severity": Severity.REVIEW})
    assert seen.settles(found(now)) is settles


# ------------------------------------------------------------------ matters that rest on others


def statuses(*findings: Finding) -> list[Status]:
    """Of M6, which rests on M2 and M3 of the matters M2, M3 and M6."""
    matters = (
        Matter(code="M2", name="甲", department="hrss"),
        Matter(code="M3", name="乙", department="medical"),
        Matter(code="M6", name="丙", department="hrss", rests_on=("M2", "M3", "M9")),
    )
    return [m.status for m in with_status(matters, findings)]


def test_a_matter_is_no_better_than_those_it_rests_on() -> None:
    assert statuses()[2] == Status.READY
    assert statuses(found(Severity.REVIEW, "M3"))[2] == Status.REVIEW
    assert statuses(found(Severity.MEND, "M2"))[2] == Status.INCOMPLETE
    assert statuses(found(Severity.MEND, "M6"))[:2] == [Status.READY, Status.READY]


def test_a_matter_waits_for_what_may_be_done_and_falls_where_nothing_may() -> None:
    one = found(Severity.REJECT, "M2")
    assert statuses(one)[2] == Status.REVIEW
    assert statuses(one, found(Severity.MEND, "M3"))[2] == Status.INCOMPLETE
    assert statuses(one, found(Severity.REJECT, "M3"))[2] == Status.INELIGIBLE


def test_a_matter_whose_bases_were_not_chosen_stands_by_itself() -> None:
    alone = Matter(code="M6", name="丙", department="hrss", rests_on=("M9",))
    assert with_status([alone], [])[0].status == Status.READY


@pytest.mark.parametrize(
    ("severity", "is_due"), [(Severity.REVIEW, True), (Severity.MEND, False), (None, True)]
)
def test_the_whole_is_due_while_it_may_go_on(severity: Severity | None, is_due: bool) -> None:
    whole = Whole.model_validate(
        {"due_on": "2026-12-01", "statutory_on": "2027-03-01", "calendar": "official"}
    )
    made = record().model_copy(update={"whole": whole})
    after = with_findings(made, [] if severity is None else [found(severity)])
    assert (after.whole is not None) is is_due


def test_what_was_declared_leaves_out_empty_lists() -> None:
    made = record().model_copy(update={"declared": Request(matters=("M2",))})
    declared = json.loads(made.to_json())["declared"]
    assert declared["matters"] == ["M2"]
    assert [] not in declared.values()
    assert Record.from_json(made.to_json()).declared == made.declared
