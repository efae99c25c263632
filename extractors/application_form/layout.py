"""The text of a form by the cells of its table; outside a table, by rows.

A phrase may be wrapped over the lines of its cell, and a line as the engine gives it may run over
several cells: so lines are cut at the rules and put together within them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np

from pipeline.layout.beside import rows_of
from pipeline.layout.piece import Piece, distinct_pieces
from pipeline.layout.ruled_lines import find_rules
from pipeline.layout.ruled_table import Cell, RuledLine, Ruling, dark_ink, level_ink
from pipeline.model import Image, Sheet

PRINT = 0.5
"""How large a form's print is for its page (:func:`pipeline.layout.ruled_table.find_rules`)."""
GAP_PX = 8
"""Longest break in a rule: between tick boxes one below another there is more."""
RULE_REACH = 1 / 150
"""How near the end of a rule must come to the rule that it ends on, likewise."""
LEAST_RULES = 1 / 52
"""Shortest part of a rule, as a fraction of the long side: a low row, but more than a tick box."""
BOX_END = 2.0
"""Such lengths beyond a rule within which the side of a tick box ends: it stands as far below."""
BlockPlace = tuple[Piece, int]
"""A character: its piece and its number there."""


@dataclass
class Block:
    """The text of one cell, or of one row where there is no cell. ``box``: left, top, right,
    bottom of the cell, or of the row as far as the sheet goes."""

    box: tuple[float, float, float, float]
    pieces: list[Piece] = field(default_factory=list)
    is_cell: bool = True

    @cached_property
    def rows(self) -> list[list[Piece]]:
        """The pieces as lines, from top to bottom, each from left to right."""
        return [sorted(row, key=lambda p: p.left) for row in rows_of(self.pieces)]

    @cached_property
    def places(self) -> list[BlockPlace]:
        """Every character in reading order."""
        return [(p, i) for row in self.rows for p in row for i in range(len(p.chars))]

    @cached_property
    def text(self) -> str:
        """The characters, one for each of ``places``."""
        return "".join(p.text[i] for p, i in self.places)

    def cut(self, start: int, end: int) -> list[Piece]:
        """The characters from ``start`` to ``end`` as pieces."""
        made: list[Piece] = []
        at = start
        while at < end:
            piece, first = self.places[at]
            last = at
            while last + 1 < end and self.places[last + 1][0] is piece:
                last += 1
            made.append(piece.part(first, first + last - at + 1))
            at = last + 1
        return made

    def row_of(self, index: int) -> int:
        """The row in which a character stands."""
        piece = self.places[index][0]
        return next(i for i, row in enumerate(self.rows) if any(p is piece for p in row))


