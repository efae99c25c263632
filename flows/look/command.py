"""``yijianshi look``: the command's words. What it runs is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def look(
    file: Annotated[Path, typer.Argument(help="一个扫描件。")],
    to: Annotated[Path, typer.Option("--to", help="结果文件夹，没有则建立。", show_default=False)],
    html: Annotated[
        bool, typer.Option("--html", help="同时写出网页 index.html，用浏览器打开即看。")
    ] = False,
    as_test: Annotated[
        Path | None,
        typer.Option(
            "--as-test",
            help="把扫描件、录带和读到的内容做成不需要识别引擎的测试，如 tests/tapes/名称。",
            show_default=False,
        ),
    ] = None,
    tape: Annotated[
        Path | None,
        typer.Option(
            "--tape", help="不用识别引擎，改放以前录下的录带（tape.json.gz）。", show_default=False
        ),
    ] = None,
) -> None:
    """看一个扫描件是怎样读的：版面、每张材料、每行文字和得分、字段、存疑、印章签字、用时。

    供开发和运维排查用，会显示读到的内容。结果文件夹里有 look.json（看到的一切）、图片和
    tape.json.gz（识别引擎的全部回答，可用 --tape 重放）；加 --html 另有网页 index.html。
    """
    from flows.look.run import run_look

    run_look(file, to, html=html, as_test=as_test, tape=tape)
