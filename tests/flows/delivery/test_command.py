"""The commands of delivery, and the service that does the same by itself."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from flows.cli import run_command
from flows.delivery.sending import Sender
from flows.delivery.targets import read_targets
from flows.service.delivering import Delivering
from pipeline.errors import ExitCode
from pipeline.store.cases import STORE_FILE, Store
from tests.flows.delivery.office import Office
from tests.flows.delivery.receiver import Receiver, Reply
from tests.flows.delivery.test_results import said

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    for name in ("hrss", "medical", "back"):
        (tmp_path / name).mkdir()
    told = '[retry]\nattempts = 1\n[hrss]\nfolder = "hrss"\nresults = "back"\n'
    monkeypatch.setenv("YIJIANSHI_DELIVERY", str(tmp_path / "delivery.toml"))
    return Office(tmp_path, Store(tmp_path / STORE_FILE), told)


def run(office: Office, *words: str) -> int:
    return run_command([*words, "--out", str(office.folder)])


def test_deliver_sends_what_is_due_and_a_second_time_nothing(
    office: Office, capfd: Capture
) -> None:
    office.put("c1", "M3")
    assert run(office, "deliver") == ExitCode.DONE
    assert "送达 1 条（人社 1）" in capfd.readouterr().out
    assert (office.folder / "hrss" / "c1.r1" / "manifest.json").exists()
    assert run(office, "deliver") == ExitCode.DONE
    assert "送达 0 条" in capfd.readouterr().out
    log = (office.folder / "run.log").read_text(encoding="utf-8")
    assert "delivered" in log and "韦" not in log and "4501" not in log


def test_what_was_set_aside_is_listed_and_goes_again(office: Office, capfd: Capture) -> None:
    office.put("c1", "M3")
    office.put("c2", "M3")
    (office.folder / "hrss").rmdir()
    assert run(office, "deliver") == ExitCode.DONE
    assert "搁置 2 条" in capfd.readouterr().out
    assert run(office, "deliver", "--dead") == ExitCode.DONE
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 2 and "c1" in lines[0] and "文件夹不可用" in lines[0]
    (office.folder / "hrss").mkdir()
    number = lines[0].split("　")[0]
    assert run(office, "deliver", "--retry", number) == ExitCode.DONE
    assert "送达 1 条" in capfd.readouterr().out
    assert run(office, "deliver", "--retry", number) == ExitCode.INPUT
    assert run(office, "deliver", "--retry-all") == ExitCode.DONE
    assert "送达 1 条" in capfd.readouterr().out


def test_without_targets_nothing_goes_and_it_is_said(
    office: Office, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YIJIANSHI_DELIVERY")
    assert run(office, "deliver") == ExitCode.USAGE
    assert "YIJIANSHI_DELIVERY" in capfd.readouterr().err


def test_results_are_taken_in_and_listed(office: Office, capfd: Capture, tmp_path: Path) -> None:
    office.put("c1", "M3")
    run(office, "deliver")
    back = office.folder / "back"
    (back / "a.json").write_text(json.dumps(said("c1", "hrss")), encoding="utf-8")
    (back / "b.json").write_text("{", encoding="utf-8")
    capfd.readouterr()
    assert run(office, "results", str(back)) == ExitCode.INPUT
    told = capfd.readouterr()
    assert "收到结果 1 份" in told.out and "b.json" in told.err
    assert run(office, "results") == ExitCode.DONE
    assert "窗口领取（1 件）" in capfd.readouterr().out
    assert run(office, "results", "--json", "--way", "mail") == ExitCode.DONE
    assert json.loads(capfd.readouterr().out)["rows"] == []
    page = tmp_path / "list.html"
    assert run(office, "results", "--html", str(page), "--reveal") == ExitCode.DONE
    assert "韦小c1" in page.read_text(encoding="utf-8") and page.stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("words", [["deliver"], ["results"], ["deliver", "--dead"]])
def test_a_folder_without_results_is_said(words: list[str], tmp_path: Path) -> None:
    assert run_command([*words, "--out", str(tmp_path / "none")]) == ExitCode.INPUT


def test_the_service_sends_and_takes_by_itself_and_says_what_changes(
    office: Office, tmp_path: Path
) -> None:
    said_words: list[str] = []
    with Receiver() as receiver:
        text = f'[hrss]\nurl = "{receiver.url}"\nsecret_file = "secret"\nresults = "back"\n'
        text = f"[retry]\nbase_seconds = 0.001\ncap_seconds = 0.001\n{text}"
        (tmp_path / "delivery.toml").write_text(text, encoding="utf-8")
        targets = read_targets(tmp_path / "delivery.toml")
        sender = Sender(office.store, office.objects, targets)
        delivering = Delivering(sender, said_words.append, every_seconds=0.01)
        receiver.plan = [Reply(500), Reply(500)]
        office.put("c1", "M3")
        over = threading.Event()
        thread = threading.Thread(target=delivering.run, args=(over,))
        thread.start()
        try:
            until(lambda: bool(receiver.taken))
            (tmp_path / "back" / "bad.json").write_text("{", encoding="utf-8")
            result = json.dumps(said("c1", "hrss"))
            (tmp_path / "back" / "a.json").write_text(result, encoding="utf-8")
            until(lambda: any("收到人社的结果" in words for words in said_words))
            until(lambda: any("bad.json" in words for words in said_words))
        finally:
            over.set()
            thread.join()
    count = {words: said_words.count(words) for words in said_words}
    assert count["人社暂时送不到（500：对方系统出错），稍后自动重试。"] == 1
    assert count["人社已恢复送达。"] == 1
    assert [n for words, n in count.items() if "bad.json" in words] == [1]


def test_a_bug_in_a_round_is_kept_and_the_next_round_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("flows.service.delivering.keep_bug", lambda _: None)
    said_words: list[str] = []
    delivering = Delivering(office.sender, said_words.append)
    with monkeypatch.context() as patch:
        patch.setattr(Sender, "round", lambda _: 1 / 0)
        delivering.round()
        delivering.round()
    assert said_words == ["送达时程序出错（ZeroDivisionError），稍后重试。"]
    office.put("c1", "M3")
    delivering.round()
    assert (tmp_path / "hrss" / "c1.r1").exists()


def until(holds: object) -> None:
    import time

    assert callable(holds)
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
