"""Papers against what they were handed in for: X13 (changes), X15 (proxy), X19 (residence permit).

Source: guide 五 (通用材料 3, 居民医保参保登记, 参保信息变更登记); domain.md 1.13.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.finding import Finding, Severity, field_label, finding, type_label
from pipeline.model import Application, Change, Document, DocumentType, Reading
from pipeline.reference import divisions
from pipeline.reference.addresses import parse_address
from pipeline.reference.dates import to_date
from validators.papers.validity import is_over
from validators.person.certainty import doubt, is_sure, is_sure_number, severity
from validators.person.kinds import first, paper_of
from validators.person.values import is_same
from validators.person.whose import Cast, cast, is_own_proxy, proxy_of

PROVED_ITEMS = ("name", "id_number", "birth_date", "ethnicity", "sex")
"""What a police station's proof can state and an ID card shows."""

NEEDS_PROOF = ("name", "id_number", "birth_date")
"""Important personal data (guide 五): these must be proved. Of the others an ID card that does not
show the new value yet is worth a look only."""

CHANGE_MATTERS = ("M6", "M8")
RESIDENCE_MATTERS = ("M5", "M7")


def _is_sure(item: str, reading: Reading) -> bool:
    return is_sure_number(reading) if item == "id_number" else is_sure(reading)


# ---------------------------------------------------------------- X13


def check_changes(application: Application, today: date) -> Iterator[Finding]:
    """X13: proof and form state the same old and new values; ID card and hukou booklet show the
    new ones."""
    people = cast(application)
    matters = [m for m in application.request.matters if m in CHANGE_MATTERS]
    own = [c.document for c in people.of("applicant")]
    proofs = application.of(DocumentType.POLICE_CHANGE_PROOF)
    for change in application.request.changes:
        if change.item not in PROVED_ITEMS:
            continue
        for matter in matters:
            for proof in proofs:
                yield from _proof(change, proof, matter)
            for paper in own:
                if paper.type == DocumentType.ID_CARD:
                    must = change.item in NEEDS_PROOF
                    yield from _shows_new(change, paper, matter, must)
                elif paper.type == DocumentType.HUKOU:
                    # Beside a police station's proof the booklet need not be the proof.
                    yield from _shows_new(change, paper, matter, not proofs)


def _x13(
    change: Change,
    reading: Reading,
    paper: Document,
    matter: str,
    *,
    counts: bool,
    field: str,
    expected: str,
    why: str,
) -> Finding:
    level = severity(_is_sure(change.item, reading), counts)
    return finding(
        "X13",
        severity=level,
        matter=matter,
        document=paper.id,
        field=field,
        got=reading.value,
        expected=expected,
        item=field_label(change.item),
        why=why,
        doubt=doubt(level),
    )


def _proof(change: Change, proof: Document, matter: str) -> Iterator[Finding]:
    for side, asked, words in (("old", change.old, "变更前"), ("new", change.new, "变更后")):
        field = f"{side}_{change.item}"
        reading = proof.fields.get(field)
        if reading is None or not reading.value or not asked:
            continue
        if not is_same(change.item, reading.value, asked):
            why = f"证明所载{words}的内容与申请填报的不一致"
            yield _x13(
                change, reading, proof, matter, counts=True, field=field, expected=asked, why=why
            )


def _shows_new(change: Change, paper: Document, matter: str, counts: bool) -> Iterator[Finding]:
    """Whether ID card or booklet shows the new value; ``counts``: whether it must."""
    reading = paper.fields.get(change.item)
    if reading is None or not reading.value or not change.new:
        return
    if not is_same(change.item, reading.value, change.new):
        yield _x13(
            change,
            reading,
            paper,
            matter,
            counts=counts,
            field=change.item,
            expected=change.new,
            why=f"{type_label(paper.type)}所载不是变更后的内容",
        )


# ---------------------------------------------------------------- X15


def check_proxy(application: Application, today: date) -> Iterator[Finding]:
    """X15: the proxy is another person, the undertaking names both, is signed and dated."""
    people = cast(application)
    declared = application.request.proxy
    found_names, numbers = proxy_of(application)
    if not found_names and not numbers:
        return
    if is_own_proxy(application, people):
        yield finding("X15", field="proxy", why="代办人与申请人是同一人")
    for undertaking in application.of(DocumentType.PROXY_UNDERTAKING):
        if declared is not None:
            yield from _agrees(undertaking, "proxy_name", declared.name, "申报的代办人")
            yield from _agrees(undertaking, "proxy_id_number", declared.id_number, "申报的代办人")
        for claim in people.of("proxy"):
            sure = is_sure(claim.name_reading)
            yield from _agrees(undertaking, "proxy_name", claim.name, "代办人证件", sure)
            sure = is_sure_number(claim.number_reading)
            yield from _agrees(undertaking, "proxy_id_number", claim.number, "代办人证件", sure)
            break
        yield from _applicant_named(undertaking, people)
        yield from _signed(undertaking)
        yield from _dated(undertaking, today)


