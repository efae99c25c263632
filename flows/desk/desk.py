"""The counter: drafts with their files, read as they come and checked as often as somebody looks.

A draft is what the batch knows as a case folder: scans and an ``application.json``, their bytes in
the object store. It is listed, read and checked by the very functions of the batch.
"""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.case import CaseResult, make_case_record
from flows.decided import read_for
from flows.desk.bell import Bell
from flows.desk.scanner import Scanner
from flows.desk.uploads import FOLDER, UploadRefused, Uploads, check_size, clean_name
from flows.desk.warm import WarmReader
from flows.files import write_whole
from flows.reading import Reader
from flows.telling import Address
from pipeline.deciding import Decided, arranged, decide_faces, effective, standing
from pipeline.errors import InputError, StoreError
from pipeline.file_reading import FileReading
from pipeline.intake.case import CaseFiles, Entries, Entry, list_entries
from pipeline.intake.names import APPLICATION
from pipeline.intake.source import SourceFile
from pipeline.model import Face
from pipeline.settings import MEBI, Settings
from pipeline.store import drafts
from pipeline.store.arrivals import Stored, arrive
from pipeline.store.cases import Store
from pipeline.store.decisions import FourEyes, decisions_of, put_decision
from pipeline.store.drafts import Draft, DraftEvent, DraftFile, FileState
from pipeline.store.files import CaseFile
from pipeline.store.objects import Objects

KEPT_DAYS = 30
"""How long a draft waits for somebody to go on with it."""
WORK = "desk"
"""Below OUT: what was typed for open drafts, as files. The store holds it too."""


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


