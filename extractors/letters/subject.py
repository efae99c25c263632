"""The person whom a letter is about.

Every person named in a text is weighed by what stands around each mention (``letters.toml``:
table ``person``): a label of one's own, a word that introduces persons (兹有), sex, nation or a
number behind, a salutation; and against it an official's title, a relative, a name of the past.
The heaviest is meant; where another person is as heavy, nobody can tell, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.letters.names import ANYNAME, END, HAN, HARD_END, PERSON, begins_surely
from extractors.letters.people import NAME_LABEL, Pair, Span, find_pairs
from extractors.letters.tables import table
from pipeline.reference import ethnicities, names
from pipeline.reference.surnames import begins_with_surname

RIVAL_MARGIN = 1.0
"""Weight by which the person meant must be heavier than any other who has a number."""
LEAST = 0.0
"""Weight of a person whom more speaks for than against."""
AGAIN = 0.5
"""Weight of each further mention of a person."""
WITH_NUMBER = 3.0
UNKNOWN_SURNAME = 2.0
"""Weight lost by a name that no label announces and no known surname begins."""
LOOK_BEFORE, LOOK_AFTER = 30, 24
"""Characters around a name that say whose it is."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A person's name in the text: where, how heavy, and whether a label announces it."""

    span: Span
    weight: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """The person meant; ``number`` is where the citizen number beside stands, ``rival`` whether
    another person may be meant as well."""

    name: Span
    labelled: bool
    number: Span | None
    rival: bool


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


def mentions_of(text: str) -> Iterator[Mention]:
    """Every name in the text."""
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


def subject_of(text: str) -> Subject | None:
    """Whom the text is about; None where it names nobody but officials and relatives."""
    pairs = find_pairs(text)
    people: dict[str, list[Mention]] = {}
    for mention in mentions_of(text):
        people.setdefault(names.normalise(text[slice(*mention.span)]), []).append(mention)
    if not people:
        return None
    weights = {name: _weight(own, text, pairs) for name, own in people.items()}
    best = max(weights, key=lambda name: (weights[name], -people[name][0].span[0]))
    if weights[best] < LEAST:
        return None
    own = max(people[best], key=lambda m: (m.labelled, m.weight))
    number = next((p.number for p in pairs if _is_pair_of(p, best, text)), None)
    rival = any(
        weights[best] - weights[name] < RIVAL_MARGIN
        and not (name in best or best in name)
        and any(_is_pair_of(p, name, text) for p in pairs)
        for name in weights
        if name != best
    )
    return Subject(own.span, own.labelled, number, rival)


def _weight(own: list[Mention], text: str, pairs: tuple[Pair, ...]) -> float:
    name = names.normalise(text[slice(*own[0].span)])
    numbered = any(_is_pair_of(p, name, text) for p in pairs)
    best = max(m.weight for m in own)
    spots = len({m.span for m in own})
    return best + min(2, spots - 1) * AGAIN + numbered * WITH_NUMBER


def _is_pair_of(pair: Pair, name: str, text: str) -> bool:
    return names.normalise(text[slice(*pair.name)]) == name
