"""What a file is, by its first bytes. Names and extensions lie."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum

import filetype

HEAD_BYTES = 8192
"""How much of a file's start :func:`kind_of` wants to see."""

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
"""Brands of ISO/IEC 23008-12 (HEIF), annex B, and of its image collections."""


class FileKind(StrEnum):
    """What intake makes of a file."""

    IMAGE = "image"
    PDF = "pdf"
    ZIP = "zip"
    TEXT = "text"
    EMPTY = "empty"
    OTHER = "other"


IMAGES = {"jpg", "png", "apng", "tif", "bmp", "webp", "heic", "cr2"}
"""Kinds of ``filetype`` that are pictures we read: cr2 is a TIFF with a certain start, apng a PNG
with an animation, whose first picture is the one that every viewer shows."""

FILE_LABELS = {
    "doc": "Word 文档",
    "docx": "Word 文档",
    "xls": "Excel 表格",
    "xlsx": "Excel 表格",
    "ppt": "演示文稿",
    "pptx": "演示文稿",
    "odt": "文档",
    "ofd": "OFD 文件",
    "ole": "Office 文档",
    "rar": "RAR 压缩包",
    "7z": "7z 压缩包",
    "gz": "压缩包",
    "tar": "压缩包",
    "bz2": "压缩包",
    "xz": "压缩包",
    "gif": "GIF 图片",
    "lz": "压缩包",
    "zst": "压缩包",
    "psd": "Photoshop 图片",
    "avif": "AVIF 图片",
    "jp2": "JPEG 2000 图片",
    "mp4": "视频",
    "mov": "视频",
    "exe": "程序",
}


def file_kind(head: bytes) -> FileKind:
    """The kind of a file that starts with ``head`` (:data:`HEAD_BYTES` of it, or all)."""
    if not head:
        return FileKind.EMPTY
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileKind.ZIP
    if head.startswith((b"II+\x00", b"MM\x00+")):  # BigTIFF
        return FileKind.IMAGE
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return FileKind.IMAGE
    guess = filetype.guess(head)
    if guess is not None and guess.extension in IMAGES:
        return FileKind.IMAGE
    # Readers take a PDF whose header is not the very first byte. Asked last: what a zip stores
    # without compressing it stands in its first kilobyte too.
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF
    if guess is not None:
        return FileKind.OTHER
    return FileKind.TEXT if _is_text(head) else FileKind.OTHER


def label_of(head: bytes) -> str:
    """What to call a file of kind OTHER in a message; empty where we do not know."""
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return FILE_LABELS["ole"]
    guess = filetype.guess(head)
    return (
        "" if guess is None else FILE_LABELS.get(guess.extension, guess.extension.upper() + " 文件")
    )


def is_called(label: str) -> str:
    """That a file is what ``label`` says: 是压缩包, 是 RAR 压缩包."""
    return f"是 {label}" if label[:1].isascii() else f"是{label}"


def document_reason(label: str) -> str:
    """Why a document of an office program is not read, and what to do."""
    return f"{is_called(label)}，请另存为 PDF 后再放入"


def office_label(archive: zipfile.ZipFile) -> str | None:
    """What to call a zip that is really a document (docx, xlsx, ofd …), else None."""
    names = set(archive.namelist()[:2000])
    if "OFD.xml" in names:
        return FILE_LABELS["ofd"]
    if "[Content_Types].xml" in names:
        for part, extension in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(part) for name in names):
                return FILE_LABELS[extension]
        return FILE_LABELS["ole"]
    if "mimetype" in names and "META-INF/manifest.xml" in names:
        return FILE_LABELS["odt"]
    return None


def _is_text(head: bytes) -> bool:
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    for encoding in ("utf-8", "gb18030", "utf-16"):
        reader = io.TextIOWrapper(io.BytesIO(head[: HEAD_BYTES - 4]), encoding=encoding)
        try:
            text = reader.read()
        except (UnicodeDecodeError, UnicodeError):
            continue
        control = sum(c < " " and c not in "\t\r\n\f" for c in text)
        return control <= len(text) // 100
    return False
