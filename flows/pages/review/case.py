"""A case before a reviewer: its doubts one by one, the paper beside them, and what he decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import Field, TypeAdapter, ValidationError

from flows.pages.review.pictures import add_pictures
from flows.pages.review.queue import case_path
from flows.pages.review.room import ReviewRoom, ReviewUser, Sent
from flows.pages.review.showing import everything
from flows.review.doubts import in_value
from flows.review.moves import Arrangement, Move
from flows.review.opened import NotDecided, OpenCase
from pipeline.deciding import Paper
from pipeline.errors import InputError, YijianshiError
from pipeline.model import DocumentType, Quad, Reading
from pipeline.privacy import shown
from pipeline.record import Action
from pipeline.store.claims import NotClaimed
from pipeline.store.decisions import NotUndone, StaleDecision

_BOX: TypeAdapter[Quad] = TypeAdapter(Quad)


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
    add_pictures(router, room)


def _add_looking(router: APIRouter, room: ReviewRoom) -> None:
    desk = room.desk

    @router.get("/cases/{case_id}", include_in_schema=False)
    def show(request: Request, case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        opened = room.open(case_id, user)
        if opened.claimed_by == user.name:
            opened = desk.refresh(case_id, user.name)
        return room.page(request, "case.html", user, **everything(room, opened, user))

    @router.get("/cases/{case_id}/paper", include_in_schema=False)
    def paper(request: Request, case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        opened = room.open(case_id, user)
        room.must_be_open(user, case_id)
        return room.page(request, "paper.html", user, case=opened, path=case_path(case_id))

    @router.post("/cases/{case_id}/claim", include_in_schema=False)
    def claim(case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        room.open(case_id, user)
        try:
            desk.claim(case_id, user.name)
        except NotClaimed:
            return RedirectResponse(f"{case_path(case_id)}?taken=1", 303)
        room.open_values(user, case_id, "claim")
        return RedirectResponse(case_path(case_id), 303)

    @router.post("/cases/{case_id}/open", include_in_schema=False)
    def open_values(case_id: str, user: ReviewUser = Depends(room.user)) -> Response:
        room.open(case_id, user)
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
        request: Request, user: ReviewUser, case_id: str, revision: int, act: str, about: str,
        work: Callable[[], OpenCase],
    ) -> Response:  # fmt: skip
        """The case after the work, which is written down; or why it was refused, with what is
        otherwise now."""
        try:
            opened = work()
            room.audit(user, f"decide-{act}", case_id, about)
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
        return room.page(request, "work.html", user, **everything(room, opened, user))

    @router.post("/cases/{case_id}/decide", include_in_schema=False)
    def decide(
        request: Request, case_id: str, said: Annotated[Said, Form()],
        user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        move = Move(said.key, said.action, said.value[:2000], said.reason[:500], _box(said.box))
        return told(
            request, user, case_id, said.revision, said.action, said.key,
            lambda: desk.decide(case_id, user.name, said.revision, move),
        )  # fmt: skip

    @router.post("/cases/{case_id}/undo", include_in_schema=False)
    def undo(
        request: Request, case_id: str, revision: Annotated[int, Form()],
        decision: Annotated[int, Form()], user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        return told(
            request, user, case_id, revision, Action.UNDO, str(decision),
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
        return told(
            request, user, case_id, said.revision, said.action, said.document,
            lambda: desk.arrange(case_id, user.name, said.revision, arrangement),
        )  # fmt: skip

    @router.post("/cases/{case_id}/checked", include_in_schema=False)
    def checked(
        request: Request, case_id: str, revision: Annotated[int, Form()],
        user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        return told(
            request, user, case_id, revision, Action.CHECKED, "",
            lambda: desk.looked_through(case_id, user.name, revision),
        )  # fmt: skip

    @router.post("/cases/{case_id}/region", include_in_schema=False)
    def region(
        case_id: str, key: Annotated[str, Form()], box: Annotated[str, Form()],
        sha256: Annotated[str, Form()], page: Annotated[int, Form()],
        rotation: Annotated[int, Form()], user: ReviewUser = Depends(room.user),
    ) -> Response:  # fmt: skip
        room.must_be_open(user, case_id)
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


def _box(text: str) -> Quad | None:
    if not text:
        return None
    try:
        return _BOX.validate_json(text)
    except ValidationError as error:
        raise HTTPException(422, "框选的区域无效。") from error


def _unsure(reading: Reading) -> list[dict[str, Any]]:
    return [char.model_dump() for char in in_value(reading)]
