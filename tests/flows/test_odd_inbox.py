"""An inbox of sixty oddly named and broken entries: each is accounted for, none is lost."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from flows.cli import run_command
from pipeline.intake import list_inbox
from pipeline.intake.names import readable
from tests.flows.test_batch import Runs
from tests.pipeline.sheets.scans import encoded, noise, scanned_pdf, zipped

pytestmark = pytest.mark.service

JPEG = encoded(noise(1), "JPEG")
PDF = scanned_pdf([noise(2)])
JSON = b'{"matters": ["M3"]}'
REPORT_NAME = "report.html"


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo("a.jpg")
        info.size = len(JPEG)
        archive.addfile(info, io.BytesIO(JPEG))
    return buffer.getvalue()


FOLDERS: dict[str | bytes, dict[str, bytes]] = {
    "01": {"1.jpg": JPEG},
    "02 空": {},
    "03": {"application.json": JSON},
    "04": {"application.json": b"{not json"},
    "05": {"application.json": b"\xff\xfe\x00"},
    "06": {"申请.rar": b"Rar!\x1a\x07\x01\x00" + bytes(300)},
    "07": {"1.jpg": JPEG[:200]},
    "08": {"1.jpg": b""},
    "09": {"1.pdf": PDF[: len(PDF) // 2]},
    "10": {"1.docx": zipped({"word/document.xml": b"<a/>", "[Content_Types].xml": b"<a/>"})},
    "11": {"Thumbs.db": b"x"},
    "12": {"深/更深/再深/1.jpg": JPEG},
    "13": {"1.zip": zipped({"a.jpg": JPEG})},
    "14": {"1.zip": zipped({"../../etc/passwd": JPEG})},
    "<img src=x onerror=alert(1)>": {"1.jpg": JPEG},
    "-rf": {"1.jpg": JPEG},
    "a\nb": {"1.jpg": JPEG},
    "'; DROP TABLE cases; --": {"1.jpg": JPEG},
    "CON": {"1.jpg": JPEG},
    "aux.txt": {"1.jpg": JPEG},
    "尾点.": {"1.jpg": JPEG},
    " 前空格": {"1.jpg": JPEG},
    "A": {"1.jpg": JPEG},
    "a": {"1.jpg": JPEG},
    "e\u0301": {"1.jpg": JPEG},
    "\u00e9": {"1.jpg": JPEG},
    "😀 笑脸": {"1.jpg": JPEG},
    "\u202e倒写": {"1.jpg": JPEG},
    "%2e%2e": {"1.jpg": JPEG},
    "...": {"1.jpg": JPEG},
    ".王五": {"1.jpg": JPEG},
    "字" * 84: {"1.jpg": JPEG},
    "x" * 255: {"1.jpg": JPEG},
    "李四".encode("gbk"): {"1.jpg": JPEG},
    b"\xff\xfe\xfd": {"1.jpg": JPEG},
    "上传中": {"1.jpg": JPEG, "2.jpg.crdownload": JPEG[:50]},
    "张三 450103199003079121": {"身份证.jpg": JPEG},
}
FILES: dict[str, bytes] = {
    "散件.jpg": JPEG,
    "散件.JPG.pdf": PDF,
    "无后缀": JPEG,
    "其实是图.pdf": JPEG,
    "其实是PDF.jpg": PDF,
    "申请.zip": zipped({"a.jpg": JPEG}),
    "空包.zip": zipped({}),
    "嵌套.zip": zipped({"b.zip": zipped({"a.jpg": JPEG})}),
    "存储.zip": zipped({"a.pdf": PDF}, zipfile.ZIP_STORED),
    "半截.zip": zipped({"a.jpg": JPEG})[:180],
    "零字节.jpg": b"",
    "零字节.zip": b"",
    "申请.rar": b"Rar!\x1a\x07\x01\x00" + bytes(300),
    "申请.7z": b"7z\xbc\xaf\x27\x1c" + bytes(300),
    "申请.tar.gz": _tar(),
    "表.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "表.xlsx": zipped({"xl/workbook.xml": b"<a/>", "[Content_Types].xml": b"<a/>"}),
    "说明.txt": "请处理".encode(),
    "录像.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(300),
    "程序.exe": b"MZ" + bytes(300),
    "随机.jpg": bytes(range(256)) * 4,
    "上传.pdf.part": PDF[:100],
    "下载.jpg.tmp": JPEG[:100],
    "application.json": JSON,
    "网址.url": b"[InternetShortcut]\r\nURL=http://localhost/",
    ".DS_Store": b"x",
    "~$表.docx": b"x",
    "desktop.ini": b"x",
}
LEFTOVERS = {".DS_Store", "~$表.docx", "desktop.ini"}


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    inbox = tmp_path / "odd"
    inbox.mkdir()
    for name, files in FOLDERS.items():
        folder = inbox / (os.fsdecode(name) if isinstance(name, bytes) else name)
        folder.mkdir()
        for file, data in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
    for file, data in FILES.items():
        (inbox / file).write_bytes(data)
    (inbox / "link out").symlink_to(tmp_path)
    (inbox / "link to nothing").symlink_to(tmp_path / "nothing")
    (inbox / "link to itself").symlink_to("link to itself")
    (inbox / "01" / "to itself.jpg").symlink_to("to itself.jpg")
    os.mkfifo(inbox / "pipe.jpg")
    return inbox


@pytest.fixture
def run(odd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    return Runs(odd, tmp_path / "out", monkeypatch)


def test_sixty_odd_entries_are_all_accounted_for(
    odd: Path, run: Runs, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    entries = sorted(entry.name for entry in odd.iterdir())
    assert len(entries) >= 60
    run()  # patches reader and flow for the command below, which then begins anew
    run.out = tmp_path / "out2"
    assert run_command(["run", str(odd), "--out", str(run.out)]) == 0
    told = capfd.readouterr()
    assert "Traceback" not in told.err
    report = (run.out / REPORT_NAME).read_text(encoding="utf-8")

    listed = list_inbox(odd)
    cases = {case.name: case.case_id for case in listed.cases}
    named = {entry.name for entry in listed.unprocessed}
    shown = {name: readable(name) for name in entries}
    lost = {n for n, s in shown.items() if s not in cases and s not in named} - LEFTOVERS
    assert lost == set()
    assert not set(cases) & named

    states = {row.case_id: row.state.value for row in run.store.read_cases()}
    assert states == dict.fromkeys(cases.values(), "done")
    kept = {path.name for path in (run.out / "records").iterdir()}
    assert kept == {f"{case_id}.json" for case_id in cases.values()}
    for name in named:
        assert name in told.out
    assert report.count("<article") + report.count("<details") >= len(cases)
    assert "onerror=alert(1)>" not in report  # what a folder is called is never markup
    assert "还缺" in "".join(p.read_text("utf-8") for p in (run.out / "notices").iterdir())


def test_the_second_run_over_them_does_nothing_anew(run: Runs) -> None:
    first = run()
    again = run()
    passing = len(first.records) - again.resumed
    assert again.quarantined == [] and passing == 0
    assert [r.case_id for r in again.records] == [r.case_id for r in first.records]
