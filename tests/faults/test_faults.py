"""A run, its delivery and the results, killed again and again at instants drawn by lot: in the end
everything stands as if nothing had happened. ``make faults`` kills a hundred times."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import create_engine, select, text

from pipeline.store.cases import STORE_FILE, Store
from pipeline.store.tables import case_revision, case_state, outbox, outcome
from tests.databases import postgres_address
from tests.faults.work import DAY
from tests.flows.delivery.receiver import SECRET, Receiver, Reply
from tests.flows.desk.papers import Scans
from tests.own_postgres import OwnPostgres
from tests.validators.applications import ORDER, card, form
from tests.validators.papers_made import with_check

pytestmark = pytest.mark.service

KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", "1"))
NAMES = (
    "韦小芳", "黄大勇", "覃秀英", "梁家豪", "农丽华",
    "陆建国", "莫文静", "蒙志强", "卢春燕", "韩国栋",
)  # fmt: skip


class Nursery:
    """Forks workers."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.faults.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("")

    def ask(self, **asked: Any) -> int:
        """The nursery's answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inbox of ten persons: ready for one or two departments, refused, doubtful; one in a zip;
    and what the departments will answer."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "inbox").mkdir()
    (folder / "back").mkdir()
    known: dict[str, Any] = {}
    for number, name in enumerate(NAMES):
        case_id = f"{number:02}"
        case = folder / "inbox" / case_id
        case.mkdir()
        who = {"name": name, "id_number": with_check(f"45010319900307{900 + 2 * number}")}
        matters = (["M3"], ["M3", "M7"], ["M7"], ["M4"], ["M3"])[number % 5]
        scans = Scans(case, known)
        scans.scan("身份证.jpg", card(**who), number=2 * number)
        scans.scan("申请表.jpg", form(**who), number=2 * number + 1)
        asked = ORDER | who | {"matters": matters, "card_applied_before": True}
        asked["accepted_on"] = DAY.isoformat()
        if number % 5 == 4:
            del asked["flex_type"]  # for a person to ask
        (case / "application.json").write_text(json.dumps(asked), encoding="utf-8")
        if number % 5 in (0, 1, 2):
            for matter in matters:
                _answer(folder / "back", case_id, matter)
    zipped = folder / "inbox" / "01"
    shutil.make_archive(str(zipped), "zip", zipped)
    shutil.rmtree(zipped)
    (folder / "known.pickle").write_bytes(pickle.dumps(known))
    return folder


def _answer(folder: Path, case_id: str, matter: str) -> None:
    department = {"M3": "hrss", "M7": "medical"}[matter]
    said = {
        "result_version": "1",
        "id": f"{department}-{case_id}",
        "department": department,
        "case_id": case_id,
        "decided_at": "2026-11-24T10:00:00+08:00",
        "matters": [{"code": matter, "passed": True}],
    }
    (folder / f"{case_id}-{department}.json").write_text(json.dumps(said), encoding="utf-8")


class Life:
    """One office from its first case on, with the departments around it."""

    def __init__(self, folder: Path, papers: Path, database: str | None, seed: int) -> None:
        shutil.copytree(papers, folder, dirs_exist_ok=True)
        self.folder, self.database, self.chance = folder, database, random.Random(seed)
        self.receiver = Receiver(choose=self._reply)
        for name in ("hrss", "applicant"):
            (folder / name).mkdir()
        (folder / "secret").write_text(SECRET)

    def __enter__(self) -> Self:
        self.receiver.__enter__()
        told = f"""
