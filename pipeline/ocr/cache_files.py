"""Files of the cache: written whole or not at all, and hashed no oftener than needed."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from pipeline.errors import StoreError


class Stamps:
    """What was verified: path -> (size, time of change, sha256). Kept in the cache; losing it
    costs one more hashing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "verified.json"
        self._changed = False
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self._known = {str(k): (int(a), int(b), str(c)) for k, (a, b, c) in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._known = {}

    def digest(self, path: str) -> str | None:
        """The file's sha256, or None where there is no readable file."""
        try:
            stat = (self._folder / path).stat()
            known = self._known.get(path)
            if known and known[:2] == (stat.st_size, stat.st_mtime_ns):
                return known[2]
            digest = sha256_of(self._folder / path)
        except OSError:
            return None
        self._known[path] = (stat.st_size, stat.st_mtime_ns, digest)
        self._changed = True
        return digest

    def is_unchanged(self, path: str) -> bool:
        """Whether the file is there as it was when it was last hashed."""
        known = self._known.get(path)
        return known is not None and self.digest(path) == known[2]

    def save(self) -> None:
        """Keep the stamps; a cache that cannot be written is hashed again next time."""
        if not self._changed:
            return
        try:
            with WritingCache(self._path) as out:
                out.write(json.dumps(self._known).encode("utf-8"))
        except StoreError:
            return
        self._changed = False


class WritingCache:
    """A file that appears whole under its name or not at all."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __enter__(self) -> Any:
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._target.parent, prefix=".part-")
        except OSError as error:
            raise _unwritable(self._target) from error
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "wb")
        return self._file

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._file.close()
        if error is None:
            self._temporary.chmod(0o644)  # other users of a shared cache read it too
            self._temporary.replace(self._target)
            return
        self._temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(self._target) from error


def _unwritable(target: Path) -> StoreError:
    return StoreError(
        f"无法写入缓存文件夹：{target.parent}",
        "请检查磁盘空间和写入权限，或用环境变量 YIJIANSHI_CACHE 指定另一个文件夹。",
    )


def sha256_of(path: Path) -> str:
    """The sha256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
