"""What comes into watched inboxes is taken once and taken to its end, with a real store and an
engine that sees nothing."""

from __future__ import annotations

from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.case_work import CaseWork
from flows.outputs import prepare
from flows.service.inbox import WatchedInbox
from flows.service.serve import Service, Ways
from flows.service.taking import Taking
from pipeline.settings import Settings
from pipeline.store import leases
from pipeline.store.arrivals import keep_entries
from pipeline.store.cases import STORE_FILE, CaseState, Store, waiting_cases
from pipeline.store.objects import FolderObjects
from tests.flows.fake_reading import fake_reader
from tests.pipeline.sheets.scans import noise, scanned_pdf

PAGES = [scanned_pdf([noise(n)]) for n in range(2)]


class Served:
    """A service over one inbox, driven a round at a time."""

    def __init__(self, tmp_path: Path, *, leave: bool = False) -> None:
        self.inbox, self.out, self.said = tmp_path / "inbox", tmp_path / "out", list[str]()
        self.inbox.mkdir(exist_ok=True)
        prepare(self.out)
        self.store, settings = Store(self.out / STORE_FILE), Settings()
        reader = fake_reader(settings, self.out / "models", self.store)
        objects = FolderObjects(self.out / "objects")
        day = date(2026, 11, 23)
        work = CaseWork(
            settings, self.store, objects, reader, self.out, lambda: day, self.said.append
        )
        self.pool = ThreadPoolExecutor(1)
        watched = WatchedInbox(self.inbox, self.said.append, settle_seconds=0)
        taking = Taking(work, leave)
        self.service = Service([watched], work, taking, Ways(), self.pool, ahead=2)

    def put(self, name: str, content: bytes) -> None:
        file = self.inbox / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)

    def rounds(self) -> dict[str, str]:
        """Go on until nothing waits; how each case stands."""
        for _ in range(20):
            self.service.round()
            self.pool.submit(int).result()  # one thread: all before it is done
        return {row.case_id: row.state.value for row in self.store.read_cases()}


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path)


def test_cases_are_taken_worked_on_and_moved(served: Served) -> None:
    for n in range(5):  # more than may be in hand
        served.put(f"{n}/a.pdf", PAGES[0] + b"%" * n)
    assert served.rounds() == {str(n): "done" for n in range(5)}
    assert [entry.name for entry in served.inbox.iterdir()] == ["taken"]
    assert len(list((served.out / "records").iterdir())) == 5


def test_the_same_content_twice_is_one_case(served: Served) -> None:
    served.put("07/a.pdf", PAGES[0])
    served.rounds()
    served.put("07/a.pdf", PAGES[0])
    assert served.rounds() == {"07": "done"}
    assert any("没有重复受理" in said for said in served.said)


def test_the_same_id_with_other_content_is_another_case_and_told(served: Served) -> None:
    served.put("07/a.pdf", PAGES[0])
    served.rounds()
    served.put("07/a.pdf", PAGES[1])
    assert len(served.rounds()) == 2
    assert any("另立案件" in said for said in served.said)


def test_ids_that_differ_in_case_or_unicode_form_alone_are_told_apart(served: Served) -> None:
    for n, name in enumerate(("é1", "E\u03011", "É1")):
        served.put(f"{name}/a.pdf", PAGES[0] + b"%" * n)
        served.rounds()
    states = served.rounds()
    assert len(states) == 3 and set(states.values()) == {"done"}


def test_a_case_that_grows_later_is_checked_anew(tmp_path: Path) -> None:
    served = Served(tmp_path, leave=True)
    served.put("07/a.pdf", PAGES[0])
    served.rounds()
    served.put("07/b.pdf", PAGES[1])
    assert served.rounds() == {"07": "done"}
    assert any("增加了材料：b.pdf" in said for said in served.said)
    assert not (served.inbox / "taken").exists()


def test_a_case_that_grows_while_it_is_copied_is_taken_whole(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = keep_entries
    served.put("07/a.pdf", PAGES[0])

    def keep_and_grow(*given: object) -> object:
        kept = keep(*given)  # type: ignore[arg-type]
        served.put("07/b.pdf", PAGES[1])
        return kept

    monkeypatch.setattr("flows.arriving.keep_entries", keep_and_grow)
    served.service.round()
    assert served.store.read_cases() == []
    monkeypatch.undo()
    assert served.rounds() == {"07": "done"}
    assert {p.name for p in (served.inbox / "taken" / "07").iterdir()} == {"a.pdf", "b.pdf"}


def test_a_service_that_starts_again_finishes_what_had_arrived(tmp_path: Path) -> None:
    served = Served(tmp_path)
    served.put("07/a.pdf", PAGES[0])
    served.service.ahead = 0  # takes in, works on nothing
    assert served.rounds() == {"07": "arrived"}
    assert Served(tmp_path).rounds() == {"07": "done"}


def test_nothing_is_taken_where_the_disk_is_full(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr("flows.room.psutil.disk_usage", lambda _: usage(1))
    served.put("07/a.pdf", PAGES[0])
    assert served.rounds() == {}
    assert [said for said in served.said if "磁盘" in said] == [served.said[0]]
    monkeypatch.undo()
    assert served.rounds() == {"07": "done"}


def test_what_another_works_on_does_not_wait(served: Served) -> None:
    served.store.write_case("07", "", CaseState.ARRIVED, attempts=0)
    with served.store.begin() as connection:
        lease = leases.take(connection, "case:07", "another")
        assert lease is not None
        assert waiting_cases(connection, 9) == []
        later = datetime.fromtimestamp(lease.until.timestamp() + 1, UTC)
        assert waiting_cases(connection, 9, later) == ["07"]
        leases.release(connection, lease)
        assert waiting_cases(connection, 9) == ["07"]
