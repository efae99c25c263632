"""The pages tell how they are, without a login, and nobody is named."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from pipeline.errors import StoreError
from pipeline.store.cases import Store
from tests.flows.pages.conftest import Office


def test_health_is_told_to_everybody(office: Office) -> None:
    with TestClient(office.app) as client:
        answers = {path: client.get(path) for path in ("/healthz", "/readyz", "/metrics")}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert answers["/readyz"].json() == {"status": "ready"}
    assert "yijianshi_cases" in answers["/metrics"].text
    assert answers["/metrics"].headers["content-type"].startswith("text/plain")


def test_a_store_that_is_away_is_not_ready(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Store) -> None:
        raise StoreError("away")

    monkeypatch.setattr(Store, "snapshot", away)
    with TestClient(office.app) as client:
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
