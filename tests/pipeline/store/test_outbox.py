"""What must go out: written with the record, sent in order, replaced or taken back, never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from pipeline.errors import InputError
from pipeline.finding import Finding, Severity
from pipeline.model import Request
from pipeline.record import Record
from pipeline.store.cases import CaseState, Reason, Store, put_record
from pipeline.store.dispatch import (
    claim,
    count_messages,
    dead_letters,
    due,
    oldest_waiting,
    retry,
    settle,
)
from pipeline.store.outbox import revoke
from pipeline.store.outgoing import (
    APPLICANT,
    Claimed,
    Kind,
    Outgoing,
    Result,
    Sending,
    last_sent,
    messages_of,
)
from pipeline.store.tables import case_matter, case_state, receipt
from tests.flows.records import low_name, make_record

TARGETS = ("hrss", "medical", "tax", APPLICANT)
LATER = datetime.now(UTC) + timedelta(days=1)


def rejecting() -> Finding:
    return Finding(rule="E-M2-1", severity=Severity.REJECT, message="户籍不在广西", matter="M2")


def ready(note: str = "") -> Record:
    """A record that is ready; another one for each note."""
    record = make_record()
    return record.model_copy(
        update={"applicant": record.applicant.model_copy(update={"mobile": note or None})}
    )


def write(store: Store, record: Record, case_id: str = "c1") -> None:
    store.write_record(case_id, "k", record.model_copy(update={"case_id": case_id}), Request())


def waiting(store: Store, now: datetime | None = None) -> list[Outgoing]:
    with store.snapshot() as connection:
        return due(connection, TARGETS, now or LATER)


def kinds(store: Store) -> list[tuple[str, int, str]]:
    with store.snapshot() as connection:
        return [(m.kind.value, m.revision, m.state.value) for m in messages_of(connection, "c1")]


def taken(store: Store, digest: str = "d", owner: str = "me") -> Claimed | None:
    """The first message that is due, claimed."""
    first = waiting(store)[0]
    with store.begin() as connection:
        return claim(connection, first.id, owner, digest, seconds=60, now=LATER)


def sent(store: Store, digest: str = "d", result: Result = Result.DELIVERED) -> Outgoing:
    claimed = taken(store, digest)
    assert claimed is not None
    with store.begin() as connection:
        settle(connection, claimed, result, now=LATER)
    return claimed.message


def test_a_ready_record_goes_to_its_departments_with_its_revision(store: Store) -> None:
    write(store, ready())
    (message,) = waiting(store)
    assert (message.target, message.kind, message.revision) == ("hrss", Kind.PACKET, 1)
    with store.snapshot() as connection:
        row = connection.execute(select(case_matter)).one()
    assert (row.code, row.department, row.due_on.isoformat()) == ("M2", "hrss", "2026-12-03")


def test_a_clock_that_is_set_back_holds_no_message_back(store: Store) -> None:
    write(store, ready())
    now = datetime.now(UTC)
    assert waiting(store, now - timedelta(hours=1)) == [], "it waits for its time"
    (message,) = waiting(store, now - timedelta(days=30))
    with store.begin() as connection:
        claimed = claim(connection, message.id, "me", "d", seconds=60, now=now - timedelta(days=30))
    assert claimed is not None


def test_what_is_not_ready_goes_nowhere(store: Store) -> None:
    write(store, make_record(low_name()))
    assert waiting(store) == []


def test_what_fails_half_way_sends_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as connection:
        store_row = {"case_id": "c1", "content_key": "k", "state": "done", "attempts": 1}
        connection.execute(case_state.insert().values(**store_row, changed_at=LATER, revision=0))
        put_record(connection, "c1", "k", ready(), Request())
        raise RuntimeError
    assert kinds(store) == []


def test_the_same_record_again_is_sent_once(store: Store) -> None:
    write(store, ready())
    write(store, ready())
    assert len(waiting(store)) == 1
    sent(store)
    write(store, ready())
    assert waiting(store) == []


def test_an_ineligible_case_goes_back_to_the_applicant(store: Store) -> None:
    write(store, make_record(rejecting()))
    (message,) = waiting(store)
    assert (message.target, message.kind) == (APPLICANT, Kind.REFUSAL)


def test_a_correction_before_anything_went_takes_its_place(store: Store) -> None:
    write(store, ready())
    write(store, ready("2"))
    assert kinds(store) == [("packet", 1, "superseded"), ("packet", 2, "waiting")]
    assert sent(store).replaces is None


def test_a_correction_names_what_it_replaces(store: Store) -> None:
    write(store, ready())
    sent(store, "d1")
    write(store, ready("2"))
    assert sent(store, "d2").replaces == 1
    write(store, ready("3"))
    assert sent(store, "d3").replaces == 2


def test_a_correction_that_says_the_same_to_this_target_is_not_sent(store: Store) -> None:
    write(store, ready())
    sent(store, "d1")
    write(store, ready("2"))
    assert taken(store, "d1") is None
    assert kinds(store)[-1] == ("packet", 2, "unneeded")
    write(store, ready("3"))
    assert sent(store, "d3").replaces == 1


def test_a_case_that_is_ready_no_more_is_revoked(store: Store) -> None:
    write(store, ready())
    sent(store)
    write(store, make_record(low_name()))
    (message,) = waiting(store)
    assert (message.kind, message.target, message.revision) == (Kind.REVOCATION, "hrss", 2)
    assert sent(store, "r").replaces == 1
    with store.snapshot() as connection:
        assert last_sent(connection, "c1", "hrss") is None
    write(store, ready("3"))
    assert sent(store, "d").replaces is None


def test_what_never_came_is_not_revoked(store: Store) -> None:
    write(store, ready())
    write(store, make_record(low_name()))
    assert kinds(store) == [("packet", 1, "superseded")]


def test_what_was_surely_refused_is_not_revoked_and_what_may_have_come_is(store: Store) -> None:
    for result, after in ((Result.REFUSED, "unneeded"), (Result.UNKNOWN, "waiting")):
        case_id = result.value
        write(store, ready(), case_id)
        sent(store, "d", result)
        write(store, make_record(low_name()), case_id)
        revocations = [m for m in waiting(store) if m.kind == Kind.REVOCATION]
        assert len(revocations) == (result == Result.UNKNOWN), after


def test_a_message_in_flight_when_a_correction_comes_is_replaced_by_name(store: Store) -> None:
    write(store, ready())
    flying = taken(store, "d1")
    assert flying is not None
    write(store, ready("2"))
    assert taken(store, "d2", "another") is None, "the order of a case is held"
    with store.begin() as connection:
        settle(connection, flying, Result.DELIVERED, now=LATER)
    assert kinds(store) == [("packet", 1, "sent"), ("packet", 2, "waiting")]
    assert sent(store, "d2").replaces == 1


def test_of_two_senders_one_sends(store: Store) -> None:
    write(store, ready())
    (message,) = waiting(store)
    for owner, is_mine in (("a", True), ("b", False)):
        with store.begin() as connection:
            claimed = claim(connection, message.id, owner, "d", seconds=60, now=LATER)
        assert (claimed is not None) == is_mine


def test_a_sender_that_died_leaves_the_message_to_the_next_under_its_id(store: Store) -> None:
    write(store, ready())
    first = taken(store)
    assert first is not None
    after = LATER + timedelta(seconds=61)
    (message,) = waiting(store, after)
    with store.begin() as connection:
        again = claim(connection, message.id, "b", "other", seconds=60, now=after)
    assert again is not None
    assert again.message.message_id == first.message.message_id
    assert again.message.attempts == 2 and again.message.digest == "d"
    with store.begin() as connection:  # the first one was only slow
        settle(connection, first, Result.DELIVERED, now=after)
        settle(connection, again, Result.FAILED, next_at=after, now=after)
    assert kinds(store) == [("packet", 1, "sent")]


def test_a_case_that_is_worked_on_waits(store: Store) -> None:
    write(store, ready())
    message = waiting(store)[0]
    store.write_case("c1", "k2", CaseState.RUNNING, attempts=1)
    assert waiting(store) == []
    with store.begin() as connection:
        assert claim(connection, message.id, "me", "d", seconds=60, now=LATER) is None


def test_a_failure_waits_and_is_given_up_at_last(store: Store) -> None:
    write(store, ready())
    claimed = taken(store)
    assert claimed is not None
    soon = LATER + timedelta(hours=1)
    with store.begin() as connection:
        settle(connection, claimed, Result.FAILED, status=500, answer="x" * 9999, error="e",
               next_at=soon, now=LATER)  # fmt: skip
    assert waiting(store) == []
    (message,) = waiting(store, soon)
    assert (message.error, message.attempts, message.may_have_come) == ("e", 1, False)
    with store.begin() as connection:
        again = claim(connection, message.id, "me", "d", seconds=60, now=soon)
        assert again is not None
        settle(connection, again, Result.UNKNOWN, error="gone", now=soon)
        (dead,) = dead_letters(connection)
        told = connection.execute(select(receipt).order_by(receipt.c.id)).all()
        assert count_messages(connection) == {"hrss": {"dead": 1}}
        assert oldest_waiting(connection) is None
    assert (dead.state, dead.error, dead.may_have_come) == (Sending.DEAD, "gone", True)
    assert [(row.result, row.status, len(row.answer)) for row in told] == [
        ("failed", 500, 2000),
        ("unknown", None, 0),
    ]


def test_a_dead_letter_goes_again_unless_a_newer_one_took_its_place(store: Store) -> None:
    write(store, ready())
    dead = sent(store, "d", Result.REFUSED)
    write(store, ready())
    assert waiting(store) == [], "the same record does not wake it"
    with store.begin() as connection:
        again = retry(connection, dead.id, now=LATER)
        assert again.message_id == dead.message_id
        with pytest.raises(InputError):
            retry(connection, dead.id)
        with pytest.raises(InputError):
            retry(connection, 99)
    dead = sent(store, "d", Result.REFUSED)
    write(store, ready("2"))
    with pytest.raises(InputError, match="更新的内容"), store.begin() as connection:
        retry(connection, dead.id)
    assert sent(store, "d2").replaces is None


def test_an_answered_case_is_left_alone_unless_a_person_decides(store: Store) -> None:
    write(store, ready())
    sent(store)
    with store.begin() as connection:
        connection.execute(update(case_state).values(closed_at=LATER))
        put_record(connection, "c1", "k", make_record(low_name()), Request())
        assert not revoke(connection, "c1", "hrss")
    assert waiting(store) == []
    with store.begin() as connection:
        put_record(connection, "c1", "k", ready("9"), Request(), Reason.DECIDED)
        assert connection.execute(select(case_state.c.closed_at)).scalar_one() is None
    assert len(waiting(store)) == 1


def test_another_case_may_take_the_place_of_one(store: Store) -> None:
    write(store, ready())
    with store.begin() as connection:
        assert not revoke(connection, "c1", "medical")
        assert not revoke(connection, "unknown", "hrss")
    sent(store)
    for wanted in (True, False):  # once
        with store.begin() as connection:
            assert revoke(connection, "c1", "hrss") == wanted
    assert kinds(store)[-1] == ("revocation", 1, "waiting")
