"""How engine and picture together weigh the choices for one character, in figures."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Any

import numpy as np
import pytest

from pipeline.evidence.evidence import chances
from pipeline.model import Char
from pipeline.ocr import glyphs
from pipeline.ocr.glyph_features import GlyphBook
from pipeline.ocr.glyphs import BY_PICTURE, weigh

SEEN: Any = np.ones((1, 1), np.float32)


class Book(GlyphBook):
    """Reference fonts of which the likeness to what was seen is given; all else they lack."""

    def __init__(self, alike: Mapping[str, float]) -> None:
        super().__init__([])
        self.alike = alike
        self.asked: list[str] = []

    def _vectors(self, char: str) -> Any:
        self.asked.append(char)
        return np.array([[self.alike[char]]]) if char in self.alike else None


def char(text: str, score: float, **others: float) -> Char:
    return Char(text, score, 0.0, 0.1, tuple(others.items()))


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """No character hides a rare one, none is like another, none is seldom meant."""
    tables(monkeypatch)


def tables(
    monkeypatch: pytest.MonkeyPatch,
    *,
    hidden: str = "",
    alike: str = "",
    seldom: bool = False,
    names: str = "",
) -> None:
    monkeypatch.setattr(glyphs, "hidden_behind", lambda _: hidden)
    monkeypatch.setattr(glyphs, "behind_in_names", lambda _: names)
    monkeypatch.setattr(glyphs, "rare_look_alikes", lambda _: alike)
    monkeypatch.setattr(glyphs, "is_seldom_itself", lambda _: seldom)


def share(score: float, rival: float, ahead: float, lacks: float) -> float:
    """The chance of a choice with this score against a rival, ``ahead`` by so much likeness."""
    odds = exp(0.79 * (log(score) - log(rival)) + 11.6 * ahead / lacks)
    return odds / (1 + odds)


def test_score_and_likeness_are_weighed_as_they_were_fitted() -> None:
    told = weigh(char("甲", 0.3, 乙=0.6), SEEN, Book({"甲": 0.9, "乙": 0.86}))
    assert (told.text, told.compared) == ("甲", True)
    assert told.score == pytest.approx(share(0.3, 0.6, 0.04, 0.1), abs=1e-6)
    assert dict(told.alternatives)["乙"] == pytest.approx(1 - told.score)


def test_print_that_is_wholly_alike_counts_no_more_than_nearly_so() -> None:
    told = weigh(char("甲", 0.3, 乙=0.6), SEEN, Book({"甲": 0.999, "乙": 0.98}))
    assert told.score == pytest.approx(share(0.3, 0.6, 0.019, 0.05), abs=1e-6)


def test_what_the_picture_does_not_decide_stays_as_it_was_read() -> None:
    read = char("甲", 0.3, 乙=0.6)
    assert share(0.3, 0.6, 0.02, 0.1) < 0.95
    assert weigh(read, SEEN, Book({"甲": 0.9, "乙": 0.88})) is read


def test_what_is_no_character_keeps_its_share() -> None:
    told = weigh(char("甲", 0.5, 乙=0.2, **{"": 0.1, "1": 0.2}), SEEN, Book({"甲": 0.9, "乙": 0.5}))
    chances = dict(told.alternatives)
    assert (chances[""], chances["1"]) == (0.1, 0.2)
    assert told.score == pytest.approx(0.7)


@pytest.mark.parametrize("alike", [{"乙": 0.9, "丙": 0.1}, {"甲": 0.9}, {}])
def test_what_the_fonts_lack_is_not_weighed(alike: Mapping[str, float]) -> None:
    read = char("甲", 0.5, 乙=0.3, 丙=0.1)
    assert weigh(read, SEEN, Book(alike)) is read


def test_a_picture_that_speaks_against_the_engine_for_a_common_character_is_not_sure() -> None:
    """启 as other regions print it, without its dot, looks like 后 of the reference fonts."""
    told = weigh(char("启", 0.859, 后=0.14), SEEN, Book({"启": 0.7, "后": 0.95}))
    assert (told.text, told.score) == ("后", BY_PICTURE)
    rare = weigh(char("君", 0.859, 珺=0.14), SEEN, Book({"君": 0.7, "珺": 0.95}))
    assert rare.text == "珺" and rare.score > 0.95


def test_two_choices_are_enough() -> None:
    assert weigh(char("甲", 0.5, 乙=0.3), SEEN, Book({"甲": 0.9, "乙": 0.1})).compared


@pytest.mark.parametrize(
    ("score", "seldom", "known_of"),
    [(0.9, True, 0.05), (0.9, False, 0.01), (0.996, True, 0.01)],
)
def test_a_hidden_character_is_a_choice(
    monkeypatch: pytest.MonkeyPatch, score: float, seldom: bool, known_of: float
) -> None:
    tables(monkeypatch, hidden="稀", seldom=seldom)
    told = weigh(char("甲", score), SEEN, Book({"甲": 0.8, "稀": 0.9}))
    assert told.text == "稀"
    assert told.score == pytest.approx(share(known_of, score, 0.1, 0.1), abs=1e-6)


def test_a_hidden_character_that_the_engine_thinks_likelier_keeps_its_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables(monkeypatch, hidden="稀")
    told = weigh(char("甲", 0.5, 稀=0.4), SEEN, Book({"甲": 0.86, "稀": 0.9}))
    assert told.score == pytest.approx(share(0.4, 0.5, 0.04, 0.1), abs=1e-6)


@pytest.mark.parametrize(("ahead", "taken"), [(0.0495, False), (0.0525, True)])
def test_a_look_alike_that_nothing_names_must_be_four_times_as_likely(
    monkeypatch: pytest.MonkeyPatch, ahead: float, taken: bool
) -> None:
    """Its score is 0.0025; here whatever is likeliest is decided."""
    tables(monkeypatch, alike="稀")
    monkeypatch.setattr(glyphs, "DECIDED", 0.0)
    odds = exp(0.79 * (log(0.0025) - log(0.9)) + 11.6 * ahead / 0.1)
    assert (odds > 4.0) is taken
    assert 4.0 / 1.5 < odds < 4.0 * 1.5
    told = weigh(char("甲", 0.9), SEEN, Book({"甲": 0.9 - ahead, "稀": 0.9}))
    assert (told.text == "稀") is taken


def test_twelve_choices_are_compared() -> None:
    """The engine's alternatives before the one that was read."""
    others = "乙丙丁戊己庚辛壬癸子丑寅"
    book = Book(dict.fromkeys("甲" + others, 0.5) | {"甲": 0.9})
    weigh(char("甲", 0.5, **dict.fromkeys(others, 0.01)), SEEN, book)
    assert book.asked == list(others)[:12]


