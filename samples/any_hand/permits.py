"""Permits of residents of Hong Kong, Macao and Taiwan, and of foreigners."""

from __future__ import annotations

from datetime import date

from samples.any_hand.filling import Face, Filling
from samples.any_hand.people import make_hmt, make_visitor
from samples.any_hand.rows import Item
from samples.layouts.dates import add_years, dotted, some_day
from samples.layouts.id_card import authority
from samples.layouts.travel import fpr_number, mrz_digit
from samples.persons import Person


def hmt_residence_permit(fill: Filling) -> list[Face]:
    """港澳台居民居住证 (domain.md 2.6)."""
    rng, family = fill.rng, fill.family
    person = make_hmt(rng)
    region = "台湾" if person.id_number.startswith("83") else "港澳"
    front, back = Face("portrait", portrait=person.sex), Face("back", family.title(region=region))
    fill.holder(front, person, ethnicity=False)
    fill.put(front, "birth_date", fill.birth(person), person.birth.isoformat())
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
