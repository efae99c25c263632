"""Sending what the outbox holds: what is due, who sends it, what came of it, what was given up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from pipeline.errors import InputError
from pipeline.store.leases import release, take
from pipeline.store.outgoing import (
    Claimed,
    Kind,
    Outgoing,
    Result,
    Sending,
    message_of_row,
    messages_of,
    select_messages,
)
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import outbox as _outbox
from pipeline.store.tables import receipt as _receipt

ANSWER_CHARS = 2000
FURTHEST = timedelta(days=2)
"""What waits for longer was written before the clock was set back: no wait is longer (that which a
receiver asks for is at most a day)."""
_AT_REST = ("done", "joined")
"""States in which nobody works on a case."""


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
            or_(_outbox.c.next_at <= now, _outbox.c.next_at > now + FURTHEST),
            _outbox.c.target.in_(targets),
            _outbox.c.id > after,
            _case.c.state.in_(_AT_REST),
        )
        .order_by(_outbox.c.id)
        .limit(limit)
    )
    return [message_of_row(row) for row in connection.execute(found)]


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
    rows = select_messages(
        connection, _outbox.c.case_id == case_id, _outbox.c.target == target, lock=True
    )
    message = next(row for row in rows if row.id == message_id)
    working = select(_case.c.state).where(_case.c.case_id == case_id)
    waits = now < message.next_at <= now + FURTHEST
    is_due = message.state == Sending.WAITING and not waits
    if not is_due or connection.execute(working).scalar_one_or_none() not in _AT_REST:
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
    rows = select_messages(connection, _outbox.c.id == message_id, lock=True)
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
    return select_messages(connection, _outbox.c.state == Sending.DEAD.value)


def over_among(connection: Connection, message_ids: Collection[str]) -> set[str]:
    """Which of these messages will never be sent again."""
    over = (Sending.SENT.value, Sending.SUPERSEDED.value, Sending.UNNEEDED.value)
    mine = (_outbox.c.message_id.in_(message_ids), _outbox.c.state.in_(over))
    return set(connection.scalars(select(_outbox.c.message_id).where(*mine)))


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
