"""Characters that a table of places bears out: 佬 in 罗城仫佬族自治县 can be nothing else.

A name of the table in which no single other character gives another name of the table is as good
as a second reading of that character. Where one would (上林县, 兴宁区), nothing is borne out.
Source: ``divisions.csv`` (all of China, 1980 to today) and ``towns.csv`` (Guangxi).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from pipeline.reference.divisions import NOT_NAMED_ON_PAPERS, every
from pipeline.reference.towns import towns_of

SHORTEST = 3
"""Characters of a name that bears anything out: of two characters too many words are made."""

_Pattern = tuple[str, str]
"""A name without one of its characters: what stands before it, and behind."""


@lru_cache(maxsize=4096)
def borne_out(text: str) -> frozenset[int]:
    """Positions in ``text`` (no white space) of characters that the tables bear out.

    Names within a province that stands before them are held against that province's names alone,
    a township against those of its county.
    """
    found: set[int] = set()
    province, at = _province_before(text), 0
    while at < len(text):
        name = _name_at(text, at, province)
        if name is None:
            at += 1
            continue
        codes = _names(province)[name]
        found.update(at + i for i in _certain(name, province))
        at += len(name)
        province = province or _only(code[:2] for code in codes)
        towns = frozenset[str]().union(*map(towns_of, codes))
        town = max((t for t in towns if text.startswith(t, at)), key=len, default="")
        if len(town) >= SHORTEST:
            found.update(at + i for i in _alone(town, towns))
            at += len(town)
    return frozenset(found)


def _name_at(text: str, at: int, province: str) -> str | None:
    """The longest name that stands there."""
    names = _names(province)
    for length in range(min(_longest(), len(text) - at), SHORTEST - 1, -1):
        if text[at : at + length] in names:
            return text[at : at + length]
    return None


def _province_before(text: str) -> str:
    """Two digits of the province that the text begins with by its short name (广西上林县)."""
    return next((code for name, code in _short_provinces() if text.startswith(name)), "")


@cache
def _short_provinces() -> tuple[tuple[str, str], ...]:
    provinces = [d for d in every() if d.level == "province"]
    return tuple((d.stem, d.code[:2]) for d in provinces)


def _only(codes: Iterable[str]) -> str:
    """The one that all are; empty where they differ or there are none."""
    distinct = set(codes)
    return distinct.pop() if len(distinct) == 1 else ""


@cache
def _names(province: str) -> dict[str, frozenset[str]]:
    """Names of units of all times with the codes that bore them, of one province or of all."""
    names: dict[str, set[str]] = defaultdict(set)
    for division in every():
        inside = division.code.startswith(province)
        if inside and len(division.name) >= SHORTEST and division.name not in NOT_NAMED_ON_PAPERS:
            names[division.name].add(division.code)
    return {name: frozenset(codes) for name, codes in names.items()}


@cache
def _longest() -> int:
    return max(map(len, _names("")))


@cache
def _shared(province: str) -> frozenset[_Pattern]:
    """What is left of names without one character, where two names leave the same."""
    seen: set[_Pattern] = set()
    twice: set[_Pattern] = set()
    for name in _names(province):
        for pattern in _patterns(name):
            (twice if pattern in seen else seen).add(pattern)
    return frozenset(twice)


def _patterns(name: str) -> Iterator[_Pattern]:
    return ((name[:i], name[i + 1 :]) for i in range(len(name)))


def _certain(name: str, province: str) -> Iterator[int]:
    shared = _shared(province)
    return (i for i, pattern in enumerate(_patterns(name)) if pattern not in shared)


def _alone(name: str, names: Iterable[str]) -> Iterator[int]:
    """Positions of ``name`` at which no other of the names differs from it alone."""
    others = [other for other in names if len(other) == len(name) and other != name]
    for i, (before, behind) in enumerate(_patterns(name)):
        if not any(o.startswith(before) and o[i + 1 :] == behind for o in others):
            yield i
