"""Case folders, zips of them and inboxes: what is listed, in which order, under which names."""

from __future__ import annotations

import hashlib
import os
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.intake import CaseFiles, list_case, list_inbox, natural_key
from pipeline.intake.case import Entries, Entry, find_entries, list_entries
from pipeline.intake.refusal import Refused
from pipeline.settings import Limits
from tests.pipeline.sheets.scans import (
    LIMITS,
    encoded,
    noise,
    picture,
    read_all,
    read_pages,
    scanned_pdf,
    zipped,
)


def jpeg(seed: int) -> bytes:
    return encoded(noise(seed), "JPEG")


def write(folder: Path, content: dict[str, bytes]) -> Path:
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def names(case: CaseFiles) -> list[str]:
    return [file.name for file in case.files]


CASE = {
    "scan10.jpg": jpeg(1),
    "scan2.png": encoded(noise(2), "PNG"),
    "身份证.pdf": scanned_pdf([noise(3)]),
    "more/scan1.tif": encoded(noise(4), "TIFF"),
    "application.json": b'{"matters": ["M2"]}',
    "Thumbs.db": b"clutter",
    ".DS_Store": b"clutter",
}
IN_ORDER = ["more/scan1.tif", "scan2.png", "scan10.jpg", "身份证.pdf"]


def test_list_case_gives_the_scans_of_a_folder_in_natural_order(tmp_path: Path) -> None:
    case = list_case(write(tmp_path / "07-李", CASE), LIMITS)
    assert case.case_id == "07-李"
    assert names(case) == IN_ORDER
    assert case.application == CASE["application.json"]
    assert case.findings == ()
    for file in case.files:
        assert file.sha256 == hashlib.sha256(CASE[file.name]).hexdigest()
        (page,) = read_pages(pickle.loads(pickle.dumps(file)))
        assert (page.source.file, page.source.sha256) == (file.name, file.sha256)


@pytest.mark.parametrize("outer", ["", "07/", "inbox/07/"])
def test_list_case_gives_the_same_for_a_zip_of_the_folder(tmp_path: Path, outer: str) -> None:
    path = tmp_path / "07.zip"
    path.write_bytes(zipped({outer + name: data for name, data in CASE.items()}))
    case = list_case(path, LIMITS)
    assert case.case_id == "07"
    assert names(case) == IN_ORDER
    assert case.application == CASE["application.json"]
    assert case.findings == ()
    for file in case.files:
        (page,) = read_pages(pickle.loads(pickle.dumps(file)))
        assert (page.source.file, page.source.sha256) == (file.name, file.sha256)
    assert list(tmp_path.iterdir()) == [path]


def test_list_case_looks_into_a_zip_in_the_folder(tmp_path: Path) -> None:
    inner = zipped({"a.jpg": jpeg(1), "deep.zip": zipped({"b.jpg": jpeg(2)})})
    case = list_case(write(tmp_path / "07", {"mail.zip": inner}), LIMITS)
    assert names(case) == ["mail.zip/a.jpg", "mail.zip/deep.zip/b.jpg"]
    assert [len(read_pages(file)) for file in case.files] == [1, 1]


def test_list_case_takes_a_single_scan(tmp_path: Path) -> None:
    path = tmp_path / "DSC06197.pdf"
    path.write_bytes(scanned_pdf([noise(1), noise(2)]))
    case = list_case(path, LIMITS)
    assert (case.case_id, names(case)) == ("DSC06197", ["DSC06197.pdf"])
    assert len(read_pages(case.files[0])) == 2


def test_list_case_takes_the_same_bytes_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "07", {"1.jpg": jpeg(1), "2.jpg": jpeg(2), "1 (2).jpg": jpeg(1)})
    case = list_case(folder, LIMITS)
    assert len(case.files) == 2
    (found,) = case.findings
    assert found.rule == "SRC-DUPLICATE"
    assert "“1.jpg”" in found.message
    assert "“1 (2).jpg”" in found.message


def test_list_case_reads_names_made_on_chinese_windows(tmp_path: Path) -> None:
    path = tmp_path / "07.zip"
    data = zipped({"xxxxxx.jpg": jpeg(1)})
    path.write_bytes(data.replace(b"xxxxxx", "身份证".encode("gb18030")))
    case = list_case(path, LIMITS)
    assert names(case) == ["身份证.jpg"]
    assert len(read_pages(case.files[0])) == 1


def test_read_source_reads_a_zip_that_is_handed_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "07.zip"
    path.write_bytes(zipped({"a.jpg": jpeg(1), "b.pdf": scanned_pdf([noise(2), noise(3)])}))
    assert [(p.source.file, p.source.page) for p in read_pages(path)] == [
        ("07.zip/a.jpg", 1),
        ("07.zip/b.pdf", 1),
        ("07.zip/b.pdf", 2),
    ]


