"""The reviewers' queue: which cases wait for a person, for how long, and who has them.

Asked of indexed columns alone; no record is parsed. At 50,000 cases every question here takes a few
tens of milliseconds on SQLite and PostgreSQL (``make bench``: test_queue).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from pipeline.deciding import in_sample
from pipeline.finding import Severity
from pipeline.model import Frozen
from pipeline.record import Action, Status
from pipeline.store.cases import CaseState
from pipeline.store.claims import PREFIX
from pipeline.store.tables import case_finding as _finding
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import decision as _decision
from pipeline.store.tables import lease as _lease

PAGE_ROWS = 50
COUNTED_UP_TO = 10_000
"""Beyond this a list says 10000+: nobody reads further, and counting on costs the most."""


class Wanted(Frozen):
    """What of the queue is asked for. Everything given must hold."""

    status: Status | None = Status.REVIEW
    matter: str | None = None
    window: str | None = None
    rule: str | None = None
    """Beginning of the rule of an open doubt."""
    due_by: date | None = None
    older_than_days: int | None = None
    search: str = ""
    """A case id (its beginning), a name, or a number, whole or its beginning."""
    mine: str | None = None
    """Only what this person has before him."""
    order: Literal["due", "age", "doubts"] = "due"
    page: int = 1


class Waiting(Frozen):
    """One case of the list."""

    case_id: str
    status: Status
    matters: str
    channel: str | None
    window: str | None
    applicant_name: str | None
    applicant_number: str | None
    doubts: int
    due_on: date | None
    changed_at: datetime
    arrived_at: datetime | None
    claimed_by: str | None


class Listed(Frozen):
    """One page of the list; ``total`` is at most COUNTED_UP_TO."""

    cases: tuple[Waiting, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_ROWS))


def list_waiting(connection: Connection, wanted: Wanted, *, now: datetime | None = None) -> Listed:
    """The cases that are asked for, one page of them."""
    now = now or datetime.now(UTC)
    told = _conditions(wanted, now)
    claim = and_(_lease.c.name == PREFIX + _case.c.case_id, _lease.c.until > now)
    source = _case.outerjoin(_lease, claim)
    rows = (
        select(
            *(_case.c[name] for name in Waiting.model_fields if name != "claimed_by"),
            _lease.c.owner.label("claimed_by"),
        )
        .select_from(source)
        .where(*told)
        .order_by(*_order(wanted), _case.c.case_id)
        .limit(PAGE_ROWS)
        .offset((max(1, wanted.page) - 1) * PAGE_ROWS)
    )
    counted: Select[Any] = select(_case.c.case_id).where(*told).limit(COUNTED_UP_TO)
    if wanted.mine:
        counted = select(_case.c.case_id).select_from(source).where(*told).limit(COUNTED_UP_TO)
    total = connection.execute(select(func.count()).select_from(counted.subquery())).scalar_one()
    cases = tuple(Waiting.model_validate(dict(r._mapping)) for r in connection.execute(rows))
    return Listed(cases=cases, total=total, page=max(1, wanted.page))


def _order(wanted: Wanted) -> list[ColumnElement[Any]]:
    if wanted.order == "age":
        return [_case.c.changed_at]
    if wanted.order == "doubts":
        return [_case.c.doubts.desc()]
    return [_case.c.due_on.is_(None), _case.c.due_on]


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    told = [_case.c.state == CaseState.DONE.value]
    if wanted.status is not None:
        told.append(_case.c.status == wanted.status.value)
    if wanted.matter:
        # Codes are of one figure, so that no code is the beginning of another.
        told.append(_case.c.matters.contains(wanted.matter, autoescape=True))
    if wanted.window:
        told.append(_case.c.window == wanted.window)
    if wanted.due_by is not None:
        told.append(_case.c.due_on <= wanted.due_by)
    if wanted.older_than_days is not None:
        told.append(_case.c.changed_at <= now - timedelta(days=wanted.older_than_days))
    if wanted.rule:
        told.append(
            exists().where(
                _finding.c.case_id == _case.c.case_id,
                _begins(_finding.c.rule, wanted.rule),
                _finding.c.settled.is_(False),
                _finding.c.severity == Severity.REVIEW.value,
            )
        )
    if wanted.search.strip():
        text = wanted.search.strip()
        told.append(
            or_(
                _begins(_case.c.case_id, text),
                _begins(_case.c.applicant_name, text),
                _begins(_case.c.applicant_number, text.upper()),
            )
        )
    if wanted.mine:
        told.append(_lease.c.owner == wanted.mine)
    return told


def _begins(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether a text begins so, as a range: an index serves it, whatever its collation is not."""
    return column.startswith(text, autoescape=True)


def count_waiting(connection: Connection) -> dict[Status, int]:
    """How many cases stand how."""
    rows = connection.execute(
        select(_case.c.status, func.count())
        .where(_case.c.state == CaseState.DONE.value, _case.c.status.is_not(None))
        .group_by(_case.c.status)
    )
    return {Status(status): count for status, count in rows}


def count_doubts(connection: Connection) -> dict[str, int]:
    """Open doubts by rule, most first."""
    rows = connection.execute(
        select(_finding.c.rule, func.count())
        .where(_finding.c.settled.is_(False), _finding.c.severity == Severity.REVIEW.value)
        .group_by(_finding.c.rule)
        .order_by(func.count().desc())
    )
    return {rule: count for rule, count in rows}


def windows(connection: Connection) -> tuple[str, ...]:
    """The windows that have cases."""
    rows = connection.execute(
        select(_case.c.window)
        .where(_case.c.window.is_not(None))
        .distinct()
        .order_by(_case.c.window)
    )
    return tuple(window for (window,) in rows)


def next_waiting(
    connection: Connection,
    wanted: Wanted,
    person: str,
    *,
    but: str = "",
    now: datetime | None = None,
) -> str | None:
    """The first case of the list that nobody else has before him."""
    for case in list_waiting(connection, wanted.model_copy(update={"page": 1}), now=now).cases:
        if case.claimed_by in (None, person) and case.case_id != but:
            return case.case_id
    return None


# ---------------------------------------------------------------- the sample of clean cases


def sample(connection: Connection, rate: float) -> tuple[str, ...]:
    """Clean cases of the sample that nobody looked through yet, oldest first. A case is in it or
    not by its id alone, so that nobody can choose."""
    looked = exists().where(
        _decision.c.case_id == _case.c.case_id, _decision.c.action == Action.CHECKED.value
    )
    rows = connection.execute(
        select(_case.c.case_id)
        .where(_case.c.state == CaseState.DONE.value, _case.c.status == Status.READY.value, ~looked)
        .order_by(_case.c.changed_at)
    )
    return tuple(case_id for (case_id,) in rows if in_sample(case_id, rate))
