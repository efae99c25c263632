"""All rules over one application: the checks of the papers and the office guide together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipeline.contracts import Assessment
from pipeline.finding import Finding, Severity, finding
from pipeline.model import Application, Document, DocumentType
from pipeline.privacy import mask
from pipeline.record import Applicant, Delivery, Material, Matter, Place, Whole
from validators.checks import CHECKS
from validators.guide.declarations import DECLARATIONS
from validators.guide.due import due
from validators.guide.eligibility import check_eligibility, check_exclusions
from validators.guide.facts import Facts
from validators.guide.guide import Guide, guide
from validators.guide.materials import check_materials, judge_materials, materials
from validators.guide.places import PLACES
from validators.guide.rows import MaterialRow
from validators.guide.wording import full_words
from validators.output.packet import fields_needed
from validators.papers.given_back import check_given_back
from validators.person.kinds import judged_fields
from validators.person.papers import IDENTITY, PaperEvidence
from validators.request.own import own_case
from validators.request.typed import FILE, address_of, check_request

WAYS = {**DECLARATIONS, **PLACES}
"""How every fact of :mod:`validators.guide.vocabulary` is computed."""


def assess(application: Application, today: date) -> Assessment:
    """Everything that the rules make of an application.

    ``today`` stands in where the day of acceptance was not said.
    """
    said = own_case(application)
    own = said.application
    day = own.request.accepted_on or today
    papers = [f for check in CHECKS.values() for f in check(own, day)]
    made = assess_guide(own, day, papers, today=today)
    findings = (*check_given_back(own, day), *made.findings)
    if said.mistyped:
        findings = (_mistyped(application, own), *_undemanded(findings))
    needed_by = made.needed_by
    if needed_by is not None:
        needed_by = {**needed_by, **{d.id: () for d in own.aside}}
    return replace(made, findings=findings, needed_by=needed_by)


def _mistyped(application: Application, own: Application) -> Finding:
    """What was typed is another person's: the clerk's to correct."""
    typed = (application.typed and application.typed.name) or ""
    shown = own.request.name or ""
    return finding(
        "X14",
        severity=Severity.REVIEW,
        field="name",
        file=FILE,
        got=typed,
        expected=shown,
        hint="请核对是否录入了另一人的申请信息；更正录入后重新检查，不需要申请人补正。",
        todo="录入有误的由窗口更正，不需要您补充",
        reason=f"录入的申请人是{mask('name', typed)}，所交材料都是{mask('name', shown)}的",
    )


def _undemanded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Nothing is demanded or refused as long as the typing is doubted. What rests on what was typed
    is worth a note, what papers say a look."""
    for found in findings:
        level = found.severity
        if level != Severity.NOTE and found.rule.startswith(("MAT-", "E-", "EXC-", "X14")):
            level = Severity.NOTE
        elif level in (Severity.MEND, Severity.REJECT):
            level = Severity.REVIEW
        yield found.model_copy(update={"severity": level})


def assess_guide(
    application: Application,
    day: date,
    papers: Sequence[Finding],
    rules: Guide | None = None,
    today: date | None = None,
) -> Assessment:
    """The guide's rules, given what the checks found in the papers.

    The matters carry the day on which they are due if they can go on; whether they can is said by
    :func:`pipeline.record.with_status`.
    """
    rules = rules or guide()
    facts = Facts(application, day, rules, WAYS, papers, today)
    stands = judge_materials(facts, papers)
    listed = materials(stands, application.documents, application.request.channel)
    judged = (*_without_repeats(facts, papers), *check_exclusions(facts))
    refused = _refused(facts, judged)
    findings = (
        *_relevant(papers, listed),
        *check_request(facts),
        *_check_matters(facts),
        *judged,
        *check_materials(facts, stands, (*papers, *judged), refused),
    )
    needed_by = _needed_by(facts, listed)
    return Assessment(
        applicant=applicant(facts),
        matters=tuple(_matters(facts)),
        materials=listed or tuple(_for_any_matter(facts)),
        findings=tuple(_unasked(findings, facts, refused)),
        ruleset=rules.ruleset,
        calendar=rules.calendar,
        whole=_whole(facts),
        delivery=_delivery(facts),
        needed_by=needed_by,
        needed_fields=_needed_fields(application, needed_by or {}),
    )


# ---------------------------------------------------------------- what is refused


def _refused(facts: Facts, judged: Iterable[Finding]) -> frozenset[str]:
    """The matters that are closed to the applicant, with those that rest on nothing else. A pair
    that excludes each other is not: one of the two will be kept, and its papers must be known."""
    closed = {
        f.matter
        for f in judged
        if f.severity == Severity.REJECT and f.matter and not f.rule.startswith("EXC-")
    }
    for code in facts.request.matters:
        bases = set(_rests_on(code, facts))
        if bases and bases <= closed:
            closed.add(code)
    return frozenset(closed)


