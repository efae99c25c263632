"""Messages that go out, as the store has them: what each is, where it stands, what a target has."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from pipeline.model import Frozen
from pipeline.store.leases import Lease
from pipeline.store.tables import outbox as _outbox

APPLICANT = "applicant"
"""The target of what goes back to the applicant, by the platform or the window (guide 七)."""


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


def messages_of(connection: Connection, case_id: str, target: str | None = None) -> list[Outgoing]:
    """All messages of a case, oldest first."""
    where = [_outbox.c.case_id == case_id]
    if target is not None:
        where.append(_outbox.c.target == target)
    return select_messages(connection, *where)


def last_sent(connection: Connection, case_id: str, target: str) -> Outgoing | None:
    """What the target has of a case, or may have."""
    come = [row for row in messages_of(connection, case_id, target) if row.has_come]
    return come[-1] if come and come[-1].kind != Kind.REVOCATION else None


def select_messages(connection: Connection, *where: Any, lock: bool = False) -> list[Outgoing]:
    """Messages by conditions, oldest first; ``lock`` holds their rows to the transaction's end."""
    found = select(_outbox).where(*where).order_by(_outbox.c.id)
    rows = connection.execute(found.with_for_update() if lock else found)
    return [message_of_row(row) for row in rows]


def message_of_row(row: Row[*tuple[Any, ...]]) -> Outgoing:
    """The message of a row."""
    return Outgoing.model_validate(dict(row._mapping))
