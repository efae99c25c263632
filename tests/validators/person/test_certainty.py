"""What a `mend` may rest on: sure readings alone, and what was typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.finding import Severity
from pipeline.model import Reading, Request
from tests.validators.applications import applied, card, form
from tests.validators.papers_made import ID
from validators.person.certainty import (
    are_common,
    doubt,
    form_fields,
    is_declared_surely,
    is_sure,
    is_sure_number,
    severity,
)


def reading(confidence: float = 0.99, value: str = "x", *doubts: str) -> Reading:
    return Reading(value=value, raw=value, confidence=confidence, doubts=doubts)


@pytest.mark.parametrize(("confidence", "sure"), [(0.9, True), (0.8999, False)])
def test_a_reading_carries_a_mend_from_nine_tenths(confidence: float, sure: bool) -> None:
    assert is_sure(reading(confidence)) is sure


@pytest.mark.parametrize(("confidence", "sure"), [(0.97, True), (0.9699, False)])
def test_a_single_character_must_be_surer(confidence: float, sure: bool) -> None:
    assert is_sure(reading(confidence), one_character=True) is sure


def test_a_doubt_carries_no_mend_however_well_it_was_read() -> None:
    assert not is_sure(reading(0.999, "x", "?"))


def test_what_was_typed_or_corrected_by_a_person_is_certain() -> None:
    assert is_sure(None)
    human = reading(0.1, "x", "?").model_copy(update={"source": "human"})
    assert is_sure(human)
    assert not is_sure(reading(0.1, "x", "?").model_copy(update={"source": "derived"}))


@pytest.mark.parametrize(
    ("value", "sure"), [(ID, True), (ID[:-1] + "3", False), (ID + "42", True), (ID[:-1], False)]
)
def test_a_number_carries_a_mend_where_its_check_character_fits(value: str, sure: bool) -> None:
    assert is_sure_number(reading(0.99, value)) is sure


def test_a_number_read_in_doubt_carries_none_though_it_is_valid() -> None:
    assert not is_sure_number(reading(0.99, ID, "按校验位纠正"))
    assert is_sure_number(None)


@pytest.mark.parametrize(
    ("texts", "common"),
    [
        (("韦小芳", "黄大勇"), True),
        (("阿依古丽·买买提",), True),
        (("韦小芳", "韦嬿"), False),
        (("𫘝",), False),
        ((), True),
    ],
)
def test_rare_characters_are_the_recognisers_limit(texts: tuple[str, ...], common: bool) -> None:
    assert are_common(*texts) is common


def test_one_unsure_witness_makes_it_a_review() -> None:
    assert severity(True, True) == Severity.MEND
    assert severity(True, False) == severity(False, True) == Severity.REVIEW
    assert doubt(Severity.MEND) == ""
    assert "核对原件" in doubt(Severity.REVIEW)


# ------------------------------------------------------------------ what was declared


def test_keys_that_several_fields_of_a_form_make_up_rest_on_each_of_them() -> None:
    assert form_fields("archive") == ("archive_direction", "archive_holder")
    assert form_fields("proxy") == ("proxy_name", "proxy_id_number")
    assert form_fields("mobile") == ("mobile",)


def test_what_was_typed_is_declared_surely_though_the_form_is_not_read() -> None:
    typed = applied(["M3"], form(mobile="13000003749", doubtful=("mobile",)), card())
    assert is_declared_surely(typed, "mobile")


@pytest.mark.parametrize(("doubtful", "sure"), [((), True), (("mobile",), False)])
def test_what_a_form_alone_declares_is_as_sure_as_its_reading(
    doubtful: tuple[str, ...], sure: bool
) -> None:
    case = applied(["M3"], form(mobile="13000003749", doubtful=doubtful), card())
    assert is_declared_surely(replace(case, typed=None, form=case.request), "mobile") is sure


@pytest.mark.parametrize("doubtful", ["proxy_name", "proxy_id_number"])
def test_a_proxy_is_declared_surely_where_name_and_number_were_read_so(doubtful: str) -> None:
    page = form(proxy_name="黄大勇", proxy_id_number=ID, doubtful=(doubtful,))
    case = applied(["M3"], page, card())
    assert not is_declared_surely(replace(case, typed=None, form=case.request), "proxy")


def test_a_key_that_neither_typing_nor_form_gives_is_not_declared_surely() -> None:
    case = applied(["M3"], form(), card())
    assert not is_declared_surely(replace(case, typed=None, form=case.request), "mobile")
    typed = Request(name="韦小芳")
    assert not is_declared_surely(replace(case, typed=typed), "mobile")


def test_a_request_put_together_by_hand_stands() -> None:
    case = replace(applied(["M3"], card()), typed=None, form=None)
    assert is_declared_surely(case, "mobile")


def test_a_form_of_which_the_field_was_not_read_is_passed_over_for_one_that_has_it() -> None:
    case = applied(["M3"], form(), form("f2", mobile="13000003749"), card())
    assert is_declared_surely(replace(case, typed=None, form=case.request), "mobile")
