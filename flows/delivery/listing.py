"""The result list that the window works from: what came back, by the way in which each applicant
wants it, what was refused, and what is late (guide 六, 七/(三)). Masked unless it must be used to
write to somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from flows.delivery.targets import TARGET_LABELS
from flows.report import environment
from pipeline.model import Frozen
from pipeline.privacy import mask
from pipeline.record import Delivery
from pipeline.store.cases import Store
from pipeline.store.decisions import find_revision
from pipeline.store.outcomes import CaseStanding, finished, overdue
from validators.guide.guide import guide

WAYS: Mapping[str, str] = {"online": "线上反馈", "mail": "邮寄送达", "pickup": "窗口领取"}
UNSAID = "未说明送达方式"


class ResultRow(Frozen):
    """A case on the list, in words."""

    case_id: str
    name: str
    way: str
    window: str
    closed_on: str
    due_on: str
    results: tuple[str, ...]
    passed: bool | None
    """Whether all matters passed; None while one is open."""
    to: str = ""
    """To whom and where it is mailed."""


class ResultList(Frozen):
    """The list, and what is late."""

    day: str
    rows: tuple[ResultRow, ...]
    late: tuple[ResultRow, ...]

    def by_way(self) -> list[tuple[str, list[ResultRow]]]:
        """(way, its rows), empty ones left out."""
        names = [*WAYS.values(), UNSAID]
        parts = [(name, [row for row in self.rows if row.way == name]) for name in names]
        return [(name, rows) for name, rows in parts if rows]


def list_results(
    store: Store, today: date, *, way: str | None = None, reveal: bool = False
) -> ResultList:
    """The list as it stands. Raises StoreError."""
    with store.snapshot() as connection:
        over = finished(connection, way=way)
        late = overdue(connection, today, way=way)
        mailed = [one for one in over if one.way == "mail"] if reveal else []
        contacts = {
            one.case_id: record.delivery
            for one in mailed
            if (record := find_revision(connection, one.case_id, one.revision)) is not None
        }
    rows = _rows(over, today, contacts, reveal=reveal)
    return ResultList(day=today.isoformat(), rows=rows, late=_rows(late, today, {}, reveal=reveal))


def _rows(
    standings: Iterable[CaseStanding],
    today: date,
    contacts: Mapping[str, Delivery | None],
    *,
    reveal: bool,
) -> tuple[ResultRow, ...]:
    return tuple(
        ResultRow(
            case_id=one.case_id,
            name=(one.applicant_name or "") if reveal else mask("name", one.applicant_name or ""),
            way=WAYS.get(one.way or "", UNSAID),
            window=one.window or "",
            closed_on=_day(one),
            due_on="" if one.due_on is None else one.due_on.isoformat(),
            results=tuple(_results(one, today)),
            passed=_passed(one),
            to=_to(contacts.get(one.case_id)),
        )
        for one in standings
    )


def _day(one: CaseStanding) -> str:
    return "" if one.closed_at is None else one.closed_at.astimezone().date().isoformat()


def _passed(one: CaseStanding) -> bool | None:
    if one.is_refused or any(matter.passed is False for matter in one.matters):
        return False
    return True if all(matter.passed for matter in one.matters) else None


def _results(one: CaseStanding, today: date) -> Iterator[str]:
    if one.is_refused:
        yield "不予受理，原因见告知书"
        return
    for matter in one.matters:
        name, office = guide().matter(matter.code).short, TARGET_LABELS[matter.department]
        if matter.passed is None:
            late = matter.due_on is not None and matter.due_on < today
            day = f"，应于 {matter.due_on} 前办结" if matter.due_on else ""
            yield f"{office} {name}：未回{day}{'（逾期）' if late else ''}"
        elif matter.passed:
            yield f"{office} {name}：审核通过"
        else:
            yield f"{office} {name}：审核不通过，{matter.reason}"


def _to(delivery: Delivery | None) -> str:
    if delivery is None:
        return ""
    parts = (delivery.name, delivery.mobile, delivery.postcode, delivery.address)
    return " ".join(part for part in parts if part)


def list_lines(made: ResultList) -> Iterator[str]:
    """The list on a terminal."""
    yield f"已有结果 {len(made.rows)} 件，逾期未回 {len(made.late)} 件（{made.day}）"
    for way, rows in made.by_way():
        yield ""
        yield f"{way}（{len(rows)} 件）"
        for row in rows:
            yield from _row_lines(row)
    if made.late:
        yield ""
        yield f"逾期未回（{len(made.late)} 件）"
        for row in made.late:
            yield from _row_lines(row)


def _row_lines(row: ResultRow) -> Iterator[str]:
    parts: Sequence[str] = (row.case_id, row.name, row.closed_on, row.window, row.to)
    yield "  " + "　".join(part for part in parts if part)
    for result in row.results:
        yield f"      {result}"


def render_list(made: ResultList) -> str:
    """The list as a page to print."""
    return environment.get_template("results.html").render(made=made)
