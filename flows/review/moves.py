"""What a person does with an item or a paper, and the decisions that this makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from extractors.labelled.grammar import read_value
from flows.rereading import KINDS
from flows.review.doubts import Item
from flows.review.opened import NotDecided, OpenCase
from pipeline.deciding import REASONED, Decided, Detail, Paper, paper_of
from pipeline.finding import Finding, Severity
from pipeline.model import Document, DocumentType, Quad
from pipeline.record import Action


@dataclass(frozen=True, slots=True)
class Move:
    """What a person does with an item."""

    key: str
    action: Action
    value: str = ""
    reason: str = ""
    box: Quad | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a person does with a paper: it is of another kind, turned, part of or apart from
    another, or another case's."""

    document: str
    action: Action
    page: int = 0
    """Index among the document's pages."""
    kind: DocumentType | None = None
    turn: int = 0
    other: str = ""
    case_id: str = ""


def new_decision(opened: OpenCase, person: str, action: Action, **more: Any) -> Decided:
    """A decision on the revision that the person sees."""
    return Decided(revision=opened.revision, action=action, by=person, at=datetime.now(UTC), **more)


def document_of(opened: OpenCase, document_id: str) -> Document:
    """A paper of the case. Raises NotDecided."""
    for document in opened.documents:
        if document.id == document_id:
            return document
    raise NotDecided("这份材料已不在这一件里。", "请刷新页面后再试。")


def decisions_of_move(opened: OpenCase, item: Item, move: Move, person: str) -> Iterator[Decided]:
    """The decisions that a move makes. Raises NotDecided."""
    if move.action in REASONED and not move.reason.strip():
        raise NotDecided("请写明理由。", "理由会留在记录中；退回的理由会告知申请人。")
    about: dict[str, Any] = {
        "paper": item.paper,
        "document": None if item.document is None else item.document.id,
        "field": item.field,
        "previous": None if item.reading is None else item.value,
        "reason": move.reason.strip(),
    }
    if move.action in (Action.CORRECT, Action.READ_REGION):
        if item.document is None or not item.field:
            raise NotDecided("这一项没有可更正的内容。", "可确认、豁免或退回。")
        value = canonical(item.field, move.value)
        same = item.reading is not None and value == item.value
        action = Action.CONFIRM if same and item.is_field else move.action
        detail = item.detail.model_copy(update={"box": move.box})
        yield new_decision(opened, person, action, value=value, detail=detail, **about)
    elif move.action == Action.UNREADABLE:
        if item.document is None or not item.field:
            raise NotDecided("这一项不对应材料上的某一栏。", "可确认、豁免或退回。")
        yield new_decision(opened, person, move.action, detail=item.detail, **about)
    elif move.action == Action.CONFIRM and item.is_field:
        if item.reading is None:
            raise NotDecided("机器没有读出这一栏。", "请对照材料录入，或按 F2 标为无法辨认。")
        yield new_decision(
            opened, person, move.action, value=item.value, detail=item.detail, **about
        )
    elif move.action in (Action.CONFIRM, Action.WAIVE, Action.SEND_BACK):
        yield from _settled(opened, item, move, person, about)
    else:
        raise NotDecided("不认识的操作。", "请刷新页面后再试。")


def _settled(
    opened: OpenCase, item: Item, move: Move, person: str, about: Mapping[str, Any]
) -> Iterator[Decided]:
    """Findings that are settled as they stand: one decision for each that says something else."""
    told: dict[tuple[object, ...], list[Finding]] = {}
    for found in item.findings:
        told.setdefault((found.rule, found.got, found.expected), []).append(found)
    if not told and move.action == Action.SEND_BACK:
        yield new_decision(opened, person, move.action, rule="", **{**about, "previous": None})
    elif not told:
        raise NotDecided("这一项没有疑点。", "如有错误，请直接更正。")
    if told and item.severity == Severity.REJECT and move.action != Action.SEND_BACK:
        raise NotDecided("指南规定不予受理的，不能豁免。", "如材料读错，请更正相应的内容。")
    for findings in told.values():
        first = findings[0]
        matters = (
            () if any(f.matter is None for f in findings) else tuple(f.matter for f in findings)
        )
        detail = item.detail.model_copy(
            update={
                "got": first.got,
                "expected": first.expected,
                "severity": min(
                    (f.severity for f in findings), key=list(type(first.severity)).index
                ),
                "matters": matters,
            }
        )
        yield new_decision(
            opened, person, move.action, rule=first.rule, detail=detail,
            **{**about, "previous": None},
        )  # fmt: skip


def canonical(name: str, text: str) -> str:
    """What was typed, as the field's value is written. Raises NotDecided where it cannot be."""
    value = read_value(name, text)
    if text.strip() and not value.value:
        why = "、".join(value.doubts) or "内容不合该栏的格式"
        raise NotDecided(f"录入的内容{why}。", "日期请写作 1990-01-31；长期有效写作 长期。")
    return value.value


def _turned_by_hand(opened: OpenCase, paper: Paper) -> int:
    """How somebody turned the paper's page; 0 where nobody did, and the engine tells."""
    turned = [
        decided.detail.turn
        for decided in opened.decisions
        if decided.action == Action.ROTATE
        and decided.paper is not None
        and (decided.paper.sha256, decided.paper.page) == (paper.sha256, paper.page)
    ]
    return turned[-1] if turned else 0


def arrangements(
    opened: OpenCase, arrangement: Arrangement, papers: Sequence[Paper]
) -> Iterator[tuple[Paper, Detail]]:
    """What an arrangement says of which papers. Raises NotDecided."""
    if arrangement.action == Action.RECLASSIFY:
        if arrangement.kind not in KINDS:
            raise NotDecided("请选择这份材料是什么。", "列表中没有的材料，请选“不是所需材料”。")
        for paper in papers:
            yield paper, Detail(kind=arrangement.kind, turn=_turned_by_hand(opened, paper))
    elif arrangement.action == Action.ROTATE:
        # The person turns what he sees; the page is read as it came in, turned by both.
        yield papers[0], Detail(turn=(papers[0].rotation + arrangement.turn) % 360)
    elif arrangement.action == Action.SPLIT:
        if len(document_of(opened, arrangement.document).pages) < 2:
            raise NotDecided("这份材料只有一页，不能拆分。", "")
        yield from ((paper, Detail()) for paper in papers)
    elif arrangement.action == Action.JOIN:
        other = document_of(opened, arrangement.other)
        if other.id == arrangement.document or other.type != papers[0].type:
            raise NotDecided("只有同一种材料才能合并。", "请先更正材料的种类。")
        yield papers[0], Detail(other=paper_of(other))
    else:
        raise NotDecided("不认识的操作。", "请刷新页面后再试。")


def twin_of(told: Decided, case_id: str, other: OpenCase) -> Decided:
    """The other case's half of a move. Raises NotDecided."""
    for decided in other.decisions:
        is_half = decided.action in (Action.MOVE, Action.RECEIVE)
        if is_half and decided.paper == told.paper and decided.detail.case_id == case_id:
            return decided
    raise NotDecided("另一件中的相应决定已撤销。", "请刷新页面后再试。")
