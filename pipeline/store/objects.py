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
from typing import Any, Protocol

from pipeline.errors import StoreError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 1 << 20


class Objects(Protocol):
    """Where bytes lie by content."""

    def put(self, path: Path) -> str:
        """Keep a file's bytes; their sha256. Raises StoreError."""

    def has(self, sha256: str) -> bool:
        """Whether these bytes are kept."""

    def local(self, sha256: str) -> Path:
        """A local file with these bytes, never to be changed. Raises StoreError where they are not
        kept, or are no longer what they were."""


class FolderObjects:
    """Objects in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: Path) -> str:
        """See :class:`Objects`."""
        try:
            with _partial(self._folder) as partial:
                sha256 = _copy(path, partial)
                target = _place(self._folder, sha256)
                if not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    partial.replace(target)
                    _sync_folder(target.parent)
            return sha256
        except OSError as error:
            raise _not_kept(error) from error

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

    def put(self, path: Path) -> str:
        """See :class:`Objects`. The remote end gets it first: what is kept is kept for all."""
        sha256 = self._cache.put(path)
        with _remote_errors():
            target = self._at(sha256)
            if not self._remote.exists(target):
                partial = f"{target}.{os.getpid()}.part"
                self._remote.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
                self._remote.put_file(str(self._cache.local(sha256)), partial)
                self._remote.mv(partial, target)
        return sha256

    def has(self, sha256: str) -> bool:
        """See :class:`Objects`."""
        with _remote_errors():
            return bool(self._remote.exists(self._at(sha256)))

    def local(self, sha256: str) -> Path:
        """See :class:`Objects`."""
        if self._cache.has(sha256):
            return self._cache.local(sha256)
        with _remote_errors(), _partial(self._folder) as partial:
            try:
                self._remote.get_file(self._at(sha256), str(partial))
            except FileNotFoundError as error:
                raise _gone(sha256) from error
            if self._cache.put(partial) != sha256:
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
    waiting.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=waiting, delete=False) as file:
        path = Path(file.name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while chunk := read.read(_CHUNK_BYTES):
            digest.update(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Flush a rename to the disk, where the system lets folders be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _remote_errors() -> Iterator[Any]:
    try:
        yield
    except OSError as error:
        raise _not_kept(error) from error


def _not_kept(_: OSError) -> StoreError:
    return StoreError("扫描件未能存入或取自对象库。", "请检查磁盘空间、写权限和网络后再试。")


def _gone(_: str) -> StoreError:
    return StoreError("对象库中缺少一个扫描件。", "请从备份恢复，或重新递交该件的材料。")
