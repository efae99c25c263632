"""The outbox: what must go out of a case, written in the transaction that writes its record.

A row says which revision goes to whom, not what it says: that is made from the revision when it
goes. A newer revision takes the place of one that still waits; one that may have come is replaced
by name or, where the case gives nothing any more, revoked. Of one case one message at a time is
under way to one target (a lease), so that none overtakes another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, func, insert, select, update

from pipeline.errors import InputError
from pipeline.model import Frozen
from pipeline.record import Record, Status
from pipeline.store.leases import Lease, release, take
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import outbox as _outbox
from pipeline.store.tables import receipt as _receipt

APPLICANT = "applicant"
"""The target of what goes back to the applicant, by the platform or the window (guide 七)."""
ANSWER_CHARS = 2000
_DONE = "done"


class Kind(StrEnum):
    """What a message is."""

    PACKET = "packet"
    """A department's part of a case that is ready."""
    REFUSAL = "refusal"
    """不予核定, with reasons, for the applicant."""
    REVOCATION = "revocation"
    """What was sent of this case holds no longer."""


class Sending(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    """Given up, or refused by the receiver; a person looks."""
    SUPERSEDED = "superseded"
    """A newer revision took its place before it came."""
    UNNEEDED = "unneeded"
    """It says what the target has already, or revokes what never came."""


class Result(StrEnum):
    """What came of an attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """It did not come, and never will as it is."""
    FAILED = "failed"
    """It did not come; another time it may."""
    UNKNOWN = "unknown"
    """It may have come."""


class Outgoing(Frozen):
    """A message of the outbox."""

    id: int
    case_id: str
    target: str
    kind: Kind
    revision: int
    replaces: int | None
    message_id: str
    state: Sending
    attempts: int
    may_have_come: bool
    next_at: datetime
    error: str | None
    digest: str | None
    made_at: datetime
    ended_at: datetime | None

    @property
    def has_come(self) -> bool:
        """Whether the target has it, or may have."""
        return self.state == Sending.SENT or self.may_have_come


class Claimed(Frozen):
    """A message that is this worker's to send now; ``was_come``: whether an earlier attempt may
    have come."""

    message: Outgoing
    lease: Lease
    was_come: bool


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
    rows = _messages(connection, _outbox.c.case_id == case_id, lock=True)
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
    rows = _messages(connection, *where, lock=True)
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


def due(
    connection: Connection,
    targets: Collection[str],
    now: datetime,
    *,
    after: int = 0,
    limit: int = 200,
) -> list[Outgoing]:
    """Messages that should go now, of cases on which nobody works, in their order. ``after``: only
    those behind this id."""
    found = (
        select(_outbox)
        .join(_case, _case.c.case_id == _outbox.c.case_id)
        .where(
            _outbox.c.state == Sending.WAITING.value,
            _outbox.c.next_at <= now,
            _outbox.c.target.in_(targets),
            _outbox.c.id > after,
            _case.c.state == _DONE,
        )
        .order_by(_outbox.c.id)
        .limit(limit)
    )
    return [_message(row) for row in connection.execute(found)]


def claim(
    connection: Connection,
    message_id: int,
    owner: str,
    digest: str,
    *,
    seconds: float,
    now: datetime | None = None,
) -> Claimed | None:
    """Make a message one's own to send, ``digest`` being that of what it says; None where it is not
    to be sent: another sends it, it is not due any more, or the target has it already (it is ended
    then). From here on it may have come."""
    now = now or datetime.now(UTC)
    told = select(_outbox.c.case_id, _outbox.c.target).where(_outbox.c.id == message_id)
    case_id, target = connection.execute(told).one()
    # The lease first, as whoever writes down what came of it does: so nobody waits in a circle.
    lease = take(connection, f"deliver:{target}:{case_id}", owner, seconds=seconds, now=now)
    if lease is None:
        return None
    rows = _messages(
        connection, _outbox.c.case_id == case_id, _outbox.c.target == target, lock=True
    )
    message = next(row for row in rows if row.id == message_id)
    working = select(_case.c.state).where(_case.c.case_id == case_id)
    is_due = message.state == Sending.WAITING and message.next_at <= now
    if not is_due or connection.execute(working).scalar_one_or_none() != _DONE:
        release(connection, lease, now=now)
        return None
    come = [row for row in rows if row.has_come and row.id < message.id]
    before = come[-1] if come else None
    if message.digest is None and _is_needless(message, before, digest):
        _end(connection, message.id, Sending.UNNEEDED, now)
        release(connection, lease, now=now)
        return None
    has = None if before is None or before.kind == Kind.REVOCATION else before.revision
    replaces = has if message.digest is None else message.replaces
    values = {
        "attempts": message.attempts + 1,
        "may_have_come": True,
        "replaces": replaces,
        "digest": message.digest or digest,
    }
    connection.execute(update(_outbox).where(_outbox.c.id == message_id).values(values))
    return Claimed(
        message=message.model_copy(update=values), lease=lease, was_come=message.may_have_come
    )


def _is_needless(message: Outgoing, before: Outgoing | None, digest: str) -> bool:
    if message.kind == Kind.REVOCATION:
        return before is None or before.kind == Kind.REVOCATION
    # Of what only may have come nobody knows that the target has it.
    same = before is not None and (before.kind, before.digest) == (message.kind, digest)
    return same and before is not None and before.state == Sending.SENT


def settle(
    connection: Connection,
    claimed: Claimed,
    result: Result,
    *,
    status: int | None = None,
    answer: str = "",
    error: str | None = None,
    next_at: datetime | None = None,
    now: datetime | None = None,
) -> None:
    """Write down what came of an attempt. ``next_at``: when to try again; None gives it up."""
    now = now or datetime.now(UTC)
    message = claimed.message
    connection.execute(
        insert(_receipt).values(
            outbox=message.id,
            at=now,
            result=result.value,
            status=status,
            answer=answer[:ANSWER_CHARS],
        )
    )
    if result == Result.DELIVERED:
        # True whatever was planned meanwhile, and whoever has the lease now.
        _end(connection, message.id, Sending.SENT, now)
    else:
        still = [_outbox.c.id == message.id]
        come = result == Result.UNKNOWN or claimed.was_come
        values: dict[str, Any] = {"may_have_come": come, "error": error}
        connection.execute(update(_outbox).where(*still).values(values))
        still.append(_outbox.c.state == Sending.WAITING.value)
        if next_at is None:
            ended = {"state": Sending.DEAD.value, "ended_at": now}
            connection.execute(update(_outbox).where(*still).values(ended))
        else:
            connection.execute(update(_outbox).where(*still).values(next_at=next_at))
    release(connection, claimed.lease, now=now)


def _end(connection: Connection, message_id: int, state: Sending, now: datetime) -> None:
    values: dict[str, Any] = {"state": state.value, "ended_at": now, "error": None}
    if state == Sending.SENT:
        values["may_have_come"] = True
    connection.execute(update(_outbox).where(_outbox.c.id == message_id).values(values))


def retry(connection: Connection, message_id: int, *, now: datetime | None = None) -> Outgoing:
    """Let a message that was given up go again. Raises InputError where it cannot."""
    rows = _messages(connection, _outbox.c.id == message_id, lock=True)
    if not rows:
        raise InputError(f"没有编号为 {message_id} 的送达。", "编号见 yijianshi deliver --dead。")
    (message,) = rows
    if message.state != Sending.DEAD:
        raise InputError(
            f"送达 {message_id} 不是被搁置的。", "被搁置的见 yijianshi deliver --dead。"
        )
    newer = messages_of(connection, message.case_id, message.target)[-1]
    if newer.id != message.id:
        raise InputError(
            f"案件 {message.case_id} 已有更新的内容要送达或已送达，旧的不再补送。",
            "无需操作。",
        )
    values = {"state": Sending.WAITING, "attempts": 0, "next_at": now or datetime.now(UTC)}
    values |= {"ended_at": None}
    connection.execute(update(_outbox).where(_outbox.c.id == message_id).values(values))
    return message.model_copy(update=values)


def dead_letters(connection: Connection) -> list[Outgoing]:
    """What was given up, oldest first."""
    return _messages(connection, _outbox.c.state == Sending.DEAD.value)


def messages_of(connection: Connection, case_id: str, target: str | None = None) -> list[Outgoing]:
    """All messages of a case, oldest first."""
    where = [_outbox.c.case_id == case_id]
    if target is not None:
        where.append(_outbox.c.target == target)
    return _messages(connection, *where)


def last_sent(connection: Connection, case_id: str, target: str) -> Outgoing | None:
    """What the target has of a case, or may have."""
    come = [row for row in messages_of(connection, case_id, target) if row.has_come]
    return come[-1] if come and come[-1].kind != Kind.REVOCATION else None


def count_messages(connection: Connection) -> dict[str, dict[str, int]]:
    """How many messages stand where: by target, then by state."""
    counted = select(_outbox.c.target, _outbox.c.state, func.count()).group_by(
        _outbox.c.target, _outbox.c.state
    )
    counts: dict[str, dict[str, int]] = {}
    for target, state, number in connection.execute(counted):
        counts.setdefault(target, {})[state] = number
    return counts


def oldest_waiting(connection: Connection) -> datetime | None:
    """Since when the oldest message waits."""
    waiting = select(func.min(_outbox.c.made_at)).where(_outbox.c.state == Sending.WAITING.value)
    return connection.execute(waiting).scalar_one_or_none()


def _messages(connection: Connection, *where: Any, lock: bool = False) -> list[Outgoing]:
    found = select(_outbox).where(*where).order_by(_outbox.c.id)
    rows = connection.execute(found.with_for_update() if lock else found)
    return [_message(row) for row in rows]


def _message(row: Row[*tuple[Any, ...]]) -> Outgoing:
    return Outgoing.model_validate(dict(row._mapping))
