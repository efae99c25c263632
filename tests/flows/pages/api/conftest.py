"""An office over each database, with a token of every scope, and scans whose reading is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from flows.outputs import prepare
from flows.pages.app import create_app
from flows.pages.context import PageContext
from pipeline.model import Document
from pipeline.settings import Settings
from pipeline.store.cases import Store
from pipeline.store.objects import FolderObjects
from pipeline.store.tokens import Scope, make_token
from tests.flows.desk.conftest import TYPED, eventually, open_desk
from tests.flows.desk.papers import Scans
from tests.validators.applications import TODAY, card, form

API = "/api/v1"


@dataclass
class Office:
    """An office with its API, and a clock that tests may turn."""

    context: PageContext
    app: FastAPI
    scans: Scans
    client: TestClient
    offset: list[timedelta] = field(default_factory=lambda: [timedelta()])

    @property
    def store(self) -> Store:
        return self.context.store

    def token(
        self,
        *scopes: Scope,
        name: str = "t",
        days: float = 1,
        department: str | None = None,
    ) -> dict[str, str]:
        """The header of a new token."""
        now = self.context.now()
        with self.store.begin() as connection:
            text = make_token(
                connection, name, scopes, now + timedelta(days=days), department=department
            )
        return {"Authorization": f"Bearer {text}"}

    def pass_time(self, **passed: float) -> None:
        self.offset[0] += timedelta(**passed)

    def submit(
        self,
        token: Mapping[str, str],
        key: str,
        files: Sequence[Path],
        typed: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> Response:
        """Hand a case in."""
        data = {} if typed is None else {"application": json.dumps(typed)}
        if name is not None:
            data["name"] = name
        parts = [("files", (path.name, path.read_bytes())) for path in files]
        headers = {**token, "Idempotency-Key": key}
        return self.client.post(f"{API}/cases", headers=headers, data=data, files=parts)

    def done(self, case_id: str) -> None:
        """Wait until a case came to its end."""
        eventually(
            lambda: self.store.find_case(case_id),
            lambda row: row is not None and row.state in ("done", "quarantined"),
            seconds=120,  # patience, not a measurement
        )

    def papers(self, number: int = 0, **values: str) -> list[Path]:
        """Scans of an application that is in order."""
        return [
            self.scans.scan(f"身份证{number}.jpg", card(**values), number=2 * number),
            self.scans.scan(f"申请表{number}.jpg", ready_form(), number=2 * number + 1),
        ]


def ready_form() -> Document:
    """A form that asks for M3 alone."""
    return form(matters="M3")


READY: dict[str, Any] = {**TYPED}


@contextmanager
def open_office(folder: Path, where: Path | str, **settings: Any) -> Iterator[Office]:
    """An office in a folder over this database."""
    prepare(folder)
    (folder / "scans").mkdir()
    scans = Scans(folder / "scans")
    offset = [timedelta()]
    chosen = Settings(cache=folder / "cache", **settings)
    with Store(where) as store:
        objects = FolderObjects(folder / "objects")
        with open_desk(chosen, folder, store, objects, scans) as desk:
            context = PageContext(
                chosen,
                store,
                objects,
                folder,
                desk,
                now=lambda: datetime.now(UTC) + offset[0],
                today=lambda: date(TODAY.year, TODAY.month, TODAY.day),
            )
            app = create_app(context)
            with TestClient(app, raise_server_exceptions=False) as client:
                yield Office(context, app, scans, client, offset)
            app.state.api.state.work.close(20)


@pytest.fixture
def office(tmp_path: Path, where: Path | str) -> Iterator[Office]:
    with open_office(tmp_path / "out", where) as office:
        yield office
