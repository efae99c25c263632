"""Working on many cases as a Prefect flow: one task a case.

The store is the truth; Prefect schedules, limits and shows. A task on the thread runner costs
milliseconds (on process runners a fifth of a second); a few are submitted at a time, never all at
once. What crosses into Prefect's database is case ids and the name of settings: no path, no value,
and nothing of this process, so that any process on any machine can run a task again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

from prefect import flow, task
from prefect.futures import PrefectFuture
from prefect.server.api.server import SubprocessASGIServer
from prefect.task_runners import ThreadPoolTaskRunner

from flows.interruption import deaf_children, still_ended_together
from pipeline.errors import StoreError

CASES = "yijianshi-cases"
"""The flow's name, wherever it runs."""
THREADS = 64
"""More than any run has cases in hand: what bounds them is how many are submitted ahead."""
TRIES_AGAIN = 20
TRY_AGAIN_SECONDS = 15.0
"""A database that is away for five minutes (a restart, a failover) costs no night."""

ProcessCase = Callable[[str], str]
"""Process the case of this id; returns the state it ended in."""

_open: dict[str, tuple[ProcessCase, int]] = {}
"""What works on cases in this process, and how many are submitted ahead, by the name of its
settings."""
_numbers = count(1)


@contextmanager
def opened(settings: str, process: ProcessCase, ahead: int) -> Iterator[None]:
    """In this block, cases under the settings of this name are worked on by ``process``, at most
    ``ahead`` submitted and unfinished."""
    _open[settings] = process, ahead
    try:
        yield
    finally:
        del _open[settings]


@task(name="case", task_run_name="case-{case_id}", persist_result=False)
def process_case(case_id: str, settings: str) -> str:
    """Process one case."""
    process, _ = _open[settings]
    return process(case_id)


def _is_away(_: object, __: object, state: Any) -> bool:
    """Whether a task failed because the store was away."""
    return isinstance(state.result(raise_on_failure=False), StoreError)


patient_case = process_case.with_options(
    retries=TRIES_AGAIN, retry_delay_seconds=TRY_AGAIN_SECONDS, retry_condition_fn=_is_away
)
"""The same where nobody looks on: a store that is away is waited for."""


def work_through(cases: Sequence[str], settings: str, work: Any = process_case) -> dict[str, int]:
    """Process the cases of these ids; counts by what came of them. Called within a flow."""
    _, ahead = _open[settings]
    states: dict[str, int] = {}
    waiting: deque[PrefectFuture[str]] = deque()

    def take() -> None:
        state = waiting.popleft().result()
        states[state] = states.get(state, 0) + 1

    for case_id in cases:
        if len(waiting) >= ahead:
            take()
        waiting.append(work.submit(case_id, settings))
    while waiting:
        take()
    return states


@flow(name=CASES, persist_result=False)
def intake(cases: Sequence[str], settings: str) -> dict[str, int]:
    """Process these cases in the process that calls this."""
    with still_ended_together():
        return work_through(cases, settings)


def start_server() -> None:
    """Start Prefect's server, which the flow would else start for itself: a terminal's Ctrl-C would
    reach that one too, and it says so in its own words. In a thread, since while the server starts
    this process must hear Ctrl-C. Raises what Prefect raises."""

    def start() -> None:
        with deaf_children():
            SubprocessASGIServer().start()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(start).result()


def run_flow(process: ProcessCase, cases: Sequence[str], *, threads: int) -> dict[str, int]:
    """Run the flow over the cases of these ids with ``threads`` at a time; counts by state."""
    start_server()
    settings = f"run-{next(_numbers)}"
    runner: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=threads)
    # Prefect types the runner invariantly in its futures.
    configured = intake.with_options(task_runner=runner)  # type: ignore[arg-type]
    with opened(settings, process, 2 * threads):
        return configured(cases, settings)
