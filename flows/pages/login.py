"""Logging in and out, and changing one's password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from flows.pages import passwords
from flows.pages.context import Context
from flows.pages.security import COOKIE, LoggedIn, StaleForm, checked_form, set_cookie
from flows.pages.templating import page
from pipeline.privacy import mask
from pipeline.store import attempts, people

router = APIRouter()
MAX_NAME_CHARS = 64

WRONG = "登录名或口令不对。"
TOO_MANY = (
    f"登录失败次数过多，暂不能登录。请 {attempts.WINDOW_MINUTES} 分钟后再试，或请管理员重置口令。"
)


@router.get("/login")
def show(request: Request, over: bool = False) -> Response:
    """The form."""
    told = "登录已过期，请重新登录。未提交的内容已保留在服务器上。" if over else ""
    return page(request, "login.html", told=told, name="")


@router.post("/login")
def log_in(
    request: Request,
    context: Context,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Open a session where the password is right; what is wrong is not said. A name that nobody has
    is answered as one that somebody has: as late, and as often."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise StaleForm  # another site's form: it would log a person in as somebody else
    name = name.strip()[:MAX_NAME_CHARS]
    now, address = context.now(), _address(request)
    with context.store.begin() as connection:
        attempt = attempts.begin_attempt(connection, name, address, now=now)
        hashed = people.password_hash(connection, name) if name.isprintable() else None
    if attempt is None:
        return page(request, "login.html", 429, told=TOO_MANY, name=name)
    right = passwords.is_right(password, hashed)
    with context.store.begin() as connection:
        # What was true when the password was looked at must still be: it takes a while.
        account = people.find_account(connection, name) if right else None
        same = account is not None and people.password_hash(connection, name) == hashed
        if account is None or not account.active or not same:
            action = "login-locked" if attempt.is_last else "login-failed"
            told = {"name": mask("name", name) if name else "", "address": address}
            people.write_audit(connection, "", action, detail=told, now=now)
            token = ""
        else:
            attempts.succeeded(connection, attempt)
            token, _ = people.open_session(connection, name, now=now)
            people.write_audit(connection, name, "login", detail={"address": address}, now=now)
    if account is None or not token:
        return page(request, "login.html", 401, told=WRONG, name=name)
    _forget(request, name)
    response = RedirectResponse("/password" if account.must_change else "/", status_code=303)
    set_cookie(response, token, request)
    return response


def _forget(request: Request, name: str) -> None:
    """What a person opened is open for that session: after another login he opens it anew, which is
    written down anew."""
    for room in request.app.state.rooms:
        room.forget(name)


def _address(request: Request) -> str:
    """Where the request comes from: the machine that is connected, or whom a proxy that the office
    trusts (``YIJIANSHI_PROXIES``) names in its place."""
    return "" if request.client is None else request.client.host


@router.post("/logout", dependencies=[Depends(checked_form)])
def log_out(request: Request, login: LoggedIn, context: Context) -> Response:
    """Close the session."""
    with context.store.begin() as connection:
        people.close_session(connection, login)
        people.write_audit(connection, login.account.name, "logout", now=context.now())
    _forget(request, login.account.name)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/password")
def show_password(request: Request, login: LoggedIn) -> Response:
    """The form to change one's password."""
    return page(request, "password.html", told="", min_chars=passwords.MIN_CHARS)


@router.post("/password", dependencies=[Depends(checked_form)])
def change_password(
    request: Request,
    login: LoggedIn,
    context: Context,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password; every other session of the person ends."""
    name, now = login.account.name, context.now()
    told, status = passwords.refusal(new, name), 422
    if new != again:
        told = "两次输入的新口令不一样。"
    elif new == old:
        told = "新口令不能与现在的相同。"
    if not told:
        # Whoever finds a screen open may guess here as well as at the login, and no more often.
        with context.store.begin() as connection:
            attempt = attempts.begin_attempt(connection, name, _address(request), now=now)
            hashed = people.password_hash(connection, name)
        if attempt is None:
            told, status = TOO_MANY, 429
        elif not passwords.is_right(old, hashed):
            told = "现在的口令不对。"
    if told or attempt is None:
        return page(request, "password.html", status, told=told, min_chars=passwords.MIN_CHARS)
    with context.store.begin() as connection:
        attempts.succeeded(connection, attempt)
        people.set_password(connection, name, passwords.hash_password(new), must_change=False)
        token, _ = people.open_session(connection, name, now=now)
        people.write_audit(connection, name, "password-changed", now=now)
    response = RedirectResponse("/", status_code=303)
    set_cookie(response, token, request)
    return response
