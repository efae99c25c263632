"""Cases of the sample inbox, one of each status, from their scans to the record with the real
engine: as ``samples/inbox-expected.json`` says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.reading import Reader
from pipeline.settings import load_settings
from tests.inbox import differences, recorded

pytestmark = pytest.mark.engine

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "inbox-expected.json").read_text("utf-8"))
CASES = ("a01-employee", "b03-card-expired", "c01-number-wrong", "d03-name-online")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(load_settings(), 1) as opened:
        yield opened


@pytest.mark.parametrize("case", CASES)
def test_case_is_judged_as_it_was_drawn_when_read_from_its_scans(reader: Reader, case: str) -> None:
    assert differences(recorded(reader, SAMPLES / "inbox" / case), EXPECTED[case]) == []
