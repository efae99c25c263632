"""Users are kept by administrators, by the page and by the command alike."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from flows.cli import run_command
from flows.outputs import prepare
from flows.pages import accounts
from flows.pages.passwords import hash_password
from flows.pages.security import COOKIE, CSRF_HEADER
from pipeline.errors import ExitCode, UsageError
from pipeline.store import people
from pipeline.store.audit import Entry, Sought, read_page
from pipeline.store.cases import Store
from pipeline.store.database import Database
from pipeline.store.people import Account, Role
from tests.flows.pages.conftest import NAMES, PASSWORD, Office, log_in
from tests.flows.pages.test_shell import bars

ADMIN, CLERK = NAMES[Role.ADMINISTRATOR], NAMES[Role.CLERK]


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    """An administrator's."""
    with TestClient(office.app, follow_redirects=False) as client:
        client.post("/login", data={"name": ADMIN, "password": PASSWORD})
        with office.store.snapshot() as connection:
            login = people.find_session(connection, client.cookies[COOKIE])
        assert login is not None
        client.headers[CSRF_HEADER] = login.csrf
        yield client


def audited(store: Store) -> list[Entry]:
    """What was changed, oldest first."""
    with store.snapshot() as connection:
        found = reversed(read_page(connection, Sought()).entries)
    return [entry for entry in found if not entry.action.startswith("log")]


def account(store: Store, name: str = CLERK) -> Account:
    with store.snapshot() as connection:
        found = people.find_account(connection, name)
    assert found is not None
    return found


def may_enter(office: Office, name: str, password: str) -> bool:
    with TestClient(office.app, follow_redirects=False) as client:
        return client.post("/login", data={"name": name, "password": password}).status_code == 303


def test_an_administrator_lets_somebody_in_who_must_change_the_password(page: Page) -> None:
    log_in(page, Role.ADMINISTRATOR)
    page.get_by_role("link", name="用户").click()
    form = page.locator("form", has_text="增加用户")
    form.get_by_label("登录名").fill("韦一")
    form.get_by_label("显示的姓名").fill("韦一一")
    form.get_by_label("角色").select_option("窗口人员")
    form.get_by_role("textbox", name="窗口").fill("3 号窗口")
    form.get_by_role("button").click()
    password = page.locator("code").inner_text()
    assert bars(page) == []
    page.get_by_role("link", name="返回用户列表").click()
    row = page.get_by_role("row", name="韦一")
    expect(row).to_contain_text("3 号窗口")
    expect(row).to_contain_text("待更换口令")
    assert password not in page.content()
    form.get_by_label("登录名").fill("韦一")
    form.get_by_label("角色").select_option("窗口人员")
    form.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("已有登录名")
    assert bars(page) == []
    page.get_by_role("button", name="退出").click()
    page.get_by_label("登录名").fill("韦一")
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("请先换成自己的口令")).to_be_visible()


def test_what_is_changed_holds_at_once_and_stands_in_the_audit(
    client: TestClient, office: Office
) -> None:
    with TestClient(office.app, follow_redirects=False) as clerk:
        clerk.post("/login", data={"name": CLERK, "password": PASSWORD})
        assert clerk.get("/counter").status_code == 200
        said = {"role": "auditor", "display_name": "测试clerk1", "window": "5"}
        assert client.post(f"/users/{CLERK}", data=said).status_code == 303
        assert clerk.get("/counter").status_code == 303, "logged out"
        clerk.post("/login", data={"name": CLERK, "password": PASSWORD})
        assert clerk.get("/counter").status_code == 403
        assert client.post(f"/users/{CLERK}/logout").status_code == 303
        assert clerk.get("/audit").status_code == 303
    assert client.post(f"/users/{CLERK}", data=said).headers["location"].endswith("done=same")
    changed, ended = audited(office.store)
    assert (changed.by, changed.action) == (ADMIN, "account-changed")
    assert changed.detail == {
        "account": CLERK, "role": "auditor", "window": "5", "role_before": "clerk",
    }  # fmt: skip
    assert (ended.action, ended.detail["sessions"]) == ("sessions-ended", "1")


def test_who_is_blocked_is_out_at_once_until_unblocked(client: TestClient, office: Office) -> None:
    with TestClient(office.app, follow_redirects=False) as clerk:
        clerk.post("/login", data={"name": CLERK, "password": PASSWORD})
        client.post(f"/users/{CLERK}/disable")
        assert clerk.get("/overview").status_code == 303
    assert not may_enter(office, CLERK, PASSWORD)
    assert "已停用" in client.get("/users").text
    client.post(f"/users/{CLERK}/enable")
    assert may_enter(office, CLERK, PASSWORD)
    assert [e.action for e in audited(office.store)] == ["account-disabled", "account-enabled"]


def test_a_new_password_is_shown_once_and_ends_lock_and_sessions(
    client: TestClient, office: Office
) -> None:
    for _ in range(6):
        may_enter(office, CLERK, "wrong")
    assert not may_enter(office, CLERK, PASSWORD)
    assert "暂时锁定" in client.get("/users").text
    answer = client.post(f"/users/{CLERK}/password")
    found = re.search(r"<code>([^<]+)</code>", answer.text)
    assert found is not None and answer.headers["Cache-Control"] == "no-store"
    assert found[1] not in client.get(f"/users/{CLERK}").text
    assert may_enter(office, CLERK, found[1]) and not may_enter(office, CLERK, PASSWORD)
    (reset,) = audited(office.store)
    assert reset.action == "password-reset" and found[1] not in str(reset)


