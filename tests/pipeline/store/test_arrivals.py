"""What comes in is kept by content; what happens to it is decided in the open."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.finding import PassingFinding
from pipeline.intake.case import find_entries, list_entries
from pipeline.intake.refusal import Refused
from pipeline.settings import Limits
from pipeline.store import arrivals
from pipeline.store.arrivals import Arrival, Policy, Stored, arrive, case_entries, keep_entries
from pipeline.store.cases import CaseState, Store
from pipeline.store.objects import FolderObjects
from tests.pipeline.sheets.scans import noise, scanned_pdf

LIMITS = Limits()
SCANS = [scanned_pdf([noise(n)]) for n in range(4)]


class Office:
    """An inbox, a store and an object store; :meth:`hand_in` is one arrival."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.objects = FolderObjects(folder / "objects")
        self._folder = folder
        self._count = 0

    def keep(self, name: str, *scans: int) -> Stored:
        self._count += 1
        folder = self._folder / str(self._count) / name
        folder.mkdir(parents=True)
        for scan in scans:
            (folder / f"{scan}.pdf").write_bytes(SCANS[scan])
        return keep_entries(find_entries(folder, LIMITS), self.objects, LIMITS)

    def hand_in(self, name: str, *scans: int, stays: bool = False) -> Arrival:
        stored = self.keep(name, *scans)
        with self.store.begin() as connection:
            return arrive(connection, name, stored, source="inbox", stays=stays)

    def files(self, case_id: str) -> list[str]:
        with self.store.snapshot() as connection:
            entries = case_entries(connection, self.objects, case_id)
        return [file.name for file in list_entries(entries, LIMITS, case_id).files]


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    return Office(store, tmp_path)


def test_what_comes_in_is_a_case_whose_papers_can_be_read_from_the_store(office: Office) -> None:
    arrival = office.hand_in("07", 1, 0)
    assert arrival == Arrival(case_id="07", policy=Policy.NEW, added=("0.pdf", "1.pdf"))
    assert office.files("07") == ["0.pdf", "1.pdf"]
    row = office.store.find_case("07")
    assert row is not None and row.state == CaseState.ARRIVED


@pytest.mark.parametrize("name", ["07", "another name"])
def test_the_same_content_again_is_that_case(office: Office, name: str) -> None:
    office.hand_in("07", 0)
    office.store.write_case("07", "k", CaseState.DONE, attempts=1)
    assert office.hand_in(name, 0) == Arrival(case_id="07", policy=Policy.SAME)
    row = office.store.find_case("07")
    assert row is not None and row.state == CaseState.DONE, "nothing is done again"


def test_a_case_that_grows_says_what_came(office: Office) -> None:
    office.hand_in("07", 0)
    office.store.write_case("07", "k", CaseState.DONE, attempts=1)
    assert office.hand_in("07", 0, 1) == Arrival(
        case_id="07", policy=Policy.GROWN, added=("1.pdf",)
    )
    row = office.store.find_case("07")
    assert row is not None and row.state == CaseState.ARRIVED
    assert office.files("07") == ["0.pdf", "1.pdf"]


def test_other_files_of_one_application_replace_those_before(office: Office) -> None:
    office.hand_in("07", 0, 1)
    arrival = office.hand_in("07", 1, 2)
    assert (arrival.policy, arrival.added, arrival.removed) == (
        Policy.REPLACED,
        ("2.pdf",),
        ("0.pdf",),
    )
    assert office.files("07") == ["1.pdf", "2.pdf"]
    assert office.hand_in("07", 0, 1).policy == Policy.REPLACED
    assert office.files("07") == ["0.pdf", "1.pdf"], "what was removed may come back"


def test_another_application_of_that_name_gets_an_id_of_its_own(office: Office) -> None:
    office.hand_in("01", 0)
    other = office.hand_in("01", 1)
    assert other.policy == Policy.OTHER and other.case_id.startswith("01~")
    assert office.files("01") == ["0.pdf"]
    assert office.files(other.case_id) == ["1.pdf"]
    again = office.hand_in("01", 1, 2)
    assert (again.case_id, again.policy) == (other.case_id, Policy.GROWN)
    assert office.hand_in("01", 0).case_id == "01"


