"""Reading processes that are made ready while their parent still imports: each takes a second or
more, and somebody waits at the window for both."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from flows.pool import Bounds, OcrPool
from pipeline.errors import DependencyError
from pipeline.settings import Settings, cores, load_settings


@contextmanager
def reading_early(given: Sequence[Path], workers: int | None = None) -> Iterator[OcrPool | None]:
    """Processes that will read the files of ``given`` (files, folders, archives), no more of them
    than files; None where there is none. Closed at the end, at once where none was needed.

    Raises UsageError where a setting is wrong.
    """
    settings = load_settings()
    most = workers or settings.workers or cores()
    count = len(list(islice(_files(given, most), most)))
    if not count:
        yield None
        return
    pool = OcrPool(count, _make_ready, (settings,), bounds=Bounds.of(settings))
    pool.warm()
    try:
        yield pool
    finally:
        pool.close()


def _files(given: Sequence[Path], most: int) -> Iterator[Path]:
    """Files to be read, ``most`` of an archive: how many it holds is not known."""
    for path in given:
        if path.is_dir():
            yield from (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
        elif path.is_file():
            yield from [path] * (1 if path.suffix.lower() != ".zip" else most)


def _make_ready(settings: Settings) -> None:
    """Make this child ready with the engine that its parent will choose, too."""
    from flows import worker
    from pipeline.ocr.engines import choose_engine
    from pipeline.ocr.weights import locate

    try:
        name = choose_engine(settings, locate(settings)).name
        worker.start(settings.model_copy(update={"engine": name}))
    except DependencyError:
        os._exit(1)  # the parent finds the same, and says it
