"""Reading for people who wait: processes that are warm, that a batch cannot starve (they never step
back, the batch's do: :mod:`flows.priority`), and that tell of each page as it is read.

The same file is read once, however many drafts it is in; what the store has is not read at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.reading import Reader, broken_on, refused_reading
from flows.telling import Address, Ear, PageTold
from pipeline.errors import YijianshiError
from pipeline.file_reading import FileReading
from pipeline.finding import PassingFinding
from pipeline.intake.source import SourceFile
from pipeline.model import Face
from pipeline.settings import Settings, cores
from pipeline.store.cases import Store

COUNTER_WORKERS = 2
"""Processes of the counter where the settings name no number: front and back of a card at once."""

News = Callable[[str, int | None], None]
"""Told of a file by its sha256: a page that was read, or, None, that all of it was. Of one that was
read to its end every page is told, and none after the file."""


def counter_workers(settings: Settings) -> int:
    """How many reading processes the counter has."""
    return settings.counter_workers or min(COUNTER_WORKERS, cores())


class WarmReader:
    """Reads for the counter. Close it, or use ``with``."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        pictures: Path,
        news: News,
        *,
        reader: Callable[[Address], Reader] | None = None,
    ) -> None:
        """``reader``: made already, telling at the address; by default of the settings. Raises
        DependencyError where model files are missing."""
        self._news = news
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._reading: dict[str, dict[int, tuple[Face, ...]]] = {}
        self._failed: dict[str, FileReading] = {}
        self._ear = Ear(self._hear)
        made = reader or (
            lambda address: Reader(
                settings,
                counter_workers(settings),
                store=store,
                pictures=pictures,
                address=address,
            )
        )
        try:
            self.reader = made(self._ear.address)
        except BaseException:
            self._ear.close()
            raise
        self._threads = ThreadPoolExecutor(2 * self.reader.workers, "counter")

    def __enter__(self) -> WarmReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading; what was not read is read the next time."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.reader.__exit__()
        self._ear.close()

    def warm(self) -> None:
        """Start the processes, without waiting for them."""
        self.reader.warm()

    def find(self, source: SourceFile) -> FileReading | None:
        """What is known of a file to the end; None while it is read, or was not begun."""
        with self._lock:
            failed = self._failed.get(source.sha256)
        return failed.renamed(source.name) if failed is not None else self.reader.find(source)

    def so_far(self, source: SourceFile) -> FileReading | None:
        """What was read of a file that is being read; None where it was not begun."""
        with self._lock:
            pages = self._reading.get(source.sha256)
            if pages is None:
                return None
            faces = tuple(face for number in sorted(pages) for face in pages[number])
            reading = FileReading(sha256=source.sha256, pages=len(pages), faces=faces)
        return reading.renamed(source.name)

    def begin(self, source: SourceFile) -> bool:
        """Read a file unless it was read or is being read; whether it is begun now."""
        if self.find(source) is not None:
            return False
        with self._lock:
            if source.sha256 in self._reading:
                return False
            self._reading[source.sha256] = {}
        try:
            self._threads.submit(self._read, source)
        except RuntimeError:  # the server is being stopped
            self._forget(source.sha256)
            return False
        return True

    def again(self, source: SourceFile) -> None:
        """Forget that a file could not be read: somebody asks to try once more."""
        with self._lock:
            self._failed.pop(source.sha256, None)

    def _read(self, source: SourceFile) -> None:
        pages = 0
        try:
            reading = next(self.reader.stream([source]))
            pages = reading.pages
            if any(isinstance(found, PassingFinding) for found in reading.findings):
                self._fail(source.sha256, reading)
        except YijianshiError as error:
            self._fail(source.sha256, refused_reading(source, error.message.rstrip("。")))
        except Exception as error:  # noqa: BLE001  a bug of ours: kept, and said of this file
            self._fail(source.sha256, broken_on(source, error))
        finally:
            with self._telling:  # what a process says takes its way beside the reading it returns
                heard = self._forget(source.sha256)
                for page in range(1, pages + 1):
                    if page not in heard:
                        self._news(source.sha256, page)
                self._news(source.sha256, None)

    def _fail(self, sha256: str, reading: FileReading) -> None:
        """Keep for now what the store does not: it speaks of this moment."""
        with self._lock:
            self._failed[sha256] = reading

    def _forget(self, sha256: str) -> Mapping[int, tuple[Face, ...]]:
        """A file is read no more; the pages of it that were heard."""
        with self._lock:
            return self._reading.pop(sha256, {})

    def _hear(self, told: PageTold) -> None:
        with self._telling:
            with self._lock:
                pages = self._reading.get(told.sha256)
                if pages is None:
                    return
                pages[told.page] = told.faces
            self._news(told.sha256, told.page)
