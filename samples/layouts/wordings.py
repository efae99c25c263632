"""Letters from templates (``wordings.toml``): what a template prints is the specimen's truth."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samples.draw import Drawn, Kit
from samples.layouts.dates import add_years, dotted, han, some_day
from samples.layouts.letter import WIDTH, Letter, letter_number
from samples.layouts.letter_parts import (
    write_close,
    write_columns,
    write_filled,
    write_slip,
    write_stub,
    write_table,
)
from samples.persons import (
    TODAY,
    Person,
    make_mobile,
    make_name,
    make_number,
    make_person,
    make_village,
)

KINDS = (
    "proxy_undertaking",
    "transfer_letter",
    "separation_document",
    "civil_affairs_proof",
    "group_proof",
    "police_change_proof",
)
"""The letters that have templates."""
_FIELD = re.compile(r"\{([a-z_]+)(\d*)\}")
_NO_FIELDS = {
    "transfer_letter": {"ethnicity"},
    "separation_document": {"sex", "ethnicity", "addressee"},
    "": {"sex", "ethnicity", "addressee", "letter_number"},
}
"""What letters print of a person that no matter needs."""


@dataclass(frozen=True)
class Fact:
    """A value: as the letter prints it, and as the truth says it ("" for what is no field)."""

    printed: str
    value: str = ""


def draw(kind: str) -> Callable[[Person, Kit], list[Drawn]]:
    """What draws a letter of this kind in one of its wordings."""

    def drawn(person: Person, kit: Kit) -> list[Drawn]:
        return [draw_wording(kit.rng.choice(wordings(kind)), person, kit)]

    return drawn


@cache
def wordings(kind: str) -> tuple[Mapping[str, Any], ...]:
    """The templates of a kind."""
    table = tomllib.loads((files("samples") / "wordings.toml").read_text(encoding="utf-8"))
    return tuple(row for row in table["wording"] if row["kind"] == kind)


def draw_wording(row: Mapping[str, Any], person: Person, kit: Kit) -> Drawn:
    """A letter by one template."""
    rng = kit.rng
    facts = _facts(row, person, rng)
    used: set[str] = set()

    def fill(text: str) -> str:
        def put(found: re.Match[str]) -> str:
            if found[2]:  # so many digits
                return "".join(str(rng.randrange(1, 10)) for _ in range(int(found[2])))
            used.add(found[1])
            return facts[found[1]].printed

        return _FIELD.sub(put, text)

    letter = Letter(kit, red_head=facts["issuer"].printed if rng.random() < 0.25 else "")
    values = kit.ink("hand", (24, 30, 90), "hand") if row.get("hand") else letter.body
    write_stub(letter, [fill(text) for text in row.get("stub", ())])
    if "head" in row:
        letter.canvas.centre(WIDTH / 2, letter.y, fill(row["head"]), 5.6, letter.body, 0.4)
        letter.gap(10)
    if row.get("number") == "right":
        letter.right(fill("{letter_number}"))
    letter.title(fill(row["title"]))
    if row.get("number") == "below":
        letter.right(fill("编号：{letter_number}"))
    if row.get("to"):
        letter.line(fill(row["to"]))
    for text in row.get("body", ()):
        write_filled(letter, fill(text).lstrip("　"), kit.ink("hand", (24, 30, 90), "hand"))
    write_columns(
        letter, [[fill(cell) for cell in cells] for cells in row.get("columns", ())], values
    )
    write_table(letter, [[fill(cell) for cell in cells] for cells in row.get("table", ())], values)
    for label, text in row.get("lines", ()):
        letter.pair(label, fill(text), hand=bool(row.get("hand")), line=rng.random() < 0.6)
    for text in row.get("after", ()):
        letter.paragraph(fill(text).lstrip("　"))
    letter.gap(14)
    day = date.fromisoformat(facts["issue_date"].value)
    how, signer = row.get("close", "usual"), facts["proxy_name"].printed
    write_close(how, letter, facts["issuer"].printed, day, signer)
    write_slip(letter, [fill(text) for text in row.get("slip", ())])
    used.add("issue_date")
    if row["kind"] != "proxy_undertaking":
        used.add("issuing_authority")
    if row["kind"] == "separation_document" and not row.get("to"):
        used.add("employer")
    used |= {name for name in ("group", "category") if name in row}
    used -= _NO_FIELDS.get(row["kind"], _NO_FIELDS[""])
    if "start_month" in used:
        facts["start_date"] = facts["start_month"]
        used = used - {"start_month"} | {"start_date"}
    fields = {name: facts[name].value for name in sorted(used) if facts[name].value}
    return letter.finish("letter", fields, f"{row['kind']}/{row['title']}")


# ---------------------------------------------------------------- facts


def _facts(row: Mapping[str, Any], person: Person, rng: Random) -> dict[str, Fact]:
    """All that templates may name."""
    county = person.place.county
    day = TODAY - timedelta(days=rng.randrange(2, 160))
    ended = day - timedelta(days=rng.randrange(0, 25))
    started = add_years(ended, -rng.randrange(1, 14))
    since = some_day(rng, 2018, 2025)
    changed = day - timedelta(days=rng.randrange(5, 700))
    until = day + timedelta(days=rng.choice((30, 60, 90)))
    form = rng.choice((han, dotted, lambda d: han(d, padded=True)))
    unit = county + rng.choice(("水利局", "中医医院", "建筑工程有限公司", "林场", "第一中学"))
    village = make_village(rng)
    issuer = _issuer(row, county, unit, rng)
    days = rng.choice(("30", "60", "15"))
    number = letter_number(rng, rng.choice(("桂才函", "人社调", "档调字")), day.year)
    texts = {
        "name": person.name, "sex": person.sex, "ethnicity": person.ethnicity,
        "id_number": person.id_number, "letter_number": number, "employer": unit,
        "addressee": rng.choice(("柳江县机械厂", "桂平市第二高级中学", "河池市人才交流服务中心")),
        "issuing_authority": issuer,
        "group": row.get("group", ""), "category": row.get("category", ""),
    }  # fmt: skip
    facts = {name: Fact(text, text) for name, text in texts.items()}
    plain = {"address": person.address, "village": village, "issuer": issuer,
             "job": rng.choice(("会计", "教师", "水电工", "行政专员")),
             "years": str(max(ended.year - started.year, 1)),
             "clerk": make_name(rng, rng.choice("男女"), 0),
             "other_name": make_name(rng, person.sex, 0),
             "other_number": make_number(rng, person.place.code, person.birth, person.sex),
             "county": county, "town": make_village(rng) + rng.choice(("镇", "乡")),
             "birth": form(person.birth),
             "birth_month": f"{person.birth.year}年{person.birth.month}月",
             "mobile": make_mobile(rng), "relation": rng.choice(("女儿", "儿子", "丈夫", "弟弟")),
             "title_word": "先生" if person.sex == "男" else "女士",
             "start_date": form(started), "changed": form(changed)}  # fmt: skip
    facts |= {name: Fact(text) for name, text in plain.items()}
    facts["end_date"] = Fact(form(ended), ended.isoformat())
    facts["issue_date"] = Fact("", day.isoformat())
    facts["valid_to"] = Fact(form(until), until.isoformat())
    facts["days"] = Fact(days)
    facts["start_month"] = Fact(f"{since.year}年{since.month}月", f"{since:%Y-%m}")
    return facts | _changes(person, rng) | _people(person, rng)


def _issuer(row: Mapping[str, Any], county: str, unit: str, rng: Random) -> str:
    match row["kind"]:
        case "transfer_letter":
            return county + rng.choice(("人力资源服务中心", "人才市场管理办公室", "就业服务中心"))
        case "civil_affairs_proof" if "issuer" not in row:
            return county + "民政局"
        case "police_change_proof":
            return f"{county}公安局{make_village(rng)}派出所"
        case "group_proof" | "civil_affairs_proof":
            bodies = {"town": f"{county}{make_village(rng)}镇人民政府", "school": county + "教育局",
                      "rural": county + "农业农村局"}  # fmt: skip
            return bodies[row["issuer"]]
        case _:
            return unit


def _changes(person: Person, rng: Random) -> dict[str, Fact]:
    born = add_years(person.birth, rng.choice((-1, 1)))
    group = "壮" if person.ethnicity != "壮" else "瑶"
    old_name = make_name(rng, person.sex, 0)
    old_number = make_number(rng, person.place.code, person.birth, person.sex)
    texts = {"old_name": old_name, "new_name": person.name, "old_id_number": old_number,
             "new_id_number": person.id_number, "old_ethnicity": group + "族",
             "new_ethnicity": person.ethnicity + "族"}  # fmt: skip
    facts = {name: Fact(text, text) for name, text in texts.items()}
    facts["old_birth_date"] = Fact(han(born), born.isoformat())
    facts["new_birth_date"] = Fact(han(person.birth), person.birth.isoformat())
    return facts


def _people(person: Person, rng: Random) -> dict[str, Fact]:
    proxy = make_person(rng, rarity=0.1)
    texts = {"proxy_name": proxy.name, "proxy_id_number": proxy.id_number,
             "proxy_phone": proxy.mobile, "applicant_name": person.name,
             "applicant_id_number": person.id_number}  # fmt: skip
    return {name: Fact(text, text) for name, text in texts.items()}
