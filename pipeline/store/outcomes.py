"""What the departments decide (guide 七): 审核通过 or 不通过 with its reason, by matter; and which
cases are answered, and which are late. Append-only: of each matter the last one counts."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from sqlalchemy import Connection, func, insert, or_, select, update

from pipeline.errors import InputError
from pipeline.model import Frozen
from pipeline.status import Status
from pipeline.store.outgoing import Kind, last_sent
from pipeline.store.tables import case_matter as _matter
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import outbox as _outbox
from pipeline.store.tables import outcome as _outcome
from pipeline.wire import DESCRIBED, DepartmentCode, MatterCode

RESULT_VERSION: Literal["1"] = "1"
AT_ONCE = 400
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class MatterResult(Frozen):
    """What was decided on one matter."""

    model_config = DESCRIBED

    code: MatterCode
    """The matter."""
    passed: bool
    """审核通过 or 不通过."""
    reason: Said = ""
    """Why not, for the applicant (不予核定并说明原因); needed where it did not pass."""

    @model_validator(mode="after")
    def _said_why(self) -> Self:
        if not self.passed and not self.reason:
            raise ValueError("不通过时须写明 reason")
        return self


class DepartmentResult(Frozen):
    """One department's decision on its matters of one case."""

    model_config = DESCRIBED

    result_version: Literal["1"] = RESULT_VERSION
    """Of this schema."""
    id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^\S+$")]
    """The department's own number of this decision: the same again is taken once."""
    department: DepartmentCode
    """Whose decision."""
    case_id: str
    """The case, as in the packet."""
    revision: Annotated[int, Field(ge=1)] | None = None
    """The revision that was judged, as in the packet; absent: the last one that was sent."""
    decided_at: AwareDatetime
    """When, with its offset."""
    matters: Annotated[tuple[MatterResult, ...], Field(min_length=1)]
    """Each matter once; the department may decide on some of them first."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        codes = [matter.code for matter in self.matters]
        if len(set(codes)) < len(codes):
            raise ValueError("同一事项出现两次")
        return self

    @property
    def digest(self) -> str:
        """Of all that it says."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class MatterStanding(Frozen):
    """How one matter of a case stands with its department; ``passed`` None: not answered yet."""

    code: str
    department: str
    due_on: date | None
    passed: bool | None = None
    reason: str = ""
    decided_at: datetime | None = None


class CaseStanding(Frozen):
    """A case on the result list. ``is_refused``: it went to no department (ineligible)."""

    case_id: str
    applicant_name: str | None
    window: str | None
    way: str | None
    due_on: date | None
    revision: int
    closed_at: datetime | None
    is_refused: bool
    matters: tuple[MatterStanding, ...]

    def is_late(self, today: date) -> bool:
        """Whether a department has let its promised day, or the whole's, go by."""
        if self.closed_at is not None or self.is_refused:
            return False
        days = [m.due_on for m in self.matters if m.passed is None and m.due_on is not None]
        return any(day < today for day in [*days, *filter(None, [self.due_on])])


def take_result(
    connection: Connection, result: DepartmentResult, *, now: datetime | None = None
) -> bool:
    """Keep a department's decision, and close the case where all have answered; whether it was new.

    Raises InputError where it fits no case, matter or packet of ours, or says otherwise than the
    same number said before.
    """
    now = now or datetime.now(UTC)
    case_id, department = result.case_id, result.department
    here = select(_case.c.case_id).where(_case.c.case_id == case_id).with_for_update()
    if connection.execute(here).first() is None:
        raise InputError(f"没有案件“{case_id}”。", "请核对结果中的 case_id。")
    same = (_outcome.c.department == department, _outcome.c.result_id == result.id)
    before = connection.execute(select(_outcome.c.digest).where(*same)).scalars().first()
    if before is not None:
        if before == result.digest:
            return False
        raise InputError(
            f"结果编号 {result.id} 已收过，内容不同。", "更正结果请用新的编号（id）再送一次。"
        )
    mine = select(_matter.c.code).where(
        _matter.c.case_id == case_id, _matter.c.department == department
    )
    strange = {matter.code for matter in result.matters} - set(connection.scalars(mine))
    if strange:
        listed = "、".join(sorted(strange))
        raise InputError(f"案件 {case_id} 中没有该部门的事项 {listed}。", "请核对事项代码。")
    sent = last_sent(connection, case_id, department)
    if sent is None:
        raise InputError(f"案件 {case_id} 没有送达该部门，或已撤回。", "请核对部门和案件编号。")
    revision = result.revision or sent.revision
    if revision > sent.revision:
        raise InputError(f"案件 {case_id} 没有送达过第 {revision} 版。", "请核对 revision。")
    rows = [
        {
            "case_id": case_id,
            "department": department,
            "matter": matter.code,
            "passed": matter.passed,
            "reason": matter.reason,
            "revision": revision,
            "result_id": result.id,
            "digest": result.digest,
            "decided_at": result.decided_at,
            "taken_at": now,
        }
        for matter in result.matters
    ]
    connection.execute(insert(_outcome), rows)
    (standing,) = standings(connection, [case_id])
    if standing.matters and all(matter.passed is not None for matter in standing.matters):
        closing = update(_case).where(_case.c.case_id == case_id, _case.c.closed_at.is_(None))
        connection.execute(closing.values(closed_at=now))
    return True


