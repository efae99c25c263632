"""The audit as an auditor reads it: newest first, page by page, never changed.

What is written (:func:`pipeline.store.people.write_audit`) holds codes and names of fields, no
value of an applicant. There is no function that changes or deletes an entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from pipeline.model import Frozen
from pipeline.store.tables import audit_entry as _audit

PAGE_ROWS = 50


class Entry(Frozen):
    """Who did or opened what, and when."""

    id: int
    at: datetime
    by: str
    """Account name; empty where nobody was logged in."""
    action: str
    case_id: str | None
    detail: Mapping[str, str]


class Sought(Frozen):
    """What of the audit is asked for. Everything given must hold."""

    by: str = ""
    action: str = ""
    """A code, or with a ``*`` at its end the beginning of codes."""
    case_id: str = ""
    same_as: int | None = None
    """An entry: what is about its case."""
    since: date | None = None
    """First and last day, in this machine's zone."""
    until: date | None = None


class Page(Frozen):
    """Some entries, and the cursor of the next ones (None: there are none)."""

    entries: tuple[Entry, ...]
    after: int | None


def read_page(
    connection: Connection, sought: Sought, before: int | None = None, rows: int = PAGE_ROWS
) -> Page:
    """The newest entries asked for that are older than the entry ``before``."""
    told = _conditions(sought)
    if before is not None:
        told.append(_audit.c.id < before)
    found = connection.execute(
        select(_audit).where(*told).order_by(_audit.c.id.desc()).limit(rows + 1)
    ).all()
    entries = tuple(map(_entry, found[:rows]))
    return Page(entries=entries, after=entries[-1].id if len(found) > rows else None)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    told: list[ColumnElement[bool]] = []
    if sought.by:
        told.append(_audit.c.by == sought.by)
    if sought.action.endswith("*"):
        told.append(_audit.c.action.startswith(sought.action[:-1], autoescape=True))
    elif sought.action:
        told.append(_audit.c.action == sought.action)
    if sought.case_id:
        told.append(_audit.c.case_id == sought.case_id)
    if sought.same_as is not None:
        entry = select(_audit.c.case_id).where(_audit.c.id == sought.same_as).scalar_subquery()
        told.append(_audit.c.case_id == entry)
    if sought.since is not None:
        told.append(_audit.c.at >= _midnight(sought.since))
    if sought.until is not None:
        told.append(_audit.c.at < _midnight(sought.until + timedelta(days=1)))
    return told


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry.model_validate({**row._mapping, "detail": json.loads(row.detail)})
