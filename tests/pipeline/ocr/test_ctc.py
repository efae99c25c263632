"""The decoder of the recogniser: what it keeps of a line, and spaces between Latin letters."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.model import Line, Quad
from pipeline.ocr.ctc import LOST_MIN, SPACE_MIN, CtcDecoder, Decoded, line_of, top_classes

CHARACTERS = ["Y", "I", "C", "中", "1"]
SPACE = len(CHARACTERS) + 1


def decoded(*columns: dict[int, float]) -> str:
    """The text of columns, each of which gives the classes' chances."""
    table = np.zeros((len(columns), SPACE + 1), dtype=np.float32)
    for row, column in zip(table, columns, strict=True):
        for index, chance in column.items():
            row[index] = chance
    return "".join(char for char, *_ in CtcDecoder(CHARACTERS).decode(table).chars)


@pytest.mark.parametrize(
    ("left", "right", "chance", "text"),
    [
        ("I", "C", 2 * SPACE_MIN, "I C"),
        ("I", "C", SPACE_MIN / 4, "IC"),
        ("中", "C", 0.3, "中C"),
        ("I", "1", 0.3, "I1"),
    ],
)
def test_a_faint_space_counts_between_latin_letters(
    left: str, right: str, chance: float, text: str
) -> None:
    one, other = (CHARACTERS.index(c) + 1 for c in (left, right))
    gap = {0: 1 - chance, SPACE: chance}
    assert decoded({one: 0.99}, gap, {0: 0.9}, {other: 0.99}) == text


def test_a_faint_space_before_the_first_letter_is_none() -> None:
    assert decoded({0: 0.7, SPACE: 0.3}, {1: 0.99}, {0: 0.7, SPACE: 0.3}) == "Y"


def test_a_faint_space_keeps_its_score() -> None:
    table = np.zeros((3, SPACE + 1), dtype=np.float32)
    table[0, 1] = table[2, 2] = 0.99
    table[1, 0], table[1, SPACE] = 0.9, 0.1
    scores = [score for _, score, *_ in CtcDecoder(CHARACTERS).decode(table).chars]
    assert scores == pytest.approx([0.99, 0.1, 0.99])


# ------------------------------------------------------------------ almost-read characters


def lost(*columns: dict[int, float]) -> list[tuple[str, float, float]]:
    """What was almost read, with its score and its place in columns."""
    table = np.zeros((len(columns), SPACE + 1), dtype=np.float32)
    for row, column in zip(table, columns, strict=True):
        for index, chance in column.items():
            row[index] = chance
    return [
        (text, round(score, 4), place)
        for text, score, place in CtcDecoder(CHARACTERS).decode(table).lost
    ]


Y, AN_I, C, HAN, ONE = range(1, 6)


def test_a_character_in_a_blank_run_is_almost_read_from_a_twentieth() -> None:
    assert LOST_MIN == 0.05
    assert lost({Y: 0.9}, {0: 0.9, HAN: 0.05}, {0: 0.9}, {C: 0.9}) == [("中", 0.05, 1.5)]
    assert lost({Y: 0.9}, {0: 0.9, HAN: 0.049}, {0: 0.9}, {C: 0.9}) == []


def test_the_strongest_column_of_an_almost_read_character_stands_for_it() -> None:
    run = [{0: 0.9, HAN: h} for h in (0.06, 0.3, 0.1)]
    assert lost({Y: 0.9}, *run, {C: 0.9}) == [("中", 0.3, 2.5)]
    assert lost({Y: 0.9}, *reversed(run), {C: 0.9}) == [("中", 0.3, 2.5)]


def test_two_almost_read_characters_of_one_run_are_both_kept() -> None:
    told = lost({Y: 0.9}, {0: 0.9, HAN: 0.3}, {0: 0.9}, {0: 0.9, ONE: 0.2}, {C: 0.9})
    assert told == [("中", 0.3, 1.5), ("1", 0.2, 3.5)]


def test_the_flank_of_a_neighbour_is_no_lost_character() -> None:
    assert lost({HAN: 0.9}, {0: 0.9, HAN: 0.09}, {0: 0.9}, {C: 0.9}) == []
    assert lost({Y: 0.9}, {0: 0.9}, {0: 0.9, HAN: 0.09}, {HAN: 0.9}) == []


