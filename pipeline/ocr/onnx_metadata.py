"""The metadata of an ONNX file, read without an ONNX library.

An ONNX file is one protocol-buffer message, ModelProto (onnx.proto3 of ONNX 1.x): field 14,
repeated, is ``metadata_props``, each with key (field 1) and value (field 2). A field is a varint
tag (number x 8 + wire type) and its payload, so all others can be stepped over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

METADATA_PROPS = 14
KEY, VALUE = 1, 2

VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of the ONNX file: key -> value.

    Raises ValueError where the bytes are no protocol-buffer message, OSError where the file
    cannot be read.
    """
    pairs = {}
    for number, payload in _fields(memoryview(path.read_bytes())):
        if number == METADATA_PROPS:
            entry = {n: bytes(p).decode("utf-8") for n, p in _fields(payload)}
            pairs[entry.get(KEY, "")] = entry.get(VALUE, "")
    return pairs


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The length-delimited fields of a message: (number, payload)."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == VARINT:
            _, at = _varint(message, at)
            continue
        if wire_type == LENGTH_DELIMITED:
            size, at = _varint(message, at)
        elif wire_type in (FIXED64, FIXED32):
            size = 8 if wire_type == FIXED64 else 4
        else:
            raise ValueError(f"not a protocol-buffer message: wire type {wire_type}")
        if at + size > len(message):
            raise ValueError("not a protocol-buffer message: a field runs over the end")
        if wire_type == LENGTH_DELIMITED:
            yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number at ``at`` (seven bits a byte, lowest first) and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("not a protocol-buffer message: a number does not end")
