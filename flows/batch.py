"""``yijianshi run``: every case of an inbox becomes a record; running it again resumes.

Each case ends in exactly one state of the store: DONE with its record, or QUARANTINED where it
broke twice or a bug struck. The files in OUT (records, notices, packets, report) are made from the
store's records and may be made again at any time.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from flows.arriving import MailRoom
from flows.bugs import keep_bug
from flows.case import CaseResult
from flows.case_work import CaseWork, Ended
from flows.counter import today
from flows.delivery.sending import Sender, tally_lines
from flows.delivery.targets import load_targets
from flows.files import write_whole
from flows.notice import letterhead
from flows.outputs import cases_without, check_apart, is_written, prepare, write_outputs
from flows.priority import BATCH_NICE
from flows.progress import Progress
from flows.reading import Reader
from flows.report import STATUS_LABELS, render_report
from flows.room import check_room
from flows.trace import LOG_FILE, log, tracing
from pipeline import __version__
from pipeline.errors import InputError, StoreError, YijianshiError
from pipeline.finding import Finding
from pipeline.intake.case import Entries, find_entries
from pipeline.intake.inbox import Inbox, InboxCase, Unprocessed, list_inbox, natural_key
from pipeline.intake.names import readable
from pipeline.intake.refusal import GONE, refused_by, unopened
from pipeline.model import Request
from pipeline.record import Record, with_findings
from pipeline.settings import Settings, load_settings
from pipeline.status import Status
from pipeline.store.cases import CaseRow, CaseState, find_cases, open_store
from pipeline.store.dividing import waiting_parts
from pipeline.store.figures import Course, course
from pipeline.store.leases import free_dead
from pipeline.store.objects import open_objects
from pipeline.store.traces import traces_near
from pipeline.store.trouble import trouble_of
from validators.papers.repeats import find_repeats

RunFlow = Callable[..., dict[str, int]]


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
    delivery: Sequence[str] = ()
    """What was sent of it, in words."""
    seen: Course | None = None
    """How the work went."""

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
        if undated := sum(not _is_dated(record) for record in self.records):
            yield f"其中 {undated} 件没有受理日期，办结日未计算；可用 --accepted-on 日期 给出。"
        if self.resumed:
            yield f"其中 {self.resumed} 件内容未变，沿用上次结果。"
        yield f"记录      {self.out / 'records'}"
        yield f"告知书    {self.out / 'notices'}"
        yield f"部门数据  {self.out / 'packets'}"
        yield f"汇总报告  {self.out / 'report.html'}"
        yield from self.delivery


@dataclass(slots=True)
class Batch:
    """One run over one inbox. ``process`` is what a Prefect task calls, from many threads."""

    inbox: Path
    cases: Mapping[str, InboxCase]
    work: CaseWork
    progress: Progress
    ids: set[str] = field(default_factory=set)
    """Of the cases that were taken in: what an entry is called may be taken by another case."""
    ended: dict[str, Ended] = field(default_factory=dict)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When all of the inbox arrived: of two of one run neither came first."""

    def take_in(self, threads: int) -> list[str]:
        """Take every case of the inbox in; the ids of those that there is work for, with what a
        person split off meanwhile. Where there is none, neither the flow nor a model need be
        started."""
        with ThreadPoolExecutor(threads) as pool:
            for taken in pool.map(self._take_in, self.cases.values()):
                self.progress.expect(len(taken) - 1)  # a stack is many
                for case_id, ended in taken:
                    self.ids.add(case_id)
                    if ended is not None:
                        self.ended[case_id] = ended
                        self.progress.advance()
        with self.work.store.snapshot() as connection:
            divided = set(waiting_parts(connection)) - self.ids
        self.progress.expect(len(divided))
        self.ids |= divided
        return sorted(self.ids - self.ended.keys(), key=natural_key)

    def _take_in(self, case: InboxCase) -> list[tuple[str, Ended | None]]:
        """The ids that the entry's cases got, and what came of each where it needs no work, or
        broke. Never raises for a case's own sake."""
        case_id, taken = case.case_id, list[tuple[str, Ended | None]]()
        try:
            for case_id in self._arrive(case):
                is_done = self.work.is_done(case_id)
                taken.append((case_id, Ended.RESUMED if is_done else None))
                if is_done:
                    log.info("case resumed", case=case_id)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  quarantines this case alone, and says so
            ended = self.work.quarantine(case_id, trouble_of(error))
            return [*((i, e) for i, e in taken if i != case_id), (case_id, ended)]
        return taken

    def process(self, case_id: str) -> str:
        """Take one case to its end; what came of it. Never raises for a case's own sake. Raises
        StoreError where the disk has no room for more."""
        check_room(self.work.out)
        self.ended[case_id] = ended = self.work.work(case_id)
        self.progress.advance()
        return ended.value

    def wait_for_others(self) -> None:
        """Wait for what others took first, and take what they leave undone."""
        busy = [case_id for case_id, ended in self.ended.items() if ended == Ended.BUSY]
        self.ended |= self.work.work_until_ended(busy)

    @property
    def resumed(self) -> int:
        """Cases in which nothing has changed since they were done."""
        return sum(ended == Ended.RESUMED for ended in self.ended.values())

    def _arrive(self, case: InboxCase) -> list[str]:
        """Take in what the entry holds now; the ids of its cases. An entry that vanished since the
        inbox was listed is a finding."""
        work = self.work
        try:
            entries = find_entries(case.path, work.settings.limits)
        except InputError as error:
            cause = error.__cause__
            refused = refused_by(cause) if isinstance(cause, OSError) else unopened(GONE)
            entries = Entries(case.name, False, (), (refused.finding(case.name),))
        source = readable(self.inbox.name)
        room = MailRoom(work.settings, work.store, work.objects, source, stays=True, now=self.began)
        arrived = room.arrive(case.case_id, room.keep(entries))
        for words in arrived.said:
            self.progress.tell(words)
        return [arrival.case_id for arrival in arrived.arrivals]


