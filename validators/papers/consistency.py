"""The same fact twice on one paper: X3, X4, X9 to X12, X20.

A paper that contradicts itself is a misreading or a forgery: always `review`. The finding stands
at the less certain of the two fields. Source: domain.md 1.13, 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.finding import Finding, field_label, finding, type_label
from pipeline.model import Application, Document, DocumentType
from pipeline.reference import countries, disability, idnumber, mrz, permits
from pipeline.reference.dates import LONG_TERM, to_date
from pipeline.reference.names import is_han
from validators.papers.validity import validity_of
from validators.person.kinds import first, paper_of
from validators.person.whose import claim_of, judged

ISSUE_GRACE_DAYS = 92
"""A card is made up to two months after it was applied for; age at application counts. Some
offices count by calendar year instead, so the age on 31 December is let pass as well [I]."""


def _pair(rule: str, document: Document, left: tuple[str, str], right: tuple[str, str]) -> Finding:
    """A finding about two fields of a paper, each with its value, at the less certain one.

    Both values are in the form in which they were compared.
    """
    (a, b) = (left, right)
    if _confidence(document, b[0]) < _confidence(document, a[0]):
        a, b = b, a
    return finding(
        rule,
        document=document.id,
        field=a[0],
        got=a[1],
        expected=b[1],
        where=type_label(document.type),
        other=field_label(b[0]),
    )


def _confidence(document: Document, field: str) -> float:
    reading = document.fields.get(field)
    return 1.0 if reading is None else reading.confidence - len(reading.doubts)


def sex_in(text: str) -> idnumber.Sex | None:
    """男 or 女 in what is printed (``男``, ``女/F``, ``M``), else None."""
    word = text.upper()
    male, female = "男" in word or word in ("M", "MALE"), "女" in word or word in ("F", "FEMALE")
    return None if male == female else ("男" if male else "女")


# ---------------------------------------------------------------- X3: number, birth date, sex


def check_number_fits_person(application: Application, today: date) -> Iterator[Finding]:
    """X3: birth date and sex are those in the citizen number."""
    for document in judged(application):
        if document.type == DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD:
            continue  # X11
        claim = claim_of(document)
        number = claim.number
        if number is None or not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
            continue
        birth = document.value("birth_date")
        inside = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        if birth and not inside.startswith(birth):
            yield _pair("X3", document, (claim.number_field, inside), ("birth_date", birth))
        sex = sex_in(document.value("sex") or "")
        if sex and sex != idnumber.sex_of(number):
            told = idnumber.sex_of(number)
            yield _pair("X3", document, (claim.number_field, told), ("sex", sex))


# ---------------------------------------------------------------- X4: validity and age


def check_validity_fits_age(application: Application, today: date) -> Iterator[Finding]:
    """X4: an ID card runs as long as its holder's age at issue says."""
    for document in application.of(DocumentType.ID_CARD):
        validity = validity_of(document.type)
        start = to_date(document.value("valid_from"))
        birth = to_date(document.value("birth_date"))
        found = first(document, paper_of(document).expiry)
        if validity is None or not start or not birth or found is None or birth > start:
            continue
        field, end = found
        if not validity.occurs(start, end.value):
            continue  # DOC-VALIDITY
        days = (start, start - timedelta(days=ISSUE_GRACE_DAYS), date(start.year, 12, 31))
        due = [band for day in days if (band := validity.due(birth, day)) is not None]
        if any(
            end.value == LONG_TERM
            if band.long_term
            else validity.model_copy(update={"years": (band.years,), "long_term": False}).occurs(
                start, end.value
            )
            for band in due
        ):
            continue
        yield finding(
            "X4",
            document=document.id,
            field=field,
            got=f"{start.isoformat()}至{end.value}",
            expected=LONG_TERM if due[0].long_term else f"{due[0].years}年",
            where=type_label(document.type),
        )


# ---------------------------------------------------------------- X9, X10


def check_disability_fits_number(application: Application, today: date) -> Iterator[Finding]:
    """X9: category and grade are those in the certificate's number."""
    for document in application.of(DocumentType.DISABILITY_CERTIFICATE):
        number = disability.clean(document.value("certificate_number") or "")
        if len(number) not in (20, 22):
            continue  # DIS-NUMBER
        inside = {
            "category": disability.CATEGORIES.get(number[18]),
            "grade": disability.GRADES.get(number[19]),
        }
        find = {"category": disability.find_category, "grade": disability.find_grade}
        for field, told in inside.items():
            value = document.value(field)
            printed = find[field](value) if value else None
            if printed and told and printed != told:
                yield finding("X9", document=document.id, field=field, got=printed, expected=told)


