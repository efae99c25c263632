"""Files of results: seen whole under their names or not at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.errors import StoreError, UsageError

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


def write_pdf(out: Path, draw: Callable[[], bytes], *, example: str, force: bool) -> None:
    """Write a PDF that somebody asked for by name. Raises UsageError for another ending (with an
    ``example``), StoreError where the file is there and ``force`` is not said, or cannot be
    written."""
    if out.suffix.casefold() != ".pdf":
        raise UsageError(
            f"“{out.name}”不是 PDF 文件名。", f"请写成以 .pdf 结尾的文件名，如 {example}。"
        )
    if out.exists() and not force:
        raise StoreError(f"“{out}”已存在。", "换一个文件名，或加 --force 覆盖。")
    data = draw()
    try:
        write_whole(out, data)
    except OSError as error:
        raise StoreError(
            f"无法写入“{out}”：{error.strerror}。", "请检查文件夹是否存在、是否可写。"
        ) from error
