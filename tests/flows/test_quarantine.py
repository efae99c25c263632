"""A case that breaks is set aside with the places where it broke, and the others go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from flows.batch import run_batch
from flows.cli import run_command
from flows.outputs import prepare
from flows.pool import Bounds, OcrPool
from flows.progress import Progress
from flows.trace import KEYS, log, tracing
from pipeline import __version__
from pipeline.errors import StoreError
from pipeline.intake.case import list_case
from pipeline.intake.inbox import list_inbox
from pipeline.ocr.weights import Weights
from pipeline.settings import Limits, Settings
from pipeline.store.cases import CaseRow, CaseState, Store
from pipeline.store.trouble import Trouble, trouble_of
from tests.flows.broken_child import (
    LARGE_PX,
    break_in_child,
    make_ready,
    start_dying,
    start_eating,
    start_hanging,
)
from tests.flows.fake_reading import InlinePool, fake_reader, inline_batch, model_folders
from tests.flows.test_keys import DAY
from tests.pipeline.sheets.scans import noise, scanned_pdf

NAME = "韦昊"
"""A person's name, as an exception's message may hold it."""


class BreakingEngine:
    """An engine that breaks and says what it read."""

    fingerprint = "breaking"

    def detect(self, *_: Any) -> list[Any]:
        raise ValueError(f"could not place {NAME}")

    def recognise(self, *_: Any) -> list[Any]:
        return []

    def read(self, *_: Any) -> list[Any]:
        return []


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    for number in ("07", "08"):
        folder = tmp_path / "inbox" / number
        folder.mkdir(parents=True)
        (folder / f"{NAME}.pdf").write_bytes(scanned_pdf([noise(int(number))]))
    return tmp_path / "inbox"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    prepare(tmp_path / "out")
    return tmp_path / "out"


def process(inbox: Path, out: Path, pool: OcrPool, engine: Any = None) -> list[CaseRow]:
    """Both cases taken to their end in one thread; how they stand."""
    store = Store(out / "yijianshi.sqlite")
    settings = Settings()
    cases = list_inbox(inbox).cases
    with (
        fake_reader(settings, out / "models", store, pool, engine) as reader,
        Progress("-", len(cases)) as progress,
        tracing(out / "run.log"),
    ):
        batch = inline_batch(inbox, out, settings, store, reader, progress, DAY)
        for case_id in batch.take_in(1):
            batch.process(case_id)
    return store.read_cases()


def events(out: Path) -> Iterator[dict[str, Any]]:
    for line in (out / "run.log").read_text("utf-8").splitlines():
        yield json.loads(line)


def test_a_case_that_raises_is_set_aside_with_its_places(inbox: Path, out: Path) -> None:
    rows = process(inbox, out, InlinePool(), BreakingEngine())
    assert [row.state for row in rows] == [CaseState.QUARANTINED] * 2
    trouble = rows[0].trouble
    assert trouble is not None and trouble.kinds == ("ValueError",)
    assert trouble.places[0].startswith("flows/case_work.py:")
    assert trouble.places[-1].startswith("flows/test_quarantine.py:")
    assert trouble.places[-1].endswith(" detect")


def test_a_case_set_aside_is_tried_again(inbox: Path, out: Path) -> None:
    process(inbox, out, InlinePool(), BreakingEngine())
    rows = process(inbox, out, InlinePool())
    assert [(row.state, row.trouble) for row in rows] == [(CaseState.DONE, None)] * 2


@pytest.mark.parametrize(
    ("deaths", "states", "attempts"),
    [
        (0, ["done", "done"], [1, 1]),
        (1, ["done", "done"], [1, 1]),
        (2, ["quarantined", "done"], [2, 1]),
    ],
)
def test_a_child_that_dies_twice_sets_its_case_aside(
    inbox: Path, out: Path, deaths: int, states: list[str], attempts: list[int]
) -> None:
    rows = process(inbox, out, InlinePool(deaths))
    assert [row.state.value for row in rows] == states
    assert [row.attempts for row in rows] == attempts
    if deaths == 2:
        trouble = rows[0].trouble
        assert trouble is not None
        assert (trouble.kinds[0], trouble.step) == ("PoolBroken", "识别第 1 个文件（共 1 个）")


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "why"),
    [(start_hanging, "超时未完成"), (start_dying, ""), (start_eating, "内存不足")],
)
def test_a_page_that_breaks_its_child_sets_its_case_aside_and_no_other(
    inbox: Path, out: Path, start: Callable[[], None], why: str
) -> None:
    large = np.full((LARGE_PX, 2 * LARGE_PX, 3), 250, np.uint8)
    cv2.putText(large, "07", (300, 500), cv2.FONT_HERSHEY_SIMPLEX, 9, (0, 0, 0), 9)
    assert cv2.imwrite(str(inbox / "07" / "large.png"), large)
    pool = OcrPool(1, start, (), bounds=Bounds(seconds=20, memory_bytes=2 << 30))
    try:
        rows = process(inbox, out, pool)
    finally:
        pool.close()
    assert [(row.state.value, row.attempts) for row in rows] == [("quarantined", 2), ("done", 1)]
    trouble = rows[0].trouble
    assert trouble is not None and trouble.kinds[0] == "PoolBroken"
    assert trouble.step is not None and trouble.step.endswith(why) and "个文件" in trouble.step


def test_a_store_that_cannot_be_written_ends_the_run(
    inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StoreError("磁盘已满。")

    monkeypatch.setattr(Store, "write_reading", full)
    with pytest.raises(StoreError):
        process(inbox, out, InlinePool())
    assert Store(out / "yijianshi.sqlite").read_cases()[0].state == CaseState.RUNNING


def test_places_of_a_child_process_are_kept_and_its_words_are_not() -> None:
    pool = OcrPool(1, make_ready, ())
    try:
        pool.result(pool.submit(break_in_child, NAME))
    except RuntimeError as error:
        trouble = trouble_of(error)
    finally:
        pool.close()
    child = [place for place in trouble.places if place.startswith("child ")]
    assert any("flows/broken_child.py:" in p and p.endswith(" break_in_child") for p in child)
    assert any(" decode" in place or " raw_decode" in place for place in child)
    assert NAME not in "".join(trouble.lines())


def test_what_an_exception_came_from_is_told_and_a_circle_ends() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__context__ = second, first
    assert trouble_of(first).kinds == ("ValueError", "KeyError")


# ---------------------------------------------------------------- the trace


def test_the_trace_tells_cases_and_codes_and_nothing_of_papers(inbox: Path, out: Path) -> None:
    process(inbox, out, InlinePool(2))
    told = list(events(out))
    assert [(e["event"], e["case"]) for e in told] == [
        ("case quarantined", "07"),
        ("case done", "08"),
    ]
    assert told[1]["status"] == "incomplete" and "MAT-G1" in told[1]["rules"]
    assert set().union(*told) <= KEYS
    assert NAME not in (out / "run.log").read_text("utf-8")


def test_what_is_not_known_to_be_harmless_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tracing(tmp_path / "run.log"):
        log.info("case done", case="07", name=NAME, text=NAME)
    (line,) = (tmp_path / "run.log").read_text("utf-8").splitlines()
    assert set(json.loads(line)) == {"event", "case", "level", "timestamp"}
    log.info("case done", case="08")  # nobody traces
    assert capsys.readouterr() == ("", "")
    assert len((tmp_path / "run.log").read_text("utf-8").splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_cannot_be_written_costs_no_case(inbox: Path, out: Path) -> None:
    (out / "run.log").symlink_to("/dev/full")
    rows = process(inbox, out, InlinePool())
    assert [row.state.value for row in rows] == ["done", "done"]


def test_a_run_that_cannot_begin_leaves_no_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    assert run_command(["run", str(tmp_path / "none"), "--out", str(out)]) == 3
    assert not out.exists()
    assert "Traceback" not in capsys.readouterr().err


def test_an_empty_run_is_traced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inbox").mkdir()

    def located(_: Settings) -> Weights:
        return model_folders(tmp_path / "models")

    monkeypatch.setattr("flows.reading.locate", located)
    run_batch(tmp_path / "inbox", tmp_path / "out")
    told = list(events(tmp_path / "out"))
    assert [(e["event"], e["cases"]) for e in told] == [("run begun", 0), ("run read", 0)]
    assert told[0]["version"] == __version__


def test_a_log_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "run.log").mkdir()
    with pytest.raises(StoreError), tracing(tmp_path / "run.log"):
        pass


# ---------------------------------------------------------------- doctor --case


def asked(out: Path, case: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run_command(["doctor", "--case", case, "--out", str(out)])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_doctor_shows_where_a_case_broke(
    inbox: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process(inbox, out, InlinePool(), BreakingEngine())
    code, said = asked(out, "07", capsys)
    assert code == 0
    for words in ("已搁置", "ValueError", " detect", "flows/case_work.py", "→", "维护人员"):
        assert words in said
    assert NAME not in said


@pytest.mark.parametrize(
    ("trouble", "state", "words"),
    [
        (Trouble(kinds=("PoolBroken",), step="识别第 2 个文件"), "quarantined", "--workers 1"),
        (None, "running", "再次运行"),
        (None, "quarantined", "再次运行"),
    ],
)
def test_doctor_says_what_to_do_next(
    trouble: Trouble | None,
    state: str,
    words: str,
    out: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = Store(out / "yijianshi.sqlite")
    store.write_case("07", "k", CaseState(state), attempts=2, trouble=trouble)
    code, said = asked(out, "07", capsys)
    assert code == 0 and words in said and "第 2 次" in said


def test_doctor_tells_of_a_case_that_went_well(
    inbox: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process(inbox, out, InlinePool())
    code, said = asked(out, "08", capsys)
    assert code == 0 and "已完成" in said and "需补正材料" in said


def test_doctor_without_such_a_case_says_so(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = asked(out, "09", capsys)
    assert code == 3 and "没有处理记录" in said
    assert not (out / "yijianshi.sqlite").exists()
    Store(out / "yijianshi.sqlite")
    code, said = asked(out, "09", capsys)
    assert code == 3 and "没有案件“09”" in said


# ---------------------------------------------------------------- stage times


def test_stage_times_are_kept_with_a_reading(inbox: Path, out: Path) -> None:
    process(inbox, out, InlinePool())
    store = Store(out / "yijianshi.sqlite")
    reader = fake_reader(Settings(), out / "models", store)
    (file,) = list_case(inbox / "07", Settings().limits).files
    kept = store.find_reading(reader.key(file))
    assert kept is not None
    assert {"decode", "plan", "detect", "quality"} <= set(kept.stages)
    assert all(0 <= seconds < 60 for seconds in kept.stages.values())
    assert kept.renamed("b.pdf").stages == kept.stages


def test_at_the_counter_a_file_that_breaks_us_is_named_and_the_others_are_read(
    inbox: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs: list[BaseException] = []
    monkeypatch.setattr("flows.reading.keep_bug", bugs.append)
    store = Store(out / "yijianshi.sqlite")
    files = [f for case in list_inbox(inbox).cases for f in list_case(case.path, Limits()).files]
    with fake_reader(Settings(), out / "models", store, InlinePool(), BreakingEngine()) as reader:
        readings = list(reader.stream(files))
    assert len(readings) == len(files)
    for reading in readings:
        (found,) = reading.findings
        assert (found.rule, found.severity) == ("SRC-UNREADABLE", "review")
        assert "人工核对" in found.message
    assert len(bugs) == len(files)
    assert all(store.find_reading(reader.key(f)) is None for f in files)
