"""Bugs of ours, kept for whoever mends them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline import __version__
from pipeline.errors import YijianshiError
from pipeline.settings import load_settings
from pipeline.store.trouble import trouble_of


def keep_bug(error: BaseException) -> Path | None:
    """Write where a bug struck: the places, not the values, since messages of foreign exceptions
    may hold what was read. None where it cannot be written."""
    try:
        folder = load_settings().cache / "bugs"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
        lines = (f"yijianshi {__version__}", *trouble_of(error).lines())
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path
    except (OSError, YijianshiError):
        return None
