"""How each case stands, and every record it had.

Every write is idempotent: work in flight when the power goes is done again and lands in the same
rows. A record that says the same as the one that stands makes no revision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, literal, or_, select, update

from pipeline.deciding import draw_of
from pipeline.errors import InputError
from pipeline.file_reading import FileReading
from pipeline.finding import Severity
from pipeline.model import Frozen, Request
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.store.database import Database, upsert
from pipeline.store.leases import Lease, check, held_now
from pipeline.store.outbox import plan
from pipeline.store.readings import find_reading, put_reading
from pipeline.store.tables import case_finding as _finding
from pipeline.store.tables import case_matter as _matter
from pipeline.store.tables import case_revision as _revision
from pipeline.store.tables import case_state as _case
from pipeline.store.traces import put_trace, trace_of
from pipeline.store.trouble import Trouble

ONCE = "once"
"""Stands for the content key of a case that must be taken up anew the next time."""
AT_ONCE = 400
"""Values in one question: databases bound how many there may be."""
STORE_FILE = "yijianshi.sqlite"
"""In the output folder, where no database is named in the settings."""


class CaseState(StrEnum):
    """Where a case stands. Every case of a run ends in DONE or QUARANTINED, or was JOINED."""

    ARRIVED = "arrived"
    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"
    JOINED = "joined"
    """A person put its papers to another case: it is none any more."""


class Reason(StrEnum):
    """Why there is a revision."""

    READ = "read"
    """Its papers were read, or checked anew: another day, other rules."""
    GREW = "grew"
    """Files came or went."""
    DECIDED = "decided"
    """A person settled something."""


class CaseRow(Frozen):
    """One case: its content key, state, and the revision that stands, as JSON; ``trouble`` where
    it is QUARANTINED."""

    case_id: str
    content_key: str
    state: CaseState
    attempts: int
    revision: int = 0
    record: str | None = None
    request: str | None = None
    trouble: Trouble | None = None
    arrived_at: datetime | None = None


_COLUMNS = (
    _case.c.case_id,
    _case.c.content_key,
    _case.c.state,
    _case.c.attempts,
    _case.c.revision,
    _case.c.trouble,
    _case.c.arrived_at,
    _revision.c.record,
    _revision.c.request,
)
_STANDING = _case.outerjoin(
    _revision, (_revision.c.case_id == _case.c.case_id) & (_revision.c.revision == _case.c.revision)
)


class Store(Database):
    """The store, for whoever writes one thing at a time; what belongs together is written by the
    functions of this room in one ``begin()``."""

    def find_reading(self, key: str) -> FileReading | None:
        """The reading kept under this content key."""
        with self.snapshot() as connection:
            return find_reading(connection, key)

    def write_reading(self, key: str, reading: FileReading) -> None:
        """Keep a reading; the same key again changes nothing."""
        with self.begin() as connection:
            put_reading(connection, key, reading)

    def find_case(self, case_id: str) -> CaseRow | None:
        """How a case stands."""
        with self.snapshot() as connection:
            return find_case(connection, case_id)

    def read_cases(self) -> list[CaseRow]:
        """All cases, by id."""
        with self.snapshot() as connection:
            return list(each_case(connection))

    def write_case(
        self,
        case_id: str,
        content_key: str,
        state: CaseState,
        *,
        attempts: int,
        trouble: Trouble | None = None,
        lease: Lease | None = None,
    ) -> None:
        """Set how a case stands; the record that it has stays. Raises LeaseLost."""
        with self.begin() as connection:
            if lease is not None:
                check(connection, lease)
            put_case(connection, case_id, content_key, state, attempts=attempts, trouble=trouble)

    def write_record(
        self,
        case_id: str,
        content_key: str,
        record: Record,
        request: Request,
        *,
        attempts: int = 1,
        lease: Lease | None = None,
        seconds: float | None = None,
    ) -> int:
        """A case is DONE, with this record; its revision. ``seconds``: that the work on it took.
        Raises LeaseLost."""
        with self.begin() as connection:
            if lease is not None:
                check(connection, lease)
            put_case(connection, case_id, content_key, CaseState.DONE, attempts=attempts)
            taken = update(_case).where(_case.c.case_id == case_id).values(seconds=seconds)
            connection.execute(taken)
            return put_record(connection, case_id, content_key, record, request)


def open_store(settings: Settings, out: Path) -> Store:
    """The store of the settings: the database they name, else a file in ``out``. Raises StoreError,
    UsageError."""
    return Store(settings.database_url or out / STORE_FILE)


def open_there(settings: Settings, out: Path) -> Store:
    """The store of a result folder that is there already. Raises InputError where there is none,
    StoreError, UsageError."""
    if settings.database_url is None and not (out / STORE_FILE).is_file():
        raise InputError(
            f"结果目录“{out.name}”中没有处理记录。", "请用 --out 指定 yijianshi run 的结果目录。"
        )
    return open_store(settings, out)


def find_case(connection: Connection, case_id: str) -> CaseRow | None:
    """How a case stands."""
    found = select(*_COLUMNS).select_from(_STANDING).where(_case.c.case_id == case_id)
    row = connection.execute(found).first()
    return None if row is None else _case_row(row)


def find_cases(connection: Connection, case_ids: Collection[str]) -> list[CaseRow]:
    """How these cases stand, by id; those that are not there are left out."""
    listed, found = sorted(case_ids), []
    for start in range(0, len(listed), AT_ONCE):
        some = _case.c.case_id.in_(listed[start : start + AT_ONCE])
        rows = connection.execute(select(*_COLUMNS).select_from(_STANDING).where(some))
        found += [_case_row(row) for row in rows]
    return sorted(found, key=lambda row: row.case_id)


def count_cases(connection: Connection) -> dict[str, int]:
    """How many cases stand where: by status where they are done, else by state."""
    counted = select(_case.c.state, _case.c.status, func.count()).group_by(
        _case.c.state, _case.c.status
    )
    counts: dict[str, int] = {}
    for state, status, number in connection.execute(counted):
        where = status if state == CaseState.DONE and status else state
        counts[where] = counts.get(where, 0) + number
    return counts


def waiting_cases(connection: Connection, limit: int, now: datetime | None = None) -> list[str]:
    """The ids of at most ``limit`` cases that have not come to an end and that nobody works on, the
    oldest first."""
    states = (CaseState.ARRIVED.value, CaseState.RUNNING.value)
    held = held_now(literal("case:") + _case.c.case_id, now or datetime.now(UTC))
    found = select(_case.c.case_id).where(
        _case.c.state.in_(states), _case.c.closed_at.is_(None), ~held
    )
    return [*connection.scalars(found.order_by(_case.c.arrived_at, _case.c.case_id).limit(limit))]


def ended_since(connection: Connection, since: datetime) -> list[str]:
    """The ids of the cases that came to an end since then."""
    ended = (CaseState.DONE.value, CaseState.QUARANTINED.value)
    found = select(_case.c.case_id).where(_case.c.changed_at >= since, _case.c.state.in_(ended))
    return [*connection.scalars(found.order_by(_case.c.case_id))]


def take_up_again(connection: Connection) -> int:
    """Let those cases wait again that an earlier night set aside, or could not read in full for
    the moment (:data:`ONCE`); how many."""
    again = or_(
        _case.c.state == CaseState.QUARANTINED.value,
        and_(_case.c.state == CaseState.DONE.value, _case.c.content_key == ONCE),
    )
    waits = {"state": CaseState.ARRIVED.value, "changed_at": datetime.now(UTC)}
    still = (again, _case.c.closed_at.is_(None))
    return connection.execute(update(_case).where(*still).values(waits)).rowcount


def each_case(connection: Connection) -> Iterator[CaseRow]:
    """All cases, by id, one at a time."""
    every = select(*_COLUMNS).select_from(_STANDING).order_by(_case.c.case_id)
    with connection.execution_options(yield_per=200).execute(every) as rows:
        for row in rows:
            yield _case_row(row)


def put_case(
    connection: Connection,
    case_id: str,
    content_key: str,
    state: CaseState,
    *,
    attempts: int,
    trouble: Trouble | None = None,
) -> None:
    """Set how a case stands; the record that it has stays."""
    row = {
        "case_id": case_id,
        "content_key": content_key,
        "state": state.value,
        "attempts": attempts,
        "trouble": None if trouble is None else trouble.model_dump_json(),
        "changed_at": datetime.now(UTC),
        "draw": draw_of(case_id),
    }
    upsert(connection, _case, row)


def put_record(
    connection: Connection,
    case_id: str,
    content_key: str,
    record: Record,
    request: Request,
    reason: Reason = Reason.READ,
) -> int:
    """The record of a case that is there already: a new revision, unless it says the same as the
    one that stands. What must go out of it is written with it. The number of the revision that
    stands now."""
    texts = {"record": record.to_json(), "request": request.model_dump_json()}
    before = find_case(connection, case_id)
    if before is None:
        raise ValueError(f"no case {case_id!r}")
    same = {"record": before.record, "request": before.request} == texts
    revision = before.revision if same else before.revision + 1
    trace = trace_of(record, request)
    if not same:
        row = {
            "case_id": case_id,
            "revision": revision,
            "content_key": content_key,
            "status": record.status.value,
            "reason": reason.value,
            "made_at": datetime.now(UTC),
        }
        connection.execute(insert(_revision).values(**row, **texts))
        _put_findings(connection, case_id, record)
    _put_matters(connection, case_id, record)
    put_trace(connection, trace)
    facts = {**_facts(record), "revision": revision, "accepted_on": trace.accepted_on}
    connection.execute(update(_case).where(_case.c.case_id == case_id).values(facts))
    plan(connection, case_id, revision, record, is_decided=reason == Reason.DECIDED)
    return revision


def _facts(record: Record) -> Mapping[str, object]:
    """What queues and lists ask of a record."""
    due = record.whole.due_on if record.whole is not None else None
    return {
        "status": record.status.value,
        "matters": ",".join(matter.code for matter in record.matters),
        "channel": record.channel,
        "applicant_name": record.applicant.name,
        "applicant_number": record.applicant.id_number,
        "doubts": sum(f.severity == Severity.REVIEW for f in record.open_findings),
        "due_on": None if due is None else date.fromisoformat(due),
        "delivery_way": None if record.delivery is None else record.delivery.way,
    }


def _put_matters(connection: Connection, case_id: str, record: Record) -> None:
    connection.execute(delete(_matter).where(_matter.c.case_id == case_id))
    rows = [
        {
            "case_id": case_id,
            "code": matter.code,
            "department": matter.department,
            "status": matter.status.value,
            "due_on": None if matter.due_on is None else date.fromisoformat(matter.due_on),
        }
        for matter in record.matters
    ]
    if rows:
        connection.execute(insert(_matter), rows)


def _put_findings(connection: Connection, case_id: str, record: Record) -> None:
    types = {document.id: document.type for document in record.documents}
    still_open = set(map(id, record.open_findings))
    connection.execute(delete(_finding).where(_finding.c.case_id == case_id))
    rows = [
        {
            "case_id": case_id,
            "position": position,
            "rule": found.rule,
            "severity": found.severity.value,
            "field": found.field,
            "document_type": types.get(found.document or ""),
            "settled": id(found) not in still_open,
        }
        for position, found in enumerate(record.findings)
    ]
    if rows:
        connection.execute(insert(_finding), rows)


def _case_row(row: Row[*tuple[Any, ...]]) -> CaseRow:
    values = dict(row._mapping)
    if values["trouble"] is not None:
        values["trouble"] = Trouble.model_validate_json(str(values["trouble"]))
    return CaseRow.model_validate(values)
