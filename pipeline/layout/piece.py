"""Pieces of print: runs of characters of a line, with their places.

A line as the engine gives it may hold a label and its value, or the values of two cells. Its
characters know their places, so a line can be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import cv2
import numpy as np

from pipeline.model import Char, Line, Point, Quad
from pipeline.once import once_per_lines
from pipeline.reference.text import narrow

DOUBLE = 0.6
"""Part of a piece under another one from which it is the same print."""


@dataclass(frozen=True)
class Piece:
    """A run of characters of a line; ``quad`` is the run's own, in sheet pixels. What follows from
    them is worked out once: extractors ask for it thousands of times a sheet."""

    line: Line
    chars: tuple[Char, ...]
    quad: Quad

    @cached_property
    def text(self) -> str:
        """The characters, width normalised (（ as (), spaces left out."""
        return "".join(narrow(c.text) for c in self.chars)

    @cached_property
    def run(self) -> tuple[Char, ...]:
        """The characters with the line's spaces between them."""
        chars = self.line.chars or _even(self.line)
        return chars[chars.index(self.chars[0]) : chars.index(self.chars[-1]) + 1]

    @cached_property
    def words(self) -> str:
        """The characters, width normalised, single spaces kept: a name in Latin letters."""
        return " ".join("".join(narrow(c.text) for c in self.run).split())

    @cached_property
    def left(self) -> float:
        """Left edge in pixels."""
        return min(self.quad[0][0], self.quad[3][0])

    @cached_property
    def right(self) -> float:
        """Right edge in pixels."""
        return max(self.quad[1][0], self.quad[2][0])

    @cached_property
    def top(self) -> float:
        """Upper edge in pixels."""
        return min(y for _, y in self.quad)

    @cached_property
    def bottom(self) -> float:
        """Lower edge in pixels."""
        return max(y for _, y in self.quad)

    @cached_property
    def height(self) -> float:
        """Height of the line in pixels; at least one, also of a line that runs straight down."""
        (_, y0), (_, y1), (_, y2), (_, y3) = self.quad
        return max(1.0, (abs(y3 - y0) + abs(y2 - y1)) / 2)

    @cached_property
    def centre(self) -> Point:
        """The middle."""
        return (sum(x for x, _ in self.quad) / 4, sum(y for _, y in self.quad) / 4)

    @cached_property
    def score(self) -> float:
        """Mean score of the characters."""
        return sum(c.score for c in self.chars) / len(self.chars) if self.chars else 0.0

    @cached_property
    def tilt(self) -> float:
        """Rise over run of the line."""
        (x0, y0), (x1, y1) = self.quad[0], self.quad[1]
        return (y1 - y0) / (x1 - x0) if abs(x1 - x0) > 1 else 1.0

    @cached_property
    def is_upright(self) -> bool:
        """Whether its line runs from left to right, not down the page."""
        (x0, y0), (x1, y1) = self.quad[0], self.quad[1]
        return abs(x1 - x0) >= abs(y1 - y0)

    def singles(self) -> list[Piece]:
        """Every character by itself; those of a line that runs down the page upright."""
        parts = [self.part(i, i + 1) for i in range(len(self.chars))]
        if self.is_upright:
            return parts
        return [Piece(p.line, p.chars, quad_around(p.quad)) for p in parts]

    def tilt_to(self, other: Piece) -> float:
        """How far a line through ``other``, tilted as this piece, has sunk where this one is."""
        if self.right - self.left < 3 * self.height:
            return 0.0
        return self.tilt * (self.centre[0] - other.centre[0])

    def part(self, start: int, end: int) -> Piece:
        """The characters from ``start`` to ``end``."""
        if start == 0 and end == len(self.chars):
            return self
        return piece_of(self.line, self.chars[start:end])


def piece_of(line: Line, chars: Sequence[Char]) -> Piece:
    """A run of a line's characters as a piece. ``chars`` is not empty."""
    left, right = chars[0].left, chars[-1].right
    a, b, c, d = line.quad
    return Piece(
        line, tuple(chars), (_between(a, b, left), _between(a, b, right),
                             _between(d, c, right), _between(d, c, left)),
    )  # fmt: skip


def pieces_of(lines: Sequence[Line]) -> list[Piece]:
    """Every line as one piece, white space left out. A line without characters of its own gets
    even ones with the line's score."""
    return list(_pieces_of(lines))


@once_per_lines
def _pieces_of(lines: Sequence[Line]) -> tuple[Piece, ...]:
    pieces = []
    for line in lines:
        chars = [c for c in line.chars or _even(line) if not c.text.isspace()]
        if chars:
            pieces.append(piece_of(line, chars))
    return tuple(pieces)


def distinct_pieces(lines: Sequence[Line]) -> list[Piece]:
    """The lines' pieces, without those that lie on others (:func:`without_doubles`)."""
    return list(_distinct_pieces(lines))


@once_per_lines
def _distinct_pieces(lines: Sequence[Line]) -> tuple[Piece, ...]:
    return tuple(without_doubles(_pieces_of(lines)))


def cut_at_gaps(piece: Piece, gap: float) -> list[Piece]:
    """The piece cut wherever ``gap`` line heights lie between two characters."""
    span = piece.chars[-1].right - piece.chars[0].left
    if span <= 0 or piece.right <= piece.left:
        return [piece]
    per_unit = (piece.right - piece.left) / span
    parts = []
    start = 0
    for i in range(1, len(piece.chars)):
        apart = (piece.chars[i].left - piece.chars[i - 1].right) * per_unit
        if apart >= gap * piece.height:
            parts.append(piece.part(start, i))
            start = i
    return [*parts, piece.part(start, len(piece.chars))]


def without_doubles(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without those that lie on others: the same print found twice.

    Of two, the surer stays; where both are sure, the longer. A piece that lies on several others
    gives way to them where together they say as much.
    """
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: (-round(p.score, 1), -len(p.chars))):
        if not _is_told_by_parts(piece, pieces) and all(_shared(piece, o) < DOUBLE for o in kept):
            kept.append(piece)
    return kept


def _is_told_by_parts(piece: Piece, pieces: Sequence[Piece]) -> bool:
    parts = [
        p
        for p in pieces
        if len(p.chars) < len(piece.chars) and p.score > 0.9 and _shared(piece, p) >= DOUBLE
    ]
    apart = all(_shared(a, b) < 0.2 for a, b in combinations(parts, 2))
    return len(parts) > 1 and apart and sum(len(p.chars) for p in parts) >= len(piece.chars)


def _shared(one: Piece, other: Piece) -> float:
    """The part of the smaller piece's box that lies on the other's. The boxes are taken as they
    lie: a stamp's leans across lines that are not under it."""
    if one.right <= other.left or other.right <= one.left:
        return 0.0
    if one.bottom <= other.top or other.bottom <= one.top:
        return 0.0
    first, second = (np.array(piece.quad, dtype=np.float32) for piece in (one, other))
    smaller = min(cv2.contourArea(first), cv2.contourArea(second))
    common, _ = cv2.intersectConvexConvex(first, second)
    return float(common) / smaller if smaller > 0 else 0.0


def quad_around(points: Iterable[Point]) -> Quad:
    """The upright box around points, from its top left corner."""
    xs, ys = zip(*points, strict=True)
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _between(a: Point, b: Point, fraction: float) -> Point:
    return (a[0] + (b[0] - a[0]) * fraction, a[1] + (b[1] - a[1]) * fraction)


def _even(line: Line) -> tuple[Char, ...]:
    n = len(line.text)
    return tuple(Char(t, line.score, i / n, (i + 1) / n) for i, t in enumerate(line.text))
