"""Faces of the record, from the evidence for their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.evidence.evidence import Evidence, outline_of, reading_of
from pipeline.model import DocumentType, Face, Reading, Sheet

Fields = Mapping[str, Evidence]


def make_face(
    kind: DocumentType,
    face: str,
    score: float,
    sheet: Sheet,
    fields: Fields,
    expected: Iterable[str],
    tables: Mapping[str, Sequence[Fields]] | None = None,
    optional: Iterable[str] = (),
) -> Face:
    """The face as it goes out: all of the sheet. What is ``expected`` and not among the fields is
    missing; and then what is ``optional``, too: where one label was lost, another may have been."""
    missing = [name for name in expected if name not in fields]
    if missing:
        missing += [name for name in optional if name not in fields and name not in missing]
    return Face(
        type=kind,
        face=face,
        score=round(score, 3),
        page=sheet.ref,
        outline=outline_of(sheet),
        fields=_readings(fields, sheet),
        missing=tuple(missing),
        tables={
            name: tuple(_readings(row, sheet) for row in rows)
            for name, rows in (tables or {}).items()
        },
    )


def _readings(fields: Fields, sheet: Sheet) -> dict[str, Reading]:
    return {name: reading_of(evidence, sheet) for name, evidence in fields.items()}
