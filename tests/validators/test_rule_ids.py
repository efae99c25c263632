"""Every rule of the guide's families: in the catalogue, with words, and with a triggering case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.finding import catalogue
from pipeline.model import Application
from tests.validators.applications import applied, booklet, card, form, rules_of
from tests.validators.guide import test_eligibility, test_exclusions, test_materials

ELIGIBILITY = [
    "E-0",
    "E-1",
    "E-M1-1",
    "E-M1-2",
    "E-M3-1",
    "E-M3-2",
    "E-M3-3",
    "E-M3-4",
    "E-M2-1",
    "E-M2-2",
    "E-M2-3",
    "E-M2-4",
    "E-M2-5",
    "E-M2-6",
    "E-M2-7",
    "E-M2-8",
    "E-M2-9",
    "E-M2-10",
    "E-M2-11",
    "E-M57-1",
    "E-M57-2",
    "E-M57-3",
    "E-M57-4",
    "E-M7-5",
    "E-M57-6",
    "E-M57-7",
    "E-M57-8",
    "E-M68-1",
    "E-M68-2",
    "E-M68-3",
    "E-M4-1",
    "E-M4-2",
    "E-M9-1",
]
EXCLUSION = [
    "EXC-M2-M3",
    "EXC-M5-M7",
    "EXC-M5-M6",
    "EXC-M7-M8",
    "EXC-M6-M8",
    "EXC-M5-M8",
    "EXC-M6-M7",
    "EXC-M9",
]
CHANNEL = ["CH-M6", "CH-M8"]
MATERIALS = [
    f"MAT-{item}"
    for item in [
        "G1",
        "G2",
        "G3a",
        "G3b",
        "G3c",
        "1.1",
        "1.2",
        "1.3",
        "2.1",
        "2.2",
        "2.3",
        "2.4",
        "2.5a",
        "2.5b",
        "2.5c",
        "2.5d",
        "2.5e",
        "2.6",
        "4.1",
        "4.2",
        "5.1",
        "5.2",
        "5.3",
        "5.4",
        "6.1",
        "7.1",
        "7.2",
        "8.1",
    ]
]
MARKS = ["DOC-SIGNATURE", "DOC-SEAL"]
OURS = [*ELIGIBILITY, *EXCLUSION, *CHANNEL, *MATERIALS, *MARKS]


@pytest.mark.parametrize("rule", OURS)
def test_rule_has_words(rule: str) -> None:
    row = catalogue()[rule]
    assert row.message and row.hint and row.basis


def test_catalogue_has_no_rule_of_ours_beside_these() -> None:
    families = ("E-", "EXC-", "CH-", "MAT-")
    assert {r for r in catalogue() if r.startswith(families)} == set(OURS) - set(MARKS)


def _cases() -> list[Application]:
    materials = [row[1] for row in test_materials.ROWS]
    pairs = [
        applied(pair, form(), card(), booklet())
        for pair in (*test_exclusions.WRITTEN, *test_exclusions.ODD)
    ]
    return [
        *(case for _, _, case in test_eligibility.TRIGGERED),
        *materials,
        *pairs,
        applied(["M3"], form(signature="no"), card()),
        *test_materials.OF_ALTERNATIVES,
    ]


def test_every_rule_of_ours_has_a_triggering_case() -> None:
    given = {rule for case in _cases() for rule in rules_of(case)}
    assert set(OURS) - given == set()


# ------------------------------------------------------------------ the contract's ids, all of them

# fmt: off
CONTRACT = [
    *ELIGIBILITY, *EXCLUSION, *CHANNEL, *MATERIALS, *(f"X{number}" for number in range(1, 23)),
    "ID-CHECKSUM", "ID-BIRTH", "ID-FUTURE", "ID-DIVISION", "DIS-NUMBER", "USCC", "MRZ", "PHONE",
    "POSTCODE", "LUHN", "DOC-EXPIRED", "DOC-VALIDITY", "DOC-DATE", "DOC-UNKNOWN", "DOC-SIDE",
    "DOC-TITLE",
    "DOC-COPY", "DOC-SCREEN", "DOC-BLUR", "DOC-GLARE", "DEC-BACK",
    "DEC-UNREADABLE", "DOC-CUT", "DOC-SEAL", "DOC-SIGNATURE",
    "PH-FORMAT", "PH-SIZE", "PH-DPI", "PH-BYTES", "PH-COLOUR", "PH-BACKGROUND", "PH-BORDER",
    "PH-FACE", "PH-EARS", "PH-COVER", "PH-CLOTHES", "PH-POSE", "PH-SHARP", "PH-UNCHECKED",
    "OCR-LOW", "OCR-MISSING", "SRC-UNREADABLE", "SRC-ENCRYPTED", "SRC-EMPTY", "SRC-DUPLICATE",
    "SRC-TOO-LARGE",
    "SRC-SEVERAL",
    "SRC-STACK",
]
# fmt: on


def test_catalogue_is_the_contracts_list() -> None:
    assert set(catalogue()) == set(CONTRACT)


def test_every_rule_of_the_contract_is_asked_for_by_a_test() -> None:
    """What no test names by its id has no triggering case. The ids of this file do not count."""
    here = Path(__file__)
    tests = [p for p in here.parents[1].rglob("*.py") if p != here]
    named = {
        rule
        for path in tests
        for rule in re.findall(r'"([A-Z0-9]+(?:-[A-Za-z0-9.]+)*)"', path.read_text("utf-8"))
    }
    items = {f"MAT-{row[0]}" for row in test_materials.ROWS} | set(OURS)
    assert set(CONTRACT) - named - items == set()
