"""What a seal says: the name along its rim, unrolled to a line, and the line below its star."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.marks.seal import Seal
from pipeline.marks.seal_ink import RADIUS_PX, SEAL_MARGIN, SealInk, flatten
from pipeline.marks.seal_words import mended
from pipeline.model import Image, Line, Quad

Recognise = Callable[[Image, Sequence[Quad]], Sequence[Line]]

BAND = (0.95, 0.45)
"""Where along the radius the name may stand."""
SEAL_READ_MIN = 0.5
"""Mean score below which nothing was read."""
SURE_SEAL_TEXT = 0.96
"""Score from which one way of laying out the name is enough."""
SEAL_NARROW = (0.55, 0.72)
"""Widths at which the name is read, of what its unrolling gives: seals' characters are tall, and
stand apart."""
_LINE = re.compile(r"[\u4e00-\u9fff]{2}|[0-9]{8}")
"""What a line below the middle has: words (专用章), or the seal's own number."""
_STEPS = 1300
_INKED = 0.45
"""Ink from which a pixel counts as drawn."""
_SCALE = RADIUS_PX / SEAL_MARGIN
_RADII = (1.02, 0.3)
"""Where unrolling begins and ends, in radii."""


def read_seal(image: Image, seal: Seal, recognise: Recognise) -> str:
    """The name along the rim, then, after a space, the line below the middle; empty where neither
    can be read. ``recognise`` reads lines on a picture."""
    flat = flatten(image, seal)
    start = _gap(flat.sharp)
    arc = ("", 0.0)
    for strip in _names(flat.sharp, flat.plain, start):
        arc = max(arc, _read(strip, recognise), key=lambda read: read[1])
        if arc[1] >= SURE_SEAL_TEXT:
            break
    line = _read(_below(flat.sharp, start), recognise)[0]
    if not _LINE.search(line):  # specks of the date that crosses the seal
        line = ""
    return " ".join(part for part in (arc[0], line) if part)


def _names(sharp: SealInk, plain: SealInk, start: float) -> Iterator[Image]:
    """The name as a line of dark print, in several ways, the best first."""
    strip = _strip(sharp, start)
    for narrow in SEAL_NARROW:
        yield _print(strip, narrow)
    yield _print(_strip(plain, start), SEAL_NARROW[0])


# ---------------------------------------------------------------- the rim


def _polar(flat: SealInk, start: float) -> SealInk:
    """Rows from the ring inwards, columns clockwise from ``start`` (radians)."""
    outer, inner = _RADII
    radii = np.linspace(outer, inner, round(_SCALE * (outer - inner)))
    angles = start + np.linspace(0, 2 * math.pi, _STEPS, endpoint=False)
    x = RADIUS_PX + _SCALE * radii[:, None] * np.cos(angles)
    y = RADIUS_PX + _SCALE * radii[:, None] * np.sin(angles)
    return np.asarray(cv2.remap(flat, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC))


def _row(radius: float, rows: int) -> int:
    outer, inner = _RADII
    return round((outer - radius) / (outer - inner) * (rows - 1))


def _gap(flat: SealInk) -> float:
    """The angle at the middle of the gap between the name's end and its beginning."""
    start = math.pi / 2  # most seals stand upright
    for _ in range(2):
        middle, _ = _widest_gap(_used(_polar(flat, start)))
        start += middle / _STEPS * 2 * math.pi
    return start % (2 * math.pi)


def _strip(flat: SealInk, start: float) -> SealInk:
    """The name's rows and columns, from its first character to its last."""
    whole = _polar(flat, start)
    top, bottom = _name_rows(whole)
    strip = whole[max(0, top - 4) : bottom + 5]
    busy = np.flatnonzero(_used(whole))
    if len(busy) == 0:
        return strip
    beside = round(0.3 * (bottom - top))
    strip = strip[:, max(0, busy[0] - beside) : busy[-1] + beside]
    return np.pad(strip, ((0, 0), (beside, beside)))


def _used(whole: SealInk) -> NDArray[np.bool_]:
    """The columns in which a character stands. Its outer part is looked at: the line below the
    middle reaches among the inner rows. Specks are none."""
    top, bottom = _name_rows(whole)
    outer = whole[top : top + max(3, round(0.6 * (bottom - top)))]
    used = ((outer > _INKED).mean(axis=0) > 0.08).astype(np.uint8)
    around = np.concatenate([used, used, used])[None]
    steady = cv2.morphologyEx(around, cv2.MORPH_OPEN, np.ones((1, 7), np.uint8))[0]
    return np.asarray(steady[_STEPS : 2 * _STEPS] > 0)


def _name_rows(whole: SealInk) -> tuple[int, int]:
    """First and last row of the name: what follows the ring's own rows, up to a gap, about the
    middle of the name, where no line stands within."""
    columns = whole[:, round(0.22 * _STEPS) : round(0.78 * _STEPS)]
    profile = (columns > _INKED).mean(axis=1)
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


# ---------------------------------------------------------------- the middle


def _below(flat: SealInk, start: float) -> Image | None:
    """The strip below the seal's middle, upright by where the gap of its name lies; None where
    there is no ink to speak of."""
    turn = math.degrees(start - math.pi / 2) % 360
    turn = turn - 360 if turn > 180 else turn
    if abs(turn) > 40:
        turn = 0.0
    matrix = cv2.getRotationMatrix2D((RADIUS_PX, RADIUS_PX), turn, 1.0)
    side = 2 * RADIUS_PX
    upright = np.asarray(cv2.warpAffine(flat, matrix, (side, side)), np.float32)
    top, bottom = (round(RADIUS_PX + _SCALE * r) for r in (0.3, 0.78))
    left, right = (round(RADIUS_PX + _SCALE * r) for r in (-0.62, 0.62))
    part = upright[top:bottom, left:right]
    profile = (part > _INKED).mean(axis=1)
    busy = np.flatnonzero(profile > 0.1)
    if len(busy) < _SCALE * 0.08:
        return None
    return _print(part[max(0, busy[0] - 4) : busy[-1] + 5])


# ---------------------------------------------------------------- reading


def _print(ink: SealInk, narrow: float = 1.0) -> Image:
    """Ink as dark print on white, at the height that the recogniser likes, its width made
    ``narrow`` times what it was."""
    grey = np.pad(
        (255 * (1 - ink.clip(0, 1))).astype(np.uint8), ((4, 4), (8, 8)), constant_values=255
    )
    size = (max(1, round(grey.shape[1] * narrow * 48 / grey.shape[0])), 48)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), np.uint8)


def _read(strip: Image | None, recognise: Recognise) -> tuple[str, float]:
    """What a strip says and how well it reads; nothing where that is hardly anything."""
    if strip is None:
        return "", 0.0
    h, w = strip.shape[:2]
    lines = recognise(strip, [((0, 0), (w - 1, 0), (w - 1, h - 1), (0, h - 1))])
    text = "".join(_text(line).strip("★☆*·. ") for line in lines)
    score = min((line.score for line in lines), default=0.0)
    if score < SEAL_READ_MIN or not text:
        return "", 0.0
    return text, score * min(1.0, len(text) / 4)


def _text(line: Line) -> str:
    return mended(line.chars) if line.chars else line.text
