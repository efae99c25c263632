"""The queue: what waits, for how long, who has it; the next case with one key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from flows.pages.review.room import ReviewRoom, ReviewUser, Sent
from flows.report import STATUS_LABELS
from flows.review.measuring import Accuracy, measure, wilson
from pipeline.finding import field_label, type_label
from pipeline.privacy import mask, mask_case_id
from pipeline.status import Status
from pipeline.store.claims import NotClaimed
from pipeline.store.decisions import each_decision
from pipeline.store.queue import (
    Wanted,
    count_doubtful,
    count_doubts,
    count_waiting,
    list_waiting,
    next_waiting,
    sample,
    windows,
)
from validators.guide.guide import guide

CHANNEL_LABELS = {"window": "窗口", "online": "网上", "mail": "邮寄"}


DOUBT_KINDS = {
    "OCR-LOW": "识别把握不足",
    "OCR-MISSING": "未能读出",
    "DOC-UNKNOWN": "不明材料",
    "DOC-TITLE": "标题不明",
    "DOC-": "材料状况",
    "X": "材料之间不一致",
    "ID-": "号码",
    "DIS-": "残疾人证号",
    "PH-": "照片",
    "MAT-": "材料是否齐备",
    "E-": "办理条件",
    "EXC-": "事项冲突",
    "SRC-": "文件",
}
"""Kinds of doubt by the beginning of their rules."""


class Asked(Sent):
    """The filter as a browser sends it: what is left empty is not asked for."""

    status: str = "doubtful"
    matter: str = ""
    window: str = ""
    rule: str = ""
    due_by: str = ""
    older: str = ""
    q: str = ""
    mine: str = ""
    order: str = "due"
    page: int = 1
    empty: str = ""

    def wanted(self, user: ReviewUser) -> Wanted:
        """What the store is asked. What cannot be understood asks for nothing."""
        return Wanted(
            doubtful=self.status == "doubtful",
            status=Status(self.status) if self.status in set(Status) else None,
            matter=self.matter or None,
            window=self.window or None,
            rule=self.rule or None,
            due_by=_day(self.due_by),
            older_than_days=int(self.older) if self.older.isdecimal() else None,
            search=self.q[:100],
            mine=user.name if self.mine else None,
            order=self.order if self.order in ("due", "age", "doubts") else "due",  # type: ignore[arg-type]
            page=max(1, self.page),
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def case_path(case_id: str) -> str:
    """Where a case's page is."""
    return f"/review/cases/{quote(case_id, safe='')}"


def add_queue(router: APIRouter, room: ReviewRoom) -> None:
    """``/review``, ``/review/next``, ``/review/sample``, ``/review/accuracy``."""
    desk = room.desk

    @router.get("", include_in_schema=False)
    def queue(
        request: Request, asked: Annotated[Asked, Query()], user: ReviewUser = Depends(room.user)
    ) -> Response:
        with desk.store.snapshot() as connection:
            values: dict[str, Any] = {
                "listed": list_waiting(connection, asked.wanted(user)),
                "counts": count_waiting(connection),
                "doubtful": count_doubtful(connection),
                "doubts": _by_kind(count_doubts(connection)),
                "windows": windows(connection),
                "sample": sample(connection, desk.settings.sample_rate),
            }
        return room.page(
            request, "queue.html", user, asked=asked, today=desk.today(), **values, **_words()
        )

    @router.post("/next", include_in_schema=False)
    def take_next(
        asked: Annotated[Asked, Form()], user: ReviewUser = Depends(room.user)
    ) -> Response:
        """Claim the first case that nobody has. Two who ask at once get two cases."""
        skipped: set[str] = set()
        while True:
            with desk.store.snapshot() as connection:
                case_id = next_waiting(connection, asked.wanted(user), user.name, but=skipped)
            if case_id is None:
                return RedirectResponse("/review?empty=1", 303)
            try:
                desk.claim(case_id, user.name)
            except NotClaimed:
                skipped.add(case_id)
                continue
            room.open_values(user, case_id, "claim")
            return RedirectResponse(case_path(case_id), 303)

    @router.get("/accuracy", include_in_schema=False)
    def accuracy(request: Request, user: ReviewUser = Depends(room.user)) -> Response:
        with desk.store.snapshot() as connection:
            found = measure(each_decision(connection))
        return room.page(request, "accuracy.html", user, found=found, **_shares(found))


def _by_kind(rules: dict[str, int]) -> dict[str, int]:
    """Open doubts by kind; what two kinds begin alike is counted in both, as the list shows it."""
    return {
        start: number
        for start in DOUBT_KINDS
        if (number := sum(n for rule, n in rules.items() if rule.startswith(start)))
    }


def _shares(found: Accuracy) -> dict[str, Any]:
    return {
        "cases_interval": wilson(found.cases_wrong, found.cases_sampled),
        "type_label": type_label,
        "field_label": field_label,
        "as_is": str,
    }


def _words() -> dict[str, Any]:
    rules = guide()
    return {
        "statuses": {s.value: STATUS_LABELS[s.value] for s in Status},
        "matter_names": {code: rules.matter(code).short for code in rules.codes},
        "channels": CHANNEL_LABELS,
        "doubt_kinds": DOUBT_KINDS,
        "mask": mask,
        "mask_case_id": mask_case_id,
        "case_path": case_path,
    }
