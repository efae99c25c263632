"""Where a sheet's printed rules are: straight runs of dark pixels with paper on both sides, joined
across gaps, that meet others. Pure.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import darkest, percentile_of
from pipeline.layout.ruled_table import (
    SHORTEST_FRACTION,
    Direction,
    Mask,
    RuledLine,
    Ruling,
    mask_of,
)
from pipeline.model import Image

STROKE_FRACTION = 1 / 32
"""Shortest straight run that may belong to a rule, as a fraction of the image's long side: longer
than the strokes of a label's characters (about 1/40 on booklet pages)."""
THICKEST_FRACTION = 1 / 120
CONTRAST_MIN = 14
"""Grey levels (of 255) by which a rule is at least darker than the paper beside it."""
DEPTHS = (0.45, 0.22)
"""Darkness of rules as a fraction of the darkest print: first rules as dark as the print, free of
the paper's pattern, then the fainter ones."""
RED_RULE_MIN = 60
"""Grey levels by which red ink is brighter in the red channel than in the others."""
RED_RULE_SHARE = 0.004
"""Share of such pixels from which a seal may hide rules."""
FREE_MIN = 0.5
"""Share of a piece's length that must have paper on both sides."""
KNOT_STEP_PX = 48
"""Distance of the places at which a rule's course is measured."""
SLOPE_MAX = 0.09
"""Steepest residue of skew or perspective, as rise over run (about 5 degrees)."""


def find_rules(image: Image, scale: float = 1.0) -> Ruling:
    """The rules printed on an upright, flat sheet (BGR or grey).

    ``scale`` is how large the print is for the sheet: 1 for a booklet page of a dozen rows, 0.5
    for a whole A4 page with rows and characters half as high.
    """
    height, width = image.shape[:2]
    horizontals: list[RuledLine] = []
    verticals: list[RuledLine] = []
    for grey in _greys(image):
        relief = _relief(grey)
        deepest = percentile_of(relief, 99.5)
        for depth in DEPTHS:
            dark = mask_of(relief >= max(CONTRAST_MIN, depth * deepest))
            horizontals = _straight(dark, "horizontal", horizontals, scale)
            verticals = _straight(dark, "vertical", verticals, scale)
    reach = max(width, height) * SHORTEST_FRACTION * scale / 3
    # A rule of a table meets others; an underline, a stroke of a title or the flank of a seal
    # meets none.
    crossed_h = [r for r in horizontals if any(_meet(r, v, reach) for v in verticals)]
    crossed_v = [r for r in verticals if any(_meet(h, r, reach) for h in horizontals)]
    return Ruling(
        tuple(r for r in crossed_h if not _is_streak(r, crossed_h, crossed_v, 3 * reach)),
        tuple(r for r in crossed_v if not _is_streak(r, crossed_v, crossed_h, 3 * reach)),
        (width, height),
        scale,
    )


def _is_streak(
    rule: RuledLine, alike: Sequence[RuledLine], across: Sequence[RuledLine], row: float
) -> bool:
    """Whether a rule runs on, by more than a row's height, where the table has ended: beyond all
    the rules that run with it and all that it meets. A mark of the scanner's glass does, or the
    edge of a sheet beneath."""
    others = [r for r in alike if r is not rule]
    if len(others) < 2:
        return False
    crossings = [r.at(rule.at((rule.first + rule.last) / 2)) for r in across]
    first = min(*(r.first for r in others), *crossings)
    last = max(*(r.last for r in others), *crossings)
    return rule.first < first - row or rule.last > last + row


def _greys(image: Image) -> list[Image]:
    """Grey pictures in which rules stand out.

    Rules are green, brown, red or black: the darkest channel shows all of them. The red channel
    shows those that are not red through a red seal.
    """
    if image.ndim == 2:
        return [image]
    dark = darkest(image)
    red = image[:, :, 2]
    is_coloured = float(np.mean(cv2.subtract(red, dark) > RED_RULE_MIN)) > RED_RULE_SHARE
    return [dark, red] if is_coloured else [dark]


def _relief(grey: Image) -> Image:
    """By how many grey levels thin things are darker than the paper around them, free of shadows
    and of the paper's tint."""
    thickest = max(3, round(max(grey.shape) * THICKEST_FRACTION))
    kernel = np.ones((2 * thickest + 1, 2 * thickest + 1), dtype=np.uint8)
    return cast(Image, cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel))


