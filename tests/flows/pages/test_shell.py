"""All pages in the shell: each behind the login, each role on its own, all of them accessible."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from flows.pages.api.app import PATH as API
from flows.pages.security import COOKIE, CSRF_HEADER
from pipeline.store import people
from pipeline.store.people import Role
from pipeline.store.tokens import Scope, make_token
from tests.flows.pages.conftest import NAMES, PASSWORD, Office, log_in

TABLE = tomllib.loads((Path(__file__).parent / "routes.toml").read_text(encoding="utf-8"))
SAFE = {"GET", "HEAD", "OPTIONS"}
NOT_ALLOWED = "您的账号不能使用这个页面"
NOT_DONE = "刚才的操作没有执行"


def table() -> dict[str, frozenset[Role]]:
    """Who may ask for each route for which somebody must be logged in, as the table has it."""
    rooms = [room for room in TABLE.values() if isinstance(room, dict) and "roles" in room]
    told = {route: frozenset(map(Role, r["roles"])) for r in rooms for route in r["routes"]}
    return {**told, **dict.fromkeys(TABLE["own"], frozenset(Role))}


def api_table() -> dict[str, Scope]:
    """What a token needs for each operation of the API, as the table has it."""
    told: dict[str, list[str]] = TABLE["api"]["scopes"]
    return {route: Scope(scope) for scope, routes in told.items() for route in routes}


def routes(app: FastAPI, at: str = "") -> set[str]:
    """Every method of every route, as the table writes it."""
    found = [route for route in _flat(app.routes) if isinstance(route, APIRoute)]
    return {f"{method} {at}{route.path}" for route in found for method in route.methods or ()}


def _flat(routes: Iterable[object]) -> Iterator[object]:
    """The routes, those of routers that were taken in among them."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from [route] if inner is None else _flat(inner.routes)


def bars(page: Page) -> list[tuple[str, list[str]]]:
    """What of a page bars somebody: axe's serious and critical findings."""
    return [
        (found["id"], [node["html"] for node in found["nodes"]])
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with TestClient(office.app, follow_redirects=False) as client:
        yield client


def enter(client: TestClient, office: Office, role: Role) -> dict[str, str]:
    """Log a person of this role in; the headers of a form of that session."""
    client.cookies.clear()
    client.post("/login", data={"name": NAMES[role], "password": PASSWORD})
    with office.store.snapshot() as connection:
        login = people.find_session(connection, client.cookies[COOKIE])
    assert login is not None and login.account.role == role
    return {CSRF_HEADER: login.csrf}


def ask(client: TestClient, route: str, headers: dict[str, str] | None = None) -> Any:
    """The answer to a route, with something in each place of its path."""
    method, path = route.split(" ")
    return client.request(method, re.sub(r"{\w+}", "1", path), headers=headers)


def test_the_table_holds_every_route_and_no_other(office: Office) -> None:
    served = routes(office.app) - {"GET /static"}
    assert served == {*table(), *TABLE["open"]}
    assert routes(office.app.state.api, API) == set(api_table())


def test_nothing_but_the_login_answers_a_stranger(client: TestClient) -> None:
    for route in table():
        for headers in ({}, {CSRF_HEADER: "made up"}):
            answer = ask(client, route, headers)
            assert answer.status_code == 303, route
            assert answer.headers["location"].startswith("/login"), route
    for route in TABLE["open"]:
        assert ask(client, route).status_code in (200, 401), route


@pytest.mark.parametrize("role", Role)
def test_each_role_tries_every_route(office: Office, client: TestClient, role: Role) -> None:
    """With a form of its own session: what is refused is refused for the role alone."""
    form = enter(client, office, role)
    asked = {True: 0, False: 0}
    for route, roles in table().items():
        answer = ask(client, route, form)
        allowed = role in roles
        asked[allowed] += 1
        if allowed:
            assert answer.status_code not in (401, 405, 500, 503), (route, answer.text)
            assert NOT_ALLOWED not in answer.text and NOT_DONE not in answer.text, route
        else:
            assert answer.status_code == 403, route
            assert route.startswith("HEAD") or NOT_ALLOWED in answer.text, route
        if route == "POST /logout":
            form = enter(client, office, role)
    assert asked[True] > 4
    assert asked[False] > 9


@pytest.mark.parametrize("role", Role)
def test_no_role_s_session_opens_the_api(office: Office, client: TestClient, role: Role) -> None:
    form = enter(client, office, role)
    for route in api_table():
        answer = ask(client, route, form)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), route
    for route in TABLE["api"]["open"]:
        assert ask(client, route).status_code == 200, route


@pytest.mark.parametrize("scope", Scope)
def test_a_token_tries_every_operation_and_every_page(
    office: Office, client: TestClient, scope: Scope
) -> None:
    """It opens what its one scope names, and no page at all."""
    until = office.context.now() + timedelta(days=1)
    with office.store.begin() as connection:
        text = make_token(connection, "t", [scope], until)
    shown = {"Authorization": f"Bearer {text}"}
    opened = set()
    for route, needed in api_table().items():
        answer = ask(client, route, shown)
        if needed == scope:
            # Nothing of what was asked for is there, and what was sent is empty.
            assert answer.status_code in (200, 404, 415, 422), (route, answer.text)
            opened.add(route)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "scope"), route
            assert needed in answer.json()["detail"], route
    assert opened
    for route in table():
        answer = ask(client, route, shown)
        assert answer.status_code == 303, route
        assert answer.headers["location"].startswith("/login"), route


@pytest.mark.parametrize("role", Role)
def test_the_role_is_looked_at_before_the_form(
    office: Office, client: TestClient, role: Role
) -> None:
    enter(client, office, role)
    for route, roles in table().items():
        if route.split(" ")[0] not in SAFE:
            answer = ask(client, route, {CSRF_HEADER: "of another session"})
            assert answer.status_code == 403, route
            assert (NOT_DONE if role in roles else NOT_ALLOWED) in answer.text, route


def test_who_must_change_the_password_is_refused_everything_else(
    office: Office, client: TestClient
) -> None:
    for role in Role:
        with office.store.begin() as connection:
            people.set_account(connection, NAMES[role], must_change=True)
        form = enter(client, office, role)
        for route in table():
            if route not in TABLE["own"]:
                answer = ask(client, route, form)
                assert answer.headers.get("location") == "/password", route


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (None, "/login"),
        (Role.CLERK, "/overview"),
        (Role.CLERK, "/password"),
        (Role.CLERK, "/counter"),
        (Role.REVIEWER, "/review"),
        (Role.REVIEWER, "/review/accuracy"),
        (Role.AUDITOR, "/audit"),
        (Role.ADMINISTRATOR, "/users"),
        (Role.ADMINISTRATOR, "/users/clerk1"),
    ],
)
def test_a_page_bars_nobody(page: Page, role: Role | None, path: str) -> None:
    if role is not None:
        log_in(page, role)
    answer = page.goto(path)
    assert answer is not None and answer.ok
    assert bars(page) == []
