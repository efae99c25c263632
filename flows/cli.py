"""The command line, and the one place that turns errors into exit codes.

Results go to standard output, everything else to standard error. What a command needs is
imported when it runs: ``photo`` must not wait for the text models, nor ``schema`` for Prefect.
"""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
import typer.exceptions

from flows.delivery.command import deliver, results
from flows.divide_command import join, split
from flows.form_command import form
from flows.guide_command import guide
from flows.look.command import look
from flows.nightly.command import nightly
from flows.photo_command import photo
from flows.schemas import convert_record, schema
from flows.seeing.command import export, report, status
from flows.stack_command import separators, unstack
from flows.tokens_command import tokens
from flows.usage import ChineseCommand, ChineseGroup, in_chinese
from flows.users_command import users
from flows.weights_command import weights
from pipeline import __version__
from pipeline.errors import ExitCode, InputError, UsageError, YijianshiError
from pipeline.status import Status

app = typer.Typer(
    name="yijianshi",
    help="灵活就业参保“一件事”：把扫描的申请材料读成经核验的结构化记录。全程离线运行。",
    cls=ChineseGroup,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

Workers = Annotated[
    int | None, typer.Option("--workers", "-j", min=1, help="识别进程数，默认等于处理器核数。")
]
FailOn = Annotated[
    list[Status] | None,
    typer.Option("--fail-on", help="有案件为此状态时以退出码 1 结束，可多次给出，供脚本使用。"),
]
AcceptedOn = Annotated[
    datetime | None,
    typer.Option(
        "--accepted-on",
        formats=["%Y-%m-%d"],
        metavar="日期",
        help="受理日期（如 2026-11-23）：录入信息和申请表都没有写时，以它为准。",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，而不是给人看的摘要。")]


@app.command()
def run(
    inbox: Annotated[Path, typer.Argument(help="收件箱：其中每个文件夹或 zip 是一件申请。")],
    out: Annotated[Path, typer.Option("--out", "-o", help="结果目录，没有则建立。")],
    workers: Workers = None,
    fail_on: FailOn = None,
    accepted_on: AcceptedOn = None,
) -> None:
    """批量处理收件箱中的全部申请；中断后再次运行即继续，已完成的不会重做。

    结果目录中：records/ 每件一份 JSON 记录，notices/ 一次性告知书，packets/ 按部门分发的数据，
    report.html 汇总报告（用浏览器打开）。
    """
    from flows.batch import run_batch
    from flows.interruption import ended_together

    with ended_together():
        outcome = run_batch(inbox, out, workers=workers, accepted_on=_day(accepted_on))
    for line in outcome.lines():
        typer.echo(line)
    _fail_on(outcome.statuses, fail_on)


@app.command()
def serve(
    inboxes: Annotated[list[Path], typer.Argument(help="收件箱，可多个；可以是网络共享文件夹。")],
    out: Annotated[Path, typer.Option("--out", "-o", help="结果目录，没有则建立。")],
    workers: Workers = None,
    settle: Annotated[
        float, typer.Option("--settle", min=0, help="大小和时间多少秒不变才算传完。")
    ] = 10.0,
    ready_marker: Annotated[
        str | None,
        typer.Option(
            "--ready-marker",
            help="只接收带此标记文件的申请（在文件夹内，或名为 申请名.标记）。"
            "不给出时，有 .ready 的立即接收，其余等到不再变化。",
        ),
    ] = None,
    leave: Annotated[
        bool, typer.Option("--leave", help="接收后留在原处，而不是移到收件箱的 taken 文件夹。")
    ] = False,
    rescan: Annotated[
        float, typer.Option("--rescan", min=0.1, help="最多隔多少秒重新查看收件箱。")
    ] = 5.0,
    health: Annotated[
        str | None,
        typer.Option(
            "--health",
            metavar="端口",
            help="在此端口回答 /healthz、/readyz、/metrics（默认仅本机；0.0.0.0:端口 对局域网）",
        ),
    ] = None,
) -> None:
    """值守收件箱：传完的申请随到随办，一直运行到 Ctrl-C；再次启动即继续，不会重做。"""
    from flows.interruption import ended_together
    from flows.seeing.health import parse_address
    from flows.service.serve import Ways, serve_inboxes

    address = None if health is None else parse_address(health)
    ways = Ways(settle, ready_marker, leave=leave, rescan_seconds=rescan, health=address)
    with ended_together():
        serve_inboxes(inboxes, out, ways, workers=workers)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="一件申请的文件夹或 zip。")],
    as_json: AsJson = False,
    notice: Annotated[
        Path | None, typer.Option("--notice", help="同时写出给申请人的一次性告知书（HTML）。")
    ] = None,
    workers: Workers = None,
    fail_on: FailOn = None,
    accepted_on: AcceptedOn = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="完整显示姓名、号码等，供与原件逐位核对；默认遮盖。")
    ] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="也列出不影响办理的提示；默认只说有几条。")
    ] = False,
    no_keep: Annotated[
        bool,
        typer.Option("--no-keep", help="不使用也不保留识别结果（默认保留 7 天，补交后不必重读）。"),
    ] = False,
) -> None:
    """当场核验一件申请：读到了什么、缺什么、错什么，一次说清。

    识别结果只存在本机缓存文件夹的 readings 中（仅本人可读，7 天后自动删除，删除该文件夹即清空）。
    """
    _say("正在准备核验……")  # the libraries alone take seconds to load
    from flows.early import reading_early
    from flows.interruption import ended_together

    with ended_together("已中断。"), reading_early([folder], workers) as pool:
        from flows.counter import check_case
        from flows.summary import summary

        record = check_case(
            folder, workers=workers, accepted_on=_day(accepted_on), keep=not no_keep, pool=pool
        )
    if notice is not None:
        from flows.counter import today
        from flows.notice import letterhead, write_notice
        from pipeline.settings import load_settings

        write_notice(record, notice, today(), letterhead(load_settings()))
        typer.echo(f"一次性告知书已写入 {notice}", err=True)
    if as_json:
        typer.echo(record.to_json(), nl=False)
    else:
        for line in summary(record, reveal=reveal, notes=notes):
            typer.echo(line)
    _fail_on([record.status], fail_on)


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(help="扫描件，可多个。")],
    as_json: AsJson = False,
    workers: Workers = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="最后列出时间花在哪一步（写到标准错误）。")
    ] = False,
) -> None:
    """只识别、不核验：每个文件输出一行 JSON（--json），或逐项列出读到的内容。"""
    from flows.early import reading_early
    from flows.interruption import ended_together

    stages = []
    problem = _wrong_files(files)
    if problem is not None:
        _say(problem.message, problem.hint)
    with ended_together("已中断。"), reading_early(files, workers) as pool:
        from flows.counter import read_files
        from flows.summary import read_lines, stage_lines

        for result in read_files(files, workers=workers, pool=pool):
            stages.append(result.stages)
            if as_json:
                typer.echo(result.to_json())
            else:
                for line in read_lines(result):
                    typer.echo(line)
    if profile:
        for line in stage_lines(stages):
            typer.echo(line, err=True)
    if problem is not None:
        raise typer.Exit(problem.exit_code)


