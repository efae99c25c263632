"""Delivery by HTTP to a real receiver that fails in every way: nothing is lost, nothing is taken
twice."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.delivery.sending import jitter
from flows.delivery.targets import Retrying
from pipeline.errors import UsageError
from pipeline.store.cases import Store
from pipeline.store.dispatch import dead_letters, retry
from pipeline.store.outgoing import messages_of
from pipeline.store.tables import receipt
from tests.flows.delivery.office import Office, changed
from tests.flows.delivery.receiver import Receiver, Reply

pytestmark = pytest.mark.service

HTML = Reply(200, "<!doctype html><title>登录</title>", "text/html; charset=utf-8", takes=False)


PATIENT_SECONDS = 30.0
"""What answers at all answers within it, however slow the machine is."""
HASTY_SECONDS = 2.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def office_of(receiver: Receiver, folder: Path, store: Store, attempts: int = 30) -> Office:
    told = f"""
[retry]
attempts = {attempts}
[hrss]
url = "{receiver.url}"
secret_file = "secret"
timeout_seconds = {PATIENT_SECONDS}
"""
    return Office(folder, store, told)


@pytest.fixture
def office(receiver: Receiver, tmp_path: Path, store: Store) -> Office:
    return office_of(receiver, tmp_path, store)


def test_a_message_is_signed_and_taken_once(office: Office, receiver: Receiver) -> None:
    office.put("c1", "M3")
    assert office.round().delivered == 1
    ((message_id, message),) = receiver.taken.items()
    assert message["data"]["packet"]["case_id"] == "c1"
    with office.store.snapshot() as connection:
        (kept,) = messages_of(connection, "c1")
        told = connection.execute(select(receipt)).one()
    assert kept.message_id == message_id
    assert (told.status, told.answer) == (200, '{"receipt": "ok"}')


BAD = {
    "500": Reply(500, "oops"),
    "500 after it took it": Reply(500, "oops", takes=True),
    "503 with a page": Reply(503, "<html>", "text/html"),
    "429": Reply(429, headers={"retry-after": "7200"}),
    "429 with a date": Reply(429, headers={"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "429 with nonsense": Reply(429, headers={"retry-after": "soon"}),
    "200 after the time is over": Reply(200, seconds=HASTY_SECONDS + 0.5),
    "a web page": HTML,
    "a web page that calls itself text": Reply(200, " <html>", "text/plain", takes=False),
    "a move": Reply(302, headers={"location": "http://127.0.0.1:1/"}),
    "no such address": Reply(404),
    "not allowed": Reply(401),
}


@pytest.mark.parametrize("name", BAD)
def test_whatever_the_receiver_answers_it_takes_each_message_once(
    name: str, office: Office, receiver: Receiver
) -> None:
    if BAD[name].seconds:
        office.wait_for_answers("hrss", HASTY_SECONDS)
    receiver.plan = [BAD[name], BAD[name]]
    office.put("c1", "M3")
    assert office.round().failed == 1
    office.rounds()
    assert len(set(receiver.asked)) == 1, "one id however often it is sent"
    assert len(receiver.asked) == 3
    assert [m["data"]["case_id"] for m in receiver.taken.values()] == ["c1"]
    assert office.states("c1") == [("hrss", "packet", 1, None, "sent")]


def test_a_wait_that_the_receiver_asks_for_is_kept(office: Office, receiver: Receiver) -> None:
    receiver.plan = [BAD["429"]]
    office.put("c1", "M3")
    office.round()
    office.round(after=7000)
    assert len(receiver.asked) == 1
    office.round(after=300)
    assert len(receiver.asked) == 2 and len(receiver.taken) == 1


def test_a_receiver_that_is_away_loses_nothing(
    office: Office, receiver: Receiver, tmp_path: Path
) -> None:
    with socket.socket() as nobody:  # a port that is held and not listened on
        nobody.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        target = office.target("hrss").model_copy(update={"url": away})
        there = office.targets
        office.targets = there.model_copy(update={"by_name": {"hrss": target}})
        office.sender = office.new_sender()
        for n in range(8):
            office.put(f"c{n}", "M3")
        tally = office.round()
    assert 3 <= tally.failed < 8 and "连不上" in tally.errors["hrss"]
    office.targets = there
    office.sender = office.new_sender()
    office.rounds()
    assert sorted(m["data"]["case_id"] for m in receiver.taken.values()) == [
        f"c{n}" for n in range(8)
    ]


def test_a_message_that_is_refused_is_set_aside_and_stops_no_other(
    office: Office, receiver: Receiver
) -> None:
    receiver.plan = [Reply(422, '{"error": "no such county"}')] * 5
    for n in range(7):
        office.put(f"c{n}", "M3")
    tally = office.round()
    assert (tally.dead, tally.delivered) == (5, 2)
    with office.store.snapshot() as connection:
        dead = dead_letters(connection)
    assert dead[0].error == "422：对方不接收这条内容" and not dead[0].may_have_come
    with office.store.begin() as connection:
        retry(connection, dead[0].id, now=office.now)
    assert office.round().delivered == 1
    assert dead[0].message_id in receiver.taken


def test_what_fails_for_ever_is_given_up_with_its_reason(
    receiver: Receiver, tmp_path: Path, store: Store
) -> None:
    office = office_of(receiver, tmp_path, store, attempts=3)
    receiver.choose = lambda: Reply(500)
    office.put("c1", "M3")
    office.rounds()
    assert len(receiver.asked) == 3
    with store.snapshot() as connection:
        (dead,) = dead_letters(connection)
        told = connection.execute(select(receipt.c.status)).scalars().all()
    assert dead.error == "500：对方系统出错" and told == [500, 500, 500]


def test_the_order_of_a_case_is_held(office: Office, receiver: Receiver) -> None:
    made = office.put("c1", "M3")
    receiver.plan = [Reply(500, takes=True)]
    office.round()
    office.write(changed(made, "13000009999"))
    office.rounds()
    seen = [(m["data"]["revision"], m["data"].get("replaces")) for m in receiver.taken.values()]
    assert seen == [(1, None), (2, 1)], "what may have come is replaced by name"
    assert [s[-1] for s in office.states("c1")] == ["superseded", "sent"]


@pytest.mark.parametrize("seed", range(3))
def test_a_receiver_that_fails_at_random_takes_everything_once(
    seed: int, office: Office, receiver: Receiver
) -> None:
    chance = random.Random(seed)
    office.wait_for_answers("hrss", 0.2)
    slow = Reply(200, seconds=0.3)
    ways = [Reply(), Reply(), Reply(500), Reply(500, takes=True), BAD["429"], slow, HTML]
    receiver.choose = lambda: chance.choice(ways)
    made = [office.put(f"c{n}", "M3") for n in range(6)]
    office.round()
    for record in made[::2]:
        office.write(changed(record, "13000009999"))
    for _ in range(200):
        tally = office.round(after=4 * 3600)
        if not (tally.failed or tally.delivered):
            break
    for number in range(6):
        own = [m["data"] for m in receiver.taken.values() if m["data"]["case_id"] == f"c{number}"]
        revisions = [data["revision"] for data in own]
        assert revisions == sorted(set(revisions)), "each once, in their order"
        last = 2 if number % 2 == 0 else 1
        assert revisions[-1] == last
        if len(revisions) == 2:
            assert own[-1]["replaces"] == 1
    assert {state[-1] for n in range(6) for state in office.states(f"c{n}")} <= {
        "sent",
        "superseded",
    }


def test_the_wait_grows_and_is_drawn_by_lot() -> None:
    retrying, chance = Retrying(), random.Random(1)
    drawn = [[jitter(retrying, attempt, chance) for _ in range(200)] for attempt in (1, 3, 30)]
    for waits, most in zip(drawn, (10, 40, 4 * 3600), strict=True):
        assert 0 <= min(waits) < most / 10 and most * 0.9 < max(waits) <= most


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("[hrss", "不是 TOML"),
        ("[nobody]\nfolder = 'x'", "nobody"),
        ("[hrss]\nfolder = 'x'\nurl = 'https://a'", "只能写一个"),
        ("[hrss]\nurl = 'https://a'", "secret_file"),
        ("[hrss]\nurl = 'ftp://a'\nsecret_file = 's'", "hrss.url"),
        ("[hrss]\nurl = 'https://a'\nsecret_file = 'none'", "无法读取密钥文件"),
        ("[hrss]\nurl = 'https://a'\nsecret_file = 'bad'", "不是密钥"),
        ("[hrss]\nurl = 'https://a'\nsecret_file = 'short'", "过短"),
        ("[retry]\nattempts = 0", "retry.attempts"),
    ],
)
def test_a_wrong_delivery_file_says_where(told: str, words: str, tmp_path: Path) -> None:
    from flows.delivery.targets import read_targets

    (tmp_path / "bad").write_text("whsec_???", encoding="ascii")
    (tmp_path / "short").write_text("whsec_QUJD", encoding="ascii")
    (tmp_path / "delivery.toml").write_text(told, encoding="utf-8")
    with pytest.raises(UsageError, match=r"delivery\.toml") as caught:
        read_targets(tmp_path / "delivery.toml")
    assert words in caught.value.message
