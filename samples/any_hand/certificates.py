"""What the faces of cards print, and the truth of it: by kind, without any layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from samples.any_hand.family import Family
from samples.any_hand.people import make_hmt, make_newcomer, make_visitor
from samples.any_hand.rows import Item
from samples.layouts.dates import add_years, dotted, han, some_day
from samples.layouts.id_card import authority
from samples.layouts.plain_cards import bank_number
from samples.layouts.travel import fpr_number, mrz_digit
from samples.persons import TODAY, Person, make_address, make_person, places

_WRAPPED = ("address", "current_address", "issuing_authority")
"""Values that issues break over lines."""


@dataclass
class Face:
    """One side of a card. ``heading`` is the title and its translation; ``foot`` items stand at the
    lower edge; ``notes`` is small print; ``zone`` machine-readable lines; ``portrait`` the holder's
    sex, or "" where the side has no picture."""

    name: str
    heading: tuple[tuple[str, ...], str] = ((), "")
    items: list[Item] = field(default_factory=list)
    foot: list[Item] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    portrait: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()


class Filling:
    """Fills faces: each value is drawn and noted as truth in one call."""

    def __init__(self, family: Family, rng: Random):
        self.family, self.rng = family, rng

    def day(self, day: date) -> str:
        """A date in the family's own form."""
        forms: Mapping[str, str] = {
            "dotted": dotted(day), "han": han(day), "padded": han(day, padded=True),
            "iso": f"{day:%Y-%m-%d}",
        }  # fmt: skip
        allowed = ("dotted", "dotted", "han", "padded", "iso")
        return forms[self.family.choose("date", allowed)]

    def put(
        self, face: Face, name: str, text: str, truth: str | None = None, *, short: bool = False,
        number: bool = False, foot: bool = False, **values: str,
    ) -> None:  # fmt: skip
        """Add the value of a field; ``truth`` where it is not as printed."""
        item = Item(text, self.family.label(name, **values), short, number, name in _WRAPPED)
        (face.foot if foot else face.items).append(item)
        face.fields[name] = text if truth is None else truth

    def span(self, face: Face, first: date, last: date | None) -> None:
        """A validity printed as one value."""
        end = dotted(last) if last else "长期"
        label = self.family.label("validity")
        face.items.append(Item(f"{dotted(first)}-{end}", label))
        face.fields["valid_from"] = first.isoformat()
        face.fields["valid_to"] = last.isoformat() if last else "长期"

    def split_span(self, face: Face, first: date, last: date) -> None:
        """A validity printed as two dates."""
        self.put(face, "valid_from", self.day(first), first.isoformat())
        self.put(face, "valid_to", self.day(last), last.isoformat())

    def holder(self, face: Face, person: Person, *, ethnicity: bool = True) -> None:
        """Name, sex, ethnic group, birth."""
        self.put(face, "name", person.name)
        self.put(face, "sex", person.sex, short=True)
        if ethnicity:
            tail = "族" if self.family.chance("族", 0.12) else ""
            self.put(face, "ethnicity", person.ethnicity + tail, short=True)


def id_card(fill: Filling) -> list[Face]:
    """居民身份证: the law fixes its items and their order (domain.md 2.1)."""
    rng, family = fill.rng, fill.family
    person = make_person(rng)
    front, back = Face("portrait", portrait=person.sex), Face("emblem", family.title())
    fill.put(front, "name", person.name)
    fill.put(front, "sex", person.sex, short=True)
    fill.put(front, "ethnicity", person.ethnicity, short=True)
    fill.put(front, "birth_date", _birth(person, fill), person.birth.isoformat())
    fill.put(front, "address", person.address)
    fill.put(front, "id_number", person.id_number, number=True, foot=True)
    issued = some_day(rng, 2008, 2026)
    age = issued.year - person.birth.year
    years = 5 if age < 16 else 10 if age < 26 else 20
    fill.put(back, "issuing_authority", authority(person, rng))
    fill.span(back, issued, None if age >= 46 else add_years(issued, years))
    return [front, back]


def _birth(person: Person, fill: Filling) -> str:
    b = person.birth
    return f"{b.year}年 {b.month}月 {b.day}日" if fill.family.chance("gaps", 0.4) else han(b)


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


def hmt_residence_permit(fill: Filling) -> list[Face]:
    """港澳台居民居住证 (domain.md 2.6)."""
    rng, family = fill.rng, fill.family
    person = make_hmt(rng)
    region = "台湾" if person.id_number.startswith("83") else "港澳"
    front, back = Face("portrait", portrait=person.sex), Face("back", family.title(region=region))
    fill.holder(front, person, ethnicity=False)
    fill.put(front, "birth_date", _birth(person, fill), person.birth.isoformat())
    fill.put(front, "address", person.address)
    fill.put(front, "id_number", person.id_number, number=True, foot=True)
    issued = some_day(rng, 2022, 2026)
    fill.put(back, "issuing_authority", authority(person, rng))
    fill.span(back, issued, add_years(issued, 5))
    letter = {"81": "H", "82": "M", "83": ""}[person.id_number[:2]]
    fill.put(back, "permit_number", f"{letter}{rng.randrange(90_000_000, 99_999_999)}")
    fill.put(back, "issue_count", f"{rng.randrange(1, 4):02d}", short=True)
    return [front, back]


