"""Which cell each piece of writing belongs to.

Values are printed later than the grid, by another machine, and lie shifted against it as a
whole: up or down by as much as half a row, and sideways. A line near a rule, beside an empty
cell, would go to the wrong one. So the shift is measured first, on values that say by
themselves which cell they belong to, and every piece is taken to the cell it would stand in
without the shift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from extractors.hukou.form import Slot
from extractors.hukou.values import is_strongly_typed
from extractors.hukou.words import label_words
from pipeline.layout.beside import rows_of
from pipeline.layout.piece import Piece, cut_at_gaps

SEARCH_ROWS = 1.6
"""Row pitches by which values may be shifted at most."""
AGREE = 0.22
"""Row pitches within which anchors agree on the shift: a wrapped line of two stands a quarter of a
row from the middle of its cell."""
CUT_GAP = 0.9
"""Line heights of white between two values on one line."""
UNMISTAKABLE = ("id_number", "height", "blood_type")
"""Fields whose values belong to no other cell: where their own was not found, to none."""
OUTSIDE = 0.12
"""Row pitches by which a piece's middle may lie outside of its cell, at the table's edges."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How values lie against the grid: right and down, in pixels, by how many anchors it was
    measured, and how well these agree (0 to 1)."""

    dx: float = 0.0
    dy: float = 0.0
    tilt: float = 0.0
    """Further pixels down for each pixel to the right of ``about``."""
    about: float = 0.0
    anchors: int = 0

    def dy_at(self, x: float) -> float:
        """The shift down at ``x``."""
        return self.dy + self.tilt * (x - self.about)


@dataclass(frozen=True, slots=True)
class Placed:
    """The pieces of one slot, in reading order."""

    slot: Slot
    pieces: tuple[Piece, ...]


@dataclass(slots=True)
class Placing:
    """Where everything went."""

    slots: dict[str, Placed]
    shift: Shift
    stray: list[Piece] = field(default_factory=list)


def place_pieces(pieces: Iterable[Piece], slots: Mapping[str, Slot]) -> Placing:
    """Take every piece to its slot. ``stray`` are the pieces that stand in none."""
    cut = [part for piece in pieces for part in cut_at_gaps(piece, CUT_GAP)]
    shift = measure_shift(cut, slots)
    cut = [part for piece in cut for part in _cut_at_borders(piece, slots, shift)]
    taken: dict[str, list[Piece]] = {}
    stray = []
    homeless = [n for n in UNMISTAKABLE if n not in slots]
    for piece in cut:
        name = _slot_of(piece, slots, shift)
        if name is None or any(is_strongly_typed(n, piece.text) for n in homeless):
            stray.append(piece)
        else:
            own = _without_label(piece, slots[name], shift)
            taken.setdefault(name, []).append(own)
    placed = {n: Placed(slot, _in_order(taken.get(n, []))) for n, slot in slots.items()}
    return Placing(placed, shift, stray)


def _without_label(piece: Piece, slot: Slot, shift: Shift) -> Piece:
    """The piece without a label's last characters, where they were read as one line with it."""
    if not slot.is_ruled:
        return piece
    border = slot.left + min(shift.dx, 0.0)
    words = set("".join(label_words(slot.field)))
    cut = 0
    for i in range(len(piece.chars) - 1):
        char = piece.part(i, i + 1)
        if char.centre[0] < border - 0.2 * piece.height and char.text in words:
            cut = i + 1
    return piece.part(cut, len(piece.chars)) if cut else piece


