"""An inbox: which of its entries are cases, and why the others are not.

Nothing in an inbox is passed over without a word: every entry is a case, an entry that is named
with its reason, or what a system left behind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from pipeline.errors import InputError
from pipeline.intake.archive import BROKEN, check_directory
from pipeline.intake.kinds import HEAD_BYTES, FileKind, document_reason, file_kind, office_label
from pipeline.intake.names import case_ids, is_application, is_clutter, is_remnant, readable
from pipeline.intake.refusal import Refused, refused_by
from pipeline.intake.rejects import reject
from pipeline.intake.source import open_regular

WAITING = "尚未传完，传完后会自动处理"
OUTSIDE = "是指向收件箱以外的链接，未读取"
STRAY = "是录入信息，不在任何一件申请的文件夹里，请放进它所属的那一件"


@dataclass(frozen=True, slots=True)
class InboxCase:
    """A case of an inbox, not yet looked into. ``name`` is the entry's name as it was kept."""

    case_id: str
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Unprocessed:
    """An entry of an inbox that is no case: its name, why, and what to do (Chinese)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """What lies in an inbox, in natural order."""

    cases: tuple[InboxCase, ...]
    unprocessed: tuple[Unprocessed, ...] = ()


def list_inbox(path: Path) -> Inbox:
    """What lies in an inbox.

    Every folder and every zip in it is a case, and so is every scan that lies loose in it (a
    PDF of a whole application often does). A folder with an ``application.json`` of its own is
    not an inbox but one case, unless folders in it bring theirs: then the one beside them strayed
    in, and is named. Where two cases would have one id (a folder ``07`` and a file
    ``07.pdf``), the file keeps its extension in its id.

    Raises InputError where the inbox cannot be read.
    """
    try:
        if not path.is_dir():
            raise InputError(*not_usable(path))
        entries = sorted(path.iterdir(), key=lambda entry: natural_key(readable(entry.name)))
    except OSError as error:
        raise InputError(*not_usable(path)) from error
    typed = any(is_application(entry.name) and not entry.is_dir() for entry in entries)
    if typed and not any(map(_brings_its_own, entries)):
        name = Path(os.path.realpath(path)).name
        return Inbox((InboxCase(case_ids([name])[0], path, readable(name)),))
    entries = [entry for entry in entries if not is_clutter(readable(entry.name))]
    reasons = {entry: _reason_against(entry, path) for entry in entries}
    kept = [entry for entry in entries if reasons[entry] is None]
    stems = [_stem(entry) for entry in kept]
    names = [e.name if stems.count(_stem(e)) > 1 else _stem(e) for e in kept]
    ids = case_ids(names)
    cases = [
        InboxCase(case_id, entry, readable(entry.name))
        for case_id, entry in zip(ids, kept, strict=True)
    ]
    return Inbox(
        tuple(sorted(cases, key=lambda case: natural_key(case.case_id))),
        tuple(
            Unprocessed(readable(entry.name), reason)
            for entry, reason in reasons.items()
            if reason is not None
        ),
    )


def is_inbox(path: Path) -> bool:
    """Whether a folder that was handed in as one case holds several: no scans of its own, and
    folders or zips of which one at least brings its own ``application.json``, or several zips."""
    try:
        entries = [e for e in path.iterdir() if not is_clutter(readable(e.name))]
        if any(e.is_file() and _kind(e) in (FileKind.IMAGE, FileKind.PDF) for e in entries):
            return False
        if any(is_application(e.name) for e in entries):
            return False
        zips = [e for e in entries if e.is_file() and _kind(e) == FileKind.ZIP]
    except OSError:
        return False
    return any(map(_brings_its_own, entries)) or len(zips) > 1


def _brings_its_own(entry: Path) -> bool:
    """Whether an entry is a folder with an ``application.json``: a case of its own."""
    try:
        return entry.is_dir() and any(is_application(file.name) for file in entry.iterdir())
    except OSError:
        return False


def leads_out(link: Path, folder: Path) -> bool:
    """Whether a link leads out of a folder. One that leads to itself leads nowhere: no more is
    said of it here (``Path.resolve`` raises for it what is no OSError)."""
    return not Path(os.path.realpath(link)).is_relative_to(os.path.realpath(folder))


def not_usable(path: Path) -> tuple[str, str]:
    """Message and hint for a path that was handed in and cannot be used."""
    shown = readable(str(path))
    if not path.exists() and not path.is_symlink():
        return f"找不到文件或文件夹：{shown}", "请检查路径是否正确。"
    if path.is_file():
        return f"这是文件，不是文件夹：{shown}", "请指定文件夹；单个文件请用 yijianshi read。"
    return f"无法读取：{shown}", "请检查该文件夹的读取权限。"


def natural_key(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key by which scan2 comes before scan10."""
    return tuple(
        (0, int(part)) if part.isdecimal() and len(part) < 19 else (1, part)
        for part in _digits_apart(name.casefold())
    )


def _digits_apart(name: str) -> Iterator[str]:
    part = ""
    for c in name:
        if part and part[-1].isdecimal() != c.isdecimal():
            yield part
            part = ""
        part += c
    if part:
        yield part


def _stem(entry: Path) -> str:
    return entry.name if entry.is_dir() else entry.stem


def _reason_against(entry: Path, inbox: Path) -> str | None:
    """Why the entry is no case; None where it is one."""
    try:
        if entry.is_symlink() and leads_out(entry, inbox):
            return OUTSIDE
        if entry.is_dir():
            return _unfinished(entry)
        if is_remnant(readable(entry.name)):
            return WAITING
        with open_regular(entry, 1 << 62) as stream:
            head = stream.read(HEAD_BYTES)
    except Refused as refused:
        return refused.reason
    except OSError as error:
        return refused_by(error).reason
    if is_application(entry.name):
        return STRAY
    kind = file_kind(head)
    if kind == FileKind.ZIP:
        return _document(entry)
    if kind in (FileKind.IMAGE, FileKind.PDF):
        return None
    return reject(kind, head, readable(entry.name)).reason


def _document(entry: Path) -> str | None:
    """Why a zip that is really a document is no case; None for every other, broken ones among them:
    these are cases, whose findings say what is wrong."""
    try:
        with open_regular(entry, 1 << 62) as stream:
            check_directory(stream)
            with ZipFile(stream) as archive:
                label = office_label(archive)
    except (Refused, OSError, *BROKEN):
        return None
    return None if label is None else document_reason(label)


def _unfinished(folder: Path) -> str | None:
    """What of a case folder is still being handed in, or why the folder cannot be listed; None
    where all of it is there."""
    try:
        names = [readable(entry.name) for entry in folder.iterdir() if entry.is_file()]
    except OSError as error:
        return refused_by(error).reason
    waited_for = next((name for name in sorted(names) if is_remnant(name)), None)
    return None if waited_for is None else f"其中的“{waited_for}”{WAITING}"


def _kind(entry: Path) -> FileKind:
    try:
        with open_regular(entry, 1 << 62) as stream:
            return file_kind(stream.read(HEAD_BYTES))
    except (Refused, OSError):
        return FileKind.OTHER
