"""A seal's own ink, laid flat: what is read of it.

A camera's and most scanners' JPEG keeps colour at half the detail of brightness: characters a
seal prints a millimetre wide run together in the colours, and stay apart in the brightness. So
colour says where a seal's ink lies and brightness what it draws there. Black print that crosses
the seal is dark in red light too, which red ink is not; where it lies colour alone must do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import redness
from pipeline.marks.seal import Seal, balanced
from pipeline.model import Image

SealInk = NDArray[np.float32]
"""H x W, 0 blank to 1 full ink."""

RADIUS_PX = 200
"""Half the side of the square on which a seal is laid; the ring's radius is 1 / MARGIN of it."""
SEAL_MARGIN = 1.1
GATE = (0.08, 0.3)
"""Shares of full red between which a pixel begins to count as the seal's."""
SURE_INK = 0.6
"""Share of full red from which a pixel is the seal's."""
BLACK = (0.5, 0.75)
"""Darkness in red light over darkness in green and blue light, between which print begins: 0.35 at
most in the ink of seals, 0.8 and more in black print."""
BLEACHED = 0.8
"""How much of the colour counts where black print covers the seal."""
_FULL = 75
"""Percentile of the seal's darkness that is full ink."""
_PAPER_PX = 41
"""Reach within which paper shows beside a stroke."""


@dataclass(frozen=True, slots=True)
class FlatSeal:
    """A seal's ink on a square, upright as on the sheet: ``sharp`` by brightness, ``plain`` by
    colour alone."""

    sharp: SealInk
    plain: SealInk


def flatten(image: Image, seal: Seal) -> FlatSeal:
    """The seal laid so that its ring is a circle. ``image`` must have colour."""
    part, matrix = _cut(image, seal)
    white = balanced(part)
    red = np.asarray(_laid(redness(white, even=True), matrix), np.float32)
    plain = np.clip(red / max(20.0, float(np.percentile(red, 93))), 0, 1)
    laid = _laid(white, matrix).astype(np.float32)
    dark, dark_in_red = _darkness(laid[..., :2].mean(axis=2)), _darkness(laid[..., 2])
    share = _smooth(dark_in_red) / (_smooth(dark) + 8)
    sure = (plain > SURE_INK) & (share < BLACK[0])
    full = max(15.0, float(np.percentile(dark[sure], _FULL))) if sure.sum() > 50 else 60.0
    print_ = _ramp(share, *BLACK) * _ramp(dark / full, 0.8, 1.2)
    drawn = np.clip(dark / full, 0, 1) * _ramp(plain, *GATE)
    sharp = drawn * (1 - print_) + np.minimum(BLEACHED * plain, drawn) * print_
    return FlatSeal(sharp.astype(np.float32), plain.astype(np.float32))


def _cut(image: Image, seal: Seal) -> tuple[Image, NDArray[np.float64]]:
    """The part of the picture about the seal, and the matrix that lays it flat."""
    side = 2 * RADIUS_PX
    unit = SEAL_MARGIN * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    # upright, not along the ellipse's axes
    turn = math.radians(-seal.turn)
    rotate = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    corners = seal.at(unit @ rotate).astype(np.float32)
    target = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 4, 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 4
    part = np.ascontiguousarray(image[top:bottom, left:right])
    matrix = cv2.getPerspectiveTransform(corners - np.array([left, top], np.float32), target)
    return part, np.asarray(matrix, np.float64)


def _laid(picture: NDArray[np.generic], matrix: NDArray[np.float64]) -> NDArray[np.generic]:
    size = (2 * RADIUS_PX, 2 * RADIUS_PX)
    flat = cv2.warpPerspective(
        cast(Image, picture),
        matrix,
        size,
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(flat)


def _darkness(channel: SealInk) -> SealInk:
    """By how many grey levels each pixel is darker than the paper about it."""
    around = np.ones((_PAPER_PX, _PAPER_PX), np.uint8)
    paper = cv2.dilate(cv2.GaussianBlur(channel, (0, 0), 2), around)
    return np.asarray(np.maximum(cv2.GaussianBlur(paper, (0, 0), 15) - channel, 0), np.float32)


def _smooth(values: SealInk) -> SealInk:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), 1.2), np.float32)


def _ramp(values: SealInk, low: float, high: float) -> SealInk:
    """0 up to ``low``, 1 from ``high``."""
    return np.clip((values - low) / (high - low), 0, 1)
