"""How often characters stand in the names of Guangxi's places: 岭 in 17, 峪 and 哈 in none.

Villages are named with the characters that towns are named with. No table has all villages, so this
tells only which of two everyday characters is hardly meant, and says nothing of rare ones.
Source: ``divisions.csv`` (Guangxi, 1980 to today) and ``towns.csv``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from pipeline.reference.divisions import GUANGXI, every
from pipeline.reference.rare_characters import hidden_behind, is_known_of_places, is_never_of_places
from pipeline.reference.rarity import is_rare
from pipeline.reference.towns import all_towns

UNSEEN = 0.5
"""Names added to the count of each character: that none of 1,400 has one does not rule it out."""
LEAST, MOST = 0.05, 5.0
"""Weight of another choice, at the least and at the most. 13 times as many names have 白 as 自,
which was read for it at 0.986; of 1,650 addresses read right four more are doubted by it."""
_KIND = re.compile(
    r"(?:各族|[^自]{1,4}族)*(?:自治[区州县旗]|乡)$|(?:市|地区|专区|县|区|镇|乡|街道)$"
)
"""What a name ends with that says only what kind of place it is."""
AWAY = 0.15
"""What is left of a rare character's chance that no list of places has. It counts 6.7 times what
the engine's score says (:mod:`pipeline.evidence.evidence`), since rare characters are read for
common ones; but villages are hardly named with it (𫶇 beside 岭), so that it counts once."""


def weight(choice: str, own: str, choices: Iterable[str]) -> float:
    """How many times likelier ``choice`` is than the engine says where a place's name was read with
    ``own`` and may have any of ``choices``: hardly likely where no village is named with it and it
    is read for a rare one among them, less likely where it is a rare one that no list has; else by
    how many more names have the one or the other. 1 for a rare character of places, which may be
    read for a common one."""
    if choice == own:
        return LEAST if _is_read_for_another(own, choices) else 1.0
    if is_unusual(choice) and _names_with(own):
        return AWAY
    if _is_read_for_another(choice, choices):
        return LEAST
    if is_rare(choice) or choice in hidden_behind(own):
        return 1.0
    most = 1.0 if is_rare(own) else MOST  # engines hardly read a rare one for a common one
    return max(LEAST, min(most, (_names_with(choice) + UNSEEN) / (_names_with(own) + UNSEEN)))


def _is_read_for_another(choice: str, choices: Iterable[str]) -> bool:
    return is_never_of_places(choice) and any(c in hidden_behind(choice) for c in choices)


def is_unusual(char: str) -> bool:
    """Whether Guangxi's places are hardly ever named with this character: a rare one that no list
    has, which engines read for another rare one (筭 for 㟖)."""
    return is_rare(char) and not is_known_of_places(char) and not _names_with(char)


def _names_with(char: str) -> int:
    return _counts()[char]


@cache
def _counts() -> Counter[str]:
    divisions = {d.name for d in every() if d.code.startswith(GUANGXI)}
    names = (_KIND.sub("", name) for name in (*divisions, *all_towns()))
    return Counter(char for name in names for char in set(name))
