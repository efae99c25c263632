"""Decisions are added, against the revision that was seen; claims keep two reviewers apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.deciding import Decided, Detail, Paper
from pipeline.model import Request
from pipeline.record import Action
from pipeline.store.cases import CaseState, Store
from pipeline.store.claims import NotClaimed, check_claim, claim, claimed_by, give_back
from pipeline.store.decisions import (
    FourEyes,
    NotUndone,
    StaleDecision,
    counting,
    decisions_for,
    decisions_of,
    each_decision,
    find_revision,
    put_decision,
)
from tests.flows.records import low_name, make_record

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
PAPER = Paper(sha256="ab" * 32, page=2, rotation=90, spot=(50, 30))


@pytest.fixture
def case(store: Store) -> Store:
    store.write_case("c1", "k", CaseState.DONE, attempts=1)
    store.write_record("c1", "k", make_record(low_name()), Request())
    return store


def decided(action: Action = Action.CORRECT, *, by: str = "li", **more: object) -> Decided:
    values = {"revision": 1, "action": action, "by": by, "at": NOW, "paper": PAPER}
    return Decided.model_validate({**values, "field": "name", "value": "韦昊燊", **more})


def test_what_was_decided_comes_back_whole(case: Store) -> None:
    said = decided(
        previous="韦昊炎", detail=Detail(box=((1, 2), (3, 2), (3, 4), (1, 4)), doubts=("x",))
    )
    with case.begin() as connection:
        kept = put_decision(connection, "c1", said)
    with case.snapshot() as connection:
        assert decisions_of(connection, "c1") == (kept,)
        assert [(i, d) for i, d in each_decision(connection)] == [("c1", (kept,))]
    assert kept == said.model_copy(update={"id": kept.id})


def test_one_against_another_revision_is_refused_and_leaves_nothing(case: Store) -> None:
    with pytest.raises(StaleDecision) as caught, case.begin() as connection:
        put_decision(connection, "c1", decided(revision=0))
    assert caught.value.revision == 1
    with case.snapshot() as connection:
        assert decisions_of(connection, "c1") == ()
        seen = find_revision(connection, "c1", 1)
    assert seen is not None
    assert seen.case_id == "c1"


def test_taking_back_is_a_row_of_ones_own(case: Store) -> None:
    with case.begin() as connection:
        first = put_decision(connection, "c1", decided())
    with pytest.raises(NotUndone), case.begin() as connection:
        put_decision(connection, "c1", decided(Action.UNDO, by="wu", undoes=first.id))
    with case.begin() as connection:
        put_decision(connection, "c1", decided(Action.UNDO, undoes=first.id))
        assert counting(connection, "c1") == ()
        assert len(decisions_of(connection, "c1")) == 2
    with pytest.raises(NotUndone), case.begin() as connection:
        put_decision(connection, "c1", decided(Action.UNDO, undoes=first.id))


def test_the_store_holds_the_first_back_from_the_second(case: Store) -> None:
    policy = FourEyes(rules=("OCR-LOW",))
    with case.begin() as connection:
        first = put_decision(connection, "c1", decided(), policy)
        assert (first.four_eyes, first.second) == (True, False)
        assert counting(connection, "c1") == ()
        assert decisions_for(connection, "c1", "wu") == ()
        assert decisions_for(connection, "c1", "li") == (first,)
        # The policy may have changed meanwhile: what began with four eyes ends with four.
        second = put_decision(connection, "c1", decided(by="wu"))
        assert (second.four_eyes, second.second) == (True, True)
        assert [d.id for d in counting(connection, "c1")] == [second.id]
        assert len(decisions_for(connection, "c1", "lu")) == 2


def test_two_reviewers_never_have_the_same_case(case: Store) -> None:
    with case.begin() as connection:
        claim(connection, "c1", "li", 600, now=NOW)
        claim(connection, "c1", "li", 600, now=NOW)  # a second tab
        with pytest.raises(NotClaimed) as caught:
            claim(connection, "c1", "wu", 600, now=NOW)
        assert caught.value.holder == "li"
        check_claim(connection, "c1", "li", now=NOW)
        with pytest.raises(NotClaimed):
            check_claim(connection, "c1", "wu", now=NOW)
        assert claimed_by(connection, "c1", now=NOW) == "li"


def test_a_claim_ends_by_itself_and_when_it_is_given_back(case: Store) -> None:
    later = NOW + timedelta(seconds=601)
    with case.begin() as connection:
        claim(connection, "c1", "li", 600, now=NOW)
        assert claimed_by(connection, "c1", now=later) is None
        with pytest.raises(NotClaimed) as caught:
            check_claim(connection, "c1", "li", now=later)
        assert caught.value.holder is None
        claim(connection, "c1", "wu", 600, now=later)
        give_back(connection, "c1", "li", now=later)  # not his to give
        assert claimed_by(connection, "c1", now=later) == "wu"
        give_back(connection, "c1", "wu", now=later)
        assert claimed_by(connection, "c1", now=later) is None
