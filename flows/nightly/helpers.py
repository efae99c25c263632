"""Prefect's flow runs of ours: helpers asked for, dead ones buried.

A flow run whose worker died says "running" for ever. Whether it lives is told by a lease in our
store that it holds while it works, not by Prefect: a run without its lease is over, and said to be
crashed, so that it takes no place in a work pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Crashed

from flows.holding import held
from pipeline.store import leases
from pipeline.store.database import Database

START_MINUTES = 10
"""How long a flow run may take from the moment that it is begun until it holds its lease: a process
starts, models' packages are imported."""
_AT_ONCE = 200


def lease_name(flow_run: UUID | str) -> str:
    """The lease that a flow run holds."""
    return f"flow:{flow_run}"


@contextmanager
def alive(store: Database, flow_run: UUID | str) -> Iterator[None]:
    """In this block a flow run is seen to live."""
    with held(store, lease_name(flow_run), leases.new_owner()):
        yield


def bury_dead(store: Database, flows: Sequence[str], mine: UUID | str | None) -> int:
    """Say of each flow run of these flows that it crashed, where it says that it runs and nothing
    of it lives; how many. Raises httpx.HTTPError where the server is away."""
    now = datetime.now(UTC)
    buried = 0
    with get_client(sync_client=True) as client:
        for run in _unfinished(client, flows):
            if str(run.id) == str(mine) or not _is_dead(store, run, now):
                continue
            said = "执行它的进程已不在；未完成的申请由其他进程接手。"
            client.set_flow_run_state(run.id, Crashed(message=said), force=True)
            buried += 1
    return buried


def _unfinished(client: SyncPrefectClient, flows: Sequence[str]) -> Iterator[FlowRun]:
    states = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    found: list[FlowRun] = []
    while more := client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=list(flows))),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=states)),
        limit=_AT_ONCE,
        offset=len(found),
    ):
        found += more
    yield from found


def _is_dead(store: Database, run: FlowRun, now: datetime) -> bool:
    name = lease_name(run.id)
    with store.begin() as connection:
        leases.free_dead(connection, now=now)
        if leases.holder(connection, name, now=now) is not None:
            return False
        was_held = leases.is_known(connection, name)
    begun = run.state.timestamp if run.state is not None else run.created
    long_ago = begun is None or begun < now - timedelta(minutes=START_MINUTES)
    return was_held or long_ago


def ask_for_help(
    client: SyncPrefectClient, deployment: str, settings: str, portions: Sequence[Sequence[str]]
) -> Iterator[UUID]:
    """A flow run of a deployment for each portion of cases. Raises httpx.HTTPError."""
    found = client.read_deployment_by_name(deployment)
    for cases in portions:
        parameters = {"settings": settings, "cases": list(cases)}
        yield client.create_flow_run_from_deployment(found.id, parameters=parameters).id


def call_off(client: SyncPrefectClient, flow_runs: Sequence[UUID]) -> None:
    """Take back those that nobody has begun. Raises httpx.HTTPError."""
    for flow_run in flow_runs:
        run = client.read_flow_run(flow_run)
        if run.state is not None and run.state.type == StateType.SCHEDULED:
            client.set_flow_run_state(flow_run, Cancelled(message="已无需处理的申请。"))
