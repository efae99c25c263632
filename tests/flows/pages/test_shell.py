"""All pages in the shell: each behind the login, each role on its own, all of them accessible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from pipeline.store.people import Role
from tests.flows.pages.conftest import NAMES, PASSWORD, Office, log_in

OPEN = {"/login"}
"""Whoever is not logged in may ask for these alone."""


def routes(office: Office) -> list[tuple[str, APIRoute]]:
    """Every method of every route."""
    found = [route for route in _flat(office.app.routes) if isinstance(route, APIRoute)]
    return [(method, route) for route in found for method in sorted(route.methods or ())]


def _flat(routes: Iterable[object]) -> Iterator[object]:
    """The routes, those of routers that were taken in among them."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from [route] if inner is None else _flat(inner.routes)


def roles_of(dependant: Dependant) -> frozenset[Role] | None:
    """The roles that a route is for; None where it asks for none."""
    own = getattr(dependant.call, "roles", None)
    if own is not None:
        return frozenset(own)
    below = [roles_of(inner) for inner in dependant.dependencies]
    return next((roles for roles in below if roles is not None), None)


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with TestClient(office.app, follow_redirects=False) as client:
        yield client


def filled(route: APIRoute) -> str:
    """The route's path with something in each place."""
    made = {name: "1" for name in route.param_convertors}
    return str(route.url_path_for(route.name, **made)) if made else route.path


def test_nothing_but_the_login_answers_a_stranger(office: Office, client: TestClient) -> None:
    asked = 0
    for method, route in routes(office):
        if route.path in OPEN:
            continue
        answer = client.request(method, filled(route))
        assert answer.status_code == 303, (method, route.path)
        assert answer.headers["location"].startswith("/login"), (method, route.path)
        asked += 1
    assert asked > 40


@pytest.mark.parametrize("role", Role)
def test_each_role_is_refused_what_is_another_s(
    office: Office, client: TestClient, role: Role
) -> None:
    client.post("/login", data={"name": NAMES[role], "password": PASSWORD})
    refused = 0
    for method, route in routes(office):
        allowed = roles_of(route.dependant)
        if route.path in OPEN or allowed is None or role in allowed:
            continue
        answer = client.request(method, filled(route))
        assert answer.status_code == 403, (role, method, route.path)
        refused += 1
    assert refused > 0 or role == Role.REVIEWER


def test_every_page_asks_who_is_there(office: Office) -> None:
    free = {r.path for _, r in routes(office) if roles_of(r.dependant) is None}
    assert free == {"/login", "/logout", "/password"}


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (None, "/login"),
        (Role.CLERK, "/overview"),
        (Role.CLERK, "/password"),
        (Role.CLERK, "/counter"),
        (Role.REVIEWER, "/review"),
        (Role.REVIEWER, "/review/accuracy"),
    ],
)
def test_a_page_bars_nobody(page: Page, role: Role | None, path: str) -> None:
    if role is not None:
        log_in(page, role)
    answer = page.goto(path)
    assert answer is not None and answer.ok
    results = Axe().run(page)
    serious = [
        (found["id"], [node["html"] for node in found["nodes"]])
        for found in results.response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
    assert serious == []
