"""``letters.toml``: what tells each kind of letter and how its facts are worded."""

from __future__ import annotations

from functools import cache
from typing import Any

from extractors.labelled.tables import load_table


@cache
def table() -> dict[str, Any]:
    """The table, parsed."""
    return load_table("letters", "letters.toml")
