"""Things that lie on hair or skin, told by an outline that stays where it is.

What a surface has of light and shade fades: as a threshold is lowered, the region beyond it grows.
A thing that lies on it ends all around within a pixel or two, so its outline stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from validators.photo.look import FACE_WIDTH, Tone
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

_STEP, _LAST_LEVEL = 6, 96
_DEPTHS = (2, 3)
"""Levels by which the threshold is lowered: 12 and 18 L*. Steps of 4 told no better, at twice the
cost."""
COLOUR_UNITS = 2.5
"""What one unit of a* and b* weighs against one of L*: metal stands off hair by colour less."""
_DIM = 4.0
"""L* above black from which equal shares of the light count alike; below it there is only noise."""
_SHADE_UNITS = 0.67
"""What one unit of that scale weighs against one of L*: on dark hair it is wider by a third and
more, and so is what locks and their gloss have of it."""
# Clips of 0.02 by 0.2 to 0.13 by 0.26 face widths and bands up to 0.085 wide were drawn, plasters
# of 0.12 by 0.06 to 0.26 by 0.1.
_LEAST, _LARGEST = round(0.0025 * FACE_WIDTH**2), round(0.2 * FACE_WIDTH**2)
_SLIMMEST_PX = 3.0
_MOST_GROWTH_PX = 3.0
_SOLID, _EVEN = 0.45, 0.45
"""Of its hull that a thing fills, a claw with its gaps; of a ribbon of its width and length that a
band fills."""
_BAND = 0.8 * FACE_WIDTH
_BAND_ENDS_PX = round(0.25 * FACE_WIDTH)
"""How wide a thing is that goes on below the ground, and how much of it does, on both sides."""
_INNER = 0.5
"""Of a thing that lies well within the ground."""
_CROSS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What things lie on, as a part of the frame.

    ``inside``       where it is, and ``inner`` what is well within;
    ``own``          its own L*;
    ``lightness``    of every pixel, and ``colour`` how unlike the ground in colour, in L* or what
                     weighs as much;
    ``foreign``      where a thing may be at all, and ``beyond`` the edge across which what is no
                     thing goes on;
    ``broadest_px``  how broad it may be;
    ``at_rim``       how much of its outline may lie on that of the ground, 0 to 1.
    """

    inside: NDArray[np.uint8]
    inner: ClassMask
    own: float
    lightness: NDArray[np.uint8]
    colour: NDArray[np.uint8]
    foreign: ClassMask
    beyond: ClassMask
    broadest_px: float
    at_rim: float


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """The connected parts of the ground beyond one threshold."""

    labels: NDArray[np.uint16]
    stats: NDArray[np.int32]


def steepest(ground: Ground) -> float:
    """How steeply the most sharply bounded thing on the ground ends at its shallowest, in L* (or
    its equivalent in colour) a pixel; 0 where nothing stands out by 12 L* all around."""
    # Black lies nearer to dark hair than white does, and a clip still ends where locks fade: what
    # counts is by which share of the light it is darker.
    shade = _shade(ground.lightness.astype(np.float32)).astype(np.uint8)
    own = float(_shade(np.array(ground.own, np.float32)))
    rim = ground.inside & (cv2.erode(ground.inside, _CROSS, borderValue=(1.0,)) == 0) > 0
    found = 0.0
    for picture, levels, unit in (
        (ground.lightness, range(_first_level(ground.own), _LAST_LEVEL, _STEP), 1.0),
        (shade, range(_first_level(own) + 2 * _STEP, 0, -_STEP), _SHADE_UNITS),
        (ground.colour, range(_STEP, _LAST_LEVEL, _STEP), 1.0),
    ):
        for mask, rows, columns, grown, depth in _things(ground, picture, levels):
            steep = _steepness(ground, rim, mask, (rows, columns), grown, depth)
            found = max(found, unit * steep)
    return found


