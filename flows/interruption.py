"""Ending early: at Ctrl-C, or asked to by the system (SIGTERM), within a second and with one line,
and, killed outright, not alone.

What is kept is kept: the store's writes are transactions, results are seen whole or not at all. So
nothing has to be wound up, and the processes that we started need only be ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import psutil

from pipeline.errors import ExitCode

MARK = "RUN_OF_YIJIANSHI"
"""In the environment of every process that a run starts, with the run's own value."""
INTERRUPTED = "已中断。再次运行同一命令即可继续，已完成的部分不会重做。"

_ends: Callable[[int, FrameType | None], None] | None = None
"""What ends this process within :func:`ended_together`."""

_WATCH = """\
import os, sys, psutil
name, mark = sys.argv[1:]
if sys.stdin.read() != "done":
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(name) == mark:
                process.kill()
        except psutil.Error:
            pass
"""


@contextmanager
def ended_together(message: str = INTERRUPTED) -> Iterator[None]:
    """In this block, Ctrl-C says ``message``, ends every process that was started in it and then
    this one, with exit code 130; SIGTERM does the same with 143; and where this one is killed,
    those are ended too.

    Does nothing outside the main thread, where signals do not arrive.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    mark = uuid.uuid4().hex
    os.environ[MARK] = mark
    watch = subprocess.Popen(
        [sys.executable, "-c", _WATCH, MARK, mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={name: value for name, value in os.environ.items() if name != MARK},
    )

    def end(number: int, _: FrameType | None) -> None:
        os.write(2, f"\n{message}\n".encode())
        for process in psutil.Process().children(recursive=True):
            try:
                process.kill()
            except psutil.Error:
                continue
        os._exit(ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED)

    global _ends
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    outer, _ends = _ends, end
    try:
        yield
    finally:
        _ends = outer
        for number, handler in before.items():
            signal.signal(number, handler)
        os.environ.pop(MARK, None)
        try:
            watch.communicate(b"done", timeout=5)
        except (OSError, subprocess.TimeoutExpired):
            watch.kill()


@contextmanager
def still_ended_together() -> Iterator[None]:
    """In this block, SIGTERM ends this process as :func:`ended_together` says, though a library
    took the signal meanwhile: Prefect does within a flow, and then waits for the tasks that run.
    """
    ends = _ends
    if ends is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, ends)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def deaf_children() -> Iterator[None]:
    """Processes started in this block never hear Ctrl-C, which a terminal sends to all: their
    parent ends them. The signal waits for the block's end here."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
