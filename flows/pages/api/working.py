"""Cases that came in by the API are worked on here, one at a time, so that the counter's processes
are never all busy with what nobody waits for. A service that watches inboxes over the same store
may be quicker: whoever gets a case's lease works on it.
"""

from __future__ import annotations

import queue
import threading

from flows.case_work import CaseWork
from flows.trace import log
from pipeline.errors import StoreError, YijianshiError
from pipeline.store.answers import unfinished
from pipeline.store.leases import free_dead

AGAIN_SECONDS = 10.0
TRIES = 30
"""At a case while the store is away; after that the next start takes it up."""


class ApiWork:
    """A queue of cases, and the thread that works on them. Safe between threads."""

    def __init__(self, work: CaseWork) -> None:
        self._work = work
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, case_id: str) -> None:
        """Work on a case as soon as those before it are done."""
        self._waiting.put(case_id)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="api", daemon=True)
                self._thread.start()

    def resume(self) -> None:
        """Take up what a server left undone that was stopped. Raises StoreError."""
        with self._work.store.begin() as connection:
            free_dead(connection)
            waiting = unfinished(connection)
        for case_id in waiting:
            self.begin(case_id)

    def close(self, seconds: float) -> None:
        """Begin no case any more, and wait so long for the one that is worked on."""
        self._over.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while (case_id := self._waiting.get()) is not None and not self._over.is_set():
            for _ in range(TRIES):
                try:
                    self._work.work(case_id)
                    break
                except StoreError:
                    log.warning("store away", case=case_id)
                    if self._over.wait(AGAIN_SECONDS):
                        return
                except YijianshiError as error:
                    self._work.tell(f"“{case_id}”：{error.message}")
                    break
