"""How the work goes, in figures: asked of indexed columns, no record opened, no person named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, func, or_, select

from pipeline.finding import Severity
from pipeline.model import Frozen
from pipeline.status import Status
from pipeline.store.cases import CaseState, count_cases
from pipeline.store.dispatch import count_messages, oldest_waiting
from pipeline.store.leases import CLOCK_SKEW_SECONDS
from pipeline.store.outcomes import count_open
from pipeline.store.tables import case_finding as _finding
from pipeline.store.tables import case_matter as _matter
from pipeline.store.tables import case_revision as _revision
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import lease as _lease
from pipeline.store.tables import outbox as _outbox
from pipeline.store.tables import outcome as _outcome
from pipeline.store.trouble import Trouble

NIGHTS = 14
LISTED = 10


class Standing(Frozen):
    """How everything stands now. ``cases``: by status where they are done, else by state;
    ``outbox``: by target, then by state."""

    cases: dict[str, int]
    oldest_waiting_since: datetime | None
    ended_last_hour: int
    ended_last_day: int
    with_departments: int
    overdue: int
    outbox: dict[str, dict[str, int]]
    outbox_waiting_since: datetime | None
    workers: int


class Slow(Frozen):
    """A case that took long."""

    case_id: str
    seconds: float


class Doubted(Frozen):
    """A field that is often doubted."""

    document_type: str | None
    field: str
    count: int


class SetAside(Frozen):
    """A case that is quarantined, and why: kinds and our own words."""

    case_id: str
    reason: str


class Night(Frozen):
    """From noon of ``day`` to noon of the next: how many cases got their first record, by its
    status."""

    day: date
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


class Course(Frozen):
    """How the work went since a moment, and over the last nights, the latest last."""

    ended: int
    mean_seconds: float | None
    slowest: tuple[Slow, ...]
    doubted: tuple[Doubted, ...]
    set_aside: tuple[SetAside, ...]
    nights: tuple[Night, ...]


def standing(connection: Connection, today: date, *, now: datetime | None = None) -> Standing:
    """How everything stands."""
    now = now or datetime.now(UTC)
    waiting = (CaseState.ARRIVED.value, CaseState.RUNNING.value)
    oldest = select(func.min(_case.c.arrived_at)).where(
        _case.c.state.in_(waiting), _case.c.closed_at.is_(None)
    )
    return Standing(
        cases=count_cases(connection),
        oldest_waiting_since=connection.execute(oldest).scalar_one_or_none(),
        ended_last_hour=_ended(connection, now - timedelta(hours=1)),
        ended_last_day=_ended(connection, now - timedelta(days=1)),
        with_departments=count_open(connection),
        overdue=_count_overdue(connection, today),
        outbox=count_messages(connection),
        outbox_waiting_since=oldest_waiting(connection),
        workers=_workers(connection, now),
    )


def _ended(connection: Connection, since: datetime) -> int:
    ended = (CaseState.DONE.value, CaseState.QUARANTINED.value)
    counted = select(func.count()).where(_case.c.changed_at >= since, _case.c.state.in_(ended))
    return connection.execute(counted).scalar_one()


def _count_overdue(connection: Connection, today: date) -> int:
    """Ready cases, not answered in full, of which a promised day went by."""
    late = select(_matter.c.case_id).where(_matter.c.due_on < today)
    counted = select(func.count()).where(
        _case.c.status == Status.READY.value,
        _case.c.closed_at.is_(None),
        or_(_case.c.due_on < today, _case.c.case_id.in_(late)),
    )
    return connection.execute(counted).scalar_one()


def _workers(connection: Connection, now: datetime) -> int:
    """How many processes work on cases now."""
    held = select(_lease.c.owner).where(
        _lease.c.name.startswith("case:", autoescape=True),
        _lease.c.until > now,
        _lease.c.taken_at <= now + timedelta(seconds=CLOCK_SKEW_SECONDS),
    )
    # host:pid:…, and behind it what holds the lease within the process
    return len({":".join(owner.split(":")[:2]) for owner in connection.scalars(held)})


def course(
    connection: Connection, since: datetime, *, now: datetime | None = None, nights: int = NIGHTS
) -> Course:
    """How the work went. The nights are those of ``now``'s own time zone."""
    now = now or datetime.now(UTC).astimezone()
    ended = (_case.c.changed_at >= since, _case.c.state == CaseState.DONE.value)
    mean, count = connection.execute(
        select(func.avg(_case.c.seconds), func.count()).where(*ended)
    ).one()
    slow = (
        select(_case.c.case_id, _case.c.seconds)
        .where(*ended, _case.c.seconds.is_not(None))
        .order_by(_case.c.seconds.desc(), _case.c.case_id)
        .limit(LISTED)
    )
    return Course(
        ended=count,
        mean_seconds=None if mean is None else float(mean),
        slowest=tuple(Slow(case_id=i, seconds=s) for i, s in connection.execute(slow)),
        doubted=_doubted(connection, since),
        set_aside=_set_aside(connection),
        nights=tuple(_night(connection, now, ago) for ago in reversed(range(nights))),
    )


