"""What to say of a file that is no scan."""

from __future__ import annotations

from pathlib import PurePosixPath

from pipeline.finding import Severity
from pipeline.intake.kinds import FILE_LABELS, FileKind, document_reason, is_called, label_of
from pipeline.intake.refusal import UNREADABLE, Refused

SCANS = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".heic", ".heif", ".pdf"}
"""Extensions by which a file claims to be a scan (contract.md)."""

DOCUMENTS = {FILE_LABELS[kind] for kind in ("doc", "xls", "ppt", "odt", "ofd", "ole")}
"""What office programs write: they can save it as PDF."""


def reject(kind: FileKind, head: bytes, name: str) -> Refused:
    """Why a file of this kind is not read.

    A file that is empty or is called a scan must come again. Of a document in another format a
    person must see what it is. A text file is somebody's note.
    """
    if kind == FileKind.EMPTY:
        return Refused(UNREADABLE, "文件为空（0 字节）")
    if PurePosixPath(name).suffix.lower() in SCANS:
        return Refused(UNREADABLE, "内容不是图片或 PDF，或已损坏")
    if kind == FileKind.TEXT:
        return Refused(UNREADABLE, "是文本文件，不是扫描件", Severity.NOTE)
    label = label_of(head)
    reason = f"{is_called(label)}，不是扫描件" if label else "不是可识别的图片或 PDF，或已损坏"
    if label.endswith("压缩包"):
        reason = f"{is_called(label)}，请解压为文件夹，或改为 zip 后再放入"
    elif label in DOCUMENTS:
        reason = document_reason(label)
    return Refused(UNREADABLE, reason, Severity.REVIEW if label else None)
