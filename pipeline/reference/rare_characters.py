"""Characters of place names and given names that engines read as common ones.

See ``rare_characters.toml`` for what the lists are and are not used for.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Use = Literal["places", "names"]
PLAIN_SHARE = 0.999
"""Score that a common character in plain print has, at least. Where pictures had not decided, on
4,800 drawn addresses 44 of 46 lower ones were rare (岸 for 㟖 had 0.990, 良 for 峎 0.996); 57 of 57
higher ones were themselves, with 0.9995 and more."""
FULL_SHARE = 0.9995
"""The same in the name of a town that nobody knows, which may be one that was misread."""
POOR = 0.9
"""The same on poor print."""


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset("".join(_table()[name].split())) for name in ("places", "names")}


@cache
def _table() -> dict[str, Any]:
    text = (files("pipeline.reference") / "rare_characters.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def is_listed(char: str, use: Use) -> bool:
    """Whether a character is one of the rare ones of place names or names."""
    return char in _lists()[use]


@cache
def _of_places() -> frozenset[str]:
    tables = _table()["look_alikes"]
    hidden = (rare for kind in ("always", "blind", "unsure") for rare in tables[kind].values())
    return _lists()["places"].union("".join(_table()["also_places"].split()), *hidden)


def is_known_of_places(char: str) -> bool:
    """Whether a list has the rare character as one of place names, be it read well or not."""
    return char in _of_places()


def listed() -> frozenset[str]:
    """All of them."""
    return frozenset().union(*_lists().values())


def hidden_behind(char: str) -> str:
    """The rare characters for which engines read this one, the likeliest first; empty where none
    is known."""
    tables = _table()["look_alikes"]
    kinds = ("always", "blind", "unsure", "surnames")
    return str(next((tables[kind][char] for kind in kinds if char in tables[kind]), ""))


def surname_behind(char: str) -> str:
    """The rare surname for which engines read this one; empty where none is known."""
    return str(_table()["look_alikes"]["surnames"].get(char, ""))


def behind_in_names(char: str) -> str:
    """The rare characters of names for which engines read this one, which is another of names;
    empty where none is known."""
    return str(_table()["look_alikes"]["names"].get(char, ""))


def twin_of(char: str) -> str:
    """The character that this one may always be instead; empty where there is none."""
    return str(_table()["look_alikes"]["twins"].get(char, ""))


def is_never_of_places(char: str) -> bool:
    """Whether no village is likely named with this character, which is read for a rare one."""
    return char in _table()["look_alikes"]["always"]


def is_seldom_itself(char: str) -> bool:
    """Whether the character, where a place's name is read, mostly is the rare one behind it."""
    tables = _table()["look_alikes"]
    return char in tables["always"] or char in tables["full_score"] or char in tables["blind"]


@dataclass(frozen=True, slots=True)
class Meant:
    """The rare character that one read in a place's name may stand for; ``is_likelier``: than the
    one that was read."""

    char: str
    is_likelier: bool


def find_meant(char: str, score: float, *, sure: bool = True) -> Meant | None:
    """What a character of a place's name, read with this score, may stand for. A score like that of
    plain print clears it, but for those that engines read so with a full score; a full one where
    the name is not ``sure`` to be one."""
    tables = _table()["look_alikes"]
    if char in tables["always"]:
        return Meant(tables["always"][char][0], True)
    for kind in ("blind", "unsure"):
        is_plain = score >= (PLAIN_SHARE if sure else FULL_SHARE)
        is_doubted = not is_plain or char in tables["full_score"]
        if is_doubted and char in tables[kind]:
            return Meant(tables[kind][char][0], kind == "blind" and score < POOR)
    return None
