"""Cases as rows of a table for others: what stands in columns, by filters, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from pipeline.model import Frozen
from pipeline.store.outcomes import MatterStanding, standings
from pipeline.store.tables import case_state as _case

AT_ONCE = 400


class Filters(Frozen):
    """Which cases; everything given must hold. ``since`` and ``until`` are moments of arrival."""

    status: tuple[str, ...] = ()
    """Statuses, or states of cases that are not done."""
    matter: str | None = None
    window: str | None = None
    way: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    due_before: date | None = None


class TableRow(Frozen):
    """One case."""

    case_id: str
    state: str
    status: str | None
    revision: int
    matters: str
    channel: str | None
    window: str | None
    applicant_name: str | None
    applicant_number: str | None
    doubts: int
    accepted_on: date | None
    due_on: date | None
    delivery_way: str | None
    arrived_at: datetime | None
    changed_at: datetime
    closed_at: datetime | None
    results: tuple[MatterStanding, ...] = ()


def table_rows(connection: Connection, filters: Filters) -> Iterator[TableRow]:
    """The cases, by id."""
    names = [name for name in TableRow.model_fields if name != "results"]
    found = select(*(_case.c[name] for name in names)).where(*_conditions(filters))
    after = ""
    while True:
        part = found.where(_case.c.case_id > after).order_by(_case.c.case_id).limit(AT_ONCE)
        rows = connection.execute(part).all()
        if not rows:
            return
        after = rows[-1].case_id
        results = {s.case_id: s.matters for s in standings(connection, [r.case_id for r in rows])}
        for row in rows:
            yield TableRow.model_validate({**row._mapping, "results": results[row.case_id]})


def _conditions(filters: Filters) -> list[Any]:
    told: list[Any] = []
    if filters.status:
        told.append(_case.c.status.in_(filters.status) | _case.c.state.in_(filters.status))
    if filters.matter:
        told.append(_case.c.matters.contains(filters.matter, autoescape=True))
    if filters.window:
        told.append(_case.c.window == filters.window)
    if filters.way:
        told.append(_case.c.delivery_way == filters.way)
    if filters.since is not None:
        told.append(_case.c.arrived_at >= filters.since)
    if filters.until is not None:
        told.append(_case.c.arrived_at < filters.until)
    if filters.due_before is not None:
        told += [_case.c.due_on < filters.due_before, _case.c.closed_at.is_(None)]
    return told
