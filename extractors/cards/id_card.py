"""居民身份证 (second generation), issued by the police. Two faces:

``portrait``  姓名, 性别, 民族, 出生, 住址 (one to four lines), 公民身份号码;
``emblem``    title 居民身份证, 签发机关, 有效期限.

By law the emblem side is the front; every reading service calls the portrait side so; here neither
is. Bilingual cards (Guangxi: Zhuang) print a Latin line above each label. Source: domain.md 2.1.
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

KIND = DocumentType.ID_CARD


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are a side of an ID card."""
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