def _agrees(
    undertaking: Document, field: str, expected: str | None, other: str, sure: bool = True
) -> Iterator[Finding]:
    item = "id_number" if field.endswith("id_number") else "name"
    reading = undertaking.fields.get(field)
    if reading is None or not reading.value or not expected:
        return
    if not is_same(item, reading.value, expected):
        yield finding(
            "X15",
            severity=severity(_is_sure(item, reading), sure),
            document=undertaking.id,
            field=field,
            got=reading.value,
            expected=expected,
            why=f"承诺书的“{field_label(field)}”与{other}不一致",
        )


def _applicant_named(undertaking: Document, people: Cast) -> Iterator[Finding]:
    for field, item, known in (
        ("applicant_name", "name", people.names),
        ("applicant_id_number", "id_number", people.numbers),
    ):
        if known and not any(
            is_same(item, undertaking.value(field) or value, value) for value in known
        ):
            yield from _agrees(undertaking, field, known[0], "申请人")


def _signed(undertaking: Document) -> Iterator[Finding]:
    signature = undertaking.marks.get("signature", "unsure")
    if signature == "yes":
        return
    missing = signature == "no"
    yield finding(
        "X15",
        severity=severity(missing),
        document=undertaking.id,
        field="signature",
        hint="请代办人本人在个人代办承诺书上签字。",
        todo="请代办人本人在承诺书上签字",
        why="承诺书没有代办人签字" if missing else "无法确认承诺书上是否有代办人签字",
    )


def _dated(undertaking: Document, today: date) -> Iterator[Finding]:
    for field in ("issue_date", "date"):
        reading = undertaking.fields.get(field)
        if reading is None:
            continue
        day = to_date(reading.value)
        if not reading.value:
            yield finding(
                "X15",
                severity=severity(is_sure(reading)),
                document=undertaking.id,
                field=field,
                why="承诺书没有填写日期",
            )
        elif day is not None and day > today:
            yield finding(
                "X15",
                severity=severity(is_sure(reading)),
                document=undertaking.id,
                field=field,
                got=day.isoformat(),
                expected=today.isoformat(),
                why="承诺书的日期晚于受理日期",
            )
        return


# ---------------------------------------------------------------- X19


def check_residence(application: Application, today: date) -> Iterator[Finding]:
    """X19: who enrols outside the household's county lives in the county of enrolment, by a permit
    that holds on the day of acceptance."""
    people = cast(application)
    matters = [m for m in application.request.matters if m in RESIDENCE_MATTERS]
    enrol = divisions.current_code(application.request.enrol_division or "")
    if not matters or enrol is None or _household_county(application, people) == enrol:
        return
    own = [c.document for c in people.of("applicant")]
    permits = [d for d in own if d.type == DocumentType.RESIDENCE_PERMIT]
    valid = [d for d in permits if not is_over(d, today)]
    if any(parse_address(d.value("current_address") or "").code_current == enrol for d in valid):
        return  # an older permit, or one of another place, does no harm beside it
    for document in valid or permits:
        yield from _permit_lapsed(document, matters, today)
        reading = document.fields.get("current_address")
        address = parse_address(reading.value) if reading else None
        if address is not None and address.code_current == enrol:
            continue
        if reading is None or address is None or not reading.value:
            level, why = (
                Severity.REVIEW,
                "上没有读到居住地住址（可能缺少背面），无法核对是否为参保地",
            )
        elif address.code_current is None:
            level, why = Severity.REVIEW, "的居住地住址不能确定所在县（市、区）"
        else:
            certain = address.method in ("current", "historic")
            level, why = severity(is_sure(reading), certain), "的居住地与参保地不是同一县（市、区）"
        for matter in matters:
            yield finding(
                "X19",
                severity=level,
                matter=matter,
                document=document.id,
                field="current_address",
                got=reading.value if reading else None,
                expected=divisions.full_name(enrol),
                why=why,
            )


def _permit_lapsed(document: Document, matters: list[str], today: date) -> Iterator[Finding]:
    found = first(document, paper_of(document).expiry)
    last = to_date(found[1].value) if found else None
    if found is None or last is None or last >= today:
        return
    for matter in matters:
        yield finding(
            "X19",
            severity=severity(is_sure(found[1])),
            matter=matter,
            document=document.id,
            field=found[0],
            got=last.isoformat(),
            expected=today.isoformat(),
            why="在受理日已过有效期",
        )


def _household_county(application: Application, people: Cast) -> str | None:
    """Where the household is: by the booklet, else by the ID card."""
    own = [c.document for c in people.of("applicant")]
    booklets = application.of(DocumentType.HUKOU)
    for document in (*booklets, *(d for d in own if d.type == DocumentType.ID_CARD)):
        county = parse_address(document.value("address") or "").code_current
        if county is not None:
            return county
    return None
