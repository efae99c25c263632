"""A stranger's paper beside one's own is given back, and nothing is brought in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from flows.notice import Letterhead, render_notice, render_receipt
from flows.review.desk import Desk
from flows.review.moves import Move
from flows.review.opened import OpenCase
from pipeline.finding import Severity
from pipeline.record import Action, Record
from pipeline.status import Status
from pipeline.store.cases import Store
from tests.flows.review.made import SeesText, Shown, hand_in, id_card, make_desk
from tests.flows.review.test_desk import SURE, TYPED
from validators.output.given_back import is_strangers
from validators.output.notice import make_notice

OTHER_NUMBER = "450103198501019992"
BACK = "请取回不属于本人的材料：居民身份证（文件“scan1.png”）。"
OF_OTHER = id_card(
    Shown("黄大勇"),
    OTHER_NUMBER,
    seed=7,
    more={"sex": Shown("男"), "birth_date": Shown("1985-01-01")},
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.sqlite") as made:
        yield made


def opened(folder: Path, store: Store, *, own: bool = True) -> tuple[Desk, OpenCase]:
    desk = make_desk(folder, store, SeesText("韦昊燚"))
    mine = [id_card(Shown("韦昊燚"), more=SURE)] if own else []
    hand_in(desk, "c1", [*mine, OF_OTHER], TYPED)
    desk.claim("c1", "li")
    return desk, desk.open("c1", "li")


def after(desk: Desk, case: OpenCase, action: Action, reason: str = "") -> Record:
    """The record once the finding of the stranger's card was decided on."""
    items = [*case.items, *case.problems]
    item = next(i for i in items if any(map(is_strangers, i.findings)))
    return desk.decide("c1", "li", case.revision, Move(item.key, action, "", reason)).record


def words(record: Record) -> str:
    return re.sub(r"<[^>]+>", "", render_notice(record, date(2026, 11, 23), Letterhead()))


@pytest.mark.parametrize(
    ("action", "reason"), [(Action.CONFIRM, ""), (Action.SEND_BACK, "材料不是本人的")]
)
def test_confirmed_it_is_given_back_and_nothing_is_asked_for(
    tmp_path: Path, store: Store, action: Action, reason: str
) -> None:
    desk, case = opened(tmp_path, store)
    before = {(f.rule, f.document, f.severity) for f in case.record.open_findings}
    assert ("X1", "d2", Severity.REVIEW) in before and BACK not in words(case.record)
    record = after(desk, case, action, reason)
    assert not [f for f in record.open_findings if f.rule in ("X1",)]
    assert not [
        f for f in record.open_findings if f.severity == Severity.MEND and f.document == "d2"
    ]
    assert make_notice(record).mend == make_notice(case.record).mend
    assert BACK in words(record)
    if record.status in (Status.READY, Status.REVIEW):
        assert BACK in render_receipt(record, date(2026, 11, 23), Letterhead())


def test_let_pass_it_is_kept(tmp_path: Path, store: Store) -> None:
    desk, case = opened(tmp_path, store)
    assert BACK not in words(after(desk, case, Action.WAIVE, "已核对原件"))


def test_sent_back_for_another_reason_it_is_asked_for_again(tmp_path: Path, store: Store) -> None:
    desk, case = opened(tmp_path, store)
    record = after(desk, case, Action.SEND_BACK, "图像不清晰")
    assert record.status == Status.INCOMPLETE


def test_where_ones_own_is_not_there_it_is_asked_for(tmp_path: Path, store: Store) -> None:
    desk, case = opened(tmp_path, store, own=False)
    record = after(desk, case, Action.SEND_BACK, "材料不是本人的")
    assert record.status == Status.INCOMPLETE
