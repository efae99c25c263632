"""Writing over the picture: a date stamp, a studio's mark, a watermark on the wall.

Nothing is read. On the wall every small spot that stands free is one too many; below the chin,
strokes of one colour and one height that stand in a row are writing. Over face and hair nothing
is looked for: locks and lashes stand in rows, too.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image
from validators.photo.look import CARD_HEIGHT_PX, CHIN, FaceLook, lab_of
from validators.photo.models import Array, Mesh

T = TypeVar("T", np.uint8, np.float32)

_PERSON = 0.15
_CLEAR = np.ones((19, 19), np.uint8)
_AROUND = (25, 25)
"""What a spot on the wall is compared with, in pixels."""
_LEAST_WALL = 625
_EDGE = 6
_LEAST_STEP, _NOISES = 6.0, 5.0
_MEDIAN_NOISE = 1.4826
_LEAST_SPOT = 5

_STROKE = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
_STANDS_OUT = 30.0
_LOWEST, _HIGHEST = 6, 34
_LEAST_INK = 8
_MOST = 160
"""Strokes looked at, the largest first: knitwear has hundreds."""
_LEAST_STROKES = 5
_LONGEST = 12
_SAME_COLOUR = 16.0
_LEANING = np.radians((0.0, -10.0, 10.0)).astype(np.float32)


def wall_spots(look: FaceLook) -> float:
    """Area of all spots on the wall that touch neither the person nor what sticks out from him, in
    pixels of a picture 441 px high."""
    image, person = _at_card_height(look.image), _at_card_height(look.person, cv2.INTER_LINEAR)
    near = cv2.dilate((person > _PERSON).astype(np.uint8), _CLEAR)
    wall = np.asarray(near == 0)
    # A line along the edge is a border, which has a rule of its own.
    wall[:_EDGE] = wall[-_EDGE:] = wall[:, :_EDGE] = wall[:, -_EDGE:] = False
    if wall.sum() < _LEAST_WALL:
        return 0.0
    lab, part = lab_of(image), wall.astype(np.float32)
    # The mean of the wall alone: what is near the person does not count.
    mean = (
        cv2.blur(lab * part[..., None], _AROUND)
        / np.maximum(cv2.blur(part, _AROUND), 1e-3)[..., None]
    )
    apart = np.abs(lab - mean)
    off = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2]) * part
    noise = _MEDIAN_NOISE * float(np.median(off[wall]))
    marked = (off > max(_LEAST_STEP, _NOISES * noise)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marked | near)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[np.unique(labels[~wall])] = 0
    areas[0] = 0
    return float(areas[areas >= _LEAST_SPOT].sum()) if count > 1 else 0.0


def longest_row(look: FaceLook, mesh: Mesh) -> int:
    """How many strokes of one colour and one height stand in a row below the chin, at most."""
    image = _at_card_height(look.image)
    chin = int(mesh.xy[CHIN][1] * len(image) / len(look.image))
    image = np.ascontiguousarray(image[max(chin, 0) :])
    if len(image) < _HIGHEST:
        return 0
    lab = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2LAB), np.uint8)
    # Orange and red dates stand off dark clothes by colour, white ones by lightness.
    channels = (lab[..., 0], cv2.convertScaleAbs(lab[..., 2], alpha=2, beta=-128))
    return max(
        _row(np.asarray(cv2.morphologyEx(channel, stroke, _STROKE), np.uint8), lab)
        for channel in channels
        for stroke in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)
    )


def _row(strokes: NDArray[np.uint8], lab: Image) -> int:
    count, labels, stats, middles = cv2.connectedComponentsWithStats(
        (strokes > _STANDS_OUT).astype(np.uint8)
    )
    width, height, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    fits = (height >= _LOWEST) & (height <= _HIGHEST) & (width <= _HIGHEST) & (area >= _LEAST_INK)
    chosen = 1 + np.flatnonzero(fits)
    if len(chosen) < _LEAST_STROKES:
        return 0
    chosen = chosen[np.argsort(-stats[chosen, 4])][:_MOST]
    tall = stats[chosen, 3].astype(np.float32)[:, None]
    alike = np.abs(tall - tall.T) <= 0.3 * tall + 1
    flat = labels.ravel()
    for channel, unit in zip(cv2.split(lab), (100 / 255, 1.0, 1.0), strict=True):
        mean = np.bincount(flat, channel.ravel(), count)[chosen] / stats[chosen, 4] * unit
        alike &= np.abs(mean[:, None] - mean[None]) < _SAME_COLOUR
    places = middles[chosen].astype(np.float32)
    apart = places[None] - places[:, None]
    return max(_chain(apart, tall, alike, float(lean)) for lean in _LEANING)


def _chain(apart: Array, tall: Array, alike: NDArray[np.bool_], lean: float) -> int:
    """The longest chain from one stroke to the next beside it, along a line that leans so much."""
    along = apart[..., 0] * np.cos(lean) + apart[..., 1] * np.sin(lean)
    across = np.abs(apart[..., 1] * np.cos(lean) - apart[..., 0] * np.sin(lean))
    follows = alike & (along > 0.25 * tall) & (along < 2 * tall)
    follows &= across < np.maximum(2.0, 0.15 * tall)
    lengths = np.ones(len(tall), np.int64)
    for _ in range(_LONGEST):
        longer = 1 + np.where(follows, lengths[None], 0).max(axis=1)
        if (longer == lengths).all():
            break
        lengths = longer
    return int(lengths.max())


def _at_card_height(picture: NDArray[T], method: int = cv2.INTER_AREA) -> NDArray[T]:
    """A picture, or what is known of its pixels, at the height of a card photo: writing is looked
    for at the size that it would have there. ``method`` of resizing is OpenCV's."""
    height, width = picture.shape[:2]
    if height == CARD_HEIGHT_PX:
        return picture
    size = (max(1, round(width * CARD_HEIGHT_PX / height)), CARD_HEIGHT_PX)
    return np.asarray(cv2.resize(picture, size, interpolation=method), picture.dtype)
