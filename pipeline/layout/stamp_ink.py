"""What of a value is a stamp's: characters of nothing but red ink beside print in dark ink.

A date stamped in red behind a printed one reads as its end: 2018年1月 and the stamp's 23日 as
2018年1月3日, with full scores.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.image import brightest, part_of, red_ink
from pipeline.layout.piece import Piece
from pipeline.model import Image, Quad

RED_LEAST = 0.03
"""Part of a character's box under red ink, from which it may be a stamp's."""
PALE = 0.4
"""Darkness beside that of the value's print (1), by the brightest channel, below which a character
has no ink but the red: a drawn stamp's had 0.22, print that a stamp lies on 0.87 and more."""
INNER = 0.2
"""Part of a character's box left out on both sides: its neighbour's strokes may reach there."""


def without_stamp_ink(pieces: Sequence[Piece], image: Image) -> list[Piece]:
    """The pieces without characters of a stamp's ink at their ends, and without pieces that are
    nothing else. The pieces themselves on a grey picture, and where all of them are red."""
    if not any(_box_of(red_ink(image), piece.quad).any() for piece in pieces):
        return list(pieces)
    bright = brightest(image)
    singles = [piece.singles() for piece in pieces]
    usual = float(np.median([_darkness(bright, single) for own in singles for single in own]))
    kept = []
    for piece, own in zip(pieces, singles, strict=True):
        printed = [
            i
            for i, single in enumerate(own)
            if _darkness(bright, single) >= PALE * usual or _red_share(image, single) < RED_LEAST
        ]
        if printed:
            kept.append(piece.part(printed[0], printed[-1] + 1))
    return kept or list(pieces)


def _darkness(bright: Image, single: Piece) -> float:
    """How much darker the darkest ink of a character is than the paper around it, grey levels."""
    box = _box_of(bright, single.quad)
    inner = _box_of(bright, single.quad, INNER)
    if not inner.size:
        return 0.0
    return float(np.percentile(box, 90) - np.percentile(inner, 2))


def _red_share(image: Image, single: Piece) -> float:
    box = _box_of(red_ink(image), single.quad, INNER)
    return float(np.count_nonzero(box)) / box.size if box.size else 0.0


def _box_of(image: Image, quad: Quad, inset: float = 0.0) -> Image:
    """What lies in the upright box around a quad, without ``inset`` of its width on either side."""
    (left, top), (right, bottom) = np.min(quad, axis=0), np.max(quad, axis=0)
    rim = inset * (right - left)
    return part_of(image, left + rim, top, right - rim, bottom)
