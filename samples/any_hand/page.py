"""A sheet that knows where its text lies, so that nothing is drawn over or beside the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from samples.draw import BLACK, Canvas, Colour, Drawn, Ink, Kit, Mode
from samples.fonts import Role, Shelf

_SIZES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.62, 0.55)
_ROLES: tuple[Role, ...] = ("hei", "song", "kai", "fang", "hand", "number", "latin")
_TOUCH_MM = 0.12
"""How far two boxes may run into each other: em boxes are larger than their ink."""


class Crowded(Exception):
    """Text that does not fit at any size: the family's layout cannot hold it."""


@dataclass(frozen=True)
class Box:
    """What takes up room: text, or a picture (then ``text`` is empty). Millimetres."""

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left + _TOUCH_MM < other.right
            and other.left + _TOUCH_MM < self.right
            and self.top + _TOUCH_MM < other.bottom
            and other.top + _TOUCH_MM < self.bottom
        )


class Page:
    """A canvas and the boxes upon it. A page without ``canvas`` pixels only measures."""

    def __init__(self, canvas: Canvas, scale: float = 1.0, *, real: bool = True):
        self.canvas, self.scale, self.real = canvas, scale, real
        self.width, self.height = canvas.width, canvas.height
        self.boxes: list[Box] = []

    def measure(self, text: str, size: float, ink: Ink, track: float = 0.0) -> float:
        """Width of the text in millimetres, without the gap after its last character."""
        return self.canvas.measure(text, size, ink, track) - (track if text else 0.0)

    def write(
        self, x: float, y: float, text: str, size: float, ink: Ink, track: float = 0.0
    ) -> float:
        """One line with the top of its em box at ``y``; the x where it ends."""
        if not text.strip():
            return x
        end = x + self.measure(text, size, ink, track)
        # ink fills the em box from about a tenth below its top to its foot
        self.boxes.append(Box(x, y + size * 0.05, end, y + size * 1.02, text))
        if self.real:
            self.canvas.write(x, y, text, size, ink, track)
        return end

    def centre(
        self, x: float, y: float, text: str, size: float, ink: Ink, track: float = 0.0
    ) -> None:
        """One line with its middle at ``x``."""
        self.write(x - self.measure(text, size, ink, track) / 2, y, text, size, ink, track)

    def wrap(self, text: str, width: float, size: float, ink: Ink) -> list[str]:
        """The text in lines that fit; raises Crowded where one character is too wide."""
        if width < size:
            raise Crowded(text)
        return self.canvas.wrap(text, width, size, ink)

    def paragraph(
        self, x: float, y: float, width: float, text: str, size: float, ink: Ink, leading: float
    ) -> float:
        """The text over as many lines as it takes; the y below the last line's ink."""
        lines = self.wrap(text, width, size, ink)
        for index, line in enumerate(lines):
            self.write(x, y + index * size * leading, line, size, ink)
        return y + (len(lines) - 1) * size * leading + size

    def occupy(self, x: float, y: float, w: float, h: float) -> None:
        """Keep this place free of text (a portrait, a chip)."""
        self.boxes.append(Box(x, y, x + w, y + h))

    def line(
        self, x0: float, y0: float, x1: float, y1: float, width: float, colour: Colour
    ) -> None:
        """A straight line; it takes up no room."""
        if self.real:
            self.canvas.line(x0, y0, x1, y1, width, colour)

    def frame(self, x: float, y: float, w: float, h: float, width: float, colour: Colour) -> None:
        """A rectangle's outline; it takes up no room."""
        if self.real:
            self.canvas.box(x, y, w, h, width, colour)

    def paint(self, brush: Callable[[Canvas], None]) -> None:
        """Anything that is not text."""
        if self.real:
            brush(self.canvas)

    def faults(self, edge: float = 0.8) -> list[str]:
        """Texts that overlap something, or come nearer to the paper's edge than ``edge``."""
        found = [
            f"outside: {b.text}"
            for b in self.boxes
            if b.text
            and (
                b.left < edge
                or b.top < edge
                or b.right > self.width - edge
                or b.bottom > self.height - edge
            )
        ]
        for index, box in enumerate(self.boxes):
            for other in self.boxes[index + 1 :]:
                if (box.text or other.text) and box.meets(other):
                    found.append(f"{box.text} | {other.text}")
        return found


Draft = Callable[[Page, Random], Drawn]
"""Draws a face on a page; asked several times with the same random state, at other scales."""


class Hand:
    """The typefaces of one family, the same on all of its papers."""

    def __init__(self, name: str, shelf: Shelf):
        self._kit = Kit(Random(f"any-hand/faces/{name}"), shelf)
        for role in _ROLES:
            self._kit.ink(role)

    def ink(
        self, role: Role, colour: Colour = BLACK, mode: Mode = "print", bold: float = 0.0
    ) -> Ink:
        """An ink in the family's face of this role."""
        return self._kit.ink(role, colour, mode, bold)


def _trial(size: tuple[float, float], seed: str, scale: float) -> Page:
    """A page that measures only: its canvas has hardly any pixels."""
    canvas = Canvas(1, 1, Random(seed))
    canvas.width, canvas.height = size
    canvas.watermarked = True
    return Page(canvas, scale, real=False)


def fit(
    size: tuple[float, float], draft: Draft, seed: str, paper: Colour = (255, 255, 255)
) -> tuple[Drawn, Page]:
    """Draw at the largest scale at which all text has room.

    Raises Crowded where it has none even at 0.55 of the family's own size.
    """
    faults: list[str] = []
    for scale in _SIZES:
        trial = _trial(size, seed, scale)
        try:
            draft(trial, Random(seed))
        except Crowded as error:
            faults = [str(error)]
            continue
        faults = trial.faults()
        if not faults:
            page = Page(Canvas(*size, Random(seed), paper), scale)
            return draft(page, Random(seed)), page
    raise Crowded("; ".join(faults[:4]))
