"""How a character looks: printed in a reference font, and cut out of a line.

A character's picture, cut close and brought to one size, becomes a vector of how strongly its edges
run in eight directions in each of 8 x 8 cells. The same character in another font lies near it, a
look-alike less near.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from pipeline.image import grey_of
from pipeline.model import Image, Quad
from pipeline.once import once_per_picture

Floats = NDArray[np.float32]

SIDE_PX = 48
CELLS = 8
DIRECTIONS = 8
VECTOR = DIRECTIONS * CELLS * CELLS
_MARGIN_PX = 4
_BORDERED_PX = SIDE_PX + 2 * _MARGIN_PX
_ANGLES = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
_FAINT = 1e-3
"""Edge strength that counts as none: it keeps plain paper from dividing by nought."""
STRIP_PX, STRIP_MARGIN_PX = 64, 8
"""Height of a line's strip without and of its margin above and below."""
INK = 0.35
"""Darkness, from the line's paper (0) to its ink (1), from which a pixel bounds a character."""
REACH_EM, NEAR_EM = 0.75, 0.3
"""How far from its middle a character's edges are looked for, and from where on."""
OFF_COST = 0.12
"""What a cut costs an em away from where it should lie, in columns full of ink."""
CUTS = 2
"""Places tried for either edge of a character."""
NARROWEST_EM = 0.5
SMALLEST_PX = 8
_FONT_PX = 64


def vectors_of(pictures: Sequence[Floats]) -> Floats:
    """One unit vector a picture (n x 512). ``pictures``: darkness from 0 to 1, cut close."""
    count = len(pictures)
    tall = np.zeros((count * _BORDERED_PX, _BORDERED_PX), np.float32)
    for i, picture in enumerate(pictures):
        top = i * _BORDERED_PX + _MARGIN_PX
        shrinks = picture.shape[0] > SIDE_PX
        tall[top : top + SIDE_PX, _MARGIN_PX : _MARGIN_PX + SIDE_PX] = cv2.resize(
            picture,
            (SIDE_PX, SIDE_PX),
            interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
        )
    tall = cv2.GaussianBlur(tall, (0, 0), 1.0).astype(np.float32)
    across, down = cv2.Sobel(tall, cv2.CV_32F, 1, 0), cv2.Sobel(tall, cv2.CV_32F, 0, 1)
    strength = cv2.magnitude(across, down) + _FAINT
    cells = np.empty((count, DIRECTIONS, CELLS * CELLS), np.float32)
    for d, angle in enumerate(_ANGLES):
        along = np.maximum(across * np.cos(angle) + down * np.sin(angle), 0).astype(np.float32)
        # The cube leaves an edge to the directions that it nearly has.
        along = along * along * along / (strength * strength)
        pooled = cv2.GaussianBlur(along, (0, 0), 2.5)
        pooled = cv2.resize(pooled, (CELLS, count * CELLS), interpolation=cv2.INTER_AREA)
        cells[:, d] = pooled.reshape(count, CELLS * CELLS)
    vectors = np.sqrt(cells.reshape(count, VECTOR))
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = (vectors / np.maximum(lengths, 1e-6)).astype(np.float32)
    return unit


class GlyphBook:
    """Characters as reference fonts print them.

    Raises OSError where a font cannot be read.
    """

    def __init__(self, fonts: Sequence[Path]) -> None:
        self._fonts = [
            ImageFont.truetype(str(path), _FONT_PX, layout_engine=ImageFont.Layout.BASIC)
            for path in fonts
        ]
        self._tofu = [bytes(font.getmask("\U0010fffe")) for font in self._fonts]
        self.vectors = lru_cache(maxsize=4096)(self._vectors)

    def _vectors(self, char: str) -> Floats | None:
        """The character's vectors (fonts x 512); None where a font has no picture of it."""
        pictures = []
        for font, tofu in zip(self._fonts, self._tofu, strict=True):
            if bytes(font.getmask(char)) == tofu:
                return None
            drawn = Pillow.new("L", (2 * _FONT_PX, 2 * _FONT_PX), 0)
            ImageDraw.Draw(drawn).text((_FONT_PX // 3, _FONT_PX // 3), char, font=font, fill=255)
            picture = _close((np.asarray(drawn) / 255).astype(np.float32))
            if picture is None:
                return None
            pictures.append(picture)
        return vectors_of(pictures)


_grey = once_per_picture(grey_of)
"""A sheet in grey, once for all its doubtful lines."""


class Strip:
    """A line of an image as darkness (80 x W), the line's own height brought to 64 pixels."""

    def __init__(self, image: Image, quad: Quad) -> None:
        corners = np.array(quad, np.float32)
        high = float(
            np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])
        )
        wide = float(
            np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])
        )
        self.width = max(1, round(wide / max(high, 1.0) * STRIP_PX))
        bottom = STRIP_MARGIN_PX + STRIP_PX
        target = np.array(
            [
                [0, STRIP_MARGIN_PX],
                [self.width, STRIP_MARGIN_PX],
                [self.width, bottom],
                [0, bottom],
            ],
            np.float32,
        )
        flat: NDArray[Any] = cv2.warpPerspective(
            _grey(image),
            cv2.getPerspectiveTransform(corners, target),
            (self.width, bottom + STRIP_MARGIN_PX),
            flags=cv2.INTER_LINEAR if high < 2 * STRIP_PX else cv2.INTER_AREA,
            borderMode=cv2.BORDER_REPLICATE,
        )
        ink, paper = np.percentile(flat, (3, 90))
        dark = (paper - flat.astype(np.float32)) / max(1.0, float(paper - ink))
        self.dark: Floats = np.clip(dark, 0, 1)
        rows = np.flatnonzero((self.dark > INK).mean(axis=1) > 0.02)
        self.em = max(STRIP_PX / 3, float(rows[-1] - rows[0] + 1)) if len(rows) else STRIP_PX * 0.9

    def vectors_at(self, middle: float) -> Floats | None:
        """The vectors of what may be the character around a place of the line (0 to 1): its edges
        are cut where there is little ink, and two places are tried for each. None where there is no
        such thing."""
        at = middle * self.width
        column = self.dark.sum(axis=0)
        pictures = []
        for left in self._cuts(column, at, -1):
            for right in self._cuts(column, at, 1):
                if right - left + 1 < NARROWEST_EM * self.em:
                    continue
                picture = _close(self.dark[:, left : right + 1])
                if picture is not None:
                    pictures.append(picture)
        return vectors_of(pictures) if pictures else None

    def _cuts(self, column: Floats, at: float, side: int) -> list[int]:
        near, far = sorted((at + side * NEAR_EM * self.em, at + side * REACH_EM * self.em))
        places = np.unique(np.clip(np.arange(int(near), int(far) + 1), 0, self.width - 1))
        off = np.abs(places - (at + side * self.em / 2))
        chosen: list[int] = []
        for i in np.argsort((column[places] + OFF_COST * off) / self.em, kind="stable"):
            place = int(places[i])
            if all(abs(place - other) > 3 for other in chosen):
                chosen.append(place)
            if len(chosen) == CUTS:
                break
        return chosen


def _close(picture: Floats) -> Floats | None:
    """The picture cut to its ink; None where there is hardly any."""
    ink = picture > INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if min(len(rows), len(columns)) < SMALLEST_PX:
        return None
    cut: Floats = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return cut
