"""Which way up the sheets on a scan stand: the direction classifier tells it by a few lines; where
it wavers, their heads are read both ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.contracts import OcrEngine, TellsDirection
from pipeline.image import Points, apply, as_quad, invert, size_of
from pipeline.model import Image, Line, Matrix, Quad
from pipeline.sheets.area import SheetArea
from pipeline.sheets.blocks import boxes_of
from pipeline.sheets.flat import flat_size, flatten_matrix
from pipeline.stages import stage

DIRECTION_PROBES = 6
"""Lines that the direction classifier looks at."""
CLEAR = 0.5
"""Mean of the chances of upright less those of on its head from which no line is read. On 60 sheets
of development papers and specimens, by flatbed, copier and phone, it was 0.68 at least, and the
same way as reading tells."""
UPRIGHT_PROBES = (4, 6)
"""Lines read both ways up: at first, and where the first do not decide."""
DECISIVE = 0.12
"""Difference of mean scores by which one way up wins."""
_ON_ITS_HEAD = re.compile(r">{3}|[∀∧∩⊥Ǝ]")
"""What the fillers (<<<) and capitals of a machine-readable zone are read as upside down."""


@dataclass(frozen=True, slots=True)
class _Vote:
    """How much better an area reads as it is than on its head (mean scores, -1 to 1)."""

    margin: float

    @property
    def is_decisive(self) -> bool:
        return abs(self.margin) >= DECISIVE


@stage("upright")
def find_upright(
    areas: Sequence[SheetArea], image: Image, quads: Sequence[Quad], engine: OcrEngine
) -> list[SheetArea]:
    """The areas with their corners starting at the top left as read. An area that cannot tell
    goes with the others that lie the same way."""
    votes = [_vote(area, image, quads, engine) for area in areas]
    result = []
    for area, vote in zip(areas, votes, strict=True):
        margin = vote.margin
        if not vote.is_decisive:
            margin += sum(
                other_vote.margin * _same_way(area, other)
                for other, other_vote in zip(areas, votes, strict=True)
                if other is not area and other_vote.is_decisive
            )
        result.append(area if margin >= 0 else area.upside_down())
    return result


def _same_way(one: SheetArea, other: SheetArea) -> float:
    """1 where the areas' lines run the same way, -1 the opposite way, 0 across."""
    a, b = one.corners[1] - one.corners[0], other.corners[1] - other.corners[0]
    cosine = float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return float(np.rint(cosine))


def _vote(area: SheetArea, image: Image, quads: Sequence[Quad], engine: OcrEngine) -> _Vote:
    """Look at the longest lines; where that does not tell, read them both ways up."""
    flat = flatten_matrix(area.corners, flat_size(area.corners, size_of(image)))
    inner = invert(flat)
    as_read = [from_top_left(boxes_of([quads[i]])[0], inner) for i in area.lines]
    as_read.sort(key=_elongation, reverse=True)
    if as_read and isinstance(engine, TellsDirection):
        longest = [as_quad(box) for box in as_read[:DIRECTION_PROBES]]
        seen = _Vote(1 - 2 * float(np.mean(engine.on_its_head(image, longest))))
        if abs(seen.margin) >= CLEAR:
            return seen
    up: list[float] = []
    down: list[float] = []
    for first, last in ((0, UPRIGHT_PROBES[0]), UPRIGHT_PROBES):
        probes = as_read[first:last]
        if not probes:
            break
        turned = [np.roll(box, 2, axis=0) for box in probes]
        up += [certainty(x) for x in engine.recognise(image, [as_quad(b) for b in probes])]
        down += [certainty(x) for x in engine.recognise(image, [as_quad(b) for b in turned])]
        vote = _Vote(float(np.mean(up) - np.mean(down)))
        if vote.is_decisive:
            return vote
    return _Vote(float(np.mean(up) - np.mean(down)) if up else 0.0)


def certainty(line: Line) -> float:
    """How surely a line was read. A line on its head gives few characters, or poor ones; a
    machine-readable zone gives signs that are letters on their heads, with high scores."""
    if _ON_ITS_HEAD.search(line.text):
        return 0.0
    return line.score * min(1.0, len(line.text) / 4)


def from_top_left(box: Points, inner: Matrix) -> Points:
    """The box's corners clockwise from the one nearest to the flat sheet's origin."""
    flat = apply(inner, box)
    return np.roll(box, -int(np.argmin(flat.sum(axis=1))), axis=0)


def _elongation(box: Points) -> float:
    return float(np.linalg.norm(box[1] - box[0]))
