"""Names and addresses of a drawn register, read as those of papers are, beside what was drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.labelled.grammar import read_value
from extractors.labelled.looks import Looker
from pipeline.contracts import OcrEngine, Recogniser
from pipeline.evidence.evidence import is_doubtful, outline_of, reading_of
from pipeline.evidence.second_choices import prefer
from pipeline.layout.beside import rows_of
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.stamp_words import is_stamped, without_stamp
from pipeline.model import DocumentType, Face, Line, Page, Reading, Sheet, Source
from pipeline.steps import read_pages
from samples.any_hand.register import ADDRESS, Entry
from samples.scanner import Shot

ALIKE = 0.5
"""Likeness below which what was read is another row's. Two drawn addresses are 0.45 alike at most
times, a name with one of two characters misread 0.5."""
_LABEL = re.compile(r"^\W*(?:姓?名|住?址|姓|住)\W*[:：]\W*")


@dataclass(frozen=True)
class Row:
    """A drawn row and what was read of it; None where nothing was."""

    level: str
    field: str
    truth: str
    reading: Reading | None

    @property
    def is_exact(self) -> bool:
        """Whether the value is what was drawn."""
        return self.reading is not None and self.reading.value == self.truth

    @property
    def is_doubted(self) -> bool:
        """Whether a person is asked to look, or nothing was read."""
        return self.reading is None or is_doubtful(self.field, self.reading)

    @property
    def is_silent(self) -> bool:
        """Whether it is wrong and nobody is told."""
        return not self.is_exact and not self.is_doubted


class Register:
    """An extractor of registers: every row a face with a name or an address."""

    KIND = DocumentType.LODGING_REGISTRATION

    def score(self, lines: Sequence[Line]) -> float | None:
        """Every sheet is a register."""
        return 1.0 if lines else None

    def extract(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """A face for each row."""
        pieces = [part for piece in pieces_of(sheet.lines) for part in without_stamp(piece)]
        printed = [piece for piece in pieces if not is_stamped(piece)]
        rows = [row for line in rows_of(printed) if (row := _row(line))]
        looker = Looker.of(sheet, recognise, (piece for _, value in rows for piece in value))
        return [_face(field, value, looker) for field, value in rows]


def _row(pieces: Sequence[Piece]) -> tuple[str, list[Piece]] | None:
    """The field that a row's label tells, and what stands behind the label."""
    for at, piece in enumerate(pieces):
        label = _LABEL.match(piece.text)
        if label is None:
            continue
        own = [piece.part(label.end(), len(piece.chars))] if label.end() < len(piece.chars) else []
        # What the register lies on may print beside it.
        value = [*own, *(p for p in pieces[at + 1 :] if p.left > piece.left)]
        field = "address" if "住" in label[0] or "址" in label[0] else "name"
        return (field, value) if value else None
    return None


def _face(field: str, value: Sequence[Piece], looker: Looker) -> Face:
    sheet = looker.sheet
    limits = value[0].left, sheet.image.shape[1] - 1.0
    found = looker.look(field, value, lambda text: read_value(field, text), limits)
    prefer(field, found, sheet.lines)
    return Face(
        type=Register.KIND, face="page", score=1.0, page=sheet.ref, outline=outline_of(sheet),
        fields={field: reading_of(found, sheet)},
    )  # fmt: skip


def read_register(
    shot: Shot, drawn: Sequence[Entry], level: str, engine: OcrEngine
) -> Iterator[Row]:
    """Every drawn row with its reading. Rows are told apart by their order and likeness."""
    coded = cv2.imencode(".jpg", shot.image, [cv2.IMWRITE_JPEG_QUALITY, shot.quality])[1]
    page = Page(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8), _SOURCE)
    read = [
        (field, reading)
        for _, faces, _ in read_pages([page], engine, {str(Register.KIND): Register()})
        for face in faces
        for field, reading in face.fields.items()
    ]
    # By their left ends: askew, a long row's middle is as high as the row above.
    read.sort(key=lambda one: one[1].box[0][1] if one[1].box else 0.0)
    fields = ["address" if entry.label == ADDRESS else "name" for entry in drawn]
    likeness = np.array(
        [
            [_likeness(r.value, e.text) if f == field else 0.0 for field, r in read]
            for e, f in zip(drawn, fields, strict=True)
        ]
    ).reshape(len(drawn), len(read))
    found = dict(in_order(likeness))
    for at, (entry, field) in enumerate(zip(drawn, fields, strict=True)):
        yield Row(level, field, entry.text, read[found[at]][1] if at in found else None)


def in_order(likeness: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Pairs of rows and columns, both rising, that are most alike together (rows x columns)."""
    rows, columns = likeness.shape
    best = np.zeros((rows + 1, columns + 1))
    for i, j in np.ndindex(rows, columns):
        best[i + 1, j + 1] = max(best[i, j] + likeness[i, j], best[i, j + 1], best[i + 1, j])
    i, j = rows, columns
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            yield i, j


_SOURCE = Source("register.jpg", 1, "0" * 64)


def _likeness(one: str, other: str) -> float:
    alike = SequenceMatcher(None, one, other).ratio()
    return alike if alike >= ALIKE else 0.0
