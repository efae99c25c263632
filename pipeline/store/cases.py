"""The store: what was read, and how each case stands. The truth; Prefect only schedules.

SQLite in WAL mode by default. Two tables now: ``reading`` (a file's reading by content key: the
same bytes are never read twice) and ``case_state`` (each case of an inbox by its content key,
with its record). Every write is idempotent: work in flight when the power goes is done again and
lands in the same row.
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
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from pipeline.errors import StoreError
from pipeline.file_reading import FileReading
from pipeline.model import Frozen


class CaseState(StrEnum):
    """Where a case stands. Every case of a run ends in DONE or QUARANTINED."""

    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"


class CaseRow(Frozen):
    """One case: its content key, state, and, once DONE, record and request as JSON."""

    case_id: str
    content_key: str
    state: CaseState
    attempts: int
    record: str | None = None
    request: str | None = None


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
    Column("changed_at", DateTime(timezone=True), nullable=False),
)


class Store:
    """A store in one SQLite file. Safe to share between the threads of one process.

    Raises StoreError where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # One connection a use: SQLite opens in microseconds, and no thread keeps one.
            self._engine: Engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
            event.listen(self._engine, "connect", _set_pragmas)
            _metadata.create_all(self._engine)
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
    ) -> None:
        """Set how a case stands, in one transaction with its record."""
        row = {
            "case_id": case_id,
            "content_key": content_key,
            "state": state.value,
            "attempts": attempts,
            "record": record,
            "request": request,
            "changed_at": datetime.now(UTC),
        }
        with self._transaction() as connection:
            statement = insert(_case).values(row)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["case_id"], set_=row)
            )


def _case_row(row: dict[str, object]) -> CaseRow:
    return CaseRow.model_validate({name: row[name] for name in CaseRow.model_fields})


def _set_pragmas(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()
