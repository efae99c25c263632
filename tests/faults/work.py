"""What is killed: a run over an inbox, its delivery and the results, in a process of its own.

Store, flow, outputs, sender and results are the real ones; only the text engine (scans whose
reading is known) and Prefect are left out. ``python -m tests.faults.work`` is a nursery: it imports
everything once and forks a worker for each line that it is given.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from flows import batch, room, worker
from flows.batch import run_batch
from flows.delivery.results import take_results
from flows.delivery.sending import Sender
from flows.delivery.targets import load_targets
from flows.reading import Reader
from pipeline.settings import Settings, load_settings
from pipeline.store.cases import open_store
from pipeline.store.objects import open_objects
from tests.flows.desk.papers import PaperPool, Scans
from tests.flows.fake_reading import model_folders
from tests.processes import kill_tree
from tests.reader import NothingRead

DAY = date(2026, 11, 23)
SEEN = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "socket.connect", "os.listdir"})
"""What a process asks of the system at which it may be killed, beside every statement and commit of
the database."""


class Fuse:
    """Counts instants, and at one of them ends this process, or others with what they started."""

    def __init__(self, at: int, victims: Sequence[int] = ()) -> None:
        self.count, self.at, self.victims = 0, at, victims
        self._lock = threading.Lock()

    def tick(self, *_: object, **__: object) -> None:
        """One more instant."""
        with self._lock:
            self.count += 1
            is_now = self.count == self.at
            if is_now and not self.victims:
                os.kill(os.getpid(), signal.SIGKILL)
        if is_now:  # not under the lock: what kills opens files, too
            for pid in self.victims:
                kill_tree(pid)

    def lit(self) -> None:
        """From here on."""
        for name in ("before_cursor_execute", "after_cursor_execute", "commit", "begin"):
            event.listen(Engine, name, self.tick)
        sys.addaudithook(lambda name, _: self.tick() if name in SEEN else None)


def work(
    folder: Path,
    database: str | None,
    at: int,
    victims: Sequence[int] = (),
    file_bytes: int | None = None,
) -> None:
    """Run, deliver, take results in, until nothing is left to do; at instant ``at`` this process
    dies, or ``victims`` do. ``file_bytes``: no file may become larger, as on a full disk."""
    if file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    os.environ["YIJIANSHI_DELIVERY"] = str(folder / "delivery.toml")
    os.environ["YIJIANSHI_CACHE"] = str(folder / "cache")
    if database is not None:
        os.environ["YIJIANSHI_DATABASE_URL"] = database
    scans = Scans(folder, pickle.loads((folder / "known.pickle").read_bytes()))
    weights = model_folders(folder / f"models-{os.getpid()}")
    worker.start_with(Settings(), NothingRead(), None)

    def reader(settings: Settings, workers: int | None, **kept: Any) -> Reader:
        return Reader(settings, 2, store=kept["store"], weights=weights, pool=PaperPool(scans))

    def threads(
        process: Callable[[str], str], case_ids: Sequence[str], threads: int
    ) -> dict[str, int]:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(process, case_ids))
        return {}

    patched: Any = batch
    patched.Reader = reader
    patched._prefect = lambda settings, progress: threads
    patched.today = lambda: DAY
    set_aside: Any = room
    set_aside.LEAST_FREE_BYTES = 0  # what happens where nobody looked ahead
    out = folder / "out"
    fuse = Fuse(at, victims)
    fuse.lit()
    run_batch(folder / "inbox", out)
    settings = load_settings()
    store = open_store(settings, out)
    objects = open_objects(settings.objects, out / "objects", settings.cache)
    sender = Sender(store, objects, load_targets(settings))
    for _ in range(500):
        tally = sender.round()
        came = take_results(store, folder / "back")
        if not tally.failed and not came.wrong:
            break
        time.sleep(0.02)
    (folder / "instants").write_text(str(fuse.count))


def nursery() -> None:
    """Fork a worker for each line of JSON; print its pid, and its exit status when asked for."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the answer
            continue
        pid = os.fork()
        if pid == 0:
            log = os.open(Path(asked["folder"]) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            code = 1
            try:
                work(Path(asked.pop("folder")), **asked)
                code = 0
            except BaseException:  # noqa: BLE001  told by the exit code, and in the log
                import traceback

                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(pid, flush=True)  # noqa: T201  the answer


if __name__ == "__main__":
    nursery()
