"""Division codes and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reference import divisions
from pipeline.reference.addresses import parse_address


def test_guangxi_has_its_111_counties_and_14_prefectures() -> None:
    now = [d for d in divisions.every() if d.code.startswith("45") and d.is_current]
    counties = [d for d in now if d.level == "county" and d.name != "市辖区"]
    assert len(counties) == 111
    assert sum(d.level == "prefecture" for d in now) == 14


def test_every_code_has_six_digits_and_every_successor_is_current() -> None:
    for division in divisions.every():
        assert len(division.code) == 6 and division.code.isascii() and division.code.isdigit()
        for successor in division.successors:
            unit = divisions.by_code(successor)
            assert unit is not None and unit.is_current


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("451281", "451203"),
        ("450122", "450110"),
        ("450127", "450181"),
        ("450331", "450381"),
        ("451023", "451082"),
        ("451021", "451003"),
        ("451025", "451081"),
        ("450322", "450312"),
        ("450221", "450206"),
        ("450121", "450109"),
        ("452121", "450109"),
        ("452123", "450126"),
        ("450103", "450103"),
        ("452522", None),  # 贵县 was split into three
        ("999999", None),
    ],
)
def test_current_code_follows_the_successors(old: str, now: str | None) -> None:
    assert divisions.current_code(old) == now


def test_a_code_keeps_its_names_over_time() -> None:
    assert [d.name for d in divisions.names_of("450103")] == ["新城区", "青秀区"]
    assert [d.name for d in divisions.names_of("450405")] == ["鸳江区", "市郊区", "长洲区"]
    assert divisions.last_year("452123") == 2001
    assert divisions.last_year("450103") is None


@pytest.mark.parametrize("code", ["", "45", "450199", "99", "😀", "710000"])
def test_existed_is_false_when_the_code_never_was(code: str) -> None:
    assert not divisions.existed(code)
    assert divisions.full_name(code) == ""


def test_full_name_leaves_out_what_is_not_printed() -> None:
    assert divisions.full_name("450103") == "广西壮族自治区南宁市青秀区"
    assert divisions.full_name("110105") == "北京市朝阳区"


@pytest.mark.parametrize(
    ("text", "code", "printed", "method"),
    [
        ("广西横县横州镇", "450181", "450127", "historic"),
        ("广西壮族自治区南宁市横州市横州镇", "450181", "450181", "current"),
        ("南宁市青秀区民族大道", "450103", "450103", "current"),
        ("隆林各族自治县新州镇", "451031", "451031", "current"),
        ("广西隆林县德峨镇", "451031", "451031", "alias"),
        ("广西壮族自治区桂林市荔浦县", "450381", "450331", "historic"),
        ("广西南宁青秀区", "450103", "450103", "current"),
        ("广东省广州市天河区天河路", "440106", "440106", "current"),
        ("湖南省长沙市岳麓区", "430104", "430104", "current"),
        ("北京市朝阳区", "110105", "110105", "current"),
        ("广西武鸣城厢镇", "450110", "450110", "alias"),
        ("武鸣县城厢镇", "450110", "450122", "historic"),
        ("广西河池地区宜山县", "451203", "452722", "historic"),
        ("四川省江津县", "500116", "510225", "historic"),
        ("广东省东莞市长安镇", "441900", "441900", "current"),
        ("湖北省仙桃市", "429004", "429004", "current"),
        ("广 西 横 县", "450181", "450127", "historic"),
        ("广西贵县桥圩镇", None, "452522", "historic"),
        ("广西南宁市江南大道5号", None, None, "none"),
        ("朝阳区建国路", None, None, "none"),
        ("", None, None, "none"),
        ("😀²", None, None, "none"),
    ],
)
def test_parse_address_finds_the_county_or_says_it_is_not_certain(
    text: str, code: str | None, printed: str | None, method: str
) -> None:
    address = parse_address(text)
    assert (address.code_current, address.code_as_printed, address.method) == (
        code,
        printed,
        method,
    )


def test_parse_address_parts_town_and_rest() -> None:
    address = parse_address("广西马山县古零镇陇茗村崖底屯117号")
    assert address.town == "古零镇"
    assert address.rest == "古零镇陇茗村崖底屯117号"
    assert address.province is not None and address.province.name == "广西壮族自治区"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("广西南宁市青秃区民族大道", "青秀区"),
        ("广西罗城仫佬自治县东门镇", "罗城仫佬族自治县"),
        ("广西南宇市青秀区民族大道", "青秀区"),
        ("广西壮族自治区河地市宜州区庆远镇", "宜州区"),
        ("广西構县横州镇", None),  # 横县, 藤县, 容县 are all as near
        ("广西南宁市民族大道", None),
    ],
)
def test_parse_address_offers_a_county_that_is_one_character_off(
    text: str, near: str | None
) -> None:
    address = parse_address(text)
    assert address.code_current is None
    assert (address.near.name if address.near else None) == near


def test_every_current_county_is_found_when_printed_in_full() -> None:
    wrong = [
        d.code
        for d in divisions.every()
        if d.is_current
        and d.level == "county"
        and d.name not in divisions.NOT_NAMED_ON_PAPERS
        and parse_address(divisions.full_name(d.code)).code_current != d.code
    ]
    assert wrong == []


@given(st.text(alphabet="广西壮族自治区南宁市青秀横县0123江南大道镇村号 a😀", max_size=25))
def test_parse_address_raises_nothing_when_given_junk(text: str) -> None:
    address = parse_address(text)
    assert address.code_current is None or divisions.existed(address.code_current)


def test_a_province_with_one_character_misread_is_read_all_the_same() -> None:
    found = parse_address("广西壮族自冶区南宁市青秀区民族大道")
    assert found.code_current == "450103"
    assert found.near is not None
    assert found.near.name == "广西壮族自治区"
    assert parse_address("广西壮族自治区南宁市青秀区民族大道").near is None


@pytest.mark.parametrize(
    ("text", "town", "near"),
    [
        ("广西马山县古零镇陇茗村", "古零镇", None),
        ("广西马山县古霓镇陇茗村", "古霓镇", "古零镇"),
        ("广西马山县古零填陇茗村", None, "古零镇"),
        ("广西三江侗族自治县同乐苗族乡同乐村", "同乐苗族乡", None),
        ("广西马山县新镇某村", "新镇", None),
        ("广东省广州市天河区石牌街道", "石牌街道", None),
    ],
)
def test_parse_address_offers_a_township_that_is_one_character_off(
    text: str, town: str | None, near: str | None
) -> None:
    address = parse_address(text)
    assert (address.town, address.near_town) == (town, near)
