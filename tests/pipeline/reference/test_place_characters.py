"""Which of two everyday characters a place is hardly named with."""

from __future__ import annotations

import pytest

from pipeline.evidence.evidence import RARE_WEIGHT
from pipeline.reference.place_characters import AWAY, LEAST, MOST, is_unusual, weight


def test_it_is_a_twentieth_at_the_least_and_five_at_the_most() -> None:
    assert (LEAST, MOST) == (0.05, 5.0)


def test_little_is_left_of_what_no_place_is_named_with() -> None:
    assert weight("哈", "岭", "岭哈") == LEAST
    assert weight("饮", "钦", "钦饮") == pytest.approx(0.5 / 5.5)


def test_what_was_read_counts_once_and_what_more_are_named_with_more() -> None:
    assert weight("岭", "岭", "岭哈") == 1.0
    assert weight("岭", "哈", "岭哈") == MOST
    assert weight("钦", "梧", "梧钦") == pytest.approx(5.5 / 4.5)


def test_beside_a_rare_one_that_was_read_no_choice_counts_more() -> None:
    assert weight("峰", "嶂", "嶂峰") == 1.0
    assert weight("源", "渌", "渌源") == 1.0


def test_words_that_say_what_kind_of_place_it_is_are_none_of_its_name() -> None:
    """自 stands in 自良镇 alone, 白 in twenty names, 治 and 族 in none."""
    assert weight("白", "自", "自白") == MOST
    assert weight("自", "白", "自白") == pytest.approx(1.5 / 20.5)
    assert weight("治", "洽", "治洽") == 1.0


def test_by_how_many_more_names_have_it() -> None:
    """悟 and 饮 stand in none, 梧 in four, 钦 in five."""
    assert weight("悟", "梧", "梧悟") == pytest.approx(0.5 / 4.5)
    assert weight("饮", "梧", "梧饮") > weight("饮", "钦", "钦饮")


@pytest.mark.parametrize(("rare", "read"), [("峝", "岗"), ("崬", "东"), ("凤", "风")])
def test_all_is_left_of_a_rare_one_that_a_common_one_may_be_read_for(rare: str, read: str) -> None:
    assert weight(rare, read, read + rare) == 1.0


def test_a_rare_one_that_no_list_has_counts_no_more_than_the_engine_says() -> None:
    """A rare character weighs 6.7 times what it scored: 𫶇 beside 岭 once, 岜 beside 巴 in full."""
    assert pytest.approx(1.0, abs=0.01) == AWAY * RARE_WEIGHT
    assert weight("𫶇", "岭", "岭𫶇") == AWAY
    assert weight("岜", "巴", "巴岜") == 1.0


def test_beside_what_no_place_is_named_with_a_rare_one_counts_in_full() -> None:
    assert weight("𫶇", "哈", "哈𫶇") == 1.0
    assert weight("𫶇", "𫶇", "岭𫶇") == 1.0


def test_little_is_left_of_what_is_only_read_for_a_rare_one() -> None:
    assert weight("视", "视", "视枧") == LEAST
    assert weight("视", "视", "视规") == 1.0
    assert weight("望", "望", "望塱") == 1.0


@pytest.mark.parametrize("char", "筭昪茛")
def test_no_place_is_named_with_a_rare_character_that_no_list_has(char: str) -> None:
    assert is_unusual(char)


@pytest.mark.parametrize("char", ["岭", "哈", "岜", "㟖", "塍", "坌", "杈", "1"])
def test_common_ones_listed_ones_and_those_of_towns_are_not_unusual(char: str) -> None:
    assert not is_unusual(char)
