"""``yijianshi users``: who may log in to the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.usage import ChineseGroup

if TYPE_CHECKING:
    from pipeline.store.cases import Store

users = typer.Typer(
    help="页面的用户：列出、增加、更改、重置口令、停用、退出登录。",
    cls=ChineseGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
)
Out = Annotated[Path, typer.Option("--out", "-o", help="页面所用的结果目录。")]
RoleName = Literal["clerk", "reviewer", "auditor", "administrator"]
Name = Annotated[str, typer.Argument(help="登录名。")]
_ROLES = "clerk 窗口人员、reviewer 复核人员、auditor 审计人员、administrator 管理员。"


@contextmanager
def _office(out: Path) -> Iterator[Store]:
    """The store of a result folder, closed afterwards."""
    from flows.review_command import open_office

    with open_office(out) as store:
        yield store


@users.command("list")
def list_all(out: Out = Path("out")) -> None:
    """列出全部用户。"""
    from flows.pages.accounts import list_people
    from flows.pages.templating import ROLE_LABELS

    with _office(out) as store:
        found = list_people(store)
    for person in found:
        account = person.account
        state = "" if account.active else "（已停用）"
        state += "（暂时锁定）" if person.is_locked else ""
        state += "（待更换口令）" if account.must_change else ""
        there = f"  已登录 {person.presence.sessions} 处" if person.presence else ""
        where = f"  {account.window}" if account.window else ""
        typer.echo(
            f"{account.name}  {account.display_name}  {ROLE_LABELS[account.role]}"
            f"{where}{there}{state}"
        )


@users.command()
def add(
    name: Name,
    role: Annotated[RoleName, typer.Option("--role", help=_ROLES)],
    out: Out = Path("out"),
    display_name: Annotated[str, typer.Option("--display-name", help="显示的姓名。")] = "",
    window: Annotated[str | None, typer.Option("--window", help="所在窗口，如 3 号窗口。")] = None,
) -> None:
    """增加一个用户；首次登录口令只显示一次。"""
    from flows.pages import accounts
    from pipeline.store.people import Role

    with _office(out) as store:
        password = accounts.add(
            store, accounts.COMMAND_LINE, name, Role(role), display_name, window
        )
    typer.echo(f"已增加 {name}，首次登录口令：{password}（登录后须更换）")


@users.command()
def change(
    name: Name,
    out: Out = Path("out"),
    role: Annotated[RoleName | None, typer.Option("--role", help=_ROLES)] = None,
    display_name: Annotated[str | None, typer.Option("--display-name", help="显示的姓名。")] = None,
    window: Annotated[
        str | None, typer.Option("--window", help="所在窗口；写作 '' 为不在窗口。")
    ] = None,
) -> None:
    """更改角色、姓名或窗口；该用户须重新登录。"""
    from flows.pages import accounts
    from pipeline.store.people import Role

    with _office(out) as store:
        changed = accounts.change(
            store,
            accounts.COMMAND_LINE,
            name,
            role=None if role is None else Role(role),
            display_name=display_name,
            window=window,
        )
    typer.echo(f"{name} 已更改。" if changed else f"{name} 没有变化。")


@users.command()
def reset(name: Name, out: Out = Path("out")) -> None:
    """重置口令，并解除锁定。"""
    from flows.pages import accounts

    with _office(out) as store:
        password = accounts.reset_password(store, accounts.COMMAND_LINE, name)
    typer.echo(f"{name} 的新口令：{password}（登录后须更换）")


@users.command()
def disable(name: Name, out: Out = Path("out")) -> None:
    """停用：立即退出登录，不能再登录；记录保留。"""
    _set_active(out, name, active=False)
    typer.echo(f"{name} 已停用。")


@users.command()
def enable(name: Name, out: Out = Path("out")) -> None:
    """重新启用。"""
    _set_active(out, name, active=True)
    typer.echo(f"{name} 已启用。")


@users.command()
def logout(name: Name, out: Out = Path("out")) -> None:
    """让该用户在各处退出登录；可以重新登录。"""
    from flows.pages import accounts

    with _office(out) as store:
        ended = accounts.end_sessions(store, accounts.COMMAND_LINE, name)
    typer.echo(f"{name} 已退出登录（{ended} 处）。")


def _set_active(out: Path, name: str, *, active: bool) -> None:
    from flows.pages import accounts

    with _office(out) as store:
        accounts.set_active(store, accounts.COMMAND_LINE, name, active=active)
