"""Cases of the sample inbox, one of each status, from their scans to the record with the real
engine: as ``samples/inbox-expected.json`` says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.case import make_case_record
from flows.reading import Reader
from pipeline.intake.case import list_case
from pipeline.record import Record
from pipeline.settings import load_settings
from tests.inbox import differences

pytestmark = pytest.mark.engine

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "inbox-expected.json").read_text("utf-8"))
CASES = ("a01-employee", "b03-card-expired", "c01-number-wrong", "d03-name-online")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(load_settings(), 1) as opened:
        yield opened


def recorded(reader: Reader, case: str) -> Record:
    files = list_case(SAMPLES / "inbox" / case, load_settings().limits)
    readings = reader.read(files.files)
    return make_case_record(files, readings, reader.models, date(2026, 11, 23)).record


@pytest.mark.parametrize("case", CASES)
def test_case_is_judged_as_it_was_drawn_when_read_from_its_scans(reader: Reader, case: str) -> None:
    assert differences(recorded(reader, case), EXPECTED[case]) == []
