"""One case of the store is taken to its end, by whoever holds its lease.

The batch, the service and the pages all work through this: a case that has arrived is read,
checked, and its record written together with what must go out, in one transaction, while its lease
is held. Each case ends DONE with its record, or QUARANTINED where it broke twice or a bug struck.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from flows.case import CaseResult, case_key
from flows.decided import decided_record
from flows.holding import held
from flows.notice import letterhead
from flows.outputs import write_outputs
from flows.pool import PoolBroken
from flows.reading import Reader
from flows.trace import log
from pipeline.errors import StoreError
from pipeline.intake.case import CaseFiles, list_entries
from pipeline.intake.source import read_bytes
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.store import leases
from pipeline.store.arrivals import case_entries
from pipeline.store.cases import ONCE, CaseState, Store
from pipeline.store.leases import Lease, LeaseLost
from pipeline.store.objects import Objects
from pipeline.store.trouble import Trouble, trouble_of

BUSY_SECONDS = 1.0
"""Between two looks at cases that another took first."""


class Ended(StrEnum):
    """What came of working on a case."""

    DONE = "done"
    RESUMED = "resumed"
    """It was done, and nothing has changed since."""
    QUARANTINED = "quarantined"
    BUSY = "busy"
    """Another works on it."""


@dataclass(slots=True)
class CaseWork:
    """What it takes to work on cases. Safe to share between threads."""

    settings: Settings
    store: Store
    objects: Objects
    reader: Reader
    out: Path
    today: Callable[[], date]
    tell: Callable[[str], None]
    accepted_on: date | None = None
    """The day of acceptance of cases that say none."""
    owner: str = field(default_factory=leases.new_owner)
    pages_read: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, case_id: str, *, only_waiting: bool = False) -> Ended:
        """Take one case to its end; with ``only_waiting`` not where it has come to one already.
        Never raises for a case's own sake: a bug in one case must not stop the others. Raises
        StoreError where no case can end well."""
        # A thread is an owner of its own: two threads of one process hold each other off too.
        owner = f"{self.owner}:{threading.get_ident()}"
        with held(self.store, f"case:{case_id}", owner) as lease:
            if lease is None:
                return Ended.BUSY
            if only_waiting and not self._waits(case_id):
                return Ended.RESUMED
            try:
                return self._work(case_id, lease)
            except LeaseLost:
                log.warning("lease lost", case=case_id)
                return Ended.BUSY
            except StoreError:
                raise  # the disk is full or gone: no case can end well
            except Exception as error:  # noqa: BLE001  quarantines this case alone, and says so
                return self.quarantine(case_id, trouble_of(error), lease=lease)

    def _work(self, case_id: str, lease: Lease) -> Ended:
        files = self._files(case_id)
        key = self._key(files)
        if self._is_done(case_id, key):
            log.info("case resumed", case=case_id)
            return Ended.RESUMED
        began = time.monotonic()
        self.store.write_case(case_id, key, CaseState.RUNNING, attempts=1, lease=lease)
        try:
            result = self._result(files, alone=False)
        except PoolBroken:
            self.store.write_case(case_id, key, CaseState.RUNNING, attempts=2, lease=lease)
            try:
                result = self._result(files, alone=True)
            except PoolBroken as error:
                trouble = trouble_of(error, str(error))
                return self.quarantine(case_id, trouble, key=key, attempts=2, lease=lease)
        done_key = key if result.lasting else ONCE
        self._keep_members(files, result.record)  # first: what goes out may go with the record
        self.store.write_record(
            case_id,
            done_key,
            result.record,
            result.request,
            lease=lease,
            seconds=round(time.monotonic() - began, 3),
        )
        write_outputs(result, self.out, self.today(), letterhead(self.settings), self.objects)
        log.info(
            "case done",
            case=case_id,
            status=result.record.status.value,
            rules=sorted({found.rule for found in result.record.findings}),
            files=len(files.files),
        )
        return Ended.DONE

    def work_until_ended(
        self, case_ids: Iterable[str], *, only_waiting: bool = False
    ) -> dict[str, Ended]:
        """Wait for cases that others took first, and take what they leave undone; what came of
        each here. How many are waited for is said once, and again where it has changed: a night's
        log is read by somebody."""
        ended, said = dict.fromkeys(case_ids, Ended.BUSY), 0
        while busy := [case_id for case_id, end in ended.items() if end == Ended.BUSY]:
            if len(busy) != said:
                said = len(busy)
                self.tell(f"另一个 yijianshi 正在处理其余 {said} 件，等待中……")
            time.sleep(BUSY_SECONDS)
            with self.store.begin() as connection:
                leases.free_dead(connection)
            for case_id in busy:
                ended[case_id] = self.work(case_id, only_waiting=only_waiting)
        return ended

    def _waits(self, case_id: str) -> bool:
        row = self.store.find_case(case_id)
        return row is not None and row.state in (CaseState.ARRIVED, CaseState.RUNNING)

    def is_done(self, case_id: str) -> bool:
        """Whether a case is done and nothing has changed since: to know it costs no model."""
        return self._is_done(case_id, self._key(self._files(case_id)))

    def _key(self, files: CaseFiles) -> str:
        keys = [self.reader.key(file) for file in files.files]
        return case_key(files, keys, self.today(), self.accepted_on)

    def _is_done(self, case_id: str, key: str) -> bool:
        before = self.store.find_case(case_id)
        if before is None or before.state == CaseState.JOINED:
            return before is not None
        return (before.content_key, before.state) == (key, CaseState.DONE)

    def _keep_members(self, files: CaseFiles, record: Record) -> None:
        """Keep the scans that lie in an archive by their own content too: departments get them."""
        by_name = {source.name: source for source in files.files if source.members}
        for page in {page for document in record.documents for page in document.pages}:
            if page.file in by_name and not self.objects.has(page.sha256):
                data = read_bytes(by_name[page.file], self.settings.limits)
                self.objects.put(io.BytesIO(data))

    def _files(self, case_id: str) -> CaseFiles:
        with self.store.snapshot() as connection:
            entries = case_entries(connection, self.objects, case_id)
        return list_entries(entries, self.settings.limits, case_id)

    def _result(self, files: CaseFiles, *, alone: bool) -> CaseResult:
        def done(pages: int) -> None:
            with self._lock:
                self.pages_read += pages

        readings = self.reader.read(files.files, done, alone=alone)
        return decided_record(
            self.store, self.reader, files, readings, self.today(), self.accepted_on
        )

    def quarantine(
        self,
        case_id: str,
        trouble: Trouble,
        *,
        key: str = ONCE,
        attempts: int = 1,
        lease: Lease | None = None,
    ) -> Ended:
        """Set a case aside with what is known of why."""
        self.tell(f"“{case_id}”处理失败（{trouble.kinds[0]}），已搁置。")
        state = CaseState.QUARANTINED
        self.store.write_case(case_id, key, state, attempts=attempts, trouble=trouble, lease=lease)
        log.error(
            "case quarantined",
            case=case_id,
            kinds=trouble.kinds,
            places=trouble.places,
            step=trouble.step,
            attempts=attempts,
        )
        return Ended.QUARANTINED
