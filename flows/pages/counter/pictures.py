"""What the counter shows of the scans: pages, and the crop of each value. What is masked as text is
masked as picture too.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import FileResponse

from flows import worker
from flows.desk.answer import Paper
from flows.desk.stands import Stand
from flows.pages.counter.room import CounterUser, Room
from flows.pictures import crop_of_large, large_picture, page_picture
from pipeline.intake.source import SourceFile
from pipeline.model import PageRef

KEPT = {"Cache-Control": "private, max-age=600"}


def add_pictures(router: APIRouter, room: Room) -> None:
    """``/counter/{draft}/papers/{key}/…``."""

    @router.get("/{draft_id}/papers/{key}/pages/{index}/small", include_in_schema=False)
    def small(
        draft_id: str, key: str, index: int, user: CounterUser = Depends(room.user)
    ) -> Response:
        draft = room.draft(draft_id, user)
        stand, paper = room.paper(draft, user, key)
        path = room.desk.pictures / page_picture(page_of(paper, index))
        # A thumbnail can be read too: of a paper with masked values it is shown once it is open.
        if paper.has_hidden and not paper.is_open:
            raise HTTPException(403, "这份材料的内容还没有打开。")
        return file_of(path if path.is_file() else large_of(room, stand, page_of(paper, index)))

    @router.get("/{draft_id}/papers/{key}/pages/{index}/large", include_in_schema=False)
    def large(
        draft_id: str, key: str, index: int, user: CounterUser = Depends(room.user)
    ) -> Response:
        draft = room.draft(draft_id, user)
        stand, paper = room.paper(draft, user, key)
        if paper.has_hidden and not paper.is_open:
            raise HTTPException(403, "这份材料的内容还没有打开。")
        return file_of(large_of(room, stand, page_of(paper, index)))

    @router.get("/{draft_id}/papers/{key}/fields/{name}", include_in_schema=False)
    def crop(
        draft_id: str, key: str, name: str, user: CounterUser = Depends(room.user)
    ) -> Response:
        draft = room.draft(draft_id, user)
        stand, paper = room.paper(draft, user, key)
        value = next((v for v in paper.values if v.field == name), None)
        if value is None or value.box is None:
            raise HTTPException(404, "这一项没有对应的图像。")
        if value.hidden:
            raise HTTPException(403, "这份材料的内容还没有打开。")
        try:
            data = crop_of_large(large_of(room, stand, page_of(paper, value.page)), value.box)
        except (OSError, ValueError, KeyError) as error:
            raise HTTPException(404, "这一项没有对应的图像。") from error
        return Response(data, media_type="image/jpeg", headers=KEPT)


def page_of(paper: Paper, index: int) -> PageRef:
    """One page of a paper. Raises 404."""
    if not 0 <= index < len(paper.pages):
        raise HTTPException(404, "没有这一页。")
    return paper.pages[index]


def source_of(stand: Stand, ref: PageRef) -> SourceFile:
    """The scan on which a page lies. A page of a PDF's attachment names the attachment."""
    for file in stand.files:
        for source, _, _ in file.parts:
            if source.sha256 == ref.sha256 or ref.file.startswith(f"{source.name}/"):
                return source
    raise HTTPException(404, "这份材料已不在这件申请里。")


def large_of(room: Room, stand: Stand, ref: PageRef) -> Path:
    """The page's large picture, drawn now where the file was read by the batch."""
    path = room.desk.pictures / large_picture(ref)
    if not path.is_file():
        source = source_of(stand, ref)
        room.desk.warm.reader.ask(worker.draw_page, source, ref, room.desk.pictures)
    return path


def file_of(path: Path) -> Response:
    """A picture as an answer. Raises 404 where there is none."""
    if not path.is_file():
        raise HTTPException(404, "这一页没有图像。")
    return FileResponse(path, media_type="image/jpeg", headers=KEPT)
