"""What no score shows: a character that the engine dropped.

It may show among what was almost read; on the paper it leaves ink where no character was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from pipeline.image import grey_of, part_of
from pipeline.layout.piece import Piece, piece_of
from pipeline.model import Char, Image
from pipeline.reference.names import is_han

LOST_CERTAIN_MIN = 0.2
"""Score of an almost-read character from which it counts as one that may stand there."""
HOLE = 0.43
"""Ems between two Han characters beyond which something may stand between them, where a line's
height tells an em. Of 5,514 pairs on 6,400 drawn rows none that was read right had more than 0.29;
over a dropped character of a name there were 0.56 to 1.05."""
WIDE_STEP = 1.45
"""The same in usual steps from one character's middle to the next, where a line has enough of them.
One over a dropped 㟖 was 1.67."""
ROOM = 0.4
"""Ems between two characters, one of which is a figure, in which another one may stand. On 3,200
drawn addresses 0.35 at most where nothing was dropped; the narrowest figure takes 0.43."""
HALF_HAN, HALF_FIGURE = 0.5, 0.25
"""Ems from a character's middle to its edge."""
STEPS_MIN = 4
"""Steps from one Han character to the next, from which their median tells how wide one is."""
INK_SHARE = 0.06
"""Share of dark pixels in a hole that is writing, not paper."""
STROKE = (0.35, 0.85)
"""Dark part of a row of pixels across the middle of a hole that is a stroke: 一 leaves blank at
both ends, a rule does not."""

ROOM_BEHIND = (1.7, 2.6)
"""Usual steps from a value's last character to the sign behind it, between which one more may have
stood there. Of the values of 220 drawn papers none that was read whole had more than 1.5."""
FAINT_INK = 0.2
"""Darkness beside the line's own ink (1) from which a pixel there is ink: under a reflection a
character is lost because it is faint."""
FAINT_SHARE = 0.03
"""Share of such pixels that is writing."""


def lacks_character(pieces: Sequence[Piece], image: Image) -> bool:
    """Whether a character seems to be missing from the text: ink where no character was read, or
    a character that the engine almost read."""
    if any(map(_has_lost, pieces)):
        return True
    return any(_has_hole(run, image) or _is_cut_short(run, image) for run in _runs(pieces))


