"""Rings where somebody waits for news of a draft: threads ring, pages wait."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from contextlib import suppress


class Bell:
    """One bell for all drafts. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = (
            defaultdict(set)
        )

    def ring(self, draft_id: str) -> None:
        """Wake whoever waits for news of this draft."""
        with self._lock:
            waiting = tuple(self._waiting.get(draft_id, ()))
        for loop, event in waiting:
            with suppress(RuntimeError):  # the loop has ended, and with it who waited
                loop.call_soon_threadsafe(event.set)

    def listener(self, draft_id: str) -> Listener:
        """Somebody who waits; to be used as a context, from a coroutine."""
        return Listener(self, draft_id)

    def _add(self, draft_id: str, one: tuple[asyncio.AbstractEventLoop, asyncio.Event]) -> None:
        with self._lock:
            self._waiting[draft_id].add(one)

    def _remove(self, draft_id: str, one: tuple[asyncio.AbstractEventLoop, asyncio.Event]) -> None:
        with self._lock:
            self._waiting[draft_id].discard(one)
            if not self._waiting[draft_id]:
                del self._waiting[draft_id]


class Listener:
    """Waits for one draft's bell. It may have rung before :meth:`wait` is called."""

    def __init__(self, bell: Bell, draft_id: str) -> None:
        self._bell = bell
        self._draft_id = draft_id
        self._one = asyncio.get_running_loop(), asyncio.Event()

    def __enter__(self) -> Listener:
        self._bell._add(self._draft_id, self._one)
        return self

    def __exit__(self, *_: object) -> None:
        self._bell._remove(self._draft_id, self._one)

    async def wait(self, seconds: float) -> bool:
        """Whether the bell rang within so many seconds."""
        event = self._one[1]
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return False
        event.clear()
        return True
