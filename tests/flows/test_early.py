"""Reading processes that are made ready before their parent's own imports."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows import early
from flows.early import reading_early
from flows.pool import OcrPool
from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.service


def _hang_at_start() -> None:
    time.sleep(600)


def _be_ready(_: Settings) -> None:
    os.environ["EARLY_TEST"] = "ready"


def test_children_that_were_never_needed_are_not_waited_for() -> None:
    pool = OcrPool(2, _hang_at_start, ())
    pool.warm()
    assert pool._pool is not None
    children = [*pool._pool._processes.values()]
    assert len(children) == 2
    pool.close()
    for child in children:
        child.join()
    assert not any(child.is_alive() for child in children)


def test_work_is_done_by_a_child_that_was_made_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(early, "_make_ready", _be_ready)
    (tmp_path / "a.jpg").write_bytes(b"a")
    with reading_early([tmp_path]) as pool:
        assert pool is not None
        answer = pool.submit(os.getenv, "EARLY_TEST")
        assert pool.result(answer) == "ready"  # before the end, which drops work not begun


@pytest.mark.parametrize(
    ("names", "workers", "children"),
    [(["a.jpg"], 4, 1), (["a.jpg", "b/c.jpg"], 4, 2), (["a.jpg", "b.jpg", "c.jpg"], 2, 2)],
)
def test_no_more_processes_than_files(
    names: list[str],
    workers: int,
    children: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(early, "_make_ready", _be_ready)
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    with reading_early([tmp_path], workers) as pool:
        assert pool is not None
        assert pool.workers == children


def test_an_archive_may_hold_any_number_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "_make_ready", _be_ready)
    (tmp_path / "case.zip").write_bytes(b"PK")
    with reading_early([tmp_path / "case.zip"], 2) as pool:
        assert pool is not None
        assert pool.workers == 2


def test_where_there_is_nothing_no_process_is_started(tmp_path: Path) -> None:
    with reading_early([tmp_path / "none", tmp_path]) as pool:
        assert pool is None


def test_missing_models_are_said_once_and_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "a.jpg").write_bytes(b"\xff\xd8\xff")
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "check", "case"],
        cwd=tmp_path,
        env={**os.environ, "YIJIANSHI_CACHE": str(tmp_path / "empty"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert done.stderr.count("缺少模型文件") == 1
    assert "Traceback" not in done.stderr
