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
from pipeline.reference.rare_characters import hidden_behind, is_never_of_places
from pipeline.reference.rarity import is_rare
from pipeline.reference.towns import all_towns

UNSEEN = 0.5
"""Names added to the count of each character: that none of 1,400 has one does not rule it out."""
LEAST = 0.05
"""What is left of another choice's chance, at the least."""


def share_left(choice: str, own: str, choices: Iterable[str]) -> float:
    """What is left of the chance that ``choice`` is meant, where a place's name was read with
    ``own`` and may have any of ``choices``: little of a character that no village is named with and
    that is read for a rare one among them; else by how many more names have ``own``. All of it for
    a rare character, which may be read for a common one, and where fewer names have ``own``."""
    if is_never_of_places(choice) and any(c in hidden_behind(choice) for c in choices):
        return LEAST
    if is_rare(choice) or choice in hidden_behind(own):
        return 1.0
    return max(LEAST, min(1.0, (_names_with(choice) + UNSEEN) / (_names_with(own) + UNSEEN)))


def _names_with(char: str) -> int:
    return _counts()[char]


@cache
def _counts() -> Counter[str]:
    divisions = {d.name for d in every() if d.code.startswith(GUANGXI)}
    return Counter(char for name in (*divisions, *all_towns()) for char in set(name))
