"""``yijianshi deliver`` and ``yijianshi results``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.errors import ExitCode, InputError, StoreError, UsageError

Out = Annotated[Path, typer.Option("--out", "-o", help="结果目录，与 yijianshi run 的相同。")]


def deliver(
    out: Out = Path("out"),
    dead: Annotated[
        bool, typer.Option("--dead", help="只列出被搁置的送达：编号、案件、对象、原因。")
    ] = False,
    retry: Annotated[
        list[int] | None,
        typer.Option("--retry", metavar="编号", help="重新送出被搁置的这一条，可多次给出。"),
    ] = None,
    retry_all: Annotated[
        bool, typer.Option("--retry-all", help="重新送出全部被搁置的（例如对方系统修好之后）。")
    ] = False,
) -> None:
    """把可以受理的件送到各部门、把不予受理的反馈送出，各一次；yijianshi serve 会自动送，不必手动。

    送到哪里由设置文件 YIJIANSHI_DELIVERY 决定，写法见 docs/delivery.md。
    """
    from flows.delivery.sending import Sender, tally_lines
    from flows.delivery.targets import TARGET_LABELS, load_targets
    from flows.trace import LOG_FILE, tracing
    from pipeline.settings import load_settings
    from pipeline.store import dispatch
    from pipeline.store.cases import open_there
    from pipeline.store.objects import open_objects

    settings = load_settings()
    store = open_there(settings, out)
    if dead:
        with store.snapshot() as connection:
            letters = dispatch.dead_letters(connection)
        for one in letters:
            label = f"{TARGET_LABELS[one.target]}　第 {one.revision} 版　试过 {one.attempts} 次"
            typer.echo(f"{one.id}　{one.case_id}　{label}　{one.error or ''}")
        typer.echo(f"搁置的送达 {len(letters)} 条。", err=True)
        return
    targets = load_targets(settings)
    if not targets.by_name:
        raise UsageError(
            "没有设置送达对象，什么也没有送出。",
            "请用 YIJIANSHI_DELIVERY 指定设置文件，写法见 docs/delivery.md。",
        )
    with store.begin() as connection:
        every = [one.id for one in dispatch.dead_letters(connection)] if retry_all else []
        for number in retry or ():
            dispatch.retry(connection, number)
        for number in every:
            if number not in (retry or ()):
                try:
                    dispatch.retry(connection, number)
                except InputError:
                    continue  # a newer revision took its place
    objects = open_objects(settings.objects, out / "objects", settings.cache)
    with tracing(out / LOG_FILE):
        tally = Sender(store, objects, targets).round()
    for line in tally_lines(tally):
        typer.echo(line)


def results(
    folder: Annotated[
        Path | None,
        typer.Argument(help="各部门回传结果的文件夹；不给出时列出结果清单。", show_default=False),
    ] = None,
    out: Out = Path("out"),
    way: Annotated[
        Literal["online", "mail", "pickup"] | None,
        typer.Option("--way", help="只列这种送达方式：线上、邮寄、窗口领取。"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
    page: Annotated[
        Path | None, typer.Option("--html", help="写成可打印的网页，供窗口使用。")
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="完整显示姓名和邮寄地址；默认遮盖。")
    ] = False,
) -> None:
    """收进各部门的审核结果；或列出结果清单：按送达方式分列，并列出逾期未回的。

    结果文件的写法：yijianshi schema result
    """
    from flows.counter import today
    from flows.delivery.listing import list_lines, list_results, render_list
    from flows.files import write_whole
    from pipeline.settings import load_settings
    from pipeline.store.cases import open_there

    store = open_there(load_settings(), out)
    if folder is not None:
        _take(folder, out)
        return
    made = list_results(store, today(), way=way, reveal=reveal)
    if page is not None:
        try:
            write_whole(page, render_list(made), private=True)
        except OSError as error:
            raise StoreError("结果清单写入失败。", "请检查路径和写权限。") from error
        typer.echo(f"结果清单已写入 {page}", err=True)
    elif as_json:
        typer.echo(json.dumps(made.model_dump(mode="json"), ensure_ascii=False, indent=1))
    else:
        for line in list_lines(made):
            typer.echo(line)


def _take(folder: Path, out: Path) -> None:
    from flows.delivery.results import take_results
    from flows.trace import LOG_FILE, tracing
    from pipeline.settings import load_settings
    from pipeline.store.cases import open_there

    with tracing(out / LOG_FILE):
        came = take_results(open_there(load_settings(), out), folder)
    typer.echo(f"收到结果 {came.taken} 份，重复的 {came.same} 份。")
    for name, why in came.wrong:
        typer.echo(f"  未收“{name}”：{why}", err=True)
    if came.wrong:
        typer.echo("以上文件留在原处，更正后再运行一次。", err=True)
        raise typer.Exit(ExitCode.INPUT)
