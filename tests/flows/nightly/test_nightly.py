"""A night without Prefect: its settings, its clock, what it takes up and what it reports; and its
flows with a Prefect in this process."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from flows.batch import BatchOutcome
from flows.case_work import Ended
from flows.cli import run_command
from flows.nightly import night as rooms
from flows.nightly.command import by_the_clock
from flows.nightly.morning import morning
from flows.nightly.night import Night, opened_night, portions
from flows.nightly.site import NIGHTLY_CRON, TIMEZONE, Site, load_site
from pipeline.errors import StoreError, UsageError
from pipeline.settings import Settings
from pipeline.store import leases
from pipeline.store.cases import ONCE, CaseState, Store
from pipeline.store.figures import Course, Doubted, SetAside, Slow
from pipeline.store.figures import Night as OneNight
from tests.flows.fake_reading import fake_reader
from tests.pipeline.sheets.scans import noise, scanned_pdf

pytestmark = pytest.mark.service

ROOT = Path(__file__).parents[3]
PAGE = scanned_pdf([noise(3)])


@pytest.fixture
def settings_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YIJIANSHI_SETTINGS", str(tmp_path / "settings"))
    (tmp_path / "settings").mkdir()
    return tmp_path / "settings"


def write_site(folder: Path, told: str = "", name: str = "default") -> Site:
    (folder / f"{name}.toml").write_text(f'out = "../out"\n{told}', encoding="utf-8")
    return load_site(name)


# ------------------------------------------------------------------ settings


def test_settings_are_read_by_name_with_paths_from_their_folder(
    settings_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YIJIANSHI_OBJECTS", raising=False)
    monkeypatch.setenv("YIJIANSHI_WORKERS", "3")
    site = write_site(
        settings_folder,
        'inboxes = ["../a", "/b"]\n[variables]\nYIJIANSHI_OBJECTS = "/o"\n'
        'YIJIANSHI_WORKERS = "9"\n',
    )
    assert site.inboxes == (settings_folder / "../a", Path("/b"))
    assert site.out == settings_folder / "../out"
    settings = Settings()
    assert (settings.objects, settings.workers) == ("/o", 3), "the environment counts before"
    monkeypatch.delenv("YIJIANSHI_OBJECTS")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('cron = "at eight"', "cron"),
        ('timezone = "Mars"', "timezone"),
        ("portion = 0", "portion"),
        ("inbox = 3", "inbox"),
        ("out2 = [", "default.toml"),
        ('[variables]\nPATH = "x"', "variables"),
    ],
)
def test_wrong_settings_say_where(settings_folder: Path, told: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        write_site(settings_folder, told)


@pytest.mark.parametrize("name", ["../x", "a b", "", "张三"])
def test_a_name_of_settings_is_no_path(settings_folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="设置名"):
        load_site(name)


def test_settings_that_are_not_there_are_told(
    settings_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["nightly", "nobody", "--now"]) == 2
    assert "没有名为“nobody”的设置" in capsys.readouterr().err


# ------------------------------------------------------------------ the clock


class Day:
    """A clock that moves when somebody sleeps."""

    def __init__(self, at: str) -> None:
        self.now = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(TIMEZONE))
        self.began: list[str] = []
        self.after: dict[int, timedelta] = {}
        """What happens to the clock during the night of this number."""

    def night(self) -> None:
        self.began.append(f"{self.now:%d %H:%M}")
        self.now += self.after.get(len(self.began), timedelta(hours=2))
        if len(self.began) == 3:
            raise KeyboardInterrupt

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(minutes=10)

    def run(self) -> list[str]:
        site = Site(name="x", out=Path("out"))
        with pytest.raises(KeyboardInterrupt):
            by_the_clock(site.next_night, self.night, lambda _: None, lambda: self.now, self.sleep)
        return self.began


def test_nights_begin_at_eight() -> None:
    assert Day("2026-11-28 09:05").run() == ["28 20:05", "29 20:05", "30 20:05"]


def test_a_night_that_lasts_into_the_next_makes_it_up_once() -> None:
    day = Day("2026-11-28 09:00")
    day.after = {1: timedelta(hours=60)}
    assert day.run() == ["28 20:00", "01 08:00", "01 20:00"]


def test_a_clock_that_jumps_back_brings_no_night_twice() -> None:
    day = Day("2026-11-28 09:00")
    day.after = {1: -timedelta(hours=3)}
    assert day.run() == ["28 20:00", "29 20:00", "30 20:00"]


def test_a_night_that_cannot_work_is_told_and_the_next_one_comes() -> None:
    day, said = Day("2026-11-28 09:00"), list[str]()

    def night() -> None:
        day.night()
        raise StoreError("磁盘剩余空间不足 1 GB。")

    with pytest.raises(KeyboardInterrupt):
        by_the_clock(
            Site(name="x", out=Path()).next_night, night, said.append, lambda: day.now, day.sleep
        )
    assert len([words for words in said if "本次处理中断" in words]) == 2


# ------------------------------------------------------------------ what a night does


@pytest.fixture
def night(
    settings_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Night]:
    (tmp_path / "inbox").mkdir()

    def reader(settings: Settings, *, store: Store, **_: object) -> object:
        return fake_reader(settings, tmp_path / "models", store)

    monkeypatch.setattr(rooms, "Reader", reader)
    site = write_site(settings_folder, 'inboxes = ["../inbox"]\nsettle_seconds = 0\n')
    with opened_night(site, list[str]().append) as night:
        yield night


def put(tmp_path: Path, name: str, more: bytes = b"") -> None:
    (tmp_path / "inbox" / name).mkdir()
    (tmp_path / "inbox" / name / "a.pdf").write_bytes(PAGE + more)


def test_a_night_takes_in_works_and_reports(night: Night, tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path, f"{number}", b"%d" % number)
    night.take_in()
    waiting = night.waiting(again=True)
    assert waiting == ["0", "1", "2"]
    assert {night.process(case_id) for case_id in waiting} == {"done"}
    outcome = night.conclude()
    assert len(outcome.records) == 3 and (tmp_path / "out" / "report.html").exists()
    assert [entry.name for entry in (tmp_path / "inbox").iterdir()] == ["taken"]
    assert night.waiting(again=True) == []


def test_what_a_helper_has_ended_is_not_done_again(night: Night, tmp_path: Path) -> None:
    put(tmp_path, "0")
    night.take_in()
    store = night.work.store
    store.write_case("0", "k", CaseState.QUARANTINED, attempts=2)
    assert night.process("0") == Ended.RESUMED
    (row,) = store.read_cases()
    assert (row.state, row.attempts) == (CaseState.QUARANTINED, 2)
    assert night.conclude().quarantined == ["0"], "the report tells of helpers' cases, too"


def test_a_night_takes_up_what_an_earlier_one_set_aside(night: Night, tmp_path: Path) -> None:
    store = night.work.store
    for case_id, key, state in (
        ("aside", "k", CaseState.QUARANTINED),
        ("locked", ONCE, CaseState.DONE),
        ("done", "k", CaseState.DONE),
    ):
        put(tmp_path, case_id, case_id.encode())
        night.take_in()
        store.write_case(case_id, key, state, attempts=1)
    assert night.waiting(again=False) == []
    assert night.waiting(again=True) == ["aside", "locked"]


def test_what_another_holds_is_waited_for(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.case_work.BUSY_SECONDS", 0.01)
    put(tmp_path, "0")
    night.take_in()
    with night.work.store.begin() as connection:
        lease = leases.take(connection, "case:0", "other-host:1:x")
    assert lease is not None
    assert night.process("0") == Ended.BUSY
    with night.work.store.begin() as connection:
        leases.release(connection, lease)
    night.wait_for_others()
    assert night.ended == {"0": Ended.DONE}


def test_a_disk_without_room_takes_nothing_in(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "0")
    monkeypatch.setattr("flows.room.LEAST_FREE_BYTES", 1 << 62)
    with pytest.raises(StoreError, match="磁盘"):
        night.take_in()
    assert (tmp_path / "inbox" / "0").exists() and night.work.store.read_cases() == []


def test_portions_hold_every_case_once() -> None:
    cases = [str(number) for number in range(7)]
    assert portions(cases, 3) == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


# ------------------------------------------------------------------ the report


def test_the_morning_says_counts_reasons_and_nights_and_no_markup() -> None:
    seen = Course(
        ended=1,
        mean_seconds=2.0,
        slowest=(Slow(case_id="a|b", seconds=3.25),),
        doubted=(Doubted(document_type="id_card", field="name", count=4),),
        set_aside=(
            SetAside(case_id="07", reason="PoolBroken：识别第 1 个文件（共 1 个）：超时未完成"),
            SetAside(case_id="08", reason="of another night"),
        ),
        nights=(OneNight(day=datetime(2026, 11, 28, tzinfo=UTC).date(), counts={"ready": 5}),),
    )
    outcome = BatchOutcome(Path("out"), [], ["07"], 0, 3, 60.0, seen=seen)
    told = morning(outcome)
    assert "# 晨报：1 件，用时 60 秒" in told and "| 处理失败 | 1 |" in told
    assert "超时未完成" in told and "another night" not in told
    assert "| a\\|b | 3.2 |" in told and "| 居民身份证 | 姓名 | 4 |" in told
    assert "| 2026-11-28 | 5 |" in told


# ------------------------------------------------------------------ deployments


def test_deployments_pass_case_ids_and_a_name_of_settings_and_nothing_else() -> None:
    from flows.nightly import deployed

    told = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    by_name = {one["name"]: one for one in told["deployments"]}
    flows = {flow.name: flow for flow in (deployed.nightly, deployed.watch, deployed.work_on_cases)}
    assert by_name.keys() == flows.keys() == set(deployed.FLOWS)
    for name, flow in flows.items():
        module, _, function = by_name[name]["entrypoint"].rpartition(".")
        assert getattr(sys.modules[module], function) is flow
        assert set(inspect.signature(flow.fn).parameters) <= {"settings", "cases"}
        assert by_name[name].get("parameters", {}).keys() <= {"settings"}
    (schedule,) = by_name["yijianshi-nightly"]["schedules"]
    assert (schedule["cron"], schedule["timezone"]) == (NIGHTLY_CRON, TIMEZONE)


NOW = """
import sys
from pathlib import Path
from flows.nightly import night
from tests.flows.fake_reading import fake_reader

def reader(settings, *, store, **_):
    return fake_reader(settings, Path(sys.argv[1]) / "models", store)

night.Reader = reader
from flows.cli import run_command
sys.exit(run_command(["nightly", "--now"]))
"""


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_night_by_hand_needs_no_server_that_somebody_set_up(
    settings_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inbox").mkdir()
    put(tmp_path, "07")
    (settings_folder / "default.toml").write_text(
        'out = "../out"\ninboxes = ["../inbox"]\nsettle_seconds = 0\n'
    )
    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")  # another work's: not ours
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", NOW, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "共 1 件" in done.stderr
    assert (tmp_path / "out" / "records" / "07.json").exists()
    assert (tmp_path / "out" / "report.html").exists()
