"""The report: every case is there, masked, with the crops of what is doubtful."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from flows.pictures import field_picture, page_picture, write_pictures
from flows.report import render_report
from pipeline.finding import finding
from pipeline.intake import Unprocessed
from pipeline.model import DocumentType, Face, Page, Reading, Source
from tests.flows.records import BOX, PAGE, low_name, make_record

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def test_report_counts_each_status_and_shows_each_case(tmp_path: Path) -> None:
    records = [make_record(case_id="good"), make_record(low_name(), case_id="doubtful")]
    page = render_report(records, ["broken"], made_at=NOW, out=tmp_path, seconds=75.2, resumed=1)
    for text in ("good", "doubtful", "broken", "可以受理", "待人工复核", "处理失败", "1 分 15 秒"):
        assert text in page
    assert page.index("broken") < page.index("doubtful") < page.index("good")


def test_report_masks_names_and_numbers(tmp_path: Path) -> None:
    page = render_report([make_record(low_name())], [], made_at=NOW, out=tmp_path)
    assert "韦昊燊" not in page
    assert "450103199002309991" not in page
    assert "韦*燊" in page


def test_report_shows_the_crop_of_a_doubtful_field_where_there_is_one(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    name = field_picture(PAGE, "name", BOX)
    (pictures / name).write_bytes(b"jpg")
    page = render_report([make_record(low_name())], [], made_at=NOW, out=tmp_path)
    assert f"pictures/{name}" in page
    assert f"pictures/{page_picture(PAGE)}" not in page


def test_a_value_beside_its_crop_is_opened_on_purpose(tmp_path: Path) -> None:
    """B7: masked wherever it stands, whole in a fold beside the crop, and nowhere on paper."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / field_picture(PAGE, "name", BOX)).write_bytes(b"jpg")
    page = render_report([make_record(low_name())], [], made_at=NOW, out=tmp_path)
    fold = re.search(r'<details class="got"><summary>(.*?)</summary><span>(.*?)</span>', page)
    assert fold is not None
    assert fold.groups() == ("读到：韦*燊", "韦昊燊")
    assert page.count("韦昊燊") == 1
    assert "@media print" in page and ".got span, .got summary::after { display: none }" in page


def test_names_and_numbers_in_names_of_folders_and_files_are_masked(tmp_path: Path) -> None:
    case_id = "001 韦昊燊 450103199002309991 13800138000"
    record = make_record(
        low_name(),
        finding("SRC-UNREADABLE", file="韦昊燊 1.pdf", reason="坏了"),
        case_id=case_id,
    )
    (document,) = record.documents
    named = document.pages[0].model_copy(update={"file": "韦昊燊的身份证 13800138000.jpg"})
    record = record.model_copy(
        update={"documents": (document.model_copy(update={"pages": (named,)}),)}
    )
    page = render_report([record], [], made_at=NOW, out=tmp_path)
    seen = re.sub(r"<[^>]*>", " ", page)
    assert "001 韦*燊 450***********9991 138****8000" in seen
    assert "韦*燊的身份证 138****8000.jpg" in seen and "韦*燊 1.pdf" in seen
    assert "韦昊燊" not in seen and "13800138000" not in seen
    assert f'data-id="{case_id}"' in page  # what the search and the links need


def test_report_escapes_what_it_shows(tmp_path: Path) -> None:
    page = render_report(
        [make_record(case_id="<script>alert(1)</script>")], [], made_at=NOW, out=tmp_path
    )
    assert "<script>alert" not in page


def test_pictures_are_upright_thumbnails_and_crops_of_doubtful_fields(tmp_path: Path) -> None:
    image = np.zeros((1000, 2000, 3), dtype=np.uint8)
    image[:] = 200
    page = Page(image, Source(PAGE.file, PAGE.page, PAGE.sha256))
    sure = Reading(value="男", raw="男", confidence=0.999, box=BOX)
    doubtful = Reading(value="韦", raw="韦", confidence=0.3, box=BOX)
    face = Face(
        type=DocumentType.ID_CARD,
        face="portrait",
        score=1,
        page=PAGE,
        fields={"sex": sure, "name": doubtful},
    )
    write_pictures(page, [face], tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {
        page_picture(PAGE),
        field_picture(PAGE, "name", BOX),
    }
    thumbnail = cv2.imread(str(tmp_path / page_picture(PAGE)))
    assert thumbnail is not None
    assert thumbnail.shape[0] > thumbnail.shape[1]


def test_report_names_what_of_the_inbox_is_no_case(tmp_path: Path) -> None:
    page = render_report(
        [make_record()],
        [],
        made_at=NOW,
        out=tmp_path,
        unprocessed=[Unprocessed("申请<b>.rar", "是RAR 压缩包，请解压")],
        gone=["c0"],
    )
    assert "申请&lt;b&gt;.rar" in page
    assert "请解压" in page
    assert "已不在收件箱中" in page


def test_report_marks_what_is_late_and_says_by_when(tmp_path: Path) -> None:
    late = render_report([make_record()], [], made_at=NOW + timedelta(days=30), out=tmp_path)
    in_time = render_report([make_record()], [], made_at=NOW, out=tmp_path)
    assert 'data-late="1"' in late
    assert 'data-late="1"' not in in_time
    assert "2026-12-03 前办结" in in_time


def test_report_links_what_lies_in_out_and_nothing_else(tmp_path: Path) -> None:
    for name in ("notices/c 1.html", "records/c 1.json", "packets/held/hrss/c 1.json"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("x")
    page = render_report(
        [make_record(case_id="c 1"), make_record(case_id="c2")], [], made_at=NOW, out=tmp_path
    )
    links = re.findall(r'<a href="((?!pictures)[^"]+)"', page)
    assert links == ["notices/c%201.html", "records/c%201.json", "packets/held/hrss/c%201.json"]


def test_report_runs_its_own_script_alone(tmp_path: Path) -> None:
    page = render_report([make_record()], [], made_at=NOW, out=tmp_path)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
