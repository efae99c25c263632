"""Pages from templates, with what each of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.report import SEVERITY_LABELS, STATUS_LABELS
from pipeline.finding import field_label, type_label
from pipeline.privacy import mask, shown
from pipeline.store.people import Role

ROLE_LABELS = {
    Role.CLERK: "窗口人员",
    Role.REVIEWER: "复核人员",
    Role.AUDITOR: "审计人员",
    Role.ADMINISTRATOR: "管理员",
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page in the bar at the top, for these roles."""

    path: str
    label: str
    roles: frozenset[Role]


@cache
def environment() -> Environment:
    """The templates' environment."""
    made = Environment(
        loader=PackageLoader("flows.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        STATUS_LABELS=STATUS_LABELS,
        SEVERITY_LABELS=SEVERITY_LABELS,
        ROLE_LABELS=ROLE_LABELS,
        field_label=field_label,
        type_label=type_label,
        mask=mask,
        shown=shown,
    )
    return made


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, or a part of one that htmx puts in its place."""
    login = getattr(request.state, "login", None)
    items: list[NavItem] = request.app.state.nav
    role = None if login is None else login.account.role
    nav = [item for item in items if role in item.roles]
    html = (
        environment()
        .get_template(template)
        .render(request=request, login=login, nav=nav, path=request.url.path, **values)
    )
    return HTMLResponse(html, status_code=status)
