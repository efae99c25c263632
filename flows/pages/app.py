"""The application: its pages, its files, and what it says when something goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from flows.bugs import keep_bug
from flows.pages import home, login
from flows.pages.context import PageContext
from flows.pages.review.room import ReviewRoom, ReviewUser
from flows.pages.review.routes import review_router
from flows.pages.security import NotAllowed, NotLoggedIn, StaleForm, add_headers, require
from flows.pages.templating import NavItem, page, templates
from flows.review.desk import Desk
from pipeline.errors import YijianshiError
from pipeline.store.people import Login, Role, write_audit

ROUTERS: tuple[APIRouter, ...] = (login.router, home.router)
NAV: tuple[NavItem, ...] = (
    *home.NAV,
    NavItem("/review", "复核", frozenset({Role.REVIEWER})),
)
_STATIC = Path(__file__).parent / "static"


def create_app(context: PageContext) -> FastAPI:
    """The pages over this office's store."""
    app = FastAPI(title="yijianshi", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.state.nav = [*NAV]
    app.state.templates = templates(NAV)
    add_headers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(_review(context, app.state.templates))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    _add_errors(app)
    return app


def _review(context: PageContext, made: Jinja2Templates) -> APIRouter:
    """The reviewer's pages, for reviewers alone."""
    allowed = require(Role.REVIEWER)

    def reviewer(login: Annotated[Login, Depends(allowed)]) -> ReviewUser:
        return login.account

    def audit(user: ReviewUser, action: str, case_id: str, detail: str) -> None:
        with context.store.begin() as connection:
            told = {"about": detail} if detail else {}
            write_audit(connection, user.name, action, case_id=case_id, detail=told)

    desk = Desk(
        context.settings, context.store, context.objects, context.reader, context.out, context.today
    )
    return review_router(ReviewRoom(desk, made, reviewer, audit))


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(NotLoggedIn)
    def not_logged_in(request: Request, _: Exception) -> Response:
        if "HX-Request" in request.headers:
            return Response(status_code=401, headers={"HX-Redirect": "/login?over=1"})
        over = "?over=1" if request.cookies else ""
        return RedirectResponse(f"/login{over}", status_code=303)

    @app.exception_handler(NotAllowed)
    def not_allowed(request: Request, _: Exception) -> Response:
        found = getattr(request.state, "login", None)
        if found is not None and found.account.must_change:
            return RedirectResponse("/password", status_code=303)
        return _told(request, 403, "您的账号不能使用这个页面。", "如有需要，请联系管理员。")

    @app.exception_handler(StaleForm)
    def stale_form(request: Request, _: Exception) -> Response:
        return _told(request, 403, "这个页面已过期，刚才的操作没有执行。", "请刷新页面后再做一次。")

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404:
            return _told(request, 404, "没有这个页面。", "请从上方菜单进入。")
        return _told(request, status, "这个请求无法处理。", "请返回上一页后重试。")

    @app.exception_handler(RequestValidationError)
    def not_understood(request: Request, _: Exception) -> Response:
        return _told(request, 422, "填写的内容不完整或格式不对。", "请返回上一页检查后重试。")

    @app.exception_handler(YijianshiError)
    def ours(request: Request, error: Exception) -> Response:
        message, hint = str(error), getattr(error, "hint", "")
        return _told(request, 503, message, hint)

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> Response:
        kept = keep_bug(error)
        noted = f"（记录在 {kept.name}）" if kept else ""
        return _told(
            request,
            500,
            f"程序出错了{noted}，刚才的操作可能没有完成。",
            "请重试；仍出错时联系维护人员。",
        )


def _told(request: Request, status: int, message: str, hint: str) -> Response:
    template = "error_part.html" if "HX-Request" in request.headers else "error.html"
    return page(request, template, status, message=message, hint=hint)
