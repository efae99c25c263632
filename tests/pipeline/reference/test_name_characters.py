"""Characters that names are hardly ever written with."""

from __future__ import annotations

import pytest

from pipeline.reference.name_characters import share_left, unusual


@pytest.mark.parametrize(
    ("name", "chars"),
    [
        ("韦世安", ""),
        ("禤若兰", ""),
        ("欧阳娜娜", ""),
        ("令狐𫘝", ""),
        ("令狐", "狐"),
        ("令狐驶", "驶"),
        ("秦龚超", "龚"),
        ("龚超", ""),
        ("赖频涛", "频"),
        ("的小平", "的"),
        ("达吾提·米尔扎", ""),
        ("尼古拉·伊万诺夫", ""),
        ("尼古拉·伊万错夫", "错"),
        ("CHAN TAI MAN", ""),
        ("", ""),
    ],
)
def test_unusual(name: str, chars: str) -> None:
    assert unusual(name) == chars


def test_a_foreigners_chinese_name_needs_no_surname() -> None:
    assert unusual("大卫", foreign=True) == ""
    assert unusual("大卫") == "大"


@pytest.mark.parametrize(
    ("choice", "own", "left"),
    [
        ("字", "宇", 0.1),
        ("罐", "耀", 0.1),
        ("罐", "字", 1.0),  # of two that no name has, neither
        ("宇", "字", 1.0),
        ("栗", "粟", 1.0),  # both are surnames
        ("侯", "候", 1.0),
        ("狐", "孤", 1.0),  # of a surname of two characters
        ("", "宇", 1.0),
    ],
)
def test_what_no_name_is_written_with_is_hardly_meant(choice: str, own: str, left: float) -> None:
    assert share_left(choice, own) == left
