"""When one look at a value settles what another read otherwise, and how sure equal ones are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.evidence.evidence import Evidence, Value, confidence, threshold
from pipeline.evidence.two_looks import pool, settles
from pipeline.layout.piece import pieces_of
from pipeline.model import Char, Line


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


@pytest.mark.parametrize(
    ("rare", "score", "compared", "left", "settled"),
    [
        ("蓥", 0.86, True, "琳", True),
        ("蓥", 0.86, False, "琳", False),  # by the engine alone
        ("蓥", 0.60, True, "琳", False),  # its picture leaves others
        ("莹", 0.86, True, "琳", False),  # of common ones none is dropped
        ("蓥", 0.86, True, "林", False),
        ("蓥", 0.86, True, "", False),
    ],
)
def test_a_look_that_dropped_a_rare_character_is_settled_where_its_picture_shows_it(
    rare: str, score: float, compared: bool, left: str, settled: bool
) -> None:
    shown = look((rare, score, {"": 0.135}), compared=compared)
    chosen = [*look(SURNAME), *shown, *look(("琳", 0.99, {}))]
    dropped = look(SURNAME, *((char, 0.99, {}) for char in left))
    assert settles(chosen, dropped) is settled


def test_a_rare_character_read_twice_is_not_one_that_the_other_look_dropped() -> None:
    """A permit's 林咏麟 was read 林咏麟麟 by a look that saw the end of its own strip twice."""
    twice = look(*[("麟", 0.99, {})] * 2, compared=True)
    assert not settles([*look(("咏", 0.99, {})), *twice], look(("咏", 0.99, {}), ("麟", 0.99, {})))


def test_looks_of_another_length_settle_nothing() -> None:
    assert not settles(WAVERING, WAVERING[:1])
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


def value_of(chars: list[Char]) -> Evidence:
    text = "".join(c.text for c in chars)
    own = Line(text, 0.9, ((0, 0), (90, 0), (90, 30), (0, 30)), tuple(chars))
    return Evidence(pieces_of([own]), Value(text))


def pooled(first: list[Char], *others: list[Char], field: str = "address") -> Evidence:
    evidence = value_of(first)
    pool(field, evidence, others)
    return evidence


UNSURE = look(SURNAME, ("枫", 0.8, {"讽": 0.2}))


def test_looks_that_read_the_same_are_as_sure_as_in_the_mean() -> None:
    """Logits: 1.386 for 0.8 and 3.892 for 0.98, their mean is 2.639."""
    plainer = look(SURNAME, ("枫", 0.98, {"讽": 0.01}))
    assert confidence(pooled(UNSURE, plainer)) == pytest.approx(0.9333, abs=1e-4)


def test_three_looks_count_alike() -> None:
    plainer = look(SURNAME, ("枫", 0.98, {}))
    assert confidence(pooled(UNSURE, plainer, plainer)) == pytest.approx(0.9551, abs=1e-4)


def test_a_look_that_is_less_sure_counts_as_well() -> None:
    assert confidence(pooled(UNSURE, look(SURNAME, ("枫", 0.5, {})))) == pytest.approx(
        0.6667, abs=1e-4
    )


def test_a_full_score_does_not_outweigh_everything() -> None:
    certain = look(SURNAME, ("枫", 1.0, {}))
    assert confidence(pooled(UNSURE, certain)) == pytest.approx(0.995, abs=1e-3)
    lost = look(SURNAME, ("枫", 0.0, {}))
    assert confidence(pooled(UNSURE, lost)) == pytest.approx(0.0196, abs=1e-3)


def test_what_a_text_layer_contests_no_look_makes_surer() -> None:
    first = [UNSURE[0], replace(UNSURE[1], contested=True)]
    assert pooled(first, look(SURNAME, ("枫", 0.999, {}))).chars[1] == first[1]


def test_what_was_sure_stays_as_it_was() -> None:
    sure = look(SURNAME, ("枫", 0.99, {}))
    assert not pooled(sure, UNSURE).pooled
    assert not pooled(look(SURNAME, ("枫", threshold("address"), {})), UNSURE).pooled
    assert pooled(look(SURNAME, ("枫", 0.94, {})), sure).pooled


@pytest.mark.parametrize("other", ["覃讽", "覃", "覃枫枫"])
def test_a_look_that_read_otherwise_is_no_voice(other: str) -> None:
    assert not pooled(UNSURE, plain(other)).pooled


def test_of_what_speaks_against_it_the_strongest_voice_counts() -> None:
    other = look(SURNAME, ("枫", 0.9, {"讽": 0.05, "机": 0.04}))
    char = pooled(UNSURE, other).chars[1]
    told = dict(char.alternatives)
    assert list(told) == ["讽", "机"]
    assert told["讽"] == pytest.approx(5 * told["机"])
    assert char.score + sum(told.values()) == pytest.approx(1.0)


def test_what_a_picture_told_is_no_score_to_correct() -> None:
    """The rare 嬿 of the one look is weighed as such before the looks are one."""
    told = look(SURNAME, ("嫌", 0.6, {"嬿": 0.4}), compared=True)
    own = look(SURNAME, ("嫌", 0.8, {"嬿": 0.1}))
    char = pooled(told, own).chars[1]
    assert char.compared
    assert dict(char.alternatives)["嬿"] == pytest.approx(0.1 * 6.7 / (0.8 + 0.1 * 6.7 + 0.1))
    assert not pooled(own, own).chars[1].compared


@pytest.mark.parametrize(("char", "pooled_score"), [("银", 0.8), ("嬿", 0.9333)])
def test_of_a_name_only_rare_characters_are_surer_by_more_looks(
    char: str, pooled_score: float
) -> None:
    """许景行 was read 许银行 three times, with 0.83, 0.92 and 0.999."""
    looks = [look(SURNAME, (char, score, {}), compared=True) for score in (0.8, 0.98)]
    name = pooled(*looks, field="name").chars[1]
    address = pooled(*looks).chars[1]
    assert name.score == pytest.approx(pooled_score, abs=1e-4)
    assert address.score == pytest.approx(0.9333, abs=1e-4)
