"""Departments answer by the API: taken once, of their own department, of what they were sent."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from pipeline.store.outcomes import DepartmentResult
from pipeline.store.tables import case_state, outcome
from pipeline.store.tokens import Scope
from tests.flows.delivery import office as delivering
from tests.flows.delivery.test_results import TOLD, said
from tests.flows.pages.api.conftest import API, Office


@pytest.fixture
def sent(office: Office) -> Office:
    """A case that went to its department."""
    folder = office.context.out / "sent"
    for name in ("hrss", "medical", "applicant"):
        (folder / name).mkdir(parents=True)
    sender = delivering.Office(folder, office.store, TOLD)
    sender.put("c1", "M3")
    sender.round()
    return office


def answer(
    office: Office, result: dict[str, Any], department: str | None = None
) -> tuple[int, Any]:
    token = office.token(Scope.RESULTS_WRITE, name=f"t{department}", department=department)
    told = office.client.post(f"{API}/results", headers=token, json=result)
    return told.status_code, told.json()


def test_a_result_closes_its_case_and_is_taken_once(sent: Office) -> None:
    result = said("c1", "hrss")
    DepartmentResult.model_validate(result)
    token = sent.token(Scope.RESULTS_WRITE)
    for status, taken in ((201, "new"), (200, "same"), (200, "same")):
        told = sent.client.post(f"{API}/results", headers=token, json=result)
        assert (told.status_code, told.json()["taken"]) == (status, taken)
    with sent.store.snapshot() as connection:
        assert len(connection.execute(select(outcome)).all()) == 1
        closed = select(case_state.c.closed_at).where(case_state.c.case_id == "c1")
        assert connection.execute(closed).scalar_one() is not None


def test_another_departments_token_is_refused(sent: Office) -> None:
    status, told = answer(sent, said("c1", "hrss"), "medical")
    assert (status, told["code"]) == (403, "department")
    status, told = answer(sent, said("c1", "hrss"), "hrss")
    assert status == 201


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"case_id": "nowhere"}, 404, "no-such-case"),
        ({"case_id": "a\u0000b"}, 404, "no-such-case"),
        ({"matters": [{"code": "M1", "passed": True}]}, 409, "result-refused"),
        ({"revision": 99}, 409, "result-refused"),
        ({"matters": []}, 422, "invalid"),
        ({"id": ""}, 422, "invalid"),
    ],
)
def test_what_fits_nothing_is_refused(
    sent: Office, change: dict[str, Any], status: int, code: str
) -> None:
    got, told = answer(sent, said("c1", "hrss") | change)
    assert (got, told["code"]) == (status, code)


def test_the_same_number_with_other_words_is_refused(sent: Office) -> None:
    assert answer(sent, said("c1", "hrss"))[0] == 201
    other = said("c1", "hrss", decided_at="2026-11-25T10:00:00+08:00")
    token = sent.token(Scope.RESULTS_WRITE, name="again")
    told = sent.client.post(f"{API}/results", headers=token, json=other)
    assert (told.status_code, told.json()["code"]) == (409, "result-refused")
    assert "请用新的编号" in told.json()["detail"]
