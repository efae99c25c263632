"""Surnames, by which a name is told from other words in running text (``surnames.txt``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pipeline.reference import names


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Surnames of one character and of two."""
    text = (files("extractors.letters") / "surnames.txt").read_text(encoding="utf-8")
    words = [w for line in text.splitlines() if not line.startswith("#") for w in line.split()]
    two = frozenset(w for w in words if len(w) == 2)
    return frozenset(c for w in words if len(w) > 2 for c in w), two


def begins_with_surname(name: str) -> bool:
    """Whether a name begins with a known surname; names of several parts need none."""
    one, two = surnames()
    return names.SEPARATOR in name or name[:1] in one or name[:2] in two
