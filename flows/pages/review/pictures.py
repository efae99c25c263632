"""The scans of a case before a reviewer: pages, and parts of them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import FileResponse, JSONResponse

from flows.pages.review.queue import case_path
from flows.pages.review.room import ReviewRoom, ReviewUser
from flows.review.page_pictures import crop, page_picture
from pipeline.errors import InputError

_KEPT = {"Cache-Control": "private, max-age=3600"}


def add_pictures(router: APIRouter, room: ReviewRoom) -> None:
    """``/review/cases/{case}/pages/…``."""

    def picture(case_id: str, sha256: str, page: int, rotation: int, user: ReviewUser) -> Any:
        room.must_be_open(user, case_id)
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
