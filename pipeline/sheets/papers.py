"""Which outlines on a scan are papers: those that hold lines of text level with their edges, and
that no print runs across. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, apply, invert
from pipeline.sheets.blocks import CAPTION_LINES, text_angle, text_height
from pipeline.sheets.flat import flat_size, flatten_matrix
from pipeline.sheets.outlines import OUTLINE_CERTAIN, Outline, inside

MIN_LINES = 2
"""Lines inside an outline before it is taken for a paper: a photo or a stamp has fewer."""
MAX_TILT = 4.0
"""Degrees by which print may be off its paper's edges; more, and the edges are not a paper's."""
PANEL = 0.5
"""A single outline inside another that fills more than this of it is a panel of that paper."""
FOLD = 0.9
"""Outlines inside another that fill more than this of it are its pages, with a fold between."""
PART = 0.75
"""An outline that fills more than this of another is the same paper, seen a little smaller."""
PAPER_FILLED = 0.8
"""Part of a paper that its parts fill, at least."""
SURROUNDED = 3
"""Sides of a paper beyond which lines lie, of one that lies on print."""
REFUSED_LINES = 3
"""An outline that lines outside contradict stays a rival only if it holds this many lines."""


def find_papers(
    outlines: Sequence[Outline],
    boxes: NDArray[np.float64],
    loose: NDArray[np.bool_],
    size: tuple[int, int],
    *,
    on_print: bool = False,
) -> list[Outline]:
    """Those outlines that are papers, none inside another. ``loose`` lines may be cut by their
    edges; if the papers lie ``on_print``, any may."""
    loose = loose | on_print
    fit = [o for o in outlines if _holds_text(o, boxes, loose, size)]
    return _outermost(fit, boxes)


def _holds_text(
    outline: Outline,
    boxes: NDArray[np.float64],
    loose: NDArray[np.bool_],
    size: tuple[int, int],
) -> bool:
    """Whether there are lines inside, level with the edges, and hardly any cut by them."""
    within, cut = lines_at(outline.corners, boxes)
    if int(within.sum()) < MIN_LINES:
        return False
    # Beside two lines, one of them a speck maybe, a cut one weighs as much: no paper then.
    spared = max(int(within.sum() > MIN_LINES), 0.08 * within.sum())
    if int((cut & ~loose).sum()) > spared:
        return False
    return _is_level(outline, boxes[within], size)


def lines_at(
    corners: Points, boxes: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which lines have their middle inside an outline, and which are cut by its edges."""
    centres = boxes.mean(axis=1)
    # A box is a little larger than its text: only what reaches well over an edge is cut.
    shorter = centres[:, None] + (boxes - centres[:, None]) * 0.8
    corners_in = inside(corners, shorter.reshape(-1, 2)).reshape(-1, 4)
    return inside(corners, centres), corners_in.any(axis=1) != corners_in.all(axis=1)


def _is_level(outline: Outline, boxes: NDArray[np.float64], size: tuple[int, int]) -> bool:
    flat = flatten_matrix(outline.corners, flat_size(outline.corners, size))
    inner = apply(invert(flat), boxes.reshape(-1, 2)).reshape(-1, 4, 2)
    tilt = (text_angle(inner) + 45) % 90 - 45
    return abs(tilt) <= MAX_TILT and text_height(boxes) > 0


def find_refused(
    outlines: Sequence[Outline],
    taken: Sequence[Points],
    boxes: NDArray[np.float64],
    size: tuple[int, int],
    *,
    support: float = OUTLINE_CERTAIN,
) -> list[Outline]:
    """Outlines that show well and hold lines level with their edges, but that are none of the
    papers ``taken``, since print runs across them or around them: a box in a form, or a paper that
    lies on print or on a pattern. None inside another. ``support``: how well they show at least."""
    found: list[Outline] = []
    for outline in sorted(outlines, key=lambda o: -o.area):
        within, cut = lines_at(outline.corners, boxes)
        own = within & ~cut
        if (
            outline.support >= support
            and int(own.sum()) >= REFUSED_LINES
            and not (within | cut).all()
            and not any(_overlaps(outline.corners, corners) for corners in taken)
            and not any(_overlaps(outline.corners, other.corners) for other in found)
            and _is_level(outline, boxes[own], size)
        ):
            found.append(outline)
    return found


