"""Spans of validity, and how sure a reading must be."""

from datetime import date

import pytest

from pipeline.model import DocumentType, Reading
from tests.validators.papers_made import ID, paper
from validators.papers.validity import Validity, is_over, validities, validity_of
from validators.person.certainty import are_common, is_sure, is_sure_number, severity
from validators.person.kinds import _papers

START = date(2020, 2, 29)


@pytest.mark.parametrize(
    ("kind", "end", "occurs"),
    [
        ("id_card", "2025-02-28", True),
        ("id_card", "2025-03-01", True),
        ("id_card", "2030-02-28", True),
        ("id_card", "2040-02-29", True),
        ("id_card", "长期", True),
        ("id_card", "2035-02-28", False),
        ("id_card", "1990-03", False),
        ("temporary_id_card", "2020-05-29", True),
        ("temporary_id_card", "2020-06-29", False),
        ("hmt_residence_permit", "2025-02-28", True),
        ("hmt_residence_permit", "长期", False),
        ("disability_certificate", "2030-02-28", True),
        ("disability_certificate", "2030-02-15", True),
        ("disability_certificate", "2025-02-28", False),
        ("hk_macao_travel_permit", "2030-02-28", True),
        ("foreign_permanent_resident_card", "2025-02-28", True),
    ],
)
def test_occurs_knows_the_spans_of_each_paper(kind: str, end: str, occurs: bool) -> None:
    validity = validity_of(DocumentType(kind))
    assert validity is not None
    assert validity.occurs(START, end) is occurs


@pytest.mark.parametrize(
    ("age", "years"), [(0, 5), (15, 5), (16, 10), (25, 10), (26, 20), (45, 20), (46, None)]
)
def test_due_gives_the_span_of_an_age(age: int, years: int | None) -> None:
    band = validities()["id_card"].due(date(2020 - age, 2, 28), START)
    assert band is not None
    assert (band.years, band.long_term) == (years, years is None)


def test_tables_name_document_types_only() -> None:
    kinds = {t.value for t in DocumentType}
    assert set(validities()) <= kinds
    assert set(_papers()) <= kinds


@pytest.mark.parametrize(
    ("reading", "sure"),
    [
        (None, True),
        (Reading(value="x", raw="x", confidence=0.99), True),
        (Reading(value="x", raw="x", confidence=0.5), False),
        (Reading(value="x", raw="x", confidence=0.99, doubts=("stamp",)), False),
        (Reading(value="x", raw="y", confidence=0.1, source="human"), True),
    ],
)
def test_is_sure_when_nothing_speaks_against_it(reading: Reading | None, sure: bool) -> None:
    assert is_sure(reading) is sure
    assert severity(is_sure(reading)).value == ("mend" if sure else "review")


def test_one_character_needs_a_surer_reading() -> None:
    reading = Reading(value="x", raw="x", confidence=0.93)
    assert is_sure(reading) and not is_sure(reading, one_character=True)


def test_a_number_is_sure_only_when_its_check_character_fits() -> None:
    good = Reading(value=ID, raw=ID, confidence=0.99)
    assert is_sure_number(good)
    assert not is_sure_number(good.model_copy(update={"value": ID[:-1] + "5"}))


def test_rare_characters_are_not_common() -> None:
    assert are_common("韦小芳", "阿里·木")
    assert not are_common("韦咘", "韦岜")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("id_card", "5年、10年、20年、长期"),
        ("temporary_id_card", "3个月"),
        ("taiwan_travel_permit", "3个月、5年"),
    ],
)
def test_spans_are_said_in_words(kind: str, words: str) -> None:
    validity = validity_of(DocumentType(kind))
    assert validity is not None
    assert validity.in_words() == words


def test_a_kind_of_paper_that_no_table_names_has_no_span() -> None:
    assert validity_of(DocumentType.HUKOU) is None


def test_a_span_holds_to_the_day_where_no_tolerance_is_given() -> None:
    exact = Validity(years=(5,))
    assert exact.occurs(date(2020, 5, 6), "2025-05-06")
    assert not exact.occurs(date(2020, 5, 6), "2025-05-07")
    assert not exact.occurs(date(2020, 5, 6), "2025-05-05")


@pytest.mark.parametrize(
    ("valid_to", "over"),
    [
        ("2020-02-28", True),
        ("2020-02-29", False),
        ("2020-03-01", False),
        ("2020-01", True),
        ("2020-02", False),
        ("长期", False),
        ("某年", False),
        (None, False),
    ],
)
def test_a_paper_is_over_from_the_day_after_its_last(valid_to: str | None, over: bool) -> None:
    shown = {} if valid_to is None else {"valid_to": valid_to}
    assert is_over(paper("id_card", "d1", name="韦小芳", **shown), START) is over
