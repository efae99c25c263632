"""Records in the order in which they last changed, a page at a time: for systems that follow.

A reader keeps the place behind the last one that it has seen, and asks for what comes after it. A
case that changes again comes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from pipeline.model import Frozen, Request
from pipeline.record import Record
from pipeline.status import Status
from pipeline.store.cases import CaseState
from pipeline.store.tables import case_revision as _revision
from pipeline.store.tables import case_state as _case

SETTLED = timedelta(seconds=5)
"""What changed within this time is not shown yet: of two writers the one that began first may end
last, and what it wrote would lie before a place that a reader has passed."""


class Spot(Frozen):
    """A place in the order."""

    at: datetime
    case_id: str


class Told(Frozen):
    """How a case stands, in codes: nothing of persons. ``state``: how far the work on it is;
    ``status`` by its record, once there is one."""

    case_id: str
    state: CaseState
    status: Status | None
    revision: int
    matters: str
    channel: str | None
    doubts: int
    due_on: date | None
    arrived_at: datetime | None
    changed_at: datetime


class Changed(Frozen):
    """A record that stands, or that was the last one with packets where it has none any more."""

    case_id: str
    revision: int
    at: datetime
    ready: bool
    record: Record
    request: Request


_TOLD = [_case.c[name] for name in Told.model_fields]


def changed_records(
    connection: Connection,
    after: Spot | None,
    since: datetime | None,
    limit: int,
    *,
    now: datetime | None = None,
) -> Sequence[Changed]:
    """The records of cases that are ready, and of those that were, in the order of their last
    change."""
    now = now or datetime.now(UTC)
    earlier = _revision.alias()
    was_ready = exists().where(
        earlier.c.case_id == _revision.c.case_id, earlier.c.status == Status.READY.value
    )
    found = (
        select(
            _revision.c.case_id,
            _revision.c.revision,
            _revision.c.made_at,
            _revision.c.status,
            _revision.c.record,
            _revision.c.request,
        )
        .join(
            _case,
            and_(_case.c.case_id == _revision.c.case_id, _case.c.revision == _revision.c.revision),
        )
        .where(
            _revision.c.made_at <= now - SETTLED,
            or_(_revision.c.status == Status.READY.value, was_ready),
            *_from(_revision.c.made_at, _revision.c.case_id, after, since),
        )
        .order_by(_revision.c.made_at, _revision.c.case_id)
        .limit(limit)
    )
    made = []
    for row in connection.execute(found):
        ready = row.status == Status.READY.value
        last = row if ready else _last_ready(connection, row.case_id)
        made.append(
            Changed(
                case_id=row.case_id,
                revision=row.revision,
                at=row.made_at,
                ready=ready,
                record=Record.from_json(last.record),
                request=Request.model_validate_json(last.request),
            )
        )
    return made


def _last_ready(connection: Connection, case_id: str) -> Row[*tuple[Any, ...]]:
    ready = (_revision.c.case_id == case_id, _revision.c.status == Status.READY.value)
    both = select(_revision.c.record, _revision.c.request).where(*ready)
    return connection.execute(both.order_by(_revision.c.revision.desc()).limit(1)).one()


def _from(
    at: ColumnElement[datetime],
    case_id: ColumnElement[str],
    after: Spot | None,
    since: datetime | None,
) -> list[ColumnElement[bool]]:
    told = []
    if since is not None:
        told.append(at >= since)
    if after is not None:
        told.append(or_(at > after.at, and_(at == after.at, case_id > after.case_id)))
    return told


def how_it_stands(connection: Connection, case_id: str) -> Told | None:
    """How one case stands."""
    found = select(*_TOLD).where(_case.c.case_id == case_id)
    row = connection.execute(found).first()
    return None if row is None else Told.model_validate(dict(row._mapping))
