"""Pages from templates, with what each of them needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.report import SEVERITY_LABELS, STATUS_LABELS
from pipeline.finding import field_label, type_label
from pipeline.privacy import mask, shown
from pipeline.store.people import Login, Role

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


def templates(request_nav: Sequence[NavItem]) -> Jinja2Templates:
    """The templates, with what every page is given: who asks, the bar at the top, where one is."""
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

    def given(request: Request) -> dict[str, Any]:
        login: Login | None = getattr(request.state, "login", None)
        role = None if login is None else login.account.role
        return {
            "login": login,
            "csrf": "" if login is None else login.csrf,
            "nav": [item for item in request_nav if role in item.roles],
            "here": request.url.path,
        }

    return Jinja2Templates(env=made, context_processors=[given])


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page, or a part of one that htmx puts in its place."""
    made: Jinja2Templates = request.app.state.templates
    return made.TemplateResponse(request, template, values, status_code=status)
