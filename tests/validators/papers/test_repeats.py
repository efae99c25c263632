"""X16 and X17 over several applications, X18 beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from flows.batch import with_repeats
from flows.case import CaseResult
from flows.notice import Letterhead
from flows.outputs import prepare, write_outputs
from pipeline.finding import Finding, Severity
from pipeline.model import Application, Document, Image, PageRef
from pipeline.status import Status
from tests.validators.applications import TODAY, applied, card, form, found_by, photo, record
from validators.papers.repeats import Trace, find_repeats, trace_of
from validators.photo.picture_hash import are_alike, hash_picture

OTHER = {"name": "黄秀英", "id_number": "450103198812121247"}
SHA = "c" * 64


def traced(case_id: str, application: Application) -> Trace:
    made = record(application).model_copy(update={"case_id": case_id})
    return trace_of(made, application.request)


def repeated(results: list[CaseResult]) -> list[CaseResult]:
    repeats = find_repeats(trace_of(result.record, result.request) for result in results)
    return [with_repeats(result, repeats) for result in results]


def told(*traces: Trace) -> dict[str, set[tuple[str, str | None]]]:
    found = find_repeats(traces)
    return {case: {(f.rule, f.matter) for f in findings} for case, findings in found.items()}


def one(case_id: str, *matters: str, **request: Any) -> Trace:
    return traced(case_id, applied(list(matters), form(), card(), **request))


def other(case_id: str, *papers: Document, **request: Any) -> Trace:
    return traced(case_id, applied(["M3"], form(), *papers, **(OTHER | request)))


# ------------------------------------------------------------------ X16


def test_same_person_and_matter_is_told_in_both() -> None:
    assert told(one("a", "M3", "M7"), one("b", "M7", "M9")) == {
        "a": {("X16", "M7")},
        "b": {("X16", "M7")},
    }


def test_other_matters_or_other_persons_are_no_repeat() -> None:
    assert told(one("a", "M3"), one("b", "M7")) == {}
    assert told(one("a", "M3"), other("b", own_card())) == {}


@pytest.mark.parametrize(
    ("day", "repeats"), [(date(2026, 10, 24), True), (date(2026, 10, 23), False)]
)
def test_repeat_is_within_the_tables_days(day: date, repeats: bool) -> None:
    assert bool(told(one("a", "M3"), one("b", "M3", accepted_on=day))) is repeats


def test_what_bears_no_date_may_be_a_repeat() -> None:
    assert told(one("a", "M3"), one("b", "M3", accepted_on=None))


def test_many_repeats_are_one_finding() -> None:
    found = find_repeats([one(f"c{i}", "M3", *["M9"] * (i == 5)) for i in range(6)])
    (only,) = found["c5"]
    assert only.cases == ("c0", "c1", "c2", "c3", "c4")
    assert only.told == f"{only.message}（见申请 c0、c1、c2 等 5 件）"
    assert only.severity == Severity.NOTE


# ------------------------------------------------------------------ X22


MORNING, NOON = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (8, 12))


def sent(case_id: str, arrived_at: datetime, *matters: str, **request: Any) -> Trace:
    """An application that arrived then."""
    return replace(one(case_id, *matters, **request), arrived_at=arrived_at)


def held(*traces: Trace) -> dict[str, tuple[str, ...]]:
    found = find_repeats(traces)
    return {c: f.cases for c, findings in found.items() for f in findings if f.rule == "X22"}


def test_of_one_application_handed_in_twice_the_newest_stands() -> None:
    assert held(sent("b", MORNING, "M3"), sent("a", NOON, "M3")) == {"b": ("a",)}
    assert held(sent("b", NOON, "M3"), sent("a", MORNING, "M3")) == {"a": ("b",)}
    later = sent("a", MORNING, "M3", accepted_on=date(2026, 11, 25))
    assert held(sent("b", NOON, "M3"), later) == {"b": ("a",)}  # acceptance before arrival
    third = sent("c", MORNING, "M3", "M9")
    assert held(sent("a", MORNING, "M3"), third) == {}  # other matters: another application


def test_the_same_scans_are_one_application_though_nobody_is_known() -> None:
    scans = SHA
    nobody = Trace("a", None, None, None, (), {}, {}, scans, MORNING)
    again = replace(nobody, case_id="b", arrived_at=NOON)
    assert held(nobody, again) == {"a": ("b",)}
    assert held(nobody, replace(again, scans="d" * 64)) == {}


def test_one_scan_of_two_persons_is_two_applications() -> None:
    scans = SHA
    hers = Trace("a", "韦小芳", "1", None, ("M3",), {}, {}, scans, MORNING)
    his = Trace("b", "黄建国", "2", None, ("M3",), {}, {}, scans, NOON)
    assert held(hers, his) == {}


def test_what_is_half_a_year_apart_is_no_repeat() -> None:
    old = sent("a", MORNING, "M3", accepted_on=date(2026, 5, 1))
    assert held(old, sent("b", NOON, "M3")) == {}


# ------------------------------------------------------------------ X17


def own_card(sha: str = SHA, **fields: Any) -> Document:
    """The other person's card on its own picture."""
    number, name = OTHER["id_number"], OTHER["name"]
    whole = {"name": name, "id_number": number, "birth_date": "1988-12-12"} | fields
    paper = card(**whole)
    return paper.model_copy(update={"pages": (PageRef(file="2.jpg", page=1, sha256=sha),)})


