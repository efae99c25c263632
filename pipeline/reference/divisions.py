"""行政区划代码 (GB/T 2260): which codes exist and existed, under which names, since when.

``divisions.csv`` holds provinces, prefectures and counties from 1980 to 2023 with names over
time; where a unit is gone, its successors. The first six digits of a citizen number are the
place of *first registration*; they never prove where the household is now.
Source: domain.md 3.1, 3.2, appendices A and B; the table's head names the rest.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Level = Literal["province", "prefecture", "county"]

PREFECTURES_WITHOUT_COUNTIES = frozenset({"441900", "442000", "460400", "620200"})
"""东莞 中山 儋州 嘉峪关: their own code stands in the place of a county's."""

NOT_NAMED_ON_PAPERS = frozenset({"市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位"})
"""Names of codes that only group others."""

GUANGXI = "45"
_KIND_OF_PROVINCE = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|特别行政区$|省$|市$")


@dataclass(frozen=True, slots=True)
class Division:
    """One unit under one name. ``since`` None: 1980 or before, or not known; ``until`` None: still
    so, else its last year; ``successors``: codes of what lies there now, several where split."""

    code: str
    name: str
    since: int | None
    until: int | None
    successors: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """Province, prefecture or county, by the code's zeros."""
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"

    @property
    def stem(self) -> str:
        """A province's name without its kind, as papers shorten it (广西)."""
        return _KIND_OF_PROVINCE.sub("", self.name)

    @property
    def is_current(self) -> bool:
        """Whether the unit exists today under this name."""
        return self.until is None


@cache
def every() -> tuple[Division, ...]:
    """The whole table, by code and then by time."""
    text = (files("pipeline.reference") / "divisions.csv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Division(
            code=row["code"],
            name=row["name"],
            since=int(row["since"]) if row["since"] else None,
            until=int(row["until"]) if row["until"] else None,
            successors=tuple(row["successors"].split()),
        )
        for row in csv.DictReader(lines)
    )


@cache
def _by_code() -> dict[str, tuple[Division, ...]]:
    table: dict[str, list[Division]] = {}
    for division in every():
        table.setdefault(division.code, []).append(division)
    return {code: tuple(divisions) for code, divisions in table.items()}


def names_of(code: str) -> tuple[Division, ...]:
    """The unit under each of its names, oldest first; empty for a code that never was."""
    return _by_code().get(code, ())


def by_code(code: str) -> Division | None:
    """The unit under its latest name; None for a code that never was."""
    named = names_of(code)
    return named[-1] if named else None


def existed(code: str) -> bool:
    """Whether the code is, or ever was since 1980, a unit's."""
    return code in _by_code()


def last_year(code: str) -> int | None:
    """The last year in which the code was in use; None for one in use or that never was."""
    named = names_of(code)
    if not named or any(d.until is None for d in named):
        return None
    return max(d.until for d in named if d.until is not None)


def province_of(code: str) -> Division | None:
    """The province that the code lies in."""
    return by_code(f"{code[:2]}0000")


def prefecture_of(code: str) -> Division | None:
    """The prefecture that the code lies in; None for municipalities' districts and the like."""
    return by_code(f"{code[:4]}00") if not code[:4].endswith("00") else None


def current_code(code: str) -> str | None:
    """The code of the one unit that lies there now; None where it was split, or is not known."""
    named = names_of(code)
    if not named:
        return None
    if named[-1].is_current:
        return code
    successors = named[-1].successors
    return successors[0] if len(successors) == 1 else None


def full_name(code: str) -> str:
    """Province, prefecture and county in words; empty for a code that never was."""
    parts = [province_of(code), prefecture_of(code), by_code(code)]
    words: list[str] = []
    for part in parts:
        if part and part.name not in words and part.name not in NOT_NAMED_ON_PAPERS:
            words.append(part.name)
    return "".join(words) if existed(code) else ""
