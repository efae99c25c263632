"""Which characters of a place's name no other name could have."""

from __future__ import annotations

import pytest

from pipeline.reference.place_names import covering, standing_in


def borne_out(text: str) -> set[int]:
    """Positions of the characters of which a name is certain."""
    return {at for name in standing_in(text) for at in name.certain}


def shown(text: str) -> str:
    """The text, ``_`` for what nothing bears out."""
    found = borne_out(text)
    return "".join(char if at in found else "_" for at, char in enumerate(text))


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("罗城仫佬族自治县", "罗城仫佬族自治县"),
        ("富川瑶族自治县公安局", "富川瑶族自治县___"),
        ("由广西恭城瑶族自治县迁来", "___恭城瑶族自治县__"),
        ("上林县", "__县"),  # 上杭县, 玉林县; 上林区 is none
        ("广西省城路", "_____"),
        ("罗城仡佬族自治县", "________"),  # no such county
        ("覃翟旭", "___"),
        ("", ""),
    ],
)
def test_a_character_is_borne_out_where_no_other_makes_a_name(text: str, certain: str) -> None:
    assert shown(text) == certain


def test_within_a_province_its_own_names_are_rivals_alone() -> None:
    assert len(borne_out("广西马山县")) > len(borne_out("马山县"))


def test_a_township_has_those_of_its_county_as_rivals() -> None:
    assert shown("广西马山县古零镇")[-3:] == "古零镇"
    assert shown("广西上林县古零镇")[-3:] == "___"  # of another county


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("长岭瑶族乡大均村", "瑶族乡"),
        ("长岭瑤族乡大均村", ""),
        ("岭合屯30号", "屯号"),
        ("岭合电30号", "号"),
        ("岭合屯第三组", ""),
        ("凤旺街道桥荣社区", "街道社区"),
        ("福寿路122号之二", "路号二"),
        ("福寿路122号之口", "路号"),
        ("8栋3单元703号", "栋单元号"),
        ("广西", "广西"),
        ("良塱村下垌屯", "下垌"),
        ("良塱村下铜屯", ""),
    ],
)
def test_words_of_addresses_stand_where_they_belong(text: str, word: str) -> None:
    assert "".join(c for at, c in enumerate(text) if covering(text, at)) == word