def _unasked(
    findings: Iterable[Finding], facts: Facts, refused: frozenset[str]
) -> Iterator[Finding]:
    """For a refused matter nothing is asked: what would mend its papers is worth a note."""
    nothing_left = bool(refused) and refused == set(facts.request.matters)
    for found in findings:
        asked = found.severity == Severity.MEND
        if asked and (found.matter in refused or (nothing_left and found.matter is None)):
            yield found.model_copy(update={"severity": Severity.NOTE})
        else:
            yield found


def _without_repeats(facts: Facts, papers: Sequence[Finding]) -> Iterator[Finding]:
    """What :func:`check_eligibility` finds; E-1 only where no check of the identity paper says for
    all chosen matters that it has expired."""
    told: dict[str | None, set[str | None]] = {}
    for found in papers:
        if found.rule == "DOC-EXPIRED" and found.severity != Severity.NOTE:
            told.setdefault(found.document, set()).add(found.matter)
    for found in check_eligibility(facts):
        matters = told.get(found.document, set())
        everywhere = None in matters or matters >= set(facts.request.matters)
        if found.rule != "E-1" or not (matters and everywhere):
            yield found


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
            rests_on=tuple(_rests_on(code, facts)),
            due_on=None if when is None else when.day.isoformat(),
            calendar=None if when is None else when.calendar,
        )


def _rests_on(code: str, facts: Facts) -> Iterator[str]:
    """The chosen matters without which this one has nothing to go by."""
    for row in facts.guide.table.dependency:
        if row.matter == code and not (row.unless and facts.holds(row.unless)[0]):
            yield from (m for m in facts.request.matters if m in row.on)


def _whole(facts: Facts) -> Whole | None:
    """When all of it is due (guide 六): from a known day of acceptance."""
    accepted, limits = facts.request.accepted_on, facts.guide.limits
    if accepted is None or not facts.request.matters:
        return None
    calendar = facts.guide.workdays
    promised = calendar.after(accepted, limits.promised_workdays)
    lawful = calendar.after(accepted, limits.statutory_workdays)
    return Whole(
        due_on=promised.day.isoformat(),
        statutory_on=lawful.day.isoformat(),
        calendar=promised.calendar,
    )


def _delivery(facts: Facts) -> Delivery | None:
    """How the result goes back (guide 七/(三)); by mail with all that the envelope needs."""
    request = facts.request
    if request.delivery is None:
        return None
    if request.delivery != "mail":
        return Delivery(way=request.delivery, mobile=request.mobile)
    name = facts.person.name
    return Delivery(
        way="mail",
        name=None if name is None else name.value,
        address=address_of(facts),
        mobile=request.mobile,
        postcode=request.postcode,
    )


# ---------------------------------------------------------------- no matters


def _for_any_matter(facts: Facts) -> Iterator[Material]:
    """Form and identity paper, where the matters are not known and nothing else can be listed."""
    for row in guide().materials[:2]:
        held = _held(row, facts)
        yield Material(
            item=row.item,
            matters=(),
            name=row.name,
            status="unsure" if held else "missing",
            documents=tuple(d.id for d in held[:1]),
        )


def _held(row: MaterialRow, facts: Facts) -> tuple[Document, ...]:
    """What was handed in of this item's papers, as far as it may be the applicant's."""
    kinds = tuple(dict.fromkeys(way.type for way in row.accepts))
    if row.item == "G1":
        return facts.application.of(*kinds)
    return tuple(d for d in facts.papers.owned(*kinds) if d.type in IDENTITY)


def _check_matters(facts: Facts) -> Iterator[Finding]:
    """What is known to lack where it is not known what was applied for: form and identity."""
    application = facts.application
    if application.request.matters:
        return
    form_row, identity_row = guide().materials[:2]
    forms = application.of(DocumentType.APPLICATION_FORM)
    if forms:
        yield finding(
            "MAT-G1",
            severity=Severity.REVIEW,
            document=forms[0].id,
            field="matters",
            name=form_row.name,
            problem="申请事项未能读出",
            action="请对照申请表录入申请事项。",
        )
    elif application.typed is None:
        yield finding(
            "MAT-G1",
            name=form_row.name,
            problem="未提交，也没有录入的申请信息，申请事项不明，无法判断",
            action="请申请人填写申请表，或录入申请信息后再办理。",
        )
    else:
        yield finding(
            "MAT-G1",
            name=form_row.name,
            problem="未提交，录入的申请信息中没有申请事项",
            action="请申请人填写申请表，并录入申请事项。",
        )
    if not _held(identity_row, facts):
        yield finding(
            "MAT-G2",
            name=identity_row.name,
            problem="未提交",
            action=f"请申请人{full_words(identity_row)}。",
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
        if rule.outcomes and all(o.severity == Severity.NOTE for o in rule.outcomes.values()):
            continue  # what is only worth a note needs no paper
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
