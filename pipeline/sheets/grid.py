"""Cards laid edge to edge, of which only the outline of all together shows. Pure."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply, invert
from pipeline.sheets.blocks import rects_of
from pipeline.sheets.flat import ID_1, flat_size, flatten_matrix

MOST_CELLS = 3
"""Cards side by side, and one below the other, on a sheet of A4."""
SHAPE = 0.06
"""Part by which a cell may be broader or narrower than a card."""
CELL_LINES = 2
"""Lines in every cell before it is thought of as a card."""
OVERHANG = 0.1
"""Part of a line's box that is rim, not print."""


def find_grid(
    corners: Points,
    boxes: NDArray[np.float64],
    loose: NDArray[np.bool_],
    picture: tuple[int, int],
) -> list[Points]:
    """The cells of an outline that may be cards which touch: of a card's shape, each with print,
    none of which but what is stamped (``loose``) runs across a seam. None where there is no such
    division, or where the outline is one card."""
    width, height = flat_size(corners, picture)
    to_picture = flatten_matrix(corners, (width, height))
    rects = rects_of(boxes, invert(to_picture))
    middles = (rects[:, :2] + rects[:, 2:]) / 2
    rim = (rects[:, 2:] - rects[:, :2]) * OVERHANG
    low, high = rects[:, :2] + rim, rects[:, 2:] - rim
    within = ((middles > 0) & (middles < (width, height))).all(axis=1)
    for columns, rows in product(range(1, MOST_CELLS + 1), repeat=2):
        if columns * rows == 1:
            continue
        cell = np.array([width / columns, height / rows])
        if min(abs(cell[0] / cell[1] / shape - 1) for shape in (ID_1, 1 / ID_1)) > SHAPE:
            continue
        at = np.floor(middles / cell).astype(int)
        across = (np.floor(low / cell).astype(int) != np.floor(high / cell).astype(int)).any(axis=1)
        places = list(product(range(rows), range(columns)))
        printed = all(
            (within & (at == (column, row)).all(axis=1)).sum() >= CELL_LINES
            for row, column in places
        )
        if printed and not (across & within & ~loose).any():
            return [apply(to_picture, _corners(column, row) * cell) for row, column in places]
    return []


def _corners(column: int, row: int) -> Points:
    """A cell's corners, clockwise from its top left, in cells."""
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
    corners: Points = square + np.array([column, row])
    return corners
