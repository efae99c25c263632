"""Where a person lands: the page that their work begins on."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from flows.pages.context import Context
from flows.pages.security import AnyRole
from flows.pages.templating import NavItem, page
from pipeline.store.cases import count_cases
from pipeline.store.people import Role

router = APIRouter()
NAV = (NavItem("/overview", "概况", frozenset(Role)),)


@router.get("/")
def start(request: Request, login: AnyRole) -> Response:
    """To the first page that the role has beside the overview, else to the overview."""
    items: list[NavItem] = request.app.state.nav
    own = [item.path for item in items if login.account.role in item.roles]
    first = next((path for path in own if path != "/overview"), "/overview")
    return RedirectResponse(first, status_code=303)


@router.get("/overview")
def overview(request: Request, login: AnyRole, context: Context) -> Response:
    """How many cases stand where."""
    with context.store.snapshot() as connection:
        counts = count_cases(connection)
    return page(request, "overview.html", counts=counts)
