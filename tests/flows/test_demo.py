"""The demonstration: pages at once, cases as they are done, two people, and an end at Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client, HTTPError

from flows.cli import run_command
from flows.demo import PEOPLE, make_people
from flows.pages import accounts, passwords
from flows.review_command import make_first
from pipeline.errors import UsageError
from pipeline.settings import Settings
from pipeline.store import people
from pipeline.store.cases import open_store
from pipeline.store.people import Role
from tests.pipeline.sheets.scans import noise, scanned_pdf

pytestmark = pytest.mark.service

ENDS_WITHIN_SECONDS = 5


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    for number in range(3):
        case = folder / f"case{number}"
        case.mkdir(parents=True)
        (case / "a.pdf").write_bytes(scanned_pdf([noise(number)]))
        (case / "application.json").write_text(json.dumps({"matters": ["M3"]}), encoding="utf-8")
    return folder


class Demo:
    """The command in a process of its own."""

    def __init__(self, inbox: Path, out: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.demo_child", str(inbox), str(out), str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        self.came = b""

    @property
    def said(self) -> str:
        """All that it has said."""
        return self.came.decode(errors="replace")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read what it says until this is among it."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + 120
        while (found := re.search(pattern, self.said)) is None:
            assert time.monotonic() < deadline, self.said
            # Bytes as they come: lines that a buffer of ours held back would not wake the wait.
            if select.select([self.process.stdout], [], [], 1)[0]:
                came = os.read(self.process.stdout.fileno(), 65_536)
                assert came, self.said
                self.came += came
        return found


@pytest.fixture
def demo(inbox: Path, tmp_path: Path) -> Iterator[Demo]:
    made = Demo(inbox, tmp_path / "out")
    yield made
    if made.process.poll() is None:
        os.killpg(made.process.pid, signal.SIGKILL)
    made.process.communicate()


def test_a_newcomer_sees_it_all(demo: Demo) -> None:
    demo.wait_for(rf"演示页面：http://127\.0\.0\.1:{demo.port}/")
    clerk = demo.wait_for(r"窗口人员：登录名 (\S+)，口令 (\S+)")
    reviewer = demo.wait_for(r"复核人员：登录名 (\S+)，口令 (\S+)")
    demo.wait_for(r"inbox 的 3 件已处理完，用时 \d+ 秒，新识别 3 页")
    for who, page, words in ((clerk, "/counter", "新的申请"), (reviewer, "/review", "case0")):
        with Client(base_url=f"http://127.0.0.1:{demo.port}", timeout=60) as client:
            wait_until_served(client)
            form = {"name": who[1], "password": who[2]}
            landed = client.post("/login", data=form, follow_redirects=True)
            assert landed.status_code == 200, landed.text
            assert landed.url.path != "/password"  # nothing stands between
            shown = client.get(page, params={"status": "all"})
            assert words in shown.text
    # A page that waits for news holds nothing up.
    waiting = threading.Event()
    listener = threading.Thread(target=listen, args=(demo.port, clerk, waiting), daemon=True)
    listener.start()
    assert waiting.wait(60)
    began = time.monotonic()
    os.killpg(demo.process.pid, signal.SIGINT)
    demo.process.wait(60)
    assert time.monotonic() - began < ENDS_WITHIN_SECONDS
    assert demo.process.returncode == 130
    assert demo.process.stdout is not None
    said = demo.said + demo.process.stdout.read().decode()
    assert "演示已结束" in said
    assert "Traceback" not in said


def wait_until_served(client: Client) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            client.get("/login")
            return
        except HTTPError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def listen(port: int, who: re.Match[str], waiting: threading.Event) -> None:
    """A clerk's page that is open, waiting for news of a draft."""
    with Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        form = {"name": who[1], "password": who[2]}
        home = client.post("/login", data=form, follow_redirects=True)
        token = re.search(r'<meta name="csrf" content="([^"]+)"', home.text)
        assert token is not None
        draft = client.post("/counter", headers={"X-CSRF-Token": token[1]}).headers["location"]
        try:
            with client.stream("GET", f"{draft}/events") as news:
                for _ in news.iter_lines():
                    waiting.set()
        except HTTPError:
            return  # the server ended


def test_passwords_are_new_each_time_and_the_old_ones_end(tmp_path: Path) -> None:
    with open_store(Settings(), tmp_path) as store:
        (_, first), _ = make_people(store)
        (account, second), (_, third) = make_people(store)
        with store.snapshot() as connection:
            hashed = people.password_hash(connection, account.name)
            assert [a.name for a in people.list_accounts(connection)] == sorted(
                a.name for a in PEOPLE
            )
        assert make_first(store) is not None  # who goes on in earnest has an administrator
        assert make_first(store) is None
    assert passwords.is_right(second, hashed)
    assert not passwords.is_right(first, hashed)
    assert len({first, second, third}) == 3


def test_a_real_office_is_no_place_for_it(
    tmp_path: Path, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with open_store(Settings(), out) as store:
        accounts.add(store, "x", "wei", Role.CLERK)
        with pytest.raises(UsageError, match="已有页面用户"):
            make_people(store)
    assert run_command(["demo", str(inbox), "--out", str(inbox / "out")]) == 2
    assert "不能放在收件箱里" in capsys.readouterr().err
