"""What a request passes before anything of it is read: how long it is, and who sends it.

Plain ASGI layers, so that a body is measured as it comes and nobody who is not logged in makes the
server read a form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.settings import MEBI
from pipeline.store.people import Login

FORM_BYTES = MEBI
"""What a form of ours may hold: the longest, a counter's with every change typed, holds some
kilobytes."""
OPEN = ("/login", "/static/", "/api/")
"""Who is not logged in may ask for these: the login and what it looks like, and the interface for
other systems, which asks for a token of its own."""


@dataclass(frozen=True, slots=True)
class Longer:
    """Where more than a form may come, and how much."""

    path: re.Pattern[str]
    most_bytes: int


class BodyLimit:
    """Refuses a body that is too long: at once where its length is told, else as it comes."""

    def __init__(
        self, app: ASGIApp, longer: Sequence[Longer], refuse: Callable[[Request], Response]
    ) -> None:
        self._app = app
        self._longer = longer
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        request = Request(scope)
        told = request.headers.get("content-length", "")
        if told.isascii() and told.isdigit() and int(told[:20]) > most:
            await self._refuse(request)(scope, receive, send)
            return
        came = 0

        async def measured() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise HTTPException(413)  # goes through whoever reads to who answers errors
            return message

        await self._app(scope, measured, send)

    def _most(self, path: str) -> int:
        return next((one.most_bytes for one in self._longer if one.path.match(path)), FORM_BYTES)


class Gate:
    """Lets nobody in who is not logged in, but to what is open to all. Who is asking stands in the
    request's state (``login``) for those who ask later what he may do."""

    def __init__(
        self,
        app: ASGIApp,
        who: Callable[[Request], Login | None],
        refuse: Callable[[Request], Response],
    ) -> None:
        self._app = app
        self._who = who
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that nobody is logged in."""
        if scope["type"] != "http" or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        login = await run_in_threadpool(self._who, request)
        if login is None:
            await self._refuse(request)(scope, receive, send)
            return
        request.state.login = login
        await self._app(scope, receive, send)


def _is_open(path: str) -> bool:
    return any(path.startswith(way) if way.endswith("/") else path == way for way in OPEN)