[retry]
attempts = 1000
base_seconds = 0.001
cap_seconds = 0.01
[hrss]
folder = "hrss"
[applicant]
folder = "applicant"
[medical]
url = "{self.receiver.url}"
secret_file = "secret"
"""
        (self.folder / "delivery.toml").write_text(told)
        return self

    def __exit__(self, *_: object) -> None:
        self.receiver.__exit__(None, None, None)

    def _reply(self) -> Reply:
        return self.chance.choice([Reply(), Reply(500, takes=True), Reply(503), Reply(200)])

    def state(self) -> dict[str, Any]:
        """All that stands in the end, but for moments and ids drawn by lot."""
        with Store(self.database or self.folder / "out" / STORE_FILE) as store:
            return {"store": _rows(store), **self._files()}

    def _files(self) -> dict[str, Any]:
        out = self.folder / "out"
        written = {
            str(path.relative_to(out)): path.read_text(encoding="utf-8")
            for room in ("records", "notices", "packets")
            for path in sorted((out / room).rglob("*"))
            if path.is_file() and path.suffix != ".part"
        }
        given = {
            name: {
                path.name: (_message(path), sorted(p.name for p in path.rglob("*")))
                for path in sorted((self.folder / name).iterdir())
                if path.name != ".partial"
            }
            for name in ("hrss", "applicant")
        }
        posted = sorted(
            json.dumps(message["data"], sort_keys=True) for message in self.receiver.taken.values()
        )
        scans = sorted(p.name for p in (out / "objects").glob("??/??/*"))
        back = sorted(str(p.relative_to(self.folder)) for p in (self.folder / "back").rglob("*"))
        return {"out": written, "given": given, "posted": posted, "scans": scans, "back": back}


def _message(path: Path) -> Any:
    return json.loads((path / "message.json").read_text(encoding="utf-8"))["data"]


def _rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    cases, sent, said = case_state.c, outbox.c, outcome.c
    asked = {
        "cases": select(cases.case_id, cases.state, cases.status, cases.revision, cases.doubts,
                        cases.closed_at.is_not(None)),
        "revisions": select(case_revision.c.case_id, case_revision.c.revision,
                            case_revision.c.record),
        "outbox": select(sent.case_id, sent.target, sent.kind, sent.revision, sent.replaces,
                         sent.state),
        "outcomes": select(said.case_id, said.matter, said.passed, said.result_id),
    }  # fmt: skip
    with store.snapshot() as connection:
        return {
            name: sorted(tuple(row) for row in connection.execute(found))
            for name, found in asked.items()
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Makes the address of a new database for each life."""
    open_ones = []

    def new() -> str | None:
        if request.param == "sqlite":
            return None
        made = postgres_address()
        open_ones.append(made)
        return made.__enter__()

    yield new
    for made in open_ones:
        made.__exit__(None, None, None)