def check_permit_region(application: Application, today: date) -> Iterator[Finding]:
    """X10: a residence permit's pass number is of the region that its citizen number names."""
    for document in application.of(DocumentType.HMT_RESIDENCE_PERMIT):
        region = idnumber.HMT_REGIONS.get((document.value("id_number") or "")[:6])
        number = document.value("permit_number")
        if not region or not number:
            continue
        permit = permits.parse_travel_permit(number)
        if permit is None or permit.region != region or not permit.chinese:
            yield finding(
                "X10", document=document.id, field="permit_number", got=number, expected=region
            )


# ---------------------------------------------------------------- X11, X12: foreigners' papers


def check_foreign_card(application: Application, today: date) -> Iterator[Finding]:
    """X11: birth date, sex and country are those in a permanent residence card's number."""
    for document in application.of(DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD):
        found = first(document, paper_of(document).number)
        if found is None:
            continue
        field, text = found[0], found[1].value
        birth = to_date(document.value("birth_date"))
        old = permits.parse_foreign_card(text)
        try:
            new = None if old else idnumber.parse(text)
        except idnumber.InvalidIdNumber:
            continue  # ID-CHECKSUM
        if old is not None:
            inside, country = old.birth, countries.find(old.country)
            fits = birth is None or permits.birth_fits(old.birth, birth)
        else:
            assert new is not None
            inside, country = new.birth_date.isoformat(), countries.find(new.country or "")
            fits = birth is None or new.birth_date == birth
            sex = sex_in(document.value("sex") or "")
            if sex and sex != new.sex:
                yield _pair("X11", document, (field, new.sex), ("sex", sex))
        if not fits and birth is not None:
            yield _pair("X11", document, (field, inside), ("birth_date", birth.isoformat()))
        printed = countries.find(document.value("nationality") or "")
        if printed and country and printed.code != country.code:
            yield _pair("X11", document, (field, country.code), ("nationality", printed.code))


def check_passport_zones(application: Application, today: date) -> Iterator[Finding]:
    """X12: what a passport prints is what its machine-readable zone says.

    What a failed check digit covers is not compared: MRZ names it.
    """
    for document in application.of(DocumentType.PASSPORT):
        try:
            zone = mrz.parse(mrz.split(document.value("mrz") or ""))
        except mrz.InvalidMrz:
            continue
        for field, printed, told in _zone_pairs(document, zone, today):
            if printed and told and printed != told:
                yield finding(
                    "X12",
                    document=document.id,
                    field=field,
                    got=printed,
                    expected=told,
                    where=type_label(document.type),
                )


def _zone_pairs(
    document: Document, zone: mrz.Mrz, today: date
) -> Iterator[tuple[str, str | None, str | None]]:
    """Field, value printed, value of the zone; both in comparable form."""
    number = document.value("passport_number")
    if number and "number" not in zone.failed:
        yield "passport_number", permits.clean(number), zone.number
    days = (
        ("birth_date", "birth", mrz.birth_date(zone.birth, today)),
        ("valid_to", "expiry", mrz.expiry_date(zone.expiry, today)),
    )
    for field, check, day in days:
        if check not in zone.failed and day is not None:
            yield field, document.value(field), day.isoformat()
    told = {"M": "男", "F": "女"}.get(zone.sex)
    yield "sex", sex_in(document.value("sex") or ""), told
    printed = countries.find(document.value("nationality") or "")
    country = countries.find(zone.nationality)
    if printed and country:
        yield "nationality", printed.code, country.code
    name = document.value("name") or ""
    if not any(map(is_han, name)):
        # The zone may cut a long name off, and leaves signs out.
        letters, inside = (re.sub(r"[^A-Z]", "", n.upper()) for n in (name, zone.name))
        yield "name", letters, letters if letters.startswith(inside) else inside


# ---------------------------------------------------------------- X20: order of dates


def check_date_order(application: Application, today: date) -> Iterator[Finding]:
    """X20: no paper is dated after the day of acceptance, and none ends before it begins."""
    for document in judged(application):
        paper = paper_of(document)
        where = type_label(document.type)
        for name in paper.dated:
            day = to_date(document.value(name))
            if day is not None and day > today:
                yield finding(
                    "X20",
                    document=document.id,
                    field=name,
                    got=day.isoformat(),
                    where=where,
                    why="晚于受理日期",
                )
        end = first(document, paper.expiry)
        last = to_date(end[1].value) if end else None
        for name in ("valid_from", "issue_date"):
            start = to_date(document.value(name))
            if end and last and start and last < start:
                yield finding(
                    "X20",
                    document=document.id,
                    field=end[0],
                    got=last.isoformat(),
                    expected=start.isoformat(),
                    where=where,
                    why="早于起始日期",
                )
                break
