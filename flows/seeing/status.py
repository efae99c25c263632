"""``yijianshi status``: how everything stands, for people and as JSON. Counts only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psutil

from flows.delivery.targets import TARGET_LABELS
from flows.report import STATUS_LABELS
from flows.room import LEAST_FREE_BYTES
from pipeline.model import Frozen
from pipeline.settings import Settings
from pipeline.store.cases import Store
from pipeline.store.figures import Standing, standing

STATE_LABELS = {"arrived": "等待处理", "running": "处理中或中断"} | STATUS_LABELS
STATE_LABELS |= {"joined": "已并入另一件"}
SENDING_LABELS = {"waiting": "待送", "sent": "已送", "dead": "搁置"}


class Status(Frozen):
    """How everything stands at a moment."""

    at: datetime
    standing: Standing
    disk_free_bytes: int
    disk_total_bytes: int
    delivers: bool
    """Whether a delivery file is set."""

    @property
    def has_room(self) -> bool:
        """Whether the disk has room for work."""
        return self.disk_free_bytes >= LEAST_FREE_BYTES


def read_status(
    settings: Settings, store: Store, out: Path, today: date, *, now: datetime | None = None
) -> Status:
    """How everything stands. Raises StoreError."""
    now = now or datetime.now(UTC)
    with store.snapshot() as connection:
        found = standing(connection, today, now=now)
    disk = psutil.disk_usage(str(out if out.exists() else out.parent))
    return Status(
        at=now,
        standing=found,
        disk_free_bytes=disk.free,
        disk_total_bytes=disk.total,
        delivers=settings.delivery is not None,
    )


def status_lines(status: Status) -> Iterator[str]:
    """On a terminal."""
    stands = status.standing
    yield f"案件 {sum(stands.cases.values())} 件"
    for name, label in STATE_LABELS.items():
        if count := stands.cases.get(name):
            yield f"  {label} {count}"
    if stands.oldest_waiting_since is not None:
        yield f"  等得最久的已 {_since(stands.oldest_waiting_since, status.at)}"
    yield f"速度 最近一小时 {stands.ended_last_hour} 件，最近一天 {stands.ended_last_day} 件"
    yield f"正在处理的程序 {stands.workers} 个"
    yield f"部门办理中 {stands.with_departments} 件，超过承诺期限 {stands.overdue} 件"
    if not status.delivers:
        yield "送达 未设置（YIJIANSHI_DELIVERY）"
    for target, counts in sorted(stands.outbox.items()):
        told = [
            f"{label} {counts[name]}" for name, label in SENDING_LABELS.items() if name in counts
        ]
        if told:
            yield f"  送达{TARGET_LABELS.get(target, target)}：{'，'.join(told)}"
    if stands.outbox_waiting_since is not None:
        yield f"  待送最久的已 {_since(stands.outbox_waiting_since, status.at)}"
    free, total = status.disk_free_bytes / (1 << 30), status.disk_total_bytes / (1 << 30)
    low = "" if status.has_room else "（不足 1 GB：暂停接收，请腾出空间）"
    yield f"磁盘 剩余 {free:.1f} GB，共 {total:.1f} GB{low}"


def _since(moment: datetime, now: datetime) -> str:
    minutes = max(0, int((now - moment).total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分"
