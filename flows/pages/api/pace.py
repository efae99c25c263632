"""How often somebody may ask: so many requests a minute, counted in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

WINDOW_SECONDS = 60.0
MOST_KEPT = 10_000


class Pace:
    """Counts by name. Safe between threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def wait(self, name: str) -> int:
        """Count a request: 0 where it may go on, else for how many seconds it should wait."""
        now = self._clock()
        with self._lock:
            if len(self._counts) > MOST_KEPT:
                self._counts = {n: c for n, c in self._counts.items() if not _is_over(c, now)}
            counted = self._counts.get(name)
            if counted is None or _is_over(counted, now):
                counted = (now, 0)
            since, count = counted
            if count >= self._most:
                return max(1, round(since + WINDOW_SECONDS - now))
            self._counts[name] = (since, count + 1)
            return 0


def _is_over(counted: tuple[float, int], now: float) -> bool:
    return now - counted[0] >= WINDOW_SECONDS