def _travel(fill: Filling, person: Person, title: dict[str, str], years: int) -> tuple[Face, date]:
    rng, family = fill.rng, fill.family
    front = Face("front", family.title(**title), portrait=person.sex)
    english = f"{person.english[0]}, {person.english[1]}"
    name = Item(f"{person.name}\n{english}", family.label("name"))
    front.items.append(name)
    front.fields |= {"name": person.name, "english_name": english}
    sex = person.sex + (" / M" if person.sex == "男" else " / F") * family.chance("MF", 0.25)
    birth = [
        ("birth_date", dotted(person.birth), person.birth.isoformat()),
        ("sex", sex, person.sex),
    ]
    for key, text, truth in birth if family.chance("birth first", 0.6) else birth[::-1]:
        fill.put(front, key, text, truth, short=True)
    issued = some_day(rng, 2022, 2026)
    until = add_years(issued, years)
    fill.span(front, issued, until)
    offices = ("公安部出入境管理局", "中华人民共和国出入境管理局")
    fill.put(front, "issuing_authority", family.choose("office", offices))
    return front, until


def hk_macao_travel_permit(fill: Filling) -> list[Face]:
    """港澳居民来往内地通行证 (domain.md 2.7)."""
    rng, family = fill.rng, fill.family
    person = make_hmt(rng, "810000", "820000")
    front, until = _travel(fill, person, {}, 10)
    region = "H" if person.id_number.startswith("81") else "M"
    number = f"{region}{rng.randrange(90_000_000, 99_999_999)}"
    low = family.chance("number low", 0.4)
    fill.put(front, "permit_number", number, number=True, foot=low)
    fill.put(front, "issue_count", f"{rng.randrange(0, 4):02d}", short=True, foot=low)
    back = Face("back")
    own = f"{rng.choice('ABCDGHKMPRSVYZ')}{rng.randrange(900000, 999999)}({rng.randrange(10)})"
    where = ("香港", "Hong Kong")
    if region == "M":
        own = f"{rng.choice('157')}{rng.randrange(900000, 999999)}({rng.randrange(10)})"
        where = ("澳门", "Macao")
    fill.put(back, "home_id_number", own, region=where[0], Region=where[1])
    back.notes = family.choose(
        "notes", ((), ("此证供持证人来往内地使用。", "如有遗失，应立即报失。"))
    )
    back.zone = td1("CR", number, person, until)
    return [front, back]


def td1(kind: str, number: str, person: Person, until: date) -> tuple[str, ...]:
    """Three machine-readable lines of 30 characters (domain.md 2.7)."""
    padded = number.ljust(9, "<")
    born, ends = f"{person.birth:%y%m%d}", f"{until:%y%m%d}"
    sex = "M" if person.sex == "男" else "F"
    second = f"{born}{mrz_digit(born)}{sex}{ends}{mrz_digit(ends)}CHN"
    names = f"{person.english[0]}<<{person.english[1].replace(' ', '<')}"
    return tuple(t.ljust(30, "<") for t in (f"{kind}{padded}{mrz_digit(padded)}", second, names))


def taiwan_travel_permit(fill: Filling) -> list[Face]:
    """台湾居民来往大陆通行证 (domain.md 2.7)."""
    rng, family = fill.rng, fill.family
    person = make_hmt(rng, "830000")
    front, _ = _travel(fill, person, {}, 5)
    number = f"{rng.randrange(90_000_000, 99_999_999)}"
    fill.put(front, "issue_place", rng.choice(("福建", "广西", "北京", "香港", "上海")), short=True)
    fill.put(front, "issue_count", f"{rng.randrange(1, 6):02d}", short=True)
    fill.put(front, "permit_number", number, number=True, foot=family.chance("number low", 0.5))
    return [front]


def foreign_permanent_resident_card(fill: Filling) -> list[Face]:
    """外国人永久居留身份证 of 2017 or 2023 (domain.md 2.8)."""
    rng, family = fill.rng, fill.family
    who, new = make_visitor(rng), family.chance("new", 0.6)
    number = fpr_number(who, rng, new=new)
    issued = some_day(rng, 2024, 2026) if new else some_day(rng, 2018, 2023)
    until = add_years(issued, 10)
    front = Face("front", family.title(), portrait=who.sex)
    back = Face("back", family.title())
    name = f"{who.surname}, {who.given}"
    front.items.append(Item(f"{name}\n{who.chinese}", family.label("name")))
    front.fields |= {"name": name, "chinese_name": who.chinese}
    form: str = family.choose("sex", ("{}/{}", "{} / {}", "{}"))
    sex = form.format(who.sex, "M" if who.sex == "男" else "F")
    fill.put(front, "sex", sex, who.sex, short=True)
    fill.put(front, "birth_date", dotted(who.birth), who.birth.isoformat(), short=True)
    nation = family.choose("nation", ("{0}/{1}", "{0} / {1}", "{1}")).format(
        who.country, who.nation
    )
    fill.put(front, "nationality", nation, who.nation)
    fill.span(front, issued, until)
    office = "国家移民管理局" if new else "中华人民共和国公安部"
    front_office = family.chance("front office", 0.5)
    fill.put(front if front_office else back, "issuing_authority", office)
    fill.put(front, "id_number", number, number=True, foot=family.chance("foot", 0.7))
    if new and family.chance("former", 0.4):
        fill.put(back, "former_number", fpr_number(who, rng, new=False))
    return [front, back] if back.items else [front]


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


KINDS: Mapping[str, Callable[[Filling], list[Face]]] = {
    f.__name__: f
    for f in (
        id_card, temporary_id_card, residence_permit, hmt_residence_permit,
        hk_macao_travel_permit, taiwan_travel_permit, foreign_permanent_resident_card,
        social_security_card, disability_gen3,
    )
}  # fmt: skip
"""Kinds of cards, and what fills their faces."""
