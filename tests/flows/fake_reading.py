"""A Reader without models and processes: real intake, an engine that sees nothing, one thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from typing import ParamSpec, TypeVar

from flows import worker
from flows.batch import Batch
from flows.case_work import CaseWork
from flows.pool import OcrPool, PoolBroken
from flows.progress import Progress
from flows.reading import Reader, Readings
from pipeline.contracts import OcrEngine
from pipeline.intake.inbox import list_inbox
from pipeline.ocr.weights import Weights
from pipeline.settings import Settings
from pipeline.store.cases import Store
from pipeline.store.objects import FolderObjects
from tests.reader import NothingRead

P = ParamSpec("P")
T = TypeVar("T")


class InlinePool(OcrPool):
    """Does the work at once, in this process. ``deaths``: how many times a child dies first."""

    def __init__(self, deaths: int = 0) -> None:
        super().__init__(1, _no_start, ())
        self.deaths = deaths
        self.asked = 0
        self.warmed = 0

    def warm(self) -> None:
        """Nothing to start; it is counted."""
        self.warmed += 1

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future that is done."""
        self.asked += 1
        if self.deaths:
            self.deaths -= 1
            died: Future[T] = Future()
            died.set_exception(BrokenProcessPool("died"))
            return died
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(work, *args, **kwargs)

    def run_alone(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Raises PoolBroken as often as a child dies."""
        self.asked += 1
        if self.deaths:
            self.deaths -= 1
            raise PoolBroken
        return work(*args, **kwargs)


def _no_start() -> None:
    pass


def model_folders(folder: Path) -> Weights:
    """Two directories that look like text models, and digests of all models."""
    for name in ("det", "rec"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file in ("inference.onnx", "inference.yml"):
            (folder / name / file).write_text(f"{name} {file}")
    return Weights(
        detector=folder / "det",
        recogniser=folder / "rec",
        digests={"det": "d" * 64, "rec": "e" * 64},
        face_digests={"mesh.tflite": "f" * 64},
    )


def inline_batch(
    inbox: Path,
    out: Path,
    settings: Settings,
    store: Store,
    reader: Reader,
    progress: Progress,
    day: date,
) -> Batch:
    """A run over the cases of an inbox, to be driven by hand."""
    objects = FolderObjects(out / "objects")
    work = CaseWork(settings, store, objects, reader, out, lambda: day, progress.tell)
    return Batch(inbox, {c.case_id: c for c in list_inbox(inbox).cases}, work, progress)


def fake_reader(
    settings: Settings,
    folder: Path,
    store: Readings | None,
    pool: OcrPool | None = None,
    engine: OcrEngine | None = None,
) -> Reader:
    """A reader with the store; model files are made in ``folder``."""
    worker.start_with(settings, engine or NothingRead(), None)
    return Reader(
        settings, 1, store=store, weights=model_folders(folder), pool=pool or InlinePool()
    )