@pytest.mark.parametrize(
    ("path", "said"),
    [(f"/users/{ADMIN}", {"role": "clerk"}), (f"/users/{ADMIN}/disable", {})],
)
def test_the_last_administrator_stays(
    client: TestClient, office: Office, path: str, said: dict[str, str]
) -> None:
    answer = client.post(path, data=said)
    assert answer.status_code == 422 and "最后一个可用的管理员" in answer.text
    accounts.add(office.store, "test", "second", Role.ADMINISTRATOR)
    accounts.set_active(office.store, "test", "second", active=False)
    assert client.post(path, data=said).status_code == 422, "one who cannot log in is none"
    accounts.set_active(office.store, "test", "second", active=True)
    assert client.post(path, data=said).status_code == 303


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "", "role": "clerk"}, "登录名应为"),
        ({"name": "a b", "role": "clerk"}, "登录名应为"),
        ({"name": "../x", "role": "clerk"}, "登录名应为"),
        ({"name": "(cli)", "role": "clerk"}, "登录名应为"),
        ({"name": "x" * 65, "role": "clerk"}, "登录名应为"),
        ({"name": "CLERK1", "role": "clerk"}, "已有登录名"),
        ({"name": "neu", "role": "king"}, "没有这种角色"),
        ({"name": "neu", "role": ""}, "没有这种角色"),
        ({"name": "neu", "role": "clerk", "window": "x" * 65}, "窗口最多"),
        ({"name": "neu", "role": "clerk", "display_name": "a\x00b"}, "姓名最多"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_why(
    client: TestClient, office: Office, said: dict[str, str], words: str
) -> None:
    answer = client.post("/users", data=said)
    assert answer.status_code == 422 and words in answer.text
    assert len(accounts.list_people(office.store)) == len(Role)
    assert audited(office.store) == []


def test_nobody_there_is_told_so(client: TestClient) -> None:
    for method, path in (("GET", ""), ("POST", "/password"), ("POST", "/disable")):
        answer = client.request(method, f"/users/nobody{path}")
        assert answer.status_code == 404 and "没有登录名“nobody”" in answer.text


def test_markup_in_a_name_is_text(client: TestClient, office: Office) -> None:
    accounts.add(office.store, "test", "m", Role.CLERK, "<b>x</b>", "<i>3</i>")
    for path in ("/users", "/users/m"):
        assert "<b>x</b>" not in client.get(path).text


def test_two_administrators_who_remove_each_other_at_once_do_not_both(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.begin() as connection:
        for name in ("a", "b"):
            one = Account(name=name, display_name=name, role=Role.ADMINISTRATOR)
            people.add_account(connection, one, hash_password("a password of a test"))
    hold = people.hold_administrators

    def slowly(connection: Any) -> frozenset[str]:
        found = hold(connection)
        threading.Event().wait(0.2)
        return found

    monkeypatch.setattr(people, "hold_administrators", slowly)
    together = threading.Barrier(2)

    def remove(name: str) -> bool:
        together.wait()
        try:
            accounts.set_active(store, "test", name, active=False)
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, ["a", "b"])) == [False, True]


class TestCommand:
    """``yijianshi users``: of the same power."""

    @pytest.fixture
    def run(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Callable[..., tuple[int, str]]]:
        """Runs a command on a result folder: (exit code, what it said). Every store that was opened
        must have been closed."""
        open_ = [0]
        init, close = Database.__init__, Database.close

        def opened(self: Database, where: Path | str) -> None:
            init(self, where)
            open_[0] += 1

        def closed(self: Database) -> None:
            close(self)
            open_[0] -= 1

        monkeypatch.setattr(Database, "__init__", opened)
        monkeypatch.setattr(Database, "close", closed)

        def run(*words: str) -> tuple[int, str]:
            (tmp_path / "out").mkdir(exist_ok=True)
            code = run_command(["users", *words, "--out", str(tmp_path / "out")])
            told = capsys.readouterr()
            assert open_[0] == 0, "the store was left open"
            return code, told.out + told.err

        yield run

    def test_it_does_what_the_page_does(
        self, run: Callable[..., tuple[int, str]], tmp_path: Path
    ) -> None:
        assert run("add", "wei", "--role", "administrator", "--window", "3")[0] == 0
        assert run("add", "li", "--role", "clerk")[0] == 0
        assert run("change", "li", "--role", "reviewer", "--window", "4")[1] == "li 已更改。\n"
        assert run("change", "li", "--window", "4")[1] == "li 没有变化。\n"
        assert run("disable", "li")[0] == 0
        code, told = run("list")
        assert code == 0 and "复核人员  4" in told and "已停用" in told and "待更换口令" in told
        assert run("enable", "li")[0] == 0
        assert "新口令" in run("reset", "li")[1]
        assert run("logout", "li")[1] == "li 已退出登录（0 处）。\n"
        with Store(tmp_path / "out" / "yijianshi.sqlite") as store:
            entries = audited(store)
        assert {entry.by for entry in entries} == {accounts.COMMAND_LINE}
        assert [entry.action for entry in entries] == [
            "account-added", "account-added", "account-changed", "account-disabled",
            "account-enabled", "password-reset", "sessions-ended",
        ]  # fmt: skip

    def test_it_refuses_what_the_page_refuses(
        self, run: Callable[..., tuple[int, str]], tmp_path: Path
    ) -> None:
        run("add", "wei", "--role", "administrator")
        for words in (("disable", "wei"), ("change", "wei", "--role", "clerk")):
            code, told = run(*words)
            assert code == ExitCode.USAGE and "最后一个可用的管理员" in told
        for words in (("add", "WEI", "--role", "clerk"), ("reset", "nobody"), ("logout", "x y")):
            code, told = run(*words)
            assert code == ExitCode.USAGE and "登录名" in told
        prepare(tmp_path / "out")
