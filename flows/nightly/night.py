"""The work of a night, without Prefect: what came in is taken in, cases are divided, and the
morning gets its report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flows.batch import BatchOutcome, conclude
from flows.case_work import CaseWork, Ended
from flows.counter import today
from flows.delivery.sending import Sender, tally_lines
from flows.delivery.targets import load_targets
from flows.nightly.site import Site
from flows.outputs import check_apart, prepare
from flows.priority import BATCH_NICE
from flows.progress import Progress
from flows.reading import Reader
from flows.room import check_room
from flows.service.inbox import READY, WatchedInbox
from flows.service.taking import Taking
from flows.trace import LOG_FILE, tracing
from pipeline.settings import Settings, load_settings
from pipeline.store.cases import ended_since, open_store, take_up_again, waiting_cases
from pipeline.store.leases import free_dead
from pipeline.store.objects import open_objects

MOST_CASES = 1_000_000
"""Beyond what a night can do: all cases that wait."""


@dataclass(slots=True)
class Night:
    """A night's work under the settings of a site, in this process."""

    site: Site
    settings: Settings
    work: CaseWork
    workers: int
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: dict[str, Ended] = field(default_factory=dict)

    def take_in(self) -> None:
        """Take in what is complete in the inboxes; what is still coming waits for the next time."""
        taking = Taking(self.work, self.site.leave)
        marker = self.site.ready_marker
        watched = [
            WatchedInbox(
                path,
                self.work.tell,
                self.site.settle_seconds,
                marker or READY,
                marker is not None,
            )
            for path in self.site.inboxes
        ]
        for inbox in watched:
            inbox.look()
        if watched:
            time.sleep(self.site.settle_seconds)
        for inbox in watched:
            for case in inbox.look():
                check_room(self.work.out)
                taking.take(inbox, case)

    def waiting(self, *, again: bool) -> list[str]:
        """The cases that wait and that nobody works on; ``again``: with those that an earlier night
        set aside."""
        with self.work.store.begin() as connection:
            free_dead(connection)
            if again:
                take_up_again(connection)
            return waiting_cases(connection, MOST_CASES)

    def process(self, case_id: str) -> str:
        """Take one case to its end, unless it has come to one; what came of it."""
        check_room(self.work.out)
        self.ended[case_id] = ended = self.work.work(case_id, only_waiting=True)
        return ended.value

    def wait_for_others(self) -> None:
        """Wait for what others took first, and take what they leave undone."""
        busy = [case_id for case_id, ended in self.ended.items() if ended == Ended.BUSY]
        self.ended |= self.work.work_until_ended(busy, only_waiting=True)

    def conclude(self) -> BatchOutcome:
        """Write what is missing in OUT, send what is due, write the report."""
        work = self.work
        with work.store.snapshot() as connection:
            ids = {*self.ended, *ended_since(connection, self.began)}
        outcome = conclude(
            work,
            ids,
            self.began,
            resumed=0,
            seconds=(datetime.now(UTC) - self.began).total_seconds(),
        )
        targets = load_targets(self.settings)
        if targets.by_name:
            outcome.delivery = tally_lines(Sender(work.store, work.objects, targets).round())
        return outcome


@contextmanager
def opened_night(site: Site, tell: Callable[[str], None] | None = None) -> Iterator[Night]:
    """What it takes to work under the settings of a site. Raises UsageError, InputError,
    DependencyError, StoreError."""
    settings = load_settings()
    for inbox in site.inboxes:
        check_apart(inbox, site.out)
    prepare(site.out)
    check_room(site.out)
    with ExitStack() as stack:
        stack.enter_context(tracing(site.out / LOG_FILE))
        store = stack.enter_context(open_store(settings, site.out))
        reader = stack.enter_context(
            Reader(settings, store=store, pictures=site.out / "pictures", nice=BATCH_NICE)
        )
        if tell is None:
            tell = stack.enter_context(Progress("处理申请", 0)).tell
        objects = open_objects(settings.objects, site.out / "objects", settings.cache)
        work = CaseWork(settings, store, objects, reader, site.out, today, tell)
        yield Night(site, settings, work, reader.workers)


def portions(case_ids: Sequence[str], size: int) -> list[list[str]]:
    """The cases in portions of this size."""
    return [list(case_ids[at : at + size]) for at in range(0, len(case_ids), size)]
