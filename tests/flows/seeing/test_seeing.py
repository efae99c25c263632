"""Status, metrics, health, tables and the month: counts that are right, and nobody in them."""

from __future__ import annotations

import csv
import json
import re
import urllib.error
import urllib.request
from collections import namedtuple
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from sqlalchemy import update

from flows.charts import stacked_bars
from flows.cli import run_command
from flows.report import STATUS_LABELS, render_report
from flows.seeing.export import COLUMNS, safe_text
from flows.seeing.health import answer, health_server, parse_address
from flows.seeing.metrics import render_metrics
from flows.seeing.status import Status, read_status, status_lines
from pipeline.errors import ExitCode, StoreError, UsageError
from pipeline.model import Request
from pipeline.settings import Settings
from pipeline.store import leases
from pipeline.store.cases import STORE_FILE, CaseState, Store
from pipeline.store.figures import course, month, night_of
from pipeline.store.tables import case_revision, case_state
from pipeline.store.trouble import Trouble
from tests.flows.delivery.office import Office
from tests.flows.records import low_name, make_record

Capture = pytest.CaptureFixture[str]
TODAY = date(2026, 12, 4)
EVIL = '=HYPERLINK("http://x","韦")'


def fill(store: Store, folder: Path) -> Office:
    """Two ready cases of which one was sent, a doubtful one, a refused one, one that broke, one
    that waits."""
    (folder / "hrss").mkdir(exist_ok=True)
    office = Office(folder, store, '[hrss]\nfolder = "hrss"\n')
    office.put("c1", "M3")
    office.round()
    office.put("c2", "M7", delivery="mail")
    office.put("c3", "M4", card_applied_before=True)
    store.write_record(
        "c4", "k", make_record(low_name(), case_id="c4"), Request(),
        seconds=7.5,
    )  # fmt: skip
    trouble = Trouble(kinds=("PoolBroken", "MemoryError"), step="识别第 2 个文件")
    store.write_case("c5", "k", CaseState.QUARANTINED, attempts=2, trouble=trouble)
    store.write_case("c6", "k", CaseState.ARRIVED, attempts=0)
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    with store.begin() as connection:
        waits = update(case_state).where(case_state.c.case_id == "c6")
        connection.execute(waits.values(arrived_at=long_ago))
        leases.take(connection, "case:c6", "host:12:abc:1")
        leases.take(connection, "case:c7", "host:12:abc:2")
    return office


def seen(store: Store, folder: Path) -> Status:
    return read_status(Settings(), store, folder, TODAY)


def test_status_counts_everything_once(store: Store, tmp_path: Path) -> None:
    fill(store, tmp_path)
    stands = seen(store, tmp_path).standing
    assert stands.cases == {"ready": 2, "review": 1, "ineligible": 1, "quarantined": 1,
                            "arrived": 1}  # fmt: skip
    assert (stands.overdue, stands.with_departments, stands.workers) == (2, 1, 1)
    assert (stands.ended_last_hour, stands.ended_last_day) == (5, 5)
    assert stands.outbox == {
        "hrss": {"sent": 1}, "medical": {"waiting": 1}, "applicant": {"waiting": 1}
    }  # fmt: skip
    lines = "\n".join(status_lines(seen(store, tmp_path)))
    for words in (
        "案件 6 件",
        "处理失败 1",
        "等得最久的已 3 小时 0 分",
        "超过承诺期限 2 件",
        "送达人社：已送 1",
    ):
        assert words in lines, words
    assert "韦" not in lines


def test_metrics_are_prometheus_and_name_nobody(store: Store, tmp_path: Path) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    fill(store, tmp_path)
    text = render_metrics(lambda: seen(store, tmp_path)).decode()
    found = {
        (s.name, *(v for _, v in sorted(s.labels.items()))): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }
    assert found["yijianshi_cases", "ready"] == 2
    assert found["yijianshi_messages", "sent", "hrss"] == 1
    assert found["yijianshi_cases_overdue",] == 2
    assert found["yijianshi_oldest_waiting_seconds",] == pytest.approx(3 * 3600, abs=120)
    assert not re.search(r"韦|4501|c[1-6]\b", text)


def test_an_empty_store_has_figures(store: Store, tmp_path: Path) -> None:
    assert next(status_lines(seen(store, tmp_path))) == "案件 0 件"
    with store.snapshot() as connection:
        assert course(connection, datetime.now(UTC)).nights[-1].total == 0


