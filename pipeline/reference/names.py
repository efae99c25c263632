"""Personal names: canonical form, repertoire, comparison. Source: domain.md 3.6.

The separator within names of several parts is U+00B7. Names are never NFKC-normalised: the
compatibility ideographs would become other characters. ``name_variants.csv`` holds pairs of
characters that two papers of one person may print differently.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from pipeline.reference.text import narrow

SEPARATOR = "\u00b7"
NONE = frozenset({"无", "/", "—", "-", "无曾用名"})
"""What police stations enter for a former name that there never was, where they do not leave it
blank [K]."""
Likeness = Literal["same", "variant", "near", "different"]

# Bullets of all kinds; the last two only stand for a separator between Han characters.
_BULLETS = re.compile("[\u2022\u2027\u30fb\uff65\u22c5\u0387\u2e31\u2219\u00b7•‧・･⋅∙]")
_RANGES = (
    (0x3007, 0x3007), (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0x2CEB0, 0x2EBEF), (0x2EBF0, 0x2EE5D),
    (0x30000, 0x3134F), (0x31350, 0x323AF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
"""GB 18030-2022's ideographs: the unified ones, extensions A to I, and compatibility ones."""


@lru_cache(maxsize=8192)
def is_han(char: str) -> bool:
    """Whether this one character may stand in a Chinese name."""
    return len(char) == 1 and any(low <= ord(char) <= high for low, high in _RANGES)


@lru_cache(maxsize=256)
def normalise(text: str) -> str:
    """The canonical form: no spaces within Han names, separator U+00B7, Latin and digits narrow.

    A Latin name keeps single spaces between its words.
    """
    name = " ".join(narrow(text).split())
    if any(is_han(c) for c in name):
        name = name.replace(" ", "")
        name = re.sub(r"(?<=[^\x00-\x7f])\.(?=[^\x00-\x7f])", SEPARATOR, name)
    return _BULLETS.sub(SEPARATOR, name).strip(f"{SEPARATOR} ")


def is_plausible(name: str) -> bool:
    """Whether a canonical name looks like a Chinese one: 2 to 4 Han characters, or up to 25 with
    separators. Single-character names exist, but are rare enough for a look."""
    parts = name.split(SEPARATOR)
    if not all(parts) or not all(is_han(c) for part in parts for c in part):
        return False
    return 2 <= len(name) <= 4 if len(parts) == 1 else len(name) <= 25


@cache
def _variants() -> dict[str, str]:
    """Each character of a variant group -> the group's first."""
    text = (files("pipeline.reference") / "name_variants.csv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {
        char: row["standard"]
        for row in csv.DictReader(lines)
        for char in (row["standard"], *row["variants"])
    }


@cache
def standard_forms() -> frozenset[str]:
    """The standard characters of which variants are listed."""
    return frozenset(_variants().values())


def in_standard_form(text: str) -> str:
    """The text with traditional and variant characters of names as their standard ones."""
    return "".join(_variants().get(c, c) for c in text)


def compare(a: str, b: str) -> Likeness:
    """How alike two names are.

    ``same``       equal in canonical form;
    ``variant``    equal when traditional and variant characters are taken as their standard ones;
    ``near``       one character differs, is missing or is one too many (a likely misreading);
    ``different``  anything else.
    """
    left, right = (_letters(normalise(name).upper()) for name in (a, b))
    if left == right:
        return "same"
    if not left or not right:
        return "different"
    left, right = in_standard_form(left), in_standard_form(right)
    if left == right:
        return "variant"
    if _one_edit(left, right) and min(len(left), len(right)) >= 2:
        return "near"
    return "different"


def _letters(name: str) -> str:
    """A name in Latin letters without its spaces and commas, which engines lose and papers set
    differently (SURNAME, GIVEN or SURNAME GIVEN)."""
    return "".join(c for c in name if c not in " ,") if name.isascii() else name


def _one_edit(a: str, b: str) -> bool:
    """Whether one character replaced, dropped or added makes ``b`` of ``a``."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    if len(a) == len(b):
        return a[start + 1 :] == b[start + 1 :]
    short, long = sorted((a, b), key=len)
    return short[start:] == long[start + 1 :]
