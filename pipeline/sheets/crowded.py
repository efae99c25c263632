"""Lines set so close that the box of one reaches into the next: what was read badly there is read
again without the feet, or the heads, of its neighbour.

女 in a box that begins with the foot of the label above it reads 安, or so poorly that it counts as
no print.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.contracts import OcrEngine
from pipeline.layout.crowded import without_neighbours
from pipeline.model import Image, Line

READ_WELL = 0.97
"""Mean score of a line from which its neighbours did not disturb it."""


def read_apart(lines: Sequence[Line], image: Image, engine: OcrEngine) -> list[Line]:
    """The lines, those that their neighbours reach into and that were read badly as they read
    without them, where that is better."""
    cut = {
        i: quad
        for i, line in enumerate(lines)
        if _score(line) < READ_WELL and (quad := without_neighbours(line.quad, lines, image))
    }
    again = dict(zip(cut, engine.recognise(image, list(cut.values())), strict=True)) if cut else {}
    return [_better(line, again.get(i)) for i, line in enumerate(lines)]


def _score(line: Line) -> float:
    """The engine's own score, before characters were compared with their pictures; where there are
    spaces, which always score low, that of the characters."""
    scores = [c.score for c in line.chars if not c.text.isspace()]
    if len(scores) == len(line.chars):
        return line.score
    return sum(scores) / len(scores) if scores else line.score


def _better(line: Line, again: Line | None) -> Line:
    if again is None or len("".join(again.text.split())) < len("".join(line.text.split())):
        return line  # a character more is worth more than a better score
    return again if _score(again) > _score(line) else line
