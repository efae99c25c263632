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

from pipeline.finding import Finding, Severity, field_label, finding, type_label
from pipeline.model import Application, Document, DocumentType
from pipeline.privacy import mask, shown
from pipeline.reference import divisions, names
from pipeline.reference.addresses import parse_address
from pipeline.reference.same_number import canonical_number
from validators.guide.guide import guide
from validators.person.certainty import (
    are_common,
    doubt,
    is_declared_surely,
    is_sure,
    is_sure_number,
    severity,
)
from validators.person.kinds import matters_touched, paper_of
from validators.person.strangers import GIVE_BACK, names_applicant, take_back
from validators.person.values import is_same
from validators.person.whose import (
    IDENTITY_OF_OWNER,
    Cast,
    Claim,
    alike,
    cast,
    comparable,
    foreign_forms,
    same_script,
)
from validators.request.form import differences, forms_differ

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
        if claim.document.type not in _JUDGED_ELSEWHERE:
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
        problem=f"上的“{field_label(claim.name_field)}”与{_label(reference)}不一致{why}",
        doubt=remark,
    )


def _of_another(
    claim: Claim, reference: Claim | None, application: Application, people: Cast
) -> Iterator[Finding]:
    """A paper that names neither the applicant nor the proxy: one finding, whatever of it differs.

    Where the applicant's own is there too, the stray one is given back and nothing is asked for.
    """
    expected = reference.name if reference else next(iter(people.names), None)
    if claim.name is None or expected is None or not same_script(claim.name, expected):
        return
    if names_applicant(claim.document, (people.names, people.numbers)):
        return
    label, document = _label(claim), claim.document
    whose = mask("name", claim.name)
    open_to_others = paper_of(document).person == "either"
    proves_group = open_to_others and bool(application.request.matters)
    unasked = not matters_touched(application, document) or (
        proves_group and not application.request.special_groups
    )
    spare = unasked or _is_spare(document, application, people)
    level = severity(is_sure(claim.name_reading), not spare, not open_to_others)
    proxy = _proxy_awaited(application, people)
    if open_to_others:
        problem = f"写的是{whose}，没有列出申请人"
        own = "请核对是否为申请人同户的证明；不是的请退回，请申请人提交列明本人的证明。"
        hint = GIVE_BACK if unasked else own
        todo = f"请换交写明您本人的{label}；写的是户主的，请带能看出您是家庭成员的证明或居民户口簿"
    elif proxy:
        problem = f"是{whose}的，既不是申请人的，也不是代办人{proxy}的"
        hint = f"请退回；代办人应提交{proxy}本人的证件。"
        todo = f"请取回他人的{label}；代办人请带{proxy}本人的有效身份证件"
    else:
        problem = f"是{whose}的，不是申请人的"
        hint = GIVE_BACK if spare else f"请退回该材料，请申请人提交本人的{label}。"
        todo = take_back(label) if spare else f"请取回，换交您本人的{label}"
    if unasked:
        todo = take_back(label)
    yield finding(
        "X1",
        severity=level,
        document=document.id,
        field=claim.name_field,
        file=document.pages[0].file if document.pages else None,
        got=claim.name,
        expected=expected,
        hint=hint,
        todo=todo,
        where=label,
        problem=problem,
        doubt=doubt(level) if not spare else "",
    )


def _proxy_awaited(application: Application, people: Cast) -> str:
    """The masked name of the proxy whose card was not handed in; empty where none is awaited."""
    if application.request.proxy is None or people.of("proxy"):
        return ""
    return mask("name", application.request.proxy.name)


def _is_spare(document: Document, application: Application, people: Cast) -> bool:
    """Whether the applicant's own paper of this kind, or another one that proves the same, lies
    beside somebody else's."""
    kinds = IDENTITY_OF_OWNER[:8] if document.type in IDENTITY_OF_OWNER[:8] else (document.type,)
    return any(people.roles[d.id] == "applicant" for d in application.of(*kinds))


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
        if claim.number is None or claim.document.type in _JUDGED_ELSEWHERE:
            continue
        reference = _reference(claim, own)
        typed = next((n for n in people.numbers if alike(n, claim.number)), None)
        expected = reference.number if reference else typed
        if expected is None or claim.number == expected or {claim.number, expected} <= renumbered:
            continue  # old and new number of a change registration: X13
        other = claim not in own
        if other and (
            names_applicant(claim.document, (people.names, people.numbers))
            or _is_told(claim, own, people)
        ):
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


