"""Files on their way in, piece by piece: a transfer that broke off goes on where it stopped.

How far a file has come is the length of what lies on the disk, so that a server that was stopped
knows it too. No name that was sent is ever a path: what comes lies under its own id.
"""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from pipeline.errors import StoreError
from pipeline.intake.names import is_application, is_clutter, is_remnant, readable
from pipeline.settings import MEBI
from pipeline.store.drafts import DraftFile

NAME_BYTES = 200
"""File systems take 255; what is put behind a name (a number, .part) needs some."""
FOLDER = "uploads"


class UploadRefused(Exception):
    """A file, or a piece of one, that is not taken; ``status`` in the terms of HTTP."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hint = hint


def clean_name(name: str) -> str:
    """The name as it is shown and kept: its last part, without what no name holds. Raises
    UploadRefused for a file that is none of the applicant's."""
    shown = readable(name.replace("\\", "/")).rpartition("/")[2].strip().strip("\ufffd")
    shown = shown if shown.strip(". ") else "扫描件"
    stem, dot, suffix = shown.rpartition(".")
    while len(shown.encode()) > NAME_BYTES:
        stem, suffix = (stem[:-1], suffix) if len(stem) > 1 else (stem, suffix[:-1])
        shown = f"{stem}{dot}{suffix}"
    if is_application(shown):
        raise UploadRefused(422, "申请信息请直接在页面上填写。", "这里只收扫描件和照片。")
    if is_remnant(shown):
        raise UploadRefused(422, f"“{shown}”尚未下载完。", "请等它下载完，再选一次。")
    if is_clutter(shown):
        raise UploadRefused(422, f"“{shown}”是系统自己的文件，不是材料。", "不用上传它。")
    return shown


def check_size(size_bytes: int, name: str, most: int) -> None:
    """Raise UploadRefused for a file that is empty, or larger than the page takes: before a byte
    of it was sent."""
    if size_bytes <= 0:
        raise UploadRefused(422, f"“{name}”是空文件（0 字节）。", "请重新扫描后再上传。")
    if size_bytes > most:
        raise UploadRefused(
            413,
            f"“{name}”有 {size_bytes / MEBI:.0f} MB，超过单个文件 {most // MEBI} MB "
            "的上限，没有上传。",
            "请把扫描分辨率调到 300 dpi，或分成几个文件再上传。",
        )


class Uploads:
    """The files that are coming, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    @staticmethod
    def new_id() -> str:
        """An id for a file that begins to come; it is also its name on the disk."""
        return uuid4().hex

    def path(self, file: DraftFile) -> Path:
        """Where the bytes of a file lie until it is kept."""
        return self._folder / f"{file.id}.part"

    def begin(self, file: DraftFile) -> None:
        """Make room for a file. Raises StoreError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path(file).touch(0o600)
        except OSError as error:
            raise _no_room() from error

    def offset(self, file: DraftFile) -> int:
        """How many bytes have come; 0 where what came is gone."""
        try:
            return self.path(file).stat().st_size
        except OSError:
            return 0

    @contextmanager
    def turn(self, file: DraftFile) -> Iterator[None]:
        """One piece of a file at a time. Raises UploadRefused while another is coming."""
        with self._lock:
            if file.id in self._busy:
                raise UploadRefused(423, f"“{file.name}”正在由另一个页面上传。", "请稍候。")
            self._busy.add(file.id)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(file.id)

    async def append(self, file: DraftFile, offset: int, pieces: AsyncIterator[bytes]) -> int:
        """Put ``pieces`` behind the first ``offset`` bytes; how many there are then.

        What came before a connection broke stays. Raises UploadRefused where ``offset`` is not
        where the file stands, or more comes than was announced; StoreError where the disk is full.
        """
        with self.turn(file):
            stands = self.offset(file)
            if offset != stands:
                raise UploadRefused(409, "续传的位置不对。", f"应从第 {stands} 字节继续。")
            out = self._open(file)
            try:
                async for piece in pieces:
                    if stands + len(piece) > file.size_bytes:
                        raise UploadRefused(413, f"“{file.name}”比申报的长。", "请重新选择文件。")
                    _write(out, piece)
                    stands += len(piece)
            finally:
                _end(out)
        return stands

    def tidy(self, before: float) -> None:
        """Remove pieces that nothing was added to since this moment (seconds of the epoch)."""
        with suppress(OSError):
            for path in self._folder.glob("*.part"):
                if path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)

    def _open(self, file: DraftFile) -> IO[bytes]:
        try:
            return self.path(file).open("ab")
        except OSError as error:
            raise _no_room() from error

    def whole(self, file: DraftFile) -> IO[bytes]:
        """The bytes of a file all of which has come. Raises StoreError."""
        try:
            return self.path(file).open("rb")
        except OSError as error:
            raise StoreError("文件已丢失。", "请重新选择文件上传。") from error

    def drop(self, file: DraftFile) -> None:
        """Forget what came of a file."""
        with suppress(OSError):
            self.path(file).unlink(missing_ok=True)


def _write(out: IO[bytes], piece: bytes) -> None:
    try:
        out.write(piece)
    except OSError as error:
        raise _no_room() from error


def _end(out: IO[bytes]) -> None:
    """Close a file whose bytes are on the disk then."""
    try:
        with out:
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise _no_room() from error


def _no_room() -> StoreError:
    return StoreError("文件没有存下来。", "请检查服务器的磁盘空间和写权限，然后点“重试”。")
