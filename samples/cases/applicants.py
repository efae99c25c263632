"""Who applies in the sample inbox, and the papers that nearly everybody brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from samples.draw import Drawn
from samples.folder import Folder
from samples.layouts import id_card
from samples.layouts.application_form import draw_form
from samples.layouts.dates import add_years
from samples.layouts.hukou_book import Book, make_household
from samples.layouts.hukou_head import draw_head
from samples.layouts.hukou_member import draw_member
from samples.persons import TODAY, Person, Place, make_address, make_person, place


def resident(
    rng: Random,
    code: str,
    ages: tuple[int, int] = (24, 42),
    sex: str | None = None,
    ethnicity: str = "汉",
    surname: str | None = None,
) -> Person:
    """A resident of this county whose name and address hold no rare character."""
    person = make_person(
        rng,
        ages=ages,
        sex=sex,
        ethnicity=ethnicity,
        where=place(code),
        rarity=0,
        surname=surname or rng.choice("韦梁莫廖卢吴周李何蒋唐"),
    )
    return replace(person, address=plain_address(rng, place(code)))


def plain_address(rng: Random, where: Place) -> str:
    """An address without a rare character."""
    rare = set("埇榃岽崀塍坌砦墟渌枧麓埠陂")
    while True:
        address = make_address(rng, where)
        if not rare & set(address):
            return address


def request(person: Person, *matters: str, **facts: Any) -> dict[str, Any]:
    """What the clerk typed for this person."""
    prefix = {
        "4501": "530",
        "4502": "545",
        "4503": "541",
        "4504": "543",
        "4505": "536",
        "4506": "538",
        "4507": "535",
        "4508": "537",
        "4509": "537",
        "4510": "533",
        "4511": "542",
        "4512": "547",
        "4513": "546",
        "4514": "532",
    }
    unemployed = bool({"M2", "M5"} & set(matters))
    return {
        "channel": "window",
        "accepted_on": TODAY.isoformat(),
        "matters": list(matters),
        "name": person.name,
        "id_number": person.id_number,
        "mobile": person.mobile,
        "postcode": prefix.get(person.place.code[:4], "530")
        + "0"
        + person.id_number[14:16].rjust(2, "0"),  # some permits' numbers are shorter
        "flex_type": "other",
        "employment": "unemployed" if unemployed else "flexible",
        "is_student": False,
        "insured_pension": "none",
        "insured_medical": "none",
        "card_applied_before": False,
        "enrol_division": person.place.code,
        "delivery": "pickup",
        **facts,
    }


def card(
    folder: Folder, person: Person, span: tuple[date, date | None] | None = None
) -> list[Drawn]:
    """Both sides of the identity card; in force unless ``span`` says otherwise."""
    kit = folder.kit()
    bilingual = folder.rng.random() < 0.4
    return [
        id_card.draw_portrait_side(person, kit, zhuang=bilingual),
        id_card.draw_emblem_side(person, kit, zhuang=bilingual, span=span or in_force(person)),
    ]


def in_force(person: Person) -> tuple[date, date | None]:
    """A span that fits the age at issue and has not run out."""
    issued = date(TODAY.year - 2, 4, 9)
    born = person.birth
    age = issued.year - born.year - ((issued.month, issued.day) < (born.month, born.day))
    years = id_card.years_valid(age)
    return issued, None if years is None else add_years(issued, years)


def booklet(
    folder: Folder, person: Person, values: dict[str, str] | None = None
) -> tuple[Drawn, Drawn, Book]:
    """Head page and own page of a computer-filled booklet, and the book for further pages."""
    book = Book(folder.kit())
    while book.by_hand:
        book = Book(folder.kit())
    home = replace(make_household(person, book.kit), issued=date(2016, 5, 12))
    return draw_head(home, book), draw_member(person, home, book, values=values), book


def form(folder: Folder, person: Person, asked: Mapping[str, Any], *, signed: bool = True) -> Drawn:
    """The typed application form."""
    return draw_form(person, folder.kit(), asked, signed=signed, by_hand=False)


def who(person: Person, **more: str) -> dict[str, str]:
    """The applicant's fields that a record of this person has."""
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
        "ethnicity": person.ethnicity,
        "id_number": person.id_number,
        "id_type": "id_card",
        "category": "mainland",
        "household.division": person.place.code,
        **more,
    }
