"""What holds for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.store.cases import Store
from tests.databases import postgres_address, sqlite_file

# No test is timed: a machine that does other work beside is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


PAGES = Path(__file__).parent / "flows" / "pages"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the pages, each of which builds the application and often starts a browser,
    so that no test need say it."""
    for item in items:
        if item.path.is_relative_to(PAGES):
            item.add_marker(pytest.mark.service)


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.service)]
"""Of databases: whoever asks for one is run on each."""


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a new, empty database is."""
    if request.param == "sqlite":
        yield tmp_path / "made" / "here.sqlite"
        return
    with postgres_address(empty=True) as address:
        yield address


@pytest.fixture(params=KINDS)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a new database is that has the store's tables and nothing in them."""
    if request.param == "sqlite":
        yield sqlite_file(tmp_path / "here.sqlite")
        return
    with postgres_address() as address:
        yield address


@pytest.fixture
def store(where: Path | str) -> Iterator[Store]:
    """A new store."""
    with Store(where) as store:
        yield store
