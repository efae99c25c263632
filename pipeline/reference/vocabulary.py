"""Usual words of the hukou booklet's cells (``vocabulary.toml``), to weigh a reading by.

None of these lists is closed: a word outside them is unusual, not wrong.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _table() -> dict[str, frozenset[str]]:
    text = (files("pipeline.reference") / "vocabulary.toml").read_text(encoding="utf-8")
    return {field: frozenset(words) for field, words in tomllib.loads(text).items()}


def words(field: str) -> frozenset[str]:
    """The usual words of a hukou field (``education`` …); empty for a field without a list."""
    return _table().get(field, frozenset())


def is_usual(field: str, text: str) -> bool:
    """Whether the text is one of the field's usual words."""
    return text in words(field)
