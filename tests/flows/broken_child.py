"""What breaks in a child process; light to import, since the child must."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from typing import Any

LARGE_PX = 900
"""Pages wider than this break their child."""


def break_in_child(name: str) -> None:
    """Raises an error that says the name, caused by another that says it, too."""
    try:
        json.loads(f"{{{name}")
    except json.JSONDecodeError as error:
        raise RuntimeError(f"of {name}") from error


def make_ready() -> None:
    """Nothing to make ready."""


def start_plain() -> None:
    """Make ready to read with an engine that sees nothing."""
    _start_with(lambda: None)


def start_hanging() -> None:
    """Make ready to read with an engine that hangs on large pages."""
    _start_with(lambda: re.match(r"(a+)+$", "a" * 60 + "b"))


def start_dying() -> None:
    """Make ready to read with an engine that kills its process on large pages."""
    _start_with(lambda: os.kill(os.getpid(), signal.SIGKILL))


def start_eating() -> None:
    """Make ready to read with an engine that wants all memory for large pages."""
    _start_with(lambda: bytearray(1 << 40))


def _start_with(break_off: Callable[[], object]) -> None:
    from flows import worker
    from pipeline.settings import Settings
    from tests.reader import NothingRead

    class Breaking(NothingRead):
        def detect(self, image: Any, long_side_px: int = 960) -> list[Any]:
            if image.shape[1] > LARGE_PX:
                break_off()
            return []

    worker.start_with(Settings(), Breaking(), None)