def _runs(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, those that follow each other in one line as one: what was lost may be what parted
    them (十 and 月 of 十一月)."""
    runs: list[Piece] = []
    for piece in pieces:
        before = runs[-1] if runs else None
        if before is not None and _follows(before, piece):
            runs[-1] = piece_of(piece.line, (*before.chars, *piece.chars))
        else:
            runs.append(piece)
    return runs


def _follows(one: Piece, other: Piece) -> bool:
    if one.line is not other.line:
        return False
    ends = one.chars[-1], other.chars[0]
    at = [i for i, c in enumerate(one.line.chars) if c is ends[0] or c is ends[1]]
    return len(at) == 2 and all(c.text.isspace() for c in one.line.chars[at[0] + 1 : at[1]])


def _has_lost(piece: Piece) -> bool:
    left, right = piece.chars[0].left, piece.chars[-1].right
    return any(
        is_han(lost.text) and lost.score >= LOST_CERTAIN_MIN and left <= _middle(lost) <= right
        for lost in piece.line.lost
    )


def _has_hole(piece: Piece, image: Image) -> bool:
    """Ink between neighbouring characters that stand further apart than print does."""
    if not _per_unit(piece):
        return False
    step = _step(piece)
    em = step or piece.height
    for one, other in pairwise(piece.chars):
        widest = _widest(one, other, step, piece.height)
        x0, x1 = _x_of(piece, one), _x_of(piece, other)
        if not widest or x1 - x0 < widest:
            continue
        if _is_written(image, piece, x0 + _half(one) * em, x1 - _half(other) * em):
            return True
    return False


def _is_cut_short(run: Piece, image: Image) -> bool:
    """Ink between the last character and the sign behind it in running text, where there is room
    for one more: 叶尔肯（男 read 叶尔（男."""
    chars = [c for c in run.line.chars if not c.text.isspace()]
    at = next((i for i, c in enumerate(chars) if c is run.chars[-1]), len(chars))
    if at + 1 >= len(chars) or not is_han(chars[at].text) or chars[at + 1].text.isalnum():
        return False
    line = piece_of(run.line, chars)
    step, last, sign = _step(line), _x_of(line, chars[at]), _x_of(line, chars[at + 1])
    if not step or not ROOM_BEHIND[0] <= (sign - last) / step <= ROOM_BEHIND[1]:
        return False
    room = _part(image, line, last + HALF_HAN * step, last + (HALF_HAN + 1) * step)
    return room.size > 0 and _is_faintly_written(room, _strip(image, line))


def _x_of(piece: Piece, char: Char) -> float:
    """The middle of one of the piece's characters in pixels."""
    return piece.left + (_middle(char) - piece.chars[0].left) * _per_unit(piece)


def _per_unit(piece: Piece) -> float:
    """Pixels of a piece for the whole width of its line; 0 where it has none."""
    width, span = piece.right - piece.left, piece.chars[-1].right - piece.chars[0].left
    return width / span if width > 0 and span > 0 else 0.0


def _middle(char: Char) -> float:
    return (char.left + char.right) / 2


def _part(image: Image, piece: Piece, x0: float, x1: float) -> Image:
    """What lies between ``x0`` and ``x1`` of a piece's line, which may lean; empty beyond the
    image."""
    a, b, c, d = piece.quad
    at = ((x0 + x1) / 2 - piece.left) / max(1.0, piece.right - piece.left)
    top, bottom = a[1] + at * (b[1] - a[1]), d[1] + at * (c[1] - d[1])
    return part_of(image, x0, top, x1, bottom)


def _strip(image: Image, piece: Piece) -> Image:
    """The upright box around a piece."""
    return part_of(image, piece.left, piece.top, piece.right, piece.bottom)


def _widest(one: Char, other: Char, step: float, height: float) -> float:
    """Pixels from one character's middle to the next one's from which there is room for another
    between them; 0 where that is not known: a box's height tells too little of a figure's width."""
    if is_han(one.text) and is_han(other.text):
        return WIDE_STEP * step or (0.92 + HOLE) * height
    if not _half(one) or not _half(other):
        return 0.0
    return (_half(one) + _half(other) + ROOM) * step


def _half(char: Char) -> float:
    """Ems from the character's middle to its edge; 0 for what is neither Han nor a figure."""
    if is_han(char.text):
        return HALF_HAN
    return HALF_FIGURE if char.text.isascii() and char.text.isdigit() else 0.0


def _step(piece: Piece) -> float:
    """From one Han character of the piece to the next in pixels; 0 where there are too few to tell.
    It tells how wide one is: a box may be half as high again as its print, so that a lost character
    seems to have no room."""
    middles = [(_middle(c), is_han(c.text)) for c in piece.chars]
    steps = [b - a for (a, one), (b, other) in pairwise(middles) if one and other]
    return float(np.median(steps)) * _per_unit(piece) if len(steps) >= STEPS_MIN else 0.0


def _is_written(image: Image, piece: Piece, x0: float, x1: float) -> bool:
    """Whether between ``x0`` and ``x1`` enough pixels are as dark as the piece's own print, or a
    stroke lies there: 一 has hardly any ink."""
    strip, gap = _strip(image, piece), _part(image, piece, x0, x1)
    if gap.size == 0:
        return False
    # The level itself is ink: on a scan in black and white alone it is the black.
    level, _ = cv2.threshold(grey_of(strip), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = grey_of(gap) <= level
    quarter = len(dark) // 4
    middle = dark[quarter : len(dark) - quarter].mean(axis=1)
    stroke = np.any((middle >= STROKE[0]) & (middle <= STROKE[1]))
    return bool(stroke or np.mean(dark) >= INK_SHARE)


def _is_faintly_written(room: Image, line: Image) -> bool:
    """Whether enough of the room is darker than its own paper, be it by a fifth of the line's
    ink."""
    grey = grey_of(room)
    paper, ink = float(np.percentile(grey, 80)), float(np.percentile(grey_of(line), 3))
    return bool(np.mean(grey < paper - FAINT_INK * (paper - ink)) >= FAINT_SHARE)
