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

from sqlalchemy import Connection, Row, delete, insert, select, update

from pipeline.model import Frozen
from pipeline.store.tables import account as _account
from pipeline.store.tables import audit_entry as _audit
from pipeline.store.tables import session as _session

TOKEN_BYTES = 32
FAILURES_ALLOWED = 5
LOCKED_MINUTES = 15
IDLE_MINUTES = 30
SESSION_HOURS = 12


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
    locked_until: datetime | None = None


class Login(Frozen):
    """Who is logged in, and what forms of that session carry."""

    account: Account
    csrf: str
    token_hash: str


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
    row = account.model_dump(exclude={"locked_until"})
    row |= {"password_hash": hashed, "failures": 0, "made_at": now or datetime.now(UTC)}
    connection.execute(insert(_account).values(row))


def set_password(connection: Connection, name: str, hashed: str, *, must_change: bool) -> None:
    """Set a password; whoever is logged in with the old one is logged out."""
    connection.execute(
        update(_account)
        .where(_account.c.name == name)
        .values(password_hash=hashed, must_change=must_change, failures=0, locked_until=None)
    )
    connection.execute(delete(_session).where(_session.c.account == name))


def set_account(connection: Connection, name: str, **changes: Any) -> None:
    """Change role, window, display name or ``active``; the person must log in anew."""
    connection.execute(update(_account).where(_account.c.name == name).values(changes))
    connection.execute(delete(_session).where(_session.c.account == name))


def note_failure(connection: Connection, name: str, *, now: datetime | None = None) -> None:
    """A wrong password; after several of them the account is locked for a while."""
    now = now or datetime.now(UTC)
    found = select(_account.c.failures).where(_account.c.name == name).with_for_update()
    failures = connection.execute(found).scalar_one_or_none()
    if failures is None:
        return
    values: dict[str, Any] = {"failures": failures + 1}
    if failures + 1 >= FAILURES_ALLOWED:
        values = {"failures": 0, "locked_until": now + timedelta(minutes=LOCKED_MINUTES)}
    connection.execute(update(_account).where(_account.c.name == name).values(values))


def open_session(
    connection: Connection, name: str, *, now: datetime | None = None
) -> tuple[str, Login]:
    """Log a person in: the token for the cookie, and who it stands for."""
    now = now or datetime.now(UTC)
    token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    connection.execute(
        update(_account).where(_account.c.name == name).values(failures=0, locked_until=None)
    )
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
    return token, Login(account=account, csrf=csrf, token_hash=_digest(token))


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
    return None if row is None else Login(account=_read(row), csrf=row.csrf, token_hash=hashed)


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
