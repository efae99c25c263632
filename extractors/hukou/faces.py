"""Readings and faces of the record, from what was read in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from extractors.hukou.print import Piece
from extractors.hukou.reading import CellReading, Look
from extractors.hukou.values import read_value
from pipeline.model import (
    DocumentType,
    Face,
    PageRef,
    Quad,
    Reading,
    Sheet,
)


@dataclass(slots=True)
class Draft:
    """What is known of a face so far."""

    sheet: Sheet
    face: str
    score: float
    fields: dict[str, Reading] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    tables: dict[str, list[dict[str, Reading]]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, cell: CellReading) -> None:
        """Add a cell's reading, or say that it is missing."""
        reading = reading_of(cell, self.sheet)
        if reading is None:
            self.missing.append(name)
        else:
            self.fields[name] = reading

    def finish(self) -> Face:
        """The face."""
        source = self.sheet.source
        height, width = self.sheet.image.shape[:2]
        whole: Quad = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
        return Face(
            type=DocumentType.HUKOU,
            face=self.face,
            score=self.score,
            page=PageRef(
                file=source.file,
                page=source.page,
                sha256=source.sha256,
                rotation=self.sheet.rotation,
            ),
            outline=on_page(whole, self.sheet),
            fields=self.fields,
            missing=tuple(self.missing),
            tables={name: tuple(rows) for name, rows in self.tables.items()},
            marks=self.marks,
        )


def reading_of(cell: CellReading, sheet: Sheet) -> Reading | None:
    """The cell's reading in the record's terms; None where it could not be read."""
    look = cell.look
    if look is None or (look.text and not look.value.value):
        return None
    box = on_page(cell.quad, sheet) if cell.quad is not None else None
    doubts = tuple(dict.fromkeys((*cell.doubts, *look.value.doubts)))
    return Reading(
        value=look.value.value,
        raw=look.text,
        confidence=_confidence(look, cell.agreed),
        box=box,
        doubts=doubts,
    )


def look_at(name: str, pieces: Sequence[Piece]) -> Look:
    """A reading of pieces that stand in no cell."""
    text = "".join(p.text for p in pieces)
    return Look(text, tuple(pieces), read_value(name, text))


def _confidence(look: Look, agreed: bool) -> float:
    """Share of right values among values like this one, roughly: the weakest character, nearer to
    certainty where a second look or a closed grammar agrees."""
    if not look.text:
        return 0.97 if agreed else 0.5
    doubt = 1.0 - look.score
    if agreed:
        doubt *= 0.5
    if look.value.is_usual:
        doubt *= 0.5
    return round(min(0.999, max(0.0, 1.0 - doubt)), 4)


def on_page(quad: Quad, sheet: Sheet) -> Quad:
    """A quad of sheet pixels in pixels of the upright page."""
    points = np.array(quad, dtype=np.float64).reshape(-1, 1, 2)
    a, b, c, d = cv2.perspectiveTransform(points, sheet.to_page).reshape(-1, 2).tolist()
    return ((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1]))
