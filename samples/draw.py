"""Paper and ink: a canvas measured in millimetres, at 300 dots an inch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samples.fonts import Role, Shelf, Typeface

DPI = 300
Pixels = NDArray[np.uint8]
"""H x W x 3, BGR."""
Floats = NDArray[Any]
"""H x W or H x W x 3, of 32 or 64 bits."""
Colour = tuple[int, int, int]
"""Red, green, blue."""
Mode = Literal["print", "dot", "hand"]

BLACK: Colour = (28, 28, 30)
_NOT_FIRST = "，。、）)：；”》"


@dataclass(frozen=True)
class Drawn:
    """One face of a paper: a side of a card, a page or spread of a booklet, a sheet.

    ``image`` is at 300 DPI. ``fields`` are the values that this face prints, canonical as in
    contract.md; ``derived`` names those that follow from others; ``tables`` the rows of pages of
    changes; ``marks`` what is not text: ``seal``, ``seal_text``, ``signature``.
    """

    name: str
    image: Pixels
    fields: dict[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str | bool] = field(default_factory=dict)
    """What distinguishes this drawing: the layout's name, bilingual labels …"""
    request: dict[str, Any] = field(default_factory=dict)
    """Of an application form: what it asks for, as application.json would say it."""


@dataclass(frozen=True)
class Ink:
    """How something is written: with which typeface, in which colour, by which machine.

    ``dot`` is a needle printer on worn ribbon, ``hand`` a pen.
    """

    face: Typeface
    colour: Colour = BLACK
    mode: Mode = "print"
    bold: float = 0.0
    """Extra stroke width in millimetres."""

    def coloured(self, colour: Colour) -> Ink:
        """The same in another colour."""
        return replace(self, colour=colour)


class Kit:
    """The typefaces of one document: a role keeps its face from page to page."""

    def __init__(self, rng: Random, shelf: Shelf):
        self.rng = rng
        self._shelf = shelf
        self._faces: dict[Role, Typeface] = {}

    def ink(
        self, role: Role, colour: Colour = BLACK, mode: Mode = "print", bold: float = 0.0
    ) -> Ink:
        """An ink in this document's face of the role."""
        if role not in self._faces:
            self._faces[role] = self._shelf.pick(role, self.rng)
        return Ink(self._faces[role], colour, mode, bold)

    def canvas(self, width: float, height: float, paper: Colour = (255, 255, 255)) -> Canvas:
        """A fresh sheet, in millimetres."""
        return Canvas(width, height, self.rng, paper)


def px(mm: float) -> int:
    """Millimetres as pixels at 300 DPI."""
    return round(mm * DPI / 25.4)


class UnmarkedPaper(Exception):
    """A drawing without 样本."""


