"""Printed table rules of a sheet: rules, rows, columns and cells. Pure.

Pre-printed papers (居民户口簿, the application form, registration forms) put every answer into
a cell of a grid. The grid, not the order of the lines that were read, says which label an
answer belongs to. Rules may be thin, coloured, broken by seals, or missing in parts, and a
sheet keeps a residue of skew, perspective and bending; so a rule is a line of measured places,
and a cell is found by looking from a point to the nearest rule on each of its four sides: a
cell that spans rows or columns needs no special case, and a missing rule widens its cell only.

Everything is in pixels of the image handed in, origin top-left.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import percentile_of
from pipeline.model import Image, Quad
from pipeline.once import once_per_picture

Mask = NDArray[np.uint8]
"""H x W, 0 or 255."""

Direction = Literal["horizontal", "vertical"]

SHORTEST_FRACTION = 1 / 24
"""Shortest rule after joining, as a fraction of the long side: the height of a table row."""
REDNESS = 0.5
"""How much of a pixel's redness is taken off its darkness."""
DARKNESS_MIN = 28.0
"""Grey levels below white paper at which the faintest ink begins."""


@dataclass(frozen=True, slots=True)
class RuledLine:
    """One printed rule: straight, or bent as a page is that did not lie flat.

    ``knots`` are (along, across) places on it, along ascending: (x, y) of a horizontal rule,
    (y, x) of a vertical one. ``slope`` is that of the rule as a whole.
    """

    direction: Direction
    knots: tuple[tuple[float, float], ...]
    slope: float
    thickness: float

    @property
    def first(self) -> float:
        """Where the rule begins."""
        return self.knots[0][0]

    @property
    def last(self) -> float:
        """Where the rule ends."""
        return self.knots[-1][0]

    @property
    def length(self) -> float:
        """Pixels along the rule."""
        return self.last - self.first

    def at(self, along: float) -> float:
        """Where the rule lies across, at a place along it (also beyond its ends)."""
        if along <= self.first:
            return self.knots[0][1] + self.slope * (along - self.first)
        if along >= self.last:
            return self.knots[-1][1] + self.slope * (along - self.last)
        after = bisect_right(self.knots, along, key=lambda knot: knot[0])
        (x0, y0), (x1, y1) = self.knots[after - 1], self.knots[after]
        return (y1 - y0) / (x1 - x0) * (along - x0) + y0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, by the rules around it; None on a side where the sheet's edge bounds it."""

    left: RuledLine | None
    top: RuledLine | None
    right: RuledLine | None
    bottom: RuledLine | None
    box: tuple[float, float, float, float]
    """left, top, right, bottom at the point it was looked up from."""

    @property
    def sides(self) -> tuple[RuledLine | None, ...]:
        """Left, top, right, bottom: what tells the cell from others."""
        return self.left, self.top, self.right, self.bottom


@dataclass(frozen=True, slots=True)
class Ruling:
    """All rules of a sheet. ``size`` is width, height; ``scale`` as for :func:`find_rules`."""

    horizontals: tuple[RuledLine, ...]
    verticals: tuple[RuledLine, ...]
    size: tuple[int, int]
    scale: float = 1.0

    def rows_at(self, x: float) -> list[float]:
        """Where horizontal rules cross the vertical through ``x``, top first."""
        return sorted(_crossings(self.horizontals, x, self._reach))

    def columns_at(self, y: float) -> list[float]:
        """Where vertical rules cross the horizontal through ``y``, left first."""
        return sorted(_crossings(self.verticals, y, self._reach))

    def cell_at(self, x: float, y: float) -> Cell:
        """The cell around a point."""
        above, below = _neighbours(self.horizontals, x, y, self._reach)
        before, after = _neighbours(self.verticals, y, x, self._reach)
        width, height = self.size
        box = (
            before.at(y) if before else 0.0,
            above.at(x) if above else 0.0,
            after.at(y) if after else float(width),
            below.at(x) if below else float(height),
        )
        return Cell(before, above, after, below, box)

    def cells(self) -> list[Cell]:
        """Every cell bounded on all four sides, row by row."""
        found: dict[tuple[int, ...], Cell] = {}
        width, height = self.size
        least = self._reach
        columns = _gaps((rule.at(height / 2) for rule in self.verticals), least)
        rows = _gaps((rule.at(width / 2) for rule in self.horizontals), least)
        for y in rows:
            for x in columns:
                cell = self.cell_at(x, y)
                if all(cell.sides):
                    found.setdefault(tuple(map(id, cell.sides)), cell)
        return sorted(found.values(), key=lambda c: (round(c.box[1] / least), c.box[0]))

    def mask(self, margin: float = 2.0) -> Mask:
        """The pixels of the rules, each widened by ``margin`` pixels on both sides."""
        width, height = self.size
        mask = np.zeros((height, width), dtype=np.uint8)
        for rule in (*self.horizontals, *self.verticals):
            points = np.array(rule.knots)
            if rule.direction == "vertical":
                points = points[:, ::-1]
            width_px = max(1, round(rule.thickness + 2 * margin))
            course = np.round(points).astype(np.int32)
            cv2.polylines(mask, [course], False, (255,), width_px)
        return mask

    @property
    def _reach(self) -> float:
        """How far beyond its found ends a rule may still bound a cell."""
        return max(self.size) * SHORTEST_FRACTION * self.scale / 3


