"""Many people at once, against the real server, over both databases: nobody sees an error, and
nothing of anybody is lost."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from httpx import Client, Response

from flows.pages.passwords import hash_password
from pipeline.record import Record
from pipeline.status import Status
from pipeline.store import people
from pipeline.store.people import Account, Role
from pipeline.store.tokens import Scope
from tests.flows.desk.conftest import eventually
from tests.flows.pages.api.conftest import API, Office, open_office
from tests.flows.pages.browser import serving

pytestmark = pytest.mark.long

CLERKS = 20
UPLOADS = 10
PASSWORD = "correct horse battery"
_HASHED = hash_password(PASSWORD)
PIECE = "application/offset+octet-stream"


@pytest.fixture
def office(tmp_path: Path, where: Path | str) -> Iterator[Office]:
    with open_office(tmp_path / "out", where) as office:
        with office.store.begin() as connection:
            for number in range(CLERKS):
                account = Account(
                    name=f"clerk{number}", display_name=f"窗口{number}", role=Role.CLERK
                )
                people.add_account(connection, account, _HASHED)
        yield office


@dataclass
class Clerk:
    """Somebody at a window of her own, by plain requests; every answer must be good."""

    client: Client
    number: int
    headers: dict[str, str] = field(default_factory=dict)
    draft: str = ""

    def log_in(self) -> None:
        form = {"name": f"clerk{self.number}", "password": PASSWORD}
        home = self.good(self.client.post("/login", data=form, follow_redirects=True))
        found = re.search(r'<meta name="csrf" content="([^"]+)"', home.text)
        assert found is not None
        self.headers["X-CSRF-Token"] = found[1]

    def begin(self) -> None:
        answer = self.client.post("/counter", headers=self.headers)
        assert answer.status_code == 303
        self.draft = answer.headers["location"]
        said = {"matters": "M3", "channel": "window"}
        self.good(self.client.post(f"{self.draft}/said", data=said, headers=self.headers))

    def hand_in(self, path: Path) -> None:
        data = path.read_bytes()
        name = base64.b64encode(path.name.encode()).decode()
        told = {"Upload-Length": str(len(data)), "Upload-Metadata": f"filename {name}"}
        made = self.client.post(f"{self.draft}/files", headers={**self.headers, **told})
        assert made.status_code == 201, made.text
        half = len(data) // 2
        for at, piece in ((0, data[:half]), (half, data[half:])):
            place = {"Upload-Offset": str(at), "Content-Type": PIECE}
            sent = self.client.patch(
                made.headers["Location"], content=piece, headers={**self.headers, **place}
            )
            assert sent.status_code == 204, sent.text

    def state(self) -> str:
        page = self.good(self.client.get(f"{self.draft}/regions"))
        found = re.search(r'data-state="([a-z]+)"', page.text)
        assert found is not None
        return found[1]

    def submit(self) -> None:
        answer = self.client.post(f"{self.draft}/submit", headers=self.headers)
        assert answer.status_code == 303, answer.text
        self.good(self.client.get(self.draft))

    @staticmethod
    def good(answer: Response) -> Response:
        assert answer.status_code == 200, (answer.status_code, answer.text[:500])
        return answer


def test_twenty_clerks_at_once(office: Office) -> None:
    papers = [office.papers(number) for number in range(CLERKS)]

    def work(number: int) -> str:
        with Client(base_url=address, timeout=120) as client:
            clerk = Clerk(client, number)
            clerk.log_in()
            clerk.begin()
            for path in papers[number]:
                clerk.hand_in(path)
            eventually(clerk.state, lambda state: state in ("ready", "review"), seconds=120)
            clerk.submit()
            return clerk.draft.rpartition("/")[2]

    with serving(office.app) as address, ThreadPoolExecutor(CLERKS) as pool:
        cases = list(pool.map(work, range(CLERKS)))
    assert len(set(cases)) == CLERKS
    for case_id, own in zip(cases, papers, strict=True):
        row = office.store.find_case(case_id)
        assert row is not None
        record = Record.from_json(row.record or "")
        assert record.status in (Status.READY, Status.REVIEW)
        files = {page.file for document in record.documents for page in document.pages}
        assert files == {path.name for path in own}  # each has her own, and all of it


def test_ten_uploads_at_once_by_the_api(office: Office) -> None:
    token = office.token(Scope.CASES_SUBMIT)
    papers = [office.papers(number) for number in range(UPLOADS)]

    def send(number: int) -> Response:
        parts = [("files", (path.name, path.read_bytes())) for path in papers[number]]
        with Client(base_url=address, timeout=120) as client:
            return client.post(
                f"{API}/cases",
                headers={**token, "Idempotency-Key": f"k{number}"},
                data={"application": "{}"},
                files=parts,
            )

    with serving(office.app) as address, ThreadPoolExecutor(UPLOADS) as pool:
        answers = list(pool.map(send, range(UPLOADS)))
        assert [answer.status_code for answer in answers] == [201] * UPLOADS
        for answer in answers:
            office.done(answer.json()["case_id"])
    assert {row.state for row in office.store.read_cases()} == {"done"}
    assert len(office.store.read_cases()) == UPLOADS


def test_the_same_request_ten_times_at_once_is_one_case(office: Office) -> None:
    """An impatient sender: one is carried out; the others are told to wait, or get its answer."""
    token = office.token(Scope.CASES_SUBMIT)
    papers = office.papers()

    def send(_: int) -> tuple[int, str]:
        parts = [("files", (path.name, path.read_bytes())) for path in papers]
        with Client(base_url=address, timeout=120) as client:
            headers = {**token, "Idempotency-Key": "k"}
            answer = client.post(f"{API}/cases", headers=headers, files=parts)
            return answer.status_code, answer.json().get("case_id", "")

    with serving(office.app) as address, ThreadPoolExecutor(UPLOADS) as pool:
        answers = list(pool.map(send, range(UPLOADS)))
        assert send(0)[0] == 201
    assert {status for status, _ in answers} <= {201, 409}
    (case_id,) = {case_id for status, case_id in answers if status == 201}
    assert [row.case_id for row in office.store.read_cases()] == [case_id]
    office.done(case_id)


def test_two_clerks_on_one_draft(office: Office) -> None:
    """Two of one window hand in and submit the same application at once: it is one case with the
    files of both, or the second is told that it was submitted."""
    with office.store.begin() as connection:
        for number in (0, 1):
            people.set_account(connection, f"clerk{number}", window="3")
    with (
        serving(office.app) as address,
        Client(base_url=address, timeout=120) as one,
        Client(base_url=address, timeout=120) as two,
    ):
        first, second = Clerk(one, 0), Clerk(two, 1)
        first.log_in()
        second.log_in()
        first.begin()
        second.draft = first.draft
        card, form = office.papers()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda pair: pair[0].hand_in(pair[1]), [(first, card), (second, form)]))
            for clerk in (first, second):
                eventually(clerk.state, lambda state: state in ("ready", "review"), seconds=120)
            submitted = list(
                pool.map(
                    lambda c: c.client.post(f"{c.draft}/submit", headers=c.headers).status_code,
                    (first, second),
                )
            )
        assert 303 in submitted
        assert set(submitted) <= {303, 409}
        late = second.client.post(f"{second.draft}/said", data={}, headers=second.headers)
        assert late.status_code == 409
        case_id = first.draft.rpartition("/")[2]
        office.done(case_id)
    row = office.store.find_case(case_id)
    assert row is not None
    record = Record.from_json(row.record or "")
    assert len(record.documents) == 2
