"""News of a draft as server-sent events (WHATWG HTML, 9.2). Each has its number in the store, so
that a page which lost its connection, or whose server was stopped, is told what it missed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from flows.pages.counter.room import CounterUser, Room

BEAT_SECONDS = 15.0
"""Between signs of life: proxies close what is silent for longer."""
LOOK_SECONDS = 2.0
"""Between looks into the store, where another server may have written."""
LONGEST_SECONDS = 600.0
"""A page comes back after that, and is asked anew who it is."""
RETRY_MS = 1000


def add_stream(router: APIRouter, room: Room) -> None:
    """``GET /counter/{draft}/events``."""

    @router.get("/{draft_id}/events", include_in_schema=False)
    async def events(
        request: Request,
        draft_id: str,
        after: int = 0,
        last_event_id: str | None = Header(default=None),
        user: CounterUser = Depends(room.user),
    ) -> StreamingResponse:
        draft = await run_in_threadpool(room.draft, draft_id, user)
        if draft.closed_at is None:
            await run_in_threadpool(room.desk.read, draft.id)
        if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
            after = int(last_event_id)
        return StreamingResponse(
            _news(request, room, draft.id, after),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )


async def _news(request: Request, room: Room, draft_id: str, after: int) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    ends, beat = loop.time() + LONGEST_SECONDS, loop.time()
    yield f"retry: {RETRY_MS}\n\n"
    with room.desk.bell.listener(draft_id) as listener:
        while loop.time() < ends and not await request.is_disconnected():
            for event in await run_in_threadpool(room.desk.events, draft_id, after):
                after, beat = event.id, loop.time()
                detail = json.dumps(event.detail, ensure_ascii=False)
                yield f"id: {event.id}\nevent: {event.kind}\ndata: {detail}\n\n"
            if loop.time() - beat > BEAT_SECONDS:
                beat = loop.time()
                yield ": still here\n\n"
            await listener.wait(LOOK_SECONDS)