def is_surrounded(corners: Points, boxes: NDArray[np.float64]) -> bool:
    """Whether print lies beyond three sides of a paper at least: a table's or a newspaper's. Around
    a box in a letter it stands above and below."""
    x, y = apply(invert(flatten_matrix(corners, (1, 1))), boxes.mean(axis=1)).T
    beyond = (x < 0, x > 1, y < 0, y > 1)
    return sum(int(side.sum()) >= MIN_LINES for side in beyond) >= SURROUNDED


def find_parts(
    outlines: Sequence[Outline],
    taken: Sequence[Points],
    boxes: NDArray[np.float64],
    loose: NDArray[np.bool_],
    size: tuple[int, int],
) -> list[Outline]:
    """Papers that together fill one of those ``taken``: a booklet's pages, or cards that touch."""
    fit = [o for o in outlines if _holds_text(o, boxes, loose, size)]
    parts: list[Outline] = []
    for corners in taken:
        whole = Outline(corners, 1.0)
        inner = _apart([o for o in fit if _is_inside(o, whole) and o.area < PART * whole.area])
        if sum(o.area for o in inner) >= PAPER_FILLED * whole.area:
            parts += inner
    return parts


def _apart(outlines: Sequence[Outline]) -> list[Outline]:
    """The largest of those that overlap."""
    found: list[Outline] = []
    for outline in sorted(outlines, key=lambda o: -o.area):
        if not any(_overlaps(outline.corners, other.corners) for other in found):
            found.append(outline)
    return found


def _outermost(outlines: Sequence[Outline], boxes: NDArray[np.float64]) -> list[Outline]:
    """Papers of the outermost level, each replaced by the papers on it where it is no more
    than their ground (an A4 sheet with two cards)."""
    rest = sorted(outlines, key=lambda o: -o.area)
    taken: list[Outline] = []
    while rest:
        # Of those that overlap the largest without being inside it, the best shown wins.
        outer = rest.pop(0)
        rivals = [
            o for o in rest if not _is_inside(o, outer) and _overlaps(o.corners, outer.corners)
        ]
        if any(r.support > outer.support + 0.1 for r in rivals):
            continue
        rest = [o for o in rest if o not in rivals]
        inner = [o for o in rest if _is_inside(o, outer)]
        rest = [o for o in rest if o not in inner]
        papers = _outermost(inner, boxes)
        taken += papers if _is_ground(outer, papers, boxes) else [outer]
    return taken


def _is_inside(inner: Outline, outer: Outline) -> bool:
    points = inner.corners + 0.03 * (inner.corners.mean(axis=0) - inner.corners)
    return bool(outer.contains(points).all()) and inner.area < outer.area


def _overlaps(a: Points, b: Points) -> bool:
    first, second = a.astype(np.float32), b.astype(np.float32)
    common, _ = cv2.intersectConvexConvex(first, second)
    return bool(common > 0.1 * min(cv2.contourArea(first), cv2.contourArea(second)))


def _is_ground(outer: Outline, papers: Sequence[Outline], boxes: NDArray[np.float64]) -> bool:
    """Whether ``outer`` only carries the papers: they hold its text and do not fill it."""
    if not papers:
        return False
    centres = boxes.mean(axis=1)
    total = int(outer.contains(centres).sum())
    held = sum(int(p.contains(centres).sum()) for p in papers)
    if total - held > max(CAPTION_LINES, 0.3 * total):
        return False
    filled = sum(p.area for p in papers) / outer.area
    return filled < (PANEL if len(papers) == 1 else FOLD)
