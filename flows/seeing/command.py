"""``yijianshi status``, ``export`` and ``report``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.errors import StoreError, UsageError

Out = Annotated[Path, typer.Option("--out", "-o", help="结果目录，与 yijianshi run 的相同。")]


def status(
    out: Out = Path("out"),
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """现在怎么样：各状态多少件、最久的等了多久、逾期、速度、送达、磁盘、正在处理的程序。"""
    from flows.counter import today
    from flows.seeing.status import read_status, status_lines
    from pipeline.settings import load_settings
    from pipeline.store.cases import open_there

    settings = load_settings()
    found = read_status(settings, open_there(settings, out), out, today())
    if as_json:
        typer.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1))
        return
    for line in status_lines(found):
        typer.echo(line)


def export(
    out: Out = Path("out"),
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="写成 Excel 文件。")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="写成 CSV 文件。")] = None,
    parquet: Annotated[Path | None, typer.Option("--parquet", help="写成 Parquet 文件。")] = None,
    state: Annotated[
        list[str] | None, typer.Option("--status", help="只要这些状态，可多次给出。")
    ] = None,
    matter: Annotated[
        str | None, typer.Option("--matter", help="只要含此事项（M1…M9）的。")
    ] = None,
    window: Annotated[str | None, typer.Option("--window", help="只要这个窗口的。")] = None,
    way: Annotated[
        Literal["online", "mail", "pickup"] | None, typer.Option("--way", help="送达方式。")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], metavar="日期", help="这天起收到的。"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until", formats=["%Y-%m-%d"], metavar="日期", help="这天为止收到的（含）。"
        ),
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只要超过承诺期限的。")] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="完整写出姓名和号码；默认遮盖。")
    ] = False,
) -> None:
    """把案件列成表：Excel、CSV 或 Parquet，可筛选；表中文字不会被当作公式执行。"""
    from flows.counter import today
    from flows.seeing.export import WRITERS, cells
    from pipeline.settings import load_settings
    from pipeline.store.cases import open_there
    from pipeline.store.rows import Filters, table_rows

    asked = {"xlsx": xlsx, "csv": csv, "parquet": parquet}
    files = {kind: path for kind, path in asked.items() if path is not None}
    if not files:
        raise UsageError("请指定写到哪里。", "例如：yijianshi export --xlsx 案件.xlsx")
    _check_filters(state, matter)
    filters = Filters(
        status=tuple(state or ()),
        matter=matter,
        window=window,
        way=way,
        since=_begin(since),
        until=_begin(until, days=1),
        due_before=today() if overdue else None,
    )
    store = open_there(load_settings(), out)
    for kind, path in files.items():
        part = path.with_name(path.name + ".part")
        try:
            part.unlink(missing_ok=True)
            with store.snapshot() as connection:
                rows = (cells(row, reveal=reveal) for row in table_rows(connection, filters))
                count = WRITERS[kind](part, rows)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StoreError(f"“{path.name}”写入失败。", "请检查磁盘空间和写权限。") from error
        typer.echo(f"已写出 {count} 件：{path}", err=True)


def _check_filters(state: list[str] | None, matter: str | None) -> None:
    from flows.seeing.status import STATE_LABELS
    from validators.guide.guide import guide

    if strange := set(state or ()) - set(STATE_LABELS):
        listed = "、".join(STATE_LABELS)
        raise UsageError(f"没有这样的状态：{'、'.join(sorted(strange))}", f"可用的是 {listed}。")
    if matter is not None and matter not in guide().codes:
        raise UsageError(f"没有事项 {matter}。", f"可用的是 {'、'.join(guide().codes)}。")


def _begin(day: datetime | None, *, days: int = 0) -> datetime | None:
    return None if day is None else (day + timedelta(days=days)).astimezone()


def report(
    out: Out = Path("out"),
    month: Annotated[
        str | None, typer.Option("--month", help="月份，如 2026-11；默认本月。")
    ] = None,
    page: Annotated[Path | None, typer.Option("--html", help="写成可打印的网页。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """月报：每天多少件、结论如何、各部门审核情况、送达、用时、常被怀疑的字段。不含个人信息。"""
    from flows.files import write_whole
    from flows.seeing.month import month_lines, read_month, render_month
    from pipeline.settings import load_settings
    from pipeline.store.cases import open_there

    here = datetime.now(UTC).astimezone()
    store = open_there(load_settings(), out)
    made = read_month(store, month or f"{here:%Y-%m}", here.tzinfo or UTC)
    if page is not None:
        try:
            write_whole(page, render_month(made))
        except OSError as error:
            raise StoreError("月报写入失败。", "请检查路径和写权限。") from error
        typer.echo(f"月报已写入 {page}", err=True)
    elif as_json:
        typer.echo(json.dumps(made.model_dump(mode="json"), ensure_ascii=False, indent=1))
    else:
        for line in month_lines(made):
            typer.echo(line)
