"""Claims: which reviewer has a case before him.

A claim is a lease on the case under the person's name. It ends by itself, so that a browser that
was closed holds nothing for long; a second tab of the same person is the same claim.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, update

from pipeline.errors import StoreError
from pipeline.store.leases import Lease, holder, take
from pipeline.store.tables import lease as _lease

PREFIX = "review:"
"""Of the names of claims among the leases."""


class NotClaimed(StoreError):
    """The case is not before this person: another has it, or the claim ran out and another took it.
    Nothing was written. ``holder`` is who has it now, if anybody."""

    def __init__(self, holder: str | None) -> None:
        self.holder = holder
        super().__init__(
            f"此件现由 {holder} 复核。" if holder else "此件的认领已到期。",
            "请返回队列另选一件。" if holder else "请重新认领后再继续，已作的决定都已保存。",
        )


def claim(
    connection: Connection,
    case_id: str,
    person: str,
    seconds: float,
    *,
    now: datetime | None = None,
) -> Lease:
    """Take the case before oneself, or keep it for longer. Raises NotClaimed."""
    taken = take(connection, PREFIX + case_id, person, seconds=seconds, now=now)
    if taken is None:
        raise NotClaimed(claimed_by(connection, case_id, now=now))
    return taken


def check_claim(
    connection: Connection, case_id: str, person: str, *, now: datetime | None = None
) -> None:
    """Raise NotClaimed where the case is not before this person now. Holds the claim's row until
    the transaction ends."""
    now = now or datetime.now(UTC)
    row = connection.execute(
        select(_lease).where(_lease.c.name == PREFIX + case_id).with_for_update()
    ).one_or_none()
    if row is None or row.until <= now:
        raise NotClaimed(None)
    if row.owner != person:
        raise NotClaimed(row.owner)


def give_back(
    connection: Connection, case_id: str, person: str, *, now: datetime | None = None
) -> None:
    """End one's own claim; another's stays."""
    connection.execute(
        update(_lease)
        .where(_lease.c.name == PREFIX + case_id, _lease.c.owner == person)
        .values(until=(now or datetime.now(UTC)) - timedelta(seconds=1))
    )


def claimed_by(connection: Connection, case_id: str, *, now: datetime | None = None) -> str | None:
    """Who has the case before him now."""
    return holder(connection, PREFIX + case_id, now=now)
