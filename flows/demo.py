"""``yijianshi demo``: an inbox and the pages over it, for whoever sees them for the first time.

The pages open first; the inbox is worked on behind them, by processes that step back before whoever
works on the pages. What was read before is not read again.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typer

from flows.batch import Batch
from flows.case_work import CaseWork
from flows.counter import today
from flows.desk.desk import Desk
from flows.outputs import check_apart, prepare
from flows.pages import passwords
from flows.pages.app import create_app
from flows.pages.context import PageContext
from flows.priority import BATCH_NICE
from flows.progress import Progress
from flows.reading import Reader
from flows.review_command import run_pages
from pipeline.errors import StoreError, UsageError
from pipeline.intake.inbox import InboxCase, list_inbox
from pipeline.settings import Settings, load_settings
from pipeline.store import people
from pipeline.store.cases import Store, open_store
from pipeline.store.decisions import policy_of
from pipeline.store.leases import free_dead
from pipeline.store.objects import Objects, open_objects
from pipeline.store.people import Account, Role

PEOPLE = (
    Account(name="demo-clerk", display_name="演示窗口", role=Role.CLERK, window="1 号窗口"),
    Account(name="demo-reviewer", display_name="演示复核", role=Role.REVIEWER),
)
LABELS = {Role.CLERK: "窗口人员", Role.REVIEWER: "复核人员"}


def open_demo(inbox: Path, out: Path, port: int) -> None:
    """Serve the pages on loopback until interrupted, the inbox worked on behind them.

    Raises InputError where the inbox cannot be used, UsageError where ``out`` lies in it or is an
    office's own, or the port is taken, DependencyError without model files, StoreError.
    """
    cases = list_inbox(inbox).cases
    check_apart(inbox, out)
    prepare(out)
    settings = load_settings()
    store = open_store(settings, out)
    objects = open_objects(settings.objects, out / "objects", settings.cache)
    let_in = make_people(store)
    with Desk(settings, out, store, objects, today=today, policy=policy_of(settings)) as desk:
        app = create_app(PageContext(settings, store, objects, out, desk))
        work = threading.Thread(
            target=_work, args=(inbox, cases, settings, store, objects, out), daemon=True
        )
        typer.echo(f"演示页面：http://127.0.0.1:{port}/（用浏览器打开，Ctrl-C 结束）")
        for account, password in let_in:
            typer.echo(f"  {LABELS[account.role]}：登录名 {account.name}，口令 {password}")
        typer.echo("口令只用于这一次演示，下次启动另给。")
        work.start()
        run_pages(settings, app, "127.0.0.1", port)


def make_people(store: Store) -> list[tuple[Account, str]]:
    """The two who may log in, each with a new password. Raises UsageError where others may: a real
    office's store is no place for a demonstration."""
    names = {account.name for account in PEOPLE}
    made = []
    with store.begin() as connection:
        there = {account.name for account in people.list_accounts(connection)}
        if there - names:
            raise UsageError(
                "这个结果目录已有页面用户，不能用于演示。",
                "请用 --out 另选一个目录；正式使用请运行 yijianshi review。",
            )
        for account in PEOPLE:
            password = passwords.new_password()
            hashed = passwords.hash_password(password)
            if account.name in there:
                people.set_password(connection, account.name, hashed, must_change=False)
            else:
                people.add_account(connection, account, hashed)
            made.append((account, password))
    return made


def _work(
    inbox: Path,
    cases: tuple[InboxCase, ...],
    settings: Settings,
    store: Store,
    objects: Objects,
    out: Path,
) -> None:
    """Take every case of the inbox to its end, and say how long it took."""
    began = time.monotonic()
    try:
        with (
            Reader(settings, store=store, pictures=out / "pictures", nice=BATCH_NICE) as reader,
            Progress("处理示例", len(cases)) as progress,
        ):
            work = CaseWork(settings, store, objects, reader, out, today, progress.tell)
            batch = Batch(inbox, {case.case_id: case for case in cases}, work, progress)
            with store.begin() as connection:
                free_dead(connection)
            threads = 2 * reader.workers
            waiting = batch.take_in(threads)
            progress.tell(
                f"{len(cases)} 件中有 {len(waiting)} 件要处理；页面现在就能用，办完一件显示一件。"
            )
            if waiting:
                reader.warm()
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(batch.process, waiting))
    except StoreError as error:
        typer.echo(f"示例没有处理完：{error.message}{error.hint}", err=True)
        return
    seconds = time.monotonic() - began
    typer.echo(
        f"{inbox.name} 的 {len(cases)} 件已处理完，用时 {seconds:.0f} 秒，"
        f"新识别 {work.pages_read} 页。"
    )
