"""Who a text names: persons, and the citizen numbers beside them.

A name is weighed by what stands around it (``letters.toml``: table ``person``). A number has a
check digit and stands right behind its owner, whatever else a letter says and however it says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from extractors.letters.names import ANYNAME, END, HAN, HARD_END, PERSON, begins_surely
from extractors.letters.tables import table
from pipeline.reference import ethnicities, idnumber
from pipeline.reference.surnames import begins_with_surname

Span = tuple[int, int]

UNKNOWN_SURNAME = 2.0
"""Weight lost by a name that no label announces and no known surname begins."""
LOOK_BEFORE, LOOK_AFTER = 30, 24
"""Characters around a name that say whose it is."""
PERSON_REACH = 90
"""Characters before a number within which its owner is named."""
_NUMBER = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
KIN: str = table()["names"]["kin"]
"""Words of relation before a name."""
_OTHERS: str = table()["names"]["others"]
_NO_OTHER = "".join(rf"(?<!(?<!被){word})" for word in _OTHERS.split("|"))
NAME_LABEL = rf"(?:姓\s*名|{_NO_OTHER}人员?|对象|户主|职工|员工|教师|学生)"
"""What the label of a person's own name ends with, whatever stands before."""
_OTHER = re.compile(
    rf"(?:(?:{_OTHERS})(?:人员?|员)|(?:原|曾用|旧|[更变][改更正]前)姓?名[为是叫]?)[:\t“”(]*\Z"
)
"""Before a name that is not the number's owner: an official's, or one of the past."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A person's name in the text: where, how heavy, and whether a label announces it."""

    span: Span
    weight: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A person and the number beside, as stretches of the text."""

    name: Span
    number: Span


Cue = tuple[re.Pattern[str], float]


@cache
def _cues() -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    """What before and what behind a name weighs how much."""
    rows = table()["person"]
    before = ((rf"(?:{row['before']})$", row["weight"]) for row in rows if "before" in row)
    after = ((row["after"], row["weight"]) for row in rows if "after" in row)
    return (
        tuple((re.compile(text), float(weight)) for text, weight in before),
        tuple((re.compile(text), float(weight)) for text, weight in after),
    )


@cache
def _named() -> tuple[re.Pattern[str], ...]:
    """Names as they are told from other words: behind a label; by surname; behind an
    introduction, whatever the surname; a single character behind a label."""
    intro = table()["title"]["intro"]
    return tuple(
        re.compile(text, re.M)
        for text in (
            rf"{NAME_LABEL}(?:\([^)]{{1,8}}\))?[:\t]+\s*(?P<labelled>{ANYNAME}){END}",
            rf"(?=(?P<plain>{PERSON}){END})",
            rf"(?:{intro}|^)(?P<any>{ANYNAME})(?=同志|先生|女士|[(,](?:[男女性]|公民|居民|身份)|:\n)",
            rf"{NAME_LABEL}[:\t]+(?P<one>[{HAN}]){HARD_END}",
        )
    )


@lru_cache(maxsize=4)
def mentions_of(text: str) -> tuple[Mention, ...]:
    """Every name in the text. Of two that overlap the one that begins first counts (欧阳雪, not the
    阳雪 within)."""
    kept: list[Mention] = []
    for mention in sorted(_mentions(text), key=lambda m: (m.span, -m.weight)):
        if not kept or mention.span[0] >= kept[-1].span[1] or mention.span[0] == kept[-1].span[0]:
            kept.append(mention)
    return tuple(kept)


def _mentions(text: str) -> Iterator[Mention]:
    for pattern in _named():
        for found in pattern.finditer(text):
            how = found.lastgroup or ""
            start, end = found.span(how)
            name = found[how]
            if ethnicities.find(name) or (how == "plain" and not begins_surely(text, start, end)):
                continue
            labelled = how in ("labelled", "one")
            weight = weigh(text, start, end, labelled)
            if how == "any" and not begins_with_surname(name):
                weight -= UNKNOWN_SURNAME
            yield Mention((start, end), weight - (2.0 if how == "one" else 0.0), labelled)


def weigh(text: str, start: int, end: int, labelled: bool) -> float:
    """How much speaks for the person named at ``text[start:end]`` as the one meant."""
    before = text[max(0, start - LOOK_BEFORE) : start]
    after = text[end : end + LOOK_AFTER]
    cues_before, cues_after = _cues()
    weight = sum(w for pattern, w in cues_before if pattern.search(before))
    weight += sum(w for pattern, w in cues_after if pattern.match(after))
    return weight + (1.0 if labelled else 0.0)


@lru_cache(maxsize=4)
def find_pairs(text: str) -> tuple[Pair, ...]:
    """Every valid citizen number with the person named before it, in the order of the text."""
    return tuple(_pairs(text))


def _pairs(text: str) -> Iterator[Pair]:
    begun = 0
    for found in _NUMBER.finditer(text):
        if not idnumber.is_valid(found[0].upper()):
            continue
        first = max(begun, found.start() - PERSON_REACH)
        owners = [
            m.span
            for m in mentions_of(text)
            if first <= m.span[0]
            and m.span[1] <= found.start()
            and not _OTHER.search(text[: m.span[0]])
        ]
        if owners:
            yield Pair(max(owners), found.span())
        begun = found.end()