@app.command()
def score(
    folder: Annotated[
        Path | None, typer.Argument(help="带有 truth.json 的样张目录。", show_default=False)
    ] = None,
    errors: Annotated[
        bool, typer.Option("--errors", help="逐条列出有误或多余提示的字段。")
    ] = False,
    from_decisions: Annotated[
        Path | None,
        typer.Option(
            "--from-decisions",
            metavar="OUT",
            help="不用样张，改用结果目录中人工复核的决定统计真实材料的准确率。",
            show_default=False,
        ),
    ] = None,
    workers: Workers = None,
) -> None:
    """按类型、级别和字段统计识别准确率，并列出未被提示的错误数（silent）。

    例：yijianshi score samples/papers；yijianshi score --from-decisions 结果目录
    """
    if from_decisions is not None:
        from flows.review.measuring import scored_decisions

        for line in scored_decisions(from_decisions, errors=errors):
            typer.echo(line)
        return
    if folder is None:
        raise UsageError("请指定样张目录，或用 --from-decisions 指定结果目录。", "用法见 --help。")
    from flows.counter import score_folder
    from flows.score import score_lines

    for line in score_lines(score_folder(folder, workers=workers), errors=errors):
        typer.echo(line)


@app.command()
def doctor(
    case: Annotated[
        str | None, typer.Option("--case", help="改为查看一件案件：处理到哪一步、为何被搁置。")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="该案件所在的结果目录，与 --case 同用。")
    ] = Path("out"),
) -> None:
    """检查本机：缺什么、哪里不对、怎么办；或查看一件案件为何没有办成。"""
    from flows.doctor import doctor as examine

    if case is not None:
        from flows.case_history import case_lines

        for line in case_lines(out, case):
            typer.echo(line)
        return
    if not examine():
        raise typer.Exit(ExitCode.DEPENDENCY)


