"""A case is submitted once for each key, by the functions by which an inbox's entries arrive."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from flows.pages.api.submitting import held_key
from flows.pages.app import create_app
from pipeline.record import Record
from pipeline.status import Status
from pipeline.store.tokens import Scope, named_token
from tests.flows.pages.api.conftest import API, READY, Office, open_office
from tests.validators.papers_made import NAME

KEYED = {"Idempotency-Key": "k1"}
MEBI = 1024 * 1024


def audited(office: Office, action: str) -> list[tuple[str, str]]:
    """(who, case) of what was written down."""
    asked = 'SELECT "by", case_id FROM audit_entry WHERE action = :a ORDER BY id'
    with office.store.snapshot() as connection:
        rows = connection.execute(text(asked).bindparams(a=action))
        return [(who, case_id) for who, case_id in rows]


def test_a_case_is_taken_to_its_end(office: Office) -> None:
    token = office.token(Scope.CASES_SUBMIT, Scope.CASES_READ, Scope.RECORDS_READ)
    papers = office.papers()
    answer = office.submit(token, "k1", papers, READY)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["arrival"] == "new"
    assert [file["name"] for file in told["files"]] == [
        *(path.name for path in papers),
        "application.json",
    ]
    case_id = told["case_id"]
    office.done(case_id)
    stand = office.client.get(f"{API}/cases/{case_id}", headers=token)
    assert (stand.json()["state"], stand.json()["status"]) == ("done", "ready")
    assert stand.json()["matters"] == ["M3"]
    assert NAME not in stand.text
    record = office.client.get(f"{API}/cases/{case_id}/record", headers=token)
    assert Record.from_json(record.text).status == Status.READY
    assert audited(office, "api-submitted") == [("token:t", case_id)]
    assert audited(office, "api-record") == [("token:t", case_id)]
    assert list((office.context.out / "uploads").iterdir()) == []


def test_the_same_key_gives_the_same_answer_to_the_same_content_only(office: Office) -> None:
    token = office.token(Scope.CASES_SUBMIT)
    first = office.submit(token, "k1", office.papers(), READY)
    again = office.submit(token, "k1", office.papers(), READY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = office.submit(token, "k1", office.papers()[:1], READY)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    another = office.submit(token, "k1", office.papers(), {**READY, "matters": ["M4"]})
    assert another.json()["code"] == "key-reused"
    assert len(office.store.read_cases()) == 1


def test_the_same_content_under_another_key_is_the_case_that_is_there(office: Office) -> None:
    token = office.token(Scope.CASES_SUBMIT)
    first = office.submit(token, "k1", office.papers(), READY)
    again = office.submit(token, "k2", office.papers(), READY)
    assert (again.status_code, again.json()["arrival"]) == (200, "same")
    assert again.json()["case_id"] == first.json()["case_id"]


def test_two_tokens_choose_their_keys_apart(office: Office) -> None:
    one, two = (office.token(Scope.CASES_SUBMIT, name=name) for name in ("one", "two"))
    first = office.submit(one, "k", office.papers(1), READY)
    second = office.submit(two, "k", office.papers(2), READY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["case_id"] != second.json()["case_id"]


def test_a_key_in_flight_is_refused(office: Office) -> None:
    token = office.token(Scope.CASES_SUBMIT)
    with office.store.snapshot() as connection:
        kept = named_token(connection, "t")
    assert kept is not None
    with held_key(office.context, kept, "k1"):
        answer = office.submit(token, "k1", office.papers(), READY)
        assert (answer.status_code, answer.json()["code"]) == (409, "in-flight")
        assert office.submit(token, "k2", office.papers(2), READY).status_code == 201
    assert office.submit(token, "k1", office.papers(), READY).status_code == 201


def test_what_was_refused_may_be_sent_again_under_its_key(office: Office) -> None:
    token = office.token(Scope.CASES_SUBMIT)
    empty = office.scans.folder / "空.jpg"
    empty.touch()
    answer = office.submit(token, "k1", [empty], READY)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert office.submit(token, "k1", office.papers(), READY).status_code == 201


def test_a_named_case_grows_by_its_own_sender_alone(office: Office) -> None:
    one, two = (office.token(Scope.CASES_SUBMIT, name=name) for name in ("one", "two"))
    card, form = office.papers()
    first = office.submit(one, "a", [card], READY, name="网厅/2026-1")
    case_id = first.json()["case_id"]
    assert case_id.startswith("网厅_2026-1")
    taken = office.submit(two, "a", [card, form], READY, name="网厅/2026-1")
    assert (taken.status_code, taken.json()["code"]) == (409, "name-taken")
    grown = office.submit(one, "b", [card, form], READY, name="网厅/2026-1")
    assert (grown.json()["case_id"], grown.json()["arrival"]) == (case_id, "grown")
    office.done(case_id)


@pytest.mark.parametrize(
    ("data", "files", "code"),
    [
        ({"application": "{"}, {"files": ("a.jpg", b"x")}, "invalid"),
        ({"application": "[]"}, {"files": ("a.jpg", b"x")}, "invalid"),
        ({"application": "[" * 100_000}, {"files": ("a.jpg", b"x")}, "invalid"),
        ({"application": "{}"}, {"other": ("a.jpg", b"x")}, "invalid"),
        ({"who": "me"}, {"files": ("a.jpg", b"x")}, "invalid"),
        ({"name": "a\x00b"}, {"files": ("a.jpg", b"x")}, "invalid"),
        ({"name": "a" * 2000}, {"files": ("a.jpg", b"x")}, "too-large"),
        ({"application": "x" * (MEBI + 1)}, {"files": ("a.jpg", b"x")}, "too-large"),
        ({"application": "{}"}, {"files": ("application.json", b"{}")}, "invalid"),
        ({}, {"files": ("Thumbs.db", b"x")}, "invalid"),
    ],
)
def test_what_is_wrong_is_said(
    office: Office, data: dict[str, str], files: dict[str, tuple[str, bytes]], code: str
) -> None:
    headers = {**office.token(Scope.CASES_SUBMIT), **KEYED}
    answer = office.client.post(f"{API}/cases", headers=headers, data=data, files=files)
    assert answer.json()["code"] == code, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert office.store.read_cases() == []


def test_another_kind_of_request_is_refused(office: Office) -> None:
    headers = {**office.token(Scope.CASES_SUBMIT), **KEYED}
    answer = office.client.post(f"{API}/cases", headers=headers, json={"a": 1})
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type")
    broken = {**headers, "Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x\r\n", b"--y--", b"--x\r\nContent-Disposition: form-data\r\n\r\na"):
        answer = office.client.post(f"{API}/cases", headers=broken, content=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), body


def test_hostile_names_are_names(office: Office) -> None:
    token = office.token(Scope.CASES_SUBMIT)
    scan = office.papers()[0].read_bytes()
    names = ["../../x.jpg", "C:\\temp\\x.jpg", "<img src=x onerror=run()>.jpg", "..", "a" * 400]
    parts = [("files", (name, scan + bytes([n]))) for n, name in enumerate(names)]
    headers = {**token, **KEYED}
    answer = office.client.post(f"{API}/cases", headers=headers, files=parts)
    assert answer.status_code == 201, answer.text
    kept = [file["name"] for file in answer.json()["files"]]
    assert kept[0] == "x.jpg"
    assert kept[1] == "x（2）.jpg"
    assert all("/" not in name and "\\" not in name for name in kept)
    assert not (office.context.out.parent / "x.jpg").exists()


def test_a_case_left_undone_is_taken_up_by_the_next_start(tmp_path: Path) -> None:
    with open_office(tmp_path / "out", tmp_path / "s.sqlite") as office:
        token = office.token(Scope.CASES_SUBMIT)
        office.app.state.api.state.work.close(
            20
        )  # the server is stopping: nothing is begun any more
        case_id = office.submit(token, "k1", office.papers(), READY).json()["case_id"]
        row = office.store.find_case(case_id)
        assert row is not None
        assert row.state == "arrived"
        app = create_app(office.context)
        app.state.api.state.work.resume()
        office.done(case_id)
        app.state.api.state.work.close(20)
