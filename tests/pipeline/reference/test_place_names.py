"""Which characters of a place's name no other name could have."""

from __future__ import annotations

import pytest

from pipeline.reference.place_names import borne_out


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
