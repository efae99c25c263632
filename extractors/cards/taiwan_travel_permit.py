"""台湾居民来往大陆通行证: permit of Taiwan residents to the mainland, eight digits for life.

Source: domain.md 2.7.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.cards.travel_permits import read_permit
from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.TAIWAN_TRAVEL_PERMIT


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a permit."""
    return score_forms(forms_of(KIND), lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The permit's face."""
    return list(read_permit(KIND, sheet, recognise))
