"""``yijianshi weights``: fetch and verify the model files, or take them from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def weights(
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", help="从此文件夹取安装包（.whl）或模型文件，不用网络", show_default=False
        ),
    ] = None,
) -> None:
    """获取并校验模型文件（经 pip，或用 --from 取自文件夹）。"""
    from pipeline.ocr.weights import fetch, folder_of, install_from, manifest, optional_lacking
    from pipeline.settings import load_settings

    settings = load_settings()

    def tell(message: str) -> None:
        typer.echo(message, err=True)

    if from_ is None:
        fetch(settings, tell)
    else:
        install_from(from_, settings, tell)
    if optional_lacking(settings):
        typer.echo(f"识别所需的模型文件齐全，已校验：{folder_of(settings)}")
    else:
        typer.echo(f"模型文件齐全，共 {len(manifest().file)} 个，已校验：{folder_of(settings)}")
