"""What we could not open, for a reason of ours, is ours to mend: nobody else is asked."""

from __future__ import annotations

import errno
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.case import CaseResult, make_case_record
from flows.notice import Letterhead, render_notice
from pipeline.finding import Severity
from pipeline.intake.case import CaseFiles, Entries, find_entries
from pipeline.intake.inbox import list_inbox
from pipeline.intake.refusal import refused_by
from pipeline.record import Record
from pipeline.settings import Limits
from pipeline.status import Status
from tests.flows.fake_reading import InlinePool
from tests.flows.test_keys import run
from tests.pipeline.intake.test_bad_input import as_nobody
from validators.output.notice import make_notice

TODAY = date(2026, 11, 23)
TYPED = b'{"matters": ["M1"], "channel": "window"}'
ERRORS = [
    PermissionError(errno.EACCES, "denied"),
    FileNotFoundError(errno.ENOENT, "gone"),
    OSError(errno.EIO, "disk"),
]


def without(error: OSError, typed: bytes | None = TYPED) -> CaseResult:
    """A case of which one file could not be opened."""
    found = refused_by(error).finding("申请表.jpg")
    return make_case_record(CaseFiles("07", (), typed, (found,)), [], {}, TODAY)


@pytest.mark.parametrize("error", ERRORS, ids=["permission", "gone", "disk"])
@pytest.mark.parametrize("typed", [TYPED, None], ids=["typed", "nothing-typed"])
def test_what_may_lie_in_a_file_that_was_not_opened_is_asked_of_nobody(
    error: OSError, typed: bytes | None
) -> None:
    record = without(error, typed).record
    assert record.status == Status.REVIEW
    assert {f.severity for f in record.findings} <= {Severity.REVIEW, Severity.NOTE}
    assert "missing" not in {m.status for m in record.materials}
    notice = make_notice(record)
    assert (notice.missing, notice.mend, notice.cannot) == ((), (), ())
    assert [entry.title for entry in notice.questions] == ["提交的内容"]
    page = render_notice(record, TODAY, Letterhead())
    for word in ("未提交", "请交", "请带", "重新提交", "请先备齐", "还缺的材料", "申请表.jpg"):
        assert word not in page


def test_the_clerk_is_told_that_it_is_ours() -> None:
    (found,) = [f for f in without(ERRORS[0]).record.findings if f.rule == "SRC-UNREADABLE"]
    assert found.message == "文件“申请表.jpg”无法读取：没有读取权限。"
    assert "不需要申请人补交" in found.hint


def test_what_is_missing_is_asked_for_once_all_files_were_opened() -> None:
    record = make_case_record(CaseFiles("07", (), TYPED), [], {}, TODAY).record
    assert record.status == Status.INCOMPLETE and make_notice(record).missing


def test_a_case_folder_that_cannot_be_read_is_named_and_is_no_case() -> None:
    with as_nobody() as inbox:
        (inbox / "case1").mkdir()
        (inbox / "case2").mkdir(mode=0)
        listed = list_inbox(inbox)
        assert [case.case_id for case in listed.cases] == ["case1"]
        assert [(e.name, e.reason) for e in listed.unprocessed] == [("case2", "没有读取权限")]


def test_a_folder_that_vanished_says_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "in"
    (inbox / "07").mkdir(parents=True)
    (inbox / "07" / "application.json").write_bytes(TYPED)

    def gone(path: Path, limits: Limits) -> Entries:
        shutil.rmtree(path)
        return find_entries(path, limits)

    (inbox / "08").mkdir()
    monkeypatch.setattr("flows.batch.find_entries", gone)
    row = run(inbox, tmp_path / "out", InlinePool()).work.store.find_case("07")
    assert row is not None and row.record is not None
    record = Record.from_json(row.record)
    (found,) = [f for f in record.findings if f.rule == "SRC-UNREADABLE"]
    assert found.message == "文件“07”无法读取：文件在处理过程中被删除或移走。"
    assert record.status == Status.REVIEW
