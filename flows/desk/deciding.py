"""What the clerk says of a paper, as decisions (:mod:`pipeline.deciding`): the same ones that a
reviewer makes, bound to the paper's content, so that they hold for the case that the draft becomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from extractors.labelled.grammar import read_value
from flows.desk.answer import once
from flows.desk.stands import Stand
from flows.rereading import KINDS as TELLABLE
from pipeline.deciding import Decided, Detail, Paper, paper_of, papers_of
from pipeline.evidence.evidence import is_doubtful
from pipeline.finding import Severity
from pipeline.model import Document, DocumentType
from pipeline.record import Action

KINDS: tuple[str, ...] = tuple(sorted(map(str, TELLABLE)))
"""What a paper may be said to be; UNKNOWN: none that is needed."""


class NotDecided(Exception):
    """What cannot be decided so; the text says what to do instead."""


def give_value(document: Document, field: str, typed: str, by: str) -> Decided:
    """What stands in a field: as the machine read it, or as the clerk typed it. Raises
    NotDecided."""
    before = document.fields.get(field)
    value = read_value(field, typed)
    if not typed.strip():
        raise NotDecided("请填写原件上的内容；这一栏在原件上看不清的，请申请人更换材料。")
    if not value.value:
        why = "、".join(value.doubts) or "内容不合该栏的格式"
        raise NotDecided(f"录入的内容{why}。日期请写作 1990-01-31，长期有效写作 长期。")
    same = before is not None and before.value == value.value
    detail = Detail(
        doubted=before is None or is_doubtful(field, before),
        doubts=() if before is None else before.doubts,
        confidence=None if before is None else before.confidence,
    )
    return _new(
        document,
        by,
        Action.CONFIRM if same else Action.CORRECT,
        field=field,
        value=value.value,
        previous=None if before is None else before.value,
        detail=detail,
    )


def looked_at(stand: Stand, position: int, by: str) -> Decided:
    """A doubt that is none, seen on the original: the finding at this place among those told once.
    Raises NotDecided."""
    told = list(once(stand.result.record.open_findings))
    if not 0 <= position < len(told):
        raise NotDecided("这一项已经解决，请看现在的结果。")
    found, matters = told[position]
    document = next((d for d in stand.result.documents if d.id == found.document), None)
    if found.severity != Severity.REVIEW or document is None:
        raise NotDecided("这一项不能当场认定，请更正材料或录入的内容。")
    detail = Detail(
        got=found.got, expected=found.expected, severity=found.severity, matters=matters
    )
    return _new(document, by, Action.CONFIRM, rule=found.rule, field=found.field, detail=detail)


def say_kind(stand: Stand, document: Document, kind: str, by: str) -> list[Decided]:
    """The paper is of this kind. Raises NotDecided."""
    if kind not in KINDS:
        raise NotDecided("没有这种材料，请在列表中选择。")
    detail = Detail(kind=DocumentType(kind))
    return _of_each_face(stand, document, by, Action.RECLASSIFY, detail)


def say_others(stand: Stand, document: Document, by: str) -> list[Decided]:
    """The paper is another person's: it counts no more."""
    return _of_each_face(stand, document, by, Action.MOVE, Detail())


def take_back(decisions: Sequence[Decided], by: str) -> list[Decided]:
    """What this person said last and that stands, taken back: of a paper with several faces, of
    all of them. Raises NotDecided."""
    mine = [decided for decided in decisions if decided.by == by]
    if not mine:
        raise NotDecided("没有可以撤销的。")
    now = datetime.now(UTC)
    return [
        Decided(revision=0, action=Action.UNDO, by=by, at=now, undoes=decided.id)
        for decided in mine
        if decided.at == mine[-1].at
    ]


def _of_each_face(
    stand: Stand, document: Document, by: str, action: Action, detail: Detail
) -> list[Decided]:
    papers = papers_of(document, stand.result.documents, stand.faces) or [paper_of(document)]
    now = datetime.now(UTC)
    return [_new(document, by, action, paper=paper, at=now, detail=detail) for paper in papers]


def _new(
    document: Document,
    by: str,
    action: Action,
    *,
    field: str | None = None,
    paper: Paper | None = None,
    at: datetime | None = None,
    **values: Any,
) -> Decided:
    return Decided(
        revision=0,
        action=action,
        by=by,
        at=at or datetime.now(UTC),
        paper=paper or paper_of(document, field),
        document=document.id,
        field=field,
        **values,
    )
