"""No two work on one thing; who lost a lease cannot write."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.store import leases
from pipeline.store.cases import CaseState, Store
from pipeline.store.leases import Lease, LeaseLost

NOW = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)


def take(store: Store, owner: str, after_s: float = 0) -> Lease | None:
    with store.begin() as connection:
        now = NOW + timedelta(seconds=after_s)
        return leases.take(connection, "case:c", owner, seconds=60, now=now)


def test_one_holds_it_until_it_ends(store: Store) -> None:
    first = take(store, "a")
    assert first is not None
    assert take(store, "b", 59) is None
    second = take(store, "b", 60)
    assert second is not None and second.token > first.token


def test_what_was_given_back_can_be_taken(store: Store) -> None:
    first = take(store, "a")
    assert first is not None
    with store.begin() as connection:
        leases.release(connection, first, now=NOW)
    with store.snapshot() as connection:
        assert leases.holder(connection, "case:c", now=NOW) is None
    assert take(store, "b") is not None


def test_a_renewed_lease_lasts(store: Store) -> None:
    first = take(store, "a")
    assert first is not None
    with store.begin() as connection:
        leases.renew(connection, first, seconds=60, now=NOW + timedelta(seconds=50))
    assert take(store, "b", 70) is None
    with store.snapshot() as connection:
        now = NOW + timedelta(seconds=70)
        assert leases.holder(connection, "case:c", now=now) == "a"


def test_who_lost_it_cannot_write(store: Store) -> None:
    lost = take(store, "a")
    assert lost is not None and take(store, "b", 61) is not None
    for use in (leases.check, leases.renew):
        with pytest.raises(LeaseLost), store.begin() as connection:
            use(connection, lost)
    with pytest.raises(LeaseLost):
        store.write_case("c", "k", CaseState.DONE, attempts=1, lease=lost)
    assert store.find_case("c") is None
    with store.begin() as connection:
        leases.release(connection, lost, now=NOW)
    assert take(store, "a", 62) is None, "a lost lease gives nothing back"


def test_a_clock_set_back_holds_nobody_off(store: Store) -> None:
    assert take(store, "a") is not None
    assert take(store, "b", -30) is None
    assert take(store, "b", -3600) is not None


def test_what_a_process_of_this_machine_held_when_it_was_killed_is_freed(store: Store) -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    host = socket.gethostname()
    owners = {
        "case:living": f"{host}:{os.getpid()}:x",
        "case:dead": f"{host}:{child.pid}:x",
        "case:far": f"elsewhere:{child.pid}:x",
    }
    with store.begin() as connection:
        for name, owner in owners.items():
            assert leases.take(connection, name, owner, seconds=60, now=NOW)
        assert leases.free_dead(connection, now=NOW) == 1
        free = [n for n in owners if leases.take(connection, n, "b", seconds=60, now=NOW)]
    assert free == ["case:dead"]


def test_of_many_at_once_one_gets_it(store: Store) -> None:
    got: list[Lease | None] = []
    threads = [
        threading.Thread(target=lambda n=n: got.append(take(store, f"w{n}"))) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(lease is not None for lease in got) == 1
