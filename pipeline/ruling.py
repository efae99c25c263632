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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image, Quad

Mask = NDArray[np.uint8]
"""H x W, 0 or 255."""

Direction = Literal["horizontal", "vertical"]

STROKE_FRACTION = 1 / 32
"""Shortest straight run that may belong to a rule, as a fraction of the image's long side: longer
than the strokes of a label's characters (about 1/40 on booklet pages)."""
SHORTEST_FRACTION = 1 / 24
"""Shortest rule after joining, as a fraction of the long side: the height of a table row."""
THICKEST_FRACTION = 1 / 120
CONTRAST_MIN = 14
"""Grey levels (of 255) by which a rule is at least darker than the paper beside it."""
DEPTHS = (0.45, 0.22)
"""Darkness of rules as a fraction of the darkest print: first rules as dark as the print, free of
the paper's pattern, then the fainter ones."""
REDNESS = 0.5
"""How much of a pixel's redness is taken off its darkness."""
DARKNESS_MIN = 28.0
"""Grey levels below white paper at which the faintest ink begins."""
RED_MIN = 60
"""Grey levels by which red ink is brighter in the red channel than in the others."""
RED_SHARE = 0.004
"""Share of such pixels from which a seal may hide rules."""
FREE_MIN = 0.5
"""Share of a piece's length that must have paper on both sides."""
KNOT_STEP_PX = 48
"""Distance of the places at which a rule's course is measured."""
SLOPE_MAX = 0.09
"""Steepest residue of skew or perspective, as rise over run (about 5 degrees)."""


@dataclass(frozen=True, slots=True)
class Rule:
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
        places, across = zip(*self.knots, strict=True)
        return float(np.interp(along, places, across))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, by the rules around it; None on a side where the sheet's edge bounds it."""

    left: Rule | None
    top: Rule | None
    right: Rule | None
    bottom: Rule | None
    box: tuple[float, float, float, float]
    """left, top, right, bottom at the point it was looked up from."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """All rules of a sheet. ``size`` is width, height; ``scale`` as for :func:`find_rules`."""

    horizontals: tuple[Rule, ...]
    verticals: tuple[Rule, ...]
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
                sides = (cell.left, cell.top, cell.right, cell.bottom)
                if all(sides):
                    found.setdefault(tuple(id(side) for side in sides), cell)
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


def find_rules(image: Image, scale: float = 1.0) -> Ruling:
    """The rules printed on an upright, flat sheet (BGR or grey).

    ``scale`` is how large the print is for the sheet: 1 for a booklet page of a dozen rows, 0.5
    for a whole A4 page with rows and characters half as high.
    """
    height, width = image.shape[:2]
    horizontals: list[Rule] = []
    verticals: list[Rule] = []
    for grey in _greys(image):
        relief = _relief(grey)
        deepest = float(np.percentile(relief, 99.5))
        for depth in DEPTHS:
            dark = _mask(relief >= max(CONTRAST_MIN, depth * deepest))
            horizontals = _straight(dark, "horizontal", horizontals, scale)
            verticals = _straight(dark, "vertical", verticals, scale)
    reach = max(width, height) * SHORTEST_FRACTION * scale / 3
    # A rule of a table meets others; an underline, a stroke of a title or the flank of a seal
    # meets none.
    crossed_h = [r for r in horizontals if any(_meet(r, v, reach) for v in verticals)]
    crossed_v = [r for r in verticals if any(_meet(h, r, reach) for h in horizontals)]
    return Ruling(tuple(crossed_h), tuple(crossed_v), (width, height), scale)


def _mask(condition: NDArray[np.bool_]) -> Mask:
    return np.where(condition, 255, 0).astype(np.uint8)


def _greys(image: Image) -> list[Image]:
    """Grey pictures in which rules stand out.

    Rules are green, brown, red or black: the darkest channel shows all of them. The red channel
    shows those that are not red through a red seal.
    """
    if image.ndim == 2:
        return [image]
    darkest = image.min(axis=2)
    red = image[:, :, 2]
    is_coloured = float(np.mean(cv2.subtract(red, darkest) > RED_MIN)) > RED_SHARE
    return [darkest, red] if is_coloured else [darkest]


def _relief(grey: Image) -> Image:
    """By how many grey levels thin things are darker than the paper around them, free of shadows
    and of the paper's tint."""
    thickest = max(3, round(max(grey.shape) * THICKEST_FRACTION))
    kernel = np.ones((2 * thickest + 1, 2 * thickest + 1), dtype=np.uint8)
    return cast(Image, cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel))


def _straight(dark: Mask, direction: Direction, known: Sequence[Rule], scale: float) -> list[Rule]:
    """Straight runs along one direction, joined with the rules already known."""
    long_side = max(dark.shape)
    run = max(12, round(long_side * STROKE_FRACTION * scale))
    thickest = max(3.0, long_side * THICKEST_FRACTION)
    mask = dark if direction == "horizontal" else dark.T.copy()
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, run), dtype=np.uint8))
    # A slanting rule steps from pixel row to pixel row: close the steps before labelling.
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((3, 5), dtype=np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    pieces = list(known)
    for index in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[index])
        if area / w > thickest or h > thickest + SLOPE_MAX * w:
            continue
        piece = _trace(labels[y : y + h, x : x + w] == index, (x, y), direction)
        if abs(piece.slope) <= SLOPE_MAX and _stands_free(piece, mask):
            pieces.append(piece)
    joined = _join(pieces, gap=long_side / 8, across=max(2.5, long_side / 400))
    return [r for r in joined if r.length >= long_side * SHORTEST_FRACTION * scale]


