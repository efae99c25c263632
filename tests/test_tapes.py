"""Scans read without an engine: every folder of ``tests/tapes`` through the whole reading.

A folder is made by ``yijianshi look FILE --to DIR --as-test tests/tapes/NAME`` (CONTRIBUTING.md,
"Mend one bad scan"). After a change to what comes before the engine (intake, sheets) ``make tapes``
records all of them anew; the difference of ``expected.json`` is then to be looked at.
"""

from __future__ import annotations

import json
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from flows.look.by_tape import TEST_EXPECTED, TEST_TAPE, expected_of, read_by_tape
from pipeline.errors import InputError
from pipeline.ocr.replay import ReplayEngine

FOLDER = Path(__file__).parent / "tapes"
TAPES = sorted(path for path in FOLDER.iterdir() if path.is_dir())
LARGEST_BYTES = 300_000


def scan_of(folder: Path) -> Path:
    (scan,) = folder.glob("scan.*")
    return scan


@pytest.mark.parametrize("folder", TAPES, ids=lambda folder: folder.name)
def test_a_scan_reads_as_expected(folder: Path) -> None:
    if not ReplayEngine(folder / TEST_TAPE).is_of_this_machine:
        pytest.skip("recorded under another arithmetic (pipeline/ocr/replay.py): run make tapes")
    expected = json.loads((folder / TEST_EXPECTED).read_text(encoding="utf-8"))
    try:
        read = expected_of(read_by_tape(scan_of(folder), folder / TEST_TAPE))
    except InputError as error:
        # A phone's picture is laid flat before it is read: the last bit of that differs between
        # processors whose other arithmetic is one.
        pytest.skip(f"{error.message} Run make tapes.")
    if read != expected:
        pytest.fail("\n".join(unified_diff(lines(expected), lines(read), "expected", "read", n=2)))


def lines(data: dict[str, Any]) -> list[str]:
    return json.dumps(data, ensure_ascii=False, indent=1).splitlines()


def test_tapes_are_there_and_small() -> None:
    sizes = {f.name: sum(path.stat().st_size for path in f.iterdir()) for f in TAPES}
    assert len(sizes) >= 3
    assert {name: size for name, size in sizes.items() if size > LARGEST_BYTES} == {}
