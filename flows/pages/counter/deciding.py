"""What the clerk says of a paper on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from flows.desk.answer import paper_key
from flows.desk.deciding import (
    NotDecided,
    give_value,
    looked_at,
    say_kind,
    say_others,
    take_back,
)
from flows.desk.stands import Stand
from flows.pages.counter.room import CounterUser, Room
from pipeline.deciding import Decided
from pipeline.model import Document

Regions = Callable[[Request, str, CounterUser], Response]


def add_deciding(router: APIRouter, room: Room, regions: Regions) -> None:
    """``/counter/{draft}/papers/{key}/…`` and ``/counter/{draft}/undo``."""

    def decide(
        draft_id: str, user: CounterUser, made: Callable[[Stand], Sequence[Decided]]
    ) -> None:
        draft = room.open_draft(draft_id, user)
        try:
            decisions = made(room.desk.stand(draft))
        except NotDecided as error:
            raise HTTPException(422, str(error)) from error
        room.desk.decide(draft, decisions)
        for decided in decisions:
            room.audit(user, f"decided-{decided.action.value}", draft.id, decided.field or "")

    @router.post("/{draft_id}/papers/{key}/value", include_in_schema=False)
    def value(
        request: Request,
        draft_id: str,
        key: str,
        field: str = Form(),
        value: str = Form(),
        user: CounterUser = Depends(room.user),
    ) -> Response:
        decide(
            draft_id,
            user,
            lambda stand: [give_value(_document(stand, key), field, value, user.name)],
        )
        return regions(request, draft_id, user)

    @router.post("/{draft_id}/papers/{key}/kind", include_in_schema=False)
    def kind(
        request: Request,
        draft_id: str,
        key: str,
        kind: str = Form(),
        user: CounterUser = Depends(room.user),
    ) -> Response:
        def made(stand: Stand) -> list[Decided]:
            return say_kind(stand, _document(stand, key), kind, user.name)

        decide(draft_id, user, made)
        return regions(request, draft_id, user)

    @router.post("/{draft_id}/papers/{key}/others", include_in_schema=False)
    def others(
        request: Request, draft_id: str, key: str, user: CounterUser = Depends(room.user)
    ) -> Response:
        decide(draft_id, user, lambda stand: say_others(stand, _document(stand, key), user.name))
        return regions(request, draft_id, user)

    @router.post("/{draft_id}/looked", include_in_schema=False)
    def looked(
        request: Request,
        draft_id: str,
        position: int = Form(),
        rule: str = Form(),
        user: CounterUser = Depends(room.user),
    ) -> Response:
        def made(stand: Stand) -> list[Decided]:
            decided = looked_at(stand, position, user.name)
            if decided.rule != rule:
                raise NotDecided("结果已有变化，请看现在的结果。")
            return [decided]

        decide(draft_id, user, made)
        return regions(request, draft_id, user)

    @router.post("/{draft_id}/undo", include_in_schema=False)
    def undo(request: Request, draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        decide(draft_id, user, lambda stand: take_back(stand.decisions, user.name))
        return regions(request, draft_id, user)


def _document(stand: Stand, key: str) -> Document:
    for document in stand.result.documents:
        if paper_key(document) == key:
            return document
    raise HTTPException(404, "这份材料已不在这件申请里。")
