"""Reading files through the OCR processes: what the batch, the counter and the score share.

A file whose reading the store has is not read again. A file whose child process dies is tried
once more in a child of its own (:mod:`flows.pool`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path, PurePosixPath
from typing import Any, ParamSpec, Protocol, TypeVar

import typer

from flows import worker
from flows.bugs import keep_bug
from flows.pool import Bounds, OcrPool, PoolBroken
from flows.telling import Address
from pipeline.content_key import code_digest, key_of, library_versions, limits_that_read
from pipeline.errors import YijianshiError
from pipeline.file_reading import FileReading
from pipeline.finding import PassingFinding, Severity
from pipeline.intake.refusal import UNREADABLE, Refused
from pipeline.intake.source import SourceFile
from pipeline.ocr.engines import choose_engine
from pipeline.ocr.weights import Weights, locate
from pipeline.settings import Settings, cores
from validators.photo.parsing import parser_digest, read_parser

P = ParamSpec("P")
T = TypeVar("T")

Done = Callable[[int], None]
"""Told of each file that is finished, with the number of its pages that were newly read."""

Seen = Callable[[SourceFile, FileReading], None]
"""Told of a file as soon as it is read."""


class Readings(Protocol):
    """Where readings are kept by content key: the store, or the counter's cache."""

    def find_reading(self, key: str) -> FileReading | None:
        """The reading kept under this key."""

    def write_reading(self, key: str, reading: FileReading) -> None:
        """Keep a reading."""


FileOutcome = FileReading | Callable[[], FileReading]
"""A reading that the store had, or what waits for one. Raises PoolBroken."""


def _ignore(_: int) -> None:
    pass


def _tell(future: Future[FileReading], source: SourceFile, seen: Seen) -> None:
    """Tell of a reading; what failed or was called off is told where it is waited for."""
    if not future.cancelled() and future.exception() is None:
        seen(source, future.result())


def _size_of(source: SourceFile) -> int:
    """Bytes of a file, 0 where they cannot be known: it is looked at anyway."""
    try:
        return source.path.stat().st_size
    except OSError:
        return 0


READING_CODE = (
    "pipeline",
    "extractors",
    "validators.photo",
    "flows.worker",
    "flows.photo_face",
    "flows.pictures",
)
"""What code and tables make a reading, and the pictures beside it."""


def reading_parts(settings: Settings, weights: Weights, *, pictures: bool) -> Mapping[str, Any]:
    """What decides the reading of a file beside the file: parts of its content key.

    ``pictures``: whether pictures for people are written beside; a reading that was kept without
    them would not draw them. Raises DependencyError where a package is missing.
    """
    parser = settings.face_parser
    return {
        "engine": choose_engine(settings, weights).fingerprint,
        "faces": dict(weights.face_digests),
        "face_parser": None if parser is None else parser_digest(parser),
        "limits": limits_that_read(settings.limits),
        "libraries": library_versions(),
        "code": code_digest(*READING_CODE),
        "pictures": pictures,
    }


