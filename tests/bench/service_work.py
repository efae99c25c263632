"""What the benches of the service run in processes of their own: the real flow, store, outputs and
delivery over papers whose reading is known, so that only what is not reading takes time.

``make FOLDER COUNT``: papers and settings; ``run FOLDER COUNT``: a run over the first so many;
``work FOLDER NUMBER OF``: a worker's share of the cases, beginning when a line comes.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from flows import batch, worker
from flows.batch import run_batch
from flows.nightly import night as nights
from flows.nightly.night import opened_night
from flows.nightly.site import Site
from flows.reading import Reader
from pipeline.model import PageRef
from pipeline.settings import Settings, load_settings
from pipeline.store.cases import STORE_FILE, open_store
from tests.faults.work import DAY
from tests.flows.desk.papers import PaperPool, Scans, _faces
from tests.flows.fake_reading import model_folders
from tests.reader import NothingRead
from tests.validators.applications import ORDER, card, form
from tests.validators.papers_made import with_check

FIRST_BORN = date(1980, 1, 1)


def make(folder: Path, count: int) -> None:
    """An inbox of so many persons with two papers each, all ready to be sent; and a target."""
    known: dict[str, Any] = {}
    drawn = Scans(folder)
    card_bytes, form_bytes = (
        drawn.scan(f"drawn-{n}.jpg", paper).read_bytes() for n, paper in enumerate((card(), form()))
    )
    for number in range(count):
        case = folder / "inbox" / f"{number:05}"
        case.mkdir(parents=True)
        who, born = _person(number)
        for name, data, paper in (
            ("身份证.jpg", card_bytes, card(**who, **born)),
            ("申请表.jpg", form_bytes, form(**who)),
        ):
            own = data + b"%d" % number
            (case / name).write_bytes(own)
            sha256 = hashlib.sha256(own).hexdigest()
            ref = PageRef(file=name, page=1, sha256=sha256)
            known[sha256] = (tuple(_faces(paper, ref)),)
        asked = ORDER | who | {"matters": ["M3"], "accepted_on": DAY.isoformat()}
        (case / "application.json").write_text(json.dumps(asked), encoding="utf-8")
    (folder / "known.pickle").write_bytes(pickle.dumps(known))
    (folder / "hrss").mkdir()
    (folder / "delivery.toml").write_text('[hrss]\nfolder = "hrss"\n')


def _person(number: int) -> tuple[dict[str, str], dict[str, str]]:
    """Name and number of somebody whom no other case is of, and what her card says beside."""
    birth = (FIRST_BORN + timedelta(days=number // 50)).isoformat()
    digits = with_check(f"450103{birth.replace('-', '')}{900 + 2 * (number % 50)}")
    name = f"韦{chr(0x5C0F + number % 700)}"
    return {"name": name, "id_number": digits}, {"birth_date": birth, "sex": "女"}


class WaitingPool(PaperPool):
    """Knows what stands on each scan, after a while."""

    def __init__(self, scans: Scans) -> None:
        super().__init__(scans)
        self.wait = float(os.environ.get("ENGINE_WAITS", "0"))

    def _read(self, *given: Any) -> Any:
        time.sleep(self.wait)
        return super()._read(*given)


def patched(folder: Path) -> None:
    """Have all reading done by papers that are known."""
    os.environ["YIJIANSHI_DELIVERY"] = str(folder / "delivery.toml")
    scans = Scans(folder, pickle.loads((folder / "known.pickle").read_bytes()))
    weights = model_folders(folder / f"models-{os.getpid()}")
    worker.start_with(Settings(), NothingRead(), None)

    def reader(settings: Settings, workers: int | None = None, **kept: Any) -> Reader:
        return Reader(settings, 2, store=kept["store"], weights=weights, pool=WaitingPool(scans))

    for room in (batch, nights):
        changed: Any = room
        changed.Reader = reader
        changed.today = lambda: DAY


def run(folder: Path, count: int) -> None:
    """A run over the first ``count`` cases; prints its memory and its work, second by second."""
    for case in sorted((folder / "inbox").iterdir())[count:]:
        case.rename(folder / case.name)
    patched(folder)
    seen: list[tuple[float, int, float]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            seen.append((time.time(), psutil.Process().memory_info().rss, cpu_seconds()))

    threading.Thread(target=watch, daemon=True).start()
    run_batch(folder / "inbox", folder / "out")
    over.set()
    told = {"seen": seen, "database_bytes": _database_bytes(folder / "out")}
    print(json.dumps(told))  # noqa: T201  the answer


def cpu_seconds() -> float:
    """What this process and those that it started have computed so far."""
    times = [psutil.Process().cpu_times()]
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times.append(child.cpu_times())
    return float(sum(one.user + one.system for one in times))


def _database_bytes(out: Path) -> int:
    settings = load_settings()
    with open_store(settings, out) as store:
        if settings.database_url is None:
            return (out / STORE_FILE).stat().st_size
        with store.snapshot() as connection:
            size = select(func.pg_database_size(func.current_database()))
            return int(connection.execute(size).scalar_one())


def work(folder: Path, number: int, of: int) -> None:
    """A worker's share: every ``of``-th case, taken to its end."""
    patched(folder)
    site = Site(name="bench", out=folder / "out")
    with opened_night(site, lambda _: None) as night:
        waiting = night.waiting(again=False)[number::of]
        print("ready", flush=True)  # noqa: T201  the answer
        sys.stdin.readline()
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(night.process, waiting))


def arrive(folder: Path) -> None:
    """Take everything in, and work on nothing."""
    patched(folder)
    site = Site(name="bench", out=folder / "out", inboxes=(folder / "inbox",), settle_seconds=0)
    with opened_night(site, lambda _: None) as night:
        night.take_in()


if __name__ == "__main__":
    what, where, *numbers = sys.argv[1:]
    load_settings()
    parts: dict[str, Any] = {"make": make, "run": run, "work": work, "arrive": arrive}
    parts[what](Path(where), *map(int, numbers))