def mask_of(condition: NDArray[np.bool_]) -> Mask:
    """255 where it holds, 0 elsewhere."""
    return condition.astype(np.uint8) * 255


def _crossings(rules: Sequence[RuledLine], along: float, reach: float) -> list[float]:
    return [r.at(along) for r in rules if r.first - reach <= along <= r.last + reach]


def _neighbours(
    rules: Sequence[RuledLine], along: float, across: float, reach: float
) -> tuple[RuledLine | None, RuledLine | None]:
    """The nearest rule before and after a point."""
    passing = [r for r in rules if r.first - reach <= along <= r.last + reach]
    before = max(
        (r for r in passing if r.at(along) <= across), key=lambda r: r.at(along), default=None
    )
    after = min(
        (r for r in passing if r.at(along) > across), key=lambda r: r.at(along), default=None
    )
    return before, after


def _gaps(places: Iterable[float], least: float) -> list[float]:
    """Midpoints between neighbouring places that lie at least ``least`` apart."""
    ordered = sorted(places)
    pairs = itertools.pairwise(ordered)
    return [(a + b) / 2 for a, b in pairs if b - a >= least]


@once_per_picture
def level_ink(image: Image) -> Image:
    """A grey picture of what is written in black or blue-black, on even white paper: shadows,
    the paper's tint and red seals left out. H x W, 0 to 255.

    Looked at in the red channel, in which red seals and red print fade into the paper while
    black and blue ink stay dark. A grey copy keeps its seals.
    """
    channel = image if image.ndim == 2 else image[:, :, 2]
    reach = min(max(15, round(max(channel.shape) / 40)) | 1, 61)
    small = cv2.resize(channel, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), reach)
    paper = cv2.resize(paper, (channel.shape[1], channel.shape[0]))
    level = np.asarray(cv2.divide(channel, paper, scale=255.0))
    if image.ndim == 2:
        return level.astype(np.uint8)
    # Thin strokes of red ink stay darker than the paper even in the red channel.
    redness = cv2.subtract(channel, cv2.max(image[:, :, 0], image[:, :, 1]))
    usual = int(percentile_of(np.asarray(redness, np.uint8), 50))
    redness = cv2.subtract(redness, np.full_like(redness, usual))
    return np.asarray(cv2.addWeighted(level, 1.0, redness, REDNESS, 0.0)).astype(np.uint8)


def dark_ink(level: Image, darkness: float | None = None) -> Mask:
    """Where the ink of :func:`level_ink` is dark: about half of the way from paper to
    ``darkness`` (0 to 255), by default that of the sheet's darkest print."""
    dark = 255 - level
    deep = float(np.percentile(dark, 99.5)) if darkness is None else darkness
    return mask_of(dark >= max(DARKNESS_MIN, 0.42 * deep))


def quad_of(left: float, top: float, right: float, bottom: float) -> Quad:
    """An upright rectangle as a quad, clockwise from the top-left corner."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
