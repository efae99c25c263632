"""The Prefect server beneath ``yijianshi run`` killed in the middle: the run goes on without it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.pipeline.sheets.scans import noise, scanned_pdf

ROOT = Path(__file__).parents[2]
CASES = 6
RUN = """
import sys, time
from pathlib import Path
from flows import batch
from tests.flows.fake_reading import InlinePool, fake_reader

class Slow(InlinePool):
    def submit(self, work, *args, **kwargs):
        time.sleep(2)
        return super().submit(work, *args, **kwargs)

batch.Reader = lambda settings, workers, *, store, **_: fake_reader(
    settings, Path(sys.argv[1]) / "models", store, Slow())
from flows.cli import run_command
sys.exit(run_command(["run", sys.argv[1] + "/inbox", "--out", sys.argv[1] + "/out"]))
"""


def server_of(process: subprocess.Popen[str]) -> psutil.Process | None:
    """The Prefect server that a run has started."""
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if "uvicorn" in " ".join(child.cmdline()):
                return child
        except psutil.Error:
            continue
    return None


def done(out: Path) -> int:
    log = out / "run.log"
    return log.read_text("utf-8").count('"case done"') if log.exists() else 0


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_run_outlives_its_prefect_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(CASES):
        (tmp_path / "inbox" / f"{number}").mkdir(parents=True)
        (tmp_path / "inbox" / f"{number}" / "a.pdf").write_bytes(scanned_pdf([noise(number)]))
    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not done(tmp_path / "out"):
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
        server = server_of(process)
        assert server is not None
        server.kill()
        assert done(tmp_path / "out") < CASES, "all was over before the server was killed"
        out, err = process.communicate(timeout=1500)
    assert process.returncode == 0, err
    assert f"共 {CASES} 件" in out
    assert done(tmp_path / "out") == CASES, "each once"
