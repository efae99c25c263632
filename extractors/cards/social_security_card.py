"""社会保障卡, face. Layouts differ by generation; sex, birth date and validity are often absent.

社会保障号码 is the citizen number; the bank's number has no label. Source: domain.md 2.5.
"""

from __future__ import annotations

from collections.abc import Sequence

from stdnum import luhn

from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from extractors.labelled.reading import FormDraft, read_forms
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.beside import rows_of
from pipeline.layout.piece import pieces_of
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.SOCIAL_SECURITY_CARD

BANK_DIGITS = range(16, 20)


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are a social security card."""
    return score_forms(forms_of(KIND), lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The card's face."""
    faces = []
    for draft in read_forms(forms_of(KIND), sheet, recognise):
        _read_bank_number(draft)
        faces.append(draft.finish())
    return faces


def _read_bank_number(draft: FormDraft) -> None:
    """A row of 16 to 19 digits beginning with 62, in one piece or several."""
    digits = [p for p in pieces_of(draft.sheet.lines) if p.text.isascii() and p.text.isdigit()]
    for row in rows_of(digits):
        pieces = sorted(row, key=lambda p: p.left)
        number = "".join(p.text for p in pieces)
        if len(number) in BANK_DIGITS and number.startswith("62"):
            fits = bool(luhn.is_valid(number))
            value = Value(number, () if fits else ("银行卡号校验位不符",), fits)
            draft.fields["bank_card_number"] = Evidence(pieces, value)
