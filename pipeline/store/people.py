"""People who log in, their sessions, and the audit of what they did.

Passwords come here hashed and tokens as their digest: whoever reads the store cannot log in.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pipeline.model import Frozen
from pipeline.store.tables import account as _account
from pipeline.store.tables import audit_entry as _audit
from pipeline.store.tables import session as _session

TOKEN_BYTES = 32
IDLE_MINUTES = 30
SESSION_HOURS = 12
TOUCH_SECONDS = 60
"""How often, at most, it is written down that somebody is still there."""


class Role(StrEnum):
    """What a person may do."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Account(Frozen):
    """A person who may log in."""

    name: str
    display_name: str
    role: Role
    window: str | None = None
    must_change: bool = False
    active: bool = True


class Login(Frozen):
    """Who is logged in, what forms of that session carry, and when the person was last noted to be
    there."""

    account: Account
    csrf: str
    token_hash: str
    seen_at: datetime


class Presence(Frozen):
    """Where a person is logged in, and when he was last noted to be there."""

    sessions: int
    seen_at: datetime


def find_account(connection: Connection, name: str) -> Account | None:
    """The account of this name."""
    row = connection.execute(select(_account).where(_account.c.name == name)).first()
    return None if row is None else _read(row)


def list_accounts(connection: Connection) -> list[Account]:
    """All accounts, by name."""
    return [_read(row) for row in connection.execute(select(_account).order_by(_account.c.name))]


def password_hash(connection: Connection, name: str) -> str | None:
    """The hash that a password is verified against."""
    found = select(_account.c.password_hash).where(_account.c.name == name)
    return connection.execute(found).scalar_one_or_none()


def add_account(
    connection: Connection, account: Account, hashed: str, *, now: datetime | None = None
) -> None:
    """Let a person log in. The name must be free."""
    row = account.model_dump()
    row |= {"password_hash": hashed, "made_at": now or datetime.now(UTC)}
    connection.execute(insert(_account).values(row))


def set_password(connection: Connection, name: str, hashed: str, *, must_change: bool) -> None:
    """Set a password; whoever is logged in with the old one is logged out."""
    connection.execute(
        update(_account)
        .where(_account.c.name == name)
        .values(password_hash=hashed, must_change=must_change)
    )
    end_sessions(connection, name)


def set_account(connection: Connection, name: str, **changes: Any) -> None:
    """Change role, window, display name or ``active``; the person must log in anew."""
    connection.execute(update(_account).where(_account.c.name == name).values(changes))
    end_sessions(connection, name)


def end_sessions(connection: Connection, name: str) -> int:
    """Log a person out everywhere; of how many sessions."""
    return connection.execute(delete(_session).where(_session.c.account == name)).rowcount


def hold_administrators(connection: Connection) -> frozenset[str]:
    """Who may administrate. Nobody else changes that before the transaction ends, so that two
    administrators who take each other's role away at once do not leave none."""
    found = (
        select(_account.c.name)
        .where(_account.c.role == Role.ADMINISTRATOR.value, _account.c.active.is_(True))
        .order_by(_account.c.name)
        .with_for_update()
    )
    return frozenset(connection.execute(found).scalars())


def open_session(
    connection: Connection, name: str, *, now: datetime | None = None
) -> tuple[str, Login]:
    """Log a person in: the token for the cookie, and who it stands for."""
    now = now or datetime.now(UTC)
    token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    connection.execute(delete(_session).where(_session.c.until < now))
    connection.execute(
        insert(_session).values(
            token_hash=_digest(token),
            account=name,
            csrf=csrf,
            made_at=now,
            seen_at=now,
            until=now + timedelta(hours=SESSION_HOURS),
        )
    )
    account = find_account(connection, name)
    if account is None:
        raise ValueError(f"no account {name!r}")
    return token, Login(account=account, csrf=csrf, token_hash=_digest(token), seen_at=now)


def find_session(
    connection: Connection, token: str, *, now: datetime | None = None
) -> Login | None:
    """Who a token stands for: nobody where the session is over or idle, or the person is no longer
    active. A session that lies in the future was made before the clock was set back, and lasts."""
    now = now or datetime.now(UTC)
    idle = now - timedelta(minutes=IDLE_MINUTES)
    found = select(_session, _account).join(_account, _account.c.name == _session.c.account)
    hashed = _digest(token)
    row = connection.execute(
        found.where(
            _session.c.token_hash == hashed,
            _session.c.until > now,
            _session.c.seen_at > idle,
            _account.c.active.is_(True),
        )
    ).first()
    if row is None:
        return None
    return Login(account=_read(row), csrf=row.csrf, token_hash=hashed, seen_at=row.seen_at)


def is_seen(login: Login, now: datetime) -> bool:
    """Whether it is written down already that the person is there: each page that looks would else
    be a page that writes. A moment that lies ahead is none, the clock was set back."""
    return abs((now - login.seen_at).total_seconds()) < TOUCH_SECONDS


def presences(connection: Connection, *, now: datetime | None = None) -> dict[str, Presence]:
    """Who is logged in, by account name."""
    now = now or datetime.now(UTC)
    idle = now - timedelta(minutes=IDLE_MINUTES)
    rows = connection.execute(
        select(_session.c.account, func.count().label("sessions"), func.max(_session.c.seen_at))
        .where(_session.c.until > now, _session.c.seen_at > idle)
        .group_by(_session.c.account)
    )
    return {name: Presence(sessions=sessions, seen_at=seen) for name, sessions, seen in rows}


def touch_session(connection: Connection, login: Login, *, now: datetime | None = None) -> None:
    """The person did something just now."""
    connection.execute(
        update(_session)
        .where(_session.c.token_hash == login.token_hash)
        .values(seen_at=now or datetime.now(UTC))
    )


def close_session(connection: Connection, login: Login) -> None:
    """Log a person out."""
    connection.execute(delete(_session).where(_session.c.token_hash == login.token_hash))


def write_audit(
    connection: Connection,
    by: str,
    action: str,
    *,
    case_id: str | None = None,
    detail: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> None:
    """Note who did or opened what. ``detail``: codes and names of fields, never values."""
    connection.execute(
        insert(_audit).values(
            at=now or datetime.now(UTC),
            by=by,
            action=action,
            case_id=case_id,
            detail=json.dumps(dict(detail or {}), ensure_ascii=False),
        )
    )


def _read(row: Row[*tuple[Any, ...]]) -> Account:
    return Account(**{name: row._mapping[name] for name in Account.model_fields})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
