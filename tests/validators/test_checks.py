"""All checks of papers and numbers together: order, junk, messages, speed."""

import re
import time
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.finding import catalogue
from pipeline.model import Application, Archive, DocumentType, Proxy
from tests.validators.papers import (
    test_booklet,
    test_consistency,
    test_cross,
    test_documents,
    test_numbers,
    test_purpose,
    test_twice,
)
from tests.validators.papers_made import (
    FPR,
    HMT,
    ID,
    NAME,
    OTHER_ID,
    PASSPORT,
    PROXY_ID,
    PROXY_NAME,
    Row,
    case,
    change,
    disability,
    found,
    hukou,
    id_card,
    paper,
    residence_permit,
    undertaking,
)
from validators.checks import CHECKS

ROWS: list[Row] = [
    row
    for module in (
        test_numbers,
        test_documents,
        test_booklet,
        test_cross,
        test_consistency,
        test_purpose,
        test_twice,
    )
    for row in module.ROWS
]

CLEAN: list[Application] = [
    case(id_card(), name=NAME, id_number=ID, mobile="13800138000", postcode="530022"),
    case(id_card(), hukou(), disability(), name=NAME, id_number=ID, matters=("M2",)),
    case(hukou(), id_card("d9"), disability()),
    case(
        id_card(),
        hukou(),
        residence_permit(),
        matters=("M5",),
        enrol_division="450202",
        name=NAME,
    ),
    case(
        id_card(),
        paper("id_card", "d6", name=PROXY_NAME, id_number=PROXY_ID, valid_to="2030-01-01"),
        undertaking(),
        name=NAME,
        id_number=ID,
        proxy=Proxy(name=PROXY_NAME, id_number=PROXY_ID),
    ),
    case(paper("hmt_residence_permit", **HMT)),
    case(paper("foreign_permanent_resident_card", **FPR)),
    case(paper("passport", **PASSPORT | {"valid_to": "2012-04-15"})),
    case(),
    case(paper("unknown"), paper("photo", "d2"), paper("application_form", "d3", name="x")),
]

# fmt: off
RULES = {
    "ID-CHECKSUM", "ID-BIRTH", "ID-FUTURE", "ID-DIVISION", "DIS-NUMBER", "PHONE", "POSTCODE",
    "LUHN", "USCC", "MRZ", "DOC-EXPIRED", "DOC-VALIDITY", "DOC-DATE", "DOC-SIDE", "X1", "X2",
    "X3", "X4", "X5", "X6", "X7", "X8", "X9", "X10", "X11", "X12", "X13", "X14", "X15", "X19",
    "X20", "X21",
}
# fmt: on

JUNK = ["", " ", "None", "😀", "²⁰²⁵", "长期", "9" * 40, "450103199003079121" * 2, "{got}", "\x00"]


@pytest.mark.parametrize("number", range(len(CLEAN)))
def test_nothing_is_found_when_the_papers_are_in_order(number: int) -> None:
    rules = [(f.rule, f.message) for f in found(CLEAN[number]) if f.rule != "DOC-EXPIRED"]
    assert [r for r in rules if r[0] != "DOC-SIDE"] == []


def test_every_rule_has_a_case_that_triggers_it() -> None:
    assert {rule for _, rule, _, _ in ROWS} - {""} == RULES


def test_every_rule_of_ours_stands_in_the_catalogue_with_message_and_hint() -> None:
    folder = files("pipeline") / "catalogue"
    for name in ("numbers", "documents", "cross"):
        for rule in re.findall(r'(?m)^\["(.+)"\]', (folder / f"{name}.toml").read_text("utf-8")):
            row = catalogue()[rule]
            assert rule in RULES
            assert row.message and row.hint


def test_messages_hold_no_name_and_no_number_when_they_are_shown() -> None:
    for application, _, _, _ in ROWS:
        for one in found(application):
            assert NAME not in one.message and ID not in one.message, one
            assert "{" not in one.message + one.hint


def test_every_finding_of_a_paper_names_a_paper_that_is_there() -> None:
    for application, _, _, _ in ROWS:
        ids = {d.id for d in application.documents} | {None}
        assert {f.document for f in found(application)} <= ids


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("kind", [t.value for t in DocumentType])
def test_no_check_raises_when_fields_hold_junk(kind: str, junk: str) -> None:
    names = set(id_card().fields) | set(hukou().fields) | set(disability().fields)
    names |= set(PASSPORT) | set(HMT) | set(FPR) | set(undertaking().fields)
    names |= {"uscc", "bank_card_number", "social_security_number", "old_name", "new_name"}
    fields: dict[str, Any] = dict.fromkeys(names, junk)
    document = paper(kind, **fields)
    application = case(
        document,
        id_card("d2"),
        name=junk,
        id_number=junk,
        mobile=junk,
        postcode=junk,
        enrol_division=junk,
        matters=("M2", "M5", "M6"),
        changes=(change("name", junk, junk), change("id_number", junk, junk)),
        proxy=Proxy(name=junk, id_number=junk),
    )
    found(application)


@given(st.dictionaries(st.sampled_from(sorted(id_card().fields)), st.text(max_size=20)))
def test_no_check_raises_when_a_card_says_anything(values: dict[str, Any]) -> None:
    found(case(id_card(**values), hukou(**values), name=NAME))


def test_nothing_demands_when_every_reading_is_doubtful() -> None:
    fields = tuple(id_card().fields)
    doubtful = id_card(doubtful=fields, valid_from="2016-11-22", valid_to="2026-11-22", name="李")
    other = hukou(doubtful=tuple(hukou().fields), name="张三", id_number=OTHER_ID)
    levels = {f.severity.value for f in found(case(doubtful, other, matters=("M2",)))}
    assert levels <= {"review", "note"}


def test_all_checks_of_a_case_are_quick() -> None:
    application = case(
        id_card(),
        hukou(),
        disability(),
        residence_permit(),
        undertaking(),
        name=NAME,
        id_number=ID,
        matters=("M2", "M5"),
        enrol_division="450202",
        archive=Archive(direction="in", holder="school"),
    )
    found(application)
    spent = []
    for _ in range(50):
        start = time.process_time()
        found(application)
        spent.append(time.process_time() - start)
    # Processor time, not the clock: other work on the machine does not count.
    assert sorted(spent)[25] < 0.010


def test_a_finding_names_the_matter_that_needs_the_paper_when_others_do_not() -> None:
    application = case(id_card(), disability(grade="一级"), matters=("M2", "M5"))
    assert [(f.rule, f.matter) for f in found(application)] == [("X9", "M2")]


def test_a_finding_names_no_matter_when_the_paper_is_the_identity() -> None:
    application = case(id_card(sex="男"), matters=("M2", "M5"))
    assert {(f.rule, f.matter) for f in found(application)} == {("X3", None)}


def test_the_registry_holds_functions_only() -> None:
    every: list[Callable[..., object]] = list(CHECKS.values())
    assert len(every) == len(set(every))
