"""The users' page: who may log in, for administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from flows.pages import accounts
from flows.pages.context import Context, PageContext
from flows.pages.security import require
from flows.pages.templating import page
from pipeline.errors import UsageError
from pipeline.store.people import Login, Role

router = APIRouter(prefix="/users")
Administrator = Annotated[Login, Depends(require(Role.ADMINISTRATOR))]
Text = Annotated[str, Form()]

DONE = {
    "changed": "已保存。该用户须重新登录。",
    "same": "没有变化。",
    "disabled": "已停用：该用户已退出登录，不能再登录。",
    "enabled": "已启用。",
    "ended": "已让该用户在各处退出登录。",
}


@router.get("")
def show(request: Request, login: Administrator, context: Context) -> Response:
    """Everybody, and the form for somebody new."""
    return _list(request, context)


@router.post("")
def add(
    request: Request, login: Administrator, context: Context, name: Text = "", role: Text = "",
    display_name: Text = "", window: Text = "",
) -> Response:  # fmt: skip
    """Let somebody log in; the password is shown once, with this answer."""
    said = {"name": name, "role": role, "display_name": display_name, "window": window}
    try:
        password = accounts.add(
            context.store, login.account.name, name, _role(role), display_name, window
        )
    except UsageError as error:
        return _list(request, context, 422, said=said, error=error)
    return page(request, "users/password.html", name=name.strip(), password=password, new=True)


@router.get("/{name}")
def one(
    request: Request, login: Administrator, context: Context, name: str, done: str = ""
) -> Response:
    """One person."""
    return _one(request, context, name, told=DONE.get(done, ""))


@router.post("/{name}")
def change(
    request: Request, login: Administrator, context: Context, name: str, role: Text = "",
    display_name: Text = "", window: Text = "",
) -> Response:  # fmt: skip
    """Change role, shown name or window."""
    try:
        changed = accounts.change(
            context.store, login.account.name, name, role=_role(role),
            display_name=display_name, window=window,
        )  # fmt: skip
    except UsageError as error:
        return _one(request, context, name, 422, error=error)
    return _back(name, "changed" if changed else "same")


@router.post("/{name}/password")
def reset(request: Request, login: Administrator, context: Context, name: str) -> Response:
    """A new password; shown once, with this answer."""
    try:
        password = accounts.reset_password(context.store, login.account.name, name)
    except UsageError as error:
        return _one(request, context, name, 422, error=error)
    return page(request, "users/password.html", name=name, password=password, new=False)


@router.post("/{name}/disable")
def disable(request: Request, login: Administrator, context: Context, name: str) -> Response:
    """No more logging in."""
    return _set_active(request, login, context, name, active=False)


@router.post("/{name}/enable")
def enable(request: Request, login: Administrator, context: Context, name: str) -> Response:
    """Logging in again."""
    return _set_active(request, login, context, name, active=True)


@router.post("/{name}/logout")
def log_out(request: Request, login: Administrator, context: Context, name: str) -> Response:
    """End the person's sessions."""
    try:
        accounts.end_sessions(context.store, login.account.name, name)
    except UsageError as error:
        return _one(request, context, name, 422, error=error)
    return _back(name, "ended")


def _set_active(
    request: Request, login: Login, context: PageContext, name: str, *, active: bool
) -> Response:
    try:
        accounts.set_active(context.store, login.account.name, name, active=active)
    except UsageError as error:
        return _one(request, context, name, 422, error=error)
    return _back(name, "enabled" if active else "disabled")


def _role(code: str) -> Role:
    if code not in set(Role):
        raise UsageError("没有这种角色。", "请在列表中选择。")
    return Role(code)


def _back(name: str, done: str) -> Response:
    return RedirectResponse(f"/users/{name}?done={done}", status_code=303)


def _list(
    request: Request,
    context: PageContext,
    status: int = 200,
    said: dict[str, str] | None = None,
    error: UsageError | None = None,
) -> Response:
    found = accounts.list_people(context.store, now=context.now())
    return page(request, "users/list.html", status, people=found, said=said or {}, error=error)


def _one(
    request: Request, context: PageContext, name: str, status: int = 200, **values: Any
) -> Response:
    for person in accounts.list_people(context.store, now=context.now()):
        if person.account.name == name:
            values = {"told": "", "error": None, **values}
            return page(request, "users/one.html", status, person=person, **values)
    return page(
        request, "error.html", 404, message=f"没有登录名“{name}”。", hint="请从用户列表选择。"
    )
