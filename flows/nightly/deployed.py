"""The flows that Prefect starts, on any machine: their parameters are case ids and the name of
settings, nothing else.

A night is led by one flow run. It takes in what came, asks for a helper for each portion of the
cases, and works on them itself from the other end; leases keep them apart. So the night ends
whoever else lives: without helpers, without a Prefect server, after the death of any of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import httpx
from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import PrefectException
from prefect.runtime import deployment as this_deployment
from prefect.runtime import flow_run as this_flow_run
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.holding import held
from flows.intake import CASES, THREADS, opened, patient_case, work_through
from flows.nightly.helpers import alive, ask_for_help, bury_dead, call_off
from flows.nightly.morning import morning
from flows.nightly.night import Night, opened_night, portions
from flows.nightly.site import load_site
from flows.trace import log
from pipeline.store.leases import free_dead, new_owner

NIGHTLY = "yijianshi-nightly"
WATCH = "yijianshi-watch"
FLOWS = (CASES, NIGHTLY, WATCH)
ARTIFACT = "yijianshi-morning"
LEAD_SECONDS = 5.0
"""Between two tries to take the lead."""
_AWAY = (httpx.HTTPError, PrefectException, OSError)
"""What Prefect raises while its server is away."""

# Prefect types the runner invariantly in its futures.
_RUNNER: Any = ThreadPoolTaskRunner(max_workers=THREADS)


@flow(name=CASES, persist_result=False, task_runner=_RUNNER)
def work_on_cases(settings: str, cases: list[str]) -> None:
    """A helper: take these cases to their end."""
    with (
        opened_night(load_site(settings)) as night,
        alive(night.work.store, _mine()),
        opened(settings, night.process, 2 * night.workers),
    ):
        night.work.reader.warm()
        work_through(cases, settings, patient_case)


@flow(name=NIGHTLY, persist_result=False, task_runner=_RUNNER)
def nightly(settings: str = "default") -> State[None]:
    """Everything that waits, also what an earlier night set aside; then the morning's report."""
    return _lead(settings, is_night=True)


@flow(name=WATCH, persist_result=False, task_runner=_RUNNER)
def watch(settings: str = "default") -> State[None]:
    """What has come in since the last look."""
    return _lead(settings, is_night=False)


def _lead(settings: str, *, is_night: bool) -> State[None]:
    with (
        opened_night(load_site(settings)) as night,
        alive(night.work.store, _mine()),
        _led(night, settings, waits=is_night) as is_lead,
    ):
        _bury(night)
        if not is_lead:
            return Completed(message="另一次处理正在进行，本次无需处理。", name="Skipped")
        night.take_in()
        waiting = night.waiting(again=is_night)
        log.info("night begun", cases=len(waiting))
        if waiting:
            _work(night, settings, waiting)
        if is_night or waiting:
            _report(night, is_night=is_night)
    return Completed(message=f"处理 {len(waiting)} 件。")


@contextmanager
def _led(night: Night, settings: str, *, waits: bool) -> Iterator[bool]:
    """Lead the work under these settings, alone; whether it is ours to lead. ``waits``: until it
    is, for the morning wants its report."""
    while True:
        with held(night.work.store, f"night:{settings}", new_owner()) as lead:
            if lead is not None or not waits:
                yield lead is not None
                return
        with night.work.store.begin() as connection:
            free_dead(connection)
        time.sleep(LEAD_SECONDS)


def _work(night: Night, settings: str, waiting: list[str]) -> None:
    night.work.reader.warm()
    helpers = _ask_for_help(night, settings, waiting)
    with opened(settings, night.process, 2 * night.workers):
        work_through(waiting[::-1], settings, patient_case)
        night.wait_for_others()
    with suppress(*_AWAY), get_client(sync_client=True) as client:
        call_off(client, helpers)


def _ask_for_help(night: Night, settings: str, waiting: list[str]) -> list[UUID]:
    """Helpers for all portions but the last, which the leader begins with; none where this is no
    deployment's run, or the server is away."""
    helpers: list[UUID] = []
    if this_deployment.id is None:
        return helpers
    shared = portions(waiting, night.site.portion)[:-1]
    try:
        with get_client(sync_client=True) as client:
            for helper in ask_for_help(client, f"{CASES}/{CASES}", settings, shared):
                helpers.append(helper)
    except _AWAY as error:
        night.work.tell(f"Prefect 服务暂不可用（{type(error).__name__}），由本进程独自处理。")
    return helpers


def _bury(night: Night) -> None:
    with suppress(*_AWAY):
        if buried := bury_dead(night.work.store, FLOWS, _mine()):
            night.work.tell(f"{buried} 个中断的流程已标记为崩溃。")


def _report(night: Night, *, is_night: bool) -> None:
    outcome = night.conclude()
    for line in outcome.lines():
        night.work.tell(line)
    if is_night:
        with suppress(*_AWAY):
            create_markdown_artifact(morning(outcome), key=ARTIFACT, description="晨报")


def _mine() -> str:
    return str(this_flow_run.id)