def finished(
    connection: Connection, *, way: str | None = None, limit: int = 1000
) -> list[CaseStanding]:
    """Cases whose applicants are to be told: all answered, or refused; the latest first."""
    over = or_(_case.c.closed_at.is_not(None), _case.c.status == Status.INELIGIBLE.value)
    when = func.coalesce(_case.c.closed_at, _case.c.changed_at).desc()
    return _listed(connection, [over], way, [when, _case.c.case_id], limit)


def overdue(
    connection: Connection, today: date, *, way: str | None = None, limit: int = 1000
) -> list[CaseStanding]:
    """Cases that lie with departments beyond their promised day, the most urgent first."""
    late = select(_matter.c.case_id).where(_matter.c.due_on < today)
    told = [_with_departments(), or_(_case.c.due_on < today, _case.c.case_id.in_(late))]
    order = [_case.c.due_on.nulls_last(), _case.c.case_id]
    every = _listed(connection, told, way, order, None)
    return [standing for standing in every if standing.is_late(today)][:limit]


def count_open(connection: Connection) -> int:
    """How many cases lie with departments."""
    return connection.execute(select(func.count()).where(_with_departments())).scalar_one()


def _with_departments() -> Any:
    sent = select(_outbox.c.case_id).where(
        _outbox.c.state == "sent", _outbox.c.kind == Kind.PACKET.value
    )
    ready = (_case.c.status == Status.READY.value) & _case.c.closed_at.is_(None)
    return ready & _case.c.case_id.in_(sent)


def _listed(
    connection: Connection,
    told: Sequence[Any],
    way: str | None,
    order: Sequence[Any],
    limit: int | None,
) -> list[CaseStanding]:
    if way is not None:
        told = [*told, _case.c.delivery_way == way]
    found = select(_case.c.case_id).where(*told).order_by(*order).limit(limit)
    case_ids = list(connection.scalars(found))
    by_id = {standing.case_id: standing for standing in standings(connection, case_ids)}
    return [by_id[case_id] for case_id in case_ids]


def standings(connection: Connection, case_ids: Collection[str]) -> list[CaseStanding]:
    """How these cases stand with the departments, by id."""
    made: list[CaseStanding] = []
    for some in _parts(case_ids):
        answers = _answers(connection, some)
        matters: dict[str, list[MatterStanding]] = defaultdict(list)
        found = select(_matter).where(_matter.c.case_id.in_(some)).order_by(_matter.c.code)
        for row in connection.execute(found):
            own = answers.get((row.case_id, row.code))
            said = {} if own is None else {
                "passed": own.passed, "reason": own.reason, "decided_at": own.decided_at
            }  # fmt: skip
            matters[row.case_id].append(
                MatterStanding(code=row.code, department=row.department, due_on=row.due_on, **said)
            )
        rows = select(_case).where(_case.c.case_id.in_(some)).order_by(_case.c.case_id)
        made += [_standing(row, matters[row.case_id]) for row in connection.execute(rows)]
    return made


def _standing(row: Any, matters: Sequence[MatterStanding]) -> CaseStanding:
    return CaseStanding(
        case_id=row.case_id,
        applicant_name=row.applicant_name,
        window=row.window,
        way=row.delivery_way,
        due_on=row.due_on,
        revision=row.revision,
        closed_at=row.closed_at,
        is_refused=row.status == Status.INELIGIBLE.value,
        matters=tuple(matters),
    )


def _answers(connection: Connection, case_ids: Sequence[str]) -> dict[tuple[str, str], Any]:
    """The last outcome of each matter, where it is about what the department has now."""
    sent: dict[tuple[str, str], int] = {}
    come = select(_outbox.c.case_id, _outbox.c.target, _outbox.c.kind, _outbox.c.revision).where(
        _outbox.c.case_id.in_(case_ids), or_(_outbox.c.state == "sent", _outbox.c.may_have_come)
    )
    for row in connection.execute(come.order_by(_outbox.c.id)):
        is_packet = row.kind == Kind.PACKET.value
        sent[row.case_id, row.target] = row.revision if is_packet else row.revision + 1
    found = select(_outcome).where(_outcome.c.case_id.in_(case_ids)).order_by(_outcome.c.id)
    return {
        (row.case_id, row.matter): row
        for row in connection.execute(found)
        if row.revision >= sent.get((row.case_id, row.department), 0)
    }


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(values)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
