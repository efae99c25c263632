"""Which characters persons' names are written with (``name_characters.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pipeline.reference.names import SEPARATOR, is_han, normalise
from pipeline.reference.surnames import surnames

HARDLY = 0.1
"""What is left of another choice's chance that no name is written with (字 beside 宇)."""


def unusual(name: str, *, foreign: bool = False) -> str:
    """The characters of a Chinese name that names are hardly ever written with, in their order.

    ``foreign``: it is a foreigner's Chinese name, free of surnames. A name in Latin letters has
    none. Nothing follows from it but a look: names are free.
    """
    text = normalise(name)
    if not all(is_han(c) or c == SEPARATOR for c in text):
        return ""
    given, single = written_in_names(), _single_surnames()
    if foreign or SEPARATOR in text:
        known = given | single | _lists()["transcribed"]
        return "".join(c for c in text.replace(SEPARATOR, "") if c not in known)
    compound = len(text) > 2 and text[:2] in surnames().compound
    first = "" if compound or text[:1] in single else text[:1]
    return first + "".join(c for c in text[2 if compound else 1 :] if c not in given)


def share_left(choice: str, own: str) -> float:
    """What is left of the chance that ``choice`` is meant, where a person's name was read with
    ``own``: little of a character that no name is written with beside one that names are. Of none
    (``""``) all is left."""
    known = _known()
    return HARDLY if choice and choice not in known and own in known else 1.0


def written_in_names() -> frozenset[str]:
    """The characters that Chinese given names are written with."""
    return _lists()["given"] | _lists()["extended"]


@cache
def _known() -> frozenset[str]:
    """The characters of given names and of surnames."""
    return written_in_names() | _single_surnames() | frozenset("".join(surnames().compound))


@cache
def _single_surnames() -> frozenset[str]:
    return surnames().telling | surnames().other


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = (files("pipeline.reference") / "name_characters.toml").read_text(encoding="utf-8")
    return {kind: frozenset("".join(chars.split())) for kind, chars in tomllib.loads(text).items()}
