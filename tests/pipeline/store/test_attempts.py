"""Attempts to log in are counted before the password is looked at, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from pipeline.store import attempts
from pipeline.store.attempts import (
    ATTEMPTS_PER_ADDRESS,
    ATTEMPTS_PER_NAME,
    WINDOW_MINUTES,
    Attempt,
    begin_attempt,
    forgive,
    locked_names,
    succeeded,
)
from pipeline.store.cases import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def tried(store: Store, name: str, address: str = "10.0.0.1", **later: float) -> Attempt | None:
    with store.begin() as connection:
        return begin_attempt(connection, name, address, now=NOW + timedelta(**later))


def test_a_name_is_locked_after_a_few_attempts_until_the_window_has_passed(store: Store) -> None:
    allowed = [tried(store, "wei", minutes=n) for n in range(ATTEMPTS_PER_NAME)]
    assert [attempt and attempt.is_last for attempt in allowed] == [False] * 4 + [True]
    assert tried(store, "wei", minutes=5) is None
    assert tried(store, "li", minutes=5) is not None
    assert tried(store, "wei", minutes=WINDOW_MINUTES) is not None, "the first one has passed"
    assert tried(store, "wei", minutes=WINDOW_MINUTES) is None, "the others have not"


def test_the_right_password_strikes_out_the_name_but_not_the_address(store: Store) -> None:
    for number in range(ATTEMPTS_PER_ADDRESS - 1):
        assert tried(store, f"guess {number}")
    for _ in range(3):
        with store.begin() as connection:
            attempt = begin_attempt(connection, "wei", "10.0.0.1", now=NOW)
            assert attempt is not None
            succeeded(connection, attempt)
    assert tried(store, "guess") is not None
    assert tried(store, "wei") is None, "too many failed from this address"
    assert tried(store, "wei", "10.0.0.2") is not None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "testclient", False),
    ],
)
def test_an_address_is_what_one_visitor_has(store: Store, one: str, other: str, same: bool) -> None:
    for number in range(ATTEMPTS_PER_ADDRESS):
        assert tried(store, f"guess {number}", one)
    assert (tried(store, "guess", other) is None) is same


def test_an_administrator_sees_who_is_locked_and_lets_him_try_again(store: Store) -> None:
    for _ in range(ATTEMPTS_PER_NAME):
        tried(store, "wei")
    with store.begin() as connection:
        assert locked_names(connection, ["wei", "li"], now=NOW) == {"wei"}
        forgive(connection, "wei")
        assert locked_names(connection, ["wei", "li"], now=NOW) == frozenset()


def test_a_clock_that_was_set_back_locks_nobody_for_longer(store: Store) -> None:
    for _ in range(ATTEMPTS_PER_NAME):
        tried(store, "wei", hours=1)
    assert tried(store, "wei") is not None


def test_no_name_and_no_address_is_kept(store: Store) -> None:
    tried(store, "wei")
    with store.snapshot() as connection:
        rows = connection.exec_driver_sql("SELECT subject FROM login_attempt").scalars().all()
    assert len(rows) == 2
    assert all("wei" not in row and "10.0" not in row for row in rows)


def test_attempts_that_come_at_once_see_each_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits, before it counts, until the others had time to: without one transaction that
    others must wait for, all of them would find room."""
    several = 12
    started = threading.Barrier(several)
    count = attempts._count

    def slowly(connection: Connection, subject: str) -> int:
        found = count(connection, subject)
        threading.Event().wait(0.02)
        return found

    monkeypatch.setattr(attempts, "_count", slowly)

    @contextmanager
    def together() -> Iterator[None]:
        started.wait()
        yield

    def one(number: int) -> bool:
        with together():
            return tried(store, "wei", f"10.0.0.{number}") is not None

    with ThreadPoolExecutor(several) as pool:
        allowed = list(pool.map(one, range(several)))
    assert sum(allowed) == ATTEMPTS_PER_NAME