def test_health_tells_store_and_disk(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> Status:
        return seen(store, tmp_path)

    def gone() -> Status:
        raise StoreError("away")

    def ask(path: str, read_now: object = read) -> int:
        assert callable(read_now)
        given = answer(path, read_now)
        return 404 if given is None else given.status

    assert [ask(path) for path in ("/healthz", "/readyz", "/metrics", "/other")] == [
        200, 200, 200, 404,
    ]  # fmt: skip
    assert [ask(path, gone) for path in ("/healthz", "/readyz", "/metrics")] == [200, 503, 503]
    usage = namedtuple("usage", "free total")
    monkeypatch.setattr("flows.seeing.status.psutil.disk_usage", lambda _: usage(1, 2))
    assert ask("/readyz") == 503


def test_the_service_answers_at_its_port(store: Store, tmp_path: Path) -> None:
    def get(port: int, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answered:
                return int(answered.status)
        except urllib.error.HTTPError as error:
            return error.code

    with health_server(("127.0.0.1", 0), lambda: seen(store, tmp_path)) as port:
        assert [get(port, p) for p in ("/healthz", "/readyz?x=1", "/metrics", "/")] == [
            200, 200, 200, 404,
        ]  # fmt: skip
        with pytest.raises(UsageError), health_server(("127.0.0.1", port), lambda: None):  # type: ignore[arg-type,return-value]
            pass


def test_an_address_is_a_port_with_or_without_a_host() -> None:
    assert parse_address("8322") == ("127.0.0.1", 8322)
    assert parse_address("0.0.0.0:80") == ("0.0.0.0", 80)
    for wrong in ("x", "1:", "0", "70000", ""):
        with pytest.raises(UsageError):
            parse_address(wrong)


def test_the_course_tells_what_took_long_what_was_doubted_and_the_nights(
    store: Store, tmp_path: Path
) -> None:
    fill(store, tmp_path)
    now = datetime.now(UTC).astimezone()
    with store.begin() as connection:
        old = update(case_revision).where(case_revision.c.case_id == "c4")
        connection.execute(old.values(made_at=now - timedelta(days=1)))
        made = course(connection, now - timedelta(hours=1), now=now)
    assert [(s.case_id, s.seconds) for s in made.slowest] == [("c4", 7.5)]
    assert [(d.document_type, d.field, d.count) for d in made.doubted] == [("id_card", "name", 1)]
    assert [(s.case_id, s.reason) for s in made.set_aside] == [
        ("c5", "PoolBroken ← MemoryError：识别第 2 个文件")
    ]
    assert [night.counts for night in made.nights[-2:]] == [
        {"review": 1},
        {"ready": 2, "ineligible": 1},
    ]
    assert len(made.nights) == 14 and made.nights[-1].day == night_of(now)
    page = render_report([], ["c5"], made_at=now, out=tmp_path, seconds=10, course=made)
    for words in ("PoolBroken ← MemoryError：识别第 2 个文件", "c4 8 秒", "姓名 1 次", "<svg"):
        assert words in page, words
    assert "http" not in page.split("<svg")[1].split("</svg>")[0]


def test_a_night_begins_at_noon() -> None:
    assert night_of(datetime(2026, 11, 24, 11, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert night_of(datetime(2026, 11, 24, 12, 0, tzinfo=UTC)) == date(2026, 11, 24)


def test_a_chart_says_its_numbers_and_escapes_its_words() -> None:
    days = [(date(2026, 11, 1), {"ready": 3, "review": 1}), (date(2026, 11, 2), {})]
    chart = stacked_bars(days, STATUS_LABELS | {"ready": "<b>"}, 'a"b')
    assert chart.count("<rect") == 2 and ">4</text>" in chart and "&lt;b&gt; 3" in chart
    assert 'aria-label="a&#34;b"' in chart and "2026-11-02：无" in chart


def test_a_month_counts_days_answers_and_messages(store: Store, tmp_path: Path) -> None:
    fill(store, tmp_path)
    first = datetime.now(UTC).date().replace(day=1)
    with store.snapshot() as connection:
        made = month(connection, first, UTC)
        before = month(connection, date(2020, 2, 1), UTC)
    assert sum(day.total for day in made.days) == 4 and made.sent == {"hrss": 1}
    assert len(before.days) == 29 and sum(day.total for day in before.days) == 0


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    with Store(tmp_path / STORE_FILE) as store:
        fill(store, tmp_path)
        with store.begin() as connection:
            evil = update(case_state).where(case_state.c.case_id == "c1")
            connection.execute(evil.values(window=EVIL, applicant_name="＝1+1\x07"))
    yield tmp_path


def run(out: Path, *words: str) -> int:
    return run_command([*words, "--out", str(out)])


def test_tables_hold_every_case_and_no_formula(out: Path) -> None:
    files = {kind: out / f"t.{kind}" for kind in ("csv", "xlsx", "parquet")}
    words = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    assert run(out, "export", *words, "--reveal") == ExitCode.DONE
    with files["csv"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["案件编号"] for row in rows] == [f"c{n}" for n in range(1, 7)]
    assert rows[0]["窗口"] == f"'{EVIL}" and rows[0]["申请人"] == "'＝1+1"
    assert rows[4]["状态"] == "处理失败" and rows[5]["状态"] == "等待处理"
    sheet = openpyxl.load_workbook(files["xlsx"]).active
    assert sheet is not None and sheet.max_row == 7
    cell = sheet.cell(2, COLUMNS.index("窗口") + 1)
    assert (cell.value, cell.data_type) == (EVIL, "s")
    table = pq.read_table(files["parquet"])
    assert table.column_names == list(COLUMNS) and table.num_rows == 6
    assert table["窗口"][0].as_py() == EVIL
    assert not list(out.glob("*.part"))


def test_tables_name_nobody_unless_asked_to(out: Path) -> None:
    with Store(out / STORE_FILE) as store, store.begin() as connection:
        named = update(case_state).where(case_state.c.case_id == "c1")
        connection.execute(named.values(case_id="1 张小三", applicant_name="张小三"))
    for words, hidden in (([], True), (["--reveal"], False)):
        assert run(out, "export", "--csv", str(out / "t.csv"), *words) == ExitCode.DONE
        text = (out / "t.csv").read_text(encoding="utf-8-sig")
        assert ("张小三" not in text) == hidden
        assert ("1 张*三" in text) == hidden


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--status", "ready"], ["c1", "c2"]),
        (["--status", "ready", "--status", "quarantined"], ["c1", "c2", "c5"]),
        (["--matter", "M7"], ["c2"]),
        (["--way", "mail"], ["c2"]),
        (["--window", EVIL], ["c1"]),
        (["--since", "2020-01-01"], ["c6"]),
        (["--until", "2020-01-01"], []),
        (["--status", "ineligible", "--matter", "M4"], ["c3"]),
    ],
)
def test_filters(words: list[str], found: list[str], out: Path) -> None:
    assert run(out, "export", "--csv", str(out / "t.csv"), *words) == ExitCode.DONE
    with (out / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["案件编号"] for row in csv.DictReader(file)] == found


def test_persons_are_masked_unless_asked_for(out: Path) -> None:
    run(out, "export", "--csv", str(out / "t.csv"))
    text = (out / "t.csv").read_text(encoding="utf-8-sig")
    assert "小c2" not in text and "450103199003070" not in text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1", "'=1"), (" =1", "' =1"), ("+86", "'+86"), ("-1", "'-1"), ("@a", "'@a"), ("", ""),
        ("＋1", "'＋1"), ("\t=1", "'\t=1"), ("a=1", "a=1"), ("韦", "韦"), ("\x00=1", "'=1"),
    ],
)  # fmt: skip
def test_what_begins_like_a_formula_is_a_text(text: str, safe: str) -> None:
    assert safe_text(text) == safe


