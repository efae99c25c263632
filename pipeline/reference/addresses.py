"""Addresses as papers print them, to a county-level division.

Levels are omitted freely (``广西横县…``, ``南宁市青秀区…``, ``隆林各族自治县…``) and names change
(横县 is 横州市 now). All readings of the beginning as province, prefecture and county that fit each
other are weighed; a county is named only where one reading is better than every other.
Nothing is guessed: a county name that is one character off is offered as ``near``, never taken.
Source: domain.md 3.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from pipeline.reference.divisions import (
    NOT_NAMED_ON_PAPERS,
    PREFECTURES_WITHOUT_COUNTIES,
    Division,
    by_code,
    every,
)
from pipeline.reference.ethnicities import NAMES
from pipeline.reference.text import squeeze
from pipeline.reference.towns import find_near_town, find_town

Method = Literal["current", "historic", "alias", "none"]

_TOWN = re.compile(r"[^\d]{1,12}?(?:街道|镇|乡|苏木)")
_HALF_TOWN = re.compile(r"[一-鿿][镇乡](?![一-鿿]?(?:镇|乡|街道))")
_TOWN_NEXT = re.compile(r"(?!路|街|大道|巷|村|屯|镇|乡|小区|站|市场)[一-鿿]{1,5}?(?:镇|乡|街道)")
_AUTONOMOUS = re.compile(rf"(?:(?:{'|'.join(sorted(NAMES, key=len, reverse=True))}|各)族?)+自治")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address says.

    ``county``           the unit whose name is printed, under that name (maybe of the past);
    ``code_current``     the county-level code that lies there now; None where not certain;
    ``code_as_printed``  the code that belongs to the printed name;
    ``method``           ``current``: found by a name of today; ``historic``: by one of the past;
                         ``alias``: by a shorter name (隆林县, 武鸣城厢镇);
                         ``none``: not found, or not certain;
    ``candidates``       codes of today among which the address does not decide;
    ``near``             the one county whose name is a character off, where none was found; or
                         the province with a long name of which that holds;
    ``near_town``        the one township of the county (in Guangxi) whose name is a character off.
    """

    province: Division | None
    prefecture: Division | None
    county: Division | None
    code_current: str | None
    code_as_printed: str | None
    town: str | None
    rest: str
    method: Method
    candidates: tuple[str, ...] = ()
    near: Division | None = None
    near_town: str | None = None

    @property
    def lacks_in_town(self) -> bool:
        """Whether a town of Guangxi follows whose name has one character (樟镇): it lost another.
        Of the 1,250 in the table none is so short."""
        return (self.code_current or "").startswith("45") and bool(_HALF_TOWN.match(self.rest))

    @property
    def province_code(self) -> str | None:
        """Two digits, from whichever level was found."""
        unit = self.county or self.prefecture or self.province
        return None if unit is None else unit.code[:2]


@dataclass(frozen=True, slots=True)
class _Name:
    division: Division
    alias: bool
    bare: bool = False


def _aliases(division: Division) -> Iterator[tuple[str, bool]]:
    """Other ways to print the name, and whether it is bare (no kind of unit at the end)."""
    name = division.name
    if division.level == "province":
        yield division.stem, False
        if division.code == "450000":
            yield "广西自治区", False
            yield "广西省", False
        return
    autonomous = _AUTONOMOUS.search(name)
    stem = (
        name[: autonomous.start()] if autonomous else re.sub("(?:地区|市|区|县|盟|旗)$", "", name)
    )
    if len(stem) < 2:
        return
    if autonomous:
        yield f"{stem}{name[-1]}", False  # 隆林县, 湘西州
        yield f"{stem}自治{name[-1]}", False
    yield stem, True


@cache
def _index() -> dict[str, tuple[_Name, ...]]:
    index: dict[str, list[_Name]] = {}
    for division in every():
        if division.name in NOT_NAMED_ON_PAPERS:
            continue
        index.setdefault(division.name, []).append(_Name(division, alias=False))
        for alias, bare in _aliases(division):
            index.setdefault(alias, []).append(_Name(division, alias=True, bare=bare))
    return {name: tuple(found) for name, found in index.items()}


@cache
def _longest() -> int:
    return max(map(len, _index()))


