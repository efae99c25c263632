"""The words of passports (``labels.toml``): labels, months, nationalities; and letters folded."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from extractors.labelled.tables import load_table

_TRANSCRIBED = str.maketrans(
    {
        "Ä": "AE",
        "Ö": "OE",
        "Ü": "UE",
        "ß": "SS",
        "Ø": "OE",
        "Å": "AA",
        "Æ": "AE",
        "Đ": "D",
        "Ł": "L",
    }
)
"""How the machine-readable zone writes letters with marks (ICAO Doc 9303 part 3, section 6)."""


@cache
def _table() -> Mapping[str, Any]:
    return load_table("passport", "labels.toml")


@cache
def labels() -> Mapping[str, tuple[str, ...]]:
    """The words of each field's label."""
    return {name: tuple(words) for name, words in _table()["labels"].items()}


@cache
def months() -> Mapping[str, int]:
    """Names of months, plain capitals, to their numbers."""
    return {word: int(n) for n, words in _table()["months"].items() for word in words}


@cache
def nationalities() -> Mapping[str, str]:
    """Adjectives, plain capitals without spaces, to a country's code."""
    rows = _table()["nationalities"].items()
    return {word.replace(" ", ""): code for code, words in rows for word in words}


def plain_words(text: str) -> str:
    """Capitals without marks: É as E."""
    parts = unicodedata.normalize("NFD", text.upper().replace("Đ", "D").replace("Ł", "L"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def spellings(text: str) -> tuple[str, str]:
    """A name as a zone may write its letters: marks dropped, or written out (Ü as UE)."""
    return plain_words(text), plain_words(text.upper().translate(_TRANSCRIBED))


def letters(text: str) -> str:
    """The letters A to Z alone."""
    return "".join(c for c in text if "A" <= c <= "Z")
