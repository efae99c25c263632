"""What a value of a field looks like."""

from __future__ import annotations

import pytest

from extractors.labelled.grammar import HALF_TOWN, MISFIT, UNPLACED, read_value
from pipeline.evidence.evidence import Value


@pytest.mark.parametrize(
    ("text", "value", "doubted"),
    [("英国", "英国", False), ("英國", "英国", True), ("英围", "英围", True)],
)
def test_nationality_is_a_country_by_its_chinese_name(text: str, value: str, doubted: bool) -> None:
    read = read_value("nationality", text)
    assert (read.value, bool(read.doubts)) == (value, doubted)


@pytest.mark.parametrize("text", ["女/F", "女ノF", "F女", "Female/女", "女"])
def test_sex_is_told_with_its_translation_behind_a_stroke(text: str) -> None:
    assert (read_value("sex", text).value, read_value("sex", text).doubts) == ("女", ())


@pytest.mark.parametrize("text", ["男/N", "男/℉)", "男（M）"])
def test_sex_is_the_word_though_its_letter_was_misread(text: str) -> None:
    assert read_value("sex", text) == Value("男", (), True)


@pytest.mark.parametrize("text", ["男/F", "F男", "女M"])
def test_sex_is_doubted_where_word_and_letter_differ(text: str) -> None:
    assert read_value("sex", text).doubts == (MISFIT,)


@pytest.mark.parametrize(
    "text", ["公安局", "公安局雅墟派出所", "华人民共和国出入境管理局", "派出所", "残疾人联合会"]
)
def test_an_office_that_lost_its_beginning_is_doubted(text: str) -> None:
    assert read_value("issuing_authority", text).doubts


@pytest.mark.parametrize(
    "text",
    [
        "公安部出入境管理局",
        "中华人民共和国出入境管理局",
        "国家移民管理局",
        "藤县公安局",
        "藤县残疾人联合会",
    ],
)
def test_a_whole_office_is_not(text: str) -> None:
    assert read_value("issuing_authority", text).doubts == ()


def test_an_office_of_a_county_that_there_is_not_is_doubted() -> None:
    assert read_value("issuing_authority", "韩县公安局").doubts == (UNPLACED,)


@pytest.mark.parametrize("field", ["address", "issuing_authority"])
def test_a_town_of_one_character_has_lost_another(field: str) -> None:
    behind = "三村5号" if field == "address" else "派出所"
    assert read_value(field, f"乐业县樟镇{behind}").doubts == (HALF_TOWN,)
    assert read_value(field, f"乐业县下樟镇{behind}").doubts == ()
    assert read_value(field, f"靖西市南乡镇{behind}").doubts == ()


@pytest.mark.parametrize(
    ("text", "fits"),
    [("H91271211", True), ("912712115", True), ("H91", False), ("H912712115", False)],
)
def test_a_social_security_card_s_number_has_nine_characters(text: str, fits: bool) -> None:
    assert read_value("card_number", text) == Value(text, () if fits else (MISFIT,))