def run_batch(
    inbox: Path, out: Path, *, workers: int | None = None, accepted_on: date | None = None
) -> BatchOutcome:
    """Take every case of ``inbox`` to its end and write the outputs. ``accepted_on``: the day of
    acceptance of cases that say none.

    Raises InputError where the inbox cannot be used, UsageError where ``out`` lies in it,
    DependencyError where model files are missing, StoreError where ``out`` cannot be written.
    """
    listed = list_inbox(inbox)
    check_apart(inbox, out)
    prepare(out)
    return _run(inbox, listed, out, workers, accepted_on)


def _run(
    inbox: Path, listed: Inbox, out: Path, workers: int | None, accepted_on: date | None
) -> BatchOutcome:
    check_room(out)
    began, since = time.monotonic(), datetime.now(UTC)
    settings = load_settings()
    targets = load_targets(settings)
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
        objects = open_objects(settings.objects, out / "objects", settings.cache)
        work = CaseWork(settings, store, objects, reader, out, today, progress.tell, accepted_on)
        batch = Batch(inbox, {case.case_id: case for case in cases}, work, progress)
        with store.begin() as connection:
            free_dead(connection)
        if waiting := batch.take_in(2 * reader.workers):
            reader.warm()
            _work(batch, waiting, 2 * reader.workers, _prefect(settings, progress))
            batch.wait_for_others()
        log.info(
            "run read",
            cases=len(cases),
            resumed=batch.resumed,
            pages=work.pages_read,
            seconds=round(time.monotonic() - began, 1),
        )
    outcome = conclude(
        work,
        batch.ids,
        since,
        resumed=batch.resumed,
        seconds=time.monotonic() - began,
        unprocessed=listed.unprocessed,
        gone=cases_without(out, batch.ids),
    )
    if targets.by_name:
        with tracing(out / LOG_FILE):
            outcome.delivery = tally_lines(Sender(store, objects, targets).round())
    return outcome


