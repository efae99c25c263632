"""The reviewer's pages served to a real browser: who asks is told by a cookie, as the shell's login
would tell it; everything else is what a service runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from flows.pages.review.room import ReviewRoom, ReviewUser
from flows.pages.review.routes import review_router
from flows.review.desk import Desk
from tests.flows.review.made import made_tools

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Person:
    name: str


@dataclass(slots=True)
class Served:
    """The pages at an address; ``audited`` are (who, what, case)."""

    address: str
    desk: Desk
    audited: list[tuple[str, str, str]]


def who(request: Request) -> ReviewUser:
    return Person(request.cookies.get("who", "li"))


def make_app(desk: Desk, audited: list[tuple[str, str, str]]) -> FastAPI:
    app = FastAPI()
    loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), PackageLoader("flows.pages")])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    room = ReviewRoom(
        desk=desk,
        templates=Jinja2Templates(env=environment),
        user=who,
        audit=lambda user, action, case_id, _: audited.append((user.name, action, case_id)),
    )
    app.include_router(review_router(room))

    @app.get("/static/base-for-tests.css")
    def base() -> Response:
        style = (
            "body{margin:0;font-family:sans-serif;background:#f6f7f8;color:#15202b}"
            ".shell{height:3.2rem;line-height:3.2rem;padding:0 1rem;background:#173a57;color:#fff}"
        )
        return PlainTextResponse(style, media_type="text/css")

    app.mount("/static", StaticFiles(packages=[("flows.pages", "static")]))

    @app.middleware("http")
    async def strict(request: Request, call_next):  # type: ignore[no-untyped-def]
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@contextmanager
def serving(desk: Desk) -> Iterator[Served]:
    """The pages on loopback while this lasts."""
    audited: list[tuple[str, str, str]] = []
    made_tools(desk)
    config = uvicorn.Config(
        make_app(desk, audited), host="127.0.0.1", port=0, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", desk, audited)
    finally:
        server.should_exit = True
        thread.join()
