"""中华人民共和国残疾人证: the facts of a certificate (domain.md 2.4).

Number = citizen number + category digit + grade digit, with ``B`` and a count after a loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samples.draw import Kit
from samples.layouts.dates import add_years, some_day
from samples.persons import TODAY, Person, make_mobile, make_name

CATEGORIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
GRADES = ("一级", "二级", "三级", "四级")


@dataclass(frozen=True)
class Certificate:
    """What both generations print."""

    number: str
    category: str
    grade: str
    issued: date
    until: date
    guardian: str
    guardian_phone: str
    authority: str


def make_certificate(
    person: Person, kit: Kit, category: str | None = None, grade: str | None = None
) -> Certificate:
    """A certificate in force for ten years (now and then run out)."""
    rng = kit.rng
    category, grade = category or rng.choice(CATEGORIES), grade or rng.choice(GRADES)
    number = person.id_number + str(CATEGORIES.index(category) + 1) + str(GRADES.index(grade) + 1)
    if rng.random() < 0.15:
        number += f"B{rng.randrange(1, 4)}"
    issued = some_day(rng, 2017, 2025) if rng.random() < 0.92 else some_day(rng, 2010, 2015)
    while issued >= TODAY:
        issued = add_years(issued, -1)
    return Certificate(
        number=number,
        category=category,
        grade=grade,
        issued=issued,
        until=add_years(issued, 10),
        guardian=make_name(rng, rng.choice("男女"), 0.1),
        guardian_phone=make_mobile(rng),
        authority=f"{person.place.county}残疾人联合会",
    )


def certificate_fields(person: Person, cert: Certificate) -> dict[str, str]:
    """All fields of contract.md that a certificate may print."""
    return {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth.isoformat(),
        "certificate_number": cert.number,
        "category": cert.category,
        "grade": cert.grade,
        "issue_date": cert.issued.isoformat(),
        "valid_until": cert.until.isoformat(),
        "address": person.address,
        "guardian": cert.guardian,
        "guardian_phone": cert.guardian_phone,
        "id_number": person.id_number,
        "issuing_authority": cert.authority,
    }
