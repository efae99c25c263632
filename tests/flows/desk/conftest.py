"""A counter over a store of its own, with scans whose reading is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flows.case_work import CaseWork, Ended
from flows.desk.desk import Desk
from flows.desk.stands import Stand
from flows.outputs import prepare
from pipeline.settings import Settings
from pipeline.store.cases import Store, open_store
from pipeline.store.drafts import Draft
from pipeline.store.objects import Objects, open_objects
from tests.flows.desk.papers import PaperPool, Scans, paper_reader
from tests.validators.applications import ORDER, TODAY

T = TypeVar("T")

TYPED: dict[str, Any] = {**ORDER, "accepted_on": TODAY.isoformat(), "matters": ["M3"]}


@dataclass(slots=True)
class Counter:
    """A counter that can be stopped and started again over the same store."""

    settings: Settings
    out: Path
    store: Store
    objects: Objects
    scans: Scans
    desk: Desk

    @property
    def pool(self) -> PaperPool:
        pool = self.desk.warm.reader._pool
        assert isinstance(pool, PaperPool)
        return pool

    def restart(self) -> None:
        """Stop the server and start another."""
        self.desk.__exit__()
        self.desk = open_desk(self.settings, self.out, self.store, self.objects, self.scans)

    def work(self, case_id: str) -> Ended:
        """Take a case that was submitted to its end."""
        prepare(self.out)
        work = CaseWork(
            self.settings,
            self.store,
            self.objects,
            self.desk.warm.reader,
            self.out,
            lambda: TODAY,
            lambda _: None,
        )
        return work.work(case_id)

    def stand(self, draft: Draft) -> Stand:
        """The draft once all its files were read."""
        return eventually(lambda: self.desk.stand(draft), lambda stand: not stand.waits)


def eventually(get: Callable[[], T], good: Callable[[T], bool], seconds: float = 60) -> T:
    """What ``get`` gives as soon as it is ``good``."""
    deadline = time.monotonic() + seconds
    while not good(got := get()):
        assert time.monotonic() < deadline, got
        time.sleep(0.01)
    return got


def open_desk(settings: Settings, out: Path, store: Store, objects: Objects, scans: Scans) -> Desk:
    reader = paper_reader(settings, out / "models", store, scans, out / "pictures")
    return Desk(settings, out, store, objects, today=lambda: TODAY, reader=reader)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    settings, out = Settings(), tmp_path / "out"
    (tmp_path / "scans").mkdir()
    scans = Scans(tmp_path / "scans")
    objects = open_objects(None, out / "objects", settings.cache)
    with open_store(settings, out) as store:
        made = Counter(
            settings,
            out,
            store,
            objects,
            scans,
            open_desk(settings, out, store, objects, scans),
        )
        yield made
        made.desk.__exit__()
