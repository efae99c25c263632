"""How often characters stand in the names of Guangxi's places: 岭 in 17, 峪 and 哈 in none.

Villages are named with the characters that towns are named with. No table has all villages, so this
tells only which of two everyday characters is hardly meant, and says nothing of rare ones.
Source: ``divisions.csv`` (Guangxi, 1980 to today) and ``towns.csv``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from pipeline.reference.divisions import GUANGXI, every
from pipeline.reference.rare_characters import hidden_behind, is_known_of_places, is_never_of_places
from pipeline.reference.rarity import is_rare
from pipeline.reference.towns import all_towns

UNSEEN = 0.5
"""Names added to the count of each character: that none of 1,400 has one does not rule it out."""
LEAST = 0.05
"""What is left of another choice's chance, at the least."""
AWAY = 0.15
"""What is left of a rare character's chance that no list of places has. It counts 6.7 times what
the engine's score says (:mod:`pipeline.evidence.evidence`), since rare characters are read for
common ones; but villages are hardly named with it (𫶇 beside 岭), so that it counts once."""


def share_left(choice: str, own: str, choices: Iterable[str]) -> float:
    """What is left of the chance that ``choice`` is meant, where a place's name was read with
    ``own`` and may have any of ``choices``: little of a character that no village is named with
    and that is read for a rare one among them, and of a rare one that no list has; else by how many
    more names have ``own``. All of it for a rare character of places, which may be read for a
    common one, and where fewer names have ``own``."""
    if is_unusual(choice) and choice != own and _names_with(own):
        return AWAY
    if is_never_of_places(choice) and any(c in hidden_behind(choice) for c in choices):
        return LEAST
    if is_rare(choice) or choice in hidden_behind(own):
        return 1.0
    return max(LEAST, min(1.0, (_names_with(choice) + UNSEEN) / (_names_with(own) + UNSEEN)))


def is_unusual(char: str) -> bool:
    """Whether Guangxi's places are hardly ever named with this character: a rare one that no list
    has, which engines read for another rare one (筭 for 㟖)."""
    return is_rare(char) and not is_known_of_places(char) and not _names_with(char)


def _names_with(char: str) -> int:
    return _counts()[char]


@cache
def _counts() -> Counter[str]:
    divisions = {d.name for d in every() if d.code.startswith(GUANGXI)}
    return Counter(char for name in (*divisions, *all_towns()) for char in set(name))
