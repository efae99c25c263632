"""Cases that a person splits or joins: no paper is lost or in two cases, and what comes in again
undoes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.errors import InputError
from pipeline.finding import finding
from pipeline.store import leases
from pipeline.store.arrivals import Policy, arrive
from pipeline.store.cases import CaseState, Store, count_cases, waiting_cases
from pipeline.store.dividing import join, split
from pipeline.store.outgoing import Kind
from pipeline.store.tables import case_state
from tests.pipeline.store.test_arrivals import Office
from tests.pipeline.store.test_outbox import ready, sent, taken, waiting, write


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    return Office(store, tmp_path)


def divided(office: Office, case_id: str, *names: str) -> str:
    with office.store.begin() as connection:
        return split(connection, case_id, names, now=datetime.now(UTC))


def united(office: Office, case_id: str, other: str) -> list[str]:
    with office.store.begin() as connection:
        return join(connection, case_id, other, now=datetime.now(UTC))


def state(office: Office, case_id: str) -> CaseState | None:
    row = office.store.find_case(case_id)
    return None if row is None else row.state


def done(office: Office, *case_ids: str) -> None:
    for case_id in case_ids:
        office.store.write_case(case_id, "k", CaseState.DONE, attempts=1)


def test_a_split_case_is_two_that_are_checked_anew(office: Office) -> None:
    office.hand_in("07", 0, 1, 2)
    done(office, "07")
    assert divided(office, "07", "1.pdf", "2.pdf") == "07-2"
    assert office.files("07") == ["0.pdf"] and office.files("07-2") == ["1.pdf", "2.pdf"]
    with office.store.snapshot() as connection:
        assert set(waiting_cases(connection, 9)) == {"07", "07-2"}


def test_split_off_parts_get_ids_that_nobody_has(office: Office) -> None:
    office.hand_in("07", 0, 1, 2)
    office.hand_in("07-2", 3)
    assert divided(office, "07", "1.pdf") == "07-3"
    assert divided(office, "07", "2.pdf") == "07-4"


@pytest.mark.parametrize("stays", [True, False])
def test_the_same_scans_again_bring_back_nothing(office: Office, stays: bool) -> None:
    office.hand_in("07", 0, 1, stays=stays)
    office.hand_in("08", 2, stays=stays)
    new = divided(office, "07", "1.pdf")
    united(office, new, "08")
    done(office, "07", new)
    assert office.hand_in("07", 0, 1, stays=stays).policy == Policy.SAME
    assert office.hand_in("08", 2, stays=stays).policy == Policy.SAME
    assert office.files("07") == ["0.pdf"] and office.files(new) == ["1.pdf", "2.pdf"]
    assert [state(office, one) for one in ("07", new, "08")] == ["done", "done", "joined"]


def test_a_joined_case_has_all_papers_and_the_other_is_none_any_more(office: Office) -> None:
    office.hand_in("07", 0, 1)
    office.hand_in("08", 2, 3)
    assert united(office, "07", "08") == ["2.pdf", "3.pdf"]
    assert office.files("07") == ["0.pdf", "1.pdf", "2.pdf", "3.pdf"]
    assert office.files("08") == [] and state(office, "08") == CaseState.JOINED
    with office.store.snapshot() as connection:
        assert waiting_cases(connection, 9) == ["07"]
        assert count_cases(connection) == {"arrived": 1, "joined": 1}


def test_two_files_of_one_name_are_both_kept(office: Office) -> None:
    for case_id, scan in (("07", 0), ("08", 1)):
        stored = office.keep(case_id, scan)
        same = [file.model_copy(update={"name": "001.pdf"}) for file in stored.files]
        with office.store.begin() as connection:
            arrive(
                connection,
                case_id,
                stored.model_copy(update={"files": tuple(same)}),
                source="inbox",
                stays=False,
            )
    assert united(office, "07", "08") == ["08-001.pdf"]
    assert office.files("07") == ["001.pdf", "08-001.pdf"]


def test_what_departments_have_of_a_joined_case_is_taken_back(office: Office) -> None:
    office.hand_in("07", 0)
    write(office.store, ready())
    sent(office.store)
    united(office, "07", "c1")
    (message,) = waiting(office.store)
    assert (message.case_id, message.kind, message.target) == ("c1", Kind.REVOCATION, "hrss")
    assert taken(office.store) is not None, "it goes though nobody works on the case"
    with office.store.snapshot() as connection:
        row = connection.execute(select(case_state).where(case_state.c.case_id == "c1")).one()
    assert row.status is None and row.doubts == 0 and row.closed_at is not None


def test_what_has_not_gone_of_a_joined_case_never_goes(office: Office) -> None:
    office.hand_in("07", 0)
    write(office.store, ready())
    united(office, "07", "c1")
    assert waiting(office.store) == []


def test_a_person_who_divides_has_looked_at_the_stack(office: Office) -> None:
    stored = office.keep("07", 0, 1)
    found = finding("SRC-STACK", file="0612.pdf", reason="x")
    other = finding("SRC-DUPLICATE", file="a.jpg", other="b.jpg")
    with office.store.begin() as connection:
        arrive(
            connection,
            "07",
            stored.model_copy(update={"refused": ((found, False), (other, False))}),
            source="inbox",
            stays=False,
        )
    divided(office, "07", "1.pdf")
    with office.store.snapshot() as connection:
        kept = connection.execute(
            select(case_state.c.refused).where(case_state.c.case_id == "07")
        ).scalar_one()
    assert "SRC-STACK" not in kept and "SRC-DUPLICATE" in kept


def held(office: Office) -> None:
    with office.store.begin() as connection:
        assert leases.take(connection, "case:07", "another") is not None


def closed(office: Office) -> None:
    with office.store.begin() as connection:
        connection.execute(case_state.update().values(closed_at=datetime.now(UTC)))


def nothing(office: Office) -> None:
    """As it is."""


@pytest.mark.parametrize(
    ("before", "act", "words"),
    [
        (nothing, lambda o: divided(o, "07", "x.pdf"), "没有文件：x.pdf"),
        (nothing, lambda o: divided(o, "07", "0.pdf", "1.pdf"), "也须留下一部分"),
        (nothing, lambda o: divided(o, "07"), "也须留下一部分"),
        (nothing, lambda o: divided(o, "nobody", "0.pdf"), "没有案件“nobody”"),
        (nothing, lambda o: united(o, "07", "07"), "与自己合并"),
        (nothing, lambda o: united(o, "07", "nobody"), "没有案件“nobody”"),
        (held, lambda o: divided(o, "07", "0.pdf"), "正在处理"),
        (held, lambda o: united(o, "08", "07"), "正在处理"),
        (closed, lambda o: united(o, "08", "07"), "已办结"),
    ],
)
def test_what_cannot_be_divided_is_told_and_changes_nothing(
    before: Any, act: Any, words: str, office: Office
) -> None:
    office.hand_in("07", 0, 1)
    office.hand_in("08", 2)
    before(office)
    with pytest.raises(InputError, match=words):
        act(office)
    assert office.files("07") == ["0.pdf", "1.pdf"] and office.files("08") == ["2.pdf"]


def test_a_case_that_was_joined_is_not_joined_again(office: Office) -> None:
    office.hand_in("07", 0)
    office.hand_in("08", 1)
    united(office, "07", "08")
    with pytest.raises(InputError, match="已并入另一件"):
        united(office, "07", "08")