class FormLayout:
    """The blocks of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.ruling = _solid(find_rules(sheet.image, PRINT), sheet.image)
        self._cells: dict[tuple[int, ...], Block] = {}
        loose: list[Piece] = []
        for piece in distinct_pieces(sheet.lines):
            for part, cell in self._parts(piece):
                if cell is None:
                    loose.append(part)
                else:
                    self._block(cell).pieces.append(part)
        width = float(sheet.image.shape[1])
        self.blocks = list(self._cells.values())
        for row in rows_of(loose):
            top = min(p.centre[1] - p.height / 2 for p in row)
            bottom = max(p.centre[1] + p.height / 2 for p in row)
            self.blocks.append(Block((0.0, top, width, bottom), row, False))
        self.blocks.sort(key=lambda b: (b.box[1], b.box[0]))

    @cached_property
    def em(self) -> float:
        """Width of a usual character in pixels."""
        wide = [
            (p.chars[-1].left - p.chars[0].left)
            / max(1e-6, p.chars[-1].right - p.chars[0].left)
            * (p.right - p.left)
            / (len(p.chars) - 1)
            for b in self.blocks
            for p in b.pieces
            if len(p.chars) >= 4 and not p.text.isascii()
        ]
        return float(np.median(wide)) if wide else self.sheet.image.shape[0] / 80

    def cell(self, x: float, y: float) -> Cell | None:
        """The cell around a point, if rules bound it; one outer rule may have been lost."""
        found = self.ruling.cell_at(x, y)
        bounded = found.top is not None and found.bottom is not None
        return found if bounded and (found.left is not None or found.right is not None) else None

    def block_at(self, x: float, y: float) -> Block | None:
        """The block of the cell around a point, empty where nothing stands in it; None outside."""
        cell = self.cell(x, y)
        return None if cell is None else self._block(cell, keep=False)

    def right_of(self, block: Block) -> Block | None:
        """The cell to the right of a cell."""
        _, top, right, bottom = block.box
        return self.block_at(right + 0.35 * self.em, (top + bottom) / 2)

    def left_of(self, block: Block) -> Block | None:
        """The cell to the left of a cell."""
        left, top, _, bottom = block.box
        return self.block_at(left - 0.35 * self.em, (top + bottom) / 2)

    def below(self, block: Block) -> Block | None:
        """The cell below a cell."""
        left, _, right, bottom = block.box
        return self.block_at((left + right) / 2, bottom + 0.35 * self.em)

    def above(self, block: Block) -> Block | None:
        """The cell above a cell."""
        left, top, right, _ = block.box
        return self.block_at((left + right) / 2, top - 0.35 * self.em)

    def _block(self, cell: Cell, *, keep: bool = True) -> Block:
        key = tuple(map(id, cell.sides))
        made = self._cells.get(key) or Block(cell.box)
        if keep:
            self._cells[key] = made
        return made

    def _parts(self, piece: Piece) -> list[tuple[Piece, Cell | None]]:
        """The piece cut where its characters lie in different cells."""
        cells = [self.cell(*piece.part(i, i + 1).centre) for i in range(len(piece.chars))]
        sides = [cell and cell.sides for cell in cells]
        cuts = [i for i in range(1, len(cells)) if sides[i] != sides[i - 1]]
        return [(piece.part(a, b), cells[a]) for a, b in pairwise([0, *cuts, len(cells)])]


def _solid(ruling: Ruling, image: Image) -> Ruling:
    """The rules as far as they are drawn through: rules of rows further apart are no one rule, and
    the sides of tick boxes are none at all."""
    ink = cv2.dilate(dark_ink(level_ink(image)), np.ones((3, 3), np.uint8)) > 0
    least = LEAST_RULES * max(image.shape[:2])

    def drawn(rule: RuledLine) -> Iterator[RuledLine]:
        along = np.arange(round(rule.first), round(rule.last))
        places, knots = zip(*rule.knots, strict=True)
        across = np.interp(along, places, knots)
        rows, columns = (across, along) if rule.direction == "horizontal" else (along, across)
        rows = np.clip(np.round(rows), 0, ink.shape[0] - 1).astype(np.intp)
        columns = np.clip(np.round(columns), 0, ink.shape[1] - 1).astype(np.intp)
        seen = np.flatnonzero(ink[rows, columns])
        for run in np.split(seen, np.flatnonzero(np.diff(seen) > GAP_PX) + 1):
            if len(run) and run[-1] - run[0] >= least:
                yield _between(rule, float(along[run[0]]), float(along[run[-1]]))

    level = tuple(part for r in ruling.horizontals for part in drawn(r))
    upright = tuple(part for r in ruling.verticals for part in drawn(r))
    reach = RULE_REACH * max(image.shape[:2])
    sides = (_side(v, level, upright, reach, BOX_END * least) for v in upright)
    kept = tuple(side for side in sides if side is not None)
    return replace(ruling, horizontals=level, verticals=kept)


def _side(
    rule: RuledLine,
    level: Sequence[RuledLine],
    upright: Sequence[RuledLine],
    reach: float,
    longest: float,
) -> RuledLine | None:
    """An upright rule as far as it may be a side of cells, which ends on another rule: the stroke
    of a signature ends anywhere, and a short end beyond a rule that goes on nowhere is the side of
    a tick box, joined to it by a pen. None where nothing is left."""
    met = sorted(
        y
        for h in level
        if h.first - reach <= rule.at(y := _crossing(rule, h)) <= h.last + reach
        and rule.first - reach <= y <= rule.last + reach
    )
    if not any(abs(y - end) <= reach for y in met for end in (rule.first, rule.last)):
        return None
    first, last = rule.first, rule.last
    if reach < last - met[-1] <= longest and not _goes_on(rule, last, longest, upright):
        last = met[-1]
    if reach < met[0] - first <= longest and not _goes_on(rule, first, -longest, upright):
        first = met[0]
    return _between(rule, first, last) if last - first > reach else None


def _crossing(upright: RuledLine, level: RuledLine) -> float:
    """How far down an upright rule, or its course, a level one crosses it."""
    near = level.at(upright.at((upright.first + upright.last) / 2))
    return level.at(upright.at(near))


def _goes_on(rule: RuledLine, end: float, within: float, upright: Sequence[RuledLine]) -> bool:
    """Whether another part of an upright rule begins within so many pixels beyond its end."""
    low, high = sorted((end, end + within))
    return any(
        low < near < high and abs(other.at(near) - rule.at(near)) <= GAP_PX
        for other in upright
        if other is not rule
        for near in (other.first, other.last)
    )


def _between(rule: RuledLine, first: float, last: float) -> RuledLine:
    """The part of a rule between two places along it."""
    kept = [k for k in rule.knots if first < k[0] < last]
    return replace(rule, knots=((first, rule.at(first)), *kept, (last, rule.at(last))))


def text_of(pieces: Sequence[Piece]) -> str:
    """The characters of pieces, one after another."""
    return "".join(p.text for p in pieces)
