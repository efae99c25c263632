"""A case: the files of one application, in a folder, a zip of such a folder, or a single file.

Listing reads every file once, for its kind and its hash; pages are read later, file by file, by
:func:`pipeline.intake.source.read_source`.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
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
from pipeline.intake.inbox import leads_out, natural_key, not_usable
from pipeline.intake.kinds import HEAD_BYTES, FileKind, file_kind
from pipeline.intake.names import case_ids, is_application, is_clutter, is_remnant, readable, unique
from pipeline.intake.refusal import TOO_LARGE, UNREADABLE, Refused, refused_by
from pipeline.intake.rejects import reject
from pipeline.intake.source import SourceFile, open_regular
from pipeline.settings import MEBI, Limits

APPLICATION_BYTES = MEBI
MISPLACED = "是录入信息，但不在本件的最外层，未采用，请移到最外层后重新核验"
MOST_NAMED = 3
"""Of several files of typed facts in one message."""
UNFINISHED = "尚未传完，传完后请重新核验"


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
class Entry:
    """A file as it was handed in: its name within the case, and where its bytes lie. ``sha256``
    where they lie by their content, so that listing need not read them to know it."""

    name: str
    path: Path
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """What was handed in as one case, not yet looked into: a folder's files, or a single file.

    ``findings`` are those of entries that are not taken: links that lead out, folders too deep.
    """

    name: str
    is_folder: bool
    files: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()


def list_case(path: Path, limits: Limits, case_id: str | None = None) -> CaseFiles:
    """The files of a case: a folder, a zip of one, or a single scan.

    Raises InputError where ``path`` itself cannot be used; all else becomes findings.
    """
    entries = find_entries(path, limits)
    name = Path(os.path.realpath(path)).name if entries.is_folder else path.stem
    return list_entries(entries, limits, case_id or case_ids([name])[0])


def find_entries(path: Path, limits: Limits) -> Entries:
    """What lies in a case's folder; the file itself where the case is one file. Raises InputError
    where ``path`` cannot be used."""
    try:
        path.stat()
        is_folder = path.is_dir()
        if is_folder:
            next(iter(path.iterdir()), None)
    except OSError as error:
        raise InputError(*not_usable(path)) from error
    if not is_folder:
        return Entries(readable(path.name), False, (Entry(readable(path.name), path),))
    return _Walk(path, limits).entries()


def list_entries(entries: Entries, limits: Limits, case_id: str) -> CaseFiles:
    """Look into what was handed in as one case; what is wrong with it becomes findings."""
    listing = _Listing(limits, entries.findings)
    for entry in entries.files:
        if entries.is_folder:
            listing.add(entry)
        else:
            listing.add_handed_in(entry)
    what = f"{'文件夹' if entries.is_folder else '文件'}“{entries.name}”"
    return listing.done(case_id, what)


class _Walk:
    """Finds the files of a case folder."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._root = Path(os.path.realpath(folder))
        self._folder = folder
        self._limits = limits
        self._findings: list[Finding] = []

    def entries(self) -> Entries:
        """What lies in the folder, names that are the same after all made unique."""
        name = readable(self._root.name)
        limit = self._limits.files
        found = list(islice(self._walk(self._folder, "", 0), limit + 1))
        if len(found) > limit:
            self._refuse(name, Refused(TOO_LARGE, f"文件夹中的文件超过 {limit} 个，均未处理"))
            found = []
        names = unique(name for name, _ in found)
        files = tuple(Entry(name, path) for name, (_, path) in zip(names, found, strict=True))
        return Entries(name, True, files, tuple(self._findings))

    def _walk(self, folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, Path]]:
        """The files under a folder: name relative to the case, path. Links to folders are not
        followed, nor links that lead out of the case."""
        try:
            found = [(e.name, _is_folder(e), e.is_symlink()) for e in os.scandir(folder)]
        except OSError as error:
            self._refuse(prefix.rstrip("/") or readable(folder.name), refused_by(error))
            return
        for entry, is_folder, is_link in sorted(found, key=lambda e: natural_key(readable(e[0]))):
            shown = readable(entry)
            name = prefix + shown
            if is_clutter(shown):
                continue
            if not is_folder and is_link and leads_out(folder / entry, self._root):
                self._refuse(name, Refused(UNREADABLE, "是指向本件以外的链接，未读取"))
            elif not is_folder:
                yield name, folder / entry
            elif is_link:
                self._refuse(name, Refused(UNREADABLE, "是指向文件夹的链接，未读取"))
            elif depth + 1 >= self._limits.folder_depth:
                limit = self._limits.folder_depth
                self._refuse(name, Refused(TOO_LARGE, f"文件夹嵌套超过 {limit} 层"))
            else:
                yield from self._walk(folder / entry, f"{name}/", depth + 1)

    def _refuse(self, name: str, refused: Refused) -> None:
        self._findings.append(refused.finding(name))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself: what it is is said when it is opened
        return False


Opener = Callable[[], AbstractContextManager[IO[bytes]]]