def test_ten_alternatives_are_kept_and_faint_ones_only_where_the_engine_named_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables(monkeypatch, alike="稀")
    others = {"乙": 0.0005, "丙": 0.0004}
    book = Book({"甲": 0.9, "乙": 0.3, "丙": 0.3, "稀": 0.3})
    told = weigh(char("甲", 0.9, **others), SEEN, book)
    assert [text for text, _ in told.alternatives] == ["乙", "丙"]
    many = {f"{i}": 0.01 for i in range(12)}
    told = weigh(char("甲", 0.5, 乙=0.1, **many), SEEN, Book({"甲": 0.9, "乙": 0.3}))
    assert len(told.alternatives) == 10


@pytest.mark.parametrize(
    ("read", "text", "ahead", "is_sure"),
    [
        ("蛇", "𬶍", 0.125, True),
        ("蛇", "𬶍", 0.09, False),
        ("蛇", "峎", 0.125, False),
        ("蛇", "鲜", 0.125, False),
        ("真", "眞", 0.125, False),
    ],
    ids=["of names", "not wholly", "of places", "common", "both of names"],
)
def test_a_rare_character_of_names_is_sure_where_its_picture_leaves_no_doubt(
    monkeypatch: pytest.MonkeyPatch, read: str, text: str, ahead: float, is_sure: bool
) -> None:
    tables(monkeypatch, alike=text)
    told = weigh(char(read, 0.9), SEEN, Book({read: 0.9 - ahead, text: 0.9}))
    assert glyphs.SHOWN == 0.999
    assert (share(0.0025, 0.9, ahead, 0.1) >= 0.999) is (ahead == 0.125)
    assert told.text == text
    assert (told.score > BY_PICTURE) is is_sure


