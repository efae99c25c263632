"""For each department its own part of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.errors import StoreError
from pipeline.intake.kinds import HEAD_BYTES, FileKind, file_kind
from pipeline.model import DocumentType, Request
from pipeline.record import Record
from pipeline.store.objects import Objects
from validators.output.packet import PHOTO_MATTER, make_packets, packet_schema

__all__ = ["card_photos", "packet_schema", "packets"]

PHOTO_MAX_BYTES = 1_000_000
"""The guide allows 50K; what is larger is a scan that a photo lies on, no photo."""


def card_photos(record: Record, objects: Objects) -> dict[str, bytes]:
    """The bytes of the card photos of a case that asks for a card, by sha256: of those alone that
    are a picture file of their own and lie in the object store."""
    if PHOTO_MATTER not in {matter.code for matter in record.matters}:
        return {}
    photos = {}
    for document in record.documents:
        for page in document.pages if document.type == DocumentType.PHOTO else ():
            data = _small_picture(page.sha256, objects)
            if data is not None:
                photos[page.sha256] = data
    return photos


def _small_picture(sha256: str, objects: Objects) -> bytes | None:
    if not objects.has(sha256):
        return None
    try:
        with objects.local(sha256).open("rb") as stream:
            data = stream.read(PHOTO_MAX_BYTES + 1)
    except (OSError, StoreError):
        return None  # the packet says which photo it is; its bytes can still be asked for
    is_small = len(data) <= PHOTO_MAX_BYTES
    return data if is_small and file_kind(data[:HEAD_BYTES]) == FileKind.IMAGE else None


def packets(
    record: Record, request: Request | None = None, photos: Mapping[str, bytes] | None = None
) -> dict[str, dict[str, Any]]:
    """The packets of a record by department (``hrss``, ``medical``, ``tax``), as JSON values.

    ``request`` is what was applied for, where the record does not say it; ``photos`` are the bytes
    of card photos, by sha256.
    """
    return {packet.department: packet.to_data() for packet in make_packets(record, request, photos)}