@pytest.mark.timeout(7200)
def test_whatever_is_killed_the_end_is_that_of_an_undisturbed_run(
    nursery: Nursery, papers: Path, database: Any, tmp_path: Path
) -> None:
    wanted, instants = calm_life(nursery, papers, tmp_path, database())
    chance, kills, lives = random.Random(SEED), 0, 0
    while kills < KILLS:
        lives += 1
        with Life(tmp_path / f"life{lives}", papers, database(), lives) as life:
            is_over = False
            while kills < KILLS and not is_over:
                beside = chance.random() < 0.25  # another process runs at the same time
                other = start(nursery, life, 0) if beside else None
                code = live(nursery, life, at=chance.randint(1, instants // 5))
                kills += code == -9
                is_over = code == 0
                if other is not None:
                    assert nursery.ask(wait=other) == 0, log_of(life)
                    is_over = True
                assert code in (0, -9), log_of(life)
            assert live(nursery, life, at=0) == 0, log_of(life)
            state = life.state()
            for part, expected in wanted.items():
                assert state[part] == expected, f"seed {SEED}, life {lives}: {part}"
            assert state == wanted
    print(f"{kills} kills at {instants} instants, {lives} lives: 0 lost, 0 twice")  # noqa: T201


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_database_that_is_killed_loses_nothing(
    nursery: Nursery, papers: Path, tmp_path: Path
) -> None:
    chance, kills = random.Random(SEED), max(2, KILLS // 5)
    with OwnPostgres() as server:
        wanted, instants = calm_life(nursery, papers, tmp_path, made_in(server, "calm"))
        for number in range(kills):
            address = made_in(server, f"life{number}")
            with Life(tmp_path / f"life{number}", papers, address, number) as life:
                at = chance.randint(1, instants)
                pid = start(nursery, life, at, victims=[server.pid])
                code = nursery.ask(wait=pid)
                assert code in (0, 1), log_of(life)
                if code:
                    assert "StoreError" in log_of(life)
                server.kill()
                server.start()
                assert live(nursery, life, at=0) == 0, log_of(life)
                assert life.state() == wanted, f"seed {SEED}, life {number}, instant {at}"


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("full", ["disk", "file size"])
def test_a_full_disk_loses_nothing(
    full: str, nursery: Nursery, papers: Path, tmp_path: Path
) -> None:
    wanted, _ = calm_life(nursery, papers, tmp_path, None)
    out = tmp_path / "calm" / "out"
    sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
    most = sum(sizes) if full == "disk" else max(sizes)
    chance, stopped = random.Random(SEED), 0
    for number in range(max(3, KILLS // 5)):
        with Life(tmp_path / f"life{number}", papers, None, number) as life:
            room = int(most * chance.uniform(0.3, 0.95))
            if full == "disk":
                with small_disk(life.folder / "out", room) as grow:
                    stopped += live(nursery, life, at=0) == 1
                    grow()
                    assert live(nursery, life, at=0) == 0, log_of(life)
                    state = life.state()
            else:
                stopped += nursery.ask(wait=start(nursery, life, 0, file_bytes=room)) == 1
                assert live(nursery, life, at=0) == 0, log_of(life)
                state = life.state()
            assert state == wanted, f"seed {SEED}, life {number}, {room} bytes"
            assert log_of(life).count("Traceback") == 0 or "errors.StoreError: " in log_of(life)
    assert stopped, "no life met the end of its disk"


@contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[Callable[[], None]]:
    """A disk of this size in memory; gives what makes it large."""
    folder.mkdir()
    kib = max(64, size_bytes >> 10)
    told = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
    if subprocess.run(told, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here; the other test stands in")
    try:
        yield lambda: subprocess.run(
            ["mount", "-o", "remount,size=256m", str(folder)], check=True
        ).check_returncode()
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def made_in(server: OwnPostgres, name: str) -> str:
    """A new database of a server; its address."""
    url = server.address().replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.address(name)


def calm_life(
    nursery: Nursery, papers: Path, tmp_path: Path, database: str | None
) -> tuple[dict[str, Any], int]:
    """What stands after an undisturbed run, and how many instants it has."""
    with Life(tmp_path / "calm", papers, database, 0) as calm:
        assert live(nursery, calm, at=0) == 0, (calm.folder / "log").read_text()
        wanted = calm.state()
        instants = int((calm.folder / "instants").read_text())
    assert_is_full(wanted)
    return wanted, instants


def assert_is_full(state: dict[str, Any]) -> None:
    """The undisturbed run holds all that a kill might lose."""
    statuses = [row[2] for row in state["store"]["cases"]]
    assert sorted(statuses) == ["ineligible"] * 2 + ["ready"] * 6 + ["review"] * 2
    assert [row[5] for row in state["store"]["cases"]].count(True) == 6
    assert {row[3] for row in state["store"]["cases"]} == {1}
    assert {row[5] for row in state["store"]["outbox"]} == {"sent"}
    assert (len(state["given"]["hrss"]), len(state["posted"])) == (4, 4)
    assert len(state["given"]["applicant"]) == 2
    assert len(state["store"]["outcomes"]) == 8 and len(state["out"]) > 25


def start(nursery: Nursery, life: Life, at: int, **more: Any) -> int:
    return nursery.ask(folder=str(life.folder), database=life.database, at=at, **more)


def live(nursery: Nursery, life: Life, at: int) -> int:
    """Let a worker work until it ends or dies; its exit code, -9 where it was killed."""
    return nursery.ask(wait=start(nursery, life, at))


def log_of(life: Life) -> str:
    return (life.folder / "log").read_text(encoding="utf-8")[-4000:]
