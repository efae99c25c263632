"""The tables (TOML) of the rooms: words, labels and forms as data."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def load_table(room: str, name: str) -> dict[str, Any]:
    """The table ``name`` of a room of extractors, parsed."""
    return tomllib.loads((files(f"extractors.{room}") / name).read_text(encoding="utf-8"))
