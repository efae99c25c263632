"""The application: its pages, its files, and what it says when something goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from flows.bugs import keep_bug
from flows.case_work import CaseWork
from flows.pages import audit, home, login, users
from flows.pages.api.app import PATH as API
from flows.pages.api.app import create_api
from flows.pages.api.problems import Refusal, answer
from flows.pages.context import PageContext
from flows.pages.counter.room import CounterUser, Room
from flows.pages.counter.routes import counter_router
from flows.pages.gate import BodyLimit, Gate, Longer
from flows.pages.review.room import ReviewRoom, ReviewUser
from flows.pages.review.routes import review_router
from flows.pages.security import Headers, NotAllowed, NotLoggedIn, StaleForm, login_of, require
from flows.pages.templating import NavItem, page, templates
from flows.review.desk import Desk as ReviewDesk
from pipeline.errors import YijianshiError
from pipeline.settings import Settings
from pipeline.store.people import Account, Login, Role, write_audit

ROUTERS: tuple[APIRouter, ...] = (login.router, home.router, users.router, audit.router)
NAV: tuple[NavItem, ...] = (
    *home.NAV,
    NavItem("/counter", "窗口受理", frozenset({Role.CLERK, Role.REVIEWER})),
    NavItem("/review", "复核", frozenset({Role.REVIEWER})),
    NavItem("/audit", "审计", frozenset({Role.AUDITOR})),
    NavItem("/users", "用户", frozenset({Role.ADMINISTRATOR})),
)
_STATIC = Path(__file__).parent / "static"


def create_app(context: PageContext) -> FastAPI:
    """The pages over this office's store."""
    app = FastAPI(title="yijianshi", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.state.nav = [*NAV]
    app.state.templates = templates(NAV)
    # The last one added is the first that a request meets.
    app.add_middleware(Gate, who=login_of, refuse=_not_logged_in)
    app.add_middleware(BodyLimit, longer=_longer(context.settings), refuse=_too_long)
    app.add_middleware(Headers)
    for router in ROUTERS:
        app.include_router(router)
    app.state.rooms = counter, review = _rooms(context, app.state.templates)
    app.include_router(counter_router(counter))
    app.include_router(review_router(review))
    app.state.api = api = create_api(context)
    app.mount(API, api, name="api")
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    _add_errors(app)
    return app


def _rooms(context: PageContext, made: Jinja2Templates) -> tuple[Room, ReviewRoom]:
    """The counter for who receives papers, the reviewer's pages for reviewers alone."""

    def audit(user: CounterUser | ReviewUser, action: str, case_id: str, detail: str) -> None:
        with context.store.begin() as connection:
            told = {"about": detail} if detail else {}
            write_audit(connection, user.name, action, case_id=case_id, detail=told)

    counter, reader = context.counter, context.counter.warm.reader
    work = CaseWork(
        context.settings,
        context.store,
        context.objects,
        reader,
        context.out,
        context.today,
        lambda _: None,
    )
    desk = ReviewDesk(
        context.settings, context.store, context.objects, reader, context.out, context.today
    )
    return (
        Room(counter, made, _account_of(Role.CLERK, Role.REVIEWER), audit, work.work),
        ReviewRoom(desk, made, _account_of(Role.REVIEWER), audit),
    )


def _account_of(*roles: Role) -> Callable[..., Account]:
    """A dependency: the account of who asks, where its role is one of these."""
    allowed = require(*roles)

    def account(login: Login = Depends(allowed)) -> Account:
        return login.account

    return account


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(NotLoggedIn)
    def not_logged_in(request: Request, _: Exception) -> Response:
        return _not_logged_in(request)

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
        if request.url.path.startswith(API):  # a line break in a path leads past the mount
            return answer(Refusal("no-such-path"))
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = str(getattr(error, "detail", ""))
        if not detail.isascii():  # our own words; the framework's are English
            return _told(request, status, detail, "")
        if status == 404:
            return _told(request, 404, "没有这个页面。", "请从上方菜单进入。")
        if status == 413:
            return _too_long(request)
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


def _not_logged_in(request: Request) -> Response:
    if "HX-Request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/login?over=1"})
    over = "?over=1" if request.cookies else ""
    return RedirectResponse(f"/login{over}", status_code=303)


def _too_long(request: Request) -> Response:
    return _told(request, 413, "提交的内容太大，没有接收。", "扫描件请在窗口受理页面上传。")


def _longer(settings: Settings) -> tuple[Longer, ...]:
    """Where more than a form may come: pieces of a scan, which the counter's uploads measure, and
    whole applications."""
    return (
        Longer(re.compile(r"/counter/[^/]+/files/[^/]+$"), settings.upload_bytes),
        Longer(re.compile(r"/api/"), settings.limits.case_bytes),
    )


def _told(request: Request, status: int, message: str, hint: str) -> Response:
    template = "error_part.html" if "HX-Request" in request.headers else "error.html"
    return page(request, template, status, message=message, hint=hint)
