"""民族 (GB/T 3304-1991): names as printed, with and without 族. Source: domain.md 3.3."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

from pipeline.reference.text import squeeze


def _table() -> dict[str, str]:
    text = (files("pipeline.reference") / "ethnicities.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["name"]: row["code"] for row in rows}


CODES = _table()
"""Name without 族 -> numeric code, the two residual classes included."""

NAMES = tuple(name for name, code in CODES.items() if int(code) <= 56)
"""The 56 groups, without 族."""

GUANGXI_ETHNICITIES = ("壮", "汉", "瑶", "苗", "侗", "仫佬", "毛南", "回", "京", "彝", "水", "仡佬")
"""The twelve groups long settled in Guangxi: what an ambiguous reading most likely is [K]."""

_OLD_NAMES = {"毛难": "毛南", "僮": "壮", "徭": "瑶", "崩龙": "德昂"}
_NATURALISED = re.compile(r"(.+?)[(]入籍[)]")


def find(text: str) -> str | None:
    """The group's name without 族, or None: also for ``壮族``, and the names before 1986."""
    name = squeeze(text)
    naturalised = _NATURALISED.fullmatch(name)
    if naturalised is not None:
        name = naturalised[1]
    if name not in CODES:
        name = name.removesuffix("族")
    name = _OLD_NAMES.get(name, name)
    return name if name in CODES else None


def code_of(text: str) -> str | None:
    """The two-digit code, or None."""
    name = find(text)
    return None if name is None else CODES[name]


def is_same(a: str, b: str) -> bool:
    """Whether two prints name the same group (壮 and 壮族)."""
    return a == b or (find(a) is not None and find(a) == find(b))