def _straight(
    dark: Mask, direction: Direction, known: Sequence[RuledLine], scale: float
) -> list[RuledLine]:
    """Straight runs along one direction, joined with the rules already known."""
    long_side = max(dark.shape)
    run = max(12, round(long_side * STROKE_FRACTION * scale))
    thickest = max(3.0, long_side * THICKEST_FRACTION)
    mask = dark if direction == "horizontal" else cast(Mask, cv2.transpose(dark))
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, run), dtype=np.uint8))
    # A slanting rule steps from pixel row to pixel row: close the steps before labelling.
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((3, 5), dtype=np.uint8))
    pieces = list(known)
    for top, band in _bands(cast(Mask, closed)):
        count, labels, stats, _ = cv2.connectedComponentsWithStats(band, connectivity=8)
        for index in range(1, count):
            x, y, w, h, area = (int(value) for value in stats[index])
            if area / w > thickest or h > thickest + SLOPE_MAX * w:
                continue
            piece = _trace(labels[y : y + h, x : x + w] == index, (x, top + y), direction)
            if abs(piece.slope) <= SLOPE_MAX and _stands_free(piece, mask):
                pieces.append(piece)
    joined = _join(pieces, gap=long_side / 8, across=max(2.5, long_side / 400))
    return [r for r in joined if r.length >= long_side * SHORTEST_FRACTION * scale]


def _bands(mask: Mask) -> Iterator[tuple[int, Mask]]:
    """The rows with something in them, from empty row to empty row, and where each band begins.
    Nothing connected goes beyond one, and few rows hold a long run: labelling whole sheets takes
    ten times as long."""
    rows = np.flatnonzero(mask.max(axis=1))
    for band in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        if len(band):
            yield int(band[0]), mask[band[0] : band[-1] + 1]


def _trace(blob: NDArray[np.bool_], corner: tuple[int, int], direction: Direction) -> RuledLine:
    """The middle line of a long flat blob whose top-left pixel is ``corner``."""
    height, width = blob.shape
    steps = max(1, round(width / KNOT_STEP_PX))
    edges = np.linspace(0, width, steps + 1).astype(int).tolist()
    # Plain numbers: an array of a few dozen columns costs more to handle than to count.
    depth: list[int] = blob.sum(axis=0).tolist()
    heights: list[int] = (np.arange(height) @ blob).tolist()
    knots = []
    thicknesses = []
    for start, end in itertools.pairwise(edges):
        usual = float(statistics.median(depth[start:end]))
        # A seal or a stroke that touches the rule thickens a few columns only.
        plain = [i for i in range(start, end) if depth[i] <= usual]
        across = sum(heights[i] for i in plain) / sum(depth[i] for i in plain)
        knots.append((corner[0] + (start + end) / 2, corner[1] + across))
        thicknesses.append(usual)
    slope = _slope(knots)
    (first, at_first), (last, at_last) = knots[0], knots[-1]
    begin, end = float(corner[0]), float(corner[0] + width)
    knots.insert(0, (begin, at_first + slope * (begin - first)))
    knots.append((end, at_last + slope * (end - last)))
    return RuledLine(direction, tuple(knots), slope, max(1.0, statistics.median(thicknesses)))


def _slope(knots: Sequence[tuple[float, float]]) -> float:
    along, across = np.array(knots, dtype=np.float64).T
    if along.max() - along.min() <= 1:
        return 0.0
    off = along - along.mean()
    return float(off @ (across - across.mean()) / (off @ off))


def _stands_free(piece: RuledLine, dark: Mask) -> bool:
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


def _join(pieces: Iterable[RuledLine], gap: float, across: float) -> list[RuledLine]:
    """Pieces that continue each other, joined: seals, characters and folds break rules."""
    rules = sorted(pieces, key=lambda r: -r.length)
    joined: list[RuledLine] = []
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


def _joined(a: RuledLine, b: RuledLine) -> RuledLine:
    """One rule through both; where they overlap, the longer one's course counts."""
    longer, shorter = (a, b) if a.length >= b.length else (b, a)
    added = [k for k in shorter.knots if not longer.first <= k[0] <= longer.last]
    knots = tuple(sorted([*longer.knots, *added]))
    thickness = (a.thickness * a.length + b.thickness * b.length) / (a.length + b.length)
    return RuledLine(a.direction, knots, _slope(knots), thickness)


def _meet(horizontal: RuledLine, vertical: RuledLine, reach: float) -> bool:
    """Whether two rules cross or touch, within ``reach``."""
    y = horizontal.at((horizontal.first + horizontal.last) / 2)
    x = vertical.at(y)
    y = horizontal.at(x)
    return (
        horizontal.first - reach <= x <= horizontal.last + reach
        and vertical.first - reach <= y <= vertical.last + reach
    )
