"""The OCR processes: one model each, one thread each, as many as cores.

Spawned, never forked (the model libraries keep threads). Children are recycled after a number of
files, or once they have grown, so that a leak in a library never grows; a child that dies takes its
pool with it, and the pool is built anew. Work that was in flight when a pool broke is given to a
single child of its own, one case at a time: whoever breaks that one is guilty, and the others are
not blamed. A child that hangs ends itself, one that wants too much memory is refused it.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, ParamSpec, Protocol, TypeVar

import psutil

from flows.interruption import deaf_children
from flows.priority import step_back
from pipeline.settings import MEBI, Settings


class ProcessWatch(Protocol):
    """A process that can be waited for."""

    def join(self) -> None:
        """Wait until it ends."""


P = ParamSpec("P")
T = TypeVar("T")

RECYCLE_AFTER = 400
"""Files a pool reads before its children are replaced."""

HARD_BOUND = 2
"""How many times what a child is recycled at it may take at most: a large page is let through, a
runaway is not."""

HUNG = "超时未完成"
NO_MEMORY = "内存不足"

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class PoolBroken(Exception):
    """A child process died (killed, out of memory, crashed in a library, ended because it hung).
    Its text is ours and says no more than why, where that is known, and which of how many files was
    being read."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may take. ``seconds``: for one page (:func:`breathe`); ``memory_bytes``: after
    which it is replaced; twice that is never given. None: without bounds."""

    seconds: float | None = None
    memory_bytes: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """Those that an operator sets."""
        return cls(settings.page_seconds, settings.child_mib * MEBI)


class OcrPool:
    """A pool of spawned processes, each made ready by ``start(*arguments)``."""

    def __init__(
        self,
        workers: int,
        start: Callable[..., None],
        arguments: tuple[object, ...],
        *,
        nice: int = 0,
        bounds: Bounds | None = None,
    ) -> None:
        """``nice``: how far the processes step back before others that want the machine."""
        self.workers = workers
        self._bounds = bounds or Bounds()
        self._nice = nice
        self._start = start
        self._arguments = arguments
        self._lock = threading.Lock()
        self._solo_lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._given = 0
        self._is_used = False

    def warm(self) -> None:
        """Start the children now, without waiting for them."""
        for _ in range(self.workers):
            self._submit(os.getpid)

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Give work to a child."""
        self._is_used = True
        return self._submit(work, *args, **kwargs)

    def _submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._lock:
            if self._pool is not None and (self._given >= RECYCLE_AFTER or self._has_grown()):
                self._pool.shutdown(wait=False)
                self._pool = None
            if self._pool is None:
                self._pool = self._new(self.workers)
                self._given = 0
            self._given += 1
            # Giving work is what starts the children.
            with deaf_children():
                try:
                    return self._pool.submit(partial(_bounded, work, *args, **kwargs))
                except BrokenProcessPool:
                    self._pool = self._new(self.workers)
                    return self._pool.submit(partial(_bounded, work, *args, **kwargs))

    def result(self, future: Future[T]) -> T:
        """Wait for work; raises PoolBroken where its child died."""
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise PoolBroken from error
        except MemoryError as error:
            raise PoolBroken(NO_MEMORY) from error

    def run_alone(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work in a child of its own; raises PoolBroken where it dies again."""
        with self._solo_lock, _hang_file() as hang, self._new(1, hang) as pool:
            try:
                with deaf_children():
                    future = pool.submit(partial(_bounded, work, *args, **kwargs))
                return future.result()
            except BrokenProcessPool as error:
                raise PoolBroken(*([HUNG] if hang.stat().st_size else [])) from error
            except MemoryError as error:
                raise PoolBroken(NO_MEMORY) from error

    def close(self) -> None:
        """Stop the children; work not begun is dropped. Children that were never given any are not
        waited for: they may still be starting."""
        with self._lock:
            if self._pool is not None:
                for child in [] if self._is_used else [*self._pool._processes.values()]:
                    child.terminate()
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = None

    def _has_grown(self) -> bool:
        """Whether a child holds more memory than it should."""
        if self._pool is None or self._bounds.memory_bytes is None:
            return False
        return any(_memory_of(pid) > self._bounds.memory_bytes for pid in [*self._pool._processes])

    def _new(self, workers: int, hang: Path | None = None) -> ProcessPoolExecutor:
        # Read by the numeric libraries when they are imported, so before a child starts.
        for name in _ONE_THREAD:
            os.environ.setdefault(name, "1")
        return ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_child,
            initargs=(self._start, self._arguments, self._nice, self._bounds, hang),
        )


def breathe() -> None:
    """Said by work in a child when a page is done: it does not hang."""
    if _bounds.seconds is not None and _hang is not None:
        faulthandler.dump_traceback_later(_bounds.seconds, exit=True, file=_hang)


_bounds = Bounds()
"""Of this process, where it is a child."""
_hang: IO[bytes] | None = None
"""Where this process writes where it hung."""


def _start_child(
    start: Callable[..., None],
    arguments: tuple[object, ...],
    nice: int,
    bounds: Bounds,
    hang: Path | None,
) -> None:
    """Make a child ready, and let it end when its parent does: a child waiting for work does not
    notice that a killed parent will send none."""
    global _bounds, _hang
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    step_back(nice)
    _bounds = bounds
    _hang = (hang or Path(os.devnull)).open("wb")
    if bounds.memory_bytes is not None:
        _bound_memory(HARD_BOUND * bounds.memory_bytes)
    start(*arguments)


def _bound_memory(most_bytes: int) -> None:
    """Let this process have so much memory of its own and no more; where the system knows how."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most == resource.RLIM_INFINITY or most > most_bytes:
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most))


def _bounded(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Work, done in time: a library that hangs may hold Python itself, so that only a thread
    beneath it can end this process."""
    breathe()
    try:
        return work(*args, **kwargs)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _memory_of(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


@contextmanager
def _hang_file() -> Iterator[Path]:
    """An empty file; where a child hangs, it says where in it."""
    descriptor, name = tempfile.mkstemp(prefix="yijianshi-")
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _end_with(parent: ProcessWatch) -> None:
    parent.join()
    os._exit(1)
