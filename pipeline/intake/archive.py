"""Zip archives, read member by member in memory; nothing is ever unpacked to the disk.

Guards: the size of the directory before it is parsed, names that leave the archive, links,
passwords, exotic methods, compression ratios, and bytes actually unpacked, whatever was declared.
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO

from pipeline.finding import Severity
from pipeline.intake.kinds import document_reason, office_label
from pipeline.intake.names import unique
from pipeline.intake.refusal import ENCRYPTED, TOO_LARGE, UNREADABLE, Refused
from pipeline.settings import MEBI, Limits

METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
"""LZMA may ask for gigabytes of dictionary; scanners and phones do not use it."""
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
"""What :mod:`zipfile` raises for a broken archive."""
RATIO_FREE_BYTES = MEBI
MAX_DIRECTORY_BYTES = 16 * MEBI
END_BYTES, END64_BYTES, LOCATOR_BYTES = 22, 56, 20
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive: ``name`` as people read it, each once; ``key`` its place in the
    archive's directory, since two members may have one name; ``refused`` where it will not be read.
    """

    name: str
    key: int
    refused: Refused | None = None


@contextmanager
def open_archive(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The archive. Raises Refused where it is broken, or is a document of another kind."""
    check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise Refused(UNREADABLE, "压缩包不完整或已损坏") from error
    with archive:
        label = office_label(archive)
        if label is not None:
            raise Refused(UNREADABLE, document_reason(label), Severity.REVIEW)
        yield archive


def check_directory(file: IO[bytes]) -> None:
    """Raise Refused where the archive's directory is too large to parse.

    APPNOTE.TXT 4.3.14 and 4.3.16: the end record holds the directory's size at offset 12 (zip64:
    40), the zip64 locator lies right before it and points at the zip64 record.
    """
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - END_BYTES - 0xFFFF)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + END_BYTES > len(tail):
        raise Refused(UNREADABLE, "压缩包不完整或已损坏")
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    file.seek(max(0, start + at - LOCATOR_BYTES - END64_BYTES))
    before = file.read(LOCATOR_BYTES + END64_BYTES)
    if before[END64_BYTES:].startswith(b"PK\x06\x07") and before.startswith(b"PK\x06\x06"):
        (directory,) = struct.unpack_from("<Q", before, 40)
    if directory > MAX_DIRECTORY_BYTES:
        raise Refused(TOO_LARGE, "压缩包的文件清单过大")
    file.seek(0)


def members(archive: zipfile.ZipFile, limits: Limits) -> list[Member]:
    """The files in the archive, with what speaks against reading each.

    Raises Refused where all of it together is too much.
    """
    entries = [(i, info) for i, info in enumerate(archive.infolist()) if not _is_folder(info)]
    if len(entries) > limits.files:
        raise Refused(TOO_LARGE, f"含 {len(entries)} 个文件，上限 {limits.files} 个")
    if sum(info.file_size for _, info in entries) > limits.case_bytes:
        raise Refused(TOO_LARGE, f"解压后超过 {limits.case_bytes // MEBI} MB")
    found = [_member(i, info, limits) for i, info in entries]
    names = unique(member.name for member in found)
    return [replace(member, name=name) for member, name in zip(found, names, strict=True)]


def read_archive_member(archive: zipfile.ZipFile, key: int, limits: Limits) -> bytes:
    """The member's bytes. Raises Refused where they are too many or broken."""
    content = io.BytesIO()
    try:
        with archive.open(archive.infolist()[key]) as stream:
            while chunk := stream.read(MEBI):
                content.write(chunk)
                if content.tell() > limits.file_bytes:
                    raise Refused(TOO_LARGE, f"解压后超过 {limits.file_bytes // MEBI} MB")
    except BROKEN as error:
        raise Refused(UNREADABLE, "在压缩包中已损坏") from error
    return content.getvalue()


def _is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a folder: its name ends so, also with the backslash of old .NET
    programs, and it holds nothing."""
    return _name(info).endswith("/") and info.file_size == 0


def _member(key: int, info: zipfile.ZipInfo, limits: Limits) -> Member:
    name = _name(info)
    parts = PurePosixPath(name).parts
    unsafe = not parts or name.startswith("/") or ".." in parts or ":" in parts[0]
    if unsafe or any(ord(c) < 0x20 for c in name):
        shown = "".join(c for c in (parts[-1] if parts else "") if ord(c) >= 0x20)
        return Member(
            shown.replace("..", "").strip() or "（无名文件）",
            key,
            Refused(UNREADABLE, "在压缩包中的路径不安全，未读取"),
        )
    return Member("/".join(parts), key, _refusal(info, limits))


def _refusal(info: zipfile.ZipInfo, limits: Limits) -> Refused | None:
    if stat.S_ISLNK(info.external_attr >> 16):
        return Refused(UNREADABLE, "是压缩包中的链接，未读取")
    if info.flag_bits & ENCRYPTED_FLAG:
        return Refused(ENCRYPTED)
    if info.compress_type not in METHODS:
        return Refused(UNREADABLE, "所用的压缩方法不支持，请改用普通 zip 压缩")
    if info.file_size > limits.file_bytes:
        return Refused(TOO_LARGE, f"解压后超过 {limits.file_bytes // MEBI} MB")
    packed = max(1, info.compress_size)
    if info.file_size > RATIO_FREE_BYTES and info.file_size / packed > limits.zip_ratio:
        return Refused(TOO_LARGE, f"压缩比超过 {limits.zip_ratio}，疑为压缩炸弹")
    return None


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name. Archives made on Chinese Windows carry GB 18030 without saying so,
    which :mod:`zipfile` takes for code page 437."""
    name = info.orig_filename
    if not info.flag_bits & UTF8_FLAG:
        for encoding in ("utf-8", "gb18030"):
            try:
                name = info.orig_filename.encode("cp437").decode(encoding)
                break
            except UnicodeError:
                continue
    return name.replace("\\", "/")