@dataclass(frozen=True, slots=True)
class _Parse:
    units: tuple[_Name, ...]
    end: int

    @property
    def county(self) -> _Name | None:
        return next((u for u in self.units if _is_county(u.division)), None)

    @property
    def fits(self) -> bool:
        """Whether the county lies (or lay) under the prefecture that is printed before it."""
        codes = {u.division.code[:4] for u in self.units if u.division.level != "province"}
        return len(codes) <= 1

    @property
    def rank(self) -> tuple[int, ...]:
        """Higher is better: a county, names in full, fitting levels, names of today, length."""
        return (
            self.county is not None,
            -sum(u.bare for u in self.units if _is_county(u.division)),
            self.fits,
            self.end,
            -sum(u.alias for u in self.units),
            sum(u.division.is_current for u in self.units) - len(self.units),
        )


def _is_county(division: Division) -> bool:
    return division.level == "county" or division.code in PREFECTURES_WITHOUT_COUNTIES


def _names_at(text: str, start: int) -> Iterator[tuple[_Name, int]]:
    index = _index()
    for length in range(2, min(_longest(), len(text) - start) + 1):
        for name in index.get(text[start : start + length], ()):
            yield name, start + length


def _parses(text: str) -> Iterator[_Parse]:
    """Every reading of the beginning as province, prefecture, county, each of them optional."""
    yield _Parse((), 0)
    for name, end in _names_at(text, 0):
        if name.division.level == "province":
            province = _Parse((name,), end)
            yield province
            yield from _below(text, province)
    yield from _below(text, _Parse((), 0))


def _below(text: str, above: _Parse) -> Iterator[_Parse]:
    inside = above.units[0].division.code[:2] if above.units else None
    for name, end in _names_at(text, above.end):
        division = name.division
        if division.level == "province" or (inside and division.code[:2] != inside):
            continue
        if division.level == "prefecture" and (not name.bare or _may_be_bare(text, end, division)):
            prefecture = _Parse((*above.units, name), end)
            yield prefecture
            for county, county_end in _names_at(text, end):
                if _is_below(county, division) and _stands(text, county, county_end):
                    yield _Parse((*prefecture.units, county), county_end)
        elif division.level == "county" and _stands(text, name, end):
            yield _Parse((*above.units, name), end)


def _is_below(county: _Name, prefecture: Division) -> bool:
    # The same province is asked, not the same prefecture: 南宁市 is printed before counties that
    # were moved to it from 南宁地区 under either code. `fits` ranks the exact ones first.
    same = county.division.code[:4] == prefecture.code[:4]
    return (
        county.division.level == "county"
        and county.division.code[:2] == prefecture.code[:2]
        and (same or not county.bare)
    )


def _may_be_bare(text: str, end: int, prefecture: Division) -> bool:
    """A prefecture without 市 counts where a unit under it follows (南宁青秀区)."""
    return any(
        n.division.code[:4] == prefecture.code[:4] and not n.bare for n, _ in _names_at(text, end)
    )


def _stands(text: str, name: _Name, end: int) -> bool:
    """A county without its kind counts only where a township follows (武鸣城厢镇): 江南大道 is a
    road, not 江南区."""
    return not name.bare or _TOWN_NEXT.match(text, end) is not None


def _today(units: Iterable[_Name]) -> tuple[str, ...]:
    """Codes of today for these counties, each once."""
    codes: list[str] = []
    for unit in units:
        division = unit.division
        codes += (division.code,) if division.is_current else division.successors
    return tuple(dict.fromkeys(codes))


