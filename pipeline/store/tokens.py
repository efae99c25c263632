"""Tokens: what programs of other systems show to be let in, and what each of them may do.

Only a token's digest is kept: whoever reads the store can ask for nothing. A token ends by itself.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from pipeline.model import Frozen
from pipeline.store.tables import api_token as _token

PREFIX = "yjs_"
"""By which a token that lies about in a file is known for what it is."""
RANDOM_BYTES = 32
NOTED_EVERY = timedelta(minutes=1)
"""Between two notes of a token's last use: no read should cost a write."""


class Scope(StrEnum):
    """What a token may be allowed to do."""

    CASES_SUBMIT = "cases:submit"
    CASES_READ = "cases:read"
    RECORDS_READ = "records:read"
    PACKETS_READ = "packets:read"
    DECISIONS_READ = "decisions:read"
    RESULTS_WRITE = "results:write"


class Token(Frozen):
    """A token as it is kept. ``department``: the only one whose packets it may read; None: all."""

    name: str
    scopes: frozenset[Scope]
    department: str | None = None
    made_at: datetime
    until: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Whether it lets its bearer in at this moment."""
        return self.revoked_at is None and now < self.until


def make_token(
    connection: Connection,
    name: str,
    scopes: Collection[Scope],
    until: datetime,
    *,
    department: str | None = None,
    now: datetime | None = None,
) -> str:
    """A new token: its text, which is known to nobody afterwards. The name must be free."""
    text = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    connection.execute(
        insert(_token).values(
            name=name,
            token_hash=_digest(text),
            scopes=" ".join(sorted(scopes)),
            department=department,
            made_at=now or datetime.now(UTC),
            until=until,
        )
    )
    return text


def find_token(connection: Connection, text: str) -> Token | None:
    """The token of this text, valid or not; None where there is none."""
    row = connection.execute(select(_token).where(_token.c.token_hash == _digest(text))).first()
    return None if row is None else _made(row)


def named_token(connection: Connection, name: str) -> Token | None:
    """The token of this name."""
    row = connection.execute(select(_token).where(_token.c.name == name)).first()
    return None if row is None else _made(row)


def list_tokens(connection: Connection) -> list[Token]:
    """All tokens, by name; also those that ended, for whoever asks later who they were."""
    return [_made(row) for row in connection.execute(select(_token).order_by(_token.c.name))]


def revoke_token(connection: Connection, name: str, *, now: datetime | None = None) -> None:
    """End a token now; the row stays."""
    connection.execute(
        update(_token)
        .where(_token.c.name == name, _token.c.revoked_at.is_(None))
        .values(revoked_at=now or datetime.now(UTC))
    )


def is_use_to_note(token: Token, now: datetime) -> bool:
    """Whether its last use was noted too long ago."""
    return token.used_at is None or now - token.used_at >= NOTED_EVERY


def note_use(connection: Connection, token: Token, now: datetime) -> None:
    """Write down that a token was used."""
    connection.execute(update(_token).where(_token.c.name == token.name).values(used_at=now))


def _made(row: Row[*tuple[Any, ...]]) -> Token:
    values = dict(row._mapping)
    scopes = frozenset(map(Scope, values.pop("scopes").split()))
    return Token(scopes=scopes, **{k: v for k, v in values.items() if k != "token_hash"})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
