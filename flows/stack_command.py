"""``yijianshi separators`` and ``yijianshi unstack``: many applications scanned in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.files import write_pdf
from pipeline.errors import InputError


def separators(
    count: Annotated[int, typer.Argument(min=1, max=2000, help="要多少张。", metavar="张数")],
    out: Annotated[Path, typer.Argument(help="要写出的 PDF 文件，如 分隔页.pdf。")],
    first: Annotated[int, typer.Option("--first", min=1, help="从几号开始编号。")] = 1,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖。")] = False,
) -> None:
    """写出分隔页（A4，PDF）：整叠扫描时放在每件申请的最上面，可反复使用。

    扫描后用 yijianshi unstack 拆成一件件申请。

    例：yijianshi separators 50 分隔页.pdf
    """
    from flows.stacks.separators import print_separators

    write_pdf(out, lambda: print_separators(count, first), example="分隔页.pdf", force=force)
    typer.echo(f"已写出 {out}（{count} 张，{first} 至 {first + count - 1} 号，A4，请按原大打印）")


def unstack(
    stack: Annotated[
        Path, typer.Argument(help="整叠扫描件：一个 PDF、多页 TIFF，或扫描仪逐页存图的文件夹。")
    ],
    inbox: Annotated[
        Path, typer.Option("--to", help="收件箱：每件申请在其中成为一个文件夹，没有则建立。")
    ],
) -> None:
    """把整叠扫描件按分隔页拆成一件件申请，放进收件箱；随后照常 yijianshi run 或 serve。

    没有分隔页处，从我们的申请表（第 1 页）起算另一件。空白背面不收。原扫描件不动。

    例：yijianshi unstack 0612.pdf --to 收件箱
    """
    from flows.stacks.unstack import unstack as told_apart
    from pipeline.settings import load_settings

    def progress(count: int) -> None:
        if count % 20 == 0:
            typer.echo(f"已看 {count} 页……", err=True)

    done = told_apart(stack, inbox, load_settings().limits, progress)
    for line in done.lines():
        typer.echo(line, err=not done.folders)
    if not done.folders:
        raise InputError("没有分出任何一件申请。", "请看扫描件是否为空、是否只有分隔页。")


__all__ = ["separators", "unstack"]
