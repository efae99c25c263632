"""The machines of docs/many-machines.md as processes here: each of its command lines is run as it
stands there, but for names of hosts, ports and folders."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx

from tests.own_postgres import OwnPostgres, free_port
from tests.processes import kill_tree

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "many-machines.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)( service)?\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PATIENCE_SECONDS = 1200.0


def blocks(kind: str, *, service: bool = False) -> list[str]:
    """The blocks of the page of a kind, in their order."""
    return [text for name, runs, text in BLOCKS if name == kind and bool(runs) == service]


def until(done: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """What ``done`` says once it says something. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (found := done()):
        if time.monotonic() > deadline:
            raise TimeoutError(done)
        time.sleep(0.5)
    return found


def end_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all that it started."""
    kill_tree(process.pid, wait_seconds=30)
    process.wait(30)


class Office:
    """Database, server, workers and a share."""

    def __init__(self, folder: Path, *, portion: int, **variables: str) -> None:
        self.folder, self.portion = folder, portion
        self.inbox, self.out = folder / "inbox", folder / "out"
        self.inbox.mkdir()
        self.database = OwnPostgres()
        self.port = free_port()
        self.variables = variables
        self.running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.database.start()
        settings = self.folder / "settings"
        settings.mkdir()
        (toml,) = blocks("toml")
        (settings / "default.toml").write_text(self.here(toml), encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            end_tree(process)
        self.database.__exit__()

    def here(self, text: str) -> str:
        """The page's words with the names of this office."""
        places = {
            "postgres@db.office/": f"postgres@127.0.0.1:{self.database.port}/",
            "--host db.office": f"--host 127.0.0.1 --port {self.database.port}",
            "--host 0.0.0.0 --port 4200": f"--host 127.0.0.1 --port {self.port}",
            "prefect.office:4200": f"127.0.0.1:{self.port}",
            "/srv/yijianshi": str(self.folder),
            "portion = 50": f"portion = {self.portion}",
        }
        for name, place in places.items():
            text = text.replace(name, place)
        assert ".office" not in text and "4200" not in text, text
        return text

    def environment(self, host: str) -> dict[str, str]:
        """Of a machine of its own."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT_", "YIJIANSHI_"))}
        path = [str(Path(sys.executable).parent), str(self.database.bin), kept["PATH"]]
        return kept | self.variables | {
            "PATH": os.pathsep.join(path),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "many" / "site"), str(ROOT)]),
            "PREFECT_HOME": str(self.folder / f"home-{host}"),
            "YIJIANSHI_SETTINGS": str(self.folder / "settings"),
            "YIJIANSHI_DATABASE_URL": self.database.address("yijianshi"),
            "YIJIANSHI_WORKERS": "1",
            "DO_NOT_TRACK": "1",
        }  # fmt: skip

    def do(self, block: str) -> str:
        """Run a block to its end; what it says."""
        done = subprocess.run(
            ["bash", "-euc", self.here(block)],
            cwd=ROOT,
            env=self.environment("admin"),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def begin(self, block: str, host: str) -> subprocess.Popen[bytes]:
        """Start what keeps running on a host."""
        with (self.folder / f"{host}.log").open("ab") as log:
            process = subprocess.Popen(
                ["bash", "-euc", self.here(block)],
                cwd=ROOT,
                env=self.environment(host),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def begin_server(self) -> subprocess.Popen[bytes]:
        """Start the Prefect server, and wait until it answers."""
        process = self.begin(blocks("sh", service=True)[0], "prefect")
        until(lambda: process.poll() is not None or self._is_up())
        assert process.poll() is None, self.log("prefect")
        return process

    def begin_worker(self, number: int) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self.begin(blocks("sh", service=True)[1], f"work{number}")

    def flow_runs(self) -> list[dict[str, Any]]:
        """All flow runs that the server knows."""
        return self._ask("flow_runs/filter")

    def by_the_clock(self) -> set[str]:
        """The deployments of which the server has planned a run."""
        found = self._ask("deployments/filter")
        names = {deployment["id"]: deployment["name"] for deployment in found}
        return {names[run["deployment_id"]] for run in self.flow_runs() if run["auto_scheduled"]}

    def states(self) -> set[str]:
        """In which states there are flow runs."""
        return {run["state_type"] for run in self.flow_runs()}

    def log(self, host: str) -> str:
        """The end of what a host said."""
        return (self.folder / f"{host}.log").read_text("utf-8", "replace")[-6000:]

    def _ask(self, what: str) -> list[dict[str, Any]]:
        answer = httpx.post(f"http://127.0.0.1:{self.port}/api/{what}", json={}, timeout=30)
        found: list[dict[str, Any]] = answer.raise_for_status().json()
        return found

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/api/health", timeout=5).is_success
        except httpx.HTTPError:
            return False
