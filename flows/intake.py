"""The Prefect flow over the cases of an inbox.

The store is the truth; Prefect schedules, limits and shows. One flow for all cases of a run, one
task a case on the thread runner (a task there costs milliseconds, on process runners a fifth of a
second), submitted a few at a time, never all at once. What crosses into Prefect's database is a
run number and case ids: no path, no value.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

from prefect import flow, task
from prefect.futures import PrefectFuture
from prefect.server.api.server import SubprocessASGIServer
from prefect.task_runners import ThreadPoolTaskRunner

from flows.interruption import deaf_children

ProcessCase = Callable[[str], str]
"""Process the case of this id; returns the state it ended in."""

_runs: dict[int, ProcessCase] = {}
"""What the tasks of a run call, by run number: callables cannot pass through Prefect."""
_numbers = count(1)


@task(name="case", task_run_name="case-{case_id}", persist_result=False)
def process_case(run: int, case_id: str) -> str:
    """Process one case."""
    return _runs[run](case_id)


@flow(name="yijianshi-intake", persist_result=False)
def intake(run: int, cases: Sequence[str], ahead: int) -> dict[str, int]:
    """Process the cases of these ids, at most ``ahead`` submitted and unfinished; counts by what
    came of them."""
    states: dict[str, int] = {}
    waiting: deque[PrefectFuture[str]] = deque()

    def take() -> None:
        state = waiting.popleft().result()
        states[state] = states.get(state, 0) + 1

    for case_id in cases:
        if len(waiting) >= ahead:
            take()
        waiting.append(process_case.submit(run, case_id))
    while waiting:
        take()
    return states


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
    run = next(_numbers)
    _runs[run] = process
    start_server()
    try:
        runner: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=threads)
        # Prefect types the runner invariantly in its futures.
        configured = intake.with_options(task_runner=runner)  # type: ignore[arg-type]
        return configured(run, cases, 2 * threads)
    finally:
        del _runs[run]
