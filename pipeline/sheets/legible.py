"""Lines that are none: the weave of a cloth, the grain of a table, the print of a newspaper out of
focus are found as lines of text, and read as nothing either way up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.contracts import OcrEngine
from pipeline.image import Points, as_quad
from pipeline.model import Image, Line, Quad
from pipeline.sheets.blocks import boxes_of, lying

LEGIBLE_PROBES = 6
"""So many of the longest suspects are read first: print is told by these."""
LEGIBLE = 0.66
"""Mean score of text; print on its head has 0.7 and more, patterns at most 0.65 where they give
more than a letter or two."""
LINE_FILLED = 0.2
"""Characters a line has at least, in those that its box has room for."""


def find_illegible(
    image: Image, quads: Sequence[Quad], suspects: Sequence[int], engine: OcrEngine
) -> frozenset[int]:
    """Those of the suspects (indices of ``quads``) that read as no text. None, where most of the
    longest do read: then they are print, and short or poor lines among them are, too."""
    boxes = lying(boxes_of(quads))
    lengths = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    order = sorted(suspects, key=lambda i: -lengths[i])
    found = {i for i in order[:LEGIBLE_PROBES] if not _reads(image, boxes[i], engine)}
    if 2 * len(found) <= min(LEGIBLE_PROBES, len(order)):
        return frozenset()
    return frozenset(
        found | {i for i in order[LEGIBLE_PROBES:] if not _reads(image, boxes[i], engine)}
    )


def _reads(image: Image, box: Points, engine: OcrEngine) -> bool:
    long, high = (float(np.linalg.norm(box[i + 1] - box[i])) for i in (0, 1))
    quads = [as_quad(box), as_quad(np.roll(box, 2, axis=0))]
    room = max(long / max(high, 1.0), 1.0)
    return any(_is_text(line, room) for line in engine.recognise(image, quads))


def _is_text(line: Line, room: float) -> bool:
    return line.score >= LEGIBLE and len(line.text) >= LINE_FILLED * room
