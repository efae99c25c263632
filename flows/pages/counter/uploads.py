"""Files come in by the tus protocol, version 1.0.0 (core, creation, termination): any client of it
may send, a document camera's program too. Our page's own is ``counter.js``.
"""

from __future__ import annotations

import base64
import binascii

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from flows.desk.uploads import UploadRefused
from flows.pages.counter.room import CounterUser, Room
from pipeline.errors import StoreError
from pipeline.store.drafts import DraftFile, FileState

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"


def add_uploads(router: APIRouter, room: Room) -> None:
    """``/counter/{draft}/files``."""
    desk = room.desk
    most = str(desk.settings.upload_bytes)

    _add_pieces(router, room)

    @router.options("/{draft_id}/files", include_in_schema=False)
    def abilities(draft_id: str, user: CounterUser = Depends(room.user)) -> Response:
        return _answer(
            204,
            **{
                "Tus-Version": VERSION,
                "Tus-Max-Size": most,
                "Tus-Extension": "creation,termination",
            },
        )

    @router.post("/{draft_id}/files", include_in_schema=False)
    def announce(
        request: Request, draft_id: str, user: CounterUser = Depends(room.user)
    ) -> Response:
        draft = room.open_draft(draft_id, user)
        told = _metadata(request.headers.get("Upload-Metadata", ""))
        length = _number(request.headers.get("Upload-Length"))
        if length is None:
            return _refusal(UploadRefused(400, "没有说明文件的长度。", "请重新选择文件。"))
        try:
            file = desk.files.announce(
                draft, told.get("filename", ""), length, told.get("replaces") or None
            )
        except UploadRefused as refused:
            return _refusal(refused)
        except StoreError as error:
            return _refusal(UploadRefused(507, error.message, error.hint))
        where = f"{request.url.path}/{file.id}"
        return _answer(201, Location=where, **{"Upload-Offset": "0"})


def _add_pieces(router: APIRouter, room: Room) -> None:
    desk = room.desk

    def found(draft_id: str, file_id: str, user: CounterUser) -> DraftFile:
        room.open_draft(draft_id, user)
        file = desk.files.find(draft_id, file_id)
        if file is None:
            raise HTTPException(404, "这个文件已不在这件申请里。")
        return file

    @router.head("/{draft_id}/files/{file_id}", include_in_schema=False)
    def offset(draft_id: str, file_id: str, user: CounterUser = Depends(room.user)) -> Response:
        file = desk.files.settle(found(draft_id, file_id, user))
        return _answer(
            200,
            **{
                "Upload-Offset": str(_offset(room, file)),
                "Upload-Length": str(file.size_bytes),
                "Cache-Control": "no-store",
            },
        )

    @router.patch("/{draft_id}/files/{file_id}", include_in_schema=False)
    async def piece(
        request: Request, draft_id: str, file_id: str, user: CounterUser = Depends(room.user)
    ) -> Response:
        file = await run_in_threadpool(found, draft_id, file_id, user)
        if request.headers.get("Content-Type") != PIECE:
            return _refusal(UploadRefused(415, "上传的格式不对。", "请刷新页面后重试。"))
        at = _number(request.headers.get("Upload-Offset"))
        if at is None:
            return _refusal(UploadRefused(400, "没有说明从哪里续传。", "请刷新页面后重试。"))
        try:
            stands = await desk.files.receive(file, at, request.stream())
            if stands == file.size_bytes:
                await run_in_threadpool(desk.files.settle, file)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it; what came is kept
        except UploadRefused as refused:
            return _refusal(refused, **{"Upload-Offset": str(desk.uploads.offset(file))})
        except StoreError as error:
            return _refusal(UploadRefused(507, error.message, error.hint))
        return _answer(204, **{"Upload-Offset": str(stands)})

    @router.delete("/{draft_id}/files/{file_id}", include_in_schema=False)
    def remove(draft_id: str, file_id: str, user: CounterUser = Depends(room.user)) -> Response:
        desk.files.remove(found(draft_id, file_id, user))
        return _answer(204)


def _offset(room: Room, file: DraftFile) -> int:
    return file.size_bytes if file.state == FileState.KEPT else room.desk.uploads.offset(file)


def _answer(status: int, **headers: str) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, **headers})


def _refusal(refused: UploadRefused, **headers: str) -> Response:
    """A refusal as a person reads it; the page shows both sentences."""
    return JSONResponse(
        {"detail": refused.message, "hint": refused.hint},
        status_code=refused.status,
        headers={"Tus-Resumable": VERSION, **headers},
    )


def _number(header: str | None) -> int | None:
    """A count of bytes; None where the header holds none."""
    usable = header is not None and header.isascii() and header.isdigit() and len(header) < 16
    return int(header) if usable and header is not None else None


def _metadata(header: str) -> dict[str, str]:
    """What the client told of the file: ``key base64,key base64``."""
    told = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    return told