class Reader:
    """Reads source files; as many processes as ``workers``. Close it, or use ``with``.

    Raises DependencyError at once where a model file is missing or the operator's face-parsing
    model cannot be used, not from a child.
    """

    def __init__(
        self,
        settings: Settings,
        workers: int | None = None,
        *,
        store: Readings | None = None,
        pictures: Path | None = None,
        weights: Weights | None = None,
        pool: OcrPool | None = None,
        nice: int = 0,
        address: Address | None = None,
    ) -> None:
        """``weights`` and ``pool`` as made already; by default those of the settings. ``nice``: how
        far the processes step back before others; ``address``: where they tell of each page."""
        weights = weights or locate(settings)
        if settings.face_parser is not None:
            read_parser(settings.face_parser)
        self.models: Mapping[str, str] = weights.digests
        self.workers = workers or settings.workers or cores()
        engine = choose_engine(settings, weights)
        if engine.notice:
            typer.echo(engine.notice, err=True)
        settings = settings.model_copy(update={"engine": engine.name})
        self._parts = reading_parts(settings, weights, pictures=pictures is not None)
        self._store = store
        self._pictures = pictures
        self._pool = pool or OcrPool(
            self.workers, worker.start, (settings, address), nice=nice, bounds=Bounds.of(settings)
        )

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def warm(self) -> None:
        """Start the processes without waiting for them."""
        self._pool.warm()

    def key(self, source: SourceFile) -> str:
        """The content key of a file's reading: its bytes, the kind that its name claims (a photo's
        must be jpg), and what reads them."""
        suffix = PurePosixPath(source.name).suffix.lower()
        return key_of(sha256=source.sha256, suffix=suffix, **self._parts)

    def read(
        self,
        sources: Sequence[SourceFile],
        done: Done = _ignore,
        *,
        alone: bool = False,
        seen: Seen | None = None,
    ) -> list[FileReading]:
        """The readings of ``sources``, in their order; ``done`` is told the pages newly read,
        ``seen`` each file as soon as it is read, in a thread of its own. The largest files are
        begun first, so that no process waits for the last one.

        ``alone``: in a process of their own, one after the other, for files that were in flight
        when a process died. Raises PoolBroken where a process dies; what was read is kept.
        """
        readings = []
        broken: PoolBroken | None = None
        order = sorted(range(len(sources)), key=lambda i: -_size_of(sources[i]))
        outcomes = {i: self._begin(sources[i], alone=alone, seen=seen) for i in order}
        begun = [outcomes[i] for i in range(len(sources))]
        for number, (source, outcome) in enumerate(begun, start=1):
            try:
                readings.append(self._finish(source, outcome, done))
            except PoolBroken as error:
                why = f"：{error}" if str(error) else ""
                broken = PoolBroken(f"识别第 {number} 个文件（共 {len(begun)} 个）{why}")
                broken.__cause__ = error
        if broken is not None:
            raise broken
        return readings

    def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have a reading process do something else with a page. Raises PoolBroken."""
        return self._pool.result(self._pool.submit(work, *args, **kwargs))

    def key_again(self, source: SourceFile, *asked: object) -> str:
        """The content key of a page that is read again in another way."""
        return key_of(reading=self.key(source), asked=[str(part) for part in asked])

    def stream(self, sources: Iterable[SourceFile]) -> Iterator[FileReading]:
        """The readings of ``sources`` in their order, each as soon as it is there.

        A file whose process dies twice, or on which a bug of ours strikes, is a finding of that
        file, and the rest goes on.
        """
        waiting: deque[tuple[SourceFile, FileOutcome]] = deque()
        for source in sources:
            waiting.append(self._begin(source, alone=False))
            if len(waiting) > 2 * self.workers:
                yield self._finish_or_refuse(*waiting.popleft())
        while waiting:
            yield self._finish_or_refuse(*waiting.popleft())

    def _begin(
        self, source: SourceFile, *, alone: bool, seen: Seen | None = None
    ) -> tuple[SourceFile, FileOutcome]:
        kept = self.find(source)
        if kept is not None:
            return source, kept
        if alone:
            return source, lambda: self._pool.run_alone(worker.read_file, source, self._pictures)
        future = self._pool.submit(worker.read_file, source, self._pictures)
        if seen is not None:
            future.add_done_callback(lambda f: _tell(f, source, seen))
        return source, lambda: self._pool.result(future)

    def find(self, source: SourceFile) -> FileReading | None:
        """The reading of a file that the store has; None where it must be read."""
        if self._store is None or not source.sha256:
            return None
        kept = self._store.find_reading(self.key(source))
        return None if kept is None else kept.renamed(source.name)

    def _finish(self, source: SourceFile, outcome: FileOutcome, done: Done) -> FileReading:
        if isinstance(outcome, FileReading):
            done(0)
            return outcome
        reading = outcome()
        lasting = not any(isinstance(f, PassingFinding) for f in reading.findings)
        if self._store is not None and source.sha256 and lasting:
            self._store.write_reading(self.key(source), reading)
        done(reading.pages)
        return reading

    def _finish_or_refuse(self, source: SourceFile, outcome: FileOutcome) -> FileReading:
        try:
            return self._finish(source, outcome, _ignore)
        except PoolBroken:
            try:
                return self._pool.run_alone(worker.read_file, source, self._pictures)
            except PoolBroken:
                return refused_reading(source, "识别进程两次异常退出，请人工核对")
        except YijianshiError:
            raise
        except Exception as error:  # noqa: BLE001  a bug on one file: kept, and said of that file
            return broken_on(source, error)


def broken_on(source: SourceFile, error: Exception) -> FileReading:
    """What is said of a file on which a bug of ours struck; the bug is kept."""
    kept = keep_bug(error)
    noted = f"（记录在 {kept.name}）" if kept else ""
    return refused_reading(source, f"识别时程序出错{noted}，请人工核对")


def refused_reading(source: SourceFile, reason: str) -> FileReading:
    """What is said of a file that we failed on: a person looks, and it is read anew next time."""
    refused = Refused(UNREADABLE, reason, Severity.REVIEW, passing=True)
    return FileReading(sha256=source.sha256, findings=(refused.finding(source.name),))
