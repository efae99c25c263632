"""For each department its own part of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.model import Request
from pipeline.record import Record
from validators.output.packet import make_packets, packet_schema

__all__ = ["packet_schema", "packets"]


def packets(
    record: Record, request: Request | None = None, photos: Mapping[str, bytes] | None = None
) -> dict[str, dict[str, Any]]:
    """The packets of a record by department (``hrss``, ``medical``, ``tax``), as JSON values.

    ``request`` is what was applied for, where the record does not say it; ``photos`` are the bytes
    of card photos, by sha256.
    """
    return {packet.department: packet.to_data() for packet in make_packets(record, request, photos)}
