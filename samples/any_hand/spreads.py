"""Pages larger than a card: passports, disability booklets, registrations of lodgers."""

from __future__ import annotations

from datetime import date, timedelta

from samples.any_hand.filling import Face, Filling
from samples.any_hand.people import make_visitor
from samples.any_hand.rows import Item
from samples.layouts.dates import add_years, some_day
from samples.layouts.travel import mrz_lines
from samples.persons import TODAY, make_address, make_mobile, make_name, make_person, make_village
from samples.persons import places as divisions

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _western(day: date, form: str) -> str:
    month = _MONTHS[day.month - 1]
    forms = {
        "upper": f"{day.day:02d} {month} {day.year}",
        "title": f"{day.day:02d} {month.title()} {day.year}",
        "dots": f"{day:%d.%m.%Y}",
        "slashes": f"{day:%d/%m/%Y}",
    }
    return forms[form]


def passport(fill: Filling) -> list[Face]:
    """The data page of a foreigner's passport (domain.md 2.7)."""
    rng, family = fill.rng, fill.family
    who = make_visitor(rng)
    face = Face("data_page", family.title(country=who.english), portrait=who.sex,
                size=(125.0, 88.0), zoom=1.1)  # fmt: skip
    number = rng.choice("BCKLNPX") + f"{rng.randrange(9_000_000, 9_999_999)}"
    issued = some_day(rng, 2018, 2025)
    until = add_years(issued, 10)
    form = family.choose("western", ("upper", "upper", "title", "dots", "slashes"))
    sex = "M" if who.sex == "男" else "F"
    for label, text in (("type", "P"), ("code", who.nation)):
        face.items.append(Item(text, family.label(label), short=True))
    fill.put(face, "passport_number", number)
    face.items.append(Item(who.surname, family.label("surname")))
    face.items.append(Item(who.given, family.label("given_name")))
    fill.put(face, "nationality", who.english, who.nation)
    fill.put(face, "birth_date", _western(who.birth, form), who.birth.isoformat(), short=True)
    fill.put(face, "sex", sex, who.sex, short=True)
    if family.chance("birthplace", 0.7):
        face.items.append(Item(who.birthplace, family.label("birthplace")))
    fill.put(face, "issue_date", _western(issued, form), issued.isoformat(), short=True)
    fill.put(face, "valid_to", _western(until, form), until.isoformat(), short=True)
    face.zone = mrz_lines(
        who.nation, who.surname, who.given, number, who.nation, who.birth, sex, until
    )
    face.fields |= {"name": f"{who.surname} {who.given}", "mrz": "\n".join(face.zone)}
    return [face]


def disability_gen2(fill: Filling) -> list[Face]:
    """残疾人证 of the second generation: an opened booklet (domain.md 2.4)."""
    rng, family = fill.rng, fill.family
    person, guardian = make_person(rng, ages=(10, 68)), make_person(rng, ages=(25, 68))
    kinds, grades = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), "一二三四"
    kind, grade = rng.randrange(7), rng.randrange(4)
    number = f"{person.id_number}{kind + 1}{grade + 1}"
    issued = some_day(rng, 2017, 2025)
    until = add_years(issued, 10)
    office = person.place.county + "残疾人联合会"
    face = Face("spread", family.title(), portrait=person.sex, size=(176.0, 120.0), zoom=1.35,
                issuer=office)  # fmt: skip
    fill.put(face, "name", person.name)
    fill.put(face, "sex", person.sex, short=True)
    if family.chance("ethnicity", 0.5):
        fill.put(face, "ethnicity", person.ethnicity, short=True)
    b = person.birth
    fill.put(face, "birth_date", f"{b.year}年{b.month}月", f"{b:%Y-%m}")
    fill.put(face, "certificate_number", number)
    face.split = len(face.items)
    tail = "残疾" if family.chance("tail", 0.3) else ""
    fill.put(face, "category", kinds[kind] + tail, kinds[kind], short=True)
    fill.put(face, "grade", grades[grade] + "级", short=True)
    fill.put(face, "address", person.address)
    fill.put(face, "guardian", guardian.name)
    fill.put(face, "guardian_phone", guardian.mobile)
    fill.put(face, "issuing_authority", office)
    fill.put(face, "issue_date", fill.day(issued), issued.isoformat())
    fill.put(face, "valid_until", fill.day(until), until.isoformat())
    face.fields["id_number"], face.derived = person.id_number, ("id_number",)
    return [face]


def lodging_registration(fill: Filling) -> list[Face]:
    """境外人员住宿登记表: each town has a sheet of its own (domain.md 2.10)."""
    rng, family = fill.rng, fill.family
    who, here = make_visitor(rng), rng.choice(divisions())
    arrived = min(some_day(rng, 2025, 2026), TODAY - timedelta(days=9))
    station = f"{here.county}公安局{make_village(rng)}派出所"
    zoom = family.between("zoom", 1.45, 1.75)
    face = Face("form", family.title(), size=(210.0, 297.0), zoom=zoom, issuer=station)
    number = rng.choice("BCKLNPX") + f"{rng.randrange(9_000_000, 9_999_999)}"
    forms = ("{0}", "{0} {1}", "{1}")
    sex = family.choose("sex", forms).format(who.sex, "M" if who.sex == "男" else "F")
    nation = family.choose("nation", ("{0}", "{0}/{1}", "{1}")).format(who.country, who.nation)
    fill.put(face, "surname", who.surname, short=True)
    fill.put(face, "given_name", who.given, short=True)
    face.fields["name"] = f"{who.surname} {who.given}"
    fill.put(face, "chinese_name", who.chinese, short=True)
    fill.put(face, "sex", sex, who.sex, short=True)
    fill.put(face, "birth_date", fill.day(who.birth), who.birth.isoformat(), short=True)
    fill.put(face, "nationality", nation, who.nation, short=True)
    face.items.append(Item("护照", family.label("certificate_kind"), short=True))
    fill.put(face, "certificate_number", number, short=True)
    if family.chance("visa", 0.6):
        face.items.append(Item(family.choose("purpose", ("探亲", "工作", "学习")),
                               family.label("purpose"), short=True))  # fmt: skip
    leaving = arrived + timedelta(days=rng.randrange(20, 300))
    fill.put(face, "arrival_date", fill.day(arrived), arrived.isoformat(), short=True)
    fill.put(face, "departure_date", fill.day(leaving), leaving.isoformat(), short=True)
    fill.put(face, "address", make_address(rng, here))
    if family.chance("host", 0.7):
        face.items.append(
            Item(make_name(rng, rng.choice("男女"), 0), family.label("host"), short=True)
        )
        face.items.append(Item(make_mobile(rng), family.label("host_phone"), short=True))
    fill.put(face, "issuing_authority", station)
    day = min(arrived + timedelta(days=1), TODAY - timedelta(days=1))
    fill.put(face, "issue_date", fill.day(day), day.isoformat())
    return [face]
