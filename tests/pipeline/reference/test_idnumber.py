"""Citizen numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reference import idnumber
from pipeline.reference.idnumber import InvalidIdNumber

DIVISIONS = st.sampled_from(["450103", "452123", "110105", "810000", "830000", "911124"])
BIRTHS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    first17 = f"{draw(DIVISIONS)}{draw(BIRTHS):%Y%m%d}{draw(st.integers(900, 999)):03d}"
    return first17 + idnumber.check_digit(first17)


@pytest.mark.parametrize(
    ("text", "number", "birth", "sex", "kind"),
    [
        ("11010519491231002X", "11010519491231002X", date(1949, 12, 31), "女", "citizen"),
        ("450103199001010016", "450103199001010016", date(1990, 1, 1), "男", "citizen"),
        ("450103209901010018", "450103209901010018", date(2099, 1, 1), "男", "citizen"),
        ("810000199408230021", "810000199408230021", date(1994, 8, 23), "女", "hmt"),
        ("830000199201300022", "830000199201300022", date(1992, 1, 30), "女", "hmt"),
        ("830000199706020042", "830000199706020042", date(1997, 6, 2), "女", "hmt"),
        ("911124198108030024", "911124198108030024", date(1981, 8, 3), "女", "foreign"),
        ("610104620927690", "610104196209276908", date(1962, 9, 27), "女", "citizen"),
        (
            "１１０１０５１９４９１２３１００２ｘ",
            "11010519491231002X",
            date(1949, 12, 31),
            "女",
            "citizen",
        ),
        ("110105 19491231—002 ✕", "11010519491231002X", date(1949, 12, 31), "女", "citizen"),
    ],
)
def test_parse_gives_what_the_number_says_when_it_is_sound(
    text: str, number: str, birth: date, sex: str, kind: str
) -> None:
    parsed = idnumber.parse(text)
    assert (parsed.number, parsed.birth_date, parsed.sex, parsed.kind) == (number, birth, sex, kind)
    assert parsed.division == number[:6]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("440524188001010014", "birth"),
        ("450103199002300015", "birth"),
        ("11010519491231002", "length"),
        ("", "length"),
        ("😀", "length"),
        ("None", "length"),
        ("4501031990010100A6", "charset"),
        ("45010319900101001²", "charset"),
        ("٤٥٠١٠٣١٩٩٠٠١٠١٠٠١٦", "charset"),
        ("450103199001010017", "check"),
        ("4501031990010100１5", "check"),
    ],
)
def test_parse_says_why_when_the_number_is_not_sound(text: str, code: str) -> None:
    with pytest.raises(InvalidIdNumber) as caught:
        idnumber.parse(text)
    assert caught.value.code == code
    assert not idnumber.is_valid(text)


@given(numbers())
def test_parse_is_the_identity_when_the_number_was_made_by_the_rule(number: str) -> None:
    assert idnumber.parse(number).number == number


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_parse_refuses_when_one_digit_was_changed(number: str, place: int, by: int) -> None:
    digit = str((int(number[place]) + by) % 10)
    assert not idnumber.is_valid(number[:place] + digit + number[place + 1 :])


@given(numbers(), st.sampled_from("0123456789X"))
def test_parse_refuses_when_the_check_character_was_changed(number: str, char: str) -> None:
    assert idnumber.is_valid(number[:17] + char) == (char == number[17])


@given(st.text(max_size=30))
def test_parse_raises_nothing_else_when_given_junk(text: str) -> None:
    idnumber.is_valid(text)


def test_the_number_stays_out_of_repr_and_message_when_printed() -> None:
    assert "1990" not in repr(idnumber.parse("450103199001010016"))
    with pytest.raises(InvalidIdNumber) as caught:
        idnumber.parse("450103199001010017")
    assert "1990" not in str(caught.value)


@pytest.mark.parametrize("text", ["61010462092769", "61010462092769X"])
def test_upgrade_refuses_when_there_are_not_fifteen_digits(text: str) -> None:
    with pytest.raises(InvalidIdNumber):
        idnumber.upgrade(text)