def test_one_picture_of_a_card_under_two_names() -> None:
    # The card was handed in by one, and typed by the other as his.
    mine = traced("a", applied(["M7"], form(), own_card(), **OTHER))
    lent = Trace("b", "韦小芳", "450103199003079121", None, ("M3",), mine.cards, {})
    assert told(mine, lent) == {"a": {("X17", None)}, "b": {("X17", None)}}
    again = Trace("b", mine.name, mine.number, None, ("M3",), mine.cards, {})
    assert told(mine, again) == {}


def portrait(seed: int) -> Image:
    """A blurred random picture, 441 x 358."""
    noise = np.random.default_rng(seed).integers(0, 255, (12, 10, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(noise, (358, 441), interpolation=cv2.INTER_CUBIC), np.uint8)


def shown(picture: Image) -> Document:
    made = photo("p1")
    marks = made.marks | {"picture_hash": hash_picture(picture).tobytes().hex()}
    return made.model_copy(update={"marks": marks})


def test_one_photo_for_two_persons() -> None:
    picture = portrait(1)
    saved_again = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 1)
    smaller = np.asarray(cv2.resize(saved_again, (300, 370)), np.uint8)
    mine = traced("a", applied(["M4"], form(), card(), shown(picture)))
    theirs = other("b", own_card(), shown(smaller))
    assert told(mine, theirs) == {"a": {("X17", None)}, "b": {("X17", None)}}
    assert told(mine, other("b", own_card(), shown(portrait(2)))) == {}


def test_pictures_alike_are_the_same_picture_only() -> None:
    hashes = np.array([hash_picture(portrait(seed)) for seed in range(8)])
    for i, one_hash in enumerate(hashes):
        assert np.flatnonzero(are_alike(one_hash, hashes)).tolist() == [i]


# ------------------------------------------------------------------ X18


def test_face_on_photo_and_card_are_for_a_person_to_compare() -> None:
    application = applied(["M4"], form(), card(), photo("p1"))
    (said,) = found_by(application, "X18")
    assert (said.severity, said.matter, said.document) == (Severity.NOTE, "M4", "p1")
    assert not found_by(applied(["M3"], form(), card(), photo("p1")), "X18")
    assert not found_by(applied(["M4"], form(), card()), "X18")


# ------------------------------------------------------------------ in a run


def test_run_writes_what_all_applications_show(tmp_path: Path) -> None:
    prepare(tmp_path)
    results = []
    for case_id in ("a", "b"):
        application = applied(["M3"], form(), card())
        made = record(application).model_copy(update={"case_id": case_id})
        results.append(CaseResult(made, application.request))
    for result in repeated(results):
        write_outputs(result, tmp_path, TODAY, Letterhead())
    old, new = repeated(results)
    assert [f.rule for f in old.record.findings if f.cases] == ["X22"]
    assert (old.record.status, new.record.status) == (Status.REVIEW, Status.READY)
    assert [f.rule for f in new.record.findings if f.cases] == ["X16"]
    assert new.record.matters[0].due_on == "2026-11-23"
    packets = tmp_path / "packets"
    assert (packets / "hrss" / "b.json").exists() and not (packets / "hrss" / "a.json").exists()
    assert (packets / "held" / "hrss" / "a.json").exists()
    alone = repeated(results[:1])
    assert alone[0] == results[0]


def test_finding_of_a_repeat_names_no_person() -> None:
    found: tuple[Finding, ...] = find_repeats([one("a", "M3"), one("b", "M3")])["a"]
    assert "韦小芳" not in found[0].message and "450103" not in found[0].message


# ------------------------------------------------------------------ who is surely another person


def trace(case_id: str, name: str | None, number: str | None, day: date | None = None) -> Trace:
    """An application that shows one picture of a card."""
    return Trace(case_id, name, number, day, (), {"picture": "d1"}, {})


@pytest.mark.parametrize(
    ("one_is", "other_is", "another"),
    [
        (("韦小芳", "1"), ("黄秀英", "1"), False),
        (("韦小芳", "1"), ("韦小芳", "2"), True),
        (("韦小芳", None), ("黄秀英", "1"), True),
        (("韦小芳", "1"), ("黄秀英", None), True),
        (("韦小芳", None), ("韦小方", None), False),
        (("韦小芳", None), (None, "1"), False),
        ((None, None), ("韦小芳", "1"), False),
    ],
)
def test_two_persons_are_told_by_number_and_else_by_name(
    one_is: tuple[str | None, str | None], other_is: tuple[str | None, str | None], another: bool
) -> None:
    one_trace, other_trace = trace("a", *one_is), trace("b", *other_is)
    assert one_trace.is_another_person(other_trace) is another
    assert set(told(one_trace, other_trace)) == ({"a", "b"} if another else set())


@pytest.mark.parametrize(
    ("day", "within"), [(date(2026, 1, 31), True), (date(2026, 2, 1), False), (None, True)]
)
def test_applications_without_a_date_may_be_of_one_time(day: date | None, within: bool) -> None:
    first = trace("a", None, None, date(2026, 1, 1))
    second = trace("b", None, None, day)
    assert first.is_within(30, second) is within
    assert second.is_within(30, first) is within


@pytest.mark.parametrize(("count", "words"), [(3, "c1、c2、c3）"), (4, "c1、c2、c3 等 4 件）")])
def test_three_other_applications_are_named_and_more_are_counted(count: int, words: str) -> None:
    others = [trace(f"c{i}", None, str(i)) for i in range(count, 0, -1)]
    (found,) = find_repeats([trace("a", None, "0"), *others])["a"]
    assert found.told == f"{found.message}（见申请 {words}"
    assert not any(case in found.message for case in found.cases)
