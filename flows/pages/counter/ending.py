"""What became of an application that was submitted, as the clerk's last page says it."""

from __future__ import annotations

from dataclasses import dataclass

from flows.report import STATUS_LABELS
from pipeline.record import Record
from pipeline.store.cases import CaseRow, CaseState

KEPT = "材料和录入的内容都已存入，不会丢失，也不必重新扫描。"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a submitted case stands. ``again``: whether asking to work on it again may help."""

    state: str
    title: str
    words: str
    tone: str
    again: bool = False


def ending_of(row: CaseRow | None) -> Ending:
    """What is said of the case."""
    if row is None or row.state == CaseState.QUARANTINED:
        return Ending(
            "quarantined",
            "已提交，但核验时出错",
            f"这一件已搁置，还没有结论。{KEPT}请再处理一次；仍出错时，把受理编号告知管理员。",
            "ineligible",
            again=row is not None,
        )
    if row.state == CaseState.JOINED:
        return Ending(
            row.state.value,
            "已并入另一件",
            f"复核人员把这一件的材料并入了另一件申请，结论以那一件为准。{KEPT}",
            "waiting",
        )
    if row.state != CaseState.DONE or row.record is None:
        return Ending(
            row.state.value,
            "已提交，还在核验",
            f"结论还没有出来。{KEPT}核验完成后本页会自动显示，队列里也可以查到。",
            "waiting",
            again=True,
        )
    status = Record.from_json(row.record).status.value
    return Ending(
        "done",
        "已提交",
        f"核验结论：{STATUS_LABELS[status]}。材料和记录都已存入，队列里可以查到。",
        status,
    )
