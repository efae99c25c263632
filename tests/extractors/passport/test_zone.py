"""The machine-readable zone among the lines of a page, and read a second time."""

from __future__ import annotations

from extractors.passport.zone import read_zone, zone_pieces
from tests.extractors.passport.test_passport import FIRST, SECOND
from tests.lines import Paper

LETTERS = FIRST.replace("<", "K")
"""The first line with every filler read as a letter."""


def written(first: str, second: str) -> Paper:
    paper = Paper((1000, 400))
    paper.write(first, 40, 200)
    paper.write(second, 40, 260)
    return paper


def test_zone_is_found_by_its_second_line_where_fillers_were_read_as_letters() -> None:
    pieces = zone_pieces(written(LETTERS, SECOND).lines)
    assert [piece.text for piece in pieces] == [LETTERS, SECOND]


def test_a_second_line_that_does_not_check_finds_nothing() -> None:
    assert zone_pieces(written(LETTERS, SECOND.replace("7408122", "7408123")).lines) == []
    alone = Paper((1000, 400))
    alone.write(SECOND, 40, 260)
    assert zone_pieces(alone.lines) == []


def test_a_zone_that_is_cut_off_is_told_by_what_checks() -> None:
    cut = written(FIRST[:30], SECOND[:40])
    assert [piece.text for piece in zone_pieces(cut.lines)] == [FIRST[:30], SECOND[:40]]
    assert zone_pieces(written(FIRST[:30], SECOND[:27]).lines) == []
    assert zone_pieces(written(FIRST[:30], SECOND[:40].replace("1204159", "1204158")).lines) == []


def test_zone_is_read_again_where_it_does_not_check() -> None:
    paper = written(FIRST, SECOND)
    misread = Paper((1000, 400))
    misread.write(FIRST, 40, 200)
    misread.write(SECOND.replace("L898902C36", "L898902C38"), 40, 260)
    paper.lines = misread.lines  # what is written is read right the second time
    found = read_zone(paper.sheet(), paper.recognise)
    assert found is not None and found[0] is not None
    assert found[1].value.value == f"{FIRST}\n{SECOND}"
    assert found[1].value.doubts == ()
