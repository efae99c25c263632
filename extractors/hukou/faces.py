"""Readings and faces of the record, from what was read in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.hukou.reading import CellLook, CellReading
from extractors.hukou.values import read_hukou_value
from pipeline.evidence import evidence
from pipeline.evidence.missing_characters import lacks_character
from pipeline.evidence.second_choices import prefer
from pipeline.evidence.two_looks import pool
from pipeline.layout.piece import Piece
from pipeline.model import DocumentType, Face, Reading, Sheet

BLANK_CELL = 0.97
"""Confidence of a blank: no line was found in the cell, and no dark ink."""


@dataclass(slots=True)
class BookletDraft:
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
        reading = hukou_reading(name, cell, self.sheet)
        if reading is None:
            self.missing.append(name)
        else:
            self.fields[name] = reading

    def finish(self) -> Face:
        """The face."""
        return Face(
            type=DocumentType.HUKOU,
            face=self.face,
            score=self.score,
            page=self.sheet.ref,
            outline=evidence.outline_of(self.sheet),
            fields=self.fields,
            missing=tuple(self.missing),
            tables={name: tuple(rows) for name, rows in self.tables.items()},
            marks=self.marks,
        )


def hukou_reading(name: str, cell: CellReading, sheet: Sheet) -> Reading | None:
    """The reading of the field ``name`` in the record's terms; None where it could not be read."""
    look = cell.look
    if look is None or (look.text and not look.value.value):
        return None
    if not look.text:
        box = evidence.on_page(cell.quad, sheet) if cell.quad is not None else None
        return Reading(value="", raw="", confidence=BLANK_CELL, box=box, doubts=cell.doubts)
    doubts = list(cell.doubts)
    if lacks_character(look.pieces, sheet.image):
        doubts.append("字间疑有漏识的字")
    told = look.value
    is_person = evidence.field_kind(name) == "name"
    value = evidence.Value(told.value, told.doubts, told.is_closed, is_person)
    found = evidence.Evidence(look.pieces, value, doubts=doubts)
    if cell.again is not None:
        pool(name, found, [cell.again.chars])
    prefer(name, found)
    return evidence.reading_of(found, sheet)


def look_at_face(name: str, pieces: Sequence[Piece]) -> CellLook:
    """A reading of pieces that stand in no cell."""
    text = "".join(p.text for p in pieces)
    return CellLook(text, tuple(pieces), read_hukou_value(name, text))
