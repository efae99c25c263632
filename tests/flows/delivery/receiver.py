"""A real receiver of Standard Webhooks on a local port: it verifies with the official library,
takes each id once, and answers as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G"


@dataclass
class Reply:
    """How to answer one request. ``takes``: whether it is accepted before the answer goes;
    ``seconds``: how long the answer takes."""

    status: int = 200
    body: str = '{"receipt": "ok"}'
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    takes: bool | None = None
    seconds: float = 0.0


@dataclass
class Receiver:
    """Answers by ``plan``, then always with 200. ``taken``: messages by id, each once; ``asked``:
    the ids of all requests, in their order."""

    plan: list[Reply] = field(default_factory=list)
    choose: Callable[[], Reply] | None = None
    taken: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver.answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}/in"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Take a request, or not, and answer it."""
        body = handler.rfile.read(int(handler.headers["content-length"]))
        Webhook(SECRET).verify(body, dict(handler.headers.items()))  # raises: no answer at all
        with self.lock:
            given = self.choose() if self.choose is not None else Reply()
            reply = self.plan.pop(0) if self.plan else given
            message_id = handler.headers["webhook-id"]
            self.asked.append(message_id)
            takes = reply.status < 300 if reply.takes is None else reply.takes
            if takes and message_id not in self.taken:
                self.taken[message_id] = json.loads(body)
        time.sleep(reply.seconds)
        try:
            handler.send_response(reply.status)
            data = reply.body.encode()
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.send_header("content-type", reply.kind)
            handler.send_header("content-length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)
        except OSError:
            handler.close_connection = True  # it did not wait
