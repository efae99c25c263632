"""Reading processes killed at random: whoever dies, each case is done in the end, and as if nothing
had happened. The processes are real; their engine sees nothing."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from flows.outputs import prepare
from flows.pool import OcrPool
from flows.progress import Progress
from pipeline.settings import Settings
from pipeline.store.cases import CaseState, Store
from tests.flows.broken_child import start_plain
from tests.flows.fake_reading import fake_reader, inline_batch
from tests.flows.test_keys import DAY
from tests.pipeline.sheets.scans import noise, scanned_pdf

CASES = 12
KILLS = max(3, int(os.environ.get("KILLS", "10")) // 3)
SEED = int(os.environ.get("SEED", "1"))


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("children") / "inbox"
    for number in range(CASES):
        (folder / f"{number:02}").mkdir(parents=True)
        for page in range(2):
            scan = scanned_pdf([noise(2 * number + page)])
            (folder / f"{number:02}" / f"{page}.pdf").write_bytes(scan)
    return folder


def run_once(inbox: Path, out: Path) -> dict[str, str]:
    """A run with two reading processes and four threads; how the cases stand."""
    prepare(out)
    settings, pool = Settings(), OcrPool(2, start_plain, ())
    with (
        Store(out / "yijianshi.sqlite") as store,
        fake_reader(settings, out / "models", store, pool) as reader,
        Progress("-", CASES) as progress,
    ):
        batch = inline_batch(inbox, out, settings, store, reader, progress, DAY)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(batch.process, batch.take_in(4)))
        return {row.case_id: row.state.value for row in store.read_cases()}


def records(out: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in (out / "records").iterdir()}


@contextmanager
def killing(kills: int, chance: random.Random) -> Iterator[list[int]]:
    """Kill reading processes of ours while this lasts, so many; which."""
    over, killed = threading.Event(), list[int]()

    def kill() -> None:
        while len(killed) < kills and not over.wait(chance.uniform(0.05, 1.5)):
            children = [
                child
                for child in psutil.Process().children(recursive=True)
                if "spawn_main" in " ".join(_command(child)) and child.pid not in killed
            ]
            if children:
                victim = chance.choice(children)
                killed.append(victim.pid)
                victim.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_reading_processes_that_are_killed_cost_no_case(inbox: Path, tmp_path: Path) -> None:
    assert set(run_once(inbox, tmp_path / "calm").values()) == {CaseState.DONE}
    chance, left = random.Random(SEED), KILLS
    out = tmp_path / "out"
    while left > 0:
        with killing(left, chance) as killed:
            states = run_once(inbox, out)
        left -= max(1, len(killed))
        assert states.keys() == {f"{number:02}" for number in range(CASES)}
        assert set(states.values()) <= {CaseState.DONE, CaseState.QUARANTINED}
        if left > 0 and set(states.values()) == {CaseState.DONE}:
            assert records(out) == records(tmp_path / "calm")
            out = tmp_path / f"out{left}"
    assert set(run_once(inbox, out).values()) == {CaseState.DONE}
    assert records(out) == records(tmp_path / "calm")
