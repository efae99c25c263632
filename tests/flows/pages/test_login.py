"""Logging in: with a browser where a browser matters, with requests where only answers do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect
from pydantic import ValidationError
from sqlalchemy import select

from flows.pages import passwords
from flows.pages.security import COOKIE
from flows.review_command import server_config
from pipeline.settings import Settings
from pipeline.store import people
from pipeline.store.attempts import ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_NAME, WINDOW_MINUTES
from pipeline.store.audit import Entry, Sought, read_page
from pipeline.store.people import IDLE_MINUTES, TOUCH_SECONDS, Account, Role
from pipeline.store.tables import audit_entry, session
from tests.flows.pages.conftest import NAMES, PASSWORD, Office, log_in

CLERK = NAMES[Role.CLERK]


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with TestClient(office.app, follow_redirects=False) as client:
        yield client


def enter(client: TestClient, name: str = CLERK, password: str = PASSWORD) -> int:
    return client.post("/login", data={"name": name, "password": password}).status_code


def test_a_person_logs_in_and_out(page: Page) -> None:
    page.goto("/overview")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    log_in(page, Role.CLERK)
    expect(page.get_by_text("测试clerk1")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login")
    page.goto("/overview")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


@pytest.mark.parametrize(("name", "password"), [(CLERK, "wrong"), ("nobody", PASSWORD), ("", "")])
def test_what_is_wrong_is_not_said(client: TestClient, name: str, password: str) -> None:
    answer = client.post("/login", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert "登录名或口令不对" in answer.text and COOKIE not in answer.cookies


@pytest.mark.parametrize("name", [CLERK, "nobody"])
def test_after_several_wrong_passwords_the_name_is_locked_for_a_while_whether_it_exists_or_not(
    client: TestClient, office: Office, name: str
) -> None:
    for _ in range(ATTEMPTS_PER_NAME):
        assert enter(client, name, "wrong") == 401
    told = client.post("/login", data={"name": name, "password": PASSWORD})
    assert told.status_code == 429 and "次数过多" in told.text
    office.pass_time(minutes=WINDOW_MINUTES + 1)
    assert enter(client, name) == (303 if name == CLERK else 401)


def test_a_name_that_exists_costs_the_server_as_much_as_one_that_does_not(
    client: TestClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done is compared, not the clock: the same statements, and one hash."""
    work: dict[str, list[str]] = {}
    for name in (CLERK, "nobody"):
        done = work.setdefault(name, [])

        def verify(password: str, hashed: str | None, done: list[str] = done) -> bool:
            done.append("hash")
            return False

        monkeypatch.setattr(passwords, "is_right", verify)
        for _ in range(ATTEMPTS_PER_NAME + 1):
            client.post("/login", data={"name": name, "password": "wrong"})
            done.append("answer")
    assert work[CLERK] == work["nobody"]
    assert work[CLERK].count("hash") == ATTEMPTS_PER_NAME


def test_whoever_guesses_many_names_from_one_address_must_wait(
    client: TestClient, office: Office
) -> None:
    for number in range(ATTEMPTS_PER_ADDRESS):
        assert enter(client, f"guess{number}", "wrong") == 401
    assert enter(client) == 429
    with TestClient(office.app, follow_redirects=False, client=("10.0.0.9", 1)) as other:
        assert enter(other) == 303
    office.pass_time(minutes=WINDOW_MINUTES + 1)
    assert enter(client) == 303


@pytest.mark.parametrize(("proxies", "seen"), [("", "10.0.0.1"), ("10.0.0.1", "172.16.0.7")])
def test_who_a_header_names_is_believed_of_a_proxy_that_is_trusted_alone(
    office: Office, proxies: str, seen: str
) -> None:
    settings = Settings(cache=office.context.settings.cache, proxies=proxies)
    config = server_config(settings, office.app, "127.0.0.1", 0)
    config.load()
    served: Any = config.loaded_app
    with TestClient(served, follow_redirects=False, client=("10.0.0.1", 1)) as client:
        # The visitor himself may send the header: the proxy puts what it sees at the end.
        said = {"X-Forwarded-For": "192.168.0.1, 172.16.0.7"}
        client.post("/login", data={"name": "x", "password": "y"}, headers=said)
    assert audited(office)[-1].detail["address"] == seen


def test_every_address_at_once_is_no_proxy() -> None:
    with pytest.raises(ValidationError):
        Settings(proxies="*")


