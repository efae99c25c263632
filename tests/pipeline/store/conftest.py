"""The store over both databases: a test that asks for ``where`` or ``store`` runs on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.store.cases import Store
from tests.postgres import postgres_address


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a new, empty database is."""
    if request.param == "sqlite":
        yield tmp_path / "made" / "here.sqlite"
        return
    with postgres_address() as address:
        yield address


@pytest.fixture
def store(where: Path | str) -> Iterator[Store]:
    with Store(where) as store:
        yield store
