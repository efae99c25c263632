"""Numbers that a paper or the form gives, each by its own grammar: nothing is compared here.

Findings about a paper are `review`: a number that contradicts itself is a misreading or a
forgery, and only a person with the original can tell. Sources: domain.md 2.1, 2.4 to 2.8, 3.7, 3.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from pipeline.finding import Finding, Severity, finding, type_label
from pipeline.model import Application, Document, DocumentType
from pipeline.reference import contact, disability, divisions, idnumber, mrz, permits, uscc
from pipeline.reference.addresses import parse_address
from pipeline.reference.text import is_digits
from validators.person.certainty import is_declared_surely, severity
from validators.person.whose import judged

CITIZEN_NUMBER_FIELDS = (
    "id_number",
    "social_security_number",
    "proxy_id_number",
    "applicant_id_number",
    "old_id_number",
    "new_id_number",
)
ADDRESS_FIELDS = ("address", "current_address")
FORM = "申请信息"
ABOLISHED_GRACE_YEARS = 2
"""Registrars went on using a code for a while after it was abolished, and the tables' years are
those of their year-end lists."""

_WHY_ID = {
    "length": "位数不对",
    "charset": "含有不应出现的字符",
    "check": "校验位不符",
}
_WHY_DISABILITY = {
    "length": "位数不对",
    "charset": "含有不应出现的字符",
    "category": "残疾类别代码超出1至7",
    "grade": "残疾等级代码超出1至4",
    "id_number": "前18位不是有效的公民身份号码",
}
_WHY_USCC = {
    "length": "应为18位",
    "charset": "含有不应出现的字符",
    "department": "登记管理部门代码无效",
    "division": "第3至8位不是行政区划码",
    "check": "校验位不符",
}
_WHY_MRZ = {
    "number": "证件号码",
    "birth": "出生日期",
    "expiry": "有效期",
    "optional": "个人编号",
    "composite": "总",
}
_CITIZENS_ONLY = frozenset(
    {
        DocumentType.ID_CARD,
        DocumentType.TEMPORARY_ID_CARD,
        DocumentType.HUKOU,
        DocumentType.RESIDENCE_PERMIT,
        DocumentType.HMT_RESIDENCE_PERMIT,
    }
)
"""Papers that print a number of the citizen kind and no other."""
_FREE_FORM = frozenset(
    {
        DocumentType.TRANSFER_LETTER,
        DocumentType.SEPARATION_DOCUMENT,
        DocumentType.CIVIL_AFFAIRS_PROOF,
        DocumentType.GROUP_PROOF,
        DocumentType.LODGING_REGISTRATION,
    }
)
"""Letters may mask a number, or give a passport's in its place."""


def check_id_numbers(application: Application, today: date) -> Iterator[Finding]:
    """ID-CHECKSUM, ID-BIRTH, ID-FUTURE, ID-DIVISION of all papers and of what was typed."""
    for document in judged(application):
        for name in CITIZEN_NUMBER_FIELDS:
            reading = document.fields.get(name)
            if reading is None or not reading.value or _is_another_kind(document, reading.value):
                continue
            if document.type == DocumentType.DISABILITY_CERTIFICATE:
                continue  # taken out of the certificate's number, which DIS-NUMBER judges
            where = type_label(document.type)
            yield from _id_number(reading.value, name, where, document.id, today)
    typed = application.request.id_number
    if typed and not _is_foreign_number(typed):
        yield from _id_number(typed, "id_number", FORM, None, today)
    proxy = application.request.proxy
    if proxy is not None and proxy.id_number and not _is_foreign_number(proxy.id_number):
        yield from _id_number(proxy.id_number, "proxy_id_number", FORM, None, today)


def _is_another_kind(document: Document, number: str) -> bool:
    """Whether this paper may rightly give a number that is no citizen's."""
    if document.type in _FREE_FORM:
        return len(idnumber.clean(number)) not in (15, 18) or "*" in number
    return document.type not in _CITIZENS_ONLY and _is_foreign_number(number)


def _is_foreign_number(number: str) -> bool:
    """Whether this is a travel permit's, a passport's or a foreigner's card's number."""
    return (
        permits.parse_travel_permit(number) is not None
        or permits.parse_foreign_card(number) is not None
        or (permits.is_passport_number(number) and not is_digits(idnumber.clean(number)))
    )


def _id_number(
    text: str, field: str, where: str, document: str | None, today: date
) -> Iterator[Finding]:
    def found(rule: str, severity: Severity | None = None, why: str = "") -> Finding:
        return finding(
            rule,
            severity=severity,
            document=document,
            field=field,
            got=text,
            where=where,
            why=why,
        )

    try:
        number = idnumber.parse(text)
    except idnumber.InvalidIdNumber as error:
        if error.code == "birth":
            yield found("ID-BIRTH")
        else:
            yield found("ID-CHECKSUM", why=_WHY_ID[error.code])
            birth = idnumber.clean(text)[6:14]
            if error.code == "check" and idnumber.birth_of(birth) is None:
                yield found("ID-BIRTH")
        return
    if number.birth_date > today:
        yield found("ID-FUTURE")
    if number.kind != "citizen":
        return
    if not divisions.existed(number.division):
        yield found("ID-DIVISION", why="不是已知的行政区划代码")
        return
    last = divisions.last_year(number.division)
    if last is not None and last + ABOLISHED_GRACE_YEARS < number.birth_date.year:
        yield found("ID-DIVISION", Severity.NOTE, why=f"所示区划已于{last}年后撤销，早于出生年份")