def off_colour(lab: Array, tone: Tone) -> Array:
    """How unlike ``tone`` in colour each pixel (H x W x 3, CIELAB) is, in units of a* and b*: less
    of the tone's own colour is expected where it is darker."""
    lightness, a, b = cv2.split(lab)
    lit = (lightness + 16) / (tone.lightness + 16)
    return np.asarray(np.hypot(a - tone.a * lit, b - tone.b * lit))


def levels_of(values: Array, soft: float) -> NDArray[np.uint8]:
    """Values in whole steps of one, after a blur of so many pixels."""
    blurred = cv2.GaussianBlur(values.astype(np.float32), (0, 0), soft)
    return np.clip(blurred, 0, 255).astype(np.uint8)


def _first_level(own: float) -> int:
    """The threshold next below the hair's own lightness: what is lighter stands above it."""
    return max(int(own) // _STEP * _STEP - _STEP, 0)


def _shade(lightness: Array) -> Array:
    """L* with equal steps for equal shares of the light, 0 for black to 100 for white."""
    return np.asarray(100 * np.log1p(lightness / _DIM) / np.log1p(100 / _DIM), np.float32)


def _things(
    ground: Ground, picture: NDArray[np.uint8], levels: range
) -> Iterator[tuple[ClassMask, slice, slice, int, int]]:
    """What stands out at a threshold and hardly grows as it is lowered: where in which box, by how
    many pixels it grows, and by how many levels."""
    layers: list[_Layer] = []
    for level in levels:
        kind = cv2.THRESH_BINARY if levels.step > 0 else cv2.THRESH_BINARY_INV
        beyond = cv2.bitwise_and(cv2.threshold(picture, level, 1, kind)[1], ground.inside)
        _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
            beyond, 8, cv2.CV_16U, cv2.CCL_BBDT
        )
        layers.append(_Layer(np.asarray(labels), np.asarray(stats)))
        areas = stats[1:, cv2.CC_STAT_AREA]
        # Beyond the next threshold lies only less.
        if not (areas >= _LEAST).any():
            return
        for thing in 1 + np.flatnonzero((areas >= _LEAST) & (areas <= _LARGEST)):
            left, top, width, height, area = (int(v) for v in stats[thing])
            # Forehead and sideburns go on below; of what is worn only a band does, on both sides.
            below = int((labels[-1] == thing).sum())
            if below and (width < _BAND or below > _BAND_ENDS_PX):
                continue
            x = left + int((labels[top, left : left + width] == thing).argmax())
            for depth in _DEPTHS:
                if depth >= len(layers):
                    continue
                lower = layers[-1 - depth]
                grown = int(lower.stats[lower.labels[top, x], cv2.CC_STAT_AREA]) - area
                if grown <= _MOST_GROWTH_PX * 2 * (width + height):
                    rows, columns = slice(top, top + height), slice(left, left + width)
                    yield labels[rows, columns] == thing, rows, columns, grown, depth


def _steepness(
    ground: Ground,
    rim: ClassMask,
    thing: ClassMask,
    where: tuple[slice, slice],
    grown: int,
    depth: int,
) -> float:
    """The step all around a thing that has the shape of something worn; else 0."""
    mask = cv2.copyMakeBorder(thing.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    area = int(mask.sum())
    outline = area - int(cv2.erode(mask, _CROSS).sum())
    cut = int((rim[where] & thing).sum())
    if cut > ground.at_rim * outline:
        return 0.0
    if (ground.inner[where] & thing).sum() < _INNER * area:
        return 0.0
    if (ground.foreign[where] & thing).sum() < area / 2 or (ground.beyond[where] & thing).any():
        return 0.0
    width = 2 * float(cv2.distanceTransform(mask, cv2.DIST_L2, 3).max())
    if not _SLIMMEST_PX <= width <= ground.broadest_px:
        return 0.0
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = max(float(cv2.contourArea(cv2.convexHull(c))) for c in contours) + outline / 2
    if area < _SOLID * hull and area < _EVEN * width * outline / 2:
        return 0.0
    # What lies on the ground's own outline cannot grow.
    return depth * _STEP * (outline - cut) / max(grown, 1)
