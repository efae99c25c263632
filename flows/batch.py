"""``yijianshi run``: every case of an inbox becomes a record; running it again resumes.

Each case ends in exactly one state of the store: DONE with its record, or QUARANTINED where it
broke twice or a bug struck. The files in OUT (records, notices, packets, report) are made from the
store's records and may be made again at any time.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError

from flows.case import CaseResult, case_key, make_case_record
from flows.counter import today
from flows.files import write_whole
from flows.outputs import cases_without, check_apart, is_written, prepare, write_outputs
from flows.pool import PoolBroken
from flows.priority import BATCH_NICE
from flows.progress import Progress
from flows.reading import Reader
from flows.report import STATUS_LABELS, render_report
from flows.trace import LOG_FILE, log, tracing
from pipeline import __version__
from pipeline.errors import InputError, StoreError
from pipeline.finding import finding
from pipeline.intake.case import CaseFiles, list_case
from pipeline.intake.inbox import Inbox, InboxCase, Unprocessed, list_inbox
from pipeline.model import Request
from pipeline.record import Record, Status, with_findings
from pipeline.settings import Settings, load_settings
from pipeline.store.cases import CaseRow, CaseState, Store, open_store
from pipeline.store.trouble import Trouble, trouble_of
from validators.papers.repeats import find_repeats, trace_of

ONCE = "once"
"""Stands for the content key of a case that must be taken up anew the next time."""


@dataclass(slots=True)
class BatchOutcome:
    """What came of a run."""

    out: Path
    records: list[Record]
    quarantined: list[str]
    resumed: int
    pages_read: int
    seconds: float
    unprocessed: Sequence[Unprocessed] = ()
    gone: Sequence[str] = ()
    """Cases whose results lie in OUT though the inbox holds them no more."""

    @property
    def statuses(self) -> list[Status]:
        """The statuses of all cases that ended in a record."""
        return [record.status for record in self.records]

    def lines(self) -> Iterator[str]:
        """What was made and where, for standard output."""
        counts = Counter(self.statuses)
        total = len(self.records) + len(self.quarantined)
        if not total and not self.unprocessed:
            yield "收件箱是空的：没有申请文件夹、zip 或扫描件。请检查路径，或放入材料后再运行。"
        yield f"共 {total} 件，用时 {self.seconds:.0f} 秒，新识别 {self.pages_read} 页。"
        for status in Status:
            yield f"  {STATUS_LABELS[status]}：{counts[status]}"
        if self.quarantined:
            yield f"  {STATUS_LABELS['quarantined']}：{len(self.quarantined)}"
            for case_id in self.quarantined:
                yield f"    {case_id}（原因：yijianshi doctor --case {case_id} --out {self.out}）"
        if self.unprocessed:
            yield f"未处理的文件 {len(self.unprocessed)} 个："
            for entry in self.unprocessed:
                yield f"  “{entry.name}”{entry.reason}"
        if self.gone:
            yield f"另有 {len(self.gone)} 件已不在收件箱中，以前的结果仍在：{'、'.join(self.gone)}"
        if self.resumed:
            yield f"其中 {self.resumed} 件内容未变，沿用上次结果。"
        yield f"记录      {self.out / 'records'}"
        yield f"告知书    {self.out / 'notices'}"
        yield f"部门数据  {self.out / 'packets'}"
        yield f"汇总报告  {self.out / 'report.html'}"


@dataclass(slots=True)
class Batch:
    """One run over one inbox. ``process`` is what a Prefect task calls, from many threads."""

    settings: Settings
    cases: Sequence[InboxCase]
    out: Path
    store: Store
    reader: Reader
    progress: Progress
    today: date
    pages_read: int = 0
    resumed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def process(self, position: int) -> str:
        """Take one case to its end; the state it ended in. Never raises for a case's own sake:
        a bug in one case must not stop the others."""
        case = self.cases[position]
        try:
            state = self._process(case)
        except StoreError:
            raise  # the disk is full or gone: no case can end well
        except Exception as error:  # noqa: BLE001  quarantines this case alone, and says so
            self.progress.tell(f"“{case.case_id}”处理失败（{type(error).__name__}），已搁置。")
            state = self._quarantine(case.case_id, ONCE, trouble_of(error), attempts=1)
        self.progress.advance()
        return state.value

    def _process(self, case: InboxCase) -> CaseState:
        case_id = case.case_id
        files = self._list(case)
        key = case_key(files, [self.reader.key(f) for f in files.files], self.today)
        before = self.store.find_case(case_id)
        if before is not None and before.content_key == key and before.state == CaseState.DONE:
            with self._lock:
                self.resumed += 1
            log.info("case resumed", case=case_id)
            return CaseState.DONE
        self.store.write_case(case_id, key, CaseState.RUNNING, attempts=1)
        try:
            result = self._result(files, alone=False)
        except PoolBroken:
            self.store.write_case(case_id, key, CaseState.RUNNING, attempts=2)
            try:
                result = self._result(files, alone=True)
            except PoolBroken as error:
                return self._quarantine(case_id, key, trouble_of(error, str(error)), attempts=2)
        done_key = key if result.lasting else ONCE
        self.store.write_record(case_id, done_key, result.record, result.request)
        write_outputs(result, self.out)
        log.info(
            "case done",
            case=case_id,
            status=result.record.status.value,
            rules=sorted({found.rule for found in result.record.findings}),
            files=len(files.files),
        )
        return CaseState.DONE

    def _quarantine(self, case_id: str, key: str, trouble: Trouble, attempts: int) -> CaseState:
        """Set a case aside with what is known of why."""
        state = CaseState.QUARANTINED
        self.store.write_case(case_id, key, state, attempts=attempts, trouble=trouble)
        log.error(
            "case quarantined",
            case=case_id,
            kinds=trouble.kinds,
            places=trouble.places,
            step=trouble.step,
            attempts=attempts,
        )
        return state

    def _list(self, case: InboxCase) -> CaseFiles:
        """The case's files. A case that vanished since the inbox was listed is a finding."""
        try:
            return list_case(case.path, self.settings.limits, case.case_id)
        except InputError as error:
            found = finding(
                "SRC-UNREADABLE", file=case.path.name, reason=error.message.rstrip("。")
            )
            return CaseFiles(case.case_id, (), None, (found,))

    def _result(self, files: CaseFiles, *, alone: bool) -> CaseResult:
        def done(pages: int) -> None:
            with self._lock:
                self.pages_read += pages

        readings = self.reader.read(files.files, done, alone=alone)
        return make_case_record(files, readings, self.reader.models, self.today)


