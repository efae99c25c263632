"""The files of drafts as they come: from a browser in pieces, from this machine, from a scanner."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from flows.desk.bell import Bell
from flows.desk.scanner import Scanner
from flows.desk.uploads import UploadRefused, Uploads, check_size, clean_name
from pipeline.settings import MEBI, Settings
from pipeline.store import drafts
from pipeline.store.cases import Store
from pipeline.store.drafts import Draft, DraftFile, FileState
from pipeline.store.objects import Objects


class Incoming:
    """Takes files in. Safe between threads."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: Objects,
        uploads: Uploads,
        bell: Bell,
        read: Callable[[str], None],
    ) -> None:
        """``read``: begins to read what is new of a draft."""
        self._settings = settings
        self._store = store
        self._objects = objects
        self._uploads = uploads
        self._bell = bell
        self._read = read
        self.scanner = None if settings.scanner is None else Scanner(settings.scanner)

    def announce(
        self, draft: Draft, name: str, size_bytes: int, replaces: str | None = None
    ) -> DraftFile:
        """A file begins to come. Raises UploadRefused, StoreError."""
        shown = clean_name(name)
        check_size(size_bytes, shown, self._settings.upload_bytes)
        with self._store.begin() as connection:
            self._check_room(drafts.draft_files(connection, draft.id), size_bytes)
            file = drafts.add_file(
                connection, draft.id, self._uploads.new_id(), shown, size_bytes, replaces
            )
            drafts.tell(connection, draft.id, "file", file=file.id)
        self._uploads.begin(file)
        self._bell.ring(draft.id)
        return file

    def _check_room(self, files: list[DraftFile], size_bytes: int) -> None:
        limits = self._settings.limits
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

    def count(self, draft_id: str) -> int:
        """How many files a draft has."""
        with self._store.snapshot() as connection:
            return len(drafts.draft_files(connection, draft_id))

    def find(self, draft_id: str, file_id: str) -> DraftFile | None:
        """One file of a draft."""
        with self._store.snapshot() as connection:
            return drafts.find_file(connection, draft_id, file_id)

    async def receive(self, file: DraftFile, offset: int, pieces: AsyncIterator[bytes]) -> int:
        """A piece of a file; how many bytes there are then. Raises UploadRefused, StoreError."""
        return await self._uploads.append(file, offset, pieces)

    def settle(self, file: DraftFile) -> DraftFile:
        """Keep a file all of which has come, and begin to read it. Also of one that a server left
        which was stopped just then. Raises StoreError."""
        if file.state == FileState.KEPT or self._uploads.offset(file) < file.size_bytes:
            return file
        with self._uploads.turn(file):
            with self._uploads.whole(file) as stream:
                sha256 = self._objects.put(stream).sha256
            with self._store.begin() as connection:
                drafts.keep_file(connection, file, sha256)
                drafts.tell(connection, file.draft, "kept", file=file.id)
            self._uploads.drop(file)
        self._bell.ring(file.draft)
        self._read(file.draft)
        return file.model_copy(update={"state": FileState.KEPT, "sha256": sha256})

    def put(self, draft: Draft, name: str, path: Path, replaces: str | None = None) -> DraftFile:
        """Add a file that lies on this machine. Raises UploadRefused, StoreError, OSError."""
        file = self.announce(draft, name, path.stat().st_size, replaces)
        shutil.copyfile(path, self._uploads.path(file))
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
        with self._store.begin() as connection:
            drafts.drop_file(connection, file)
            drafts.tell(connection, file.draft, "removed", file=file.id)
        self._uploads.drop(file)
        self._bell.ring(file.draft)
