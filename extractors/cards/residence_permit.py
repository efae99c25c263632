"""居住证 of mainland residents. Layouts differ by province: card or booklet, one side or two.

``portrait``  person, 常住户口所在地住址, 公民身份号码; some layouts print all fields here;
``emblem``    居住地住址, 签发机关, 有效期限 or 签发日期.

Source: domain.md 2.9 (居住证暂行条例).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from extractors.labelled.arithmetic import corroborate
from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from extractors.labelled.reading import read_forms, read_side
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.RESIDENCE_PERMIT


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are a side of a permit."""
    return score_forms(forms_of(KIND), lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The sides on the sheet."""
    faces = []
    for draft in read_forms(forms_of(KIND), sheet, recognise):
        corroborate(draft.fields, draft.missing)
        faces.append(draft.finish())
    return faces


def extract_side(sheet: Sheet, recognise: Recogniser, known: Collection[str]) -> Sequence[Face]:
    """The other side, where no title tells it."""
    return read_side(forms_of(KIND), sheet, recognise, known)
