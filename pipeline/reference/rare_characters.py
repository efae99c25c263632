"""Characters of place names and given names that engines read as common ones.

See ``rare_characters.toml`` for what the lists are and are not used for.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Use = Literal["places", "names"]


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = (files("pipeline.reference") / "rare_characters.toml").read_text(encoding="utf-8")
    return {name: frozenset("".join(chars.split())) for name, chars in tomllib.loads(text).items()}


def is_listed(char: str, use: Use) -> bool:
    """Whether a character is one of the rare ones of place names or names."""
    return char in _lists()[use]
