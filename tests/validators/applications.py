"""Whole applications for the tests of the guide: one that is in order, and what a test changes.

The applicant of :mod:`tests.validators.papers_made`: a woman born 1990-03-07, household in
南宁市青秀区 (450103).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pipeline.contracts import Assessment
from pipeline.finding import Finding, Severity
from pipeline.model import Application, Document, Quality, Request
from pipeline.record import Provenance, Record, status_of, with_status
from pipeline.record_document import record_document
from pipeline.status import Status
from tests.validators import papers_made
from tests.validators.papers_made import HMT, ID, NAME, paper, with_check
from validators.assess import assess

TODAY = date(2026, 11, 23)

ORDER: dict[str, Any] = {
    "channel": "window",
    "accepted_on": TODAY,
    "name": NAME,
    "id_number": ID,
    "mobile": "13000003749",
    "postcode": "530022",
    "flex_type": "other",
    "employment": "unemployed",
    "is_student": False,
    "insured_pension": "none",
    "insured_medical": "none",
    "card_applied_before": False,
    "enrol_division": "450103",
    "delivery": "pickup",
}
"""What a clerk types for an applicant in order, but for the matters."""

CARD = ("portrait", "emblem")
BOOKLET = ("head", "member")


def original(document: Document) -> Document:
    """The paper as scanned from the original, not from a copy."""
    return document.model_copy(update={"quality": Quality(copy_=False)})


def form(document_id: str = "f1", signature: str = "yes", **fields: Any) -> Document:
    """The application form, signed."""
    marks = {"signature": signature}
    return original(paper("application_form", document_id, faces=("page",), marks=marks, **fields))


def card(document_id: str = "d1", **fields: Any) -> Document:
    """The applicant's ID card, both sides."""
    made = papers_made.id_card(document_id, **fields)
    return original(made.model_copy(update={"faces": CARD}))


def booklet(document_id: str = "d2", faces: tuple[str, ...] = BOOKLET, **fields: Any) -> Document:
    """The applicant's page of the household booklet, with the head page."""
    made = papers_made.hukou(document_id, **fields)
    return original(made.model_copy(update={"faces": faces}))


def hmt_permit(document_id: str = "d1", **fields: Any) -> Document:
    """The residence permit of :data:`papers_made.HMT`."""
    return original(paper("hmt_residence_permit", document_id, faces=CARD, **(HMT | fields)))


def hk_pass(document_id: str = "d1", **fields: Any) -> Document:
    """The travel permit of :data:`papers_made.HMT`."""
    whole = {
        "name": HMT["name"],
        "sex": HMT["sex"],
        "birth_date": HMT["birth_date"],
        "permit_number": HMT["permit_number"],
        "valid_from": "2024-06-05",
        "valid_to": "2034-06-05",
    } | fields
    return original(paper("hk_macao_travel_permit", document_id, faces=("front",), **whole))


def hmt(matters: Iterable[str], *documents: Document, **request: Any) -> Application:
    """An application of the person of :data:`papers_made.HMT`."""
    who = {"name": HMT["name"], "id_number": HMT["id_number"]}
    return applied(matters, *documents, **(who | request))


def foreign_card(document_id: str = "d1", **fields: Any) -> Document:
    """The permanent residence card of :data:`papers_made.FPR`."""
    whole = papers_made.FPR | fields
    return original(paper("foreign_permanent_resident_card", document_id, faces=CARD, **whole))


def lodging(document_id: str = "d6", seal: str = "yes", **fields: Any) -> Document:
    """The lodging registration of the person of :data:`papers_made.FPR`."""
    whole = {
        "name": papers_made.FPR["name"],
        "address": "广西南宁市青秀区民族大道1号",
        "issue_date": "2026-10-08",
    } | fields
    return original(
        paper("lodging_registration", document_id, faces=("page",), marks={"seal": seal}, **whole)
    )


def foreigner(matters: Iterable[str], *documents: Document, **request: Any) -> Application:
    """An application of the person of :data:`papers_made.FPR`."""
    who = {"name": papers_made.FPR["name"], "id_number": papers_made.FPR["id_number"]}
    return applied(matters, *documents, **(who | request))


def proof(kind: str, document_id: str = "d5", **fields: Any) -> Document:
    """A letter or proof that names the applicant, sealed."""
    whole = {"name": NAME, "id_number": ID, "issue_date": "2026-09-01"} | fields
    return original(paper(kind, document_id, faces=("page",), marks={"seal": "yes"}, **whole))


def photo(document_id: str = "d7", verdict: str = "pass") -> Document:
    """A card photo with the verdict of the photo checks."""
    return original(paper("photo", document_id, faces=("photo",), marks={"verdict": verdict}))


def proxy_card(document_id: str = "d8") -> Document:
    """The proxy's ID card."""
    return card(
        document_id,
        name=papers_made.PROXY_NAME,
        id_number=papers_made.PROXY_ID,
        birth_date="1985-01-01",
        sex="男",
        issuing_authority="南宁市公安局青秀分局",
    )


def applied(matters: Iterable[str], *documents: Document, **request: Any) -> Application:
    """An application in order, for these matters, with what a test changes. A key with the value
    ``...`` is left out."""
    said = ORDER | {"matters": tuple(matters)} | request
    asked = Request(**{key: value for key, value in said.items() if value is not ...})
    return Application("c1", asked, documents, typed=asked)


def born(birth: str, sex: str = "女") -> dict[str, Any]:
    """Number, birth date and sex of somebody of 450103, for card and request."""
    digit = "1" if sex == "男" else "2"
    number = with_check(f"450103{birth.replace('-', '')}90{digit}")
    return {"id_number": number, "birth_date": birth, "sex": sex}


def aged(matters: Iterable[str], birth: str, sex: str = "女", **request: Any) -> Application:
    """An application in order of somebody born on this day."""
    who = born(birth, sex)
    documents = (form(), card(**who), booklet(**who))
    return applied(matters, *documents, id_number=who["id_number"], **request)


def assessed(application: Application, today: date = TODAY) -> Assessment:
    """What all rules make of it."""
    return assess(application, today)


def rules_of(application: Application, today: date = TODAY) -> dict[str, set[Severity]]:
    """Rule ids with the severities given, for all findings."""
    given: dict[str, set[Severity]] = {}
    for found in assessed(application, today).findings:
        given.setdefault(found.rule, set()).add(found.severity)
    return given


def statuses(application: Application) -> dict[str, str]:
    """The status of each matter."""
    made = assessed(application)
    return {m.code: m.status.value for m in with_status(made.matters, made.findings)}


def status(application: Application) -> Status:
    """The status of the whole."""
    return status_of(assessed(application).findings)


def found_by(application: Application, rule: str) -> list[Finding]:
    """The findings of one rule."""
    return [f for f in assessed(application).findings if f.rule == rule]


def items(application: Application) -> dict[str, str]:
    """Materials by item with their status."""
    return {m.item: m.status for m in assessed(application).materials}


def record(application: Application) -> Record:
    """The record of the application."""
    made = assessed(application)
    return Record(
        case_id=application.case_id,
        applicant=made.applicant,
        matters=with_status(made.matters, made.findings),
        materials=made.materials,
        documents=tuple(record_document(d) for d in application.documents),
        findings=made.findings,
        provenance=Provenance(
            pipeline="test", ruleset=made.ruleset, calendar=made.calendar, models={}
        ),
    )
