"""What a reading process tells while it reads: each page, as soon as it is read.

Every process speaks over a connection of its own, so that one that dies in the middle of a word
silences nobody else (a queue that all share keeps its lock when a writer is killed).
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener

from pydantic import ValidationError

from pipeline.model import Face, Frozen

KEY_BYTES = 32


class PageTold(Frozen):
    """A page that was read: ``sha256`` are the bytes of the file that was handed over, ``page``
    counts from 1, ``faces`` is what is on it."""

    sha256: str
    page: int
    faces: tuple[Face, ...]


class Address(Frozen):
    """Where a process speaks to, and the word by which it is known."""

    path: str
    key: bytes


class Mouth:
    """The end of a reading process. Telling never fails: whoever listens may be gone."""

    def __init__(self, address: Address) -> None:
        self._connection: Connection | None = None
        with suppress(OSError):
            self._connection = Client(address.path, family="AF_UNIX")
            self._connection.send_bytes(address.key)

    def say(self, told: PageTold) -> None:
        """Tell of a page."""
        if self._connection is None:
            return
        try:
            self._connection.send_bytes(told.model_dump_json().encode())
        except OSError:
            self._connection = None


class Ear:
    """The end of the server: hands what is told to ``heard``, in threads of its own. What is told
    is JSON and never unpickled; who does not know the word is not listened to."""

    def __init__(self, heard: Callable[[PageTold], None]) -> None:
        self._heard = heard
        self._listener = Listener(family="AF_UNIX")
        self.address = Address(path=str(self._listener.address), key=secrets.token_bytes(KEY_BYTES))
        self._closed = False
        threading.Thread(target=self._accept, daemon=True, name="ear").start()

    def close(self) -> None:
        """Hear no more."""
        self._closed = True
        with suppress(OSError):  # wakes the thread that waits for a connection
            Client(self.address.path, family="AF_UNIX").close()
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._listen, args=(connection,), daemon=True).start()

    def _listen(self, connection: Connection) -> None:
        with connection, suppress(OSError, EOFError, ValidationError):
            if not secrets.compare_digest(connection.recv_bytes(KEY_BYTES), self.address.key):
                return
            while True:
                told = PageTold.model_validate_json(connection.recv_bytes())
                if not self._closed:
                    self._heard(told)
