"""What tokens may read, what is written down, and how systems follow what changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from flows.case_work import Ended
from flows.pages.api.pace import Pace
from flows.pages.security import COOKIE
from pipeline.deciding import Decided, Paper
from pipeline.record import Action, Record
from pipeline.store import people
from pipeline.store.decisions import put_decision
from pipeline.store.people import Account, Role
from pipeline.store.tokens import Scope, revoke_token
from tests.flows.desk.conftest import eventually
from tests.flows.pages.api.conftest import API, READY, Office, open_office
from tests.flows.pages.api.test_submit import audited
from tests.validators.papers_made import NAME

ALL = tuple(Scope)


@pytest.fixture
def token(office: Office) -> dict[str, str]:
    return office.token(*ALL, name="all")


def made(office: Office, token: dict[str, str], number: int = 0, **values: str) -> str:
    """A case that is done."""
    answer = office.submit(token, f"key{number}", office.papers(number, **values), READY)
    case_id: str = answer.json()["case_id"]
    office.done(case_id)
    return case_id


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/cases/x", Scope.CASES_READ),
        ("/cases/x/record", Scope.RECORDS_READ),
        ("/cases/x/decisions", Scope.DECISIONS_READ),
        ("/cases/x/packets/tax", Scope.PACKETS_READ),
        ("/packets", Scope.PACKETS_READ),
    ],
)
def test_each_scope_opens_its_own_alone(office: Office, path: str, scope: Scope) -> None:
    others = office.token(*(set(ALL) - {scope}), name="others")
    refused = office.client.get(API + path, headers=others)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert scope.value in refused.json()["detail"]
    own = office.client.get(API + path, headers=office.token(scope, name="own"))
    assert own.status_code in (200, 404)


def test_nobody_is_let_in_without_a_token_that_holds(office: Office) -> None:
    for headers in ({}, {"Authorization": "Bearer yjs_x"}, {"Authorization": "Basic eDp5"}):
        answer = office.client.get(f"{API}/packets", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    ended = office.token(*ALL, name="ended")
    office.pass_time(days=2)
    assert office.client.get(f"{API}/packets", headers=ended).json()["code"] == "token-ended"
    revoked = office.token(*ALL, name="revoked")
    assert office.client.get(f"{API}/packets", headers=revoked).status_code == 200
    with office.store.begin() as connection:
        revoke_token(connection, "revoked")
    assert office.client.get(f"{API}/packets", headers=revoked).json()["code"] == "token-ended"
    assert [who for who, _ in audited(office, "api-refused")] == ["token:ended", "token:revoked"]


def test_a_browser_s_session_opens_nothing_here(office: Office) -> None:
    with office.store.begin() as connection:
        account = Account(name="a", display_name="a", role=Role.ADMINISTRATOR)
        people.add_account(connection, account, "-")
        session, _ = people.open_session(connection, "a")
    office.client.cookies.set(COOKIE, session)
    assert office.client.get(f"{API}/packets").status_code == 401


def test_what_is_not_there_is_said(office: Office, token: dict[str, str]) -> None:
    for path, code in (
        ("/cases/x", "no-such-case"),
        ("/cases/%00/record", "no-such-case"),
        ("/cases/" + "a" * 300, "no-such-case"),
        ("/nothing", "no-such-path"),
        ("/a%0Ab", "no-such-path"),
    ):
        answer = office.client.get(API + path, headers=token)
        assert (answer.status_code, answer.json()["code"]) == (404, code), path
    answer = office.client.delete(f"{API}/cases/x", headers=token)
    assert (answer.status_code, answer.json()["code"]) == (405, "method")
    assert answer.headers["Allow"] == "GET"


def test_what_is_known_already_is_not_sent_again(office: Office, token: dict[str, str]) -> None:
    case_id = made(office, token)
    for path in ("", "/record", "/decisions", "/packets/tax", "/packets/hrss"):
        first = office.client.get(f"{API}/cases/{case_id}{path}", headers=token)
        if first.status_code == 404:
            assert path == "/packets/tax"  # M3 is not its matter
            continue
        tag = first.headers["ETag"]
        for said in (tag, f'"x", {tag}', "*"):
            headers = {**token, "If-None-Match": said}
            again = office.client.get(f"{API}/cases/{case_id}{path}", headers=headers)
            assert (again.status_code, again.content) == (304, b""), path
        headers = {**token, "If-None-Match": '"other"'}
        assert office.client.get(f"{API}/cases/{case_id}{path}", headers=headers).status_code == 200
    assert len(audited(office, "api-record")) == 2  # what was not sent was not read


def test_systems_follow_by_the_cursor(office: Office, token: dict[str, str]) -> None:
    first, second = made(office, token, 1), made(office, token, 2)
    assert follow(office, token)["items"] == []  # too fresh: an earlier writer may end later
    office.pass_time(seconds=6)
    page = follow(office, token, limit=1)
    assert [item["case_id"] for item in page["items"]] == [first]
    assert page["more"]
    page = follow(office, token, limit=1, cursor=page["cursor"])
    assert ([item["case_id"] for item in page["items"]], page["more"]) == ([second], False)
    end = page["cursor"]
    assert follow(office, token, cursor=end) == {"items": [], "cursor": end, "more": False}
    # The first one is corrected, and is not ready any more: it comes again, as withdrawn.
    send_back(office, first)
    office.pass_time(seconds=6)
    page = follow(office, token, cursor=end)
    assert [(i["case_id"], i["withdrawn"], "packet" in i) for i in page["items"]] == [
        (first, True, False)
    ]
    assert audited(office, "api-packet")[0] == ("token:all", first)


def test_since_leaves_out_what_is_older(office: Office, token: dict[str, str]) -> None:
    case_id = made(office, token)
    office.pass_time(seconds=6)
    (item,) = follow(office, token)["items"]
    assert (item["department"], item["packet"]["case_id"]) == ("hrss", case_id)
    at = item["changed_at"]
    assert len(follow(office, token, since=at)["items"]) == 1
    later = (office.context.now() + timedelta(hours=1)).isoformat()
    assert follow(office, token, since=later)["items"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"cursor": "x"},
        {"cursor": "WzEsMl0="},
        {"cursor": "ü"},
        {"since": "2026-01-01T00:00:00"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"since": "soon"},
        {"limit": "0"},
        {"department": "police"},
    ],
)
def test_what_was_asked_wrongly_is_said(
    office: Office, token: dict[str, str], asked: dict[str, str]
) -> None:
    answer = office.client.get(f"{API}/packets", headers=token, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_department_s_token_reads_its_own_packets_alone(
    office: Office, token: dict[str, str]
) -> None:
    case_id = made(office, token)
    office.pass_time(seconds=6)
    tax = office.token(Scope.PACKETS_READ, name="tax", department="tax")
    hrss = office.token(Scope.PACKETS_READ, name="hrss", department="hrss")
    assert follow(office, tax)["items"] == []
    assert len(follow(office, hrss)["items"]) == 1
    path = f"{API}/cases/{case_id}/packets/hrss"
    assert office.client.get(path, headers=hrss).json()["department"] == "hrss"
    refused = office.client.get(path, headers=tax)
    assert (refused.status_code, refused.json()["code"]) == (403, "department")
    answer = office.client.get(f"{API}/packets?department=hrss", headers=tax)
    assert answer.json()["code"] == "department"


def test_decisions_show_no_person_without_the_scope(office: Office, token: dict[str, str]) -> None:
    case_id = made(office, token, name="韦小方")  # the form says otherwise
    office.pass_time(seconds=6)
    correct_name(office, case_id)
    path = f"{API}/cases/{case_id}/decisions"
    whole = office.client.get(path, headers=token).json()
    assert [(d["action"], d["field"], d["value"]) for d in whole["items"]] == [
        ("correct", "name", NAME)
    ]
    assert audited(office, "api-decisions") == [("token:all", case_id)]
    plain = office.client.get(path, headers=office.token(Scope.DECISIONS_READ, name="plain"))
    assert [d["action"] for d in plain.json()["items"]] == ["correct"]
    for personal in (NAME, "韦小方", "li", "看过原件"):
        assert personal not in plain.text
    assert len(audited(office, "api-decisions")) == 1


def test_whoever_asks_too_often_waits() -> None:
    now = [0.0]
    pace = Pace(3, lambda: now[0])
    assert [pace.wait("a") for _ in range(4)] == [0, 0, 0, 60]
    assert pace.wait("b") == 0
    now[0] = 45.0
    assert pace.wait("a") == 15
    now[0] = 60.0
    assert pace.wait("a") == 0


def test_a_token_that_asks_too_often_is_told_when_to_come_again(tmp_path: Any) -> None:
    with open_office(tmp_path / "out", tmp_path / "s.sqlite", api_per_minute=2) as office:
        token = office.token(*ALL)
        answers = [office.client.get(f"{API}/packets", headers=token) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[2].headers["Retry-After"]) <= 60
        other = office.token(*ALL, name="other")
        assert office.client.get(f"{API}/packets", headers=other).status_code == 200


def test_a_bug_is_a_problem_too(office: Office, token: dict[str, str]) -> None:
    case_id = made(office, token)
    with office.store.begin() as connection:
        connection.execute(text("UPDATE case_revision SET record = '{'"))
    answer = office.client.get(f"{API}/cases/{case_id}/record", headers=token)
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "Traceback" not in answer.text


def test_a_store_that_is_away_is_said(office: Office, token: dict[str, str]) -> None:
    with office.store.begin() as connection:
        connection.execute(text("DROP TABLE case_revision"))
    answer = office.client.get(f"{API}/packets", headers=token)
    assert (answer.status_code, answer.json()["code"]) == (503, "store")
    assert int(answer.headers["Retry-After"]) > 0


def follow(office: Office, token: dict[str, str], **asked: Any) -> dict[str, Any]:
    answer = office.client.get(f"{API}/packets", headers=token, params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def decide(office: Office, case_id: str, **decision: Any) -> None:
    """A person decides about the case's card, and its record follows."""
    row = office.store.find_case(case_id)
    assert row is not None and row.record is not None
    document = next(d for d in Record.from_json(row.record).documents if d.type == "id_card")
    page = document.pages[0]
    decided = Decided(
        by="li",
        at=office.context.now(),
        revision=row.revision,
        paper=Paper(sha256=page.sha256, page=page.page, type=document.type),
        document=document.id,
        reason="看过原件",
        **decision,
    )
    with office.store.begin() as connection:
        put_decision(connection, case_id, decided)
        connection.execute(
            text("UPDATE case_state SET content_key = '' WHERE case_id = :c").bindparams(c=case_id)
        )
    eventually(
        lambda: office.app.state.api.state.work._work.work(case_id), lambda end: end != Ended.BUSY
    )


def send_back(office: Office, case_id: str) -> None:
    decide(office, case_id, action=Action.UNREADABLE, field="name")


def correct_name(office: Office, case_id: str) -> None:
    decide(office, case_id, action=Action.CORRECT, field="name", value=NAME, previous="韦小方")
