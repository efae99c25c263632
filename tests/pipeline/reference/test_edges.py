"""What parsers of numbers and dates refuse, and what they never show."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.reference import dates, disability, idnumber, mrz, uscc

ID = "450103199003079121"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("二〇二〇年廿一月一日", None),
        ("二〇二〇年十二月卅一日", "2020-12-31"),
        ("二〇二〇年一二月三日", "2020-12-03"),
        ("二〇二〇年十一月二十三十日", None),
        ("二〇二〇年十十月一日", None),
        ("二〇二〇年三月二十二十日", None),
        ("二〇二〇年百月一日", None),
        ("二〇二〇年一月百日", None),
        ("二〇百〇年一月一日", None),
        ("二〇二〇年一二三月一日", None),
    ],
)
def test_dates_in_chinese_numerals_are_days_that_exist(text: str, iso: str | None) -> None:
    assert dates.parse_date(text) == iso


@pytest.mark.parametrize(
    ("first", "code"), [("4501031990030791", "length"), ("45010319900307912X", "length")]
)
def test_a_check_character_needs_seventeen_digits(first: str, code: str) -> None:
    with pytest.raises(idnumber.InvalidIdNumber) as caught:
        idnumber.check_digit(first)
    assert caught.value.code == code
    with pytest.raises(idnumber.InvalidIdNumber) as caught:
        idnumber.check_digit("4501031990030791A")
    assert caught.value.code == "charset"


def test_a_number_does_not_show_itself() -> None:
    assert ID not in repr(idnumber.parse(ID))
    assert "citizen" in repr(idnumber.parse(ID))


def test_only_a_foreigners_number_names_a_country() -> None:
    assert idnumber.parse(ID).country is None
    assert idnumber.parse("911124198108030024").country == "124"
    assert idnumber.parse("810000199408230021").region == "香港"
    assert idnumber.parse(ID).region is None


def test_a_credit_codes_check_character_needs_seventeen_characters() -> None:
    for text, code in (("9135", "length"), ("91350100M000100Yi", "charset")):
        with pytest.raises(uscc.InvalidUscc) as caught:
            uscc.check_character(text)
        assert caught.value.code == code


def test_a_certificates_number_is_valid_or_not() -> None:
    assert disability.is_valid(ID + "42")
    assert not disability.is_valid(ID + "99")


# ------------------------------------------------------------------ machine-readable zones

TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
"""The specimen of ICAO 9303-5."""


def test_a_check_digit_is_of_characters_that_zones_have() -> None:
    with pytest.raises(mrz.InvalidMrz):
        mrz.check_digit("ABC-1")
    assert mrz.check_digit("") == "0"


def test_a_long_number_goes_on_in_the_optional_data() -> None:
    number = "D23145890734"
    first = f"I<UTO{number[:9]}<{number[9:]}{mrz.check_digit(number)}<<<<<<<<<<<"
    zone = mrz.parse((first, *TD1[1:]))
    assert zone.number == number
    assert "number" not in zone.failed
    wrong = first.replace(mrz.check_digit(number) + "<<<<<<<<<<<", "x<<<<<<<<<<<".upper())
    assert "number" in mrz.parse((wrong, *TD1[1:])).failed
    bare = f"I<UTO{number[:9]}<<<<<<<<<<<<<<<<"
    assert "number" in mrz.parse((bare, *TD1[1:])).failed


def test_places_of_a_cards_zone_that_allow_only_one_kind_are_put_right() -> None:
    misread = ("1<UT0" + TD1[0][5:], TD1[1].replace("0", "O", 1), TD1[2].replace("O", "0"))
    assert tuple(mrz.by_position(misread)) == TD1
    assert mrz.by_position(("ABC", "D1")) == ["ABC", "D1"]


@pytest.mark.parametrize("day", ["7408", "74081A", "²40812", "741332"])
def test_what_is_no_day_is_none(day: str) -> None:
    assert mrz.birth_date(day, date(2026, 11, 23)) is None
