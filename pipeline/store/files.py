"""Which files a case has; their bytes lie in the object store."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select, update

from pipeline.intake.case import Entry
from pipeline.model import Frozen
from pipeline.store.database import upsert
from pipeline.store.objects import Objects
from pipeline.store.tables import case_file as _file


class CaseFile(Frozen):
    """One file of a case; ``name`` is its path within the case."""

    name: str
    sha256: str
    size_bytes: int


def entry_of(file: CaseFile, objects: Objects) -> Entry:
    """The file as intake takes it, its bytes in the object store. Raises StoreError where they are
    gone."""
    return Entry(file.name, objects.local(file.sha256), file.sha256)


def files_of(connection: Connection, case_id: str) -> tuple[CaseFile, ...]:
    """The files that a case has now, in their order."""
    rows = connection.execute(
        select(_file.c.name, _file.c.sha256, _file.c.size_bytes)
        .where(_file.c.case_id == case_id, _file.c.removed_at.is_(None))
        .order_by(_file.c.position, _file.c.name)
    )
    return tuple(CaseFile.model_validate(dict(row._mapping)) for row in rows)


def put_file(connection: Connection, case_id: str, file: CaseFile) -> None:
    """Add a file behind those that are there; one that was taken away comes back."""
    last = connection.execute(
        select(func.max(_file.c.position)).where(_file.c.case_id == case_id)
    ).scalar_one()
    row = {
        "case_id": case_id,
        **file.model_dump(),
        "position": 0 if last is None else last + 1,
        "added_at": datetime.now(UTC),
        "removed_at": None,
    }
    upsert(connection, _file, row, update=("removed_at",))


def take_file(connection: Connection, case_id: str, name: str, sha256: str) -> None:
    """Take a file away from a case; its bytes stay in the object store."""
    connection.execute(
        update(_file)
        .where(_file.c.case_id == case_id, _file.c.name == name, _file.c.sha256 == sha256)
        .values(removed_at=datetime.now(UTC))
    )
