"""Words of addresses that are no names: what a place is called by, and what stands at a number.

See ``address_words.toml`` for the lists and where they are from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.reference.ethnicities import NAMES
from pipeline.reference.names import in_standard_form

_HOUSE = re.compile(r"\d+号")
"""A house's number."""


def words_in(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand in ``text`` (no white space): start and end."""
    for word in _words():
        for found in word.finditer(text):
            yield found.span()


def in_simple_form(char: str) -> str:
    """The simple form of a traditional character of names or addresses; else the character."""
    return _simple_forms().get(char) or in_standard_form(char)


def meant_before_number(text: str, at: int) -> str:
    """What the character at ``at`` stands for right before a house's number, where it is read for
    another word; empty where it is none of these."""
    table = _file()["misread_before_number"]
    is_whole = any(text.endswith(word, 0, at + 1) for word in table["whole"])
    if is_whole or not _HOUSE.match(text, at + 1):
        return ""
    return str(table.get(text[at], ""))


@cache
def _simple_forms() -> dict[str, str]:
    rows = _file()["traditional"].items()
    return {old: new for olds, news in rows for old, new in zip(olds, news, strict=True)}


def _table() -> dict[str, list[str]]:
    return dict(_file()["words"])


@cache
def _file() -> dict[str, Any]:
    text = (files("pipeline.reference") / "address_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _words() -> tuple[re.Pattern[str], ...]:
    table = _table()
    groups = "|".join(sorted(NAMES, key=len, reverse=True))
    kinds = "|".join(table["of_ethnic_groups"])
    wholes = "|".join(sorted(table["whole"], key=len, reverse=True))
    return tuple(
        map(
            re.compile,
            (
                f"(?:{groups})族(?:{kinds})",
                wholes,
                "|".join(table["villages"]),
                rf"(?<=\d)(?:{'|'.join(table['after_number'])})",
                rf"(?:{'|'.join(table['before_number'])})(?=\d+号)",
                rf"(?<=号之)[{''.join(table['numerals'])}]",
                "^广西",
            ),
        )
    )
