"""The OCR processes: one model each, one thread each, as many as cores.

Spawned, never forked (the model libraries keep threads). Children are recycled after a number of
files, so that a leak in a library never grows; a child that dies takes its pool with it, and the
pool is built anew. Work that was in flight when a pool broke is given to a single child of its
own, one case at a time: whoever breaks that one is guilty, and the others are not blamed.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, Protocol, TypeVar

from flows.interruption import deaf_children
from flows.priority import step_back


class ProcessWatch(Protocol):
    """A process that can be waited for."""

    def join(self) -> None:
        """Wait until it ends."""


P = ParamSpec("P")
T = TypeVar("T")

RECYCLE_AFTER = 400
"""Files a pool reads before its children are replaced."""

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class PoolBroken(Exception):
    """A child process died (killed, out of memory, crashed in a library). Its text is ours and
    says no more than which of how many files was being read."""


class OcrPool:
    """A pool of spawned processes, each made ready by ``start(*arguments)``."""

    def __init__(
        self,
        workers: int,
        start: Callable[..., None],
        arguments: tuple[object, ...],
        *,
        nice: int = 0,
    ) -> None:
        """``nice``: how far the processes step back before others that want the machine."""
        self.workers = workers
        self._nice = nice
        self._start = start
        self._arguments = arguments
        self._lock = threading.Lock()
        self._solo_lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._given = 0

    def warm(self) -> None:
        """Start the children now, without waiting for them."""
        for _ in range(self.workers):
            self.submit(os.getpid)

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Give work to a child."""
        with self._lock:
            if self._pool is not None and self._given >= RECYCLE_AFTER:
                self._pool.shutdown(wait=False)
                self._pool = None
            if self._pool is None:
                self._pool = self._new(self.workers)
                self._given = 0
            self._given += 1
            # Giving work is what starts the children.
            with deaf_children():
                try:
                    return self._pool.submit(work, *args, **kwargs)
                except BrokenProcessPool:
                    self._pool = self._new(self.workers)
                    return self._pool.submit(work, *args, **kwargs)

    def result(self, future: Future[T]) -> T:
        """Wait for work; raises PoolBroken where its child died."""
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise PoolBroken from error

    def run_alone(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work in a child of its own; raises PoolBroken where it dies again."""
        with self._solo_lock, self._new(1) as pool:
            try:
                with deaf_children():
                    future = pool.submit(work, *args, **kwargs)
                return future.result()
            except BrokenProcessPool as error:
                raise PoolBroken from error

    def close(self) -> None:
        """Stop the children; work not begun is dropped."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = None

    def _new(self, workers: int) -> ProcessPoolExecutor:
        # Read by the numeric libraries when they are imported, so before a child starts.
        for name in _ONE_THREAD:
            os.environ.setdefault(name, "1")
        return ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_child,
            initargs=(self._start, self._arguments, self._nice),
        )


def _start_child(start: Callable[..., None], arguments: tuple[object, ...], nice: int) -> None:
    """Make a child ready, and let it end when its parent does: a child waiting for work does not
    notice that a killed parent will send none."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    step_back(nice)
    start(*arguments)


def _end_with(parent: ProcessWatch) -> None:
    parent.join()
    os._exit(1)
