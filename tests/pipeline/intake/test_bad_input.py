"""Whatever is handed in: a finding in Chinese for that file, and the rest goes on."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import InputError
from pipeline.finding import Finding, PassingFinding, catalogue
from pipeline.intake import SourceFile, list_case, read_source
from pipeline.model import Page
from pipeline.settings import MEBI, Limits
from tests.pipeline.sheets.scans import (
    LIMITS,
    blank_pdf,
    encoded,
    heic,
    noise,
    picture,
    read_all,
    read_finding,
    read_pages,
    scanned_pdf,
    zipped,
)

GOOD = encoded(noise(1), "JPEG")


def giant_png(side_px: int) -> bytes:
    """A one-bit PNG of a few hundred kilobytes at most, written without drawing it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    side = side_px.to_bytes(4, "big")
    rows = zlib.compressobj()
    row = bytes(1 + (side_px + 7) // 8)
    packed = b"".join(rows.compress(row) for _ in range(side_px)) + rows.flush()
    header = chunk(b"IHDR", side + side + bytes([1, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def case_with(folder: Path, **files: bytes) -> Path:
    """A case folder with one good scan and these files."""
    folder.mkdir(exist_ok=True)
    (folder / "good.jpg").write_bytes(GOOD)
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def read_case(path: Path, limits: Limits = LIMITS) -> tuple[list[Page], list[Finding]]:
    """All pages and all findings of a case."""
    case = list_case(path, limits)
    found = [item for file in case.files for item in read_all(file, limits)]
    findings = list(case.findings) + [f for f in found if isinstance(f, Finding)]
    return [page for page in found if isinstance(page, Page)], findings


# ---------------------------------------------------------------- nothing there


def test_an_empty_folder_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "07").mkdir()
    pages, (found,) = read_case(tmp_path / "07")
    assert pages == []
    assert (found.rule, found.severity) == ("SRC-EMPTY", "mend")
    assert "文件夹“07”" in found.message


def test_a_folder_with_only_a_text_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "07").mkdir()
    (tmp_path / "07" / "说明.txt").write_text("材料见附件", encoding="gb18030")
    pages, findings = read_case(tmp_path / "07")
    assert pages == []
    assert findings[0].rule == "SRC-EMPTY"


def test_a_zip_without_files_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "07.zip").write_bytes(zipped({}))
    pages, (found,) = read_case(tmp_path / "07.zip")
    assert (pages, found.rule) == ([], "SRC-EMPTY")


# ---------------------------------------------------------------- one bad file, one good

SAMPLES = {
    "a.jpg": encoded(noise(2), "JPEG"),
    "a.png": encoded(noise(2), "PNG"),
    "a.tif": encoded(noise(2), "TIFF", compression="tiff_lzw"),
    "a.webp": encoded(noise(2), "WEBP"),
    "a.heic": heic("noise"),
    "a.bmp": encoded(noise(2), "BMP"),
    "a.pdf": scanned_pdf([noise(2)]),
    "a.zip": zipped({"b.jpg": encoded(noise(2), "JPEG"), "c.jpg": encoded(noise(3), "JPEG")}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_half_a_file_is_a_finding(tmp_path: Path, name: str) -> None:
    folder = case_with(tmp_path / "07", **{name: SAMPLES[name][: len(SAMPLES[name]) // 2]})
    pages, (found,) = read_case(folder)
    assert [page.source.file for page in pages] == ["good.jpg"]
    assert (found.rule, found.file, found.severity) == ("SRC-UNREADABLE", name, "mend")


@pytest.mark.parametrize("name", SAMPLES)
def test_an_empty_file_is_a_finding(tmp_path: Path, name: str) -> None:
    pages, (found,) = read_case(case_with(tmp_path / "07", **{name: b""}))
    assert [page.source.file for page in pages] == ["good.jpg"]
    assert (found.rule, found.file, found.severity) == ("SRC-UNREADABLE", name, "mend")
    assert "0 字节" in found.message


def test_a_png_called_jpg_is_read(tmp_path: Path) -> None:
    pages, findings = read_case(case_with(tmp_path / "07", scan__jpg=SAMPLES["a.png"]))
    assert (len(pages), findings) == (2, [])


def test_a_giant_png_is_refused_without_decoding_it(tmp_path: Path) -> None:
    data = giant_png(30_000)
    assert len(data) < MEBI
    began = time.monotonic()
    pages, (found,) = read_case(case_with(tmp_path / "07", scan__png=data))
    assert time.monotonic() - began < 5
    assert len(pages) == 1
    assert found.rule == "SRC-TOO-LARGE"
    assert "30000×30000" in found.message


def test_a_locked_pdf_is_a_finding(tmp_path: Path) -> None:
    data = scanned_pdf([picture()], password="secret")
    pages, (found,) = read_case(case_with(tmp_path / "07", scan__pdf=data))
    assert (len(pages), found.rule) == (1, "SRC-ENCRYPTED")


def test_a_pdf_of_500_pages_is_a_finding(tmp_path: Path) -> None:
    pages, (found,) = read_case(case_with(tmp_path / "07", scan__pdf=blank_pdf(500)))
    assert (len(pages), found.rule) == (1, "SRC-TOO-LARGE")


def test_a_file_over_the_limit_is_a_finding(tmp_path: Path) -> None:
    folder = case_with(tmp_path / "07", scan__bmp=encoded(noise(5, 800, 600), "BMP"))
    pages, (found,) = read_case(folder, Limits(file_bytes=MEBI))
    assert (len(pages), found.rule) == (1, "SRC-TOO-LARGE")
    assert "1 MB" in found.message


# ---------------------------------------------------------------- archives


def test_a_flat_bomb_is_a_finding_and_the_other_members_are_read(tmp_path: Path) -> None:
    path = tmp_path / "07.zip"
    path.write_bytes(zipped({"bomb.bmp": bytes(150 * MEBI), "good.jpg": GOOD}))
    assert path.stat().st_size < MEBI
    pages, (found,) = read_case(path)
    assert [page.source.file for page in pages] == ["good.jpg"]
    assert (found.rule, found.file) == ("SRC-TOO-LARGE", "bomb.bmp")


def test_a_bomb_that_lies_about_its_size_is_a_finding(tmp_path: Path) -> None:
    size = 150 * MEBI
    data = zipped({"bomb.bmp": bytes(size)}).replace(
        size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )
    (tmp_path / "07.zip").write_bytes(data)
    pages, (found,) = read_case(tmp_path / "07.zip")
    assert (pages, found.rule) == ([], "SRC-UNREADABLE")


def test_a_bomb_of_many_members_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "07.zip"
    part = bytes(50 * MEBI)
    path.write_bytes(zipped({f"{i}.bmp": part for i in range(5)}))
    pages, (found,) = read_case(path, Limits(case_bytes=200 * MEBI))
    assert (pages, found.rule, found.file) == ([], "SRC-TOO-LARGE", "07.zip")


def test_a_nested_bomb_is_not_followed_down(tmp_path: Path) -> None:
    data = zipped({"good.jpg": GOOD})
    for _ in range(20):
        data = zipped({"inner.zip": data, "more.zip": data})
    (tmp_path / "07.zip").write_bytes(data)
    pages, findings = read_case(tmp_path / "07.zip")
    assert pages == []
    assert {f.rule for f in findings} == {"SRC-TOO-LARGE"}
    assert {f.rule for f in read_all(tmp_path / "07.zip") if isinstance(f, Finding)} == {
        "SRC-TOO-LARGE"
    }


def test_a_bomb_of_nested_archives_spends_one_allowance(tmp_path: Path) -> None:
    inner = zipped({f"{i}.txt": os.urandom(1) * (30 * MEBI) for i in range(4)})
    path = tmp_path / "07.zip"
    path.write_bytes(zipped({f"{i}.zip": inner + bytes(i) for i in range(50)}))
    limits = Limits(case_bytes=130 * MEBI, zip_ratio=10_000)
    began = time.monotonic()
    pages, findings = read_case(path, limits)
    assert time.monotonic() - began < 10
    assert pages == []
    assert "SRC-TOO-LARGE" in {f.rule for f in findings}


def test_an_archive_with_too_many_members_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "07.zip"
    path.write_bytes(zipped({f"{i}.jpg": b"" for i in range(501)}))
    pages, (found,) = read_case(path)
    assert (pages, found.rule) == ([], "SRC-TOO-LARGE")
    assert "含 501 个文件，上限 500 个" in found.message


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jpg",
        "a/../../evil.jpg",
        "/evil.jpg",
        "C:\\evil.jpg",
        "..\\..\\evil.jpg",
        "a\nb.jpg",
    ],
)
def test_a_member_that_leaves_the_archive_is_not_read(tmp_path: Path, name: str) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "07.zip").write_bytes(zipped({name: GOOD, "good.jpg": encoded(noise(9), "JPEG")}))
    pages, (found,) = read_case(room / "07.zip")
    assert [page.source.file for page in pages] == ["good.jpg"]
    assert found.rule == "SRC-UNREADABLE"
    assert "路径不安全" in found.message
    assert ".." not in (found.file or "..")
    assert [p.name for p in tmp_path.rglob("*")] == ["room", "07.zip"]


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("passwd.jpg")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.jpg", GOOD)
    (tmp_path / "07.zip").write_bytes(buffer.getvalue())
    pages, (found,) = read_case(tmp_path / "07.zip")
    assert (len(pages), found.rule, found.file) == (1, "SRC-UNREADABLE", "passwd.jpg")


def test_a_locked_member_is_a_finding(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.jpg": GOOD, "good.jpg": GOOD}))
    data[6] |= 1  # general purpose flag, bit 0, in the first local header and the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "07.zip").write_bytes(data)
    pages, (found,) = read_case(tmp_path / "07.zip")
    assert (len(pages), found.rule, found.file) == (1, "SRC-ENCRYPTED", "a.jpg")


def test_an_exotic_compression_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "07.zip").write_bytes(zipped({"a.jpg": GOOD}, zipfile.ZIP_LZMA))
    pages, (found,) = read_case(tmp_path / "07.zip")
    assert (pages, found.rule) == ([], "SRC-UNREADABLE")


# ---------------------------------------------------------------- the file system


@contextmanager
def as_nobody() -> Iterator[Path]:
    """A folder that everybody can reach, as a user whom permissions bind (root they do not)."""
    catalogue()  # nobody may not be able to read it where the project lies
    folder = Path(tempfile.mkdtemp(prefix="yijianshi-"))
    folder.chmod(0o777)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_a_file_without_permission_is_a_finding() -> None:
    with as_nobody() as folder:
        case_with(folder, scan__jpg=SAMPLES["a.jpg"])
        (folder / "scan.jpg").chmod(0)
        pages, (found,) = read_case(folder)
        assert (len(pages), found.rule, found.file) == (1, "SRC-UNREADABLE", "scan.jpg")
        assert "没有读取权限" in found.message
        assert isinstance(found, PassingFinding)


def test_a_folder_without_permission_is_an_error() -> None:
    with as_nobody() as folder:
        (folder / "07").mkdir(mode=0)
        with pytest.raises(InputError, match="无法读取"):
            list_case(folder / "07", LIMITS)
        (folder / "08" / "more").mkdir(parents=True)
        (folder / "08" / "more").chmod(0)
        case_with(folder / "08")
        pages, (found,) = read_case(folder / "08")
        assert (len(pages), found.rule, found.file) == (1, "SRC-UNREADABLE", "more")


def test_a_folder_deleted_while_it_is_read_is_a_finding(tmp_path: Path) -> None:
    folder = case_with(tmp_path / "07", a__jpg=SAMPLES["a.jpg"], b__zip=SAMPLES["a.zip"])
    case = list_case(folder, LIMITS)
    assert len(case.files) == 3
    shutil.rmtree(folder)
    for file in case.files:
        found = read_finding(file)
        assert found.rule == "SRC-UNREADABLE"
        assert "删除或移走" in found.message
        assert isinstance(found, PassingFinding)


def test_a_file_deleted_while_its_pages_are_read_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned_pdf([noise(1), noise(2)]))
    stream = read_source(path, LIMITS)
    assert isinstance(next(stream), Page)
    path.unlink()
    assert isinstance(next(stream), Page)


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    found = read_finding(SourceFile("scan.jpg", tmp_path / "scan.jpg"))
    assert found.rule == "SRC-UNREADABLE"
    assert str(tmp_path) not in found.message


# ---------------------------------------------------------------- anything at all


@settings(max_examples=150)
@given(data=st.data(), name=st.sampled_from(sorted(SAMPLES)))
def test_damaged_bytes_give_pages_or_findings_and_never_noise(
    data: st.DataObject, name: str
) -> None:
    content = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(0, 8), label="changes")):
        at = data.draw(st.integers(0, len(content) - 1), label="at")
        content[at] = data.draw(st.integers(0, 255), label="byte")
    kept = data.draw(st.integers(0, len(content)) | st.just(len(content)), label="kept")
    check_reads(name, bytes(content[:kept]))