def _work(batch: Batch, waiting: Sequence[str], threads: int, run_flow: RunFlow) -> None:
    """Take the cases of these ids to their end: as a flow, and what is left where Prefect fails on
    the way without it."""
    try:
        run_flow(batch.process, waiting, threads=threads)
    except YijianshiError:
        raise
    except Exception as error:  # noqa: BLE001  no case's fault: none raises. Kept, and gone on
        keep_bug(error)
        batch.progress.tell("处理流程的服务中断，其余申请由本程序直接处理。")
        rest = [case_id for case_id in waiting if case_id not in batch.ended]
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(batch.process, rest))


def conclude(
    work: CaseWork,
    ids: Collection[str],
    since: datetime,
    *,
    resumed: int,
    seconds: float,
    unprocessed: Sequence[Unprocessed] = (),
    gone: Sequence[str] = (),
) -> BatchOutcome:
    """Write what is missing in OUT of the cases of these ids, with what only all cases together
    show, and the report of the work since a moment."""
    with work.store.snapshot() as connection:
        rows = find_cases(connection, ids)
        repeats = find_repeats(traces_near(connection, ids))
        seen = course(connection, since)
    done = [_result(row) for row in rows if row.state == CaseState.DONE]
    results = [with_repeats(result, repeats) for result in done]
    outcome = BatchOutcome(
        out=work.out,
        records=[result.record for result in results],
        quarantined=[row.case_id for row in rows if row.state == CaseState.QUARANTINED],
        resumed=resumed,
        pages_read=work.pages_read,
        seconds=seconds,
        unprocessed=unprocessed,
        gone=gone,
        seen=seen,
    )
    head = letterhead(work.settings)
    for result in results:
        if not is_written(result, work.out, head):
            write_outputs(result, work.out, today(), head, work.objects)
    _write_report(outcome, seen)
    return outcome


def _write_report(outcome: BatchOutcome, seen: Course) -> None:
    report = render_report(
        outcome.records,
        outcome.quarantined,
        made_at=datetime.now(UTC).astimezone(),
        out=outcome.out,
        seconds=outcome.seconds,
        resumed=outcome.resumed,
        unprocessed=outcome.unprocessed,
        gone=outcome.gone,
        course=seen,
    )
    try:
        write_whole(outcome.out / "report.html", report)
    except OSError as error:
        raise StoreError("汇总报告写入失败。", "请检查磁盘空间和写权限后重新运行。") from error


def _result(row: CaseRow) -> CaseResult:
    if row.record is None or row.request is None:
        raise StoreError("数据库中的记录不完整。", "请删除结果目录中的数据库文件后重新运行。")
    try:
        record, request = Record.from_json(row.record), Request.model_validate_json(row.request)
        if record.declared is None:  # version 1 kept it beside the record
            record = record.model_copy(update={"declared": request})
        return CaseResult(record, request)
    except ValueError as error:
        raise StoreError(
            "数据库中的记录由其他版本的 yijianshi 写入，无法使用。", "请用 --out 另选一个结果目录。"
        ) from error


def with_repeats(result: CaseResult, repeats: Mapping[str, tuple[Finding, ...]]) -> CaseResult:
    """The result, with what only all cases together show (X16, X17, X22). The store keeps each
    case's record as its own papers make it."""
    found = repeats.get(result.record.case_id)
    return result if not found else replace(result, record=with_findings(result.record, found))


def _is_dated(record: Record) -> bool:
    return record.declared is None or record.declared.accepted_on is not None


def _prefect(settings: Settings, progress: Progress) -> RunFlow:
    """The flow's entry, once Prefect is ready."""
    local_prefect(settings)
    progress.tell("正在启动处理流程……")
    from flows.intake import run_flow

    return run_flow


def local_prefect(settings: Settings) -> None:
    """Make Prefect quiet, local and patient.

    Read by Prefect when it is imported, hence here: its own database in our cache, no messages
    home, and time to start on a slow office machine.
    """
    home = settings.cache / "prefect"
    with suppress(OSError):  # then Prefect says what it cannot do without it
        home.mkdir(parents=True, exist_ok=True)
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
