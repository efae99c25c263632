"""The queue at 50,000 cases, and what settling a doubt costs: printed, never asserted."""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from flows.review.desk import Desk
from flows.review.moves import Move
from pipeline.deciding import draw_of
from pipeline.record import Action
from pipeline.status import Status
from pipeline.store.cases import Store
from pipeline.store.queue import (
    Wanted,
    count_doubtful,
    count_doubts,
    count_waiting,
    list_waiting,
    next_waiting,
    sample,
    windows,
)
from pipeline.store.tables import case_finding, case_state, lease
from tests.databases import postgres_address
from tests.flows.review.made import MANY_TYPED, hand_in, make_desk, many_doubts

pytestmark = pytest.mark.bench

CASES = 50_000
TIMES = 15
RULES = ("OCR-LOW", "OCR-MISSING", "X1", "X7", "DOC-UNKNOWN", "E-M2-10", "PH-BACKGROUND")
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    if request.param == "sqlite":
        with Store(tmp_path_factory.mktemp("q") / "s.sqlite") as opened:
            fill(opened)
            yield opened
        return
    with postgres_address() as address, Store(address) as opened:
        fill(opened)
        yield opened


def fill(store: Store) -> None:
    """50,000 cases of a province's year: a fifth with doubts, a few claimed."""
    draw = random.Random(1)
    states, findings, leases = [], [], []
    for number in range(CASES):
        doubts = draw.choice((0, 0, 0, 0, 1, 2, 3)) if number % 2 else 0
        status = "review" if doubts else draw.choice(("ready", "ready", "ready", "incomplete"))
        case_id = f"GX{2026000000 + number}"
        name, month = str(number % 977), f"{number % 12 + 1:02d}"
        states.append(
            {
                "case_id": case_id, "content_key": "k", "state": "done", "attempts": 1,
                "changed_at": NOW - timedelta(minutes=number), "revision": 1, "status": status,
                "matters": draw.choice(("M1", "M2,M4", "M3", "M5", "M7,M9")), "channel": "window",
                "window": f"{number % 40 + 1:02d}",
                "applicant_name": draw.choice("韦黄覃陆梁莫") + draw.choice("昊梅小大") + name,
                "applicant_number": f"4501{number % 100:02d}1990{month}01{number % 10000:04d}",
                "doubts": doubts,
                "draw": draw_of(case_id),
                "due_on": date(2026, 11, 1) + timedelta(days=number % 60),
            }
        )  # fmt: skip
        findings += [
            {
                "case_id": case_id, "position": at, "rule": draw.choice(RULES),
                "severity": "review",
                "field": "name", "document_type": "id_card", "settled": at >= doubts,
            }
            for at in range(doubts + number % 3)
        ]  # fmt: skip
        if number % 500 == 1:
            leases.append(
                {
                    "name": f"review:{case_id}", "owner": f"r{number % 20}", "token": 1,
                    "taken_at": NOW, "until": NOW + timedelta(days=1),
                }
            )  # fmt: skip
    with store.begin() as connection:
        for table, rows in ((case_state, states), (case_finding, findings), (lease, leases)):
            for start in range(0, len(rows), 5000):
                connection.execute(insert(table), rows[start : start + 5000])


def median_ms(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of this process's CPU: of SQLite, which works in it, the
    second is the cost also on a loaded machine; PostgreSQL's own is not in it."""
    work()
    clock, cpu = [], []
    for _ in range(TIMES):
        began, used = time.perf_counter(), time.process_time()
        work()
        cpu.append(1000 * (time.process_time() - used))
        clock.append(1000 * (time.perf_counter() - began))
    return statistics.median(clock), statistics.median(cpu)


def test_queue_of_50_000_cases(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {
        "as it opens": Wanted(),
        "by matter": Wanted(matter="M4"),
        "by window": Wanted(window="07"),
        "by kind of doubt": Wanted(rule="X"),
        "due": Wanted(due_by=date(2026, 11, 10)),
        "age, oldest": Wanted(older_than_days=5, order="age"),
        "most doubts": Wanted(order="doubts"),
        "ready, page 100": Wanted(doubtful=False, status=Status.READY, page=100),
        "all": Wanted(doubtful=False),
        "search by id": Wanted(doubtful=False, search="GX2026012345"),
        "search by name": Wanted(doubtful=False, search="韦昊3"),
        "search by number": Wanted(doubtful=False, search="450107199"),
        "mine": Wanted(doubtful=False, mine="r1"),
    }

    def timed(name: str, work: Callable[..., object]) -> None:
        def once() -> None:
            with store.snapshot() as connection:
                work(connection)

        with capsys.disabled():
            clock, cpu = median_ms(once)
            sys.stderr.write(f"{store._name:14} {name:22} {clock:7.1f} ms, CPU {cpu:7.1f} ms\n")

    with capsys.disabled():
        sys.stderr.write("\n")
    for name, wanted in asked.items():
        timed(name, lambda c, w=wanted: list_waiting(c, w, now=NOW))
    timed("next", lambda c: next_waiting(c, Wanted(), "li", now=NOW))
    timed(
        "counts",
        lambda c: (count_waiting(c), count_doubtful(c), count_doubts(c), windows(c)),
    )
    timed("sample of 2 %", lambda c: sample(c, 0.02))


def test_settling_a_hundred_doubts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Server time alone; keys are counted where keys are pressed, see tests/flows/pages/review."""
    with Store(tmp_path / "s.sqlite") as store:
        desk = make_desk(tmp_path, store)
        spent: list[float] = []
        for number in range(5):
            case_id = f"c{number}"
            hand_in(desk, case_id, many_doubts(10 * number), MANY_TYPED)
            desk.claim(case_id, "li")
            _settle(desk, case_id, spent)
    with capsys.disabled():
        sys.stderr.write(
            f"\n{len(spent)} doubts: median {1000 * statistics.median(spent):.0f} ms, "
            f"worst {1000 * max(spent):.0f} ms at the server each\n"
        )


def _settle(desk: Desk, case_id: str, spent: list[float]) -> None:
    opened = desk.open(case_id, "li")
    while fields := [item for item in opened.items if item.is_field]:
        began = time.perf_counter()
        opened = desk.decide(case_id, "li", opened.revision, Move(fields[0].key, Action.CONFIRM))
        spent.append(time.perf_counter() - began)
