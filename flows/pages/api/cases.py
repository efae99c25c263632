"""Submitting a case, and how it stands."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from flows.pages.api.asked import is_known, tagged
from flows.pages.api.bearer import require
from flows.pages.api.models import CaseStand, CaseTaken
from flows.pages.api.parts import APPLICATION, FILES, NAME, Parts, boundary_of
from flows.pages.api.problems import Refusal, problems
from flows.pages.api.submitting import held_key, take_in, uploads_folder
from flows.pages.api.working import ApiWork
from flows.pages.context import Context, PageContext
from pipeline.store.feed import how_it_stands
from pipeline.store.tokens import Scope, Token

router = APIRouter(tags=["cases"])

KEY = r"^[\x21-\x7e]{1,255}$"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILES],
                    "additionalProperties": False,
                    "properties": {
                        FILES: {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "扫描件，每个文件一个部分：图像、PDF 或 zip。",
                        },
                        APPLICATION: {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "description": "录入的申请信息，内容同 application.json"
                            "（yijianshi schema application）。",
                        },
                        NAME: {
                            "type": "string",
                            "maxLength": 200,
                            "description": "提交方对这件申请的叫法，案件编号由它而来；"
                            "不给则由系统编号。同名再次提交即为补件。",
                        },
                    },
                },
                "encoding": {APPLICATION: {"contentType": "application/json"}},
            }
        },
    }
}


@router.post(
    "/cases",
    summary="提交一件申请",
    description="同一个 Idempotency-Key 只受理一次：内容相同的重发得到同样的回答。"
    "受理后即排队识别核验，用状态接口查看进度。",
    status_code=201,
    response_model=CaseTaken,
    openapi_extra=_FORM,
    responses={
        200: {"model": CaseTaken, "description": "材料与已有案件完全相同，没有重复受理"},
        201: {"description": "已受理"},
        **problems("in-flight", "name-taken", "too-large", "media-type", "key-reused"),
    },
)
async def submit(
    request: Request,
    context: Context,
    token: Annotated[Token, Depends(require(Scope.CASES_SUBMIT))],
    idempotency_key: Annotated[
        str, Header(pattern=KEY, description="提交方自选，每件申请一个，如 UUID。")
    ],
) -> Response:
    """See the description of the route."""
    boundary = boundary_of(request.headers.get("content-type", ""))
    parts = Parts(
        boundary, uploads_folder(context), context.settings.upload_bytes, context.settings.limits
    )
    key = held_key(context, token, idempotency_key)
    await run_in_threadpool(key.__enter__)
    try:
        await parts.take(request.stream())
        taken, again = await run_in_threadpool(take_in, context, token, idempotency_key, parts.sent)
    except ClientDisconnect:
        return Response(status_code=499)  # nobody is there to read it; nothing was taken in
    finally:
        await run_in_threadpool(parts.sent.forget)
        await run_in_threadpool(key.__exit__, None, None, None)
    cast(ApiWork, request.app.state.work).begin(taken.case_id)
    return Response(
        taken.model_dump_json(exclude_none=True),
        200 if taken.arrival == "same" else 201,
        media_type="application/json",
        headers={"Idempotent-Replayed": "true"} if again else None,
    )


@router.get(
    "/cases/{case_id}",
    summary="案件进度",
    description="只有代码和数字，没有申请人的任何信息。可用 If-None-Match 轮询。",
    response_model=CaseStand,
    responses={304: {"description": "没有变化"}, **problems("no-such-case")},
)
def stand(
    request: Request,
    case_id: str,
    context: Context,
    _: Annotated[Token, Depends(require(Scope.CASES_READ))],
) -> Response:
    """See the description of the route."""
    return tagged(request, stand_of(context, case_id).model_dump_json(exclude_none=True))


def stand_of(context: PageContext, case_id: str) -> CaseStand:
    """How a case stands. Raises Refusal where there is none."""
    told = None
    if is_known(case_id):
        with context.store.snapshot() as connection:
            told = how_it_stands(connection, case_id)
    if told is None:
        raise Refusal("no-such-case")
    matters = tuple(code for code in told.matters.split(",") if code)
    return CaseStand.model_validate({**told.model_dump(), "matters": matters})
