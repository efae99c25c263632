"""Made-up persons: who the specimens belong to.

No person here exists. Every citizen number carries a sequence of 900 to 999, which the registers
do not give out in this way, and every village is put together from syllables. Divisions are the
real ones (domain.md, Appendix A and B), because readers check them.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

TODAY = date(2026, 11, 23)
"""The day on which the specimens are handed in."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Place:
    """A county-level division: its code now, and the codes and names that it had before.

    ``former`` holds (code, name, first year, last year).
    """

    code: str
    prefecture: str
    county: str
    former: tuple[tuple[str, str, int, int], ...] = ()


@dataclass(frozen=True)
class Person:
    """A made-up person. ``address`` is the registered household's; ``ethnicity`` without 族."""

    name: str
    sex: str
    ethnicity: str
    birth: date
    id_number: str
    place: Place
    address: str
    mobile: str
    english: tuple[str, str] = ("", "")
    """Surname and given names in Latin letters, as a travel document prints them."""


@cache
def people() -> dict[str, Any]:
    """The raw material of people.toml."""
    return tomllib.loads((files("samples") / "people.toml").read_text(encoding="utf-8"))


@cache
def places() -> tuple[Place, ...]:
    """The 111 county-level divisions of Guangxi."""
    text = (files("samples") / "places.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        former = []
        for entry in row["former"].split():
            code, name, first, last = entry.split("/")
            former.append((code, name, int(first), int(last)))
        found.append(Place(row["code"], row["prefecture"], row["county"], tuple(former)))
    return tuple(found)


def place(code: str) -> Place:
    """The division with this code. Raises KeyError where there is none."""
    for entry in places():
        if entry.code == code:
            return entry
    raise KeyError(code)


def check_digit(first17: str) -> str:
    """ISO 7064 MOD 11-2 of a citizen number's first 17 digits (GB 11643-1999)."""
    total = sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def make_number(rng: Random, division: str, birth: date, sex: str) -> str:
    """A citizen number with a sequence of 900 to 999."""
    sequence = rng.randrange(900, 1000, 2) + (1 if sex == "男" else 0)
    body = f"{division}{birth:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)


def make_mobile(rng: Random) -> str:
    """A mobile number of a block that is not given out (line number 0000 to 0999)."""
    prefix = rng.choice(("139", "158", "177", "189", "186", "199"))
    return f"{prefix}0000{rng.randrange(1000):03d}{rng.randrange(10)}"


def make_birth(rng: Random, youngest: int, oldest: int, today: date = TODAY) -> date:
    """A birth date of a person between these ages (whole years) today."""
    span = (oldest - youngest) * 365
    return today - timedelta(days=int(youngest * 365.25) + 2 + rng.randrange(max(span, 1)))


def make_name(rng: Random, sex: str, rarity: float = 0.22) -> str:
    """A Han-style name. ``rarity`` is the chance of a rare given character or surname."""
    data = people()
    draw = rng.random()
    if draw < 0.06:
        surname = rng.choice(data["surnames"]["compound"])
    elif draw < 0.06 + rarity / 2:
        surname = rng.choice(data["surnames"]["rare"])
    else:
        surname = rng.choice(data["surnames"]["common"])
    given = rng.choice(data["given"]["male" if sex == "男" else "female"])
    if rng.random() < rarity:
        odd = data["given"]["extended"] if rng.random() < 0.08 else data["given"]["rare"]
        given = rng.choice(odd) + (given[-1] if rng.random() < 0.6 else "")
    return str(surname + given)


def make_village(rng: Random) -> str:
    """Two syllables that name no village in particular."""
    data = people()["village"]
    return str(rng.choice(data["first"]) + rng.choice(data["second"]))


def make_address(rng: Random, where: Place, *, printed: date = TODAY) -> str:
    """An address as an identity card prints it: levels are left out freely (domain.md 3.2)."""
    county = where.county
    for _, name, first, last in where.former:
        if first <= printed.year <= last and rng.random() < 0.8:
            county = name
    head = rng.choice(("广西", "广西壮族自治区", "", "广西"))
    prefecture = where.prefecture if county.endswith("区") or rng.random() < 0.45 else ""
    if head == "" and prefecture == "":
        head = "广西"
    return head + prefecture + county + _street(rng, county)


def _street(rng: Random, county: str) -> str:
    data = people()["village"]
    if county.endswith("区") or rng.random() < 0.3:
        number = f"{rng.choice(data['road'])}路{rng.randrange(1, 260)}号"
        draw = rng.random()
        if draw < 0.35:
            return number
        if draw < 0.55:
            return f"{number}之{rng.choice('一二三四')}"
        house = f"{rng.randrange(1, 20)}栋"
        unit = f"{rng.randrange(1, 4)}单元{rng.randrange(1, 33)}{rng.randrange(1, 5):02d}号"
        estate = rng.choice(data["estate"]) if rng.random() < 0.6 else ""
        return f"{number}{estate}{house}{unit}"
    town = make_village(rng) + rng.choice(("镇", "镇", "乡", "乡", "瑶族乡", "街道"))
    village = make_village(rng) + rng.choice(("村", "村", "社区", "村民委"))
    draw = rng.random()
    if draw < 0.7:
        return f"{town}{village}{make_village(rng)}屯{rng.randrange(1, 190)}号"
    if draw < 0.85:
        return (
            f"{town}{village}第{rng.choice('一二三四五六七八九')}村民小组{rng.randrange(1, 99)}号"
        )
    return f"{town}{village}{rng.randrange(1, 190)}号"


def make_person(
    rng: Random,
    *,
    ages: tuple[int, int] = (16, 68),
    sex: str | None = None,
    ethnicity: str | None = None,
    where: Place | None = None,
    surname: str | None = None,
    rarity: float = 0.22,
) -> Person:
    """A resident of Guangxi."""
    sex = sex or rng.choice("男女")
    data = people()
    if ethnicity is None:
        groups = list(data["ethnicity"])
        ethnicity = rng.choices(groups, [data["ethnicity"][g] for g in groups])[0]
        if surname is None and rng.random() < 0.07:
            ethnicity = rng.choice(list(data["dotted"]))
    if ethnicity in data["dotted"]:
        name = rng.choice(data["dotted"][ethnicity][0 if sex == "男" else 1])
    else:
        name = make_name(rng, sex, rarity)
        if surname is not None:
            name = surname + rng.choice(data["given"]["male" if sex == "男" else "female"])
    where = where or rng.choice(places())
    birth = make_birth(rng, *ages)
    division = where.code
    # numbers keep the code of the first registration: former codes are common (domain.md 3.1)
    former = [c for c, _, first, last in where.former if first <= birth.year <= last]
    if former and rng.random() < 0.7:
        division = former[0]
    return Person(
        name=name,
        sex=sex,
        ethnicity=str(ethnicity),
        birth=birth,
        id_number=make_number(rng, division, birth, sex),
        place=where,
        address=make_address(rng, where, printed=date(rng.randrange(2012, 2027), 6, 1)),
        mobile=make_mobile(rng),
    )


_HMT = {
    "810000": ("何", "陈", "黄", "郑"),
    "820000": ("梁", "何", "冯"),
    "830000": ("林", "蔡", "许"),
}
_LATIN = {
    "何": "HO",
    "陈": "CHAN",
    "黄": "WONG",
    "郑": "CHENG",
    "梁": "LEONG",
    "冯": "FONG",
    "林": "LIN",
    "蔡": "TSAI",
    "许": "HSU",
}
_GIVEN = {
    "男": (("咏麟", "WING LUN"), ("柏翰", "PO HAN"), ("启邦", "KAI BONG"), ("志鸿", "CHI HUNG")),
    "女": (("慧心", "WAI SUM"), ("佩珊", "PUI SHAN"), ("宜蓁", "YI CHEN"), ("雅筑", "YA CHU")),
}


def make_hmt_person(rng: Random, region: str | None = None) -> Person:
    """A resident of Hong Kong (810000), Macao (820000) or Taiwan (830000) who lives in Guangxi."""
    region = region or rng.choice(list(_HMT))
    sex = rng.choice("男女")
    surname = rng.choice(_HMT[region])
    given, latin = rng.choice(_GIVEN[sex])
    base = make_person(rng, ages=(18, 60), sex=sex, ethnicity="汉")
    return replace(
        base,
        name=surname + given,
        ethnicity="",
        id_number=make_number(rng, region, base.birth, sex),
        english=(_LATIN[surname], latin),
    )
