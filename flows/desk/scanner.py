"""The folder into which a document camera or a scanner puts its pictures.

Each window may have a folder of its own in it, named as the window is. What was taken in is put
away into ``已取`` and deleted from there after some days: by then the case holds it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.intake.names import is_clutter, is_remnant

TAKEN = "已取"
KEPT_DAYS = 7
SETTLED_SECONDS = 1.0
"""A file that nobody wrote to for so long is whole."""
_DAY_SECONDS = 86_400


class Scanner:
    """A folder that is looked into when the page asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, window: str | None) -> Path:
        """Where the pictures of this window come."""
        if window and Path(window).name == window and (self._folder / window).is_dir():
            return self._folder / window
        return self._folder

    def waiting(self, window: str | None, *, now: float | None = None) -> Iterator[Path]:
        """The pictures that are whole, the oldest first."""
        now = time.time() if now is None else now
        with suppress(OSError):
            found = [(path.stat(), path) for path in self.place(window).iterdir()]
            for state, path in sorted(found, key=lambda one: (one[0].st_mtime, one[1].name)):
                usable = path.is_file() and not path.is_symlink() and state.st_size > 0
                passed_over = is_clutter(path.name) or is_remnant(path.name)
                if usable and not passed_over and now - state.st_mtime >= SETTLED_SECONDS:
                    yield path

    def put_away(self, path: Path, *, now: float | None = None) -> None:
        """Move what was taken in, or refused, out of the way; delete what lay there for long."""
        now = time.time() if now is None else now
        away = path.parent / TAKEN
        with suppress(OSError):
            away.mkdir(mode=0o700, exist_ok=True)
            path.replace(away / f"{round(now * 1000)}-{path.name}")
        with suppress(OSError):
            for old in away.iterdir():
                if now - old.stat().st_mtime > KEPT_DAYS * _DAY_SECONDS:
                    old.unlink()
