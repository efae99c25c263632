"""The receipt: what was handed in, and whether it was accepted."""

from __future__ import annotations

import pytest

from pipeline.finding import finding
from pipeline.record import Record, with_findings
from pipeline.status import Status
from tests.validators.applications import applied, booklet, card, form, record
from validators.output.receipt import make_receipt

DAY = "2026-11-29"
WHOLE = applied(["M2"], form(), card(), booklet())


def doubted(rule: str) -> Record:
    return with_findings(
        record(WHOLE),
        [*record(WHOLE).findings, finding(rule, document="d1", field="name", got="x", why="x")],
    )


def test_what_is_whole_is_accepted_and_lists_its_papers() -> None:
    receipt = make_receipt(record(WHOLE), DAY)
    assert (receipt.title, receipt.accepted, receipt.day) == ("受理回执", True, DAY)
    assert {paper.name: paper.count for paper in receipt.papers}["居民身份证"] == 1


def test_what_is_in_doubt_was_received() -> None:
    receipt = make_receipt(doubted("OCR-LOW"), DAY)
    assert (receipt.title, receipt.accepted) == ("收件回执", False)
    assert receipt.questions


def test_what_is_not_whole_gets_a_notice_and_no_receipt() -> None:
    lacking = record(applied(["M2"], form()))
    assert lacking.status == Status.INCOMPLETE
    with pytest.raises(ValueError, match="no receipt"):
        make_receipt(lacking, DAY)
