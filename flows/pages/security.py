"""Who is asking, what they may do, and headers that keep a page to itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.pages.context import page_context
from pipeline.errors import StoreError
from pipeline.store.people import Login, Role, find_session, is_seen, touch_session

COOKIE = "yijianshi_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


class NotLoggedIn(Exception):
    """Nobody is logged in, or no longer."""


class NotAllowed(Exception):
    """The person may not do this."""


class StaleForm(Exception):
    """The form is not of this session: an old tab, or another site's."""


class Headers:
    """Gives each answer the headers it has not; what is not a file of ours is kept by no browser.
    A plain ASGI layer: streams pass through it as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, told)


def login_of(request: Request) -> Login | None:
    """Who sends this request. That he is there is written down once a minute, not with each."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    context = page_context(request)
    now = context.now()
    with context.store.snapshot() as connection:
        login = find_session(connection, token, now=now)
    if login is not None and not is_seen(login, now):
        with suppress(StoreError), context.store.begin() as connection:
            touch_session(connection, login, now=now)
    return login


def current_login(request: Request) -> Login:
    """Who is asking, as the gate found out. Raises NotLoggedIn."""
    login: Login | None = getattr(request.state, "login", None)
    if login is None:
        raise NotLoggedIn
    return login


LoggedIn = Annotated[Login, Depends(current_login)]


async def checked_form(request: Request, login: LoggedIn) -> None:
    """Refuse a change that does not come from a form of this session. Raises StaleForm."""
    if request.method in _SAFE:
        return
    said = request.headers.get(CSRF_HEADER)
    kind = request.headers.get("content-type", "")
    if said is None and kind.startswith(("application/x-www-form-urlencoded", "multipart/")):
        form: FormData = await request.form()
        value = form.get(CSRF_FIELD)
        said = value if isinstance(value, str) else None
    if said is None or not secrets.compare_digest(said.encode(), login.csrf.encode()):
        raise StaleForm


def require(*roles: Role) -> Callable[..., Login]:
    """A dependency: who is asking, where their role is one of these; forms are checked after that.
    An account whose password must be changed may do nothing else."""

    def in_role(login: LoggedIn) -> Login:
        if login.account.role not in roles or login.account.must_change:
            raise NotAllowed
        return login

    def allowed(login: Login = Depends(in_role), _: None = Depends(checked_form)) -> Login:
        return login

    return allowed


AnyRole = Annotated[Login, Depends(require(*Role))]


def set_cookie(response: Response, token: str, request: Request) -> None:
    """Hand the session's token to the browser: to no script, and to no other site's requests."""
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
