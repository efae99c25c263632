"""Leases: who works on what, until when, whoever started them.

A lease ends by itself, so that a dead worker holds nothing for ever. Each taking raises the lease's
token; what is written under a lease is written only while its token is the last one
(:func:`check`), so that a worker that lost its lease, and does not know yet, cannot write.
"""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psutil
from sqlalchemy import ColumnElement, Connection, Exists, exists, select, update

from pipeline.errors import StoreError
from pipeline.model import Frozen
from pipeline.store.database import upsert
from pipeline.store.tables import lease as _lease

LEASE_SECONDS = 300
"""Longer than a large file takes to be read; renewed by whoever works while it works."""

CLOCK_SKEW_SECONDS = 60
"""Between machines of one office. A lease taken further in the future than this was taken before
the clock was set back, and holds nobody off."""


class LeaseLost(StoreError):
    """Another took what this worker was working on; nothing was written."""


class Lease(Frozen):
    """What its owner holds."""

    name: str
    owner: str
    token: int
    until: datetime


def new_owner() -> str:
    """A name for this worker that no other has, for people to recognise."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


def take(
    connection: Connection,
    name: str,
    owner: str,
    *,
    seconds: float = LEASE_SECONDS,
    now: datetime | None = None,
) -> Lease | None:
    """Take a lease; None while another holds it. Its own owner takes it anew."""
    now = now or datetime.now(UTC)
    until = now + timedelta(seconds=seconds)
    # Rows are made first and changed under a lock, so that of two takers one waits for the other.
    made = {"name": name, "owner": "", "token": 0, "taken_at": now, "until": now}
    upsert(connection, _lease, made, update=())
    row = connection.execute(select(_lease).where(_lease.c.name == name).with_for_update()).one()
    set_back = row.taken_at > now + timedelta(seconds=CLOCK_SKEW_SECONDS)
    if row.owner != owner and row.until > now and not set_back:
        return None
    token = row.token + 1
    connection.execute(
        update(_lease)
        .where(_lease.c.name == name)
        .values(owner=owner, token=token, taken_at=now, until=until)
    )
    return Lease(name=name, owner=owner, token=token, until=until)


def held_now(name: ColumnElement[str], now: datetime) -> Exists:
    """Whether somebody holds the lease of this name, as a condition of a query."""
    latest = now + timedelta(seconds=CLOCK_SKEW_SECONDS)
    return exists().where(_lease.c.name == name, _lease.c.until > now, _lease.c.taken_at <= latest)


def free_dead(connection: Connection, *, now: datetime | None = None) -> int:
    """End the leases of processes of this machine that run no more (killed, or the power went), so
    that what they held need not wait; how many. Of other machines nothing is known."""
    now = now or datetime.now(UTC)
    here = f"{socket.gethostname()}:"
    held = select(_lease.c.name, _lease.c.owner, _lease.c.token).where(
        _lease.c.until > now, _lease.c.owner.startswith(here, autoescape=True)
    )
    freed = 0
    for row in connection.execute(held).all():
        pid = row.owner.removeprefix(here).partition(":")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            same = (_lease.c.name == row.name, _lease.c.token == row.token)
            freed += connection.execute(update(_lease).where(*same).values(until=now)).rowcount
    return freed


def check(connection: Connection, lease: Lease) -> None:
    """Raise LeaseLost where another has taken it since. Holds the lease's row until the transaction
    ends: nobody can take it between this and what is written."""
    row = connection.execute(
        select(_lease.c.token).where(_lease.c.name == lease.name).with_for_update()
    ).one_or_none()
    if row is None or row.token != lease.token:
        raise LeaseLost("另一个 yijianshi 已接手这件申请。", "本次处理不再写入，无需操作。")


def renew(
    connection: Connection,
    lease: Lease,
    *,
    seconds: float = LEASE_SECONDS,
    now: datetime | None = None,
) -> Lease:
    """The lease, for longer. Raises LeaseLost."""
    check(connection, lease)
    now = now or datetime.now(UTC)
    until = now + timedelta(seconds=seconds)
    connection.execute(
        update(_lease).where(_lease.c.name == lease.name).values(taken_at=now, until=until)
    )
    return lease.model_copy(update={"until": until})


def release(connection: Connection, lease: Lease, *, now: datetime | None = None) -> None:
    """Give a lease back; one that was lost is not ours to give."""
    now = now or datetime.now(UTC)
    connection.execute(
        update(_lease)
        .where(_lease.c.name == lease.name, _lease.c.token == lease.token)
        .values(until=now)
    )


def held_by_other(connection: Connection, name: str, *, now: datetime | None = None) -> bool:
    """Whether somebody works under a lease; its row is held until the transaction ends, so that
    nobody takes it meanwhile."""
    now = now or datetime.now(UTC)
    made = {"name": name, "owner": "", "token": 0, "taken_at": now, "until": now}
    upsert(connection, _lease, made, update=())
    row = connection.execute(select(_lease).where(_lease.c.name == name).with_for_update()).one()
    return bool(row.until > now)


def is_known(connection: Connection, name: str) -> bool:
    """Whether somebody ever held a lease of this name."""
    found = select(_lease.c.token).where(_lease.c.name == name)
    return connection.execute(found).scalar_one_or_none() is not None


def holder(connection: Connection, name: str, *, now: datetime | None = None) -> str | None:
    """Who holds a lease now."""
    now = now or datetime.now(UTC)
    row = connection.execute(select(_lease).where(_lease.c.name == name)).one_or_none()
    return row.owner if row is not None and row.until > now else None
