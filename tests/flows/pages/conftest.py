"""An office with people, a few cases, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from flows.outputs import prepare
from flows.pages import passwords
from flows.pages.app import create_app
from flows.pages.context import PageContext
from flows.pages.passwords import hash_password
from pipeline.settings import Settings
from pipeline.store import people
from pipeline.store.cases import Store
from pipeline.store.objects import FolderObjects
from pipeline.store.people import Account, Role
from tests.databases import sqlite_file
from tests.flows.desk.conftest import open_desk
from tests.flows.desk.papers import Scans
from tests.flows.pages.browser import running_browser, serving, visiting

expect.set_options(timeout=60_000)  # patience, not a measurement: the machine may be busy
PASSWORD = "correct horse battery"
# Hundreds of people log in here; what a hash must cost is a test of its own (test_passwords).
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
_HASHED = hash_password(PASSWORD)
NAMES = {role: f"{role.value}1" for role in Role}


@dataclass
class Office:
    """A store with one person of each role, and a clock that tests may turn."""

    context: PageContext
    app: FastAPI
    offset: list[timedelta] = field(default_factory=lambda: [timedelta()])

    @property
    def store(self) -> Store:
        return self.context.store

    def pass_time(self, **passed: float) -> None:
        """Let time pass for the pages."""
        self.offset[0] += timedelta(**passed)


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """An office in a folder, closed afterwards."""
    office = make_office(folder)
    try:
        yield office
    finally:
        office.context.counter.__exit__()


def make_office(folder: Path) -> Office:
    """An office in a folder."""
    prepare(folder)
    (folder / "scans").mkdir()
    offset = [timedelta()]
    settings = Settings(cache=folder / "cache")
    store = Store(sqlite_file(folder / "yijianshi.sqlite"))
    objects = FolderObjects(folder / "objects")
    desk = open_desk(settings, folder, store, objects, Scans(folder / "scans"))
    context = PageContext(
        settings,
        store,
        objects,
        folder,
        desk,
        now=lambda: datetime.now(UTC) + offset[0],
        today=lambda: date(2026, 11, 23),
    )
    with store.begin() as connection:
        for role, name in NAMES.items():
            account = Account(name=name, display_name=f"测试{name}", role=role)
            people.add_account(connection, account, _HASHED)
    return Office(context, create_app(context), offset)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path / "out") as office:
        yield office


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """Where the office's pages are."""
    with serving(office.app) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A visitor's page, nobody logged in."""
    with visiting(browser, address) as (_, page):
        yield page


def log_in(page: Page, role: Role, password: str = PASSWORD) -> None:
    """Log a person of this role in by the form."""
    page.goto("/login")
    page.get_by_label("登录名").fill(NAMES[role])
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: not url.endswith("/login"))
