"""The same fact on two papers: X1, X2, X5, X14.

Two papers that were both read with confidence contradict each other in earnest (`mend`); where
either reading is doubtful a person looks first (`review`). The paper that stands alone against
the others is the one that is named. Source: domain.md 1.13.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from pipeline.finding import Finding, Severity, finding, type_label
from pipeline.model import Application, Document, DocumentType
from pipeline.reference import names
from pipeline.reference.addresses import parse_address
from validators.person.certainty import (
    are_common,
    doubt,
    is_declared_surely,
    is_sure,
    is_sure_number,
    severity,
)
from validators.person.kinds import matters_touched, paper_of
from validators.person.whose import (
    Cast,
    Claim,
    alike,
    canonical_number,
    cast,
    comparable,
    same_script,
)
from validators.request.form import differences

REQUEST = "申请信息"
_CITIZENS = (DocumentType.ID_CARD, DocumentType.TEMPORARY_ID_CARD, DocumentType.HUKOU)
_JUDGED_ELSEWHERE = (DocumentType.PROXY_UNDERTAKING,)  # X15


def _label(claim: Claim) -> str:
    return type_label(claim.document.type)


def _agreed(claims: Sequence[Claim], key: Callable[[Claim], str | None]) -> Claim | None:
    """The claim that the others are held against: of what most papers say, the most telling."""
    votes = Counter(value for c in claims if (value := key(c)) is not None)
    if not votes:
        return None
    top = max(votes.values())
    return next(c for c in claims if (value := key(c)) is not None and votes[value] == top)


def _own(people: Cast) -> list[Claim]:
    return [c for c in people.of("applicant") if c.document.type not in _JUDGED_ELSEWHERE]


# ---------------------------------------------------------------- X1, X2: name and number


def check_names(application: Application, today: date) -> Iterator[Finding]:
    """X1: every paper of the applicant gives the same name; no paper is somebody else's."""
    people = cast(application)
    own = _own(people)
    reference = _agreed(own, lambda c: c.name)
    former = {
        names.normalise(value)
        for c in own
        if c.document.type == DocumentType.HUKOU and (value := c.document.value("former_name"))
    }
    renamed = {
        names.normalise(name)
        for change in application.request.changes
        if change.item == "name"
        for name in (change.old, change.new)
    }
    for claim in own:
        if reference is None or claim is reference or claim.name is None:
            continue
        assert reference.name is not None
        if {claim.name, reference.name} <= renamed:
            continue  # old and new name of a change registration: X13
        yield from _names_differ(claim, reference, former)
    for claim in people.of("other"):
        yield from _of_another(claim, reference, application, people)


def _names_differ(claim: Claim, reference: Claim, former: set[str]) -> Iterator[Finding]:
    assert claim.name is not None and reference.name is not None
    if not same_script(claim.name, reference.name):
        return
    likeness = names.compare(claim.name, reference.name)
    if likeness == "same":
        return
    level, why, remark = Severity.REVIEW, "", ""
    if former & {claim.name, reference.name}:
        why = "，但与户口簿曾用名相符"
    elif likeness == "variant":
        why = "，仅为异体字或繁体字之别"
    else:
        near = likeness == "near"
        why = "，仅一字之差" if near else ""
        both = (claim.name_reading, reference.name_reading)
        level = severity(
            *(is_sure(r, one_character=near) for r in both),
            not near or are_common(claim.name, reference.name),
        )
        remark = doubt(level)
    yield finding(
        "X1",
        severity=level,
        document=claim.document.id,
        field=claim.name_field,
        got=claim.name,
        expected=reference.name,
        where=_label(claim),
        other=_label(reference),
        why=why,
        doubt=remark,
    )


def _of_another(
    claim: Claim, reference: Claim | None, application: Application, people: Cast
) -> Iterator[Finding]:
    """A paper that names neither the applicant nor the proxy."""
    expected = reference.name if reference else next(iter(people.names), None)
    if claim.name is None or expected is None or not same_script(claim.name, expected):
        return
    if _names_applicant(claim.document, people):
        return
    spare = _is_spare(claim.document, application, people)
    open_to_others = paper_of(claim.document).person == "either"
    level = severity(is_sure(claim.name_reading), not spare, not open_to_others)
    yield finding(
        "X1",
        severity=level,
        document=claim.document.id,
        field=claim.name_field,
        got=claim.name,
        expected=expected,
        where=_label(claim),
        other=_label(reference) if reference else REQUEST,
        why="，可能是他人的材料",
        doubt=doubt(level),
    )


def _is_spare(document: Document, application: Application, people: Cast) -> bool:
    """Whether somebody else's paper is of a kind that no chosen matter needs, while the applicant's
    own is there: it is looked at. A needed one must be taken back or explained."""
    if matters_touched(application, document):
        return False
    return any(people.roles[d.id] == "applicant" for d in application.of(document.type))


