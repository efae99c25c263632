"""A paper among print that runs another way is told by the direction of its lines."""

from __future__ import annotations

import numpy as np

from pipeline.model import Quad
from pipeline.sheets.crosswise import find_crosswise, find_enclosed, start_at_left


def across(x: float, y: float, length: float = 200) -> Quad:
    """A line from left to right."""
    return ((x, y), (x + length, y), (x + length, y + 20), (x, y + 20))


def down(x: float, y: float, length: float = 200) -> Quad:
    """A line that runs down the page."""
    return ((x + 20, y), (x + 20, y + length), (x, y + length), (x, y))


NEWSPRINT = [down(x, y) for x in (0, 30, 60, 90, 900, 930, 960) for y in (0, 220, 440, 660)]
CARD = [across(400, 300 + 40 * i) for i in range(5)]


def test_lines_of_a_card_are_an_area_of_their_own() -> None:
    areas = find_crosswise([*NEWSPRINT, *CARD])
    cards = [a for a in areas if set(range(len(NEWSPRINT), len(NEWSPRINT) + 5)) <= set(a.lines)]
    (card,) = cards
    assert set(card.lines) == set(range(len(NEWSPRINT), len(NEWSPRINT) + 5))
    assert card.on_print
    left, top = np.min(card.core, axis=0)
    right, bottom = np.max(card.core, axis=0)
    assert (left < 400, right > 600, top < 300, bottom > 480) == (True,) * 4
    assert (left > 200, right < 900) == (True, True)


def test_a_short_line_within_goes_with_the_card() -> None:
    short: Quad = ((420, 500), (440, 500), (440, 520), (420, 520))
    lines = [*NEWSPRINT, *CARD, across(400, 520), short]
    areas = find_crosswise(lines)
    assert any(len(lines) - 1 in a.lines and len(NEWSPRINT) in a.lines for a in areas)


def test_print_that_runs_one_way_is_no_paper_on_print() -> None:
    assert find_crosswise(NEWSPRINT) == []
    assert find_crosswise([across(50, 40 * i) for i in range(30)]) == []


def test_two_lines_are_no_paper() -> None:
    assert find_crosswise([*NEWSPRINT, *CARD[:2]]) == []


def slanting(x: float, y: float, rise: float) -> Quad:
    """A line that rises by so much over its length."""
    return ((x, y), (x + 200, y - rise), (x + 200, y + 20 - rise), (x, y + 20))


def test_a_card_aslant_on_a_letter_is_an_area_of_its_own() -> None:
    letter = [across(100, 40 * i) for i in range(6)]
    card = [slanting(100, 400 + 40 * i, 30) for i in range(5)]
    areas = find_crosswise([*letter, *card])
    assert [set(a.lines) for a in areas] == [set(range(6)), set(range(6, 11))]


def test_lines_seen_at_a_slant_are_one_paper() -> None:
    assert find_crosswise([slanting(100, 60 * i, 3.0 * i) for i in range(12)]) == []


def test_a_card_upside_down_among_print_is_told_by_its_heads() -> None:
    print_around = [across(x, 40 * i) for x in (0, 900) for i in range(14)]
    lines = [*print_around, *CARD]
    heads = [0.1] * len(print_around) + [0.9] * len(CARD)
    areas = find_crosswise(lines, heads)
    assert set(range(len(print_around), len(lines))) in [set(a.lines) for a in areas]
    assert find_crosswise(lines) == []


def test_boxes_begin_where_their_lines_do_whichever_way_they_were_found() -> None:
    found: Quad = ((200, 20), (0, 20), (0, 0), (200, 0))
    ((x, y), (to, _), *_) = start_at_left([found])[0]
    assert (x, y, to) == (0, 0, 200)


def test_print_that_ends_within_the_picture_is_a_paper_on_print_that_goes_on() -> None:
    columns = [across(x, 30 * i) for x in (5, 790) for i in range(20)]
    title: Quad = ((320, 120), (740, 120), (740, 180), (320, 180))  # nearer than it is high
    letter = [title, *(across(350, 200 + 40 * i) for i in range(3))]
    (area,) = find_enclosed([*columns, *letter], (1000, 600))
    assert set(area.lines) == set(range(len(columns), len(columns) + 4))
    assert area.on_print
    assert find_enclosed(letter, (1000, 600)) == []
    assert find_enclosed(columns, (1000, 600)) == []
