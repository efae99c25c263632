"""Whether the disk has room for more work. Asked before work is taken, so that what is in hand can
still be finished and kept."""

from __future__ import annotations

from pathlib import Path

import psutil

from pipeline.errors import StoreError

LEAST_FREE_BYTES = 1 << 30
"""Below this nothing new is begun: a case of many scans writes some hundred megabytes."""


def has_room(folder: Path) -> bool:
    """Whether the disk on which a folder lies has room."""
    return bool(psutil.disk_usage(str(folder)).free >= LEAST_FREE_BYTES)


def check_room(folder: Path) -> None:
    """Raise StoreError where there is none."""
    if not has_room(folder):
        raise StoreError(
            "磁盘剩余空间不足 1 GB，没有继续处理。",
            "请腾出空间后再次运行同一命令；已完成的不会重做。",
        )
