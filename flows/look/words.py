"""What the page of ``look`` calls things (``words.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pipeline.finding import field_label
from pipeline.model import Frozen


class LookWords(Frozen):
    """``words.toml``: Chinese names by code."""

    faces: dict[str, str]
    marks: dict[str, str]
    states: dict[str, str]
    choices: dict[str, str]
    roles: dict[str, str]
    columns: dict[str, str]
    quality: dict[str, str]
    stages: dict[str, str]


def name_of(field: str) -> str:
    """The Chinese name of a field, a column or a label."""
    return look_words().columns.get(field, field_label(field))


@cache
def look_words() -> LookWords:
    """The names."""
    text = (files("flows.look") / "words.toml").read_text(encoding="utf-8")
    return LookWords.model_validate(tomllib.loads(text))
