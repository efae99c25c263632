"""The exclusion matrix of domain.md 1.6, whole."""

from __future__ import annotations

from itertools import combinations

import pytest

from pipeline.finding import Severity
from pipeline.model import Application
from tests.validators.applications import applied, booklet, card, form, found_by, rules_of

CODES = tuple(f"M{n}" for n in range(1, 10))

WRITTEN = {
    frozenset({"M2", "M3"}): "EXC-M2-M3",
    frozenset({"M5", "M7"}): "EXC-M5-M7",
    frozenset({"M5", "M6"}): "EXC-M5-M6",
    frozenset({"M7", "M8"}): "EXC-M7-M8",
}
ODD = {
    frozenset({"M6", "M8"}): "EXC-M6-M8",
    frozenset({"M5", "M8"}): "EXC-M5-M8",
    frozenset({"M6", "M7"}): "EXC-M6-M7",
    frozenset({"M2", "M9"}): "EXC-M9",
    frozenset({"M5", "M9"}): "EXC-M9",
}


def pair(*matters: str) -> dict[str, set[Severity]]:
    every = rules_of(applied(matters, form(), card(), booklet()))
    return {rule: given for rule, given in every.items() if rule.startswith("EXC-")}


@pytest.mark.parametrize(("one", "other"), list(combinations(CODES, 2)))
def test_matrix_holds_for_every_pair(one: str, other: str) -> None:
    expected: dict[str, set[Severity]] = {}
    if rule := WRITTEN.get(frozenset({one, other})):
        expected = {rule: {Severity.REJECT}}
    elif rule := ODD.get(frozenset({one, other})):
        expected = {rule: {Severity.REVIEW}}
    assert pair(one, other) == expected


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_excluded_when_a_matter_stands_alone(code: str) -> None:
    assert pair(code) == {}


@pytest.mark.parametrize(
    "matters",
    [("M3", "M7", "M9", "M4"), ("M2", "M5", "M4"), ("M3", "M5"), ("M2", "M7"), ("M3", "M5", "M9")],
)
def test_common_tracks_are_allowed(matters: tuple[str, ...]) -> None:
    assert pair(*matters) == {}


def test_both_matters_are_named_and_no_other() -> None:
    application = applied(("M2", "M3", "M4"), form(), card(), booklet())
    assert [f.matter for f in found_by(application, "EXC-M2-M3")] == ["M2", "M3"]


def test_matters_ticked_with_doubt_are_reviewed() -> None:
    typed = applied(("M2", "M3"), form(), card(), booklet())
    doubtful = form(matters="M2,M3", doubtful=("matters",))
    read = Application("c1", typed.request, (doubtful, card()), None, typed.request)
    assert rules_of(read)["EXC-M2-M3"] == {Severity.REVIEW}
