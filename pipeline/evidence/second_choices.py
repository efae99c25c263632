"""The recogniser's second choices, where they are likelier than the first.

Its first choice for a rare character is mostly a common look-alike (邑 for 岜, 嫌 for 嬿), with the
right one second (:func:`pipeline.evidence.evidence.chances`). Where the second is the likelier one,
the more so where it is at home in place names or in given names, or where it makes a town's name
whole, it is taken; a county's name is made whole where one character is misread and one county
alone is so near. A person is asked, unless the picture, or that no place is named with what was
read, leaves no doubt; what was read first is kept as ``raw``. Of some characters the engine knows
only a look-alike (冾 is read 洽): those are weighed, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.evidence.evidence import (
    RESTORED,
    Evidence,
    chances,
    in_place,
    threshold,
)
from pipeline.evidence.simple_forms import simplify
from pipeline.model import Char, Line
from pipeline.reference import addresses
from pipeline.reference.address_words import meant_before_number
from pipeline.reference.names import is_han
from pipeline.reference.place_characters import is_unusual
from pipeline.reference.place_names import region_before
from pipeline.reference.rare_characters import (
    Use,
    find_meant,
    hidden_behind,
    is_listed,
    is_never_of_places,
    is_seldom_itself,
    surname_behind,
    twin_of,
)
from pipeline.reference.rarity import is_rare
from pipeline.reference.towns import find_town

AT_HOME = 4.0
"""How many times likelier a rare character is where its kind is listed for the field's use."""
RULED_OUT = 0.02
"""Chance below which the picture speaks against a rare character that engines read for a common one
with any score. Of 232 common ones (东, 洞, 望) on 1,600 drawn addresses one had a higher one, and
none was the rare one."""
HARDLY = 0.05
"""The same of a single rare one of a common one that engines tell from it. Of 33 with a chance
between 0.02 and 0.05 on 12,800 rows of registers none was the rare one; where it was, it had 0.11
and more."""
SURNAME_RULED_OUT = 0.005
"""The same of a rare surname. Two of 仉 that were read as 仇 had 0.010 and 0.024."""
LIKELY = 0.3
"""Chance from which a second choice may be taken."""
FIELD_USES: dict[str, Use] = {
    "name": "names",
    "former_name": "names",
    "head_name": "names",
    "guardian": "names",
    "address": "places",
    "current_address": "places",
    "birth_place": "places",
    "native_place": "places",
    "other_address_in_city": "places",
    "issuing_authority": "places",
}
"""Fields whose words are of no closed list, and what they name."""
_TOWN = re.compile(r"[^镇乡街村]{1,6}?(?:镇|乡|街道)")


def prefer(field: str, evidence: Evidence, lines: Sequence[Line] = ()) -> None:
    """Take likelier second choices, in place. On a sheet whose other ``lines`` are in simple
    characters a traditional one is its simple form, if the engine named it."""
    use = FIELD_USES.get(field)
    if use is None or evidence.raw != evidence.value.value:
        return
    simplify(evidence, lines)
    text = evidence.value.value
    chars = evidence.chars
    if len(text) != len(chars):
        return  # one of the signs is of several characters (a ligature)
    weighed = in_place(chars) if use == "places" else ((c, chances(c)) for c in chars)
    taken = [_likeliest(char, chance_of, use) for char, chance_of in weighed]
    changed = [
        own if char is read else char.text
        for own, read, char in zip(text, chars, taken, strict=True)
    ]
    if use == "places":
        _complete(changed, evidence)
        _weigh_look_alikes(changed, evidence)
    else:
        _weigh_surname(taken, evidence)
    if changed != list(text):
        evidence.pooled = taken
        told = "、".join(
            f"“{old}”取“{new}”"
            for old, read, own, new in zip(text, chars, taken, changed, strict=True)
            if new != old
            and not (new == own.text and own.score >= threshold(field) and _has_witness(read))
        )
        doubts = (f"{RESTORED}：{told}",) if told else ()
        evidence.value = replace(
            evidence.value,
            value="".join(changed),
            doubts=(*evidence.value.doubts, *doubts),
            closed=False,
        )


def _has_witness(read: Char) -> bool:
    """Whether more than the engine's second choice speaks against a character: its picture, or that
    no place is named with it."""
    return read.compared or is_never_of_places(read.text)