def _names_applicant(document: Document, people: Cast) -> bool:
    """Whether the applicant stands elsewhere on the paper (a member of the household)."""
    texts = [r.value for r in document.fields.values()]
    texts += [r.value for rows in document.tables.values() for row in rows for r in row.values()]
    return any(known in text for known in (*people.names, *people.numbers) for text in texts)


def check_id_numbers_agree(application: Application, today: date) -> Iterator[Finding]:
    """X2: every paper of the applicant gives the same number (as far as papers of these kinds
    have one number)."""
    people = cast(application)
    own = _own(people)
    renumbered = {
        canonical_number(number)
        for change in application.request.changes
        if change.item == "id_number"
        for number in (change.old, change.new)
    }
    for claim in (*own, *people.of("other")):
        if claim.number is None:
            continue
        reference = _reference(claim, own)
        typed = next((n for n in people.numbers if alike(n, claim.number)), None)
        expected = reference.number if reference else typed
        if expected is None or claim.number == expected or {claim.number, expected} <= renumbered:
            continue  # old and new number of a change registration: X13
        other = claim not in own
        if other and _names_applicant(claim.document, people):
            continue
        spare = other and _is_spare(claim.document, application, people)
        level = severity(
            is_sure_number(claim.number_reading),
            reference is None or is_sure_number(reference.number_reading),
            not spare,
            not (other and paper_of(claim.document).person == "either"),
        )
        yield finding(
            "X2",
            severity=level,
            document=claim.document.id,
            field=claim.number_field,
            got=claim.number,
            expected=expected,
            where=_label(claim),
            other=_label(reference) if reference else REQUEST,
            doubt=doubt(level),
        )


def _reference(claim: Claim, own: Sequence[Claim]) -> Claim | None:
    """The applicant's paper that this number is held against: one whose number is sound first."""
    group = [c for c in own if comparable(claim, c)]
    sound = [c for c in group if is_sure_number(c.number_reading)]
    return _agreed(sound, _number) or _agreed(group, _number)


def _number(claim: Claim) -> str | None:
    return claim.number


# ---------------------------------------------------------------- X5: places


def check_issuer(application: Application, today: date) -> Iterator[Finding]:
    """X5: an ID card's issuing organ lies where its address does."""
    for document in application.of(DocumentType.ID_CARD):
        issuer = county_of_authority(document.value("issuing_authority") or "")
        address = parse_address(document.value("address") or "").code_current
        if issuer and address and issuer != address:
            yield finding(
                "X5",
                document=document.id,
                field="issuing_authority",
                got=document.value("issuing_authority"),
                expected=document.value("address"),
            )


def county_of_authority(text: str) -> str | None:
    """The county of an organ (博白县公安局, 南宁市公安局青秀分局); None where not certain."""
    found = re.fullmatch(r"(.+?)公安局(?:(.+?)(?:区|县)?(?:公安)?分局)?", text)
    if found is None:
        return None
    place, branch = found.groups()
    if branch is None:
        return parse_address(place).code_current
    codes = {parse_address(f"{place}{branch}{kind}").code_current for kind in "区县市"} - {None}
    return codes.pop() if len(codes) == 1 else None


# ---------------------------------------------------------------- X14: form and papers


def check_request_agrees(application: Application, today: date) -> Iterator[Finding]:
    """X14: what was typed or stands on the form is what the papers say."""
    people = cast(application)
    own = _own(people)
    request = application.request
    named = _agreed(own, lambda c: c.name)
    changed = {change.item for change in request.changes}
    if request.name and named and named.name and "name" not in changed:
        typed = names.normalise(request.name)
        if same_script(typed, named.name) and names.compare(typed, named.name) != "same":
            yield _x14("name", typed, named.name, _label(named), Severity.REVIEW)
    if request.id_number and "id_number" not in changed:
        yield from _number_differs(application, own)
    if application.typed is None or application.form is None:
        return
    for field, typed, written, sure in differences(application):
        level = Severity.REVIEW if sure else Severity.NOTE
        yield _x14(field, typed, written, "申请表", level)


def _number_differs(application: Application, own: Sequence[Claim]) -> Iterator[Finding]:
    """The number asked for stands on no paper. Where none has a number of that kind it may be
    another paper's, unless a paper shows that the applicant has a citizen number."""
    number = canonical_number(application.request.id_number or "")
    numbered = [c for c in own if c.number]
    if not numbered or number in {c.number for c in numbered}:
        return
    same_kind = [c for c in numbered if c.number and alike(c.number, number)]
    citizens = [c for c in numbered if c.document.type in _CITIZENS]
    against = _agreed(same_kind or citizens, _number)
    if against is None or against.number is None:
        return
    level = severity(
        is_declared_surely(application, "id_number"),
        is_sure_number(against.number_reading),
        bool(same_kind),
    )
    yield _x14("id_number", number, against.number, _label(against), level)


def _x14(field: str, got: str, expected: str, other: str, level: Severity) -> Finding:
    return finding("X14", severity=level, field=field, got=got, expected=expected, other=other)
