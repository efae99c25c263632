"""Made-up persons are consistent, and never anybody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from stdnum.iso7064 import mod_11_2

from samples.cases.applicants import in_force
from samples.layouts.travel import make_foreigner, make_worker
from samples.persons import TODAY, make_hmt_person, make_mobile, make_person, place, places


@pytest.mark.parametrize("make", [make_person, make_hmt_person])
def test_number_is_valid_and_made_up_when_person_is_made(make) -> None:  # type: ignore[no-untyped-def]
    for seed in range(300):
        person = make(Random(seed))
        number = person.id_number
        assert mod_11_2.is_valid(number)
        assert int(number[14:17]) >= 900
        assert number[6:14] == f"{person.birth:%Y%m%d}"
        assert (int(number[16]) % 2 == 1) == (person.sex == "男")


def test_division_code_fits_place_when_person_is_made() -> None:
    for seed in range(200):
        person = make_person(Random(seed))
        codes = {person.place.code, *(code for code, *_ in person.place.former)}
        assert person.id_number[:6] in codes


def test_all_present_divisions_are_there_when_read() -> None:
    assert len(places()) == 111
    assert place("450181").county == "横州市"
    with pytest.raises(KeyError):
        place("450127")


def test_person_is_the_same_when_seed_is_the_same() -> None:
    assert make_person(Random("a")) == make_person(Random("a"))
    assert make_person(Random("a")) != make_person(Random("b"))


def test_mobile_belongs_to_an_unused_block_when_made() -> None:
    for seed in range(50):
        mobile = make_mobile(Random(seed))
        assert len(mobile) == 11 and mobile[3:7] == "0000"


@pytest.mark.parametrize(
    ("birth", "years"),
    [
        (date(1977, 12, 26), None),
        (date(1979, 1, 1), 20),
        (date(1998, 4, 10), 10),  # 25 the day before the birthday
        (date(2008, 4, 10), 5),
    ],
)
def test_a_card_in_force_runs_as_long_as_the_age_at_issue_allows(
    birth: date, years: int | None
) -> None:
    person = replace(make_person(Random(1)), birth=birth)
    issued, until = in_force(person)
    assert (None if until is None else until.year - issued.year) == years


def test_foreigner_who_works_is_of_no_age_at_which_women_retire() -> None:
    others = 0
    for seed in range(300):
        worker, anybody = make_worker(Random(seed)), make_foreigner(Random(seed))
        assert worker.sex == "男" or worker.birth.year > TODAY.year - 50
        others += worker != anybody
    assert 0 < others < 150  # who may work is drawn as before
