"""The record: its status is computed, its JSON follows contract.md."""

from __future__ import annotations

import json

import jsonschema
import pytest

from pipeline.finding import Finding, Severity
from pipeline.model import PageRef
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
    Status,
    json_schema,
    status_of,
    with_findings,
    with_status,
    worst,
)


def found(severity: Severity, matter: str | None = None, rule: str = "X1") -> Finding:
    return Finding(rule=rule, severity=severity, message="…", matter=matter, document="d1")


def record(*findings: Finding, decisions: tuple[Decision, ...] = ()) -> Record:
    matters = (
        Matter(code="M2", name="甲", department="hrss"),
        Matter(code="M5", name="乙", department="medical"),
    )
    page = PageRef(file="a.jpg", page=1, sha256="ab", rotation=90)
    name = RecordField(
        value="韦昊",
        raw="韦昊",
        confidence=0.9,
        page=0,
        box=((0, 0), (1, 0), (1, 1), (0, 1)),
        source="ocr",
    )
    document = RecordDocument(id="d1", type="id_card", pages=(page,), fields={"name": name})
    return Record(
        case_id="c1",
        applicant=Applicant(name="韦昊", category="mainland"),
        matters=with_status(matters, findings),
        materials=(),
        documents=(document,),
        findings=findings,
        decisions=decisions,
        provenance=Provenance(pipeline="0", ruleset="r", calendar="c", models={"det": "a"}),
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
