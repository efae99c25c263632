"""What is worn in the hair and has a colour that hair could have: black, white, silver, gold.

Hair in light and shade is as black and as white as a clip, but its light fades along the strands.
A thing that lies on it ends all around within a pixel or two: as a threshold is lowered, the
outline of what lies above it stays where it is, while a sheen or a gap between locks grows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from validators.photo.look import FACE_WIDTH, FOREHEAD, FaceFrame, Tone
from validators.photo.measures.skin import Crown, off_material
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

_REACH = 0.55
"""How far to both sides of the middle the hair is looked at, in face widths."""
_OFF_WALL = 18.0
_RIM_PX = 12
"""How far into the person, along the outline, what has the wall's colour may be the wall."""
_SKIN_FROM, _SKIN_TO = 1.0, 2.0
"""Unlikeness to skin below which a pixel is skin, and from which it counts in full."""
_STEP, _LAST_LEVEL = 6, 96
_DEPTHS = (2, 3)
"""Levels by which the threshold is lowered: 12 and 18 L*. Steps of 4 told no better, at twice the
cost."""
_COLOUR_UNITS = 2.5
"""What one unit of a* and b* weighs against one of L*: metal stands off hair by colour less."""
_DIM = 4.0
"""L* above black from which equal shares of the light count alike; below it there is only noise."""
# Clips of 0.02 by 0.2 to 0.13 by 0.26 face widths and bands up to 0.085 wide were drawn; a shining
# forehead under short black hair is 0.16 wide.
_LEAST, _LARGEST = round(0.0025 * FACE_WIDTH**2), round(0.2 * FACE_WIDTH**2)
_SLIMMEST_PX, _BROADEST_PX = 3.0, 0.12 * FACE_WIDTH
_MOST_GROWTH_PX = 3.0
_SOLID, _EVEN = 0.45, 0.6
"""Of its hull that a clip fills, a claw with its gaps; of a ribbon of its width and length that a
band fills."""
_AT_RIM = 0.25
"""Of a thing's outline that may lie on the outline of the hair: the ends of a band do."""
_BAND = 0.8 * FACE_WIDTH
_BAND_ENDS_PX = round(0.25 * FACE_WIDTH)
"""How wide a thing is that goes on below the hair, and how much of it does, on both sides."""
_INNER = 0.5
"""Of a thing that lies farther in than the rim: along the outline the wall shines through locks."""
_OFF_SKIN = 1.2
_CROSS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Hair:
    """The part of the frame above the forehead: where hair is, where it ends and what is well
    within, its own L*; of every pixel how light it is, how far from black (in steps that count as
    much on black hair as on brown), how unlike the hair in colour (all in L* or what weighs as
    much, and skin as if it were hair), and how unlike skin."""

    inside: NDArray[np.uint8]
    rim: ClassMask
    inner: ClassMask
    own: float
    lightness: NDArray[np.uint8]
    shade: NDArray[np.uint8]
    colour: NDArray[np.uint8]
    off_skin: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """The connected parts of the hair beyond one threshold."""

    labels: NDArray[np.uint16]
    stats: NDArray[np.int32]


def steepest_outline(frame: FaceFrame, crown: Crown, skin: Tone, wall: Tone | None) -> float:
    """How steeply the most sharply bounded thing on the hair ends at its shallowest, in L* (or its
    equivalent in colour) a pixel; 0 where nothing stands out by 12 L* all around."""
    hair = _find_hair(frame, crown, skin, wall)
    if hair is None:
        return 0.0
    steepest = 0.0
    lighter = range(_first_level(hair.own), _LAST_LEVEL, _STEP)
    # Black lies nearer to dark hair than white does, and a clip still ends where locks fade: what
    # counts is by which share of the light it is darker.
    own = float(_shade(np.array(hair.own, np.float32)))
    darker = range(_first_level(own) + 2 * _STEP, 0, -_STEP)
    for picture, levels in (
        (hair.lightness, lighter),
        (hair.shade, darker),
        (hair.colour, range(_STEP, _LAST_LEVEL, _STEP)),
    ):
        for mask, rows, columns, grown, depth in _things(hair, picture, levels):
            steep = _steepness(hair, mask, (rows, columns), grown, depth)
            steepest = max(steepest, steep)
    return steepest


