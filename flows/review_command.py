"""``yijianshi review`` starts the pages."""

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
from flows.pages.accounts import COMMAND_LINE
from flows.pages.app import create_app
from flows.pages.context import PageContext
from pipeline.errors import InputError, UsageError
from pipeline.intake.names import readable
from pipeline.settings import Settings, load_settings
from pipeline.store import people
from pipeline.store.cases import Store, open_store
from pipeline.store.decisions import policy_of
from pipeline.store.objects import open_objects
from pipeline.store.people import Account, Role

FIRST = "admin"
GRACE_SECONDS = 2
"""How long a request may go on once the server is asked to end."""


def serve_pages(out: Path, host: str, port: int, *, new: bool = False) -> None:
    """Serve the pages until interrupted; ``new``: over a result folder that need not be there.
    Raises InputError where it is not, UsageError where the address cannot be used."""
    settings = load_settings()
    with open_office(out, new=new) as store:
        _serve(settings, store, out, host, port)


def _serve(settings: Settings, store: Store, out: Path, host: str, port: int) -> None:
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
            run_pages(settings, app, host, port)
        finally:
            app.state.api.state.work.close(GRACE_SECONDS)


def run_pages(settings: Settings, app: FastAPI, host: str, port: int) -> None:
    """Serve an application until interrupted; a page that waits for news is not waited for. Raises
    UsageError where the address cannot be used."""
    try:
        uvicorn.Server(server_config(settings, app, host, port)).run()
    except SystemExit as error:  # uvicorn's word for an address that is taken
        raise UsageError(
            f"无法使用 {host}:{port}，可能已有程序在使用。", "请用 --port 换一个端口。"
        ) from error


def server_config(settings: Settings, app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """How the pages are served. Whom a request comes from is the machine that is connected; what a
    header says of another is believed of the proxies that the office names, and of nobody else."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
    )


def open_office(out: Path, *, new: bool = False) -> Store:
    """The store of a result folder; ``new``: the folder is made where there is none. Raises
    InputError where it is not there (a slip of the pen would make an empty office with an
    administrator of its own), StoreError, UsageError."""
    if not new and not out.exists():
        raise InputError(
            f"没有结果目录“{readable(str(out))}”。",
            "请检查 --out；先用 yijianshi run 处理收件箱，"
            "或用 yijianshi review --new 从空的结果目录开始。",
        )
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
        told = {"account": FIRST, "role": account.role.value}
        people.write_audit(connection, COMMAND_LINE, "account-added", detail=told)
    return password


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
