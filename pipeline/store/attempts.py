"""Attempts to log in, counted by name and by address in a sliding window.

An attempt is counted before the password is looked at, in the transaction that asks whether it is
still allowed, and struck out again where the password was right: of two that come at once each sees
the other. Names that exist and names that do not are counted alike, so that no answer tells which
are which. Names and addresses are kept as digests, and for as long as they count.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, or_, select, text

from pipeline.model import Frozen
from pipeline.store.tables import login_attempt as _attempt

WINDOW_MINUTES = 15
ATTEMPTS_PER_NAME = 5
ATTEMPTS_PER_ADDRESS = 30
"""An office may come from one address: several people may mistype in a quarter of an hour."""
IPV6_NETWORK_BITS = 64
"""What one connection is given (RFC 6177): any address of it is the same visitor."""


class Attempt(Frozen):
    """An attempt that may go on. ``is_last``: one more of this name that fails is refused."""

    name: str
    rows: tuple[int, ...]
    is_last: bool


def begin_attempt(
    connection: Connection, name: str, address: str, *, now: datetime | None = None
) -> Attempt | None:
    """Count an attempt with this name from this address; None where there were too many lately."""
    now = now or datetime.now(UTC)
    subjects = (_of_name(name), _of_address(address))
    _hold(connection, subjects)
    window = timedelta(minutes=WINDOW_MINUTES)
    # What lies ahead by a window was written before the clock was set back.
    connection.execute(
        delete(_attempt).where(or_(_attempt.c.at <= now - window, _attempt.c.at > now + window))
    )
    by_name, by_address = (_count(connection, subject) for subject in subjects)
    if by_name >= ATTEMPTS_PER_NAME or by_address >= ATTEMPTS_PER_ADDRESS:
        return None
    rows = tuple(
        connection.execute(
            insert(_attempt).values(subject=subject, at=now).returning(_attempt.c.id)
        ).scalar_one()
        for subject in subjects
    )
    return Attempt(name=name, rows=rows, is_last=by_name + 1 == ATTEMPTS_PER_NAME)


def succeeded(connection: Connection, attempt: Attempt) -> None:
    """The password was right: the attempt counts no more, nor do earlier ones of the name. Others
    from the same address do."""
    connection.execute(delete(_attempt).where(_attempt.c.id.in_(attempt.rows)))
    forgive(connection, attempt.name)


def forgive(connection: Connection, name: str) -> None:
    """Let a person try again at once."""
    connection.execute(delete(_attempt).where(_attempt.c.subject == _of_name(name)))


def locked_names(
    connection: Connection, names: Iterable[str], *, now: datetime | None = None
) -> frozenset[str]:
    """Those of the names that may not be tried now."""
    now = now or datetime.now(UTC)
    window = timedelta(minutes=WINDOW_MINUTES)
    full = set(
        connection.execute(
            select(_attempt.c.subject)
            .where(_attempt.c.at > now - window, _attempt.c.at <= now + window)
            .group_by(_attempt.c.subject)
            .having(func.count() >= ATTEMPTS_PER_NAME)
        ).scalars()
    )
    return frozenset(name for name in names if _of_name(name) in full)


def _count(connection: Connection, subject: str) -> int:
    found = select(func.count()).select_from(_attempt).where(_attempt.c.subject == subject)
    return connection.execute(found).scalar_one()


def _hold(connection: Connection, subjects: Iterable[str]) -> None:
    """Let nobody else count these before the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name != "postgresql":
        return
    for subject in sorted(subjects):
        number = int.from_bytes(bytes.fromhex(subject)[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _of_name(name: str) -> str:
    return _digest(f"name {name}")


def _of_address(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return _digest(f"address {address}")
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if isinstance(found, ipaddress.IPv6Address):
        network = ipaddress.ip_network((int(found), IPV6_NETWORK_BITS), strict=False)
        return _digest(f"address {network}")
    return _digest(f"address {found}")


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
