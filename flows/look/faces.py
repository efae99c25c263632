"""Faces as they are shown: values with their places on the sheet, and crops of doubtful ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from flows.look.sight import FaceSeen, FieldSeen
from flows.look.words import look_words, name_of
from flows.pictures import crop_around
from pipeline.evidence.evidence import is_doubtful, threshold
from pipeline.finding import page_label, type_label, value_label
from pipeline.image import apply, as_quad, invert
from pipeline.model import DocumentType, Face, Image, Quality, Reading, Sheet
from pipeline.watch import Outline


@dataclass(frozen=True, slots=True)
class FacePainter:
    """Writes crops of a sheet (None: the face has none) under names that begin with ``name``."""

    write: Callable[[Image, str], None]
    sheet: Sheet | None
    name: str

    def place(self, reading: Reading) -> Outline | None:
        """Where a value stands, in pixels of the sheet."""
        if self.sheet is None or reading.box is None:
            return None
        points = apply(invert(self.sheet.to_page), np.asarray(reading.box))
        return tuple((round(float(x), 1), round(float(y), 1)) for x, y in points)

    def crop(self, key: str, outline: Outline | None) -> str:
        """The name of the crop around a value; "" where there is none."""
        if self.sheet is None or outline is None:
            return ""
        image = crop_around(self.sheet.image, as_quad(np.asarray(outline)))
        if image is None:
            return ""
        name = f"{self.name}-{key}.jpg"
        self.write(image, name)
        return name


def face_seen(face: Face, painter: FacePainter) -> FaceSeen:
    """The face as it is shown."""
    words = look_words()
    prefix = f"{face.type}-{face.face}"
    return FaceSeen(
        type=face.type.value,
        label=type_label(face.type),
        face=face.face,
        face_label=words.faces.get(face.face, face.face),
        score=round(face.score, 3),
        fields=tuple(_fields(face.fields, prefix, painter)),
        rows=tuple(
            (name, tuple(_fields(row, f"{prefix}-{name}-{i}", painter)))
            for name, rows in face.tables.items()
            for i, row in enumerate(rows, start=1)
        ),
        missing=tuple(name_of(name) for name in face.missing),
        marks=tuple(_marks(face)),
        quality=tuple(_quality(face.quality)),
    )


def _fields(
    fields: Mapping[str, Reading], prefix: str, painter: FacePainter
) -> Iterator[FieldSeen]:
    for name, reading in fields.items():
        key = f"{prefix}-{name}"
        outline = painter.place(reading)
        doubtful = is_doubtful(name, reading)
        yield FieldSeen(
            key=key,
            name=name,
            label=name_of(name),
            value=reading.value,
            shown=value_label(name, reading.value),
            raw=reading.raw,
            confidence=reading.confidence,
            limit=threshold(name),
            is_doubtful=doubtful,
            doubts=reading.doubts,
            source=reading.source,
            outline=outline,
            crop=painter.crop(key, outline) if doubtful else "",
        )


def _marks(face: Face) -> Iterator[tuple[str, str]]:
    words = look_words()
    for name, value in face.marks.items():
        if face.type == DocumentType.UNKNOWN and name == "page":
            value = page_label(value)
        if name in words.marks:
            yield words.marks[name], words.states.get(value, value)


def _quality(quality: Quality) -> Iterator[tuple[str, str]]:
    for name, label in look_words().quality.items():
        value = getattr(quality, "copy_" if name == "copy" else name)
        if isinstance(value, bool):
            yield label, "是" if value else "否"
        elif value is not None:
            yield label, f"{value:.2f}"
