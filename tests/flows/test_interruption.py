"""Ctrl-C ends a run within seconds, with one line and 130, SIGTERM with 143; what it started ends
with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

PROGRAM = """
import multiprocessing, sys, time
from concurrent.futures import ProcessPoolExecutor
from flows.interruption import deaf_children, ended_together

if __name__ == "__main__":
    with ended_together():
        pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))
        with deaf_children():
            waiting = [pool.submit(time.sleep, 60) for _ in range(2)]
        print("started", flush=True)
        for future in waiting:
            future.result()
"""


SERVER = """
import time
from flows.interruption import ended_together

if __name__ == "__main__":
    with ended_together():
        from flows.batch import _prefect
        from flows.progress import Progress
        from pipeline.settings import Settings

        _prefect(Settings(), Progress("", 1))
        from flows.intake import start_server

        start_server()
        print("started", flush=True)
        time.sleep(600)
"""


def started(
    program: str = PROGRAM, **environment: str
) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """The program above in a process group of its own, as a terminal starts it; its children."""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    return process, children


def are_gone(processes: list[psutil.Process], within_s: float) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes):
            return True
        time.sleep(0.05)
    return False


def test_ctrl_c_says_one_line_and_leaves_nothing_running() -> None:
    process, children = started()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err.strip().count("\n")) == ("", 0)
    assert "再次运行同一命令即可继续" in err
    assert are_gone(children, 20)


FLOW = """
import time
from flows.interruption import ended_together

if __name__ == "__main__":
    with ended_together():
        from flows.batch import _prefect
        from flows.progress import Progress
        from pipeline.settings import Settings

        run_flow = _prefect(Settings(), Progress("", 1))

        def process(case_id):
            print("started", flush=True)
            time.sleep(600)

        run_flow(process, ["07"], threads=1)
"""


def test_sigterm_ends_as_ctrl_c_does() -> None:
    process, children = started()
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert (out, err.strip().count("\n")) == ("", 0)
    assert "再次运行同一命令即可继续" in err
    assert are_gone(children, 20)


@pytest.mark.long
def test_sigterm_ends_a_flow_that_has_tasks_in_hand(tmp_path: Path) -> None:
    process, children = started(FLOW, YIJIANSHI_CACHE=str(tmp_path))
    since = time.monotonic()
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert time.monotonic() - since < 5
    assert process.returncode == 143
    assert "再次运行同一命令即可继续" in err.splitlines()[-1]
    assert are_gone(children, 20)


@pytest.mark.long
def test_prefects_server_says_nothing_at_ctrl_c(tmp_path: Path) -> None:
    process, children = started(SERVER, YIJIANSHI_CACHE=str(tmp_path))
    (server,) = [child for child in children if "uvicorn" in child.cmdline()]
    server.send_signal(signal.SIGINT)
    assert not are_gone([server], 5)  # one that hears it ends at once, and says so
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    said = [line for line in err.splitlines() if line]
    assert said[0].startswith("正在启动")
    assert (out, len(said[1:])) == ("", 1), err
    assert are_gone(children, 20)


def test_what_was_started_ends_with_a_process_that_is_killed() -> None:
    process, children = started()
    process.kill()
    process.communicate(timeout=60)
    assert are_gone(children, 20)