def run_batch(inbox: Path, out: Path, *, workers: int | None = None) -> BatchOutcome:
    """Take every case of ``inbox`` to its end and write the outputs.

    Raises InputError where the inbox cannot be used, UsageError where ``out`` lies in it,
    DependencyError where model files are missing, StoreError where ``out`` cannot be written or
    another run is using it.
    """
    listed = list_inbox(inbox)
    check_apart(inbox, out)
    with prepare(out):
        return _run(listed, out, workers)


def _run(listed: Inbox, out: Path, workers: int | None) -> BatchOutcome:
    began = time.monotonic()
    settings = load_settings()
    cases = listed.cases
    store = open_store(settings, out)
    with (
        tracing(out / LOG_FILE),
        Reader(
            settings, workers, store=store, pictures=out / "pictures", nice=BATCH_NICE
        ) as reader,
        Progress("处理申请", len(cases)) as progress,
    ):
        log.info("run begun", version=__version__, cases=len(cases))
        batch = Batch(settings, cases, out, store, reader, progress, today())
        if cases:
            reader.warm()
            run_flow = _prefect(settings, progress)
            run_flow(batch.process, len(cases), threads=2 * reader.workers)
        log.info(
            "run read",
            cases=len(cases),
            resumed=batch.resumed,
            pages=batch.pages_read,
            seconds=round(time.monotonic() - began, 1),
        )
    ids = {case.case_id for case in cases}
    every = store.read_cases()
    rows = [row for row in every if row.case_id in ids]
    done = [_result(row) for row in every if row.state == CaseState.DONE]
    results = [result for result in with_repeats(done) if result.record.case_id in ids]
    outcome = BatchOutcome(
        out=out,
        records=[result.record for result in results],
        quarantined=[row.case_id for row in rows if row.state == CaseState.QUARANTINED],
        resumed=batch.resumed,
        pages_read=batch.pages_read,
        seconds=time.monotonic() - began,
        unprocessed=listed.unprocessed,
        gone=cases_without(out, ids),
    )
    for result in results:
        if not is_written(result, out):
            write_outputs(result, out)
    _write_report(outcome)
    return outcome


def _write_report(outcome: BatchOutcome) -> None:
    report = render_report(
        outcome.records,
        outcome.quarantined,
        made_at=datetime.now(UTC).astimezone(),
        out=outcome.out,
        seconds=outcome.seconds,
        resumed=outcome.resumed,
        unprocessed=outcome.unprocessed,
        gone=outcome.gone,
    )
    try:
        write_whole(outcome.out / "report.html", report)
    except OSError as error:
        raise StoreError("汇总报告写入失败。", "请检查磁盘空间和写权限后重新运行。") from error


def _result(row: CaseRow) -> CaseResult:
    if row.record is None or row.request is None:
        raise StoreError("数据库中的记录不完整。", "请删除结果目录中的数据库文件后重新运行。")
    try:
        return CaseResult(Record.from_json(row.record), Request.model_validate_json(row.request))
    except ValidationError as error:
        raise StoreError(
            "数据库中的记录由其他版本的 yijianshi 写入，无法使用。", "请用 --out 另选一个结果目录。"
        ) from error


def with_repeats(results: Sequence[CaseResult]) -> list[CaseResult]:
    """The results, with what only all of them together show (X16, X17). The store keeps each
    case's record as its own papers make it."""
    repeats = find_repeats(trace_of(result.record, result.request) for result in results)
    return [
        replace(result, record=with_findings(result.record, repeats[result.record.case_id]))
        if result.record.case_id in repeats
        else result
        for result in results
    ]


RunFlow = Callable[..., dict[str, int]]


def _prefect(settings: Settings, progress: Progress) -> RunFlow:
    """The flow's entry, once Prefect is quiet, local and patient.

    Read by Prefect when it is imported, hence here: its own database in our cache, no messages
    home, and time to start on a slow office machine.
    """
    home = settings.cache / "prefect"
    # The flow is local: neither a server nor a proxy that this machine has for other work is its.
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    for name in ("NO_PROXY", "no_proxy"):
        said = os.environ.get(name, "")
        os.environ[name] = ",".join(filter(None, (said, "127.0.0.1", "localhost", "::1")))
    for name, value in {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }.items():
        os.environ[name] = value
    progress.tell("正在启动处理流程……")
    from flows.intake import run_flow

    return run_flow
