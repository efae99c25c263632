"""The counter's work: files come in pieces, are read once, and are checked as the batch does."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.case_work import Ended
from flows.desk.deciding import NotDecided, give_value, say_others, take_back
from flows.desk.desk import Desk
from flows.desk.scanner import Scanner
from flows.desk.uploads import UploadRefused
from pipeline.record import Record
from pipeline.status import Status
from pipeline.store.drafts import Draft, DraftFile, FileState
from tests.flows.desk.conftest import TYPED, Counter, eventually
from tests.loop import run
from tests.validators.applications import booklet, card, form
from tests.validators.papers_made import NAME


def begin(counter: Counter, **said: object) -> Draft:
    draft = counter.desk.begin("clerk", "3")
    return counter.desk.say(draft, {"request": {**TYPED, **said}})


def send(desk: Desk, file: DraftFile, data: bytes, *, breaks_at: int | None = None) -> int:
    """Send what is missing of ``data``; the connection breaks after so many bytes."""

    async def pieces(start: int) -> AsyncIterator[bytes]:
        end = len(data) if breaks_at is None else breaks_at
        for at in range(start, end, 1000):
            yield data[at : min(end, at + 1000)]
        if breaks_at is not None:
            raise ConnectionError

    async def receive() -> int:
        offset = desk.uploads.offset(file)
        return await desk.files.receive(file, offset, pieces(offset))

    return run(receive())


def test_a_case_at_the_counter_is_the_case_of_the_batch(counter: Counter, tmp_path: Path) -> None:
    draft = begin(counter)
    scan = counter.scans.scan("身份证.jpg", card())
    counter.desk.files.put(draft, scan.name, scan)
    stand = counter.stand(draft)
    assert stand.result.record.status == Status.INCOMPLETE  # the form is missing
    assert {f.rule for f in stand.result.record.findings} >= {"MAT-G1"}

    scan = counter.scans.scan("申请表.jpg", form())
    counter.desk.files.put(draft, scan.name, scan)
    stand = counter.stand(draft)
    assert stand.result.record.status == Status.READY
    assert counter.pool.read == ["身份证.jpg", "申请表.jpg"]  # only the new paper was read

    case_id = counter.desk.submit(stand, "窗口 3")
    assert counter.work(case_id) == Ended.DONE
    row = counter.store.find_case(case_id)
    assert row is not None
    assert Record.from_json(row.record or "") == stand.result.record
    assert (counter.out / "records" / f"{case_id}.json").is_file()
    assert len(counter.pool.read) == 2
    closed = counter.desk.find(draft.id)
    assert closed is not None
    assert closed.case_id == case_id == draft.id
    assert counter.desk.open_drafts("clerk") == []


def test_pages_are_told_as_they_are_read(counter: Counter) -> None:
    draft = begin(counter, matters=["M2"])
    scan = counter.scans.scan("材料.tif", card(), booklet())
    counter.pool.hold.clear()
    file = counter.desk.files.put(draft, scan.name, scan)
    assert counter.desk.stand(draft).waits == 1
    counter.pool.hold.set()
    counter.stand(draft)
    told = eventually(
        lambda: [event.kind for event in counter.desk.events(draft.id, 0)],
        lambda kinds: kinds[-1] == "read",
    )
    assert told == ["said", "file", "kept", "page", "page", "read"]
    after = counter.desk.events(draft.id, 0)[3].id
    assert [event.detail["page"] for event in counter.desk.events(draft.id, after)] == [2, None]
    assert file.name == "材料.tif"


def test_a_page_is_told_before_its_file_though_no_process_said_it(counter: Counter) -> None:
    draft = begin(counter, matters=["M2"])
    counter.pool._mouth = None
    scan = counter.scans.scan("材料.tif", card(), booklet())
    counter.desk.files.put(draft, scan.name, scan)
    counter.stand(draft)
    told = eventually(
        lambda: [event.kind for event in counter.desk.events(draft.id, 0)],
        lambda kinds: kinds[-1] == "read",
    )
    assert told[-3:] == ["page", "page", "read"]


def test_an_upload_that_broke_off_goes_on_after_a_restart(counter: Counter) -> None:
    draft = begin(counter)
    data = counter.scans.scan("身份证.jpg", card()).read_bytes()
    file = counter.desk.files.announce(draft, "身份证.jpg", len(data))
    with pytest.raises(ConnectionError):
        send(counter.desk, file, data, breaks_at=5000)
    counter.restart()
    assert counter.desk.uploads.offset(file) == 5000
    assert send(counter.desk, file, data) == len(data)
    kept = counter.desk.files.settle(file)
    assert kept.state == FileState.KEPT
    assert counter.objects.local(kept.sha256 or "").read_bytes() == data
    assert not counter.desk.uploads.path(file).exists()
    (document,) = counter.stand(draft).result.record.documents
    assert document.type == "id_card"


def test_a_server_stopped_between_the_last_byte_and_keeping(counter: Counter) -> None:
    draft = begin(counter)
    data = counter.scans.scan("身份证.jpg", card()).read_bytes()
    file = counter.desk.files.announce(draft, "身份证.jpg", len(data))
    send(counter.desk, file, data)
    counter.restart()
    assert counter.desk.files.settle(file).state == FileState.KEPT
    assert len(counter.stand(draft).result.record.documents) == 1


def test_a_server_stopped_while_it_read(counter: Counter) -> None:
    draft = begin(counter)
    scan = counter.scans.scan("身份证.jpg", card())
    counter.pool.hold.clear()
    counter.desk.files.put(draft, scan.name, scan)
    counter.restart()
    counter.desk.read(draft.id)
    assert len(counter.stand(draft).result.record.documents) == 1


def test_a_piece_for_another_place_is_refused(counter: Counter) -> None:
    file = counter.desk.files.announce(begin(counter), "a.jpg", 100)

    async def pieces(data: bytes) -> AsyncIterator[bytes]:
        yield data

    with pytest.raises(UploadRefused) as refused:
        run(counter.desk.files.receive(file, 7, pieces(b"x")))
    assert refused.value.status == 409
    with pytest.raises(UploadRefused) as refused:
        run(counter.desk.files.receive(file, 0, pieces(b"x" * 101)))
    assert refused.value.status == 413


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x", "x"),
        ("..\\..\\a.jpg", "a.jpg"),
        ("/etc/passwd", "passwd"),
        ("..", "扫描件"),
        ("a\x00b\n.jpg", "a\ufffdb\ufffd.jpg"),
        ("字" * 300 + ".jpg", "字" * 65 + ".jpg"),
        ("x." + "y" * 300, "x." + "y" * 198),
    ],
)
def test_names_are_never_paths(counter: Counter, name: str, shown: str) -> None:
    draft = begin(counter)
    scan = counter.scans.scan("身份证.jpg", card())
    file = counter.desk.files.put(draft, name, scan)
    assert file.name == shown
    assert counter.stand(draft).files[0].parts[0][0].name == shown
    lies = {path.name for path in counter.out.rglob("*") if path.is_file()}
    assert shown not in lies  # what a name says is no path of ours


@pytest.mark.parametrize("name", ["application.json", "a.pdf.part", "Thumbs.db"])
def test_what_is_no_material_is_refused(counter: Counter, name: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        counter.desk.files.announce(begin(counter), name, 10)
    assert refused.value.status == 422


def test_a_file_that_is_too_large_is_refused_before_it_comes(counter: Counter) -> None:
    with pytest.raises(UploadRefused) as refused:
        counter.desk.files.announce(begin(counter), "大.pdf", 200_000_000)
    assert refused.value.status == 413
    assert "191 MB" in refused.value.message
    assert "100 MB" in refused.value.message


def test_an_svg_with_a_script_is_no_scan(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    draft = begin(counter)
    counter.desk.files.put(draft, "a.svg", path)
    stand = counter.stand(draft)
    assert [f.rule for f in stand.listed.findings] == ["SRC-EMPTY", "SRC-UNREADABLE"]
    assert stand.files[0].parts == ()


def test_a_paper_taken_again_takes_the_place_of_the_first(counter: Counter) -> None:
    draft = begin(counter)
    first = counter.scans.scan("1.jpg", card(name="黄大勇"))
    file = counter.desk.files.put(draft, "身份证.jpg", first)
    counter.stand(draft)
    second = counter.scans.scan("2.jpg", card(name="韦小芳"), number=2)
    again = counter.desk.files.put(draft, "身份证.jpg", second, replaces=file.id)
    stand = counter.stand(draft)
    assert [f.file.id for f in stand.files] == [again.id]
    (document,) = stand.result.record.documents
    assert document.fields["name"].value == "韦小芳"


def test_two_files_of_one_name_are_both_kept(counter: Counter) -> None:
    draft = begin(counter)
    for number, document in enumerate((card(), form())):
        scan = counter.scans.scan(f"{number}.jpg", document, number=number)
        counter.desk.files.put(draft, "image.jpg", scan)
    assert [f.file.name for f in counter.stand(draft).files] == ["image.jpg", "image（2）.jpg"]


def test_a_removed_file_counts_no_more(counter: Counter) -> None:
    draft = begin(counter)
    file = counter.desk.files.put(draft, "a.jpg", counter.scans.scan("a.jpg", card()))
    counter.stand(draft)
    counter.desk.files.remove(file)
    assert counter.stand(draft).result.record.documents == ()


def test_a_draft_that_is_dropped_leaves_nothing_of_the_typed(counter: Counter) -> None:
    draft = begin(counter)
    counter.desk.files.put(draft, "a.jpg", counter.scans.scan("a.jpg", card()))
    counter.stand(draft)
    counter.desk.drop(draft)
    assert counter.desk.find(draft.id) is None
    assert counter.desk.events(draft.id, 0) == ()
    assert list((counter.out / "desk").iterdir()) == []


def test_a_bell_that_rings_wakes_who_waits(counter: Counter) -> None:
    draft = begin(counter)

    async def wait() -> bool:
        with counter.desk.bell.listener(draft.id) as listener:
            asyncio.get_running_loop().run_in_executor(
                None, counter.desk.say, draft, {"request": {}}
            )
            return await listener.wait(10)

    assert run(wait())


def test_a_value_that_is_corrected_counts_at_once_and_in_the_case(counter: Counter) -> None:
    draft = begin(counter)
    counter.desk.files.put(draft, "a.jpg", counter.scans.scan("a.jpg", card(name="韦小方")))
    counter.desk.files.put(draft, "b.jpg", counter.scans.scan("b.jpg", form(), number=2))
    stand = counter.stand(draft)
    before = stand.result.record.status
    (paper,) = [d for d in stand.result.documents if d.type == "id_card"]
    counter.desk.decide(draft, [give_value(paper, "name", f" {NAME} ", "clerk")])
    stand = counter.stand(draft)
    (paper,) = [d for d in stand.result.documents if d.type == "id_card"]
    assert (paper.fields["name"].value, paper.fields["name"].source) == (NAME, "human")
    assert (before, stand.result.record.status) == (Status.REVIEW, Status.READY)

    case_id = counter.desk.submit(stand, "窗口 3")
    counter.work(case_id)
    row = counter.store.find_case(case_id)
    assert row is not None
    record = Record.from_json(row.record or "")
    assert record == stand.result.record
    assert [(d.action, d.value) for d in record.decisions] == [("correct", NAME)]


def test_what_cannot_be_a_value_is_refused(counter: Counter) -> None:
    draft = begin(counter)
    counter.desk.files.put(draft, "a.jpg", counter.scans.scan("a.jpg", card()))
    stand = counter.stand(draft)
    with pytest.raises(NotDecided, match="请填写"):
        give_value(stand.result.documents[0], "birth_date", "  ", "clerk")


def test_another_persons_paper_counts_no_more_until_taken_back(counter: Counter) -> None:
    draft = begin(counter)
    counter.desk.files.put(draft, "a.jpg", counter.scans.scan("a.jpg", card()))
    counter.desk.files.put(draft, "b.jpg", counter.scans.scan("b.jpg", booklet(), number=2))
    stand = counter.stand(draft)
    (paper,) = [d for d in stand.result.documents if d.type == "hukou"]
    counter.desk.decide(draft, say_others(stand, paper, "clerk"))
    stand = counter.stand(draft)
    assert [d.type for d in stand.result.record.documents] == ["id_card"]
    counter.desk.decide(draft, take_back(stand.decisions, "clerk"))
    assert len(counter.stand(draft).result.record.documents) == 2
    with pytest.raises(NotDecided):
        take_back(counter.stand(draft).decisions, "clerk")


def test_scans_are_taken_from_the_windows_own_folder(counter: Counter, tmp_path: Path) -> None:
    folder = tmp_path / "scanner"
    (folder / "3").mkdir(parents=True)
    counter.desk.files.scanner = Scanner(folder)
    scan = counter.scans.scan("a.jpg", card())
    old = time.time() - 5
    for name in ("3/001.jpg", "002.jpg", "3/003.jpg.part"):
        (folder / name).write_bytes(scan.read_bytes())
        os.utime(folder / name, (old, old))
    unfinished = folder / "3" / "004.jpg"
    unfinished.write_bytes(b"still being written")
    # Written to until after this test, however slow the machine is.
    os.utime(unfinished, (old + 3600, old + 3600))
    draft = begin(counter)
    taken, refused = counter.desk.files.take_scans(draft, "3")
    assert ([file.name for file in taken], refused) == (["001.jpg"], [])
    assert [p.name.partition("-")[2] for p in (folder / "3" / "已取").iterdir()] == ["001.jpg"]
    assert counter.desk.files.take_scans(draft, "3") == ([], [])
    assert len(counter.stand(draft).result.record.documents) == 1


def test_drafts_that_nobody_touched_for_long_are_forgotten(counter: Counter) -> None:
    old, new = begin(counter), begin(counter)
    file = counter.desk.files.announce(old, "a.jpg", 100)
    now = datetime.now(UTC) + timedelta(days=31)
    assert new.id != old.id
    assert counter.desk.tidy() == 0
    assert counter.desk.find(old.id) is not None
    assert counter.desk.tidy(now=now) == 2
    assert counter.desk.find(old.id) is None
    assert not counter.desk.uploads.path(file).exists()
