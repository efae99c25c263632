"""Running text in several inks: printed words with blanks filled in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samples.any_hand.page import Page
from samples.draw import Ink

_NOT_FIRST = "，。、）)：；”》！"


@dataclass(frozen=True)
class Segment:
    """Words in one ink; ``line`` underlines them."""

    text: str
    ink: Ink
    line: bool = False


def flow(
    page: Page, x: float, y: float, width: float, segments: Sequence[Segment], size: float,
    leading: float,
) -> float:  # fmt: skip
    """Set the segments as one paragraph; the y of the line after it."""
    line: list[tuple[str, Segment]] = []
    used = 0.0
    for segment in segments:
        for char in segment.text:
            wide = page.measure(char, size, segment.ink)
            if line and used + wide > width and char not in _NOT_FIRST:
                _set(page, x, y, line, size)
                line, used, y = [], 0.0, y + size * leading
            line.append((char, segment))
            used += wide
    if line:
        _set(page, x, y, line, size)
        y += size * leading
    return y


def _set(page: Page, x: float, y: float, line: list[tuple[str, Segment]], size: float) -> None:
    start = 0
    while start < len(line):
        segment = line[start][1]
        end = start
        while end < len(line) and line[end][1] is segment:
            end += 1
        text = "".join(char for char, _ in line[start:end])
        wide = page.measure(text, size, segment.ink)
        page.write(x, y, text, size, segment.ink)
        if segment.line:
            page.line(x, y + size * 1.12, x + wide, y + size * 1.12, 0.2, (40, 40, 40))
        x += wide
        start = end
