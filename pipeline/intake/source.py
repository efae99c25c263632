"""One file of a case: where it lies, its bytes, its pages."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.finding import Finding
from pipeline.intake.archive import members, open_archive, read_archive_member
from pipeline.intake.images import read_image
from pipeline.intake.kinds import HEAD_BYTES, FileKind, file_kind
from pipeline.intake.names import readable
from pipeline.intake.pdf import attachments, read_pdf
from pipeline.intake.refusal import (
    CHANGED,
    TOO_LARGE,
    UNREADABLE,
    Clock,
    Refused,
    refused_by,
    unopened,
)
from pipeline.intake.rejects import reject
from pipeline.model import Page
from pipeline.settings import MEBI, Limits


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Where a file lies. A value: it may cross to another process.

    ``name`` is its name relative to the case; ``members`` are places in archives' directories,
    from the archive at ``path`` inwards; ``sha256`` are its bytes when it was listed, empty where
    it was not.
    """

    name: str
    path: Path
    members: tuple[int, ...] = ()
    sha256: str = ""


def read_source(file: SourceFile | Path, limits: Limits) -> Iterator[Page | Finding]:
    """The pages of a file, one in memory at a time; what cannot be read comes as findings.

    Never raises for what the file holds, nor when it cannot be opened.
    """
    if isinstance(file, Path):
        file = SourceFile(readable(file.name), file)
    try:
        data = read_bytes(file, limits)
        digest = hashlib.sha256(data).hexdigest()
        if file.sha256 and digest != file.sha256:
            raise unopened(CHANGED)
        yield from _read_pages(data, file.name, digest, limits, depth=len(file.members))
    except Refused as refused:
        yield refused.finding(file.name)
    except OSError as error:
        yield refused_by(error).finding(file.name)


def _read_pages(
    data: bytes, name: str, digest: str, limits: Limits, depth: int
) -> Iterator[Page | Finding]:
    head = data[:HEAD_BYTES]
    kind = file_kind(head)
    clock = Clock(limits.seconds)
    if kind == FileKind.IMAGE:
        yield from read_image(data, name, digest, limits, clock)
    elif kind == FileKind.PDF:
        yield from read_pdf(data, name, digest, limits, clock)
        yield from _read_attachments(data, name, limits, depth + 1)
    elif kind == FileKind.ZIP:
        yield from _read_zip(data, name, limits, depth + 1)
    else:
        raise reject(kind, head, name)


def _read_zip(data: bytes, name: str, limits: Limits, depth: int) -> Iterator[Page | Finding]:
    if depth > limits.zip_depth:
        raise Refused(TOO_LARGE, f"压缩包嵌套超过 {limits.zip_depth} 层")
    left = limits.case_bytes
    with open_archive(io.BytesIO(data)) as archive:
        for member in members(archive, limits):
            inner = f"{name}/{member.name}"
            try:
                if member.refused is not None:
                    raise member.refused
                content = read_archive_member(archive, member.key, limits)
                left -= len(content)
                if left < 0:
                    raise Refused(TOO_LARGE, f"解压后共超过 {limits.case_bytes // MEBI} MB")
                digest = hashlib.sha256(content).hexdigest()
                yield from _read_pages(content, inner, digest, limits, depth)
            except Refused as refused:
                yield refused.finding(inner)
                if left < 0:
                    return


def _read_attachments(
    data: bytes, name: str, limits: Limits, depth: int
) -> Iterator[Page | Finding]:
    """The pages of scans that a PDF carries as embedded files, as a zip's members are read. What
    programs embed that is no scan (the data behind an invoice) is no paper and is passed over."""
    for number, attached in enumerate(attachments(data, limits)):
        inner = f"{name}/{attached.name or f'附件{number + 1}'}"
        if isinstance(attached.content, Refused):
            yield attached.content.finding(inner)
            continue
        if file_kind(attached.content[:HEAD_BYTES]) not in (FileKind.IMAGE, FileKind.PDF):
            continue
        try:
            if depth > limits.zip_depth:
                raise Refused(TOO_LARGE, f"附件嵌套超过 {limits.zip_depth} 层")
            digest = hashlib.sha256(attached.content).hexdigest()
            yield from _read_pages(attached.content, inner, digest, limits, depth)
        except Refused as refused:
            yield refused.finding(inner)


def read_bytes(file: SourceFile, limits: Limits) -> bytes:
    """The file's bytes. Raises Refused where it cannot be opened, or is too large."""
    with open_regular(
        file.path, limits.case_bytes if file.members else limits.file_bytes
    ) as stream:
        if not file.members:
            return read_all(stream, limits)
        return _read_member(stream, file.members, limits)


def _read_member(stream: IO[bytes], chain: tuple[int, ...], limits: Limits) -> bytes:
    with open_archive(stream) as archive:
        content = read_archive_member(archive, chain[0], limits)
    return content if len(chain) == 1 else _read_member(io.BytesIO(content), chain[1:], limits)


def read_all(stream: IO[bytes], limits: Limits) -> bytes:
    """All bytes of an open file. Raises Refused beyond the limit."""
    try:
        data = stream.read(limits.file_bytes + 1)
    except OSError as error:
        raise refused_by(error) from error
    if len(data) > limits.file_bytes:
        raise Refused(TOO_LARGE, f"超过 {limits.file_bytes // MEBI} MB")
    return data


@contextmanager
def open_regular(path: Path, limit_bytes: int) -> Iterator[IO[bytes]]:
    """The file, opened for reading. Raises Refused where it is no regular file (a pipe would wait
    for ever), cannot be opened, or is larger than the limit."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Refused(UNREADABLE, "不是普通文件")
        if found.st_size > limit_bytes:
            raise Refused(TOO_LARGE, f"超过 {limit_bytes // MEBI} MB")
        stream = path.open("rb")
    except OSError as error:
        raise refused_by(error, is_link=path.is_symlink()) from error
    with stream:
        yield stream
