"""``yijianshi nightly``: the night by the clock, or now, without a Prefect server of one's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline.errors import YijianshiError

LOOK_SECONDS = 30.0
"""Between two looks at the clock, which may be set, or stand still while the machine sleeps."""


def nightly(
    settings: Annotated[
        str, typer.Argument(metavar="设置名", help="设置文件的名字，如 default（default.toml）。")
    ] = "default",
    now: Annotated[bool, typer.Option("--now", help="立即处理一次，然后结束。")] = False,
) -> None:
    """每晚到点处理收件箱（默认 20:00，由设置文件的 cron 决定），一直运行到 Ctrl-C。

    有多台机器、已架设 Prefect 服务时，改用 prefect.yaml 的部署，见 docs/many-machines.md。
    """
    from flows.interruption import ended_together
    from flows.nightly.site import load_site

    site = load_site(settings)

    def night() -> None:
        run_night(settings)

    with ended_together():
        if now:
            night()
        else:
            by_the_clock(site.next_night, night, lambda words: typer.echo(words, err=True))


def run_night(settings: str) -> None:
    """One night, now, with Prefect in this process. Raises what the night raises."""
    from flows.batch import local_prefect
    from pipeline.settings import load_settings

    local_prefect(load_settings())
    from flows.nightly.deployed import nightly as flow

    flow(settings)


def by_the_clock(
    next_night: Callable[[datetime], datetime],
    night: Callable[[], None],
    tell: Callable[[str], None],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Begin a night at each hour, for ever. An hour that went by while a night lasted, or while the
    machine slept, is made up for once; where the clock is set back, no night comes twice."""
    last = clock()
    while True:
        at = next_night(last)
        tell(f"下一次处理：{at:%Y-%m-%d %H:%M}（Ctrl-C 结束）")
        while clock() < at:
            sleep(LOOK_SECONDS)
        last = max(at, clock())
        try:
            night()
        except YijianshiError as error:  # the disk is full, the database away: tomorrow again
            tell(f"本次处理中断：{error.message}{error.hint}")