def _likeliest(char: Char, chance_of: Mapping[str, float], use: Use) -> Char:
    """The character, or the likelier one of its choices in its place, as likely as that is."""
    # What no place is named with has been weighed already.
    at_home = 1.0 if is_never_of_places(char.text) else AT_HOME
    likely = {
        other: chance * (at_home if is_rare(other) and is_listed(other, use) else 1.0)
        for other, chance in chance_of.items()
    }
    best = max(likely, key=lambda other: likely[other])
    if best == char.text or not (is_han(char.text) and is_han(best)) or likely[best] < LIKELY:
        return char
    others = sorted((c for c in chance_of if c != best), key=lambda c: -chance_of[c])
    return replace(
        char,
        text=best,
        score=chance_of[best],
        alternatives=tuple((c, chance_of[c]) for c in others),
        compared=True,
    )


def _complete(changed: list[str], evidence: Evidence) -> None:
    """Make the name of a county, or of one of its towns, whole that has one character misread.

    Counties are all known, so the one that is near is taken; towns are merged and renamed, so
    theirs only with a character that the recogniser had among its choices.
    """
    found = addresses.parse_address("".join(changed))
    if found.near is not None:
        _put(changed, found.near.name, None)
    elif found.near_town is not None:
        _put(changed, found.near_town, evidence)


def _put(changed: list[str], name: str, evidence: Evidence | None) -> None:
    """Write ``name`` where all but one of its characters stand; with ``evidence``, only where it
    holds the other one as a choice."""
    for start in range(len(changed) - len(name) + 1):
        window = changed[start : start + len(name)]
        wrong = [i for i in range(len(name)) if window[i] != name[i]]
        if len(wrong) != 1:
            continue
        at = start + wrong[0]
        choices = () if evidence is None else evidence.chars[at].alternatives
        if evidence is None or any(other == name[wrong[0]] for other, _ in choices):
            changed[at] = name[wrong[0]]
            return


def _weigh_surname(chars: Sequence[Char], evidence: Evidence) -> None:
    """Doubt a surname that engines read for a rare one, where its picture leaves that a chance."""
    rare = surname_behind(chars[0].text) if chars else ""
    if rare and chances(chars[0]).get(rare, 0.0) >= SURNAME_RULED_OUT:
        evidence.doubts.append(f"“{chars[0].text}”或为“{rare}”")


def _weigh_look_alikes(changed: list[str], evidence: Evidence) -> None:
    """Doubt characters of a place that are read for rare ones which they look like, or take these
    where they are likelier; not within the names of known divisions and towns."""
    text = "".join(changed)
    known = _known_part(text)
    town = _TOWN.match(text, known)
    for i, read in list(enumerate(evidence.chars))[known:]:
        if meant_word := meant_before_number(text, i):
            changed[i] = meant_word
            continue
        # A town that nobody knows may be one that was misread.
        is_free = town is None or i >= town.end()
        if twin := twin_of(changed[i]):
            rivals = [twin]
        elif is_unusual(changed[i]) and region_before(text):
            evidence.doubts.append(f"地名中少见的字：{changed[i]}")
            continue
        elif read.compared:
            rivals = list(_not_ruled_out(read, changed[i]))
        elif (meant := find_meant(changed[i], read.score, sure=is_free)) and meant.is_likelier:
            changed[i] = meant.char
            continue
        else:
            rivals = [meant.char] if meant else []
        evidence.doubts += [f"“{changed[i]}”或为“{rival}”" for rival in rivals]


def _not_ruled_out(read: Char, char: str) -> Iterator[str]:
    """The rare characters hidden behind one that was weighed by its picture, which left them a
    chance."""
    rivals = hidden_behind(char)
    is_told_apart = len(rivals) == 1 and not is_seldom_itself(char)
    for hidden in rivals:
        if chances(read).get(hidden, 0.0) >= (HARDLY if is_told_apart else RULED_OUT):
            yield hidden


def _known_part(text: str) -> int:
    """How many characters from the beginning name known divisions and towns."""
    found = addresses.parse_address(text)
    rest = found.rest
    if found.code_current and (town := find_town(rest, found.code_current)):
        rest = rest.removeprefix(town)
    return len(text) - len(rest) if text.endswith(rest) else 0
