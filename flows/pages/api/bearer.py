"""Which program is asking, and what its token allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from flows.pages.api.pace import Pace
from flows.pages.api.problems import Refusal
from flows.pages.context import Context, PageContext
from pipeline.store.people import write_audit
from pipeline.store.tokens import Scope, Token, find_token, is_use_to_note, note_use

STRANGERS_PER_MINUTE = 60
"""Tries without a valid token from one address. Nobody guesses 256 bits; it keeps them cheap."""
_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="yijianshi tokens create")
_Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class Paces:
    """The two counts of an application: of tokens, and of addresses without one."""

    def __init__(self, per_minute: int) -> None:
        self.tokens = Pace(per_minute)
        self.strangers = Pace(STRANGERS_PER_MINUTE)


def subject(token: Token) -> str:
    """A token as the audit names it: no account can be called so."""
    return f"token:{token.name}"


def require(scope: Scope) -> Callable[..., Token]:
    """A dependency: the token that was shown, where it is valid and allows this."""

    def allowed(request: Request, context: Context, shown: _Shown) -> Token:
        token = _valid(request, context, shown)
        if scope not in token.scopes:
            raise Refusal("scope", scope=scope.value)
        return token

    allowed.scope = scope  # type: ignore[attr-defined]  # read by the description of the routes
    return allowed


def _valid(request: Request, context: PageContext, shown: _Shown) -> Token:
    paces = cast(Paces, request.app.state.paces)
    now = context.now()
    token = None
    if shown is not None:
        with context.store.snapshot() as connection:
            token = find_token(connection, shown.credentials)
    if token is None or not token.is_valid(now):
        _slow(paces.strangers, request.client.host if request.client else "")
        if token is None:
            raise Refusal("unauthorized", headers={"WWW-Authenticate": "Bearer"})
        with context.store.begin() as connection:
            write_audit(connection, subject(token), "api-refused", now=now)
        ended = 'Bearer error="invalid_token"'
        raise Refusal("token-ended", headers={"WWW-Authenticate": ended})
    _slow(paces.tokens, token.name)
    if is_use_to_note(token, now):
        with context.store.begin() as connection:
            note_use(connection, token, now)
    return token


def _slow(pace: Pace, name: str) -> None:
    if seconds := pace.wait(name):
        raise Refusal("too-many", headers={"Retry-After": str(seconds)})