def _doubted(
    connection: Connection, since: datetime, until: datetime | None = None
) -> tuple[Doubted, ...]:
    """Fields that came up for a person, settled or not, of cases that changed then."""
    changed = [_case.c.changed_at >= since]
    if until is not None:
        changed.append(_case.c.changed_at < until)
    number = func.count()
    counted = (
        select(_finding.c.document_type, _finding.c.field, number)
        .join(_case, _case.c.case_id == _finding.c.case_id)
        .where(
            *changed,
            _finding.c.severity == Severity.REVIEW.value,
            _finding.c.field.is_not(None),
        )
        .group_by(_finding.c.document_type, _finding.c.field)
        .order_by(number.desc(), _finding.c.document_type, _finding.c.field)
        .limit(LISTED)
    )
    rows = connection.execute(counted)
    return tuple(Doubted(document_type=t, field=f, count=n) for t, f, n in rows)


def _set_aside(connection: Connection) -> tuple[SetAside, ...]:
    found = select(_case.c.case_id, _case.c.trouble).where(
        _case.c.state == CaseState.QUARANTINED.value
    )
    rows = connection.execute(found.order_by(_case.c.case_id))
    return tuple(SetAside(case_id=row.case_id, reason=_reason(row)) for row in rows)


def _reason(row: Any) -> str:
    if row.trouble is None:
        return ""
    trouble = Trouble.model_validate_json(row.trouble)
    return "：".join(part for part in (" ← ".join(trouble.kinds), trouble.step) if part)


def night_of(moment: datetime) -> date:
    """The day on whose noon the night of a moment began, in the moment's own time zone."""
    return (moment - timedelta(hours=12)).date()


def _night(connection: Connection, now: datetime, ago: int) -> Night:
    day = night_of(now) - timedelta(days=ago)
    return _span(connection, day, datetime(day.year, day.month, day.day, 12, tzinfo=now.tzinfo))


def _span(connection: Connection, day: date, begins: datetime) -> Night:
    """First records of the day that begins then."""
    counted = (
        select(_revision.c.status, func.count())
        .where(
            _revision.c.made_at >= begins,
            _revision.c.made_at < begins + timedelta(days=1),
            _revision.c.revision == 1,
        )
        .group_by(_revision.c.status)
    )
    return Night(day=day, counts={status: n for status, n in connection.execute(counted)})


class Answered(Frozen):
    """What a department decided."""

    department: str
    passed: int
    failed: int


class Month(Frozen):
    """One month: cases by the day and status of their first record, what departments decided, how
    many messages came, what was often doubted."""

    first: date
    days: tuple[Night, ...]
    answered: tuple[Answered, ...]
    sent: dict[str, int]
    doubted: tuple[Doubted, ...]
    mean_seconds: float | None


def month(connection: Connection, first: date, zone: tzinfo) -> Month:
    """The month that begins on ``first``, in whole days of the zone."""
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    starts = [first + timedelta(days=n) for n in range((last - first).days)]
    begins, ends = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (first, last))
    mean = select(func.avg(_case.c.seconds)).where(
        _case.c.changed_at >= begins, _case.c.changed_at < ends
    )
    seconds = connection.execute(mean).scalar_one_or_none()
    taken = (_outcome.c.taken_at >= begins, _outcome.c.taken_at < ends)
    decided: dict[str, list[int]] = {}
    counted = select(_outcome.c.department, _outcome.c.passed, func.count()).where(*taken)
    for department, passed, count in connection.execute(
        counted.group_by(_outcome.c.department, _outcome.c.passed)
    ):
        decided.setdefault(department, [0, 0])[0 if passed else 1] += count
    came = select(_outbox.c.target, func.count()).where(
        _outbox.c.state == "sent", _outbox.c.ended_at >= begins, _outbox.c.ended_at < ends
    )
    return Month(
        first=first,
        days=tuple(_span(connection, day, datetime(day.year, day.month, day.day, tzinfo=zone))
                   for day in starts),
        answered=tuple(Answered(department=name, passed=yes, failed=no)
                       for name, (yes, no) in sorted(decided.items())),
        sent={target: n for target, n in connection.execute(came.group_by(_outbox.c.target))},
        doubted=_doubted(connection, begins, ends),
        mean_seconds=None if seconds is None else float(seconds),
    )  # fmt: skip
