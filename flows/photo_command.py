"""``yijianshi photo``: the card photo alone. What judges it is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def photo(
    files: Annotated[list[Path], typer.Argument(help="照片文件，可多个；给文件夹则取其中的图片。")],
    as_json: Annotated[bool, typer.Option("--json", help="每张照片输出一行 JSON。")] = False,
    fix: Annotated[
        Path | None,
        typer.Option(
            "--fix",
            help="把能修的修好：多张照片时为文件夹，一张时可为 .jpg 文件名。",
            show_default=False,
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            "--annotate",
            help="画出量到了什么：多张照片时为文件夹，一张时可为 .png 文件名。",
            show_default=False,
        ),
    ] = None,
) -> None:
    """检查社保卡制卡照片：合格、不合格或需人工核对，逐项给出实测、要求和办法。"""
    from flows.photo_files import judge_files

    judge_files(files, as_json=as_json, fix=fix, annotate=annotate)
