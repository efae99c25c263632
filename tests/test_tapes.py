"""Scans read without an engine: every folder of ``tests/tapes`` through the whole reading.

A folder is made by ``yijianshi look FILE --to DIR --as-test tests/tapes/NAME`` (CONTRIBUTING.md,
"Mend one bad scan"). After a change to what comes before the engine (intake, sheets) ``make tapes``
records all of them anew; the difference of ``expected.json`` is then to be looked at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from flows.look.by_tape import TEST_EXPECTED, TEST_TAPE, expected_of, read_by_tape

FOLDER = Path(__file__).parent / "tapes"
TAPES = sorted(path for path in FOLDER.iterdir() if path.is_dir())
LARGEST_BYTES = 300_000


def scan_of(folder: Path) -> Path:
    (scan,) = folder.glob("scan.*")
    return scan


@pytest.mark.parametrize("folder", TAPES, ids=lambda folder: folder.name)
def test_a_scan_reads_as_expected(folder: Path) -> None:
    expected = json.loads((folder / TEST_EXPECTED).read_text(encoding="utf-8"))
    read = expected_of(read_by_tape(scan_of(folder), folder / TEST_TAPE))
    if read != expected:
        pytest.fail("\n".join(unified_diff(lines(expected), lines(read), "expected", "read", n=2)))


@pytest.mark.long
def test_tapes_are_played_on_other_processors() -> None:
    """Without newer instructions OpenCV and NumPy give other last bits."""
    environment = os.environ | {
        "OPENCV_CPU_DISABLE": "AVX512_SKX,AVX2,FMA3,AVX",
        "OPENBLAS_CORETYPE": "Nehalem",
    }
    again = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(
        [*again, "-k", test_a_scan_reads_as_expected.__name__],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert f"{len(TAPES)} passed" in done.stdout


def lines(data: dict[str, Any]) -> list[str]:
    return json.dumps(data, ensure_ascii=False, indent=1).splitlines()


def test_tapes_are_there_and_small() -> None:
    sizes = {f.name: sum(path.stat().st_size for path in f.iterdir()) for f in TAPES}
    assert len(sizes) >= 3
    assert {name: size for name, size in sizes.items() if size > LARGEST_BYTES} == {}
