"""The description of the API says all that there is, and nothing that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator

from flows.cli import run_command
from flows.pages.api import cases, packets, records
from flows.pages.api.app import openapi_document
from flows.pages.api.problems import rows
from pipeline.store.tokens import Scope
from tests.flows.pages.api.conftest import API, Office

DOCUMENT = openapi_document()


def routes() -> list[APIRoute]:
    found = [*cases.router.routes, *records.router.routes, *packets.router.routes]
    return [route for route in found if isinstance(route, APIRoute)]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_route_is_described_and_nothing_else() -> None:
    there = {(route.path, method.lower()) for route in routes() for method in route.methods or ()}
    assert {(path, method) for path, method, _ in operations()} == there
    for _, _, operation in operations():
        assert operation["summary"] and operation["description"]


def scope_of(dependant: Dependant) -> Scope | None:
    own = getattr(dependant.call, "scope", None)
    if own is not None:
        return Scope(own)
    below = [scope_of(inner) for inner in dependant.dependencies]
    return next((scope for scope in below if scope is not None), None)


def test_every_operation_asks_for_a_token_with_a_scope() -> None:
    for _, _, operation in operations():
        assert operation["security"] == [{"token": []}]
    scopes = [scope_of(route.dependant) for route in routes()]
    assert None not in scopes
    assert set(scopes) == set(Scope) - {Scope.RESULTS_WRITE}


def test_every_property_is_described() -> None:
    silent = [
        (name, key)
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for key, value in schema.get("properties", {}).items()
        if not value.get("description")
    ]
    assert silent == []
    for path, method, operation in operations():
        for parameter in operation.get("parameters", ()):
            if parameter["name"] not in ("case_id", "department"):
                assert parameter.get("description"), (path, method, parameter["name"])


def test_every_refusal_is_a_problem() -> None:
    for path, method, operation in operations():
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")):
                assert list(response["content"]) == ["application/problem+json"], (path, method)
    assert {row.status for row in rows().values()} == {
        401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503,
    }  # fmt: skip


def test_schemas_are_schemas() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_command_prints_what_is_served(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["schema", "openapi"]) == 0
    printed = json.loads(capsys.readouterr().out)
    served = office.client.get(f"{API}/openapi.json").json()
    assert printed == served == json.loads(json.dumps(DOCUMENT))


def test_no_page_loads_anything_from_elsewhere(office: Office) -> None:
    for path in ("/docs", "/redoc"):
        assert office.client.get(API + path).status_code == 404