def _first_level(own: float) -> int:
    """The threshold next below the hair's own lightness: what is lighter stands above it."""
    return max(int(own) // _STEP * _STEP - _STEP, 0)


def _find_hair(frame: FaceFrame, crown: Crown, skin: Tone, wall: Tone | None) -> _Hair | None:
    x, y = frame.xy[FOREHEAD]
    reach = _REACH * FACE_WIDTH
    box = slice(0, max(int(y), 0)), slice(max(int(x - reach), 0), max(int(x + reach), 0))
    inside = frame.inside[box] & (frame.person[box] > 0.5)
    if inside.sum() < _LARGEST // 4:
        return None
    rows = np.flatnonzero(inside.any(axis=1))
    box = slice(int(rows[0]), box[0].stop), box[1]
    inside = inside[rows[0] :]
    if wall is not None:
        inside = inside & ~_wall(frame.off(wall, box) <= _OFF_WALL, inside)
    lab = frame.lab[box]
    off_skin = off_material(lab, skin)
    share = np.clip((off_skin - _SKIN_FROM) / (_SKIN_TO - _SKIN_FROM), 0, 1)
    lightness, a, b = cv2.split(lab)
    tone = crown.tone
    lit = (lightness + 16) / (tone.lightness + 16)
    # Skin is no thing on the hair, but lighter: what lies between both must not run into it.
    light = tone.lightness + share * (lightness - tone.lightness)
    colour = share * np.hypot(a - tone.a * lit, b - tone.b * lit) * _COLOUR_UNITS
    mask = inside.astype(np.uint8)
    rim = mask & (cv2.erode(mask, _CROSS, borderValue=(1.0,)) == 0)
    inner = cv2.distanceTransform(mask, cv2.DIST_C, 3) > _RIM_PX
    lightness = _levels(light, 0.6)
    shade = _shade(lightness.astype(np.float32)).astype(np.uint8)
    return _Hair(
        mask, rim > 0, inner, tone.lightness, lightness, shade, _levels(colour, 1.0), off_skin
    )


def _shade(lightness: Array) -> Array:
    """L* with equal steps for equal shares of the light, 0 for black to 100 for white."""
    return np.asarray(100 * np.log1p(lightness / _DIM) / np.log1p(100 / _DIM), np.float32)


def _wall(like: ClassMask, inside: ClassMask) -> ClassMask:
    """Where the wall shows along the outline of the person: like it, and joined to it."""
    outside = (~inside).astype(np.uint8)
    size = 2 * _RIM_PX + 1
    near = cv2.dilate(outside, np.ones((size, size), np.uint8)) > 0
    _, labels = cv2.connectedComponents(((like & near) | ~inside).astype(np.uint8), connectivity=4)
    joined = np.zeros(int(labels.max()) + 1, np.bool_)
    joined[labels[~inside]] = True
    joined[0] = False
    return np.asarray(cv2.dilate(joined[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def _levels(values: Array, soft: float) -> NDArray[np.uint8]:
    blurred = cv2.GaussianBlur(values.astype(np.float32), (0, 0), soft)
    return np.clip(blurred, 0, 255).astype(np.uint8)


def _things(
    hair: _Hair, picture: NDArray[np.uint8], levels: range
) -> Iterator[tuple[ClassMask, slice, slice, int, int]]:
    """What stands out at a threshold and hardly grows as it is lowered: where in which box, by how
    many pixels it grows, and by how many levels."""
    layers: list[_Layer] = []
    for level in levels:
        kind = cv2.THRESH_BINARY if levels.step > 0 else cv2.THRESH_BINARY_INV
        beyond = cv2.bitwise_and(cv2.threshold(picture, level, 1, kind)[1], hair.inside)
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
    hair: _Hair, thing: ClassMask, where: tuple[slice, slice], grown: int, depth: int
) -> float:
    """The step all around a thing that has the shape of something worn; else 0."""
    mask = cv2.copyMakeBorder(thing.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    area = int(mask.sum())
    outline = area - int(cv2.erode(mask, _CROSS).sum())
    if (hair.rim[where] & thing).sum() > _AT_RIM * outline:
        return 0.0
    if (hair.inner[where] & thing).sum() < _INNER * area:
        return 0.0
    if float(np.median(hair.off_skin[where][thing])) < _OFF_SKIN:
        return 0.0
    width = 2 * float(cv2.distanceTransform(mask, cv2.DIST_L2, 3).max())
    if not _SLIMMEST_PX <= width <= _BROADEST_PX:
        return 0.0
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = max(float(cv2.contourArea(cv2.convexHull(c))) for c in contours) + outline / 2
    if area < _SOLID * hull and area < _EVEN * width * outline / 2:
        return 0.0
    return depth * _STEP * outline / max(grown, 1)
