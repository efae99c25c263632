"""Pages of household booklets: the head page and a member's (domain.md 2.3)."""

from __future__ import annotations

from datetime import date
from random import Random

from samples.any_hand.filling import Face, Filling
from samples.any_hand.rows import Item
from samples.layouts.dates import some_day
from samples.layouts.hukou_book import Household
from samples.layouts.hukou_member import member_values
from samples.persons import Person, make_name, make_person, make_village

SIZE = (143.0, 105.0)
_DATES = ("birth_date", "registration_date")
_WIDE = ("other_address_in_city", "move_in_from_city", "move_in_to_address")
_KEPT = (
    "name", "relation_to_head", "former_name", "sex", "birth_place", "ethnicity", "native_place",
    "birth_date", "other_address_in_city", "religion", "id_number", "height", "blood_type",
    "education", "marital_status", "military_service", "employer", "occupation",
    "move_in_from_city", "move_in_to_address", "registration_date",
)  # fmt: skip
"""Items of a member's page in the order of its form."""


def _household(person: Person, head: str, rng: Random) -> Household:
    kinds = ("家庭户", "家庭户", "非农业家庭户", "农业家庭户", "居民家庭户", "集体户")
    number = "".join(rng.choice("0123456789") for _ in range(9))
    station = f"{person.place.county}公安局{make_village(rng)}派出所"
    issued = some_day(rng, 2001, 2024)
    return Household(rng.choice(kinds), head, number, person.address, issued, station)


def hukou(fill: Filling) -> list[Face]:
    """居民户口簿: the head page and one member's."""
    rng, family = fill.rng, fill.family
    person = make_person(rng)
    relation, head = rng.choice((("户主", ""), ("妻" if person.sex == "女" else "子", "x"),
                                 ("长女" if person.sex == "女" else "长子", "x")))  # fmt: skip
    home = _household(person, make_name(rng, "男", 0.1) if head else person.name, rng)
    first = Face("head", family.title(), size=SIZE, zoom=1.25, issuer=home.station)
    fill.put(first, "household_type", home.kind, short=True)
    fill.put(first, "head_name", home.head, short=True)
    fill.put(first, "household_number", home.number, short=family.chance("number short", 0.5))
    fill.put(first, "household_address", home.address)
    first.fields["address"] = first.fields.pop("household_address")
    fill.put(first, "issue_date", fill.day(home.issued), home.issued.isoformat())
    facts = member_values(person, home, rng, relation)
    page = Face("member", (("常住人口登记卡",), ""), size=SIZE, zoom=1.05, issuer=home.station)
    for key in _KEPT:
        text = facts[key]
        if key in _DATES:
            text = fill.day(date.fromisoformat(text))
        label = family.label(key)
        page.items.append(Item(text, label, key not in _WIDE, wraps=key not in _DATES))
        page.fields[key] = facts[key]
    return [first, page]
