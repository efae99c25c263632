"""The auditor's page: who did what, page by page, without anybody's values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect
from sqlalchemy import delete, func, select

import pipeline.store
from flows.pages.audit import FORMULA_BEGINS, action_label, safe_cell
from pipeline.record import Action
from pipeline.store.audit import PAGE_ROWS, Sought, read_page
from pipeline.store.people import Role, write_audit
from pipeline.store.tables import audit_entry
from tests.flows.pages.conftest import NAMES, PASSWORD, Office, log_in
from tests.flows.pages.test_shell import bars, enter

HERE = Path(__file__).parents[3]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    """An auditor's, with nothing in the audit yet."""
    with TestClient(office.app, follow_redirects=False) as client:
        client.post("/login", data={"name": NAMES[Role.AUDITOR], "password": PASSWORD})
        with office.store.begin() as connection:
            connection.execute(delete(audit_entry))
        yield client


def write(office: Office, action: str, by: str = "wei", days: int = 0, **more: str) -> None:
    case_id = more.pop("case_id", None)
    with office.store.begin() as connection:
        at = NOON + timedelta(days=days)
        write_audit(connection, by, action, case_id=case_id, detail=more, now=at)


def shown(text: str) -> list[str]:
    """Person and case of each row."""
    rows = re.findall(r"<tr><td><time.*?</tr>", text, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_it_lists_newest_first_page_by_page_and_none_twice(
    client: TestClient, office: Office
) -> None:
    for number in range(PAGE_ROWS * 2 + 7):
        write(office, "open-values", case_id=f"c{number}")
    seen: list[str] = []
    address, pages = "/audit", 0
    while address:
        text = client.get(address).text
        seen += re.findall(r"same=\d+\">(c\d+)<", text)
        # What is added while somebody reads moves no page.
        write(office, "login", by="li")
        found = re.search(r'<a rel="next" href="([^"]+)"', text)
        address = found[1].replace("&amp;", "&") if found else ""
        pages += 1
    assert seen == [f"c{n}" for n in reversed(range(PAGE_ROWS * 2 + 7))]
    assert pages == 3


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 5),
        ("by=wei", 3),
        ("by=", 5),
        ("action=open-values", 2),
        ("action=decide*", 1),
        ("action=login-*", 1),
        ("case_id=c1", 2),
        ("case_id=c", 0),
        ("since=2026-11-21", 2),
        ("until=2026-11-20", 3),
        ("since=2026-11-21&until=2026-11-21", 1),
        ("by=wei&action=open-values&case_id=c1", 1),
        ("since=nonsense&until=9999-12-31&before=x&by=%00", 5),
    ],
)
def test_it_is_filtered_by_person_act_case_and_day(
    client: TestClient, office: Office, query: str, rows: int
) -> None:
    write(office, "open-values", case_id="c1", about="claim")
    write(office, "open-values", case_id="c2")
    write(office, "decide-correct", case_id="c1", about="f-d1-name")
    write(office, "login", by="li", days=1)
    write(office, "login-failed", by="", days=2, name="l*")
    assert len(shown(client.get(f"/audit?{query}").text)) == rows
    exported = client.get(f"/audit/export.csv?{query}").text.removeprefix("\ufeff")
    codes = [row["代码"] for row in csv.DictReader(io.StringIO(exported))]
    assert len([code for code in codes if code != "audit-exported"]) == rows


def test_an_auditor_finds_who_opened_what(page: Page, office: Office) -> None:
    write(office, "open-values", case_id="c7", about="claim")
    write(office, "login", by="li")
    log_in(page, Role.AUDITOR)
    page.wait_for_url("**/audit")
    page.get_by_role("link", name="打开过的内容").click()
    expect(page.get_by_role("row")).to_have_count(2)
    row = page.get_by_role("row", name="c7")
    expect(row).to_contain_text("打开内容")
    expect(row).to_contain_text("认领")
    assert bars(page) == []
    row.get_by_role("link", name="c7").click()
    page.wait_for_url("**/audit?same=*")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_label("案件编号")).to_have_attribute("placeholder", "c7")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("row")).to_have_count(2)


def test_a_case_s_id_names_nobody(client: TestClient, office: Office) -> None:
    """Ids are made of folders' names, and these of people's; who looks for one knows it."""
    case_id = "001 张小三 13812348000"
    write(office, "open-values", case_id=case_id, about="claim")
    write(office, "open-values", case_id="002 李四")
    client.get("/audit/export.csv", params={"case_id": case_id})
    told = client.get("/audit").text
    assert "001 张*三 138****8000" in told
    same = re.search(r"/audit\?(same=\d+)\">001", told)
    assert same is not None
    told += client.get("/audit/export.csv").text
    assert not re.search("张小三|%E5%BC%A0|13812348000|李四", told)
    assert len(shown(client.get(f"/audit?{same[1]}").text)) == 1
    assert len(shown(client.get("/audit", params={"case_id": case_id}).text)) == 1
    assert len(shown(client.get(f"/audit?{same[1]}&case_id=x").text)) == 0


