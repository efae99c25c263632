"""When an entry of an inbox is taken for complete, on a clock that the tests set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.service.inbox import WatchedInbox
from tests.pipeline.sheets.scans import noise, scanned_pdf

PAGE = scanned_pdf([noise(1)])


class Clock:
    """Seconds that pass when told."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Watched:
    """An inbox under watch, what it said, and its clock."""

    def __init__(self, path: Path, marker: str | None = None) -> None:
        path.mkdir()
        self.path, self.said, self.clock = path, list[str](), Clock()
        self.inbox = WatchedInbox(
            path, self.said.append, 10, marker or ".ready", marker is not None, self.clock
        )

    def put(self, name: str, content: bytes = PAGE) -> Path:
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        return file

    def look(self, after: float = 0) -> list[str]:
        self.clock.seconds += after
        return [case.case_id for case in self.inbox.look()]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "inbox")


def test_what_has_not_changed_for_a_while_is_complete(watched: Watched) -> None:
    watched.put("07/a.pdf")
    assert watched.look() == []
    assert watched.look(after=9) == []
    assert watched.look(after=1) == ["07"]


def test_what_grows_waits_anew(watched: Watched) -> None:
    watched.put("07/a.pdf")
    watched.look()
    watched.put("07/b.pdf")
    assert watched.look(after=10) == []
    assert watched.look(after=10) == ["07"]


def test_a_change_of_time_alone_is_a_change_even_back(watched: Watched) -> None:
    file = watched.put("07/a.pdf")
    watched.look()
    os.utime(file, (1, 1))  # the clock of the share jumped back
    assert watched.look(after=10) == []
    assert watched.look(after=10) == ["07"]


@pytest.mark.parametrize(
    ("entry", "marker"), [("07/a.pdf", "07/.ready"), ("07.pdf", "07.pdf.ready")]
)
def test_a_marker_ends_the_wait(watched: Watched, entry: str, marker: str) -> None:
    watched.put(entry)
    assert watched.look() == []
    watched.put(marker, b"")
    assert watched.look() == ["07"]
    assert watched.said == []


def test_where_a_marker_is_asked_for_nothing_is_complete_without(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "inbox", marker="OK.txt")
    watched.put("07/a.pdf")
    watched.look()
    assert watched.look(after=1000) == []
    watched.put("07/OK.txt", b"")
    assert watched.look() == ["07"]


@pytest.mark.parametrize("remnant", ["b.pdf.part", "b.pdf.crdownload"])
def test_a_remnant_is_waited_for_and_named_once(watched: Watched, remnant: str) -> None:
    watched.put("07/a.pdf")
    partial = watched.put(f"07/{remnant}")
    watched.look()
    assert watched.look(after=1000) == []
    assert len(watched.said) == 1 and remnant in watched.said[0]
    partial.rename(watched.path / "07" / "b.pdf")
    watched.look()
    assert watched.look(after=10) == ["07"]


@pytest.mark.parametrize("name", ["Thumbs.db", ".DS_Store", "~$a.docx", "__MACOSX/a.pdf"])
def test_what_systems_leave_is_nothing(watched: Watched, name: str) -> None:
    watched.put(name)
    watched.look()
    assert watched.look(after=1000) == []
    assert watched.said == []


def test_an_empty_folder_waits_for_its_scans(watched: Watched) -> None:
    (watched.path / "07").mkdir()
    watched.look()
    assert watched.look(after=1000) == []


def test_an_inbox_that_is_away_is_told_once_and_goes_on_when_back(watched: Watched) -> None:
    watched.put("07/a.pdf")
    watched.look()
    away = watched.path.rename(watched.path.with_name("away"))
    assert watched.look(after=10) == watched.look(after=10) == []
    assert len(watched.said) == 1 and "暂时不可用" in watched.said[0]
    away.rename(watched.path)
    assert watched.look() == ["07"]
    assert "已恢复" in watched.said[1]


def test_what_changed_since_it_was_complete_is_told_apart(watched: Watched) -> None:
    watched.put("07/a.pdf")
    watched.look()
    watched.clock.seconds += 10
    (case,) = watched.inbox.look()
    assert watched.inbox.is_unchanged(case)
    watched.put("07/b.pdf")
    assert not watched.inbox.is_unchanged(case)
    assert watched.look() == []


def test_what_is_left_in_place_is_dealt_with_once_until_it_changes(watched: Watched) -> None:
    watched.put("07/a.pdf")
    watched.look()
    watched.clock.seconds += 10
    (case,) = watched.inbox.look()
    watched.inbox.settle(case)
    assert watched.look(after=1000) == []
    watched.put("07/b.pdf")
    watched.look()
    assert watched.look(after=10) == ["07"]


def test_what_is_moved_keeps_what_was_moved_before(watched: Watched) -> None:
    for content in (b"%PDF-1", b"%PDF-2"):
        watched.put("07/a.pdf", content)
        watched.put("07/.ready", b"")
        (case,) = watched.inbox.look()
        watched.inbox.move(case)
    taken = sorted(file.read_bytes() for file in (watched.path / "taken").rglob("*.pdf"))
    assert taken == [b"%PDF-1", b"%PDF-2"]
    assert watched.look(after=1000) == []
