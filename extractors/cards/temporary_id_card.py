"""临时居民身份证: a laminated card for three months; one side carries all nine items, the other
the title alone.

Source: domain.md 2.2 (临时居民身份证管理办法).
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.labelled.card import Card
from extractors.labelled.forms import forms_of
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.TEMPORARY_ID_CARD

CARD_TITLE = "临时居民身份证"
MOST_CHARACTERS = 40
"""The title's side prints little else; a letter about a temporary card prints more."""
WEAK_TITLE = 0.6
_ITEMS = Card(KIND)


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are a temporary ID card."""
    found = _ITEMS.score(lines)
    return 0.9 if found is None and _is_title_side(lines) else found


def _is_title_side(lines: Sequence[Line]) -> bool:
    text = "".join("".join(line.text.split()) for line in lines if line.score > WEAK_TITLE)
    return CARD_TITLE in text and len(text) <= MOST_CHARACTERS


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The sides on the sheet."""
    faces = _ITEMS.extract(sheet, recognise)
    if not faces and _is_title_side(sheet.lines):
        form = forms_of(KIND)[0]
        items = tuple(field for label in form.always for field in form.gives(label))
        return [Face(type=KIND, face="title", score=0.9, page=sheet.ref, missing=items)]
    return faces
