"""How likely the choices for a character are, by what they make where it stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.evidence.evidence import in_place
from tests.lines import line

Choices = Sequence[tuple[str, float]]


def weighed(text: str, char: str, score: float, others: Choices) -> dict[str, float]:
    """The chances of the choices for a character of the text."""
    own = line(text, scores={char: score}, alternatives={char: others})
    return next(likely for read, likely in in_place(own.chars) if read.text == char)


def test_what_makes_a_word_is_ten_times_likelier_than_what_makes_none() -> None:
    found = weighed("下旺屯21号", "屯", 0.8, [("电", 0.2)])
    assert found["屯"] == pytest.approx(0.8 / 0.82)
    assert found["电"] == pytest.approx(0.02 / 0.82)


def test_what_was_not_named_hardly_makes_a_word() -> None:
    found = weighed("下旺屯21号", "屯", 0.7, [("电", 0.2)])
    assert found["屯"] == pytest.approx(0.7 / (0.7 + 0.02 + 0.01))


def test_another_word_is_a_rival() -> None:
    found = weighed("下旺屯21号", "屯", 0.8, [("村", 0.2)])
    assert found == pytest.approx({"屯": 0.8, "村": 0.2})


def test_what_makes_no_word_gives_way_to_what_does() -> None:
    found = weighed("下旺电21号", "电", 0.9, [("屯", 0.09)])
    assert found["电"] == pytest.approx(0.09 / (0.09 + 0.09 + 0.01))


def test_where_nothing_makes_a_word_nothing_is_weighed() -> None:
    assert weighed("下旺屯21号", "旺", 0.7, [("汪", 0.2)]) == {"旺": 0.7, "汪": 0.2}


def test_a_choice_stands_where_the_character_does() -> None:
    """Of 上屯下屯21号 only the last is before the number."""
    own = line("上电下屯21号", scores={"电": 0.6}, alternatives={"电": (("屯", 0.4),)})
    found = dict((read.text, likely) for read, likely in in_place(own.chars))
    assert found["电"] == {"电": 0.6, "屯": 0.4}


@pytest.mark.parametrize(("text", "nothing"), [("旺岭屯", 0.0), ("旺岭", 0.1), ("岭旺", 0.1)])
def test_between_others_something_stands(text: str, nothing: float) -> None:
    """The engine's nothing is a rival at either end only: there it may be a speck."""
    found = weighed(text, "岭", 0.8, [("", 0.1), ("哈", 0.1)])
    assert found["岭"] == pytest.approx(0.8 / (0.9 + nothing))
    assert found.get("", 0.0) == pytest.approx(nothing)


def test_a_choice_of_several_characters_or_none_makes_no_word() -> None:
    found = weighed("下旺屯21号", "屯", 0.8, [("", 0.1), ("屯里", 0.1)])
    assert found["屯"] == pytest.approx(0.8 / 0.81)


def test_what_a_name_alone_has_is_nearly_certain() -> None:
    found = weighed("广西罗城仫佬族自治县", "佬", 0.4, [("姥", 0.3)])
    assert found["佬"] >= 1 - 0.1 * 0.6
    unlikely = weighed("广西罗城仫佬族自治县", "佬", 0.25, [("姥", 0.3)])
    assert unlikely["佬"] == pytest.approx(0.25 / (0.25 + 0.03 + 0.045))


def test_spaces_are_no_part_of_a_word() -> None:
    own = line("下旺屯21号", scores={"屯": 0.8}, alternatives={"屯": (("电", 0.2),)})
    assert len(list(in_place(own.chars))) == len("下旺屯21号")


def test_what_no_place_is_named_with_is_hardly_meant() -> None:
    found = weighed("广西龙州县岭坪乡5号", "岭", 0.8, [("哈", 0.15)])
    assert found["岭"] == pytest.approx(0.8 / (0.8 + 0.0075 + 0.05))


@pytest.mark.parametrize("text", ["龙江县岭坪乡5号", "岭坪乡5号"])
def test_that_is_told_of_places_in_guangxi_only(text: str) -> None:
    assert weighed(text, "岭", 0.8, [("哈", 0.15)]) == {"岭": 0.8, "哈": 0.15}


def test_that_is_told_of_what_follows_the_region_s_name() -> None:
    assert weighed("罗岭仫佬族自治县", "岭", 0.8, [("哈", 0.15)]) == {"岭": 0.8, "哈": 0.15}
    assert weighed("广西岭坪乡5号", "岭", 0.8, [("哈", 0.15)])["岭"] > 0.9


def test_a_rare_character_stays_a_rival() -> None:
    found = weighed("广西龙州县东坪乡5号", "东", 0.8, [("岽", 0.1)])
    assert found["岽"] == pytest.approx(0.1 * 6.7 / (0.8 + 0.1 * 6.7 + 0.1), rel=0.05)
