"""What a seal says: the name along its rim, unrolled to a line, and the line below its star."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import redness
from pipeline.model import Image, Line, Quad
from pipeline.seal import Seal, balanced

Recognise = Callable[[Image, Sequence[Quad]], Sequence[Line]]

RADIUS_PX = 200
"""Half the height at which a seal is unrolled."""
BAND = (0.95, 0.52)
"""Where along the radius the name may stand."""
READ_MIN = 0.5
"""Mean score below which nothing was read."""
_STEPS = 1300


def read_seal(image: Image, seal: Seal, recognise: Recognise) -> str:
    """The name along the rim, then, after a space, the line below the middle; empty where neither
    can be read. ``recognise`` reads lines on a picture."""
    flat = _flat(image, seal)
    ring, start = _unrolled(flat)
    arcs = [_read(ring, recognise)]
    if _below(flat, start) is not None:
        # The line below the middle reaches among the name's rows: look without it, too.
        arcs.append(_read(_unrolled(_without_line(flat))[0], recognise))
    arc = max(arcs, key=lambda read: read[1])[0]
    line = _read(_below(flat, start), recognise)[0]
    return " ".join(part for part in (arc, line) if part)


def _without_line(flat: NDArray[np.float32]) -> NDArray[np.float32]:
    scale = RADIUS_PX / 1.1
    top, bottom = (round(RADIUS_PX + scale * r) for r in (0.28, 0.74))
    left, right = (round(RADIUS_PX + scale * r) for r in (-0.6, 0.6))
    free = flat.copy()
    free[top:bottom, left:right] = 0
    return free


def _flat(image: Image, seal: Seal) -> NDArray[np.float32]:
    """The seal's ink, 0 to 1, as a square whose inscribed circle is the ring; black print that
    crosses it is no ink of it."""
    side = 2 * RADIUS_PX
    unit = np.array([(-1.1, -1.1), (1.1, -1.1), (1.1, 1.1), (-1.1, 1.1)])
    # upright, not along the ellipse's axes
    turn = math.radians(-seal.turn)
    rotate = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    corners = seal.at(unit @ rotate).astype(np.float32)
    target = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    left, top = np.floor(corners.min(axis=0)).astype(int) - 4
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 4
    left, top = max(0, left), max(0, top)
    part = np.ascontiguousarray(image[top:bottom, left:right])
    matrix = cv2.getPerspectiveTransform(corners - np.array([left, top], np.float32), target)
    red = cv2.warpPerspective(
        redness(balanced(part), even=True), matrix, (side, side), flags=cv2.INTER_CUBIC
    )
    strong = max(20.0, float(np.percentile(red, 93)))
    return np.asarray(np.clip(red / strong, 0, 1), np.float32)


def _polar(flat: NDArray[np.float32], start: float) -> NDArray[np.float32]:
    """Rows from the ring inwards, columns clockwise from ``start`` (radians)."""
    scale = RADIUS_PX / 1.1
    radii = np.linspace(1.02, 0.3, round(scale * 0.72))
    angles = start + np.linspace(0, 2 * math.pi, _STEPS, endpoint=False)
    x = RADIUS_PX + scale * radii[:, None] * np.cos(angles)
    y = RADIUS_PX + scale * radii[:, None] * np.sin(angles)
    return np.asarray(cv2.remap(flat, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC))


def _row(radius: float, rows: int) -> int:
    return round((1.02 - radius) / 0.72 * (rows - 1))


def _unrolled(flat: NDArray[np.float32]) -> tuple[Image, float]:
    """The name as a line of dark print, and the angle at which the gap before it lies."""
    whole = _polar(flat, math.pi / 2)
    rows = whole.shape[0]
    top, bottom = _name_rows(whole)
    used = (whole[top:bottom] > 0.45).mean(axis=0) > 0.06
    middle, _ = _widest_gap(used)
    start = math.pi / 2 + middle / _STEPS * 2 * math.pi
    strip = _polar(flat, start)[max(0, top - 3) : min(rows, bottom + 3)]
    busy = np.flatnonzero((strip > 0.45).mean(axis=0) > 0.06)
    if len(busy):
        strip = strip[:, max(0, busy[0] - 12) : busy[-1] + 12]
    return _print(strip), start


def _name_rows(whole: NDArray[np.float32]) -> tuple[int, int]:
    """First and last row of the name: what follows the ring's own rows, up to a gap."""
    profile = (whole > 0.45).mean(axis=1)
    rows = len(profile)
    first = _row(BAND[0], rows)
    # within the ring (and a second thin one) there is a gap before the name
    while first < rows // 3 and profile[first] > 0.07:
        first += 1
    while first < rows // 2 and profile[first] < 0.05:
        first += 1
    last = first
    end = _row(BAND[1], rows)
    least = first + round(rows * 0.14)
    while last < end and (last < least or profile[last] > 0.035):
        last += 1
    return max(0, first - 1), last


def _widest_gap(used: NDArray[np.bool_]) -> tuple[float, int]:
    """Middle and width of the longest run of unused columns, around the end too."""
    busy = np.flatnonzero(used)
    if len(busy) == 0:
        return 0.0, len(used)
    follows = np.append(busy[1:], busy[0] + len(used))
    gaps = follows - busy
    i = int(np.argmax(gaps))
    return float(busy[i] + gaps[i] / 2) % len(used), int(gaps[i])


def _below(flat: NDArray[np.float32], start: float) -> Image | None:
    """The strip below the seal's middle, upright by where the gap of its name lies; None where
    there is no ink to speak of."""
    turn = math.degrees(start - math.pi / 2) % 360
    turn = turn - 360 if turn > 180 else turn
    if abs(turn) > 40:
        turn = 0.0
    matrix = cv2.getRotationMatrix2D((RADIUS_PX, RADIUS_PX), turn, 1.0)
    side = 2 * RADIUS_PX
    upright = np.asarray(cv2.warpAffine(flat, matrix, (side, side)), np.float32)
    scale = RADIUS_PX / 1.1
    top, bottom = (round(RADIUS_PX + scale * r) for r in (0.3, 0.78))
    left, right = (round(RADIUS_PX + scale * r) for r in (-0.62, 0.62))
    part = upright[top:bottom, left:right]
    profile = (part > 0.45).mean(axis=1)
    busy = np.flatnonzero(profile > 0.1)
    if len(busy) < scale * 0.08:
        return None
    return _print(part[max(0, busy[0] - 4) : busy[-1] + 5])


def _print(ink: NDArray[np.float32]) -> Image:
    """Ink as dark print on white, at the height that the recogniser likes."""
    grey = np.pad(
        (255 * (1 - ink.clip(0, 1))).astype(np.uint8), ((4, 4), (8, 8)), constant_values=255
    )
    size = (max(1, round(grey.shape[1] * 48 / grey.shape[0])), 48)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), np.uint8)


def _read(strip: Image | None, recognise: Recognise) -> tuple[str, float]:
    """What a strip says and how well it reads; nothing where that is hardly anything."""
    if strip is None:
        return "", 0.0
    h, w = strip.shape[:2]
    lines = recognise(strip, [((0, 0), (w - 1, 0), (w - 1, h - 1), (0, h - 1))])
    text = "".join(line.text.strip("★☆*·. ") for line in lines)
    score = min((line.score for line in lines), default=0.0)
    if score < READ_MIN or not text:
        return "", 0.0
    return text, score * min(1.0, len(text) / 4)
