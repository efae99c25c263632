"""Records and what people decided about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from flows.pages.api.asked import is_known, tagged
from flows.pages.api.bearer import require, subject
from flows.pages.api.models import Decisions, DecisionTold
from flows.pages.api.problems import Refusal, problems
from flows.pages.context import Context, PageContext
from pipeline.model import Request as Declared
from pipeline.record import Decision, Record
from pipeline.store.people import write_audit
from pipeline.store.tokens import Scope, Token

router = APIRouter(tags=["records"])
PERSONAL = ("reviewer", "value", "reason")
"""What of a decision may hold something of a person."""


@router.get(
    "/cases/{case_id}/record",
    summary="案件记录",
    description="全部识别和核验结果，含申请人的个人信息；每次读取都记入审计。",
    response_model=Record,
    responses={304: {"description": "没有变化"}, **problems("no-such-case", "no-record")},
)
def record(
    request: Request,
    case_id: str,
    context: Context,
    token: Annotated[Token, Depends(require(Scope.RECORDS_READ))],
) -> Response:
    """See the description of the route."""
    found, _, _ = standing_record(context, case_id)
    response = tagged(request, found.to_json())
    if response.status_code != 304:
        note(context, token, "api-record", case_id)
    return response


@router.get(
    "/cases/{case_id}/decisions",
    summary="人工决定",
    description="有效的复核决定，按先后。录入的值、理由和复核人只给有 records:read 的令牌，"
    "并记入审计。",
    response_model=Decisions,
    responses={304: {"description": "没有变化"}, **problems("no-such-case", "no-record")},
)
def decisions(
    request: Request,
    case_id: str,
    context: Context,
    token: Annotated[Token, Depends(require(Scope.DECISIONS_READ))],
) -> Response:
    """See the description of the route."""
    found, _, revision = standing_record(context, case_id)
    whole = Scope.RECORDS_READ in token.scopes
    told = Decisions(
        case_id=case_id,
        revision=revision,
        items=tuple(_told(decision, whole=whole) for decision in found.decisions),
    )
    response = tagged(request, told.model_dump_json(exclude_none=True))
    if whole and response.status_code != 304:
        note(context, token, "api-decisions", case_id)
    return response


def standing_record(context: PageContext, case_id: str) -> tuple[Record, Declared, int]:
    """The record of a case that stands, what was applied for, and the number of its revision.
    Raises Refusal where there is none."""
    row = context.store.find_case(case_id) if is_known(case_id) else None
    if row is None:
        raise Refusal("no-such-case")
    if row.record is None or row.request is None:
        raise Refusal("no-record")
    request = Declared.model_validate_json(row.request)
    return Record.from_json(row.record), request, row.revision


def note(context: PageContext, token: Token, action: str, case_id: str) -> None:
    """Write down that something of a person was read."""
    with context.store.begin() as connection:
        write_audit(connection, subject(token), action, case_id=case_id, now=context.now())


def _told(decision: Decision, *, whole: bool) -> DecisionTold:
    left_out = set() if whole else set(PERSONAL)
    kept = set(DecisionTold.model_fields) - left_out
    return DecisionTold.model_validate(decision.model_dump(include=kept))
