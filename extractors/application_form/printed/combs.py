"""Numbers written into boxes, one character a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.application_form.printed.flat import SCALE, FlatForm
from extractors.application_form.printed.geometry import Comb
from pipeline.contracts import Recogniser
from pipeline.image import grey_of
from pipeline.layout.ruled_table import quad_of
from pipeline.model import Image, Line, Quad
from pipeline.reference.text import narrow

INSET_MM = 0.7
"""Cut from each side of a box: its frame, and what the flat form is off by."""
COMB_FILLED = 0.012
"""Part of a box that is ink, from which something is written in it: a thin 1 covers 0.03."""
COMB_SPECK = 0.004
"""Part up to which it is blank."""
GAPS_PX = (5, 9)
"""Paper between the characters of the strips that are read."""
TALL_PX = 44
"""Height of a cell on the strip."""
MARGIN_PX = 8


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a comb. ``box`` in pixels of the flat form; ``agreed``: all looks read the
    same; ``whole``: a character for each box, without a blank between, no speck in doubt."""

    text: str
    score: float
    box: Quad
    agreed: bool
    whole: bool
    extents: tuple[tuple[float, float, float], ...]
    """Middle, top and bottom of each character, in pixels of the flat form."""


def read_comb(flat: FlatForm, comb: Comb, ink: Image, recognise: Recogniser) -> Written | None:
    """What is written in a comb; None where all boxes are blank."""
    width, height = (round(v * SCALE) for v in flat.form.cell)
    inset = round(INSET_MM * SCALE)
    cells: list[Image] = []
    extents = []
    filled = []
    unclear = False
    places = flat.form.cells(comb)
    for place in places:
        x, y = (round(v * SCALE) for v in place)
        inner = slice(y + inset, y + height - inset), slice(x + inset, x + width - inset)
        share = float(np.mean(ink[inner] > 0))
        filled.append(share >= COMB_FILLED)
        unclear |= COMB_SPECK < share < COMB_FILLED
        if filled[-1]:
            cells.append(flat.sheet.image[inner])
            rows = np.flatnonzero(ink[inner].any(axis=1))
            top = float(y + inset)
            extents.append((x + width / 2, top + float(rows[0]), top + float(rows[-1])))
    if not any(filled):
        return None
    lines = [_read_strip(cells, gap, recognise) for gap in GAPS_PX]
    count = sum(filled)
    fitting = [line for line in lines if len(_bare(line)) == count]
    best = max(fitting or lines, key=lambda line: line.score)
    used = [p for p, f in zip(places, filled, strict=True) if f]
    left, right = used[0][0] * SCALE, used[-1][0] * SCALE + width
    top = comb.at[1] * SCALE
    return Written(
        text=_bare(best),
        score=min((c.score for c in best.chars), default=best.score),
        box=quad_of(left, top, right, top + height),
        agreed=len({_bare(line) for line in lines}) == 1,
        whole=bool(fitting) and all(filled[:count]) and not unclear,
        extents=tuple(extents),
    )


def _bare(line: Line) -> str:
    return "".join(narrow(line.text).split())


def _read_strip(cells: Sequence[Image], gap: int, recognise: Recogniser) -> Line:
    """The characters close together on white paper, as a line is printed, read as one."""
    factor = TALL_PX / cells[0].shape[0]
    tiles = [
        cv2.resize(_levelled(c), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        for c in map(_close, cells)
    ]
    wide = sum(tile.shape[1] + gap for tile in tiles) + 2 * MARGIN_PX
    strip = np.full((TALL_PX + 2 * MARGIN_PX, wide, 3), 255, np.uint8)
    x = MARGIN_PX
    for tile in tiles:
        height, width = tile.shape[:2]
        coloured = tile if tile.ndim == 3 else tile[..., None]
        strip[MARGIN_PX : MARGIN_PX + height, x : x + width] = coloured
        x += width + gap
    height, width = strip.shape[:2]
    (line,) = recognise(strip, [quad_of(0, 0, width - 1, height - 1)])
    return line


def _close(cell: Image) -> Image:
    """A cell without the blank paper left and right of its character."""
    grey = grey_of(cell)
    dark = grey < (float(np.percentile(grey, 80)) + float(grey.min())) / 2
    columns = np.flatnonzero(dark.any(axis=0))
    return cell[:, max(0, columns[0] - 1) : columns[-1] + 2]


def _levelled(cell: Image) -> Image:
    """A cell with its paper made white, so that the strip has no seams."""
    paper = np.maximum(np.percentile(cell.reshape(-1, *cell.shape[2:]), 80, axis=0), 1)
    return np.asarray(np.clip(cell.astype(np.float32) * (255 / paper), 0, 255), np.uint8)
