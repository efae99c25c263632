"""What is worked out once for the same lines, and when it is not."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import numpy as np

from pipeline.model import Image, Line
from pipeline.once import KEPT_LINES, once_per_lines, once_per_picture

QUAD = ((0.0, 0.0), (9.0, 0.0), (9.0, 2.0), (0.0, 2.0))


def made(text: str) -> tuple[Line, ...]:
    return (Line(text, 1.0, QUAD),)


def test_the_very_same_lines_are_worked_on_once() -> None:
    asked: list[str] = []

    @once_per_lines
    def texts(lines: Sequence[Line]) -> tuple[str, ...]:
        asked.append(lines[0].text)
        return tuple(line.text for line in lines)

    first, alike = made("甲"), made("甲")
    assert texts(first) == texts(first) == texts(alike) == ("甲",)
    assert asked == ["甲", "甲"]
    assert texts(list(first)) == texts(list(first)) == ("甲",)
    assert len(asked) == 4


def test_only_the_last_few_are_kept() -> None:
    asked: list[str] = []

    @once_per_lines
    def text(lines: Sequence[Line]) -> str:
        asked.append(lines[0].text)
        return lines[0].text

    sheets = [made(str(i)) for i in range(KEPT_LINES + 1)]
    for lines in (*sheets, sheets[-1], sheets[0]):
        assert text(lines) == lines[0].text
    assert asked == [*map(str, range(KEPT_LINES + 1)), "0"]


def test_a_picture_is_looked_at_once() -> None:
    asked: list[int] = []

    @once_per_picture
    def total(image: Image) -> int:
        asked.append(image.size)
        return int(image.sum())

    picture = np.ones((2, 3), np.uint8)
    assert total(picture) == total(picture) == 6
    assert total(picture.copy()) == 6
    assert asked == [6, 6]


def test_a_picture_is_not_held() -> None:
    @once_per_picture
    def total(image: Image) -> int:
        return int(image.sum())

    picture = np.ones((2, 3), np.uint8)
    seen = weakref.ref(picture)
    total(picture)
    del picture
    assert seen() is None
