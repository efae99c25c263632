"""Deciding: the record follows by the same checks, and nothing is read again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.review.desk import Desk
from flows.review.moves import Arrangement, Move
from flows.review.opened import NotDecided, OpenCase
from pipeline.finding import Severity
from pipeline.model import DocumentType, UnsureChar
from pipeline.record import Action, Record
from pipeline.settings import Settings
from pipeline.status import Status
from pipeline.store.cases import Store
from pipeline.store.claims import NotClaimed
from pipeline.store.decisions import StaleDecision, decisions_of
from tests.flows.review.made import (
    NUMBER_OK,
    Drawn,
    SeesRows,
    SeesText,
    Shown,
    hand_in,
    id_card,
    made_tools,
    make_desk,
)

LOW = Shown("韦昊炎", 0.5, (UnsureChar(at=2, score=0.5, alternatives=("燚", "焱")),))
TYPED: dict[str, object] = {
    "channel": "window",
    "matters": ["M3"],
    "accepted_on": "2026-11-20",
    "name": "韦昊燚",
    "id_number": NUMBER_OK,
    "flex_type": "other",
    "employment": "flexible",
}
SURE = {"sex": Shown("男"), "birth_date": Shown("1990-01-01"), "ethnicity": Shown("壮")}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.sqlite") as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path, store: Store) -> Desk:
    made = make_desk(tmp_path, store, SeesText("韦昊燚"))
    hand_in(made, "c1", [id_card(LOW, more=SURE)], TYPED)
    made.claim("c1", "li")
    return made


def settle(
    desk: Desk,
    opened: OpenCase,
    action: Action,
    person: str = "li",
    value: str = "",
    reason: str = "",
) -> OpenCase:
    item = next(i for i in opened.items if i.field == "name" and i.is_field)
    return desk.decide("c1", person, opened.revision, Move(item.key, action, value, reason))


def rules(record: Record) -> list[str]:
    return [f.rule for f in record.open_findings if f.severity != Severity.NOTE]


def test_a_doubt_shows_its_uncertain_characters_and_what_they_may_be(desk: Desk) -> None:
    (item,) = [i for i in desk.open("c1", "li").items if i.is_field]
    assert (item.field, item.value, [c.at for c in item.unsure]) == ("name", "韦昊炎", [2])
    assert item.alternatives == ("韦昊燚", "韦昊焱")


def test_a_correction_takes_its_doubt_away_and_is_in_record_and_files(desk: Desk) -> None:
    before = desk.open("c1", "li")
    assert "OCR-LOW" in rules(before.record)
    after = settle(desk, before, Action.CORRECT, value="韦昊燚")
    assert "OCR-LOW" not in rules(after.record)
    assert after.record.applicant.name == "韦昊燚"
    assert after.revision == before.revision + 1
    (told,) = after.record.decisions
    assert (told.reviewer, told.action, told.field, told.value) == (
        "li", Action.CORRECT, "name", "韦昊燚",
    )  # fmt: skip
    written = (desk.out / "records" / "c1.json").read_text("utf-8")
    assert Record.from_json(written).applicant.name == "韦昊燚"


def test_a_confirmation_may_raise_what_the_doubt_held_back(desk: Desk) -> None:
    """The card seems to have expired: while that is read in doubt a person looks, once it is sure
    the applicant must mend it."""
    ends = Shown("2020-01-01", 0.5)
    hand_in(desk, "c4", [id_card(Shown("韦伟"), seed=4, more={**SURE, "valid_to": ends})], TYPED)
    desk.claim("c4", "li")
    before = desk.open("c4", "li")
    held = {f.severity for f in before.record.findings if f.rule == "DOC-EXPIRED"}
    item = next(i for i in before.items if i.field == "valid_to" and i.is_field)
    after = desk.decide("c4", "li", before.revision, Move(item.key, Action.CONFIRM))
    now = {f.severity for f in after.record.findings if f.rule == "DOC-EXPIRED"}
    assert (held, now) == ({Severity.REVIEW}, {Severity.MEND})


def test_unreadable_asks_the_applicant_and_nothing_of_the_reviewer(desk: Desk) -> None:
    after = settle(desk, desk.open("c1", "li"), Action.UNREADABLE)
    assert "DEC-UNREADABLE" in rules(after.record)
    assert after.record.status == Status.INCOMPLETE
    assert not [i for i in after.items if i.field == "name" and i.is_field]


def test_sending_back_needs_a_reason_and_is_told_once(desk: Desk) -> None:
    with pytest.raises(NotDecided):
        settle(desk, desk.open("c1", "li"), Action.SEND_BACK)
    after = settle(desk, desk.open("c1", "li"), Action.SEND_BACK, reason="姓名被印章遮住")
    assert rules(after.record).count("DEC-BACK") == 1
    assert "OCR-LOW" not in rules(after.record)


def test_undo_brings_the_doubt_back(desk: Desk) -> None:
    before = desk.open("c1", "li")
    after = settle(desk, before, Action.CORRECT, value="韦昊燚")
    assert after.undoable is not None
    again = desk.undo("c1", "li", after.revision, after.undoable.id)
    assert rules(again.record) == rules(before.record)
    assert again.record.decisions == ()
    assert again.undoable is None


def test_a_stale_decision_is_refused_and_the_difference_told(desk: Desk) -> None:
    seen = desk.open("c1", "li")
    settle(desk, seen, Action.CORRECT, value="韦昊燚")
    with pytest.raises(StaleDecision):
        settle(desk, seen, Action.CONFIRM)
    changed = desk.changes_since("c1", seen.revision, "li")
    assert ("name", "韦昊炎", "韦昊燚") in [(c.field, c.before, c.after) for c in changed]


def test_nobody_decides_on_a_case_that_another_has(desk: Desk) -> None:
    with pytest.raises(NotClaimed):
        settle(desk, desk.open("c1", "wu"), Action.CONFIRM, "wu")
    with desk.store.snapshot() as connection:
        assert decisions_of(connection, "c1") == ()


def test_of_two_decisions_at_once_one_is_refused(desk: Desk) -> None:
    seen = desk.open("c1", "li")
    ends: list[str] = []

    def one(value: str) -> None:
        try:
            settle(desk, seen, Action.CORRECT, value=value)
            ends.append("kept")
        except StaleDecision:
            ends.append("stale")

    threads = [threading.Thread(target=one, args=(v,)) for v in ("韦昊燚", "韦昊焱")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["kept", "stale"]


def test_four_eyes_the_second_differs_and_sees_nothing_of_the_first(
    tmp_path: Path, store: Store
) -> None:
    settings = Settings(cache=tmp_path / "cache", four_eyes_rules="OCR-")
    desk = make_desk(tmp_path, store, settings=settings)
    hand_in(desk, "c1", [id_card(LOW, more=SURE)], TYPED)
    desk.claim("c1", "li")
    seen = desk.open("c1", "li")
    first = settle(desk, seen, Action.CORRECT, value="韦昊燚")
    assert first.revision == seen.revision  # nothing follows yet
    assert [i.field for i in first.waiting] == ["name"]
    desk.give_back("c1", "li")
    desk.claim("c1", "wu")
    blind = desk.open("c1", "wu")
    assert (blind.decisions, blind.waiting, blind.record.decisions) == ((), (), ())
    assert blind.items == seen.items
    after = settle(desk, blind, Action.CORRECT, "wu", value="韦昊燚")
    assert "OCR-LOW" not in rules(after.record)
    assert [d.second for d in after.decisions] == [False, True]


def test_a_finding_without_a_reading_is_confirmed_as_it_stands_only(desk: Desk) -> None:
    opened = desk.open("c1", "li")
    judged = [i for i in opened.items if not i.is_field]
    for item in judged:
        opened = desk.decide("c1", "li", opened.revision, Move(item.key, Action.CONFIRM))
    assert not [i for i in opened.items if not i.is_field]


def test_decisions_outlive_a_reading_by_another_engine(desk: Desk) -> None:
    after = settle(desk, desk.open("c1", "li"), Action.CORRECT, value="韦昊燚")
    loaded = desk.loader.load("c1")
    face = loaded.readings[0].faces[0]
    newer = face.fields["name"].model_copy(update={"value": "韦晃炎", "raw": "韦晃炎"})
    reread = face.model_copy(update={"fields": {**face.fields, "name": newer}})
    (file,) = [f for f in desk.loader.files("c1").files if f.sha256 == face.page.sha256]
    reading = loaded.readings[0].model_copy(update={"faces": (reread,)})
    key = desk.reader.key(file)
    fresh = Desk(desk.settings, desk.store, desk.objects, desk.reader, desk.out, desk.today)
    desk.reader._parts = {**desk.reader._parts, "engine": "newer"}
    assert desk.reader.key(file) != key
    desk.store.write_reading(desk.reader.key(file), reading)
    opened = fresh.open("c1", "li")
    assert opened.documents[0].value("name") == "韦昊燚"
    assert [d.value for d in opened.record.decisions] == [d.value for d in after.record.decisions]


def test_a_region_is_read_into_the_field_and_decides_nothing(desk: Desk) -> None:
    opened = desk.open("c1", "li")
    item = next(i for i in opened.items if i.is_field)
    assert item.paper is not None
    box = ((190.0, 50.0), (720.0, 50.0), (720.0, 120.0), (190.0, 120.0))
    read = desk.read_region("c1", item.key, box, "li", item.paper)
    assert read is not None
    assert read.value == "韦昊燚"
    assert desk.open("c1", "li").revision == opened.revision
    move = Move(item.key, Action.READ_REGION, value=read.value, box=box)
    after = desk.decide("c1", "li", opened.revision, move)
    assert after.documents[0].fields["name"].box == box


def test_a_paper_is_moved_to_another_case_and_back(desk: Desk) -> None:
    stray = id_card(Shown("黄梅"), "450103198501010029", seed=5, more={"sex": Shown("女")})
    hand_in(desk, "c2", [id_card(Shown("陆一"), seed=1), stray], TYPED)
    desk.claim("c2", "li")
    opened = desk.open("c2", "li")
    strange = next(d for d in opened.documents if d.value("name") == "黄梅")
    moved = desk.arrange(
        "c2", "li", opened.revision, Arrangement(strange.id, Action.MOVE, case_id="c1")
    )
    assert [d.value("name") for d in moved.documents] == ["陆一"]
    got = desk.open("c1", "li")
    assert {d.value("name") for d in got.documents} == {"韦昊炎", "黄梅"}
    assert moved.undoable is not None
    back = desk.undo("c2", "li", moved.revision, moved.undoable.id)
    assert len(back.documents) == 2
    assert [d.value("name") for d in desk.open("c1", "li").documents] == ["韦昊炎"]


def test_no_paper_is_moved_into_a_case_that_another_has_before_him(desk: Desk) -> None:
    hand_in(desk, "c2", [id_card(Shown("陆一"), seed=1)], TYPED)
    desk.claim("c2", "wu")
    opened = desk.open("c1", "li")
    with pytest.raises(NotClaimed):
        desk.arrange(
            "c1", "li", opened.revision,
            Arrangement(opened.documents[0].id, Action.MOVE, case_id="c2"),
        )  # fmt: skip


def test_papers_are_split_joined_and_named_otherwise(desk: Desk) -> None:
    emblem = Drawn(DocumentType.ID_CARD, {"valid_to": Shown("长期")}, face="emblem", seed=9)
    hand_in(desk, "c3", [id_card(Shown("陆一"), seed=8), emblem], TYPED)
    desk.claim("c3", "li")
    opened = desk.open("c3", "li")
    assert len(opened.documents) == 1
    opened = desk.arrange("c3", "li", opened.revision, Arrangement("d1", Action.SPLIT, page=1))
    assert [d.faces for d in opened.documents] == [("portrait",), ("emblem",)]
    opened = desk.arrange("c3", "li", opened.revision, Arrangement("d1", Action.JOIN, other="d2"))
    assert opened.undoable is not None
    opened = desk.undo("c3", "li", opened.revision, opened.undoable.id)
    opened = desk.arrange(
        "c3", "li", opened.revision,
        Arrangement("d2", Action.RECLASSIFY, kind=DocumentType.RESIDENCE_PERMIT),
    )  # fmt: skip
    assert [d.type for d in opened.documents] == ["id_card", "residence_permit"]
    assert opened.documents[1].missing  # to be typed


def test_a_page_that_a_person_turned_stands_as_he_turned_it(tmp_path: Path, store: Store) -> None:
    """Whatever the engine takes for upright: it was wrong before."""
    desk = make_desk(tmp_path, store, SeesRows())
    made_tools(desk)
    hand_in(desk, "c3", [id_card(Shown("LU"), seed=8)], TYPED)
    desk.claim("c3", "li")
    opened = desk.open("c3", "li")
    assert opened.documents[0].pages[0].rotation == 0
    for turn, stands in ((180, 180), (180, 0), (90, 90), (180, 270)):
        told = Arrangement(opened.documents[0].id, Action.ROTATE, turn=turn)
        opened = desk.arrange("c3", "li", opened.revision, told)
        page = opened.documents[0].pages[0]
        assert (page.rotation, page.file) == (stands, "scan0.png")
    assert opened.documents[0].type == DocumentType.UNKNOWN
    # Named, it is read as it was turned.
    told = Arrangement(opened.documents[0].id, Action.RECLASSIFY, kind=DocumentType.HUKOU)
    opened = desk.arrange("c3", "li", opened.revision, told)
    assert opened.documents[0].type == DocumentType.HUKOU
    assert opened.documents[0].pages[0].rotation == 270
    for _ in range(5):
        assert opened.undoable is not None
        opened = desk.undo("c3", "li", opened.revision, opened.undoable.id)
    assert opened.documents[0].type == DocumentType.ID_CARD
    assert opened.documents[0].pages[0].rotation == 0


def test_a_clean_case_of_the_sample_is_looked_through(desk: Desk) -> None:
    opened = desk.open("c1", "li")
    after = desk.looked_through("c1", "li", opened.revision)
    with desk.store.snapshot() as connection:
        (checked,) = decisions_of(connection, "c1")
    assert checked.detail.looked_at["id_card.name"] == 1
    assert after.record == opened.record


def test_a_claim_may_be_lost_and_nothing_else_is(desk: Desk) -> None:
    opened = desk.open("c1", "li")
    desk.give_back("c1", "li")
    with pytest.raises(NotClaimed) as caught:
        settle(desk, opened, Action.CONFIRM)
    assert caught.value.holder is None
    desk.claim("c1", "li")
    assert settle(desk, replace(opened), Action.CONFIRM).revision == opened.revision + 1
