"""What departments get: their packets of cases that are ready, in the order of the last change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from flows.packets import card_photos, packets
from flows.pages.api.asked import Cursor, Since, cursor_of, in_utc, spot_of, tagged
from flows.pages.api.bearer import require, subject
from flows.pages.api.models import PacketPage
from flows.pages.api.problems import Refusal, problems
from flows.pages.api.records import note, standing_record
from flows.pages.context import Context, PageContext
from pipeline.status import Status
from pipeline.store.feed import Changed, Spot, changed_records
from pipeline.store.people import write_audit
from pipeline.store.tokens import Scope, Token
from pipeline.wire import DepartmentCode
from validators.output.packet import Packet

router = APIRouter(tags=["packets"])
Limit = Annotated[int, Query(ge=1, le=50, description="一页最多几个案件。")]
OnlyOf = Annotated[
    DepartmentCode | None,
    Query(description="只要这个部门的；令牌只属于一个部门时可不给。"),
]


@router.get(
    "/packets",
    summary="部门数据包",
    description="已可受理的案件各部门的数据包，按变化先后分页；案件再变化会再次出现，"
    "不再可受理的以 withdrawn 告知。变化 5 秒后可见。含个人信息，每次读取都记入审计。",
    response_model=PacketPage,
    responses=problems("department"),
)
def follow(
    context: Context,
    token: Annotated[Token, Depends(require(Scope.PACKETS_READ))],
    department: OnlyOf = None,
    cursor: Cursor = None,
    since: Since = None,
    limit: Limit = 20,
) -> Response:
    """See the description of the route."""
    wanted = _department(token, department)
    after, begin = spot_of(cursor), None if since is None else in_utc(since)
    with context.store.snapshot() as connection:
        found = changed_records(connection, after, begin, limit + 1, now=context.now())
    shown = found[:limit]
    items = [item for changed in shown for item in _items(context, changed, wanted)]
    if cases := sorted({item["case_id"] for item in items}):
        with context.store.begin() as connection:
            for case_id in cases:
                write_audit(
                    connection, subject(token), "api-packet", case_id=case_id, now=context.now()
                )
    last = Spot(at=shown[-1].at, case_id=shown[-1].case_id) if shown else after
    page = {
        "items": items,
        "cursor": None if last is None else cursor_of(last),
        "more": len(found) > limit,
    }
    return Response(json.dumps(page, ensure_ascii=False), media_type="application/json")


@router.get(
    "/cases/{case_id}/packets/{department}",
    summary="一件案件的一个部门的数据包",
    description="只有可受理的案件有。含个人信息，每次读取都记入审计。",
    response_model=Packet,
    responses={
        304: {"description": "没有变化"},
        **problems("no-such-case", "no-record", "department"),
    },
)
def packet(
    request: Request,
    case_id: str,
    department: DepartmentCode,
    context: Context,
    token: Annotated[Token, Depends(require(Scope.PACKETS_READ))],
) -> Response:
    """See the description of the route."""
    _department(token, department)
    record, declared, _ = standing_record(context, case_id)
    ready = record.status == Status.READY
    made = packets(record, declared, card_photos(record, context.objects)) if ready else {}
    if department not in made:
        raise Refusal("no-record")
    response = tagged(request, json.dumps(made[department], ensure_ascii=False))
    if response.status_code != 304:
        note(context, token, "api-packet", case_id)
    return response


def _department(token: Token, department: str | None) -> str | None:
    """The department whose packets may be read; None: all. Raises Refusal for another's."""
    if token.department is not None and department not in (None, token.department):
        raise Refusal("department", department=token.department)
    return token.department or department


def _items(context: PageContext, changed: Changed, only: str | None) -> Iterator[dict[str, Any]]:
    photos = card_photos(changed.record, context.objects) if changed.ready else {}
    for department, made in packets(changed.record, changed.request, photos).items():
        if only not in (None, department):
            continue
        item = {
            "case_id": changed.case_id,
            "department": department,
            "revision": changed.revision,
            "changed_at": _written(changed.at),
            "withdrawn": not changed.ready,
        }
        yield {**item, "packet": made} if changed.ready else item


def _written(moment: datetime) -> str:
    return moment.isoformat()
