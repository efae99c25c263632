"""People whom the papers of any hand belong to: more names than samples/persons.py, as made up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samples.layouts.dates import some_day
from samples.layouts.travel import Foreigner
from samples.persons import Person, Place, make_address, make_number, make_person


@cache
def _names() -> Mapping[str, Any]:
    text = (files("samples.any_hand") / "names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def make_hmt(rng: Random, *regions: str) -> Person:
    """A resident of one of these regions (810000, 820000, 830000) who lives in Guangxi."""
    region = rng.choice(regions or ("810000", "820000", "830000"))
    table = _names()["hmt"][region]
    sex = rng.choice("男女")
    surname, latin = rng.choice(table["surnames"])
    given, given_latin = rng.choice(table["male" if sex == "男" else "female"])
    base = make_person(rng, ages=(18, 60), sex=sex, ethnicity="汉")
    number = make_number(rng, region, base.birth, sex)
    return replace(base, name=surname + given, ethnicity="", id_number=number,
                   english=(latin, given_latin))  # fmt: skip


@dataclass(frozen=True)
class Visitor(Foreigner):
    """A foreigner, with the country's name in English and the place of birth."""

    english: str = ""
    birthplace: str = ""


def make_visitor(rng: Random) -> Visitor:
    """A foreigner between 22 and 60."""
    row = rng.choice(_names()["foreign"]["people"])
    surname, given, chinese, sex, nation, number, country, english, birthplace = row
    return Visitor(surname, given, chinese, sex, some_day(rng, 1967, 2003), nation, number, country,
                   english, birthplace)  # fmt: skip


def make_newcomer(rng: Random) -> Person:
    """Somebody who lives away from the registered household: half of them of other provinces."""
    person = make_person(rng, ages=(18, 62))
    if rng.random() < 0.5:
        return person
    code, prefecture, county = rng.choice(_names()["elsewhere"]["places"])
    where = Place(code, prefecture, county)
    address = re.sub("^广西(壮族自治区)?", "", make_address(rng, where, printed=date(2020, 6, 1)))
    if not address.startswith(prefecture):
        address = prefecture + address
    number = make_number(rng, code, person.birth, person.sex)
    return replace(person, place=where, id_number=number, address=address)
