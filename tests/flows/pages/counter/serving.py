"""A server that can be stopped in the middle of things, and started again on the same port."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field

import uvicorn

from flows.desk.desk import Desk
from tests.flows.desk.conftest import Counter, open_desk
from tests.flows.pages.counter.shell import app_of


@dataclass
class Served:
    """The counter, served on loopback."""

    counter: Counter
    port: int = 0
    audited: list[tuple[str, str]] = field(default_factory=list)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; on the port of before, if there was one."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", self.port))
        self.port = bound.getsockname()[1]
        app, self.audited = app_of(self.counter.desk)
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=0, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [bound]}, daemon=True
        )
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop at once, as when the power goes: nobody is waited for."""
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(20)
        self.counter.desk.__exit__()

    def restart(self) -> None:
        """A new server over the same store, after the old one was stopped."""
        counter = self.counter
        counter.desk = open_desk(
            counter.settings, counter.out, counter.store, counter.objects, counter.scans
        )
        self.start()

    @property
    def desk(self) -> Desk:
        return self.counter.desk