def test_read_source_notices_that_the_file_was_changed_since(tmp_path: Path) -> None:
    folder = write(tmp_path / "07", {"1.jpg": jpeg(1)})
    case = list_case(folder, LIMITS)
    (folder / "1.jpg").write_bytes(jpeg(2))
    (found,) = read_all(case.files[0])
    assert "被改动" in getattr(found, "message", "")


def test_list_case_stops_at_too_many_files(tmp_path: Path) -> None:
    content = {f"{i}.jpg": jpeg(i) for i in range(5)}
    case = list_case(write(tmp_path / "07", content), Limits(files=4))
    assert case.files == ()
    assert [f.rule for f in case.findings] == ["SRC-TOO-LARGE"]
    archives = {f"{i}.zip": zipped({f"{i}.jpg": jpeg(i)}) for i in range(3)}
    case = list_case(write(tmp_path / "08", archives), Limits(files=4))
    assert len(case.files) == 2
    assert [f.rule for f in case.findings] == ["SRC-TOO-LARGE"]


def test_list_case_stops_at_too_many_bytes(tmp_path: Path) -> None:
    content = {f"{i}.jpg": jpeg(i) for i in range(5)}
    limits = Limits(case_bytes=2 * len(jpeg(0)) + 100)
    case = list_case(write(tmp_path / "07", content), limits)
    assert names(case) == ["0.jpg", "1.jpg"]
    assert [f.rule for f in case.findings] == ["SRC-TOO-LARGE"]


def test_list_case_does_not_follow_a_link_to_a_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "07", {"1.jpg": jpeg(1)})
    (folder / "loop").symlink_to(folder)
    case = list_case(folder, LIMITS)
    assert names(case) == ["1.jpg"]
    assert [f.file for f in case.findings] == ["loop"]


def test_list_case_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    folder = write(tmp_path / "07", {"1.jpg": jpeg(1)})
    os.mkfifo(folder / "2.jpg")
    case = list_case(folder, LIMITS)
    assert names(case) == ["1.jpg"]
    assert [(f.rule, f.file) for f in case.findings] == [("SRC-UNREADABLE", "2.jpg")]


def test_list_case_asks_a_person_about_other_documents(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "07",
        {
            "1.jpg": jpeg(1),
            "form.docx": zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
            "证明.ofd": zipped({"OFD.xml": b"<x/>"}),
            "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "note.txt": "已电话联系".encode(),
            "page.jpg": b"<html>not found</html>",
        },
    )
    case = list_case(folder, LIMITS)
    assert names(case) == ["1.jpg"]
    severities = {f.file: f.severity for f in case.findings}
    assert severities == {
        "form.docx": "review",
        "证明.ofd": "review",
        "old.doc": "review",
        "note.txt": "note",
        "page.jpg": "mend",
    }
    hints = {f.file: f.hint for f in case.findings}
    for name in ("form.docx", "证明.ofd", "old.doc"):
        assert "重新扫描" not in hints[name]  # what to do is said, and it is not that
    assert "重新扫描" in hints["page.jpg"]


def test_list_inbox_gives_folders_zips_and_loose_scans(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "10/a.jpg": jpeg(1),
            "9/a.jpg": jpeg(1),
            "11.zip": zipped({"a.jpg": jpeg(1)}),
            "12.pdf": scanned_pdf([picture()]),
            "9.pdf": scanned_pdf([picture()]),
            "truth.json": b"{}",
            "readme.txt": b"hello",
            ".hidden/a.jpg": jpeg(1),
        },
    )
    (tmp_path / "13").mkdir()
    cases = list_inbox(tmp_path).cases
    assert [case.case_id for case in cases] == ["9", "9.pdf", "10", "11", "12", "13"]
    assert len({case.case_id for case in cases}) == len(cases)


def test_list_inbox_takes_a_case_folder_for_the_one_case_it_is(tmp_path: Path) -> None:
    folder = write(tmp_path / "07", {"application.json": b"{}", "1.jpg": jpeg(1)})
    assert [(c.case_id, c.path) for c in list_inbox(folder).cases] == [("07", folder)]


def test_list_inbox_says_what_is_wrong_with_the_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到"):
        list_inbox(tmp_path / "nowhere")
    (tmp_path / "1.jpg").write_bytes(jpeg(1))
    with pytest.raises(InputError, match="不是文件夹"):
        list_inbox(tmp_path / "1.jpg")
    with pytest.raises(InputError, match="找不到"):
        list_case(tmp_path / "nowhere", LIMITS)