STARTS = [
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"II*\x00",
    b"MM\x00*",
    b"BM",
    b"RIFF\x00\x00\x00\x00WEBP",
    b"\x00\x00\x00\x18ftypheic",
]


@settings(max_examples=150)
@given(junk=st.binary(max_size=400), start=st.sampled_from(STARTS))
def test_junk_gives_findings(start: bytes, junk: bytes) -> None:
    check_reads("scan.jpg", start + junk)


def check_reads(name: str, content: bytes) -> None:
    """Read a case with these bytes: pages, or findings in Chinese, nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        pages, findings = read_case(Path(folder), Limits(pixels=4_000_000, seconds=20))
        assert pages or findings
        for page in pages:
            assert page.image.ndim == 3
        for found in findings:
            assert found.rule.startswith("SRC-")
            assert found.message.endswith("。")


def test_nothing_is_written_to_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, data in SAMPLES.items():
        for part in (3, 2, 1.5, 1.1, 1.01):
            (tmp_path / name).write_bytes(data[: int(len(data) / part)])
            read_all(tmp_path / name)
    tiff = SAMPLES["a.tif"]
    for at in range(0, len(tiff), 97):
        (tmp_path / "a.tif").write_bytes(tiff[:at] + b"\xff" + tiff[at + 1 :])
        read_all(tmp_path / "a.tif")
    assert capfd.readouterr() == ("", "")


MEMORY = """
import resource, sys
from pathlib import Path
from pipeline.intake import read_source
from pipeline.settings import Limits
peak = []
for page in read_source(Path(sys.argv[1]), Limits()):
    assert page.image.size
    peak.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(len(peak), peak[4], peak[-1])
"""


@pytest.mark.drawn
@pytest.mark.long
@pytest.mark.parametrize("kind", ["tif", "pdf"])
def test_memory_does_not_grow_with_the_pages(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"scan.{kind}"
    images = [noise(i, 1240, 1754) if i < 3 else picture(1240 + i, 1754) for i in range(40)]
    if kind == "tif":
        images[0].save(path, save_all=True, append_images=images[1:], compression="tiff_lzw")
    else:
        path.write_bytes(scanned_pdf(images))
    result = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True
    )
    count, early_kb, late_kb = map(int, result.stdout.split())
    assert count == 40
    page_kb = 1240 * 1754 * 3 // 1024
    assert late_kb - early_kb < 5 * page_kb


def test_a_page_at_the_pixel_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(encoded(Image.new("1", (2000, 1000), 1), "PNG"))
    assert len(read_pages(path, Limits(pixels=2_000_000))) == 1
    assert read_finding(path, Limits(pixels=1_999_999)).rule == "SRC-TOO-LARGE"
