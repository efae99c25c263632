"""Surnames, by which a name is told from other words in running text (``surnames.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.reference import names


@dataclass(frozen=True, slots=True)
class Surnames:
    """Surnames of one character that tell a name from other words, others, and those of two."""

    telling: frozenset[str]
    other: frozenset[str]
    compound: frozenset[str]


@cache
def surnames() -> Surnames:
    """All known surnames."""
    text = (files("pipeline.reference") / "surnames.toml").read_text(encoding="utf-8")
    lists = {kind: words.split() for kind, words in tomllib.loads(text).items()}
    return Surnames(
        frozenset("".join(lists["telling"])),
        frozenset("".join(lists["other"])),
        frozenset(lists["compound"]),
    )


def begins_with_surname(name: str) -> bool:
    """Whether a name begins with a surname that tells it; names of several parts need none."""
    known = surnames()
    return names.SEPARATOR in name or name[:1] in known.telling or name[:2] in known.compound
