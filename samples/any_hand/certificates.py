"""Cards of residents: identity, residence, social security, disability."""

from __future__ import annotations

from datetime import date, timedelta

from samples.any_hand.filling import Face, Filling
from samples.any_hand.people import make_newcomer
from samples.any_hand.rows import Item
from samples.layouts.dates import add_years, dotted, han, some_day
from samples.layouts.id_card import authority
from samples.layouts.plain_cards import bank_number
from samples.persons import TODAY, Person, make_address, make_person, places


def id_card(fill: Filling) -> list[Face]:
    """居民身份证: the law fixes its items and their order (domain.md 2.1)."""
    rng, family = fill.rng, fill.family
    person = make_person(rng)
    front, back = Face("portrait", portrait=person.sex), Face("emblem", family.title())
    fill.put(front, "name", person.name)
    fill.put(front, "sex", person.sex, short=True)
    fill.put(front, "ethnicity", person.ethnicity, short=True)
    fill.put(front, "birth_date", fill.birth(person), person.birth.isoformat())
    fill.put(front, "address", person.address)
    fill.put(front, "id_number", person.id_number, number=True, foot=True)
    issued = some_day(rng, 2008, 2026)
    age = issued.year - person.birth.year
    years = 5 if age < 16 else 10 if age < 26 else 20
    fill.put(back, "issuing_authority", authority(person, rng))
    fill.span(back, issued, None if age >= 46 else add_years(issued, years))
    return [front, back]


def temporary_id_card(fill: Filling) -> list[Face]:
    """临时居民身份证: one side with all items (domain.md 2.2)."""
    rng, family = fill.rng, fill.family
    person = make_person(rng)
    face = Face("portrait", family.title(), portrait=person.sex)
    fill.holder(face, person)
    fill.put(face, "birth_date", han(person.birth), person.birth.isoformat())
    fill.put(face, "address", person.address)
    fill.put(face, "id_number", person.id_number, number=True)
    fill.put(face, "issuing_authority", authority(person, rng))
    issued = TODAY - timedelta(days=rng.randrange(3, 85))
    fill.span(face, issued, _three_months_on(issued))
    return [face]


def _three_months_on(day: date) -> date:
    month = day.month + 3
    return date(day.year + (month - 1) // 12, (month - 1) % 12 + 1, min(day.day, 28))


def residence_permit(fill: Filling) -> list[Face]:
    """居住证: its layout is the province's own (domain.md 2.9)."""
    rng, family = fill.rng, fill.family
    person, here = make_newcomer(rng), rng.choice(places())
    current = make_address(rng, here)
    front = Face("front", family.title(prefecture=here.prefecture), portrait=person.sex)
    back = Face("back")
    if family.chance("back titled", 0.4):
        back.heading, front.heading = front.heading, ((), "")
    fill.holder(front, person)
    fill.put(front, "birth_date", fill.day(person.birth), person.birth.isoformat())
    fill.put(front, "address", person.address)
    one = family.chance("one side", 0.25)
    fill.put(front if one else back, "current_address", current)
    fill.put(front, "id_number", person.id_number, number=True, foot=family.chance("foot", 0.6))
    office = authority(Person("", "", "", person.birth, "", here, current, ""), rng)
    fill.put(back, "issuing_authority", office)
    issued = date(2026, rng.randrange(1, 11), rng.randrange(1, 29))
    if family.chance("span", 0.6):
        fill.span(back, issued, add_years(issued, 1))
    else:
        fill.split_span(back, issued, add_years(issued, 1))
    if family.chance("notes", 0.6):
        back.notes = (
            "持证人居住地住址变动的，应当及时办理变更。",
            "本证每年签注一次，逾期使用功能中止。",
        )
    return [front, back]


def social_security_card(fill: Filling) -> list[Face]:
    """社会保障卡 of one of its generations and places (domain.md 2.5)."""
    rng, family = fill.rng, fill.family
    person = make_person(rng, ages=(18, 68))
    face = Face("face", family.title(), portrait=person.sex)
    fill.put(face, "name", person.name)
    if family.chance("sex", 0.3):
        fill.put(face, "sex", person.sex, short=True)
    number = rng.choice("ABCDEFGHK") + f"{rng.randrange(90_000_000, 99_999_999)}"
    fill.put(face, "social_security_number", person.id_number)
    fill.put(face, "card_number", number)
    issued = some_day(rng, 2014, 2026)
    month = family.chance("month", 0.4)

    def day(value: date) -> tuple[str, str]:
        if month:
            return f"{value.year}年{value.month:02d}月", f"{value:%Y-%m}"
        return fill.day(value), value.isoformat()

    fill.put(face, "issue_date", *day(issued))
    if family.chance("until", 0.4):
        fill.put(face, "valid_to", *day(add_years(issued, 10)))
    if family.chance("bank", 0.5):
        bank = bank_number(rng)
        grouped = " ".join(bank[i : i + 4] for i in range(0, len(bank), 4))
        face.foot.append(Item(grouped if family.chance("grouped", 0.6) else bank, number=True))
        face.fields["bank_card_number"] = bank
    return [face]


def disability_gen3(fill: Filling) -> list[Face]:
    """残疾人证 of the third generation: a chip card (domain.md 2.4)."""
    rng, family = fill.rng, fill.family
    person, guardian = make_person(rng, ages=(10, 68)), make_person(rng, ages=(25, 68))
    kinds, grades = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), "一二三四"
    kind, grade = rng.randrange(7), rng.randrange(4)
    number = f"{person.id_number}{kind + 1}{grade + 1}"
    front, back = Face("front", family.title(), portrait=person.sex), Face("back")
    fill.put(front, "name", person.name)
    fill.put(front, "sex", person.sex, short=True)
    if family.chance("ethnicity", 0.6):
        fill.put(front, "ethnicity", person.ethnicity, short=True)
    if family.chance("birth", 0.4):
        fill.put(front, "birth_date", fill.day(person.birth), person.birth.isoformat())
    tail = "残疾" if family.chance("tail", 0.3) else ""
    fill.put(front, "category", kinds[kind] + tail, kinds[kind], short=True)
    fill.put(front, "grade", grades[grade] + "级", short=True)
    issued = some_day(rng, 2019, 2026)
    until = add_years(issued, 10)
    dates = front if family.chance("dates", 0.5) else back
    if dates is front:
        front.items.append(Item(f"{dotted(issued)}-{dotted(until)}", family.label("validity")))
        front.fields |= {"issue_date": issued.isoformat(), "valid_until": until.isoformat()}
    foot = family.chance("foot", 0.7)
    fill.put(front, "certificate_number", number, number=True, foot=foot)
    front.fields["id_number"], front.derived = person.id_number, ("id_number",)
    fill.put(back, "address", person.address)
    fill.put(back, "guardian", guardian.name)
    fill.put(back, "guardian_phone", guardian.mobile)
    fill.put(back, "issuing_authority", person.place.county + "残疾人联合会")
    if dates is back:
        fill.put(back, "issue_date", fill.day(issued), issued.isoformat())
        fill.put(back, "valid_until", fill.day(until), until.isoformat())
    back.notes = family.choose("notes", ((), ("中国残疾人联合会监制",)))
    return [front, back]
