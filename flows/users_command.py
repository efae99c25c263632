"""``yijianshi users``: who may log in to the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

users = typer.Typer(
    help="页面的用户：列出、增加、重置口令、停用。", no_args_is_help=True, rich_markup_mode=None
)
Out = Annotated[Path, typer.Option("--out", "-o", help="页面所用的结果目录。")]
RoleName = Literal["clerk", "reviewer", "auditor", "administrator"]
Name = Annotated[str, typer.Argument(help="登录名。")]


@users.command("list")
def list_all(out: Out = Path("out")) -> None:
    """列出全部用户。"""
    from flows.pages.templating import ROLE_LABELS
    from flows.review_command import list_users

    for account in list_users(out):
        state = "" if account.active else "（已停用）"
        where = f"  {account.window}" if account.window else ""
        typer.echo(
            f"{account.name}  {account.display_name}  {ROLE_LABELS[account.role]}{where}{state}"
        )


@users.command()
def add(
    name: Name,
    role: Annotated[
        RoleName,
        typer.Option(
            "--role",
            help="clerk 窗口人员、reviewer 复核人员、auditor 审计人员、administrator 管理员。",
        ),
    ],
    out: Out = Path("out"),
    display_name: Annotated[str, typer.Option("--display-name", help="显示的姓名。")] = "",
    window: Annotated[str | None, typer.Option("--window", help="所在窗口，如 3 号窗口。")] = None,
) -> None:
    """增加一个用户；首次登录口令只显示一次。"""
    from flows.review_command import add_user
    from pipeline.store.people import Role

    password = add_user(out, name, Role(role), display_name, window)
    typer.echo(f"已增加 {name}，首次登录口令：{password}（登录后须更换）")


@users.command()
def reset(name: Name, out: Out = Path("out")) -> None:
    """重置口令，并解除锁定。"""
    from flows.review_command import reset_user

    typer.echo(f"{name} 的新口令：{reset_user(out, name)}（登录后须更换）")


@users.command()
def disable(name: Name, out: Out = Path("out")) -> None:
    """停用：立即退出登录，不能再登录；记录保留。"""
    from flows.review_command import set_active

    set_active(out, name, active=False)
    typer.echo(f"{name} 已停用。")


@users.command()
def enable(name: Name, out: Out = Path("out")) -> None:
    """重新启用。"""
    from flows.review_command import set_active

    set_active(out, name, active=True)
    typer.echo(f"{name} 已启用。")
