"""The store: what was read is kept, each case ends in one state."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.file_reading import FileReading
from pipeline.model import DocumentType, Face, PageRef, Reading
from pipeline.store.cases import CaseState, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "made" / "here.sqlite")


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
    store.write_case("c", "k1", CaseState.DONE, attempts=1, record="{}", request="{}")
    (row,) = store.read_cases()
    assert (row.state, row.record, row.content_key) == (CaseState.DONE, "{}", "k1")
    assert store.find_case("unknown") is None


def test_store_survives_being_opened_again(tmp_path: Path) -> None:
    Store(tmp_path / "s.sqlite").write_case("c", "k", CaseState.QUARANTINED, attempts=2)
    row = Store(tmp_path / "s.sqlite").find_case("c")
    assert row is not None
    assert (row.state, row.attempts) == (CaseState.QUARANTINED, 2)


def test_many_threads_write_at_once(store: Store) -> None:
    def work(n: int) -> None:
        for i in range(10):
            store.write_case(f"c{n}-{i}", "k", CaseState.DONE, attempts=1, record="{}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read_cases()) == 80


def test_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "file" / "s.sqlite")
    assert caught.value.hint
