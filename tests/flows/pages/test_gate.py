"""What a request passes before anything of it is read: its length, and who sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from starlette.formparsers import FormParser

from flows.pages.gate import FORM_BYTES
from flows.pages.security import CSRF_HEADER
from pipeline.settings import Settings
from pipeline.store.people import Role
from pipeline.store.tables import session
from tests.flows.pages.conftest import NAMES, PASSWORD, Office


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with TestClient(office.app, follow_redirects=False) as client:
        yield client


def enter(client: TestClient, role: Role = Role.CLERK) -> None:
    client.post("/login", data={"name": NAMES[role], "password": PASSWORD})


def sent(office: Office, path: str, told: int | None, pieces: int, cookie: str = "") -> Any:
    """(status, text, pieces asked for) of a request whose body comes piece by piece, as long as
    somebody asks for more."""
    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"host", b"x")]
    if told is not None:
        headers.append((b"content-length", str(told).encode()))
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": path, "raw_path": b"",
        "query_string": b"", "headers": headers, "scheme": "http", "root_path": "",
        "client": ("10.0.0.1", 1), "server": ("x", 80),
    }  # fmt: skip
    asked, answered = 0, []

    async def receive() -> dict[str, object]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"a" * 100_000, "more_body": asked < pieces}

    async def send(message: Any) -> None:
        answered.append(message)

    with ThreadPoolExecutor(1) as pool:  # a browser's test may have left a loop in this thread
        pool.submit(lambda: asyncio.run(office.app(scope, receive, send))).result()
    text = b"".join(m.get("body", b"") for m in answered[1:]).decode()
    return answered[0]["status"], text, asked


@pytest.mark.parametrize("path", ["/login", "/logout", "/counter", "/review/next", "/nothing"])
def test_a_body_that_says_it_is_too_long_is_not_read(office: Office, path: str) -> None:
    status, text, asked = sent(office, path, FORM_BYTES + 1, 1000)
    assert (status, asked) == (413, 0)
    assert "太大" in text


def test_a_body_that_says_nothing_is_read_up_to_the_limit(office: Office) -> None:
    status, text, asked = sent(office, "/login", None, 1000)
    assert status == 413 and "太大" in text
    assert asked == FORM_BYTES // 100_000 + 1


def test_who_is_not_logged_in_makes_the_server_read_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def parse(self: object) -> None:
        raise AssertionError("a stranger's form was read")

    monkeypatch.setattr(FormParser, "parse", parse)
    for path in ("/review/next", "/counter", "/review/cases/1/decide", "/password"):
        status, _, asked = sent(office, path, None, 5)
        assert (status, asked) == (303, 0), path


def test_a_scan_s_piece_may_be_longer_than_a_form_but_not_than_a_scan(
    client: TestClient, office: Office
) -> None:
    enter(client)
    most = office.context.settings.upload_bytes
    path = "/counter/no-draft/files/no-file"
    piece = b"a" * (FORM_BYTES + 1)
    with office.store.snapshot() as connection:
        csrf = connection.execute(select(session.c.csrf)).scalars().one()
    headers = {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        CSRF_HEADER: csrf,
    }
    # There is no such draft: what is told of it is told by who reads pieces, not by the limit.
    assert client.patch(path, content=piece, headers=headers).status_code == 404
    told = {**headers, "Content-Length": str(most + 1)}
    assert client.patch(path, content=b"", headers=told).status_code == 413


def test_what_is_refused_says_so_in_our_words(client: TestClient) -> None:
    enter(client)
    answer = client.get("/counter/no-draft")
    assert answer.status_code == 404 and "没有这件申请" in answer.text


def test_settings_hold_a_form_below_a_scan() -> None:
    assert Settings().upload_bytes > FORM_BYTES
