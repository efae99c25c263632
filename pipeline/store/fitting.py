"""The tables of a database are brought to ours, whatever version they were.

Up to 0.1.x the tables carried SQLite's ``user_version``; since then Alembic's ``alembic_version``.
Alembic is imported only where there is something to bring: a run that finds its tables as they
should be pays one query.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, select, table, text
from sqlalchemy.sql import column

from pipeline.errors import StoreError
from pipeline.store.tables import metadata

HEAD = "0003"
"""The last migration: what the tables of :mod:`pipeline.store.tables` are."""

KNOWN = ("0001", "0002", HEAD)

_USER_VERSION = 3
"""Told to versions before 0.2, which know nothing of Alembic and refuse what is above theirs."""

_READING = frozenset({"key", "value", "made_at"})
_CASE = frozenset(
    {"case_id", "content_key", "state", "attempts", "record", "request", "changed_at"}
)
_UNNUMBERED = {
    "0001": {"reading": _READING, "case_state": _CASE},
    "0002": {"reading": _READING, "case_state": _CASE | {"trouble"}},
}
"""The columns of the versions before Alembic."""

_POSTGRESQL_LOCK = 0x79696A69
"""Of our choosing ("yiji"): two processes that start at once migrate one after the other."""


def fit_tables(connection: Connection) -> None:
    """Make the tables, or bring those of an older version to ours. Raises StoreError."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_POSTGRESQL_LOCK})"))
    found = _found(connection)
    if found == HEAD:
        return
    if found is None:
        metadata.create_all(connection)
    from pipeline.store.migrations import stamp, upgrade

    if found is None:
        stamp(connection, HEAD)
    else:
        upgrade(connection, found)
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA user_version = {_USER_VERSION}"))


def _found(connection: Connection) -> str | None:
    """The migration that the tables are at; None where there are none. Raises StoreError."""
    present = inspect(connection)
    if present.has_table("alembic_version"):
        versions = table("alembic_version", column("version_num"))
        version = connection.execute(select(versions.c.version_num)).scalar_one_or_none()
        if version is not None and version not in KNOWN:
            raise _newer()
        return version
    if connection.dialect.name == "sqlite":
        number = int(connection.execute(text("PRAGMA user_version")).scalar_one())
        if number >= _USER_VERSION:
            raise _newer()
    names = {name for name in present.get_table_names() if name in metadata.tables}
    if not names:
        return None
    columns = {name: frozenset(c["name"] for c in present.get_columns(name)) for name in names}
    for version, tables in _UNNUMBERED.items():
        if columns == tables:
            return version
    raise StoreError(
        "结果目录中的数据库不是本程序所能使用的版本。", "请用 --out 另选一个结果目录。"
    )


def _newer() -> StoreError:
    return StoreError(
        "结果目录中的数据库由更新版本的 yijianshi 建立。",
        "请升级本程序，或用 --out 另选一个结果目录。",
    )