def test_commands_say_what_is_wrong(out: Path, capfd: Capture) -> None:
    assert run(out, "export") == ExitCode.USAGE
    assert run(out, "export", "--csv", str(out / "a.csv"), "--status", "x") == ExitCode.USAGE
    assert run(out, "export", "--csv", str(out / "a.csv"), "--matter", "M0") == ExitCode.USAGE
    assert run(out, "export", "--csv", str(out / "no" / "a.csv")) == ExitCode.STORE
    assert run(out, "report", "--month", "11") == ExitCode.USAGE
    assert run(out / "none", "status") == ExitCode.INPUT
    assert "Traceback" not in capfd.readouterr().err


def test_status_and_month_are_said_and_written(out: Path, capfd: Capture) -> None:
    assert run(out, "status") == ExitCode.DONE
    assert "案件 6 件" in capfd.readouterr().out
    assert run(out, "status", "--json") == ExitCode.DONE
    assert json.loads(capfd.readouterr().out)["standing"]["cases"]["ready"] == 2
    this = f"{datetime.now(UTC).astimezone():%Y-%m}"
    assert run(out, "report", "--month", this) == ExitCode.DONE
    assert "首次核验 4 件" in capfd.readouterr().out
    assert run(out, "report", "--json") == ExitCode.DONE
    assert json.loads(capfd.readouterr().out)["sent"] == {"hrss": 1}
    assert run(out, "report", "--html", str(out / "m.html")) == ExitCode.DONE
    page = (out / "m.html").read_text(encoding="utf-8")
    assert "<svg" in page and "韦" not in page and "<script" not in page
