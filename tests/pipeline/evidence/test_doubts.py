"""What was read in doubt: which matters it concerns, and what settles it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.evidence.doubts import name_matters
from pipeline.finding import Finding, Severity, finding
from pipeline.model import Application, Document
from pipeline.record import Record
from pipeline.steps import make_record
from tests.validators.applications import applied, booklet, card, form, original
from tests.validators.papers_made import NAME, disability, paper
from validators.assess import assess

LOW = finding("OCR-LOW", document="d1", field="name", why="x")
MATTERS = ("M2", "M5")


def named(
    found: Finding, needed: dict[str, tuple[str, ...]] | None
) -> list[tuple[str | None, str]]:
    return [(f.matter, f.severity.value) for f in name_matters([found], MATTERS, needed)]


def test_finding_names_nobody_when_all_matters_count_on_the_paper() -> None:
    assert named(LOW, {"d1": ("M2", "M5")}) == [(None, "review")]


def test_finding_names_the_one_matter_that_counts_on_the_paper() -> None:
    assert named(LOW, {"d1": ("M2",)}) == [("M2", "review")]


def test_finding_is_a_note_when_no_matter_counts_on_the_paper() -> None:
    assert named(LOW, {"d1": ()}) == [(None, "note")]


def test_finding_stays_when_it_is_not_known_what_was_applied_for() -> None:
    assert named(LOW, None) == [(None, "review")]
    assert named(LOW, {}) == [(None, "review")]


def test_field_that_a_matter_does_not_need_is_its_note() -> None:
    needed = {"d1": ("M2", "M5")}
    both = {"d1": {"M2": frozenset({"name"}), "M5": frozenset({"name"})}}
    one = {"d1": {"M2": frozenset({"name"}), "M5": frozenset[str]()}}
    none = {"d1": {"M2": frozenset[str](), "M5": frozenset[str]()}}

    def given(fields: dict[str, dict[str, frozenset[str]]]) -> list[tuple[str | None, str]]:
        found = name_matters([LOW], MATTERS, needed, fields)
        return [(f.matter, f.severity.value) for f in found]

    assert given(both) == [(None, "review")]
    assert given(one) == [("M2", "review")]
    assert given(none) == [(None, "note")]
    assert given({}) == [(None, "review")]


def test_unknown_paper_is_always_looked_at() -> None:
    unknown = finding("DOC-UNKNOWN", document="d1", file="f", page=1, why="")
    assert named(unknown, {"d1": ()}) == [(None, "review")]


def made(application: Application) -> Record:
    return make_record(
        "c1",
        application.request,
        application.typed,
        application.form,
        application.documents,
        (),
        assess,
        date(2026, 11, 23),
        {},
    )


def test_doubt_on_a_paper_of_one_matter_leaves_the_other_ready() -> None:
    certificate = original(disability(doubtful=("valid_until",)))
    record = made(
        applied(["M2", "M5"], form(), card(), booklet(), certificate, special_groups=("SG1",))
    )
    assert {m.code: m.status.value for m in record.matters} == {"M2": "review", "M5": "ready"}


def test_doubt_on_a_paper_that_nobody_asked_for_holds_nothing_up() -> None:
    certificate = original(disability(doubtful=("category",)))
    record = made(applied(["M3"], form(), card(), certificate))
    assert record.status.value == "ready"
    assert [f.severity for f in record.findings if f.rule == "OCR-LOW"] == [Severity.NOTE]


def test_doubt_on_the_household_is_of_the_matters_that_rest_on_it() -> None:
    record = made(applied(["M3", "M5"], form(), card(), booklet(doubtful=("address",))))
    assert {f.matter for f in record.findings if f.rule == "OCR-LOW"} == {"M5"}


def test_unknown_page_sends_everything_to_a_person() -> None:
    record = made(applied(["M3"], form(), card(), original(paper("unknown", "d9"))))
    assert record.status.value == "review"


# ------------------------------------------------------------------ two witnesses


def low(record: Record) -> set[tuple[str | None, str | None, Severity]]:
    return {(f.document, f.field, f.severity) for f in record.findings if f.rule == "OCR-LOW"}


@pytest.mark.parametrize("field", ["name", "id_number", "birth_date", "sex"])
def test_doubt_is_settled_where_the_paper_reads_as_was_typed(field: str) -> None:
    record = made(applied(["M3"], form(), card(doubtful=(field,))))
    assert low(record) == {("d1", field, Severity.NOTE)}
    assert record.status.value == "ready"


def test_head_of_the_household_who_applies_was_typed() -> None:
    head = booklet(doubtful=("head_name",), head_name=NAME, relation_to_head="户主")
    assert low(made(applied(["M2"], form(), card(), head))) == {("d2", "head_name", Severity.NOTE)}
    father = booklet(doubtful=("head_name",))
    told = low(made(applied(["M2"], form(), card(), father)))
    assert told == {("d2", "head_name", Severity.REVIEW)}


@pytest.mark.parametrize("field", ["ethnicity", "valid_to", "address"])
def test_doubt_about_what_nobody_typed_stays(field: str) -> None:
    record = made(applied(["M2"], form(), card(doubtful=(field,)), booklet()))
    assert low(record) == {("d1", field, Severity.REVIEW)}


def test_doubt_stays_where_something_else_was_typed() -> None:
    record = made(applied(["M3"], form(), card(doubtful=("name",), name="韦小劳")))
    assert ("d1", "name", Severity.REVIEW) in low(record)
    number = made(applied(["M3"], form(), card(doubtful=("sex",)), id_number=...))
    assert low(number) == {("d1", "sex", Severity.REVIEW)}


def test_doubt_stays_where_nothing_was_typed() -> None:
    told = applied(["M3"], form(), card(doubtful=("name",)))
    untyped = replace(told, typed=None, form=told.request)
    assert low(made(untyped)) == {("d1", "name", Severity.REVIEW)}


def poorly_read(document: Document, field: str) -> Document:
    """The paper with one value read poorly, and nothing else against it."""
    reading = document.fields[field].model_copy(update={"confidence": 0.5, "doubts": ()})
    return document.model_copy(update={"fields": {**document.fields, field: reading}})


def test_doubt_is_settled_where_another_paper_reads_the_same_surely() -> None:
    both = made(applied(["M2"], form(), poorly_read(card(), "address"), booklet()))
    assert low(both) == {("d1", "address", Severity.NOTE)}
    assert both.status.value == "ready"


def test_doubt_stays_where_the_other_paper_is_doubted_or_reads_something_else() -> None:
    poor = poorly_read(card(), "address")
    doubted = low(made(applied(["M2"], form(), poor, booklet(doubtful=("address",)))))
    assert ("d1", "address", Severity.REVIEW) in doubted
    other = low(made(applied(["M2"], form(), poor, booklet(address="广西南宁市邕宁区1号"))))
    assert ("d1", "address", Severity.REVIEW) in other


def test_what_could_be_anybodys_is_not_settled_by_another_paper() -> None:
    poor = poorly_read(card(), "ethnicity")
    assert low(made(applied(["M2"], form(), poor, booklet()))) == {
        ("d1", "ethnicity", Severity.REVIEW)
    }
