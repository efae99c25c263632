"""The counter's pages: begin, choose, hand in, look, correct, print, submit."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from flows.desk.answer import Answer
from flows.desk.deciding import KINDS
from flows.desk.stands import Stand
from flows.notice import letterhead, render_notice, render_receipt
from flows.pages.counter import typed
from flows.pages.counter.deciding import add_deciding
from flows.pages.counter.ending import ending_of
from flows.pages.counter.photos import add_photos
from flows.pages.counter.pictures import add_pictures
from flows.pages.counter.room import CounterUser, Room
from flows.pages.counter.stream import add_stream
from flows.pages.counter.uploads import add_uploads
from pipeline.finding import type_label
from pipeline.settings import MEBI
from pipeline.status import Status
from pipeline.store.drafts import Draft
from validators.guide.guide import guide
from validators.guide.vocabulary import CHANGE_ITEMS, CHANNELS

PRINTED = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Policy of a sheet that is printed: its style stands in it, for it is also a file of its own."""
_PRINT = '<script src="/static/print.js" defer></script></body>'


def counter_router(room: Room) -> APIRouter:
    """All routes below ``/counter``."""
    router = APIRouter(prefix="/counter", tags=["counter"])
    _add_pages(router, room)
    _add_sheets(router, room)
    add_deciding(router, room, partial(_regions, room))
    add_uploads(router, room)
    add_stream(router, room)
    add_pictures(router, room)
    add_photos(router, room)
    return router


