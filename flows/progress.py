"""Progress of long work: a bar on a terminal, plain lines elsewhere; always on standard error."""

from __future__ import annotations

import sys
import threading
import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

LINE_EVERY_SECONDS = 10.0
"""Without a terminal: how often a line says how far the work is."""


class Progress:
    """Counts finished pieces of ``total``. Safe to use from many threads."""

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = total
        self._done = 0
        self._lock = threading.Lock()
        self._last = time.monotonic()
        self._console = Console(stderr=True)
        self._bar = Bar(
            SpinnerColumn(),  # moves while the first piece is worked on, and nothing is done yet
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(label, total=total)

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, message: str) -> None:
        """Say something beside the bar."""
        if self._console.is_terminal:
            self._console.print(message, markup=False, highlight=False)
        else:
            sys.stderr.write(message + "\n")

    def expect(self, more: int) -> None:
        """So many more pieces there are, or fewer."""
        with self._lock:
            self._total += more
        self._bar.update(self._task, total=self._total)

    def advance(self) -> None:
        """One more piece is finished."""
        self._bar.advance(self._task)
        with self._lock:
            self._done += 1
            now = time.monotonic()
            due = now - self._last >= LINE_EVERY_SECONDS or self._done == self._total
            if due and not self._console.is_terminal:
                self._last = now
                sys.stderr.write(f"{self._label} {self._done}/{self._total}\n")
                sys.stderr.flush()
