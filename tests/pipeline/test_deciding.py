"""What people decide becomes readings and papers, wherever another reading puts them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from pipeline.deciding import (
    Decided,
    Detail,
    Paper,
    asks_four_eyes,
    decided_findings,
    effective,
    in_sample,
    paper_of,
    standing,
    visible,
    waiting,
)
from pipeline.file_reading import FileReading
from pipeline.finding import Severity
from pipeline.model import Document, DocumentType, Face, PageRef, Quad, Reading
from pipeline.record import Action
from pipeline.steps import make_documents

SHA = "ab" * 32
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


def box(x: float, y: float) -> Quad:
    return ((x, y), (x + 80, y), (x + 80, y + 20), (x, y + 20))


def reading(value: str, at: Quad, confidence: float = 0.6) -> Reading:
    return Reading(value=value, raw=value, confidence=confidence, box=at)


def card(name: str, y: float, *, number: str, rotation: int = 0, page: int = 1) -> Face:
    return Face(
        type=DocumentType.ID_CARD,
        face="portrait",
        score=1.0,
        page=PageRef(file="scan.jpg", page=page, sha256=SHA, rotation=rotation),
        fields={
            "name": reading(name, box(10, y)),
            "id_number": reading(number, box(10, y + 100), 0.99),
        },
        missing=("address",),
    )


def documents(
    *faces: Face, decisions: Sequence[Decided] = (), again: dict[int, FileReading] | None = None
) -> tuple[Document, ...]:
    return make_documents([FileReading(sha256=SHA, faces=faces)], {}, decisions, again)


def decided(
    action: Action, paper: Paper | None, field: str | None = "name", **more: object
) -> Decided:
    values = {"id": 1, "revision": 1, "action": action, "by": "li", "at": NOW}
    return Decided.model_validate({**values, "paper": paper, "field": field, **more})


ONE = card("韦昊炎", 100, number="450103199002309991")
OTHER = card("黄梅", 900, number="450103198501019992")


def test_a_corrected_value_is_the_reading_and_certain() -> None:
    (before,) = documents(ONE)
    said = decided(Action.CORRECT, paper_of(before, "name"), value="韦昊燚")
    (after,) = documents(ONE, decisions=[said])
    name = after.fields["name"]
    assert (name.value, name.source, name.confidence, name.doubts) == ("韦昊燚", "human", 1.0, ())
    assert name.box == before.fields["name"].box
    assert after.fields["id_number"] == before.fields["id_number"]


def test_it_holds_of_two_cards_on_one_page_only_for_the_one_that_was_looked_at() -> None:
    before = documents(ONE, OTHER)
    said = decided(Action.CORRECT, paper_of(before[1], "name"), value="黄莓")
    after = documents(ONE, OTHER, decisions=[said])
    assert [d.value("name") for d in after] == ["韦昊炎", "黄莓"]


def test_it_survives_a_newer_engine_that_reads_otherwise_and_elsewhere() -> None:
    said = decided(Action.CONFIRM, paper_of(documents(ONE, OTHER)[1], "name"), value="黄梅")
    newer = card("黃海", 904, number="450103198501019992")
    after = documents(OTHER_FIRST := newer, ONE, decisions=[said])
    assert OTHER_FIRST.fields["name"].value == "黃海"
    assert [d.value("name") for d in after] == ["黄梅", "韦昊炎"]


def test_where_several_papers_are_turned_otherwise_now_nothing_is_guessed() -> None:
    said = decided(Action.CORRECT, paper_of(documents(ONE, OTHER)[0], "name"), value="韦昊燚")
    turned = [
        face.model_copy(update={"page": face.page.model_copy(update={"rotation": 180})})
        for face in (ONE, OTHER)
    ]
    after = documents(*turned, decisions=[said])
    assert [d.value("name") for d in after] == ["韦昊炎", "黄梅"]
    (alone,) = documents(turned[0], decisions=[said])
    assert alone.value("name") == "韦昊燚"  # there is no other that it could be


def test_a_missing_field_that_was_typed_is_there_and_not_missing() -> None:
    (before,) = documents(ONE)
    said = decided(Action.CORRECT, paper_of(before, "address"), "address", value="南宁市青秀区1号")
    (after,) = documents(ONE, decisions=[said])
    assert after.value("address") == "南宁市青秀区1号"
    assert after.missing == ()


def test_a_corrected_number_tells_which_faces_are_one_paper() -> None:
    again = card("韦昊炎", 100, number="450103199002309997", page=2)
    two = documents(ONE, again)
    assert len(two) == 2
    said = decided(
        Action.CORRECT, paper_of(two[1], "id_number"), "id_number", value="450103199002309991"
    )
    assert len(documents(ONE, again, decisions=[said])) == 1


def test_what_is_unreadable_goes_and_is_asked_of_the_applicant() -> None:
    (before,) = documents(ONE)
    said = decided(Action.UNREADABLE, paper_of(before, "name"), detail=Detail(matters=("M2", "M4")))
    (after,) = documents(ONE, decisions=[said])
    assert after.value("name") is None
    found = list(decided_findings([said], [after]))
    assert [(f.rule, f.severity, f.matter, f.field) for f in found] == [
        ("DEC-UNREADABLE", Severity.MEND, "M2", "name"),
        ("DEC-UNREADABLE", Severity.MEND, "M4", "name"),
    ]


def test_a_paper_that_was_moved_away_is_gone_and_stands_in_the_other_case_alone() -> None:
    paper = paper_of(documents(ONE, OTHER)[1])
    left = documents(ONE, OTHER, decisions=[decided(Action.MOVE, paper, None)])
    assert [d.value("name") for d in left] == ["韦昊炎"]
    received = documents(ONE, OTHER, decisions=[decided(Action.RECEIVE, paper, None)])
    assert [d.value("name") for d in received] == ["黄梅"]


def test_papers_are_split_and_joined() -> None:
    emblem = Face(
        type=DocumentType.ID_CARD,
        face="emblem",
        score=1.0,
        page=PageRef(file="scan.jpg", page=2, sha256=SHA),
        fields={"valid_to": reading("长期", box(5, 5))},
    )
    (whole,) = documents(ONE, emblem)
    back = paper_of(whole, page=1)
    apart = documents(ONE, emblem, decisions=[decided(Action.SPLIT, back, None)])
    assert [d.faces for d in apart] == [("portrait",), ("emblem",)]
    both = documents(ONE, OTHER)
    join = decided(Action.JOIN, paper_of(both[0]), None, detail=Detail(other=paper_of(both[1])))
    assert len(documents(ONE, OTHER, decisions=[join])) == 1


def test_a_paper_named_otherwise_is_what_was_read_anew_in_its_place() -> None:
    unknown = Face(
        type=DocumentType.UNKNOWN,
        face="page",
        score=0.5,
        page=PageRef(file="scan.jpg", page=3, sha256=SHA),
    )
    said = decided(
        Action.RECLASSIFY,
        Paper(sha256=SHA, page=3),
        None,
        detail=Detail(kind=DocumentType.ID_CARD),
    )
    anew = FileReading(sha256=SHA, faces=(card("周", 0, number="450103198501019992", page=3),))
    after = documents(ONE, unknown, decisions=[said], again={1: anew})
    assert [d.type for d in after] == [DocumentType.ID_CARD] * 2
    assert after[1].value("name") == "周"


# ---------------------------------------------------------------- which decisions count


def said(number: int, by: str, value: str, *, four_eyes: bool = False) -> Decided:
    return decided(
        Action.CORRECT,
        Paper(sha256=SHA, page=1),
        id=number,
        by=by,
        value=value,
        four_eyes=four_eyes,
    )


def undo(number: int, of: int, by: str = "li") -> Decided:
    return decided(Action.UNDO, None, None, id=number, by=by, undoes=of)


def test_the_last_word_counts_and_what_was_taken_back_does_not() -> None:
    both = [said(1, "li", "甲"), said(2, "li", "乙")]
    assert [d.value for d in effective(both)] == ["乙"]
    assert [d.value for d in effective([*both, undo(3, 2)])] == ["甲"]
    assert [d.value for d in effective([*both, undo(3, 2), undo(4, 3)])] == ["乙"]
    assert len(standing([*both, undo(3, 2)])) == 1


def test_four_eyes_count_once_two_people_agree() -> None:
    first, second = said(1, "li", "甲", four_eyes=True), said(2, "wu", "乙", four_eyes=True)
    assert effective([first]) == ()
    assert effective([first, said(2, "li", "甲", four_eyes=True)]) == ()  # one person twice
    assert effective([first, second]) == ()  # they differ
    third = said(3, "lu", "乙", four_eyes=True)
    assert [d.value for d in effective([first, second, third])] == ["乙"]
    assert waiting([first, second, third]) == ()


def test_the_second_sees_nothing_of_the_first() -> None:
    first = said(1, "li", "甲", four_eyes=True)
    assert visible([first], "li") == (first,)
    assert visible([first], "wu") == ()
    taken_back = [first, said(2, "li", "丙", four_eyes=True), undo(3, 2)]
    assert visible(taken_back, "wu") == ()
    assert len(visible(taken_back, "li")) == 3
    agreed = [first, said(2, "wu", "甲", four_eyes=True)]
    assert visible(agreed, "lu") == tuple(agreed)


def test_confirming_and_typing_the_same_agree() -> None:
    one = decided(Action.CONFIRM, Paper(sha256=SHA, page=1), value="甲", four_eyes=True)
    assert len(effective([one, said(2, "wu", "甲", four_eyes=True)])) == 1


@pytest.mark.parametrize("rate", [0.0, 0.1, 1.0])
def test_the_sample_is_the_same_each_time_and_of_its_size(rate: float) -> None:
    names = [f"case{i}" for i in range(2000)]
    drawn = [name for name in names if in_sample(name, rate)]
    assert drawn == [name for name in names if in_sample(name, rate)]
    assert abs(len(drawn) / 2000 - rate) < 0.02


def test_rules_are_chosen_by_their_beginning() -> None:
    assert asks_four_eyes("c1", "s", "E-M2-1", ("E-",), 0.0)
    assert not asks_four_eyes("c1", "s", "X1", ("E-",), 0.0)
