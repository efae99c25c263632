"""Words of a request, understood: places in a list, moments, and what the sender has already."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import ValidationError

from flows.pages.api.problems import Refusal
from pipeline.store.feed import Spot

Cursor = Annotated[
    str | None,
    Query(max_length=1000, description="上一页的 cursor：从它之后继续；不给则从头开始。"),
]
Since = Annotated[
    datetime | None,
    Query(description="只要此刻及以后变化的（ISO 8601，带时区）；给了 cursor 时也一并适用。"),
]


def spot_of(cursor: str | None) -> Spot | None:
    """The place that a cursor names. Raises Refusal."""
    if cursor is None:
        return None
    try:
        at, case_id = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        spot = Spot(at=datetime.fromisoformat(at), case_id=case_id)
        return spot.model_copy(update={"at": in_utc(spot.at)})
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError) as error:
        raise Refusal("invalid", what="cursor 无效；请原样使用上一页返回的值。") from error


def cursor_of(spot: Spot) -> str:
    """A place as it is handed out."""
    told = json.dumps([spot.at.isoformat(), spot.case_id], ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode("utf-8")).decode("ascii")


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC. Raises Refusal where its zone is not said, or the calendar ends before."""
    if moment.tzinfo is None:
        raise Refusal("invalid", what="时间没有写时区，应如 2026-11-29T08:00:00+08:00。")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Refusal("invalid", what="时间超出范围。") from error


def is_known(case_id: str) -> bool:
    """Whether a text can be a case's id at all: no database need be asked about the others."""
    return len(case_id) <= 255 and case_id.isprintable()


def tagged(request: Request, body: str) -> Response:
    """JSON under a tag made of it; 304 and nothing more where the sender has it already (RFC 9110,
    13.1.2)."""
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": f"W/{tag}", "Cache-Control": "private, no-cache"}
    said = request.headers.get("If-None-Match", "")
    has = {part.strip().removeprefix("W/") for part in said.split(",")}
    if tag in has or said.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
