"""The application: its pages, its files, and what it says when something goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from flows.bugs import keep_bug
from flows.case_work import CaseWork
from flows.pages import health, home, login
from flows.pages.context import PageContext
from flows.pages.counter.room import CounterUser, Room
from flows.pages.counter.routes import counter_router
from flows.pages.review.room import ReviewRoom, ReviewUser
from flows.pages.review.routes import review_router
from flows.pages.security import Headers, NotAllowed, NotLoggedIn, StaleForm, require
from flows.pages.templating import NavItem, page, templates
from flows.review.desk import Desk as ReviewDesk
from pipeline.errors import YijianshiError
from pipeline.store.people import Account, Login, Role, write_audit

ROUTERS: tuple[APIRouter, ...] = (health.router, login.router, home.router)
NAV: tuple[NavItem, ...] = (
    *home.NAV,
    NavItem("/counter", "窗口受理", frozenset({Role.CLERK, Role.REVIEWER})),
    NavItem("/review", "复核", frozenset({Role.REVIEWER})),
)
_STATIC = Path(__file__).parent / "static"


def create_app(context: PageContext) -> FastAPI:
    """The pages over this office's store."""
    app = FastAPI(title="yijianshi", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.state.nav = [*NAV]
    app.state.templates = templates(NAV)
    app.add_middleware(Headers)
    for router in ROUTERS:
        app.include_router(router)
    for router in _routers(context, app.state.templates):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    _add_errors(app)
    return app


def _routers(context: PageContext, made: Jinja2Templates) -> Iterator[APIRouter]:
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
    yield counter_router(
        Room(counter, made, _account_of(Role.CLERK, Role.REVIEWER), audit, work.work)
    )
    desk = ReviewDesk(
        context.settings, context.store, context.objects, reader, context.out, context.today
    )
    yield review_router(ReviewRoom(desk, made, _account_of(Role.REVIEWER), audit))


def _account_of(*roles: Role) -> Callable[..., Account]:
    """A dependency: the account of who asks, where its role is one of these."""
    allowed = require(*roles)

    def account(login: Login = Depends(allowed)) -> Account:
        return login.account

    return account


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
