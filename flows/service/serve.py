"""``yijianshi serve``: what is complete in the inboxes is taken in; what has arrived is worked on.

Taking in and working are apart, with the store between them: a case that arrived is taken to its
end whoever handed it in, by whichever service gets its lease, now or after a restart.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import watchfiles

from flows.case_work import CaseWork
from flows.counter import today
from flows.delivery.sending import Sender
from flows.delivery.targets import load_targets
from flows.outputs import check_apart, prepare
from flows.progress import Progress
from flows.reading import Reader
from flows.room import has_room
from flows.seeing.health import health_server
from flows.seeing.status import Status, read_status
from flows.service.delivering import Delivering
from flows.service.inbox import READY, WatchedInbox
from flows.service.taking import Taking
from flows.trace import LOG_FILE, log, tracing
from pipeline import __version__
from pipeline.errors import InputError, StoreError
from pipeline.settings import Settings, load_settings
from pipeline.store.cases import Store, open_store, waiting_cases
from pipeline.store.leases import free_dead
from pipeline.store.objects import open_objects

AWAY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Ways:
    """How inboxes are watched: see ``yijianshi serve --help``."""

    settle_seconds: float = 10.0
    marker: str | None = None
    leave: bool = False
    rescan_seconds: float = 5.0
    health: tuple[str, int] | None = None
    """Host and port at which the health is told."""


@dataclass(slots=True)
class Service:
    """The inboxes, and the work on what came in. ``round`` does what there is to do now."""

    inboxes: Sequence[WatchedInbox]
    work: CaseWork
    taking: Taking
    ways: Ways
    pool: ThreadPoolExecutor
    ahead: int
    """Cases that are in hand at most."""
    _in_hand: dict[str, Future[None]] = field(default_factory=dict)
    _is_full: bool = False

    def round(self) -> None:
        """Take in what is complete, and start on what has arrived. Raises StoreError where the
        store is away."""
        for inbox in self.inboxes:
            for case in inbox.look():
                self.start_work()
                if self._has_room():
                    self.taking.take(inbox, case)
        self.start_work()

    def start_work(self) -> None:
        """Start on the oldest cases that wait, as far as there is room for more in hand."""
        self._in_hand = {i: future for i, future in self._in_hand.items() if not future.done()}
        room = self.ahead - len(self._in_hand)
        if room <= 0 or not self._has_room():
            return
        with self.work.store.begin() as connection:
            free_dead(connection)
            # Cases in hand still count as waiting: enough are asked for to see beyond them.
            waiting = waiting_cases(connection, 2 * self.ahead)
        for case_id in [one for one in waiting if one not in self._in_hand][:room]:
            self._in_hand[case_id] = self.pool.submit(self._work, case_id)

    def is_idle(self) -> bool:
        """Whether nothing is in hand."""
        return all(future.done() for future in self._in_hand.values())

    def _work(self, case_id: str) -> None:
        try:
            self.work.work(case_id)
        except StoreError as error:  # the case still waits in the store, for when it is back
            self.work.tell(f"“{case_id}”暂时无法处理：{error.message}稍后重试。")
            log.warning("store away", case=case_id)
        except InputError as error:
            self.work.tell(f"“{case_id}”：{error.message}")

    def _has_room(self) -> bool:
        """Whether the disk has room for more work; said when that changes."""
        is_full = not has_room(self.work.out)
        if is_full and not self._is_full:
            self.work.tell("磁盘剩余空间不足 1 GB，暂停接收和处理；腾出空间后自动继续。")
        elif self._is_full and not is_full:
            self.work.tell("磁盘空间已恢复，继续处理。")
        self._is_full = is_full
        return not is_full


def serve_inboxes(
    inboxes: Sequence[Path], out: Path, ways: Ways, *, workers: int | None = None
) -> None:
    """Serve until interrupted.

    Raises UsageError where ``out`` lies in an inbox or the delivery file is wrong, DependencyError
    where model files are missing, StoreError where the store cannot be opened at the start.
    """
    for inbox in inboxes:
        check_apart(inbox, out)
    prepare(out)
    settings = load_settings()
    targets = load_targets(settings)
    store = open_store(settings, out)
    over = threading.Event()
    with (
        tracing(out / LOG_FILE),
        Reader(settings, workers, store=store, pictures=out / "pictures") as reader,
        Progress("处理申请", 0) as progress,
    ):
        log.info("service begun", version=__version__, inboxes=len(inboxes))
        reader.warm()
        objects = open_objects(settings.objects, out / "objects", settings.cache)
        work = CaseWork(settings, store, objects, reader, out, today, progress.tell)
        threads = 2 * reader.workers
        watched = [
            WatchedInbox(
                path,
                progress.tell,
                ways.settle_seconds,
                ways.marker or READY,
                ways.marker is not None,
            )
            for path in inboxes
        ]
        with ThreadPoolExecutor(threads) as pool:
            taking = Taking(work, ways.leave)
            service = Service(watched, work, taking, ways, pool, 2 * threads)
            taking.meanwhile = service.start_work
            if targets.by_name:
                delivering = Delivering(Sender(store, objects, targets), progress.tell)
                threading.Thread(target=delivering.run, args=(over,), daemon=True).start()
            progress.tell(f"正在值守 {len(inboxes)} 个收件箱，结果在 {out}（Ctrl-C 结束）")
            with ExitStack() as told:
                told.callback(over.set)
                if ways.health is not None:
                    read = partial(_status, settings, store, out)
                    told.enter_context(health_server(ways.health, read))
                _serve(service, inboxes)


def _status(settings: Settings, store: Store, out: Path) -> Status:
    return read_status(settings, store, out, today())


def _serve(service: Service, inboxes: Sequence[Path]) -> None:
    changed = threading.Event()
    for inbox in inboxes:
        threading.Thread(target=_watch, args=(inbox, changed), daemon=True).start()
    is_away = False
    while True:
        try:
            service.round()
            is_away = False
        except (StoreError, OSError) as error:
            if not is_away:
                said = error.message if isinstance(error, StoreError) else str(error.strerror)
                service.work.tell(f"{said}恢复后自动继续。")
            is_away = True
        # Cases that end make room for others sooner than the next look at the inboxes.
        changed.wait(service.ways.rescan_seconds if service.is_idle() else 0.5)
        changed.clear()


def _watch(inbox: Path, changed: threading.Event) -> None:
    """Say when something changes in an inbox. Shares that tell nothing are seen by the rescan."""
    again = threading.Event()
    while True:
        try:
            for _ in watchfiles.watch(inbox, raise_interrupt=False):
                changed.set()
        except (OSError, RuntimeError):  # it is away, or the machine has no watches left
            pass
        again.wait(AWAY_SECONDS)
