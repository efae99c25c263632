"""Passports of many states: labels, dates and names as each prints them, against the zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from extractors.passport.printed import printed_nationality, printed_sex
from extractors.passport.years import LAST_END, SHORT_YEAR, day
from extractors.passport.zone import DIFFERS, FIRST_LINE, NO_PRINT, NUMBER_DIFFERS
from pipeline.model import Line, Quad, Reading
from samples.draw import Drawn, Kit
from samples.fonts import Shelf
from samples.layouts.passports import draw_state, states
from samples.persons import Person
from samples.specimens import RECIPES
from tests.reader import Read, read_lines, read_recipe

SHELF = Shelf.bundled()
STATES = [state["code"] for state in states()]
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def _read(code: str) -> Read:
    state = next(s for s in states() if s["code"] == code)

    def draw(person: Person, kit: Kit) -> list[Drawn]:
        return [draw_state(state, kit)]

    return read_recipe(replace(RECIPES["passport_worded"], draw=draw), "passport", code, SHELF)


@pytest.mark.drawn
@pytest.mark.parametrize("code", STATES)
def test_every_field_is_read_however_a_state_prints_it(code: str) -> None:
    read = _read(code)
    assert read.types == ["passport"]
    assert read.wrong("passport") == {}


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("06 SEP 2032", "2032-09-06"),
        ("06SEP2032", "2032-09-06"),
        ("06/09/2032", "2032-09-06"),
        ("06.09.2032", "2032-09-06"),
        ("06 09 2032", "2032-09-06"),
        ("06092032", "2032-09-06"),
        ("06 9月/SEP 2032", "2032-09-06"),
        ("069月/SEP2032", "2032-09-06"),
        ("12 12月/DEC 2030", "2030-12-12"),
        ("05 ABR/APR 1985", "1985-04-05"),
        ("04 AOÛT/AUG 1985", "1985-08-04"),
        ("12 мар/MAR 1987", "1987-03-12"),
        ("31.02.1987", ""),
        ("12 MAR/AVR 1987", ""),
        ("1985.04.05", ""),
        ("12 XYZ 1987", ""),
        ("", ""),
    ],
)
def test_day_is_that_of_the_print_and_never_made_up(text: str, iso: str) -> None:
    assert day(text, LAST_END).value == iso


def test_a_year_of_two_digits_is_doubted_and_placed_by_what_it_is_for() -> None:
    born, ends = day("12 MAR /MARS 87", date(2023, 3, 12)), day("12 MAR /MARS 33", LAST_END)
    assert (born.value, ends.value) == ("1987-03-12", "2033-03-12")
    assert born.doubts and ends.doubts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Française", "FRA"),
        ("ESPAÑOLA", "ESP"),
        ("BRITISH CITIZEN", "GBR"),
        ("VIỆT NAM/VIETNAMESE", "VNM"),
        ("РОССИЙСКАЯ ФЕДЕРАЦИЯ/RUSSIAN FEDERATION", "RUS"),
        ("加拿大/CAN", "CAN"),
        ("中国/CHINESE", "CHN"),
    ],
)
def test_nationality_is_told_by_name_code_or_adjective(text: str, code: str) -> None:
    assert printed_nationality(text).value == code and not printed_nationality(text).doubts


@pytest.mark.parametrize("text", ["VIỆT NAM", "CAN/DEU", "SOMEWHERE", ""])
def test_nationality_is_no_country_sooner_than_a_wrong_one(text: str) -> None:
    value = printed_nationality(text)
    assert value.value == "VNM" or value.doubts


@pytest.mark.parametrize(
    ("text", "value"),
    [("M", "男"), ("Ж/F", "女"), ("P-F", "女"), ("L-M", "男"), ("女/F", "女"), ("X", "")],
)
def test_sex_is_told_in_any_alphabet(text: str, value: str) -> None:
    assert printed_sex(text).value == value


def _faces(first: str, second: str, *printed: str) -> dict[str, Reading]:
    """What a page says that holds a zone, and label and value by turns one below the other."""

    def line(text: str, top: float, high: float = 30) -> Line:
        quad: Quad = ((10, top), (900, top), (900, top + high), (10, top + high))
        return Line(text, 0.99, quad)

    lines = [line(text, 20 + 40 * i + 20 * (i // 2)) for i, text in enumerate(printed)]
    lines += [line(first, 700), line(second, 760)]
    (face,) = read_lines(np.full((900, 1000, 3), 255, np.uint8), lines)
    return dict(face.fields)


def test_zone_gives_what_print_does_not_and_says_so() -> None:
    fields = _faces(FIRST, SECOND)
    told = {name: reading.value for name, reading in fields.items()}
    assert told["name"] == "ERIKSSON ANNA MARIA"
    assert (told["passport_number"], told["birth_date"]) == ("L898902C3", "1974-08-12")
    assert NO_PRINT in fields["passport_number"].doubts
    assert (fields["sex"].value, fields["sex"].doubts) == ("女", ())  # between two check digits


def test_what_a_check_digit_covers_needs_no_print() -> None:
    """Any misread figure of a date breaks its check digit; L and 1 of a number have the same."""
    expiry = _faces(FIRST, SECOND)["valid_to"]
    assert (expiry.value, expiry.doubts) == ("2012-04-15", ())
    assert expiry.box is not None
    left, right = expiry.box[0][0], expiry.box[1][0]
    assert (left - 10) / 890 == pytest.approx(21 / 44)
    assert (right - 10) / 890 == pytest.approx(27 / 44)


@pytest.mark.parametrize(("first", "is_doubted"), [("P<CHN", False), ("P<HKG", True)])
def test_a_nationality_needs_no_print_where_the_first_line_names_the_state(
    first: str, is_doubted: bool
) -> None:
    chinese = SECOND.replace("UTO", "CHN")
    fields = _faces(FIRST.replace("P<UTO", first), chinese)
    assert fields["nationality"].value == "CHN"
    assert (NO_PRINT in fields["nationality"].doubts) is is_doubted


BORN_24 = "L898902C36UTO2408127F3204153ZE184226B<<<<<16"
"""A zone of somebody born on 12 August of a year 24, valid to 2032: 1924 or 2024."""


@pytest.mark.parametrize(
    ("issued", "printed", "told", "doubted"),
    [
        (("Date of issue", "15 APR 2022"), (), "1924-08-12", False),
        (("Date of issue", "15 APR 2027"), (), "2024-08-12", False),
        ((), (), "2024-08-12", True),  # nothing tells the century
        ((), ("Date of birth", "12 AUG 24"), "2024-08-12", True),  # nothing tells the century
        ((), ("Date of birth", "12 AUG 1924"), "1924-08-12", False),
        ((), ("Date of birth", "12 AUG 2024"), "2024-08-12", False),
        (("Date of issue", "15 APR 22"), ("Date of birth", "12 AUG 24"), "1924-08-12", False),
        (("Date of issue", "15 APR 2022"), ("Date of birth", "12 AUG 2024"), "2024-08-12", True),
    ],
)
def test_the_century_of_a_birth_comes_from_the_page_not_from_the_day_of_reading(
    issued: tuple[str, ...], printed: tuple[str, ...], told: str, doubted: bool
) -> None:
    fields = _faces(FIRST, BORN_24, *issued, *printed)
    assert fields["birth_date"].value == told
    assert bool(fields["birth_date"].doubts) == doubted
    assert (SHORT_YEAR in fields["birth_date"].doubts) == (not issued and "12 AUG 24" in printed)


def test_zone_is_sure_when_the_printed_name_bears_its_first_line_out() -> None:
    fields = _faces(FIRST, SECOND, "Surname/Nom", "Eriksson", "Given names", "Anna Maria")
    assert fields["mrz"].doubts == () and fields["name"].doubts == ()
    assert fields["name"].value == "ERIKSSON ANNA MARIA"


@pytest.mark.parametrize(
    "first",
    [
        "PZORBERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "P<UTOERIKSS0N<<AMNA<MARIA<<<<<<<<<<<<<<<<<<<",
    ],
)
def test_first_line_is_doubted_when_misread_though_every_check_digit_fits(first: str) -> None:
    fields = _faces(first, SECOND, "Surname/Nom", "Eriksson", "Given names", "Anna Maria")
    assert FIRST_LINE in fields["mrz"].doubts


def test_fillers_read_as_letters_are_put_right_by_the_printed_name() -> None:
    misread = FIRST.replace("<", "A").replace("PAUTO", "P<UTO")
    fields = _faces(misread, SECOND, "Surname/Nom", "Eriksson", "Given names", "Anna Maria")
    assert fields["mrz"].value.splitlines()[0] == FIRST
    assert fields["name"].doubts == ()


def test_greek_capitals_in_the_zone_are_latin_ones() -> None:
    fields = _faces(
        FIRST.replace("UTO", "UΤO"), SECOND, "Surname", "Eriksson", "Given name", "Anna Maria"
    )
    assert fields["mrz"].value == f"{FIRST}\n{SECOND}"


def test_what_was_read_behind_the_last_filler_is_left_out() -> None:
    fields = _faces(
        FIRST[:-1] + "A", SECOND, "Surname/Nom", "Eriksson", "Given names", "Anna Maria"
    )
    assert fields["mrz"].value.splitlines()[0] == FIRST
    assert fields["mrz"].doubts == ()


def test_a_number_that_print_and_zone_give_differently_is_doubted_in_both() -> None:
    # 1 has the check digit of L: nothing else tells the two apart.
    fields = _faces(
        FIRST,
        SECOND.replace("L898", "1898"),
        *("Surname/Nom", "Eriksson", "Given names", "Anna Maria"),
        *("Passport No", "L898902C3"),
    )
    assert fields["passport_number"].value == "L898902C3"
    assert DIFFERS in fields["passport_number"].doubts
    assert NUMBER_DIFFERS in fields["mrz"].doubts


def test_the_number_may_be_called_a_documents_and_stand_in_its_line() -> None:
    fields = _faces(FIRST, SECOND, "Document No. L898902C3", "Surname", "Eriksson")
    assert fields["passport_number"].value == "L898902C3"
    assert fields["passport_number"].doubts == ()


def test_sex_is_read_below_its_label_in_two_languages() -> None:
    fields = _faces(FIRST, SECOND, "Sex Sexe", "F", "Surname", "Eriksson")
    assert (fields["sex"].value, fields["sex"].doubts) == ("女", ())
