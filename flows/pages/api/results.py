"""What departments decided, sent back by their systems: kept as those that come by folder are."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response

from flows.pages.api.asked import is_known
from flows.pages.api.bearer import require, subject
from flows.pages.api.problems import Refusal, problems
from flows.pages.context import Context
from pipeline.errors import InputError
from pipeline.model import Frozen
from pipeline.store.outcomes import DepartmentResult, take_result
from pipeline.store.people import write_audit
from pipeline.store.tokens import Scope, Token
from pipeline.wire import DESCRIBED

router = APIRouter(tags=["results"])


class ResultTaken(Frozen):
    """A department's decision that is kept."""

    model_config = DESCRIBED

    case_id: str
    """The case it is about."""
    id: str
    """The department's own number of it."""
    taken: Literal["new", "same"]
    """``same``: this very decision had come before."""


@router.post(
    "/results",
    summary="回写部门结果",
    description="一个部门对一件申请的审核结果，内容同 yijianshi schema result。"
    "同一编号（id）只收一次；更正用新的编号。各部门都有结果后案件办结。",
    status_code=201,
    response_model=ResultTaken,
    responses={
        200: {"model": ResultTaken, "description": "这一结果先前已收下"},
        201: {"description": "已收下"},
        **problems("department", "no-such-case", "result-refused"),
    },
)
def take(
    result: DepartmentResult,
    context: Context,
    token: Annotated[Token, Depends(require(Scope.RESULTS_WRITE))],
) -> Response:
    """See the description of the route."""
    if token.department not in (None, result.department):
        raise Refusal("department", department=token.department or "")
    if not is_known(result.case_id) or context.store.find_case(result.case_id) is None:
        raise Refusal("no-such-case")
    try:
        with context.store.begin() as connection:
            is_new = take_result(connection, result, now=context.now())
            if is_new:
                write_audit(
                    connection, subject(token), "api-result", case_id=result.case_id,
                    detail={"department": result.department}, now=context.now(),
                )  # fmt: skip
    except InputError as error:
        raise Refusal("result-refused", why=f"{error.message}{error.hint}") from error
    told = ResultTaken(case_id=result.case_id, id=result.id, taken="new" if is_new else "same")
    return Response(told.model_dump_json(), 201 if is_new else 200, media_type="application/json")
