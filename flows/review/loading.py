"""A case out of the store: its files, and what was read of them. No file is read where its reading
is kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flows.reading import Reader
from pipeline.errors import InputError
from pipeline.file_reading import FileReading
from pipeline.intake.case import CaseFiles, list_entries
from pipeline.intake.source import SourceFile
from pipeline.settings import Settings
from pipeline.store.arrivals import case_entries
from pipeline.store.cases import Store
from pipeline.store.files import CaseFile, entry_of, files_of
from pipeline.store.objects import Objects

KEPT_CASES = 32
"""Cases whose readings stay in memory: those that reviewers have before them."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case's files as they were listed, and what was read of each, in their order."""

    files: CaseFiles
    readings: tuple[FileReading, ...]


class Loader:
    """Loads cases; those of late are kept in memory, by their files' content."""

    def __init__(self, settings: Settings, store: Store, objects: Objects, reader: Reader) -> None:
        self._settings = settings
        self._store = store
        self._objects = objects
        self._reader = reader
        self._kept: OrderedDict[tuple[str, tuple[CaseFile, ...]], Loaded] = OrderedDict()
        self._lock = threading.Lock()

    def load(self, case_id: str, more: Sequence[CaseFile] = ()) -> Loaded:
        """The case, with files that it is about to get. Raises InputError where the store has no
        files of it."""
        kept = self._rows(case_id)
        rows = (*kept, *(file for file in more if file not in kept))
        key = (case_id, rows)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        files = self.files(case_id, [file for file in more if file not in kept])
        loaded = Loaded(files, tuple(self._reader.read(files.files)))
        with self._lock:
            self._kept[key] = loaded
            while len(self._kept) > KEPT_CASES:
                self._kept.popitem(last=False)
        return loaded

    @contextmanager
    def source(self, case_id: str, sha256: str) -> Iterator[SourceFile]:
        """A file of the case, to be read while this lasts. Raises InputError."""
        for file in self.files(case_id).files:
            if file.sha256 == sha256:
                yield file
                return
        raise InputError("这一件中没有该文件。", "请刷新页面后再试。")

    def row(self, case_id: str, sha256: str) -> CaseFile:
        """What the store says of a file of the case. Raises InputError."""
        for row in self._rows(case_id):
            if row.sha256 == sha256:
                return row
        raise InputError("这一页在压缩包里，不能单独移走。", "请在收件处另行递交该页。")

    def _rows(self, case_id: str) -> tuple[CaseFile, ...]:
        with self._store.snapshot() as connection:
            rows = files_of(connection, case_id)
        if not rows:
            raise InputError(
                f"数据库中没有“{case_id}”的扫描件。", "请重新递交该件的材料，再进行复核。"
            )
        return rows

    def files(self, case_id: str, more: Sequence[CaseFile] = ()) -> CaseFiles:
        """The case's files as they were handed in, read from the object store."""
        with self._store.snapshot() as connection:
            entries = case_entries(connection, self._objects, case_id)
        added = tuple(entry_of(file, self._objects) for file in more)
        entries = replace(entries, files=(*entries.files, *added))
        return list_entries(entries, self._settings.limits, case_id)
