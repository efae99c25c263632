"""Passports of many states: data pages by ``passports.toml`` (labels, dates, names as each prints
them) with the machine-readable zone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samples.draw import Drawn, Kit
from samples.layouts.dates import add_years, some_day
from samples.layouts.travel import mrz_lines, tint_stock
from samples.ornament import portrait, watermark
from samples.persons import Person

_EN = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FR = ("JAN", "FÉV", "MARS", "AVR", "MAI", "JUIN", "JUIL", "AOÛT", "SEPT", "OCT", "NOV", "DÉC")
_PLACES = ("RIVERTON", "LINDEN", "PORT ELLEN", "HAI DUONG")


@cache
def states() -> tuple[Mapping[str, Any], ...]:
    """All states' pages."""
    text = (files("samples") / "passports.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["state"])


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """A data page of one of the states."""
    return [draw_state(kit.rng.choice(states()), kit)]


def _day(form: str, day: date) -> str:
    month = day.month - 1
    match form:
        case "12 MAR /MARS 87":
            return f"{day.day:02d} {_EN[month]} /{_FR[month]} {day:%y}"
        case "12 Mar 1987":
            return f"{day.day:02d} {_EN[month].title()} {day.year}"
        case "12 MAR 1987":
            return f"{day.day:02d} {_EN[month]} {day.year}"
        case "12 3月/MAR 1987":
            return f"{day.day:02d} {day.month}月/{_EN[month]} {day.year}"
        case "12 03 1987":
            return f"{day:%d %m %Y}"
        case "12/03/1987":
            return f"{day:%d/%m/%Y}"
    return f"{day:%d.%m.%Y}"


def draw_state(state: Mapping[str, Any], kit: Kit) -> Drawn:
    """The data page of one state."""
    rng = kit.rng
    surname, given, shown, shown_given, sex = rng.choice(state["names"])
    birth, issued = some_day(rng, 1967, 2003), some_day(rng, 2018, 2025)
    until = add_years(issued, 10)
    number = _number(rng)
    texts = {
        "type": "P", "code": state["code"], "number": number, "surname": shown,
        "given": shown_given, "full": shown, "nationality": state["nationality"],
        "birth": _day(state["date"], birth), "issue": _day(state["date"], issued),
        "expiry": _day(state["date"], until), "sex": state["sex"][sex == "女"],
        "place": rng.choice(_PLACES), "issueplace": rng.choice(_PLACES),
        "authority": "PASSPORT OFFICE",
    }  # fmt: skip
    canvas = kit.canvas(125, 88)
    tint_stock(canvas, rng.choice(((232, 224, 236), (222, 234, 238), (240, 232, 216))))
    label, value = kit.ink("latin", (70, 70, 100)), kit.ink("latin", (20, 20, 24))
    size = min(2.8, 70 / max(canvas.measure(state["heading"], 1.0, value), 1.0))
    canvas.write(6, 3.4, state["heading"], size, value)
    canvas.write(52, 7.4, state["title"], 2.8, value)
    portrait(canvas, 6, 14, 30, 39, sex, ground=(240, 240, 242))
    watermark(canvas, 21, 48, 5.5, kit.ink("hei"), 0.7)
    tall = any("\n" in t for t in texts.values())
    y, pitch = 11.6, min(8.2, 57.0 / (len(state["rows"]) + (1.0 if tall else 0.0)))
    for row in state["rows"]:
        at = 40.0
        for key in row:
            lines = texts[key].split("\n")
            end = canvas.write(at, y, state["labels"][key], 1.6, label)
            for i, text in enumerate(lines):
                end = max(end, canvas.write(at, y + 2.0 + 3.3 * i, text, 2.7, value))
            at = max(at + 82.0 / len(row), end + 3)
        y += pitch + (3.3 if any("\n" in texts[key] for key in row) else 0.0)
    nation = state.get("zone", state["code"])
    zone_sex = "M" if sex == "男" else "F"
    first, second = mrz_lines(nation, surname, given, number, nation, birth, zone_sex, until)
    zone = kit.ink("number")
    for i, line in enumerate((first, second)):
        track = (114 - canvas.measure(line, 3.5, zone)) / 44
        canvas.write(5.5, 73 + i * 6.5, line, 3.5, zone, track)
    han = shown.split("\n")[0]
    fields = {
        "name": han if state["code"] == "CHN" else _name(surname, given, shown, shown_given),
        "passport_number": number,
        "nationality": state["code"],
        "sex": sex,
        "birth_date": birth.isoformat(),
        "issue_date": issued.isoformat(),
        "valid_to": until.isoformat(),
        "mrz": f"{first}\n{second}",
    }
    return Drawn("data_page", canvas.pixels(), fields, notes={"layout": state["code"]})


def _name(surname: str, given: str, shown: str, shown_given: str) -> str:
    """As the zone writes it, with the hyphens and apostrophes of the printed name."""
    printed = f"{shown} {shown_given}".strip()
    plain = f"{surname} {given}".strip()
    if printed.isascii() and "\n" not in printed:
        return printed.replace(",", "")
    kept = iter(c for c in printed.split("\n")[-1] if not c.isalpha() and c != ",")
    if "-" in printed and "\n" not in printed:
        return "".join(next(kept, " ") if c == " " else c for c in plain)
    return plain


def _number(rng: Random) -> str:
    return rng.choice("BCKLNPX") + f"{rng.randrange(9_000_000, 9_999_999)}"
