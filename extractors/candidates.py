"""The recogniser's second choices, where the field says that the first is unlikely.

Its first choice for a rare character is a common look-alike (邑 for 岜, 嫌 for 嬿), the right one
mostly comes second. Where the field is a place or a name, the first choice is foreign to it, and
the second is at home there, the second is taken; likewise where it makes a county's name whole. A
person is always asked, and what was read first is kept as ``raw``.
"""

from __future__ import annotations

from pipeline.evidence import Evidence, Value
from pipeline.reference import addresses
from pipeline.reference.names import is_han
from pipeline.reference.rare_characters import Use, is_listed, is_usual

FIRST_MAX = 0.95
"""A first choice surer than this stands."""
SECOND_MIN = 0.03
"""Score from which a second choice is one."""
PRIOR = {False: 30.0, True: 2.5}
"""How much likelier a rare character of places or names is there than the engine thinks; less so
where the engine's first choice is at home there too."""
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


def prefer(field: str, evidence: Evidence) -> None:
    """Take second choices where the field speaks for them, in place."""
    use = USES.get(field)
    if use is None:
        return
    text = evidence.value.value
    chars = evidence.chars
    if "".join(c.text for c in chars) != text:
        return
    changed = list(text)
    for i, char in enumerate(chars):
        if char.score > FIRST_MAX or not is_han(char.text) or is_listed(char.text, use):
            continue
        if use == "names" and i == 0:
            continue  # a surname is of a closed list; the recogniser knows them
        prior = PRIOR[is_usual(char.text, use)]
        for other, score in char.alternatives:
            if score >= SECOND_MIN and score * prior > char.score and is_listed(other, use):
                changed[i] = other
                break
    if use == "places":
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
