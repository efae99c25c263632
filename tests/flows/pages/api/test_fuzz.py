"""Schemathesis asks what no person would, by the API's own description: nothing breaks, and every
answer is one that the description names. ``make fuzz`` asks for longer (``FUZZ_EXAMPLES``)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from flows.pages.api.app import openapi_document
from flows.pages.api.pace import Pace
from pipeline.store.tokens import Scope
from tests.flows.pages.api.conftest import API, READY, Office, open_office

pytestmark = pytest.mark.long

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "15"))
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose tokens may ask as often as a fuzzer does, with a case in it."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    with open_office(folder / "out", folder / "s.sqlite", api_per_minute=1_000_000) as office:
        submitted = office.submit(
            office.token(Scope.CASES_SUBMIT, name="first"), "k", office.papers(), READY, name="有"
        )
        office.app.state.api.state.paces.strangers = Pace(1_000_000)
        office.done(submitted.json()["case_id"])
        office.pass_time(seconds=10)
        yield office


@pytest.fixture(scope="module")
def headers(office: Office) -> dict[str, str]:
    return office.token(*Scope, name="fuzz", days=100)


OPERATIONS = [(method, path) for path, of in openapi_document()["paths"].items() for method in of]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nothing_breaks_and_every_answer_is_described(
    office: Office, headers: dict[str, str], method: str, path: str, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", office.app)
    statuses: Counter[int] = Counter()

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case[Any]) -> None:
        statuses[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

    ask()
    assert sum(statuses.values()) >= EXAMPLES / 2
    # What is wrong on purpose may be the token; but not all of it, and the fuzzer is never slowed.
    assert set(statuses) - {401}
    assert 429 not in statuses
