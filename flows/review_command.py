"""``yijianshi review`` starts the pages; ``yijianshi users`` keeps those who may log in."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import typer
import uvicorn
from fastapi import FastAPI

from flows.counter import today
from flows.desk.desk import Desk
from flows.outputs import prepare
from flows.pages import passwords
from flows.pages.app import create_app
from flows.pages.context import PageContext
from pipeline.errors import UsageError
from pipeline.settings import load_settings
from pipeline.store import people
from pipeline.store.cases import Store, open_store
from pipeline.store.decisions import policy_of
from pipeline.store.objects import open_objects
from pipeline.store.people import Account, Role

FIRST = "admin"
GRACE_SECONDS = 2
"""How long a request may go on once the server is asked to end."""


def serve_pages(out: Path, host: str, port: int) -> None:
    """Serve the pages until interrupted. Raises UsageError where the address cannot be used."""
    settings = load_settings()
    store = open_office(out)
    objects = open_objects(settings.objects, out / "objects", settings.cache)
    first = make_first(store)
    with Desk(settings, out, store, objects, today=today, policy=policy_of(settings)) as desk:
        app = create_app(PageContext(settings, store, objects, out, desk))
        typer.echo(f"页面已启动：http://{host}:{port}/（Ctrl-C 结束）")
        if first is not None:
            typer.echo(
                f"首次使用：管理员登录名 {FIRST}，口令 {first}（只显示这一次，登录后请更换）"
            )
        if not is_loopback(host):
            typer.echo(
                "提示：页面对局域网开放，未加密；请放在提供 HTTPS 的反向代理之后。", err=True
            )
        app.state.api.state.work.resume()
        try:
            run_pages(app, host, port)
        finally:
            app.state.api.state.work.close(GRACE_SECONDS)


def run_pages(app: FastAPI, host: str, port: int) -> None:
    """Serve an application until interrupted; a page that waits for news is not waited for. Raises
    UsageError where the address cannot be used."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        uvicorn.Server(config).run()
    except SystemExit as error:  # uvicorn's word for an address that is taken
        raise UsageError(
            f"无法使用 {host}:{port}，可能已有程序在使用。", "请用 --port 换一个端口。"
        ) from error


def open_office(out: Path) -> Store:
    """The store of a result folder, made where there is none. Raises StoreError, UsageError."""
    prepare(out)
    return open_store(load_settings(), out)


def make_first(store: Store) -> str | None:
    """Make the administrator of a store that has none yet; the password, once."""
    password = passwords.new_password()
    with store.begin() as connection:
        if any(a.role == Role.ADMINISTRATOR for a in people.list_accounts(connection)):
            return None
        account = Account(
            name=FIRST, display_name="管理员", role=Role.ADMINISTRATOR, must_change=True
        )
        people.add_account(connection, account, passwords.hash_password(password))
    return password


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def add_user(out: Path, name: str, role: Role, display_name: str, window: str | None) -> str:
    """Let a person log in; the password for the first time. Raises UsageError."""
    if not name.strip() or len(name) > 64:
        raise UsageError(
            "登录名应为 1 至 64 个字符。", "例如：yijianshi users add wei --role clerk"
        )
    password = passwords.new_password()
    with open_office(out).begin() as connection:
        if people.find_account(connection, name) is not None:
            raise UsageError(f"已有登录名“{name}”。", "请另取一个；忘记口令用 users reset。")
        account = Account(
            name=name,
            display_name=display_name or name,
            role=role,
            window=window,
            must_change=True,
        )
        people.add_account(connection, account, passwords.hash_password(password))
        people.write_audit(connection, "cli", "account-added", detail={"account": name})
    return password


def reset_user(out: Path, name: str) -> str:
    """A new password for a person, to be changed at the next login. Raises UsageError."""
    password = passwords.new_password()
    with open_office(out).begin() as connection:
        _known(people.find_account(connection, name), name)
        people.set_password(connection, name, passwords.hash_password(password), must_change=True)
        people.write_audit(connection, "cli", "password-reset", detail={"account": name})
    return password


def set_active(out: Path, name: str, *, active: bool) -> None:
    """Let a person log in no more, or again. Raises UsageError."""
    with open_office(out).begin() as connection:
        _known(people.find_account(connection, name), name)
        people.set_account(connection, name, active=active)
        action = "account-enabled" if active else "account-disabled"
        people.write_audit(connection, "cli", action, detail={"account": name})


def list_users(out: Path) -> list[Account]:
    """All who may log in, or might."""
    with open_office(out).snapshot() as connection:
        return people.list_accounts(connection)


def _known(account: Account | None, name: str) -> None:
    if account is None:
        raise UsageError(f"没有登录名“{name}”。", "用 yijianshi users list 查看全部。")
