"""What ``yijianshi check`` read, kept for the next ``check``: a paper that was brought after all is
read, the others are not read again.

One file a reading in ``readings`` of the cache folder, named by its content key, for its owner
alone (0600): readings hold names and numbers. What is older than :data:`KEPT_DAYS` is deleted by
the next ``check``; deleting the folder empties it, ``--no-keep`` neither uses nor fills it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from flows.files import PRIVATE_FOLDER, write_whole
from pipeline.file_reading import FileReading
from pipeline.settings import Settings

KEPT_DAYS = 7
_DAY_S = 24 * 3600


def readings_folder(settings: Settings) -> Path:
    """Where readings of ``check`` are kept."""
    return settings.cache / "readings"


class KeptReadings:
    """Readings by content key. Never in the way: where the folder cannot be used, nothing is kept
    and everything is read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prune()

    def find_reading(self, key: str) -> FileReading | None:
        """The reading kept under this content key."""
        try:
            text = self._path(key).read_text(encoding="utf-8")
            return FileReading.model_validate_json(text)
        except (OSError, UnicodeDecodeError, ValidationError):
            return None

    def write_reading(self, key: str, reading: FileReading) -> None:
        """Keep a reading."""
        with suppress(OSError):
            self._folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            write_whole(self._path(key), reading.model_dump_json(), private=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _prune(self) -> None:
        oldest = time.time() - KEPT_DAYS * _DAY_S
        with suppress(OSError):
            for path in list(self._folder.iterdir()):
                with suppress(OSError):
                    if path.stat().st_mtime < oldest:
                        path.unlink()
