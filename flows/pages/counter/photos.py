"""The card photo at the counter: with what was measured of it, and mended, before and after."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from flows import worker
from flows.desk.uploads import UploadRefused
from flows.pages.counter.pictures import KEPT, file_of, large_of, page_of, source_of
from flows.pages.counter.room import CounterUser, Room
from pipeline.intake.source import SourceFile
from validators.photo import CheckOutcome
from validators.photo.fix import Repair

WORDS = {
    CheckOutcome.PASS: "合格",
    CheckOutcome.FAIL: "不合格",
    CheckOutcome.REVIEW: "需人工核对",
}


def add_photos(router: APIRouter, room: Room) -> None:
    """``/counter/{draft}/papers/{key}/photo/…``."""

    @router.get("/{draft_id}/papers/{key}/photo/overlay", include_in_schema=False)
    async def overlay(draft_id: str, key: str, user: CounterUser = Depends(room.user)) -> Response:
        source = await run_in_threadpool(_photo, room, draft_id, key, user)
        picture = await run_in_threadpool(room.desk.warm.reader.ask, worker.draw_photo, source)
        if picture is None:
            raise HTTPException(404, "照片无法打开，没有可画的内容。")
        return Response(picture, media_type="image/png", headers=KEPT)

    @router.get("/{draft_id}/papers/{key}/photo/original", include_in_schema=False)
    def original(draft_id: str, key: str, user: CounterUser = Depends(room.user)) -> Response:
        stand, paper = room.paper(room.draft(draft_id, user), user, key)
        return file_of(large_of(room, stand, page_of(paper, 0)))

    @router.get("/{draft_id}/papers/{key}/photo/fixed", include_in_schema=False)
    def fixed(draft_id: str, key: str, user: CounterUser = Depends(room.user)) -> Response:
        made = _fixed(room, _photo(room, draft_id, key, user))
        if made.mended is None:
            raise HTTPException(404, "照片修不了，请重新拍摄。")
        return Response(made.mended, media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    @router.get("/{draft_id}/papers/{key}/photo/fix", include_in_schema=False)
    def fix(draft_id: str, key: str, user: CounterUser = Depends(room.user)) -> dict[str, object]:
        made = _fixed(room, _photo(room, draft_id, key, user))
        words = (
            f"修之后：{WORDS[made.verdict.verdict]}"
            if made.mended is not None
            else "修后仍不合格，请重新拍摄"
            if made.data is not None
            else "修不了，请重新拍摄"
        )
        return {"made": made.mended is not None, "words": words, "lines": made.lines()}

    @router.post("/{draft_id}/papers/{key}/photo/use", include_in_schema=False)
    def use(draft_id: str, key: str, user: CounterUser = Depends(room.user)) -> Response:
        draft = room.open_draft(draft_id, user)
        source = _photo(room, draft_id, key, user)
        made = _fixed(room, source)
        if made.mended is None:
            raise HTTPException(422, "照片修不了，请重新拍摄。")
        stand = room.desk.stand(draft)
        before = next(f.file for f in stand.files if any(p[0].name == source.name for p in f.parts))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "fixed.jpg"
            path.write_bytes(made.mended)
            name = f"{Path(before.name).stem.removesuffix('（已修）')}（已修）.jpg"
            try:
                room.desk.files.put(draft, name, path, replaces=before.id)
            except UploadRefused as refused:
                raise HTTPException(refused.status, f"{refused.message}{refused.hint}") from refused
        room.audit(user, "photo-fixed", draft.id, "")
        return RedirectResponse(f"/counter/{draft.id}", 303)


def _photo(room: Room, draft_id: str, key: str, user: CounterUser) -> SourceFile:
    """The scan of a card photo of a draft."""
    stand, paper = room.paper(room.draft(draft_id, user), user, key)
    if not paper.is_photo:
        raise HTTPException(404, "这不是照片。")
    return source_of(stand, paper.pages[0])


def _fixed(room: Room, source: SourceFile) -> Repair:
    return room.desk.warm.reader.ask(worker.fix_photo, source)