def _add_pages(router: APIRouter, room: Room) -> None:
    desk = room.desk

    @router.get("", include_in_schema=False)
    def home(request: Request, user: CounterUser = Depends(room.user)) -> Response:
        open_ = [_in_list(room, draft) for draft in desk.open_drafts(user.name)]
        return room.page(request, "home.html", user, drafts=open_)

    @router.post("", include_in_schema=False)
    def begin(user: CounterUser = Depends(room.user)) -> Response:
        draft = desk.begin(user.name, user.window)
        desk.say(draft, {"request": {"channel": "window"}})
        room.audit(user, "draft-begun", draft.id, "")
        return RedirectResponse(f"/counter/{draft.id}", 303)

    @router.get("/{draft_id}", include_in_schema=False)
    def show(request: Request, draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        draft = room.draft(draft_id, user)
        if draft.closed_at is not None:
            row = desk.store.find_case(draft.case_id or "")
            return room.page(request, "done.html", user, draft=draft, end=ending_of(row))
        last = desk.last_event(draft.id)
        desk.read(draft.id)
        return room.page(request, "draft.html", user, last=last, **_everything(room, draft, user))

    @router.get("/{draft_id}/regions", include_in_schema=False)
    def regions(
        request: Request, draft_id: str, user: CounterUser = Depends(room.user)
    ) -> Response:
        return _regions(room, request, draft_id, user)

    @router.post("/{draft_id}/said", include_in_schema=False)
    async def said(
        request: Request, draft_id: str, user: CounterUser = Depends(room.user)
    ) -> Response:
        form = await request.form()

        def keep() -> Response:
            draft = room.open_draft(draft_id, user)
            draft = desk.say(draft, typed.said_of(form))
            return room.page(request, "regions.html", user, **_everything(room, draft, user))

        return await run_in_threadpool(keep)

    @router.post("/{draft_id}/open", include_in_schema=False)
    def open_paper(
        request: Request, draft_id: str, key: str = Form(), user: CounterUser = Depends(room.user)
    ) -> Response:
        draft = room.open_draft(draft_id, user)
        room.paper(draft, user, key)
        room.open_paper(draft, user, key)
        return _regions(room, request, draft_id, user)

    @router.post("/{draft_id}/scanner", include_in_schema=False)
    def scan(draft_id: str, user: CounterUser = Depends(room.user)) -> dict[str, object]:
        draft = room.open_draft(draft_id, user)
        taken, refused = desk.files.take_scans(draft, user.window)
        return {"taken": len(taken), "refused": refused}

    @router.post("/{draft_id}/drop", include_in_schema=False)
    def drop(draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        draft = room.open_draft(draft_id, user)
        desk.drop(draft)
        room.audit(user, "draft-dropped", draft.id, "")
        return RedirectResponse("/counter", 303)

    @router.post("/{draft_id}/submit", include_in_schema=False)
    def submit(draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        draft = room.open_draft(draft_id, user)
        stand, answer = room.answer(draft, user)
        if not answer.may_submit:
            raise HTTPException(409, "还有文件没有识别完，或没有选择事项，暂不能提交。")
        case_id = desk.submit(stand, f"窗口 {user.window or user.name}")
        room.audit(user, "submitted", case_id, answer.state)
        room.work(case_id)
        return RedirectResponse(f"/counter/{draft.id}", 303)

    @router.post("/{draft_id}/again", include_in_schema=False)
    def again(draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        """Work once more on what was submitted and did not come to its end."""
        draft = room.draft(draft_id, user)
        if draft.case_id is None:
            raise HTTPException(409, "这件申请还没有提交。")
        room.work(draft.case_id)
        return RedirectResponse(f"/counter/{draft.id}", 303)


def _regions(room: Room, request: Request, draft_id: str, user: CounterUser) -> Response:
    draft = room.open_draft(draft_id, user)
    return room.page(request, "regions.html", user, **_everything(room, draft, user))


def _add_sheets(router: APIRouter, room: Room) -> None:
    @router.get("/{draft_id}/notice", include_in_schema=False)
    def notice(draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        stand, _ = room.answer(room.draft(draft_id, user), user)
        return _sheet(
            render_notice(stand.result.record, room.desk.day(), letterhead(room.desk.settings))
        )

    @router.get("/{draft_id}/receipt", include_in_schema=False)
    def receipt(draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        stand, _ = room.answer(room.draft(draft_id, user), user)
        if stand.result.record.status in (Status.INCOMPLETE, Status.INELIGIBLE):
            raise HTTPException(409, "这件申请还不能受理，请打印一次性告知书。")
        return _sheet(
            render_receipt(stand.result.record, room.desk.day(), letterhead(room.desk.settings))
        )


def _sheet(html: str) -> Response:
    return HTMLResponse(
        html.replace("</body>", _PRINT), headers={"Content-Security-Policy": PRINTED}
    )


def _in_list(room: Room, draft: Draft) -> dict[str, Any]:
    names = [guide().matter(code).short for code in typed.chosen(draft.said)]
    return {"draft": draft, "matters": names, "files": room.desk.files.count(draft.id)}


def _everything(room: Room, draft: Draft, user: CounterUser) -> dict[str, Any]:
    """What the regions of a draft's page show."""
    stand, answer = room.answer(draft, user)
    matters = typed.chosen(draft.said)
    asked = typed.asked(matters)
    return {
        "draft": draft,
        "said": draft.said,
        "request_said": draft.said.get("request", {}),
        "chosen": matters,
        "matters": _matters(),
        "channels": CHANNELS,
        "asked": [q for q in asked if not q.folded],
        "folded": [q for q in asked if q.folded],
        "counties": typed.counties(),
        "change_items": CHANGE_ITEMS,
        "change_rows": typed.CHANGE_ROWS,
        "conflicts": typed.conflicts(matters),
        "guide": typed.what_to_bring(draft.said) if matters else None,
        "stand": stand,
        "answer": answer,
        "kinds": {kind: type_label(kind) for kind in KINDS},
        "may_undo": any(decided.by == user.name for decided in stand.decisions),
        "files": [_file(stand, answer, n) for n in range(len(stand.files))],
        "largest_mb": room.desk.settings.upload_bytes // MEBI,
        "scanner": room.desk.files.scanner is not None,
    }


def _matters() -> list[dict[str, Any]]:
    """The nine matters by department, in the guide's order."""
    rules = guide()
    found: dict[str, list[Any]] = {}
    for code in rules.codes:
        row = rules.matter(code)
        found.setdefault(rules.table.departments[row.department], []).append(row)
    return [{"department": name, "rows": rows} for name, rows in found.items()]


def _file(stand: Stand, answer: Answer, number: int) -> dict[str, Any]:
    """A file as the strip shows it: how far it is, and what is on it."""
    file = stand.files[number]
    sources = {source.sha256 for source, _, _ in file.parts}
    names = {source.name for source, _, _ in file.parts} | {file.file.name}
    inside = f"{file.file.name}/"  # of an archive: also what was not taken out of it
    papers = [
        paper
        for paper in answer.papers
        if any(ref.sha256 in sources or ref.file in names for ref in paper.pages)
    ]
    faults = [
        found.message
        for found in stand.result.record.findings
        if found.rule.startswith("SRC-")
        and found.file is not None
        and (found.file in names or found.file.startswith(inside))
    ]
    pages = sum(reading.pages for _, reading, _ in file.parts if reading is not None)
    return {"stand": file, "papers": papers, "faults": faults, "pages": pages}
