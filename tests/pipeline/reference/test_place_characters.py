"""Which of two everyday characters a place is hardly named with."""

from __future__ import annotations

import pytest

from pipeline.evidence.evidence import RARE_WEIGHT
from pipeline.reference.place_characters import AWAY, LEAST, is_unusual, share_left


def test_it_is_a_twentieth_at_the_least() -> None:
    assert LEAST == 0.05


def test_little_is_left_of_what_no_place_is_named_with() -> None:
    assert share_left("哈", "岭", "岭哈") == LEAST
    assert share_left("饮", "钦", "钦饮") == pytest.approx(0.5 / 5.5)


def test_all_is_left_of_the_one_that_was_read_and_of_what_more_are_named_with() -> None:
    assert share_left("岭", "岭", "岭哈") == 1.0
    assert share_left("岭", "哈", "岭哈") == 1.0


def test_by_how_many_more_names_have_it() -> None:
    """悟 and 饮 stand in none, 梧 in four, 钦 in five."""
    assert share_left("悟", "梧", "梧悟") == pytest.approx(0.5 / 4.5)
    assert share_left("饮", "梧", "梧饮") > share_left("饮", "钦", "钦饮")


@pytest.mark.parametrize(("rare", "read"), [("峝", "岗"), ("崬", "东"), ("凤", "风")])
def test_all_is_left_of_a_rare_one_that_a_common_one_may_be_read_for(rare: str, read: str) -> None:
    assert share_left(rare, read, read + rare) == 1.0


def test_a_rare_one_that_no_list_has_counts_no_more_than_the_engine_says() -> None:
    """A rare character weighs 6.7 times what it scored: 𫶇 beside 岭 once, 岜 beside 巴 in full."""
    assert pytest.approx(1.0, abs=0.01) == AWAY * RARE_WEIGHT
    assert share_left("𫶇", "岭", "岭𫶇") == AWAY
    assert share_left("岜", "巴", "巴岜") == 1.0


def test_beside_what_no_place_is_named_with_a_rare_one_counts_in_full() -> None:
    assert share_left("𫶇", "哈", "哈𫶇") == 1.0
    assert share_left("𫶇", "𫶇", "岭𫶇") == 1.0


def test_little_is_left_of_what_is_only_read_for_a_rare_one() -> None:
    assert share_left("视", "视", "视枧") == LEAST
    assert share_left("视", "视", "视规") == 1.0
    assert share_left("望", "望", "望塱") == 1.0


@pytest.mark.parametrize("char", "筭昪茛")
def test_no_place_is_named_with_a_rare_character_that_no_list_has(char: str) -> None:
    assert is_unusual(char)


@pytest.mark.parametrize("char", ["岭", "哈", "岜", "㟖", "塍", "坌", "杈", "1"])
def test_common_ones_listed_ones_and_those_of_towns_are_not_unusual(char: str) -> None:
    assert not is_unusual(char)
