"""Delivery to a folder: one folder a message, seen whole under its name or not at all.

``CASE.rREVISION`` holds ``message.json``, the scans by content (``scans/<sha256>.jpg``) and
``manifest.json``, which names them with size and sha256. It is written under another name, flushed
to the disk and renamed. A mark that lies beside until the receipt is kept tells, after a crash,
whether the rename was done: who collects at once and deletes is not given it a second time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from flows.delivery.message import Content, Message, MessageType
from flows.files import write_synced
from pipeline.errors import StoreError
from pipeline.model import Frozen
from pipeline.store.objects import Objects, sync_folder
from pipeline.store.outgoing import Kind, Outgoing
from pipeline.wire import DESCRIBED, Sha256, published

MANIFEST_VERSION: Literal["1"] = "1"
PARTIAL = ".partial"
"""Below a target's folder: what is being written, and marks."""
MARK = ".done"
LEFT_SECONDS = 3600.0


class ManifestFile(Frozen):
    """A file of the folder, or a scan that is none of its own."""

    model_config = DESCRIBED

    name: str | None = None
    """Its place in the folder, with forward slashes; absent of a scan that does not lie there: it
    is no file of its own in our store."""
    scan: str | None = None
    """Of a scan: its name in the packet."""
    sha256: Sha256
    """Of its bytes."""
    size_bytes: int | None = None
    """How long it is; absent where name is."""


class Manifest(Frozen):
    """What a message's folder holds."""

    model_config = DESCRIBED

    manifest_version: Literal["1"] = MANIFEST_VERSION
    """Of this schema."""
    message_id: str
    """The message's: the same however often it is sent."""
    type: MessageType
    """What the message says."""
    case_id: str
    """The case."""
    revision: int
    """Of the case for this target; it only grows."""
    replaces: int | None = None
    """The revision that this one takes the place of; absent where none was sent."""
    files: tuple[ManifestFile, ...]
    """All files beside this one."""


def manifest_schema() -> dict[str, Any]:
    """The published JSON Schema of a folder's manifest."""
    return published(Manifest, "manifest", MANIFEST_VERSION)


_SUFFIXES = {Kind.PACKET: "", Kind.REFUSAL: ".refused", Kind.REVOCATION: ".revoked"}


def folder_name(message: Outgoing) -> str:
    """The name of a message's folder."""
    return f"{message.case_id}.r{message.revision}{_SUFFIXES[message.kind]}"


def put_into_folder(
    folder: Path, message: Outgoing, made: Message, content: Content, objects: Objects | None
) -> str:
    """Put a message into a target's folder; its name there. ``objects``: where scans come from,
    None where they do not go along. Raises OSError, StoreError."""
    if not folder.is_dir():  # a share that is away must not be made anew on this disk
        raise FileNotFoundError(2, "not there")
    waiting = folder / PARTIAL
    waiting.mkdir(exist_ok=True)
    part, mark = waiting / message.message_id, _mark(folder, message)
    name = folder_name(message)
    if mark.exists() and not part.exists():
        return name  # renamed before the power went
    if not mark.exists():
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        _fill(part, message, made, content, objects)
        write_synced(mark, b"")
        sync_folder(waiting)
    target = folder / name
    if target.exists():  # of a store that was set back: what lies there stays a person's to see
        target = folder / f"{name}.{message.message_id[-8:]}"
    part.rename(target)
    sync_folder(folder)
    return target.name


def forget(folder: Path, message: Outgoing) -> None:
    """Drop the mark of a message whose receipt is kept. Raises OSError."""
    _mark(folder, message).unlink(missing_ok=True)


def leftovers(folder: Path, *, older_than_seconds: float = LEFT_SECONDS) -> dict[str, list[Path]]:
    """What kills left in a target's folder, by message id: marks of messages whose receipt is kept,
    and what was half written. What is younger may be in use. Raises OSError."""
    waiting = folder / PARTIAL
    found: dict[str, list[Path]] = {}
    for path in waiting.iterdir() if waiting.is_dir() else ():
        if time.time() - path.stat().st_mtime >= older_than_seconds:
            found.setdefault(path.name.removesuffix(MARK), []).append(path)
    return found


def clear(paths: Iterable[Path]) -> None:
    """Remove what was left. Raises OSError."""
    for path in paths:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _mark(folder: Path, message: Outgoing) -> Path:
    return folder / PARTIAL / f"{message.message_id}{MARK}"


def _fill(
    part: Path, message: Outgoing, made: Message, content: Content, objects: Objects | None
) -> None:
    text = json.dumps(made.to_data(), ensure_ascii=False, indent=1) + "\n"
    write_synced(part / "message.json", text.encode())
    files = [_listed("message.json", text.encode())]
    if objects is not None:
        files += _scans(part, content, objects)
    manifest = Manifest(
        message_id=message.message_id,
        type=made.type,
        case_id=message.case_id,
        revision=message.revision,
        replaces=message.replaces,
        files=tuple(files),
    )
    kept = manifest.model_dump(mode="json", exclude_none=True)
    data = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    write_synced(part / "manifest.json", data.encode())
    sync_folder(part)


def _scans(part: Path, content: Content, objects: Objects) -> Iterator[ManifestFile]:
    """Copy the scans of a packet; one that is no file of its own in our store is named alone."""
    for scan in content.packet.scans if content.packet is not None else ():
        suffix = PurePosixPath(scan.file).suffix.lower()
        name = f"scans/{scan.sha256}{suffix if suffix[1:].isalnum() else ''}"
        if (part / name).exists():
            continue
        if not objects.has(scan.sha256):
            yield ManifestFile(scan=scan.file, sha256=scan.sha256)
            continue
        (part / "scans").mkdir(exist_ok=True)
        with objects.local(scan.sha256).open("rb") as source, (part / name).open("xb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        copied = (part / name).stat().st_size
        with (part / name).open("rb") as written:
            if hashlib.file_digest(written, "sha256").hexdigest() != scan.sha256:
                raise StoreError("对象库中的一个文件内容已改变。", "请从备份恢复后再送达该件。")
        yield ManifestFile(name=name, scan=scan.file, sha256=scan.sha256, size_bytes=copied)
    if (part / "scans").exists():
        sync_folder(part / "scans")


def _listed(name: str, data: bytes) -> ManifestFile:
    digest = hashlib.sha256(data).hexdigest()
    return ManifestFile(name=name, sha256=digest, size_bytes=len(data))
