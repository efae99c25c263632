"""How a draft stands: its files, what was read of them so far, and the result of checking it.

A draft is listed, read and checked by the very functions of the batch: as a case folder with its
scans and an ``application.json``, their bytes in the object store.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.case import CaseResult, make_case_record
from flows.decided import read_for
from flows.desk.uploads import Uploads
from flows.desk.warm import WarmReader
from flows.files import write_whole
from pipeline.deciding import Decided, arranged, decide_faces, effective, standing
from pipeline.errors import InputError, StoreError
from pipeline.file_reading import FileReading
from pipeline.intake.case import CaseFiles, Entries, Entry, list_entries
from pipeline.intake.names import APPLICATION
from pipeline.intake.source import SourceFile
from pipeline.model import Face
from pipeline.settings import Settings
from pipeline.store import drafts
from pipeline.store.cases import Store
from pipeline.store.decisions import decisions_of
from pipeline.store.drafts import Draft, DraftFile, FileState
from pipeline.store.objects import Objects


@dataclass(frozen=True, slots=True)
class FileStand:
    """How a file of a draft stands. ``parts`` are the scans in it (a zip has several), each with
    what was read of it and whether that is all; ``received`` counts bytes while it is coming."""

    file: DraftFile
    received: int
    parts: tuple[tuple[SourceFile, FileReading | None, bool], ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether all of it was read."""
        return self.file.state == FileState.KEPT and all(whole for *_, whole in self.parts)


@dataclass(frozen=True, slots=True)
class Stand:
    """A draft as it stands: its files, and the result of checking what was read of them."""

    draft: Draft
    listed: CaseFiles
    files: tuple[FileStand, ...]
    result: CaseResult
    decisions: tuple[Decided, ...] = ()
    """What was said of its papers and not taken back."""
    faces: tuple[Face, ...] = ()
    """What its papers were put together from."""

    @property
    def waits(self) -> int:
        """How many files are coming or being read: while there are, the result is for now."""
        return sum(not file.is_read for file in self.files)


class Stands:
    """Makes stands of drafts. Safe between threads."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: Objects,
        uploads: Uploads,
        warm: WarmReader,
        work: Path,
        today: Callable[[], date],
    ) -> None:
        """``work``: where what was typed lies as files; the store holds it too."""
        self._settings = settings
        self._store = store
        self._objects = objects
        self._uploads = uploads
        self._warm = warm
        self._work = work
        self._today = today
        self._lock = threading.Lock()

    def of(self, draft: Draft) -> Stand:
        """A draft as it stands, checked. Raises StoreError where a scan is gone."""
        files, listed = self.listed(draft.id)
        known = {source.name: self._known(source) for source in listed.files}
        readings = [reading for reading, _ in known.values() if reading is not None]
        with self._store.snapshot() as connection:
            every = decisions_of(connection, draft.id)
        counting = effective(every)
        again = read_for(counting, self._store, self._warm.reader, listed)
        result = make_case_record(
            listed, readings, self._warm.reader.models, self._today(), counting, again
        )
        stands = tuple(
            FileStand(
                file=file,
                received=self._uploads.offset(file) if file.state == FileState.COMING else 0,
                parts=tuple(
                    (source, *known[source.name])
                    for source in listed.files
                    if file.state == FileState.KEPT and _belongs(source, file)
                ),
            )
            for file in files
        )
        read = [face for reading in readings for face in reading.faces]
        anew = [(decided, again[decided.id].faces) for decided in counting if decided.id in again]
        faces = decide_faces(arranged(read, counting, anew), counting)
        return Stand(draft, listed, stands, result, standing(every), faces)

    def _known(self, source: SourceFile) -> tuple[FileReading | None, bool]:
        """What was read of a scan, and whether that is all."""
        whole = self._warm.find(source)
        return (whole, True) if whole is not None else (self._warm.so_far(source), False)

    def listed(self, draft_id: str) -> tuple[list[DraftFile], CaseFiles]:
        """The draft's files, and what the batch makes of them."""
        with self._store.snapshot() as connection:
            draft = drafts.find_draft(connection, draft_id)
            files = drafts.draft_files(connection, draft_id)
        if draft is None:
            raise InputError("这件申请已删除。", "请回到窗口页面重新开始。")
        kept = [
            Entry(f.name, self._objects.local(f.sha256), f.sha256)
            for f in files
            if f.sha256 is not None
        ]
        entries = Entries(draft_id, True, (*kept, Entry(APPLICATION, self._typed(draft))))
        listed = list_entries(entries, self._settings.limits, draft_id)
        if not kept:
            # An empty folder of the batch is a fault of whoever handed it in; here it is a start.
            listed = CaseFiles(listed.case_id, (), listed.application, ())
        return files, listed

    def forget(self, draft_id: str) -> None:
        """Delete the file of what was typed."""
        (self._work / f"{draft_id}.json").unlink(missing_ok=True)

    def _typed(self, draft: Draft) -> Path:
        """A file that holds what was typed, as ``application.json`` does."""
        path = self._work / f"{draft.id}.json"
        text = request_text(draft.said)
        with self._lock:
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                return path
            try:
                self._work.mkdir(parents=True, exist_ok=True)
                write_whole(path, text, private=True)
            except OSError as error:
                raise StoreError(
                    "录入的内容没有存下来。", "请检查服务器的磁盘空间和写权限。"
                ) from error
        return path


def request_text(said: Mapping[str, Any]) -> str:
    """What was typed, as ``application.json`` has it."""
    request = said.get("request", {})
    return json.dumps(request if isinstance(request, dict) else {}, ensure_ascii=False)


def _belongs(source: SourceFile, file: DraftFile) -> bool:
    return source.name == file.name or source.name.startswith(f"{file.name}/")
