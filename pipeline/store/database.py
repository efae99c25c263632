"""The database beneath the store: one SQLite file, or PostgreSQL.

SQLite runs in WAL mode with one writer at a time: a transaction that writes says so when it begins
(``BEGIN IMMEDIATE``), and so waits its turn instead of failing half way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from pipeline.errors import StoreError, UsageError
from pipeline.store.fitting import fit_tables

BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another: a run's transactions take milliseconds, a backup seconds."""

_IMMEDIATE = "yijianshi_immediate"


class Database:
    """A database whose tables are ours. Safe to share between the threads of one process; each
    process opens its own.

    ``where``: a SQLite file, made where there is none, or a ``postgresql://`` address. Raises
    StoreError where it cannot be used, or is of a version that this one cannot read, UsageError
    where the address is none.
    """

    def __init__(self, where: Path | str) -> None:
        self._sqlite = isinstance(where, Path)
        self._name = where.name if isinstance(where, Path) else "PostgreSQL"
        try:
            self._engine = _sqlite(where) if isinstance(where, Path) else _postgresql(where)
        except OSError as error:
            raise self._closed() from error
        try:
            with self._engine.connect() as connection, self._immediate(connection).begin():
                fit_tables(connection)
        except SQLAlchemyError as error:
            self.close()
            raise self._closed() from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes: all of it is kept, or nothing. Raises StoreError."""
        with (
            self._told(),
            self._engine.connect() as connection,
            self._immediate(connection).begin(),
        ):
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one moment. Raises StoreError."""
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise StoreError("数据库读写失败。", self._hint()) from error

    def _closed(self) -> StoreError:
        return StoreError(f"无法打开数据库 {self._name}。", self._hint())

    def _hint(self) -> str:
        if self._sqlite:
            return "请检查输出目录是否可写、磁盘是否已满，以及是否有另一程序正在使用同一目录。"
        return "请检查 PostgreSQL 是否在运行，以及 YIJIANSHI_DATABASE_URL 是否正确。"

    @staticmethod
    def _immediate(connection: Connection) -> Connection:
        return connection.execution_options(**{_IMMEDIATE: True})


def in_turn(connection: Connection, number: int) -> None:
    """Wait until no other transaction holds this number, and hold it to the end of this one. On
    SQLite whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)").bindparams(n=number))


def upsert(
    connection: Connection,
    table: Table,
    row: Mapping[str, Any],
    *,
    update: Sequence[str] | None = None,
) -> bool:
    """Insert a row, or where its primary key is there set the columns ``update`` (all by default,
    none where it is empty). Whether something was written."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(dict(row))
    keys = list(table.primary_key.columns)
    names = [name for name in row if name not in {k.name for k in keys}]
    changed = {name: statement.excluded[name] for name in (names if update is None else update)}
    if changed:
        done = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        done = statement.on_conflict_do_nothing(index_elements=keys)
    return connection.execute(done).rowcount > 0


def _sqlite(path: Path) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    # One connection a use: SQLite opens in microseconds, and no thread keeps one.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(address: str) -> Engine:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise UsageError(
            "YIJIANSHI_DATABASE_URL 不是数据库地址。",
            "应如 postgresql://用户:口令@主机:5432/库名；不设置则使用结果目录中的 SQLite。",
        ) from error
    if url.get_backend_name() != "postgresql":
        raise UsageError(
            "YIJIANSHI_DATABASE_URL 只能是 PostgreSQL 的地址。",
            "使用 SQLite 时不必设置：数据库在结果目录中。",
        )
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,  # a database that was restarted is no error
        connect_args={"connect_timeout": 10},
    )


def _set_pragmas(connection: Any, _: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see _begin
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
