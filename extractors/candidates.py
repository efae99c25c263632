"""The recogniser's second choices, where they are likelier than the first.

Its first choice for a rare character is mostly a common look-alike (邑 for 岜, 嫌 for 嬿), with the
right one second (:func:`pipeline.evidence.chances`). Where the second is the likelier one, the
more so where it is at home in place names or in given names, or where it makes a county's name
whole, it is taken. A person is always asked, and what was read first is kept as ``raw``.
"""

from __future__ import annotations

from pipeline.evidence import Evidence, Value, chances
from pipeline.reference import addresses
from pipeline.reference.names import is_han
from pipeline.reference.rare_characters import Use, is_listed
from pipeline.reference.rarity import is_rare

AT_HOME = 4.0
"""How many times likelier a rare character is where its kind is listed for the field's use."""
LIKELY = 0.3
"""Chance from which a second choice may be taken."""
USES: dict[str, Use] = {
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


def prefer(field: str, evidence: Evidence) -> None:
    """Take likelier second choices, in place."""
    use = USES.get(field)
    if use is None:
        return
    text = evidence.value.value
    chars = evidence.chars
    if "".join(c.text for c in chars) != text:
        return
    changed = list(text)
    for i, char in enumerate(chars):
        likely = {
            other: chance * (AT_HOME if is_rare(other) and is_listed(other, use) else 1.0)
            for other, chance in chances(char).items()
        }
        best = max(likely, key=lambda other: likely[other])
        if is_han(char.text) and is_han(best) and likely[best] >= LIKELY:
            changed[i] = best
    _complete_county(changed, evidence)
    if changed != list(text):
        told = "、".join(f"“{a}”取“{b}”" for a, b in zip(text, changed, strict=True) if a != b)
        doubts = (*evidence.value.doubts, f"生僻字：{told}")
        evidence.value = Value("".join(changed), doubts, False)


def _complete_county(changed: list[str], evidence: Evidence) -> None:
    """Where one character parts a place from a county's name and the recogniser had the right one
    among its choices, take it."""
    near = addresses.parse_address("".join(changed)).near
    if near is None:
        return
    name = near.name
    for start in range(len(changed) - len(name) + 1):
        window = changed[start : start + len(name)]
        wrong = [i for i in range(len(name)) if window[i] != name[i]]
        if len(wrong) != 1:
            continue
        at = start + wrong[0]
        if any(other == name[wrong[0]] for other, _ in evidence.chars[at].alternatives):
            changed[at] = name[wrong[0]]
            return
