"""Whether a sheet was photographed from a display. Pure, on pixels.

A display shows blank paper as a grid of dots. In the picture the grid, or its beat with the
camera's own, lies over the bright parts as one regular pattern: a narrow peak in the spectrum, the
same on every part of the sheet. What else is regular on papers does not look so. The rules of a
form and rows of text are ridges in the spectrum, security print bends and runs all ways, so that
its waves are others on another part, halftone leaves paper white; the coder's own 8 x 8 blocks are
known and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply
from pipeline.model import Image
from pipeline.quality.limits import limits

Floats = NDArray[np.float32]

_GRID = 9
"""Places along each side of a sheet that are considered."""
_CANDIDATES = 60
_NOTHING = 1e-3
"""Power below which a frequency is silent."""
_AROUND = np.array([-10, -9, -8, -7, -6, -5, 5, 6, 7, 8, 9, 10])
"""Distances from a peak at which the spectrum around it is looked at."""
_ANGLES = np.deg2rad(np.arange(0, 180, 15))
_ROWS = np.rint(np.sin(_ANGLES)[:, None] * _AROUND).astype(int)
_COLUMNS = np.rint(np.cos(_ANGLES)[:, None] * _AROUND).astype(int)


def is_screen(scan: Image, corners: Points) -> bool | None:
    """Whether the sheet with these corners (4 x 2, clockwise, pixels of ``scan``) shows a display's
    raster; None where it is too small to tell. ``scan`` as it came in: resampling blurs rasters."""
    wanted = limits().screen
    tiles = _blank_tiles(scan, corners, wanted.tile_px, wanted.tiles)
    if not tiles:
        return None
    peak, amplitude = _peak(_spectrum(tiles))
    return peak >= wanted.peak and amplitude >= wanted.amplitude


def _blank_tiles(scan: Image, corners: Points, size: int, count: int) -> list[Floats]:
    """So many pieces of the sheet, those with the least print first, as shares of their mean
    light."""
    height, width = scan.shape[:2]
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    matrix = cv2.getPerspectiveTransform(unit, corners.astype(np.float32))
    along = np.linspace(0.08, 0.92, _GRID)
    places = apply(matrix.astype(np.float64), [(u, v) for v in along for u in along])
    found: list[tuple[float, int, int]] = []
    channel = scan if scan.ndim == 2 else scan[..., 1]
    for x, y in np.rint(places - size / 2).astype(int).tolist():
        if 0 <= x <= width - size and 0 <= y <= height - size:
            coarse = cv2.resize(
                channel[y : y + size, x : x + size], (16, 16), interpolation=cv2.INTER_AREA
            )
            found.append((float(coarse.std()), x, y))
    tiles = []
    for _, x, y in sorted(found)[:count]:
        tile = channel[y : y + size, x : x + size].astype(np.float32)
        tiles.append(tile / max(float(tile.mean()), 1.0))
    return tiles


@cache
def _window(size: int) -> Floats:
    return np.outer(np.hanning(size), np.hanning(size)).astype(np.float32)


def _spectrum(tiles: Sequence[Floats]) -> NDArray[np.float64]:
    """Power that the tiles have in common (the mean of its logarithms), the slowest waves taken
    off, frequency 0 in the middle. At a slant a raster is a step of frequency off from one tile to
    another."""
    window = _window(len(tiles[0]))
    total = np.zeros(window.shape, np.float64)
    for tile in tiles:
        fast = (tile - cv2.GaussianBlur(tile, (0, 0), 10)) * window
        waves = cv2.dft(fast, flags=cv2.DFT_COMPLEX_OUTPUT)
        power = cv2.magnitude(waves[..., 0], waves[..., 1]) ** 2
        total += np.log(cv2.dilate(power, np.ones((3, 3), np.uint8)) + _NOTHING)
    return np.asarray(np.fft.fftshift(np.exp(total / len(tiles))))


@cache
def _allowed(size: int) -> NDArray[np.bool_]:
    """Which frequencies a raster may have: one half of the plane, without the coder's blocks."""
    shortest, longest = limits().screen.periods_px
    axis = np.fft.fftshift(np.fft.fftfreq(size))
    fy, fx = np.meshgrid(axis, axis, indexing="ij")
    distance = np.hypot(fy, fx)
    allowed = (distance >= 1 / longest) & (distance <= 1.45 / shortest) & (fx >= 0)
    for k in range(1, 5):
        allowed &= ~((np.abs(fx - k / 8) < 0.012) & (np.abs(fy) < 0.02))
        allowed &= ~((np.abs(np.abs(fy) - k / 8) < 0.012) & (fx < 0.02))
    return np.asarray(allowed)


def _peak(power: NDArray[np.float64]) -> tuple[float, float]:
    """The narrowest peak: decades of power above the highest ridge around it, and its amplitude."""
    size = len(power)
    level = np.log10(power + _NOTHING).astype(np.float32)
    smooth = cv2.blur(level, (3, 3))
    risen = np.where(_allowed(size), level - cv2.blur(level, (21, 21)), -np.inf)
    at = np.argpartition(risen.ravel(), -_CANDIDATES)[-_CANDIDATES:]
    y, x = at // size, at % size
    around = smooth[(y[:, None, None] + _ROWS) % size, (x[:, None, None] + _COLUMNS) % size]
    above = level[y, x] - np.median(around, axis=2).max(axis=1)
    best = int(above.argmax())
    return float(above[best]), 2 * float(power[y[best], x[best]]) ** 0.5 / float(
        _window(size).sum()
    )