@lru_cache(maxsize=1024)
def parse_address(text: str) -> Address:
    """What the address says; never raises, finds nothing in what is not an address."""
    text = squeeze(text)
    misread = _misread_province(text)
    joined = text if misread is None else misread.name + text[len(misread.name) :]
    parses = list(_parses(joined))
    best = max(p.rank for p in parses)
    chosen = [p for p in parses if p.rank == best]
    first = chosen[0]
    counties = [p.county for p in chosen if p.county is not None]
    province = next((u.division for u in first.units if u.division.level == "province"), None)
    prefecture = next((u.division for u in first.units if u.division.level == "prefecture"), None)
    if len(chosen) > 1 and len({p.units[0].division.code[:2] for p in chosen}) > 1:
        province = prefecture = None  # the same name in several provinces
    rest = joined[first.end :]
    town = _town(rest)
    if not counties:
        near = misread or (_near(rest, province, prefecture) if first.units else None)
        return Address(province, prefecture, None, None, None, town, rest, "none", near=near)
    today = _today(counties)
    county = counties[0].division if len(counties) == 1 else None
    if county is None and len(today) == 1:  # one place under several codes of the past
        county = max(counties, key=lambda u: u.division.until or 9999).division
    unit = county or counties[0].division
    code = today[0] if len(today) == 1 else None
    return Address(
        province=province or (by_code(f"{unit.code[:2]}0000") if county else None),
        prefecture=prefecture,
        county=county,
        code_current=code,
        code_as_printed=county.code if county else None,
        town=(find_town(rest, code) if code else None) or town,
        rest=rest,
        method=_method(counties[0]) if county else "none",
        candidates=today if len(today) > 1 else (),
        near=misread,
        near_town=find_near_town(rest, code) if code else None,
    )


def _town(rest: str) -> str | None:
    found = _TOWN.match(rest)
    return found[0] if found else None


@cache
def _long_provinces() -> tuple[Division, ...]:
    return tuple(d for d in every() if d.level == "province" and len(d.name) >= 5)


def _misread_province(text: str) -> Division | None:
    """The province with a long name that ``text`` begins with, but for one character (自冶区 at the
    end): no other province is near."""
    for province in _long_provinces():
        head = text[: len(province.name)]
        if len(head) == len(province.name) and sum(map(str.__ne__, province.name, head)) == 1:
            return province
    return None


def _method(name: _Name) -> Method:
    if name.alias:
        return "alias"
    return "current" if name.division.is_current else "historic"


@cache
def _counties() -> dict[str, tuple[Division, ...]]:
    """Counties of all times, with names of three characters or more, by province."""
    table: dict[str, list[Division]] = {}
    for division in every():
        if division.level == "county" and len(division.name) >= 3:
            table.setdefault(division.code[:2], []).append(division)
    return {province: tuple(counties) for province, counties in table.items()}


def _near(rest: str, province: Division | None, prefecture: Division | None) -> Division | None:
    """The one county, under what was found, whose name is one character off the rest's beginning:
    one misread (青秃区) or, in a long name, one lost. Names of two characters are never near."""
    if province is None and prefecture is None:
        return None
    inside = prefecture.code[:4] if prefecture else (province.code[:2] if province else "")
    behind = _behind_misread_prefecture(rest, inside) if prefecture is None else ()
    matches = {n.division.name: n.division for n in behind} or {
        d.name: d
        for d in _counties().get(inside[:2], ())
        if d.code.startswith(inside) and _is_off_by_one(d.name, rest)
    }
    return next(iter(matches.values())) if len(matches) == 1 else None


def _behind_misread_prefecture(rest: str, province: str) -> Iterator[_Name]:
    """Counties printed behind a prefecture's name that is one character off (南宇市青秀区)."""
    for prefecture in _prefectures().get(province, ()):
        length = len(prefecture.name)
        head = rest[:length]
        misread = len(head) == length and sum(map(str.__ne__, prefecture.name, head)) == 1
        for name, _ in _names_at(rest, length) if misread else ():
            if not name.bare and name.division.code[:4] == prefecture.code[:4]:
                yield name


@cache
def _prefectures() -> dict[str, tuple[Division, ...]]:
    table: dict[str, list[Division]] = {}
    for division in every():
        if division.level == "prefecture" and len(division.name) >= 3:
            table.setdefault(division.code[:2], []).append(division)
    return {province: tuple(units) for province, units in table.items()}


def _is_off_by_one(name: str, text: str) -> bool:
    head = text[: len(name)]
    misread = len(head) == len(name) and sum(a != b for a, b in zip(name, head, strict=True)) == 1
    if misread and (len(name) > 3 or head[-1] == name[-1]):
        return True
    return any(
        text.startswith(name[:i] + name[i + 1 :]) for i in range(len(name) - 1) if len(name) > 3
    )
