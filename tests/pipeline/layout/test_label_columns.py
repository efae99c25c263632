"""Columns of labels in a ruled table, told from columns of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pipeline.layout.label_columns import InColumns, by_columns, fills_cell
from pipeline.layout.label_words import LabelRule
from pipeline.layout.labels import find_labels
from pipeline.layout.piece import pieces_of
from pipeline.layout.ruled_table import RuledLine, Ruling
from pipeline.model import Line
from tests.lines import line

WORDS = ("英文姓", "英文名", "性别", "住址", "抵达日期")
RULES = [LabelRule(word, ((word,),)) for word in WORDS]
ROW = 80
ALIKE: Mapping[str, Sequence[tuple[str, float]]] = {"交": [("文", 0.3)], "者": [("名", 0.3)]}


def _rule(direction: str, across: float, first: float, last: float) -> RuledLine:
    return RuledLine(direction, ((first, across), (last, across)), 0.0, 2.0)  # type: ignore[arg-type]


def _table(rows: int, columns: Sequence[float] = (50, 350, 950), *, broken: bool = False) -> Ruling:
    """A table of rows of the same height; ``broken``: a rule found in two parts."""
    end = 50 + rows * ROW
    across = [_rule("horizontal", 50 + i * ROW, columns[0], columns[-1]) for i in range(rows + 1)]
    down = [_rule("vertical", x, 50, end) for x in columns]
    if broken:
        parts = (
            _rule("vertical", columns[0] + d, a, b) for d, a, b in ((0, 50, 195), (2, 225, end))
        )
        down = [*parts, *down[1:]]
    return Ruling(tuple(across), tuple(down), (1000, 1000), 0.3)


def _cell(row: int, text: str, *, value: bool = False, x: float | None = None) -> Line:
    left = x if x is not None else 370 if value else 60
    return line(text, left, 75 + row * ROW, alternatives=ALIKE)


def _told(lines: Sequence[Line], ruling: Ruling) -> InColumns:
    labels, rest = find_labels(lines, RULES)
    return by_columns(labels, rest, RULES, ruling)


FORM = (
    _cell(0, "英文姓"), _cell(0, "Suae", x=160), _cell(0, "SOMPHON", value=True),
    _cell(1, "英交者Gie"), _cell(1, "KRIT", value=True),
    _cell(2, "性别"), _cell(2, "m", x=130), _cell(2, "男M", value=True),
    _cell(3, "抵达日期"), _cell(3, "2026.09.01", value=True),
)  # fmt: skip


@pytest.mark.parametrize("broken", [False, True])
def test_small_words_in_a_column_of_labels_are_no_value(broken: bool) -> None:
    told = _told(FORM, _table(4, broken=broken))
    assert {p.text for p in told.pieces} == {"SOMPHON", "KRIT", "男M", "2026.09.01"}
    assert [p.text for p in told.labels["性别"].parts] == ["性别", "m"]


def test_label_whose_characters_were_among_the_choices_is_no_guess() -> None:
    told = _told(FORM, _table(4))
    assert [p.text for p in told.labels["英文名"].parts] == ["英交者", "Gie"]
    assert told.guessed == frozenset()


def test_label_with_a_character_that_was_no_choice_is_a_guess() -> None:
    told = _told([*FORM, _cell(4, "往址：Present"), _cell(4, "广西百色市", value=True)], _table(5))
    assert told.guessed == {"住址"}
    assert "：Present" not in {p.text for p in told.pieces}


def test_characters_that_are_like_two_labels_alike_tell_none() -> None:
    lines = [*FORM[5:], _cell(0, "英文住"), _cell(4, "住址"), _cell(4, "广西", value=True)]
    told = _told(lines, _table(5))
    assert "m" not in {p.text for p in told.pieces}
    assert {"英文姓", "英文名"}.isdisjoint(told.labels)


def test_number_and_words_in_capitals_are_kept_in_a_column_of_labels() -> None:
    told = _told([*FORM, _cell(3, "2026", x=200), _cell(1, "KIM", x=240)], _table(4))
    assert {"2026", "KIM"} <= {p.text for p in told.pieces}


def test_small_words_are_kept_where_values_stand_in_the_cells_of_their_labels() -> None:
    lines = [_cell(i, w) for i, w in enumerate(("英文姓", "英文名", "性别"))]
    told = _told([*lines, _cell(0, "Kim", x=180), _cell(1, "Min", x=180)], _table(3))
    assert [p.text for p in told.pieces] == ["Kim", "Min"]


def test_small_words_are_kept_where_the_next_column_holds_labels_too() -> None:
    lines = [_cell(i, w) for i, w in enumerate(("英文姓", "英文名", "性别"))]
    lines += [
        _cell(0, "住址", value=True),
        _cell(1, "Kim", value=True),
        _cell(2, "Min", value=True),
    ]
    assert [p.text for p in _told([*lines, _cell(2, "m", x=130)], _table(3)).pieces] == [
        "Kim", "Min", "m"
    ]  # fmt: skip


def test_small_words_are_kept_beside_two_labels_only() -> None:
    told = _told(FORM[:3] + FORM[5:8], _table(4))
    assert {"Suae", "m"} <= {p.text for p in told.pieces}


def test_a_piece_fills_its_cell_where_nothing_else_stands_in_it() -> None:
    alone, first, second = pieces_of(
        [_cell(0, "特雷曼", value=True), _cell(1, "男", value=True), _cell(1, "区", x=600)]
    )
    pieces, ruling = [alone, first, second], _table(4)
    assert fills_cell(alone, pieces, ruling)
    assert not fills_cell(first, pieces, ruling)
    outside = pieces_of([_cell(6, "特雷曼")])[0]
    assert not fills_cell(outside, [outside], ruling)
