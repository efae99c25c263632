"""When one look at a value settles what another read otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.evidence.two_looks import settles
from pipeline.model import Char


def look(*chars: tuple[str, float, dict[str, float]], compared: bool = False) -> list[Char]:
    return [
        Char(text, score, i / 9, (i + 1) / 9, tuple(others.items()), compared=compared)
        for i, (text, score, others) in enumerate(chars)
    ]


SURNAME: tuple[str, float, dict[str, float]] = ("覃", 1.0, {})
CHOSEN = look(SURNAME, ("嬿", 0.997, {"嫌": 0.002}), compared=True)
WAVERING = look(SURNAME, ("嫌", 0.695, {"嬿": 0.23}))


def test_a_look_that_wavered_is_settled_by_the_picture() -> None:
    assert settles(CHOSEN, WAVERING)


def test_scores_alone_settle_nothing() -> None:
    assert not settles([replace(char, compared=False) for char in CHOSEN], WAVERING)


def test_a_look_that_never_thought_of_it_is_not_settled() -> None:
    assert not settles(CHOSEN, look(SURNAME, ("嫌", 0.695, {"妇": 0.23})))


def test_a_look_that_was_lost_is_settled_where_the_picture_leaves_no_doubt() -> None:
    lost = look(SURNAME, ("驶", 0.48, {"張": 0.37, "骏": 0.05}))
    whole = {"骏": 1e-6, "驶": 1e-6}
    assert settles(look(SURNAME, ("骎", 0.99999, whole), compared=True), lost)
    assert not settles(look(SURNAME, ("骎", 0.99, {"驶": 0.01}), compared=True), lost)


def test_a_look_that_was_sure_is_not_settled() -> None:
    assert not settles(CHOSEN, look(SURNAME, ("嫌", 0.98, {"嬿": 0.01}), compared=True))


def test_a_picture_that_hardly_tells_settles_nothing() -> None:
    """The development papers' one wrong character: 邕 read for 岜."""
    chosen = look(("邕", 0.987, {"岂": 0.01, "岜": 0.001}), compared=True)
    assert not settles(chosen, look(("岂", 0.697, {"岜": 0.18, "邑": 0.06, "邕": 0.05})))


def test_every_character_counts() -> None:
    wavering = [*WAVERING[:1], *look(("嫌", 0.695, {"嬿": 0.23}), ("文", 0.9, {}))]
    chosen = [*CHOSEN, *look(("又", 0.99, {}))]
    assert not settles(chosen, wavering)


@pytest.mark.parametrize(
    ("chosen", "other", "settled"),
    [("黄", "黃", True), ("黃", "黄", False), ("黄", "董", False)],
)
def test_the_traditional_form_is_an_engine_s_habit(chosen: str, other: str, settled: bool) -> None:
    assert settles(look((chosen, 0.96, {})), look((other, 0.6, {}))) is settled


def test_looks_of_another_length_settle_nothing() -> None:
    assert not settles(CHOSEN, CHOSEN[:1])
    assert not settles(CHOSEN[:1], CHOSEN)


@pytest.mark.parametrize(("chance", "settled"), [(0.978, False), (0.982, True), (0.999, True)])
def test_what_the_picture_left_open_speaks_for_the_other_look(chance: float, settled: bool) -> None:
    """The other look wavered evenly, and the chosen one does not name its character at all."""
    chosen = look(("嬿", chance, {}), compared=True)
    other = look(("嫌", 0.45, {"嬿": 0.45}), compared=True)
    assert settles(chosen, other) is settled


def plain(text: str) -> list[Char]:
    return look(*((char, 0.9, {}) for char in text))


def test_a_name_that_one_character_alone_makes_is_settled() -> None:
    assert settles(plain("广西罗城仫佬族自治县"), plain("广西罗城仫姥族自治县"))


def test_what_makes_no_name_settles_nothing() -> None:
    assert not settles(plain("广西罗城仫姥族自治县"), plain("广西罗城仫佬族自治县"))


@pytest.mark.parametrize("other", ["上杭县", "上木县"])
def test_a_name_beside_another_one_settles_nothing(other: str) -> None:
    """上林县 and 上杭县 are both counties: 林 is not what alone makes a name."""
    assert not settles(plain("上林县"), plain(other))


def test_a_character_behind_the_name_is_not_settled_by_it() -> None:
    assert not settles(plain("广西罗城仫佬族自治县东"), plain("广西罗城仫佬族自治县车"))


@pytest.mark.parametrize(("score", "settled"), [(0.98, True), (0.979, False)])
def test_a_picture_settles_from_98_in_100(score: float, settled: bool) -> None:
    """The other look halves its chance: what is left is the picture's."""
    chosen = look(SURNAME, ("嬿", score, {"嫌": 1 - score}), compared=True)
    other = look(SURNAME, ("嫌", 0.5, {"嬿": 0.5}), compared=True)
    assert settles(chosen, other) is settled
