"""What a file is, by its first bytes; its name says nothing."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.intake.kinds import FILE_LABELS, FileKind, file_kind, label_of, office_label


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", FileKind.EMPTY),
        (b"PK\x03\x04....", FileKind.ZIP),
        (b"PK\x05\x06....", FileKind.ZIP),
        (b"II+\x00\x08\x00\x00\x00", FileKind.IMAGE),
        (b"MM\x00+\x00\x08\x00\x00", FileKind.IMAGE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", FileKind.IMAGE),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 20, FileKind.IMAGE),
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"\x00" * 100 + b"%PDF-1.7\n", FileKind.PDF),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40, FileKind.OTHER),
        (b"Rar!\x1a\x07\x00" + b"\x00" * 20, FileKind.OTHER),
        ("申请人：韦小芳".encode(), FileKind.TEXT),
        ("申请人：韦小芳".encode("gb18030"), FileKind.TEXT),
        ("申请人".encode("utf-16"), FileKind.TEXT),
        (b"\x01\x00\x02\x00", FileKind.OTHER),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, kind: FileKind) -> None:
    assert file_kind(head) == kind


def test_what_is_no_paper_is_called_by_its_name() -> None:
    assert label_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40) == FILE_LABELS["ole"]
    assert "RAR" in label_of(b"Rar!\x1a\x07\x00" + b"\x00" * 20).upper()
    assert label_of(b"\x01\x02") == ""


@pytest.mark.parametrize(
    ("names", "label"),
    [
        (["OFD.xml"], "ofd"),
        (["[Content_Types].xml", "word/document.xml"], "docx"),
        (["[Content_Types].xml", "xl/workbook.xml"], "xlsx"),
        (["[Content_Types].xml", "ppt/slides.xml"], "pptx"),
        (["[Content_Types].xml", "other.xml"], "ole"),
        (["mimetype", "META-INF/manifest.xml"], "odt"),
        (["mimetype"], None),
        (["scan.jpg"], None),
    ],
)
def test_a_zip_that_is_a_document_is_called_so(names: list[str], label: str | None) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    with zipfile.ZipFile(file) as archive:
        assert office_label(archive) == (None if label is None else FILE_LABELS[label])
