"""Characters that a table of places bears out: 佬 in 罗城仫佬族自治县 can be nothing else.

A name of the table, or a word of addresses (瑶族乡, 屯 before a house's number), is as good as a
second reading of its characters: another choice for one must make another name or word there. A
character that no other name of the table has another one for is certain beside that.
Source: ``divisions.csv`` (all of China, 1980 to today), ``towns.csv`` (Guangxi) and
``address_words.toml``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.reference.address_words import words_in
from pipeline.reference.divisions import GUANGXI, NOT_NAMED_ON_PAPERS, every
from pipeline.reference.towns import towns_of

SHORTEST = 3
"""Characters of a name that bears anything out: of two characters too many words are made."""

_Pattern = tuple[str, str]
"""A name without one of its characters: what stands before it, and behind."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A name or word that stands in a text, from ``start`` to ``end``. ``certain``: positions in
    the text of its characters that no other name has another one for."""

    start: int
    end: int
    certain: frozenset[int] = frozenset()


def covering(text: str, at: int) -> list[Standing]:
    """The names and words in ``text`` (no white space) that the character at ``at`` is of."""
    return [name for name in standing_in(text) if name.start <= at < name.end]


@lru_cache(maxsize=4096)
def standing_in(text: str) -> tuple[Standing, ...]:
    """The names and words in ``text`` (no white space).

    Names within a province that stands before them are held against that province's names alone,
    a township against those of its county.
    """
    return (*_names_in(text), *(Standing(*span) for span in words_in(text)))


def region_before(text: str) -> int:
    """How many characters of ``text`` (no white space) name Guangxi, or one of its prefectures or
    counties, at its beginning."""
    if _province_before(text) == GUANGXI:
        return next(len(n) for n, _ in _short_provinces() if text.startswith(n))
    return len(_name_at(text, 0, GUANGXI) or "")


def _names_in(text: str) -> Iterator[Standing]:
    province, at = _province_before(text), 0
    while at < len(text):
        name = _name_at(text, at, province)
        if name is None:
            at += 1
            continue
        yield _standing(at, name, _certain(name, province))
        codes = _names(province)[name]
        at += len(name)
        province = province or _only(code[:2] for code in codes)
        towns = frozenset[str]().union(*map(towns_of, codes))
        town = max((t for t in towns if text.startswith(t, at)), key=len, default="")
        if len(town) >= SHORTEST:
            yield _standing(at, town, _alone(town, towns))
            at += len(town)


def _standing(at: int, name: str, certain: Iterable[int]) -> Standing:
    return Standing(at, at + len(name), frozenset(at + i for i in certain))


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
