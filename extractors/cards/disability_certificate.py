"""中华人民共和国残疾人证, issued by the disabled persons' federation (残联).

``booklet``    second generation: a spread of two pages, which may also be scanned singly;
``card``       third generation, front;
``card_back``  third generation, back: address, guardian, issuing organ.

Number: citizen number, category 1 to 7, grade 1 to 4; after a re-issue B and a count.
Source: domain.md 2.4 (GB/T 26341-2010).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from extractors.labelled.arithmetic import corroborate, derive_id_number
from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from extractors.labelled.reading import read_forms, read_side
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.DISABILITY_CERTIFICATE


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are a disability certificate."""
    return score_forms(forms_of(KIND), lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The faces on the sheet."""
    faces = []
    for draft in read_forms(forms_of(KIND), sheet, recognise):
        corroborate(draft.fields, draft.missing)
        derive_id_number(draft.fields)
        faces.append(draft.finish())
    return faces


def extract_side(sheet: Sheet, recognise: Recogniser, known: Collection[str]) -> Sequence[Face]:
    """The other side, where no title tells it."""
    return read_side(forms_of(KIND), sheet, recognise, known)
