"""Registers of names and addresses: the same again from a seed, and read in the rows' order."""

from __future__ import annotations

import numpy as np
import pytest

from samples.any_hand.register import ADDRESS, NAME, RARE, ROWS, draw_register
from samples.fonts import Shelf
from tests.bench.register_rows import Row, in_order

SHELF = Shelf.bundled()


@pytest.mark.drawn
def test_a_register_is_the_same_from_its_seed() -> None:
    (one, rows), (again, others) = (draw_register("a", "phone", SHELF) for _ in range(2))
    assert rows == others
    assert np.array_equal(one.image, again.image)
    assert [row.label for row in rows] == [NAME, ADDRESS] * (ROWS // 2)
    assert draw_register("b", "phone", SHELF)[1] != rows


@pytest.mark.drawn
def test_rare_villages_are_few() -> None:
    texts = [r.text for s in range(12) for r in draw_register(str(s), "flatbed", SHELF)[1]]
    rare = sum(any(c in RARE for c in text) for text in texts)
    assert 0 < rare < len(texts) / 8


def test_rows_are_told_by_order_and_likeness() -> None:
    likeness = np.array([[0.0, 0.9, 0.0], [0.0, 0.0, 0.0], [0.9, 0.0, 0.8]])
    assert dict(in_order(likeness)) == {0: 1, 2: 2}
    assert dict(in_order(np.zeros((2, 3)))) == {}


def test_what_was_not_read_is_no_silent_error() -> None:
    row = Row("phone", "name", "韦芳", None)
    assert row.is_doubted
    assert not row.is_exact
    assert not row.is_silent