@pytest.mark.parametrize("nothing", [0.0, 0.1, 0.25])
def test_what_the_picture_alone_tells_is_not_sure_where_nothing_may_stand(
    monkeypatch: pytest.MonkeyPatch, nothing: float
) -> None:
    tables(monkeypatch, alike="稀")
    told = weigh(char("甲", 0.5, **{"": nothing}), SEEN, Book({"甲": 0.5, "稀": 0.95}))
    assert told.text == "稀"
    assert chances(told)["稀"] <= BY_PICTURE


@pytest.mark.parametrize(("ahead", "is_left"), [(0.0124, False), (0.0128, True)])
def test_a_rare_one_of_names_that_is_left_a_tenth_makes_what_was_read_less_sure(
    monkeypatch: pytest.MonkeyPatch, ahead: float, is_left: bool
) -> None:
    """顾 with a score of 0.999 where the picture is as like 颀."""
    assert glyphs.LEFT == 0.1
    assert (share(0.01, 0.999, ahead, 0.1) >= 0.1) is is_left
    tables(monkeypatch, names="稀")
    told = weigh(char("甲", 0.999), SEEN, Book({"甲": 0.9 - ahead, "稀": 0.9}))
    assert (told.text, told.score) == ("甲", BY_PICTURE if is_left else 0.999)


def test_what_was_read_poorly_stays_as_poor_beside_a_rare_one_of_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables(monkeypatch, names="稀")
    assert weigh(char("甲", 0.6), SEEN, Book({"甲": 0.88, "稀": 0.9})).score == 0.6


def test_a_rare_one_of_names_that_the_picture_tells_for_is_taken_with_a_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables(monkeypatch, names="颀")
    book = Book({"顾": 0.7, "颀": 0.95})
    told = weigh(char("顾", 0.999), SEEN, book)
    assert (told.text, told.score) == ("颀", BY_PICTURE)
    assert weigh(char("顾", 0.9, 颀=0.05), SEEN, book).score > 0.95


def test_a_rare_one_of_names_that_its_picture_rules_out_leaves_no_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables(monkeypatch, names="稀")
    told = weigh(char("甲", 0.97), SEEN, Book({"甲": 0.9, "稀": 0.8}))
    assert (told.text, told.compared) == ("甲", True)
    assert told.score > 0.99


@pytest.mark.parametrize(("like", "text"), [(0.95, "丙"), (0.7, "乙")])
def test_what_is_taken_instead_is_held_against_its_own_look_alikes(
    monkeypatch: pytest.MonkeyPatch, like: float, text: str
) -> None:
    """𬴂 read 驿, with 骅 among the choices, which looks more like it."""
    monkeypatch.setattr(glyphs, "rare_look_alikes", lambda c: "丙" if c == "乙" else "")
    told = weigh(char("甲", 0.4, 乙=0.3), SEEN, Book({"甲": 0.6, "乙": 0.85, "丙": like}))
    assert told.text == text
    kept = weigh(char("乙", 0.4, 甲=0.3), SEEN, Book({"甲": 0.85, "乙": 0.6, "丙": 0.2}))
    assert kept.text == "甲"
    near = weigh(char("甲", 0.4, 乙=0.3), SEEN, Book({"甲": 0.6, "乙": 0.85, "丙": 0.9}))
    assert (near.text, near.compared) == ("甲", False)
