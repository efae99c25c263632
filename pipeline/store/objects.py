"""The object store: scans and pictures by content, ``objects/ab/cd/<sha256>``.

An object is written whole or not at all (a file of another name, flushed to the disk, renamed), and
never changed: its name is its content. So the inbox may be cleared after arrival, any worker can
read any page, and the same scan handed in twice lies here once. A folder by default; what fsspec
knows (S3 and the like) by its address.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Protocol
from uuid import uuid4

from pipeline.errors import StoreError
from pipeline.model import Frozen

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 1 << 20


class Kept(Frozen):
    """Bytes that lie in the store."""

    sha256: str
    size_bytes: int


class Objects(Protocol):
    """Where bytes lie by content."""

    def put(self, stream: IO[bytes]) -> Kept:
        """Keep the bytes of a stream. Raises StoreError where they cannot be written; what is wrong
        with reading the stream is the caller's."""

    def has(self, sha256: str) -> bool:
        """Whether these bytes are kept."""

    def local(self, sha256: str) -> Path:
        """A local file with these bytes, never to be changed. Raises StoreError where they are not
        kept, or are no longer what they were."""


class FolderObjects:
    """Objects in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: IO[bytes]) -> Kept:
        """See :class:`Objects`."""
        with _partial(self._folder) as partial:
            kept = _copy(stream, partial)
            with _written():
                target = _place(self._folder, kept.sha256)
                if not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    partial.replace(target)
                    sync_folder(target.parent)
        return kept

    def has(self, sha256: str) -> bool:
        """See :class:`Objects`."""
        return _place(self._folder, sha256).is_file()

    def local(self, sha256: str) -> Path:
        """See :class:`Objects`. The bytes are trusted: they lay here since they were hashed."""
        path = _place(self._folder, sha256)
        if not path.is_file():
            raise _gone(sha256)
        return path


class RemoteObjects:
    """Objects at an address that fsspec knows; read through a folder on this machine."""

    def __init__(self, address: str, cache: Path) -> None:
        import fsspec

        try:
            self._remote, self._base = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise StoreError(
                "YIJIANSHI_OBJECTS 的地址无法使用。",
                "请检查地址；S3 等需另装对应的 fsspec 组件（如 s3fs）。",
            ) from error
        self._cache = FolderObjects(cache)
        self._folder = cache

    def put(self, stream: IO[bytes]) -> Kept:
        """See :class:`Objects`. Kept for all once it lies at the other end."""
        kept = self._cache.put(stream)
        with _written():
            target = self._at(kept.sha256)
            if not self._remote.exists(target):
                partial = f"{target}.{uuid4().hex[:8]}.part"
                self._remote.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
                self._remote.put_file(str(self._cache.local(kept.sha256)), partial)
                self._remote.mv(partial, target)
        return kept

    def has(self, sha256: str) -> bool:
        """See :class:`Objects`."""
        with _written():
            return bool(self._remote.exists(self._at(sha256)))

    def local(self, sha256: str) -> Path:
        """See :class:`Objects`."""
        if self._cache.has(sha256):
            return self._cache.local(sha256)
        with _partial(self._folder) as partial, _written():
            try:
                self._remote.get_file(self._at(sha256), str(partial))
            except FileNotFoundError as error:
                raise _gone(sha256) from error
            with partial.open("rb") as stream:
                if self._cache.put(stream).sha256 != sha256:
                    raise StoreError("对象库中的一个文件内容已改变。", "请从备份恢复后再处理该件。")
        return self._cache.local(sha256)

    def _at(self, sha256: str) -> str:
        return f"{self._base}/{_parts(sha256)}"


def open_objects(where: str | None, folder: Path, cache: Path) -> Objects:
    """The object store at ``where`` (a folder or an address), by default in ``folder``."""
    if where is not None and "://" in where:
        return RemoteObjects(where, cache / "objects")
    return FolderObjects(folder if where is None else Path(where))


def _parts(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise StoreError("不是有效的内容摘要。", "请检查数据库是否完整。")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _place(folder: Path, sha256: str) -> Path:
    return folder / _parts(sha256)


@contextmanager
def _partial(folder: Path) -> Iterator[Path]:
    """A file of its own to write to; gone afterwards unless it was renamed."""
    waiting = folder / "partial"
    with _written():
        waiting.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=waiting, delete=False) as file:
            path = Path(file.name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _copy(source: IO[bytes], target: Path) -> Kept:
    digest = hashlib.sha256()
    size = 0
    written = target.open("wb")
    try:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            with _written():
                written.write(chunk)
        with _written():
            written.flush()
            os.fsync(written.fileno())
    finally:
        with _written():
            written.close()
    return Kept(sha256=digest.hexdigest(), size_bytes=size)


def sync_folder(folder: Path) -> None:
    """Flush a rename to the disk, where the system lets folders be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _written() -> Iterator[None]:
    """An error of the store's own disk or network is an error of the store."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            "扫描件未能存入或取自对象库。", "请检查磁盘空间、写权限和网络后再试。"
        ) from error


def _gone(_: str) -> StoreError:
    return StoreError("对象库中缺少一个扫描件。", "请从备份恢复，或重新递交该件的材料。")