def test_where_an_inbox_stays_one_entry_is_one_application(office: Office) -> None:
    office.hand_in("01", 0, stays=True)
    arrival = office.hand_in("01", 1, stays=True)
    assert (arrival.case_id, arrival.policy) == ("01", Policy.REPLACED)
    twin = office.hand_in("02", 1, stays=True)
    assert (twin.case_id, twin.policy) == ("02", Policy.NEW)


@pytest.mark.parametrize(("one", "two"), [("a", "A"), ("\u00e9", "e\u0301"), ("\uff11", "1")])
def test_ids_that_some_systems_take_for_one_are_told_apart(
    office: Office, one: str, two: str
) -> None:
    office.hand_in(one, 0)
    other = office.hand_in(two, 1)
    assert other.policy == Policy.OTHER
    assert other.case_id.startswith(f"{two}~")


def test_a_single_file_is_a_case(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "李某.pdf"
    path.write_bytes(SCANS[0])
    stored = keep_entries(find_entries(path, LIMITS), office.objects, LIMITS)
    with office.store.begin() as connection:
        arrive(connection, "李某", stored, source="inbox", stays=False)
    path.unlink()
    assert office.files("李某") == ["李某.pdf"]


def test_what_cannot_be_taken_is_said_and_kept(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "07"
    folder.mkdir()
    (folder / "big.pdf").write_bytes(SCANS[0])
    (folder / "out.pdf").symlink_to(tmp_path)
    limits = Limits(case_bytes=10)
    stored = keep_entries(find_entries(folder, limits), office.objects, limits)
    with office.store.begin() as connection:
        arrive(connection, "07", stored, source="inbox", stays=False)
    with office.store.snapshot() as connection:
        findings = case_entries(connection, office.objects, "07").findings
    assert [(f.rule, f.file) for f in findings] == [
        ("SRC-UNREADABLE", "out.pdf"),
        ("SRC-TOO-LARGE", "big.pdf"),
    ]
    assert not any(isinstance(f, PassingFinding) for f in findings)


def test_what_could_not_be_taken_for_the_moment_is_taken_up_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: Path, limit_bytes: int) -> Any:
        raise Refused("SRC-UNREADABLE", "没有读取权限", passing=True)

    with monkeypatch.context() as patch:
        patch.setattr(arrivals, "open_regular", locked)
        office.hand_in("07", 0)
        with office.store.snapshot() as connection:
            (found,) = case_entries(connection, office.objects, "07").findings
        assert isinstance(found, PassingFinding)
        assert office.hand_in("07", 0).policy == Policy.REPLACED
    assert office.hand_in("07", 0).added == ("0.pdf",)


def test_a_case_that_is_not_there_is_said(office: Office) -> None:
    with pytest.raises(InputError, match="没有案件"):
        office.files("none")


def test_where_an_inbox_stays_an_id_made_from_the_name_is_another_entrys(office: Office) -> None:
    """Two folders whose names differ in Unicode form alone, with the same scan: two cases."""
    office.hand_in("07~bf12767b", 0, stays=True)
    assert office.hand_in("07", 0, stays=True) == Arrival(
        case_id="07", policy=Policy.NEW, added=("0.pdf",)
    )


def test_the_same_brought_twice_at_once_is_one_case(office: Office) -> None:
    """Two windows press "submit", or two services see one share: neither fails."""
    stored = [office.keep("07", 0, 1) for _ in range(8)]
    ready = threading.Barrier(len(stored))

    def bring(one: Stored) -> Arrival:
        ready.wait()
        with office.store.begin() as connection:
            return arrive(connection, "07", one, source="inbox", stays=False)

    with ThreadPoolExecutor(len(stored)) as pool:
        arrivals = list(pool.map(bring, stored))
    assert {arrival.case_id for arrival in arrivals} == {"07"}
    assert sorted(arrival.policy for arrival in arrivals) == ["new"] + ["same"] * 7