def test_a_character_is_lost_before_the_first_and_behind_the_last_too() -> None:
    assert lost({0: 0.9, HAN: 0.3}, {Y: 0.9}) == [("中", 0.3, 0.5)]
    assert lost({Y: 0.9}, {0: 0.9, HAN: 0.3}) == [("中", 0.3, 1.5)]
    assert lost({0: 0.9, HAN: 0.3}) == [("中", 0.3, 0.5)]


def test_a_space_is_no_lost_character() -> None:
    assert lost({HAN: 0.9}, {0: 0.7, SPACE: 0.3}, {C: 0.9}) == []


# ------------------------------------------------------------------ characters


def decode(*columns: dict[int, float]) -> Decoded:
    table = np.zeros((len(columns), SPACE + 1), dtype=np.float32)
    for row, column in zip(table, columns, strict=True):
        for index, chance in column.items():
            row[index] = chance
    return CtcDecoder(CHARACTERS).decode(table)


def test_a_run_of_one_class_is_one_character_where_its_weight_lies() -> None:
    made = decode({Y: 0.6}, {Y: 0.9}, {Y: 0.6}, {0: 0.9}, {Y: 0.5})
    assert [(c, round(s, 4)) for c, s, *_ in made.chars] == [("Y", 0.9), ("Y", 0.5)]
    assert [place for _, _, place, _ in made.chars] == pytest.approx([1.5, 4.5])
    assert made.columns == 5
    leaning = decode({Y: 0.3, 0: 0.1}, {Y: 0.9})
    assert leaning.chars[0][2] == pytest.approx(0.75 + 0.5)


def test_the_next_best_characters_of_the_strongest_column_are_its_alternatives() -> None:
    made = decode({Y: 0.7, HAN: 0.3}, {Y: 0.8, AN_I: 0.1, C: 0.06, HAN: 0.004, ONE: 0.005})
    (char,) = made.chars
    assert [(t, round(s, 4)) for t, s in char[3]] == [("I", 0.1), ("C", 0.06), ("1", 0.005)]


def test_no_more_than_three_alternatives_are_kept_the_blank_among_them() -> None:
    made = decode({Y: 0.5, AN_I: 0.2, C: 0.1, HAN: 0.08, ONE: 0.07})
    assert [t for t, _ in made.chars[0][3]] == ["I", "C", "中"]
    assert [(t, round(s, 4)) for t, s in decode({Y: 0.8, 0: 0.15}).chars[0][3]] == [("", 0.15)]


def test_a_line_decoded_as_the_engine_calls_it_has_the_mean_of_its_scores() -> None:
    table = np.zeros((2, 2, SPACE + 1), dtype=np.float32)
    table[0, 0, Y], table[0, 1, AN_I] = 0.9, 0.7
    table[1, :, 0] = 0.9
    decoder = CtcDecoder(CHARACTERS)
    lines, means = decoder([table])
    assert ["".join(c for c, *_ in d.chars) for d in lines] == ["YI", ""]
    assert means == pytest.approx([0.8, 0.0])


def test_the_shy_spaces_limit_is_as_measured() -> None:
    """2308 pairs of letters without a space stay below 0.005, of 12 with one eleven exceed 0.02."""
    assert SPACE_MIN == 0.02
    edge = float(np.float32(SPACE_MIN))
    assert decoded({Y: 0.99}, {0: 0.9, SPACE: edge}, {C: 0.99}) == "Y C"
    assert decoded({Y: 0.99}, {0: 0.9, SPACE: 0.019}, {C: 0.99}) == "YC"
    assert decoded({Y: 0.99}, {0: 0.9}, {0: 0.9, SPACE: 0.4}, {0: 0.9}, {C: 0.99}) == "Y C"


def test_a_faint_space_at_either_end_is_none() -> None:
    assert decoded({Y: 0.9}, {0: 0.7, SPACE: 0.3}) == "Y"
    assert decoded({0: 0.7, SPACE: 0.3}, {Y: 0.9}) == "Y"


