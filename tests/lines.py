"""Sheets made in code: lines with characters and places, ink under them, and a recogniser.

Every character is drawn as a block of strokes in the colour it is given, so that what looks at
ink (seals, values, holes) works as on paper, without fonts and without an OCR engine. The
recogniser gives the characters whose middle lies in a quad and under which the picture it gets is
dark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipeline.model import Char, Image, Line, Quad, Sheet, Source

BLACK = (30, 30, 30)
BLUE = (170, 110, 50)
GREY = (165, 165, 165)
RED = (80, 70, 215)
EM = 30.0
"""Height and width of a full-width character in pixels."""

Colour = tuple[int, int, int]


def width_of(text: str) -> float:
    """Ems that a text takes: Latin letters, digits and signs are half as wide."""
    return sum(0.5 if c.isascii() else 1.0 for c in text)


def line(
    text: str,
    x: float = 0.0,
    y: float = 0.0,
    *,
    score: float = 0.99,
    scores: Mapping[str, float] | None = None,
    alternatives: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    space: float = 0.0,
) -> Line:
    """A line of text whose top left corner is (x, y); ``space`` ems lie between characters.

    ``scores`` and ``alternatives`` are by character. A space takes its width and is no character.
    """
    chars = []
    at = 0.0
    spans = []
    for c in text:
        width = width_of(c)
        spans.append((c, at, at + width))
        at += width + space
    total = max(at - space, 0.1)
    for c, left, right in spans:
        if not c.isspace():
            chars.append(
                Char(
                    c,
                    (scores or {}).get(c, score),
                    left / total,
                    right / total,
                    tuple((alternatives or {}).get(c, ())),
                )
            )
    right = x + total * EM
    quad: Quad = ((x, y), (right, y), (right, y + EM), (x, y + EM))
    mean = sum(c.score for c in chars) / len(chars)
    return Line("".join(c.text for c in chars), mean, quad, tuple(chars))


@dataclass
class Paper:
    """A sheet on which text is written; what was ``found`` becomes the sheet's lines."""

    size: tuple[int, int] = (1000, 640)
    lines: list[Line] = field(default_factory=list)
    written: list[tuple[str, float, float]] = field(default_factory=list)
    wavering: dict[str, tuple[float, Sequence[tuple[str, float]]]] = field(default_factory=dict)
    """Characters that every look reads with this score and these alternatives."""

    def __post_init__(self) -> None:
        width, height = self.size
        self.image: Image = np.full((height, width, 3), 238, np.uint8)

    def write(
        self,
        text: str,
        x: float,
        y: float,
        *,
        colour: Colour = BLACK,
        found: bool = True,
        score: float = 0.99,
        scores: Mapping[str, float] | None = None,
        alternatives: Mapping[str, Sequence[tuple[str, float]]] | None = None,
        space: float = 0.0,
    ) -> Line:
        """Write a text. ``found`` False: the engine did not find it at first."""
        own = line(text, x, y, score=score, scores=scores, alternatives=alternatives, space=space)
        span = own.quad[1][0] - x
        self.wavering |= {c.text: (c.score, c.alternatives) for c in own.chars if c.alternatives}
        for c in own.chars:
            left, right = x + c.left * span, x + c.right * span
            self._draw(left, right, y, colour)
            self.written.append((c.text, (left + right) / 2, y + EM / 2))
        if found:
            self.lines.append(own)
        return own

    def cover(self, text: str) -> None:
        """Make a line unreadable: not found, nor read where it is looked for."""
        (own,) = (x for x in self.lines if x.text == text)
        self.lines.remove(own)
        (left, top), (right, _) = own.quad[0], own.quad[1]
        self.written = [
            (c, x, y) for c, x, y in self.written if not (left <= x <= right and y == top + EM / 2)
        ]

    def _draw(self, left: float, right: float, y: float, colour: Colour) -> None:
        top, bottom = int(y + 0.12 * EM), int(y + 0.88 * EM)
        x0, x1 = int(left + 2), int(right - 2)
        cv2.rectangle(self.image, (x0, top), (x1, bottom), colour, 2)
        cv2.line(self.image, (x0, (top + bottom) // 2), (x1, (top + bottom) // 2), colour, 3)

    def join(self, *parts: Line) -> None:
        """Make one line of neighbouring ones, as engines do with a label and its value."""
        left, right = parts[0].quad, parts[-1].quad
        x0, x1 = left[0][0], right[1][0]
        chars = []
        for part in parts:
            self.lines.remove(part)
            start, span = part.quad[0][0] - x0, part.quad[1][0] - part.quad[0][0]
            for c in part.chars:
                place = [(start + f * span) / (x1 - x0) for f in (c.left, c.right)]
                chars.append(Char(c.text, c.score, place[0], place[1], c.alternatives))
        quad: Quad = (left[0], right[1], right[2], left[3])
        text = "".join(c.text for c in chars)
        self.lines.append(Line(text, min(p.score for p in parts), quad, tuple(chars)))

    def sheet(self) -> Sheet:
        """The sheet as a scan gives it."""
        source = Source("a.jpg", 1, "0" * 64)
        return Sheet(self.image, source, 0, np.eye(3), tuple(self.lines))

    def recognise(self, picture: Image, quads: Sequence[Quad]) -> list[Line]:
        """What stands in the quads, where the picture is dark."""
        return [self._recognise(picture, quad) for quad in quads]

    def _recognise(self, picture: Image, quad: Quad) -> Line:
        xs, ys = [p[0] for p in quad], [p[1] for p in quad]
        left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
        own = sorted(
            (x, text)
            for text, x, y in self.written
            if left <= x <= right and top <= y <= bottom and self._is_dark(picture, x, y)
        )
        half = 0.5 * EM / (right - left)
        chars = []
        for x, text in own:
            score, others = self.wavering.get(text, (0.99, ()))
            at = (x - left) / (right - left)
            chars.append(Char(text, score, at - half, at + half, tuple(others)))
        return Line("".join(text for _, text in own), 0.99 if own else 0.0, quad, tuple(chars))

    def _is_dark(self, picture: Image, x: float, y: float) -> bool:
        part = picture[int(y - 8) : int(y + 8), int(x - 6) : int(x + 6)]
        return bool(part.size) and int(part.min()) < 190
