"""What a case's page shows."""

from __future__ import annotations

import json
from typing import Any

from flows.pages.review.queue import CHANNEL_LABELS, case_path
from flows.pages.review.room import ReviewRoom, ReviewUser
from flows.pages.review.words import ACTION_LABELS, REASON_NOT_ONES_OWN, REASONS_BACK, REASONS_WAIVE
from flows.report import SEVERITY_LABELS, STATUS_LABELS
from flows.rereading import KINDS
from flows.review.doubts import Item
from flows.review.opened import OpenCase
from pipeline.deciding import Decided
from pipeline.finding import field_label, type_label, value_label
from pipeline.model import Document, DocumentType, Quad, Reading
from pipeline.privacy import mask, shown
from pipeline.status import Status
from validators.output.given_back import given_back, is_strangers


def everything(room: ReviewRoom, opened: OpenCase, user: ReviewUser) -> dict[str, Any]:
    """What a case's page shows."""
    mine = opened.claimed_by == user.name
    is_open = room.is_open(user, opened.case_id)
    papers = {d.id: f"{type_label(d.type)}（{d.id[1:]}）" for d in opened.documents}
    return {
        "case": opened,
        "record": opened.record,
        "path": case_path(opened.case_id),
        "mine": mine,
        "is_open": is_open,
        "items": [_item(item) for item in opened.items],
        "problems": [_item(item) for item in opened.problems],
        "papers": papers,
        "statuses": {s.value: STATUS_LABELS[s.value] for s in Status},
        "severities": SEVERITY_LABELS,
        "channels": CHANNEL_LABELS,
        "actions": ACTION_LABELS,
        "reasons_back": REASONS_BACK,
        "reasons_waive": REASONS_WAIVE,
        "kinds": {kind.value: _kind_label(kind) for kind in map(DocumentType, KINDS)},
        "undo": opened.undoable,
        "give_back": given_back(opened.record),
        "not_ones_own": REASON_NOT_ONES_OWN,
        "is_clean": opened.record.status == Status.READY,
        "field_label": field_label,
        "type_label": type_label,
        "value_label": value_label,
        "show": value_label if is_open else shown,
        "mask": (lambda name, value: value) if is_open else mask,
        "about": _about,
        "look": _look,
    }


def _kind_label(kind: DocumentType) -> str:
    return "不是所需材料" if kind == DocumentType.UNKNOWN else type_label(kind)


def _item(item: Item) -> dict[str, Any]:
    """An item for the page: what the script needs stands in ``data``."""
    page = item.page
    data = {
        "key": item.key,
        "is_field": item.is_field,
        "value": item.value,
        "read": item.reading is not None,
        "unsure": [char.model_dump() for char in item.unsure],
        "alternatives": item.alternatives,
        "page": None if page is None else page.model_dump(include={"sha256", "page", "rotation"}),
        "box": item.box,
    }
    return {
        "item": item,
        "data": json.dumps(data, ensure_ascii=False),
        "crop": None if item.box is None or page is None else _crop_query(item.box),
        "marked": list(_marked(item)),
        "can_type": item.document is not None and bool(item.field),
        "strangers": any(map(is_strangers, item.findings)),
    }


def _look(document: Document, name: str, reading: Reading) -> str:
    """A field that nothing is asked about, as the script opens it for looking or mending."""
    page = document.pages[reading.page].model_dump(include={"sha256", "page", "rotation"})
    data = {
        "key": f"f-{document.id}-{name}",
        "value": reading.value,
        "label": field_label(name),
        "page": page,
        "box": reading.box,
    }
    return json.dumps(data, ensure_ascii=False)


def _crop_query(box: Quad) -> str:
    xs, ys = [x for x, _ in box], [y for _, y in box]
    return f"x0={min(xs):.0f}&y0={min(ys):.0f}&x1={max(xs):.0f}&y1={max(ys):.0f}"


def _marked(item: Item) -> Any:
    """(character, whether it is uncertain) of the machine's value."""
    unsure = {char.at for char in item.unsure}
    for at, text in enumerate(item.value):
        yield text, at in unsure


def _about(decided: Decided) -> str:
    """What a decision was about, without values."""
    parts = [
        type_label(decided.paper.type) if decided.paper else "",
        field_label(decided.field or ""),
    ]
    return " · ".join(part for part in parts if part)