def check_disability_numbers(application: Application, today: date) -> Iterator[Finding]:
    """DIS-NUMBER, of every disability certificate."""
    for document in judged(application):
        if document.type != DocumentType.DISABILITY_CERTIFICATE:
            continue
        number = document.value("certificate_number")
        if not number:
            continue
        why = ""
        try:
            parsed = disability.parse(number)
        except disability.InvalidDisabilityNumber as error:
            why = _WHY_DISABILITY[error.code]
        else:
            if idnumber.parse(parsed.id_number).birth_date > today:
                why = "其中的出生日期晚于受理日期"
        if why:
            yield finding(
                "DIS-NUMBER", document=document.id, field="certificate_number", got=number, why=why
            )


def check_phones(application: Application, today: date) -> Iterator[Finding]:
    """PHONE: what was typed must be reachable; what papers print is worth a look at most."""
    request = application.request
    if request.mobile and not contact.is_mobile(request.mobile):
        yield finding(
            "PHONE",
            severity=severity(is_declared_surely(application, "mobile")),
            field="mobile",
            got=request.mobile,
            where=FORM,
        )
    for change in request.changes:
        fits = {"mobile": contact.is_mobile, "office_phone": contact.is_phone}.get(change.item)
        if fits is not None and change.new and not fits(change.new):
            yield finding("PHONE", field=change.item, got=change.new, where="变更后")
    for document in application.documents:
        if document.type == DocumentType.APPLICATION_FORM:
            continue  # the form is read into the request
        for name, reading in document.fields.items():
            is_number = name.endswith(("phone", "mobile"))
            if not is_number or not reading.value or contact.is_phone(reading.value):
                continue
            of_proxy = document.type == DocumentType.PROXY_UNDERTAKING
            yield finding(
                "PHONE",
                severity=Severity.REVIEW if of_proxy else Severity.NOTE,
                document=document.id,
                field=name,
                got=reading.value,
                where=type_label(document.type),
            )


def check_postcodes(application: Application, today: date) -> Iterator[Finding]:
    """POSTCODE: six digits; a hint where it is none of the places that the papers name."""
    request = application.request
    typed = [("postcode", request.postcode or "")]
    typed += [("postcode", c.new) for c in request.changes if c.item == "postcode"]
    for field, postcode in typed:
        if not postcode:
            continue
        if not contact.is_postcode(postcode):
            yield finding(
                "POSTCODE",
                severity=severity(is_declared_surely(application, field)),
                field=field,
                got=postcode,
                where=FORM,
                why="不是6位数字",
            )
        elif _is_of_no_place(postcode, application):
            yield finding(
                "POSTCODE",
                severity=Severity.NOTE,
                field=field,
                got=postcode,
                where=FORM,
                why="与户籍地、居住地和参保地的邮政编码都不一致",
            )


def _is_of_no_place(postcode: str, application: Application) -> bool:
    """Whether every place that the papers name is known, and none has this postcode, nor the
    place of enrolment."""
    places = [
        parse_address(text).code_current
        for document in application.documents
        for name in ADDRESS_FIELDS
        if (text := document.value(name))
    ]
    if not places:
        return False
    if application.request.enrol_division:
        places.append(application.request.enrol_division)
    return all(
        place is not None and contact.postcode_fits(postcode, place) is False for place in places
    )


def check_bank_numbers(application: Application, today: date) -> Iterator[Finding]:
    """LUHN: the bank account number of a social security card."""
    for document in application.of(DocumentType.SOCIAL_SECURITY_CARD):
        number = document.value("bank_card_number")
        if number and not contact.is_bank_number(number):
            yield finding("LUHN", document=document.id, field="bank_card_number", got=number)


def check_credit_codes(application: Application, today: date) -> Iterator[Finding]:
    """USCC: the social credit code that a letter prints."""
    for document in application.documents:
        code = document.value("uscc")
        if not code:
            continue
        try:
            uscc.parse(code)
        except uscc.InvalidUscc as error:
            yield finding(
                "USCC",
                document=document.id,
                field="uscc",
                got=code,
                where=type_label(document.type),
                why=_WHY_USCC[error.code],
            )


def check_machine_zones(application: Application, today: date) -> Iterator[Finding]:
    """MRZ: shape and check digits of a passport's machine-readable zone. The zones of travel
    permits follow rules of their own, which are not public (domain.md 2.7)."""
    for document in application.of(DocumentType.PASSPORT):
        zone = document.value("mrz")
        if not zone:
            continue
        try:
            failed: Iterable[str] = mrz.parse(mrz.split(zone)).failed
        except mrz.InvalidMrz:
            why = "行数、长度或字符不符合规范"
        else:
            if not failed:
                continue
            why = f"中{'、'.join(_WHY_MRZ[name] for name in failed)}校验位不符"
        yield finding(
            "MRZ",
            document=document.id,
            field="mrz",
            got=re.sub(r"\s+", " ", zone),
            where=type_label(document.type),
            why=why,
        )
