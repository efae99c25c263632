"""A lease held for as long as a block lasts, renewed in the background."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import StoreError
from pipeline.store import leases
from pipeline.store.database import Database
from pipeline.store.leases import Lease, LeaseLost


@contextmanager
def held(store: Database, name: str, owner: str) -> Iterator[Lease | None]:
    """The lease of this name, renewed while the block lasts; None while another holds it."""
    with store.begin() as connection:
        lease = leases.take(connection, name, owner)
    if lease is None:
        yield None
        return
    over = threading.Event()
    renewer = threading.Thread(target=_renew, args=(store, lease, over), daemon=True)
    renewer.start()
    try:
        yield lease
    finally:
        over.set()
        renewer.join()
        with store.begin() as connection:
            leases.release(connection, lease)


def _renew(store: Database, lease: Lease, over: threading.Event) -> None:
    while not over.wait(leases.LEASE_SECONDS / 3):
        try:
            with store.begin() as connection:
                leases.renew(connection, lease)
        except LeaseLost:
            return  # the next write under it says so
        except StoreError:
            continue  # the database is away for the moment; the lease lasts a while yet
