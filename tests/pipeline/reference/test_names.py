"""Personal names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reference import names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张  三", "张三"),
        ("张　三", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("CHAN  TAI MAN", "CHAN TAI MAN"),
        ("𬴂", "𬴂"),
        ("\uf91d", "\uf91d"),  # a compatibility ideograph stays what it is
        ("0\r·", "0"),
        ("", ""),
    ],
)
def test_normalise_keeps_characters_and_unifies_separators(text: str, name: str) -> None:
    assert names.normalise(text) == name


@given(st.text(max_size=20))
def test_normalise_changes_nothing_when_done_twice(text: str) -> None:
    assert names.normalise(names.normalise(text)) == names.normalise(text)


@pytest.mark.parametrize("char", ["〇", "一", "㐀", "𠀀", "𪜀", "𬴂", "𰻝", "𱍐"])
def test_is_han_takes_all_ideographs_of_gb18030(char: str) -> None:
    assert names.is_han(char)


@pytest.mark.parametrize("char", ["a", "1", "·", "、", "ー", "😀", "", "张三", "\ue000"])
def test_is_han_refuses_what_is_none(char: str) -> None:
    assert not names.is_han(char)


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("张三", "张 三", "same"),
        ("阿依·古丽", "阿依•古丽", "same"),
        ("Chan Tai Man", "CHAN TAI MAN", "same"),
        ("吕伟", "呂偉", "variant"),
        ("韦岜", "韦芭", "near"),
        ("黄咘平", "黄平", "near"),
        ("张三", "李四", "different"),
        ("张三", "张", "different"),
        ("张三", "", "different"),
        ("黄小明", "黄大勇", "different"),
    ],
)
def test_compare_tells_how_alike_two_names_are(a: str, b: str, likeness: str) -> None:
    assert names.compare(a, b) == likeness
    assert names.compare(b, a) == likeness


@pytest.mark.parametrize(
    ("name", "plausible"),
    [
        ("张三", True),
        ("欧阳娜娜", True),
        ("阿卜杜拉·买买提", True),
        ("张", False),
        ("张3", False),
        ("姓名张三三", False),
        ("", False),
        ("·张三", False),
    ],
)
def test_is_plausible_when_it_looks_like_a_name(name: str, plausible: bool) -> None:
    assert names.is_plausible(name) is plausible
