"""A hundred cases through the flow: none is lost, memory stays flat, a second run reads nothing.

Each case is a copy of a sample case whose files end in a few bytes of their own, so that every one
of its pages is really read. Memory is that of the OCR processes, sampled while they work.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import psutil
import pytest

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
CASES = 100
KINDS = 10
"""How many of the sample cases are copied, those with the least to read first."""
WARM = 0.3
"""Part of a process's life in which its caches may still fill."""
GROWTH = 1.15
"""How far memory may rise after that: within it, pages of different sizes come and go."""
COMMAND = [sys.executable, "-c", "from flows.cli import main; main()"]


def _copies(inbox: Path) -> None:
    samples = sorted((p for p in INBOX.iterdir() if p.is_dir()), key=_size)[:KINDS]
    for number in range(CASES):
        source = samples[number % len(samples)]
        copy = inbox / f"{number:03}-{source.name}"
        shutil.copytree(source, copy)
        for file in copy.iterdir():
            if file.suffix != ".json":
                with file.open("ab") as out:
                    out.write(b"\n%% %d\n" % number)


def _size(case: Path) -> tuple[int, str]:
    return sum(file.stat().st_size for file in case.iterdir()), case.name


class _Sampler(threading.Thread):
    """Notes how much memory each process of the run holds, twice a second."""

    def __init__(self, parent: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.parent = parent
        self.seen: dict[int, list[int]] = defaultdict(list)

    def run(self) -> None:
        while self.parent.is_running():
            try:
                for child in self.parent.children(recursive=True):
                    if "spawn_main" in " ".join(child.cmdline()):
                        self.seen[child.pid].append(child.memory_info().rss)
            except psutil.Error:
                pass
            time.sleep(0.5)


def _run(inbox: Path, out: Path) -> tuple[str, dict[int, list[int]]]:
    with subprocess.Popen(
        [*COMMAND, "run", str(inbox), "--out", str(out)], stdout=subprocess.PIPE, text=True
    ) as process:
        sampler = _Sampler(psutil.Process(process.pid))
        sampler.start()
        said, _ = process.communicate()
        assert process.returncode == 0
    return said, sampler.seen


@pytest.mark.bench
@pytest.mark.timeout(5400)
def test_a_hundred_cases_lose_nothing_and_leave_memory_flat(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    _copies(inbox)
    said, seen = _run(inbox, out)
    assert len(list((out / "records").glob("*.json"))) == CASES
    readers = {pid: rss for pid, rss in seen.items() if max(rss) > 200 << 20}
    assert readers, "no OCR process was seen"
    for pid, rss in readers.items():
        warm = int(len(rss) * WARM)
        middle, last = max(rss[warm : 2 * warm]), max(rss[-warm:])
        print(  # noqa: T201  a benchmark's result
            f"\nOCR process {pid}: {len(rss)} samples, peak {max(rss) >> 20} MB; "
            f"second to last third {last / middle:.2f}"
        )
        assert last <= GROWTH * middle
    again, _ = _run(inbox, out)
    print(said.splitlines()[0], "|", again.splitlines()[0])  # noqa: T201
    assert re.search(r"新识别 0 页", again)
    assert f"其中 {CASES} 件内容未变" in again
