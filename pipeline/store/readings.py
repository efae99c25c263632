"""Readings, kept by content key: the same bytes are never read twice."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from pipeline.file_reading import FileReading
from pipeline.store.database import upsert
from pipeline.store.tables import reading as _reading


def find_reading(connection: Connection, key: str) -> FileReading | None:
    """The reading kept under this content key."""
    value = connection.execute(
        select(_reading.c.value).where(_reading.c.key == key)
    ).scalar_one_or_none()
    return None if value is None else FileReading.model_validate_json(value)


def put_reading(connection: Connection, key: str, reading: FileReading) -> None:
    """Keep a reading; the same key again changes nothing."""
    row = {"key": key, "value": reading.model_dump_json(), "made_at": datetime.now(UTC)}
    upsert(connection, _reading, row, update=())
