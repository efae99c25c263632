"""How smeared the strokes of a text are: out of focus, or shaken. Pure, on pixels.

Measured on lines of text alone, brought to one height, so that neither blank paper nor the
picture's resolution counts, only what reading has to work with. The measure is that of Crété and
others (The blur effect, SPIE 6492, 2007): smear the picture once more and see how much of its edges
is lost. Crisp strokes lose nearly all, smeared ones have little to lose. A shaken hand smears one
way only, so four directions are looked at and the worst counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import grey_of, shrink
from pipeline.model import Image, Line
from pipeline.quality.limits import BlurLimits, limits

Floats = NDArray[np.float32]

_DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))
"""Steps (down, right) along rows, columns and both diagonals."""
_PICTURE_PX = 1280
"""Long side at which a picture without text is looked at, in pieces."""
_PIECE_PX = 96
_WIDEST = 12
"""Line heights of a line that are looked at, at most."""
_GRAIN = 0.02
"""Line heights over which the sensor's grain is smoothed out."""


def blur_of(image: Image, lines: Sequence[Line], share: float) -> float | None:
    """How smeared the text is, 0 (crisp) to 1; None where no line can tell. ``share``: height of a
    line as a share of the long side of the picture that the sheet was cut from."""
    wanted = limits().blur
    strips = list(islice(_strips(grey_of(image), lines, wanted), wanted.lines))
    smear = max(wanted.smear, min(wanted.smear_of_picture / max(share, 1e-6), wanted.smear_most))
    return worst_smear(strips, round(smear * wanted.height_px) // 2 * 2 + 1) if strips else None


def worst_smear(strips: Sequence[Floats], smear_px: int) -> float | None:
    """The measure over these pieces of grey, in the direction in which it is worst; None where
    there is no edge at all."""
    worst = []
    for dy, dx in _DIRECTIONS:
        total = kept = 0.0
        for strip in strips:
            before = _steps(strip, dy, dx)
            after = _steps(_smeared(strip, dy, dx, smear_px), dy, dx)
            total += float(before.sum())
            kept += float(np.minimum(before, after).sum())
        if total > 0:
            worst.append(kept / total)
    return max(worst, default=None)


def blur_of_picture(scan: Image) -> float | None:
    """How smeared a picture is in which no text could be read, 0 to 1, by the pieces in which most
    happens; None where there is nothing to be seen."""
    wanted = limits().blur
    grey = grey_of(shrink(scan, _PICTURE_PX)[0])
    side = _PIECE_PX
    pieces = [
        grey[y : y + side, x : x + side]
        for y in range(0, grey.shape[0] - side + 1, side)
        for x in range(0, grey.shape[1] - side + 1, side)
    ]
    seen = [p for p in pieces if np.percentile(p, 98) - np.percentile(p, 2) >= wanted.contrast]
    seen.sort(key=lambda p: -float(cv2.Laplacian(p, cv2.CV_32F).var()))
    strips = [cv2.GaussianBlur(p.astype(np.float32), (0, 0), 0.8) for p in seen[: wanted.lines]]
    smear = round(wanted.smear_of_picture * _PICTURE_PX) // 2 * 2 + 1
    return worst_smear([np.asarray(s, np.float32) for s in strips], smear) if strips else None


def _strips(grey: Image, lines: Sequence[Line], wanted: BlurLimits) -> Iterator[Floats]:
    """The lines of text, longest and surest first, at one height."""
    for line in sorted(lines, key=lambda li: -len(li.text) * li.score):
        box = np.asarray(line.quad)
        left, top = (max(0, int(v)) for v in np.floor(box.min(axis=0)))
        right, bottom = (int(v) for v in np.ceil(box.max(axis=0)))
        part = grey[top:bottom, left:right]
        height, width = part.shape
        if height < 8 or width < 1.5 * height:
            continue
        scale = wanted.height_px / height
        part = part[:, : int(_WIDEST * height)]
        size = (max(8, round(part.shape[1] * scale)), wanted.height_px)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        strip = cv2.resize(part, size, interpolation=how)
        ink, paper = np.percentile(strip, (3, 90))
        if paper - ink < wanted.contrast:
            continue
        smooth = cv2.GaussianBlur(strip.astype(np.float32), (0, 0), _GRAIN * wanted.height_px)
        yield np.asarray(smooth, np.float32)


def _smeared(strip: Floats, dy: int, dx: int, smear_px: int) -> Floats:
    """The piece smeared over so many pixels along a direction."""
    if dx == 0 or dy == 0:
        size = (smear_px, 1) if dy == 0 else (1, smear_px)
        return np.asarray(cv2.blur(strip, size), np.float32)
    short = round(smear_px / 2**0.5) // 2 * 2 + 1
    slant = np.eye(short, dtype=np.float32) / short
    kernel = slant if dx > 0 else np.ascontiguousarray(slant[:, ::-1])
    return np.asarray(cv2.filter2D(strip, -1, kernel), np.float32)


def _steps(strip: Floats, dy: int, dx: int) -> Floats:
    """Differences between neighbours in one direction."""
    height, width = strip.shape
    rows, ahead = np.s_[: height - dy], np.s_[dy:]
    if dx < 0:
        return np.asarray(np.abs(strip[ahead, : width - 1] - strip[rows, 1:]))
    return np.asarray(np.abs(strip[ahead, dx:] - strip[rows, : width - dx]))
