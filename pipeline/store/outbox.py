"""The outbox: what must go out of a case, written in the transaction that writes its record.

A row says which revision goes to whom, not what it says: that is made from the revision when it
goes. A newer revision takes the place of one that still waits; one that may have come is replaced
by name or, where the case gives nothing any more, revoked. Of one case one message at a time is
under way to one target (a lease), so that none overtakes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from pipeline.record import Record
from pipeline.status import Status
from pipeline.store.outgoing import (
    APPLICANT,
    Kind,
    Outgoing,
    Sending,
    messages_of,
    select_messages,
)
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import outbox as _outbox


def plan(
    connection: Connection,
    case_id: str,
    revision: int,
    record: Record,
    *,
    is_decided: bool = False,
    now: datetime | None = None,
) -> None:
    """Write what must go out of a case whose revision ``revision`` says ``record``; the same again
    changes nothing. A case that every department has answered is left alone, unless a person
    decided on it since (``is_decided``)."""
    now = now or datetime.now(UTC)
    wanted = _wanted(record)
    closed = select(_case.c.closed_at).where(_case.c.case_id == case_id)
    if connection.execute(closed).scalar_one_or_none() is not None and not is_decided:
        return
    rows = select_messages(connection, _outbox.c.case_id == case_id, lock=True)
    for target in sorted(wanted.keys() | {row.target for row in rows}):
        own = [row for row in rows if row.target == target]
        _plan_target(connection, case_id, target, revision, wanted.get(target), own, now)


def _plan_target(
    connection: Connection,
    case_id: str,
    target: str,
    revision: int,
    kind: Kind | None,
    rows: Sequence[Outgoing],
    now: datetime,
) -> None:
    standing = [row for row in rows if row.state != Sending.SUPERSEDED]
    last = standing[-1] if standing else None
    if kind is not None:
        if last is not None and (last.kind, last.revision) == (kind, revision):
            return
        _supersede(connection, rows, now)
        _put(connection, case_id, target, kind, revision, now)
    else:
        if last is not None and last.kind == Kind.REVOCATION:
            return
        _supersede(connection, rows, now)
        come = [row for row in rows if row.has_come]
        if come and come[-1].kind != Kind.REVOCATION:
            _put(connection, case_id, target, Kind.REVOCATION, revision, now)


def revoke(
    connection: Connection, case_id: str, target: str, *, now: datetime | None = None
) -> bool:
    """Take back what a target has of a case, because another case takes its place; whether there
    was anything to take back. A case that is closed stays as it was answered."""
    now = now or datetime.now(UTC)
    found = select(_case.c.revision, _case.c.closed_at).where(_case.c.case_id == case_id)
    case = connection.execute(found).one_or_none()
    if case is None or case.closed_at is not None:
        return False
    where = (_outbox.c.case_id == case_id, _outbox.c.target == target)
    rows = select_messages(connection, *where, lock=True)
    _plan_target(connection, case_id, target, case.revision, None, rows, now)
    return len(messages_of(connection, case_id, target)) > len(rows)


def _wanted(record: Record) -> Mapping[str, Kind]:
    if record.status == Status.READY:
        return {matter.department: Kind.PACKET for matter in record.matters}
    return {APPLICANT: Kind.REFUSAL} if record.status == Status.INELIGIBLE else {}


def _supersede(connection: Connection, rows: Sequence[Outgoing], now: datetime) -> None:
    waiting = [row.id for row in rows if row.state == Sending.WAITING]
    if waiting:
        connection.execute(
            update(_outbox)
            .where(_outbox.c.id.in_(waiting))
            .values(state=Sending.SUPERSEDED.value, ended_at=now)
        )


def _put(
    connection: Connection, case_id: str, target: str, kind: Kind, revision: int, now: datetime
) -> None:
    row = {
        "case_id": case_id,
        "target": target,
        "kind": kind.value,
        "revision": revision,
        "message_id": f"msg_{uuid4().hex}",
        "state": Sending.WAITING.value,
        "attempts": 0,
        "may_have_come": False,
        "next_at": now,
        "made_at": now,
    }
    connection.execute(insert(_outbox).values(row))
    reopened = update(_case).where(_case.c.case_id == case_id).values(closed_at=None)
    connection.execute(reopened)
