"""What letters state, by field: as printed and as truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from samples.layouts.dates import add_years, dotted, han, numerals, some_day
from samples.persons import TODAY, Person, make_name, make_number, make_person, make_village


@dataclass(frozen=True)
class Fact:
    """``text`` is printed; ``value`` the truth of the field, "" where the contract has none."""

    text: str
    value: str = ""


def same(text: str) -> Fact:
    """A fact whose truth is as printed."""
    return Fact(text, text)


DAYS: Mapping[str, Callable[[date], str]] = {
    "han": han,
    "padded": lambda d: han(d, padded=True),
    "dotted": dotted,
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "gaps": lambda d: f"{d.year} 年 {d.month} 月 {d.day} 日",
    "numerals": numerals,
}
"""Ways in which offices write a date."""


def gather(kind: str, form: str, rng: Random) -> tuple[Person, dict[str, Fact]]:
    """A person and all that a letter of this kind may name; dates written as ``form`` says."""
    person = make_person(rng, ages=(29, 62))
    write = DAYS[form]
    county, village = person.place.county, make_village(rng)
    issued = TODAY - timedelta(days=rng.randrange(2, 160))
    ended = issued - timedelta(days=rng.randrange(0, 25))
    began = add_years(ended, -rng.randrange(1, 14))
    since = some_day(rng, 2018, 2025)
    changed = issued - timedelta(days=rng.randrange(5, 700))
    until, length = issued + timedelta(days=60), rng.choice(("15", "30", "60", "90"))
    facts = {
        "name": same(person.name), "sex": same(person.sex), "id_number": same(person.id_number),
        "address": Fact(person.address), "county": Fact(county), "village": Fact(village),
        "prefecture": Fact(person.place.prefecture), "job": Fact(rng.choice(_JOBS)),
        "years": Fact(str(max(ended.year - began.year, 1))),
        "addressee": same(rng.choice(_HOLDERS).format(county=county)),
        "validity_days": same(length), "valid_to": Fact(write(until), until.isoformat()),
        "start_date": Fact(f"{since.year}年{since.month}月", f"{since:%Y-%m}"),
        "end_date": Fact(write(ended), ended.isoformat()),
        "changed": Fact(write(changed)),
        "issue_date": Fact(write(issued), issued.isoformat()),
    }  # fmt: skip
    if kind == "separation_document":
        facts["start_date"] = Fact(write(began))
    if kind == "group_proof":
        facts["start_date"] = Fact(f"{began.year}年{began.month}月")
        facts["end_date"] = Fact(f"{ended.year}年{ended.month}月")
    if kind == "proxy_undertaking":
        proxy = make_person(rng, rarity=0.1)
        facts |= {
            "proxy_name": same(proxy.name), "proxy_id_number": same(proxy.id_number),
            "proxy_phone": same(proxy.mobile), "applicant_name": same(person.name),
            "applicant_id_number": same(person.id_number),
        }  # fmt: skip
    return person, facts | _changes(person, rng)


_JOBS = ("会计", "教师", "护士", "电工", "驾驶员", "技术员", "保管员")
_HOLDERS = (
    "{county}机械厂", "{county}第一中学", "{county}人民医院", "{county}农业机械化服务中心",
    "桂平市粮食局", "来宾市合山矿务公司", "{county}商业总公司",
)  # fmt: skip
ITEMS = {"name": "姓名", "id_number": "公民身份号码", "ethnicity": "民族", "birth_date": "出生日期"}
"""What the police change, and what it is called."""


def _changes(person: Person, rng: Random) -> dict[str, Fact]:
    born = add_years(person.birth, rng.choice((-1, 1)))
    before = "壮族" if person.ethnicity != "壮" else "瑶族"
    number = make_number(rng, person.place.code, person.birth, person.sex)
    return {
        "old_name": same(make_name(rng, person.sex, 0)), "new_name": same(person.name),
        "old_id_number": same(number), "new_id_number": same(person.id_number),
        "old_ethnicity": same(before), "new_ethnicity": same(person.ethnicity + "族"),
        "old_birth_date": Fact(han(born), born.isoformat()),
        "new_birth_date": Fact(han(person.birth), person.birth.isoformat()),
    }  # fmt: skip


def issuer(patterns: tuple[str, ...], facts: Mapping[str, Fact], rng: Random) -> str:
    """Who writes the letter."""
    names = {k: facts[k].text for k in ("county", "prefecture", "village")}
    # only a city's districts have branch offices
    fitting = [p for p in patterns if "分局" not in p or names["county"].endswith("区")]
    return rng.choice(fitting).format(**names)


GROUP_ISSUERS: Mapping[str, tuple[str, ...]] = {
    "town": ("{county}{village}镇人民政府", "{county}{village}乡人民政府"),
    "school": ("{county}教育局", "{county}教育体育局"),
    "rural": ("{county}农业农村局", "{county}乡村振兴局"),
}
