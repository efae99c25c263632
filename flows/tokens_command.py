"""``yijianshi tokens``: which programs may ask the API, for what, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.usage import ChineseGroup
from pipeline.errors import UsageError

tokens = typer.Typer(
    help="接口的令牌：建立、列出、停用。",
    cls=ChineseGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
)
Out = Annotated[Path, typer.Option("--out", "-o", help="页面所用的结果目录。")]
DepartmentName = Literal["hrss", "medical", "tax"]
Name = Annotated[str, typer.Argument(help="令牌的名称，如对接的系统名；记入审计。")]


@tokens.command()
def create(
    name: Name,
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            metavar="权限",
            help="权限，可多次给出。cases:submit 提交，cases:read 进度，records:read 完整记录"
            "（含个人信息），packets:read 部门数据包，decisions:read 人工决定，"
            "results:write 回写结果。",
        ),
    ],
    out: Out = Path("out"),
    days: Annotated[int, typer.Option("--days", min=1, max=730, help="多少天后到期。")] = 90,
    department: Annotated[
        DepartmentName | None,
        typer.Option("--department", help="只能读取这个部门的数据包：人社、医保、税务。"),
    ] = None,
) -> None:
    """建立一个令牌；令牌只显示这一次，系统中只保存它的摘要。"""
    text, until = create_token(out, name, scope, days, department)
    typer.echo(text)
    typer.echo(
        f"已建立令牌 {name}，{until:%Y-%m-%d} 到期。令牌只显示这一次，请妥善保存。", err=True
    )


@tokens.command("list")
def list_all(out: Out = Path("out")) -> None:
    """列出全部令牌，包括已到期和停用的。"""
    from flows.review_command import open_office
    from pipeline.store.tokens import list_tokens

    now = datetime.now(UTC)
    with open_office(out).snapshot() as connection:
        found = list_tokens(connection)
    for token in found:
        state = "" if token.is_valid(now) else "（已停用）" if token.revoked_at else "（已到期）"
        used = f"最近使用 {_day(token.used_at)}" if token.used_at else "从未使用"
        only = f"  只限 {token.department}" if token.department else ""
        scopes = " ".join(sorted(token.scopes))
        typer.echo(f"{token.name}  {scopes}{only}  到期 {_day(token.until)}  {used}{state}")


@tokens.command()
def revoke(name: Name, out: Out = Path("out")) -> None:
    """停用一个令牌：立即失效，不能恢复；记录保留。"""
    from flows.review_command import open_office
    from pipeline.store.people import write_audit
    from pipeline.store.tokens import named_token, revoke_token

    with open_office(out).begin() as connection:
        if named_token(connection, name) is None:
            raise UsageError(f"没有令牌“{name}”。", "用 yijianshi tokens list 查看全部。")
        revoke_token(connection, name)
        write_audit(connection, "cli", "token-revoked", detail={"token": name})
    typer.echo(f"令牌 {name} 已停用。")


def create_token(
    out: Path, name: str, scopes: Sequence[str], days: int, department: str | None
) -> tuple[str, datetime]:
    """A new token of a result folder: its text, and when it ends. Raises UsageError, StoreError."""
    from flows.review_command import open_office
    from pipeline.store.people import write_audit
    from pipeline.store.tables import TOKEN_NAME_CHARS
    from pipeline.store.tokens import Scope, make_token, named_token

    if not name.strip() or len(name) > TOKEN_NAME_CHARS or not name.isprintable():
        raise UsageError(
            f"令牌的名称应为 1 至 {TOKEN_NAME_CHARS} 个字符。",
            "例如：yijianshi tokens create tax-office --scope packets:read",
        )
    if strange := [scope for scope in scopes if scope not in set(Scope)]:
        raise UsageError(f"没有权限“{'、'.join(strange)}”。", f"可用的权限：{' '.join(Scope)}")
    until = datetime.now(UTC) + timedelta(days=days)
    wanted = frozenset(map(Scope, scopes))
    with open_office(out).begin() as connection:
        if named_token(connection, name) is not None:
            raise UsageError(f"已有令牌“{name}”。", "请另取一个名称；停用旧令牌用 tokens revoke。")
        text = make_token(connection, name, wanted, until, department=department)
        told = {"token": name, "scopes": " ".join(sorted(wanted))}
        write_audit(connection, "cli", "token-made", detail=told)
    return text, until


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d}"
