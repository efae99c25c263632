"""收件回执: what the applicant handed in, what it is for, and until when it is due.

It says 受理 only of an application that is ready; while a person still looks at something, it says
that the papers were received.
"""

from __future__ import annotations

from pipeline.finding import type_label, value_label
from pipeline.model import Frozen
from pipeline.privacy import mask, mask_identity
from pipeline.record import Record
from pipeline.status import Status
from validators.guide.guide import guide
from validators.output.notice import NoticeMatter, make_notice


class ReceivedPaper(Frozen):
    """A kind of paper, and how many of it were handed in."""

    name: str
    count: int


class Receipt(Frozen):
    """Everything on the sheet. ``accepted``: whether the application was accepted, or its papers
    only received."""

    case_id: str
    title: str
    lead: str
    accepted: bool
    name: str
    id_number: str
    day: str
    matters: tuple[NoticeMatter, ...]
    papers: tuple[ReceivedPaper, ...]
    questions: tuple[str, ...]
    give_back: tuple[str, ...]
    whole: str
    delivery: str
    source: str


def make_receipt(record: Record, day: str) -> Receipt:
    """The receipt of a record, given on ``day``. Raises ValueError for an application that cannot
    go on: it gets a notice."""
    if record.status not in (Status.READY, Status.REVIEW):
        raise ValueError(f"no receipt for an application that is {record.status}")
    notice = make_notice(record)
    accepted = record.status == Status.READY
    counts: dict[str, int] = {}
    for document in record.documents:
        name = type_label(document.type)
        counts[name] = counts.get(name, 0) + 1
    applicant = record.applicant
    return Receipt(
        case_id=record.case_id,
        title="受理回执" if accepted else "收件回执",
        lead=(
            "您的申请已受理。"
            if accepted
            else "您的材料已收到，正在核对；核对后告知是否受理、是否需要补充。"
        ),
        accepted=accepted,
        name=mask("name", applicant.name or ""),
        id_number=mask_identity(applicant.id_type, applicant.id_number or ""),
        day=day,
        matters=notice.matters,
        papers=tuple(ReceivedPaper(name=name, count=count) for name, count in counts.items()),
        questions=tuple(entry.title for entry in notice.questions),
        give_back=notice.give_back,
        whole=notice.whole,
        delivery=value_label("delivery", record.delivery.way) if record.delivery else "",
        source=guide().table.name,
    )
