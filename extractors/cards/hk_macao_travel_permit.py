"""港澳居民来往内地通行证: permit of Hong Kong and Macao residents to the mainland.

Two forms: of Chinese citizens (H or M and eight digits) and, since July 2024, of others (HA or MA
and seven digits, with 国籍). The back prints the holder's identity card number at home.
Source: domain.md 2.7.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.cards.travel_permits import read_permit, without_zone
from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.HK_MACAO_TRAVEL_PERMIT


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a permit."""
    return score_forms(forms_of(KIND), without_zone(lines))


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The permit's faces."""
    return list(read_permit(KIND, sheet, recognise))
