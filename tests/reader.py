"""A perfect reader of drawn papers: what a specimen's canvas was told to write, as lines.

Nothing is painted and nothing is recognised, so a paper takes a fraction of a second: what is
tested is what extractors make of wording and layout, not what an engine makes of pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from extractors import EXTRACTORS
from pipeline.assemble import assemble
from pipeline.model import Char, Document, DocumentType, Face, Image, Line, Quad, Sheet, Source
from pipeline.steps import read_sheet
from samples.draw import DPI, Canvas, Drawn, Floats, Ink, Kit, Pixels
from samples.fonts import Shelf
from samples.specimens import RECIPES, Recipe, merge

NEAR = 0.6
"""Line heights between two texts of one row within which an engine makes one line of them."""


class Sheetlike(Canvas):
    """A canvas that keeps what is written on it instead of painting it."""

    def __init__(self, width: float, height: float, rng: Random):
        super().__init__(width, height, rng)
        self.lines: list[Line] = []
        self.shown: Pixels | None = None

    def write(
        self, x: float, y: float, text: str, size: float, ink: Ink, track: float = 0.0
    ) -> float:
        """Keep the text as a line; returns the x where it ends."""
        line = line_of(self, x, y, text, size, ink, track)
        if line is not None:
            self.lines.append(line)
        return x + sum(self.measure(c, size, ink, track) for c in text)

    def blend(self, alpha: Floats, left: int, top: int, colour: tuple[int, int, int]) -> None:
        """Seals, portraits and watermarks are not painted."""

    def pixels(self) -> Pixels:
        """The blank paper."""
        self.shown = super().pixels()
        return self.shown


def line_of(
    canvas: Canvas, x: float, y: float, text: str, size: float, ink: Ink, track: float
) -> Line | None:
    """The line that the canvas writes when it is told so; None for blanks."""
    at, chars = x, []
    for c in text:
        end = at + canvas.measure(c, size, ink, track)
        if not c.isspace():
            chars.append((c, at, end - track))
        at = end
    return _line(chars, y - 0.05 * size, y + 1.1 * size) if chars else None


def _line(chars: Sequence[tuple[str, float, float]], top: float, bottom: float) -> Line:
    dots = DPI / 25.4
    left, right = chars[0][1], chars[-1][2]
    span = max(right - left, 0.01)
    quad: Quad = (
        (left * dots, top * dots), (right * dots, top * dots),
        (right * dots, bottom * dots), (left * dots, bottom * dots),
    )  # fmt: skip
    own = tuple(Char(c, 0.99, (a - left) / span, (b - left) / span) for c, a, b in chars)
    return Line("".join(c for c, _, _ in chars), 0.99, quad, own)


class ReadingKit(Kit):
    """A kit whose canvases keep what is written on them."""

    def __init__(self, rng: Random, shelf: Shelf):
        super().__init__(rng, shelf)
        self.canvases: list[Sheetlike] = []

    def canvas(
        self, width: float, height: float, paper: tuple[int, int, int] = (255, 255, 255)
    ) -> Canvas:
        """A fresh sheet."""
        del paper
        self.canvases.append(Sheetlike(width, height, self.rng))
        return self.canvases[-1]

    def lines_of(self, drawn: Drawn) -> tuple[Line, ...]:
        """What stands on a drawn face."""
        own = next(c for c in self.canvases if c.shown is drawn.image)
        return joined(own.lines)


def joined(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, those of one row that nearly touch made one, as engines do."""
    out: list[Line] = []
    for line in sorted(lines, key=_place):
        last = out[-1] if out else None
        if last is not None and _touch(last, line):
            out[-1] = _merged(last, line)
        else:
            out.append(line)
    return tuple(out)


def _place(line: Line) -> tuple[int, float]:
    return round(line.quad[0][1] / 8), line.quad[0][0]


def _touch(last: Line, line: Line) -> bool:
    (x1, y0), (_, y1) = last.quad[1], last.quad[2]
    (left, top), (_, bottom) = line.quad[0], line.quad[3]
    height = y1 - y0
    level = abs((y0 + y1) / 2 - (top + bottom) / 2) < 0.25 * height
    alike = 0.75 < (bottom - top) / height < 1.33
    return level and alike and -0.2 * height < left - x1 < NEAR * height


def _merged(last: Line, line: Line) -> Line:
    x0, x1 = last.quad[0][0], line.quad[1][0]
    chars = []
    for part in (last, line):
        start, span = part.quad[0][0], part.quad[1][0] - part.quad[0][0]
        for c in part.chars:
            left, right = (start + f * span - x0 for f in (c.left, c.right))
            chars.append(Char(c.text, c.score, left / (x1 - x0), right / (x1 - x0)))
    quad: Quad = (last.quad[0], (x1, last.quad[1][1]), (x1, last.quad[2][1]), last.quad[3])
    return Line(last.text + line.text, min(last.score, line.score), quad, tuple(chars))


class NothingRead:
    """An engine that reads nothing again."""

    fingerprint = "nothing"

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """No lines."""
        return []

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """Nothing in any of them."""
        return [Line("", 0.0, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """Nothing."""
        return []


@dataclass(frozen=True)
class Read:
    """A drawn paper and what was made of it."""

    kind: str
    layout: str
    truth: dict[str, str]
    documents: tuple[Document, ...]
    lines: tuple[tuple[Line, ...], ...]

    @property
    def types(self) -> list[DocumentType]:
        """The types that were told."""
        return [d.type for d in self.documents]

    def wrong(self, wanted: str) -> dict[str, tuple[str, str | None]]:
        """Fields whose value is not the truth's: (truth, read)."""
        fields = {
            n: r.value for d in self.documents if d.type == wanted for n, r in d.fields.items()
        }
        return {
            name: (value, fields.get(name))
            for name, value in self.truth.items()
            if fields.get(name) != value
        }


def draw_lines(
    recipe: Recipe, seed: str, shelf: Shelf
) -> tuple[list[Drawn], list[tuple[Line, ...]]]:
    """Draw a paper: its faces, and what stands on each."""
    rng = Random(seed)
    kit = ReadingKit(rng, shelf)
    drawn = recipe.draw(recipe.person(rng), kit)
    return drawn, [kit.lines_of(face) for face in drawn]


def read_drawn(kind: str, seed: str, shelf: Shelf) -> Read:
    """Draw a paper of a kind and read every face of it perfectly."""
    return read_recipe(RECIPES[kind], kind, seed, shelf)


def read_recipe(recipe: Recipe, kind: str, seed: str, shelf: Shelf) -> Read:
    """Draw a paper by a recipe and read every face of it perfectly."""
    drawn, lines = draw_lines(recipe, seed, shelf)
    faces = [f for face, own in zip(drawn, lines, strict=True) for f in read_lines(face.image, own)]
    notes = {k: v for face in drawn for k, v in face.notes.items()}
    return Read(kind, str(notes.get("layout", "")), merge(drawn), assemble(faces, {}), tuple(lines))


def read_lines(image: Image, lines: Sequence[Line]) -> tuple[Face, ...]:
    """The faces that the extractors find in these lines."""
    sheet = Sheet(image, Source("a.jpg", 1, "0" * 64), 0, np.eye(3), tuple(lines))
    return read_sheet(sheet, NothingRead(), EXTRACTORS)