class Desk:
    """The counter's work. Safe between threads; close it, or use ``with``."""

    def __init__(
        self,
        settings: Settings,
        out: Path,
        store: Store,
        objects: Objects,
        *,
        today: Callable[[], date],
        policy: FourEyes | None = None,
        reader: Callable[[Address], Reader] | None = None,
    ) -> None:
        """``reader``: made already; by default of the settings. Raises DependencyError."""
        self.settings = settings
        self.policy = policy
        self.store = store
        self.objects = objects
        self.pictures = out / "pictures"
        self.scanner = None if settings.scanner is None else Scanner(settings.scanner)
        self.uploads = Uploads(out / FOLDER)
        self.bell = Bell()
        self._work = out / WORK
        self._today = today
        self._lock = threading.Lock()
        self._readers: dict[str, set[str]] = defaultdict(set)
        self.tidy()
        self.warm = WarmReader(settings, store, self.pictures, self._news, reader=reader)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.warm.close()

    # ------------------------------------------------------------ drafts

    def begin(self, by: str, window: str | None) -> Draft:
        """A new draft."""
        with self.store.begin() as connection:
            return drafts.new_draft(connection, by, window)

    def find(self, draft_id: str) -> Draft | None:
        """The draft of this id."""
        with self.store.snapshot() as connection:
            return drafts.find_draft(connection, draft_id)

    def open_drafts(self, by: str) -> list[Draft]:
        """Somebody's drafts that were not submitted."""
        with self.store.snapshot() as connection:
            return drafts.open_drafts(connection, by)

    def say(self, draft: Draft, said: Mapping[str, Any]) -> Draft:
        """Keep what was typed; the answer changes with it."""
        with self.store.begin() as connection:
            drafts.say(connection, draft.id, said)
            drafts.tell(connection, draft.id, "said")
        self.bell.ring(draft.id)
        return draft.model_copy(update={"said": said})

    def drop(self, draft: Draft) -> None:
        """Forget a draft with its files."""
        with self.store.begin() as connection:
            files = drafts.draft_files(connection, draft.id)
            drafts.drop_draft(connection, draft.id)
        for file in files:
            self.uploads.drop(file)
        (self._work / f"{draft.id}.json").unlink(missing_ok=True)

    def submit(self, stand: Stand, source: str) -> str:
        """Hand a draft in: its files arrive as a case of its id, what was said of its papers goes
        with it, and the draft is closed, in one transaction. The case's id. Raises StoreError."""
        draft = stand.draft
        said = dict(draft.said)
        said["request"] = {**said.get("request", {}), "accepted_on": self._today().isoformat()}
        typed = self.objects.put(io.BytesIO(request_text(said).encode()))
        files = [
            CaseFile(name=f.file.name, sha256=f.file.sha256, size_bytes=f.file.size_bytes)
            for f in stand.files
            if f.file.sha256 is not None
        ]
        files.append(CaseFile(name=APPLICATION, **typed.model_dump()))
        stored = Stored(name=draft.id, is_folder=True, files=tuple(files))
        with self.store.begin() as connection:
            arrival = arrive(connection, draft.id, stored, source=source, stays=True)
            if arrival.case_id != draft.id:  # its decisions stand under its own id
                raise StoreError("这件申请的编号已被占用。", "请新建一件申请，重新交入材料。")
            drafts.close_draft(connection, draft.id, arrival.case_id)
            drafts.tell(connection, draft.id, "submitted")
        (self._work / f"{draft.id}.json").unlink(missing_ok=True)
        self.bell.ring(draft.id)
        return arrival.case_id

    def tidy(self, *, now: datetime | None = None) -> int:
        """Forget drafts that nobody touched for :data:`KEPT_DAYS`, and pieces of files that belong
        to none; how many drafts. What was submitted is a case and stays."""
        moment = (now or datetime.now(UTC)) - timedelta(days=KEPT_DAYS)
        with self.store.snapshot() as connection:
            old = drafts.drafts_before(connection, moment)
        for draft_id in old:
            draft = self.find(draft_id)
            if draft is not None:
                self.drop(draft)
        self.uploads.tidy(moment.timestamp())
        return len(old)

    # ------------------------------------------------------------ files

    def announce(
        self, draft: Draft, name: str, size_bytes: int, replaces: str | None = None
    ) -> DraftFile:
        """A file begins to come. Raises UploadRefused, StoreError."""
        shown = clean_name(name)
        check_size(size_bytes, shown, self.settings.upload_bytes)
        with self.store.begin() as connection:
            self._check_room(drafts.draft_files(connection, draft.id), size_bytes)
            file = drafts.add_file(
                connection, draft.id, self.uploads.new_id(), shown, size_bytes, replaces
            )
            drafts.tell(connection, draft.id, "file", file=file.id)
        self.uploads.begin(file)
        self.bell.ring(draft.id)
        return file

    def _check_room(self, files: list[DraftFile], size_bytes: int) -> None:
        limits = self.settings.limits
        if len(files) >= limits.files:
            raise UploadRefused(
                422, f"一件申请最多 {limits.files} 个文件。", "请先删去不需要的文件。"
            )
        if sum(file.size_bytes for file in files) + size_bytes > limits.case_bytes:
            raise UploadRefused(
                413,
                f"一件申请的文件合计不能超过 {limits.case_bytes // MEBI} MB。",
                "请先删去一些。",
            )

    def count_files(self, draft_id: str) -> int:
        """How many files a draft has."""
        with self.store.snapshot() as connection:
            return len(drafts.draft_files(connection, draft_id))

    def day(self) -> date:
        """The office's own day."""
        return self._today()

    def find_file(self, draft_id: str, file_id: str) -> DraftFile | None:
        """One file of a draft."""
        with self.store.snapshot() as connection:
            return drafts.find_file(connection, draft_id, file_id)

    async def receive(self, file: DraftFile, offset: int, pieces: AsyncIterator[bytes]) -> int:
        """A piece of a file; how many bytes there are then. Raises UploadRefused, StoreError."""
        return await self.uploads.append(file, offset, pieces)

    def settle(self, file: DraftFile) -> DraftFile:
        """Keep a file all of which has come, and begin to read it. Also of one that a server left
        which was stopped just then. Raises StoreError."""
        if file.state == FileState.KEPT or self.uploads.offset(file) < file.size_bytes:
            return file
        with self.uploads.turn(file):
            with self.uploads.whole(file) as stream:
                sha256 = self.objects.put(stream).sha256
            with self.store.begin() as connection:
                drafts.keep_file(connection, file, sha256)
                drafts.tell(connection, file.draft, "kept", file=file.id)
            self.uploads.drop(file)
        self.bell.ring(file.draft)
        self.read(file.draft)
        return file.model_copy(update={"state": FileState.KEPT, "sha256": sha256})

    def put(self, draft: Draft, name: str, path: Path, replaces: str | None = None) -> DraftFile:
        """Add a file that lies on this machine. Raises UploadRefused, StoreError, OSError."""
        file = self.announce(draft, name, path.stat().st_size, replaces)
        shutil.copyfile(path, self.uploads.path(file))
        return self.settle(file)

    def take_scans(self, draft: Draft, window: str | None) -> tuple[list[DraftFile], list[str]]:
        """Take in what the scanner has put into its folder: the files, and why others were not
        taken. Raises StoreError."""
        taken: list[DraftFile] = []
        refused: list[str] = []
        for path in self.scanner.waiting(window) if self.scanner is not None else ():
            try:
                taken.append(self.put(draft, path.name, path))
            except UploadRefused as error:
                refused.append(f"{error.message}{error.hint}")
            except OSError:
                continue  # gone, or still being written: the next look finds it
            if self.scanner is not None:
                self.scanner.put_away(path)
        return taken, refused

    def remove(self, file: DraftFile) -> None:
        """Take a file out of its draft."""
        with self.store.begin() as connection:
            drafts.drop_file(connection, file)
            drafts.tell(connection, file.draft, "removed", file=file.id)
        self.uploads.drop(file)
        self.bell.ring(file.draft)

    # ------------------------------------------------------------ reading and checking

    def read(self, draft_id: str) -> None:
        """Begin to read what was not read of a draft; what is being read goes on. Also after a
        server was stopped: called whenever somebody looks."""
        for source in self._listed(draft_id)[1].files:
            with self._lock:
                self._readers[source.sha256].add(draft_id)
            self.warm.begin(source)

    def stand(self, draft: Draft) -> Stand:
        """A draft as it stands, checked. Raises StoreError where a scan is gone."""
        files, listed = self._listed(draft.id)
        known = {source.name: self._known(source) for source in listed.files}
        readings = [reading for reading, _ in known.values() if reading is not None]
        with self.store.snapshot() as connection:
            every = decisions_of(connection, draft.id)
        counting = effective(every)
        again = read_for(counting, self.store, self.warm.reader, listed)
        result = make_case_record(
            listed, readings, self.warm.reader.models, self._today(), counting, again
        )
        stands = tuple(
            FileStand(
                file=file,
                received=self.uploads.offset(file) if file.state == FileState.COMING else 0,
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
        whole = self.warm.find(source)
        return (whole, True) if whole is not None else (self.warm.so_far(source), False)

    def decide(self, draft: Draft, decisions: Sequence[Decided]) -> None:
        """Keep what the clerk said of papers: all of it, or nothing. Raises StoreError."""
        with self.store.begin() as connection:
            for decided in decisions:
                put_decision(connection, draft.id, decided, self.policy)
            drafts.tell(connection, draft.id, "decided")
        self.bell.ring(draft.id)

    def events(self, draft_id: str, after: int) -> tuple[DraftEvent, ...]:
        """What happened to a draft after the event of this number."""
        with self.store.snapshot() as connection:
            return tuple(drafts.events_after(connection, draft_id, after))

    def last_event(self, draft_id: str) -> int:
        """The number of the last event of a draft."""
        with self.store.snapshot() as connection:
            return drafts.last_event(connection, draft_id)

    def _news(self, sha256: str, page: int | None) -> None:
        """A page was read, or all of a file: write it down for each draft that has the file."""
        with self._lock:
            told = tuple(self._readers.get(sha256, ()))
            if page is None:
                self._readers.pop(sha256, None)
        for draft_id in told:
            with suppress(StoreError):  # the draft was dropped meanwhile, or the disk is full
                with self.store.begin() as connection:
                    if drafts.find_draft(connection, draft_id) is None:
                        continue
                    kind = "read" if page is None else "page"
                    drafts.tell(connection, draft_id, kind, sha256=sha256[:20], page=page)
                self.bell.ring(draft_id)

    # ------------------------------------------------------------ as the batch sees it

    def _listed(self, draft_id: str) -> tuple[list[DraftFile], CaseFiles]:
        """The draft's files, and what the batch makes of them."""
        with self.store.snapshot() as connection:
            draft = drafts.find_draft(connection, draft_id)
            files = drafts.draft_files(connection, draft_id)
        if draft is None:
            raise InputError("这件申请已删除。", "请回到窗口页面重新开始。")
        kept = [
            Entry(f.name, self.objects.local(f.sha256), f.sha256)
            for f in files
            if f.sha256 is not None
        ]
        entries = Entries(draft_id, True, (*kept, Entry(APPLICATION, self._typed(draft))))
        listed = list_entries(entries, self.settings.limits, draft_id)
        if not kept:
            # An empty folder of the batch is a fault of whoever handed it in; here it is a start.
            listed = CaseFiles(listed.case_id, (), listed.application, ())
        return files, listed

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
