"""Number, dates and words of one face as each other's witnesses; corrections only where they are
the only one that fits."""

from __future__ import annotations

import pytest

from extractors.labelled.arithmetic import (
    FROM_NUMBER,
    CardFields,
    corroborate,
    derive_id_number,
)
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import pieces_of
from pipeline.reference import idnumber
from tests.lines import line

NUMBER = "450103199003079121"
"""女, born 1990-03-07, 南宁市青秀区."""
BIRTH = "1990-03-07"
CORRECTED = ("按校验位纠正",)
CONTRADICTED = ["与同页所印内容不符"]


def read(value: str, *doubts: str, closed: bool = False, score: float = 0.99) -> Evidence:
    """A value as it was read, with the doubts of its grammar."""
    return Evidence(pieces_of([line(value or "空", score=score)]), Value(value, doubts, closed))


def card(number: str, birth: str = BIRTH, sex: str = "女") -> CardFields:
    return {"id_number": read(number, "校验位不符"), "birth_date": read(birth), "sex": read(sex)}


def corrected(fields: CardFields) -> Evidence:
    corroborate(fields)
    return fields["id_number"]


# ------------------------------------------------------------------ corrections


def test_a_number_is_corrected_where_one_change_alone_fits_and_stays_doubted() -> None:
    number = corrected(card("450193199003079121"))
    assert (number.value.value, number.value.doubts) == (NUMBER, CORRECTED)
    assert not number.value.closed
    assert number.raw == "450193199003079121"


def with_check(first: str) -> str:
    return first + idnumber.check_digit(first)


@pytest.mark.parametrize(
    "number", ["450103199003079127", "450103199003070121", "450103199003076121"]
)
def test_a_number_with_two_corrections_is_left_as_it_was_read(number: str) -> None:
    """…127 is one misreading away from …121 and from 450103199003070127: both valid, with the birth
    date and sex that are printed."""
    assert idnumber.is_valid("450103199003070127")
    kept = corrected(card(number))
    assert (kept.value.value, kept.value.doubts) == (number, ("校验位不符",))


def test_a_number_read_beyond_doubt_is_printed_so_and_not_corrected() -> None:
    """A wrong digit that is printed clearly was misprinted or forged: that is for ID-CHECKSUM to
    say, and the number that would fit is another person's."""
    fields = card("450193199003079121")
    fields["id_number"] = read("450193199003079121", "校验位不符", score=0.9999)
    kept = corrected(fields)
    assert (kept.value.value, kept.value.doubts) == ("450193199003079121", ("校验位不符",))


def test_only_a_character_that_the_picture_leaves_open_is_corrected() -> None:
    fields = card("450193199003079121")
    open_elsewhere = line("450193199003079121", score=0.9999, scores={"5": 0.7})
    fields["id_number"] = Evidence(
        pieces_of([open_elsewhere]), Value("450193199003079121", ("校验位不符",))
    )
    assert corrected(fields).value.value == "450193199003079121"
    wavering = line("450193199003079121", score=0.9999, scores={"9": 0.7})
    fields["id_number"] = Evidence(
        pieces_of([wavering]), Value("450193199003079121", ("校验位不符",))
    )
    assert corrected(fields).value == Value(NUMBER, CORRECTED)


def test_a_valid_number_is_never_corrected() -> None:
    fields = card(NUMBER)
    fields["id_number"] = read(NUMBER)
    assert corrected(fields).value == Value(NUMBER)
    assert fields["id_number"].agreed
    assert fields["id_number"].doubts == []


@pytest.mark.parametrize("changed", ["birth", "sex"])
def test_a_correction_needs_the_birth_date_and_sex_that_are_printed(changed: str) -> None:
    fields = (
        card("450193199003079121", birth="1990-03-08")
        if changed == "birth"
        else card("450193199003079121", sex="男")
    )
    assert corrected(fields).value.value == "450193199003079121"


@pytest.mark.parametrize("name", ["birth_date", "sex"])
def test_a_witness_that_is_missing_or_doubted_corrects_nothing(name: str) -> None:
    without = card("450193199003079121")
    del without[name]
    assert corrected(without).value.value == "450193199003079121"
    doubted = card("450193199003079121")
    doubted[name] = read(doubted[name].value.value, "?")
    assert corrected(doubted).value.value == "450193199003079121"


def test_a_correction_needs_a_division_that_exists_or_existed() -> None:
    """459903 was never one: the change that makes such a number valid is none."""
    number = with_check("45990319900307912")
    read_wrongly = number.replace("4599", "4590", 1)
    assert corrected(card(read_wrongly)).value.value == read_wrongly


def test_numbers_of_residents_of_hong_kong_have_a_region_for_a_division() -> None:
    number = with_check("81000019900307002")
    read_wrongly = number.replace("810", "310", 1)
    assert corrected(card(read_wrongly)).value.value == number


def test_only_the_last_place_may_be_an_x() -> None:
    """X is confused with nothing; a letter never stands for a digit within the number."""
    short = corrected(card("45010319900307912"))
    assert short.value.value == "45010319900307912"
    letters = corrected(card("45O103199003079121"))
    assert letters.value.value == NUMBER


# ------------------------------------------------------------------ agreement


def test_what_agrees_with_the_number_is_surer_and_so_is_the_number() -> None:
    fields = {"id_number": read(NUMBER), "birth_date": read(BIRTH), "sex": read("女")}
    corroborate(fields)
    assert [e.agreed for e in fields.values()] == [True, True, True]
    assert [e.doubts for e in fields.values()] == [[], [], []]


def test_the_number_agrees_by_one_of_the_two_alone() -> None:
    fields = {"id_number": read(NUMBER), "sex": read("女")}
    corroborate(fields)
    assert [e.agreed for e in fields.values()] == [True, True]