def _trace(blob: NDArray[np.bool_], corner: tuple[int, int], direction: Direction) -> Rule:
    """The middle line of a long flat blob whose top-left pixel is ``corner``."""
    height, width = blob.shape
    steps = max(1, round(width / KNOT_STEP_PX))
    edges = np.linspace(0, width, steps + 1).astype(int)
    rows = np.arange(height)
    knots = []
    thicknesses = []
    for start, end in itertools.pairwise(edges):
        columns = blob[:, start:end]
        thickness = columns.sum(axis=0)
        # A seal or a stroke that touches the rule thickens a few columns only.
        plain = columns[:, thickness <= np.median(thickness)]
        across = float((rows @ plain).sum() / plain.sum())
        knots.append((corner[0] + (start + end) / 2, corner[1] + across))
        thicknesses.append(float(np.median(thickness)))
    slope = _slope(knots)
    (first, at_first), (last, at_last) = knots[0], knots[-1]
    begin, end = float(corner[0]), float(corner[0] + width)
    knots.insert(0, (begin, at_first + slope * (begin - first)))
    knots.append((end, at_last + slope * (end - last)))
    return Rule(direction, tuple(knots), slope, max(1.0, float(np.median(thicknesses))))


def _slope(knots: Sequence[tuple[float, float]]) -> float:
    along, across = np.array(knots, dtype=np.float64).T
    return float(np.polyfit(along, across, 1)[0]) if along.max() - along.min() > 1 else 0.0


def _stands_free(piece: Rule, dark: Mask) -> bool:
    """Whether there is paper on both sides of a piece for most of its length.

    The strokes of characters have other strokes beside them; values printed over a rule cover
    a part of it only. ``dark`` is turned so that the piece runs along x.
    """
    along = np.arange(round(piece.first), round(piece.last))
    places, knots = zip(*piece.knots, strict=True)
    middle = np.interp(along, places, knots)
    free = np.ones(len(along), dtype=bool)
    for side in (-1, 1):
        beside = np.zeros(len(along), dtype=bool)
        for step in (2.0, 3.5, 5.0):
            across = np.clip(
                np.round(middle + side * (piece.thickness / 2 + step)), 0, dark.shape[0] - 1
            ).astype(np.intp)
            beside |= dark[across, along] > 0
        free &= ~beside
    return float(free.mean()) >= FREE_MIN


def _join(pieces: Iterable[Rule], gap: float, across: float) -> list[Rule]:
    """Pieces that continue each other, joined: seals, characters and folds break rules."""
    rules = sorted(pieces, key=lambda r: -r.length)
    joined: list[Rule] = []
    for piece in rules:
        for i, rule in enumerate(joined):
            apart = max(rule.first, piece.first) - min(rule.last, piece.last)
            middle = (piece.first + piece.last) / 2
            # The longer rule knows its slope; its extrapolation may err with the distance.
            tolerance = across + 0.004 * max(0.0, apart)
            if apart <= gap and abs(rule.at(middle) - piece.at(middle)) <= tolerance:
                joined[i] = _joined(rule, piece)
                break
        else:
            joined.append(piece)
    return joined if len(joined) == len(rules) else _join(joined, gap, across)


def _joined(a: Rule, b: Rule) -> Rule:
    """One rule through both; where they overlap, the longer one's course counts."""
    longer, shorter = (a, b) if a.length >= b.length else (b, a)
    added = [k for k in shorter.knots if not longer.first <= k[0] <= longer.last]
    knots = tuple(sorted([*longer.knots, *added]))
    thickness = (a.thickness * a.length + b.thickness * b.length) / (a.length + b.length)
    return Rule(a.direction, knots, _slope(knots), thickness)


def _meet(horizontal: Rule, vertical: Rule, reach: float) -> bool:
    """Whether two rules cross or touch, within ``reach``."""
    y = horizontal.at((horizontal.first + horizontal.last) / 2)
    x = vertical.at(y)
    y = horizontal.at(x)
    return (
        horizontal.first - reach <= x <= horizontal.last + reach
        and vertical.first - reach <= y <= vertical.last + reach
    )


def _crossings(rules: Sequence[Rule], along: float, reach: float) -> list[float]:
    return [r.at(along) for r in rules if r.first - reach <= along <= r.last + reach]


def _neighbours(
    rules: Sequence[Rule], along: float, across: float, reach: float
) -> tuple[Rule | None, Rule | None]:
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
    redness = cv2.subtract(channel, image[:, :, :2].max(axis=2))
    redness = cv2.subtract(redness, np.full_like(redness, int(np.median(redness))))
    return np.asarray(cv2.addWeighted(level, 1.0, redness, REDNESS, 0.0)).astype(np.uint8)


def find_ink(level: Image, darkness: float | None = None) -> Mask:
    """Where the ink of :func:`level_ink` is dark: about half of the way from paper to
    ``darkness`` (0 to 255), by default that of the sheet's darkest print."""
    dark = 255 - level
    deep = float(np.percentile(dark, 99.5)) if darkness is None else darkness
    return _mask(dark >= max(DARKNESS_MIN, 0.42 * deep))


def quad_of(left: float, top: float, right: float, bottom: float) -> Quad:
    """An upright rectangle as a quad, clockwise from the top-left corner."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
