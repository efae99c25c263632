"""A case before a reviewer: its doubts one by one, the paper beside them, and what he decides."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from pydantic import Field, TypeAdapter, ValidationError

from flows.pages.review.queue import CHANNEL_LABELS, case_path
from flows.pages.review.room import ReviewRoom, ReviewUser, Sent
from flows.report import SEVERITY_LABELS, STATUS_LABELS
from flows.rereading import KINDS
from flows.review.doubts import Item, in_value
from flows.review.moves import Arrangement, Move
from flows.review.opened import NotDecided, OpenCase
from flows.review.page_pictures import crop, page_picture
from pipeline.deciding import Decided, Paper
from pipeline.errors import InputError, YijianshiError
from pipeline.finding import field_label, type_label, value_label
from pipeline.model import Document, DocumentType, Quad, Reading
from pipeline.privacy import mask, shown
from pipeline.record import Action, Status
from pipeline.store.claims import NotClaimed
from pipeline.store.decisions import NotUndone, StaleDecision

REASONS_BACK = ("图像不清晰", "材料不是本人的", "材料已过期", "缺少一面或一页", "被印章或反光遮挡")
REASONS_WAIVE = ("已核对原件", "部门间已核验", "不影响所办事项", "指南未作要求")
ACTION_LABELS = {
    Action.CONFIRM: "确认",
    Action.CORRECT: "更正",
    Action.READ_REGION: "框选识别",
    Action.UNREADABLE: "无法辨认",
    Action.WAIVE: "豁免",
    Action.SEND_BACK: "退回",
    Action.RECLASSIFY: "改材料种类",
    Action.ROTATE: "转正",
    Action.SPLIT: "拆分",
    Action.JOIN: "合并",
    Action.MOVE: "移到他件",
    Action.RECEIVE: "由他件移入",
    Action.CHECKED: "抽查完毕",
}
_BOX: TypeAdapter[Quad] = TypeAdapter(Quad)
_KEPT = {"Cache-Control": "private, max-age=3600"}


class Said(Sent):
    """What a browser sends with a decision."""

    revision: int
    key: str
    action: Action
    value: str = ""
    reason: str = ""
    box: str = ""


class Arranged(Sent):
    """What a browser sends of a paper."""

    revision: int
    document: str
    action: Action
    page: int = 0
    kind: DocumentType | None = None
    turn: int = Field(default=0, ge=0, le=270, multiple_of=90)
    other: str = ""
    case_id: str = ""


def add_case(router: APIRouter, room: ReviewRoom) -> None:
    """``/review/cases/{case}``: looking, claiming, deciding."""
    _add_looking(router, room)
    _add_deciding(router, room)
    _add_pictures(router, room)


def _add_looking(router: APIRouter, room: ReviewRoom) -> None:
    desk = room.desk

    @router.get("/cases/{case_id}", include_in_schema=False)
    def show(request: Request, case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        opened = _open(room, case_id, user)
        if opened.claimed_by == user.name:
            opened = desk.refresh(case_id, user.name)
        return room.page(request, "case.html", user, **_everything(room, opened, user))

    @router.get("/cases/{case_id}/paper", include_in_schema=False)
    def paper(request: Request, case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        opened = _open(room, case_id, user)
        _must_be_open(room, user, case_id)
        return room.page(request, "paper.html", user, case=opened, path=case_path(case_id))

    @router.post("/cases/{case_id}/claim", include_in_schema=False)
    def claim(case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        _open(room, case_id, user)
        try:
            desk.claim(case_id, user.name)
        except NotClaimed:
            return RedirectResponse(f"{case_path(case_id)}?taken=1", 303)
        room.open_values(user, case_id, "claim")
        return RedirectResponse(case_path(case_id), 303)

    @router.post("/cases/{case_id}/open", include_in_schema=False)
    def open_values(case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        _open(room, case_id, user)
        room.open_values(user, case_id, "look")
        return RedirectResponse(case_path(case_id), 303)

    @router.post("/cases/{case_id}/release", include_in_schema=False)
    def release(case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        desk.give_back(case_id, user.name)
        room.close_values(user, case_id)
        return RedirectResponse("/review", 303)

    @router.post("/cases/{case_id}/keep", include_in_schema=False)
    def keep(case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        try:
            desk.claim(case_id, user.name)
        except NotClaimed as error:
            raise HTTPException(409, error.message) from error
        return Response(status_code=204)


def _add_deciding(router: APIRouter, room: ReviewRoom) -> None:
    desk = room.desk

    def told(
        request: Request, user: ReviewUser, case_id: str, revision: int, work: Any
    ) -> Response:
        """The case after the work; or why it was refused, with what is otherwise now."""
        try:
            opened = work()
        except StaleDecision as error:
            changed = desk.changes_since(case_id, revision, user.name)
            return room.page(
                request, "stale.html", user, 409, error=error, changes=changed, shown=shown,
                path=case_path(case_id),
            )  # fmt: skip
        except NotClaimed as error:
            room.close_values(user, case_id)
            return room.page(
                request, "refused.html", user, 409, error=error, path=case_path(case_id)
            )
        except (NotDecided, NotUndone, InputError) as error:
            return JSONResponse({"message": error.message, "hint": error.hint}, 422)
        return room.page(request, "work.html", user, **_everything(room, opened, user))

    @router.post("/cases/{case_id}/decide", include_in_schema=False)
    def decide(
        request: Request, case_id: str, said: Annotated[Said, Form()],
        user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        move = Move(said.key, said.action, said.value[:2000], said.reason[:500], _box(said.box))
        room.audit(user, f"decide-{said.action}", case_id, said.key)
        return told(
            request, user, case_id, said.revision,
            lambda: desk.decide(case_id, user.name, said.revision, move),
        )  # fmt: skip

    @router.post("/cases/{case_id}/undo", include_in_schema=False)
    def undo(
        request: Request, case_id: str, revision: Annotated[int, Form()],
        decision: Annotated[int, Form()], user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        room.audit(user, "decide-undo", case_id, str(decision))
        return told(
            request, user, case_id, revision,
            lambda: desk.undo(case_id, user.name, revision, decision),
        )  # fmt: skip

    @router.post("/cases/{case_id}/arrange", include_in_schema=False)
    def arrange(
        request: Request, case_id: str, said: Annotated[Arranged, Form()],
        user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        arrangement = Arrangement(
            said.document, said.action, said.page, said.kind, said.turn, said.other,
            said.case_id.strip(),
        )  # fmt: skip
        room.audit(user, f"decide-{said.action}", case_id, said.document)
        return told(
            request, user, case_id, said.revision,
            lambda: desk.arrange(case_id, user.name, said.revision, arrangement),
        )  # fmt: skip

    @router.post("/cases/{case_id}/checked", include_in_schema=False)
    def checked(
        request: Request, case_id: str, revision: Annotated[int, Form()],
        user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        room.audit(user, "decide-checked", case_id, "")
        return told(
            request, user, case_id, revision,
            lambda: desk.looked_through(case_id, user.name, revision),
        )  # fmt: skip

    @router.post("/cases/{case_id}/region", include_in_schema=False)
    def region(
        case_id: str, key: Annotated[str, Form()], box: Annotated[str, Form()],
        sha256: Annotated[str, Form()], page: Annotated[int, Form()],
        rotation: Annotated[int, Form()], user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        _must_be_open(room, user, case_id)
        drawn = _box(box)
        if drawn is None:
            raise HTTPException(422, "没有框选区域。")
        at = Paper(sha256=sha256, page=page, rotation=rotation)
        try:
            read = desk.read_region(case_id, key, drawn, user.name, at)
        except YijianshiError as error:
            return JSONResponse({"message": error.message, "hint": error.hint}, 422)
        if read is None:
            return JSONResponse(
                {"message": "框内没有读出文字。", "hint": "请框得完整些，或直接录入。"}, 422
            )
        return JSONResponse({"value": read.value, "doubts": read.doubts, "unsure": _unsure(read)})


def _add_pictures(router: APIRouter, room: ReviewRoom) -> None:
    def picture(case_id: str, sha256: str, page: int, rotation: int, user: ReviewUser) -> Any:
        _must_be_open(room, user, case_id)
        if rotation not in (0, 90, 180, 270):
            raise HTTPException(404, "没有这一页。")
        try:
            return page_picture(room.desk, case_id, sha256, page, rotation)
        except InputError as error:
            raise HTTPException(404, error.message) from error

    @router.get("/cases/{case_id}/pages/{sha256}/{page}/{rotation}", include_in_schema=False)
    def told(
        case_id: str, sha256: str, page: int, rotation: int, user: ReviewUser = Depends(room.user)
    ) -> Response:
        found = picture(case_id, sha256, page, rotation, user)
        url = f"{case_path(case_id)}/pages/{sha256}/{page}/{rotation}/picture"
        return JSONResponse({"url": url, "width": found.width, "height": found.height})

    @router.get(
        "/cases/{case_id}/pages/{sha256}/{page}/{rotation}/picture", include_in_schema=False
    )
    def whole(
        case_id: str, sha256: str, page: int, rotation: int, user: ReviewUser = Depends(room.user)
    ) -> Response:
        found = picture(case_id, sha256, page, rotation, user)
        return FileResponse(found.path, media_type="image/jpeg", headers=_KEPT)

    @router.get("/cases/{case_id}/pages/{sha256}/{page}/{rotation}/crop", include_in_schema=False)
    def part(
        case_id: str, sha256: str, page: int, rotation: int, x0: float, y0: float, x1: float,
        y1: float, user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        found = picture(case_id, sha256, page, rotation, user)
        try:
            data = crop(found, (x0, y0, x1, y1))
        except InputError as error:
            raise HTTPException(404, error.message) from error
        return Response(data, media_type="image/jpeg", headers=_KEPT)


def _open(room: ReviewRoom, case_id: str, user: ReviewUser) -> OpenCase:
    try:
        return room.desk.open(case_id, user.name)
    except InputError as error:
        raise HTTPException(404, f"{error.message}{error.hint}") from error


def _must_be_open(room: ReviewRoom, user: ReviewUser, case_id: str) -> None:
    """Scans and values are for those who opened the case, which is written down."""
    if not room.is_open(user, case_id):
        raise HTTPException(403, "这一件的内容尚未打开。")


def _box(text: str) -> Quad | None:
    if not text:
        return None
    try:
        return _BOX.validate_json(text)
    except ValidationError as error:
        raise HTTPException(422, "框选的区域无效。") from error


def _unsure(reading: Reading) -> list[dict[str, Any]]:
    return [char.model_dump() for char in in_value(reading)]


def _everything(room: ReviewRoom, opened: OpenCase, user: ReviewUser) -> dict[str, Any]:
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
