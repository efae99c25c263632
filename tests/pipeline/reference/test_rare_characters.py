"""What engines read for the rare characters of places and names, and what follows from it."""

from __future__ import annotations

import pytest

from pipeline.reference.rare_characters import (
    FULL_SHARE,
    PLAIN_SHARE,
    POOR,
    Meant,
    behind_in_names,
    find_meant,
    hidden_behind,
    is_known_of_places,
    is_listed,
    is_never_of_places,
    is_seldom_itself,
    listed,
    surname_behind,
    twin_of,
)

BELOW, ABOVE = -1e-6, 1e-6


@pytest.mark.parametrize("score", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("sure", [True, False])
def test_what_no_village_is_named_with_is_taken_for_the_rare_one(score: float, sure: bool) -> None:
    assert find_meant("邑", score, sure=sure) == Meant("岜", is_likelier=True)


@pytest.mark.parametrize(
    ("score", "meant"),
    [
        (POOR + BELOW, Meant("塍", is_likelier=True)),
        (POOR + ABOVE, Meant("塍", is_likelier=False)),
        (PLAIN_SHARE + BELOW, Meant("塍", is_likelier=False)),
        (PLAIN_SHARE, None),
        (1.0, None),
    ],
)
def test_a_rare_one_that_engines_hardly_know_is_taken_on_poor_print(
    score: float, meant: Meant | None
) -> None:
    assert find_meant("胜", score) == meant


@pytest.mark.parametrize(
    ("score", "sure", "doubted"),
    [
        (0.1, True, True),
        (PLAIN_SHARE + BELOW, True, True),
        (PLAIN_SHARE, True, False),
        (PLAIN_SHARE, False, True),  # in the name of a town that nobody knows
        (FULL_SHARE + BELOW, False, True),
        (FULL_SHARE, False, False),
    ],
)
def test_what_places_are_named_with_is_doubted_below_plain_print_and_never_replaced(
    score: float, sure: bool, doubted: bool
) -> None:
    assert find_meant("望", score, sure=sure) == (Meant("塱", False) if doubted else None)


@pytest.mark.parametrize(("char", "rare"), [("埔", "埇"), ("权", "杈"), ("冶", "冾")])
def test_what_engines_read_with_a_full_score_is_doubted_at_any(char: str, rare: str) -> None:
    assert find_meant(char, 1.0) == Meant(rare, is_likelier=False)


def test_other_characters_stand_for_none() -> None:
    assert find_meant("山", 0.1) is None
    assert (
        hidden_behind("山") == surname_behind("山") == behind_in_names("山") == twin_of("山") == ""
    )


def test_which_rare_ones_are_hidden_behind_a_common_one() -> None:
    assert (hidden_behind("洽"), hidden_behind("布"), hidden_behind("良")) == ("冾", "咘", "崀峎")
    assert hidden_behind("仇") == surname_behind("仇") == "仉"
    assert behind_in_names("丽") == "郦"
    assert hidden_behind("丽") == "", "of names alone"
    assert twin_of("峎") == "崀"


@pytest.mark.parametrize(
    ("char", "never", "seldom"),
    [("邑", True, True), ("胜", False, True), ("权", False, True), ("望", False, False)],
)
def test_what_mostly_is_the_rare_one(char: str, never: bool, seldom: bool) -> None:
    assert (is_never_of_places(char), is_seldom_itself(char)) == (never, seldom)


def test_the_lists() -> None:
    assert is_listed("岜", "places") and not is_listed("岜", "names")
    assert is_listed("嬿", "names") and not is_listed("嬿", "places")
    assert {"岜", "嬿"} <= listed() and "山" not in listed()


@pytest.mark.parametrize(
    ("char", "known"),
    [
        ("岜", True),  # of the list
        ("艮", True),  # of those that engines read well
        ("埇", True),  # hidden behind another
        ("筭", False),
    ],
)
def test_which_rare_ones_places_are_named_with(char: str, known: bool) -> None:
    assert is_known_of_places(char) is known
