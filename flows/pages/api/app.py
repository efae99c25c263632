"""The API as an application of its own, mounted below the pages: its errors are problems, never
pages, and a browser's session opens nothing here.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from flows.case_work import CaseWork
from flows.pages.api import cases, packets, records
from flows.pages.api.bearer import Paces
from flows.pages.api.problems import Problem, add_problems
from flows.pages.api.working import ApiWork
from flows.pages.context import PageContext
from pipeline import __version__

PATH = "/api/v1"
_ABOUT = (
    "提交申请、查看进度、读取记录和部门数据包。每个请求须带令牌（yijianshi tokens create）；"
    "拒绝时按 RFC 9457 说明原因。各项的含义见每个属性的说明和 contract.md。"
)


def create_api(context: PageContext) -> FastAPI:
    """The API over this office's store."""
    api = _described()
    work = CaseWork(
        context.settings,
        context.store,
        context.objects,
        context.counter.warm.reader,
        context.out,
        context.today,
        lambda _: None,
    )
    api.state.context = context
    api.state.paces = Paces(context.settings.api_per_minute)
    api.state.work = ApiWork(work)
    return api


def openapi_document() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1), for which no office is needed."""
    return _described().openapi()


def _described() -> FastAPI:
    api = FastAPI(
        title="yijianshi",
        version=__version__,
        description=_ABOUT,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": PATH}],
        root_path_in_servers=False,
        generate_unique_id_function=_named,
    )
    for router in (cases.router, records.router, packets.router):
        api.include_router(router)
    add_problems(api)
    _say_problems(api)
    return api


def _named(route: APIRoute) -> str:
    return route.name


def _say_problems(api: FastAPI) -> None:
    """Put the schema of problems beside those of the answers, to which FastAPI gives theirs."""
    plain = api.openapi

    def whole() -> dict[str, Any]:
        document = plain()
        document["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        return document

    api.openapi = whole  # type: ignore[method-assign]  # the way that FastAPI tells to extend it
