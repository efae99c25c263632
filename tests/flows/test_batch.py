"""A run over an inbox: each case ends once, what is unchanged is not done again, and what lies in
the output folder is what the store says. Models and Prefect are left out."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import pytest
from sqlalchemy import delete, select

from flows import batch, case_work
from flows.batch import BatchOutcome, run_batch
from flows.case import CaseResult, case_key
from flows.case_work import CaseWork, Ended
from flows.notice import Letterhead
from flows.outputs import prepare, write_outputs
from flows.report import STATUS_LABELS
from pipeline.deciding import Decided
from pipeline.errors import StoreError
from pipeline.finding import Severity
from pipeline.intake.case import CaseFiles
from pipeline.intake.source import SourceFile
from pipeline.model import Request
from pipeline.record import Action, Record
from pipeline.settings import Settings
from pipeline.status import Status
from pipeline.store import leases
from pipeline.store.cases import STORE_FILE, CaseRow, CaseState, Store
from pipeline.store.decisions import put_decision
from pipeline.store.tables import case_revision
from tests.flows.fake_reading import InlinePool, fake_reader
from tests.pipeline.sheets.scans import noise, scanned_pdf
from tests.validators.applications import TODAY, applied, card, form, record

pytestmark = pytest.mark.service

DAY = date(2026, 11, 23)
PAGE = scanned_pdf([noise(1)])


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    for name, person in (("07", "韦小芳"), ("08", "黄大勇")):
        folder = tmp_path / "inbox" / name
        folder.mkdir(parents=True)
        (folder / "scan.pdf").write_bytes(PAGE)
        (folder / "application.json").write_text(
            json.dumps({"name": person, "matters": ["M3"]}), encoding="utf-8"
        )
    return tmp_path / "inbox"


class Usage(NamedTuple):
    """Of a disk."""

    free: int


class Runs:
    """Runs over an inbox into one output folder; ``pool`` is that of the last one."""

    def __init__(self, inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inbox, self.out, self.pool = inbox, out, InlinePool()
        self.day = DAY
        self.flows_started = 0
        self.dies_after: int | None = None
        """Cases after which the flow dies, as Prefect does without its server."""
        self._patch = monkeypatch

    def __call__(self, deaths: int = 0, accepted_on: date | None = None) -> BatchOutcome:
        self.pool = InlinePool(deaths)

        def reader(settings: Settings, workers: int | None, **kept: Any) -> Any:
            return fake_reader(settings, self.out / "models", kept["store"], self.pool)

        def one_after_the_other(
            process: Callable[[str], str], case_ids: Sequence[str], threads: int
        ) -> None:
            assert threads > 1
            self.flows_started += 1
            for count, case_id in enumerate(case_ids):
                if count == self.dies_after:
                    raise ConnectionError("the server is gone")
                process(case_id)

        self._patch.setattr(batch, "Reader", reader)
        self._patch.setattr(batch, "_prefect", lambda settings, progress: one_after_the_other)
        self._patch.setattr(batch, "today", lambda: self.day)
        return run_batch(self.inbox, self.out, accepted_on=accepted_on)

    @property
    def store(self) -> Store:
        return Store(self.out / STORE_FILE)

    def record(self, case_id: str) -> Path:
        return self.out / "records" / f"{case_id}.json"


@pytest.fixture
def run(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    return Runs(inbox, tmp_path / "out", monkeypatch)


def test_every_case_ends_in_a_record_notice_and_packets(run: Runs) -> None:
    outcome = run()
    assert [r.case_id for r in outcome.records] == ["07", "08"]
    assert (outcome.quarantined, outcome.resumed, outcome.pages_read) == ([], 0, 1)
    assert outcome.seconds > 0
    for case_id in ("07", "08"):
        assert json.loads(run.record(case_id).read_text("utf-8"))["case_id"] == case_id
        assert (run.out / "notices" / f"{case_id}.html").exists()
    assert "韦" in (run.out / "report.html").read_text("utf-8")
    rows = run.store.read_cases()
    assert [(r.state, r.attempts) for r in rows] == [(CaseState.DONE, 1)] * 2


def test_unchanged_cases_are_not_done_again(run: Runs) -> None:
    first = run()
    again = run()
    assert (again.resumed, again.pages_read, run.pool.asked) == (2, 0, 0)
    assert again.records == first.records


def test_a_case_with_another_request_is_done_again(run: Runs) -> None:
    run()
    file = run.inbox / "08" / "application.json"
    file.write_text(json.dumps({"name": "黄大勇", "matters": ["M2"]}), encoding="utf-8")
    again = run()
    assert again.resumed == 1
    assert [[m.code for m in r.matters] for r in again.records] == [["M3"], ["M2"]]


def test_another_day_is_another_judgement(run: Runs) -> None:
    run()
    run.day = date(2026, 11, 24)
    again = run()
    assert (again.resumed, again.pages_read) == (0, 0)


def test_what_a_person_decided_outlives_another_day(run: Runs) -> None:
    run()
    with run.store.begin() as connection:
        said = Decided(
            revision=1,
            action=Action.CONFIRM,
            by="li",
            at=datetime.now(UTC),
            rule="E-0",
            reason="",
        )
        put_decision(connection, "07", said)
    run.day = date(2026, 11, 24)
    run()
    told = Record.from_json(run.record("07").read_text("utf-8")).decisions
    assert [(d.reviewer, d.action, d.rule) for d in told] == [("li", Action.CONFIRM, "E-0")]
    assert Record.from_json(run.record("08").read_text("utf-8")).decisions == ()


def test_a_case_that_was_running_when_the_power_went_is_done_again(run: Runs) -> None:
    run()
    row = run.store.find_case("07")
    assert row is not None
    run.store.write_case("07", row.content_key, CaseState.RUNNING, attempts=1)
    again = run()
    assert again.resumed == 1
    assert [r.case_id for r in again.records] == ["07", "08"]


def test_what_was_lost_or_changed_in_the_folder_is_written_again(run: Runs) -> None:
    run()
    sound = run.record("07").read_text("utf-8")
    run.record("07").unlink()
    run.record("08").write_text("{}", encoding="utf-8")
    again = run()
    assert again.resumed == 2
    assert run.record("07").read_text("utf-8") == sound
    assert json.loads(run.record("08").read_text("utf-8"))["case_id"] == "08"
    run.record("07").write_bytes(b"\xff\xfe\x00")
    run()
    assert run.record("07").read_text("utf-8") == sound


def test_what_was_written_is_left_alone(run: Runs) -> None:
    run()
    before = run.record("07").stat().st_mtime_ns
    run()
    assert run.record("07").stat().st_mtime_ns == before


def test_cases_of_an_earlier_inbox_are_no_part_of_this_run(run: Runs) -> None:
    run()
    for file in (run.inbox / "08").iterdir():
        file.unlink()
    (run.inbox / "08").rmdir()
    again = run()
    assert [r.case_id for r in again.records] == ["07"]
    assert run.record("08").exists()


def test_a_case_whose_child_dies_twice_is_set_aside_and_the_others_end(run: Runs) -> None:
    outcome = run(deaths=2)
    assert outcome.quarantined == ["07"]
    assert [r.case_id for r in outcome.records] == ["08"]
    row = run.store.find_case("07")
    assert row is not None
    assert (row.state, row.attempts, row.record) == (CaseState.QUARANTINED, 2, None)
    assert f"  {STATUS_LABELS['quarantined']}：1" in list(outcome.lines())
    mended = run()
    assert (mended.quarantined, mended.resumed) == ([], 1)


def test_a_child_that_dies_once_is_nobodys_fault(run: Runs) -> None:
    outcome = run(deaths=1)
    assert (outcome.quarantined, len(outcome.records)) == ([], 2)


def test_two_cases_of_one_person_are_told_of_each_other(run: Runs) -> None:
    for name in ("07", "08"):
        (run.inbox / name / "application.json").write_text(
            json.dumps({"name": "韦小芳", "id_number": "450103199003079121", "matters": ["M3"]}),
            encoding="utf-8",
        )
    rules = [{f.rule for f in r.findings} for r in run().records]
    assert ["X22" in own for own in rules] == [True, False]  # the newer one stands
    assert "X16" in rules[1]
    kept = run.store.find_case("07")
    assert kept is not None and kept.record is not None
    assert "X16" not in kept.record and "X22" not in kept.record


def test_an_empty_inbox_is_an_empty_run(run: Runs, tmp_path: Path) -> None:
    run.inbox = tmp_path / "nothing"
    run.inbox.mkdir()
    outcome = run()
    assert (outcome.records, outcome.quarantined) == ([], [])
    assert (run.out / "report.html").exists()


def test_a_row_without_its_record_ends_the_run(run: Runs) -> None:
    run()
    row = run.store.find_case("07")
    assert row is not None
    with run.store.begin() as connection:
        connection.execute(delete(case_revision))
    with pytest.raises(StoreError):
        run()


def test_an_output_folder_that_cannot_be_made_or_written_says_so(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError):
        prepare(tmp_path / "file" / "out")
    outcome = run()
    (tmp_path / "half" / "packets").mkdir(parents=True)
    (tmp_path / "half" / "notices").write_text("no folder")
    result = CaseResult(outcome.records[0], Request(name="韦小芳", matters=("M3",)))
    with pytest.raises(StoreError):
        write_outputs(result, tmp_path / "half", TODAY, Letterhead())


def test_the_summary_counts_what_ended_how() -> None:
    outcome = BatchOutcome(Path("out"), [], ["c1"], resumed=3, pages_read=7, seconds=12.4)
    lines = list(outcome.lines())
    assert lines[0] == "共 1 件，用时 12 秒，新识别 7 页。"
    assert sum("：0" in line for line in lines) == len(Status)
    assert f"  {STATUS_LABELS['quarantined']}：1" in lines
    assert "其中 3 件内容未变，沿用上次结果。" in lines
    silent = BatchOutcome(Path("out"), [], [], resumed=0, pages_read=0, seconds=0)
    assert not any(
        "沿用" in line or STATUS_LABELS["quarantined"] in line for line in silent.lines()
    )


def test_every_file_of_a_case_has_its_key_and_a_result_lasts_unless_it_is_said_not_to() -> None:
    file = SourceFile("scan.jpg", Path("scan.jpg"), sha256="ab" * 32)
    with pytest.raises(ValueError):
        case_key(CaseFiles("07", (file,), None, ()), (), DAY)
    whole = record(applied(["M3"], form(), card()))
    assert CaseResult(whole, Request()).lasting


def test_a_case_that_another_run_works_on_is_waited_for(
    run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_work, "BUSY_SECONDS", 0.05)
    (run.out).mkdir()
    with run.store.begin() as connection:
        assert leases.take(connection, "case:07", "another", seconds=0.4)
    outcome = run()
    assert sorted(record.case_id for record in outcome.records) == ["07", "08"]


def test_a_flow_that_dies_on_the_way_costs_no_case(
    run: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run.dies_after = 1
    outcome = run()
    assert sorted(record.case_id for record in outcome.records) == ["07", "08"]
    assert (outcome.resumed, run.pool.asked) == (0, 1), "what it had done is not done again"
    assert "服务中断" in capsys.readouterr().err


def test_a_full_disk_begins_nothing_and_is_gone_on_from(
    run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([1 << 40, 1 << 40, 1])  # room at the start and for the first case
    monkeypatch.setattr("flows.room.psutil.disk_usage", lambda _: Usage(next(free)))
    with pytest.raises(StoreError, match="磁盘"):
        run()
    assert [row.state for row in run.store.read_cases()] == [CaseState.DONE, CaseState.ARRIVED]
    monkeypatch.setattr("flows.room.psutil.disk_usage", lambda _: Usage(1))
    with pytest.raises(StoreError, match="磁盘"):
        run()
    monkeypatch.undo()
    assert run().resumed == 1


def test_two_runs_at_once_do_each_case_once(run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_work, "BUSY_SECONDS", 0.05)
    outcomes: list[BatchOutcome] = []
    threads = [threading.Thread(target=lambda: outcomes.append(run())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(outcome.records) for outcome in outcomes] == [2, 2]
    with run.store.snapshot() as connection:
        revisions = connection.execute(select(case_revision.c.case_id)).scalars().all()
    assert sorted(revisions) == ["07", "08"]


def test_where_nothing_is_new_neither_flow_nor_model_is_started(run: Runs) -> None:
    run()
    assert (run.flows_started, run.pool.warmed) == (1, 1)
    again = run()
    assert (again.resumed, again.pages_read, len(again.records)) == (2, 0, 2)
    assert (run.flows_started, run.pool.warmed) == (1, 0)
    (run.inbox / "07" / "2.pdf").write_bytes(scanned_pdf([noise(2)]))
    assert run().resumed == 1
    assert (run.flows_started, run.pool.warmed) == (2, 1)


def test_a_day_of_acceptance_can_be_given_and_its_lack_is_said(run: Runs) -> None:
    undated = run()
    assert any("2 件没有受理日期" in line for line in undated.lines())
    for made in undated.records:
        (said,) = [f for f in made.findings if f.field == "accepted_on"]
        assert said.severity == Severity.NOTE and DAY.isoformat() in said.message
    dated = run(accepted_on=date(2026, 11, 20))
    assert dated.resumed == 0  # it decides the result, so it is part of the key
    assert not any("没有受理日期" in line for line in dated.lines())
    for made in dated.records:
        assert made.declared is not None
        assert made.declared.accepted_on == date(2026, 11, 20)
    (run.inbox / "07" / "application.json").write_text(
        json.dumps({"matters": ["M3"], "accepted_on": "2026-11-19"}), encoding="utf-8"
    )
    typed = run(accepted_on=date(2026, 11, 20))
    days = [r.declared.accepted_on for r in typed.records if r.declared]
    assert days == [date(2026, 11, 19), date(2026, 11, 20)]


def test_a_record_of_the_old_version_in_the_store_is_converted(run: Runs) -> None:
    run()
    kept = run.store.find_case("07")
    assert kept is not None and kept.record is not None and kept.request is not None
    old = json.loads(kept.record) | {"schema_version": "1"}
    del old["declared"]
    row = CaseRow(**kept.model_dump() | {"record": json.dumps(old)})
    result = batch._result(row)
    assert result.record.schema_version == "2"
    assert result.record.declared == result.request


def test_whom_is_waited_for_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_work, "BUSY_SECONDS", 0.0)
    monkeypatch.setattr("pipeline.store.leases.free_dead", lambda _: None)
    ends = {"a": [Ended.BUSY] * 5 + [Ended.DONE], "b": [Ended.BUSY] * 2 + [Ended.DONE]}
    said: list[str] = []
    work = SimpleNamespace(
        work=lambda case_id, only_waiting: ends[case_id].pop(0),
        tell=said.append,
        store=SimpleNamespace(begin=nullcontext),
    )
    CaseWork.work_until_ended(cast(CaseWork, work), ends)
    assert [re.sub(r"\D", "", line) for line in said] == ["2", "1"]
