"""``yijianshi split`` and ``yijianshi join``: a person divides cases otherwise than they came."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Option("--out", "-o", help="结果目录。")]


def split(
    case: Annotated[str, typer.Argument(help="案件编号。")],
    files: Annotated[list[str], typer.Argument(help="要分出的文件名，如 003.pdf 004.pdf。")],
    out: Out = Path("out"),
) -> None:
    """从一件中分出若干文件，另立一件；两件都将重新核验。

    例：yijianshi split 0612-004 003.pdf 004.pdf
    """
    from pipeline.settings import load_settings
    from pipeline.store.cases import open_there
    from pipeline.store.dividing import split as divide

    with open_there(load_settings(), out) as store, store.begin() as connection:
        new_id = divide(connection, case, files, now=datetime.now(UTC))
    typer.echo(f"已从 {case} 分出 {len(set(files))} 个文件，另立案件 {new_id}。")
    typer.echo("两件都将重新核验：yijianshi serve 正在运行时自动进行，否则请再次 yijianshi run。")


def join(
    case: Annotated[str, typer.Argument(help="保留的案件编号。")],
    other: Annotated[str, typer.Argument(help="并入的案件编号，其材料全部归入前者。")],
    out: Out = Path("out"),
) -> None:
    """把一件的材料全部并入另一件；被并入的不再是一件，已送出的部分会撤回。

    例：yijianshi join 0612-003 0612-004
    """
    from flows.outputs import remove_outputs
    from pipeline.settings import load_settings
    from pipeline.store.cases import open_there
    from pipeline.store.dividing import join as unite

    with open_there(load_settings(), out) as store, store.begin() as connection:
        names = unite(connection, case, other, now=datetime.now(UTC))
    remove_outputs(other, out)
    typer.echo(f"已把 {other} 的 {len(names)} 个文件并入 {case}：{'、'.join(names)}。")
    typer.echo("合并后将重新核验：yijianshi serve 正在运行时自动进行，否则请再次 yijianshi run。")


__all__ = ["join", "split"]
