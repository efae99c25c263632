"""What daily work says of accuracy: needless looks of the doubted, silent errors of the sample."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.review.measuring import accuracy_lines, measure, wilson
from pipeline.deciding import Decided, Detail, Paper
from pipeline.model import DocumentType
from pipeline.record import Action

PAPER = Paper(sha256="ab" * 32, page=1, type=DocumentType.ID_CARD)
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


def said(number: int, field: str, value: str | None, read: str | None, **detail: object) -> Decided:
    action = Action.UNREADABLE if value is None else Action.CORRECT
    if value is not None and value == read:
        action = Action.CONFIRM
    return Decided(
        id=number, revision=1, action=action, by="li", at=NOW, paper=PAPER, field=field,
        value=value, previous=read, detail=Detail.model_validate(detail),
    )  # fmt: skip


def checked(number: int, **looked_at: int) -> Decided:
    places = {f"id_card.{name}": count for name, count in looked_at.items()}
    return Decided(
        id=number, revision=1, action=Action.CHECKED, by="li", at=NOW,
        detail=Detail(looked_at=places),
    )  # fmt: skip


def test_doubts_that_were_looked_at_are_needless_wrong_or_unreadable() -> None:
    found = measure(
        [
            ("c1", (said(1, "name", "甲", "甲", doubted=True, doubts=("置信度低于 0.89",)),)),
            ("c2", (said(2, "name", "乙", "甲", doubted=True),)),
            ("c3", (said(3, "name", None, "甲", doubted=True),)),
            ("c4", (said(4, "name", "丙", None, doubted=True),)),
        ]
    )
    row = found.by_field["name"]
    assert (row.looks, row.needless, row.wrong, row.unreadable) == (4, 1, 2, 1)
    assert found.costs == {"name：置信度低于 0.89": 1}
    assert found.by_type["id_card"].looks == found.by_month["2026-11"].looks == 4


def test_silent_errors_are_counted_in_the_sample_alone() -> None:
    sampled = (said(1, "sex", "女", "男"), checked(2, sex=1, name=1))
    by_chance = (said(3, "sex", "女", "男"),)
    found = measure([("c1", sampled), ("c2", by_chance), ("c3", (checked(4, sex=1),))])
    row = found.by_field["sex"]
    assert (row.sampled, row.silent, row.found, row.looks) == (2, 1, 1, 0)
    assert (found.cases_sampled, found.cases_wrong) == (2, 1)
    low, high = row.interval
    assert 0 < low < 0.5 < high < 1


def test_what_was_taken_back_is_no_label() -> None:
    one = said(1, "name", "乙", "甲", doubted=True)
    back = Decided(id=2, revision=2, action=Action.UNDO, by="li", at=NOW, undoes=1)
    assert measure([("c1", (one, back))]).labels == []


@pytest.mark.parametrize(
    ("errors", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(errors: int, of: int, low: float, high: float) -> None:
    assert wilson(errors, of) == pytest.approx((low, high), abs=5e-4)


def test_lines_say_all_of_it() -> None:
    sampled = (said(1, "sex", "女", "男"), checked(2, sex=1))
    text = "\n".join(accuracy_lines(measure([("c1", sampled)])))
    assert "clean cases looked through: 1, with an error: 1" in text
