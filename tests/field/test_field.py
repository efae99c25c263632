"""What offices hand in, and what is right for it. Each folder beside is an instance of its kind."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from flows.case import make_case_record
from flows.counter import FileResult, result_of
from flows.reading import Reader
from pipeline.intake.case import list_case
from pipeline.intake.source import SourceFile
from pipeline.record import Record
from pipeline.settings import load_settings
from pipeline.status import Status

HERE = Path(__file__).parent
COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")
TODAY = date(2026, 11, 28)

pytestmark = [pytest.mark.engine, pytest.mark.long, pytest.mark.timeout(600)]

CASES = {
    "01_zip-of-pdfs-stored/case.zip": ("ready", ["application_form", "id_card"]),
    "02_zip-two-of-one-name/case.zip": ("ready", ["application_form", "id_card"]),
    "03_zip-backslashes/case.zip": ("ready", ["application_form", "id_card"]),
    "11_pdf-with-attachment/case": ("ready", ["application_form", "id_card"]),
    "17_tiff-thumbnail-first/case": ("ready", ["application_form", "id_card"]),
    "22_duplex-empty-backs/case": ("ready", ["application_form", "id_card"]),
    "24_typed-hidden-characters/case": ("ready", ["application_form", "id_card"]),
    "26_application-file-other-case/case": ("incomplete", ["application_form", "id_card"]),
    "27_system-leftovers/case": ("ready", ["application_form", "id_card"]),
    "34_loose-back-of-another/case": ("incomplete", ["id_card", "id_card", "application_form"]),
    "36_pages-of-two-booklets/case": ("incomplete", ["hukou", "hukou"]),
}
"""Case: its status and its papers; empty pages are left out."""

RULES = {
    "26_application-file-other-case/case": {"MAT-4.2", "X14"},
    "34_loose-back-of-another/case": {"DOC-EXPIRED"},
    "36_pages-of-two-booklets/case": {"X6"},
}
"""Rules that must speak, above a note."""

WU = {"name": "吴金花", "id_number": "450681200312149244"}
LI_LEI = {"name": "李磊", "id_number": "45282619930720941X"}
PAPERS: dict[str, list[dict[str, str]]] = {
    "14_png-with-animation-chunk/身份证.png": [LI_LEI],
    "16_alpha-all-zero/身份证.png": [LI_LEI],
    "16_alpha-all-zero/身份证_bmp.zip": [LI_LEI],
    "18_fax-no-unit/FAX0001.tif": [
        {
            "name": "黄霁萍",
            "id_number": "451421198411299962",
            "addressee": "青榕师范学院学生工作处",
            "issue_date": "2026-10-23",
        }
    ],
    "20_watermark-across-copy/身份证复印件.jpg": [
        {
            "name": "卢雨桐",
            "sex": "女",
            "ethnicity": "苗",
            "birth_date": "1997-02-08",
            "id_number": "452230199702089683",
            "issuing_authority": "金秀瑶族自治县公安局",
            "valid_from": "2024-01-21",
            "valid_to": "2044-01-21",
        }
    ],
    "21_long-picture/拼图.jpg": [
        WU,
        {"head_name": "劳桂林"},
        {"name": "冯雨桐", "relation_to_head": "儿媳", "id_number": "450325199112279340"},
    ],
    "30_watermark-crash/1_身份证人像面.jpg": [
        {"name": "吴金花", "id_number": "450681200312149244"}
    ],
    "30_watermark-crash/2_身份证复印件.jpg": [LI_LEI],
    "32_address-of-two-lines/身份证.png": [
        LI_LEI | {"address": "广西浦北县青榕路41号糖厂生活区19栋3单元301号"}
    ],
}
"""File: of each of its papers, values that must be read."""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(load_settings(), 1) as made:
        yield made


def checked(reader: Reader, path: str) -> Record:
    files = list_case(HERE / path, load_settings().limits)
    return make_case_record(files, reader.read(files.files), reader.models, TODAY).record


def read(reader: Reader, path: str) -> FileResult:
    file = HERE / path
    (reading,) = reader.read([SourceFile(file.name, file)])
    return result_of(file.name, reading)


@pytest.mark.parametrize("path", CASES)
def test_a_case_ends_as_it_should(reader: Reader, path: str) -> None:
    record = checked(reader, path)
    status, papers = CASES[path]
    spoken = {f.rule for f in record.findings if f.severity != "note"}
    assert record.status == Status(status), spoken
    assert [d.type for d in record.documents if d.type != "unknown"] == papers
    assert RULES.get(path, set()) <= spoken
    if status == "ready":
        assert not spoken


@pytest.mark.parametrize("path", PAPERS)
def test_a_paper_is_read(reader: Reader, path: str) -> None:
    documents = read(reader, path).documents
    wanted = PAPERS[path]
    assert len(documents) == len(wanted)
    for document, values in zip(documents, wanted, strict=True):
        assert {name: document.value(name) for name in values} == values


def test_a_text_layer_that_says_other_digits_is_not_believed(reader: Reader) -> None:
    result = read(reader, "10_pdf-letter-says-other-digits/调档函.pdf")
    (letter,) = result.documents
    assert letter.value("name") == "黄霁萍"
    assert letter.value("id_number") == "450222198209081964"
    assert letter.value("letter_number") == "调函字（2026）374号"
    assert letter.value("issue_date") == "2026-10-11"
    assert {"name", "letter_number"} <= {f.field for f in result.findings if f.rule == "OCR-LOW"}


def test_a_value_whose_label_lies_under_a_hole_is_said(reader: Reader) -> None:
    result = read(reader, "28_label-under-hole/户口簿首页.jpg")
    (booklet,) = result.documents
    values = {"household_type": "非农业集体户", "head_name": "劳桂林", "issue_date": "2017-08-01"}
    assert {name: booklet.value(name) for name in values} == values
    assert booklet.value("household_number") == "567338414922"
    said = {f.field for f in result.findings if f.rule in ("OCR-LOW", "OCR-MISSING")}
    assert (
        booklet.value("address") == "广西那坡县龙枧瑶族乡岭合社区甘禾屯130号" or "address" in said
    )


def test_the_sides_of_one_scan_are_one_card(reader: Reader) -> None:
    applicant = checked(reader, "34_loose-back-of-another/case").applicant
    assert (applicant.id_valid_from, applicant.id_valid_to) == ("2016-03-30", "2026-03-30")


def test_the_address_of_one_booklet_is_nobody_s_on_another(reader: Reader) -> None:
    record = checked(reader, "36_pages-of-two-booklets/case")
    assert record.applicant.household is None or any(
        f.rule == "X6" and f.severity != "note" for f in record.findings
    )


def test_a_card_under_slanting_words_gives_a_record_alone(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "身份证.jpg").write_bytes(
        (HERE / "30_watermark-crash" / "1_身份证人像面.jpg").read_bytes()
    )
    files = list_case(tmp_path, load_settings().limits)
    record = make_case_record(files, reader.read(files.files), reader.models, TODAY).record
    assert [d.type for d in record.documents] == ["id_card"]


def test_results_in_the_inbox_are_refused(tmp_path: Path) -> None:
    (tmp_path / "inbox" / "001").mkdir(parents=True)
    for _ in range(2):
        done = subprocess.run(
            [*COMMAND, "run", str(tmp_path / "inbox"), "--out", str(tmp_path / "inbox" / "结果")],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 2 and "结果" in done.stderr
    assert [e.name for e in (tmp_path / "inbox").iterdir()] == ["001"]


def test_names_of_any_bytes_and_an_office_proxy_stop_nothing(tmp_path: Path) -> None:
    with tarfile.open(HERE / "05_names-not-utf8" / "inbox.tar") as archive:
        archive.extractall(tmp_path, filter="fully_trusted")
    out = tmp_path / "out"
    elsewhere = {
        "HTTP_PROXY": "http://127.0.0.1:9",
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    }
    done = subprocess.run(
        [*COMMAND, "run", str(tmp_path / "inbox"), "--out", str(out)],
        env=os.environ | elsewhere,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    cases = [e for e in (tmp_path / "inbox").iterdir()]
    records = list((out / "records").glob("*.json"))
    assert len(records) == len(cases)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert all(path.stem in report for path in records)
    assert all(path.stem.encode("utf-8") for path in records)
