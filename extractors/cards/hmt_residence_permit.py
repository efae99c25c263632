"""港澳台居民居住证: residence permit of Hong Kong, Macao and Taiwan residents.

Made like an ID card.

``portrait``  姓名, 性别, 出生, 住址, 公民身份号码 (begins with 810000, 820000 or 830000); no 民族;
``emblem``    title 港澳居民居住证 or 台湾居民居住证, 签发机关, 有效期限, 通行证号码, 签发次数.

Source: domain.md 2.6.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from extractors.labelled.arithmetic import corroborate
from extractors.labelled.bare_portrait import read_bare_portrait
from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from extractors.labelled.reading import read_forms, read_side
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.HMT_RESIDENCE_PERMIT


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
    """The other side, where no title or no label tells it."""
    if "portrait" not in known and (bare := read_bare_portrait(forms_of(KIND), sheet)):
        return bare
    return read_side(forms_of(KIND), sheet, recognise, known)