@pytest.mark.parametrize(("name", "value"), [("birth_date", "1990-03-08"), ("sex", "男")])
def test_both_are_doubted_where_the_number_says_something_else(name: str, value: str) -> None:
    fields = {"id_number": read(NUMBER), name: read(value)}
    corroborate(fields)
    assert fields[name].doubts == ["与号码不符"]
    assert fields["id_number"].doubts == CONTRADICTED
    assert not fields[name].agreed
    assert not fields["id_number"].agreed


def test_a_birth_month_bears_the_number_out_as_far_as_it_goes() -> None:
    fields = {"id_number": read(NUMBER), "birth_date": read("1990-03")}
    corroborate(fields)
    assert fields["birth_date"].agreed
    other = {"id_number": read(NUMBER), "birth_date": read("1990-04")}
    corroborate(other)
    assert other["birth_date"].doubts == ["与号码不符"]


def test_an_invalid_number_says_nothing() -> None:
    fields = card("450103199003079999")
    corroborate(fields, ("ethnicity",))
    assert (fields["birth_date"].agreed, fields["birth_date"].doubts) == (False, [])


def test_a_face_without_a_number_is_left_alone() -> None:
    fields = {"birth_date": read(BIRTH)}
    corroborate(fields, ("sex",))
    assert list(fields) == ["birth_date"]
    assert not fields["birth_date"].agreed


# ------------------------------------------------------------------ standing in


def test_a_word_that_is_none_is_taken_from_the_number_with_doubt() -> None:
    fields = {"id_number": read(NUMBER), "sex": read("汝", "不是性别")}
    corroborate(fields)
    assert fields["sex"].value == Value("女", ("不是性别", FROM_NUMBER))
    assert fields["sex"].doubts == []


def test_a_doubted_date_is_no_word_and_is_not_overwritten() -> None:
    fields = {"id_number": read(NUMBER), "birth_date": read("1990-03-08", "?")}
    corroborate(fields)
    assert fields["birth_date"].value.value == "1990-03-08"
    assert fields["birth_date"].doubts == ["与号码不符"]


def test_a_doubted_number_replaces_no_word_and_fills_no_gap() -> None:
    fields = {"id_number": read(NUMBER, "?"), "sex": read("汝", "不是性别")}
    corroborate(fields, ("birth_date",))
    assert fields["sex"].value.value == "汝"
    assert fields["sex"].doubts == ["与号码不符"]
    assert "birth_date" not in fields


@pytest.mark.parametrize("there", [True, False])
def test_what_is_missing_is_taken_from_the_number_with_doubt(there: bool) -> None:
    fields = {"id_number": read(NUMBER)} | ({"birth_date": read("")} if there else {})
    corroborate(fields, ("birth_date",))
    derived = fields["birth_date"]
    assert (derived.value, derived.source) == (Value(BIRTH, (FROM_NUMBER,)), "derived")
    assert derived.pieces is fields["id_number"].pieces


def test_a_blank_that_nobody_misses_stays_blank() -> None:
    fields = {"id_number": read(NUMBER), "birth_date": read("")}
    corroborate(fields, ("sex",))
    assert fields["birth_date"].value.value == ""


# ------------------------------------------------------------------ disability certificates


CERTIFICATE = NUMBER + "42"
"""肢体, 二级."""


def certificate(number: str = CERTIFICATE, **values: str) -> CardFields:
    return {"certificate_number": read(number)} | {n: read(v) for n, v in values.items()}


def test_a_certificates_number_bears_out_category_grade_birth_date_and_sex() -> None:
    fields = certificate(category="肢体", grade="二级", birth_date=BIRTH, sex="女")
    corroborate(fields)
    assert all(e.agreed for e in fields.values())


@pytest.mark.parametrize(("name", "value"), [("category", "视力"), ("grade", "一级")])
def test_category_and_grade_that_differ_from_the_number_are_doubted(name: str, value: str) -> None:
    fields = certificate(**{name: value})
    corroborate(fields)
    assert fields[name].doubts == ["与残疾人证号不符"]
    assert fields["certificate_number"].doubts == CONTRADICTED


def test_a_birth_date_that_differs_from_a_certificates_number_is_doubted() -> None:
    fields = certificate(birth_date="1990-03-08")
    corroborate(fields)
    assert fields["birth_date"].doubts == ["与号码不符"]


def test_an_invalid_certificates_number_says_nothing_of_its_kind() -> None:
    fields = certificate(NUMBER + "99", category="肢体")
    corroborate(fields, ("grade",))
    assert (fields["category"].agreed, fields["category"].doubts) == (False, [])
    assert "grade" not in fields


def test_a_certificates_number_is_never_corrected() -> None:
    fields = certificate("450193199003079121" + "42", birth_date=BIRTH, sex="女")
    corroborate(fields)
    assert fields["certificate_number"].value.value == "45019319900307912142"


def test_the_citizen_number_within_a_certificates_number_is_derived_as_sure_as_that() -> None:
    fields = certificate(NUMBER + "42B1")
    fields["certificate_number"].doubts.append("?")
    fields["certificate_number"].agreed = True
    derive_id_number(fields)
    derived = fields["id_number"]
    assert (derived.value, derived.source) == (Value(NUMBER, (), True), "derived")
    assert (derived.agreed, derived.doubts) == (True, ["?"])
    derived.doubts.append("own")
    assert fields["certificate_number"].doubts == ["?"]


def test_no_citizen_number_is_derived_from_what_is_none() -> None:
    wrong = certificate("450103199003079122" + "42")
    derive_id_number(wrong)
    assert list(wrong) == ["certificate_number"]
    nothing: CardFields = {}
    derive_id_number(nothing)
    assert nothing == {}
