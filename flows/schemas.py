"""The published JSON Schemas, and records of older versions made to fit (``yijianshi schema``,
``yijianshi convert-record``)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.files import write_whole
from pipeline.errors import ExitCode, StoreError, UsageError


def schema(
    what: Annotated[
        Literal["record", "packet", "application", "message", "manifest", "result", "openapi"],
        typer.Argument(
            help="record：案件记录；packet：部门数据包；application：application.json（录入的申请信息）；"
            "message：送达部门的消息；manifest：送达文件夹的清单；result：部门回传的结果；"
            "openapi：接口（OpenAPI 3.1）。"
        ),
    ] = "record",
) -> None:
    """输出公开的 JSON Schema（draft 2020-12，含每一项的说明）。"""
    from flows.delivery.folder import manifest_schema
    from flows.delivery.message import message_schema
    from flows.delivery.results import result_schema
    from flows.packets import packet_schema
    from pipeline.record import json_schema
    from validators.request.typed import application_schema

    made = {
        "record": json_schema,
        "packet": packet_schema,
        "application": application_schema,
        "message": message_schema,
        "manifest": manifest_schema,
        "result": result_schema,
    }
    if what == "openapi":  # the libraries of the pages take a second to load
        from flows.pages.api.app import openapi_document

        made["openapi"] = openapi_document
    typer.echo(json.dumps(made[what](), ensure_ascii=False, indent=2))


def convert_record(
    files: Annotated[list[Path], typer.Argument(help="旧版本写出的记录，可多个。")],
    to: Annotated[
        Path | None, typer.Option("--to", help="写入这个文件夹（文件名不变）；不给则输出到屏幕。")
    ] = None,
) -> None:
    """把旧版本（约定 1）的案件记录转成现在的版本（约定 2）；已是新版的原样输出。

    结果目录里的数据库不必转换：读取时自动转换，再次运行 yijianshi run 即写出新版文件。
    """
    from pipeline.intake.names import readable
    from pipeline.record import Record

    if to is not None:
        _check_names(files)
    failed = 0
    for file in files:
        try:
            made = Record.from_json(file.read_text(encoding="utf-8")).to_json()
        except OSError:
            failed += 1
            typer.echo(f"无法读取：{readable(str(file))}", err=True)
            continue
        except (ValueError, KeyError, TypeError, AttributeError):
            failed += 1
            typer.echo(f"不是可以转换的案件记录：{readable(str(file))}", err=True)
            continue
        if to is None:
            typer.echo(made, nl=False)
            continue
        try:
            to.mkdir(parents=True, exist_ok=True)
            write_whole(to / file.name, made)
        except OSError as error:
            raise StoreError(
                f"无法写入“{readable(str(to))}”。", "请检查磁盘空间和写权限。"
            ) from error
        typer.echo(f"已转换 {to / file.name}", err=True)
    if failed:
        raise typer.Exit(ExitCode.INPUT)


def _check_names(files: Sequence[Path]) -> None:
    names = [file.name for file in files]
    if len(set(names)) < len(names):
        raise UsageError("有同名的文件，会互相覆盖。", "请分次转换，或用 --to 写入不同的文件夹。")