def measure_shift(pieces: Sequence[Piece], slots: Mapping[str, Slot]) -> Shift:
    """The one shift on which most strongly typed values agree."""
    anchors = [
        (piece, slot)
        for piece in pieces
        for slot in slots.values()
        if is_strongly_typed(slot.field, piece.text) and _overlaps(piece, slot)
    ]
    steps = [(p.centre[1] - s.middle_at(p.centre[0])) / s.height for p, s in anchors]
    near = [(a, step) for a, step in zip(anchors, steps, strict=True) if abs(step) <= SEARCH_ROWS]
    if not near:
        return Shift()
    best = max(
        (step for _, step in near),
        key=lambda s: (
            len({slot.name for (_, slot), t in near if abs(t - s) <= AGREE}),
            -abs(s),
        ),
    )
    agreeing = [a for a, step in near if abs(step - best) <= AGREE]
    offsets = np.array([p.centre[1] - s.middle_at(p.centre[0]) for p, s in agreeing])
    places = np.array([p.centre[0] for p, _ in agreeing])
    about = float(places.mean())
    tilt = 0.0
    if len(agreeing) >= 5 and float(np.ptp(places)) > 6 * agreeing[0][1].height:
        tilt = float(np.polyfit(places - about, offsets, 1)[0])
    return Shift(
        dx=_sideways(agreeing),
        dy=float(np.median(offsets - tilt * (places - about))),
        tilt=tilt,
        about=about,
        anchors=len({slot.name for _, slot in agreeing}),
    )


def _overlaps(piece: Piece, slot: Slot) -> bool:
    """Whether the piece could be the slot's, shifted sideways by up to a cell's height."""
    return (
        piece.left > slot.left - slot.height
        and piece.right < slot.right + slot.height
        and piece.centre[0] > slot.left - 0.3 * slot.height
    )


def _sideways(anchors: Sequence[tuple[Piece, Slot]]) -> float:
    """The smallest shift to the side with which most anchors lie within their cells."""
    spans = [(p.right - s.right, p.left - s.left) for p, s in anchors]
    # Values longer than their cell overflow it to the right however they are shifted.
    spans = [(low, high) for low, high in spans if low <= high]
    candidates = [0.0, *(end for span in spans for end in span)]
    return min(
        candidates,
        key=lambda dx: (-sum(low - 1 <= dx <= high + 1 for low, high in spans), abs(dx)),
    )


def _cut_at_borders(piece: Piece, slots: Mapping[str, Slot], shift: Shift) -> list[Piece]:
    """The piece cut where two neighbouring cells' values were read as one line: at a border
    between cells of its row that falls into a gap, however narrow, between characters of
    different kinds."""
    borders = [
        s.left + shift.dx
        for s in slots.values()
        if piece.left < s.left + shift.dx < piece.right and abs(row_offset(piece, s, shift)) < 0.5
    ]
    for border in borders:
        for i in range(1, len(piece.chars)):
            before, after = piece.part(i - 1, i), piece.part(i, i + 1)
            gap = after.left - before.right
            if (
                before.right - 0.6 * piece.height <= border
                and after.left >= border
                and (gap >= 0.35 * piece.height)
            ):
                return [
                    piece.part(0, i),
                    *_cut_at_borders(piece.part(i, len(piece.chars)), slots, shift),
                ]
    return [piece]


def row_offset(piece: Piece, slot: Slot, shift: Shift) -> float:
    """How far the piece lies below the slot's middle once the shift is taken off, in rows."""
    x, y = piece.centre
    return (y - shift.dy_at(x) - slot.middle_at(x - shift.dx)) / slot.height


def _slot_of(piece: Piece, slots: Mapping[str, Slot], shift: Shift) -> str | None:
    """The slot the piece stands in: the row that its middle lies in, and there the cell that it
    begins in, or shares most with."""
    left, right = piece.left - shift.dx, piece.right - shift.dx
    start = left + 0.5 * piece.height
    best: tuple[float, str] | None = None
    for name, slot in slots.items():
        off = abs(row_offset(piece, slot, shift))
        shared = min(right, slot.right) - max(left, slot.left)
        if off > 0.5 + OUTSIDE or shared <= 0.2 * min(piece.height, right - left):
            continue
        inside = slot.left <= start <= slot.right
        weight = shared / (right - left) + 0.5 * inside - 4 * max(0.0, off - 0.5) - 0.2 * off
        if best is None or weight > best[0]:
            best = (weight, name)
    return best[1] if best else None


def _in_order(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Lines top to bottom, and left to right within a line."""
    return tuple(p for row in rows_of(pieces) for p in sorted(row, key=lambda p: p.left))
