"""``yijianshi form``: our own application form, made to be read back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.files import write_pdf


def form(
    out: Annotated[Path, typer.Argument(help="要写出的 PDF 文件，如 申请表.pdf。")],
    page: Annotated[
        Literal["1", "2", "all"],
        typer.Option(help="只要第 1 页或第 2 页；多数申请人只需第 1 页。"),
    ] = "all",
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖。")] = False,
) -> None:
    """写出空白申请表（A4，PDF）。可打印后手写，也可在电脑上填写。

    第 1 页人人要填；第 2 页只在属于特殊参保对象、办理人事档案、信息变更或委托代办时填写。
    手写的：按原大打印，四角黑块和二维码须完整，复印、扫描、手机拍照均可。
    电脑填写的：用 PDF 阅读器填好保存，文件直接放进申请的文件夹，所填内容原样读取，不经识别；
    仍须本人签名的，打印签名后扫描。
    """
    from extractors.application_form.printed.geometry import load_form
    from flows.form_print import print_form

    layout = load_form()
    assert layout is not None  # the newest version is part of the program
    pages = [p for p in layout.page if page in ("all", str(p.number))]
    write_pdf(out, lambda: print_form(layout, pages), example="申请表.pdf", force=force)
    typer.echo(f"已写出 {out}（{len(pages)} 页，A4，可打印手写，也可在电脑上填写）")


__all__ = ["form"]
