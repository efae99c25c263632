"""The counter's routes in the barest page: a stand-in without login."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import ChoiceLoader, DictLoader, Environment, PackageLoader, StrictUndefined

from flows.case_work import CaseWork
from flows.desk.desk import Desk
from flows.pages.counter.room import CounterUser, Room
from flows.pages.counter.routes import counter_router

BASE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %}</title>
<style>body { margin: 0; background: #f3f5f7; font: 16px/1.5 sans-serif }</style>
{% block head %}{% endblock %}</head>
<body>{% block content %}{% endblock %}</body></html>"""


@dataclass(frozen=True)
class Clerk:
    name: str = "clerk"
    window: str | None = "3"


def _clerk() -> Clerk:
    return Clerk()


def app_of(desk: Desk) -> tuple[FastAPI, list[tuple[str, str]]]:
    """An app with the counter alone, and what was audited."""
    audited: list[tuple[str, str]] = []
    environment = Environment(
        loader=ChoiceLoader([DictLoader({"base.html": BASE}), PackageLoader("flows.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.globals["csrf"] = "token"

    def audit(user: CounterUser, action: str, case_id: str, detail: str) -> None:
        audited.append((action, case_id))

    work = CaseWork(
        desk.settings,
        desk.store,
        desk.objects,
        desk.warm.reader,
        desk.pictures.parent,
        desk.day,
        lambda _: None,
    )
    app = FastAPI()
    room = Room(desk, Jinja2Templates(env=environment), _clerk, audit, work.work)
    app.include_router(counter_router(room))
    static = files("flows.pages") / "static"
    app.mount("/static", StaticFiles(directory=str(static)))
    return app, audited
