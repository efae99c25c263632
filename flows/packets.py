"""``OUT/packets/<department>/<case>.json``: for each department its own part of a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.files import write_whole
from pipeline.errors import StoreError
from pipeline.model import Request
from pipeline.record import Record
from validators.output.packet import make_packets, packet_schema

__all__ = ["packet_schema", "packets", "write_packets"]


def packets(record: Record, request: Request | None = None) -> dict[str, dict[str, Any]]:
    """The packets of a record by department (``hrss``, ``medical``, ``tax``), as JSON values.

    ``request`` is what was applied for; without it the packets carry no declarations.
    """
    return {
        packet.department: packet.model_dump(mode="json", exclude_none=True)
        for packet in make_packets(record, request)
    }


def write_packets(record: Record, folder: Path, request: Request | None = None) -> None:
    """Write ``folder/<department>/<case>.json``, each whole or not at all. Raises StoreError."""
    try:
        for department, packet in packets(record, request).items():
            path = folder / department / f"{record.case_id}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(packet, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise StoreError("部门数据包写入失败。", "请检查写权限和磁盘空间后重试。") from error
