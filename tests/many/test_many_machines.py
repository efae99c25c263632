"""docs/many-machines.md, line for line: server, database and three workers as processes, of which
one worker and the server are killed in the middle of a night."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from pipeline.store.cases import CaseState, Store
from pipeline.store.tables import lease
from tests.many.office import Office, blocks, end_tree, until
from tests.many.replay import TAPE, WAIT
from tests.own_postgres import has_trigrams

CASES = 12
WATCH = "yijianshi-watch/yijianshi-watch"


def fill(inbox: Path) -> set[str]:
    """Cases of one scan each, no two of the same bytes; their ids."""
    scan = (TAPE / "scan.jpg").read_bytes()
    for number in range(CASES):
        (inbox / f"{number:02}").mkdir()
        (inbox / f"{number:02}" / "scan.jpg").write_bytes(scan + b"%d" % number)
    return {f"{number:02}" for number in range(CASES)}


def helpers(store: Store) -> set[int]:
    """The processes that hold the lease of a flow run and work on a case."""
    with store.snapshot() as connection:
        held = connection.execute(select(lease.c.name, lease.c.owner).where(
            lease.c.until > lease.c.taken_at)).all()  # fmt: skip
    flows = {int(row.owner.split(":")[1]) for row in held if row.name.startswith("flow:")}
    leaders = {int(row.owner.split(":")[1]) for row in held if row.name.startswith("night:")}
    cases = {int(row.owner.split(":")[1]) for row in held if row.name.startswith("case:")}
    return {pid for pid in (flows & cases) - leaders if psutil.pid_exists(pid)}


def worker_of(pid: int, workers: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes] | None:
    """The worker that a process was started by."""
    for worker in workers:
        try:
            if pid in {p.pid for p in psutil.Process(worker.pid).children(recursive=True)}:
                return worker
        except psutil.NoSuchProcess:
            continue
    return None


def done_of(store: Store) -> set[str]:
    return {row.case_id for row in store.read_cases() if row.state == CaseState.DONE}


@pytest.mark.long
@pytest.mark.engine
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not has_trigrams(), reason="Prefect needs Debian's postgresql (pg_trgm)")
def test_a_night_on_three_workers_outlives_one_of_them_and_the_server(tmp_path: Path) -> None:
    databases, install, deploy, by_hand = blocks("sh")
    with Office(tmp_path, portion=2, **{WAIT: "1"}) as office:
        office.do(databases)
        office.do(install)
        server = office.begin_server()
        office.do(deploy)
        until(lambda: "yijianshi-nightly" in office.by_the_clock())
        office.do(
            f"export PREFECT_API_URL=http://prefect.office:4200/api\n"
            f"prefect --no-prompt deployment schedule clear --accept-yes {WATCH}\n"
        )
        workers = [office.begin_worker(number) for number in (1, 2, 3)]
        wanted = fill(office.inbox)
        assert "案件 0 件" in office.do(by_hand)

        with Store(office.database.address("yijianshi")) as store:

            def victim() -> subprocess.Popen[bytes] | None:
                found = [worker_of(pid, workers) for pid in helpers(store)]
                return next((one for one in found if one is not None), None)

            dead = until(victim)
            end_tree(dead)
            end_tree(server)
            assert len(done_of(store)) < CASES, "all was over before anything was killed"
            office.begin_server()
            until(lambda: done_of(store) == wanted)
            until(lambda: (office.out / "report.html").exists())
            assert {row.revision for row in store.read_cases()} == {1}
        told = [json.loads(line) for line in (office.out / "run.log").read_text().splitlines()]
        ended = Counter(event["case"] for event in told if event["event"] == "case done")
        assert ended == dict.fromkeys(wanted, 1)
        assert {path.stem for path in (office.out / "records").iterdir()} == wanted
        assert not [entry for entry in office.inbox.iterdir() if entry.name != "taken"]

        # What the dead worker was running says so for ever, unless somebody buries it.
        office.do(
            f"export PREFECT_API_URL=http://prefect.office:4200/api\n"
            f"prefect deployment run {WATCH}\n"
        )
        until(lambda: not office.states() & {"RUNNING", "PENDING"} and "CRASHED" in office.states())
        crashed = [run for run in office.flow_runs() if run["state_type"] == "CRASHED"]
        assert any("其他进程接手" in (run["state"]["message"] or "") for run in crashed)
