"""Drafts: applications that are being put together at the counter.

A draft is kept from the first click on, so that a browser or a server that breaks loses nothing:
what was typed, which files came, and what happened to them in order. Its id becomes the given name
of the case that it is submitted as.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.intake.names import unique
from pipeline.model import Frozen
from pipeline.store.tables import draft as _draft
from pipeline.store.tables import draft_event as _event
from pipeline.store.tables import draft_file as _file

ID_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals that nobody mistakes for another when they are read out."""
ID_RANDOM_CHARS = 5


class FileState(StrEnum):
    """How far a file has come."""

    COMING = "coming"
    KEPT = "kept"


class DraftFile(Frozen):
    """A file of a draft; ``sha256`` once all of it is kept in the object store; ``replaces`` is the
    file that goes then."""

    id: str
    draft: str
    position: int
    name: str
    size_bytes: int
    state: FileState
    sha256: str | None = None
    replaces: str | None = None
    added_at: datetime


class Draft(Frozen):
    """A draft; ``said`` is what was typed, as the page has it. ``case_id`` once it was
    submitted."""

    id: str
    by: str
    window: str | None
    said: Mapping[str, Any]
    made_at: datetime
    changed_at: datetime
    case_id: str | None = None
    closed_at: datetime | None = None


class DraftEvent(Frozen):
    """Something that happened to a draft: ids, counts and kinds of papers, never a value."""

    id: int
    kind: str
    detail: Mapping[str, Any]


def new_draft(
    connection: Connection, by: str, window: str | None, *, now: datetime | None = None
) -> Draft:
    """Begin a draft. Its id is short enough to be read out and says the day."""
    now = now or datetime.now(UTC)
    while True:
        draft_id = f"W{now.astimezone():%y%m%d}-{letters(ID_RANDOM_CHARS)}"
        if find_draft(connection, draft_id) is None:
            break
    made = Draft(id=draft_id, by=by, window=window, said={}, made_at=now, changed_at=now)
    connection.execute(insert(_draft).values(**made.model_dump(exclude={"said"}), said="{}"))
    return made


def letters(count: int) -> str:
    """So many letters by chance, for an id."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(count))


def find_draft(connection: Connection, draft_id: str) -> Draft | None:
    """The draft of this id."""
    row = connection.execute(select(_draft).where(_draft.c.id == draft_id)).mappings().first()
    return None if row is None else _made(dict(row))


def open_drafts(connection: Connection, by: str, *, most: int = 50) -> list[Draft]:
    """Somebody's drafts that were not submitted yet, the one last changed first."""
    found = (
        select(_draft)
        .where(_draft.c.by == by, _draft.c.closed_at.is_(None))
        .order_by(_draft.c.changed_at.desc())
        .limit(most)
    )
    return [_made(dict(row)) for row in connection.execute(found).mappings()]


def drafts_before(connection: Connection, moment: datetime) -> list[str]:
    """The drafts that nobody changed since, submitted or not, by id."""
    found = select(_draft.c.id).where(_draft.c.changed_at < moment).order_by(_draft.c.id)
    return list(connection.execute(found).scalars())


def say(connection: Connection, draft_id: str, said: Mapping[str, Any]) -> None:
    """Keep what was typed."""
    text = json.dumps(dict(said), ensure_ascii=False)
    _touch(connection, draft_id, said=text)


def close_draft(connection: Connection, draft_id: str, case_id: str) -> None:
    """The draft was submitted as this case."""
    _touch(connection, draft_id, case_id=case_id, closed_at=datetime.now(UTC))


def drop_draft(connection: Connection, draft_id: str) -> None:
    """Forget a draft and all that belongs to it; objects stay, they may be another's too."""
    for table in (_event, _file):
        connection.execute(delete(table).where(table.c.draft == draft_id))
    connection.execute(delete(_draft).where(_draft.c.id == draft_id))


def add_file(
    connection: Connection,
    draft_id: str,
    file_id: str,
    name: str,
    size_bytes: int,
    replaces: str | None = None,
) -> DraftFile:
    """A file that begins to come, behind the others. A name that the draft has already gets a
    number, so that no two files of a case are called the same."""
    names = [file.name for file in draft_files(connection, draft_id) if file.id != replaces]
    last = select(func.coalesce(func.max(_file.c.position), 0)).where(_file.c.draft == draft_id)
    made = DraftFile(
        id=file_id,
        draft=draft_id,
        position=int(connection.execute(last).scalar_one()) + 1,
        name=unique([*names, name])[-1],
        size_bytes=size_bytes,
        state=FileState.COMING,
        replaces=replaces,
        added_at=datetime.now(UTC),
    )
    connection.execute(insert(_file).values(**made.model_dump()))
    _touch(connection, draft_id)
    return made


def find_file(connection: Connection, draft_id: str, file_id: str) -> DraftFile | None:
    """One file of a draft."""
    wanted = select(_file).where(_file.c.draft == draft_id, _file.c.id == file_id)
    row = connection.execute(wanted).mappings().first()
    return None if row is None else DraftFile.model_validate(dict(row))


def draft_files(connection: Connection, draft_id: str) -> list[DraftFile]:
    """The files of a draft, in the order in which they came."""
    found = select(_file).where(_file.c.draft == draft_id).order_by(_file.c.position)
    return [DraftFile.model_validate(dict(row)) for row in connection.execute(found).mappings()]


def keep_file(connection: Connection, file: DraftFile, sha256: str) -> None:
    """All of a file has come; its bytes are in the object store."""
    values = {"state": FileState.KEPT.value, "sha256": sha256}
    connection.execute(update(_file).where(_file.c.id == file.id).values(values))
    if file.replaces is not None:
        gone = (_file.c.draft == file.draft) & (_file.c.id == file.replaces)
        connection.execute(delete(_file).where(gone))
    _touch(connection, file.draft)


def drop_file(connection: Connection, file: DraftFile) -> None:
    """Take a file out of the draft."""
    connection.execute(delete(_file).where(_file.c.id == file.id))
    _touch(connection, file.draft)


def tell(connection: Connection, draft_id: str, kind: str, **detail: object) -> int:
    """Write down what happened; the number of the event."""
    row = {
        "draft": draft_id,
        "kind": kind,
        "detail": json.dumps(detail, ensure_ascii=False),
        "at": datetime.now(UTC),
    }
    done = connection.execute(insert(_event).values(row).returning(_event.c.id))
    return int(done.scalar_one())


def events_after(connection: Connection, draft_id: str, number: int) -> Sequence[DraftEvent]:
    """What happened after the event of this number, in order."""
    found = (
        select(_event.c.id, _event.c.kind, _event.c.detail)
        .where(_event.c.draft == draft_id, _event.c.id > number)
        .order_by(_event.c.id)
    )
    return [
        DraftEvent(id=row.id, kind=row.kind, detail=json.loads(row.detail))
        for row in connection.execute(found)
    ]


def last_event(connection: Connection, draft_id: str) -> int:
    """The number of the last event of a draft, 0 where nothing happened yet."""
    last = select(func.coalesce(func.max(_event.c.id), 0)).where(_event.c.draft == draft_id)
    return int(connection.execute(last).scalar_one())


def _touch(connection: Connection, draft_id: str, **values: object) -> None:
    now = {"changed_at": datetime.now(UTC)}
    connection.execute(update(_draft).where(_draft.c.id == draft_id).values(now | values))


def _made(row: dict[str, Any]) -> Draft:
    return Draft.model_validate(row | {"said": json.loads(row["said"])})
