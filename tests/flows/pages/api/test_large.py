"""What is too large, or breaks off, leaves nothing behind and is never held in memory."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path

import pytest
from fastapi import HTTPException

from flows.pages.api.parts import Parts
from flows.pages.api.problems import Refusal
from pipeline.settings import Limits
from pipeline.store.tokens import Scope
from tests.flows.pages.api.conftest import API, READY, open_office
from tests.flows.pages.browser import serving
from tests.loop import run

pytestmark = pytest.mark.long

MEBI = 1024 * 1024


def test_two_hundred_megabytes_are_refused_without_being_held(tmp_path: Path) -> None:
    """Sent through a real socket by a sender who sends before he listens; what the server has on
    its disk at most, and afterwards, is counted."""
    with open_office(tmp_path / "out", tmp_path / "s.sqlite") as office:
        token = office.token(Scope.CASES_SUBMIT)
        folder = office.context.out / "uploads"
        folder.mkdir()
        most: list[int] = []
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.005):
                most.append(sum(p.stat().st_size for p in folder.glob("*") if p.exists()))

        watcher = threading.Thread(target=watch)
        watcher.start()
        head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
        size = 200_000_000
        with serving(office.app) as address:
            host, port = address.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port)), timeout=60) as line:
                line.sendall(
                    f"POST {API}/cases HTTP/1.1\r\nHost: {host}\r\nIdempotency-Key: k\r\n"
                    f"Authorization: {token['Authorization']}\r\n"
                    "Content-Type: multipart/form-data; boundary=x\r\n"
                    f"Content-Length: {len(head) + size}\r\nConnection: close\r\n\r\n".encode()
                )
                line.sendall(head)
                piece = bytes(MEBI)
                for _ in range(size // MEBI):
                    line.sendall(piece)
                line.sendall(bytes(size % MEBI))
                answer = b"".join(iter(lambda: line.recv(65536), b""))
        over.set()
        watcher.join()
        assert b" 413 " in answer.split(b"\r\n")[0]
        assert "100 MB" in answer.decode()
        assert max(most) <= office.context.settings.upload_bytes
        assert list(folder.iterdir()) == []
        assert office.store.read_cases() == []


def test_memory_does_not_grow_with_what_is_sent(tmp_path: Path) -> None:
    """The parser alone, fed by pieces: what Python allocates meanwhile stays far below a file."""
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'

    async def pieces() -> AsyncIterator[bytes]:
        yield head
        for _ in range(200):
            yield bytes(MEBI)

    parts = Parts(b"x", tmp_path, 100 * MEBI, Limits())
    tracemalloc.start()
    try:
        with pytest.raises(Refusal) as refused:
            run(parts.take(pieces()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.problem.code == "too-large"
    assert peak < 8 * MEBI
    assert parts.sent.made[0].stat().st_size <= 100 * MEBI
    parts.sent.forget()
    assert list(tmp_path.iterdir()) == []


def test_a_sender_who_goes_away_leaves_nothing(tmp_path: Path) -> None:
    with open_office(tmp_path / "out", tmp_path / "s.sqlite") as office:
        token = office.token(Scope.CASES_SUBMIT)
        with serving(office.app) as address:
            host, port = address.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port)), timeout=60) as line:
                line.sendall(
                    f"POST {API}/cases HTTP/1.1\r\nHost: {host}\r\nIdempotency-Key: k1\r\n"
                    f"Authorization: {token['Authorization']}\r\n"
                    "Content-Type: multipart/form-data; boundary=x\r\n"
                    "Content-Length: 1000000\r\n\r\n".encode()
                    + b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n12'
                )
                folder = office.context.out / "uploads"
                deadline = time.monotonic() + 120
                while not list(folder.glob("*.part")):
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
            while list(folder.glob("*.part")):
                assert time.monotonic() < deadline
                time.sleep(0.01)
        assert office.submit(token, "k1", office.papers(), READY).status_code == 201


def test_a_request_that_a_layer_above_cuts_off_is_too_large(tmp_path: Path) -> None:
    with open_office(tmp_path / "out", tmp_path / "s.sqlite") as office:
        token = office.token(Scope.CASES_SUBMIT)
        pieces = iter([b"--x\r\n", HTTPException(413)])

        async def receive() -> dict[str, object]:
            piece = next(pieces)
            if isinstance(piece, Exception):
                raise piece
            return {"type": "http.request", "body": piece, "more_body": True}

        sent: list[dict[str, object]] = []

        async def send(message: MutableMapping[str, object]) -> None:
            sent.append(dict(message))

        headers = {
            **token,
            "Idempotency-Key": "k",
            "Content-Type": "multipart/form-data; boundary=x",
        }
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"{API}/cases",
            "raw_path": f"{API}/cases".encode(),
            "query_string": b"",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        }
        run(office.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert b"too-large" in sent[1]["body"]  # type: ignore[operator]
