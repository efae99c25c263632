"""The store: what was read is kept, each case ends in one state."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.errors import ExitCode, StoreError
from pipeline.file_reading import FileReading
from pipeline.model import DocumentType, Face, PageRef, Reading, Request
from pipeline.store.cases import CaseState, Store, put_case
from pipeline.store.tables import case_finding, case_state
from pipeline.store.trouble import Trouble
from tests.flows.records import low_name, make_record


def reading() -> FileReading:
    page = PageRef(file="a.jpg", page=1, sha256="ab", rotation=90)
    name = Reading(
        value="韦昊",
        raw="韦昊",
        confidence=0.9,
        box=((1, 2), (3, 2), (3, 4), (1, 4)),
        doubts=("x",),
    )
    face = Face(
        type=DocumentType.ID_CARD, face="portrait", score=0.9, page=page, fields={"name": name}
    )
    return FileReading(sha256="ab", pages=1, faces=(face,))


def test_reading_comes_back_as_it_was_kept(store: Store) -> None:
    store.write_reading("k", reading())
    assert store.find_reading("k") == reading()
    assert store.find_reading("other") is None


def test_reading_kept_twice_is_kept_once(store: Store) -> None:
    store.write_reading("k", reading())
    store.write_reading("k", FileReading(sha256="other"))
    assert store.find_reading("k") == reading()


def test_reading_under_another_name_names_that_file() -> None:
    renamed = reading().renamed("b.jpg")
    assert renamed.faces[0].page.file == "b.jpg"
    assert renamed.faces[0].fields == reading().faces[0].fields


def test_case_moves_from_state_to_state_in_one_row(store: Store) -> None:
    store.write_case("c", "k1", CaseState.RUNNING, attempts=1)
    store.write_record("c", "k1", make_record(), Request())
    (row,) = store.read_cases()
    assert (row.state, row.content_key) == (CaseState.DONE, "k1")
    assert row.record == make_record().to_json()
    assert store.find_case("unknown") is None


def test_store_survives_being_opened_again(where: Path | str) -> None:
    with Store(where) as store:
        store.write_case("c", "k", CaseState.QUARANTINED, attempts=2)
    with Store(where) as store:
        row = store.find_case("c")
    assert row is not None
    assert (row.state, row.attempts) == (CaseState.QUARANTINED, 2)


def test_many_threads_write_at_once(store: Store) -> None:
    def work(n: int) -> None:
        for i in range(10):
            store.write_case(f"c{n}-{i}", "k", CaseState.DONE, attempts=1)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read_cases()) == 80


def old_store(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return path


VERSION_1 = (
    "CREATE TABLE reading (key VARCHAR(64) NOT NULL, value TEXT NOT NULL,"
    " made_at DATETIME NOT NULL, PRIMARY KEY (key))",
    "CREATE TABLE case_state (case_id VARCHAR(255) NOT NULL, content_key VARCHAR(64) NOT NULL,"
    " state VARCHAR(16) NOT NULL, attempts INTEGER NOT NULL, record TEXT, request TEXT,"
    " changed_at DATETIME NOT NULL, PRIMARY KEY (case_id))",
    "INSERT INTO case_state VALUES ('c', 'k', 'done', 1, '{}', '{}', '2026-11-25 08:00:00.000000')",
)
"""The tables as version 0.1.8 made them, and a case."""


def test_store_of_the_first_version_keeps_its_cases_and_takes_new_ones(tmp_path: Path) -> None:
    path = old_store(tmp_path / "s.sqlite", *VERSION_1)
    for _ in range(2):  # made to fit once, opened again
        store = Store(path)
        row = store.find_case("c")
        assert row is not None
        assert (row.state, row.revision, row.record) == (CaseState.DONE, 1, "{}")
    trouble = Trouble(kinds=("ValueError",), places=("a.py:1 f",), step="x")
    store.write_case("d", "k", CaseState.QUARANTINED, attempts=1, trouble=trouble)
    assert [row.trouble for row in Store(path).read_cases()] == [None, trouble]


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (("PRAGMA user_version = 99",), "更新版本"),
        (("CREATE TABLE case_state (case_id TEXT)",), "不是本程序所能使用的版本"),
        (("CREATE TABLE reading (id INTEGER)", "PRAGMA user_version = 2"), "不是本程序"),
    ],
)
def test_store_of_a_version_that_cannot_be_read_is_refused_and_left_alone(
    tmp_path: Path, statements: tuple[str, ...], words: str
) -> None:
    path = old_store(tmp_path / "s.sqlite", *statements)
    before = dump(path)
    with pytest.raises(StoreError, match=words) as caught:
        Store(path)
    assert "--out" in caught.value.hint and caught.value.exit_code == ExitCode.STORE
    assert dump(path) == before


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [*connection.iterdump()]


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_bytes(b"no database " * 99)
    with pytest.raises(StoreError):
        Store(tmp_path / "s.sqlite")


def test_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "file" / "s.sqlite")
    assert caught.value.hint


def test_a_store_whose_file_is_damaged_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "here.sqlite")
    (tmp_path / "here.sqlite").write_bytes(b"no database" * 1000)
    for use in (store.read_cases, lambda: store.find_reading("k"), lambda: store.find_case("c")):
        with pytest.raises(StoreError) as caught:
            use()
        assert caught.value.hint


def test_a_record_that_says_the_same_makes_no_revision(store: Store) -> None:
    record, other = make_record(), make_record(low_name())
    assert store.write_record("c", "k1", record, Request()) == 1
    store.write_case("c", "k2", CaseState.RUNNING, attempts=2)
    row = store.find_case("c")
    assert row is not None and (row.content_key, row.attempts) == ("k2", 2)
    assert row.record == record.to_json(), "the record that stands stays while it is made anew"
    assert store.write_record("c", "k2", record, Request()) == 1
    assert store.write_record("c", "k3", other, Request()) == 2
    row = store.find_case("c")
    assert row is not None and (row.revision, row.record) == (2, other.to_json())


def test_what_queues_ask_for_stands_beside_the_record(store: Store) -> None:
    store.write_record("c", "k", make_record(low_name()), Request())
    with store.snapshot() as connection:
        row = connection.execute(select(case_state)).one()
        found = connection.execute(select(case_finding)).one()
    assert (row.matters, row.applicant_name, row.doubts) == ("M2", "韦昊燊", 1)
    assert row.applicant_number == "450103199002309991"
    assert (found.rule, found.severity, found.settled) == (low_name().rule, "review", False)
    store.write_record("c", "k", make_record(), Request())
    with store.snapshot() as connection:
        assert connection.execute(select(case_finding)).all() == []


def test_what_fails_half_way_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as connection:
        put_case(connection, "c", "k", CaseState.DONE, attempts=1)
        raise RuntimeError
    assert store.find_case("c") is None


def test_cases_come_by_id(store: Store) -> None:
    for case_id in ("b", "c", "a"):
        store.write_case(case_id, "k", CaseState.DONE, attempts=1)
    assert [row.case_id for row in store.read_cases()] == ["a", "b", "c"]