def test_the_export_holds_all_that_is_asked_for_and_is_written_down(
    client: TestClient, office: Office
) -> None:
    for number in range(PAGE_ROWS * 2):
        write(office, "open-values", case_id=f"c{number}")
    answer = client.get("/audit/export.csv?action=open-values")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["案件"] for row in rows] == [f"c{n}" for n in reversed(range(PAGE_ROWS * 2))]
    with office.store.snapshot() as connection:
        newest = read_page(connection, Sought()).entries[0]
    assert (newest.by, newest.action) == (NAMES[Role.AUDITOR], "audit-exported")
    assert newest.detail == {"action": "open-values"}


@pytest.mark.parametrize("begin", FORMULA_BEGINS)
def test_no_spreadsheet_computes_what_is_exported(
    client: TestClient, office: Office, begin: str
) -> None:
    evil = f'{begin}HYPERLINK("http://x")'
    write(office, "open-values", by=evil[:64], case_id=evil)
    answer = client.get("/audit/export.csv")
    cells = [c for row in csv.reader(io.StringIO(answer.text, newline="")) for c in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA_BEGINS)]
    assert f"'{evil}" in cells
    assert safe_cell("c-1 = 2") == "c-1 = 2"


def test_what_others_do_puts_no_value_of_an_applicant_there(
    client: TestClient, office: Office
) -> None:
    """A case is begun and a value typed at the counter; the auditor sees that, and no more."""
    with TestClient(office.app, follow_redirects=False) as clerk:
        form = enter(clerk, office, Role.CLERK)
        draft = clerk.post("/counter", headers=form).headers["location"]
        said = {"name": "韦昊燚", "id_number": "45010319900101901X", "matters": "M3"}
        assert clerk.post(f"{draft}/said", data=said, headers=form).status_code == 200
        assert clerk.post(f"{draft}/drop", headers=form).status_code == 303
    told = client.get("/audit").text + client.get("/audit/export.csv").text
    assert "窗口：新的申请" in told and "窗口：删除申请" in told
    assert "韦昊燚" not in told and "45010319900101901X" not in told


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("f-d1-name", "姓名"),
        ("j-E-M2-11-d1-group-0123abcd", "E-M2-11 特殊对象类别"),
        ("j-X1---0123abcd", "X1"),
        ("hukou", "居民户口簿"),
        ("claim", "认领复核"),
        ("7", "7"),
    ],
)
def test_what_an_act_was_about_is_said_in_words(
    client: TestClient, office: Office, key: str, words: str
) -> None:
    write(office, "decide-confirm", case_id="c1", about=key)
    (row,) = shown(client.get("/audit").text)
    assert row.endswith(f"c1 {words}")


def test_nothing_that_the_program_has_changes_or_deletes_an_entry() -> None:
    """The store is the only room with SQL; no statement of it but an insert names the audit."""
    room = Path(pipeline.store.__file__).parent
    for module in room.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        assert not re.search(r"(update|delete)\(\s*(_audit|audit_entry)\b", text), module.name


def test_every_act_that_is_written_down_has_a_name() -> None:
    written = re.compile(r"(?:write_audit|\baudit|_write)\(\s*[^,()]+,\s*[^,]+,\s*\"([a-z-]+)\"")
    also = re.compile(r"\.audit\(\s*user,\s*\"([a-z-]+)\"|action = \"([a-z-]+)\"")
    codes = set()
    for module in (HERE / "flows").rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        codes |= set(written.findall(text)) | {a or b for a, b in also.findall(text)}
    assert {"login", "open-values", "account-added", "submitted", "login-locked"} <= codes
    unnamed = {c for c in codes if action_label(c) == c}
    assert unnamed == set()
    assert action_label("decide-correct") == "复核：更正"
    for action in Action:
        assert not action_label(f"decided-{action}").isascii(), action


def test_a_page_of_a_large_audit_is_found_by_its_indexes(
    client: TestClient, office: Office
) -> None:
    """No plan reads the table from end to end for one person, act or case."""
    with office.store.snapshot() as connection:
        assert connection.execute(select(func.count()).select_from(audit_entry)).scalar_one() == 0
        for column in ("by", "action", "case_id"):
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT * FROM audit_entry WHERE \"{column}\" = 'x'"
                " ORDER BY id DESC LIMIT 51"
            ).all()
            assert "USING INDEX" in str(plan), plan