def test_natural_key_puts_2_before_10() -> None:
    given = ["a10", "a2", "A1", "b", "2", "10", "a", "身份证2", "身份证11", ""]
    assert sorted(given, key=natural_key) == [
        "", "2", "10", "a", "A1", "a2", "a10", "b", "身份证2", "身份证11",
    ]  # fmt: skip


def test_archive_with_stored_members_is_read(tmp_path: Path) -> None:
    path = tmp_path / "07.zip"
    path.write_bytes(zipped({"a.jpg": jpeg(1)}, zipfile.ZIP_STORED))
    assert names(list_case(path, LIMITS)) == ["a.jpg"]


def test_what_lies_by_its_content_is_not_read_to_know_it(tmp_path: Path) -> None:
    case = write(tmp_path / "07", {"1.jpg": jpeg(1), "2.zip": b""})
    with zipfile.ZipFile(case / "2.zip", "w") as archive:
        archive.writestr("inside.jpg", jpeg(2))
    found = find_entries(case, Limits())
    known = {file.name: f"{number:064}" for number, file in enumerate(found.files)}
    told = replace(
        found, files=tuple(Entry(file.name, file.path, known[file.name]) for file in found.files)
    )
    listed = {file.name: file.sha256 for file in list_entries(told, Limits(), "07").files}
    assert listed["1.jpg"] == known["1.jpg"], "what is known is taken"
    assert listed["2.zip/inside.jpg"] == hashlib.sha256(jpeg(2)).hexdigest(), "not the archive's"


@pytest.mark.parametrize("sha256", ["", "0" * 64])
def test_a_file_that_is_too_large_is_refused_known_or_not(tmp_path: Path, sha256: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(1) + bytes(5000))
    entries = Entries("07", True, (Entry("a.jpg", path, sha256),))
    (found,) = list_entries(entries, Limits(file_bytes=5000), "07").findings[-1:]
    assert found.rule == "SRC-TOO-LARGE"


SEVERAL = {
    "p1/application.json": b"{}",
    "p1/1.jpg": jpeg(1),
    "p2/application.json": b'{"matters": ["M2"]}',
}


def told_of(folder: Path) -> list[tuple[str, str, str]]:
    return [
        (f.rule, f.severity.value, f.message + f.hint) for f in list_case(folder, LIMITS).findings
    ]


@pytest.mark.parametrize("zipped_up", [False, True], ids=["folder", "zip"])
def test_several_applications_in_one_entry_are_told_apart_by_a_person(
    tmp_path: Path, zipped_up: bool
) -> None:
    entry = tmp_path / "07"
    if zipped_up:
        entry = tmp_path / "07.zip"
        entry.write_bytes(zipped(SEVERAL))
    else:
        for name, data in SEVERAL.items():
            (entry / name).parent.mkdir(parents=True, exist_ok=True)
            (entry / name).write_bytes(data)
    ((rule, severity, said),) = told_of(entry)
    assert (rule, severity) == ("SRC-SEVERAL", "review")
    assert "几件申请" in said and "“p2/application.json”" in said
    assert "文本文件" not in said and "重新扫描" not in said


def test_typed_facts_in_a_folder_of_the_case_are_not_dropped_in_silence(tmp_path: Path) -> None:
    (tmp_path / "录入").mkdir()
    (tmp_path / "录入" / "application.json").write_bytes(b"{}")
    (tmp_path / "1.jpg").write_bytes(jpeg(1))
    ((rule, severity, said),) = told_of(tmp_path)
    assert (rule, severity) == ("SRC-UNREADABLE", "review")
    assert "未采用，请移到最外层" in said and "重新扫描" not in said


def test_a_text_file_is_not_to_be_scanned_again(tmp_path: Path) -> None:
    (tmp_path / "说明.txt").write_text("请处理", encoding="utf-8")
    (tmp_path / "1.jpg").write_bytes(jpeg(1))
    ((_, severity, said),) = told_of(tmp_path)
    assert severity == "note" and "重新扫描" not in said


@pytest.mark.parametrize(
    ("reason", "cure"),
    [
        ("文件夹嵌套超过 8 层", "放到本件文件夹的最外层"),
        ("压缩包嵌套超过 2 层", "放到本件文件夹的最外层"),
        ("图像为 40000×4 像素，上限 10000 万像素、单边 30000 像素", "缩小到上限以内"),
        ("共 300 页，上限 200 页", "请拆分文件"),
    ],
)
def test_what_is_beyond_a_limit_says_what_cures_it(reason: str, cure: str) -> None:
    found = Refused("SRC-TOO-LARGE", reason).finding("x")
    assert cure in found.hint and (not found.todo or cure in found.todo)
