"""Names in any bytes, form and length: leftovers, unfinished uploads, ids, what is shown."""

from __future__ import annotations

import os

import pytest

from pipeline.intake.names import case_ids, is_clutter, is_remnant, readable, unique

GBK = os.fsdecode("张三的材料".encode("gbk"))


@pytest.mark.parametrize(
    "name",
    [
        "Thumbs.db",
        "EHTHUMBS.DB",
        ".DS_Store",
        "~$申请表.docx",
        "~WRL0003.tmp",
        "sync.ffs_db",
        "$RECYCLE.BIN",
        "System Volume Information",
        "@eaDir",
        "#recycle",
        "LOST.DIR",
        "__MACOSX",
    ],
)
def test_what_systems_leave_behind_is_clutter(name: str) -> None:
    assert is_clutter(name)
    assert not is_remnant(name)


@pytest.mark.parametrize("name", ["扫描.pdf.part", "a.crdownload", "b.JPG.tmp", "c.filepart"])
def test_an_unfinished_upload_waits(name: str) -> None:
    assert is_remnant(name)
    assert not is_clutter(name)


@pytest.mark.parametrize("name", ["身份证.jpg", "thumbs.db.jpg", "part.pdf", "tmp", "~申请.pdf"])
def test_papers_are_neither(name: str) -> None:
    assert not is_clutter(name)
    assert not is_remnant(name)


def test_bytes_of_chinese_windows_are_shown_as_they_were_meant() -> None:
    assert readable(GBK) == "张三的材料"
    assert readable("李四") == "李四"


def test_what_cannot_be_shown_is_replaced() -> None:
    assert readable("a\nb\x07") == "a\ufffdb\ufffd"
    assert readable("\u202egpj.exe\u2069") == "\ufffdgpj.exe\ufffd"
    assert readable("家庭👨\u200d👩") == "家庭👨\u200d👩"
    assert "\u202e" not in case_ids(["\u202egpj.exe"])[0]
    for name in (GBK, os.fsdecode(b"\xff\xfe\x00"[:2]), "a\ud800"):
        readable(name).encode("utf-8")


def test_a_safe_name_is_its_own_id() -> None:
    names = ["07-李", "a01 resident", "件（2）", "2026.11.28"]
    assert case_ids(names) == names


@pytest.mark.parametrize(
    "name",
    [
        GBK,
        "a/b",
        "a\nb",
        "..",
        "-rf",
        ".hidden",
        "con",
        "NUL.zip",
        "档" * 84,
        "x. ",
        "<img>",
        "e\u0301",
    ],
)
def test_any_name_gets_an_id_that_every_system_takes(name: str) -> None:
    (made,) = case_ids([name])
    assert made != name
    assert len(f"{made}.json.part".encode()) <= 255
    assert not set(made) & set('<>:"/\\|?*\n')
    assert not made.startswith((".", "-"))
    assert not made.endswith((".", " "))
    assert made.split(".")[0].casefold() not in ("con", "nul")
    assert case_ids([name]) == [made]


def test_ids_that_differ_in_capitals_or_unicode_form_alone_are_told_apart() -> None:
    ids = case_ids(["A", "a", "\u00e9", "e\u0301", "档" * 84, "档" * 85])
    folded = {i.casefold() for i in ids}
    assert len(folded) == len(ids)
    assert ids[0] == "A"
    assert ids[2] == "\u00e9"


def test_names_that_come_twice_get_a_number() -> None:
    assert unique(["a.jpg", "a.jpg", "b", "b", "a（2）.jpg"]) == [
        "a.jpg",
        "a（2）.jpg",
        "b",
        "b（2）",
        "a（2）（2）.jpg",
    ]
