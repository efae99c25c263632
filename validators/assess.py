"""All rules over one application: the checks of the papers and the office guide together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from pipeline.contracts import Assessment
from pipeline.finding import Finding, Severity, finding
from pipeline.model import Application, DocumentType
from pipeline.record import Applicant, Material, Matter, Place
from validators.checks import CHECKS
from validators.guide.declarations import DECLARATIONS
from validators.guide.due import due
from validators.guide.eligibility import check_eligibility, check_exclusions
from validators.guide.facts import Facts
from validators.guide.guide import Guide, guide
from validators.guide.materials import check_materials, judge_materials, materials
from validators.guide.places import PLACES
from validators.output.packet import fields_needed
from validators.person.kinds import judged_fields
from validators.person.papers import PaperEvidence
from validators.request.typed import check_request

WAYS = {**DECLARATIONS, **PLACES}
"""How every fact of :mod:`validators.guide.vocabulary` is computed."""


def assess(application: Application, today: date) -> Assessment:
    """Everything that the rules make of an application.

    ``today`` stands in where the day of acceptance was not said.
    """
    day = application.request.accepted_on or today
    papers = [f for check in CHECKS.values() for f in check(application, day)]
    return assess_guide(application, day, papers)


def assess_guide(
    application: Application, day: date, papers: Sequence[Finding], rules: Guide | None = None
) -> Assessment:
    """The guide's rules, given what the checks found in the papers.

    The matters carry the day on which they are due if they can go on; whether they can is said by
    :func:`pipeline.record.with_status`.
    """
    rules = rules or guide()
    facts = Facts(application, day, rules, WAYS, papers)
    stands = judge_materials(facts, papers)
    listed = materials(stands, application.documents) or tuple(_form_alone(application))
    findings = (
        *_relevant(papers, listed),
        *check_request(facts),
        *_check_matters(application),
        *check_eligibility(facts),
        *check_exclusions(facts),
        *check_materials(facts, stands, papers),
    )
    needed_by = _needed_by(facts, listed)
    return Assessment(
        applicant=applicant(facts),
        matters=tuple(_matters(facts)),
        materials=listed,
        findings=findings,
        ruleset=rules.ruleset,
        calendar=rules.calendar,
        needed_by=needed_by,
        needed_fields=_needed_fields(application, needed_by or {}),
    )


# ---------------------------------------------------------------- applicant and matters


def applicant(facts: Facts) -> Applicant:
    """The applicant: papers first, form second. Nothing is filled in that neither says."""
    person, request = facts.person, facts.request
    identity = facts.papers.identity

    def text(evidence: PaperEvidence | None) -> str | None:
        return None if evidence is None else evidence.value

    def printed(*fields: str) -> str | None:
        if identity is None:
            return None
        return text(facts.papers.evidence(identity, *fields))

    expiry = None if identity is None else facts.papers.expiry(identity)
    return Applicant.model_validate(
        {
            "category": text(person.category),
            "name": text(person.name),
            "sex": text(person.sex),
            "birth_date": text(person.birth),
            "ethnicity": text(person.ethnicity),
            "id_type": None if identity is None else identity.type.value,
            "id_number": text(person.number),
            "id_valid_from": printed("valid_from", "issue_date"),
            "id_valid_to": text(expiry),
            "household": _place(person.household_county, person.household),
            "residence": _place(person.residence_county, person.residence),
            "mobile": request.mobile,
            "postcode": request.postcode,
        }
    )


def _place(county: PaperEvidence | None, address: PaperEvidence | None) -> Place | None:
    if county is None and address is None:
        return None
    return Place(
        division=None if county is None else county.value,
        address=None if address is None else address.value,
    )


def _matters(facts: Facts) -> Iterator[Matter]:
    """The chosen matters. They are due only from a known day of acceptance."""
    request = facts.request
    for code in request.matters:
        row = facts.guide.matter(code)
        when = None
        if request.accepted_on is not None:
            when = due(row, request.channel, request.accepted_on, facts.guide.workdays)
        yield Matter(
            code=code,
            name=row.name,
            department=row.department,
            due_on=None if when is None else when.day.isoformat(),
            calendar=None if when is None else when.calendar,
        )


# ---------------------------------------------------------------- no matters


def _form_alone(application: Application) -> Iterator[Material]:
    """The application form, where the matters are not known and nothing else can be listed."""
    forms = application.of(DocumentType.APPLICATION_FORM)
    row = next(row for row in guide().materials if row.item == "G1")
    if not application.request.matters:
        yield Material(
            item=row.item,
            matters=(),
            name=row.name,
            status="unsure" if forms else "missing",
            documents=tuple(f.id for f in forms),
        )


def _check_matters(application: Application) -> Iterator[Finding]:
    """One word where it is not known what was applied for."""
    if application.request.matters:
        return
    name = "灵活就业参保“一件事”申请表"
    forms = application.of(DocumentType.APPLICATION_FORM)
    if forms:
        yield finding(
            "MAT-G1",
            severity=Severity.REVIEW,
            document=forms[0].id,
            field="matters",
            name=name,
            problem="申请事项未能读出",
            action="请对照申请表录入申请事项。",
        )
    elif application.typed is None:
        yield finding(
            "MAT-G1",
            name=name,
            problem="未提交，也没有录入的申请信息，申请事项不明，无法判断",
            action="请申请人填写申请表，或录入申请信息后再办理。",
        )
    else:
        yield finding(
            "MAT-G1",
            name=name,
            problem="未提交，录入的申请信息中没有申请事项",
            action="请申请人填写申请表，并录入申请事项。",
        )


# ---------------------------------------------------------------- papers nobody asked for


def _needed_by(facts: Facts, listed: Sequence[Material]) -> dict[str, tuple[str, ...]] | None:
    """Which chosen matters count on each paper: for a material, or a fact that a rule judges."""
    chosen = facts.request.matters
    if not chosen:
        return None
    needed: dict[str, set[str]] = {d.id: set() for d in facts.application.documents}
    for row in listed:
        for document in row.documents:
            needed[document] |= set(row.matters)
    for rule in facts.guide.eligibility:
        matters = set(rule.matters) & set(chosen)
        if matters and facts.holds(rule.when)[0] is not False:
            for document in facts[rule.fact].documents:
                needed[document] |= matters
    return {d: tuple(m for m in chosen if m in ms) for d, ms in needed.items()}


def _needed_fields(
    application: Application, needed_by: Mapping[str, tuple[str, ...]]
) -> dict[str, dict[str, frozenset[str]]]:
    """What of each paper the matters that count on it need: what packets.toml passes on, and what
    the rules look at. Forms are not limited: all of one is the request."""
    return {
        d.id: {m: fields_needed(m, d.type) | judged_fields(d) for m in needed_by.get(d.id, ())}
        for d in application.documents
        if d.type not in (DocumentType.APPLICATION_FORM, DocumentType.PHOTO, DocumentType.UNKNOWN)
    }


def _relevant(papers: Iterable[Finding], listed: Sequence[Material]) -> Iterator[Finding]:
    """The checks' findings. The state of a paper that no chosen matter counts on (an old card
    beside the valid one) is worth a note, and holds nothing up."""
    if not any(row.matters for row in listed):
        yield from papers
        return
    for found in papers:
        used = any(
            found.document in row.documents
            and (found.matter is None or found.matter in row.matters)
            for row in listed
        )
        if found.document is None or used or not found.rule.startswith(("DOC-", "PH-")):
            yield found
        else:
            yield found.model_copy(update={"severity": Severity.NOTE})