def _is_told(claim: Claim, own: Sequence[Claim], people: Cast) -> bool:
    """Whether X1 says already that the paper is somebody else's."""
    known = next((c.name for c in own if c.name), None) or next(iter(people.names), None)
    return claim.name is not None and known is not None and same_script(claim.name, known)


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
    """X14: what was typed or stands on the form is what the papers say, and what a second form
    says. What the papers and the form have alike, and only the typing has otherwise, is a slip of
    the typist."""
    people = cast(application)
    foreign = foreign_forms(application)
    for form in foreign:
        yield _of_another_form(form, application, people)
    told = {"name", "id_number"} if foreign else set()
    for found in (*_person_differs(application, people),) if not foreign else ():
        told.add(found.field or "")
        yield found
    for difference in differences(application):
        if difference.key not in told:
            level = Severity.REVIEW if difference.sure else Severity.NOTE
            yield _x14(difference.key, difference.one, difference.other, ("录入", "申请表"), level)
    for form, difference in forms_differ(application):
        if form not in foreign:
            level = Severity.REVIEW if difference.sure else Severity.NOTE
            yield _x14(
                difference.key,
                difference.one,
                difference.other,
                ("一份申请表", "另一份申请表"),
                level,
                document=form.id,
                hint="两份申请表都已保留；请向申请人问明以哪一份为准，退回另一份。",
            )


def _of_another_form(form: Document, application: Application, people: Cast) -> Finding:
    """A form that somebody else filled in. Beside the applicant's own it is given back."""
    others = [d for d in application.of(DocumentType.APPLICATION_FORM) if d is not form]
    spare = bool(others)
    written = mask("name", form.value("name") or "")
    typed = application.typed
    by_typing = typed is not None and typed.name
    what = "录入的申请人" if by_typing else "所交证件"
    return finding(
        "X14",
        severity=severity(not spare),
        document=form.id,
        field="name",
        got=form.value("name"),
        expected=next(iter(people.names), None),
        hint="请退回该申请表；请申请人本人填写申请表，或提交申请表所写申请人的证件。",
        todo="请由您本人填写申请表并签名；如果证件交错了，请带申请表所写申请人的证件",
        reason=f"申请表写的是{written}，与{what}不是同一人",
    )


def _person_differs(application: Application, people: Cast) -> Iterator[Finding]:
    """Name and number as asked for, against the papers."""
    own = _own(people)
    request = application.request
    named = _agreed(own, lambda c: c.name)
    changed = {change.item for change in request.changes}
    if request.name and named and named.name and "name" not in changed:
        typed = names.normalise(request.name)
        if same_script(typed, named.name) and names.compare(typed, named.name) != "same":
            yield _against_papers(application, "name", typed, named.name, named, Severity.REVIEW)
    if request.id_number and "id_number" not in changed:
        yield from _number_differs(application, own)


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
    yield _against_papers(application, "id_number", number, against.number, against, level)


def _against_papers(
    application: Application, key: str, said: str, shown_: str, paper: Claim, level: Severity
) -> Finding:
    """What was asked for against a paper. Where the form agrees with the paper, the typist
    slipped: that is the clerk's to mend."""
    typed, form = application.typed, application.form
    is_typed = typed is not None and bool(getattr(typed, key))
    written = getattr(form, key) if form is not None else None
    source = "录入" if is_typed else "申请表"
    if is_typed and written and is_same(key, written, shown_):
        hint = f"申请表与{_label(paper)}一致，是录入有误；请更正录入，不需要申请人补正。"
        return _x14(
            key,
            said,
            shown_,
            (source, f"申请表和{_label(paper)}"),
            Severity.REVIEW,
            hint=hint,
            todo="录入有误的由窗口更正，不需要您补充",
        )
    return _x14(key, said, shown_, (source, _label(paper)), level)


def _in_words(key: str, value: str) -> str:
    """A value as a person reads it, masked where it is personal."""
    if key.endswith("division"):
        return divisions.full_name(value) or value
    if key == "matters":
        known = guide().codes
        return "、".join(guide().matter(c).short if c in known else c for c in value.split(","))
    return shown(key, value)


def _x14(
    key: str,
    got: str,
    expected: str,
    sources: tuple[str, str],
    level: Severity,
    *,
    document: str | None = None,
    hint: str | None = None,
    todo: str = "",
) -> Finding:
    """Both values in words, each with where it stands."""
    one, other = (
        f"{s}“{_in_words(key, v)}”" for s, v in zip(sources, (got, expected), strict=True)
    )
    return finding(
        "X14",
        severity=level,
        document=document,
        field=key,
        got=got,
        expected=expected,
        hint=hint,
        todo=todo,
        reason=f"“{field_label(key)}”不一致：{one}，{other}",
    )
