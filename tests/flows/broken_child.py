"""What breaks in a child process; light to import, since the child must."""

from __future__ import annotations

import json


def break_in_child(name: str) -> None:
    """Raises an error that says the name, caused by another that says it, too."""
    try:
        json.loads(f"{{{name}")
    except json.JSONDecodeError as error:
        raise RuntimeError(f"of {name}") from error


def make_ready() -> None:
    """Nothing to make ready."""