@app.command()
def review(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="结果目录，与 yijianshi run 的相同。")
    ] = Path("out"),
    host: Annotated[
        str, typer.Option("--host", help="监听地址；0.0.0.0 对局域网开放。")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口。")] = 8321,
    new: Annotated[bool, typer.Option("--new", help="结果目录还没有时，建立一个空的。")] = False,
) -> None:
    """启动窗口与复核页面（浏览器打开，不需要互联网）；首次启动时建立管理员并显示口令。"""
    from flows.interruption import ended_together
    from flows.review_command import serve_pages

    with ended_together("页面已停止。"):
        serve_pages(out, host, port, new=new)


@app.command()
def demo(
    inbox: Annotated[Path, typer.Argument(help="示例收件箱，如 samples/inbox。")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="结果目录；已有的识别结果直接使用。")
    ] = Path("out"),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口。")] = 8321,
) -> None:
    """演示：在本机打开窗口和复核页面，边处理示例收件箱边看；建立两个演示用户并显示口令。"""
    from flows.demo import open_demo
    from flows.interruption import ended_together

    with ended_together("演示已结束。"):
        open_demo(inbox, out, port)


app.add_typer(users, name="users")
app.command()(nightly)
app.command()(deliver)
app.command()(results)
app.command()(status)
app.command()(export)
app.command()(report)
app.add_typer(tokens, name="tokens")
app.command()(photo)
app.command()(guide)
app.command()(form)
app.command()(separators)
app.command()(unstack)
app.command()(split)
app.command()(join)
app.command()(look)
app.command()(weights)
app.command()(schema)
app.command("convert-record")(convert_record)
for _command in app.registered_commands:
    _command.cls = ChineseCommand


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _wrong_files(files: list[Path]) -> InputError | None:
    """Which of the files named are none: said at once; the others are read all the same."""
    from pipeline.intake.names import readable

    folders = [readable(str(path)) for path in files if path.is_dir()]
    if folders:
        return InputError(
            f"这是文件夹，不是文件：{'、'.join(folders)}",
            "请指定其中的文件；整件申请请用 yijianshi check。",
        )
    missing = [readable(str(path)) for path in files if not path.exists()]
    if missing:
        return InputError(f"找不到文件：{'、'.join(missing)}", "请检查路径是否正确。")
    return None


def _fail_on(statuses: list[Status], fail_on: list[Status] | None) -> None:
    if fail_on and any(status in fail_on for status in statuses):
        raise typer.Exit(ExitCode.FAIL_ON)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"yijianshi {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本。"),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(ExitCode.USAGE)


def main() -> None:
    """Run the command line: every error becomes a message and an exit code, never a traceback."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command; its exit code. What it writes is for its user alone (0600, 0700)."""
    os.umask(0o077)
    try:
        result = app(args=arguments, prog_name="yijianshi", standalone_mode=False)
        code = int(result) if isinstance(result, int) else ExitCode.DONE
        if code == ExitCode.INTERRUPTED:  # typer catches the interruption itself
            raise KeyboardInterrupt
        return code
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        _say("已中断。")
        return ExitCode.INTERRUPTED
    except typer.exceptions.TyperException as error:
        known = {c.callback.__name__ for c in app.registered_commands if c.callback} | {
            "users",
            "tokens",
        }
        words = ["yijianshi", *(word for word in arguments[:1] if word in known), "--help"]
        _say(
            f"命令有误：{in_chinese(error.format_message())}", f"运行 {' '.join(words)} 查看用法。"
        )
        return ExitCode.USAGE
    except YijianshiError as error:
        _say(error.message, error.hint)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away (| head): nothing is wrong, and nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001  the last line of defence: a bug, kept for us
        from flows.bugs import keep_bug

        place = keep_bug(error)
        _say(
            f"程序内部出错（{type(error).__name__}）。",
            f"请把 {place} 交给维护人员；已完成的结果不受影响。" if place else "请联系维护人员。",
        )
        return ExitCode.BUG


def _say(message: str, hint: str = "") -> None:
    sys.stderr.write(message + (f"\n{hint}" if hint else "") + "\n")


__all__ = ["app", "main", "run_command"]
