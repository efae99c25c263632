"""The decoder of the recogniser: what it keeps of a line, and spaces between Latin letters."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.ocr.ctc import SPACE_MIN, CtcDecoder

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
