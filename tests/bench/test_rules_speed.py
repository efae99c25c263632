"""How long all rules of one case take: under 5 ms, so that a clerk never waits for them."""

from __future__ import annotations

import time
from datetime import date

import pytest

from pipeline.model import Application
from tests.validators.applications import TODAY, applied, booklet, card, form, original, photo
from tests.validators.papers_made import disability, residence_permit
from tests.validators.test_scenarios import application_of, rows
from validators.assess import assess

LIMIT_MS = 5.0

FULL = applied(
    ["M1", "M2", "M4", "M5", "M6", "M9"],
    form(),
    card(),
    booklet(),
    original(disability()),
    original(residence_permit()),
    photo(),
    special_groups=("SG1", "SG3"),
    archive={"direction": "in", "holder": "state_unit"},
    changes=(
        {"item": "name", "old": "甲", "new": "乙"},
        {"item": "mobile", "old": "1", "new": "2"},
    ),
)


@pytest.mark.bench
def test_no_scenario_takes_longer_than_the_limit() -> None:
    """Every situation of tests/validators/scenarios, the best of five runs each."""
    took = []
    for row in rows():
        application = application_of(row)
        day = row.get("today", application.request.accepted_on or TODAY)
        assess(application, day)
        best = min(_milliseconds(application, day) for _ in range(5))
        took.append((best, row["id"]))
    took.sort()
    print(f"\n{len(took)} scenarios: median {took[len(took) // 2][0]:.2f} ms, most {took[-1]}")  # noqa: T201
    assert took[-1][0] < LIMIT_MS


def _milliseconds(application: Application, day: date) -> float:
    began = time.process_time()
    assess(application, day)
    return (time.process_time() - began) * 1000


@pytest.mark.bench
def test_rules_take_less_than_five_milliseconds_a_case() -> None:
    assess(FULL, TODAY)  # tables are read once
    times = []
    for _ in range(200):
        began = time.process_time()
        assess(FULL, TODAY)
        times.append((time.process_time() - began) * 1000)
    times.sort()
    print(f"\nall rules, one case: median {times[100]:.2f} ms, 95 % {times[190]:.2f} ms")  # noqa: T201
    assert times[100] < LIMIT_MS
