"""A case: the files of one application, in a folder, a zip of such a folder, or a single file.

Listing reads every file once, for its kind and its hash; pages are read later, file by file, by
:func:`pipeline.intake.source.read_source`.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from pipeline.errors import InputError
from pipeline.finding import Finding, Severity, finding
from pipeline.intake.archive import members, open_archive, read_archive_member
from pipeline.intake.kinds import HEAD_BYTES, FileKind, file_kind
from pipeline.intake.refusal import TOO_LARGE, UNREADABLE, Refused, refused_by
from pipeline.intake.rejects import reject
from pipeline.intake.source import SourceFile, open_regular
from pipeline.settings import MEBI, Limits

APPLICATION = "application.json"
APPLICATION_BYTES = MEBI
CLUTTER = {"thumbs.db", "desktop.ini", "__macosx", "@eadir"}
"""What Windows, macOS and network disks leave behind."""


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """What a case consists of.

    ``files`` are the scans in natural order (scan2 before scan10), each content once;
    ``application`` the bytes of ``application.json``; ``findings`` what is wrong with files that
    are not among ``files``.
    """

    case_id: str
    files: tuple[SourceFile, ...]
    application: bytes | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class InboxCase:
    """A case of an inbox, not yet looked into."""

    case_id: str
    path: Path


def natural_key(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key by which scan2 comes before scan10."""
    return tuple(
        (0, int(part)) if part.isdecimal() and len(part) < 19 else (1, part)
        for part in re.split(r"(\d+)", name.casefold())
        if part
    )


def list_inbox(path: Path) -> tuple[InboxCase, ...]:
    """The cases of an inbox, in natural order.

    Every folder and every zip in it is a case, and so is every scan that lies loose in it (a
    PDF of a whole application often does). A folder with an ``application.json`` of its own is
    not an inbox but one case. Where two cases would have one id (a folder ``07`` and a file
    ``07.pdf``), the file keeps its extension in its id.

    Raises InputError where the inbox cannot be read.
    """
    try:
        if not path.is_dir():
            raise InputError(*_not_usable(path))
        entries = sorted(path.iterdir(), key=lambda entry: natural_key(entry.name))
    except OSError as error:
        raise InputError(*_not_usable(path)) from error
    if any(entry.name == APPLICATION for entry in entries):
        return (InboxCase(path.resolve().name, path),)
    entries = [entry for entry in entries if not is_clutter(entry.name)]
    folders = [entry for entry in entries if entry.is_dir()]
    loose = [entry for entry in entries if not entry.is_dir() and _is_loose_case(entry)]
    stems = [entry.name for entry in folders] + [entry.stem for entry in loose]
    cases = [InboxCase(entry.name, entry) for entry in folders]
    cases += [
        InboxCase(entry.stem if stems.count(entry.stem) == 1 else entry.name, entry)
        for entry in loose
    ]
    return tuple(sorted(cases, key=lambda case: natural_key(case.case_id)))


def list_case(path: Path, limits: Limits, case_id: str | None = None) -> CaseFiles:
    """The files of a case: a folder, a zip of one, or a single scan.

    Raises InputError where ``path`` itself cannot be used; all else becomes findings.
    """
    try:
        path.stat()
        is_folder = path.is_dir()
        if is_folder:
            next(iter(path.iterdir()), None)
    except OSError as error:
        raise InputError(*_not_usable(path)) from error
    name = path.resolve().name if is_folder else path.stem
    listing = _Listing(limits)
    if is_folder:
        listing.add_folder(path)
        what = f"文件夹“{path.resolve().name}”"
    else:
        what = f"文件“{path.name}”"
        listing.add_handed_in(path)
    return listing.done(case_id or name, what)


def is_clutter(name: str) -> bool:
    """Whether a file or folder of this name was left behind by a system or an editor."""
    return name.startswith((".", "~$")) or name.casefold() in CLUTTER


Opener = Callable[[], AbstractContextManager[IO[bytes]]]


