"""What is said when something is refused: problem details (RFC 9457), in Chinese, with a code.

``problems.toml`` holds the codes with their status and words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from flows.bugs import keep_bug
from pipeline.errors import StoreError
from pipeline.model import Frozen
from pipeline.wire import DESCRIBED

MEDIA_TYPE = "application/problem+json"
ALWAYS = ("unauthorized", "token-ended", "scope", "invalid", "too-many", "bug", "store")
"""What any operation may answer."""
RETRY_SECONDS = 10


class ProblemRow(Frozen):
    """A row of problems.toml."""

    status: int
    title: str
    detail: str


class Problem(Frozen):
    """Why a request was refused, as RFC 9457 writes it."""

    model_config = DESCRIBED

    type: str
    """``urn:yijianshi:problem:`` and the code: what programs go by."""
    title: str
    """What is wrong, in Chinese; the same for every problem of this type."""
    status: int
    """The HTTP status, again."""
    detail: str
    """What to do next, in Chinese. Never holds anything of a person."""
    code: str
    """The last part of ``type``."""


class Refusal(Exception):
    """Ends a request with this problem."""

    def __init__(
        self, code: str, headers: Mapping[str, str] | None = None, **filled: object
    ) -> None:
        super().__init__(code)
        row = rows()[code]
        self.status = row.status
        self.headers = dict(headers or {})
        self.problem = Problem(
            type=f"urn:yijianshi:problem:{code}",
            title=row.title,
            status=row.status,
            detail=row.detail.format(**filled),
            code=code,
        )


@cache
def rows() -> Mapping[str, ProblemRow]:
    """The table, by code."""
    text = (files("flows.pages.api") / "problems.toml").read_text(encoding="utf-8")
    return {code: ProblemRow.model_validate(row) for code, row in tomllib.loads(text).items()}


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """What an operation may refuse, for its description: these, and what any may."""
    told: dict[int | str, dict[str, Any]] = {}
    for code in (*codes, *ALWAYS):
        row = rows()[code]
        entry = told.setdefault(
            row.status,
            {
                "description": "",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
        entry["description"] = "；".join(
            filter(None, (entry["description"], f"{code}：{row.title}"))
        )
    return told


def answer(refusal: Refusal) -> Response:
    """The response that says it."""
    return Response(
        refusal.problem.model_dump_json(),
        refusal.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **refusal.headers},
    )


def add_problems(app: FastAPI) -> None:
    """Make every error of the application a problem."""

    @app.exception_handler(Refusal)
    def refused(_: Request, error: Refusal) -> Response:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        # Where it is wrong, never what stood there: it may be a person's.
        places = dict.fromkeys(str(e["loc"][-1]) for e in error.errors() if e["loc"])
        return answer(Refusal("invalid", what=f"缺少或不合格式：{'、'.join(places)}。"))

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> Response:
        if error.status_code == 413:  # of a layer that measures whole requests
            return answer(Refusal("too-large", what="整个请求", most="服务器"))
        code = "method" if error.status_code == 405 else "no-such-path"
        return answer(Refusal(code, headers=error.headers))

    @app.exception_handler(StoreError)
    def store(_: Request, error: StoreError) -> Response:
        return answer(Refusal("store", headers={"Retry-After": str(RETRY_SECONDS)}))

    @app.exception_handler(Exception)
    def bug(_: Request, error: Exception) -> Response:
        keep_bug(error)
        return answer(Refusal("bug"))
