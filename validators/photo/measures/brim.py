"""The lower edge of a cap: a step in colour that runs across the forehead in one smooth arc.

Neither colour nor texture tells a knitted or felt cap from hair; its edge does. The strongest
step of each column of the forehead lies on one arc under a cap, a band or a fringe cut straight;
a hairline wanders. The outline of a bald head is an arc too, but the wall is above it.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from validators.photo.look import FACE_WIDTH, FOREHEAD, FaceFrame, Tone
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

_BROWS = (105, 334)
_ABOVE, _BELOW = round(0.34 * FACE_WIDTH), round(0.2 * FACE_WIDTH)
"""How far from the upper end of the mesh the edge is looked for; never on the brows."""
_OFF_BROWS = round(0.04 * FACE_WIDTH)
_OFF_WALL = 18.0
_HIGHER = 6
"""Rows above a step that are looked at for what ends there."""
_HALF = round(0.3 * FACE_WIDTH)
_STRIDE = 2
_ROWS_LEAST, _COLUMNS_LEAST = 12, 20
_STEP = 9.0
_OFF_ARC_PX = 1.0
_ALIKE = 0.6
"""Cosine between a column's step and the arc's: the same two colours meet all along."""
_CURVED_PX, _LEANING_PX = 30.0, 10.0
_WEIGHTS = np.array([1.0, 1.5, 1.5], np.float32)
_AT = [
    list(triple)
    for triple in product((0.02, 0.1, 0.18, 0.26), (0.4, 0.47, 0.54, 0.6), (0.74, 0.82, 0.9, 0.98))
]
"""Where, from left to right, the three columns lie that an arc is drawn through."""


def brim_share(frame: FaceFrame, wall: Tone | None) -> float | None:
    """Share of the forehead's columns whose strongest step lies on one arc, 0 to 1; None where
    too little of the forehead is on the picture. ``wall`` is the colour behind the head."""
    steps = _steps(frame, wall)
    if steps is None:
        return None
    rows, vectors = steps
    sizes = np.sqrt((vectors * vectors).sum(axis=1))
    clear = sizes > _STEP
    near = (np.abs(_arcs(rows) - rows) <= _OFF_ARC_PX) & clear
    best = near[near.sum(axis=1).argmax()]
    if not best.any():
        return 0.0
    mean = vectors[best].mean(axis=0)
    alike = vectors @ mean > _ALIKE * sizes * float(np.sqrt(mean @ mean))
    return float((best & alike).mean())


def _steps(frame: FaceFrame, wall: Tone | None) -> tuple[Array, Array] | None:
    """Of each column the row of its strongest step, and the step (L*, a*, b*, weighted)."""
    x, y = frame.xy[FOREHEAD]
    height, width = frame.inside.shape
    top = max(int(y) - _ABOVE, 3)
    bottom = min(int(y) + _BELOW, int(frame.xy[list(_BROWS), 1].min()) - _OFF_BROWS, height - 3)
    columns = slice(max(int(x) - _HALF, 0), min(int(x) + _HALF, width), _STRIDE)
    if bottom - top < _ROWS_LEAST:
        return None
    band = slice(top - 3, bottom + 3), columns
    lab = frame.lab[band] * _WEIGHTS
    if lab.shape[1] < _COLUMNS_LEAST:
        return None
    pairs = lab[:-1] + lab[1:]
    steps = (pairs[4:] - pairs[:-4]) / 2
    shown = (frame.inside[band] & (frame.person[band] > 0.5))[2:-3]
    shown &= _is_under_person(frame, wall, band)[2:-3]
    strength = (steps * steps).sum(axis=-1) * shown
    rows = strength.argmax(axis=0)
    at = np.arange(len(rows))
    return rows.astype(np.float32), steps[rows, at] * shown[rows, at, None]


def _is_under_person(frame: FaceFrame, wall: Tone | None, band: tuple[slice, slice]) -> ClassMask:
    """Whether a little higher there is still the person, not the wall."""
    rows, columns = band
    higher = slice(max(rows.start - _HIGHER, 0), max(rows.stop - _HIGHER, 0)), columns
    under = frame.person[higher] > 0.5
    if wall is not None:
        under &= frame.off(wall, higher) > _OFF_WALL
    return np.pad(under, ((rows.stop - rows.start - len(under), 0), (0, 0)))


def _arcs(rows: Array) -> Array:
    """Rows of the parabolas through triples of columns, N x columns; those too curved or too
    slanted for anything worn straight lie far off."""
    at, values, slants, curves = _through(len(rows))
    ends = rows[at]
    arcs = (ends[:, None] @ values)[:, 0]
    slanted = np.abs((ends * slants).sum(axis=1)) > _LEANING_PX
    arcs[slanted | (np.abs((ends * curves).sum(axis=1)) > _CURVED_PX)] = -99
    return np.asarray(arcs)


@cache
def _through(count: int) -> tuple[NDArray[np.int64], Array, Array, Array]:
    """Of each triple its columns (N x 3), and what each of its rows adds to the parabola: to its
    value at every column (N x 3 x columns), to its slant and to its curve (N x 3 each)."""
    along = np.linspace(-1, 1, count)
    at = np.round(np.array(_AT) * (count - 1)).astype(np.int64)
    powers = np.linalg.inv(along[at][..., None] ** np.arange(3)).transpose(0, 2, 1)
    values = powers @ (along ** np.arange(3)[:, None])
    slants, curves = powers[..., 1], powers[..., 2]
    return at, values.astype(np.float32), slants.astype(np.float32), curves.astype(np.float32)
