"""MRZ, social credit codes, disability numbers, permits, telephone numbers, countries, words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reference import (
    contact,
    countries,
    disability,
    ethnicities,
    mrz,
    permits,
    relations,
    uscc,
    vocabulary,
)

TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
ID = "450103199001010016"


def test_parse_reads_the_icao_passport_when_it_is_the_specimen() -> None:
    zone = mrz.parse(TD3)
    assert zone.failed == ()
    assert (zone.number, zone.name, zone.sex) == ("L898902C3", "ERIKSSON ANNA MARIA", "F")
    assert (zone.nationality, zone.birth, zone.expiry) == ("UTO", "740812", "120415")
    assert zone.optional == "ZE184226B"


def test_parse_reads_the_icao_card_when_it_is_the_specimen() -> None:
    zone = mrz.parse(TD1)
    assert zone.failed == ()
    assert (zone.format, zone.number, zone.name) == ("TD1", "D23145890", "ERIKSSON ANNA MARIA")


@given(st.integers(0, 41), st.sampled_from("0123456789"))
def test_a_check_digit_fails_when_a_digit_of_the_passport_changed(place: int, digit: str) -> None:
    second = TD3[1]
    changed = second[:place] + digit + second[place + 1 :]
    covered = set(range(10)) | set(range(13, 20)) | set(range(21, 43))
    if place not in covered or digit == second[place] or not second[place].isdigit():
        return
    assert mrz.parse((TD3[0], changed)).failed


@given(st.text(alphabet="ABCXYZ0189<", min_size=1, max_size=40))
def test_check_digit_weighs_single_characters_when_one_is_replaced(text: str) -> None:
    assert mrz.check_digit(text) in "0123456789"
    assert mrz.check_digit("<" + "<" * len(text)) == "0"


def test_by_position_puts_letters_right_only_where_digits_must_stand() -> None:
    misread = TD3[1].replace("7408122", "74O8l22").replace("UTO", "UT0")
    assert mrz.by_position((TD3[0], misread))[1] == TD3[1]
    number = mrz.by_position((TD3[0], "O" + TD3[1][1:]))[1]
    assert number.startswith("O")


@pytest.mark.parametrize("text", ["\n".join(TD3), " ".join(TD3), "".join(TD3)])
def test_split_finds_the_lines_however_they_were_joined(text: str) -> None:
    assert tuple(mrz.split(text)) == TD3


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), "shape"),
        (("", ""), "shape"),
        ((TD3[0],), "shape"),
        ((TD3[0], TD3[1][:-1]), "shape"),
        ((TD3[0], "😀" * 44), "charset"),
        ((TD3[0], "²" + TD3[1][1:]), "charset"),
    ],
)
def test_parse_says_why_when_it_is_no_zone(lines: tuple[str, ...], code: str) -> None:
    with pytest.raises(mrz.InvalidMrz) as caught:
        mrz.parse(lines)
    assert caught.value.code == code


def test_two_digit_years_get_their_century_from_today() -> None:
    today = date(2026, 11, 23)
    assert mrz.birth_date("740812", today) == date(1974, 8, 12)
    assert mrz.birth_date("100101", today) == date(2010, 1, 1)
    assert mrz.birth_date("991332", today) is None
    assert mrz.expiry_date("310101", today) == date(2031, 1, 1)
    assert mrz.expiry_date("991231", today) == date(1999, 12, 31)
    assert mrz.expiry_date("<<<<<<", today) is None


def test_uscc_takes_the_standards_specimen() -> None:
    code = uscc.parse("91350100M000100Y43")
    assert (code.department, code.division, code.organisation_fits) == ("9", "350100", True)


@given(
    st.sampled_from("159NY"),
    st.sampled_from("1239"),
    st.text(alphabet=uscc.ALPHABET, min_size=9, max_size=9),
    st.integers(0, 16),
    st.sampled_from(uscc.ALPHABET),
)
def test_uscc_refuses_when_one_character_was_changed(
    department: str, kind: str, organisation: str, place: int, char: str
) -> None:
    first17 = f"{department}{kind}450103{organisation}"
    code = first17 + uscc.check_character(first17)
    assert uscc.parse(code).code == code
    changed = code[:place] + char + code[place + 1 :]
    assert uscc.is_valid(changed) == (changed == code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("91350100M000100Y4I", "charset"),
        ("Q1350100M000100Y43", "department"),
        ("9135A100M000100Y43", "division"),
        ("91350100M000100Y44", "check"),
        ("😀" * 18, "charset"),
        ("²" * 18, "charset"),
    ],
)
def test_uscc_says_why_when_it_is_none(text: str, code: str) -> None:
    with pytest.raises(uscc.InvalidUscc) as caught:
        uscc.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "category", "grade", "reissue"),
    [
        (ID + "12", "视力", "二级", 0),
        (ID + "44", "肢体", "四级", 0),
        (ID + "71B1", "多重", "一级", 1),
        (ID + " - 72b9", "多重", "二级", 9),
    ],
)
def test_disability_number_gives_category_and_grade(
    text: str, category: str, grade: str, reissue: int
) -> None:
    number = disability.parse(text)
    assert (number.id_number, number.category, number.grade, number.reissue) == (
        ID,
        category,
        grade,
        reissue,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ID + "81", "category"),
        (ID + "15", "grade"),
        (ID + "1", "length"),
        (ID + "11B0", "charset"),
        (ID[:-1] + "7" + "11", "id_number"),
        ("", "length"),
        ("²" * 20, "charset"),
    ],
)
def test_disability_number_says_why_when_it_is_none(text: str, code: str) -> None:
    with pytest.raises(disability.InvalidDisabilityNumber) as caught:
        disability.parse(text)
    assert caught.value.code == code


def test_find_grade_and_category_take_words_and_digits() -> None:
    assert [disability.find_grade(t) for t in ("一级", "2级", "叁级", "四", "五级", "")] == [
        "一级",
        "二级",
        "三级",
        "四级",
        None,
        None,
    ]
    assert disability.find_category("肢体残疾") == "肢体"
    assert disability.find_category("工伤") is None


@pytest.mark.parametrize(
    ("text", "region", "chinese"),
    [
        ("H12345678", "香港", True),
        ("M1234567801", "澳门", True),
        ("h 1234 5678", "香港", True),
        ("HA1234567", "香港", False),
        ("MA1234567", "澳门", False),
        ("12345678", "台湾", True),
        ("1234567801(B)", "台湾", True),
    ],
)
def test_travel_permit_tells_region_and_citizenship(text: str, region: str, chinese: bool) -> None:
    permit = permits.parse_travel_permit(text)
    assert permit is not None
    assert (permit.region, permit.chinese) == (region, chinese)


@pytest.mark.parametrize("text", ["", "H1234567", "HB1234567", "K12345678", "1234567", "😀", "²²"])
def test_travel_permit_is_none_when_the_number_fits_no_kind(text: str) -> None:
    assert permits.parse_travel_permit(text) is None


def test_foreign_cards_are_told_apart() -> None:
    card = permits.parse_foreign_card("CAN110081080310")
    assert card is not None
    assert (card.country, card.birth, card.check_fits) == ("CAN", "810803", True)
    assert permits.birth_fits(card.birth, date(1981, 8, 3))
    assert permits.is_new_foreign_card("911124198108030024")
    assert not permits.is_new_foreign_card("CAN110081080310")
    assert not permits.is_new_foreign_card(ID)


@pytest.mark.parametrize(
    ("text", "mobile", "phone"),
    [
        ("13800138000", True, True),
        ("+86 138-0013-8000", True, True),
        ("１３８００１３８０００", True, True),
        ("19900002969", True, True),
        ("12800138000", False, False),
        ("1380013800", False, False),
        ("0771-5812345", False, True),
        ("(0771)5812345-801", False, True),
        ("5812345", False, True),
        ("", False, False),
        ("无", False, False),
        ("1²800138000", False, False),
    ],
)
def test_phones_are_told_from_what_is_none(text: str, mobile: bool, phone: bool) -> None:
    assert (contact.is_mobile(text), contact.is_phone(text)) == (mobile, phone)


def test_postcode_fits_its_prefecture() -> None:
    assert contact.is_postcode("530022") and not contact.is_postcode("53002")
    assert contact.postcode_fits("530022", "450103") is True
    assert contact.postcode_fits("541000", "450103") is False
    assert contact.postcode_fits("510000", "440106") is None


def test_bank_numbers_follow_luhn() -> None:
    assert contact.is_bank_number("6222 0000 0000 0009")
    assert not contact.is_bank_number("6222000000000000")
    assert not contact.is_bank_number("79927398713")
    assert not contact.is_bank_number("")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("加拿大", "CAN"),
        ("CAN", "CAN"),
        ("124", "CAN"),
        ("加拿大/CANADA", "CAN"),
        ("D", "DEU"),
        ("印度尼西亚", "IDN"),
        ("蒙古国", "MNG"),
    ],
)
def test_countries_are_found_by_code_and_name(text: str, code: str) -> None:
    country = countries.find(text)
    assert country is not None and country.code == code


@pytest.mark.parametrize("text", ["", "😀", "加拿大/美国", "/", "某国"])
def test_countries_are_none_when_not_one_is_named(text: str) -> None:
    assert countries.find(text) is None


def test_ethnicities_are_the_56_and_two_more() -> None:
    assert len(ethnicities.NAMES) == 56
    assert len(ethnicities.CODES) == 58
    assert [ethnicities.find(t) for t in ("壮", "壮族", "毛难族", "汉(入籍)", "壮壮", "")] == [
        "壮",
        "壮",
        "毛南",
        "汉",
        None,
        None,
    ]
    assert ethnicities.code_of("仫佬族") == "32"
    assert ethnicities.is_same("壮", "壮族") and not ethnicities.is_same("壮", "侗")


def test_relations_imply_a_sex_or_none() -> None:
    assert [relations.implied_sex(w) for w in ("妻", "长子", "儿媳", "户主", "非亲属", "x")] == [
        "女",
        "男",
        "女",
        None,
        None,
        None,
    ]
    assert relations.is_relation("外孙女") and not relations.is_relation("邻居")
    assert relations.is_head("户主") and not relations.is_head("妻")


def test_vocabulary_knows_usual_words_and_no_other_fields() -> None:
    assert vocabulary.is_usual("education", "小学")
    assert vocabulary.is_usual("household_type", "非农业集体户口")
    assert vocabulary.words("name") == frozenset()


@given(st.text(max_size=46))
def test_no_parser_raises_when_given_junk(text: str) -> None:
    uscc.is_valid(text)
    disability.is_valid(text)
    permits.parse_travel_permit(text)
    permits.parse_foreign_card(text)
    permits.is_passport_number(text)
    contact.is_phone(text)
    contact.is_bank_number(text)
    countries.find(text)
    ethnicities.find(text)
    mrz.is_line(text)
    mrz.by_position(mrz.split(text))