def test_a_space_stands_where_it_shows_most() -> None:
    made = decode({Y: 0.9}, {0: 0.9}, {0: 0.7, SPACE: 0.3}, {0: 0.9}, {C: 0.9})
    assert [place for _, _, place, _ in made.chars] == pytest.approx([0.5, 2.5, 4.5])


@pytest.mark.parametrize(("score", "kept"), [(0.005, ["中"]), (0.0049, [])])
def test_an_alternative_is_kept_from_five_thousandths(score: float, kept: list[str]) -> None:
    made = decode({Y: 0.9, HAN: float(np.float32(score)) + 1e-9})
    assert [t for t, _ in made.chars[0][3]] == kept


# ------------------------------------------------------------------ places


QUAD: Quad = ((0, 0), (100, 0), (100, 20), (0, 20))


def made_line(
    *chars: tuple[str, float, float], lost: tuple[tuple[str, float, float], ...] = ()
) -> Line:
    given = tuple((t, s, c, (("x", 0.1),)) for t, s, c in chars)
    return line_of(Decoded(given, lost, 10), QUAD, padding=1.0, height=0.2)


def test_characters_reach_half_a_height_to_both_sides_and_letters_a_quarter() -> None:
    line = made_line(("中", 0.9, 3.0), ("A", 0.7, 7.0))
    (han, letter) = line.chars
    assert (han.left, han.right) == pytest.approx((0.2, 0.4))
    assert (letter.left, letter.right) == pytest.approx((0.65, 0.75))
    assert (line.text, round(line.score, 4)) == ("中A", 0.8)
    assert han.alternatives == (("x", 0.1),)


def test_neighbours_share_the_room_between_them() -> None:
    (one, two) = made_line(("中", 0.9, 3.0), ("中", 0.9, 4.0)).chars
    assert (one.left, one.right) == pytest.approx((0.2, 0.35))
    assert (two.left, two.right) == pytest.approx((0.35, 0.5))
    (first, middle, last) = made_line(("中", 0.9, 2.0), ("中", 0.9, 3.0), ("中", 0.9, 4.0)).chars
    assert (first.right, middle.left) == pytest.approx((0.25, 0.25))
    assert (middle.right, last.left) == pytest.approx((0.35, 0.35))


def test_characters_and_almost_read_ones_end_with_the_line() -> None:
    line = made_line(("中", 0.9, 0.5), ("中", 0.9, 9.5), lost=(("人", 0.3, 0.2), ("人", 0.3, 9.9)))
    assert line.chars[0].left == 0.0
    assert line.chars[-1].right == 1.0
    places = [(round(c.left, 4), round(c.right, 4)) for c in line.lost]
    assert places == [(0.0, 0.12), (0.89, 1.0)]
    assert [(c.text, c.score) for c in line.lost] == [("人", 0.3), ("人", 0.3)]


def test_the_padding_of_a_narrow_picture_is_no_part_of_the_line() -> None:
    decoded_line = Decoded((("中", 0.9, 2.0, ()),), (), 10)
    (char,) = line_of(decoded_line, QUAD, padding=2.0, height=0.2).chars
    assert (char.left + char.right) / 2 == pytest.approx(0.4)


def test_spaces_at_the_ends_are_no_characters_and_nothing_read_has_no_score() -> None:
    line = made_line(
        (" ", 0.1, 0.5), ("A", 0.8, 3.0), (" ", 0.1, 5.0), ("B", 0.8, 7.0), (" ", 0.1, 9)
    )
    assert line.text == "A B"
    assert line.score == pytest.approx((0.8 + 0.1 + 0.8) / 3)
    assert made_line().score == 0.0
    assert made_line((" ", 0.5, 3.0)).text == ""


def test_the_likeliest_classes_are_enough_to_decode() -> None:
    table = np.random.default_rng(5).dirichlet(np.full(SPACE + 1, 0.15), 60).astype(np.float32)
    decoder = CtcDecoder(CHARACTERS)
    whole = decoder.decode(table)
    top = top_classes(table)
    assert np.array_equal(top.classes[:, 0], table.argmax(axis=1))
    assert np.all(np.diff(top.chances, axis=1) <= 0)
    assert decoder.decode_top(top) == whole
    assert len(whole.chars) > 10
