"""What a run leaves in OUT for a case: record, notice, packets. Written as a set: what the case no
longer gives is removed, so that no department keeps a part that was withdrawn.

Packets of cases that are not ready lie apart, under ``packets/held``: whoever collects from a
department's folder finds only what may go out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flows.case import CaseResult
from flows.files import write_whole
from flows.notice import Letterhead, write_notice
from flows.packets import card_photos, packets
from pipeline.errors import InputError, StoreError, UsageError
from pipeline.record import Record
from pipeline.status import Status
from pipeline.store.objects import Objects

FOLDERS = ("records", "notices", "packets", "pictures")
HELD = "held"
"""Below ``packets``: the packets of cases that are not ready, by department."""


def check_apart(inbox: Path, out: Path) -> None:
    """Raise UsageError where OUT lies in the inbox: the next run would take it for a case."""
    if Path(os.path.realpath(out)).is_relative_to(os.path.realpath(inbox)):
        raise UsageError(
            f"结果目录“{out.name}”不能放在收件箱里，否则下次会被当成一件申请。",
            "请用 --out 指定收件箱以外的目录。",
        )


def prepare(out: Path) -> None:
    """Make the output folders. Raises StoreError where that is not possible."""
    try:
        for name in FOLDERS:
            (out / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"无法建立结果目录“{out.name}”。", "请检查路径是否正确、是否有写权限、磁盘是否已满。"
        ) from error


def write_outputs(
    result: CaseResult,
    out: Path,
    day: date,
    head: Letterhead,
    objects: Objects | None = None,
) -> None:
    """Write what a case gives, and remove what it gave before and gives no more: packets, notice
    (given on ``day``), and last the record, by whose absence a run that broke off is known. Packets
    carry the card photo where ``objects`` has it. Raises StoreError."""
    record = result.record
    photos = card_photos(record, objects) if objects is not None else {}
    try:
        written = set()
        for path, packet in _packets(result, out, photos):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(packet, ensure_ascii=False, indent=1) + "\n")
            written.add(path)
        for old in _old_packets(record.case_id, out):
            if old not in written:
                old.unlink(missing_ok=True)
        write_notice(record, _notice(record, out), day, head)
        write_whole(out / "records" / f"{record.case_id}.json", record.to_json())
    except OSError as error:
        raise StoreError("结果写入失败。", "请检查磁盘空间和写权限后重新运行。") from error


def remove_outputs(case_id: str, out: Path) -> None:
    """Remove what a case gave that is none any more. Raises StoreError."""
    try:
        for path in (
            *_old_packets(case_id, out),
            out / "notices" / f"{case_id}.html",
            out / "records" / f"{case_id}.json",
        ):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError("旧的结果无法删除。", "请检查写权限后重新运行同一命令。") from error


def is_written(result: CaseResult, out: Path, head: Letterhead) -> bool:
    """Whether the files of a case say what its record and the letterhead say, and no more lie
    there."""
    record = result.record
    try:
        said = (out / "records" / f"{record.case_id}.json").read_text(encoding="utf-8")
        notice = _notice(record, out).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False  # not there, or not what we wrote
    if said != record.to_json() or not head.stands_on(notice):
        return False
    wanted = {path for path, _ in _packets(result, out, {})}
    return set(_old_packets(record.case_id, out)) == wanted


def cases_without(out: Path, case_ids: Collection[str]) -> list[str]:
    """The cases whose records lie in OUT though the inbox holds them no more, by id."""
    try:
        kept = sorted(path.stem for path in (out / "records").glob("*.json"))
    except OSError as error:
        raise InputError(f"无法读取结果目录“{out.name}”。", "请检查读取权限。") from error
    return [case_id for case_id in kept if case_id not in case_ids]


def _packets(
    result: CaseResult, out: Path, photos: Mapping[str, bytes]
) -> Iterator[tuple[Path, dict[str, Any]]]:
    record = result.record
    folder = _packet_folder(record, out)
    for department, packet in packets(record, result.request, photos).items():
        yield folder / department / f"{record.case_id}.json", packet


def _notice(record: Record, out: Path) -> Path:
    return out / "notices" / f"{record.case_id}.html"


def _packet_folder(record: Record, out: Path) -> Path:
    return out / "packets" if record.status == Status.READY else out / "packets" / HELD


def _old_packets(case_id: str, out: Path) -> list[Path]:
    """The packets of a case that lie in OUT, of whichever run."""
    folder = out / "packets"
    name = f"{case_id}.json"
    rooms = [room for base in (folder, folder / HELD) if base.is_dir() for room in base.iterdir()]
    return [room / name for room in rooms if (room / name).is_file()]
