"""Seals and signatures put to the faces of a sheet."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from pipeline.marks import marks
from pipeline.marks.marks import with_marks
from pipeline.marks.seal import Seal, find_seals
from pipeline.model import DocumentType, Face, Image, Line, Quad, Sheet, Source

RED = (40, 36, 206)


def _sheet(stamped: bool) -> Sheet:
    paper = np.full((1400, 1000, 3), (236, 244, 246), np.uint8)
    cv2.line(paper, (100, 200), (900, 200), RED, 6)
    if stamped:
        cv2.circle(paper, (600, 1000), 100, RED, 5)
        cv2.circle(paper, (600, 1000), 22, RED, -1)
    return Sheet(paper, Source("a.jpg", 1, "0" * 64), 0, np.eye(3))


def _face(sheet: Sheet, kind: DocumentType, **found: str) -> Face:
    return Face(type=kind, face="page", score=1.0, page=sheet.ref, marks=found)


def _recognise(image: Image, quads: Sequence[Quad]) -> list[Line]:
    return [Line("某某县公安局", 0.9, quad) for quad in quads]


@pytest.mark.parametrize(("stamped", "state"), [(True, "yes"), (False, "no")])
def test_faces_bear_the_seal_when_their_paper_needs_one(stamped: bool, state: str) -> None:
    sheet = _sheet(stamped)
    letter = _face(sheet, DocumentType.TRANSFER_LETTER)
    card = _face(sheet, DocumentType.ID_CARD)
    sealed, plain = with_marks([letter, card], sheet, _recognise)
    assert sealed.marks["seal"] == state
    assert ("某某县公安局" in sealed.marks.get("seal_text", "")) == stamped
    assert plain.marks == {}


def test_sheet_is_searched_once_when_it_has_several_faces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[int] = []

    def counted(image: Image) -> list[Seal]:
        searched.append(1)
        return find_seals(image)

    monkeypatch.setattr(marks, "find_seals", counted)
    sheet = _sheet(stamped=True)
    with_marks([_face(sheet, DocumentType.LODGING_REGISTRATION)] * 3, sheet, _recognise)
    with_marks([_face(sheet, DocumentType.ID_CARD)], sheet, _recognise)
    assert len(searched) == 1


def test_what_an_extractor_found_stays_when_seals_are_looked_for() -> None:
    sheet = _sheet(stamped=True)
    (face,) = with_marks(
        [_face(sheet, DocumentType.TRANSFER_LETTER, seal="unsure")], sheet, _recognise
    )
    assert face.marks["seal"] == "unsure"


@pytest.mark.parametrize("kind", [DocumentType.HUKOU, DocumentType.DISABILITY_CERTIFICATE])
def test_no_seal_is_looked_for_where_the_guide_names_none(kind: DocumentType) -> None:
    sheet = _sheet(stamped=False)
    (face,) = with_marks([_face(sheet, kind)], sheet, _recognise)
    assert "seal" not in face.marks
