"""The reviewers' queue: which cases wait for a person, for how long, and who has them.

Asked of indexed columns alone; no record is parsed. At 50,000 cases every question here takes a few
tens of milliseconds on SQLite and PostgreSQL (``make bench``: test_queue).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    select,
    text,
    union_all,
)

from pipeline.finding import Severity
from pipeline.model import Frozen
from pipeline.record import Action
from pipeline.status import Status
from pipeline.store.cases import CaseState
from pipeline.store.claims import PREFIX
from pipeline.store.tables import case_finding as _finding
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import decision as _decision
from pipeline.store.tables import lease as _lease

PAGE_ROWS = 50
LAST_CHARACTER = chr(0x10FFFF)
COUNTED_UP_TO = 10_000
"""Beyond this a list says 10000+: nobody reads further, and counting on costs the most."""


_DONE: ColumnElement[bool] = _case.c.state.concat("") == CaseState.DONE.value
"""Nearly all cases are: written so that no index of states is chosen over a better one."""
_DOUBTFUL: ColumnElement[bool] = text("case_state.doubts > 0")  # type: ignore[assignment]
"""As the index ``ix_case_state_doubtful`` has it; a bound zero would not match it."""


class Wanted(Frozen):
    """What of the queue is asked for. Everything given must hold."""

    doubtful: bool = True
    """Only what has something for a person to settle; also of cases that the applicant must mend:
    what is in doubt there is settled before he comes again."""
    status: Status | None = None
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
    told = _conditions(connection, wanted, now)
    rows = connection.execute(
        select(*(_case.c[name] for name in Waiting.model_fields if name != "claimed_by"))
        .where(*told)
        .order_by(*_order(wanted), _case.c.case_id)
        .limit(PAGE_ROWS)
        .offset((max(1, wanted.page) - 1) * PAGE_ROWS)
    ).all()
    counted: Select[Any] = select(_case.c.case_id).where(*told).limit(COUNTED_UP_TO)
    total = connection.execute(select(func.count()).select_from(counted.subquery())).scalar_one()
    # Claims are asked for after the page is known: a join would look up each case of the list.
    holders = _holders(connection, [row.case_id for row in rows], now)
    cases = tuple(
        Waiting.model_validate({**row._mapping, "claimed_by": holders.get(row.case_id)})
        for row in rows
    )
    return Listed(cases=cases, total=total, page=max(1, wanted.page))


def _holders(connection: Connection, case_ids: Sequence[str], now: datetime) -> dict[str, str]:
    rows = connection.execute(
        select(_lease.c.name, _lease.c.owner).where(
            _lease.c.name.in_([PREFIX + case_id for case_id in case_ids]), _lease.c.until > now
        )
    )
    return {row.name.removeprefix(PREFIX): row.owner for row in rows}


def _claimed(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """(case id, who has it before him), now."""
    rows = connection.execute(
        select(_lease.c.name, _lease.c.owner).where(
            _lease.c.until > now, _lease.c.name.startswith(PREFIX)
        )
    )
    return [(row.name.removeprefix(PREFIX), row.owner) for row in rows]


def _order(wanted: Wanted) -> list[ColumnElement[Any]]:
    if wanted.order == "age":
        return [_case.c.changed_at]
    if wanted.order == "doubts":
        return [_case.c.doubts.desc()]
    return [_case.c.due_on.nulls_last()]


def _conditions(connection: Connection, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    told = [_DONE]
    if wanted.doubtful:
        told.append(_DOUBTFUL)
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
        open_ = select(_finding.c.case_id).where(
            _begins(connection, _finding.c.rule, wanted.rule),
            _finding.c.settled.is_(False),
            _finding.c.severity == Severity.REVIEW.value,
        )
        told.append(_case.c.case_id.in_(open_))
    if words := wanted.search.strip():
        # One index each: an "or" over three columns would read the whole table.
        ways = (
            (_case.c.case_id, words),
            (_case.c.applicant_name, words),
            (_case.c.applicant_number, words.upper()),
        )
        found = union_all(
            *(select(_case.c.case_id).where(_begins(connection, column, t)) for column, t in ways)
        )
        told.append(_case.c.case_id.in_(found.scalar_subquery()))
    if wanted.mine:
        mine = [case_id for case_id, who in _claimed(connection, now) if who == wanted.mine]
        told.append(_case.c.case_id.in_(mine))
    return told


def _begins(connection: Connection, column: ColumnElement[Any], start: str) -> ColumnElement[bool]:
    """Whether a text begins so, as an index can tell: SQLite's order is that of the bytes, so a
    range says it; PostgreSQL has indexes for it (``varchar_pattern_ops``)."""
    if connection.dialect.name == "sqlite":
        return and_(column >= start, column < start + LAST_CHARACTER)
    return column.startswith(start, autoescape=True)


def count_waiting(connection: Connection) -> dict[Status, int]:
    """How many cases stand how."""
    rows = connection.execute(
        select(_case.c.status, func.count())
        .where(_case.c.state == CaseState.DONE.value, _case.c.status.is_not(None))
        .group_by(_case.c.status)
    )
    return {Status(status): count for status, count in rows}


def count_doubtful(connection: Connection) -> int:
    """How many cases have something for a person to settle."""
    return connection.execute(select(func.count()).where(_DONE, _DOUBTFUL)).scalar_one()


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
    but: Collection[str] = (),
    now: datetime | None = None,
) -> str | None:
    """The first case of the list that nobody else has before him, and that is not among ``but``."""
    now = now or datetime.now(UTC)
    taken = {case_id for case_id, who in _claimed(connection, now) if who != person}
    told = _conditions(connection, wanted.model_copy(update={"mine": None}), now)
    free = (
        select(_case.c.case_id)
        .where(*told, _case.c.case_id.not_in(taken | set(but)))
        .order_by(*_order(wanted), _case.c.case_id)
        .limit(1)
    )
    return connection.execute(free).scalar_one_or_none()


# ---------------------------------------------------------------- the sample of clean cases


def sample(connection: Connection, rate: float) -> tuple[str, ...]:
    """Clean cases of the sample that nobody looked through yet, oldest first. A case is in it or
    not by its id alone, so that nobody can choose."""
    looked = exists().where(
        _decision.c.case_id == _case.c.case_id, _decision.c.action == Action.CHECKED.value
    )
    rows = connection.execute(
        select(_case.c.case_id)
        .where(_DONE, _case.c.status == Status.READY.value, _case.c.draw < rate, ~looked)
        .order_by(_case.c.changed_at)
    )
    return tuple(case_id for (case_id,) in rows)