class _Listing:
    """Collects the files of one case."""

    def __init__(self, limits: Limits, findings: Sequence[Finding] = ()) -> None:
        self._limits = limits
        self._files: list[SourceFile] = []
        self._findings: list[Finding] = [*findings]
        self._application: bytes | None = None
        self._typed: list[str] = []
        self._names: dict[str, str] = {}
        self._left = limits.case_bytes
        self._count = 0

    def done(self, case_id: str, what: str) -> CaseFiles:
        """The case; SRC-EMPTY where nothing in it looks like a scan."""
        if self._count > self._limits.files:
            reason = f"含 {self._limits.files} 个以上文件，其余未处理"
            self._refuse(case_id, Refused(TOO_LARGE, reason))
        self._tell_typed_within(what)
        files = tuple(sorted(self._files, key=lambda file: natural_key(file.name)))
        findings = self._findings
        if not files and all(f.severity == Severity.NOTE for f in findings):
            findings = [finding("SRC-EMPTY", what=what), *findings]
        return CaseFiles(case_id, files, self._application, tuple(findings))

    def add(self, entry: Entry) -> None:
        """Add a file of a case folder."""
        source = SourceFile(entry.name, entry.path, sha256=entry.sha256)
        self._add(source, partial(self._open, entry.path))

    def add_handed_in(self, entry: Entry) -> None:
        """Add the single file that was handed in: a scan, or a zip of a case folder."""
        source = SourceFile(entry.name, entry.path)
        try:
            with self._open(entry.path) as stream:
                is_zip = file_kind(stream.read(HEAD_BYTES)) == FileKind.ZIP
                if is_zip:
                    stream.seek(0)
                    self._add_members(stream, source, depth=1, prefix="")
        except Refused as refused:
            self._refuse(source.name, refused)
            return
        except OSError as error:
            self._refuse(source.name, refused_by(error))
            return
        if not is_zip:
            self.add(entry)

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
                if is_application(source.name):
                    self._take_application(source.name, self._read_application(head, stream))
                    return
                if is_application(source.name.rpartition("/")[2]):
                    self._typed.append(source.name)
                    return
                if is_remnant(source.name.rpartition("/")[2]):
                    raise Refused(UNREADABLE, UNFINISHED, Severity.REVIEW)
                kind = file_kind(head)
                if kind == FileKind.ZIP:
                    stream.seek(0)
                    self._add_members(stream, source, depth + 1, prefix=f"{source.name}/")
                elif kind in (FileKind.IMAGE, FileKind.PDF):
                    digest, size = self._hash(head, stream, source.sha256)
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
                path = (*source.members, member.key)
                inner = replace(source, name=name, members=path, sha256="")
                self._add(inner, partial(self._unpack, archive, member.key), depth)

    def _unpack(self, archive: ZipFile, key: int) -> IO[bytes]:
        content = read_archive_member(archive, key, self._limits)
        self._spend(len(content))
        return io.BytesIO(content)

    def _keep(self, source: SourceFile) -> None:
        other = self._names.setdefault(source.sha256, source.name)
        if other != source.name:
            self._findings.append(finding("SRC-DUPLICATE", file=source.name, other=other))
        else:
            self._files.append(source)

    def _hash(self, head: bytes, stream: IO[bytes], known: str) -> tuple[str, int]:
        """The digest of a file, and its bytes; read to its end only where it is not ``known``."""
        if known:
            size = stream.seek(0, os.SEEK_END)
            self._check_size(size, head)
            return known, size
        digest = hashlib.sha256(head)
        size = len(head)
        while chunk := stream.read(MEBI):
            digest.update(chunk)
            size += len(chunk)
            self._check_size(size, head)
        return digest.hexdigest(), size

    def _check_size(self, size: int, head: bytes) -> None:
        if size > max(len(head), self._limits.file_bytes):
            raise Refused(TOO_LARGE, f"超过 {self._limits.file_bytes // MEBI} MB")

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            limit = self._limits.case_bytes // MEBI
            raise Refused(TOO_LARGE, f"一个申请的全部文件超过 {limit} MB，其余未处理")

    def _tell_typed_within(self, what: str) -> None:
        """Say of typed facts that lie in folders of the case: several are several applications put
        together, and one is in the wrong place. None of them is taken."""
        typed = self._typed
        if len(typed) + (self._application is not None) > 1:
            shown = "、".join(f"“{name}”" for name in typed[:MOST_NAMED])
            more = f"等 {len(typed)} 份" if len(typed) > MOST_NAMED else ""
            self._findings.append(finding("SRC-SEVERAL", what=what, files=f"{shown}{more}"))
        elif typed:
            self._refuse(typed[0], Refused(UNREADABLE, MISPLACED, Severity.REVIEW))

    def _take_application(self, name: str, content: bytes) -> None:
        """Keep the typed facts. Two files of that name, told apart by capitals alone, that say
        different things are a question for a person: the first counts."""
        if self._application is None:
            self._application = content
        elif self._application != content:
            reason = "与另一份同名的申请信息内容不同，未采用"
            self._refuse(name, Refused(UNREADABLE, reason, Severity.REVIEW))

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
