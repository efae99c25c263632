"""Rare characters of names and places that look like others (``look_alikes.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def rare_look_alikes(char: str) -> str:
    """The rare characters that this one may be misread for, the most like it first."""
    return _table().get(char, "")


@cache
def _table() -> Mapping[str, str]:
    text = (files("pipeline.reference") / "look_alikes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["read"]: row["rare"] for row in rows}
