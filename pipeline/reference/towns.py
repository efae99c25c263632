"""Townships and streets of Guangxi by county (``towns.csv``, as of mid 2023): a second reader for
addresses.

Townships are merged and renamed, so one that is not in the table is no mistake; one that is a
character off a known one is worth a look.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from pipeline.reference.text import is_misread

TOWN_KINDS = ("街道", "镇", "乡")


@cache
def _table() -> dict[str, frozenset[str]]:
    text = (files("pipeline.reference") / "towns.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    towns: dict[str, set[str]] = {}
    for row in rows:
        towns.setdefault(row["county"], set()).add(row["name"])
    return {county: frozenset(names) for county, names in towns.items()}


def towns_of(county: str) -> frozenset[str]:
    """The townships of a county-level code of today; empty outside Guangxi."""
    return _table().get(county, frozenset())


def all_towns() -> list[str]:
    """All townships' names, one that several counties have several times."""
    return [name for names in _table().values() for name in names]


def find_town(text: str, county: str) -> str | None:
    """The township of the county that the text begins with, or None."""
    return max((t for t in towns_of(county) if text.startswith(t)), key=len, default=None)


def find_near_town(text: str, county: str) -> str | None:
    """The one township of the county that the text begins with but for one character misread
    (古零填 for 古零镇); None where the text begins with a known one, or two are as near."""
    if find_town(text, county) is not None:
        return None
    near = [
        town for town in towns_of(county) if len(town) >= 3 and is_misread(text[: len(town)], town)
    ]
    return near[0] if len(near) == 1 else None
