"""The store: what was read, and how each case stands. The truth; Prefect only schedules.

SQLite in WAL mode by default. Two tables now: ``reading`` (a file's reading by content key: the
same bytes are never read twice) and ``case_state`` (each case of an inbox by its content key,
with its record). Every write is idempotent: work in flight when the power goes is done again and
lands in the same row.

The tables carry a number (SQLite's ``user_version``). A store of an older version gets what it
lacks and keeps what it has; one of a newer version is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from pipeline.errors import StoreError
from pipeline.file_reading import FileReading
from pipeline.model import Frozen
from pipeline.store.trouble import Trouble

TABLES_VERSION = 2
"""Version 1 (up to 0.1.8, never numbered) had no ``trouble``."""


class CaseState(StrEnum):
    """Where a case stands. Every case of a run ends in DONE or QUARANTINED."""

    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"


class CaseRow(Frozen):
    """One case: its content key, state, and, once DONE, record and request as JSON; ``trouble``
    where it is QUARANTINED."""

    case_id: str
    content_key: str
    state: CaseState
    attempts: int
    record: str | None = None
    request: str | None = None
    trouble: Trouble | None = None


_metadata = MetaData()

_reading = Table(
    "reading",
    _metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

_case = Table(
    "case_state",
    _metadata,
    Column("case_id", String(255), primary_key=True),
    Column("content_key", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("record", Text),
    Column("request", Text),
    Column("trouble", Text),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)


class Store:
    """A store in one SQLite file. Safe to share between the threads of one process.

    Raises StoreError where the file cannot be used, or is of a version that this one cannot read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # One connection a use: SQLite opens in microseconds, and no thread keeps one.
            self._engine: Engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
            event.listen(self._engine, "connect", _set_pragmas)
            with self._engine.begin() as connection:
                _fit_tables(connection)
        except (OSError, SQLAlchemyError) as error:
            raise StoreError(
                f"无法打开数据库 {path.name}。", "请检查输出目录是否可写、磁盘是否已满。"
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                "数据库读写失败。", "请检查磁盘空间，以及是否有另一程序正在使用同一输出目录。"
            ) from error

    def find_reading(self, key: str) -> FileReading | None:
        """The reading kept under this content key."""
        with self._transaction() as connection:
            value = connection.execute(
                select(_reading.c.value).where(_reading.c.key == key)
            ).scalar_one_or_none()
        return None if value is None else FileReading.model_validate_json(value)

    def write_reading(self, key: str, reading: FileReading) -> None:
        """Keep a reading; the same key again changes nothing."""
        row = {"key": key, "value": reading.model_dump_json(), "made_at": datetime.now(UTC)}
        with self._transaction() as connection:
            connection.execute(insert(_reading).values(row).on_conflict_do_nothing())

    def find_case(self, case_id: str) -> CaseRow | None:
        """How a case stands."""
        with self._transaction() as connection:
            row = connection.execute(select(_case).where(_case.c.case_id == case_id)).first()
        return None if row is None else _case_row(row._asdict())

    def read_cases(self) -> list[CaseRow]:
        """All cases, by id."""
        with self._transaction() as connection:
            rows = connection.execute(select(_case).order_by(_case.c.case_id)).all()
        return [_case_row(row._asdict()) for row in rows]

    def write_case(
        self,
        case_id: str,
        content_key: str,
        state: CaseState,
        *,
        attempts: int,
        record: str | None = None,
        request: str | None = None,
        trouble: Trouble | None = None,
    ) -> None:
        """Set how a case stands, in one transaction with its record."""
        row = {
            "case_id": case_id,
            "content_key": content_key,
            "state": state.value,
            "attempts": attempts,
            "record": record,
            "request": request,
            "trouble": None if trouble is None else trouble.model_dump_json(),
            "changed_at": datetime.now(UTC),
        }
        with self._transaction() as connection:
            statement = insert(_case).values(row)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["case_id"], set_=row)
            )


def _case_row(row: dict[str, object]) -> CaseRow:
    trouble = row["trouble"]
    values = {name: row[name] for name in CaseRow.model_fields}
    if trouble is not None:
        values["trouble"] = Trouble.model_validate_json(str(trouble))
    return CaseRow.model_validate(values)


def _fit_tables(connection: Connection) -> None:
    """Make the tables, or bring those of an older version to ours. Raises StoreError."""
    found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
    if found > TABLES_VERSION:
        raise StoreError(
            "结果目录中的数据库由更新版本的 yijianshi 建立。",
            "请升级本程序，或用 --out 另选一个结果目录。",
        )
    added = {(_case.name, "trouble")} if found < 2 else set()
    missing = _missing_columns(connection)
    if missing - added:
        raise StoreError(
            "结果目录中的数据库不是本程序所能使用的版本。", "请用 --out 另选一个结果目录。"
        )
    for table, column in missing:
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column} TEXT"))
    _metadata.create_all(connection)
    connection.execute(text(f"PRAGMA user_version = {TABLES_VERSION}"))


def _missing_columns(connection: Connection) -> set[tuple[str, str]]:
    """Table and column of those that the tables that are there lack."""
    found = inspect(connection)
    return {
        (table.name, column)
        for table in _metadata.tables.values()
        if found.has_table(table.name)
        for column in set(table.columns.keys()) - {c["name"] for c in found.get_columns(table.name)}
    }


def _set_pragmas(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()
