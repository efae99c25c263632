"""``letters.toml``: what tells each kind of letter and how its facts are worded."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table() -> dict[str, Any]:
    """The table, parsed."""
    return tomllib.loads((files("extractors.letters") / "letters.toml").read_text("utf-8"))
