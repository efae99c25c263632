"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever keeps the service running. The pages
carry them, and ``yijianshi serve --health PORT``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from flows.seeing.metrics import CONTENT_TYPE, render_metrics
from flows.seeing.status import Status
from pipeline.errors import UsageError, YijianshiError

ReadStatus = Callable[[], Status]
PATHS = ("/healthz", "/readyz", "/metrics")


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """What is answered."""

    status: int
    kind: str
    body: bytes


def answer(path: str, read: ReadStatus) -> HealthAnswer | None:
    """What is answered to a path; None where it is none of ours. Never raises for the store's sake.

    ``/healthz``: the process lives. ``/readyz``: the store answers and the disk has room; else 503
    with what is wrong.
    """
    if path == "/healthz":
        return _json(200, {"status": "ok"})
    if path not in PATHS:
        return None
    try:
        if path == "/metrics":
            return HealthAnswer(200, CONTENT_TYPE, render_metrics(read))
        has_room = read().has_room
    except (YijianshiError, OSError):
        return _json(503, {"status": "unavailable", "why": "store"})
    if not has_room:
        return _json(503, {"status": "unavailable", "why": "disk"})
    return _json(200, {"status": "ready"})


def _json(status: int, told: dict[str, str]) -> HealthAnswer:
    return HealthAnswer(status, "application/json", json.dumps(told).encode())


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of ``8322`` or ``0.0.0.0:8322``; this machine's own address by default. Raises
    UsageError."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"不是端口：{text}", "应如 --health 8322，或 --health 0.0.0.0:8322。")
    return host or "127.0.0.1", int(port)


@contextmanager
def health_server(address: tuple[str, int], read: ReadStatus) -> Iterator[int]:
    """Answer at an address while this lasts; the port. Raises UsageError where it is taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = answer(self.path.split("?")[0], read) or _json(404, {"status": "not found"})
            self.send_response(given.status)
            self.send_header("content-type", given.kind)
            self.send_header("content-length", str(len(given.body)))
            self.end_headers()
            self.wfile.write(given.body)

        def log_message(self, *_: object) -> None:
            """Nothing: a probe every few seconds is no news."""

    try:
        server = ThreadingHTTPServer(address, Handler)
    except OSError as error:
        raise UsageError(
            f"无法使用 {address[0]}:{address[1]}，可能已有程序在使用。",
            "请用 --health 换一个端口。",
        ) from error
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