class _Listing:
    """Collects the files of one case."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._files: list[SourceFile] = []
        self._findings: list[Finding] = []
        self._application: bytes | None = None
        self._names: dict[str, str] = {}
        self._left = limits.case_bytes
        self._count = 0

    def done(self, case_id: str, what: str) -> CaseFiles:
        """The case; SRC-EMPTY where nothing in it looks like a scan."""
        if self._count > self._limits.files:
            reason = f"含 {self._limits.files} 个以上文件，其余未处理"
            self._refuse(case_id, Refused(TOO_LARGE, reason))
        files = tuple(sorted(self._files, key=lambda file: natural_key(file.name)))
        findings = self._findings
        if not files and all(f.severity == Severity.NOTE for f in findings):
            findings = [finding("SRC-EMPTY", what=what), *findings]
        return CaseFiles(case_id, files, self._application, tuple(findings))

    def add_handed_in(self, path: Path) -> None:
        """Add the single file that was handed in: a scan, or a zip of a case folder."""
        source = SourceFile(path.name, path)
        try:
            with self._open(path) as stream:
                is_zip = file_kind(stream.read(HEAD_BYTES)) == FileKind.ZIP
                if is_zip:
                    stream.seek(0)
                    self._add_members(stream, source, depth=1, prefix="")
        except Refused as refused:
            self._refuse(path.name, refused)
            return
        except OSError as error:
            self._refuse(path.name, refused_by(error))
            return
        if not is_zip:
            self._add(source, partial(self._open, path))

    def add_folder(self, folder: Path) -> None:
        """Add what lies in a case folder."""
        limit = self._limits.files
        found = list(islice(self._walk(folder, "", 0), limit + 1))
        if len(found) > limit:
            name = folder.resolve().name
            self._refuse(name, Refused(TOO_LARGE, f"文件夹中的文件超过 {limit} 个，均未处理"))
            return
        for name, path in found:
            self._add(SourceFile(name, path), partial(self._open, path))

    def _walk(self, folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, Path]]:
        """The files under a folder: name relative to the case, path. Links to folders are not
        followed."""
        try:
            found = [(e.name, e.is_dir(), e.is_symlink()) for e in os.scandir(folder)]
        except OSError as error:
            self._refuse(prefix.rstrip("/") or folder.name, refused_by(error))
            return
        for entry, is_folder, is_link in sorted(found, key=lambda e: natural_key(e[0])):
            name = prefix + entry
            if is_clutter(entry):
                continue
            if not is_folder:
                yield name, folder / entry
            elif is_link:
                self._refuse(name, Refused(UNREADABLE, "是指向文件夹的链接，未读取"))
            elif depth + 1 >= self._limits.folder_depth:
                limit = self._limits.folder_depth
                self._refuse(name, Refused(TOO_LARGE, f"文件夹嵌套超过 {limit} 层"))
            else:
                yield from self._walk(folder / entry, f"{name}/", depth + 1)

    def _open(self, path: Path) -> AbstractContextManager[IO[bytes]]:
        return open_regular(path, self._limits.case_bytes)

    def _add(self, source: SourceFile, opener: Opener, depth: int = 0) -> None:
        """Add one file: hash it, see what it is, look into it where it is a zip."""
        self._count += 1
        if self._left < 0 or self._count > self._limits.files:
            return
        try:
            with opener() as stream:
                head = stream.read(HEAD_BYTES)
                if source.name == APPLICATION:
                    self._application = self._read_application(head, stream)
                    return
                kind = file_kind(head)
                if kind == FileKind.ZIP:
                    stream.seek(0)
                    self._add_members(stream, source, depth + 1, prefix=f"{source.name}/")
                elif kind in (FileKind.IMAGE, FileKind.PDF):
                    digest, size = self._hash(head, stream)
                    if not source.members:
                        self._spend(size)
                    self._keep(replace(source, sha256=digest))
                else:
                    raise reject(kind, head, source.name)
        except Refused as refused:
            self._refuse(source.name, refused)
        except OSError as error:
            self._refuse(source.name, refused_by(error))

    def _add_members(self, stream: IO[bytes], source: SourceFile, depth: int, prefix: str) -> None:
        limits = self._limits
        if depth > limits.zip_depth:
            raise Refused(TOO_LARGE, f"压缩包嵌套超过 {limits.zip_depth} 层")
        with open_archive(stream) as archive:
            listed = members(archive, limits)
            wanted = [m for m in listed if not any(is_clutter(p) for p in m.name.split("/"))]
            # A zip of a case folder usually holds the folder, not its files.
            outer = _common_folder([m.name for m in wanted]) if not prefix else ""
            for member in wanted:
                name = prefix + member.name.removeprefix(outer)
                if member.refused is not None:
                    self._refuse(name, member.refused)
                    continue
                inner = replace(source, name=name, members=(*source.members, member.key))
                self._add(inner, partial(self._unpack, archive, member.key), depth)

    def _unpack(self, archive: ZipFile, key: str) -> IO[bytes]:
        content = read_archive_member(archive, key, self._limits)
        self._spend(len(content))
        return io.BytesIO(content)

    def _keep(self, source: SourceFile) -> None:
        other = self._names.setdefault(source.sha256, source.name)
        if other != source.name:
            self._findings.append(finding("SRC-DUPLICATE", file=source.name, other=other))
        else:
            self._files.append(source)

    def _hash(self, head: bytes, stream: IO[bytes]) -> tuple[str, int]:
        digest = hashlib.sha256(head)
        size = len(head)
        while chunk := stream.read(MEBI):
            digest.update(chunk)
            size += len(chunk)
            if size > self._limits.file_bytes:
                raise Refused(TOO_LARGE, f"超过 {self._limits.file_bytes // MEBI} MB")
        return digest.hexdigest(), size

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            limit = self._limits.case_bytes // MEBI
            raise Refused(TOO_LARGE, f"一个申请的全部文件超过 {limit} MB，其余未处理")

    def _read_application(self, head: bytes, stream: IO[bytes]) -> bytes:
        content = head + stream.read(APPLICATION_BYTES)
        if len(content) > APPLICATION_BYTES:
            raise Refused(TOO_LARGE, f"超过 {APPLICATION_BYTES // MEBI} MB")
        return content

    def _refuse(self, name: str, refused: Refused) -> None:
        self._findings.append(refused.finding(name))


def _common_folder(names: list[str]) -> str:
    """The folder, with its slash, that all names lie in; empty where there is none."""
    folders = {name.rpartition("/")[0] for name in names}
    common = os.path.commonpath(folders) if folders and "" not in folders else ""
    return f"{common}/" if common else ""


def _is_loose_case(path: Path) -> bool:
    try:
        with open_regular(path, 1 << 62) as stream:
            return file_kind(stream.read(HEAD_BYTES)) in (
                FileKind.IMAGE,
                FileKind.PDF,
                FileKind.ZIP,
            )
    except (Refused, OSError):
        return False


def _not_usable(path: Path) -> tuple[str, str]:
    """Message and hint for a path that was handed in and cannot be used."""
    if not os.path.lexists(path):
        return f"找不到文件或文件夹：{path}", "请检查路径是否正确。"
    if path.is_file():
        return f"这是文件，不是文件夹：{path}", "请指定文件夹；单个文件请用 yijianshi read。"
    return f"无法读取：{path}", "请检查该文件夹的读取权限。"