class Canvas:
    """A sheet of paper that is drawn upon. All coordinates and sizes are in millimetres."""

    def __init__(self, width: float, height: float, rng: Random, paper: Colour = (255, 255, 255)):
        self.width, self.height = width, height
        self.rng = rng
        self.image = Image.new("RGB", (px(width), px(height)), paper)
        self.watermarked = False

    @property
    def noise(self) -> np.random.Generator:
        """A numpy generator that continues the canvas's own randomness."""
        return np.random.default_rng(self.rng.getrandbits(48))

    # ------------------------------------------------------------------ text

    def measure(self, text: str, size: float, ink: Ink, track: float = 0.0) -> float:
        """Width of the text in millimetres."""
        size_px = px(size)
        total = sum(ink.face.at(c, size_px).getlength(c) for c in text)
        return total * 25.4 / DPI + track * len(text)

    def write(
        self, x: float, y: float, text: str, size: float, ink: Ink, track: float = 0.0
    ) -> float:
        """Write one line, the top of its em box at ``y``. Returns the x where it ends."""
        if not text:
            return x
        width = px(self.measure(text, size, ink, track)) + px(size)
        mask = Image.new("L", (max(width, 1), px(size * 1.5)), 0)
        end = self._write_on(mask, text, px(size), px(track), ink)
        self._press(mask, px(x), px(y - size * 0.15), ink)
        return x + end * 25.4 / DPI

    def _write_on(self, mask: Image.Image, text: str, size: int, track: int, ink: Ink) -> float:
        pen = ImageDraw.Draw(mask)
        stroke = px(ink.bold) if ink.bold else 0
        base = round(size * 1.05)
        x = float(size * 0.02)
        for char in text:
            if ink.mode == "hand":
                x += self._scrawl(mask, x, base, char, size, ink) + track
                continue
            font = ink.face.at(char, size)
            pen.text((x, base), char, 255, font, anchor="ls", stroke_width=stroke)
            x += font.getlength(char) + track
        return x

    def _scrawl(
        self, mask: Image.Image, x: float, base: int, char: str, size: int, ink: Ink
    ) -> float:
        """One character as a hand would set it: a little turned, raised and resized."""
        rng = self.rng
        own = max(8, round(size * rng.uniform(0.9, 1.08)))
        font = ink.face.at(char, own)
        tile = Image.new("L", (own * 2, own * 2), 0)
        heavy = max(0, round(own * 0.012))
        ImageDraw.Draw(tile).text(
            (own // 2, own * 3 // 2), char, 255, font, anchor="ls", stroke_width=heavy
        )
        tile = tile.rotate(rng.gauss(0, 2.6), Image.Resampling.BICUBIC)
        shear = rng.uniform(-0.12, 0.02)
        tile = tile.transform(
            tile.size,
            Image.Transform.AFFINE,
            (1, -shear, shear * own, 0, 1, 0),
            Image.Resampling.BICUBIC,
        )
        y = base - own * 3 // 2 + round(rng.gauss(0, size * 0.03))
        box = (round(x) - own // 2, y)
        region = Image.new("L", mask.size, 0)
        region.paste(tile, box)
        mask.paste(255, (0, 0), region)
        return font.getlength(char) * rng.uniform(0.92, 1.04)

    def _press(self, mask: Image.Image, left: int, top: int, ink: Ink) -> None:
        alpha: Floats = np.asarray(mask, dtype=np.float32) / 255
        if ink.mode == "dot":
            alpha = _needles(alpha, self.noise)
        elif ink.mode == "hand":
            wave = cv2.GaussianBlur(
                self.noise.random(alpha.shape, dtype=np.float32), (0, 0), max(alpha.shape[0] / 9, 2)
            )
            alpha = alpha * np.clip(0.72 + (wave - 0.5) * 6, 0.5, 1.0)
        self.blend(alpha, left, top, ink.colour)

    def blend(self, alpha: Floats, left: int, top: int, colour: Colour) -> None:
        """Lay colour on the paper as ink does: it only ever darkens."""
        y0, x0 = max(top, 0), max(left, 0)
        y1 = min(top + alpha.shape[0], self.image.height)
        x1 = min(left + alpha.shape[1], self.image.width)
        if y1 <= y0 or x1 <= x0:
            return
        cut = np.asarray(self.image.crop((x0, y0, x1, y1)), np.float32)
        a = alpha[y0 - top : y1 - top, x0 - left : x1 - left, None]
        ink = np.array(colour, np.float32)
        mixed = cut * (1 - a) + np.minimum(cut, ink) * a
        self.image.paste(Image.fromarray(mixed.round().astype(np.uint8)), (x0, y0))

    def centre(
        self, x: float, y: float, text: str, size: float, ink: Ink, track: float = 0.0
    ) -> None:
        """Write one line with its middle at ``x``."""
        self.write(
            x - (self.measure(text, size, ink, track) - track) / 2, y, text, size, ink, track
        )

    def spread(self, x: float, y: float, width: float, text: str, size: float, ink: Ink) -> None:
        """Write a label with its characters spread over ``width`` (姓　　名)."""
        gap = 0.0
        if len(text) > 1:
            gap = (width - self.measure(text, size, ink)) / (len(text) - 1)
        self.write(x, y, text, size, ink, max(gap, 0.0))

    def wrap(self, text: str, width: float, size: float, ink: Ink, track: float = 0.0) -> list[str]:
        """Break the text into lines that fit, character by character."""
        lines, line = [], ""
        for char in text:
            if char == "\n":
                lines.append(line)
                line = ""
                continue
            too_wide = self.measure(line + char, size, ink, track) > width
            if line and too_wide and char not in _NOT_FIRST:
                lines.append(line)
                line = ""
            line += char
        return [*lines, line] if line else lines

    def paragraph(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        size: float,
        ink: Ink,
        *,
        leading: float = 1.4,
        track: float = 0.0,
    ) -> float:
        """Write the text over as many lines as it takes. Returns the y below the last."""
        for line in self.wrap(text, width, size, ink, track):
            self.write(x, y, line, size, ink, track)
            y += size * leading
        return y

    # ------------------------------------------------------------------ lines and areas

    def line(
        self, x0: float, y0: float, x1: float, y1: float, width: float = 0.2, colour: Colour = BLACK
    ) -> None:
        """A straight line."""
        ImageDraw.Draw(self.image).line(
            (px(x0), px(y0), px(x1), px(y1)), fill=colour, width=max(px(width), 1)
        )

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        width: float = 0.2,
        colour: Colour = BLACK,
        fill: Colour | None = None,
    ) -> None:
        """A rectangle."""
        ImageDraw.Draw(self.image).rectangle(
            (px(x), px(y), px(x + w), px(y + h)), fill, colour, max(px(width), 1)
        )

    def pixels(self) -> Pixels:
        """What was drawn, as BGR pixels.

        Raises UnmarkedPaper where no 样本 was put on it: no clean paper leaves this package.
        """
        if not self.watermarked:
            raise UnmarkedPaper("a specimen must be watermarked before it leaves its canvas")
        return to_bgr(self.image)


def to_bgr(image: Image.Image) -> Pixels:
    """Pillow's picture as BGR pixels."""
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _needles(alpha: Floats, noise: np.random.Generator) -> Floats:
    """Text as a 24-needle printer sets it: dots of 1/180 inch, some weak, rows uneven."""
    h, w = alpha.shape
    scale = 180 / DPI
    small = cv2.resize(
        alpha, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=cv2.INTER_AREA
    )
    dots = (small > 0.27).astype(np.float32)
    rows = 1 - 0.25 * noise.random((dots.shape[0], 1), dtype=np.float32)
    weak = np.where(noise.random(dots.shape) < 0.03, 0.35, 1.0).astype(np.float32)
    dots = dots * rows * weak
    big = cv2.resize(dots, (w, h), interpolation=cv2.INTER_NEAREST)
    return np.clip(cv2.GaussianBlur(big, (0, 0), 0.75) * 1.1, 0, 1)
