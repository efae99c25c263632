"""For each department its own part of a case."""

from __future__ import annotations

from typing import Any

from pipeline.model import Request
from pipeline.record import Record
from validators.output.packet import make_packets, packet_schema

__all__ = ["packet_schema", "packets"]


def packets(record: Record, request: Request | None = None) -> dict[str, dict[str, Any]]:
    """The packets of a record by department (``hrss``, ``medical``, ``tax``), as JSON values.

    ``request`` is what was applied for; without it the packets carry no declarations.
    """
    return {
        packet.department: packet.model_dump(mode="json", exclude_none=True)
        for packet in make_packets(record, request)
    }
