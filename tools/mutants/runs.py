"""Running tests on mutants: a copy of the tree, and a fork for every mutant.

The parent imports what the tests need of other people's packages, once; each fork then imports
ours anew, with the fault in it. Nothing is written into the tree.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from tools.mutants.operators import Mutant

Outcome = Literal["caught", "timeout", "survived"]

_OUTCOMES: dict[bool | None, Outcome] = {True: "survived", False: "caught", None: "timeout"}
PRELOADED = ("numpy", "cv2", "pydantic", "pytest", "PIL.Image", "sqlalchemy")
TIMES_LONGER = 4
"""How many times longer than the sound module's tests a mutant's may run: a loop has no end."""
AT_LEAST_S = 20.0


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a mutant, and after how many seconds."""

    mutant: Mutant
    outcome: Outcome
    seconds: float


class UnsoundTestsError(Exception):
    """The tests fail, or find nothing to run, without any fault put in."""


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy of what git knows of the tree, changes not yet committed included."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    with TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, copy / name)
        yield copy


def preload() -> None:
    """Import the packages that most tests need, so that forks find them there."""
    os.environ["OMP_NUM_THREADS"] = "1"
    for name in PRELOADED:
        importlib.import_module(name)


def run_on_copy(root: Path, mutants: Sequence[Mutant], tests: Sequence[str]) -> list[Run]:
    """Run the tests on each mutant of one module, in a copy of the tree. Raises
    UnsoundTestsError."""
    with copied(root) as copy:
        return list(run_mutants(copy, mutants, tests))


def run_mutants(copy: Path, mutants: Sequence[Mutant], tests: Sequence[str]) -> Iterator[Run]:
    """Run the tests on each mutant of one module. Raises UnsoundTestsError."""
    started = time.monotonic()
    if _tested(copy, tests, 600.0, keep_bytecode=True) is not True:
        raise UnsoundTestsError(" ".join(tests))
    limit_s = max(AT_LEAST_S, TIMES_LONGER * (time.monotonic() - started))
    for mutant in mutants:
        with _put_in(copy / mutant.file, mutant.source):
            started = time.monotonic()
            passed = _tested(copy, tests, limit_s, keep_bytecode=False)
        yield Run(mutant, _OUTCOMES[passed], time.monotonic() - started)


@contextmanager
def _put_in(path: Path, source: str) -> Iterator[None]:
    sound, times = path.read_bytes(), path.stat()
    path.write_text(source, encoding="utf-8")
    # A compiled module is known by its source's time and size: no mutant may share the sound one's.
    os.utime(path, (times.st_atime, times.st_mtime + 10_000))
    try:
        yield
    finally:
        path.write_bytes(sound)
        os.utime(path, (times.st_atime, times.st_mtime))


def _tested(
    copy: Path, tests: Sequence[str], limit_s: float, *, keep_bytecode: bool
) -> bool | None:
    """Whether the tests pass in a fork; None where they did not end in time."""
    child = os.fork()
    if child == 0:
        os.setsid()
        _test(copy, tests, keep_bytecode)
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _test(copy: Path, tests: Sequence[str], keep_bytecode: bool) -> None:
    """Run pytest here and leave the process with its exit code."""
    code = 99
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        os.chdir(copy)
        os.environ["PYTHONPATH"] = str(copy)
        sys.dont_write_bytecode = not keep_bytecode
        sys.path.insert(0, str(copy))
        for name in [n for n in sys.modules if n.split(".")[0] in ("tools", "tests")]:
            del sys.modules[name]
        import pytest

        options = ["-x", "-m", "not engine and not bench", "--hypothesis-seed=0", "--no-header"]
        code = int(pytest.main([*options, *tests]))
    finally:
        os._exit(code)
