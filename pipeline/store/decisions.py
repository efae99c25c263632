"""Decisions as they are kept: rows are added, never changed or deleted; taking one back is a row.

A decision is made against the revision that the person saw; one against another revision is refused
(:class:`StaleDecision`). Where four eyes are asked for, the store holds what the first one said:
:func:`decisions_for` gives a person nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from pipeline.deciding import (
    Decided,
    Detail,
    asks_four_eyes,
    effective,
    standing,
    visible,
)
from pipeline.errors import StoreError
from pipeline.model import Frozen
from pipeline.record import Action, Record
from pipeline.settings import Settings
from pipeline.store.tables import case_revision as _revision
from pipeline.store.tables import case_state as _case
from pipeline.store.tables import decision as _decision


class FourEyes(Frozen):
    """Which decisions count only once a second person said the same: those about rules that begin
    so, and this share of the others."""

    rules: tuple[str, ...] = ()
    rate: float = 0.0


def policy_of(settings: Settings) -> FourEyes:
    """Where two people must say the same, by the settings."""
    rules = tuple(r.strip() for r in settings.four_eyes_rules.split(",") if r.strip())
    return FourEyes(rules=rules, rate=settings.four_eyes_rate)


class StaleDecision(StoreError):
    """The case has changed since the person saw it; nothing was written. ``revision`` is the one
    that stands now."""

    def __init__(self, revision: int) -> None:
        self.revision = revision
        super().__init__("这一件在您打开之后已有变化，本次决定未保存。", "请查看变化后再决定。")


class NotUndone(StoreError):
    """What cannot be taken back: another's decision, or none of this case."""


def decisions_of(connection: Connection, case_id: str) -> tuple[Decided, ...]:
    """All decisions of a case, in their order: for the record, never for a screen."""
    rows = connection.execute(
        select(_decision).where(_decision.c.case_id == case_id).order_by(_decision.c.id)
    )
    return tuple(map(_decided, rows))


def decisions_for(connection: Connection, case_id: str, person: str) -> tuple[Decided, ...]:
    """The decisions of a case that this person may see."""
    return visible(decisions_of(connection, case_id), person)


def counting(connection: Connection, case_id: str) -> tuple[Decided, ...]:
    """The decisions of a case that count now."""
    return effective(decisions_of(connection, case_id))


def check_revision(connection: Connection, case_id: str, revision: int) -> None:
    """Raise StaleDecision where another revision stands. A draft at the counter has none yet: 0."""
    stands = connection.execute(
        select(_case.c.revision).where(_case.c.case_id == case_id).with_for_update()
    ).scalar_one_or_none()
    if (stands or 0) != revision:
        raise StaleDecision(stands or 0)


def put_decision(
    connection: Connection, case_id: str, decided: Decided, policy: FourEyes | None = None
) -> Decided:
    """Keep a decision; it, with its id and what the store knows of four eyes. Raises StaleDecision,
    NotUndone."""
    check_revision(connection, case_id, decided.revision)
    before = decisions_of(connection, case_id)
    if decided.action == Action.UNDO:
        undone = next((d for d in standing(before) if d.id == decided.undoes), None)
        if undone is None or undone.by != decided.by:
            raise NotUndone("这项决定已撤销，或不是您作出的。", "请刷新页面后再试。")
    elif decided.action != Action.CHECKED:
        about = [d for d in standing(before) if d.subject == decided.subject]
        policy = policy or FourEyes()
        told = decided.rule or _rule_of(decided)
        asked = any(d.four_eyes for d in about) or (
            asks_four_eyes(case_id, decided.subject, told, policy.rules, policy.rate)
        )
        second = asked and any(d.by != decided.by for d in about)
        decided = decided.model_copy(update={"four_eyes": asked, "second": second})
    row = _row(case_id, decided)
    made = connection.execute(insert(_decision).values(row).returning(_decision.c.id))
    return decided.model_copy(update={"id": made.scalar_one()})


def _rule_of(decided: Decided) -> str | None:
    """The rule under which a field comes up."""
    return "OCR-LOW" if decided.is_of_field else None


def find_revision(connection: Connection, case_id: str, revision: int) -> Record | None:
    """A record that a case had."""
    row = find_revision_row(connection, case_id, revision)
    return None if row is None else Record.from_json(row.record)


def find_revision_row(
    connection: Connection, case_id: str, revision: int
) -> Row[*tuple[Any, ...]] | None:
    """A revision that a case had, as it is kept: ``record`` and ``request`` as JSON."""
    mine = (_revision.c.case_id == case_id, _revision.c.revision == revision)
    return connection.execute(select(_revision).where(*mine)).one_or_none()


def each_decision(connection: Connection) -> Iterator[tuple[str, tuple[Decided, ...]]]:
    """(case id, all its decisions), by case id."""
    rows = connection.execution_options(yield_per=500).execute(
        select(_decision).order_by(_decision.c.case_id, _decision.c.id)
    )
    case_id = ""
    mine: list[Decided] = []
    with rows:
        for row in rows:
            if row.case_id != case_id and mine:
                yield case_id, tuple(mine)
                mine = []
            case_id = row.case_id
            mine.append(_decided(row))
    if mine:
        yield case_id, tuple(mine)


def _row(case_id: str, decided: Decided) -> dict[str, Any]:
    paper = decided.paper
    detail = decided.detail.model_copy(update={"paper": paper})
    return {
        "case_id": case_id,
        "revision": decided.revision,
        "action": decided.action.value,
        "rule": decided.rule,
        "paper": None if paper is None else f"{paper.sha256}:{paper.page}",
        "document": decided.document,
        "field": decided.field,
        "value": decided.value,
        "previous": decided.previous,
        "reason": decided.reason,
        "detail": detail.model_dump_json(exclude_defaults=True),
        "by": decided.by,
        "at": decided.at,
        "undoes": decided.undoes,
        "subject": decided.subject,
        "four_eyes": decided.four_eyes,
        "second": decided.second,
    }


def _decided(row: Row[*tuple[Any, ...]]) -> Decided:
    values = dict(row._mapping)
    detail = Detail.model_validate_json(values["detail"] or "{}")
    kept = {name: values[name] for name in Decided.model_fields if name in values}
    return Decided.model_validate(
        {**kept, "paper": detail.paper, "detail": detail.model_copy(update={"paper": None})}
    )
