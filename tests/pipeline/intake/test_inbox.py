"""An inbox of odd entries: each is a case, or named with its reason, or a system's leftover."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.intake import is_inbox, list_case, list_inbox
from tests.pipeline.sheets.scans import LIMITS, encoded, noise, scanned_pdf, zipped

JPEG = encoded(noise(1), "JPEG")
CASES: dict[str, bytes] = {
    "07.pdf": scanned_pdf([noise(2)]),
    "loose.jpg": JPEG,
    "mail.zip": zipped({"a.jpg": JPEG}),
    "stored.zip": zipped({"a.pdf": scanned_pdf([noise(3)])}, zipfile.ZIP_STORED),
    "half.zip": zipped({"a.jpg": JPEG})[:200],
}
OTHERS: dict[str, tuple[bytes, str]] = {
    "申请.rar": (b"Rar!\x1a\x07\x01\x00" + bytes(300), "解压"),
    "申请.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(300), "解压"),
    "空.zip": (b"", "0 字节"),
    "坏.zip": ("这不是压缩包".encode(), "文本"),
    "扫描.jpg": (os.urandom(8) + bytes(500), "损坏"),
    "表.pdf.part": (scanned_pdf([noise(4)])[:300], "尚未传完"),
    "说明.txt": ("请处理".encode(), "文本"),
    "申请表.docx": (
        zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        "是 Word 文档，请另存为 PDF",
    ),
    "证明.ofd": (zipped({"OFD.xml": b"<x/>"}), "是 OFD 文件，请另存为 PDF"),
    "申请表.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "PDF"),
}
LEFTOVERS = ["Thumbs.db", ".DS_Store", "~$表.docx", "desktop.ini"]


def fill(inbox: Path) -> Path:
    inbox.mkdir()
    for name, data in CASES.items():
        (inbox / name).write_bytes(data)
    for name, (data, _) in OTHERS.items():
        (inbox / name).write_bytes(data)
    for name in LEFTOVERS:
        (inbox / name).write_bytes(b"x")
    for name in ("07", "空", "$RECYCLE.BIN", os.fsdecode("王五".encode("gbk")), "档" * 84):
        (inbox / name).mkdir()
    (inbox / "07" / "1.jpg").write_bytes(JPEG)
    return inbox


def test_every_entry_is_a_case_or_named_or_a_leftover(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "inbox")
    listed = list_inbox(inbox)
    cases = {case.path.name for case in listed.cases}
    named = {entry.name for entry in listed.unprocessed}
    assert {*CASES, "07", "空", "档" * 84} <= cases
    assert named == set(OTHERS)
    passed_over = {e.name for e in inbox.iterdir()} - cases - named
    assert passed_over == {*LEFTOVERS, "$RECYCLE.BIN"}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_case_says_why_and_what_to_do(tmp_path: Path, name: str) -> None:
    reasons = {e.name: e.reason for e in list_inbox(fill(tmp_path / "inbox")).unprocessed}
    assert OTHERS[name][1] in reasons[name]


def test_every_case_has_an_id_of_its_own_and_the_name_it_was_kept_under(tmp_path: Path) -> None:
    listed = list_inbox(fill(tmp_path / "inbox"))
    ids = [case.case_id for case in listed.cases]
    assert len({i.casefold() for i in ids}) == len(ids)
    by_name = {case.name: case.case_id for case in listed.cases}
    assert by_name["07"] == "07"
    assert by_name["07.pdf"] == "07.pdf"
    assert by_name["王五"].startswith("王五~")
    for case in listed.cases:
        list_case(case.path, LIMITS, case.case_id)
        (tmp_path / f"{case.case_id}.json.part").touch()


def test_a_folder_in_which_an_upload_goes_on_waits(tmp_path: Path) -> None:
    folder = tmp_path / "inbox" / "08"
    folder.mkdir(parents=True)
    (folder / "1.jpg").write_bytes(JPEG)
    (folder / "2.pdf.crdownload").write_bytes(b"%PDF-1.4")
    listed = list_inbox(folder.parent)
    assert listed.cases == ()
    (entry,) = listed.unprocessed
    assert (entry.name, "2.pdf.crdownload" in entry.reason) == ("08", True)
    (folder / "2.pdf.crdownload").rename(folder / "2.pdf")
    assert [case.case_id for case in list_inbox(folder.parent).cases] == ["08"]


def test_links_do_not_lead_out_of_the_inbox(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "1.jpg").write_bytes(JPEG)
    inbox = tmp_path / "inbox"
    (inbox / "09").mkdir(parents=True)
    (inbox / "09" / "own.jpg").write_bytes(encoded(noise(5), "JPEG"))
    (inbox / "09" / "inside.jpg").symlink_to(inbox / "09" / "own.jpg")
    (inbox / "09" / "leads out.jpg").symlink_to(outside / "1.jpg")
    (inbox / "leads out").symlink_to(outside)
    (inbox / "leads out.jpg").symlink_to(outside / "1.jpg")
    listed = list_inbox(inbox)
    assert [case.case_id for case in listed.cases] == ["09"]
    assert [entry.name for entry in listed.unprocessed] == ["leads out", "leads out.jpg"]
    case = list_case(inbox / "09", LIMITS)
    assert [f.rule for f in case.findings] == ["SRC-UNREADABLE", "SRC-DUPLICATE"]
    assert "leads out.jpg" in case.findings[0].message


def test_a_link_to_itself_stops_nothing(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "01").mkdir(parents=True)
    (inbox / "01" / "own.jpg").write_bytes(JPEG)
    for folder in (inbox, inbox / "01"):
        (folder / "圈").symlink_to("圈")
        (folder / "来.jpg").symlink_to("回.jpg")
        (folder / "回.jpg").symlink_to("来.jpg")
        (folder / "断.jpg").symlink_to("无")
    listed = list_inbox(inbox)
    assert [case.case_id for case in listed.cases] == ["01"]
    assert {entry.name for entry in listed.unprocessed} == {"圈", "来.jpg", "回.jpg", "断.jpg"}
    case = list_case(inbox / "01", LIMITS)
    assert [file.name for file in case.files] == ["own.jpg"]
    said = {f.file: f.message for f in case.findings}
    assert set(said) == {"圈", "来.jpg", "回.jpg", "断.jpg"}
    assert "指向自己的链接" in said["圈"] and "失效的链接" in said["断.jpg"]


def test_typed_facts_that_strayed_into_the_inbox_make_no_one_case_of_it(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "inbox")
    (inbox / "07" / "application.json").write_bytes(b"{}")
    cases = list_inbox(inbox).cases
    (inbox / "application.json").write_bytes(b"{}")
    listed = list_inbox(inbox)
    assert listed.cases == cases
    (reason,) = [e.reason for e in listed.unprocessed if e.name == "application.json"]
    assert "请放进它所属的那一件" in reason


def test_a_folder_called_as_typed_facts_are_makes_no_case_of_the_inbox(tmp_path: Path) -> None:
    for name in ("01", "application.json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jpg").write_bytes(JPEG)
    assert [case.case_id for case in list_inbox(tmp_path).cases] == ["01", "application.json"]


@pytest.mark.parametrize("name", ["application.json", "Application.JSON", "APPLICATION.json"])
def test_typed_facts_are_found_under_any_capitals(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}")
    assert list_case(tmp_path, LIMITS).application == b"{}"
    assert len(list_inbox(tmp_path).cases) == 1


def test_two_files_of_typed_facts_are_a_question(tmp_path: Path) -> None:
    (tmp_path / "application.json").write_bytes(b'{"matters": ["M2"]}')
    (tmp_path / "Application.json").write_bytes(b'{"matters": ["M3"]}')
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system does not tell capitals")
    case = list_case(tmp_path, LIMITS)
    assert case.application is not None
    assert [(f.rule, f.severity) for f in case.findings if f.rule != "SRC-EMPTY"] == [
        ("SRC-UNREADABLE", "review")
    ]


def test_an_inbox_is_told_from_a_case(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for name in ("01", "02"):
        (inbox / name).mkdir(parents=True)
        (inbox / name / "application.json").write_bytes(b"{}")
    assert is_inbox(inbox)
    assert not is_inbox(inbox / "01")
    sorted_case = tmp_path / "case"
    for name in ("身份证", "户口簿"):
        (sorted_case / name).mkdir(parents=True)
        (sorted_case / name / "1.jpg").write_bytes(JPEG)
    assert not is_inbox(sorted_case)
    assert not is_inbox(tmp_path / "nowhere")


def test_an_inbox_that_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到"):
        list_inbox(tmp_path / "nowhere")
