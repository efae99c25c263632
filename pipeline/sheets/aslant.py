"""A paper copied aslant under level words: by their length these decide how the page is laid. The
paper is laid flat by its own lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from pipeline.image import apply, invert, size_of, turn_matrix
from pipeline.model import Image, Quad, Sheet
from pipeline.sheets.area import SheetArea, area_around
from pipeline.sheets.blocks import boxes_of, level_matrix, text_angle
from pipeline.sheets.outlines import inside

OVERPRINT = re.compile(r"仅[供限用]|仅为|使用$|他用|无效|专用|档案转|与原件|复印件")
"""What is printed or stamped across copies."""
ASLANT = 5.0
"""Degrees from which a paper's lines do not run as the page's."""
OWN_LINES = 4
"""Lines that tell how a paper lies, at least."""
ASLANT_MARGIN = 0.06
"""Part of the print's longer side that is laid flat around it."""


def find_aslant(image: Image, sheet: Sheet, coarse: Sequence[Quad]) -> SheetArea | None:
    """The area of what lies aslant on a sheet once the words across it are left out; None where it
    lies as the sheet does. ``coarse`` are the boxes of the page's lines, in pixels of ``image``."""
    plain = {id(line): "".join(line.text.split()) for line in sheet.lines}
    across = [line for line in sheet.lines if OVERPRINT.search(plain[id(line)])]
    own = [line for line in sheet.lines if all(line is not other for other in across)]
    if not across or len(own) < OWN_LINES:
        return None
    angle = text_angle(boxes_of([line.quad for line in own]))
    if abs(angle) < ASLANT or abs(angle) > 45:
        return None
    to_scan = invert(turn_matrix(size_of(image), sheet.rotation)) @ sheet.to_page
    boxes, words = (
        np.array([apply(to_scan, line.quad) for line in lines]) for lines in (own, across)
    )
    level = level_matrix(boxes)
    core = area_around(boxes, level)
    middle = core.mean(axis=0)
    corners = middle + (1 + 2 * ASLANT_MARGIN) * (core - middle)
    middles = boxes_of(coarse).mean(axis=1)
    within = inside(corners, middles) & ~np.any([inside(word, middles) for word in words], axis=0)
    return SheetArea(corners, core, tuple(int(i) for i in np.flatnonzero(within)), False)
