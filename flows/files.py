"""Files of results: seen whole under their names or not at all."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Modes of what only its owner may read."""


def write_whole(path: Path, data: bytes | str, *, private: bool = False) -> None:
    """Write through a temporary name beside ``path``, this thread's own: a reader sees the old file
    or the new, never half of one, and two who write the same do not take each other's. Text is
    UTF-8. ``private``: only its owner may read it. Raises OSError, and leaves nothing then."""
    part = path.with_name(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        if private:
            part.unlink(missing_ok=True)
            part.touch(PRIVATE_FILE, exist_ok=False)
        part.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk: for what leaves the machine. Raises OSError."""
    with path.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's names to the disk, where the system lets folders be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
