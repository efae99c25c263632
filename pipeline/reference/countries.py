"""Countries in numbers, machine-readable zones and print (ISO 3166-1, ICAO 9303 part 3, 5)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ICAO_ONLY = frozenset(
    {"D", "GBD", "GBN", "GBO", "GBP", "GBS", "EUE", "RKS", "UNA", "UNK", "UNO"}
    | {"XBA", "XIM", "XCC", "XCO", "XEC", "XOM", "XPO", "XXA", "XXB", "XXC", "XXX", "UTO"}
)
"""Codes of the machine-readable zone that are no country's of ISO 3166-1; UTO is the specimen's."""

_ALIASES = {"D": "DEU", "GBD": "GBR", "GBN": "GBR", "GBO": "GBR", "GBP": "GBR", "GBS": "GBR"}


@dataclass(frozen=True, slots=True)
class Country:
    """One country: alpha-3 ``code``, three-digit ``numeric``, names as printed."""

    code: str
    numeric: str
    names: frozenset[str]


@cache
def _table() -> tuple[Country, ...]:
    text = (files("pipeline.reference") / "countries.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Country(
            row["code"],
            row["numeric"],
            frozenset(_fold(n) for key in ("chinese", "english") for n in row[key].split("/")),
        )
        for row in rows
    )


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).upper()


@cache
def _by_key() -> dict[str, Country]:
    return {key: c for c in _table() for key in (c.code, c.numeric, *c.names) if key}


_APART = re.compile(r"[/\s()（）]+|(?<=[一-鿿])(?=[A-Za-z])|(?<=[A-Za-z])(?=[一-鿿])")


def find(text: str) -> Country | None:
    """The country of a code (``CAN``, ``124``, ``D``) or a printed name, also ``加拿大/CANADA`` and
    ``CAN 加拿大``; None where none or two different ones are named."""
    folded = _fold(text)
    country = _by_key().get(_ALIASES.get(folded, folded))
    if country is not None:
        return country
    parts = [_fold(p) for p in _APART.split(text)]
    found = {c for p in parts if (c := _by_key().get(_ALIASES.get(p, p)))}
    return found.pop() if len(found) == 1 else None


def is_mrz_code(code: str) -> bool:
    """Whether a machine-readable zone may give this code (fillers taken off) for a state."""
    return code in ICAO_ONLY or (len(code) == 3 and code.isalpha() and code in _by_key())
