"""Tokens end by themselves or by hand, and the store holds nothing that opens anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from pipeline.store.cases import Store
from pipeline.store.tokens import (
    Scope,
    find_token,
    is_use_to_note,
    list_tokens,
    make_token,
    named_token,
    note_use,
    revoke_token,
)

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
UNTIL = NOW + timedelta(days=1)


def test_a_token_is_known_by_its_text_alone(store: Store) -> None:
    with store.begin() as connection:
        made = make_token(connection, "税务", [Scope.PACKETS_READ], UNTIL, department="tax")
        found = find_token(connection, made)
        assert found is not None
        assert (found.name, found.department) == ("税务", "tax")
        assert found.scopes == {Scope.PACKETS_READ}
        assert find_token(connection, made + "x") is None
        assert find_token(connection, "") is None
        row = connection.execute(text("SELECT * FROM api_token")).one()
    assert made not in str(row)
    assert made.removeprefix("yjs_") not in str(row)


def test_a_token_ends_by_itself_and_by_hand(store: Store) -> None:
    with store.begin() as connection:
        make_token(connection, "a", [Scope.CASES_READ], UNTIL, now=NOW)
        one = named_token(connection, "a")
        assert one is not None
        assert one.is_valid(NOW)
        assert not one.is_valid(UNTIL)
        revoke_token(connection, "a", now=NOW)
        revoke_token(connection, "a", now=UNTIL)
        ended = named_token(connection, "a")
    assert ended is not None
    assert not ended.is_valid(NOW)
    assert ended.revoked_at == NOW  # the first time counts


def test_the_last_use_is_noted_to_the_minute(store: Store) -> None:
    with store.begin() as connection:
        make_token(connection, "a", [Scope.CASES_READ], UNTIL)
        (one,) = list_tokens(connection)
        assert is_use_to_note(one, NOW)
        note_use(connection, one, NOW)
        (one,) = list_tokens(connection)
    assert not is_use_to_note(one, NOW + timedelta(seconds=59))
    assert is_use_to_note(one, NOW + timedelta(seconds=60))
