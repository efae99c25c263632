"""Freed memory goes back, and a system that cannot take it back is no fault."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import memory


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    memory._trim.cache_clear()
    yield
    memory._trim.cache_clear()


def _resident_kib() -> int:
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmRSS"))


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is glibc's on Linux alone")
def test_freed_pieces_leave_the_process() -> None:
    """Many pieces between kept ones are not given back by freeing them."""
    malloc = ctypes.CDLL("libc.so.6")
    malloc.malloc.restype, malloc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    malloc.free.argtypes = [ctypes.c_void_p]
    size, count = 64 * 1024, 1600
    pieces = [malloc.malloc(size) for _ in range(count)]
    for piece in pieces:
        ctypes.memset(piece, 1, size)
    for piece in pieces[:-1]:
        malloc.free(piece)
    before = _resident_kib()
    memory.give_back()
    assert before - _resident_kib() > size * count // 1024 // 2
    malloc.free(pieces[-1])


def test_where_the_library_is_another_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", absent)
    memory.give_back()
