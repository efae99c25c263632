"""The writing on a page apart from rules, seals and the paper's pattern.

Values are the darkest thing on a booklet page: black print or blue-black ink. Seals are red, and
on a grey copy mostly greyer than the print. So where nothing dark lies under a character, the
character was read from a seal; where something dark lies that no line covers, something was
not read; and where nothing dark lies in a cell, the cell is blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.hukou.form import Slot
from extractors.hukou.placing import Shift
from pipeline.contracts import Recogniser
from pipeline.image import red_ink
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.ruled_table import Mask, Ruling, dark_ink, level_ink
from pipeline.model import Image, Quad
from pipeline.quality.tint import is_grey
from pipeline.reference.names import is_han

WRITING_SPECK = 0.25
"""Ems: what is smaller in both directions is dust, or residue of a seal."""
TALLEST = 2.6
"""Ems: what is higher is no line of text (a seal's flank, the edge of the picture)."""
THINNEST = 0.06
"""Ems: what is thinner is residue of a rule, however short."""
LARGEST_MIN = 0.4
"""Ems of the largest mark of a cell, in either direction, from which something is written."""
RING_EMS = (2.5, 10.0)
"""Radius of round seals: 38 to 45 mm across, characters of 3 to 4 mm, and smaller ones."""
RING_BAND = 0.6
"""Ems across a seal's ring."""
RING_SHARE = 0.75
"""Share of a mark's ink on a ring from which it is the ring."""
SPECK_REACH = 0.35
"""Ems around a mark within which small ones belong to it."""
STRIPE = (1.5, 0.22)
"""Ems: what is longer than the first and thinner than the second is residue of a rule."""
INK_MIN = 0.3
"""Share of the usual ink of a character below which nothing dark lies beneath it."""
WRITING_STROKES = 6
"""Percentile of the grey levels in a line's box that its strokes have."""
WRITING_SURELY_READ = 0.8
RED_CELL_SHARE = 0.05
"""Share of red pixels under a character from which it lies on red ink."""
CLEAN_REACH = 0.15
"""Ems around dark ink that are shown as they are: thin strokes fade out towards their ends."""
WRITING_THIN = "一1lIi|丨-—.,·、:;'二卜"
THIN_INK = 0.3
"""How much of the usual ink the characters of one stroke have, at least."""
ON_RULE = 0.2
"""Ems before a cell's edge at which ink still touches it, once the rule is taken out."""
WRITING_PAD = 0.14
"""Ems around the ink of a line that is read again."""


@dataclass(frozen=True, slots=True)
class PenMark:
    """One connected piece of dark ink: left, top, right, bottom, and its ink in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    area: int

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class CellWriting:
    """Dark ink of one sheet, outside of rules and labels."""

    def __init__(
        self,
        image: Image,
        ruling: Ruling,
        labels: Iterable[Quad],
        values: Sequence[Piece],
    ) -> None:
        """``values`` are pieces taken for values, most of them rightly: by their size and darkness
        ink is told from the rest."""
        self.em = em_of(values)
        self._level = level_ink(image)
        self._is_coloured = is_grey(image) is False
        self._red: Mask = red_ink(image)
        ink = dark_ink(self._level, self._darkness(values))
        self._rules = ruling.mask(margin=1.5)
        ink[self._rules > 0] = 0
        for quad in labels:
            cv2.fillConvexPoly(ink, np.round(np.array(quad)).astype(np.int32), (0,))
        self._ink: Mask = ink
        self._clean: Image | None = None
        self._marks = self._find_marks()
        self.usual_ink = 0.2

    def _darkness(self, values: Sequence[Piece]) -> float | None:
        """How dark the strokes of this page's values are; None where there are none."""
        depths = []
        for piece in values:
            window = self._level[_slices(np.array(piece.quad), self._level.shape)]
            if piece.score >= WRITING_SURELY_READ and window.size:
                depths.append(255.0 - float(np.percentile(window, WRITING_STROKES)))
        return float(np.median(depths)) if len(depths) >= 3 else None

    def calibrate(self, pieces: Iterable[Piece]) -> None:
        """Learn how much ink a character usually has, from pieces that are surely values."""
        shares = [share for piece in pieces for share in self.ink_under(piece)]
        if len(shares) >= 6:
            self.usual_ink = float(np.median(shares))

    def _find_marks(self) -> list[PenMark]:
        """The connected pieces of ink; what is none of a character is wiped off."""
        count, labels, stats, _ = cv2.connectedComponentsWithStats(self._ink, connectivity=8)
        # Only on a grey copy is a seal's ring ink like any other.
        on_ring = np.zeros(count, dtype=np.intp)
        if not self._is_coloured:
            on_ring = np.bincount(labels[_rings(self._level, self.em) > 0], minlength=count)
        marks = []
        keep = np.zeros(count, dtype=np.uint8)
        for index, (x, y, w, h, area) in enumerate(stats.tolist()):
            if index and self._is_of_writing(w, h, area):
                keep[index] = 255
                if on_ring[index] < RING_SHARE * area:
                    marks.append(PenMark(x, y, x + w, y + h, area))
        # Dots and short strokes belong to the characters that they stand in.
        reach = round(SPECK_REACH * self.em)
        near = cv2.dilate(keep[labels], np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        self._ink[near == 0] = 0
        return marks

    def _is_of_writing(self, width: int, height: int, area: int) -> bool:
        """Whether connected ink may be (a part of) a character, or several that touch."""
        long, short = max(width, height), min(width, height)
        if (
            long < WRITING_SPECK * self.em
            or area < (0.12 * self.em) ** 2
            or height > TALLEST * self.em
        ):
            return False
        is_stripe = long > STRIPE[0] * self.em and short < STRIPE[1] * self.em
        return not is_stripe and short >= THINNEST * self.em

    def marks_in(self, slot: Slot, shift: Shift) -> list[PenMark]:
        """The marks whose middle lies in a slot's cell, moved by the shift."""
        found = []
        # Printed too far to the left, a value begins on the rule, or before it: what touches the
        # rule there is cut off a character that stands on it.
        cut = slot.left - ON_RULE * self.em if slot.is_ruled and shift.dx < 0 else slot.left
        for mark in self._marks:
            x, y = mark.centre
            left = max(slot.left, slot.left + shift.dx)
            begins = left <= x or (slot.left + shift.dx <= mark.left and cut <= mark.right)
            if begins and x <= slot.right + shift.dx:
                off = y - shift.dy_at(x) - slot.middle_at(x - shift.dx)
                found += [mark] if abs(off) <= slot.height / 2 else []
        # Dust and the last of a seal leave small marks; characters have a larger one.
        least = LARGEST_MIN * self.em
        written = any(max(m.right - m.left, m.bottom - m.top) >= least for m in found)
        return found if written else []

    def begins_before(self, piece: Piece, left: float) -> bool:
        """Whether ink that no character covers goes on before a piece, up to an em beyond
        ``left``, its cell's edge: a first character that the rule runs through."""
        return any(
            left - self.em <= mark.centre[0] <= piece.left - WRITING_PAD * self.em
            and abs(mark.centre[1] - piece.centre[1]) < self.em / 2
            for mark in self._marks
        )

    def ink_under(self, piece: Piece) -> list[float]:
        """Share of dark pixels in the box of each character."""
        shares = []
        for i in range(len(piece.chars)):
            quad = np.array(piece.part(i, i + 1).quad)
            window = _slices(quad, self._ink.shape)
            # Under a printed rule nobody can tell.
            open_px = int(np.count_nonzero(self._rules[window] == 0))
            inked = int(np.count_nonzero(self._ink[window]))
            shares.append(inked / open_px if open_px else 1.0)
        return shares

    def is_dark(self, piece: Piece) -> list[bool]:
        """For each character: whether something dark lies under it."""
        return [
            share >= self.usual_ink * INK_MIN * (THIN_INK if char.text in WRITING_THIN else 1.0)
            for share, char in zip(self.ink_under(piece), piece.chars, strict=True)
        ]

    def is_red(self, piece: Piece) -> list[bool]:
        """For each character: whether it lies on red ink and on nothing dark."""
        return [
            red > RED_CELL_SHARE and not dark
            for red, dark in zip(self._red_under(piece), self.is_dark(piece), strict=True)
        ]

    def _red_under(self, piece: Piece) -> list[float]:
        """Share of red pixels in the box of each character."""
        shares = []
        for i in range(len(piece.chars)):
            quad = np.array(piece.part(i, i + 1).quad)
            window = self._red[_slices(quad, self._red.shape)]
            shares.append(float(np.mean(window > 0)) if window.size else 0.0)
        return shares

    def read(self, marks: Sequence[PenMark], slot: Slot, recognise: Recogniser) -> list[Piece]:
        """What the marks say, read from a picture that shows dark ink only."""
        quads = self._line_quads(marks, slot)
        if not quads:
            return []
        return pieces_of([line for line in recognise(self.clean, quads) if line.text])

    @property
    def clean(self) -> Image:
        """The sheet with everything but dark ink faded to paper."""
        if self._clean is None:
            reach = round(CLEAN_REACH * self.em)
            near = cv2.dilate(self._ink, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
            weight = cv2.GaussianBlur(near.astype(np.float32) / 255, (0, 0), 1.0)
            faded = weight * self._level + (1 - weight) * 255
            clean = np.clip(faded, 0, 255).astype(np.uint8)
            self._clean = np.dstack([clean, clean, clean])
        return self._clean

    def _line_quads(self, marks: Sequence[PenMark], slot: Slot) -> list[Quad]:
        """One quad for each line of text that the marks make up, top to bottom."""
        if not marks:
            return []
        level = slot.middle_at(slot.left)
        tops, bottoms = [], []
        for mark in marks:
            bend = slot.middle_at(mark.centre[0]) - level
            tops.append(mark.top - bend)
            bottoms.append(mark.bottom - bend)
        groups = _lines(np.array(tops), np.array(bottoms), self.em)
        quads = []
        for group in groups:
            own = [marks[i] for i in group]
            if max(m.bottom - m.top for m in own) < 0.45 * self.em:
                continue  # dashes, dots: no line of text
            pad = WRITING_PAD * self.em
            left = min(m.left for m in own) - pad
            right = max(m.right for m in own) + pad
            top = min(tops[i] for i in group) - pad
            bottom = max(bottoms[i] for i in group) + pad
            a, b = slot.middle_at(left) - level, slot.middle_at(right) - level
            quads.append(
                ((left, top + a), (right, top + b), (right, bottom + b), (left, bottom + a))
            )
        return quads


def _rings(level: Image, em: float) -> Mask:
    """Where the rings of round seals lie."""
    half = cv2.resize(level, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    found = cv2.HoughCircles(
        half,
        cv2.HOUGH_GRADIENT_ALT,
        dp=1.5,
        minDist=max(8.0, em / 2),
        param1=150,
        param2=0.75,
        minRadius=round(RING_EMS[0] * em / 2),
        maxRadius=round(RING_EMS[1] * em / 2),
    )
    mask: Mask = np.zeros(level.shape, dtype=np.uint8)
    for x, y, radius in [] if found is None else np.reshape(found, (-1, 3)).tolist():
        centre = (round(2 * x), round(2 * y))
        cv2.circle(mask, centre, round(2 * radius), (255,), max(3, round(RING_BAND * em)))
    return mask


def _lines(tops: NDArray[np.float64], bottoms: NDArray[np.float64], em: float) -> list[list[int]]:
    """Marks grouped into lines of text, by their heights."""
    extent = float(bottoms.max() - tops.min())
    count = 1 if extent <= 1.5 * em else max(1, round(extent / (1.15 * em)))
    step = extent / count
    groups: list[list[int]] = [[] for _ in range(count)]
    for i, middle in enumerate((tops + bottoms) / 2):
        groups[min(count - 1, int((middle - tops.min()) / step))].append(i)
    return [group for group in groups if group]


def em_of(pieces: Sequence[Piece]) -> float:
    """Width of a character, from runs of Han characters; else from the heights of lines."""
    widths = [
        (p.right - p.left) / len(p.chars)
        for p in pieces
        if len(p.chars) >= 3 and all(is_han(c.text) for c in p.chars)
    ]
    if widths:
        return float(np.median(widths))
    return 0.85 * float(np.median([p.height for p in pieces])) if pieces else 24.0


def _slices(points: NDArray[np.float64], shape: tuple[int, ...]) -> tuple[slice, slice]:
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    return (
        slice(max(0, int(top)), min(shape[0], int(bottom))),
        slice(max(0, int(left)), min(shape[1], int(right))),
    )