def test_a_failed_login_is_nobody_s_doing_and_names_nobody(
    client: TestClient, office: Office
) -> None:
    enter(client, password="wrong")
    enter(client, "my secret password", "wrong")
    failed, mistyped = audited(office)
    assert (failed.action, failed.by) == ("login-failed", "")
    assert failed.detail["name"] == "c" + "*" * (len(CLERK) - 2) + CLERK[-1]
    assert "secret" not in str(mistyped.detail)


def test_looking_writes_nothing_but_once_a_minute(client: TestClient, office: Office) -> None:
    def seen() -> datetime:
        with office.store.snapshot() as connection:
            found: datetime = connection.execute(select(session.c.seen_at)).scalars().one()
        return found

    enter(client)
    at_first = seen()
    office.pass_time(seconds=TOUCH_SECONDS - 5)
    client.get("/overview")
    assert seen() == at_first
    office.pass_time(seconds=10)
    client.get("/overview")
    assert seen() > at_first
    office.pass_time(hours=-1)
    client.get("/overview")
    assert seen() < at_first, "a clock that was set back is followed"


def test_a_person_who_was_blocked_while_the_password_was_looked_at_is_not_let_in(
    client: TestClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_right(password: str, hashed: str | None) -> bool:
        with office.store.begin() as connection:
            people.set_account(connection, CLERK, active=False)
        return True

    monkeypatch.setattr(passwords, "is_right", is_right)
    assert enter(client) == 401


def audited(office: Office) -> list[Entry]:
    """The audit, oldest first."""
    with office.store.snapshot() as connection:
        return [*reversed(read_page(connection, Sought()).entries)]


def test_who_does_nothing_is_logged_out(client: TestClient, office: Office) -> None:
    enter(client)
    office.pass_time(minutes=IDLE_MINUTES - 1)
    assert client.get("/overview").status_code == 200
    office.pass_time(minutes=IDLE_MINUTES - 1)
    assert client.get("/overview").status_code == 200, "what one does keeps one in"
    office.pass_time(minutes=IDLE_MINUTES + 1)
    assert client.get("/overview").headers["location"] == "/login?over=1"
    part = client.get("/overview", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/login?over=1")


def test_a_clock_an_hour_off_logs_nobody_out_for_good(client: TestClient, office: Office) -> None:
    enter(client)
    office.pass_time(hours=-1)
    assert client.get("/overview").status_code == 200
    office.pass_time(hours=2)
    assert client.get("/overview").status_code == 303
    assert enter(client) == 303


def test_the_cookie_of_a_person_who_was_removed_opens_nothing(
    client: TestClient, office: Office
) -> None:
    enter(client)
    with office.store.begin() as connection:
        people.set_account(connection, CLERK, active=False)
    assert client.get("/overview").status_code == 303
    assert enter(client) == 401


@pytest.mark.parametrize("cookie", ["", "x", "é" * 9, "a" * 5000])
def test_a_cookie_that_was_made_up_opens_nothing(client: TestClient, cookie: str) -> None:
    header = (b"Cookie", f"{COOKIE}={cookie}".encode())
    answer = client.get("/overview", headers=[header])
    assert answer.status_code == 303


def test_a_form_of_another_session_does_nothing(client: TestClient, office: Office) -> None:
    enter(client)
    for said in ({}, {"csrf": "made up"}):
        answer = client.post("/logout", data=said)
        assert answer.status_code == 403 and "没有执行" in answer.text
    assert client.get("/overview").status_code == 200


def test_a_second_tab_with_an_old_page_does_nothing(page: Page) -> None:
    """The old page's form is of a session that is over; the new one is another's."""
    log_in(page, Role.CLERK)
    page.goto("/password")
    old = page.context.new_page()
    old.goto("/password")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login")
    log_in(page, Role.REVIEWER)
    old.get_by_label("现在的口令").fill(PASSWORD)
    old.get_by_label("新口令", exact=True).fill(NEW)
    old.get_by_label("再输一次新口令").fill(NEW)
    old.get_by_role("button", name="保存").click()
    expect(old.get_by_text("刚才的操作没有执行")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    log_in(page, Role.REVIEWER)
    expect(page.get_by_text("测试reviewer1")).to_be_visible()


def test_tokens_are_not_kept(client: TestClient, office: Office) -> None:
    enter(client)
    token = client.cookies[COOKIE]
    with office.store.snapshot() as connection:
        kept = connection.execute(select(session.c.token_hash)).scalars().all()
        audit = connection.execute(select(audit_entry.c.action)).scalars().all()
    assert token not in kept and len(kept) == 1
    assert audit == ["login"]


def change(client: TestClient, office: Office, **said: str) -> tuple[int, str]:
    with office.store.snapshot() as connection:
        csrf = connection.execute(select(session.c.csrf)).scalars().one()
    answer = client.post("/password", data={"csrf": csrf, **said})
    return answer.status_code, answer.text


NEW = "a long enough sentence"


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", NEW, NEW, "现在的口令不对"),
        (PASSWORD, NEW, "other", "不一样"),
        (PASSWORD, "short", "short", "至少 12"),
        (PASSWORD, f"{CLERK}-{CLERK}", f"{CLERK}-{CLERK}", "太容易猜到"),
        (PASSWORD, "password1234", "password1234", "太常见"),
        (PASSWORD, "a" * 20, "a" * 20, "太容易猜到"),
        (PASSWORD, "x1y2" * 99, "x1y2" * 99, "最多"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与现在的相同"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_why(
    client: TestClient, office: Office, old: str, new: str, again: str, words: str
) -> None:
    enter(client)
    status, text = change(client, office, old=old, new=new, again=again)
    assert status == 422 and words in text
    assert enter(client) == 303


def test_the_old_password_is_guessed_no_more_often_than_at_the_login(
    client: TestClient, office: Office
) -> None:
    enter(client)
    for _ in range(ATTEMPTS_PER_NAME):
        assert change(client, office, old="wrong", new=NEW, again=NEW)[0] == 422
    status, text = change(client, office, old=PASSWORD, new=NEW, again=NEW)
    assert status == 429 and "次数过多" in text


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 303)]
)
def test_another_site_s_form_logs_nobody_in(client: TestClient, site: str, status: int) -> None:
    said = {"name": CLERK, "password": PASSWORD}
    answer = client.post("/login", data=said, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status
    assert (COOKIE in answer.cookies) is (status == 303)


def test_what_was_opened_is_masked_again_after_another_login(
    client: TestClient, office: Office
) -> None:
    counter, review = office.app.state.rooms
    draft = office.context.counter.begin("reviewer1", None)
    person = Account(name="reviewer1", display_name="", role=Role.REVIEWER)
    for leave in ("logout", "login"):
        enter(client, "reviewer1")
        review.open_values(person, "c1", "look")
        counter.open_paper(draft, person, "a-1-id_card-0-0")
        assert review.is_open(person, "c1") and counter.opened(draft, person)
        if leave == "logout":
            with office.store.snapshot() as connection:
                csrf = connection.execute(select(session.c.csrf)).scalars().one()
            client.post("/logout", data={"csrf": csrf})
        else:
            enter(client, "reviewer1")
        assert not review.is_open(person, "c1") and not counter.opened(draft, person)
    assert [e.action for e in audited(office)].count("open-values") == 4


def test_a_changed_password_logs_the_others_out(client: TestClient, office: Office) -> None:
    enter(client)
    status, _ = change(client, office, old=PASSWORD, new=NEW, again=NEW)
    assert status == 303
    with TestClient(office.app, follow_redirects=False) as other:
        assert enter(other) == 401
        assert enter(other, password=NEW) == 303


def test_who_must_change_the_password_can_do_nothing_else(
    client: TestClient, office: Office
) -> None:
    with office.store.begin() as connection:
        people.set_account(connection, CLERK, must_change=True)
    answer = client.post("/login", data={"name": CLERK, "password": PASSWORD})
    assert answer.headers["location"] == "/password"
    assert client.get("/overview").headers["location"] == "/password"
    change(client, office, old=PASSWORD, new=NEW, again=NEW)
    assert client.get("/overview").status_code == 200


def test_pages_keep_to_themselves(client: TestClient) -> None:
    answer = client.get("/login")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script>" not in answer.text and "style=" not in answer.text


def test_a_page_that_is_not_there_says_so_in_chinese(client: TestClient) -> None:
    assert client.get("/nothing").status_code == 303, "a stranger learns of no page"
    enter(client)
    answer = client.get("/nothing")
    assert answer.status_code == 404 and "没有这个页面" in answer.text
